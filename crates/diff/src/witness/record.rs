//! Datasets in, records that they allow out; knows no changes.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::model::{Dataset, Field, Type};
use meshlaw_contract::{Key, Pointer, Value};
use meshlaw_record::{Keys, Shape};

use super::candidates::{self, Candidate};

/// Steps from a record down to a field; `None` stands for whatever an array or a map holds.
pub(super) type Path = Vec<Option<String>>;

/// Returns the steps down to a field, from its pointer.
pub(super) fn path(dataset: &Dataset, at: &Pointer) -> Path {
    let keys = at.keys().get(dataset.pointer().keys().len()..);
    let steps = keys.unwrap_or_default().iter().filter_map(|key| match key {
        Key::Name(name) => Some(Some(name.clone())),
        Key::Word("items" | "keys" | "values") => Some(None),
        Key::Word(_) => None,
    });
    steps.collect()
}

/// Finds the field at the end of a path.
pub(super) fn field<'c>(dataset: &'c Dataset, path: &Path) -> Option<&'c Field> {
    let (first, rest) = path.split_first()?;
    let mut field = child(&dataset.fields, first.as_deref()?)?;
    for step in rest {
        field = match (&field.ty, step) {
            (Type::Object(fields), Some(name)) => child(fields, name)?,
            (Type::Array(items), None) => items.as_deref()?,
            (Type::Map { values, .. }, None) => values.as_deref()?,
            _ => return None,
        };
    }
    Some(field)
}

fn child<'c>(fields: &'c [Field], name: &str) -> Option<&'c Field> {
    fields.iter().find(|field| field.name == name)
}

/// Makes a record that a dataset allows, filled with what either dataset asks for, so that nothing
/// but the change parts the two.
pub(super) fn template(allows: &Dataset, refuses: &Dataset, judge: &Shape<'_>) -> Value {
    let mut entries = BTreeMap::new();
    let named = candidates::of_rules(&allows.quality);
    for field in allows.fields.iter().chain(&refuses.fields) {
        if field.required && !entries.contains_key(&field.name) {
            let other = child(&refuses.fields, &field.name);
            let value = value(field, other, &named, judge);
            entries.insert(field.name.clone(), value);
        }
    }
    // What a rule forbids to be empty is filled as well.
    let missing = judge.check(&Value::Map(entries.clone()));
    for one in missing {
        let name = path(allows, &one.pointer).first().cloned().flatten();
        if let Some(name) = name.filter(|name| !entries.contains_key(name))
            && let Some(field) = child(&allows.fields, &name)
        {
            let value = value(field, None, &named, judge);
            entries.insert(name, value);
        }
    }
    Value::Map(entries)
}

/// Tells whether a top field may hold a value.
fn takes(judge: &Shape<'_>, name: &str, value: &Value) -> bool {
    judge.check_field(name, Some(value)).is_empty()
}

/// Finds a value that a field allows; null where none is found.
fn value(field: &Field, other: Option<&Field>, named: &[Value], judge: &Shape<'_>) -> Value {
    let filled = self::filled_type(&field.ty, 0);
    let mut values: Vec<Value> = filled.into_iter().collect();
    values.extend(named.iter().cloned());
    values.extend(candidates::of(&[Some(field), other]).into_iter().flatten());
    let fits = values
        .into_iter()
        .find(|value| *value != Value::Null && takes(judge, &field.name, value));
    fits.unwrap_or(Value::Null)
}

/// Deeper records are not made.
const DEEPEST: usize = 12;

/// Fills what nests in a type with plain values.
fn filled_type(ty: &Type, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let element = |field: &Field| single(field, depth + 1);
    match ty {
        Type::Object(fields) => {
            let entries = fields.iter().filter(|field| field.required);
            let entries = entries.map(|field| Some((field.name.clone(), element(field)?)));
            Some(Value::Map(entries.collect::<Option<_>>()?))
        }
        Type::Array(items) => Some(Value::List(
            items.as_deref().and_then(element).into_iter().collect(),
        )),
        Type::Map { values, .. } => {
            let value = values.as_deref().and_then(element);
            Some(Value::Map(
                value
                    .map(|value| ("a".to_owned(), value))
                    .into_iter()
                    .collect(),
            ))
        }
        _ => None,
    }
}

