//! What formats state beyond the model in, edits out: details and free keys.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::Value;
use meshlaw_contract::model::{Details, Field};
use semver::Version;

use crate::edit::{Aspect, Motion};
use crate::option;
use crate::phrase::value;
use crate::recorder::{Recorder, Spot, Text};

/// What a detail is about, by its key or the first part of it; what is not here is a plain detail.
/// Sorted by key.
const ASPECTS: &[(&str, Aspect)] = &[
    ("apiVersion", Aspect::StandardVersion),
    ("authoritativeDefinitions", Aspect::Definition),
    ("customProperties", Aspect::Property),
    ("description.authoritativeDefinitions", Aspect::Definition),
    ("description.customProperties", Aspect::Property),
    (ENUM, Aspect::EnumLabel),
    ("logicalTypeOptions", Aspect::Constraint),
    ("partitionKeyPosition", Aspect::Partition),
    ("partitioned", Aspect::Partition),
    ("physicalType", Aspect::PhysicalType),
    ("price", Aspect::Price),
    ("primaryKeyPosition", Aspect::KeyPosition),
    ("relationships", Aspect::Reference),
    ("roles", Aspect::Role),
    ("slaDefaultElement", Aspect::SlaDetail),
    ("slaProperties", Aspect::SlaDetail),
    ("support", Aspect::Support),
    ("team", Aspect::Team),
];

/// The detail that says what people call the allowed values.
const ENUM: &str = "enum";

/// Keys that tell the members of a list apart, most telling first.
const IDENTITIES: &[&str] = &[
    "username", "role", "channel", "property", "url", "name", "value", "id",
];

/// Returns what a detail is about.
fn aspect_of(key: &str) -> Aspect {
    let first = key.split_once('.').map_or(key, |(first, _)| first);
    let find = |key: &str| ASPECTS.iter().find(|(known, _)| *known == key);
    find(key)
        .or_else(|| find(first))
        .map_or(Aspect::Detail, |(_, aspect)| *aspect)
}

