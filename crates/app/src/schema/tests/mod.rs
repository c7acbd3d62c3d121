//! Holds the schemas to be whole, and to accept and refuse what reading does.

mod agreement;
mod documents;
mod mutation;
mod texts;
mod verdict;

use std::collections::BTreeSet;

use meshlaw_contract::lowering::{KeySpec, Keys};
use serde_json::{Value, json};

use super::definitions::Definitions;
use super::form::Form;
use super::part::Part;
use super::shape::Shape;
use super::{BEYOND, KINDS, Kind};

/// Calls for every mapping of a schema.
fn each_mapping(schema: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match schema {
        Value::Object(members) => {
            see(members);
            members
                .values()
                .for_each(|member| each_mapping(member, see));
        }
        Value::Array(items) => items.iter().for_each(|item| each_mapping(item, see)),
        _ => {}
    }
}

#[test]
fn kinds_are_sorted() {
    assert!(KINDS.is_sorted_by(|left, right| left.name < right.name));
}

#[test]
fn what_is_beyond_a_schema_is_sorted() {
    assert!(BEYOND.is_sorted_by(|left, right| left < right));
}

#[test]
fn every_key_has_a_shape_and_every_shape_a_key() {
    for kind in KINDS {
        let mut definitions = Definitions::default();
        (kind.root)(&mut definitions);
        assert!(definitions.gaps().is_empty(), "{:?}", definitions.gaps());
    }
}

#[test]
fn a_key_without_a_shape_is_noted() {
    let entry = |key| KeySpec {
        key,
        expects: "a text",
        doc: "A key.",
        set: |(), _, _| {},
    };
    let entries: &'static [KeySpec<()>] = Box::leak(Box::new([entry("named"), entry("left_out")]));
    let keys = Keys::new("thing", entries);
    type Case<'a> = (&'a [(&'a str, Shape)], &'a [&'a str]);
    let cases: [Case<'_>; 2] = [
        (&[("left_out", Shape::Any), ("named", Shape::Any)], &[]),
        (
            &[("named", Shape::Any), ("gone", Shape::Any)],
            &[
                "`left_out` of a thing has no shape",
                "a shape names `gone`, no key of a thing",
            ],
        ),
    ];
    for (shapes, expected) in cases {
        let mut definitions = Definitions::default();
        Part::new(&mut definitions, &keys, shapes);
        assert_eq!(definitions.gaps(), expected);
    }
}

#[test]
fn schemas_are_schemas() {
    for kind in KINDS {
        let schema = kind.schema();
        if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
            panic!("{}: {error} at {}", kind.name, error.instance_path());
        }
        assert_eq!(schema["$id"], kind.id());
        assert_eq!(
            schema["$schema"],
            json!("https://json-schema.org/draft/2020-12/schema")
        );
    }
}

#[test]
fn a_schema_that_is_none_is_noticed() {
    let mut schema = KINDS[0].schema();
    schema["properties"]["owner"]["type"] = json!("txt");
    assert!(!jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn every_mapping_is_described_and_closed() {
    for kind in KINDS {
        each_mapping(&kind.schema(), &mut |mapping| {
            if mapping.get("title").is_none() {
                return;
            }
            assert!(mapping.contains_key("additionalProperties"), "{mapping:?}");
            for (key, property) in mapping["properties"].as_object().unwrap() {
                let known = property.get("description").is_some() || property.get("$ref").is_some();
                assert!(known, "{}: `{key}` has no description", kind.name);
            }
        });
    }
}

#[test]
fn every_part_is_referred_to_and_there() {
    for kind in KINDS {
        let schema = kind.schema();
        let mut referred = BTreeSet::new();
        each_mapping(&schema, &mut |mapping| {
            let target = mapping.get("$ref").and_then(Value::as_str);
            if let Some(target) = target {
                assert!(
                    schema.pointer(target.trim_start_matches('#')).is_some(),
                    "{target}"
                );
                let name = target.trim_start_matches("#/$defs/").split('/').next();
                referred.insert(name.unwrap().to_owned());
            }
        });
        let parts: BTreeSet<_> = schema["$defs"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(parts, referred, "{}", kind.name);
    }
}

#[test]
fn every_form_takes_its_examples() {
    for form in Form::ALL {
        let schema = form.schema();
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let examples = schema["examples"].as_array().cloned().unwrap_or_default();
        for example in examples {
            assert!(validator.is_valid(&example), "{form:?}: {example}");
        }
        for refused in [json!(""), json!(" \t\n"), json!(null), json!(["2h"])] {
            assert!(!validator.is_valid(&refused), "{form:?}: {refused}");
        }
    }
}
