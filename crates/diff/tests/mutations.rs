//! Every attribute of the native model, changed one at a time: each is seen, by the rule that it
//! should be, and the way back has the opposite effect.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Gravity, Limits, parse_contracts};
use meshlaw_diff::{Change, Effect, compare};

const RICH: &str = "\
schema: orders
id: orders-1
version: 1.4.0
owner: sales-team
domain: sales
product: journey
status: active
description: Orders as placed
purpose: [billing, reporting]
classification: confidential
compatibility: full
retention: 300 days
legal_basis: contract
regions: [eu-west-1]
tags: [core]
physical_name: ORDERS
servers:
  - { name: prod, type: kafka, topic: orders, roles: [reader] }
deprecated: { since: 2026-10-01, sunset: 2027-10-01, replacement: none, reason: old }
sla: { freshness: 1 hour, availability: 99.5%, support: weekdays }
properties: { tier: gold }
fields:
  - { name: order_id, id: f1, type: uuid, required: true, primary_key: true, unique: true }
  - { name: amount, type: decimal, precision: 12, scale: 2, min: 0, max: 100, unit: EUR }
  - name: state
    physical_name: ST
    type: string
    description: Where it is
    enum: [open, sent]
    min_length: 2
    max_length: 9
    pattern: '^[a-z]+$'
    format: word
    classification: internal
    term: order_state
    examples: [open]
    tags: [shown]
    references: { contract: sales/states, field: state }
    deprecated: { since: 2026-10-01, sunset: 2027-10-01, replacement: mail }
  - { name: mail, type: string, pii: contact, masking: hash, encrypted: true }
  - { name: seats, type: integer }
  - { name: place, type: object, fields: [{ name: city, type: string, required: true }] }
  - { name: marks, type: array, items: { type: string, max_length: 5 } }
  - { name: names, type: map, keys: { type: string }, values: { type: string } }
quality:
  - unique: [order_id, state]
  - { name: volume, row_count: { min: 10, max: 99 }, severity: warning, threshold: 90%, description: how many }
  - { name: check, sql: { query: select 1, engine: duckdb } }
";

