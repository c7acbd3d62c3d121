//! Words for types in, types of the model out; knows no field.

use crate::NodeRef;
use crate::lowering::Lowering;
use crate::model::{Scalar, Type, Word};

/// The types that a field can have.
pub const TYPES: &[&str] = &[
    "string",
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
    "object",
    "array",
    "map",
];

/// Reads the word for a type, in which nothing nests yet; words of other systems get the one that
/// is meant.
pub(in crate::formats) fn type_word<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Type> {
    let text = low.str(node)?;
    let known = known_type(text);
    if known.is_none() {
        let bare = text
            .split('(')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match FOREIGN_TYPES.iter().find(|(foreign, _)| *foreign == bare) {
            Some((_, help)) => low.not_a(node, text, "a type", format!("write {help}")),
            None => low.unknown_word(node, text, TYPES),
        }
    }
    known
}

fn known_type(text: &str) -> Option<Type> {
    match text {
        "object" => Some(Type::Object(Vec::new())),
        "array" => Some(Type::Array(None)),
        "map" => Some(Type::Map {
            keys: None,
            values: None,
        }),
        _ => Scalar::parse(text).map(Type::Scalar),
    }
}

/// Types as other systems call them, and what to write here.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("bigint", "`long`"),
    ("bool", "`boolean`"),
    ("bytes", "`binary`"),
    ("char", "`string` with `max_length`"),
    ("datetime", "`timestamp`"),
    ("dict", "`map` or `object`"),
    ("double", "`number`"),
    ("float", "`number`"),
    ("int", "`integer`"),
    ("json", "`object` or `map`"),
    ("list", "`array`"),
    ("numeric", "`decimal` with `precision` and `scale`"),
    ("record", "`object`"),
    ("smallint", "`integer`"),
    ("struct", "`object`"),
    ("text", "`string`"),
    ("varchar", "`string` with `max_length`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_known() {
        for word in TYPES {
            assert_eq!(known_type(word).as_ref().map(Type::word), Some(*word));
        }
        assert_eq!(known_type("varchar"), None);
        let scalars = Scalar::ALL.iter().map(|scalar| scalar.as_str());
        assert!(scalars.eq(TYPES.iter().copied().take(Scalar::ALL.len())));
    }
}
