//! Every key of every table: accepted with a good value, and explained with one of a wrong type.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use meshlaw_contract::formats::{consumer, native, term, waiver};
use meshlaw_contract::lowering::Keys;
use meshlaw_contract::{Limits, Problem, parse_consumers, parse_terms, parse_waivers};
use support::{HEAD, contracts, lines};

/// A table, and a document in which one of its mappings can hold any of its keys.
struct Table {
    noun: &'static str,
    /// Key, expectation and documentation.
    entries: Vec<(&'static str, &'static str, &'static str)>,
    before: String,
    /// What the mapping needs.
    needs: Vec<(&'static str, &'static str)>,
    separator: &'static str,
    after: &'static str,
    problems: fn(&str) -> Vec<Problem>,
}

impl Table {
    /// The mapping is the whole document, in block style.
    fn top<T>(
        keys: &Keys<T>,
        needs: &[(&'static str, &'static str)],
        problems: fn(&str) -> Vec<Problem>,
    ) -> Self {
        let entries = keys
            .entries
            .iter()
            .map(|spec| (spec.key, spec.expects, spec.doc));
        Self {
            noun: keys.noun,
            entries: entries.collect(),
            before: String::new(),
            needs: needs.to_vec(),
            separator: "\n",
            after: "\n",
            problems,
        }
    }

    /// The mapping stands in flow style where the document has `@`.
    fn inside<T>(
        keys: &Keys<T>,
        document: &'static str,
        needs: &[(&'static str, &'static str)],
        problems: fn(&str) -> Vec<Problem>,
    ) -> Self {
        let (before, after) = document.split_once('@').expect("a place");
        let (before, separator) = (before.to_owned(), ", ");
        Self {
            before,
            separator,
            after,
            ..Self::top(keys, needs, problems)
        }
    }

    /// Writes the document with a key, in place of the same key where the mapping needs it.
    fn document(&self, key: &str, spelling: &str, value: &str) -> String {
        let needs = self.needs.iter().filter(|(need, _)| *need != key).copied();
        let entries = needs
            .chain([(spelling, value)])
            .map(|(key, value)| format!("{key}: {value}"));
        let entries: Vec<_> = entries.collect();
        format!(
            "{}{}{}",
            self.before,
            entries.join(self.separator),
            self.after
        )
    }

