//! Every key of every table: accepted with a good value, and explained with one of a wrong type.

mod support;

use meshlaw_contract::formats::{consumer, native, term};
use meshlaw_contract::lowering::Keys;
use meshlaw_contract::{Limits, Problem, parse_consumers, parse_terms};
use support::{HEAD, contracts, lines};

/// A table, with what is needed to put one of its keys into a whole document.
struct Table {
    noun: &'static str,
    /// Key, expectation and documentation.
    keys: Vec<(&'static str, &'static str, &'static str)>,
    /// Document with `@` where the key goes, in flow style.
    document: String,
    problems: fn(&str) -> Vec<Problem>,
}

fn table<T>(keys: &Keys<T>, document: &str, problems: fn(&str) -> Vec<Problem>) -> Table {
    let entries = keys.entries.iter();
    Table {
        noun: keys.noun,
        keys: entries.map(|spec| (spec.key, spec.expects, spec.doc)).collect(),
        document: document.to_owned(),
        problems,
    }
}

fn of_contract(text: &str) -> Vec<Problem> {
    contracts(text).remove(0).problems
}

fn of_consumer(text: &str) -> Vec<Problem> {
    parse_consumers(text, &Limits::default()).remove(0).problems
}

fn of_term(text: &str) -> Vec<Problem> {
    parse_terms(text, &Limits::default()).remove(0).problems
}

fn tables() -> Vec<Table> {
    let with = |rest: &str| format!("{HEAD}{rest}");
    let field = with("fields:\n  - { name: word, type: string, @ }\n");
    let inside = |key: &str| {
        with(&format!("fields:\n  - {{ name: word, type: string, {key}: {{ @ }} }}\n"))
    };
    let rule = |rule: &str| {
        with(&format!("fields: [{{ name: word, type: string }}]\nquality:\n  - {rule}\n"))
    };
    let dataset = "datasets:\n  - { name: d, fields: [{ name: word, type: string }], @ }\n";
    vec![
        table(&native::CONTRACT, &with("fields: [{ name: word, type: string }]\n@\n"), of_contract),
        table(&native::DATASET, &with(dataset), of_contract),
        table(&native::FIELD, &field, of_contract),
        table(&native::DEPRECATION, &inside("deprecated"), of_contract),
        table(&native::REFERENCE, &inside("references"), of_contract),
        table(&native::RULE, &rule("{ text: all is well, @ }"), of_contract),
        table(&native::PATTERN, &rule("pattern: { field: word, pattern: a, @ }"), of_contract),
        table(&native::RANGE, &rule("range: { field: word, min: 1, max: 2, @ }"), of_contract),
        table(&native::VALUES, &rule("values: { field: word, in: [a], @ }"), of_contract),
        table(&native::ROW_COUNT, &rule("row_count: { min: 1, max: 2, @ }"), of_contract),
        table(&native::SQL, &rule("sql: { query: q, @ }"), of_contract),
        table(&native::CUSTOM, &rule("custom: { engine: e, implementation: i, @ }"), of_contract),
        table(&consumer::CONSUMER, "consumer: c\nowner: o\nuses: []\n@\n", of_consumer),
        table(&consumer::USE, "consumer: c\nowner: o\nuses:\n  - { contract: a/b, @ }\n", of_consumer),
        table(&consumer::NOTIFY, "consumer: c\nowner: o\nuses: []\nnotify: { @ }\n", of_consumer),
        table(&term::TERM, "term: t\ndefinition: d\nowner: o\n@\n", of_term),
    ]
}

/// Returns a good value; a few need more than their expectation tells.
fn good(noun: &str, key: &str, expects: &str) -> &'static str {
    match (noun, key) {
        ("use", "contract") => return "a/b",
        ("contract", "fields") | ("dataset", "fields") => return "[{ name: word, type: string }]",
        ("contract", "datasets") => return "[{ name: d, fields: [] }]",
        ("contract" | "dataset" | "field", "deprecated") => {
            return "{ since: 2026-01-01, sunset: 2027-01-01, replacement: none }";
        }
        ("field", "references") => return "{ field: word }",
        ("field", "min" | "max") => return "2026-01-01",
        _ => {}
    }
    match expects {
        "a text" => "word",
        "a type" => "string",
        "a date" => "2026-01-01",
        "a duration" => "15 minutes",
        "a percentage" => "99.5%",
        "a semantic version" => "1.2.3",
        "a version range" => "^2",
        "a compatibility mode" => "full_transitive",
        "a mapping" => "{}",
        "a whole number from 0" => "1",
        "a number, a date, a time or a timestamp" => "1.5",
        "a text or a list of texts" => "[a, b]",
        "`true` or `false`" => "true",
        "a list of field names" => "[word]",
        "a list of values" => "[a, b]",
        "a list of texts" => "[a, b]",
        "a list of fields" | "a list of servers" | "a list of uses" => "[]",
        "a list of quality rules" => "[{ text: t }]",
        "`public`, `internal`, `confidential` or `restricted`" => "internal",
        "`draft`, `active`, `deprecated` or `retired`" => "active",
        "`note`, `warning` or `error`" => "warning",
        "`dashboard`, `export`, `model`, `pipeline` or `service`" => "export",
        other => panic!("no good value for {key}, which expects {other}"),
    }
}

