//! Values of contracts to values of JSON, and back.

use meshlaw_contract::{Number, Value};

/// Reads a JSON value.
pub fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Boolean(*truth),
        serde_json::Value::Number(number) => {
            let text = number.to_string();
            Number::parse(&text).map_or(Value::Text(text), Value::Number)
        }
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), from_json(value)))
                .collect(),
        ),
    }
}

/// Writes a value as JSON; a number that JSON's own has no room for becomes text.
pub fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(truth) => serde_json::Value::Bool(*truth),
        Value::Number(number) => {
            let text = number.to_string();
            let parsed: Result<serde_json::Number, _> = text.parse();
            parsed.map_or(serde_json::Value::String(text), serde_json::Value::Number)
        }
        Value::Text(text) => serde_json::Value::String(text.clone()),
        Value::List(items) => serde_json::Value::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), to_json(value)))
                .collect(),
        ),
    }
}
