//! Properties of the standard: what their logical type lets them hold.

use super::Standard;
use super::Standard::{V30, V31, V32};
use super::check;
use super::shape::{Key, Object, Shape, key, renamed};
use super::tables::{ENUM_VALUE, PROPERTY, TYPES};
use crate::lowering::{Lowering, to_value};
use crate::{NodeRef, ProblemId, Scalar, Value, View};

const FORMAT: Key = key("format", V30, Shape::Text);

const STRING: Object = options(&[
    FORMAT,
    renamed("maxLength", "max_length", V30, Shape::Whole(Some(0))),
    renamed("minLength", "min_length", V30, Shape::Whole(Some(0))),
    key("pattern", V30, Shape::Text),
]);

const DATE: Object = options(&[
    key("exclusiveMaximum", V30, Shape::Check(exclusive_moment)),
    key("exclusiveMinimum", V30, Shape::Check(exclusive_moment)),
    FORMAT,
    renamed("maximum", "max", V30, Shape::Text),
    renamed("minimum", "min", V30, Shape::Text),
]);

const TIMESTAMP: Object = options(&[
    key("defaultTimezone", V31, Shape::Text),
    key("exclusiveMaximum", V31, Shape::Text),
    key("exclusiveMinimum", V31, Shape::Text),
    FORMAT,
    renamed("maximum", "max", V31, Shape::Text),
    renamed("minimum", "min", V31, Shape::Text),
    key("timezone", V31, Shape::Flag),
]);

const INTEGER_FORMATS: Shape = Shape::Words(&[
    ("i8", V30),
    ("i16", V30),
    ("i32", V30),
    ("i64", V30),
    ("i128", V30),
    ("u8", V30),
    ("u16", V30),
    ("u32", V30),
    ("u64", V30),
    ("u128", V30),
]);

const INTEGER: Object = options(&[
    key("exclusiveMaximum", V30, Shape::Check(exclusive_number)),
    key("exclusiveMinimum", V30, Shape::Check(exclusive_number)),
    key("format", V30, INTEGER_FORMATS),
    renamed("maximum", "max", V30, Shape::Number),
    renamed("minimum", "min", V30, Shape::Number),
    key("multipleOf", V30, Shape::Check(divisor)),
]);

const NUMBER: Object = options(&[
    key("exclusiveMaximum", V30, Shape::Check(exclusive_number)),
    key("exclusiveMinimum", V30, Shape::Check(exclusive_number)),
    key("format", V30, Shape::Words(&[("f32", V30), ("f64", V30)])),
    renamed("maximum", "max", V30, Shape::Number),
    renamed("minimum", "min", V30, Shape::Number),
    key("multipleOf", V30, Shape::Check(divisor)),
]);

const OBJECT: Object = options(&[
    key("maxProperties", V30, Shape::Whole(Some(0))),
    key("minProperties", V30, Shape::Whole(Some(0))),
    key("required", V30, Shape::Check(required_names)),
]);

const ARRAY: Object = options(&[
    key("maxItems", V30, Shape::Whole(Some(0))),
    key("minItems", V30, Shape::Whole(Some(0))),
    key("uniqueItems", V30, Shape::Flag),
]);

const VECTOR: Object = options(&[
    key("dimensions", V32, Shape::Whole(Some(1))),
    key(
        "distanceMetric",
        V32,
        Shape::Words(&[
            ("cosine", V32),
            ("dotProduct", V32),
            ("euclidean", V32),
            ("hamming", V32),
            ("manhattan", V32),
        ]),
    ),
    key(
        "elementType",
        V32,
        Shape::Words(&[
            ("bfloat16", V32),
            ("binary", V32),
            ("float16", V32),
            ("float32", V32),
            ("float64", V32),
            ("int8", V32),
            ("uint8", V32),
        ]),
    ),
    key("embeddingModel", V32, Shape::Text),
    key("embeddingModelVersion", V32, Shape::Text),
    key("normalized", V32, Shape::Flag),
]);

const fn options(keys: &'static [Key]) -> Object {
    Object {
        noun: "list of logical type options",
        keys,
        required: &[],
        is_open: false,
    }
}

/// The options of each logical type; other types have none that are closed.
const OPTIONS: &[(&str, &Object)] = &[
    ("string", &STRING),
    ("date", &DATE),
    ("timestamp", &TIMESTAMP),
    ("time", &TIMESTAMP),
    ("integer", &INTEGER),
    ("number", &NUMBER),
    ("object", &OBJECT),
    ("array", &ARRAY),
    ("vector", &VECTOR),
];

/// Keys of a property that its logical type decides about.
const NESTING: &[&str] = &["items", "logicalTypeOptions", "map", "properties"];

/// Checks a list of properties.
pub(super) fn properties<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    check::elements(low, node, "name", Some("property"), |low, item| {
        property(low, item, standard, false);
    });
}

/// Checks a property; the element of an array needs no name, and may hold properties of its own.
fn property<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard, is_element: bool) {
    let others = check::entries(low, node, &PROPERTY, standard);
    if !matches!(node.view(), View::Mapping(_)) {
        return;
    }
    if !is_element {
        low.require(false, node, "name", "property");
    }
    let ty = logical_type(node, standard);
    let mut strange = Vec::new();
    for (key, word, inner) in others {
        match word {
            "logicalTypeOptions" => logical_type_options(low, inner, ty, standard),
            "properties" if is_element || matches!(ty, None | Some("object")) => {
                low.within("fields", |low| properties(low, inner, standard));
            }
            "items" if matches!(ty, None | Some("array")) => {
                low.within("items", |low| property(low, inner, standard, true));
            }
            "map" if ty == Some("map") => map(low, inner, standard),
            "properties" | "items" | "map" => misplaced(low, key, word, ty),
            _ => strange.push((key, word, inner)),
        }
    }
    if ty == Some("map") {
        low.require(false, node, "map", "property");
    }
    if ty == Some("vector") {
        low.require(false, node, "logicalTypeOptions", "property");
    }
    check::unknown(low, node, &PROPERTY, standard, &strange, NESTING);
}

