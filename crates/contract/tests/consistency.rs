//! Statements of one contract that cannot all hold: what is said, and what is rightly not.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use support::{HEAD, contract, drawn};

/// Keys of a field that contradict each other.
const WRONG_FIELDS: &[&str] = &[
    "type: long, min: 2, max: 1",
    "type: date, min: 2027-01-02, max: 2027-01-01",
    "type: string, min_length: 9, max_length: 3",
    "type: decimal, precision: 2, scale: 3",
    "type: string, min: 3",
    "type: long, max: 2027-01-01",
    "type: string, pattern: 'a)'",
    "type: string, enum: []",
    "type: string, enum: [x, y, x]",
    "type: string, enum: [x, 2]",
    "type: string, enum: [x, true]",
    "type: long, enum: [1, 1.5]",
    "type: integer, enum: [1, '2']",
    "type: decimal, enum: [1, 1.0]",
    "type: long, max: 2, enum: [1, 3]",
    "type: string, max_length: 1, enum: [é, ab]",
    "type: string, pattern: '^a', enum: [ab, b]",
    "type: string, pii: contact, classification: public",
    "type: string, deprecated: {}",
    "type: string, deprecated: { replacement: none }",
    "type: string, deprecated: { sunset: 2027-06-30 }",
    "type: string, deprecated: { sunset: 2027-06-30, replacement: b }",
    "type: string, deprecated: { since: 2027-06-30, sunset: 2026-06-30, replacement: none }",
    "type: string, renamed_from: a",
    "type: string, references: { field: id }",
    "type: string, references: { dataset: lead, field: a }",
    "type: object, fields: [{ name: b, type: long, min: 2, max: 1 }]",
    "type: array, items: { type: long, min: 2, max: 1 }",
    "type: long, examples: [x]",
    "type: long, max: 3, examples: [4]",
    "type: string, enum: [x], examples: [y]",
    "type: string, pattern: '^[0-9]$', examples: [x]",
];

/// Keys of a field that look alike and are fine.
const RIGHT_FIELDS: &[&str] = &[
    "type: decimal, min: 1.10, max: 1.1",
    "type: timestamp, min: '2027-01-01T09:00:00+09:00', max: '2027-01-01T08:00:00-02:00'",
    "type: string, min_length: 3, max_length: 3",
    "type: decimal, precision: 3, scale: 3",
    "type: string, min: 2027-01-01",
    "type: string, pattern: '^a'",
    "type: string, pattern: '(?=a)a'",
    "type: string, enum: [x, '2', null]",
    "type: string, enum: [x, '2'], pattern: '.', examples: [x]",
    "type: string, pii: contact, classification: restricted",
    "type: string, renamed_from: b",
    "type: string, references: { dataset: leads, field: a }",
    "type: string, references: { contract: x/y, field: id }",
];

/// Parts of a contract that contradict each other; `@` stands for two fields.
const WRONG_CONTRACTS: &[&str] = &[
    "@ quality:\n  - no_nulls: [id, scor]",
    "@ quality:\n  - no_nulls: [zzzz]",
    "@ quality:\n  - range: { field: score, min: 2, max: 1 }",
    "@ quality:\n  - row_count: { min: 2, max: 1 }",
    "@ quality:\n  - pattern: { field: id, pattern: '[' }",
    "feilds: []\nquality:\n  - no_nulls: [id]",
    "classification: public\nfields:\n  - { name: a, type: string, pii: contact }",
    concat!(
        "classification: restricted\n",
        "datasets:\n",
        "  - name: d\n",
        "    classification: public\n",
        "    fields:\n",
        "    - { name: a, type: string, pii: contact }",
    ),
    "status: deprecated\nfields: []",
    "deprecated: { since: 2026-01-01 }\nfields: []",
    "@ datasets: []",
    "datasets: []\nquality: []",
    "datasets:\n  - { name: d, fields: [] }\n  - { name: d, fields: [] }",
    "fields:\n  - { name: a, type: long }\n  - { name: a, type: long }",
    "@ quality:\n  - unique: [id, score]\n  - unique: [score, id]",
    concat!(
        "datasets:\n",
        "- { name: d, fields: [{ name: a, type: long, references: { field: b, dataset: e } }] }\n",
        "- { name: e, fields: [{ name: c, type: long }] }",
    ),
    "fields:\n  - { name: a, type: long }\n  - { name: A, type: long }",
    "fields:\n  - { name: a, physical_name: x, type: long }\n  - { name: b, physical_name: x, type: long }",
    "fields:\n  - { name: a, id: x, type: long }\n  - { name: b, id: x, type: long }",
    "datasets:\n  - { name: d, fields: [] }\n  - { name: D, fields: [] }",
    concat!(
        "fields:\n",
        "  - { name: a, type: long, deprecated: { sunset: 2027-01-01, replacement: b } }\n",
        "  - { name: b, type: string }",
    ),
    "@ tags: [x, x]",
    "@ sla: { freshnes: 1h }",
];

