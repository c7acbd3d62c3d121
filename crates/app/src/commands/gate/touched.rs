//! The files that a branch touched in, their texts on both sides out.

use std::collections::BTreeSet;

use meshlaw_changeset::{FileChange, Globs, Reader, Renames, RepoPath, changes};
use meshlaw_report::{Finding, Side};

use super::range::Range;
use crate::cores;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::governance::Readers;
use crate::revision::FileText;
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

/// A file as it was and as it is.
pub type Texts = (Option<FileText>, Option<FileText>);

/// Reads both sides of every changed file; what cannot be read in the head is a finding.
pub fn read_files(
    range: &Range,
    settings: &Settings,
    changed: &[FileChange],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Texts>, Failure> {
    let parts = cores::shares(changed, |_, share| {
        // One handle for both sides: git stores the one as a difference to the other.
        let reader = range.head.open()?;
        let read = |change: &FileChange| {
            let before = change.before().map(|entry| {
                let text = read_text(&reader, entry, settings).ok();
                (entry.path.to_string(), text)
            });
            let after = change
                .after()
                .map(|entry| (entry.path.to_string(), read_text(&reader, entry, settings)));
            (before, after)
        };
        Ok(share.iter().map(read).collect::<Vec<_>>())
    });
    let mut texts = Vec::with_capacity(changed.len());
    for (before, after) in parts?.into_iter().flatten() {
        let before = before.map(|(path, text)| FileText {
            path,
            // An old revision that cannot be read is empty: nothing is known of it.
            text: text.unwrap_or_default(),
            side: Side::Base,
        });
        match after {
            None => texts.push((before, None)),
            Some((path, Ok(text))) => {
                texts.push((
                    before,
                    Some(FileText {
                        path,
                        text,
                        side: Side::Head,
                    }),
                ));
            }
            // What cannot be read is neither changed nor removed.
            Some((_, Err(finding))) => findings.extend(finding.map(|one| *one)),
        }
    }
    Ok(texts)
}
