//! A contract in, the same with what other formats state beyond the native one out.

use meshlaw_contract::model::{
    Check, Contract, Details, Expectation, Field, Operator, QualityRule, Type, Word,
};
use meshlaw_contract::{Number, Value};
use serde_json::json;

use crate::generator::Dice;

/// Keys that stand at the top, at datasets and at fields alike, as a reader might leave them.
const KEYS: &[&str] = &[
    "apiVersion",
    "authoritativeDefinitions",
    "context",
    "description.usage",
    "enum",
    "logicalTypeOptions.exclusiveMinimum",
    "logicalTypeOptions.minItems",
    "logicalTypeOptions.multipleOf",
    "logicalTypeOptions.timezone",
    "logicalTypeOptions.uniqueItems",
    "partitioned",
    "physicalType",
    "price",
    "primaryKeyPosition",
    "relationships",
    "roles",
    "support",
    "team",
];

/// States more in a contract, as dice decide.
pub fn beyond(contract: &mut Contract, dice: &mut Dice) {
    contract.details = details(dice);
    for dataset in &mut contract.datasets {
        dataset.details = details(dice);
        dataset.properties.insert("tier".to_owned(), value(dice));
        let mut paths = Vec::new();
        for field in &mut dataset.fields {
            fill(field, &[], &mut paths, dice);
        }
        for _ in 0..dice.below(4) {
            let on = match dice.below(3) {
                1 | 2 if !paths.is_empty() => dice.pick(&paths).clone(),
                _ => Vec::new(),
            };
            let rule = rule(on, dice);
            // Rules that nothing tells apart have no pointer of their own.
            if dataset
                .quality
                .iter()
                .all(|other| other.identity() != rule.identity())
            {
                dataset.quality.push(rule);
            }
        }
    }
}

fn fill(field: &mut Field, above: &[String], paths: &mut Vec<Vec<String>>, dice: &mut Dice) {
    let path: Vec<_> = above.iter().chain([&field.name]).cloned().collect();
    paths.push(path.clone());
    field.details = details(dice);
    field.is_critical = dice.below(2) == 0;
    field.physical_type = dice
        .pick(&[None, Some("int"), Some("text")])
        .map(str::to_owned);
    if dice.below(2) == 0 {
        field.properties.insert("a.b".to_owned(), value(dice));
    }
    match &mut field.ty {
        Type::Object(fields) => {
            for field in fields {
                fill(field, &path, paths, dice);
            }
        }
        Type::Array(Some(items)) => items.details = details(dice),
        _ => {}
    }
}

fn details(dice: &mut Dice) -> Details {
    let count = dice.below(4);
    (0..count)
        .map(|_| (*dice.pick(KEYS), value(dice)))
        .collect()
}

fn value(dice: &mut Dice) -> Value {
    let values = [
        json!(true),
        json!(false),
        json!("v3.0.2"),
        json!("v3.1.0"),
        json!(0),
        json!(4),
        json!(6),
        json!([]),
        json!(["x", "y"]),
        json!({ "name": "x", "members": [{ "username": "a" }, { "username": "b", "role": "r" }] }),
        json!({ "name": "y", "members": [{ "username": "b" }] }),
        json!([{ "role": "a", "access": "read" }, { "role": "b" }]),
        json!([{ "role": "a", "access": "write" }]),
        json!([{ "role": "a" }, { "role": "a", "id": "z" }, "loose"]),
    ];
    lowered(dice.pick(&values))
}

fn lowered(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(is) => Value::Boolean(*is),
        serde_json::Value::Number(number) => {
            Value::Number(Number::parse(&number.to_string()).unwrap())
        }
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(lowered).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), lowered(value)));
            Value::Map(entries.collect())
        }
    }
}

fn rule(on: Vec<String>, dice: &mut Dice) -> QualityRule {
    let operand = |dice: &mut Dice| lowered(dice.pick(&[json!(0), json!(5), json!(9), json!("x")]));
    let expectation = Expectation {
        operator: *dice.pick(Operator::ALL),
        operands: vec![operand(dice), operand(dice)],
        unit: dice
            .pick(&[None, Some("rows"), Some("percent")])
            .map(str::to_owned),
    };
    let own = on.last().cloned();
    let check = match (dice.below(4), own) {
        (0, Some(own)) => Check::NoNulls(vec![own]),
        (1, _) => Check::Sql {
            query: "select 1".to_owned(),
            engine: None,
            expectation: Some(expectation),
        },
        _ => Check::Metric {
            metric: (*dice.pick(&["nullValues", "rowCount", "freshness"])).to_owned(),
            arguments: [("a".to_owned(), value(dice))].into(),
            expectation: Some(expectation),
        },
    };
    QualityRule {
        name: dice.pick(&[None, None, Some("named")]).map(str::to_owned),
        description: None,
        severity: None,
        threshold: None,
        check,
        on,
        details: details(dice),
    }
}

/// Returns details with lists of members, nested mappings and plain values.
pub fn every_kind() -> serde_json::Value {
    json!({
        "tenant": "north",
        "tags": ["a", "b"],
        "context": { "instructions": "join", "verifiedStatements": [{ "question": "q", "answer": "a" }] },
        "description.usage": "reports",
        "authoritativeDefinitions": [{ "url": "u", "type": "t", "description": "d" }],
        "support": [{ "channel": "c", "url": "u", "customProperties": [{ "property": "hours", "value": 8 }] }],
        "price": { "priceAmount": 9.95, "priceCurrency": "EUR" },
        "team": {
            "name": "x", "tags": ["y"],
            "members": [{ "username": "ada", "role": "owner", "tags": ["z"] }, { "username": "bob" }],
            "customProperties": [{ "property": "floor", "value": 3 }],
        },
        "roles": [{ "role": "a", "access": "read" }, { "role": "b", "access": "write" }],
        "slaProperties": [
            { "property": "p", "element": "e", "driver": "d" },
            { "property": "p", "element": "f", "driver": "d" },
        ],
        "relationships": [{ "from": ["a", "b"], "to": ["c", "d"] }],
        "partitioned": true,
        "primaryKeyPosition": 1,
        "logicalTypeOptions.multipleOf": 4,
        "logicalTypeOptions.required": ["a"],
        "logicalTypeOptions.uniqueItems": true,
    })
}

/// Takes the keys of a JSON mapping that details can have.
pub fn lowered_details(whole: &serde_json::Value) -> Details {
    let others = [
        "context",
        "description.usage",
        "tenant",
        "tags",
        "slaProperties",
    ];
    let options = ["logicalTypeOptions.required"];
    let keys = KEYS.iter().chain(&others).chain(&options);
    keys.filter_map(|key| Some((*key, lowered(whole.get(*key)?))))
        .collect()
}
