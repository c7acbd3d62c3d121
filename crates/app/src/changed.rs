//! Two revisions of an estate in, the contracts of the files that changed between them out.

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Reader, Renames, changes};
use meshlaw_contract::model::Contract;
use meshlaw_diff::{Comparison, RuleError, compare};
use meshlaw_report::Side;

use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// The texts of the files that changed, before and after. A file that cannot be read any more is
/// left out, since it is not gone.
pub struct Changed(Vec<[Option<FileText>; 2]>);

impl Changed {
    /// Reads the files that changed.
    pub fn between(settings: &Settings, old: &Reader, new: &Reader) -> Result<Self, Failure> {
        let globs = Globs::new(&settings.contracts)?;
        let changed = changes(old, new, &globs, Renames::Detect)?;
        let text = |reader, entry, side| FileText::read(reader, entry, settings, side);
        let sides = changed.iter().filter_map(|change| {
            let before = change
                .before()
                .and_then(|entry| text(old, entry, Side::Base));
            let after = match change.after() {
                Some(entry) => Some(text(new, entry, Side::Head)?),
                None => None,
            };
            Some([before, after])
        });
        Ok(Self(sides.collect()))
    }

    /// Returns the contracts of each file, before and after, to be paired.
    pub fn contracts(
        &self,
        settings: &Settings,
        domains: &Domains,
    ) -> Vec<(Vec<Revision<'_>>, Vec<Revision<'_>>)> {
        let sides = self.0.iter();
        sides
            .map(|[before, after]| {
                let before = contracts_of(before, settings, domains);
                (before, contracts_of(after, settings, domains))
            })
            .collect()
    }
}

/// Compares a contract with what it was; one of which nothing was understood is never taken for
/// removed or new.
pub fn compare_revisions(
    before: Option<&Revision<'_>>,
    after: Option<&Revision<'_>>,
    as_of: Date,
) -> Result<Comparison, Failure> {
    compare_by(compare, before, after, as_of)
}

/// A way to compare two contracts on a day.
pub type Compare =
    fn(Option<&Contract>, Option<&Contract>, Date) -> Result<Comparison, &'static RuleError>;

/// The same, in one of the ways that there are.
pub fn compare_by(
    compare: Compare,
    before: Option<&Revision<'_>>,
    after: Option<&Revision<'_>>,
    as_of: Date,
) -> Result<Comparison, Failure> {
    let is_opaque = |side: Option<&Revision<'_>>| side.is_some_and(|one| one.contract().is_none());
    if is_opaque(before) || is_opaque(after) {
        return Ok(Comparison::default());
    }
    let base = before.and_then(Revision::contract);
    let head = after.and_then(Revision::contract);
    Ok(compare(base, head, as_of)?)
}

/// Reads the contracts of one side of a file, which may not be there.
pub fn contracts_of<'t>(
    file: &'t Option<FileText>,
    settings: &Settings,
    domains: &Domains,
) -> Vec<Revision<'t>> {
    file.iter()
        .flat_map(|file| file.contracts(settings, domains))
        .collect()
}
