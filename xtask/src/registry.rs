//! Registries: the text of a Rust file that lists things one a line comes in, the listed names go
//! out, or the text with one more line. Knows two kinds of list and not what they are lists of.

use std::collections::BTreeMap;

/// How a list names its entries.
#[derive(Clone, Copy)]
pub enum List {
    /// `mod avsc;` or `pub mod avsc;`
    Modules,
    /// A quoted name as the line's first value: `"field_removed",` or `rule("field_removed"),`
    Quoted,
}

/// Reads the names of a list in the order they stand.
pub fn names(text: &str, list: List) -> Vec<&str> {
    entries(text, list)
        .into_iter()
        .map(|entry| entry.name)
        .collect()
}

/// Adds a line for `name` at its sorted place, shaped like the lines beside it; `None` when the
/// text holds no such list yet.
pub fn insert(text: &str, list: List, name: &str) -> Option<String> {
    let entries = entries(text, list);
    let model = entries.first()?;
    let next = entries.iter().find(|entry| entry.name > name);
    let at = match next {
        Some(entry) => entry.line,
        None => entries.last()?.line + 1,
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.insert(at, renamed(lines.get(model.line)?, model.name, name));
    Some(lines.join("\n") + "\n")
}

struct Entry<'a> {
    /// Index of the line, from 0.
    line: usize,
    name: &'a str,
}

/// Keeps the candidates of the most frequent shape: the list is what a registry mostly consists
/// of, and a quoted word elsewhere stands in another shape.
fn entries(text: &str, list: List) -> Vec<Entry<'_>> {
    let mut shapes: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for (line, content) in text.lines().enumerate() {
        if content.starts_with("#[cfg(test)]") {
            break;
        }
        let candidate = match list {
            List::Modules => module(content),
            List::Quoted => quoted(content),
        };
        if let Some((shape, name)) = candidate {
            shapes.entry(shape).or_default().push(Entry { line, name });
        }
    }
    shapes
        .into_values()
        .max_by_key(Vec::len)
        .unwrap_or_default()
}

/// Takes the name from `pub mod avsc;`. A public module and a private one are of one shape.
fn module(line: &str) -> Option<(&str, &str)> {
    let (before, name) = line.strip_suffix(';')?.split_once("mod ")?;
    let opens = before.is_empty() || before.starts_with("pub");
    (opens && is_name(name)).then_some(("mod", name))
}

/// Splits `    rule!("field_removed"),` into what stands before the first quoted name and the name.
fn quoted(line: &str) -> Option<(&str, &str)> {
    let (before, rest) = line.split_once('"')?;
    let (name, after) = rest.split_once('"')?;
    let opens = before
        .chars()
        .all(|c| c.is_alphanumeric() || "_!( ".contains(c));
    let closes = after.ends_with([',', ';']);
    (opens && closes && is_name(name)).then_some((before, name))
}

fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Replaces a name where it stands as a whole word.
fn renamed(line: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(from) {
        let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
        let whole = !before.ends_with(part_of_word) && !after.starts_with(part_of_word);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "\
//! Rules.
const GREETING: &str = \"hello\";
const RULES: &[Rule] = &[
    rule(\"field_added\"),
    rule(\"field_removed\"),
    rule(\"sla_weaker\"),
];
#[cfg(test)]
    rule(\"only_in_a_test\"),
";

    const MODULES: &str = "//! Formats.\n\nmod native;\nmod odcs;\n\nuse crate::arena::Arena;\n";

    #[test]
    fn names_are_read_in_order_and_nothing_else() {
        assert_eq!(
            names(RULES, List::Quoted),
            ["field_added", "field_removed", "sla_weaker"]
        );
        assert_eq!(names(MODULES, List::Modules), ["native", "odcs"]);
        assert!(names("", List::Quoted).is_empty());
        assert!(names("fn main() { print(\"x\") }", List::Quoted).is_empty());
        assert_eq!(
            names("pub mod a;\nmod b;\npub(crate) mod c;", List::Modules),
            ["a", "b", "c"]
        );
        assert!(names("use a::model;", List::Modules).is_empty());
    }

    #[test]
    fn a_line_goes_to_its_sorted_place() {
        let cases = [
            (
                "enum_narrowed",
                "&[\n    rule(\"enum_narrowed\"),\n    rule(\"field_added\"),",
            ),
            (
                "field_x",
                "rule(\"field_removed\"),\n    rule(\"field_x\"),\n",
            ),
            (
                "zone_changed",
                "rule(\"sla_weaker\"),\n    rule(\"zone_changed\"),\n];",
            ),
        ];
        for (name, expected) in cases {
            let text = insert(RULES, List::Quoted, name).unwrap();
            assert!(text.contains(expected), "{text}");
            assert_eq!(text.lines().count(), RULES.lines().count() + 1);
        }
        let text = insert(MODULES, List::Modules, "avsc").unwrap();
        assert!(text.contains("\nmod avsc;\nmod native;\n"), "{text}");
        assert_eq!(insert("//! No list yet.\n", List::Modules, "avsc"), None);
    }

    #[test]
    fn every_whole_word_of_the_model_line_is_replaced() {
        let line = r#"    ("sla", include_str!("../rules/sla.md"), sla_old),"#;
        let expected = r#"    ("key", include_str!("../rules/key.md"), sla_old),"#;
        assert_eq!(renamed(line, "sla", "key"), expected);
    }
}
