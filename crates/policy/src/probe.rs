//! What policies hold a value against in, the answers for one value out.
//!
//! Most policies ask of a name only whether it holds a word of theirs. Two names that give the
//! same answers are alike to them, so that the answers can stand for the name.

use std::str::Chars;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fact::Fact;

/// Values in order, each once, wherever they were joined.
type Sorted<T> = Vec<T>;

/// What is asked of one attribute, of several policies together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Probes {
    /// Texts that a text is compared with.
    equals: Sorted<String>,
    /// Patterns that a text is matched with; nothing in place of a wildcard.
    like: Sorted<Vec<Option<char>>>,
    /// Texts that a set is searched for.
    members: Sorted<String>,
    /// Whether it is asked if a set is empty.
    is_empty: bool,
}

impl Probes {
    /// Reads `path.contains("x")`, `path == "x"` and their like; returns the expression that is
    /// asked about, and what is asked. Anything else is no probe.
    pub(crate) fn of<'v>(form: &str, inner: &'v Value) -> Option<(&'v Value, Self)> {
        let mut probes = Self::default();
        if form == "isEmpty" {
            probes.is_empty = true;
            return Some((inner.get("arg")?, probes));
        }
        let left = inner.get("left")?;
        if form == "like" {
            let pattern = inner.get("pattern")?.as_array()?;
            let pattern: Option<Vec<_>> = pattern.iter().map(element).collect();
            probes.like.push(pattern?);
            return Some((left, probes));
        }
        let right = inner.get("right")?;
        match form {
            "==" | "!=" => {
                let (asked, literal) = match text(right) {
                    Some(literal) => (left, literal),
                    None => (right, text(left)?),
                };
                probes.equals.push(literal.to_owned());
                Some((asked, probes))
            }
            "contains" => match (text(right), texts(left)) {
                (Some(literal), _) => {
                    probes.members.push(literal.to_owned());
                    Some((left, probes))
                }
                (None, Some(literals)) => {
                    probes.equals.extend(literals);
                    Some((right, probes))
                }
                (None, None) => None,
            },
            "containsAny" | "containsAll" => {
                let (asked, literals) = match (texts(right), texts(left)) {
                    (Some(literals), _) => (left, literals),
                    // Whether a list of texts holds all of a set hangs on more than the list.
                    (None, Some(literals)) if form == "containsAny" => (right, literals),
                    _ => return None,
                };
                probes.members.extend(literals);
                Some((asked, probes))
            }
            _ => None,
        }
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        join(&mut self.equals, &other.equals);
        join(&mut self.like, &other.like);
        join(&mut self.members, &other.members);
        self.is_empty |= other.is_empty;
    }

    /// Writes the answers for a value, so that two values read alike exactly when all are equal.
    ///
    /// A value that is neither a text nor a set is written whole.
    pub(crate) fn write_key(&self, fact: &Fact<'_>, key: &mut Vec<u8>) {
        match fact {
            Fact::Text(value) => self.write_text(value, key),
            Fact::Set(members) => {
                let each = |see: &mut dyn FnMut(&str)| members.iter().for_each(|one| see(one));
                let at = key.len();
                key.push(0);
                let is_told = self.write_members(each, key);
                if let Some(told) = key.get_mut(at) {
                    *told = u8::from(is_told);
                }
            }
            other => other.write_key(key),
        }
    }

    /// Writes the answers for a text.
    pub(crate) fn write_text(&self, text: &str, key: &mut Vec<u8>) {
        key.push(b'?');
        let own = self.equals.binary_search_by(|one| one.as_str().cmp(text));
        let own = own.map_or(u32::MAX, |at| at as u32);
        key.extend_from_slice(&own.to_le_bytes());
        key.extend(self.like.iter().map(|one| u8::from(is_like(one, text))));
    }

    /// Writes the answers for a set, whose members come in any order, and tells whether they are
    /// other than those for an empty one, of which nothing is written.
    pub(crate) fn write_members(
        &self,
        each: impl FnOnce(&mut dyn FnMut(&str)),
        key: &mut Vec<u8>,
    ) -> bool {
        let from = key.len();
        key.resize(from + self.members.len().div_ceil(8), 0);
        // Most members look like nothing that is asked for.
        let alike = self.members.iter().fold(0, |all, one| all | likeness(one));
        let (mut is_empty, mut is_known) = (true, false);
        each(&mut |member| {
            is_empty = false;
            if alike & likeness(member) == 0 {
                return;
            }
            let found = self
                .members
                .binary_search_by(|one| one.as_str().cmp(member));
            if let Ok(at) = found
                && let Some(byte) = key.get_mut(from + at / 8)
            {
                *byte |= 1 << (at % 8);
                is_known = true;
            }
        });
        let is_told = is_known || self.is_empty && !is_empty;
        if !is_told {
            key.truncate(from);
        } else if self.is_empty {
            key.push(u8::from(is_empty));
        }
        is_told
    }
}

/// Returns a bit of a text that most others do not share.
pub(crate) fn likeness(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
    let last = bytes.last().copied().unwrap_or_default();
    let number = bytes.len() + 5 * usize::from(last) + 11 * usize::from(middle);
    1 << (number % 64)
}

/// Adds to a list what it does not hold, and keeps it in order.
fn join<T: Ord + Clone>(own: &mut Sorted<T>, other: &[T]) {
    own.extend(other.iter().cloned());
    own.sort();
    own.dedup();
}

/// Matches a text with a pattern, by the last wildcard that could still take more.
fn is_like(pattern: &[Option<char>], text: &str) -> bool {
    let (mut at, mut rest) = (0, text.chars());
    let mut retry: Option<(usize, Chars<'_>)> = None;
    loop {
        let mut behind = rest.clone();
        let Some(letter) = behind.next() else { break };
        match (pattern.get(at), &mut retry) {
            (Some(None), _) => {
                at += 1;
                retry = Some((at, rest.clone()));
            }
            (Some(Some(one)), _) if *one == letter => {
                at += 1;
                rest = behind;
            }
            (_, Some((wildcard, from))) => {
                from.next();
                (at, rest) = (*wildcard, from.clone());
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(Option::is_none)
}

fn element(element: &Value) -> Option<Option<char>> {
    if element.as_str() == Some("Wildcard") {
        return Some(None);
    }
    let mut characters = element.get("Literal")?.as_str()?.chars();
    let one = characters.next()?;
    characters.next().is_none().then_some(Some(one))
}

fn text(value: &Value) -> Option<&str> {
    value.get("Value")?.as_str()
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.get("Set")?.as_array()?;
    items
        .iter()
        .map(|item| text(item).map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn patterns_match_as_in_cedar(pattern in "[ab*]{0,6}", text in "[ab]{0,7}") {
            let ours: Vec<Option<char>> =
                pattern.chars().map(|one| (one != '*').then_some(one)).collect();
            let policy = format!("permit(principal, action, resource) when {{ \"{text}\" like \"{pattern}\" }};");
            let set = cedar_policy::PolicySet::from_str(&policy).unwrap();
            let request = cedar_policy::Request::new(
                crate::entity::uid("A", "a"),
                crate::entity::uid("A", "a"),
                crate::entity::uid("A", "a"),
                cedar_policy::Context::empty(),
                None,
            )
            .unwrap();
            let response = cedar_policy::Authorizer::new().is_authorized(
                &request,
                &set,
                &cedar_policy::Entities::empty(),
            );
            let theirs = response.decision() == cedar_policy::Decision::Allow;
            prop_assert_eq!(is_like(&ours, &text), theirs);
        }
    }
}