/// Finds a value for a field that is not at the top, by a dataset of its own.
fn single(field: &Field, depth: usize) -> Option<Value> {
    let alone = Dataset {
        fields: vec![field.clone()],
        ..Dataset::default()
    };
    let judge = Shape::of(&alone);
    let nested = filled_type(&field.ty, depth);
    let plain = candidates::of(&[Some(field)]).into_iter().flatten();
    nested.into_iter().chain(plain).find(|value| {
        let entries = BTreeMap::from([(field.name.clone(), value.clone())]);
        *value != Value::Null && judge.check(&Value::Map(entries)).is_empty()
    })
}

/// Puts a value at the end of a path, making what is on the way.
pub(super) fn with(
    template: &Value,
    dataset: &Dataset,
    path: &Path,
    candidate: Candidate,
) -> Option<Value> {
    let Value::Map(entries) = template else {
        return None;
    };
    let mut entries = entries.clone();
    let (first, rest) = path.split_first()?;
    let name = first.as_deref()?;
    let field = child(&dataset.fields, name);
    let current = entries.remove(name);
    if let Some(value) = placed(field, current, rest, candidate)? {
        entries.insert(name.to_owned(), value);
    }
    Some(Value::Map(entries))
}

/// Returns a field's value with the candidate below it; the inner nothing leaves the field out.
fn placed(
    field: Option<&Field>,
    current: Option<Value>,
    path: &[Option<String>],
    candidate: Candidate,
) -> Option<Option<Value>> {
    let Some((step, rest)) = path.split_first() else {
        return Some(candidate);
    };
    let ty = field.map(|field| &field.ty);
    match step {
        Some(name) => {
            let mut entries = match current.or_else(|| filled_type(ty?, 0)) {
                Some(Value::Map(entries)) => entries,
                _ => BTreeMap::new(),
            };
            let inner = match ty {
                Some(Type::Object(fields)) => child(fields, name),
                _ => None,
            };
            let current = entries.remove(name);
            if let Some(value) = placed(inner, current, rest, candidate)? {
                entries.insert(name.clone(), value);
            }
            Some(Some(Value::Map(entries)))
        }
        None => {
            let (inner, is_list) = match ty {
                Some(Type::Array(items)) => (items.as_deref(), true),
                Some(Type::Map { values, .. }) => (values.as_deref(), false),
                _ => return None,
            };
            let value = placed(inner, None, rest, candidate)?;
            let value = value.unwrap_or(Value::Null);
            Some(Some(if is_list {
                Value::List(vec![value])
            } else {
                Value::Map([("a".to_owned(), value)].into())
            }))
        }
    }
}

/// Fills every field of a record, so that keys have values.
pub(super) fn filled(
    template: &Value,
    allows: &Dataset,
    refuses: &Dataset,
    judge: &Shape<'_>,
) -> Option<Value> {
    let Value::Map(entries) = template else {
        return None;
    };
    let mut entries = entries.clone();
    let named = candidates::of_rules(&allows.quality);
    let keys = key_columns(allows).into_iter().chain(key_columns(refuses));
    for name in keys {
        let Some(field) = child(&allows.fields, name).or_else(|| child(&refuses.fields, name))
        else {
            continue;
        };
        if !entries.contains_key(name) {
            let value = value(field, None, &named, judge);
            entries.insert(name.to_owned(), value);
        }
    }
    Some(Value::Map(entries))
}

/// Columns that tell records apart, each once.
fn key_columns<'c>(dataset: &'c Dataset) -> BTreeSet<&'c str> {
    let keys = Keys::of(dataset, 0);
    let columns: BTreeSet<&'c str> = keys.columns().flatten().copied().collect();
    columns
}

/// Makes records that differ from another in some of its keys only.
pub(super) fn alike(
    first: &Value,
    allows: &Dataset,
    refuses: &Dataset,
    judge: &Shape<'_>,
) -> Vec<Value> {
    let Value::Map(entries) = first else {
        return Vec::new();
    };
    let mut found = vec![first.clone()];
    let columns = key_columns(allows);
    // One key of the other revision stays, all else that tells records apart is another.
    let keys = Keys::of(refuses, 0);
    for key in keys.columns() {
        let group = columns.iter().copied().filter(|name| !key.contains(name));
        let mut entries = entries.clone();
        for name in group {
            let Some(field) = child(&allows.fields, name) else {
                continue;
            };
            let other = candidates::of(&[Some(field)])
                .into_iter()
                .flatten()
                .find(|value| {
                    *value != Value::Null
                        && entries.get(name) != Some(value)
                        && takes(judge, name, value)
                });
            if let Some(other) = other {
                entries.insert(name.to_owned(), other);
            }
        }
        found.push(Value::Map(entries));
    }
    found
}
