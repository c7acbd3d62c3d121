//! Consumers and terms: what is understood, and what is said about the rest.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use support::{consumer, lines, term};

const CONSUMER: &str = r##"consumer: revenue-forecast
owner: finance-analytics
kind: model
description: Forecasts revenue
uses:
  - contract: marketing/marketing_leads
    version: ^2
    fields: [lead_id, [address, city]]
    purpose: weekly forecast
    until: 2027-06-30
  - { contract: sales/orders }
notify: { github: "@org/team", slack: "#fin", email: fin@example.org, webhook: "https://x.example" }
"##;

#[test]
fn consumers_are_read() {
    let parsed = consumer(CONSUMER);
    assert_eq!(lines(&parsed.problems), Vec::<String>::new());
    let read = parsed.value.expect("a consumer");
    assert_eq!(read.name, "revenue-forecast");
    let [leads, orders] = read.uses.as_slice() else {
        panic!("{:?}", read.uses)
    };
    let path = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        leads.fields,
        Some(vec![path(&["lead_id"]), path(&["address", "city"])])
    );
    let version = |text: &str| semver::Version::parse(text).expect("a version");
    assert!(
        leads
            .version
            .as_ref()
            .is_some_and(|range| range.matches(&version("2.4.0")))
    );
    assert_eq!(
        leads.until.map(|day| day.to_string()).as_deref(),
        Some("2027-06-30")
    );
    assert_eq!((&orders.fields, &orders.version), (&None, &None));

    let json = serde_yaml::from_str::<serde_json::Value>(CONSUMER)
        .expect("YAML")
        .to_string();
    assert_eq!(consumer(&json).value.as_ref(), Some(&read));
}

#[test]
fn what_is_wrong_with_a_consumer_is_said() {
    let with = |rest: &str| format!("consumer: c\nowner: o\nuses:\n{rest}\n");
    for (text, expected) in [
        (
            "owner: o\nuses: []\n".to_owned(),
            "1:1 missing-key: this consumer lacks `consumer` | add `consumer:`",
        ),
        (
            "consumer: c\nuses: []\n".to_owned(),
            "1:1 missing-key: this consumer lacks `owner` | add `owner:`",
        ),
        (
            "consumer: c\nowner: o\n".to_owned(),
            "1:1 missing-key: this consumer lacks `uses` | add `uses:`",
        ),
        (
            "consumer: c\nowner: o\nuse: []\n".to_owned(),
            "3:1 unknown-key: `use` is not a key of a consumer | did you mean `uses`?",
        ),
        (
            with("- { version: ^2 }"),
            "4:5 missing-key: this use lacks `contract` | add `contract:`",
        ),
        (
            with("- { contract: '' }"),
            "4:15 bad-value: `contract` is empty | write a text, or remove the key",
        ),
        (
            with("- { contract: leads }"),
            "4:15 bad-value: `leads` is not the name of a contract with its domain | write the domain and the name, as in `marketing/marketing_leads`",
        ),
        (
            with("- { contract: a/b/c }"),
            "4:15 bad-value: `a/b/c` is not the name of a contract with its domain | write the domain and the name, as in `marketing/marketing_leads`",
        ),
        (
            with("- { contract: /b }"),
            "4:15 bad-value: `/b` is not the name of a contract with its domain | write the domain and the name, as in `marketing/marketing_leads`",
        ),
        (
            with("- { contract: a/b, version: two }"),
            "4:29 bad-value: `two` is not a version range | write a range such as `^2`, `~2.1` or `>=2.1, <4`",
        ),
        (with("- { contract: a/b, version: 2 }"), ""),
        (
            with("- { contract: a/b, until: soon }"),
            "4:27 bad-value: `soon` is not a date | write year, month and day, as in `2027-01-31`",
        ),
        (
            with("- { contract: a/b, until: 2027-02-30 }"),
            "4:27 bad-value: `2027-02-30` is not a date | write year, month and day, as in `2027-01-31`",
        ),
        (
            with("- { contract: a/b, fields: a }"),
            "4:28 wrong-type: `fields` must be a list, but is the text `a` | write a list: `[a]`",
        ),
        (
            with("- { contract: a/b, fields: [1] }"),
            "4:29 wrong-type: each element of `fields` must be a text, but is the number `1` | put the value in quotes: `\"1\"`",
        ),
        (
            with("- { contract: a/b, fields: [[]] }"),
            "4:29 bad-value: this path names no field | name the fields from the outermost to the one that is read",
        ),
        (
            with("- a/b"),
            "4:3 wrong-type: each element of `uses` must be a mapping, but is the text `a/b` | write `key: value` pairs; its keys are `contract`, `dataset`, `fields`, `purpose`, `until`, `version`",
        ),
        (
            "consumer: c\nowner: o\nkind: robot\nuses: []\n".to_owned(),
            "3:7 unknown-word: `kind` cannot be `robot` | write one of `dashboard`, `export`, `model`, `pipeline`, `service`",
        ),
        (
            "consumer: c\nowner: o\nuses: []\nnotify: { mail: a@b }\n".to_owned(),
            "4:11 unknown-key: `mail` is not a key of a notification | did you mean `email`?",
        ),
    ] {
        let expected: Vec<_> = expected.lines().collect();
        assert_eq!(lines(&consumer(&text).problems), expected, "{text}");
    }
    assert!(consumer("[]").value.is_none());
}

#[test]
fn terms_are_read() {
    let text = "term: active_user\ndefinition: Signed in lately.\nowner: product\ntype: integer\n\
                unit: people\nformat: count\nclassification: internal\nenum: [1, 2]\n\
                synonyms: [MAU]\nbroader: user\n";
    let parsed = term(text);
    assert_eq!(lines(&parsed.problems), Vec::<String>::new());
    let read = parsed.value.expect("a term");
    assert_eq!(
        (read.name.as_str(), read.synonyms.as_slice()),
        ("active_user", &["MAU".to_owned()][..])
    );
    let json = serde_yaml::from_str::<serde_json::Value>(text)
        .expect("YAML")
        .to_string();
    assert_eq!(term(&json).value.as_ref(), Some(&read));
}

#[test]
fn what_is_wrong_with_a_term_is_said() {
    for (text, expected) in [
        (
            "definition: d\nowner: o\n",
            "1:1 missing-key: this term lacks `term` | add `term:`",
        ),
        (
            "term: t\nowner: o\n",
            "1:1 missing-key: this term lacks `definition` | add `definition:`",
        ),
        (
            "term: t\ndefinition: d\n",
            "1:1 missing-key: this term lacks `owner` | add `owner:`",
        ),
        (
            "term: t\ndefinition: d\nowner: o\ntype: int\n",
            "4:7 bad-value: `int` is not a type | write `integer`",
        ),
        (
            "term: t\ndefinition: d\nowner: o\nsynonyms: MAU\n",
            "4:11 wrong-type: `synonyms` must be a list, but is the text `MAU` | write a list: `[MAU]`",
        ),
        (
            "term: t\ndefinition:\nowner: o\n",
            "2:11 wrong-type: `definition` must be a text, but is nothing | write a text, or remove the key",
        ),
    ] {
        let expected: Vec<_> = expected.lines().collect();
        assert_eq!(lines(&term(text).problems), expected, "{text}");
    }
}
