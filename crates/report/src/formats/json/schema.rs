//! Nothing in, the JSON Schema of the written shape out.

use serde_json::{Value, json};

/// Returns the JSON Schema (draft 2020-12) that every report in JSON fits.
///
/// Later releases may add fields, so unknown ones are allowed.
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "meshlaw report, format 1",
        "type": "object",
        "required": [
            "format", "command", "verdict", "base", "head", "as_of", "bootstrap", "notes",
            "contracts", "products", "changes", "findings", "summary",
        ],
        "properties": {
            "format": { "const": 1 },
            "command": { "enum": ["audit", "check", "diff", "gate"] },
            "verdict": { "enum": ["pass", "fail", "error"] },
            "base": {
                "description": "commit that is compared with; null where nothing is compared",
                "type": ["string", "null"],
            },
            "head": {
                "description": "commit that is judged, or `staged`, `worktree` or a file",
                "type": "string",
            },
            "as_of": { "description": "date that was taken for today", "type": "string", "format": "date" },
            "bootstrap": { "description": "there was no law yet, so nothing built in blocks", "type": "boolean" },
            "impact": { "description": "only of `diff`", "$ref": "#/$defs/impact" },
            "required": { "description": "only of `diff`", "$ref": "#/$defs/bump" },
            "notes": { "description": "what to know about the run itself", "$ref": "#/$defs/texts" },
            "contracts": { "type": "array", "items": { "$ref": "#/$defs/contract" } },
            "products": {
                "description": "data products of an audited estate, each with its contracts",
                "type": "array",
                "items": { "$ref": "#/$defs/product" },
            },
            "changes": { "type": "array", "items": { "$ref": "#/$defs/change" } },
            "findings": { "type": "array", "items": { "$ref": "#/$defs/finding" } },
            "summary": { "$ref": "#/$defs/summary" },
            "law_impact": {
                "description": "only of a `gate` whose change touches the law",
                "$ref": "#/$defs/law_impact",
            },
            "coming": {
                "description": "only of an `audit`: days on which contracts will start to fail",
                "type": "array",
                "items": { "$ref": "#/$defs/forecast_day" },
            },
        },
        "if": { "properties": { "command": { "const": "diff" } } },
        "then": { "required": ["impact", "required"] },
    });
    if let Some(top) = schema.as_object_mut() {
        top.insert("$defs".to_owned(), definitions());
    }
    schema
}

