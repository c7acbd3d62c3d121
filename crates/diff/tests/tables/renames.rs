//! Which field is which, beyond the simple cases.

use meshlaw_contract::Pointer;

use super::{check, check_both, compared};

#[test]
fn a_name_in_storage_tells_who_is_who() {
    check(&[
        (
            "fields: [{ name: a, physical_name: COL, type: date }]",
            "fields: [{ name: zebra, physical_name: COL, type: date }]",
            &["field-renamed zebra"],
        ),
        // A name in storage that is not stated is the name itself.
        (
            "fields: [{ name: col, type: date }]",
            "fields: [{ name: zebra, physical_name: col, type: date }]",
            &[
                "field-renamed zebra",
                "physical-name-restated zebra.physical_name",
            ],
        ),
    ]);
}

#[test]
fn a_hint_that_was_followed_says_nothing() {
    let (with, without) = (
        "fields: [{ name: b, renamed_from: a, type: date }]",
        "fields: [{ name: b, type: date }]",
    );
    check_both(&[(with, without, &[], &[])]);
}

#[test]
fn two_ids_make_two_fields() {
    check_both(&[(
        "fields: [{ name: mail, id: x, type: string, description: Address }]",
        "fields: [{ name: e_mail, id: y, type: string, description: Address }]",
        &["field-added e_mail", "field-removed mail"],
        &["field-added mail", "field-removed e_mail"],
    )]);
}

#[test]
fn a_rename_with_other_edits_tells_them_under_the_new_name() {
    let before = "fields: [{ name: a, type: string, required: true, enum: [x] }]\nquality: [{ range: { field: a, min: 1 }, severity: note }]";
    let after = "fields: [{ name: b, renamed_from: a, type: string, enum: [x, z] }]\nquality: [{ range: { field: b, min: 2 }, severity: note }]";
    check(&[(
        before,
        after,
        &[
            "enum-value-added b.enum.z",
            "field-made-optional b.required",
            "field-renamed b",
            "quality-tightened quality.range(b)",
        ],
    )]);
    let alignment = compared(before, after).alignment;
    let root = Pointer::root();
    for (old, new) in [
        (
            root.word("fields").name("a").word("enum").name("x"),
            root.word("fields").name("b").word("enum").name("x"),
        ),
        (
            root.word("quality").name("range(a)"),
            root.word("quality").name("range(b)"),
        ),
    ] {
        assert_eq!(alignment.to_base(&new), old);
        assert_eq!(alignment.to_head(&old), new);
    }
}

#[test]
fn a_misspelt_hint_is_no_removal() {
    let before = "fields: [{ name: a, type: date }, { name: k, type: uuid }]";
    for hint in [
        "renamed_fro: a",
        "renamed_from: [a]",
        "idd: a",
        "physical_nam: a",
    ] {
        let after =
            format!("fields: [{{ name: zebra, type: date, {hint} }}, {{ name: k, type: uuid }}]");
        check(&[(before, &after, &[])]);
    }
}

#[test]
fn many_renames_at_once_are_quick() {
    let fields = |prefix: &str| {
        let fields =
            (0..3_000).map(|n| format!("  - {{ name: {prefix}{n}, id: '{n}', type: date }}\n"));
        format!("fields:\n{}", fields.collect::<String>())
    };
    let began = std::time::Instant::now();
    let found = compared(&fields("a"), &fields("b")).changes;
    assert_eq!(found.len(), 3_000);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
