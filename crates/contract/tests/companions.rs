//! Consumers and terms: what is understood, and what is said about the rest.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use support::{consumer, drawn, lines, steps, term};

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
    let with = |usage: &str| format!("consumer: c\nowner: o\nuses:\n- {usage}\n");
    let cases = [
        "owner: o\nuses: []\n".to_owned(),
        "consumer: c\nuses: []\n".to_owned(),
        "consumer: c\nowner: o\n".to_owned(),
        "consumer: c\nowner: o\nuse: []\n".to_owned(),
        "consumer: c\nowner: o\nkind: robot\nuses: []\n".to_owned(),
        "consumer: c\nowner: o\nuses: []\nnotify: { mail: a@b }\n".to_owned(),
        with("{ version: ^2 }"),
        with("{ contract: '' }"),
        with("{ contract: leads }"),
        with("{ contract: a/b/c }"),
        with("{ contract: /b }"),
        with("{ contract: a/b, version: two }"),
        with("{ contract: a/b, until: soon }"),
        with("{ contract: a/b, until: 2027-02-30 }"),
        with("{ contract: a/b, fields: a }"),
        with("{ contract: a/b, fields: [1] }"),
        with("{ contract: a/b, fields: [[]] }"),
        with("a/b"),
    ];
    let said = cases.iter().map(|text| {
        let problems = consumer(text).problems;
        assert_eq!(problems.len(), 1, "{text}");
        drawn(text, &problems)
    });
    insta::assert_snapshot!(said.collect::<String>());
    assert_eq!(
        drawn(
            "",
            &consumer(&with("{ contract: a/b, version: 2 }")).problems
        ),
        ""
    );
    assert!(consumer("[]").value.is_none());
}

#[test]
fn problems_of_a_use_point_at_its_contract() {
    let text = "consumer: c\nowner: o\nuses:\n- { contract: a/b, untl: 2027-01-01 }\n";
    let problems = consumer(text).problems;
    assert_eq!(steps(&problems[0].pointer), "uses/a/b/untl");
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
    let cases = [
        "definition: d\nowner: o\n",
        "term: t\nowner: o\n",
        "term: t\ndefinition: d\n",
        "term: t\ndefinition: d\nowner: o\ntype: int\n",
        "term: t\ndefinition: d\nowner: o\nsynonyms: MAU\n",
        "term: t\ndefinition:\nowner: o\n",
    ];
    let said = cases.iter().map(|text| {
        let problems = term(text).problems;
        assert_eq!(problems.len(), 1, "{text}");
        drawn(text, &problems)
    });
    insta::assert_snapshot!(said.collect::<String>());
}
