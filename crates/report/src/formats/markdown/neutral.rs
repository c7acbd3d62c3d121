//! Text of strangers in, Markdown that shows it and does nothing else out.
//!
//! What looks like plain words stays; anything else stands in a code span, where GitHub makes no
//! link, mention, image, emoji, formula or HTML of it. A list of what is plain cannot be outgrown
//! by the next thing that GitHub learns to render.

use crate::escape::visible;

/// Returns a sentence in which what stands between backticks, or is not plain, is code.
///
/// The sentence is ours, what it quotes is not: a backtick in a name pairs with one of ours. Then
/// the wrong words are code, and still nothing acts.
pub fn sentence(text: &str) -> String {
    let shown = visible(text);
    let last = shown.matches('`').count();
    let mut out = String::new();
    for (index, segment) in shown.split('`').enumerate() {
        // A backtick without a partner opens nothing.
        let is_quoted = index % 2 == 1 && index < last;
        let next = if is_quoted {
            code(segment)
        } else {
            words(segment)
        };
        // Two fences that touch would be read as one longer fence, and let text out.
        if out.ends_with('`') && next.starts_with('`') {
            out.push(' ');
        }
        out.push_str(&next);
    }
    out
}

/// Returns a text as code, with a fence that the text cannot close.
pub(super) fn code(text: &str) -> String {
    let shown = visible(text);
    if shown.contains('|') {
        return html_code(&shown);
    }
    if shown.trim().is_empty() {
        return format!("`\"{shown}\"`");
    }
    let fence = "`".repeat(longest_run(&shown) + 1);
    let touches = shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']);
    let pad = if touches { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// Returns a line as a block of code within a list item, with a fence that the line cannot close.
pub(super) fn block(line: &str) -> String {
    let shown = visible(line.trim_end());
    let fence = "`".repeat(longest_run(&shown).max(2) + 1);
    format!("  {fence}\n  {shown}\n  {fence}\n")
}

/// Returns lines as a block of code in a language, indented, with a fence that they cannot close.
pub(super) fn lines(text: &str, language: &str, indent: usize) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let space = " ".repeat(indent);
    let line = |line: &str| {
        let shown = visible(line);
        // A build server takes a line of a log that starts with two colons for its own.
        match shown.trim_start().strip_prefix("::") {
            Some(rest) => format!("{space}\\u{{3a}}:{rest}\n"),
            None => format!("{space}{shown}\n"),
        }
    };
    let shown: String = text.lines().map(line).collect();
    format!("{space}{fence}{language}\n{shown}{space}{fence}\n")
}

/// A bar ends the cell of a table even inside of a code span, so there every sign is spelled out.
fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for character in text.chars() {
        if character.is_alphanumeric() || character == ' ' {
            out.push(character);
        } else {
            out.push_str(&format!("&#{};", u32::from(character)));
        }
    }
    out + "</code>"
}

fn words(text: &str) -> String {
    let show = |word: &str| {
        let bare = word.trim_end();
        let space = word.get(bare.len()..).unwrap_or_default();
        if is_plain(bare) {
            word.to_owned()
        } else {
            code_within_punctuation(bare) + space
        }
    };
    text.split_inclusive(char::is_whitespace)
        .map(show)
        .collect()
}

/// Keeps the punctuation of a sentence out of the code that it stands around.
fn code_within_punctuation(word: &str) -> String {
    let inner = word.trim_start_matches('(');
    let opened = word.len() - inner.len();
    let closes = |sign: char| ".,;:".contains(sign) || (sign == ')' && !inner.contains('('));
    let core = inner.trim_end_matches(closes);
    let (Some(before), Some(after), false) =
        (word.get(..opened), inner.get(core.len()..), core.is_empty())
    else {
        return code(word);
    };
    format!("{before}{}{after}", code(core))
}

