//! Violations of two revisions in, which are new, old or mended out.

use std::collections::{BTreeMap, VecDeque};

use meshlaw_contract::Pointer;
use meshlaw_diff::Alignment;
use meshlaw_report::State;

use crate::Violation;
use crate::judge::Cause;
use crate::policy::PolicyId;

/// The violations of the new revision with their states, and those that are gone.
#[derive(Debug, Default)]
pub struct Compared<'l> {
    /// Violations of the new revision.
    pub found: Vec<(Violation<'l>, State)>,
    /// Violations of the old revision that the new one does not have.
    pub mended: Vec<Violation<'l>>,
}

/// Tells new violations from old ones.
///
/// One is old only where the same policy fired on the same part, whatever its name, and read the
/// same values: what got worse is new. A policy that failed is never old, since nobody knows what
/// it would have said.
pub fn compare_states<'l>(
    head: Vec<Violation<'l>>,
    base: Vec<Violation<'l>>,
    alignment: &Alignment,
) -> Compared<'l> {
    let mut left: Vec<Option<Violation<'l>>> = Vec::with_capacity(base.len());
    let mut places: BTreeMap<(PolicyId, Pointer), VecDeque<usize>> = BTreeMap::new();
    for (index, old) in base.into_iter().enumerate() {
        let place = (old.policy.id.clone(), old.pointer.clone());
        places.entry(place).or_default().push_back(index);
        left.push(Some(old));
    }
    let mut found = Vec::with_capacity(head.len());
    for violation in head {
        let place = (
            violation.policy.id.clone(),
            alignment.to_base(&violation.pointer),
        );
        let partner = places.get_mut(&place).and_then(VecDeque::pop_front);
        let partner = partner.and_then(|index| left.get_mut(index)?.take());
        let is_old = partner.is_some_and(|old| {
            old.key == violation.key
                && [&old, &violation]
                    .iter()
                    .all(|one| one.cause == Cause::Forbidden)
        });
        found.push((violation, if is_old { State::Existing } else { State::New }));
    }
    Compared {
        found,
        mended: left.into_iter().flatten().collect(),
    }
}