/// A piece of the contract, what stands there instead, and the rules that must speak.
const MUTATIONS: &[(&str, &str, &[&str])] = &[
    (
        "schema: orders",
        "schema: order_book",
        &["contract-renamed"],
    ),
    ("id: orders-1", "id: orders-2", &["id-changed"]),
    ("version: 1.4.0", "version: 1.5.0", &["version-raised"]),
    ("version: 1.4.0", "version: 1.3.0", &["version-lowered"]),
    ("owner: sales-team", "owner: other-team", &["owner-changed"]),
    ("domain: sales\n", "domain: finance\n", &["domain-changed"]),
    ("product: journey", "product: other", &["product-changed"]),
    ("status: active", "status: draft", &["status-lowered"]),
    (
        "Orders as placed",
        "Orders as billed",
        &["description-changed"],
    ),
    ("purpose: [billing, ", "purpose: [", &["purpose-removed"]),
    (
        "purpose: [billing",
        "purpose: [growth, billing",
        &["purpose-added"],
    ),
    (
        "classification: confidential",
        "classification: internal",
        &["classification-lowered"],
    ),
    (
        "compatibility: full",
        "compatibility: consumers",
        &["compatibility-lowered"],
    ),
    (
        "retention: 300 days",
        "retention: 30 days",
        &["retention-shortened"],
    ),
    (
        "retention: 300 days",
        "retention: 7200h",
        &["retention-restated"],
    ),
    (
        "legal_basis: contract",
        "legal_basis: consent",
        &["legal-basis-changed"],
    ),
    (
        "regions: [eu-west-1]",
        "regions: [eu-west-2]",
        &["region-removed", "region-added"],
    ),
    ("tags: [core]", "tags: []", &["tag-changed"]),
    (
        "physical_name: ORDERS",
        "physical_name: ORD",
        &["physical-name-changed"],
    ),
    (
        "name: prod, type: kafka",
        "name: prod, type: s3",
        &["server-changed"],
    ),
    ("topic: orders", "topic: orders2", &["server-changed"]),
    (
        "roles: [reader]",
        "roles: [writer]",
        &["server-detail-changed"],
    ),
    (
        "name: prod,",
        "name: live,",
        &["server-added", "server-removed"],
    ),
    (
        "sunset: 2027-10-01, replacement: none",
        "sunset: 2027-09-01, replacement: none",
        &["sunset-earlier"],
    ),
    ("reason: old", "reason: older", &["deprecation-changed"]),
    ("freshness: 1 hour", "freshness: 2 hours", &["sla-weakened"]),
    (
        "freshness: 1 hour",
        "freshness: 60 minutes",
        &["sla-restated"],
    ),
    (
        "availability: 99.5%",
        "availability: 99.9%",
        &["sla-strengthened"],
    ),
    ("support: weekdays", "support: always", &["sla-changed"]),
    (", support: weekdays", "", &["sla-removed"]),
    ("tier: gold", "tier: tin", &["property-changed"]),
    ("id: f1, type: uuid", "id: f2, type: uuid", &["id-changed"]),
    (
        "type: uuid, required: true",
        "type: uuid",
        &["field-made-optional"],
    ),
    (
        "required: true, primary_key: true",
        "required: true",
        &["primary-key-removed"],
    ),
    (
        "primary_key: true, unique: true",
        "primary_key: true",
        &["unique-removed"],
    ),
    ("type: uuid", "type: string", &["type-widened"]),
    ("type: uuid", "type: date", &["type-changed"]),
    ("precision: 12", "precision: 14", &["digits-loosened"]),
    ("scale: 2, min", "scale: 4, min", &["digits-changed"]),
    ("min: 0, max: 100", "min: 1, max: 100", &["range-tightened"]),
    ("min: 0, max: 100", "min: 0", &["range-loosened"]),
    ("unit: EUR", "unit: USD", &["unit-changed"]),
    (
        "physical_name: ST\n",
        "physical_name: STATE\n",
        &["physical-name-changed"],
    ),
    ("Where it is", "Where it stands", &["description-changed"]),
    ("[open, sent]", "[open, sent, lost]", &["enum-value-added"]),
    ("[open, sent]", "[open]", &["enum-value-removed"]),
    ("    enum: [open, sent]\n", "", &["enum-removed"]),
    ("min_length: 2", "min_length: 3", &["length-tightened"]),
    ("max_length: 9", "max_length: 10", &["length-loosened"]),
    ("'^[a-z]+$'", "'^[a-y]+$'", &["pattern-tightened"]),
    ("format: word", "format: token", &["format-unclear"]),
    (
        "classification: internal",
        "classification: restricted",
        &["classification-raised"],
    ),
    ("term: order_state", "term: state", &["term-changed"]),
    (
        "examples: [open]",
        "examples: [sent]",
        &["examples-changed"],
    ),
    ("tags: [shown]", "tags: [shown, new]", &["tag-changed"]),
    ("field: state }", "field: name }", &["reference-retargeted"]),
    (
        "replacement: mail",
        "replacement: order_id",
        &["deprecation-changed"],
    ),
    ("pii: contact", "pii: health", &["pii-added"]),
    ("masking: hash", "masking: redact", &["masking-changed"]),
    (", encrypted: true", "", &["encryption-removed"]),
    (
        "name: seats, type: integer",
        "name: seats, type: long",
        &["type-widened"],
    ),
    (
        "name: city, type: string, required: true",
        "name: city, type: string",
        &["field-made-optional"],
    ),
    ("max_length: 5", "max_length: 4", &["length-tightened"]),
    (
        "keys: { type: string }",
        "keys: { type: uuid }",
        &["type-narrowed"],
    ),
    (
        "values: { type: string }",
        "values: { type: boolean }",
        &["type-changed"],
    ),
    ("  - unique: [order_id, state]\n", "", &["unique-restated"]),
    (
        "row_count: { min: 10",
        "row_count: { min: 20",
        &["quality-tightened"],
    ),
    (
        "severity: warning",
        "severity: note",
        &["quality-weight-lowered"],
    ),
    (
        "threshold: 90%",
        "threshold: 95%",
        &["quality-weight-raised"],
    ),
    (
        "description: how many",
        "description: how much",
        &["description-changed"],
    ),
    ("select 1", "select 2", &["quality-text-changed"]),
    ("engine: duckdb", "engine: spark", &["quality-text-changed"]),
    (
        "  - { name: seats, type: integer }\n",
        "",
        &["field-removed"],
    ),
    (
        "name: seats,",
        "name: chairs, renamed_from: seats,",
        &["field-renamed"],
    ),
];

