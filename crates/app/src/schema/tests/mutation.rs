//! A document in, the same with one thing wrong with it out: each in turn, or by the dice.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::each_mapping;

/// A die that falls the same way in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What documents of a kind are made of.
pub struct Stock {
    keys: Vec<String>,
    values: Vec<Value>,
}

/// Texts that fit one place and no other, and some that fit none.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\n\t",
    "x",
    "a b",
    "é",
    "null",
    "true",
    "5",
    "2.1",
    "2.1.0",
    "v2.1.0",
    "2.1.0-rc.1+b",
    "01.2.3",
    "^2",
    ">=2.1, <4",
    "*",
    "^",
    "1.x",
    "marketing/leads",
    "a/b/c",
    "/a",
    "a/",
    "15 minutes",
    "2h",
    "P1D",
    "PT15M",
    "P",
    "1.5 hours",
    "-2h",
    "15",
    "soon",
    "99.5%",
    "100%",
    "100.1%",
    "7 %",
    "%",
    "2027-01-31",
    "2027-02-30",
    "2027-1-31",
    "20270131",
    "2027-01-31T10:00",
    "2027-01-31T10:00:00Z",
    "2027-01-31 10:00+02:00",
    "10:00",
    "10:00:00.5",
    "25:00",
    "10",
    "1030",
    "FULL",
    "Backward_Transitive",
    "none_transitive",
    "varchar(10)",
    "(",
    "[a-z]+",
    "lead_id",
    "score",
    "@org/team",
    "domains/**/*.yaml",
];

impl Stock {
    /// Takes the keys and words of a schema, and values that may be wrong anywhere.
    pub fn of(schema: &Value) -> Self {
        let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
        each_mapping(schema, &mut |mapping| {
            if let Some(Value::Object(properties)) = mapping.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            if let Some(Value::Array(all)) = mapping.get("enum") {
                words.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        });
        let texts = TEXTS.iter().map(|text| (*text).to_owned());
        let mut values: Vec<Value> = words.into_iter().chain(texts).map(Value::from).collect();
        values.extend([
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(3),
            json!(-1),
            json!(1.5),
            json!(3.0),
            json!(1e30),
            json!(u64::MAX),
            json!([]),
            json!({}),
            json!([null]),
            json!(["a", "b"]),
            json!([""]),
            json!([["a"]]),
            json!([[]]),
            json!([{}]),
            json!({ "a": "b" }),
            json!({ "type": "string" }),
            json!([{ "name": "a", "type": "string" }]),
            json!([{ "unique": ["a"] }]),
            json!("a".repeat(256)),
            json!("a".repeat(257)),
        ]);
        Self {
            keys: keys.into_iter().collect(),
            values,
        }
    }

    /// Returns the document with each part replaced by each value, each key dropped and misspelt,
    /// and a key too many in each mapping.
    pub fn each<'a>(&'a self, document: &'a Value) -> impl Iterator<Item = Value> + 'a {
        let places = places(document);
        places.into_iter().flat_map(move |place| {
            let replaced = self.values.iter().map({
                let place = place.clone();
                move |value| with(document, &place, |part| *part = value.clone())
            });
            let part = document.pointer(&place);
            let keys: Vec<String> = match part {
                Some(Value::Object(members)) => members.keys().cloned().collect(),
                _ => Vec::new(),
            };
            let extra = with(document, &place, |part| match part {
                Value::Object(members) => {
                    members.insert("no_such_key".to_owned(), json!("x"));
                }
                Value::Array(items) => items.push(json!(null)),
                _ => {}
            });
            let rekeyed = keys.into_iter().flat_map({
                let place = place.clone();
                move |key| {
                    [None, Some(format!("{key}x")), Some(key.to_uppercase())].map(|into| {
                        with(document, &place, |part| rename(part, &key, into.as_deref()))
                    })
                }
            });
            replaced.chain([extra]).chain(rekeyed).collect::<Vec<_>>()
        })
    }

    /// Returns the document with one thing wrong with it, by the dice.
    pub fn any(&self, dice: &mut Dice, document: &Value) -> Value {
        let places = places(document);
        let place = dice.pick(&places).clone();
        let other: &String = dice.pick(&places);
        let elsewhere = document.pointer(other).cloned().unwrap();
        with(document, &place, |part| match (dice.below(4), &mut *part) {
            (0, Value::Object(members)) => {
                let keys: Vec<String> = members.keys().cloned().collect();
                let into = [None, Some(dice.pick(&self.keys).clone())];
                if let Some(key) = keys.get(dice.below(keys.len())) {
                    rename(part, key, dice.pick(&into).as_deref());
                }
            }
            (1 | 2, Value::Object(members)) => {
                let values = [dice.pick(&self.values).clone(), elsewhere];
                let value = dice.pick(&values).clone();
                members.insert(dice.pick(&self.keys).clone(), value);
            }
            (0, Value::Array(items)) if !items.is_empty() => {
                items.remove(dice.below(items.len()));
            }
            (1, Value::Array(items)) if !items.is_empty() => {
                items.push(dice.pick(items).clone());
            }
            (2, Value::Array(items)) => items.push(dice.pick(&self.values).clone()),
            (0, Value::String(text)) if !text.is_empty() => *text = misspelt(dice, text),
            (0, Value::Number(number)) => {
                let number = number.as_f64().unwrap();
                *part = dice
                    .pick(&[
                        json!(-number),
                        json!(number + 0.5),
                        json!(number.to_string()),
                    ])
                    .clone();
            }
            (1, _) => *part = json!([part]),
            (2, _) => *part = elsewhere,
            _ => *part = dice.pick(&self.values).clone(),
        })
    }
}

/// Returns where every part of a document stands, as JSON pointers.
fn places(document: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let below = |key: &str, inner: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let inner = super::mutation::places(inner);
        inner.into_iter().map(move |rest| format!("/{key}{rest}"))
    };
    match document {
        Value::Object(members) => {
            for (key, member) in members {
                places.extend(below(key, member));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places.extend(below(&index.to_string(), item));
            }
        }
        _ => {}
    }
    places
}

fn with(document: &Value, place: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = document.clone();
    change(document.pointer_mut(place).unwrap());
    document
}

/// Renames a key where it stands, or drops it.
fn rename(part: &mut Value, key: &str, into: Option<&str>) {
    let Value::Object(members) = part else { return };
    let renamed = std::mem::take(members).into_iter();
    let renamed = renamed.filter_map(|(name, value)| match (name == key, into) {
        (false, _) => Some((name, value)),
        (true, into) => Some((into?.to_owned(), value)),
    });
    *members = renamed.collect::<Map<_, _>>();
}

fn misspelt(dice: &mut Dice, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, *dice.pick(&['x', ' ', '/', '.', '%', '0', '-'])),
        2 => letters = text.to_uppercase().chars().collect(),
        _ => letters.truncate(at),
    }
    letters.into_iter().collect()
}