/// Parts of a contract that look alike and are fine.
const RIGHT_CONTRACTS: &[&str] = &[
    concat!(
        "classification: public\n",
        "fields:\n",
        "  - { name: a, type: string, pii: contact, classification: restricted }",
    ),
    concat!(
        "classification: public\n",
        "fields:\n",
        "  - name: a\n",
        "    type: object\n",
        "    classification: restricted\n",
        "    fields:\n",
        "    - { name: b, type: string, pii: contact }",
    ),
    concat!(
        "fields:\n",
        "  - { name: a, type: integer, deprecated: { sunset: 2027-01-01, replacement: b } }\n",
        "  - { name: b, type: long }",
    ),
    "@ sla: { support: '#help', latency_p99: 2s }",
];

/// Writes a contract whose only field is given in flow style.
fn with_field(keys: &str) -> String {
    format!("{HEAD}fields:\n  - {{ name: a, KEYS }}\n").replace("KEYS", keys)
}

fn with_parts(rest: &str) -> String {
    let fields = "fields: [{ name: score, type: long }, { name: id, type: string }]\n";
    format!("{HEAD}{}\n", rest.replace("@ ", fields))
}

fn said(text: &str) -> String {
    drawn(text, &contract(text).problems)
}

#[test]
fn contradictions_are_explained() {
    let fields = WRONG_FIELDS.iter().map(|keys| with_field(keys));
    let parts = WRONG_CONTRACTS.iter().map(|rest| with_parts(rest));
    let said = fields.chain(parts).map(|text| {
        let said = said(&text);
        assert!(!said.is_empty(), "silence about {text}");
        said
    });
    insta::assert_snapshot!(said.collect::<String>());
}

#[test]
fn what_can_hold_is_left_alone() {
    let fields = RIGHT_FIELDS.iter().map(|keys| with_field(keys));
    let parts = RIGHT_CONTRACTS.iter().map(|rest| with_parts(rest));
    for text in fields.chain(parts) {
        assert_eq!(said(&text), "", "{text}");
    }
}

/// Each text makes some comparison of everything with everything that it can.
#[test]
fn large_contracts_cost_no_more_than_they_hold() {
    let many =
        |count: usize, each: &dyn Fn(usize) -> String| -> String { (0..count).map(each).collect() };
    for (name, text) in [
        (
            "enum",
            format!(
                "fields:\n- name: a\n  type: long\n  enum: [{}]",
                many(100_000, &|n| format!("{n},"))
            ),
        ),
        (
            "renames",
            format!(
                "fields:\n{}",
                many(15_000, &|n| format!(
                    "- {{ name: f{n}, type: long, renamed_from: o{n} }}\n"
                ))
            ),
        ),
        (
            "dangling",
            format!(
                "fields:\n{}",
                many(10_000, &|n| format!(
                    "- {{ name: f{n}, type: long, references: {{ field: o{n} }} }}\n"
                ))
            ),
        ),
        (
            "rules",
            format!(
                "fields: []\nquality:\n{}",
                many(15_000, &|n| format!("- unique: [f{n}]\n"))
            ),
        ),
        ("unknown keys", many(50_000, &|n| format!("k{n}: 1\n"))),
        (
            "patterns",
            format!(
                "fields:\n{}",
                many(10_000, &|n| format!(
                    "- {{ name: f{n}, type: string, pattern: 'a{{99}}' }}\n"
                ))
            ),
        ),
        (
            "backtracking",
            format!(
                "fields:\n- name: a\n  type: string\n  pattern: '^(?=x)(x+x+)+y$'\n  enum: [{}]",
                many(5_000, &|n| format!("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{n},"))
            ),
        ),
    ] {
        let text = format!("{HEAD}{text}\n");
        let start = std::time::Instant::now();
        let parsed = contract(&text);
        let took = start.elapsed();
        assert!(parsed.value.is_some(), "{name}");
        // Tests are built without optimisation; what is quadratic takes minutes.
        assert!(took.as_secs() < 10, "{name} took {took:?}");
    }
}