/// Keys that cannot be put beside the others of the document that their table uses.
fn needs_another_document(noun: &str, key: &str) -> bool {
    match noun {
        // Shown by the fixtures and by tests of their own, one check a rule.
        "quality rule" => !matches!(key, "description" | "name" | "severity" | "text" | "threshold"),
        "field" => matches!(key, "fields" | "items" | "keys" | "values"),
        "contract" => key == "datasets",
        _ => false,
    }
}

/// Puts a key into the document of a table, in place of the same key where it is there already.
fn place(table: &Table, key: &str, value: &str) -> String {
    let entry = format!("{key}: {value}");
    let mut text = table.document.clone();
    let separators: [&str; 3] = ["\n", "{ ", ", "];
    let (before, after) = text.split_once('@').expect("a place for the key");
    let scope = before.rfind("@").unwrap_or(0).max(scope_start(before));
    let there = separators.iter().find_map(|separator| {
        let start = before[scope..].rfind(&format!("{separator}{key}: "))?;
        Some(scope + start + separator.len())
    });
    let there = there.or_else(|| before.starts_with(&format!("{key}: ")).then_some(0));
    text = match there.filter(|start| *start >= scope) {
        Some(start) => {
            let end = end_of_value(before, start);
            let filler = format!("{}{}", &before[end..], after);
            format!("{}{entry}{}", &before[..start], tidy(&filler))
        }
        None => format!("{before}{entry}{after}"),
    };
    text
}

/// Where the innermost open brace of a text stands, or the start of the text.
fn scope_start(text: &str) -> usize {
    let mut open = vec![0];
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => open.push(at),
            '}' => drop(open.pop()),
            _ => {}
        }
    }
    *open.last().expect("the start is never closed")
}

fn end_of_value(text: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' | '\n' if depth == 0 => return start + at,
            _ => {}
        }
    }
    text.len()
}

/// Removes the place that nothing was put into.
fn tidy(text: &str) -> String {
    text.replace(",  }", " }").replace("\n\n", "\n")
}

#[test]
fn tables_are_sorted_and_documented() {
    for table in tables() {
        let keys: Vec<_> = table.keys.iter().map(|(key, ..)| *key).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{}: {keys:?}", table.noun);
        for (key, expects, doc) in table.keys {
            assert!(doc.ends_with('.') && !doc.contains('\n'), "{key}: {doc}");
            assert!(!expects.is_empty(), "{key}");
        }
    }
}

#[test]
fn every_key_is_accepted() {
    for table in tables() {
        for (key, expects, _) in &table.keys {
            if needs_another_document(table.noun, key) {
                continue;
            }
            let text = place(&table, key, good(table.noun, key, expects));
            let problems = lines(&(table.problems)(&text));
            let known: Vec<_> = problems.iter().filter(|line| !is_incidental(line)).collect();
            assert!(known.is_empty(), "{} {key}: {known:?}\n{text}", table.noun);
        }
    }
}

/// Some good values do not fit the rest of the small documents here.
fn is_incidental(line: &str) -> bool {
    line.contains("incomplete-deprecation")
        || line.contains("dangling-name")
        || line.contains("contradiction")
}

#[test]
fn every_wrong_type_is_explained_at_its_place() {
    for table in tables() {
        for (key, expects, _) in &table.keys {
            if needs_another_document(table.noun, key) {
                continue;
            }
            let takes_a_text = !(expects.starts_with("a list")
                || matches!(*expects, "a mapping" | "a deprecation" | "a reference"));
            let wrong = if takes_a_text { "{ z: 1 }" } else { "7" };
            let text = place(&table, key, wrong);
            let (before, _) = text.split_once(&format!("{key}: {wrong}")).expect("the key");
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
            let place = format!("{line}:{} wrong-type: `{key}` must be ", column + key.len() + 2);
            let problems = lines(&(table.problems)(&text));
            let said = problems.iter().filter(|line| line.starts_with(&place)).count();
            assert_eq!(said, 1, "{} {key}: {place}: {problems:?}\n{text}", table.noun);
            let others: Vec<_> =
                problems.iter().filter(|line| !line.starts_with(&place)).collect();
            let others: Vec<_> = others.iter().filter(|line| !is_incidental(line)).collect();
            assert!(others.is_empty(), "{} {key}: {others:?}\n{text}", table.noun);
        }
    }
}

#[test]
fn every_misspelt_key_gets_the_key_that_was_meant() {
    for table in tables() {
        for (key, expects, _) in &table.keys {
            if needs_another_document(table.noun, key) || key.len() < 4 {
                continue;
            }
            // The key itself must be absent, or it was not meant again.
            let misspelt = format!("{key}x");
            let text = place(&table, key, good(table.noun, key, expects));
            let text = text.replacen(
                &format!("{key}: {}", good(table.noun, key, expects)),
                &format!("{misspelt}: {}", good(table.noun, key, expects)),
                1,
            );
            let problems = lines(&(table.problems)(&text));
            let expected = format!("did you mean `{key}`?");
            let said = problems.iter().filter(|line| line.ends_with(&expected)).count();
            assert_eq!(said, 1, "{} {key}: {problems:?}\n{text}", table.noun);
            let missing = problems.iter().any(|line| line.contains("missing-key"));
            assert!(!missing, "{} {key}: {problems:?}\n{text}", table.noun);
        }
    }
}