    /// Keys that can be put beside the others; the rest have tests of their own.
    fn keys(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let noun = self.noun;
        let entries = self
            .entries
            .iter()
            .map(|(key, expects, _)| (*key, *expects));
        entries.filter(move |(key, _)| match noun {
            "quality rule" => !CHECKS.contains(key),
            "field" => !["fields", "items", "keys", "values"].contains(key),
            "contract" => *key != "datasets",
            _ => true,
        })
    }
}

const CHECKS: [&str; 8] = [
    "custom",
    "no_nulls",
    "pattern",
    "range",
    "row_count",
    "sql",
    "unique",
    "values",
];

fn of_contract(text: &str) -> Vec<Problem> {
    contracts(&format!("{HEAD}{text}")).remove(0).problems
}

fn of_whole_contract(text: &str) -> Vec<Problem> {
    contracts(text).remove(0).problems
}

/// A rule of a contract with one field.
fn of_rule(text: &str) -> Vec<Problem> {
    of_contract(&format!("fields: {FIELDS}\n{text}"))
}

fn of_consumer(text: &str) -> Vec<Problem> {
    parse_consumers(text, &Limits::default()).remove(0).problems
}

fn of_term(text: &str) -> Vec<Problem> {
    parse_terms(text, &Limits::default()).remove(0).problems
}

fn of_waiver(text: &str) -> Vec<Problem> {
    parse_waivers(text, &Limits::default()).remove(0).problems
}

const FIELDS: &str = "[{ name: word, type: string }]";

/// Every document that starts below a head of so many lines.
fn lines_above(table: &Table) -> usize {
    let is = |problems: fn(&str) -> Vec<Problem>| std::ptr::fn_addr_eq(table.problems, problems);
    if is(of_rule) {
        4
    } else if is(of_contract) {
        3
    } else {
        0
    }
}

fn tables() -> Vec<Table> {
    use native::{
        CONTRACT, CUSTOM, DATASET, DEPRECATION, FIELD, PATTERN, RANGE, REFERENCE, ROW_COUNT, RULE,
        SQL, VALUES,
    };
    let contract = [
        ("schema", "s"),
        ("version", "1.0.0"),
        ("owner", "o"),
        ("fields", FIELDS),
    ];
    let bounds = [("field", "word"), ("min", "1"), ("max", "2")];
    let deprecated = "fields: [{ name: word, type: string, deprecated: { @ } }]\n";
    let references = "fields: [{ name: word, type: string, references: { @ } }]\n";
    let custom = [("engine", "e"), ("implementation", "i")];
    let consumer = [("consumer", "c"), ("owner", "o"), ("uses", "[]")];
    let term = [("term", "t"), ("definition", "d"), ("owner", "o")];
    let waiver = [
        ("waiver", "w"),
        ("policy", "p"),
        ("contract", "a/b"),
        ("reason", "r"),
        ("approved_by", "t"),
        ("expires", "2027-01-01"),
    ];
    let notify = "consumer: c\nowner: o\nuses: []\nnotify: { @ }\n";
    let uses = "consumer: c\nowner: o\nuses: [{ @ }]\n";
    vec![
        Table::top(&CONTRACT, &contract, of_whole_contract),
        Table::inside(
            &DATASET,
            "datasets: [{ @ }]\n",
            &[("name", "d"), ("fields", FIELDS)],
            of_contract,
        ),
        Table::inside(
            &FIELD,
            "fields: [{ @ }]\n",
            &[("name", "word"), ("type", "string")],
            of_contract,
        ),
        Table::inside(&DEPRECATION, deprecated, &[], of_contract),
        Table::inside(&REFERENCE, references, &[("field", "word")], of_contract),
        Table::inside(
            &RULE,
            "quality: [{ @ }]\n",
            &[("text", "all is well")],
            of_rule,
        ),
        Table::inside(
            &PATTERN,
            "quality: [pattern: { @ }]\n",
            &[("field", "word"), ("pattern", "a")],
            of_rule,
        ),
        Table::inside(&RANGE, "quality: [range: { @ }]\n", &bounds, of_rule),
        Table::inside(
            &VALUES,
            "quality: [values: { @ }]\n",
            &[("field", "word"), ("in", "[a]")],
            of_rule,
        ),
        Table::inside(
            &ROW_COUNT,
            "quality: [row_count: { @ }]\n",
            &bounds[1..],
            of_rule,
        ),
        Table::inside(&SQL, "quality: [sql: { @ }]\n", &[("query", "q")], of_rule),
        Table::inside(&CUSTOM, "quality: [custom: { @ }]\n", &custom, of_rule),
        Table::top(&consumer::CONSUMER, &consumer, of_consumer),
        Table::inside(&consumer::USE, uses, &[("contract", "a/b")], of_consumer),
        Table::inside(&consumer::NOTIFY, notify, &[], of_consumer),
        Table::top(&term::TERM, &term, of_term),
        Table::top(&waiver::WAIVER, &waiver, of_waiver),
    ]
}

/// Returns a good value; a few need more than their expectation tells.
fn good(noun: &str, key: &str, expects: &str) -> &'static str {
    match (noun, key) {
        ("use" | "waiver", "contract") => return "a/b",
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
        "a version" => "1.2.3",
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

#[test]
fn tables_are_sorted_and_documented() {
    for table in tables() {
        let keys: Vec<_> = table.entries.iter().map(|(key, ..)| *key).collect();
        assert!(
            keys.windows(2).all(|pair| pair[0] < pair[1]),
            "{}: {keys:?}",
            table.noun
        );
        for (key, expects, doc) in table.entries {
            assert!(doc.ends_with('.') && !doc.contains('\n'), "{key}: {doc}");
            assert!(!expects.is_empty(), "{key}");
        }
    }
}

#[test]
fn every_key_is_accepted() {
    for table in tables() {
        for (key, expects) in table.keys() {
            let text = table.document(key, key, good(table.noun, key, expects));
            let problems = relevant(&table, &text);
            assert_eq!(
                problems,
                Vec::<String>::new(),
                "{} {key}\n{text}",
                table.noun
            );
        }
    }
}

/// Returns the problems of a document but those that come of its being small.
fn relevant(table: &Table, text: &str) -> Vec<String> {
    let incidental = ["incomplete-deprecation", "dangling-name", "contradiction"];
    let mut lines = lines(&(table.problems)(text));
    lines.retain(|line| !incidental.iter().any(|id| line.contains(id)));
    lines
}

#[test]
fn every_wrong_type_is_explained_at_its_place() {
    for table in tables() {
        for (key, expects) in table.keys() {
            let is_collection = expects.starts_with("a list")
                || matches!(expects, "a mapping" | "a deprecation" | "a reference");
            let wrong = if is_collection { "7" } else { "{ z: 1 }" };
            let text = table.document(key, key, wrong);
            let entry = text
                .rfind(&format!("{key}: {wrong}"))
                .expect("the key is there");
            let before = &text[..entry];
            let line = before.matches('\n').count() + 1 + lines_above(&table);
            let column = entry - before.rfind('\n').map_or(0, |end| end + 1) + key.len() + 3;
            let expected = format!("{line}:{column} wrong-type: `{key}` must be ");
            let problems = relevant(&table, &text);
            let is_explained = problems.len() == 1 && problems[0].starts_with(&expected);
            assert!(
                is_explained,
                "{} {key}: {expected}: {problems:?}\n{text}",
                table.noun
            );
        }
    }
}

#[test]
fn every_misspelt_key_gets_the_key_that_was_meant() {
    for table in tables() {
        for (key, expects) in table.keys().filter(|(key, _)| key.len() >= 4) {
            let misspelt = format!("{key}x");
            let text = table.document(key, &misspelt, good(table.noun, key, expects));
            let problems = relevant(&table, &text);
            let help = format!("| did you mean `{key}`?");
            let is_explained = problems.len() == 1 && problems[0].ends_with(&help);
            assert!(is_explained, "{} {key}: {problems:?}\n{text}", table.noun);
        }
    }
}
