//! Waiver files of a snapshot in, the ledger of granted exceptions out; who may grant what is for
//! the policies to say.

mod clemency;
mod docket;
mod exceptions;
mod validity;
mod writing;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use meshlaw_changeset::{Globs, Reader};
use meshlaw_contract::model::Waiver;
use meshlaw_contract::{Document, Format, Pointer, Problem, locate, parse_waivers};
use meshlaw_policy::{Cited, Role};
use meshlaw_report::{Finding, Kind, Location, Side};

pub use clemency::excuse;
pub use docket::Docket;
pub use exceptions::offer;
pub use validity::{Standing, standing_of, unused, validate};
pub use writing::{Terms, file_for, path_for, to_yaml, waiver_for};

use crate::decisions::cited;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::findings::{About, of_problem};
use crate::place::{Source, whole_file};
use crate::settings::Settings;

/// The waivers of a snapshot, by the contract that they are about.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: BTreeMap<String, Vec<Entry>>,
}

/// A waiver, and where it stands.
#[derive(Debug)]
pub struct Entry {
    /// The waiver.
    pub waiver: Waiver,
    /// Path of its file.
    pub path: String,
    /// Its document.
    pub document: Cited,
    places: BTreeMap<&'static str, Location>,
    was_used: AtomicBool,
}

/// The keys of a waiver that findings point at.
const PLACES: [&str; 6] = [
    "approved_by",
    "contract",
    "expires",
    "pointer",
    "policy",
    "waiver",
];

impl Ledger {
    /// Reads the waivers of a snapshot, and says what is wrong with their texts.
    pub fn read(settings: &Settings, reader: &Reader) -> Result<(Self, Vec<Finding>), Failure> {
        let mut ledger = Self::default();
        let mut findings = Vec::new();
        for entry in reader.list(&Globs::new(&settings.waivers)?)? {
            let path = entry.path.to_string();
            match read_text(reader, &entry, settings) {
                Err(finding) => findings.extend(finding.map(|one| *one)),
                Ok(text) => findings.extend(ledger.add(settings, &path, &text)),
            }
        }
        for entries in ledger.entries.values_mut() {
            entries.sort_by(|left, right| {
                (&left.waiver.name, &left.path).cmp(&(&right.waiver.name, &right.path))
            });
        }
        Ok((ledger, findings))
    }

    /// Adds the waivers of one file; returns what is wrong with its text.
    pub fn add(&mut self, settings: &Settings, path: &str, text: &str) -> Vec<Finding> {
        let source = Source {
            path,
            text,
            side: Side::Head,
        };
        let mut findings = Vec::new();
        for parsed in parse_waivers(text, &settings.limits) {
            let finding = |problem: &Problem| {
                let location = source.at(problem.span);
                of_problem(settings, problem, Kind::Waiver, About::default(), location)
            };
            findings.extend(parsed.problems.iter().filter_map(finding));
            if let Some(waiver) = parsed.value {
                let places = places(&parsed.document, source);
                let document = cited(Role::Principal, path, text, 1);
                let entries = self.entries.entry(waiver.contract.clone()).or_default();
                entries.push(Entry {
                    waiver,
                    path: path.to_owned(),
                    document,
                    places,
                    was_used: AtomicBool::new(false),
                });
            }
        }
        findings
    }

    /// Tells whether any waiver is about a contract.
    pub fn speaks_of(&self, contract: &str) -> bool {
        self.entries.contains_key(contract)
    }

    /// Returns the waivers about a contract, by name.
    pub fn about(&self, contract: &str) -> &[Entry] {
        self.entries.get(contract).map_or(&[], Vec::as_slice)
    }

    /// Returns every waiver.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().flatten()
    }
}

impl Entry {
    /// Returns where a key of the waiver stands.
    pub fn at(&self, key: &str) -> Location {
        let known = self.places.get(key).cloned();
        known.unwrap_or_else(|| whole_file(&self.path, Side::Head))
    }

    /// Tells whether the waiver excused anything in this run.
    pub fn was_used(&self) -> bool {
        self.was_used.load(Ordering::Relaxed)
    }

    fn mark_used(&self) {
        self.was_used.store(true, Ordering::Relaxed);
    }
}

fn places(document: &Document<'_>, source: Source<'_>) -> BTreeMap<&'static str, Location> {
    let place = |key: &'static str| {
        let pointer = Pointer::root().word(key);
        let span = locate::locate(document, Format::Native, &pointer);
        (key, source.at(span))
    };
    PLACES.into_iter().map(place).collect()
}
