//! A file in, sketches of its contracts out.

use meshlaw_changeset::{Entry, Reader};
use meshlaw_contract::Format;
use meshlaw_contract::model::Contract;
use meshlaw_report::Side;

use crate::identity::Domains;
use crate::revision::FileText;
use crate::settings::Settings;
use crate::sketch::{Packed, Sketch};
use crate::sketchbook::Sketchbook;

/// How files are looked into.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    pub(super) settings: &'a Settings,
    pub(super) domains: &'a Domains,
    pub(super) side: Side,
    /// Sketches of large files, where they are kept.
    pub(super) book: Option<&'a Sketchbook>,
}

/// What was seen of a file.
pub(super) struct Seen {
    /// Its text, where it was read.
    pub(super) text: Option<FileText>,
    pub(super) sketches: Vec<Packed>,
    /// Whether the sketches are kept for later runs from now on.
    pub(super) is_kept: bool,
}

impl Seen {
    /// Looks into a file; one that gives no text may hold what its name says.
    pub(super) fn of(reader: &Reader, entry: &Entry, how: How<'_>) -> Self {
        if let Some(sketches) = how.book.and_then(|book| book.recall(entry)) {
            return Self {
                text: None,
                sketches,
                is_kept: false,
            };
        }
        let Some(text) = FileText::read(reader, entry, how.settings, how.side) else {
            let unread = unread(how.domains, &entry.path.to_string());
            return Self {
                text: None,
                sketches: vec![Packed::again(&unread)],
                is_kept: false,
            };
        };
        let revisions = text.contracts(how.settings, how.domains);
        let sketches: Vec<Packed> = revisions.iter().map(Packed::of).collect();
        let keep = |book: &Sketchbook| book.keep(entry, text.text.len(), &sketches);
        let is_kept = how.book.is_some_and(keep);
        drop(revisions);
        Self {
            text: Some(text),
            sketches,
            is_kept,
        }
    }

    /// Removes from the sketchbook what is too much, if anything came to it.
    pub(super) fn settle<'s>(mut seen: impl Iterator<Item = &'s Self>, how: How<'_>) {
        if seen.any(|one| one.is_kept) {
            how.book.inspect(|book| book.weed());
        }
    }
}

/// Sketches a file that gives no text: it may hold what its name says.
pub(super) fn unread(domains: &Domains, path: &str) -> Sketch {
    let nameless = Contract::new(Format::Native);
    Sketch {
        identity: domains.identify(path, &nameless),
        is_named: false,
        version: None,
        stable_id: None,
        owner: None,
        is_listed: false,
        datasets: Vec::new(),
        is_whole: false,
    }
}
