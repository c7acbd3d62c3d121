//! Two revisions of an estate in, the contracts of the files that changed between them out.

use meshlaw_changeset::{Globs, Reader, Renames, changes};
use meshlaw_report::Side;

use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// The texts of the files that changed, before and after; what cannot be read is left out.
pub struct Changed(Vec<[Option<FileText>; 2]>);

impl Changed {
    /// Reads the files that changed.
    pub fn between(settings: &Settings, old: &Reader, new: &Reader) -> Result<Self, Failure> {
        let globs = Globs::new(&settings.contracts)?;
        let changed = changes(old, new, &globs, Renames::Detect)?;
        let text = |reader, entry, side| FileText::read(reader, entry, settings, side);
        let sides = changed.iter().map(|change| {
            let before = change.before();
            let after = change.after();
            [
                before.and_then(|entry| text(old, entry, Side::Base)),
                after.and_then(|entry| text(new, entry, Side::Head)),
            ]
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
