//! Primary keys and uniqueness.

use super::{check, check_both};

/// Three columns, some with attributes, beside quality rules.
fn table(a: &str, b: &str, rules: &str) -> String {
    format!(
        "fields: [{{ name: a, type: string{a} }}, {{ name: b, type: date{b} }}, {{ name: c, type: uuid }}]\n\
         quality: [{rules}]"
    )
}

const KEY: &str = ", primary_key: true";
const UNIQUE: &str = ", unique: true";

#[test]
fn primary_keys_grow_and_shrink() {
    let (none, a, b, ab) = (
        table("", "", ""),
        table(KEY, "", ""),
        table("", KEY, ""),
        table(KEY, KEY, ""),
    );
    check_both(&[
        (
            &none,
            &a,
            &["primary-key-added a.primary_key"],
            &["primary-key-removed a.primary_key"],
        ),
        (
            &a,
            &ab,
            &["primary-key-loosened a.primary_key"],
            &["primary-key-tightened a.primary_key"],
        ),
        (
            &a,
            &b,
            &["primary-key-changed b.primary_key"],
            &["primary-key-changed a.primary_key"],
        ),
    ]);
    check(&[
        // A column of another name is the same column.
        (
            &ab,
            "fields: [{ name: a2, renamed_from: a, type: string, primary_key: true }, { name: b, type: date, primary_key: true }, { name: c, type: uuid }]",
            &["field-renamed a2"],
        ),
        // A key that goes with its only column is told with it.
        (
            &a,
            "fields: [{ name: b, type: date }, { name: c, type: uuid }]",
            &["field-removed a"],
        ),
        (
            &ab,
            "fields: [{ name: b, type: date, primary_key: true }, { name: c, type: uuid }]",
            &["field-removed a", "primary-key-tightened b.primary_key"],
        ),
    ]);
}

#[test]
fn a_key_known_in_part_only_does_not_move() {
    let ab = table(KEY, KEY, "");
    for broken in [
        ab.replace("date, primary_key", "date, primary_kye"),
        ab.replace("date, primary_key: true", "date, primary_key: maybe"),
    ] {
        check(&[(&ab, &broken, &[]), (&broken, &ab, &[])]);
    }
}

#[test]
fn what_is_unique_is_said_by_fields_or_rules() {
    let (none, by_field, by_rule) = (
        table("", "", ""),
        table(UNIQUE, "", ""),
        table("", "", "unique: [a]"),
    );
    let pair = table("", "", "unique: [a, b]");
    let both = table(UNIQUE, "", "unique: [a, b]");
    let named = table("", "", "{ name: one row each, unique: [b, a] }");
    check_both(&[
        (
            &none,
            &by_field,
            &["unique-added a.unique"],
            &["unique-removed a.unique"],
        ),
        (
            &none,
            &by_rule,
            &["unique-added a.unique"],
            &["unique-removed a.unique"],
        ),
        (
            &by_field,
            &by_rule,
            &["unique-restated a.unique"],
            &["unique-restated a.unique"],
        ),
        (
            &none,
            &pair,
            &["unique-added quality.unique(a, b)"],
            &["unique-removed quality.unique(a, b)"],
        ),
        (
            &none,
            &named,
            &["unique-added quality.one row each"],
            &["unique-removed quality.one row each"],
        ),
        // The narrower key implies the wider one.
        (
            &both,
            &by_field,
            &["unique-restated quality.unique(a, b)"],
            &["unique-restated quality.unique(a, b)"],
        ),
        (
            &both,
            &pair,
            &["unique-removed a.unique"],
            &["unique-added a.unique"],
        ),
        (
            &by_field,
            &pair,
            &[
                "unique-removed a.unique",
                "unique-restated quality.unique(a, b)",
            ],
            &[
                "unique-added a.unique",
                "unique-restated quality.unique(a, b)",
            ],
        ),
        (
            &pair,
            &named,
            &["quality-renamed quality.one row each"],
            &["quality-renamed quality.unique(a, b)"],
        ),
    ]);
    // Columns under new names are the same columns.
    let renamed = "fields: [{ name: z, renamed_from: a, type: string }, { name: b, type: date }, { name: c, type: uuid }]\nquality: [unique: [z, b]]";
    check(&[(&pair, renamed, &["field-renamed z"])]);
}

#[test]
fn keys_of_elements_are_their_own() {
    let lines = |id: &str, sku: &str| {
        format!(
            "fields: [{{ name: id, type: uuid{id} }}, {{ name: lines, type: array, items: {{ type: object, fields: [{{ name: sku, type: string{sku} }}] }} }}]"
        )
    };
    let tags = |items: &str| {
        format!("fields: [{{ name: tags, type: array, items: {{ type: string{items} }} }}]")
    };
    check_both(&[
        (
            &lines(KEY, ""),
            &lines(KEY, KEY),
            &["primary-key-added lines.items.sku.primary_key"],
            &["primary-key-removed lines.items.sku.primary_key"],
        ),
        (
            &lines("", ""),
            &lines("", UNIQUE),
            &["unique-added lines.items.sku.unique"],
            &["unique-removed lines.items.sku.unique"],
        ),
        (
            &tags(""),
            &tags(UNIQUE),
            &["unique-added tags.items.unique"],
            &["unique-removed tags.items.unique"],
        ),
        (
            &tags(""),
            &tags(KEY),
            &["primary-key-added tags.items.primary_key"],
            &["primary-key-removed tags.items.primary_key"],
        ),
    ]);
}