impl Recorder<'_> {
    /// Compares what the model has no attribute of its own for.
    pub(crate) fn details(&mut self, at: &impl Spot, before: &Details, after: &Details) {
        self.details_of(at, before, after, false);
    }

    /// Compares the same of a field; `is_whole` tells that its values are whole numbers.
    pub(crate) fn details_of(
        &mut self,
        at: &impl Spot,
        before: &Details,
        after: &Details,
        is_whole: bool,
    ) {
        for (key, old, new) in entries(before, after) {
            let at = at.word(key);
            match aspect_of(key) {
                Aspect::Constraint => self.option(&at, key, old, new, is_whole),
                Aspect::StandardVersion => self.standard_version(&at, old, new),
                Aspect::PhysicalType => self.relation(&at, old, new),
                // Told with the values, which the field has.
                Aspect::EnumLabel => {}
                aspect => self.detail(aspect, &at, old, new),
            }
        }
    }

    /// Compares what a quality rule says beside its check; all of it is about the rule.
    pub(crate) fn quality_details(&mut self, at: &impl Spot, before: &Details, after: &Details) {
        for (key, old, new) in entries(before, after) {
            self.detail(Aspect::QualityDetail, &at.word(key), old, new);
        }
    }

    /// Compares free keys, an edit for each.
    pub(crate) fn properties(
        &mut self,
        at: &impl Spot,
        before: &BTreeMap<String, Value>,
        after: &BTreeMap<String, Value>,
    ) {
        for (name, old, new) in entries(before, after) {
            if old != new {
                self.stated(Aspect::Property, &at.name(name), [old, new], value);
            }
        }
    }

    /// Compares a value: mappings by key, lists of known members by member, all else as a whole.
    fn detail(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        match (before, after) {
            (old, new) if old == new => {}
            (Some(Value::Map(old)), Some(Value::Map(new))) => {
                for (key, old, new) in entries(old, new) {
                    self.detail(aspect, &at.name(key), old, new);
                }
            }
            (old, new) => match Members::of(old, new) {
                _ if are_same_texts(old, new) => {}
                Some(members) => self.members(aspect, at, &members),
                None => self.stated(aspect, at, [old, new], value),
            },
        }
    }

    fn members(&mut self, aspect: Aspect, at: &impl Spot, members: &Members<'_>) {
        for (name, old, new) in entries(&members.before, &members.after) {
            if old == new {
                continue;
            }
            let texts = [(old, new), (new, old)]
                .map(|(one, other)| one.and_then(|one| told(one, *other?, members.identity)));
            let whole =
                |member: Option<&&Entries>| member.and_then(|one| rest(one, members.identity));
            let [before, after] = match (old, new) {
                (Some(_), Some(_)) => texts,
                _ => [whole(old), whole(new)],
            };
            if let Some(motion) = Motion::of(old, new) {
                self.edit(aspect, motion, &at.name(name), before, after);
            }
        }
    }

    /// Compares what is said of allowed values that stay; what is said of others comes and goes
    /// with them.
    pub(crate) fn labels(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        let stays = |value: Option<&Value>| {
            let both = [&before.allowed, &after.allowed];
            value.is_some_and(|value| both.iter().all(|list| allows(list.as_ref(), value)))
        };
        let labels = |field: &Field| match field.details.get(ENUM) {
            Some(Value::List(items)) => {
                let kept = items.iter().filter(|item| match item {
                    Value::Map(entries) => entries.len() > 1 && stays(entries.get("value")),
                    _ => false,
                });
                Some(Value::List(kept.cloned().collect()))
            }
            other => other.cloned(),
        };
        let (old, new) = (labels(before), labels(after));
        self.detail(
            Aspect::EnumLabel,
            &at.word(ENUM),
            old.as_ref(),
            new.as_ref(),
        );
    }

    fn option(
        &mut self,
        at: &impl Spot,
        key: &str,
        before: Option<&Value>,
        after: Option<&Value>,
        is_whole: bool,
    ) {
        let option = key.rsplit_once('.').map_or(key, |(_, option)| option);
        if let Some(motion) = option::motion(option, before, after, is_whole) {
            let texts = (before.map(value), after.map(value));
            self.edit(Aspect::Constraint, motion, at, texts.0, texts.1);
        }
    }

    /// Compares what a dataset is in storage, such as a table or a view: whoever reads may not
    /// notice, and nobody here can tell.
    fn relation(&mut self, at: &impl Spot, before: Option<&Value>, after: Option<&Value>) {
        let word = |one: &Value| one.to_string().trim().to_lowercase();
        let motion = match (before, after) {
            (old, new) if old == new => return,
            (Some(old), Some(new)) if word(old) == word(new) => Some(Motion::Restated),
            (Some(_), Some(_)) => Some(Motion::Unclear),
            (old, new) => Motion::of(old, new),
        };
        if let Some(motion) = motion {
            let texts = (before.map(value), after.map(value));
            self.edit(Aspect::PhysicalType, motion, at, texts.0, texts.1);
        }
    }

    fn standard_version(&mut self, at: &impl Spot, before: Option<&Value>, after: Option<&Value>) {
        let version = |value: &Value| {
            let Value::Text(text) = value else {
                return None;
            };
            Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
        };
        let order = before
            .and_then(version)
            .zip(after.and_then(version))
            .map(|(old, new)| (old < new, new < old));
        let motion = match order {
            Some((true, _)) => Some(Motion::Raised),
            Some((_, true)) => Some(Motion::Lowered),
            _ => Motion::of(before, after).filter(|_| before != after),
        };
        if let Some(motion) = motion {
            let texts = (before.map(value), after.map(value));
            self.edit(Aspect::StandardVersion, motion, at, texts.0, texts.1);
        }
    }

    fn stated(
        &mut self,
        aspect: Aspect,
        at: &impl Spot,
        [before, after]: [Option<&Value>; 2],
        shown: fn(&Value) -> String,
    ) {
        if let Some(motion) = Motion::of(before, after) {
            self.edit(aspect, motion, at, before.map(shown), after.map(shown));
        }
    }
}

