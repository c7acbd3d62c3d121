//! How the standard's tables are written: keys, since when, where their parts stand in the model.

use super::Standard;
use crate::NodeRef;
use crate::lowering::Lowering;

/// A mapping of the standard.
#[derive(Debug)]
pub struct Object {
    /// What it describes, for people.
    pub noun: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// Keys that must be there, with the versions in which they must.
    pub required: &'static [Needed],
    /// Other keys are let through by the standard; they are doubts.
    pub is_open: bool,
}

/// A key of a mapping.
#[derive(Debug)]
pub struct Key {
    /// The key as it is written.
    pub key: &'static str,
    /// The first version that has it.
    pub since: Standard,
    /// Where its value stands in the model.
    pub step: Step,
    /// What its value must be.
    pub shape: Shape,
}

/// A key that must be there, from one version to another, both included.
#[derive(Debug)]
pub struct Needed {
    pub key: &'static str,
    pub from: Standard,
    pub to: Standard,
}

/// Where the value of a key stands in the model, seen from the mapping around it.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Under the same word.
    Same,
    /// Under another word.
    As(&'static str),
}

/// Checks a value by rules that a table cannot say.
pub type Check = for<'d> fn(&mut Lowering<'d>, NodeRef<'d>, Standard);

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Anything.
    Any,
    /// A mapping of anything.
    AnyMapping,
    /// A single value of any type.
    Single,
    /// A text.
    Text,
    /// A day; another text is a doubt, since the standard lets it pass.
    Day,
    /// A point in time; likewise.
    Moment,
    /// A number.
    Number,
    /// A whole number, not less than so much.
    Whole(Option<i64>),
    /// `true` or `false`.
    Flag,
    /// A text by which parts find each other.
    StableId,
    /// One of a closed list of words, each since a version.
    Words(&'static [(&'static str, Standard)]),
    /// A list.
    List(&'static Shape),
    /// A list of mappings that are told apart by a key.
    Named(&'static Object, &'static str),
    /// A mapping.
    Object(&'static Object),
    /// What a table cannot say.
    Check(Check),
}

/// A key that stands in the model as it is written.
pub const fn key(key: &'static str, since: Standard, shape: Shape) -> Key {
    Key {
        key,
        since,
        step: Step::Same,
        shape,
    }
}

/// A key that stands in the model under another word.
pub const fn renamed(key: &'static str, word: &'static str, since: Standard, shape: Shape) -> Key {
    Key {
        key,
        since,
        step: Step::As(word),
        shape,
    }
}

/// A key that must be there in every version.
pub const fn always(key: &'static str) -> Needed {
    Needed {
        key,
        from: Standard::V30,
        to: Standard::V32,
    }
}

impl Object {
    /// Returns the entry of a key.
    pub fn entry(&self, key: &str) -> Option<&'static Key> {
        let keys: &'static [Key] = self.keys;
        keys.iter().find(|entry| entry.key == key)
    }
}
