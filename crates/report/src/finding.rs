//! What is told to people about one place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// How much a finding matters; later is graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Worth mending.
    Warning,
    /// Must be mended.
    Error,
}

/// What a policy's verdict does; later is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Enforcement {
    /// Only counts, in audit and impact.
    Shadow,
    /// Is reported and never blocks.
    Advisory,
    /// Blocks, and can be waived.
    Soft,
    /// Blocks, and cannot be waived.
    Hard,
}

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A text that cannot be read at all.
    Input,
    /// A contract that says something wrong.
    Contract,
    /// A rule of the catalogue.
    Change,
    /// A policy.
    Policy,
    /// A version that does not fit the changes.
    Version,
    /// A consumer file.
    Consumer,
    /// A glossary file.
    Term,
    /// A waiver file.
    Waiver,
    /// Settings or policies of the head revision.
    Settings,
    /// A record that a contract does not allow.
    Data,
}

/// How a finding relates to the base revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// It was not there, or it got worse.
    New,
    /// It was there already.
    Existing,
    /// It is excused.
    Waived,
    /// It was there and is gone.
    Mended,
}

/// The revision that a place belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// Before the change.
    Base,
    /// After the change.
    Head,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Path, relative to the repository, with forward slashes.
    pub path: String,
    /// Line, from 1; 0 stands for the file as a whole.
    pub line: u32,
    /// Column in characters, from 1; 0 where the line is 0.
    pub column: u32,
    /// The revision.
    pub side: Side,
    /// The line's text, for showing.
    pub excerpt: Option<Excerpt>,
}

/// A line of source, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Excerpt {
    /// The line, without its end.
    pub line: String,
    /// How many characters are meant, from the location's column; at least 1.
    pub length: u32,
}

/// Another place that matters, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Related {
    /// The place.
    pub location: Location,
    /// What stands there.
    pub message: String,
}

/// A consumer that feels a change, and how to reach its people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConsumerContact {
    /// Its name.
    pub name: String,
    /// Team that answers for it.
    pub owner: Option<String>,
    /// Ways to reach them, such as `#fin-data`, best first.
    pub reach: Vec<String>,
    /// The GitHub user or team to mention, such as `@acme/finance`; the settings name it, not the
    /// change that is judged.
    pub mention: Option<String>,
}

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// What would mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, for people.
    pub title: String,
    /// Path of the file, relative to the repository.
    pub path: String,
    /// Where what it replaces begins.
    pub start: Position,
    /// Where what it replaces ends; the same place where it only adds.
    pub end: Position,
    /// What stands there afterwards.
    pub text: String,
}

/// A waiver that would excuse a finding, to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Path for the file, relative to the repository.
    pub path: String,
    /// The file.
    pub text: String,
    /// The teams that may grant it, by name.
    pub approvers: Vec<String>,
}

/// A record, or two, that show a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Witness {
    /// Rows that one contract allows and the other refuses.
    Rows {
        /// The rows, as JSON.
        rows: Vec<serde_json::Value>,
        /// The revision that allows them.
        allowed_by: Side,
    },
    /// No row can show the break.
    Structure,
}

/// Something that people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Policy id, or `contract/unknown-key` and the like.
    pub id: String,
    /// Where it comes from.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// What it does.
    pub enforcement: Enforcement,
    /// How it relates to the base revision.
    pub state: State,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What was seen: values that decided, one a line.
    pub notes: Vec<String>,
    /// The conditions of the policy that decided, in the order of its text.
    #[serde(with = "crate::condition::shared")]
    pub why: Arc<[Condition]>,
    /// The place; absent where there is none.
    pub location: Option<Location>,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// Contract, as `domain/name`; absent for settings and the like.
    pub contract: Option<String>,
    /// The part of the contract.
    pub pointer: Vec<String>,
    /// The part of the contract, for people.
    pub part: Option<String>,
    /// Domain of the contract.
    pub domain: Option<String>,
    /// Owner of the contract.
    pub owner: Option<String>,
    /// Who feels it.
    pub consumers: Vec<ConsumerContact>,
    /// What shows it.
    pub witness: Option<Witness>,
    /// Rule of the change that the finding is about, where it is about one.
    pub rule: Option<String>,
    /// What would mend it, where that is known.
    pub fix: Option<Box<Fix>>,
    /// What would excuse it, where it stops the run and can be excused.
    pub exception: Option<Box<Exception>>,
    /// Stable name of the finding across unrelated edits.
    pub fingerprint: String,
}