/// Returns the logical type, as far as the version knows it.
fn logical_type<'d>(node: NodeRef<'d>, standard: Standard) -> Option<&'static str> {
    let text = node.get("logicalType")?.scalar()?.to_text()?;
    let known = TYPES
        .iter()
        .find(|(word, since)| *word == text && *since <= standard);
    // A type that is not known was complained about; nothing more is said of what it holds.
    known.map_or(Some("unknown"), |(word, _)| Some(*word))
}

fn map<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let View::Mapping(entries) = node.view() else {
        low.within("values", |low| low.wrong_type(node, "a mapping"));
        return;
    };
    for (key, inner) in entries {
        match key.text() {
            Some("key") => low.within("keys", |low| property(low, inner, standard, true)),
            Some("value") => low.within("values", |low| property(low, inner, standard, true)),
            Some(word) => low.unknown_keys(node, "map", &["key", "value"], &[(key, word)]),
            None => {}
        }
    }
    for (key, word) in [("key", "keys"), ("value", "values")] {
        if node.get(key).is_none() {
            let message = format!("this map lacks `{key}`");
            let help = format!("add `{key}:` with the logical type of its {word}");
            let span = node.span();
            low.within(word, |low| {
                low.bad(ProblemId::MissingKey, span, message, help)
            });
        }
    }
}

fn misplaced<'d>(low: &mut Lowering<'d>, key: NodeRef<'d>, word: &str, ty: Option<&str>) {
    let (place, needs) = match word {
        "properties" => ("fields", "object"),
        "items" => ("items", "array"),
        _ => ("values", "map"),
    };
    let message = match ty {
        Some("unknown") | None => format!("`{word}` needs the logical type `{needs}`"),
        Some(ty) => format!("`{word}` needs the logical type `{needs}`, but this is `{ty}`"),
    };
    let help = format!("write `logicalType: {needs}`, or remove `{word}`");
    low.within("type", Lowering::make_opaque);
    low.within(place, |low| {
        low.bad(ProblemId::UnknownKey, key.span(), message, help);
    });
}

fn logical_type_options<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    ty: Option<&'static str>,
    standard: Standard,
) {
    let table = ty.and_then(|ty| OPTIONS.iter().find(|(of, _)| *of == ty));
    match (ty, table) {
        (_, Some((_, table))) => check::object(low, node, table, standard),
        // Without a type, the standard holds the options against those of every type.
        (None, None) => untyped(low, node),
        (Some(_), None) => {
            if !matches!(node.view(), View::Mapping(_)) {
                low.within("logicalTypeOptions", |low| {
                    low.wrong_type(node, "a mapping")
                });
            }
        }
    }
}

fn untyped<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) {
    let View::Mapping(mut entries) = node.view() else {
        low.within("logicalTypeOptions", |low| {
            low.wrong_type(node, "a mapping")
        });
        return;
    };
    if let Some((key, _)) = entries.next() {
        let message = "these options need a `logicalType`".to_owned();
        let help = "write the `logicalType` that they are options of".to_owned();
        low.within("type", Lowering::make_opaque);
        low.within("logicalTypeOptions", |low| {
            low.bad(ProblemId::MissingKey, key.span(), message, help);
        });
    }
}

/// Bounds that are left out themselves: a flag beside the bound in v3.0, a bound of its own since.
fn exclusive_moment<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    if standard < V31 {
        exclusive_flag(low, node);
    } else {
        check::text(low, node);
    }
}

fn exclusive_number<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    if standard < V31 {
        exclusive_flag(low, node);
    } else if node.scalar().and_then(Scalar::to_number).is_none() {
        low.wrong_type(node, "a number");
    }
}

fn exclusive_flag<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) {
    if node.scalar().and_then(Scalar::to_bool).is_none() {
        let help = "a bound of its own needs apiVersion v3.1.0; write `true` beside the inclusive \
                    bound, or raise `apiVersion`"
            .to_owned();
        low.mismatch(node, "`true` or `false`", help);
    }
}

fn divisor<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, _: Standard) {
    let number = node.scalar().and_then(Scalar::to_number);
    if number.is_none() {
        low.wrong_type(node, "a number");
    }
}

fn required_names<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, _: Standard) {
    let names = low.list(node, |low, item| check::text(low, item));
    if names.is_empty() && matches!(node.view(), View::Sequence(_)) && !low.is_opaque_inside() {
        low.wrong_type(node, "a list with at least one name");
    }
}

/// Checks a closed list of values.
pub(super) fn enumeration<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let mut seen: Vec<Value> = Vec::new();
    let count = low
        .list(node, |low, item| {
            check::object(low, item, &ENUM_VALUE, standard);
            let value = to_value(item);
            if seen.contains(&value) {
                let message = "this value stands twice in the list".to_owned();
                low.bad(
                    ProblemId::BadValue,
                    item.span(),
                    message,
                    "keep one".to_owned(),
                );
            }
            seen.push(value);
            Some(())
        })
        .len();
    if count == 0 && matches!(node.view(), View::Sequence(_)) {
        let message = "a closed list without values allows nothing".to_owned();
        let help = "name the values, or remove `enum`".to_owned();
        low.bad(ProblemId::BadValue, node.span(), message, help);
    }
}
