//! The words of two types in storage in, how the values that they hold moved out.
//!
//! A type is read as the system that serves the data reads it: `int` is 32 bits in PostgreSQL, 64
//! in BigQuery and 38 digits in Snowflake. Where no system is known, the words of SQL decide.

mod dialect;
mod kind;
mod names;
mod reading;
mod syntax;

pub(crate) use dialect::Dialect;

use kind::{Kind, Stored, Within, Zone};
use meshlaw_contract::model::Contract;

use crate::edit::{Aspect, Motion};

/// Tells whether the values of a type carry a zone, or stand for one point in time, as the systems
/// that serve the contract read it; none where the type is no time, or nobody knows it.
pub fn has_zone(contract: &Contract, ty: &str) -> Option<bool> {
    match reading::read((ty, Dialect::of(contract))).kind {
        Kind::Timestamp { zone, .. } => Some(zone != Zone::None),
        Kind::Time { has_zone, .. } => Some(has_zone),
        _ => None,
    }
}

/// What differs between two types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Names of members on the way down, where the difference lies inside of the type.
    pub(crate) path: Vec<String>,
    pub(crate) aspect: Aspect,
    pub(crate) motion: Motion,
}

/// Compares two texts, each in its own dialect; nothing means that they are one text but for blanks
/// and large letters, which no system looks at.
pub(crate) fn differences(before: (&str, Dialect), after: (&str, Dialect)) -> Vec<Difference> {
    if before.1 == after.1 && syntax::reads_alike(before.0, after.0) {
        return Vec::new();
    }
    let (old, new) = (reading::read(before), reading::read(after));
    let mut found = Vec::new();
    compare(&mut Vec::new(), &old, &new, &mut found);
    if found.is_empty() && before.0 != after.0 {
        found.push(Difference {
            path: Vec::new(),
            aspect: Aspect::PhysicalType,
            motion: Motion::Restated,
        });
    }
    found
}

fn compare(path: &mut Vec<String>, old: &Stored, new: &Stored, found: &mut Vec<Difference>) {
    let motion = motion(old, new);
    if let Some(motion) = motion {
        found.push(Difference {
            path: path.clone(),
            aspect: Aspect::PhysicalType,
            motion,
        });
    }
    let mut inner = |name: &str, old: &Stored, new: &Stored, found: &mut Vec<Difference>| {
        path.push(name.to_owned());
        compare(path, old, new, found);
        path.pop();
    };
    match (&old.kind, &new.kind) {
        (Kind::Array(old), Kind::Array(new)) => inner("items", old, new, found),
        (Kind::Map(old_key, old_value), Kind::Map(new_key, new_value)) => {
            inner("keys", old_key, new_key, found);
            inner("values", old_value, new_value, found);
        }
        (Kind::Struct(old), Kind::Struct(new)) => members(path, old, new, found),
        _ => {}
    }
}

/// Compares members by name; letters may be large or small, as systems do not tell them apart.
fn members(
    path: &mut Vec<String>,
    old: &[(String, Stored)],
    new: &[(String, Stored)],
    found: &mut Vec<Difference>,
) {
    // Without members, nobody knows which there are.
    if old.is_empty() || new.is_empty() {
        if old.len() != new.len() {
            found.push(Difference {
                path: path.clone(),
                aspect: Aspect::PhysicalType,
                motion: Motion::Unclear,
            });
        }
        return;
    }
    let find = |list: &[(String, Stored)], name: &str| {
        let same = |(other, _): &&(String, Stored)| other.eq_ignore_ascii_case(name);
        list.iter().find(same).map(|(_, ty)| ty.clone())
    };
    for (name, ty) in old {
        path.push(name.clone());
        match find(new, name) {
            Some(other) => compare(path, ty, &other, found),
            None => found.push(Difference {
                path: path.clone(),
                aspect: Aspect::PhysicalMember,
                motion: Motion::Removed,
            }),
        }
        path.pop();
    }
    for (name, _) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
        let mut path = path.clone();
        path.push(name.clone());
        found.push(Difference {
            path,
            aspect: Aspect::PhysicalMember,
            motion: Motion::Added,
        });
    }
}

/// Returns how the values move, whatever nests in them; nothing means not at all.
fn motion(old: &Stored, new: &Stored) -> Option<Motion> {
    let within = |from: &Stored, to: &Stored| match from.kind.is_within(&to.kind) {
        Within::Yes if to.not_null && !from.not_null => Within::No,
        within => within,
    };
    match (within(old, new), within(new, old)) {
        (Within::Yes, Within::Yes) => None,
        (Within::Unknown, _) | (_, Within::Unknown) => Some(Motion::Unclear),
        (Within::Yes, Within::No) => Some(Motion::Loosened),
        (Within::No, Within::Yes) => Some(Motion::Tightened),
        (Within::No, Within::No) => Some(Motion::Changed),
    }
}

#[cfg(test)]
mod tests;
