//! Every kind of complaint as people read it; read the snapshot whenever it changes.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use support::{HEAD, contract, drawn};

const FIELD: &str = "fields: [{ name: id, type: string }]\n";

#[test]
fn messages_read_well() {
    let field = |keys: &str| format!("{HEAD}fields:\n  - {{ name: id, {keys} }}\n");
    let top = |line: &str| format!("{HEAD}{FIELD}{line}\n");
    let rule = |rule: &str| top(&format!("quality:\n  - {rule}"));
    let cases = [
        "".to_owned(),
        "# nothing yet\n".to_owned(),
        "just some words\n".to_owned(),
        "- a\n- b\n".to_owned(),
        format!("{HEAD}<<<<<<< HEAD\nfields: []\n=======\n{FIELD}>>>>>>> topic\n"),
        format!("{HEAD}fields:\n\t- {{ name: id, type: string }}\n"),
        top("description: a: b"),
        top("description: \"never closed"),
        top("tags: [a, b"),
        top("description: @someone"),
        top("description: *strong* words"),
        top("tags:\n  - a\n b: c"),
        top("owner: other-team"),
        top("properties:\n  <<: *base"),
        top("properties: { [a]: 1 }"),
        top("properties: { secret: !env TOKEN }"),
        top("feilds: []"),
        top("compatability: full"),
        top("colour: red"),
        top("description:"),
        top("description: ''"),
        top("product: 42"),
        top("description: [a, b]"),
        top("status: actve"),
        top("status: Published"),
        top("classification: secret"),
        top("compatibility: both"),
        top("retention: 90"),
        top("retention: a while"),
        top("sla: { availability: 99.5 }"),
        top("sla: { availability: 101% }"),
        top("sla: { freshness: 15 }"),
        top("sla: fast"),
        top("regions: eu-central-1"),
        top("tags: [a, 1]"),
        top("deprecated: yes"),
        top("deprecated: { since: 01.02.2027 }"),
        top("servers: [{ name: lake }]"),
        format!("schema: s\nversion: 2.1\nowner: o\n{FIELD}"),
        format!("schema: s\nversion: 2026.10\nowner: o\n{FIELD}"),
        format!("schema: s\nversion: 2026-13\nowner: o\n{FIELD}"),
        format!("schema: s\nversion: latest\nowner: o\n{FIELD}"),
        "schema: s\n".to_owned(),
        format!("{HEAD}fields:\n  id: string\n"),
        format!("{HEAD}fields: [id]\n"),
        format!("{HEAD}fields: [{{ type: string }}]\n"),
        format!("{HEAD}fields: [{{ nmae: id, type: string }}]\n"),
        format!("{HEAD}fields: [{{ name: 7, type: string }}]\n"),
        format!("{HEAD}fields: [{{ name: null, type: string }}]\n"),
        format!("{HEAD}fields: [{{ name: id }}]\n"),
        field("type: strng"),
        field("type: varchar(20)"),
        field("type: string, required: yes"),
        field("type: string, required: 'true'"),
        field("type: string, required: sometimes"),
        field("type: string, max_length: -1"),
        field("type: string, max_length: 1.5"),
        field("type: long, min: low"),
        field("type: string, fields: [{ name: x, type: long }]"),
        field("type: array, items: string"),
        field("type: array, items: { name: x, type: long }"),
        field("type: string, pattern: '[0-9'"),
        field("type: string, references: other.id"),
        field("type: string, requierd: true, enumm: [a], pii_category: contact"),
        rule("no_nulls"),
        rule("{ }"),
        rule("{ no_nulls: [id], unique: [id] }"),
        rule("no_null: [id]"),
        rule("no_nulls: id"),
        rule("unique: []"),
        rule("range: { field: id }"),
        rule("range: { min: 1 }"),
        rule("range: 1..2"),
        rule("{ text: all is well, severity: fatal, threshold: 0.9 }"),
    ];
    let said = cases.iter().map(|text| {
        let problems = contract(text).problems;
        assert!(!problems.is_empty(), "{text}");
        drawn(text, &problems)
    });
    insta::assert_snapshot!(said.collect::<String>());
}
