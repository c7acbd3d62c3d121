//! A request that a solver found in, what rules read of it, as plain values, out.
//!
//! A solver gives every attribute a value. What no rule reads can be anything, and is left to whoever
//! writes the contract down.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::rule::Rule;
use crate::scene::Scene;

/// A request, seen through what rules read.
pub(super) struct Told<'s> {
    scene: &'s Scene,
    read: BTreeSet<Vec<String>>,
    /// The rules, as they say what things should lie in.
    rules: Vec<&'s str>,
    /// Texts that only a solver would write are replaced by words that people use.
    is_polished: bool,
}

/// Where something stands in a request.
pub(super) type At<'p> = &'p [&'p str];

impl<'s> Told<'s> {
    pub(super) fn new(scene: &'s Scene, rules: &[&'s Rule], is_polished: bool) -> Self {
        let paths = rules.iter().flat_map(|rule| rule.paths.iter().cloned());
        Self {
            scene,
            read: paths.collect(),
            rules: rules.iter().map(|rule| rule.canon.as_str()).collect(),
            is_polished,
        }
    }

    /// Puts a word in the place of a text that says nothing to people.
    pub(super) fn plausible<'t>(&self, attribute: &str, text: &'t str) -> &'t str {
        let says_nothing = text.trim().is_empty() || text.chars().any(char::is_control);
        let is_odd = self.is_polished && text.chars().count() < 2;
        if !says_nothing && !is_odd {
            return text;
        }
        match attribute {
            "compatibility" => "consumers",
            "description" => "what it holds",
            "format" => "email",
            "legalBasis" => "consent",
            "masking" => "hash",
            "owner" => "example-team",
            "pii" => "contact",
            "purposes" => "analysis",
            "regions" => "eu-central-1",
            "unit" => "EUR",
            _ => "example",
        }
    }

    /// Tells whether any rule reads an attribute.
    pub(super) fn is_read(&self, at: At<'_>, name: &str) -> bool {
        let mut path: Vec<String> = at.iter().map(|step| (*step).to_owned()).collect();
        path.push(name.to_owned());
        self.read.iter().any(|read| read.starts_with(&path))
    }

    /// Returns a value that some rule reads, where there is one.
    pub(super) fn value(&self, at: At<'_>, name: &str) -> Option<&'s Value> {
        if !self.is_read(at, name) {
            return None;
        }
        self.scene.value(&[at, &[name]].concat())
    }

    /// Returns a text, or the name of an entity.
    pub(super) fn text(&self, at: At<'_>, name: &str) -> Option<&'s str> {
        word(self.value(at, name)?)
    }

    pub(super) fn long(&self, at: At<'_>, name: &str) -> Option<i64> {
        self.value(at, name)?.as_i64()
    }

    pub(super) fn flag(&self, at: At<'_>, name: &str) -> Option<bool> {
        self.value(at, name)?.as_bool()
    }

    /// Returns the members of a set that is read; empty texts say nothing.
    pub(super) fn set(&self, at: At<'_>, name: &str) -> Option<Vec<&'s str>> {
        let members = self.value(at, name)?.as_array()?.iter();
        let mut members: Vec<&str> = members.filter_map(word).collect();
        members.sort_unstable();
        Some(members)
    }

    /// Returns what something lies in, where some rule names anything of that type.
    pub(super) fn parent(&self, at: At<'_>, of: &str) -> Option<&'s str> {
        let named = format!("\"type\":\"{of}\"");
        let is_asked = self.rules.iter().any(|rule| rule.contains(&named));
        let parents = self.scene.parents(at, of).into_iter();
        let parents = parents.filter(|_| is_asked);
        parents.filter(|name| !name.is_empty()).min()
    }

    /// Returns the free keys.
    pub(super) fn tags(&self, at: At<'_>) -> Option<&'s Map<String, Value>> {
        self.scene.tags(at).filter(|tags| !tags.is_empty())
    }
}

fn word(value: &Value) -> Option<&str> {
    let of_entity = value.pointer("/__entity/id");
    let of_extension = value.pointer("/__extn/arg");
    of_entity.or(of_extension).unwrap_or(value).as_str()
}
