//! Named parts of a schema in, its `$defs` out; knows no kind of document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The parts that a schema refers to.
#[derive(Debug, Default)]
pub struct Definitions {
    /// Absent while a part is being written: it may refer to itself.
    parts: BTreeMap<&'static str, Option<Value>>,
    gaps: Vec<String>,
}

impl Definitions {
    /// Returns a reference to a part, which is written where it is the first.
    pub fn refer(&mut self, name: &'static str, write: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.parts.contains_key(name) {
            self.parts.insert(name, None);
            let part = write(self);
            self.parts.insert(name, Some(part));
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// Notes where keys and shapes do not fit.
    pub fn gap(&mut self, gap: String) {
        self.gaps.push(gap);
    }

    /// Returns the places where keys and shapes do not fit.
    #[cfg(test)]
    pub fn gaps(&self) -> &[String] {
        &self.gaps
    }

    /// Returns the parts by name.
    pub fn finish(self) -> Value {
        let written = |(name, part): (&str, Option<Value>)| Some((name.to_owned(), part?));
        let parts: Map<_, _> = self.parts.into_iter().filter_map(written).collect();
        Value::Object(parts)
    }
}