impl Finding {
    /// Tells whether the finding stops a run that fails on `fail_on` and graver.
    pub fn blocks(&self, fail_on: Severity, all: bool) -> bool {
        let sort = (self.state, self.severity, self.enforcement);
        blocks(sort, fail_on, all)
    }

    /// Tells whether people are led to an exception where the finding stops them.
    ///
    /// Other findings can be waived, too, but are mended faster than excused.
    pub fn invites_exception(&self) -> bool {
        self.enforcement == Enforcement::Soft
            && self.kind == Kind::Policy
            && self.contract.is_some()
    }
}

/// Tells whether a finding of a sort stops a run that fails on `fail_on` and graver.
///
/// This is the one place where severity, enforcement and state come together.
pub(crate) fn blocks(
    (state, severity, enforcement): (State, Severity, Enforcement),
    fail_on: Severity,
    all: bool,
) -> bool {
    let counts = match state {
        State::New => true,
        State::Existing => all,
        State::Waived | State::Mended => false,
    };
    counts && enforcement >= Enforcement::Soft && severity >= fail_on
}

/// What a change does to the set of data that a contract allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The set shrinks.
    Tightens,
    /// The set grows.
    Loosens,
    /// Some of each.
    Both,
    /// The set stays.
    Neutral,
    /// Nobody can tell.
    Unknown,
}

/// How the people who count feel a change; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nobody notices.
    Safe,
    /// Somebody may notice.
    Risky,
    /// Somebody breaks.
    Breaking,
}

/// A change of a contract, as told to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Rule of the catalogue.
    pub rule: String,
    /// Contract, as `domain/name`.
    pub contract: String,
    /// The part of the contract.
    pub pointer: Vec<String>,
    /// The part of the contract, for people.
    pub part: String,
    /// What it does to the allowed data.
    pub effect: Effect,
    /// How it is felt.
    pub impact: Impact,
    /// What stood there, as text.
    pub before: Option<String>,
    /// What stands there, as text.
    pub after: Option<String>,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Domain of the contract.
    pub domain: Option<String>,
    /// Owner of the contract.
    pub owner: Option<String>,
    /// The place.
    pub location: Location,
    /// Other places that matter, such as where a removed thing stood.
    pub related: Vec<Related>,
    /// What shows it.
    pub witness: Option<Witness>,
    /// Who feels it.
    pub consumers: Vec<ConsumerContact>,
}

macro_rules! shown {
    ($($name:ident { $($variant:ident $text:literal),* $(,)? })*) => { $(
        impl $name {
            /// Returns the word that people and machines read.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )* };
}
pub(crate) use shown;

shown! {
    Severity { Note "note", Warning "warning", Error "error" }
    Enforcement { Shadow "shadow", Advisory "advisory", Soft "soft", Hard "hard" }
    Kind {
        Input "input", Contract "contract", Change "change", Policy "policy", Version "version",
        Consumer "consumer", Term "term", Waiver "waiver", Settings "settings", Data "data",
    }
    State { New "new", Existing "existing", Waived "waived", Mended "mended" }
    Side { Base "base", Head "head" }
    Effect {
        Tightens "tightens", Loosens "loosens", Both "both", Neutral "neutral", Unknown "unknown",
    }
    Impact { Safe "safe", Risky "risky", Breaking "breaking" }
}
