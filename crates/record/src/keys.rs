//! A dataset and its records one after the other in, which of them repeat a key out.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use meshlaw_contract::model::{Check, Dataset};
use meshlaw_contract::{Pointer, Value};

use crate::compile::is_none;
use crate::shape::Violation;

/// Keys of a dataset, and the records that were seen.
///
/// A key is remembered as 128 bits of hash, so the memory of a record is small and bounded by
/// `most` records.
#[derive(Debug)]
pub struct Keys<'c> {
    keys: Vec<KeyOf<'c>>,
    most: usize,
}

#[derive(Debug)]
struct KeyOf<'c> {
    pointer: Pointer,
    columns: Vec<&'c str>,
    seen: HashMap<[u64; 2], u64>,
}

impl<'c> Keys<'c> {
    /// Collects the keys of a dataset: its primary key, unique fields, and what its rules forbid to
    /// repeat. Of `most` records at most, the keys are remembered.
    pub fn of(dataset: &'c Dataset, most: usize) -> Self {
        let at = dataset.pointer();
        let mut keys = Vec::new();
        let mut add = |pointer: Pointer, columns: Vec<&'c str>| {
            keys.push(KeyOf {
                pointer,
                columns,
                seen: HashMap::new(),
            });
        };
        let fields = || dataset.fields.iter();
        let primary: Vec<&str> = fields()
            .filter(|field| field.primary_key)
            .map(|field| field.name.as_str())
            .collect();
        if let Some(first) = primary.first() {
            let pointer = at.word("fields").name(*first).word("primary_key");
            add(pointer, primary);
        }
        for field in fields().filter(|field| field.unique) {
            let pointer = at.word("fields").name(&field.name).word("unique");
            add(pointer, vec![&field.name]);
        }
        for rule in dataset.quality.iter().filter(|rule| rule.is_absolute()) {
            let pointer = at.word("quality").name(rule.identity());
            match &rule.check {
                Check::Unique(names) if rule.on.len() <= 1 => {
                    add(pointer, names.iter().map(String::as_str).collect());
                }
                Check::Metric {
                    metric,
                    expectation: Some(expectation),
                    ..
                } if metric == "duplicateValues"
                    && is_none(expectation.operator, &expectation.operands) =>
                {
                    if let [name] = rule.on.as_slice() {
                        add(pointer, vec![name]);
                    }
                }
                _ => {}
            }
        }
        Self { keys, most }
    }

    /// Remembers a record, and says which keys an earlier one bears; `number` tells the record from
    /// others. A key with a null in it is never repeated, as in SQL.
    pub fn observe(&mut self, record: &Value, number: u64) -> Vec<Violation> {
        let Value::Map(entries) = record else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for key in &mut self.keys {
            let values: Option<Vec<&Value>> = key
                .columns
                .iter()
                .map(|name| entries.get(*name).filter(|value| **value != Value::Null))
                .collect();
            let Some(values) = values else { continue };
            let hash = hash(&values);
            match key.seen.get(&hash) {
                Some(first) => found.push(Violation {
                    pointer: key.pointer.clone(),
                    message: format!("`{}` repeats record {first}", key.columns.join(", ")),
                }),
                None if key.seen.len() < self.most => {
                    key.seen.insert(hash, number);
                }
                None => {}
            }
        }
        found
    }

    /// Returns the columns of each key.
    pub fn columns(&self) -> impl Iterator<Item = &[&'c str]> {
        self.keys.iter().map(|key| key.columns.as_slice())
    }

    /// Tells whether some records were not remembered, so that repeats may have passed.
    pub fn is_full(&self) -> bool {
        self.keys.iter().any(|key| key.seen.len() >= self.most)
    }
}

fn hash(values: &[&Value]) -> [u64; 2] {
    [0_u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        values.hash(&mut hasher);
        hasher.finish()
    })
}
