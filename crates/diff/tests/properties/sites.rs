//! A contract as JSON in, its attributes one by one out, and what else could stand there.

use serde_json::{Value, json};

/// Where an attribute stands: keys and places, from the top down.
pub type Site = Vec<Step>;

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Key(String),
    At(usize),
}

/// Lists every key of every mapping.
pub fn sites(value: &Value) -> Vec<Site> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

fn walk(value: &Value, here: &mut Site, found: &mut Vec<Site>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                here.push(Step::Key(key.clone()));
                found.push(here.clone());
                walk(value, here, found);
                here.pop();
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                here.push(Step::At(at));
                walk(item, here, found);
                here.pop();
            }
        }
        _ => {}
    }
}

/// Returns the key of a site.
pub fn key(site: &[Step]) -> &str {
    match site.last() {
        Some(Step::Key(key)) => key,
        _ => "",
    }
}

/// Returns the mapping around a site.
pub fn around<'v>(value: &'v mut Value, site: &[Step]) -> &'v mut serde_json::Map<String, Value> {
    let mut here = value;
    for step in &site[..site.len() - 1] {
        here = match step {
            Step::Key(key) => &mut here[key.as_str()],
            Step::At(at) => &mut here[*at],
        };
    }
    here.as_object_mut().unwrap()
}

/// Returns what else could stand at a site; nothing where another value means a fault.
pub fn other(site: &[Step], value: &Value) -> Option<Value> {
    let next = |words: &[&str]| {
        let at = words.iter().position(|word| *value == json!(word))?;
        Some(json!(words[(at + 1) % words.len()]))
    };
    Some(match (key(site), value) {
        ("classification", _) => next(&["internal", "confidential", "restricted"])?,
        ("status", _) => next(&["draft", "active", "retired"])?,
        ("severity", _) => next(&["note", "warning", "error"])?,
        ("compatibility", _) => next(&["full", "none", "producers", "consumers_transitive"])?,
        ("type", Value::String(ty)) if ty == "kafka" || ty == "postgres" => json!("s3"),
        ("type", _) => next(&[
            "string",
            "integer",
            "long",
            "number",
            "decimal",
            "boolean",
            "date",
            "time",
            "binary",
            "uuid",
            "timestamp",
        ])?,
        ("version", _) => json!("1.5.0"),
        ("retention", _) => json!("3 years"),
        ("freshness" | "answer", _) => json!("3 hours"),
        ("availability", _) => json!("99.9%"),
        ("threshold", _) => json!("80%"),
        ("since", _) => json!("2026-02-28"),
        ("sunset", _) => json!("2027-12-31"),
        ("max" | "min", Value::String(_)) => json!("2025-01-01"),
        ("replacement", _) => return None,
        (_, Value::String(text)) => json!(format!("{text} z")),
        (_, Value::Number(number)) => json!(number.as_f64().unwrap() + 1.0),
        (_, Value::Bool(is)) => json!(!is),
        (_, Value::Array(items)) if items.iter().all(Value::is_string) => {
            json!(
                items
                    .iter()
                    .cloned()
                    .chain([json!("zz")])
                    .collect::<Vec<_>>()
            )
        }
        _ => return None,
    })
}