/// Tells whether a word means nothing to Markdown wherever it stands within a line.
fn is_plain(word: &str) -> bool {
    let is_plain_sign = |sign: char| sign.is_alphanumeric() || ".,;:'’\"()-/%→—…?".contains(sign);
    let lower = word.to_lowercase();
    word.chars().all(is_plain_sign)
        && !lower.contains("www.")
        && !word.contains("//")
        && !word.trim_end_matches(':').contains(':')
}

fn longest_run(text: &str) -> usize {
    text.split(|one| one != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_quote_and_never_act() {
        let table = [
            ("field `email` is gone", "field `email` is gone"),
            (
                "plain words: 1.5 (a/b), done",
                "plain words: 1.5 (a/b), done",
            ),
            ("ask @everyone now", "ask `@everyone` now"),
            ("see #12 and https://x.org", "see `#12` and `https://x.org`"),
            ("www.x.org :tada: a_b", "`www.x.org` `:tada`: `a_b`"),
            ("<script>x</script>", "`<script>x</script>`"),
            (
                "[x](javascript:alert) ![i](u)",
                "`[x](javascript:alert)` `![i](u)`",
            ),
            ("a|b", "<code>a&#124;b</code>"),
            (
                "reach it (#fin-data, @a/b).",
                "reach it (`#fin-data`, `@a/b`).",
            ),
            ("field `a` `", "field `a` "),
            ("one ` alone @x", "one  alone `@x`"),
            ("`a``b`", "`a` `b`"),
            ("`a`@b", "`a` `@b`"),
            (":", ":"),
            ("((", "(("),
            ("line\nbreak \u{202e}", "`line\\nbreak` `\\u{202e}`"),
            (
                "*b* _i_ ~s~ $m$ &amp; \\",
                "`*b*` `_i_` `~s~` `$m$` `&amp`; `\\`",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(sentence(text), expected, "{text}");
        }
    }

    #[test]
    fn code_cannot_be_closed() {
        let table = [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            (" a ", "`  a  `"),
            ("", "`\"\"`"),
            ("x|`@y", "<code>x&#124;&#96;&#64;y</code>"),
            ("a\n\n# b", "`a\\n\\n# b`"),
        ];
        for (text, expected) in table {
            assert_eq!(code(text), expected, "{text}");
        }
        assert_eq!(block("a ```` b"), "  `````\n  a ```` b\n  `````\n");
        assert_eq!(block("a"), "  ```\n  a\n  ```\n");
    }

    #[test]
    fn nothing_gets_out_of_its_code() {
        let pieces = [
            "`", "``", "```", "a", "@x", " ", "a|b", "\\", "<b>", "(", ")", ":", "\n",
        ];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    for fourth in pieces {
                        let text = [first, second, third, fourth].concat();
                        for shown in [sentence(&text), code(&text)] {
                            let rest = without_code(&shown);
                            let is_safe = !rest.contains(['@', '<', '|', '\\', '`']);
                            assert!(is_safe, "{text:?} is shown as {shown:?}");
                        }
                    }
                }
            }
        }
    }

    /// Takes out code as Markdown reads it: a fence is closed by the next one of its length.
    fn without_code(text: &str) -> String {
        let mut rest = String::new();
        let mut left = text;
        while let Some(at) = left.find('`') {
            rest.push_str(&left[..at]);
            let opened = left[at..].trim_start_matches('`');
            let fence = left[at..].len() - opened.len();
            let mut inner = opened;
            loop {
                let Some(next) = inner.find('`') else {
                    return rest + &left[at..];
                };
                let behind = inner[next..].trim_start_matches('`');
                let closing = inner[next..].len() - behind.len();
                inner = behind;
                if closing == fence {
                    break;
                }
            }
            left = inner;
        }
        rest.push_str(left);
        let mut outside = rest.split("<code>");
        let first = outside.next().unwrap_or_default().to_owned();
        outside.fold(first, |all, part| {
            let (inner, behind) = part.split_once("</code>").unwrap_or(("<", part));
            assert!(!inner.contains(['<', '@', '|', '`']), "{part}");
            all + behind
        })
    }
}
