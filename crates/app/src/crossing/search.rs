//! Words in, the unchanged contracts that speak of one of them out.
//!
//! Which contracts refer to which others is registered with the merge base, since whatever a branch
//! did not change is there as it is in the branch.

use std::collections::BTreeSet;

use meshlaw_changeset::{Content, Entry, Globs, Reader, Snapshot};
use meshlaw_contract::{Order, visit_fields};
use meshlaw_report::Side;

use super::ask::{Ask, What, asks};
use crate::cores;
use crate::duplicates::Claim;
use crate::estate::text_of;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::register::{Read, Registrar, Spoken};
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// What registers of references are called in the cache.
const KIND: &str = "references";

/// What a search brought up.
#[derive(Default)]
pub struct Found {
    /// What the contracts say about others.
    pub asks: Vec<Ask>,
    /// Their stable ids.
    pub stable_ids: Vec<(String, Claim)>,
}

/// Where is searched, and for what.
pub struct Search<'s> {
    /// The settings.
    pub settings: &'s Settings,
    /// Who owns which path.
    pub domains: &'s Domains,
    /// The merge base.
    pub base: &'s Snapshot,
    /// What contracts are called, names of their files, and stable ids.
    pub words: &'s BTreeSet<String>,
}

impl Search<'_> {
    /// Finds the contracts that use or bear one of the words, in all files but those that are
    /// skipped.
    pub fn run(&self, is_skipped: impl Fn(&str) -> bool) -> Result<Found, Failure> {
        let reader = self.base.open()?;
        let mut entries = self.entries(&reader)?;
        entries.retain(|entry| !is_skipped(&entry.path.shown()));
        let parts = cores::shares(&entries, |_, share| {
            let reader = self.base.open()?;
            let mut found = Found::default();
            for entry in share {
                if let Some(file) = FileText::read(&reader, entry, self.settings, Side::Head) {
                    self.add(&file, &mut found);
                }
            }
            Ok(found)
        });
        let mut all = Found::default();
        for part in parts? {
            all.asks.extend(part.asks);
            all.stable_ids.extend(part.stable_ids);
        }
        Ok(all)
    }

    /// Shows the files that use or bear one of the words, but for those that are skipped; without a
    /// register, all files.
    pub fn each(
        &self,
        is_skipped: impl Fn(&str) -> bool,
        mut see: impl FnMut(&FileText),
    ) -> Result<(), Failure> {
        let reader = self.base.open()?;
        let mut entries = self.entries(&reader)?;
        entries.retain(|entry| !is_skipped(&entry.path.shown()));
        let read = |entry| FileText::read(&reader, entry, self.settings, Side::Head);
        entries.iter().filter_map(read).for_each(|file| see(&file));
        Ok(())
    }

    fn entries(&self, reader: &Reader) -> Result<Vec<Entry>, Failure> {
        match self.registered(reader)? {
            Some(entries) => Ok(entries),
            None => Ok(reader.list(&Globs::new(&self.settings.contracts)?)?),
        }
    }

    /// Looks the words up in the register; none where there is none, or no short cut is wanted.
    fn registered(&self, reader: &Reader) -> Result<Option<Vec<Entry>>, Failure> {
        if !self.settings.limits.shortcuts {
            return Ok(None);
        }
        let globs = Globs::new(&self.settings.contracts)?;
        let read = |entry: &Entry, content| self.spoken(entry, content);
        let Some(registrar) = registrar(self.settings, reader, &globs, &read) else {
            return Ok(None);
        };
        let Some(register) = registrar.near_or_made(reader, self.base)? else {
            return Ok(None);
        };
        let words = self.words.iter().map(String::as_str);
        let mut entries = Vec::new();
        let shown = register.speaking_of(words, |file| {
            let mut said = file.uses.iter().chain(file.defines.iter());
            if said.any(|text| self.is_meant(text)) {
                entries.push(file.entry());
            }
        });
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(shown.map(|()| entries))
    }

    fn spoken(&self, entry: &Entry, content: Content) -> Spoken {
        let mut spoken = Spoken::default();
        let text = text_of(content, entry, self.settings);
        let file = text.map(|text| FileText {
            path: entry.path.to_string(),
            text,
            side: Side::Head,
        });
        for file in file.iter() {
            for revision in file.contracts(self.settings, self.domains) {
                let asks = asks(&revision);
                let targets = asks.iter().filter_map(target);
                spoken.uses.extend(targets);
                spoken.uses.extend(terms(&revision));
                let id = revision.contract().and_then(|one| one.id.clone());
                spoken.defines.extend(id);
            }
        }
        spoken
    }

    /// Tells whether a text is one of the words, or a path to a file of that name.
    fn is_meant(&self, text: &str) -> bool {
        let file = text.rsplit_once('/').map(|(_, file)| file);
        self.words.contains(text) || file.is_some_and(|file| self.words.contains(file))
    }

    fn add(&self, file: &FileText, found: &mut Found) {
        for revision in file.contracts(self.settings, self.domains) {
            let asks = asks(&revision).into_iter();
            found.asks.extend(
                asks.filter(|ask| target(ask).is_some_and(|target| self.is_meant(&target))),
            );
            let id = revision.contract().and_then(|one| one.id.clone());
            let id = id.filter(|id| self.is_meant(id));
            let standing = Claim::of_id(&revision).map(Claim::into_standing);
            found.stable_ids.extend(id.zip(standing));
        }
    }
}

/// Returns the keeper of references; how a contract is read hangs on nearly all settings.
fn registrar<'a>(
    settings: &Settings,
    reader: &Reader,
    globs: &'a Globs,
    read: &'a Read<'a>,
) -> Option<Registrar<'a>> {
    let files = (globs, settings.limits.bytes as u64);
    Registrar::new(KIND, reader, files, &format!("{settings:?}"), read)
}

/// Keeps what an audit of a commit saw of the references of each file, for gates to come.
pub fn keep(
    settings: &Settings,
    reader: &Reader,
    seen: Vec<(&Entry, Spoken)>,
) -> Result<(), Failure> {
    let globs = Globs::new(&settings.contracts)?;
    let nothing = |_: &Entry, _| Spoken::default();
    if let Some(registrar) = registrar(settings, reader, &globs, &nothing) {
        registrar.keep(reader, seen);
    }
    Ok(())
}

/// Returns the words by which a contract names terms, as they are registered.
pub fn terms(revision: &Revision<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let contract = revision.contract().filter(|_| revision.mentions.terms);
    let contract = contract.into_iter();
    for dataset in contract.flat_map(|contract| &contract.datasets) {
        visit_fields(dataset, Order::OuterFirst, &mut |_, field| {
            found.extend(field.term.as_deref().map(term_word));
        });
    }
    found
}

/// Tells a term from a contract of the same name.
pub fn term_word(term: &str) -> String {
    format!("term {term}")
}

/// Returns what a reference calls the other contract.
pub fn target(ask: &Ask) -> Option<String> {
    match &ask.what {
        What::Reference { to, .. } => to.contract.clone(),
        What::Replacement(_) => None,
    }
}
