//! What a run said for machines, held against the schema that is published for it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test uses its own part, and one that cannot go on has failed"
)]

use serde_json::Value;

use super::workspace;

/// Reads JSON that fits a schema of `docs/`.
pub fn fitting(text: &str, schema: &str) -> Value {
    let json: Value = serde_json::from_str(text).unwrap();
    let schema = std::fs::read_to_string(workspace("docs").join(schema)).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let faults = validator.iter_errors(&json).map(|one| one.to_string());
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{faults:?}");
    json
}
