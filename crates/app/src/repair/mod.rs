//! A contract before and after a change in, the pieces of text that mend it out.
//!
//! A repair touches only the bytes that have to change, so that comments, layout and line ends
//! stay. Knows no files: whoever asks reads and writes.

mod beside;
mod element;
mod notice;
mod removal;
mod rename;
mod splice;
mod typo;
mod version;

pub use beside::Beside;
pub use removal::Lists;
pub use splice::{Repair, apply};

use jiff::civil::Date;
use meshlaw_contract::Problem;
use meshlaw_diff::{Bump, Change, Comparison, Grade, Motion, compare, required_bump};
use meshlaw_report::Fix;

use crate::court::grading;
use crate::failure::Failure;
use crate::revision::Revision;
use crate::settings::{Released, Settings};

/// What findings say that a repair would settle.
pub const CAN_MEND: &str = "`meshlaw fix` can mend this";

/// What repairs are made with.
pub struct Workshop<'w> {
    /// The settings of the target branch.
    pub settings: &'w Settings,
    /// The date to take for today.
    pub as_of: Date,
}

impl Workshop<'_> {
    /// Returns the repairs of a contract that can be made now; further ones may follow from them.
    ///
    /// First what cannot be read is mended, then what is gone is brought back with a notice, and
    /// the version is raised when nothing else is left to do, so that it fits what remains.
    pub fn repairs(
        &self,
        before: Option<&Revision<'_>>,
        after: &Revision<'_>,
    ) -> Result<Vec<Repair>, Failure> {
        let typos = typo::repairs(after);
        if !typos.is_empty() {
            return Ok(typos);
        }
        let Some((before, contracts)) =
            before.and_then(|before| Some((before, before.contract().zip(after.contract())?)))
        else {
            return Ok(Vec::new());
        };
        let (base, head) = contracts;
        let comparison = compare(Some(base), Some(head), self.as_of)?;
        let changes = comparison.changes.iter();
        let renames: Vec<Repair> = changes
            .filter_map(|change| rename::repair(after, change))
            .collect();
        if !renames.is_empty() {
            return Ok(renames);
        }
        let grading = grading(self.settings, Some(base));
        let required = required_bump(&comparison.changes, &grading);
        let scheme = self.settings.scheme(&after.identity.domain);
        if !version::declares_a_break(base, head, scheme) {
            let breaks = |change: &&Change| grading.impact(change) == Grade::Breaking;
            let broken = comparison.changes.iter().filter(breaks);
            let repairs = self.of_breaks(before, after, &comparison, broken);
            if !repairs.is_empty() {
                return Ok(repairs);
            }
        }
        // Where tags make versions released, the step is counted from a tag and not from the base.
        if self.settings.released(&after.identity.domain) == Released::Tags {
            return Ok(Vec::new());
        }
        Ok(version::repair(base, head, after, required, scheme)
            .into_iter()
            .collect())
    }

    fn of_breaks<'c>(
        &self,
        before: &Revision<'_>,
        after: &Revision<'_>,
        comparison: &Comparison,
        broken: impl Iterator<Item = &'c Change>,
    ) -> Vec<Repair> {
        let Some(notice) = self.notice() else {
            return Vec::new();
        };
        let (sides, lists) = ((before, after), Lists::default());
        broken
            .filter(|change| change.edit.motion == Motion::Removed)
            .filter_map(|change| removal::repair(sides, comparison, change, notice, &lists))
            .collect()
    }

    /// Returns what mends a text that was not understood.
    pub fn of_problem(after: &Revision<'_>, problem: &Problem) -> Option<Fix> {
        typo::repair(after, problem)?.to_fix(after.source)
    }

    /// Returns what raises a version to the least that fits.
    pub fn of_version(
        &self,
        before: &Revision<'_>,
        after: &Revision<'_>,
        required: Bump,
    ) -> Option<Fix> {
        let domain = &after.identity.domain;
        if self.settings.released(domain) == Released::Tags {
            return None;
        }
        let (base, head) = before.contract().zip(after.contract())?;
        let scheme = self.settings.scheme(domain);
        version::repair(base, head, after, required, scheme)?.to_fix(after.source)
    }

    /// Returns what brings back something that went without notice.
    pub fn of_removal<'d>(
        &self,
        sides: (&'d Revision<'_>, &'d Revision<'_>),
        comparison: &Comparison,
        change: &Change,
        lists: &Lists<'d>,
    ) -> Option<Fix> {
        let repair = removal::repair(sides, comparison, change, self.notice()?, lists)?;
        repair.to_fix(sides.1.source)
    }

    /// Splits a contract that breaks its readers into the old major version and the new one.
    pub fn beside(
        &self,
        before: &Revision<'_>,
        after: &Revision<'_>,
    ) -> Result<Option<Beside>, Failure> {
        let Some((base, head)) = before.contract().zip(after.contract()) else {
            return Ok(None);
        };
        let comparison = compare(Some(base), Some(head), self.as_of)?;
        let worst = grading(self.settings, Some(base)).worst(&comparison.changes);
        let notice = self.notice().filter(|_| worst == Grade::Breaking);
        Ok(notice.and_then(|notice| beside::split(before, after, notice)))
    }

    /// Returns the first day of a notice that is given today, and the first day without what it
    /// is about.
    fn notice(&self) -> Option<(Date, Date)> {
        let days = jiff::Span::new().try_days(self.settings.parameters.notice_days);
        let sunset = self.as_of.checked_add(days.ok()?);
        Some((self.as_of, sunset.ok()?))
    }
}
