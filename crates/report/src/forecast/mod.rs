//! Verdicts on days to come in, when contracts start to fail, and why, out.
//!
//! Knows neither policies nor waivers: whoever judges the days converts to the types here.

mod json;
mod text;

use std::collections::BTreeSet;

use crate::Severity;
use crate::finding::shown;

pub(crate) use json::{DayV1, convert, definitions};
pub use json::{render as to_json, schema};
pub use text::render as to_text;
pub(crate) use text::{day as in_words, section};

/// What days to come bring, if nobody changes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// What is judged.
    pub of: String,
    /// The date that is taken for today.
    pub as_of: String,
    /// The last day that is looked at.
    pub until: String,
    /// How grave a finding must be to stop a run.
    pub fail_on: Severity,
    /// How many contracts there are.
    pub contract_count: usize,
    /// How many of them fail today.
    pub failing: usize,
    /// The days on which something turns.
    pub days: Vec<Day>,
    /// What people should know about the run itself.
    pub notes: Vec<String>,
}

/// A day on which contracts turn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The day, as `2027-01-01`.
    pub date: String,
    /// The contracts.
    pub turns: Vec<Turn>,
}

/// A contract that turns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// Which way.
    pub way: Way,
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Path of its file.
    pub path: String,
    /// Domain.
    pub domain: String,
    /// Owner.
    pub owner: Option<String>,
    /// What blocks from then on, or no longer.
    pub causes: BTreeSet<Cause>,
}

/// Which way a contract turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// It starts to fail.
    Fails,
    /// It fails already, and for more from then on.
    Worsens,
    /// It passes again.
    Passes,
}

/// Why a contract turns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Id of the policy or finding.
    pub id: String,
    /// What happens on the day.
    pub reason: Reason,
}

/// What happens on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The policy starts to block.
    Starts,
    /// A waiver has ended.
    WaiverEnded,
    /// A date of the contract, or of who reads it, has come or is near.
    DateCame,
    /// What blocked is gone.
    Ended,
}

impl Day {
    /// Returns the turns of one way.
    pub fn of(&self, way: Way) -> impl Iterator<Item = &Turn> {
        self.turns.iter().filter(move |turn| turn.way == way)
    }
}

impl Reason {
    /// Returns what happens, as a clause.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Reason::Starts => "starts to block",
            Reason::WaiverEnded => "is no longer waived",
            Reason::DateCame => "by a date that the contract or its consumer states",
            Reason::Ended => "no longer blocks",
        }
    }
}

shown! {
    Way { Fails "fails", Worsens "worsens", Passes "passes" }
    Reason {
        Starts "policy-starts", WaiverEnded "waiver-ended", DateCame "date-came", Ended "ended",
    }
}
