//! Text for a terminal in, the same within its width and with links out.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, wrap};

use crate::formats::{Style, encoded_path};

/// Columns below which nothing is wrapped any more.
const LEAST_WIDTH: usize = 40;

/// What stands between a line and the path that it points at.
const ARROW: &str = "--> ";

/// Wraps what is words, leaves what is source, and lets paths lead to their files.
pub(super) fn fit(text: &str, style: &Style) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        match &style.links {
            Some(base) if line.contains(ARROW) => out.push_str(&linked(line, base)),
            _ => out.push_str(&wrapped(line, style.width)),
        }
        out.push('\n');
    }
    out
}

fn wrapped(line: &str, width: usize) -> String {
    if width < LEAST_WIDTH || display_width(line) <= width || is_source(line) {
        return line.to_owned();
    }
    let indent = " ".repeat(indent(line).min(width / 2));
    let options = Options::new(width)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    wrap(line, options).join("\n")
}

/// Tells whether a line shows source, which has its own way to fit.
fn is_source(line: &str) -> bool {
    let plain = plain(line);
    let behind = plain
        .trim_start()
        .trim_start_matches(|one: char| one.is_ascii_digit());
    behind.trim_start().starts_with('|') || plain.contains(ARROW)
}

/// Returns the column at which what follows a line begins: behind `= help: `, else a little in.
fn indent(line: &str) -> usize {
    let plain = plain(line);
    let space = plain.len() - plain.trim_start().len();
    match plain.trim_start().strip_prefix("= ") {
        Some(rest) => space + 2 + rest.find(": ").map_or(0, |at| at + 2),
        None => space + 4,
    }
}

/// Returns a line without colours.
fn plain(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.filter_map(|piece| piece.split_once('m'));
    rest.fold(first, |all, (_, text)| all + text)
}

/// Lets the path behind the arrow lead to its file (OSC 8).
fn linked(line: &str, base: &str) -> String {
    let Some((before, place)) = line.split_once(ARROW) else {
        return line.to_owned();
    };
    // Colours may stand between the arrow and the path.
    let shown = plain(place);
    let path = shown.rsplitn(3, ':').last().unwrap_or(&shown);
    if shown.starts_with("base: ") || path.is_empty() {
        return line.to_owned();
    }
    let url = format!("{base}{}", encoded_path(path));
    format!("{before}{ARROW}\u{1b}]8;;{url}\u{1b}\\{place}\u{1b}]8;;\u{1b}\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(links: Option<&str>) -> Style {
        Style {
            width: 40,
            is_terminal: true,
            links: links.map(str::to_owned),
            ..Style::default()
        }
    }

    #[test]
    fn words_are_wrapped_and_source_is_not() {
        let table = [
            (
                "  = help: write how it is hidden, such as a hash",
                "  = help: write how it is hidden, such\n          as a hash\n",
            ),
            (
                "error[a/b]: a message that is longer than the screen",
                "error[a/b]: a message that is longer\n    than the screen\n",
            ),
            (
                "12 |   - { name: x, type: string, required: true }",
                "12 |   - { name: x, type: string, required: true }\n",
            ),
            (
                " --> a/very/long/path/that/does/not/fit.contract.yaml:1:1",
                " --> a/very/long/path/that/does/not/fit.contract.yaml:1:1\n",
            ),
            ("short", "short\n"),
        ];
        for (text, expected) in table {
            assert_eq!(fit(text, &style(None)), expected, "{text}");
        }
    }

    #[test]
    fn paths_lead_to_their_files() {
        let base = "file:///home/x/";
        let shown = fit(" --> a b/c.yaml:3:14", &style(Some(base)));
        assert_eq!(
            shown,
            " --> \u{1b}]8;;file:///home/x/a%20b/c.yaml\u{1b}\\a b/c.yaml:3:14\u{1b}]8;;\u{1b}\\\n"
        );
        let old = " --> base: a.yaml:3:14";
        assert_eq!(fit(old, &style(Some(base))), format!("{old}\n"));
    }
}
