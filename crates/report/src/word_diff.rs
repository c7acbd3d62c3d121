//! Two texts in, the words that differ out; knows no format.

use similar::{ChangeTag, TextDiff};

/// A stretch of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words that both hold, shortened where there are many.
    Same(String),
    /// Words of the one that stand in place of words of the other.
    Changed {
        /// What the text before says.
        gone: String,
        /// What the text after says.
        come: String,
    },
}

/// Words of context that are kept on each side of a difference.
const CONTEXT: usize = 4;

/// Returns both texts as one row of pieces.
pub(crate) fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let word = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, Some(Piece::Same(text))) => text.push_str(word),
            (ChangeTag::Equal, _) => pieces.push(Piece::Same(word.to_owned())),
            (tag, _) => add_changed(&mut pieces, tag, word),
        }
    }
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.iter_mut().enumerate() {
        if let Piece::Same(text) = piece {
            *text = shortened(text, index > 0, index < last);
        }
    }
    pieces
}

/// Adds a word to the difference that is being gathered; a lone space does not part two of them.
fn add_changed(pieces: &mut Vec<Piece>, tag: ChangeTag, word: &str) {
    let is_parted_by_space = matches!(pieces.as_slice(),
        [.., Piece::Changed { .. }, Piece::Same(text)] if text.trim().is_empty());
    if is_parted_by_space
        && let Some(Piece::Same(space)) = pieces.pop()
        && let Some(Piece::Changed { gone, come }) = pieces.last_mut()
    {
        gone.push_str(&space);
        come.push_str(&space);
    }
    if !matches!(pieces.last(), Some(Piece::Changed { .. })) {
        pieces.push(Piece::Changed {
            gone: String::new(),
            come: String::new(),
        });
    }
    if let Some(Piece::Changed { gone, come }) = pieces.last_mut() {
        if tag == ChangeTag::Delete { gone } else { come }.push_str(word);
    }
}

/// Leaves out the words that are far from any difference.
fn shortened(text: &str, follows: bool, leads: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let (first, last) = (
        if follows { CONTEXT } else { 0 },
        if leads { CONTEXT } else { 0 },
    );
    if words.len() <= first + last + 1 {
        return text.to_owned();
    }
    let start: String = words.iter().take(first).copied().collect();
    let end: String = words.iter().skip(words.len() - last).copied().collect();
    let gap = if end.is_empty() { "…" } else { "… " };
    format!("{start}{gap}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let show = |piece| match piece {
            Piece::Same(text) => text,
            Piece::Changed { gone, come } => format!("<{gone}|{come}>"),
        };
        pieces(before, after).into_iter().map(show).collect()
    }

    #[test]
    fn words_that_differ_are_found() {
        let table = [
            ("", "", ""),
            ("same words", "same words", "…"),
            ("one two", "one three", "one <two|three>"),
            ("a b c", "x y c", "<a b|x y> c"),
            ("", "new", "<|new>"),
            ("old", "", "<old|>"),
            (
                "1 2 3 4 5 6 7 8 old",
                "1 2 3 4 5 6 7 8 new",
                "… 5 6 7 8 <old|new>",
            ),
            (
                "old 1 2 3 4 5 6 7 8 9 10 11",
                "new 1 2 3 4 5 6 7 8 9 10 11",
                "<old|new> 1 2 3 …",
            ),
        ];
        for (before, after, expected) in table {
            assert_eq!(shown(before, after), expected);
        }
    }
}
