//! The lattice of types, pair by pair.

use super::{check, check_both, compared, told};
use meshlaw_contract::model::{Scalar, Word};

/// Every widening; the reverse of each narrows, every other pair of types is a change.
const WIDENS: &[(&str, &str)] = &[
    ("integer", "decimal"),
    ("integer", "long"),
    ("integer", "number"),
    ("long", "decimal"),
    ("uuid", "string"),
];

fn field(ty: &str) -> String {
    format!("fields: [{{ name: f, type: {ty} }}]")
}

#[test]
fn every_pair_of_scalars_moves_as_the_table_says() {
    let mut pairs = 0;
    for from in Scalar::ALL.iter().map(|one| one.as_str()) {
        for to in Scalar::ALL.iter().map(|one| one.as_str()) {
            let expected = match () {
                () if from == to => None,
                () if WIDENS.contains(&(from, to)) => Some("type-widened f.type"),
                () if WIDENS.contains(&(to, from)) => Some("type-narrowed f.type"),
                () => Some("type-changed f.type"),
            };
            let found = told(&compared(&field(from), &field(to)).changes);
            assert_eq!(
                found,
                Vec::from_iter(expected.map(str::to_owned)),
                "{from} → {to}"
            );
            pairs += 1;
        }
    }
    assert_eq!(pairs, 121);
}

#[test]
fn containers_are_no_scalars_and_no_other_containers() {
    let containers = ["object, fields: [{ name: x, type: date }]", "array", "map"];
    for (index, from) in containers.iter().enumerate() {
        let others = containers
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        for to in others.map(|(_, to)| *to).chain(["string"]) {
            check_both(&[(
                &field(from),
                &field(to),
                &["type-changed f.type"],
                &["type-changed f.type"],
            )]);
        }
    }
}

#[test]
fn decimals_are_compared_by_room_on_both_sides_of_the_point() {
    for (before, after, rule) in [
        (
            "decimal, precision: 10, scale: 2",
            "decimal, precision: 12, scale: 2",
            Some("digits-loosened"),
        ),
        (
            "decimal, precision: 12, scale: 2",
            "decimal, precision: 12, scale: 4",
            Some("digits-changed"),
        ),
        (
            "decimal, precision: 12, scale: 2",
            "decimal, precision: 14, scale: 4",
            Some("digits-loosened"),
        ),
        (
            "decimal, precision: 12, scale: 2",
            "decimal, precision: 10, scale: 0",
            Some("digits-tightened"),
        ),
        (
            "decimal",
            "decimal, precision: 38",
            Some("digits-tightened"),
        ),
        ("decimal, precision: 38", "decimal", Some("digits-loosened")),
        ("decimal, scale: 2", "decimal", Some("digits-loosened")),
        // Without a scale nothing stands behind the point, once digits are counted.
        (
            "decimal, precision: 10",
            "decimal, precision: 10, scale: 0",
            None,
        ),
    ] {
        let expected = rule.map(|rule| format!("{rule} f.precision"));
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check(&[(&field(before), &field(after), &expected)]);
    }
}

#[test]
fn integers_widen_to_decimals_that_have_room_for_them() {
    for (before, after, rule) in [
        ("integer", "decimal, precision: 10", "type-widened"),
        ("integer", "decimal, precision: 9", "type-narrowed"),
        ("integer", "decimal, precision: 9, scale: 2", "type-changed"),
        (
            "integer",
            "decimal, precision: 12, scale: 2",
            "type-widened",
        ),
        ("long", "decimal, precision: 19", "type-widened"),
        ("long", "decimal, precision: 18", "type-narrowed"),
        ("decimal, precision: 18", "long", "type-widened"),
        ("decimal, precision: 9", "integer", "type-widened"),
        ("decimal, precision: 10", "integer", "type-narrowed"),
        ("decimal, precision: 5, scale: 2", "integer", "type-changed"),
    ] {
        let expected = format!("{rule} f.type");
        check(&[(&field(before), &field(after), &[&expected])]);
    }
}
