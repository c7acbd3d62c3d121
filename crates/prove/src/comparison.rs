//! Two books in, what the new one forbids and lets pass otherwise than the old one out.
//!
//! A rule of one book is *covered* by the other where everything that it forbids is forbidden
//! there, too, by rules that hold wherever it does and weigh as much. The new book is looser where
//! it leaves a rule of the old one uncovered, and stricter the other way round. What stands in both
//! books is covered without a proof; then a rule is held against the one of the same name, and only
//! where that is not enough against all together.

use std::collections::BTreeSet;

use meshlaw_policy::Layer;

use crate::kind::Kind;
use crate::prover::Prover;
use crate::question::{Answer, Question};
use crate::rule::Rule;
use crate::scene::Scene;

/// What changed for one kind of request in one layer.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The layer whose rules changed.
    pub layer: Layer,
    /// The kind of request.
    pub kind: Kind,
    /// Rules of the old book that the new one leaves uncovered.
    pub looser: Vec<Difference>,
    /// Rules of the new book that the old one did not cover.
    pub stricter: Vec<Difference>,
}

/// A rule that the other book does not cover, or may not.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Id of the policy.
    pub id: String,
    /// What became of the rule.
    pub fate: Fate,
    /// It stops what it speaks against.
    pub blocks: bool,
    /// A request that shows it, or why nothing is shown.
    pub shown: Result<Scene, String>,
}

/// What became of a rule in the other book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// There is no rule of its name and none that says the same.
    Absent,
    /// The rule of its name says something else.
    Differs,
    /// It says the same, and weighs less.
    Lighter,
}

/// A verdict on one kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both books forbid the same.
    Equivalent,
    /// The new book forbids more.
    Stricter,
    /// The new book forbids less.
    Looser,
    /// It forbids more here and less there.
    Incomparable,
    /// Nobody knows.
    Unproved,
}

impl Verdict {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Incomparable => "incomparable",
            Self::Unproved => "not proved",
        }
    }
}

impl Compared {
    /// Sums up.
    pub fn verdict(&self) -> Verdict {
        let is_shown = |all: &[Difference]| all.iter().any(|one| one.shown.is_ok());
        let is_open = |all: &[Difference]| all.iter().any(|one| one.shown.is_err());
        match (is_shown(&self.looser), is_shown(&self.stricter)) {
            (true, true) => Verdict::Incomparable,
            (true, false) => Verdict::Looser,
            (false, _) if is_open(&self.looser) => Verdict::Unproved,
            (false, true) => Verdict::Stricter,
            (false, false) if is_open(&self.stricter) => Verdict::Unproved,
            (false, false) => Verdict::Equivalent,
        }
    }
}

/// Compares two books, layer by layer and kind by kind; the floor comes first.
pub fn compare(prover: &Prover, old: &[Rule], new: &[Rule]) -> Vec<Compared> {
    let rules = old.iter().chain(new);
    let layers: BTreeSet<&Layer> = rules.map(|rule| &rule.layer).collect();
    let mut all = Vec::new();
    for layer in layers {
        let speaking = |kind: &&&Kind| {
            let own = old.iter().chain(new).filter(|rule| rule.layer == *layer);
            own.clone().any(|rule| rule.speaks_to(kind))
        };
        for kind in prover.kinds().iter().filter(speaking) {
            all.push(Compared {
                layer: layer.clone(),
                kind: (*kind).clone(),
                looser: uncovered(prover, kind, layer, old, new),
                stricter: uncovered(prover, kind, layer, new, old),
            });
        }
    }
    all
}

/// Tells which rules changed between two books, by their texts alone: for want of a solver.
pub fn changed(old: &[Rule], new: &[Rule]) -> BTreeSet<String> {
    let moved = |from: &[Rule], to: &[Rule]| -> BTreeSet<String> {
        let is_kept = |rule: &&Rule| to.iter().any(|other| is_same(rule, other));
        let moved = from.iter().filter(|rule| !is_kept(rule));
        moved.map(|rule| rule.id.clone()).collect()
    };
    let mut all = moved(old, new);
    all.extend(moved(new, old));
    all
}

/// Tells whether another rule covers this one as it stands.
fn is_same(rule: &Rule, other: &Rule) -> bool {
    let holds = other.layer == Layer::Org || other.layer == rule.layer;
    holds && other.says_like(rule) && other.weight.bears(rule.weight)
}

/// Returns the rules of one book that another leaves uncovered.
fn uncovered(
    prover: &Prover,
    kind: &Kind,
    layer: &Layer,
    from: &[Rule],
    to: &[Rule],
) -> Vec<Difference> {
    let own = from
        .iter()
        .filter(|rule| rule.layer == *layer && rule.speaks_to(kind));
    let open = own.filter(|rule| !to.iter().any(|other| is_same(rule, other)));
    let holds = |other: &&Rule| other.layer == Layer::Org || other.layer == *layer;
    let to: Vec<&Rule> = to
        .iter()
        .filter(holds)
        .filter(|rule| rule.speaks_to(kind))
        .collect();
    open.filter_map(|rule| {
        let bearers = to.iter().copied();
        let bearers: Vec<&Rule> = bearers
            .filter(|other| other.weight.bears(rule.weight))
            .collect();
        let shown = match covered(prover, kind, rule, &bearers) {
            Answer::Holds => return None,
            Answer::Fails(scene) => Ok(scene),
            Answer::Unproved(why) => Err(why),
        };
        Some(Difference {
            id: rule.id.clone(),
            fate: fate(rule, &to),
            blocks: rule.weight.blocks(),
            shown,
        })
    })
    .collect()
}

fn fate(rule: &Rule, to: &[&Rule]) -> Fate {
    if to.iter().any(|other| other.says_like(rule)) {
        Fate::Lighter
    } else if to.iter().any(|other| other.id == rule.id) {
        Fate::Differs
    } else {
        Fate::Absent
    }
}

fn covered(prover: &Prover, kind: &Kind, rule: &Rule, bearers: &[&Rule]) -> Answer {
    let question = |by: Vec<&Rule>| prover.ask_one(Question::implied(kind, by, rule));
    let namesake = bearers.iter().find(|other| other.id == rule.id);
    if let Some(namesake) = namesake
        && question(vec![namesake]) == Answer::Holds
    {
        return Answer::Holds;
    }
    prover.ask_for_show(kind, bearers.to_vec(), rule)
}