fn allows(list: Option<&Vec<Value>>, value: &Value) -> bool {
    list.is_some_and(|list| list.contains(value))
}

/// Lists the keys of two mappings with what each says of them.
fn entries<'v, K: Ord, V>(
    before: &'v BTreeMap<K, V>,
    after: &'v BTreeMap<K, V>,
) -> Vec<(&'v K, Option<&'v V>, Option<&'v V>)> {
    let keys: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .map(|key| (key, before.get(key), after.get(key)))
        .collect()
}

type Entries = BTreeMap<String, Value>;

/// Two lists whose members are told apart by a key.
#[derive(Debug)]
struct Members<'v> {
    identity: &'static str,
    before: BTreeMap<String, &'v Entries>,
    after: BTreeMap<String, &'v Entries>,
}

impl<'v> Members<'v> {
    /// Finds the key by which every member of both lists is told from the others.
    fn of(before: Option<&'v Value>, after: Option<&'v Value>) -> Option<Self> {
        let list = |value: Option<&'v Value>| match value {
            None => Some([].as_slice()),
            Some(Value::List(items)) => Some(items.as_slice()),
            Some(_) => None,
        };
        let (before, after) = (list(before)?, list(after)?);
        IDENTITIES.iter().find_map(|identity| {
            Some(Self {
                identity,
                before: by_identity(before, identity)?,
                after: by_identity(after, identity)?,
            })
        })
    }
}

fn by_identity<'v>(items: &'v [Value], identity: &str) -> Option<BTreeMap<String, &'v Entries>> {
    let mut members = BTreeMap::new();
    for item in items {
        let Value::Map(entries) = item else {
            return None;
        };
        let name = match entries.get(identity)? {
            Value::List(_) | Value::Map(_) => return None,
            name => value(name),
        };
        // A promise may be made to several elements.
        let name = match entries.get("element") {
            Some(Value::Text(element)) if identity == "property" => format!("{name}({element})"),
            _ => name,
        };
        if members.insert(name, entries).is_some() {
            return None;
        }
    }
    Some(members)
}

/// Says what a member states otherwise than another.
fn told(one: &Entries, other: &Entries, identity: &str) -> Text {
    let differing = one
        .iter()
        .filter(|(key, value)| other.get(*key) != Some(value));
    phrase(differing, identity)
}

/// Says what a member states beside its identity; nothing else is left where that is all.
fn rest(member: &Entries, identity: &str) -> Text {
    phrase(member.iter(), identity).or_else(|| member.get(identity).map(value))
}

fn phrase<'v>(entries: impl Iterator<Item = (&'v String, &'v Value)>, identity: &str) -> Text {
    let parts: Vec<_> = entries
        .filter(|(key, _)| key.as_str() != identity)
        .map(|(key, told)| format!("{key}: {}", value(told)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Tells whether two lists hold the same texts; the order of labels says nothing.
fn are_same_texts(before: Option<&Value>, after: Option<&Value>) -> bool {
    let texts = |value: Option<&Value>| match value {
        Some(Value::List(items)) => items
            .iter()
            .map(|item| match item {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect::<Option<BTreeSet<_>>>(),
        _ => None,
    };
    texts(before).is_some_and(|old| Some(old) == texts(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_prefix_counts() {
        assert!(ASPECTS.is_sorted_by(|one, next| one.0 < next.0));
        for (key, aspect) in [
            ("tenant", Aspect::Detail),
            ("description.usage", Aspect::Detail),
            ("description.customProperties", Aspect::Property),
            ("team.members", Aspect::Team),
            ("team", Aspect::Team),
            ("logicalTypeOptions.minItems", Aspect::Constraint),
        ] {
            assert_eq!(aspect_of(key), aspect, "{key}");
        }
    }
}
