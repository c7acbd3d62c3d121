//! A statement of what must never pass in, whether the rules of a book see to it out.

use meshlaw_report::{Enforcement, Severity};

use crate::kind::Kind;
use crate::prover::Prover;
use crate::question::Answer;
use crate::rule::Rule;

/// Proves that what a statement forbids is forbidden by rules that bind on the day of the proof.
pub fn kept(prover: &Prover, rules: &[&Rule], property: &Rule) -> Vec<(Kind, Answer)> {
    let kinds = prover.kinds().into_iter();
    let kinds: Vec<&Kind> = kinds.filter(|kind| property.speaks_to(kind)).collect();
    let answer = |kind: &Kind| {
        let answer = prover.ask_for_show(kind, binding(rules, kind), property);
        (kind.clone(), answer)
    };
    kinds.into_iter().map(answer).collect()
}

/// Returns the rules that keep a request of a kind from passing; the others only advise.
///
/// Of what is found in contracts, errors stop a change; whoever speaks against a waiver, however
/// gravely, keeps it from being granted.
pub fn binding<'r>(rules: &[&'r Rule], kind: &Kind) -> Vec<&'r Rule> {
    let binds = |rule: &&Rule| {
        let is_grave = kind.action == "waive" || rule.weight.severity == Severity::Error;
        rule.speaks_to(kind) && is_grave && rule.weight.today >= Enforcement::Soft
    };
    rules.iter().copied().filter(binds).collect()
}
