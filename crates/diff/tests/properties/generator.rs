//! A seed in, a native contract as JSON out; every attribute of the model turns up, sound.

use serde_json::{Map, Value, json};

/// A row of numbers that a seed decides.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(from.len());
        &from[at]
    }

    fn some<'a, T>(&mut self, from: &'a [T], most: usize) -> Vec<&'a T> {
        let count = 1 + self.below(most);
        let skip = self.below(from.len());
        from.iter()
            .cycle()
            .skip(skip)
            .take(count.min(from.len()))
            .collect()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            let at = self.below(end + 1);
            list.swap(end, at);
        }
    }

    fn is_lucky(&mut self) -> bool {
        self.below(3) == 0
    }
}

/// Names that read like words of the model, like paths, like placeholders, or hard.
const NAMES: &[&str] = &[
    "id",
    "required",
    "a.b",
    "__x__",
    "relationships",
    "physicalName",
    "größe",
    "{part}",
    "fields",
    "items",
    "with space",
    "quality",
    "unique(a, b)",
    "A",
    "a",
    "表",
    "datasets",
    "it's",
    "e-mail",
];

const WORDS: &[&str] = &[
    "one",
    "two words",
    "drei",
    "{before}",
    "null",
    "1",
    "ünï",
    "x.y",
];

const CLASSES: &[&str] = &["public", "internal", "confidential", "restricted"];

/// Writes a contract that a seed decides.
pub fn contract(seed: u64) -> Value {
    let dice = &mut Dice(seed);
    let mut contract =
        json!({ "schema": dice.pick(NAMES), "version": "1.4.2", "owner": dice.pick(WORDS) });
    let all = json!({
        "id": dice.pick(WORDS), "domain": dice.pick(WORDS), "product": dice.pick(WORDS),
        "description": dice.pick(WORDS), "legal_basis": dice.pick(WORDS),
        "purpose": dice.some(WORDS, 3), "regions": dice.some(WORDS, 3), "tags": dice.some(WORDS, 3),
        "status": dice.pick(&["draft", "active", "retired"]), "classification": dice.pick(&CLASSES[1..]),
        "compatibility": dice.pick(&["full", "none", "producers", "consumers_transitive"]),
        "retention": dice.pick(&["30 days", "1 year", "720h"]),
        "deprecated": deprecation(dice, "none"),
        "sla": { "freshness": "1 hour", "availability": "99.5%", "support": "weekdays", "answer": "2h" },
        "properties": { "tier": 1, "a.b": ["x"], "gold": true },
        "servers": [
            { "name": dice.pick(NAMES), "type": "kafka", "topic": "t", "roles": ["x", "y"] },
            { "name": "prod", "type": "postgres", "host": "h", "note": "n" },
        ],
    });
    keep_some(dice, &mut contract, all);
    if dice.is_lucky() {
        let names = dice.some(NAMES, 3);
        let datasets: Vec<_> = names.into_iter().map(|name| {
            let mut whole = json!({ "name": name });
            let all = json!({
                "id": format!("id of {name}"), "physical_name": format!("T {name}"), "description": dice.pick(WORDS),
                "classification": dice.pick(&CLASSES[1..]), "tags": dice.some(WORDS, 2), "deprecated": deprecation(dice, "none"),
            });
            keep_some(dice, &mut whole, all);
            dataset(dice, &mut whole);
            whole
        }).collect();
        contract["datasets"] = Value::Array(datasets);
    } else {
        dataset(dice, &mut contract);
    }
    contract
}

fn keep_some(dice: &mut Dice, whole: &mut Value, attributes: Value) {
    let Value::Object(attributes) = attributes else {
        unreachable!()
    };
    for (key, value) in attributes {
        if dice.below(2) == 0 {
            whole[key] = value;
        }
    }
}

fn deprecation(dice: &mut Dice, replacement: &str) -> Value {
    let mut notice =
        json!({ "replacement": replacement, "sunset": dice.pick(&["2026-06-30", "2027-06-30"]) });
    let all = json!({ "since": "2026-01-31", "reason": dice.pick(WORDS) });
    keep_some(dice, &mut notice, all);
    notice
}

