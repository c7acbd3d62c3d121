//! The shape of a value in, its schema out; knows no key.

use meshlaw_contract::model::Word;
use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::form::Form;

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Anything.
    Any,
    /// One of several shapes.
    Either(&'static [Shape]),
    /// A list with at least one element.
    Filled(&'static Shape),
    /// `true` or `false`.
    Flag,
    /// A list.
    List(&'static Shape),
    /// A mapping of free keys.
    Mapping(&'static Shape),
    /// A mapping with a schema of its own, by its name in `$defs`.
    Part(&'static str, fn(&mut Definitions) -> Value),
    /// A whole number from 0.
    Whole,
    /// One of a closed list of words.
    Words(fn() -> Vec<String>),
    /// One of a closed list of words, in upper or lower case.
    WordsOfAnyCase(&'static [&'static str]),
    /// A single value of a certain form.
    Written(Form),
}

impl Shape {
    /// A text that says something.
    pub const TEXT: Shape = Shape::Written(Form::Filled);
    /// A list of such texts.
    pub const TEXTS: Shape = Shape::List(&Shape::TEXT);

    /// Returns the schema, with the parts that it refers to among the definitions.
    pub fn schema(self, definitions: &mut Definitions) -> Value {
        match self {
            Shape::Any => json!({}),
            Shape::Either(shapes) => {
                let shapes = shapes.iter().map(|shape| shape.schema(definitions));
                json!({ "anyOf": shapes.collect::<Vec<_>>() })
            }
            Shape::Filled(item) => {
                json!({ "type": "array", "minItems": 1, "items": item.schema(definitions) })
            }
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::List(item) => json!({ "type": "array", "items": item.schema(definitions) }),
            Shape::Mapping(value) => {
                json!({ "type": "object", "additionalProperties": value.schema(definitions) })
            }
            Shape::Part(name, write) => definitions.refer(name, write),
            Shape::Whole => json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX }),
            Shape::Words(words) => json!({ "type": "string", "enum": words() }),
            Shape::WordsOfAnyCase(words) => {
                // An editor offers the words of `enum`; the pattern takes the other spellings.
                json!({
                    "type": "string",
                    "anyOf": [{ "enum": words }, { "pattern": of_any_case(words) }],
                })
            }
            Shape::Written(form) => definitions.refer(form.name(), |_| form.schema()),
        }
    }

    /// Returns the keywords of the schema.
    pub fn keywords(self, definitions: &mut Definitions) -> Map<String, Value> {
        match self.schema(definitions) {
            Value::Object(keywords) => keywords,
            _ => Map::new(),
        }
    }
}

/// Returns the words of a closed list of the model.
pub fn words<W: Word>() -> Vec<String> {
    W::ALL.iter().map(|word| word.as_str().to_owned()).collect()
}

fn of_any_case(words: &[&str]) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' => format!("[{letter}{}]", letter.to_ascii_uppercase()),
        other => other.to_string(),
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| word.chars().map(letter).collect())
        .collect();
    format!("^(?:{})$", words.join("|"))
}
