//! Every key of a contract that follows the Open Data Contract Standard, dropped and replaced one
//! at a time: each is told once, and by a rule.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Gravity, Limits, parse_contracts};
use meshlaw_diff::{Change, Effect, compare};
use serde_json::{Value, json};

/// A contract that states every key of the standard.
const WHOLE: &str = include_str!("whole.json");

/// Mutations that say nothing, and why. Places in lists are written as `*`.
const SILENT: &[(&str, &str)] = &[
    (
        "customProperties.*.description",
        "a free key is its name and its value",
    ),
    ("customProperties.*.id", "the same"),
    ("customProperties.*.vendor", "the same"),
    (
        "schema.*.deprecated",
        "what is not deprecated need not say so",
    ),
    ("schema.*.properties.*.deprecated", "the same"),
    (
        "schema.*.properties.*.logicalTypeOptions.required",
        "the field says it, too",
    ),
    (
        "schema.*.properties.*.properties.*.required",
        "the object around says it, too",
    ),
    (
        "schema.*.properties.*.relationships.*.type",
        "there is one type",
    ),
    (
        "schema.*.quality.*.severity",
        "an error is what a failure is anyway",
    ),
    ("schema.*.quality.*.unit", "rows are counted in rows"),
    (
        "schema.*.quality.*.type",
        "a rule that says nothing else is a text",
    ),
];

/// Mutations that say several things, and why.
const SEVERAL: &[(&str, &str)] = &[];

/// Reads a contract; nothing where it has a fault, which is the finding then.
fn read(value: &Value) -> Option<Contract> {
    let text = value.to_string();
    let parsed = parse_contracts(&text, Format::Odcs, &Limits::default()).remove(0);
    let is_sound = parsed
        .problems
        .iter()
        .all(|one| one.gravity != Gravity::Fault);
    parsed.value.filter(|_| is_sound)
}

fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    compare(Some(before), Some(after), jiff::civil::date(2026, 11, 23))
        .unwrap()
        .changes
}

/// Lists the JSON pointers of everything below a value.
fn sites(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let here = format!("{here}/{key}");
        found.push(here.clone());
        sites(value, &here, found);
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| visit(&at.to_string(), value));
        }
        _ => {}
    }
}

/// Leaves out which of a list it is.
fn kind(site: &str) -> String {
    let steps = site.split('/').skip(1);
    let steps: Vec<_> = steps
        .map(|step| {
            if step.parse::<usize>().is_ok() {
                "*"
            } else {
                step
            }
        })
        .collect();
    steps.join(".")
}

fn without(site: &str) -> Value {
    let mut whole: Value = serde_json::from_str(WHOLE).unwrap();
    let (above, key) = site.rsplit_once('/').unwrap();
    match whole.pointer_mut(above).unwrap() {
        Value::Object(entries) => {
            entries.shift_remove(key);
        }
        Value::Array(items) => {
            items.remove(key.parse().unwrap());
        }
        _ => unreachable!(),
    }
    whole
}

/// Puts another value of the same kind in place; a mapping or a list has none of its own.
fn otherwise(site: &str) -> Option<Value> {
    let mut whole: Value = serde_json::from_str(WHOLE).unwrap();
    let value = whole.pointer_mut(site).unwrap();
    let key = site.rsplit_once('/').unwrap().1;
    *value = match (key, &*value) {
        ("apiVersion", _) => json!("v3.1.0"),
        ("version", _) => json!("1.5.0"),
        ("status", _) => json!("draft"),
        ("classification", _) => json!("restricted"),
        ("logicalType", value) if value == "string" => json!("boolean"),
        ("logicalType", value) if value == "object" => json!("blob"),
        ("logicalType", _) => json!("string"),
        ("semanticType", _) => json!("measure"),
        ("dimension", _) => json!("accuracy"),
        ("severity", _) => json!("warning"),
        ("elementType", _) => json!("int8"),
        ("distanceMetric", _) => json!("euclidean"),
        ("metric", _) => json!("duplicateValues"),
        ("dateIn" | "dateOut", _) => json!("2025-02-02"),
        ("contractCreatedTs", _) => json!("2026-02-28T10:00:00Z"),
        ("to" | "from", Value::String(_)) => json!("states.id"),
        ("unit", value) if value == "d" => json!("h"),
        ("unit", value) if value == "rows" => json!("percent"),
        ("unit", value) if value == "percent" => json!("rows"),
        (_, Value::String(text)) if text.starts_with("20") => json!(text.replace("20", "21")),
        (_, Value::String(text)) => json!(format!("{text}z")),
        (_, Value::Number(number)) if number.is_i64() => json!(number.as_i64().unwrap() + 1),
        (_, Value::Number(number)) => json!(number.as_f64().unwrap() + 0.25),
        (_, Value::Bool(is)) => json!(!is),
        _ => return None,
    };
    Some(whole)
}

#[test]
fn each_key_is_told_once() {
    let whole: Value = serde_json::from_str(WHOLE).unwrap();
    let base = read(&whole).expect("the fixture is sound");
    assert!(changes(&base, &base).is_empty());
    let mut all = Vec::new();
    sites(&whole, "", &mut all);
    let (mut silent, mut several, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut tried = 0;
    for site in &all {
        for mutant in [Some(without(site)), otherwise(site)].into_iter().flatten() {
            let Some(head) = read(&mutant) else {
                continue;
            };
            tried += 1;
            let kind = kind(site);
            let found = changes(&base, &head);
            let is_in = |list: &[(&str, &str)]| list.iter().any(|(known, _)| *known == kind);
            match found.len() {
                1 => {}
                0 if is_in(SILENT) => drop(silent.insert(kind)),
                2.. if is_in(SEVERAL) => drop(several.insert(kind)),
                2.. if holds_parts(&whole, site) || tells_apart(site) => {}
                count => {
                    let now = mutant.pointer(site);
                    let told: Vec<_> = found.iter().map(Change::message).collect();
                    wrong.push(format!("{count} at {site}, now {now:?}: {told:#?}"));
                }
            }
            assert_eq!(
                effects(&found, swapped),
                effects(&changes(&head, &base), |one| one),
                "{site}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 300, "{tried} mutations");
    for (listed, seen) in [(SILENT, silent), (SEVERAL, several)] {
        let listed: BTreeSet<_> = listed.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        assert_eq!(listed, seen, "an exception that nothing needs");
    }
}

/// A list or a mapping that goes takes all that it held with it.
fn holds_parts(whole: &Value, site: &str) -> bool {
    let value = whole.pointer(site).unwrap();
    value.is_array() || value.is_object()
}

/// What tells a part from others: under another name, it is another part.
fn tells_apart(site: &str) -> bool {
    let key = site.rsplit_once('/').unwrap().1;
    let is_tag = key.parse::<usize>().is_ok();
    let names = [
        "channel", "element", "id", "name", "property", "role", "server", "synonym", "url",
        "username", "value",
    ];
    is_tag || names.contains(&key)
}

fn swapped(effect: Effect) -> Effect {
    match effect {
        Effect::Tightens => Effect::Loosens,
        Effect::Loosens => Effect::Tightens,
        other => other,
    }
}

fn effects(changes: &[Change], of: fn(Effect) -> Effect) -> Vec<Effect> {
    // What is neutral one way may be both the other: a server that comes harms nobody.
    let directed = |effect: &Effect| matches!(effect, Effect::Loosens | Effect::Tightens);
    let effects = changes.iter().map(|one| of(one.rule.effect));
    let mut effects: Vec<_> = effects.filter(directed).collect();
    effects.sort();
    effects
}
