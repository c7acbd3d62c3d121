//! Words in, the contracts of a snapshot whose texts hold one of them out.

use std::collections::BTreeSet;

use meshlaw_changeset::{Entry, Globs, Snapshot};
use meshlaw_report::Side;
use rayon::prelude::*;

use super::ask::{Ask, asks};
use crate::duplicates::Claim;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::FileText;
use crate::settings::Settings;

/// What a search brought up.
#[derive(Default)]
pub struct Found {
    /// What the contracts say about others.
    pub asks: Vec<Ask>,
    /// Their stable ids.
    pub stable_ids: Vec<(String, Claim)>,
}

/// Reads every contract file but those that are skipped; only texts that hold a word are parsed.
pub fn search(
    settings: &Settings,
    domains: &Domains,
    snapshot: &Snapshot,
    words: &BTreeSet<String>,
    is_skipped: impl Fn(&str) -> bool,
) -> Result<Found, Failure> {
    let mut entries = snapshot.open()?.list(&Globs::new(&settings.contracts)?)?;
    entries.retain(|entry| !is_skipped(&entry.path.to_string()));
    let size = entries.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Found>, Failure> = entries
        .par_chunks(size)
        .map(|chunk: &[Entry]| {
            let reader = snapshot.open()?;
            let mut found = Found::default();
            for entry in chunk {
                let Some(file) = FileText::read(&reader, entry, settings, Side::Head) else {
                    continue;
                };
                if words.iter().any(|word| file.text.contains(word.as_str())) {
                    found.add(&file, settings, domains);
                }
            }
            Ok(found)
        })
        .collect();
    let mut all = Found::default();
    for part in parts? {
        all.asks.extend(part.asks);
        all.stable_ids.extend(part.stable_ids);
    }
    Ok(all)
}

impl Found {
    fn add(&mut self, file: &FileText, settings: &Settings, domains: &Domains) {
        for revision in file.contracts(settings, domains) {
            self.asks.extend(asks(&revision));
            let id = revision.contract().and_then(|one| one.id.clone());
            let standing = Claim::of_id(&revision).map(Claim::into_standing);
            self.stable_ids.extend(id.zip(standing));
        }
    }
}
