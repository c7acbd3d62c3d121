//! Notices, sunsets and what may go once they have passed.

use jiff::civil::date;
use meshlaw_diff::compare;

use super::{check, check_both, contract, told};

#[test]
fn a_field_may_go_on_its_sunset() {
    let before = |notice: &str| {
        format!("fields: [{{ name: k, type: uuid }}, {{ name: a, type: date{notice} }}]")
    };
    let after = "fields: [{ name: k, type: uuid }]";
    let base = contract(&before(
        ", deprecated: { sunset: 2026-11-23, replacement: k }",
    ));
    for (day, rule) in [
        (date(2026, 11, 22), "field-removed a"),
        (date(2026, 11, 23), "field-retired a"),
        (date(2027, 1, 1), "field-retired a"),
    ] {
        let changes = compare(Some(&base), Some(&contract(after)), day)
            .unwrap()
            .changes;
        assert_eq!(told(&changes), [rule], "{day}");
    }
    // A notice without an end announces nothing.
    check(&[
        (
            &before(", deprecated: { since: 2020-01-01, replacement: k }"),
            after,
            &["field-removed a"],
        ),
        (&before(""), after, &["field-removed a"]),
    ]);
}

#[test]
fn contracts_and_datasets_go_by_their_own_sunsets() {
    let past = "deprecated: { since: 2026-01-01, sunset: 2026-06-30, replacement: none }";
    let whole = format!("fields: [{{ name: k, type: uuid }}]\n{past}");
    let today = date(2026, 11, 23);
    let gone = compare(Some(&contract(&whole)), None, today)
        .unwrap()
        .changes;
    assert_eq!(told(&gone), ["contract-retired contract"]);
    let other = "  - { name: b, fields: [{ name: z, type: date }] }\n";
    let list = format!(
        "datasets:\n  - {{ name: a, fields: [{{ name: k, type: uuid }}], {past} }}\n{other}"
    );
    check(&[(
        &list,
        &format!("datasets:\n{other}"),
        &["dataset-retired a"],
    )]);
    // A field does not go with the notice on its contract.
    let two = whole.replace("uuid }", "uuid }, { name: z, type: date }");
    check(&[(&two, &whole, &["field-removed z"])]);
}

#[test]
fn notices_come_go_and_move() {
    let with = |notice: &str| {
        format!("fields: [{{ name: k, type: uuid }}, {{ name: a, type: date{notice} }}]")
    };
    let notice = |rest: &str| with(&format!(", deprecated: {{ replacement: k{rest} }}"));
    let none = with("");
    check_both(&[
        (
            &none,
            &notice(""),
            &["deprecation-added a.deprecated"],
            &["deprecation-withdrawn a.deprecated"],
        ),
        (
            &notice(", sunset: 2027-01-01"),
            &notice(", sunset: 2027-02-01"),
            &["sunset-later a.deprecated.sunset"],
            &["sunset-earlier a.deprecated.sunset"],
        ),
        (
            &notice(", sunset: 2027-01-01"),
            &notice(""),
            &["sunset-later a.deprecated.sunset"],
            &["sunset-earlier a.deprecated.sunset"],
        ),
        (
            &notice(", since: 2026-01-01"),
            &notice(", since: 2026-02-01"),
            &["deprecation-changed a.deprecated"],
            &["deprecation-changed a.deprecated"],
        ),
        // Two notices that read alike when they are joined.
        (
            &notice(", reason: x"),
            &with(", deprecated: { reason: 'replacement k, x' }"),
            &["deprecation-changed a.deprecated"],
            &["deprecation-changed a.deprecated"],
        ),
    ]);
}
