//! Text of strangers in, text that is safe to show out; knows no format.
//!
//! Names and values come from pull requests. A character that nobody sees, that turns the reading
//! order or that steers a terminal would let a contract forge what a reader believes we said.

/// Returns the text with each hidden character written out, such as `\u{1b}`, and on one line.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '[' if opens_log_command(&out) => out.push_str("\\u{5b}"),
            _ if is_hidden(character) => out.extend(character.escape_unicode()),
            _ => out.push(character),
        }
    }
    out
}

/// Returns the text with one sign for each hidden character but the tab, so that columns stay.
pub(crate) fn pictured(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        out.push(match character {
            '\t' => '\t',
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '[' if opens_log_command(&out) => '\u{fffd}',
            _ if is_hidden(character) => '\u{fffd}',
            _ => character,
        });
    }
    out
}

/// Returns JSON that says the same with no hidden character in it.
///
/// Outside of strings, JSON has no hidden character but the line end and no `#`, so that each one
/// found here stands in a string and can be written as an escape.
pub(crate) fn visible_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\n' => out.push('\n'),
            '[' if opens_log_command(&out) => out.push_str("\\u005b"),
            _ if is_hidden(character) => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => out.push(character),
        }
    }
    out
}

/// Returns at most `most` characters of a text, and says so where some are left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Shows a text so that no spreadsheet takes it for a formula.
pub(crate) fn cell(text: &str) -> String {
    let shown = visible(text);
    if shown.starts_with(['=', '+', '-', '@']) {
        format!("'{shown}")
    } else {
        shown
    }
}

/// Tells whether nobody would see the character, or would see something else because of it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Tells whether a `[` behind this text would start a command to a build server, such as `##[`.
///
/// Build servers look for these anywhere in a line of a log, so a line's start is no shelter.
fn opens_log_command(before: &str) -> bool {
    before
        .trim_end_matches(|last: char| last.is_ascii_alphanumeric())
        .ends_with("##")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        let table = [
            ("plain text, é 漢字 🦀", "plain text, é 漢字 🦀"),
            ("", ""),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\r\tc\0", "a\\nb\\r\\tc\\u{0}"),
            ("\u{202e}live\u{2069}", "\\u{202e}live\\u{2069}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{e0041}", "\\u{e0041}"),
            (
                "##[error]x ##vso[task] # [ok]",
                "##\\u{5b}error]x ##vso\\u{5b}task] # [ok]",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn pictures_keep_columns() {
        for text in ["a\u{1b}[0m\tb", "\u{202e}x", "##[group]", "é\u{7f}"] {
            let shown = pictured(text);
            assert_eq!(shown.chars().count(), text.chars().count());
            assert!(
                !shown.chars().any(|one| one != '\t' && is_hidden(one)),
                "{shown:?}"
            );
        }
        assert_eq!(pictured("a\tb"), "a\tb");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({ "a\u{202e}##[x": ["\u{e0041}", "\u{7f}\n", "\\", []] });
        let shown = visible_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(
            !shown.chars().any(|one| one != '\n' && is_hidden(one)),
            "{shown}"
        );
        assert!(!shown.contains("##["), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }

    #[test]
    fn no_text_is_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("\t=1", "\\t=1"),
            ("a", "a"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn long_text_is_cut() {
        for (text, expected) in [("äöü", "äöü"), ("äöüß", "äöü…"), ("", "")] {
            assert_eq!(cut(text, 3), expected);
        }
    }
}
