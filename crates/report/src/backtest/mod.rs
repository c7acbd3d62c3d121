//! Verdicts on the steps of a branch in, what a law would have stopped out.
//!
//! Knows neither git nor policies: whoever judges the steps converts to the types here.

mod chart;
mod csv;
mod json;
mod svg;
mod text;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::Severity;
use crate::law_impact::Weight;

pub use self::chart::Period;
pub use self::csv::render as to_csv;
pub use self::json::{render as to_json, schema};
pub use self::svg::render as to_svg;
pub use self::text::render as to_text;

/// What a law would have done to the pull requests of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backtest {
    /// The branch, such as `main at 1234567`.
    pub branch: String,
    /// The law that is tried.
    pub law: String,
    /// How grave a finding must be to stop a pull request.
    pub fail_on: Severity,
    /// By what time the chart counts.
    pub period: Period,
    /// The pull requests, the oldest first.
    pub steps: Vec<Step>,
    /// What people should know about the run itself.
    pub notes: Vec<String>,
}

/// A pull request as the branch shows it: a merge, or a commit that was squashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Id of the commit.
    pub commit: String,
    /// Day of the commit, as `2026-11-22`.
    pub date: String,
    /// It has several parents.
    pub is_merge: bool,
    /// First line of its message.
    pub subject: String,
    /// Who wrote it, by name.
    pub author: String,
    /// It touches contracts, consumers, terms or waivers.
    pub is_about_contracts: bool,
    /// The pull request that it takes back.
    pub reverts: Option<String>,
    /// The pull request that takes it back.
    pub reverted_by: Option<String>,
    /// What the law says of it.
    pub objections: Vec<Objection>,
}

/// What a law says of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objection {
    /// What it does.
    pub weight: Weight,
    /// Id of the policy or finding.
    pub id: String,
    /// Contract, as `domain/name`.
    pub contract: Option<String>,
    /// The part of the contract, for people.
    pub part: Option<String>,
    /// Domain of the contract.
    pub domain: Option<String>,
    /// Owner of the contract.
    pub owner: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// How many pull requests share a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Policy, domain, owner or author.
    pub name: String,
    /// Pull requests that would have been stopped.
    pub stopped: usize,
    /// Pull requests that would have been warned about.
    pub warned: usize,
    /// Pull requests that would only have counted.
    pub counted: usize,
}

impl Step {
    /// Tells whether the law would have stopped it.
    pub fn is_stopped(&self) -> bool {
        self.has(Weight::Blocks)
    }

    fn has(&self, weight: Weight) -> bool {
        self.objections.iter().any(|one| one.weight == weight)
    }
}

impl Backtest {
    /// Puts everything into the order in which it is shown.
    pub fn sort(&mut self) {
        for step in &mut self.steps {
            step.objections.sort();
            step.objections.dedup();
        }
    }

    /// Returns the pull requests that would have been stopped.
    pub fn stopped(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_stopped())
    }

    /// Counts by policy or finding.
    pub fn by_policy(&self) -> Vec<Share> {
        self.by(|objection| Some(objection.id.as_str()))
    }

    /// Counts by domain of the contract.
    pub fn by_domain(&self) -> Vec<Share> {
        self.by(|objection| objection.domain.as_deref())
    }

    /// Counts by owner of the contract.
    pub fn by_owner(&self) -> Vec<Share> {
        self.by(|objection| objection.owner.as_deref())
    }

    /// Counts by author.
    pub fn by_author(&self) -> Vec<Share> {
        let mut shares: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| !step.objections.is_empty()) {
            let share = shares.entry(&step.author).or_default();
            let has = [Weight::Blocks, Weight::Warns, Weight::Counts].map(|one| step.has(one));
            add(share, has);
        }
        sorted(shares)
    }

    fn by<'b>(&'b self, name: impl Fn(&'b Objection) -> Option<&'b str>) -> Vec<Share> {
        let mut shares: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for step in &self.steps {
            let mut of_step: BTreeMap<&str, BTreeSet<Weight>> = BTreeMap::new();
            for objection in &step.objections {
                if let Some(name) = name(objection) {
                    of_step.entry(name).or_default().insert(objection.weight);
                }
            }
            for (name, weights) in of_step {
                let all = [Weight::Blocks, Weight::Warns, Weight::Counts];
                let has = all.map(|weight| weights.contains(&weight));
                add(shares.entry(name).or_default(), has);
            }
        }
        sorted(shares)
    }
}

fn add(share: &mut [usize; 3], has: [bool; 3]) {
    for (number, has) in share.iter_mut().zip(has) {
        *number += usize::from(has);
    }
}

fn sorted(shares: BTreeMap<&str, [usize; 3]>) -> Vec<Share> {
    let share = |(name, [stopped, warned, counted]): (&str, [usize; 3])| Share {
        name: name.to_owned(),
        stopped,
        warned,
        counted,
    };
    let mut shares: Vec<Share> = shares.into_iter().map(share).collect();
    shares.sort_by_key(|share| Reverse((share.stopped, share.warned, share.counted)));
    shares
}
