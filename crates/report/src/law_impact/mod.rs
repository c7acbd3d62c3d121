//! Verdicts on contracts under two laws in, what the change of law does to them out.
//!
//! Knows neither policies nor settings: whoever judges twice converts to the types here.

mod csv;
mod json;
mod text;
mod totals;

use std::collections::BTreeSet;

use crate::finding::shown;
use crate::{ConsumerContact, Enforcement, Finding, Severity, State};

pub use self::csv::render as to_csv;
pub use self::json::{render as to_json, schema};
pub use self::text::render as to_text;
pub(crate) use json::{ImpactV1, convert, definitions};
pub(crate) use text::{outcome, section};
pub use totals::{Group, Totals};

/// What a change of the law does to the contracts of one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawImpact {
    /// The law that holds now, such as `main at 1234567`.
    pub before: String,
    /// The law that is tried.
    pub after: String,
    /// The revision whose contracts are judged.
    pub contracts_of: String,
    /// The date that is taken for today.
    pub as_of: String,
    /// How grave a finding must be to stop a run.
    pub fail_on: Severity,
    /// What differs between the laws.
    pub edits: Vec<LawEdit>,
    /// How many contracts were judged.
    pub contract_count: usize,
    /// Contracts that fail under both laws.
    pub failing: usize,
    /// Contracts that pass under both laws.
    pub passing: usize,
    /// The contracts of which something is told under one law alone.
    pub contracts: Vec<Turned>,
    /// What people should know about the run itself.
    pub notes: Vec<String>,
}

/// A part of the law that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LawEdit {
    /// What kind of part it is.
    pub kind: LawPart,
    /// Id of the policy, key of the settings, or name of the term.
    pub name: String,
    /// What happened to it.
    pub motion: Motion,
    /// What of it changed, such as `enforcement advisory → soft`.
    pub details: Vec<String>,
}

/// A kind of thing that the law consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LawPart {
    /// A policy.
    Policy,
    /// A key of the settings.
    Setting,
    /// A term of the glossary.
    Term,
}

/// What happened to a part of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Motion {
    /// Only the new law has it.
    Added,
    /// Both have it, and say something else.
    Changed,
    /// Only the old law has it.
    Removed,
}

/// A contract of which the two laws say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Path of its file.
    pub path: String,
    /// Domain, by the new law where it knows the contract.
    pub domain: String,
    /// Owner.
    pub owner: Option<String>,
    /// What the old law says.
    pub before: Verdict,
    /// What the new law says.
    pub after: Verdict,
    /// What only the new law says.
    pub appear: Vec<Said>,
    /// What only the old law says.
    pub vanish: Vec<Said>,
    /// Ids that block under both laws.
    pub remain: BTreeSet<String>,
    /// Who reads the contract, where it newly fails.
    pub consumers: Vec<ConsumerContact>,
}

/// What a law says of a contract as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing blocks.
    Pass,
    /// Something blocks.
    Fail,
    /// The law does not look where the contract lies.
    Unseen,
}

/// A finding, as far as its weight goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// What it does.
    pub weight: Weight,
    /// Id of the policy or finding.
    pub id: String,
    /// The part of the contract, for people.
    pub part: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How much it matters.
    pub severity: Severity,
    /// What its policy enforces on the day.
    pub enforcement: Enforcement,
}

/// What a finding does to a contract as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It blocks.
    Blocks,
    /// It is told.
    Warns,
    /// It only counts, since its policy is in the shadow.
    Counts,
}

impl Weight {
    /// Weighs a finding; one that is excused or gone has no weight.
    pub fn of(finding: &Finding, fail_on: Severity) -> Option<Self> {
        match finding.state {
            State::Waived | State::Mended => None,
            State::New | State::Existing if finding.enforcement == Enforcement::Shadow => {
                Some(Weight::Counts)
            }
            State::New | State::Existing if finding.blocks(fail_on, true) => Some(Weight::Blocks),
            State::New | State::Existing => Some(Weight::Warns),
        }
    }
}

impl Turned {
    /// Tells whether the contract fails under the new law alone.
    pub fn newly_fails(&self) -> bool {
        self.after == Verdict::Fail && self.before != Verdict::Fail
    }

    /// Tells whether the contract fails under the old law alone.
    pub fn newly_passes(&self) -> bool {
        self.before == Verdict::Fail && self.after != Verdict::Fail
    }
}

impl LawImpact {
    /// Puts everything into the order in which it is shown.
    pub fn sort(&mut self) {
        self.edits.sort();
        self.contracts
            .sort_by(|one, other| (&one.contract, &one.path).cmp(&(&other.contract, &other.path)));
        for contract in &mut self.contracts {
            contract.appear.sort();
            contract.vanish.sort();
        }
    }

    /// Tells whether every contract fares under both laws alike.
    pub fn is_none(&self) -> bool {
        self.contracts.is_empty()
    }

    /// Returns the contracts that newly fail.
    pub fn newly_failing(&self) -> impl Iterator<Item = &Turned> {
        self.contracts.iter().filter(|one| one.newly_fails())
    }

    /// Returns the contracts that newly pass.
    pub fn newly_passing(&self) -> impl Iterator<Item = &Turned> {
        self.contracts.iter().filter(|one| one.newly_passes())
    }
}

shown! {
    LawPart { Policy "policy", Setting "setting", Term "term" }
    Motion { Added "added", Changed "changed", Removed "removed" }
    Verdict { Pass "pass", Fail "fail", Unseen "unseen" }
    Weight { Blocks "blocks", Warns "warns", Counts "counts" }
}
