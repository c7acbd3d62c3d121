//! The shapes of a native contract.

use meshlaw_contract::formats::native::{
    self, CHECKS, CONTRACT, CUSTOM, DATASET, DEPRECATION, FIELD, NESTING, OF_ONE_DATASET, PATTERN,
    RANGE, REFERENCE, ROW_COUNT, RULE, SLA_DURATIONS, SLA_PERCENTAGES, SQL, VALUES,
};
use meshlaw_contract::model::{Classification, Compatibility, Severity, Status};
use serde_json::{Map, Value, json};

use super::Kind;
use super::definitions::Definitions;
use super::form::Form;
use super::part::Part;
use super::shape::{Shape, words};

/// Native contracts.
pub const KIND: Kind = Kind {
    name: "contract",
    about: "What a table, topic or file shape promises to those who read it.",
    globs: |settings| settings.contracts,
    root: |definitions| {
        let forbidden: Map<_, _> = OF_ONE_DATASET
            .iter()
            .map(|key| ((*key).to_owned(), json!(false)))
            .collect();
        Part::new(definitions, &CONTRACT, SHAPES)
            .required(&["schema", "version", "owner"])
            .rule("if", json!({ "required": ["datasets"] }))
            .rule("then", json!({ "properties": forbidden }))
            .rule("else", json!({ "required": ["fields"] }))
            .keywords()
    },
};

/// Returns the words for types.
pub fn types() -> Vec<String> {
    native::TYPES.iter().map(|ty| (*ty).to_owned()).collect()
}

const SHAPES: &[(&str, Shape)] = &[
    ("classification", CLASSIFICATION),
    (
        "compatibility",
        Shape::WordsOfAnyCase(Compatibility::SPELLINGS),
    ),
    ("datasets", Shape::List(&Shape::Part("dataset", dataset))),
    ("deprecated", DEPRECATED),
    ("description", Shape::TEXT),
    ("domain", Shape::TEXT),
    ("fields", FIELDS),
    ("id", Shape::TEXT),
    ("legal_basis", Shape::TEXT),
    ("owner", Shape::TEXT),
    ("physical_name", Shape::TEXT),
    ("product", Shape::TEXT),
    ("properties", Shape::Mapping(&Shape::Any)),
    ("purpose", Shape::Either(&[Shape::TEXT, Shape::TEXTS])),
    ("quality", QUALITY),
    ("regions", Shape::TEXTS),
    ("retention", Shape::Written(Form::Duration)),
    ("schema", Shape::TEXT),
    ("servers", Shape::List(&Shape::Part("server", server))),
    ("sla", Shape::Part("sla", sla)),
    ("status", Shape::Words(words::<Status>)),
    ("tags", Shape::TEXTS),
    ("version", Shape::Written(Form::Version)),
];

const CLASSIFICATION: Shape = Shape::Words(words::<Classification>);
const FIELDS: Shape = Shape::List(&Shape::Part("field", field));
const QUALITY: Shape = Shape::List(&Shape::Part("quality_rule", rule));
const DEPRECATED: Shape = Shape::Part("deprecation", |definitions| {
    Part::new(definitions, &DEPRECATION, DEPRECATION_SHAPES).schema()
});

const DATASET_SHAPES: &[(&str, Shape)] = &[
    ("classification", CLASSIFICATION),
    ("deprecated", DEPRECATED),
    ("description", Shape::TEXT),
    ("fields", FIELDS),
    ("id", Shape::TEXT),
    ("name", Shape::Written(Form::Name)),
    ("physical_name", Shape::TEXT),
    ("quality", QUALITY),
    ("renamed_from", Shape::TEXT),
    ("tags", Shape::TEXTS),
];

fn dataset(definitions: &mut Definitions) -> Value {
    Part::new(definitions, &DATASET, DATASET_SHAPES)
        .required(&["name", "fields"])
        .schema()
}

const FIELD_SHAPES: &[(&str, Shape)] = &[
    ("classification", CLASSIFICATION),
    ("deprecated", DEPRECATED),
    ("description", Shape::TEXT),
    ("encrypted", Shape::Flag),
    ("enum", Shape::Filled(&Shape::Any)),
    ("examples", Shape::List(&Shape::Any)),
    ("fields", FIELDS),
    ("format", Shape::TEXT),
    ("id", Shape::TEXT),
    ("items", ELEMENT),
    ("keys", ELEMENT),
    ("masking", Shape::TEXT),
    ("max", BOUND),
    ("max_length", Shape::Whole),
    ("min", BOUND),
    ("min_length", Shape::Whole),
    ("name", Shape::Written(Form::Name)),
    ("pattern", Shape::TEXT),
    ("physical_name", Shape::TEXT),
    ("pii", Shape::TEXT),
    ("precision", Shape::Whole),
    ("primary_key", Shape::Flag),
    ("references", Shape::Part("reference", reference)),
    ("renamed_from", Shape::TEXT),
    ("required", Shape::Flag),
    ("scale", Shape::Whole),
    ("tags", Shape::TEXTS),
    ("term", Shape::TEXT),
    ("type", Shape::Words(types)),
    ("unique", Shape::Flag),
    ("unit", Shape::TEXT),
    ("values", ELEMENT),
];

const ELEMENT: Shape = Shape::Part("element", element);
const BOUND: Shape = Shape::Written(Form::Bound);

