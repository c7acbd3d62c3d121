//! What formats state beyond the native one: details, free keys, measures, and rules on fields.

use std::collections::BTreeMap;

use meshlaw_contract::model::{Check, Contract, Details, Expectation, Operator, QualityRule};
use meshlaw_contract::{Number, Value};
use meshlaw_diff::compare;

use super::{TODAY, contract, told};

/// What is done to a contract, for each revision one.
type Edit = fn(&mut Contract);

const FIELDS: &str = "\
fields:
  - { name: id, id: i1, type: string }
  - { name: state, type: string, enum: [open, sent] }
  - name: place
    id: p1
    type: object
    fields: [{ name: city, id: c1, type: string }, { name: zip, id: z1, type: string }]
";

fn text(text: &str) -> Value {
    match Number::parse(text) {
        Some(number) => Value::Number(number),
        None => Value::Text(text.to_owned()),
    }
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::List(items.to_vec())
}

/// Reads `key: value, key: value`.
fn map(entries: &str) -> Value {
    let entries = entries.split(", ").map(|entry| {
        let (key, value) = entry.split_once(": ").unwrap();
        (key.to_owned(), text(value))
    });
    Value::Map(entries.collect())
}

fn rule(on: &[&str], check: Check) -> QualityRule {
    QualityRule {
        name: None,
        description: None,
        severity: None,
        threshold: None,
        check,
        on: on.iter().map(|name| (*name).to_owned()).collect(),
        details: Details::new(),
    }
}

fn metric(metric: &str, operator: Operator, operand: &str) -> Check {
    Check::Metric {
        metric: metric.to_owned(),
        arguments: BTreeMap::new(),
        expectation: Some(expected(operator, operand)),
    }
}

fn expected(operator: Operator, operand: &str) -> Expectation {
    Expectation {
        operator,
        operands: vec![text(operand)],
        unit: None,
    }
}

fn sql(operator: Operator, operand: &str) -> Check {
    Check::Sql {
        query: "select 1".to_owned(),
        engine: None,
        expectation: Some(expected(operator, operand)),
    }
}

fn row_count(min: Option<u64>, max: Option<u64>) -> Check {
    Check::RowCount { min, max }
}

fn set(contract: &mut Contract, key: &'static str, value: Value) {
    contract.details.insert(key, value);
}

fn on_field(contract: &mut Contract, key: &'static str, value: Value) {
    contract.datasets[0].fields[0].details.insert(key, value);
}

fn promise(contract: &mut Contract, on: &[&str], check: Check) {
    contract.datasets[0].quality.push(rule(on, check));
}

/// Checks what is told between two edits of one contract, and that neither differs from itself.
fn check(cases: &[(Edit, Edit, &[&str])]) {
    for (index, (before, after, expected)) in cases.iter().enumerate() {
        let [base, head] = [before, after].map(|edit| {
            let mut contract = contract(FIELDS);
            edit(&mut contract);
            contract
        });
        let changes = |from, to| compare(Some(from), Some(to), TODAY).unwrap().changes;
        let found = changes(&base, &head);
        let shown: Vec<_> = found.iter().map(|change| change.message()).collect();
        assert_eq!(told(&found), *expected, "case {index}: {shown:#?}");
        assert_eq!(told(&changes(&base, &base)), [""; 0], "case {index}");
        assert_eq!(
            changes(&head, &base).len(),
            found.len(),
            "case {index}, the way back"
        );
    }
}

const NOTHING: Edit = |_| {};

