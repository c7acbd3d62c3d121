//! A dataset in, a judge of single records out.

use std::collections::BTreeSet;

use meshlaw_contract::model::{Bound, Dataset, Field, Type, option};
use meshlaw_contract::{Key, Pointer, Value};

use crate::compile::{Inner, Node, compile};
use crate::scalar;

/// What a dataset asks of each of its records.
///
/// Records are open: they may hold more than the dataset names.
#[derive(Debug)]
pub struct Shape<'c> {
    at: Pointer,
    fields: Vec<Node<'c>>,
}

/// Something of a record that the contract does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The part of the contract that refuses it: a field, and the key that says so.
    pub pointer: Pointer,
    /// What is wrong, in words.
    pub message: String,
}

/// Where the judge is on the way down; a pointer is made only where something is wrong.
#[derive(Clone, Copy)]
struct At<'a> {
    above: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Dataset(&'a Pointer),
    Field(&'a str),
    Word(&'static str),
}

impl<'c> Shape<'c> {
    /// Compiles what a dataset asks for; patterns that do not compile are left out.
    pub fn of(dataset: &'c Dataset) -> Self {
        Self {
            at: dataset.pointer(),
            fields: compile(dataset),
        }
    }

    /// Returns all that is wrong with a record, in the order of the contract.
    pub fn check(&self, record: &Value) -> Vec<Violation> {
        let mut found = Vec::new();
        let top = At {
            above: None,
            step: Step::Dataset(&self.at),
        };
        match record {
            Value::Map(entries) => {
                for node in &self.fields {
                    let at = top.then(Step::Field(&node.field.name));
                    check(node, at, entries.get(&node.field.name), &mut found);
                }
            }
            other => top.say(&mut found, None, format!("a record is {}", other.noun())),
        }
        found
    }

    /// Returns what is wrong with one field of a record, whatever the others hold.
    pub fn check_field(&self, name: &str, value: Option<&Value>) -> Vec<Violation> {
        let mut found = Vec::new();
        let top = At {
            above: None,
            step: Step::Dataset(&self.at),
        };
        if let Some(node) = self.fields.iter().find(|node| node.field.name == name) {
            check(node, top.then(Step::Field(name)), value, &mut found);
        }
        found
    }
}

impl<'a> At<'a> {
    fn then(&'a self, step: Step<'a>) -> At<'a> {
        At {
            above: Some(self),
            step,
        }
    }

    fn pointer(&self) -> Pointer {
        let above = self.above.map(At::pointer);
        match (above, self.step) {
            (None, Step::Dataset(pointer)) => pointer.clone(),
            (Some(above), Step::Field(name)) => above.word("fields").name(name),
            (Some(above), Step::Word(word)) => above.word(word),
            _ => Pointer::root(),
        }
    }

    /// Names the field with all that is around it, for people.
    fn name(&self) -> String {
        let keys = self.pointer();
        let told = keys.keys().iter().filter_map(|key| match key {
            Key::Word("datasets" | "fields") => None,
            key => Some(key.as_str()),
        });
        format!("`{}`", told.collect::<Vec<_>>().join("."))
    }

    fn say(&self, found: &mut Vec<Violation>, word: Option<&'static str>, message: String) {
        let pointer = self.pointer();
        found.push(Violation {
            pointer: word.map_or_else(|| pointer.clone(), |word| pointer.word(word)),
            message,
        });
    }
}

fn check(node: &Node<'_>, at: At<'_>, value: Option<&Value>, found: &mut Vec<Violation>) {
    let Some(value) = value.filter(|value| **value != Value::Null) else {
        if node.not_null {
            at.say(found, Some("required"), format!("{} is missing", at.name()));
        }
        return;
    };
    if !is_of_type(node.field, value) {
        let message = format!(
            "{} is {}, not of the type `{}`",
            at.name(),
            shown(value),
            node.field.ty.word()
        );
        at.say(found, Some("type"), message);
        return;
    }
    constraints(node, at, value, found);
    options(node.field, at, value, found);
    inside(node, at, value, found);
}

/// The type that the standard has for embeddings.
const VECTOR: &str = "vector";

fn is_of_type(field: &Field, value: &Value) -> bool {
    match &field.ty {
        Type::Scalar(scalar) => scalar::is_of(value, *scalar, field),
        Type::Object(_) | Type::Map { .. } => matches!(value, Value::Map(_)),
        Type::Array(_) => matches!(value, Value::List(_)),
        Type::Opaque(word) if word == VECTOR => match value {
            Value::List(items) => items.iter().all(|item| matches!(item, Value::Number(_))),
            _ => false,
        },
        // What is not said, or not understood here, refuses nothing.
        Type::Unstated | Type::Union(_) | Type::Named(_) | Type::Opaque(_) => true,
    }
}

fn constraints(node: &Node<'_>, at: At<'_>, value: &Value, found: &mut Vec<Violation>) {
    let mut say = |word, message: String| at.say(found, Some(word), message);
    let told = || format!("{} is {}", at.name(), shown(value));
    if let Some(bound) = bound(value) {
        for least in node.least.iter().filter(|least| bound < ***least) {
            say("min", format!("{}, below the least value {least}", told()));
        }
        for greatest in node.greatest.iter().filter(|greatest| bound > ***greatest) {
            say(
                "max",
                format!("{}, above the greatest value {greatest}", told()),
            );
        }
        if node
            .field
            .above
            .as_ref()
            .is_some_and(|above| bound <= **above)
        {
            say("min", format!("{}, not above the bound", told()));
        }
        if node
            .field
            .below
            .as_ref()
            .is_some_and(|below| bound >= **below)
        {
            say("max", format!("{}, not below the bound", told()));
        }
    }
    if node.allowed.iter().any(|allowed| !allowed.contains(value)) {
        say(
            "enum",
            format!("{}, which is not among the allowed values", told()),
        );
    }
    let Value::Text(text) = value else { return };
    let length = text.chars().count() as u64;
    if node.field.min_length.is_some_and(|least| length < least) {
        say(
            "min_length",
            format!("{}, which has only {length} characters", told()),
        );
    }
    if node.field.max_length.is_some_and(|most| length > most) {
        say(
            "max_length",
            format!("{}, which has {length} characters", told()),
        );
    }
    for pattern in node.patterns.iter().filter(|one| one.refuses(text)) {
        let message = format!("{}, which does not match `{}`", told(), pattern.text);
        say("pattern", message);
    }
    let format = node.field.format.as_deref();
    if let Some(format) = format.filter(|format| !scalar::has_format(text, format)) {
        say("format", format!("{}, which is no `{format}`", told()));
    }
}

/// Checks the options of the Open Data Contract Standard that have no attribute of their own.
fn options(field: &Field, at: At<'_>, value: &Value, found: &mut Vec<Violation>) {
    if field.details.is_empty() {
        return;
    }
    let stated = |key: &str| field.details.get(key);
    let count = |key: &'static str| match stated(key) {
        Some(Value::Number(number)) => u64::try_from(number.to_i64()?).ok(),
        _ => None,
    };
    let mut say = |key, message: String| at.say(found, Some(key), message);
    let mut sizes = |size: usize, least: &'static str, most: &'static str| {
        let size = size as u64;
        if count(least).is_some_and(|least| size < least) {
            say(least, format!("{} holds only {size}", at.name()));
        }
        if count(most).is_some_and(|most| size > most) {
            say(most, format!("{} holds {size}", at.name()));
        }
    };
    match value {
        Value::List(items) => {
            let (least, most) = (option::MIN_ITEMS, option::MAX_ITEMS);
            sizes(items.len(), least, most);
            if let Some(size) = count(option::DIMENSIONS)
                && items.len() as u64 != size
            {
                let message = format!("{} has {} numbers, not {size}", at.name(), items.len());
                at.say(found, Some(option::DIMENSIONS), message);
            }
            let unique = option::UNIQUE_ITEMS;
            let distinct: BTreeSet<&Value> = items.iter().collect();
            if stated(unique) == Some(&Value::Boolean(true)) && distinct.len() < items.len() {
                at.say(
                    found,
                    Some(unique),
                    format!("{} holds a value twice", at.name()),
                );
            }
        }
        Value::Map(entries) => {
            let least = option::MIN_PROPERTIES;
            let most = option::MAX_PROPERTIES;
            sizes(entries.len(), least, most);
        }
        Value::Number(number) => {
            let key = option::MULTIPLE_OF;
            if let Some(Value::Number(step)) = stated(key)
                && number.is_multiple_of(step) == Some(false)
            {
                say(
                    key,
                    format!("{} is {number}, no multiple of {step}", at.name()),
                );
            }
        }
        _ => {}
    }
}

