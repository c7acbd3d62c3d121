//! A change in, what happened in words out.

use meshlaw_contract::{Key, Pointer};

use crate::Change;
use crate::edit::{Aspect, Edit, Motion};

/// A message is one line; the whole text stands in `before` and `after`.
const LONGEST_VALUE: usize = 80;

impl Change {
    /// Says what happened, for people.
    pub fn message(&self) -> String {
        // One pass, so that a name that holds a placeholder is not filled in again.
        let mut message = String::with_capacity(self.rule.message.len() + 32);
        let mut rest = self.rule.message;
        while let Some(open) = rest.find('{') {
            let (text, tail) = rest.split_at(open);
            message.push_str(text);
            let (placeholder, tail) = tail.split_once('}').unwrap_or((tail, ""));
            match placeholder {
                "{part" => message.push_str(&part(&self.edit)),
                "{before" => message.push_str(&value(self.edit.before.as_deref())),
                "{after" => message.push_str(&value(self.edit.after.as_deref())),
                other => message.push_str(other),
            }
            rest = tail;
        }
        message.push_str(rest);
        message
    }
}

fn value(text: Option<&str>) -> String {
    let words: Vec<_> = text.unwrap_or("nothing").split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Names the thing that an edit is about.
fn part(edit: &Edit) -> String {
    let pointer = edit.place.pointer();
    let told = || edit.after.as_deref().or(edit.before.as_deref());
    match edit.aspect {
        // Several fields may not repeat together; their names say it best.
        Aspect::Unique => value(told()),
        Aspect::Dataset if pointer.is_root() => value(told()),
        // A member of a set is told by its value.
        Aspect::EnumValue | Aspect::Purpose | Aspect::Region | Aspect::Tag => {
            let list = pointer.parent().unwrap_or_default();
            names(thing(list.keys()))
        }
        // A server has several addresses and details, and so have others.
        Aspect::Constraint
        | Aspect::Detail
        | Aspect::QualityDetail
        | Aspect::Server
        | Aspect::ServerDetail
        | Aspect::SlaDetail => names(pointer.keys()),
        // What is one of a list is told by its own name.
        Aspect::Price | Aspect::Role | Aspect::Support | Aspect::Team => own_name(pointer),
        Aspect::Definition | Aspect::Reference => names(thing(owner(pointer))),
        Aspect::EnumLabel => names(pointer.keys()),
        // What an element is of is said of the array or map itself.
        Aspect::Type if matches!(edit.motion, Motion::Added | Motion::Removed) => {
            names(pointer.parent().unwrap_or_default().keys())
        }
        _ => names(thing(pointer.keys())),
    }
}

/// Names the last step; a key inside another, such as `team.name`, by its own part.
fn own_name(pointer: &Pointer) -> String {
    match pointer.keys().last() {
        Some(Key::Word(word)) => last_part(word).to_owned(),
        Some(Key::Name(name)) => name.clone(),
        None => pointer.to_string(),
    }
}

fn last_part(word: &str) -> &str {
    word.rsplit_once('.').map_or(word, |(_, last)| last)
}

/// Leaves out a member of a list.
fn owner(pointer: &Pointer) -> &[Key] {
    match pointer.keys() {
        [keys @ .., Key::Name(_)] => keys,
        keys => keys,
    }
}

/// Leaves out the words for an attribute of the thing.
fn thing(mut keys: &[Key]) -> &[Key] {
    while let [rest @ .., Key::Word(word)] = keys
        && !matches!(*word, "items" | "keys" | "values")
    {
        keys = rest;
    }
    keys
}

/// Leaves out the words for collections, which say nothing beside the names in them.
fn names(keys: &[Key]) -> String {
    let is_told = |index: usize| {
        let is_collection = matches!(
            keys.get(index),
            Some(Key::Word(
                "datasets" | "fields" | "properties" | "quality" | "servers" | "sla"
            ))
        );
        !is_collection || !matches!(keys.get(index + 1), Some(Key::Name(_)))
    };
    let told = keys.iter().enumerate().filter(|(index, _)| is_told(*index));
    let names: Vec<_> = told
        .map(|(_, key)| match key {
            Key::Word(word) => word.strip_prefix("logicalTypeOptions.").unwrap_or(word),
            Key::Name(name) => name,
        })
        .collect();
    if names.is_empty() {
        Pointer::root().to_string()
    } else {
        names.join(".")
    }
}
