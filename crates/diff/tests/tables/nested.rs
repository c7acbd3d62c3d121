//! Objects, arrays and maps, compared all the way down.

use super::{check, check_both};

#[test]
fn what_nests_is_compared_like_what_does_not() {
    for (outside, path) in [
        ("type: object, fields: [{ name: x, INNER }]", "f.x"),
        ("type: array, items: { INNER }", "f.items"),
        ("type: map, keys: { INNER }", "f.keys"),
        ("type: map, values: { INNER }", "f.values"),
        (
            "type: array, items: { type: array, items: { type: object, fields: [{ name: y, INNER }] } }",
            "f.items.items.y",
        ),
        (
            "type: map, values: { type: map, keys: { INNER } }",
            "f.values.keys",
        ),
    ] {
        let with = |inner: &str| {
            format!(
                "fields: [{{ name: f, {} }}]",
                outside.replace("INNER", inner)
            )
        };
        for (before, after, rule, word) in [
            ("type: string", "type: date", "type-changed", "type"),
            ("type: integer", "type: long", "type-widened", "type"),
            (
                "type: string, required: true",
                "type: string",
                "field-made-optional",
                "required",
            ),
            (
                "type: integer",
                "type: integer, min: 1",
                "range-tightened",
                "min",
            ),
            (
                "type: string, max_length: 1",
                "type: string, max_length: 2",
                "length-loosened",
                "max_length",
            ),
            (
                "type: string",
                "type: string, pattern: x",
                "pattern-added",
                "pattern",
            ),
            (
                "type: string",
                "type: string, pii: contact",
                "pii-added",
                "pii",
            ),
            (
                "type: string",
                "type: string, masking: hash",
                "masking-changed",
                "masking",
            ),
            (
                "type: string",
                "type: string, classification: internal",
                "classification-raised",
                "classification",
            ),
            (
                "type: string",
                "type: string, unique: true",
                "unique-added",
                "unique",
            ),
            (
                "type: string",
                "type: string, primary_key: true",
                "primary-key-added",
                "primary_key",
            ),
            (
                "type: string",
                "type: string, description: d",
                "description-changed",
                "description",
            ),
        ] {
            let expected = format!("{rule} {path}.{word}");
            check(&[(&with(before), &with(after), &[&expected])]);
        }
    }
}

#[test]
fn what_an_element_is_may_be_left_unsaid() {
    let array = "fields: [{ name: f, type: array }]";
    let map = "fields: [{ name: f, type: map }]";
    check_both(&[
        (
            array,
            "fields: [{ name: f, type: array, items: { type: string } }]",
            &["type-stated f.items"],
            &["type-dropped f.items"],
        ),
        (
            map,
            "fields: [{ name: f, type: map, values: { type: string } }]",
            &["type-stated f.values"],
            &["type-dropped f.values"],
        ),
    ]);
}

#[test]
fn fields_of_objects_come_and_go() {
    let with = |fields: &str| format!("fields: [{{ name: o, type: object, fields: [{fields}] }}]");
    let (x, y) = ("{ name: x, type: date }", "{ name: y, type: uuid }");
    check_both(&[
        (
            &with(x),
            &with(&format!("{x}, {y}")),
            &["field-added o.y"],
            &["field-removed o.y"],
        ),
        (
            &with(&format!("{x}, {y}")),
            &with(&format!("{y}, {x}")),
            &["fields-reordered o.fields"],
            &["fields-reordered o.fields"],
        ),
    ]);
}
