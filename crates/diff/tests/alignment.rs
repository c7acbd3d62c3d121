//! Which field is which, under whatever name.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Limits, Pointer, parse_contracts};
use meshlaw_diff::{Comparison, compare};

fn contract(fields: &str) -> Contract {
    let text = format!("schema: c\nversion: 1.0.0\nowner: t\nfields:\n{fields}");
    parse_contracts(&text, Format::Native, &Limits::default())
        .remove(0)
        .value
        .unwrap()
}

fn compared(before: &str, after: &str) -> Comparison {
    let as_of = jiff::civil::date(2026, 11, 23);
    compare(Some(&contract(before)), Some(&contract(after)), as_of).unwrap()
}

/// Says a comparison as `rule part`, one a line.
fn told(before: &str, after: &str) -> Vec<String> {
    let changes = compared(before, after).changes;
    changes
        .iter()
        .map(|one| format!("{} {}", one.rule.id, one.edit.place.pointer()))
        .collect()
}

const MAIL: &str =
    "  - { name: mail, type: string, description: Address to write to, pii: contact }\n";

#[test]
fn renames_are_found_and_never_claimed_twice() {
    for (name, before, after, expected) in [
        ("said", MAIL.to_owned(), MAIL.replace("name: mail", "name: x, renamed_from: mail"), vec!["field-renamed x"]),
        ("by id", "  - { name: a, id: 7, type: date }\n".replace('7', "k"), "  - { name: zzz, id: k, type: date }\n".to_owned(), vec!["field-renamed zzz"]),
        (
            "by likeness",
            MAIL.to_owned(),
            MAIL.replace("name: mail", "name: e_mail"),
            vec!["field-renamed e_mail"],
        ),
        (
            "of another type is another field",
            MAIL.to_owned(),
            MAIL.replace("name: mail", "name: e_mail").replace("type: string", "type: uuid"),
            vec!["field-removed mail", "field-added e_mail"],
        ),
        (
            "unlike is another field",
            "  - { name: city, type: string }\n".to_owned(),
            "  - { name: height, type: string }\n".to_owned(),
            vec!["field-removed city", "field-added height"],
        ),
        (
            "two that claim one",
            MAIL.to_owned(),
            MAIL.replace("name: mail", "name: a, renamed_from: mail")
                + &MAIL.replace("name: mail", "name: b, renamed_from: mail"),
            vec!["field-renamed a", "field-added b"],
        ),
        (
            "a claim on one that stays",
            MAIL.to_owned(),
            MAIL.to_owned() + "  - { name: b, type: string, renamed_from: mail }\n",
            vec!["field-added b"],
        ),
        (
            "names that trade places are read as they stand",
            "  - { name: a, type: date }\n  - { name: b, type: uuid }\n".to_owned(),
            "  - { name: b, type: date }\n  - { name: a, type: uuid }\n".to_owned(),
            vec!["fields-reordered fields", "type-changed b.type", "type-changed a.type"],
        ),
        (
            "below a renamed object",
            "  - { name: o, type: object, fields: [{ name: x, type: date }, { name: y, type: date }] }\n".to_owned(),
            "  - { name: p, renamed_from: o, type: object, fields: [{ name: y, type: uuid }] }\n".to_owned(),
            vec!["field-renamed p", "type-changed p.y.type", "field-removed o.x"],
        ),
    ] {
        assert_eq!(told(&before, &after), expected, "{name}");
    }
}

#[test]
fn pointers_lead_back_across_renames() {
    let before = "  - { name: o, type: object, fields: [{ name: x, type: date }] }\n";
    let after =
        "  - { name: p, renamed_from: o, type: object, fields: [{ name: x, type: date }] }\n";
    let alignment = compared(before, after).alignment;
    let root = Pointer::root();
    let old = root
        .word("fields")
        .name("o")
        .word("fields")
        .name("x")
        .word("type");
    let new = root
        .word("fields")
        .name("p")
        .word("fields")
        .name("x")
        .word("type");
    assert_eq!(alignment.to_base(&new), old);
    assert_eq!(alignment.to_head(&old), new);
    let other = root.word("sla").name("freshness");
    assert_eq!(alignment.to_base(&other), other);
}

#[test]
fn a_name_that_reads_like_a_placeholder_is_not_filled_in() {
    let found = compared(
        "  - { name: '{after}', type: date }\n  - { name: k, type: date }\n",
        "  - { name: k, type: date }\n",
    );
    let message = found.changes[0].message();
    assert!(message.contains("`{after}`"), "{message}");
}

#[test]
fn names_that_look_like_paths_or_words_are_names() {
    let fields = |skip: &str| -> String {
        [
            "required",
            "a.b",
            "__x__",
            "relationships",
            "physicalName",
            "with space",
            "größe",
            "A",
            "a",
        ]
        .iter()
        .filter(|name| **name != skip)
        .map(|name| format!("  - {{ name: '{name}', type: string, unit: '{name}' }}\n"))
        .collect()
    };
    for gone in [
        "required",
        "a.b",
        "__x__",
        "relationships",
        "physicalName",
        "with space",
        "größe",
        "A",
    ] {
        assert_eq!(
            told(&fields(""), &fields(gone)),
            [format!("field-removed {gone}")],
            "{gone}"
        );
    }
}
