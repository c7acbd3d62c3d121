//! Nothing in, the JSON Schema of the lines of a log out.

use serde_json::{Value, json};

use super::line::FORMAT;

/// Returns the JSON Schema (draft 2020-12) that every line fits.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!(
            "{}/raw/main/docs/schemas/decision-log.schema.json",
            env!("CARGO_PKG_REPOSITORY")
        ),
        "title": "meshlaw decision log, format 1",
        "description": "A line of a log of decisions: the first is a head, the last an end, those between are requests.",
        "oneOf": [
            { "$ref": "#/$defs/head" },
            { "$ref": "#/$defs/request" },
            { "$ref": "#/$defs/end" },
        ],
        "$defs": {
            "head": closed(head()),
            "request": request(),
            "end": closed(json!({
                "line": { "const": "end" },
                "requests": { "description": "how many requests the log holds", "type": "integer", "minimum": 0 },
            })),
            "entity": closed(json!({
                "type": { "type": "string" },
                "id": { "type": "string" },
            })),
            "input": closed(json!({
                "role": { "description": "what the document is to the request", "enum": ["base", "head", "principal"] },
                "path": { "type": "string" },
                "blob": { "description": "hash that git gives the bytes", "type": "string", "pattern": "^[0-9a-f]{40}$" },
                "line": { "description": "where the document begins in its file", "type": "integer", "minimum": 0 },
            })),
            "change": closed(change()),
            "use": closed(json!({
                "consumer": { "type": "string" },
                "number": { "description": "which of the consumer's uses, from 0", "type": "integer", "minimum": 0 },
                "domain": { "type": ["string", "null"] },
                "has_contact": { "type": "boolean" },
            })),
            "waiver": closed(json!({
                "waiver": { "type": "string" },
                "policy": { "description": "what it is to excuse", "type": "string" },
                "rule": { "type": ["string", "null"] },
                "severity": { "enum": ["note", "warning", "error"] },
                "enforcement": { "enum": ["shadow", "advisory", "soft", "hard"] },
                "renewals": { "description": "waivers for the same that came before it in a row", "type": "integer", "minimum": 0 },
                "waivers_in_domain": { "description": "waivers that hold for contracts of the domain", "type": "integer", "minimum": 0 },
            })),
            "grade": { "enum": ["safe", "risky", "breaking"] },
            "bump": { "enum": ["none", "patch", "minor", "major"] },
            "texts": { "type": "array", "items": { "type": "string" } },
        },
    })
}

fn head() -> Value {
    let hash = |of: &str| json!({ "description": of, "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" });
    json!({
        "line": { "const": "head" },
        "format": { "const": FORMAT },
        "meshlaw": { "description": "version of the program", "type": "string" },
        "command": { "enum": ["audit", "check", "gate"] },
        "as_of": { "description": "date that was taken for today", "type": "string", "format": "date" },
        "law": { "description": "whose law it was: a commit, or `worktree`", "type": "string" },
        "bootstrap": { "description": "there was no law yet, so that what is built in only advised", "type": "boolean" },
        "base": { "description": "commit that was compared with", "type": ["string", "null"] },
        "head": { "description": "commit that was judged, or `staged` or `worktree`", "type": "string" },
        "policies": hash("hash of the policies"),
        "settings": hash("hash of the settings"),
        "approved_by": { "description": "teams that agreed to the change", "$ref": "#/$defs/texts" },
    })
}

fn request() -> Value {
    let mut request = closed(json!({
        "line": { "const": "request" },
        "action": { "enum": ["publish", "changeSafe", "changeRisky", "changeBreaking", "consume", "waive"] },
        "principal": { "$ref": "#/$defs/entity" },
        "resource": { "$ref": "#/$defs/entity" },
        "contract": { "type": "string" },
        "domain": { "type": "string" },
        "pointer": { "description": "names that lead to the part of the contract", "$ref": "#/$defs/texts" },
        "layers": { "description": "domains whose policies hold beside the organisation's", "$ref": "#/$defs/texts" },
        "decision": { "enum": ["allow", "deny"] },
        "policies": { "description": "policies that forbid it, sorted", "$ref": "#/$defs/texts" },
        "errors": { "description": "policies that could not be evaluated, sorted", "$ref": "#/$defs/texts" },
        "inputs": { "type": "array", "items": { "$ref": "#/$defs/input" }, "minItems": 1 },
    }));
    if let Some(properties) = request.get_mut("properties").and_then(Value::as_object_mut) {
        for detail in ["change", "use", "waiver"] {
            let of = json!({ "$ref": format!("#/$defs/{detail}") });
            properties.insert(detail.to_owned(), of);
        }
    }
    request
}

fn change() -> Value {
    json!({
        "rule": { "type": "string" },
        "impact": { "$ref": "#/$defs/grade" },
        "consumers_grade": { "$ref": "#/$defs/grade" },
        "producers_grade": { "$ref": "#/$defs/grade" },
        "required": { "$ref": "#/$defs/bump" },
        "declared": { "$ref": "#/$defs/bump" },
        "consumers": {
            "description": "who uses what changed",
            "type": "array",
            "items": closed(json!({
                "consumer": { "type": "string" },
                "owner": { "type": ["string", "null"] },
            })),
        },
        "noticed": {
            "description": "first day on which the deprecation of what is gone stood on the target branch",
            "type": ["string", "null"],
            "format": "date",
        },
    })
}

/// Returns the schema of an object with these keys, all of them and no others.
fn closed(properties: Value) -> Value {
    let keys = properties.as_object().into_iter().flatten();
    let required: Vec<&String> = keys.map(|(key, _)| key).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}