#[test]
fn details_are_told_one_by_one() {
    check(&[
        (
            NOTHING,
            |c| set(c, "tenant", text("a")),
            &["detail-changed tenant"],
        ),
        (
            |c| set(c, "tags", list([text("a"), text("b")])),
            |c| set(c, "tags", list([text("b"), text("a")])),
            &[],
        ),
        (
            |c| set(c, "price", map("priceAmount: 1, priceUnit: row")),
            |c| set(c, "price", map("priceAmount: 2, priceUnit: row")),
            &["price-changed price.priceAmount"],
        ),
        (
            |c| {
                set(
                    c,
                    "roles",
                    list([map("role: a, access: read"), map("role: b")]),
                )
            },
            |c| {
                set(
                    c,
                    "roles",
                    list([map("role: c"), map("role: a, access: write")]),
                )
            },
            &[
                "role-added roles.c",
                "role-changed roles.a",
                "role-removed roles.b",
            ],
        ),
        (
            // Members that share a name are told apart by another key, or not at all.
            |c| {
                set(
                    c,
                    "support",
                    list([map("channel: a, url: x"), map("channel: a, url: y")]),
                )
            },
            |c| {
                set(
                    c,
                    "support",
                    list([map("channel: a, url: x"), map("channel: a, url: z")]),
                )
            },
            &["support-changed support.y", "support-changed support.z"],
        ),
        (
            |c| set(c, "support", list([map("channel: a"), map("channel: a")])),
            |c| set(c, "support", list([map("channel: a")])),
            &["support-changed support"],
        ),
        (
            |c| set(c, "apiVersion", text("v3.0.2")),
            |c| set(c, "apiVersion", text("v3.1.0")),
            &["standard-version-raised apiVersion"],
        ),
        (
            |c| on_field(c, "logicalTypeOptions.minItems", text("2")),
            |c| on_field(c, "logicalTypeOptions.minItems", text("1")),
            &["constraint-loosened id.logicalTypeOptions.minItems"],
        ),
        (
            NOTHING,
            |c| c.datasets[0].fields[0].is_critical = true,
            &["critical-element-added id.is_critical"],
        ),
        (
            |c| c.datasets[0].fields[0].physical_type = Some("int".to_owned()),
            |c| c.datasets[0].fields[0].physical_type = Some("bigint".to_owned()),
            &["physical-type-widened id.physical_type"],
        ),
        (
            NOTHING,
            |c| {
                let properties = &mut c.datasets[0].fields[0].properties;
                properties.insert("pii".to_owned(), Value::Boolean(true));
            },
            &["property-changed id.properties.pii"],
        ),
    ]);
}

#[test]
fn measures_are_compared_by_what_they_expect() {
    check(&[
        (
            |c| promise(c, &["id"], metric("nullValues", Operator::Be, "0")),
            |c| promise(c, &["id"], metric("nullValues", Operator::LessThan, "5")),
            &["quality-loosened quality.id: metric(nullValues)"],
        ),
        (
            |c| promise(c, &["id"], metric("nullValues", Operator::Be, "0")),
            |c| promise(c, &["id"], metric("missingValues", Operator::Be, "0")),
            &["quality-changed quality.id: metric(missingValues)"],
        ),
        (
            // Formats may state as a measure what the model has a word for.
            |c| promise(c, &["id"], Check::NoNulls(vec!["id".to_owned()])),
            |c| promise(c, &["id"], metric("nullValues", Operator::LessThan, "5")),
            &["quality-loosened quality.id: metric(nullValues)"],
        ),
        (
            |c| promise(c, &[], row_count(Some(5), None)),
            |c| promise(c, &[], metric("rowCount", Operator::GreaterThan, "4")),
            &["quality-restated quality.metric(rowCount)"],
        ),
        (
            |c| promise(c, &[], row_count(Some(5), Some(9))),
            |c| promise(c, &[], metric("rowCount", Operator::NotBe, "7")),
            &["quality-changed quality.metric(rowCount)"],
        ),
        (
            |c| promise(c, &[], sql(Operator::AtLeast, "5")),
            |c| promise(c, &[], sql(Operator::AtLeast, "6")),
            &["quality-tightened quality.sql(select 1)"],
        ),
        (
            |c| promise(c, &[], sql(Operator::AtLeast, "5")),
            NOTHING,
            &["quality-text-changed quality.sql(select 1)"],
        ),
        (
            |c| promise(c, &["id"], metric("freshness", Operator::Be, "0")),
            NOTHING,
            &["quality-text-changed quality.id: metric(freshness)"],
        ),
    ]);
}

