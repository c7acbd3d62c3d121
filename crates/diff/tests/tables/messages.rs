//! Changes as people read them.

use super::compared;

const ORDERS: &str = "\
physical_name: T
servers: [{ name: prod, type: kafka, topic: t, roles: [x] }]
deprecated: { sunset: 2027-01-01, replacement: none }
tags: [core]
fields:
  - { name: receipt, type: string, deprecated: { sunset: 2027-01-01, replacement: shop } }
  - { name: shop, type: string, enum: [a, b], tags: [t], physical_name: S }
  - { name: o, type: object, fields: [{ name: x, type: integer, max: 9 }] }
  - { name: l, type: array, items: { type: string, max_length: 3 } }
  - { name: d, type: decimal, precision: 12, scale: 2 }
quality:
  - unique: [receipt, shop]
  - { name: volume, row_count: { min: 2 }, description: d }
";

#[test]
fn messages_name_the_thing_and_not_the_path() {
    for (from, to, expected) in [
        (
            "topic: t",
            "topic: u",
            "where the data is served has changed: `prod.topic` went from `t` to `u`",
        ),
        (
            "type: kafka",
            "type: s3",
            "where the data is served has changed: `prod.type` went from `kafka` to `s3`",
        ),
        (
            "roles: [x]",
            "roles: [y]",
            "the server detail `prod.roles` went from `x` to `y`",
        ),
        (
            "  - unique: [receipt, shop]\n",
            "",
            "values of `receipt, shop` may now repeat",
        ),
        (
            "deprecated: { sunset: 2027-01-01, replacement: none }",
            "deprecated: { sunset: 2026-12-01, replacement: none }",
            "the sunset of `contract` came closer: `2027-01-01` became `2026-12-01`",
        ),
        (
            "2027-01-01, replacement: shop",
            "2027-02-01, replacement: shop",
            "the sunset of `receipt` was put off: `2027-01-01` became `2027-02-01`",
        ),
        (
            "replacement: shop",
            "replacement: d",
            "the deprecation of `receipt` went from `replaced by shop` to `replaced by d`",
        ),
        (
            "tags: [core]",
            "tags: [base, core]",
            "a tag of `contract` went from `nothing` to `base`",
        ),
        (
            "tags: [t]",
            "tags: []",
            "a tag of `shop` went from `t` to `nothing`",
        ),
        (
            "[a, b]",
            "[a, b, c]",
            "`c` is a new allowed value of `shop`",
        ),
        (
            "[a, b]",
            "[a]",
            "`b` is no longer an allowed value of `shop`",
        ),
        (
            "physical_name: T",
            "physical_name: U",
            "the name in storage of `contract` changed from `T` to `U`",
        ),
        (
            "max: 9",
            "max: 8",
            "a bound on `o.x` was narrowed from `9` to `8`",
        ),
        (
            "max_length: 3",
            "max_length: 4",
            "the limit on the length of `l.items` was loosened from `3` to `4`",
        ),
        (
            "items: { type: string, max_length: 3 }",
            "description: x",
            "",
        ),
        (
            "precision: 12",
            "precision: 10",
            "the limit on the digits of `d` was tightened from `12 digits, 2 behind the point` to `10 digits, 2 behind the point`",
        ),
        (
            "min: 2 }",
            "min: 1 }",
            "the quality rule `volume` asks for less: `at least 2 rows` became `at least 1 row`",
        ),
        (
            "description: d }",
            "description: d, threshold: 99% }",
            "the quality rule `volume` weighs less: `an error unless every row holds it` became `an error unless 99% of rows hold it`",
        ),
        (
            "description: d }",
            "description: e }",
            "the description of `volume` was edited",
        ),
        (
            "name: volume",
            "name: size",
            "the quality rule `volume` is now called `size`",
        ),
    ] {
        let after = ORDERS.replacen(from, to, 1);
        assert_ne!(after, ORDERS, "{from}");
        let found = compared(ORDERS, &after).changes;
        let messages: Vec<_> = found.iter().map(|change| change.message()).collect();
        if expected.is_empty() {
            let stated = [
                "the description of `l` was edited",
                "what `l` contains is no longer stated; it was `string`",
            ];
            assert!(
                stated
                    .iter()
                    .all(|one| messages.iter().any(|message| message == one)),
                "{messages:?}"
            );
        } else {
            assert_eq!(messages, [expected], "{from} → {to}");
        }
    }
}

#[test]
fn a_message_is_one_short_line() {
    let with = |text: &str| format!("fields: [{{ name: a, type: string, unit: \"{text}\" }}]");
    let found = compared(&with("x"), &with(&"long\\n".repeat(100))).changes;
    let message = found[0].message();
    assert!(
        message.chars().count() < 200 && !message.contains('\n'),
        "{message}"
    );
}
