//! Every key of a contract, dropped and replaced one at a time: each is told, and by a rule.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod shipped;
mod standard;

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Gravity, Limits, parse_contracts};
use meshlaw_diff::{Change, compare};
use serde_json::{Value, json};

/// Reads a contract; nothing where it has a fault, which is the finding then.
fn read(value: &Value, format: Format) -> Option<Contract> {
    let text = value.to_string();
    let parsed = parse_contracts(&text, format, &Limits::default()).remove(0);
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

fn without(whole: &Value, site: &str) -> Value {
    let mut whole = whole.clone();
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
fn otherwise(whole: &Value, site: &str) -> Option<Value> {
    let mut whole = whole.clone();
    let value = whole.pointer_mut(site).unwrap();
    let key = site.rsplit_once('/').unwrap().1;
    *value = match (key, &*value) {
        ("apiVersion", value) if value == "v3.1.0" => json!("v3.1.1"),
        ("apiVersion", _) => json!("v3.1.0"),
        ("version", _) => json!("1.5.0"),
        ("status", value) if value == "draft" => json!("active"),
        ("status", _) => json!("draft"),
        ("classification", value) if value == "restricted" => json!("internal"),
        ("classification", _) => json!("restricted"),
        ("logicalType", value) if value == "string" => json!("boolean"),
        ("logicalType", value) if value == "object" => json!("blob"),
        ("logicalType", _) => json!("string"),
        ("type", value) if value == "string" => json!("boolean"),
        ("type", value) if value == "long" => json!("string"),
        ("type", _) if site.contains("fields") => json!("long"),
        ("semanticType", _) => json!("measure"),
        ("dimension", _) => json!("accuracy"),
        ("severity", value) if value == "warning" => json!("error"),
        ("severity", _) => json!("warning"),
        ("elementType", _) => json!("int8"),
        ("distanceMetric", _) => json!("euclidean"),
        ("metric", value) if value == "duplicateValues" => json!("nullValues"),
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