fn contract(text: &str) -> Contract {
    let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
    let mut faults = parsed.problems.iter();
    let fault = faults.find(|one| one.gravity == Gravity::Fault);
    assert_eq!(fault, None, "{text}");
    parsed.value.unwrap()
}

fn changes(before: &str, after: &str) -> Vec<Change> {
    let as_of = jiff::civil::date(2026, 11, 23);
    compare(Some(&contract(before)), Some(&contract(after)), as_of)
        .unwrap()
        .changes
}

fn ids(changes: &[Change]) -> Vec<&'static str> {
    let mut ids: Vec<_> = changes.iter().map(|change| change.rule.id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn each_attribute_is_seen_by_its_rule() {
    assert_eq!(ids(&changes(RICH, RICH)), [""; 0]);
    for (from, to, expected) in MUTATIONS {
        assert!(RICH.contains(from), "{from}");
        let found = changes(RICH, &RICH.replacen(from, to, 1));
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(ids(&found), expected, "{from} → {to}");
    }
}

#[test]
fn the_way_back_has_the_opposite_effect() {
    let swapped = |effect: Effect| match effect {
        Effect::Tightens => Effect::Loosens,
        Effect::Loosens => Effect::Tightens,
        other => other,
    };
    for (from, to, _) in MUTATIONS {
        let mutated = RICH.replacen(from, to, 1);
        // `renamed_from` is spent on the way there: the way back is found by likeness or not at all.
        // Data kept for longer is no promise about its shape, while data gone is a loss.
        if to.contains("renamed_from") || to.contains("retention: 30 days") {
            continue;
        }
        let effects = |changes: Vec<Change>| {
            let mut effects: Vec<_> = changes.iter().map(|change| change.rule.effect).collect();
            effects.sort();
            effects
        };
        let mut there: Vec<_> = effects(changes(RICH, &mutated))
            .into_iter()
            .map(swapped)
            .collect();
        there.sort();
        assert_eq!(effects(changes(&mutated, RICH)), there, "{from} → {to}");
    }
}

/// A key that is misspelt says nothing of the part, so nothing of it may look changed.
#[test]
fn a_typo_is_never_a_change() {
    let mut tried = 0;
    for (at, _) in RICH.match_indices(':') {
        let key = RICH[..at]
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap();
        let begin = at - key.len();
        let line = RICH[..begin].rfind('\n').map_or(0, |newline| newline + 1);
        let is_free = ["sla:", "properties:", "  - { name: prod"]
            .iter()
            .any(|start| RICH[line..].starts_with(start) && line != begin);
        if key.len() < 3 || is_free {
            continue;
        }
        let text = format!("{}{}x{}", &RICH[..begin], key, &RICH[at..]);
        let parsed = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
        assert!(!parsed.problems.is_empty(), "`{key}x` is not noticed");
        let head = parsed.value.unwrap();
        for (base, head) in [(&contract(RICH), &head), (&head, &contract(RICH))] {
            let found = compare(Some(base), Some(head), jiff::civil::date(2026, 11, 23)).unwrap();
            assert_eq!(ids(&found.changes), [""; 0], "`{key}` misspelt in: {text}");
        }
        tried += 1;
    }
    assert!(tried > 80, "{tried} keys");
}
