//! Two books in, how the one differs from the other, with contracts that show it, out.

use jiff::civil::Date;
use meshlaw_policy::{Book, Layer, Policy};
use meshlaw_prove::{Difference, Kind, Prover, Rule, Sketch, Verdict, compare};

use super::replay::{Bench, Shown, between};
use crate::failure::Failure;

/// A book with what proofs need of it.
pub struct Side<'b> {
    /// The book.
    pub book: &'b Book,
    /// Its policies, in its order.
    pub rules: Vec<Rule>,
}

/// What changed for one kind of request in one layer.
pub struct Change {
    /// The layer whose policies changed.
    pub layer: Layer,
    /// The kind of request.
    pub kind: Kind,
    /// What came out.
    pub verdict: Verdict,
    /// What the new policies let pass.
    pub looser: Vec<Loosened>,
    /// What they forbid beyond the old ones.
    pub stricter: Vec<Difference>,
}

/// A policy of the old book that the new one does not cover, or may not.
pub struct Loosened {
    /// What was proved.
    pub difference: Difference,
    /// A contract, change, use or waiver that the old book forbids and the new one lets pass;
    /// absent where none could be written down.
    pub shown: Option<Shown>,
}

impl<'b> Side<'b> {
    /// Reads every policy of a book.
    pub fn of(book: &'b Book, as_of: Date) -> Result<Self, Failure> {
        let rules = book.policies.iter();
        let rules: Result<Vec<Rule>, _> = rules.map(|policy| Rule::of(policy, as_of)).collect();
        let rules = rules.map_err(|error| Failure::new(error.to_string(), ""))?;
        Ok(Self { book, rules })
    }

    fn policy(&self, id: &str) -> Option<(&'b Policy, &Rule)> {
        let policy = self.book.get(id)?;
        let rule = self.rules.iter().find(|rule| rule.id == id)?;
        Some((policy, rule))
    }

    /// Returns the policies that hold where a rule does, speak to the same and weigh as much.
    fn bearing(&self, rule: &Rule, kind: &Kind) -> Vec<(&'b Policy, &Rule)> {
        let holds = |other: &&Rule| other.layer == Layer::Org || other.layer == rule.layer;
        let bears = |other: &&Rule| other.speaks_to(kind) && other.weight.bears(rule.weight);
        let rules = self.rules.iter().filter(holds).filter(bears);
        rules.filter_map(|rule| self.policy(&rule.id)).collect()
    }
}

/// Proves how the new book differs from the old one.
pub fn changes(prover: &Prover, old: &Side<'_>, new: &Side<'_>, as_of: Date) -> Vec<Change> {
    let compared = compare(prover, &old.rules, &new.rules).into_iter();
    let changes = compared.map(|one| {
        let verdict = one.verdict();
        let looser = one.looser.into_iter().map(|difference| Loosened {
            shown: shown(&one.kind, &difference, old, new, as_of),
            difference,
        });
        Change {
            verdict,
            looser: looser.collect(),
            layer: one.layer,
            kind: one.kind,
            stricter: one.stricter,
        }
    });
    changes.collect()
}

/// Writes down what the solver found, and has it judged under both books.
fn shown(
    kind: &Kind,
    difference: &Difference,
    old: &Side<'_>,
    new: &Side<'_>,
    as_of: Date,
) -> Option<Shown> {
    let scene = difference.shown.as_ref().ok()?;
    let (policy, rule) = old.policy(&difference.id)?;
    let bearing = new.bearing(rule, kind);
    let rules = bearing.iter().map(|(_, rule)| *rule);
    let sketch = Sketch {
        kind,
        scene,
        rules: std::iter::once(rule).chain(rules).collect(),
        layer: &rule.layer,
        as_of,
    };
    let forbidding = Bench {
        policies: vec![policy],
        book: old.book,
    };
    let passing = Bench {
        policies: bearing.into_iter().map(|(policy, _)| policy).collect(),
        book: new.book,
    };
    between(&sketch, &forbidding, &passing)
}
