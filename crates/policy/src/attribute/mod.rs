//! A contract, a dataset or a field in, its attributes as the vocabulary names them out.
//!
//! Attributes are computed when they are asked for, since most policies read few of them.

mod contract;
mod dataset;
mod field;
mod read;
mod stated;

pub(crate) use contract::{CONTRACT, TEAM};
pub(crate) use dataset::DATASET;
pub(crate) use field::FIELD;
pub(crate) use read::{ContractFact, DatasetFact, Depth, FieldFact, Read};
pub(crate) use stated::Stated;

use meshlaw_contract::model::{Classification, Deprecation, Field, Version};

use crate::World;
use crate::fact::Fact;

/// An attribute: its name in the vocabulary, and how it is computed.
pub(crate) struct Attribute<F> {
    pub(crate) name: &'static str,
    pub(crate) fact: F,
    /// What has to be stated for it to be other than if nothing was.
    pub(crate) hangs_on: Stated,
    /// What that tells of it by itself.
    pub(crate) told: Told,
}

/// How much of an attribute is known by what it hangs on, without a look at its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    /// Whether it is there.
    Presence,
    /// All there is.
    Value,
}

const fn attribute<F: Copy>(name: &'static str, fact: F) -> Attribute<F> {
    on(Stated::EVER, name, fact)
}

/// An attribute of fields that is as if nothing was stated, unless one of some things is.
const fn on<F: Copy>(hangs_on: Stated, name: &'static str, fact: F) -> Attribute<F> {
    hanging(hangs_on, Told::Nothing, name, fact)
}

/// An attribute of fields that is there exactly where something is stated.
const fn there<F: Copy>(hangs_on: Stated, name: &'static str, fact: F) -> Attribute<F> {
    hanging(hangs_on, Told::Presence, name, fact)
}

/// An attribute of fields that is the same wherever the same things are stated.
const fn told<F: Copy>(hangs_on: Stated, name: &'static str, fact: F) -> Attribute<F> {
    hanging(hangs_on, Told::Value, name, fact)
}

const fn hanging<F: Copy>(
    hangs_on: Stated,
    told: Told,
    name: &'static str,
    fact: F,
) -> Attribute<F> {
    Attribute {
        name,
        fact,
        hangs_on,
        told,
    }
}

/// As many attributes as one number can tell of are written into a key together.
pub(crate) const MOST: usize = 64;

const _: () = assert!(CONTRACT.len() <= MOST && FIELD.len() <= MOST);
const _: () = assert!(DATASET.len() <= MOST && TEAM.len() <= MOST);

/// Tells whether values are hidden; `masking: none` says on purpose that they are not.
fn is_masked(field: &Field) -> bool {
    field
        .masking
        .as_deref()
        .is_some_and(|method| method != "none")
}

fn name_of(field: &Field) -> &str {
    &field.name
}

pub(crate) fn rank_of(class: Classification) -> i64 {
    match class {
        Classification::Public => 0,
        Classification::Internal => 1,
        Classification::Confidential => 2,
        Classification::Restricted => 3,
    }
}

/// Returns the numbers of a version; one that is no semantic version has none.
pub(crate) fn version<'v>(version: &Version) -> Option<Fact<'v>> {
    let version = version.semantic()?;
    Some(Fact::Record(vec![
        ("isPreRelease", Fact::Bool(!version.pre.is_empty())),
        ("major", Fact::Long(long(version.major))),
        ("minor", Fact::Long(long(version.minor))),
        ("patch", Fact::Long(long(version.patch))),
    ]))
}

fn long(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

fn has_replacement(deprecation: Option<&Deprecation>) -> bool {
    deprecation.is_some_and(|notice| notice.replacement.is_some())
}

fn has_sunset(deprecation: Option<&Deprecation>) -> bool {
    deprecation.is_some_and(|notice| notice.sunset.is_some())
}

fn days_to_sunset(deprecation: Option<&Deprecation>, world: &World) -> Option<i64> {
    Some(world.days_to(deprecation?.sunset?))
}

fn is_snake_case(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_plain)
}

/// Returns the names of a table.
pub(crate) fn attribute_names<V>(table: &[Attribute<V>]) -> Vec<&'static str> {
    table.iter().map(|attribute| attribute.name).collect()
}

/// Looks an attribute up in a table.
pub(crate) fn find<V: Copy>(table: &[Attribute<V>], name: &str) -> Option<V> {
    let at = table
        .binary_search_by(|attribute| attribute.name.cmp(name))
        .ok()?;
    Some(table.get(at)?.fact)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names<V>(table: &[Attribute<V>]) -> BTreeSet<String> {
        table
            .iter()
            .map(|attribute| attribute.name.to_owned())
            .collect()
    }

    #[test]
    fn every_attribute_of_the_vocabulary_has_its_source() {
        let (fragment, _) =
            cedar_policy::SchemaFragment::from_cedarschema_str(crate::VOCABULARY).unwrap();
        let schema = fragment.to_json_value().unwrap();
        let stated = |of: &str| -> BTreeSet<String> {
            let shape = &schema[""]["entityTypes"][of]["shape"]["attributes"];
            shape.as_object().unwrap().keys().cloned().collect()
        };
        let linked = |mut made: BTreeSet<String>, links: &[&str]| {
            made.extend(links.iter().map(|link| (*link).to_owned()));
            made
        };
        assert_eq!(stated("Contract"), names(CONTRACT));
        assert_eq!(stated("Dataset"), linked(names(DATASET), &["contract"]));
        assert_eq!(
            stated("Field"),
            linked(names(FIELD), &["contract", "dataset"])
        );
        assert_eq!(stated("Team"), names(TEAM));
    }

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(CONTRACT.is_sorted_by(|a, b| a.name < b.name));
        assert!(DATASET.is_sorted_by(|a, b| a.name < b.name));
        assert!(FIELD.is_sorted_by(|a, b| a.name < b.name));
        assert!(TEAM.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn names_are_snake_case_or_not() {
        for (name, expected) in [
            ("lead_id", true),
            ("a1", true),
            ("leadId", false),
            ("1a", false),
            ("_a", false),
            ("", false),
        ] {
            assert_eq!(is_snake_case(name), expected, "{name}");
        }
    }
}
