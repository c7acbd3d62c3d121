//! Words that are not understood in, the words that were meant out.

use meshlaw_contract::Gravity;

use super::Repair;
use crate::revision::Revision;

/// Returns a repair for each word of which only one can be meant.
pub fn repairs(after: &Revision<'_>) -> Vec<Repair> {
    let problems = after.parsed.problems.iter();
    problems
        .filter(|problem| problem.gravity == Gravity::Fault)
        .filter_map(|problem| {
            let meant = problem.replacement.as_ref()?;
            let range = problem.span.start as usize..problem.span.end as usize;
            let written = after.source.text.get(range.clone())?;
            Some(Repair {
                title: format!("write `{meant}` for `{written}`"),
                range,
                text: meant.clone(),
            })
        })
        .collect()
}
