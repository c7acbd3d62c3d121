//! Words that are not understood in, the words that were meant out.

use meshlaw_contract::{Gravity, Problem};

use super::Repair;
use crate::revision::Revision;

/// Returns a repair for each word of which only one can be meant.
pub fn repairs(after: &Revision<'_>) -> Vec<Repair> {
    let problems = after.parsed.problems.iter();
    problems
        .filter_map(|problem| repair(after, problem))
        .collect()
}

/// Returns the repair of a word, where only one can be meant.
pub fn repair(after: &Revision<'_>, problem: &Problem) -> Option<Repair> {
    let meant = problem.replacement.as_ref()?;
    let range = problem.span.start as usize..problem.span.end as usize;
    let written = after.source.text.get(range.clone())?;
    (problem.gravity == Gravity::Fault).then(|| Repair {
        title: format!("write `{meant}` for `{written}`"),
        range,
        text: meant.clone(),
    })
}