fn dataset(dice: &mut Dice, whole: &mut Value) {
    let names = dice.some(NAMES, 7);
    whole["fields"] = names
        .iter()
        .map(|name| field(dice, Some(name), 0))
        .collect();
    let of_type = |ty: &str| -> Vec<String> {
        let fields = whole["fields"].as_array().unwrap().iter();
        fields
            .filter(|field| field["type"] == ty)
            .map(|field| field["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (texts, numbers) = (of_type("string"), of_type("integer"));
    let mut rules = vec![
        json!({ "no_nulls": dice.some(&names, 3) }),
        json!({ "unique": dice.some(&names, 3) }),
        json!({ "row_count": { "min": 1, "max": 90 } }),
        json!({ "sql": { "query": "select 1", "engine": "duckdb" } }),
        json!({ "text": dice.pick(WORDS) }),
        json!({ "custom": { "engine": "soda", "implementation": "x < 1" } }),
        json!({ "name": "two", "no_nulls": dice.some(&names, 2) }),
    ];
    if let Some(field) = texts.first() {
        rules.push(json!({ "values": { "field": field, "in": ["one", "two", "drei"] } }));
        rules.push(json!({ "pattern": { "field": field, "pattern": "^[a-zé]" } }));
    }
    if let Some(field) = numbers.first() {
        rules.push(json!({ "range": { "field": field, "min": -5, "max": 50 } }));
        rules.push(json!({ "name": "half", "range": { "field": field, "min": 0 } }));
    }
    dice.shuffle(&mut rules);
    rules.truncate(dice.below(5));
    for rule in &mut rules {
        let all = json!({
            "description": dice.pick(WORDS), "severity": dice.pick(&["note", "warning", "error"]), "threshold": "95%",
        });
        if dice.is_lucky() {
            keep_some(dice, rule, all);
        }
    }
    if !rules.is_empty() {
        whole["quality"] = Value::Array(rules);
    }
}

const SCALARS: &[&str] = &[
    "string",
    "string",
    "integer",
    "integer",
    "long",
    "number",
    "decimal",
    "boolean",
    "date",
    "time",
    "timestamp",
    "binary",
    "uuid",
];

fn field(dice: &mut Dice, name: Option<&str>, depth: usize) -> Value {
    let kind = if depth < 3 { dice.below(6) } else { 5 };
    let mut field = Map::new();
    field.extend(name.map(|name| ("name".to_owned(), json!(name))));
    let mut field = Value::Object(field);
    let inner = depth + 1;
    match kind {
        0 => {
            let names = dice.some(NAMES, 3);
            field["type"] = json!("object");
            field["fields"] = names
                .into_iter()
                .map(|name| self::field(dice, Some(name), inner))
                .collect();
        }
        1 => {
            field["type"] = json!("array");
            field["items"] = self::field(dice, None, inner);
        }
        2 => {
            field["type"] = json!("map");
            field["keys"] = self::field(dice, None, inner);
            field["values"] = self::field(dice, None, inner);
        }
        _ => scalar(dice, &mut field),
    }
    let all = json!({
        "description": dice.pick(WORDS), "required": true, "unique": true, "primary_key": true,
        "format": dice.pick(WORDS), "unit": dice.pick(WORDS), "term": dice.pick(WORDS),
        "classification": dice.pick(&CLASSES[1..]), "pii": dice.pick(&["contact", "health"]),
        "masking": "hash", "encrypted": true, "tags": dice.some(WORDS, 3), "examples": dice.some(WORDS, 3),
        "references": { "contract": "a/b", "dataset": "d", "field": dice.pick(NAMES) },
        "deprecated": deprecation(dice, "none"),
    });
    let named = json!({ "id": format!("id of {name:?}"), "physical_name": format!("C {name:?}") });
    if dice.is_lucky() {
        keep_some(dice, &mut field, all);
    }
    if name.is_some() && dice.is_lucky() {
        keep_some(dice, &mut field, named);
    }
    field
}

fn scalar(dice: &mut Dice, field: &mut Value) {
    let ty = *dice.pick(SCALARS);
    field["type"] = json!(ty);
    let all = match ty {
        "string" => match dice.below(2) {
            0 => json!({ "enum": dice.some(&["one", "two", "drei"], 3), "max_length": 40 }),
            _ => json!({ "min_length": 1, "max_length": 40, "pattern": "^[a-z]+$" }),
        },
        "integer" | "long" | "number" => json!({ "min": 1, "max": 40 }),
        "decimal" => json!({ "precision": 12, "scale": 2, "min": 0.5 }),
        "date" => json!({ "min": "2020-01-01", "max": "2030-01-01" }),
        _ => json!({}),
    };
    keep_some(dice, field, all);
}
