//! The files around contracts that a branch touched in, what they held and hold out.

use std::collections::BTreeSet;

use meshlaw_changeset::{Globs, Reader, Renames, RepoPath, changes};
use meshlaw_report::Finding;

use crate::estate::read_text;
use crate::failure::Failure;
use crate::governance::Readers;
use crate::settings::Settings;
use crate::waivers::Ledger;

/// Returns the waivers of files that a branch touched, and says what is wrong with them.
pub fn waivers_in(
    reader: &Reader,
    settings: &Settings,
    touched: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) -> Result<Ledger, Failure> {
    let globs = Globs::new(&settings.waivers)?;
    let mut granted = Ledger::default();
    for path in touched {
        let is_waiver = globs.matches(&RepoPath::parse(path)?);
        if is_waiver && let Some(text) = text_at(reader, settings, path) {
            findings.extend(granted.add(settings, path, &text));
        }
    }
    Ok(granted)
}

/// Returns what a file held on the base.
pub fn base_text(readers: &Readers, settings: &Settings, path: &str) -> Option<String> {
    text_at(&readers.base, settings, path)
}

fn text_at(reader: &Reader, settings: &Settings, path: &str) -> Option<String> {
    let entry = reader.find(&RepoPath::parse(path).ok()?).ok()??;
    read_text(reader, &entry, settings).ok()
}

/// Lists the consumers, terms and waivers that a branch touched.
pub fn touched_files(readers: &Readers, settings: &Settings) -> Result<BTreeSet<String>, Failure> {
    let all = [&settings.consumers, &settings.terms, &settings.waivers];
    let globs = Globs::new(all.into_iter().flatten())?;
    let changed = changes(&readers.base, &readers.head, &globs, Renames::Ignore)?;
    Ok(changed
        .iter()
        .map(|change| change.path().to_string())
        .collect())
}