#[test]
fn rules_follow_the_field_that_states_them() {
    check(&[
        (
            |c| promise(c, &["id"], metric("nullValues", Operator::Be, "0")),
            |c| {
                promise(c, &["key"], metric("nullValues", Operator::Be, "0"));
                c.datasets[0].fields[0].name = "key".to_owned();
            },
            &["field-renamed key"],
        ),
        (
            |c| {
                promise(
                    c,
                    &["place", "city"],
                    Check::NoNulls(vec!["city".to_owned()]),
                )
            },
            |c| {
                promise(
                    c,
                    &["spot", "town"],
                    Check::NoNulls(vec!["town".to_owned()]),
                );
                let field = &mut c.datasets[0].fields[2];
                field.name = "spot".to_owned();
                let meshlaw_contract::model::Type::Object(inner) = &mut field.ty else {
                    unreachable!()
                };
                inner[0].name = "town".to_owned();
            },
            &["field-renamed spot", "field-renamed spot.town"],
        ),
        (
            |c| promise(c, &["place", "id"], Check::NoNulls(vec!["id".to_owned()])),
            |c| {
                promise(c, &["place", "id"], Check::NoNulls(vec!["id".to_owned()]));
                c.datasets[0].fields[0].name = "key".to_owned();
            },
            &["field-renamed key"],
        ),
        (
            // A rule inside of a field says nothing of the field beside it that is called alike.
            NOTHING,
            |c| promise(c, &["place", "id"], Check::NoNulls(vec!["id".to_owned()])),
            &["quality-added quality.place.id: no_nulls"],
        ),
        (
            NOTHING,
            |c| promise(c, &["id"], Check::NoNulls(vec!["id".to_owned()])),
            &["field-made-required id.required"],
        ),
        (
            // Another field's rule is another rule.
            |c| promise(c, &["id"], Check::Text("be good".to_owned())),
            |c| promise(c, &["state"], Check::Text("be good".to_owned())),
            &[
                "quality-text-changed quality.id: text(be good)",
                "quality-text-changed quality.state: text(be good)",
            ],
        ),
    ]);
}

#[test]
fn what_is_said_of_values_comes_and_goes_with_them() {
    check(&[
        (
            |c| on_state(c, &["open"], list([map("value: open, label: O")])),
            |c| on_state(c, &["open"], list([map("value: open, label: P")])),
            &["enum-label-changed state.enum.open"],
        ),
        (
            |c| on_state(c, &["open"], list([map("value: open, label: O")])),
            |c| {
                let labels = list([map("value: open, label: O"), map("value: sent, label: S")]);
                on_state(c, &["open", "sent"], labels);
            },
            &["enum-value-added state.enum.sent"],
        ),
        (
            |c| on_state(c, &["open"], list([map("value: open")])),
            |c| on_state(c, &["open"], list([map("value: open, label: O")])),
            &["enum-label-changed state.enum.open"],
        ),
    ]);
}

fn on_state(contract: &mut Contract, allowed: &[&str], labels: Value) {
    let field = &mut contract.datasets[0].fields[1];
    field.allowed = Some(allowed.iter().map(|value| text(value)).collect());
    field.details.insert("enum", labels);
}

#[test]
fn messages_read_well() {
    let cases: &[(Edit, Edit, &str)] = &[
        (
            |c| set(c, "roles", list([map("role: a, access: read")])),
            |c| set(c, "roles", list([map("role: a, access: write")])),
            "the role `a` went from `access: read` to `access: write`",
        ),
        (
            NOTHING,
            |c| set(c, "roles", list([map("role: a, access: read")])),
            "readers can now apply for the role `a`",
        ),
        (
            |c| set(c, "roles", list([map("role: a")])),
            NOTHING,
            "the role `a` is gone",
        ),
        (
            |c| set(c, "price", map("priceAmount: 1")),
            |c| set(c, "price", map("priceAmount: 2")),
            "of the price, `priceAmount` went from `1` to `2`",
        ),
        (
            |c| set(c, "team.name", text("x")),
            |c| set(c, "team.name", text("y")),
            "of the team, `name` went from `x` to `y`",
        ),
        (
            |c| on_field(c, "logicalTypeOptions.maxItems", text("5")),
            |c| on_field(c, "logicalTypeOptions.maxItems", text("4")),
            "the option `id.maxItems` now allows less: `5` became `4`",
        ),
        (
            NOTHING,
            |c| {
                on_field(
                    c,
                    "authoritativeDefinitions",
                    list([map("url: u, type: t")]),
                )
            },
            "an authoritative definition of `id` went from `nothing` to `type: t`",
        ),
        (
            |c| set(c, "description.usage", text("x")),
            |c| set(c, "description.usage", text("y")),
            "the detail `description.usage` went from `x` to `y`",
        ),
        (
            |c| promise(c, &["id"], metric("nullValues", Operator::Be, "0")),
            |c| promise(c, &["id"], metric("nullValues", Operator::LessThan, "5")),
            "the quality rule `id: metric(nullValues)` asks for less: `nullValues to be 0` became `nullValues to be less than 5`",
        ),
    ];
    for (before, after, expected) in cases {
        let [base, head] = [before, after].map(|edit| {
            let mut contract = contract(FIELDS);
            edit(&mut contract);
            contract
        });
        let found = compare(Some(&base), Some(&head), TODAY).unwrap().changes;
        let messages: Vec<_> = found.iter().map(|change| change.message()).collect();
        assert_eq!(messages, [*expected]);
    }
}
