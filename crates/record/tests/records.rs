//! What a contract means for data: each statement of a field, a record that holds it and one that
//! does not.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Limits, parse_contracts};
use meshlaw_record::{Keys, RowCount, Shape, from_cells, from_json, to_json};

fn native(field: &str, more: &str) -> Contract {
    let text =
        format!("schema: t\nversion: 1.0.0\nowner: a\nfields:\n  - {{ name: f, {field} }}\n{more}");
    parse(&text, Format::Native)
}

fn odcs(property: &str) -> Contract {
    let text = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\nschema:\n\
         \x20 - name: t\n    properties:\n      - {{ name: f, {property} }}\n"
    );
    parse(&text, Format::Odcs)
}

fn parse(text: &str, format: Format) -> Contract {
    let parsed = parse_contracts(text, format, &Limits::default()).remove(0);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.value.unwrap()
}

/// Returns the places that refuse a record.
fn refusals(contract: &Contract, record: &str) -> Vec<String> {
    let shape = Shape::of(&contract.datasets[0]);
    let record = from_json(&serde_json::from_str(record).unwrap());
    let found = shape.check(&record).into_iter();
    found.map(|one| one.pointer.to_string()).collect()
}

#[test]
fn a_statement_of_a_native_field_is_held_or_broken() {
    for (field, more, holds, breaks, at) in [
        ("type: string", "", r#"{"f": "a"}"#, r#"{"f": 1}"#, "f.type"),
        (
            "type: integer",
            "",
            r#"{"f": 2147483647}"#,
            r#"{"f": 2147483648}"#,
            "f.type",
        ),
        (
            "type: integer",
            "",
            r#"{"f": 1}"#,
            r#"{"f": 1.5}"#,
            "f.type",
        ),
        (
            "type: long",
            "",
            r#"{"f": 2147483648}"#,
            r#"{"f": "1"}"#,
            "f.type",
        ),
        (
            "type: number",
            "",
            r#"{"f": 1.5}"#,
            r#"{"f": true}"#,
            "f.type",
        ),
        (
            "type: decimal, precision: 4, scale: 2",
            "",
            r#"{"f": 12.34}"#,
            r#"{"f": 123.4}"#,
            "f.type",
        ),
        (
            "type: decimal, precision: 4, scale: 2",
            "",
            r#"{"f": -12}"#,
            r#"{"f": 1.234}"#,
            "f.type",
        ),
        (
            "type: boolean",
            "",
            r#"{"f": false}"#,
            r#"{"f": "false"}"#,
            "f.type",
        ),
        (
            "type: date",
            "",
            r#"{"f": "2026-02-28"}"#,
            r#"{"f": "2026-02-30"}"#,
            "f.type",
        ),
        (
            "type: time",
            "",
            r#"{"f": "12:00:00"}"#,
            r#"{"f": "25:00:00"}"#,
            "f.type",
        ),
        (
            "type: timestamp",
            "",
            r#"{"f": "2026-01-01T00:00:00Z"}"#,
            r#"{"f": "2026-01-01"}"#,
            "f.type",
        ),
        (
            "type: uuid",
            "",
            r#"{"f": "00000000-0000-4000-8000-000000000000"}"#,
            r#"{"f": "x"}"#,
            "f.type",
        ),
        (
            "type: string, required: true",
            "",
            r#"{"f": "a"}"#,
            "{}",
            "f.required",
        ),
        (
            "type: string, required: true",
            "",
            r#"{"f": "a", "g": 1}"#,
            r#"{"f": null}"#,
            "f.required",
        ),
        (
            "type: string, enum: [a, b]",
            "",
            r#"{"f": "b"}"#,
            r#"{"f": "c"}"#,
            "f.enum",
        ),
        (
            "type: integer, min: 1, max: 3",
            "",
            r#"{"f": 1}"#,
            r#"{"f": 0}"#,
            "f.min",
        ),
        (
            "type: integer, min: 1, max: 3",
            "",
            r#"{"f": 3}"#,
            r#"{"f": 4}"#,
            "f.max",
        ),
        (
            "type: string, min_length: 2",
            "",
            r#"{"f": "éé"}"#,
            r#"{"f": "é"}"#,
            "f.min_length",
        ),
        (
            "type: string, max_length: 2",
            "",
            r#"{"f": "éé"}"#,
            r#"{"f": "aaa"}"#,
            "f.max_length",
        ),
        (
            "type: string, pattern: '^a'",
            "",
            r#"{"f": "ab"}"#,
            r#"{"f": "ba"}"#,
            "f.pattern",
        ),
        (
            "type: string, format: email",
            "",
            r#"{"f": "a@b"}"#,
            r#"{"f": "a"}"#,
            "f.format",
        ),
        (
            "type: string, format: of-our-own",
            "",
            r#"{"f": "x"}"#,
            r#"{"f": 1}"#,
            "f.type",
        ),
        (
            "type: object, fields: [{ name: g, type: string, required: true }]",
            "",
            r#"{"f": {"g": "a"}}"#,
            r#"{"f": {}}"#,
            "f.g.required",
        ),
        (
            "type: array, items: { type: integer }",
            "",
            r#"{"f": [1, 2]}"#,
            r#"{"f": [1, "2"]}"#,
            "f.items.type",
        ),
        (
            "type: map, keys: { type: string }, values: { type: integer }",
            "",
            r#"{"f": {"a": 1}}"#,
            r#"{"f": {"a": "1"}}"#,
            "f.values.type",
        ),
        (
            "type: string",
            "quality:\n  - no_nulls: [f]\n",
            r#"{"f": "a"}"#,
            "{}",
            "f.required",
        ),
        (
            "type: integer",
            "quality:\n  - range: { field: f, min: 2 }\n",
            r#"{"f": 2}"#,
            r#"{"f": 1}"#,
            "f.min",
        ),
        (
            "type: string",
            "quality:\n  - values: { field: f, in: [a] }\n",
            r#"{"f": "a"}"#,
            r#"{"f": "b"}"#,
            "f.enum",
        ),
        (
            "type: string",
            "quality:\n  - pattern: { field: f, pattern: '^a$' }\n",
            r#"{"f": "a"}"#,
            r#"{"f": "b"}"#,
            "f.pattern",
        ),
    ] {
        let contract = native(field, more);
        assert_eq!(
            refusals(&contract, holds),
            [""; 0],
            "{field} {more} {holds}"
        );
        assert_eq!(refusals(&contract, breaks), [at], "{field} {more} {breaks}");
    }
}

#[test]
fn a_format_of_no_bits_refuses_no_number() {
    for format in ["i0", "u0", "i999", "in words"] {
        let contract = native(&format!("type: long, format: {format}"), "");
        assert_eq!(refusals(&contract, r#"{"f": 5}"#), [""; 0], "{format}");
    }
}

#[test]
fn options_of_the_standard_are_held_or_broken() {
    for (property, holds, breaks) in [
        (
            "logicalType: integer, logicalTypeOptions: { multipleOf: 5 }",
            "10",
            "12",
        ),
        (
            "logicalType: number, logicalTypeOptions: { multipleOf: 0.05 }",
            "0.15",
            "0.12",
        ),
        (
            "logicalType: integer, logicalTypeOptions: { format: u8 }",
            "255",
            "256",
        ),
        (
            "logicalType: integer, logicalTypeOptions: { format: i8 }",
            "-128",
            "128",
        ),
        (
            "logicalType: number, logicalTypeOptions: { exclusiveMinimum: 0 }",
            "0.1",
            "0",
        ),
        (
            "logicalType: number, logicalTypeOptions: { exclusiveMaximum: 9 }",
            "8",
            "9",
        ),
        (
            "logicalType: array, logicalTypeOptions: { minItems: 1 }",
            "[1]",
            "[]",
        ),
        (
            "logicalType: array, logicalTypeOptions: { maxItems: 1 }",
            "[1]",
            "[1, 2]",
        ),
        (
            "logicalType: array, logicalTypeOptions: { uniqueItems: true }",
            "[1, 2]",
            "[1, 1]",
        ),
        (
            "logicalType: object, logicalTypeOptions: { maxProperties: 1 }",
            r#"{"a": 1}"#,
            r#"{"a": 1, "b": 2}"#,
        ),
        (
            "quality: [{ metric: missingValues, mustBe: 0 }]",
            "1",
            "null",
        ),
        (
            "quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [a, b] } }]",
            "\"a\"",
            "\"c\"",
        ),
    ] {
        let contract = odcs(property);
        let record = |value: &str| format!("{{\"f\": {value}}}");
        assert_eq!(
            refusals(&contract, &record(holds)),
            [""; 0],
            "{property} {holds}"
        );
        assert_eq!(
            refusals(&contract, &record(breaks)).len(),
            1,
            "{property} {breaks}"
        );
    }
}

#[test]
fn keys_are_told_from_one_another() {
    for (field, more, first, second, repeats) in [
        (
            "type: string, primary_key: true",
            "",
            r#"{"f": "a"}"#,
            r#"{"f": "a"}"#,
            1,
        ),
        (
            "type: string, primary_key: true",
            "",
            r#"{"f": "a"}"#,
            r#"{"f": "b"}"#,
            0,
        ),
        (
            "type: string, unique: true",
            "",
            r#"{"f": null}"#,
            r#"{"f": null}"#,
            0,
        ),
        (
            "type: string",
            "  - { name: g, type: string }\nquality:\n  - unique: [f, g]\n",
            r#"{"f": "a", "g": "b"}"#,
            r#"{"f": "a", "g": "b"}"#,
            1,
        ),
        (
            "type: string",
            "  - { name: g, type: string }\nquality:\n  - unique: [f, g]\n",
            r#"{"f": "a", "g": "b"}"#,
            r#"{"f": "b", "g": "a"}"#,
            0,
        ),
    ] {
        let contract = native(field, more);
        let mut keys = Keys::of(&contract.datasets[0], 10);
        let record = |text: &str| from_json(&serde_json::from_str(text).unwrap());
        assert_eq!(keys.observe(&record(first), 1), []);
        assert_eq!(
            keys.observe(&record(second), 2).len(),
            repeats,
            "{field} {second}"
        );
    }
}

#[test]
fn a_promised_number_of_records_is_counted() {
    let contract = native(
        "type: string",
        "quality:\n  - row_count: { min: 2, max: 3 }\n",
    );
    for (count, broken) in [(1, 1), (2, 0), (3, 0), (4, 1)] {
        assert_eq!(
            RowCount::check(&contract.datasets[0], count).len(),
            broken,
            "{count}"
        );
    }
}

#[test]
fn cells_are_read_as_the_field_s_type() {
    for (field, cell, json) in [
        ("type: integer", "7", "7"),
        ("type: integer", "x", "\"x\""),
        ("type: string", "7", "\"7\""),
        ("type: boolean", "TRUE", "true"),
        ("type: array, items: { type: integer }", "[1]", "[1]"),
        ("type: string", "", "null"),
    ] {
        let contract = native(field, "");
        let record = from_cells(&contract.datasets[0], [("f", cell)].into_iter());
        assert_eq!(
            to_json(&record).to_string(),
            format!("{{\"f\":{json}}}"),
            "{field}"
        );
    }
}
