//! A policy and what it said in, text for people out.

use std::fmt::Write as _;

use jiff::civil::Date;
use meshlaw_policy::{Clause, Clauses, Policy, Seen, Trace, enforcement_on};

use super::super::origin;
use super::questions::{Answer, Answers};
use crate::meaning::ruled;
use crate::output::count;

/// Answers that pass and are told of where none fires.
const MOST_PASSES: usize = 3;

/// Tells what a policy asks, condition by condition.
pub fn asked(policy: &Policy, today: Date, clauses: &Clauses) -> String {
    let mut out = format!(
        "{}: {}\nfrom: {}\n\n{}\n",
        policy.id,
        policy.message,
        origin(policy),
        policy.text.trim()
    );
    out.push_str("\nIt hangs on:\n");
    for clause in &clauses.list {
        let _ = writeln!(out, "  line {:<3} {}", clause.line, clause.text);
    }
    let enforcement = enforcement_on(policy, today, false);
    let _ = writeln!(out, "\n{}, {enforcement}", policy.severity);
    out.extend(policy.rulings.iter().map(ruled));
    let _ = writeln!(
        out,
        "help: {help}\nHold a contract against it: meshlaw policy explain {id} CONTRACT\n\
         Or a change of one: meshlaw policy explain {id} CONTRACT --base main",
        help = policy.help,
        id = policy.id
    );
    out
}

/// Tells what a policy said, and why.
pub fn answered(
    policy: &Policy,
    clauses: &Clauses,
    file: &str,
    answers: &[Answers],
    wants_all: bool,
) -> String {
    let mut out = format!("{} on {file}: {}\n", policy.id, policy.message);
    for kind in answers {
        tell(&mut out, clauses, kind, wants_all);
    }
    out
}

fn tell(out: &mut String, clauses: &Clauses, answers: &Answers, wants_all: bool) {
    let Answers { noun, all, silence } = answers;
    if all.is_empty() {
        let _ = writeln!(out, "{silence}");
        return;
    }
    let heard = |one: &'_ Answer| one.heard.as_ref().ok().map(|trace| trace.fired.clone());
    let fired: Vec<&Answer> = all
        .iter()
        .filter(|one| heard(one) == Some(Ok(true)))
        .collect();
    let broken = all.iter().filter(|one| matches!(heard(one), Some(Err(_))));
    let broken: Vec<&Answer> = broken.collect();
    let of = count(all.len(), noun);
    let _ = writeln!(out, "fires on {} of {of}\n", fired.len());
    for answer in &broken {
        if let Some(Err(error)) = heard(answer) {
            let _ = writeln!(out, "{}: cannot be evaluated: {error}\n", answer.about);
        }
    }
    for answer in &fired {
        let _ = writeln!(out, "{} fires", answer.about);
        for (clause, seen) in answer.seen(clauses).filter(|(_, seen)| seen.is_reached) {
            line(out, clause, seen);
        }
        out.push('\n');
    }
    if fired.len() + broken.len() > 0 && !wants_all {
        return;
    }
    // Those that need the least to fire tell the most.
    let mut near: Vec<(Vec<usize>, &Answer)> = all
        .iter()
        .filter_map(|one| Some((one, one.heard.as_ref().ok()?)))
        .filter(|(_, trace)| trace.fired == Ok(false))
        .map(|(one, trace)| (clauses.turning(trace), one))
        .collect();
    near.sort_by_key(|(turning, _)| turning.len());
    let most = if wants_all { near.len() } else { MOST_PASSES };
    for (turning, answer) in near.iter().take(most) {
        passes(out, clauses, turning, answer);
    }
    let beside = all
        .iter()
        .filter_map(|one| Some((one, one.heard.as_ref().err()?)));
    let most = if wants_all {
        all.len()
    } else {
        most.saturating_sub(near.len())
    };
    for (answer, why) in beside.take(most) {
        let _ = writeln!(out, "{} is not asked about: {why}\n", answer.about);
    }
}

fn passes(out: &mut String, clauses: &Clauses, turning: &[usize], answer: &Answer) {
    if turning.is_empty() {
        let _ = writeln!(
            out,
            "{} passes: it lies outside the policy's scope\n",
            answer.about
        );
        return;
    }
    let _ = writeln!(
        out,
        "{} passes; it would fire if these turned:",
        answer.about
    );
    for (at, (clause, seen)) in answer.seen(clauses).enumerate() {
        if turning.contains(&at) {
            line(out, clause, seen);
        }
    }
    out.push('\n');
}

impl Answer {
    /// Returns each condition with what it said.
    fn seen<'a>(&'a self, clauses: &'a Clauses) -> impl Iterator<Item = (&'a Clause, &'a Seen)> {
        let seen = self.heard.iter().flat_map(|trace: &Trace| &trace.seen);
        clauses.list.iter().zip(seen)
    }
}

fn line(out: &mut String, clause: &Clause, seen: &Seen) {
    let value = match &seen.value {
        Ok(true) => "true",
        Ok(false) => "false",
        Err(_) => "has no value",
    };
    let _ = writeln!(out, "  line {:<3} {value:<5} {}", clause.line, clause.text);
    for (name, value) in &seen.sides {
        let _ = writeln!(out, "                 {name} = {value}");
    }
    if !seen.missing.is_empty() {
        let missing = seen.missing.join(", ");
        let _ = writeln!(out, "                 missing: [{missing}]");
    }
}
