//! Waiver files of a snapshot in, the ledger of granted exceptions out; who may grant what is for
//! the policies to say.

mod budget;
mod clemency;
mod docket;
mod exceptions;
mod past;
mod validity;
mod writing;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;

use meshlaw_changeset::{Globs, Reader};
use meshlaw_contract::model::Waiver;
use meshlaw_contract::{Document, Format, Pointer, Problem, locate, parse_waivers};
use meshlaw_policy::{Cited, Precedent, Role};
use meshlaw_report::{Finding, Kind, Location, Side};

pub use budget::{InForce, domain_of, in_audit as over_budget, in_gate as beyond_budget};
pub use clemency::{announce, excuse, last_day};
pub use docket::Docket;
pub use exceptions::offer;
pub use past::{Past, Since, days};
pub use validity::{Standing, plea, standing_of, unused, validate};
pub use writing::{Terms, file_for, path_for, to_yaml, waiver_for};

use crate::court::Court;
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
    /// How many hold, once that was asked for.
    in_force: OnceLock<InForce>,
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
        self.in_force.take();
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

    /// Returns how many waivers hold today, by domain; a run has one day.
    pub fn in_force(&self, today: Date) -> &InForce {
        self.in_force
            .get_or_init(|| InForce::of(self.entries(), today))
    }

    /// Forgets all waivers but some.
    pub fn keep(&mut self, is_kept: impl Fn(&Waiver) -> bool) {
        self.in_force.take();
        for entries in self.entries.values_mut() {
            entries.retain(|entry| is_kept(&entry.waiver));
        }
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

/// Returns what went before a waiver and what stands beside it.
///
/// `ids` are what the finding that it is about is called. The history is read only where a policy
/// asks for it.
fn precedent(
    court: &Court<'_>,
    in_force: &InForce,
    waiver: &Waiver,
    ids: &[&str],
) -> Result<Precedent, Failure> {
    let domain = domain_of(waiver);
    let mut policies = court.law.book.policies.iter();
    let is_asked = policies.any(|policy| policy.text.contains("renewals"));
    let renewals = match court.past {
        Some(past) if is_asked => past.renewals(waiver, ids)?,
        _ => 0,
    };
    Ok(Precedent {
        renewals,
        in_domain: in_force.in_domain(domain),
        budget: court.law.settings.waiver_budget(domain),
    })
}

fn places(document: &Document<'_>, source: Source<'_>) -> BTreeMap<&'static str, Location> {
    let place = |key: &'static str| {
        let pointer = Pointer::root().word(key);
        let span = locate::locate(document, Format::Native, &pointer);
        (key, source.at(span))
    };
    PLACES.into_iter().map(place).collect()
}
