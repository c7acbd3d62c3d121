//! How an attribute is computed, by the kind of value that it has, and how it is written into a key.
//!
//! Of each field of an estate all that policies read is written down, so that what costs a
//! contract its time is here: nothing is allocated where a value can be written as it is, and what is
//! not there is not written.

use crate::fact::Fact;
use crate::probe::Probes;
use crate::view::{ContractView, DatasetView, FieldView};

/// How much of an attribute is read.
#[derive(Debug, Clone)]
pub(crate) enum Depth {
    /// Whether it is there.
    Presence,
    /// What it answers to what it is held against.
    Answers(Probes),
    /// All of it.
    Value,
}

/// An attribute that can be computed for a view of one type.
pub(crate) trait Read<V>: Copy {
    /// Returns the value, if there is one.
    fn of<'v>(self, view: &'v V) -> Option<Fact<'v>>;

    /// Writes as much of the value as is read, so that two values of this attribute read alike
    /// exactly when they are alike so far; tells whether that is other than of a thing that states
    /// nothing, of which not a byte is written.
    fn write(self, view: &V, depth: &Depth, key: &mut Vec<u8>) -> bool;
}

macro_rules! facts {
    ($name:ident, $view:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub(crate) enum $name {
            /// Holds or does not hold.
            Flag(for<'v> fn(&'v $view<'_>) -> bool),
            Number(for<'v> fn(&'v $view<'_>) -> Option<i64>),
            Text(for<'v> fn(&'v $view<'_>) -> Option<&'v str>),
            /// A member of an enumerated entity type.
            Word(
                &'static str,
                for<'v> fn(&'v $view<'_>) -> Option<&'static str>,
            ),
            /// A set of texts, in any order, and some perhaps several times.
            Names(for<'v> fn(&'v $view<'_>, &mut dyn FnMut(&'v str))),
            Other(for<'v> fn(&'v $view<'_>) -> Option<Fact<'v>>),
        }

        impl<'c> Read<$view<'c>> for $name {
            fn of<'v>(self, view: &'v $view<'c>) -> Option<Fact<'v>> {
                match self {
                    Self::Flag(of) => Some(Fact::Bool(of(view))),
                    Self::Number(of) => of(view).map(Fact::Long),
                    Self::Text(of) => of(view).map(Fact::text),
                    Self::Word(entity, of) => of(view).map(|word| Fact::Word { of: entity, word }),
                    Self::Names(of) => {
                        let mut names = Vec::new();
                        of(view, &mut |name| names.push(name));
                        Some(Fact::set(names))
                    }
                    Self::Other(of) => of(view),
                }
            }

            fn write(self, view: &$view<'c>, depth: &Depth, key: &mut Vec<u8>) -> bool {
                match self {
                    // A flag is always there, and it holds where that is told.
                    Self::Flag(of) => !matches!(depth, Depth::Presence) && of(view),
                    Self::Number(of) => write_with(of(view), depth, key, |number, _, key| {
                        key.extend_from_slice(&number.to_le_bytes());
                    }),
                    Self::Text(of) => write_with(of(view), depth, key, write_text),
                    Self::Word(_, of) => write_with(of(view), depth, key, |word, _, key| {
                        write_text(word, None, key);
                    }),
                    Self::Names(of) => match depth {
                        Depth::Presence => false,
                        Depth::Answers(probes) => probes.write_members(|see| of(view, see), key),
                        Depth::Value => {
                            let mut is_any = false;
                            of(view, &mut |_| is_any = true);
                            is_any && write_with(self.of(view), depth, key, write_fact)
                        }
                    },
                    Self::Other(of) => write_with(of(view), depth, key, write_fact),
                }
            }
        }
    };
}

facts!(
    ContractFact,
    ContractView,
    "An attribute of a contract, or of its owner."
);
facts!(DatasetFact, DatasetView, "An attribute of a dataset.");
facts!(FieldFact, FieldView, "An attribute of a field.");

/// Writes as much of a value as is read, and tells whether it is there.
fn write_with<T>(
    value: Option<T>,
    depth: &Depth,
    key: &mut Vec<u8>,
    write: impl FnOnce(T, Option<&Probes>, &mut Vec<u8>),
) -> bool {
    let Some(value) = value else { return false };
    match depth {
        Depth::Presence => {}
        Depth::Answers(probes) => write(value, Some(probes), key),
        Depth::Value => write(value, None, key),
    }
    true
}

fn write_text(text: &str, probes: Option<&Probes>, key: &mut Vec<u8>) {
    match probes {
        Some(probes) => probes.write_text(text, key),
        None => {
            key.extend_from_slice(text.as_bytes());
            key.push(END);
        }
    }
}

/// Stands in no text.
const END: u8 = 0xff;

fn write_fact(fact: Fact<'_>, probes: Option<&Probes>, key: &mut Vec<u8>) {
    match probes {
        Some(probes) => probes.write_key(&fact, key),
        None => fact.write_key(key),
    }
}
