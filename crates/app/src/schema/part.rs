//! A table of keys and the shape of each in, the schema of the mapping out.

use meshlaw_contract::lowering::Keys;
use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::shape::Shape;

/// A mapping while its schema is written.
#[derive(Debug)]
pub struct Part {
    noun: &'static str,
    properties: Map<String, Value>,
    required: &'static [&'static str],
    rules: Map<String, Value>,
}

impl Part {
    /// Begins with the keys of a table and the shape of each.
    pub fn new<T>(definitions: &mut Definitions, keys: &Keys<T>, shapes: &[(&str, Shape)]) -> Self {
        let mut properties = Map::new();
        for spec in keys.entries {
            let mut property = Map::new();
            let description = format!("{} Expects {}.", spec.doc, spec.expects);
            property.insert("description".to_owned(), json!(description));
            match shapes.iter().find(|(key, _)| *key == spec.key) {
                Some((_, shape)) => property.extend(shape.keywords(definitions)),
                None => definitions.gap(format!("`{}` of a {} has no shape", spec.key, keys.noun)),
            }
            properties.insert(spec.key.to_owned(), Value::Object(property));
        }
        for (key, _) in shapes {
            if !properties.contains_key(*key) {
                definitions.gap(format!("a shape names `{key}`, no key of a {}", keys.noun));
            }
        }
        Self {
            noun: keys.noun,
            properties,
            required: &[],
            rules: Map::new(),
        }
    }

    /// Begins with the same keys as a part among the definitions, but for one.
    pub fn like<T>(part: &str, keys: &Keys<T>, except: &str) -> Self {
        let others = keys.entries.iter().filter(|spec| spec.key != except);
        let reference = |key| json!({ "$ref": format!("#/$defs/{part}/properties/{key}") });
        Self {
            noun: keys.noun,
            properties: others
                .map(|spec| (spec.key.to_owned(), reference(spec.key)))
                .collect(),
            required: &[],
            rules: Map::new(),
        }
    }

    /// Says which keys must be there.
    #[must_use]
    pub fn required(self, required: &'static [&'static str]) -> Self {
        Self { required, ..self }
    }

    /// Says what holds for a key that is left out.
    ///
    /// Editors write defaults out when they complete the mapping around them, so this is for
    /// settings, where people look for what they could change, and not for what contracts say.
    #[must_use]
    pub fn default(mut self, key: &str, value: Value) -> Self {
        if let Some(Value::Object(property)) = self.properties.get_mut(key) {
            property.insert("default".to_owned(), value);
        }
        self
    }

    /// Says what holds between keys.
    #[must_use]
    pub fn rule(mut self, keyword: &str, rule: Value) -> Self {
        self.rules.insert(keyword.to_owned(), rule);
        self
    }

    /// Returns the keywords of the schema.
    pub fn keywords(self) -> Map<String, Value> {
        let mut keywords = Map::new();
        let mut say = |keyword: &str, value| keywords.insert(keyword.to_owned(), value);
        say("title", json!(self.noun));
        say("type", json!("object"));
        if !self.required.is_empty() {
            say("required", json!(self.required));
        }
        say("properties", Value::Object(self.properties));
        say("additionalProperties", json!(false));
        keywords.extend(self.rules);
        keywords
    }

    /// Returns the schema.
    pub fn schema(self) -> Value {
        Value::Object(self.keywords())
    }
}