fn definitions() -> Value {
    let mut all = words();
    let law = [
        crate::forecast::definitions(),
        crate::law_impact::definitions(),
    ];
    for more in [results(), parts()].into_iter().chain(law) {
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    all
}

fn words() -> Value {
    json!({
        "bump": { "enum": ["major", "minor", "patch", "none"] },
        "count": { "type": "integer", "minimum": 0 },
        "impact": { "enum": ["safe", "risky", "breaking"] },
        "pointer": {
            "description": "keys from the top of the contract to the part; names, never positions",
            "$ref": "#/$defs/texts",
        },
        "side": { "enum": ["base", "head"] },
        "text": { "type": ["string", "null"] },
        "texts": { "type": "array", "items": { "type": "string" } },
    })
}

fn results() -> Value {
    json!({
        "contract": {
            "type": "object",
            "required": ["contract", "path", "domain", "owner", "version", "impact"],
            "properties": {
                "contract": { "type": "string" },
                "path": { "type": "string" },
                "domain": { "$ref": "#/$defs/text" },
                "owner": { "$ref": "#/$defs/text" },
                "version": { "$ref": "#/$defs/version" },
                "impact": { "$ref": "#/$defs/impact" },
            },
        },
        "product": {
            "type": "object",
            "required": ["product", "owner", "domain", "contracts"],
            "properties": {
                "product": { "type": "string" },
                "owner": { "$ref": "#/$defs/text" },
                "domain": { "$ref": "#/$defs/text" },
                "contracts": { "$ref": "#/$defs/texts" },
            },
        },
        "change": {
            "type": "object",
            "required": [
                "rule", "contract", "domain", "owner", "pointer", "effect", "impact", "before",
                "after", "message", "help", "location", "related", "witness", "consumers",
            ],
            "properties": {
                "rule": { "type": "string" },
                "contract": { "type": "string" },
                "domain": { "$ref": "#/$defs/text" },
                "owner": { "$ref": "#/$defs/text" },
                "pointer": { "$ref": "#/$defs/pointer" },
                "effect": { "enum": ["tightens", "loosens", "both", "neutral", "unknown"] },
                "impact": { "$ref": "#/$defs/impact" },
                "before": { "$ref": "#/$defs/text" },
                "after": { "$ref": "#/$defs/text" },
                "message": { "type": "string" },
                "help": { "$ref": "#/$defs/text" },
                "location": { "$ref": "#/$defs/location" },
                "related": { "type": "array", "items": { "$ref": "#/$defs/related" } },
                "witness": { "anyOf": [{ "$ref": "#/$defs/witness" }, { "type": "null" }] },
                "consumers": { "$ref": "#/$defs/texts" },
            },
        },
        "finding": {
            "type": "object",
            "required": [
                "id", "kind", "severity", "enforcement", "state", "blocking", "contract", "domain",
                "owner", "pointer", "message", "help", "notes", "fingerprint", "location",
                "related", "witness", "consumers",
            ],
            "properties": {
                "id": { "type": "string" },
                "kind": {
                    "enum": [
                        "contract", "change", "policy", "version", "consumer", "term", "waiver",
                        "settings", "input", "data",
                    ],
                },
                "severity": { "enum": ["note", "warning", "error"] },
                "enforcement": { "enum": ["hard", "soft", "advisory", "shadow"] },
                "state": { "enum": ["new", "existing", "waived", "mended"] },
                "blocking": { "type": "boolean" },
                "contract": { "$ref": "#/$defs/text" },
                "domain": { "$ref": "#/$defs/text" },
                "owner": { "$ref": "#/$defs/text" },
                "pointer": { "$ref": "#/$defs/pointer" },
                "message": { "type": "string" },
                "help": { "$ref": "#/$defs/text" },
                "notes": { "description": "the values that decided", "$ref": "#/$defs/texts" },
                "why": {
                    "description": "conditions of the policy that decided, in the order of its text",
                    "type": "array",
                    "items": { "$ref": "#/$defs/condition" },
                },
                "fingerprint": {
                    "description": "names the finding across unrelated edits",
                    "type": "string",
                },
                "location": { "anyOf": [{ "$ref": "#/$defs/location" }, { "type": "null" }] },
                "related": { "type": "array", "items": { "$ref": "#/$defs/related" } },
                "witness": { "anyOf": [{ "$ref": "#/$defs/witness" }, { "type": "null" }] },
                "consumers": { "$ref": "#/$defs/texts" },
                "fix": { "$ref": "#/$defs/fix" },
                "exception": { "$ref": "#/$defs/exception" },
            },
        },
    })
}

fn parts() -> Value {
    json!({
        "condition": {
            "type": "object",
            "required": ["condition", "line", "column", "holds", "values"],
            "properties": {
                "condition": { "description": "as the policy has it", "type": "string" },
                "line": { "description": "of its `policy.cedar`", "type": "integer", "minimum": 1 },
                "column": { "type": "integer", "minimum": 1 },
                "holds": { "type": "boolean" },
                "values": {
                    "description": "what it reads, as Cedar writes it; constants are left out",
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "value"],
                        "properties": {
                            "name": { "type": "string" },
                            "value": { "type": "string" },
                        },
                    },
                },
                "missing": {
                    "description": "members that a set would need for it to hold",
                    "$ref": "#/$defs/texts",
                },
            },
        },
        "exception": {
            "description": "a waiver that would excuse the finding, to be filled in",
            "type": "object",
            "required": ["path", "text", "approvers"],
            "properties": {
                "path": { "type": "string" },
                "text": { "type": "string" },
                "approvers": {
                    "description": "teams that may grant it",
                    "$ref": "#/$defs/texts",
                },
            },
        },
        "fix": {
            "description": "what would mend the finding",
            "type": "object",
            "required": ["title", "path", "start", "end", "text"],
            "properties": {
                "title": { "type": "string" },
                "path": { "type": "string" },
                "start": { "$ref": "#/$defs/position" },
                "end": { "$ref": "#/$defs/position" },
                "text": { "description": "what stands between the two afterwards", "type": "string" },
            },
        },
        "location": {
            "description": "line and column, from 1, are null where the whole file is meant",
            "type": "object",
            "required": ["path", "line", "column", "side"],
            "properties": {
                "path": { "type": "string" },
                "line": { "type": ["integer", "null"], "minimum": 1 },
                "column": { "type": ["integer", "null"], "minimum": 1 },
                "side": { "$ref": "#/$defs/side" },
            },
        },
        "position": {
            "description": "line and column in characters, from 1",
            "type": "object",
            "required": ["line", "column"],
            "properties": {
                "line": { "type": "integer", "minimum": 1 },
                "column": { "type": "integer", "minimum": 1 },
            },
        },
        "related": {
            "type": "object",
            "required": ["message", "location"],
            "properties": {
                "message": { "type": "string" },
                "location": { "$ref": "#/$defs/location" },
            },
        },
        "summary": {
            "description": "counts of findings, without those of shadow policies",
            "type": "object",
            "required": ["blocking", "new", "waived", "existing", "mended"],
            "properties": {
                "blocking": { "$ref": "#/$defs/count" },
                "new": {
                    "type": "object",
                    "required": ["error", "warning", "note"],
                    "properties": {
                        "error": { "$ref": "#/$defs/count" },
                        "warning": { "$ref": "#/$defs/count" },
                        "note": { "$ref": "#/$defs/count" },
                    },
                },
                "waived": { "$ref": "#/$defs/count" },
                "existing": { "$ref": "#/$defs/count" },
                "mended": { "$ref": "#/$defs/count" },
            },
        },
        "version": {
            "type": "object",
            "required": ["before", "after", "required", "declared"],
            "properties": {
                "before": { "$ref": "#/$defs/text" },
                "after": { "$ref": "#/$defs/text" },
                "required": { "$ref": "#/$defs/bump" },
                "declared": { "anyOf": [{ "$ref": "#/$defs/bump" }, { "type": "null" }] },
            },
        },
        "witness": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["kind", "rows", "allowed_by", "refused_by"],
                    "properties": {
                        "kind": { "const": "rows" },
                        "rows": { "type": "array", "minItems": 1 },
                        "allowed_by": { "$ref": "#/$defs/side" },
                        "refused_by": { "$ref": "#/$defs/side" },
                    },
                },
                {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {
                        "kind": {
                            "description": "no record can show the break",
                            "const": "structure",
                        },
                    },
                },
            ],
        },
    })
}