fn inside(node: &Node<'_>, at: At<'_>, value: &Value, found: &mut Vec<Violation>) {
    match (&node.inner, value) {
        (Inner::Object(nodes), Value::Map(entries)) => {
            for node in nodes {
                let name = &node.field.name;
                check(node, at.then(Step::Field(name)), entries.get(name), found);
            }
        }
        (Inner::Array(Some(items)), Value::List(values)) => {
            let at = at.then(Step::Word("items"));
            for value in values {
                check(items, at, Some(value), found);
            }
        }
        (Inner::Map(keys, values), Value::Map(entries)) => {
            for (key, value) in entries {
                if let Some(keys) = keys {
                    let key = Value::Text(key.clone());
                    check(keys, at.then(Step::Word("keys")), Some(&key), found);
                }
                if let Some(values) = values {
                    check(values, at.then(Step::Word("values")), Some(value), found);
                }
            }
        }
        _ => {}
    }
}

fn bound(value: &Value) -> Option<Bound> {
    match value {
        Value::Number(number) => Some(Bound::Number(number.clone())),
        Value::Text(text) => Some(Bound::Moment(text.clone())),
        _ => None,
    }
}

/// Shows a value in JSON's way, cut where it is long.
fn shown(value: &Value) -> String {
    let text = crate::to_json(value).to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
