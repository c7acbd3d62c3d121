//! Where something stands in a contract, as a path of names; knows no text and no line.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// One step of a [`Pointer`].
///
/// Words are the model's own (`fields`, `required`); names are chosen by people. The two never
/// mix, so a field called `required` is not the key `required`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A word of the contract model.
    Word(&'static str),
    /// A name that people chose, whatever characters it holds.
    Name(String),
}

impl Key {
    /// Returns the text of the step.
    pub fn as_str(&self) -> &str {
        match self {
            Key::Word(word) => word,
            Key::Name(name) => name,
        }
    }
}

/// A typed path of names, never a dotted string and never a list position.
///
/// Pointers speak the words of the model (`datasets`, `fields`, `quality`), whatever the format of
/// the document calls them, so that a finding, a waiver and a policy mean the same thing in every
/// format.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(Arc<[Key]>);

impl Pointer {
    /// Points at the whole contract.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns this pointer one word deeper.
    #[must_use]
    pub fn word(&self, word: &'static str) -> Self {
        self.join(Key::Word(word))
    }

    /// Returns this pointer one name deeper.
    #[must_use]
    pub fn name(&self, name: impl Into<String>) -> Self {
        self.join(Key::Name(name.into()))
    }

    /// Returns this pointer one step deeper.
    #[must_use]
    pub fn join(&self, key: Key) -> Self {
        Self(self.0.iter().cloned().chain([key]).collect())
    }

    /// Returns this pointer with one more step behind the first `length`.
    #[must_use]
    pub(crate) fn insert(&self, length: usize, key: Key) -> Self {
        let (before, after) = self.0.split_at(length.min(self.0.len()));
        before.iter().chain([&key]).chain(after).cloned().collect()
    }

    /// Returns the pointer one step shallower; the root has none.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.into()))
    }

    /// Returns the steps, outermost first.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// Tells whether this pointer is `other` or lies above it.
    pub fn contains(&self, other: &Pointer) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Tells whether this is the whole contract.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the texts of the steps, for machines.
    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(|key| key.as_str().to_owned()).collect()
    }
}

/// Lets sets of pointers be asked for a part of one without copying it.
impl Borrow<[Key]> for Pointer {
    fn borrow(&self) -> &[Key] {
        &self.0
    }
}

impl FromIterator<Key> for Pointer {
    fn from_iter<I: IntoIterator<Item = Key>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// Shows the names alone, for people: `address.city`, or `contract` for the root.
///
/// Two pointers may read alike; nothing is ever decided on this text.
impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (index, key) in self.0.iter().enumerate() {
            let collection = matches!(key, Key::Word("datasets" | "fields"))
                && matches!(self.0.get(index + 1), Some(Key::Name(_)));
            if collection {
                continue;
            }
            if !first {
                f.write_str(".")?;
            }
            f.write_str(key.as_str())?;
            first = false;
        }
        if first {
            f.write_str("contract")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_names_without_the_collections_that_hold_them() {
        let root = Pointer::root();
        let city = root
            .word("fields")
            .name("address")
            .word("fields")
            .name("city");
        for (pointer, expected) in [
            (root.clone(), "contract"),
            (root.word("fields"), "fields"),
            (city.clone(), "address.city"),
            (city.word("required"), "address.city.required"),
            (
                root.word("fields").name("fields").word("type"),
                "fields.type",
            ),
        ] {
            assert_eq!(pointer.to_string(), expected);
        }
        assert!(root.contains(&city));
        assert!(!city.contains(&root));
    }

    #[test]
    fn a_word_is_not_the_name_that_reads_alike() {
        let root = Pointer::root();
        assert_ne!(root.word("required"), root.name("required"));
    }
}
