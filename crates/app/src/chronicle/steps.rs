//! The editions of a contract in, what each changed out.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use meshlaw_changeset::Commit;
use meshlaw_contract::Pointer;
use meshlaw_diff::{Aspect, Change, Motion, compare};

use super::Edition;
use crate::failure::Failure;

/// What one edition changed against the one before.
pub struct Step {
    /// The edition before; nothing for the first.
    pub before: Option<Edition>,
    /// The edition.
    pub after: Edition,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// Compares editions, the newest first, each with the one before it.
///
/// Where a field is given, only what changed of it is kept, under whatever name it had.
pub fn steps(editions: Vec<Edition>, field: Option<Pointer>) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let mut field = field;
    let mut editions = editions.into_iter().peekable();
    while let Some(after) = editions.next() {
        let before = editions.peek().cloned();
        let contract = before.as_ref().and_then(|before| before.contract.as_ref());
        let compared = compare(contract, after.contract.as_ref(), day(&after.commit))?;
        let mut changes = compared.changes;
        if let Some(at) = &mut field {
            let before = compared.alignment.to_base(at);
            changes.retain(|change| is_about(change, &before, at));
            *at = before;
        }
        steps.push(Step {
            before,
            after,
            changes,
        });
    }
    Ok(steps)
}

/// Tells whether a change is inside of a field, by its names before and after, or brought all that
/// is around it.
fn is_about(change: &Change, before: &Pointer, after: &Pointer) -> bool {
    let (edit, place) = (&change.edit, &change.edit.place);
    let is_inside = place.head().is_some_and(|head| after.contains(head))
        || place.base().is_some_and(|base| before.contains(base));
    let comes = matches!(
        edit.aspect,
        Aspect::Contract | Aspect::Dataset | Aspect::Field
    ) && edit.motion == Motion::Added
        && place.head().is_some_and(|head| head.contains(after));
    is_inside || comes
}

/// Returns the day of a commit in UTC, as the committer claims it.
pub fn day(commit: &Commit) -> Date {
    let moment = jiff::Timestamp::from_second(commit.time).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(TimeZone::UTC).date()
}
