//! Cells of a table of texts, such as CSV, in, a record out.

use std::collections::BTreeMap;

use meshlaw_contract::model::{Dataset, Scalar, Type};
use meshlaw_contract::{Number, Value};

/// Reads a row of texts under their headings, as the dataset's types say; an empty cell is null.
///
/// A text that does not read as its type is kept as text, so that it can be refused as what it is.
pub fn from_cells<'t>(dataset: &Dataset, cells: impl Iterator<Item = (&'t str, &'t str)>) -> Value {
    let entries: BTreeMap<String, Value> = cells
        .map(|(name, text)| {
            let field = dataset.fields.iter().find(|field| field.name == name);
            let value = match field.map(|field| &field.ty) {
                _ if text.is_empty() => Value::Null,
                Some(Type::Scalar(scalar)) => cell(text, *scalar),
                Some(Type::Object(_) | Type::Array(_) | Type::Map { .. }) => nested(text),
                _ => Value::Text(text.to_owned()),
            };
            (name.to_owned(), value)
        })
        .collect();
    Value::Map(entries)
}

fn cell(text: &str, scalar: Scalar) -> Value {
    let read = match scalar {
        Scalar::Integer | Scalar::Long | Scalar::Number | Scalar::Decimal => {
            Number::parse(text.trim()).map(Value::Number)
        }
        Scalar::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            _ => None,
        },
        _ => None,
    };
    read.unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn nested(text: &str) -> Value {
    let read: Result<serde_json::Value, _> = serde_json::from_str(text);
    read.map_or_else(
        |_| Value::Text(text.to_owned()),
        |value| crate::from_json(&value),
    )
}
