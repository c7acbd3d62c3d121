//! A document in, documents that differ from it in one place out.

use serde_json::{Value as Json, json};

/// A source of numbers that is the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % end as u64).unwrap()
    }
}

/// Lists every place of a document, the whole of it first.
pub fn places(document: &Json) -> Vec<String> {
    fn walk(value: &Json, at: &str, places: &mut Vec<String>) {
        places.push(at.to_owned());
        match value {
            Json::Object(entries) => {
                for (key, inner) in entries {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    walk(inner, &format!("{at}/{key}"), places);
                }
            }
            Json::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    walk(inner, &format!("{at}/{index}"), places);
                }
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    walk(document, "", &mut places);
    places
}

/// Values of every type, and words that mean something somewhere.
fn values() -> Vec<Json> {
    vec![
        Json::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(7),
        json!(1.5),
        json!(""),
        json!("word"),
        json!("two words"),
        json!("table.column"),
        json!("2026-01-01"),
        json!([]),
        json!(["word"]),
        json!([1, 2]),
        json!([1, 1]),
        json!({}),
        json!({ "word": 1 }),
        json!("string"),
        json!("integer"),
        json!("object"),
        json!("array"),
        json!("map"),
        json!("timestamp"),
        json!("vector"),
        json!("library"),
        json!("sql"),
        json!("custom"),
        json!("text"),
        json!("nullValues"),
        json!("postgres"),
        json!("s3"),
        json!("kafka"),
        json!("parquet"),
    ]
}

/// Keys of the standard, so that they turn up where they do not belong.
const KEYS: &[&str] = &[
    "apiVersion",
    "arguments",
    "authoritativeDefinitions",
    "businessName",
    "classification",
    "context",
    "customProperties",
    "deprecated",
    "description",
    "dimension",
    "engine",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "from",
    "host",
    "id",
    "implementation",
    "items",
    "logicalType",
    "logicalTypeOptions",
    "map",
    "maximum",
    "maxItems",
    "members",
    "metric",
    "minLength",
    "multipleOf",
    "mustBe",
    "mustBeBetween",
    "mustBeLessThan",
    "name",
    "pattern",
    "physicalType",
    "port",
    "properties",
    "quality",
    "query",
    "relationships",
    "required",
    "rule",
    "schema",
    "semanticType",
    "status",
    "synonyms",
    "tags",
    "timezone",
    "to",
    "type",
    "unit",
    "url",
    "value",
    "vendor",
    "workgroup",
    "encoding",
    "unknownKey",
];

/// Changes one place by the dice; `None` where nothing would change.
pub fn mutate(document: &Json, dice: &mut Dice) -> Option<Json> {
    let all = places(document);
    let at = &all[dice.below(all.len())];
    let mut changed = document.clone();
    let (parent, key) = at.rsplit_once('/').unwrap_or(("", ""));
    match dice.below(8) {
        0 => remove(changed.pointer_mut(parent)?, key)?,
        1 => rename(
            changed.pointer_mut(parent)?,
            key,
            KEYS[dice.below(KEYS.len())],
        )?,
        2 | 3 => {
            let values = values();
            *changed.pointer_mut(at)? = values[dice.below(values.len())].clone();
        }
        4 | 5 => {
            let values = values();
            let value = values[dice.below(values.len())].clone();
            let entries = changed.pointer_mut(at)?.as_object_mut()?;
            entries.insert(KEYS[dice.below(KEYS.len())].to_owned(), value);
        }
        6 => {
            let items = changed.pointer_mut(at)?.as_array_mut()?;
            let again = items.get(dice.below(items.len().max(1)))?.clone();
            items.push(again);
        }
        _ => {
            let versions = ["v3.0.0", "v3.0.2", "v3.1.0", "v3.2.0"];
            changed["apiVersion"] = json!(versions[dice.below(versions.len())]);
        }
    }
    (changed != *document).then_some(changed)
}

fn remove(parent: &mut Json, key: &str) -> Option<()> {
    match parent {
        Json::Object(entries) => entries.remove(key).map(drop),
        Json::Array(items) => {
            let at: usize = key.parse().ok()?;
            (at < items.len()).then(|| drop(items.remove(at)))
        }
        _ => None,
    }
}

fn rename(parent: &mut Json, key: &str, other: &str) -> Option<()> {
    let entries = parent.as_object_mut()?;
    let value = entries.remove(key)?;
    entries.insert(other.to_owned(), value);
    Some(())
}
