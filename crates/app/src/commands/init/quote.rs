//! Text that strangers wrote in, text that is safe inside settings and comments out.

/// A value or key of a mapping, in quotes where YAML could take it for something else.
pub fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if is_hidden(character) => {
                quoted.push_str(&format!("\\U{:08x}", u32::from(character)));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A piece of a comment, which must not leave its line.
pub fn comment(text: &str) -> String {
    text.replace(is_hidden, "?")
}

/// A path as a glob that matches nothing else.
pub fn literal(path: &str) -> String {
    let mut glob = String::new();
    for character in path.chars() {
        if "*?[]{}\\!".contains(character) {
            glob.push('\\');
        }
        glob.push(character);
    }
    glob
}

/// Breaks of lines, and what turns the direction of what is read.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