fn field(definitions: &mut Definitions) -> Value {
    Part::new(definitions, &FIELD, FIELD_SHAPES)
        .required(&["name", "type"])
        .rule("allOf", nesting())
        .schema()
}

/// Returns the schema of a field without a name: an element of a list, a key or a value.
fn element(_: &mut Definitions) -> Value {
    Part::like("field", &FIELD, "name")
        .required(&["type"])
        .rule("allOf", nesting())
        .schema()
}

/// Says which type has room for what nests in a field.
fn nesting() -> Value {
    let rule = |(key, ty): &(&str, &str)| {
        json!({
            "if": { "required": [key] },
            "then": { "properties": { "type": { "const": ty } } },
        })
    };
    NESTING.iter().map(rule).collect()
}

const DEPRECATION_SHAPES: &[(&str, Shape)] = &[
    ("reason", Shape::TEXT),
    ("replacement", Shape::TEXT),
    ("since", Shape::Written(Form::Date)),
    ("sunset", Shape::Written(Form::Date)),
];

const REFERENCE_SHAPES: &[(&str, Shape)] = &[
    ("contract", Shape::TEXT),
    ("dataset", Shape::TEXT),
    ("field", Shape::TEXT),
];

fn reference(definitions: &mut Definitions) -> Value {
    Part::new(definitions, &REFERENCE, REFERENCE_SHAPES)
        .required(&["field"])
        .schema()
}

const RULE_SHAPES: &[(&str, Shape)] = &[
    (
        "custom",
        Shape::Part("custom_check", |definitions| {
            Part::new(definitions, &CUSTOM, CUSTOM_SHAPES)
                .required(&["engine", "implementation"])
                .schema()
        }),
    ),
    ("description", Shape::TEXT),
    ("name", Shape::TEXT),
    ("no_nulls", Shape::Filled(&Shape::TEXT)),
    (
        "pattern",
        Shape::Part("pattern_check", |definitions| {
            Part::new(definitions, &PATTERN, PATTERN_SHAPES)
                .required(&["field", "pattern"])
                .schema()
        }),
    ),
    (
        "range",
        Shape::Part("range_check", |definitions| {
            Part::new(definitions, &RANGE, RANGE_SHAPES)
                .required(&["field"])
                .rule("anyOf", one_bound())
                .schema()
        }),
    ),
    (
        "row_count",
        Shape::Part("row_count_check", |definitions| {
            Part::new(definitions, &ROW_COUNT, ROW_COUNT_SHAPES)
                .rule("anyOf", one_bound())
                .schema()
        }),
    ),
    ("severity", Shape::Words(words::<Severity>)),
    (
        "sql",
        Shape::Part("sql_check", |definitions| {
            Part::new(definitions, &SQL, SQL_SHAPES)
                .required(&["query"])
                .schema()
        }),
    ),
    ("text", Shape::TEXT),
    ("threshold", Shape::Written(Form::Percentage)),
    ("unique", Shape::Filled(&Shape::TEXT)),
    (
        "values",
        Shape::Part("values_check", |definitions| {
            Part::new(definitions, &VALUES, VALUES_SHAPES)
                .required(&["field", "in"])
                .schema()
        }),
    ),
];

const CUSTOM_SHAPES: &[(&str, Shape)] = &[("engine", Shape::TEXT), ("implementation", Shape::TEXT)];
const PATTERN_SHAPES: &[(&str, Shape)] = &[("field", Shape::TEXT), ("pattern", Shape::TEXT)];
const RANGE_SHAPES: &[(&str, Shape)] = &[("field", Shape::TEXT), ("max", BOUND), ("min", BOUND)];
const ROW_COUNT_SHAPES: &[(&str, Shape)] = &[("max", Shape::Whole), ("min", Shape::Whole)];
const SQL_SHAPES: &[(&str, Shape)] = &[("engine", Shape::TEXT), ("query", Shape::TEXT)];
const VALUES_SHAPES: &[(&str, Shape)] = &[("field", Shape::TEXT), ("in", Shape::List(&Shape::Any))];

fn rule(definitions: &mut Definitions) -> Value {
    let check = |key: &&str| json!({ "required": [key] });
    Part::new(definitions, &RULE, RULE_SHAPES)
        .rule("oneOf", CHECKS.iter().map(check).collect())
        .schema()
}

fn one_bound() -> Value {
    json!([{ "required": ["min"] }, { "required": ["max"] }])
}

/// Returns the schema of a server, whose keys are free but for two.
fn server(definitions: &mut Definitions) -> Value {
    let name = Shape::Written(Form::Name).schema(definitions);
    let text = Shape::TEXT.schema(definitions);
    let texts = Shape::TEXTS.schema(definitions);
    json!({
        "title": "server",
        "type": "object",
        "required": ["name", "type"],
        "properties": { "name": name, "type": text },
        "additionalProperties": { "anyOf": [single_value(), texts] },
    })
}

/// Returns the schema of promised service, whose properties are free but for those that are known.
fn sla(definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for (known, form) in [
        (SLA_DURATIONS, Form::Duration),
        (SLA_PERCENTAGES, Form::Percentage),
    ] {
        for property in known {
            let schema = Shape::Written(form).schema(definitions);
            properties.insert((*property).to_owned(), schema);
        }
    }
    json!({
        "title": "promised service",
        "type": "object",
        "properties": properties,
        "additionalProperties": single_value(),
    })
}

fn single_value() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}
