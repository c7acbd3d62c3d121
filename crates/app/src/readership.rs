//! Consumers and a contract in, what the policies have against their reading it out.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::civil::Date;
use meshlaw_contract::model::{Consumer, Contract, Use, Version};
use meshlaw_contract::{Format, Limits, Pointer, locate, parse_consumers};
use meshlaw_policy::{Identity, Judge, Reader, Role, Violation, fingerprint};
use meshlaw_report::{Finding, Location, State};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::court::Court;
use crate::decisions::{cite, cited};
use crate::effects::contacts;
use crate::estate::{Estate, Held};
use crate::revision::{FileText, Revision};
use crate::verdicts::may_hold_date;

/// Who reads what: the consumers of the revision that is judged, by contract.
#[derive(Debug, Default)]
pub struct Readership {
    readers: Vec<Registered>,
    /// Indices into `readers`, by contract.
    by_contract: HashMap<String, Vec<usize>, RandomState>,
}

/// A consumer, and where its file lies.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The consumer.
    pub consumer: Consumer,
    /// Domain of its file.
    pub domain: Option<String>,
    /// Its file.
    pub file: FileText,
    /// The same consumer before this branch touched its file; as it is where nothing did.
    pub before: Option<Consumer>,
    /// What a file held that this branch touched, before it did.
    pub base_text: Option<String>,
}

/// A violation, and whose use of the contract it is about.
struct Objection<'l, 'r> {
    violation: Violation<'l>,
    reader: &'r Registered,
}

impl Readership {
    /// Puts consumers on record.
    pub fn new(readers: Vec<Registered>) -> Self {
        let mut by_contract: HashMap<String, Vec<usize>, RandomState> = HashMap::default();
        for (index, reader) in readers.iter().enumerate() {
            for usage in &reader.consumer.uses {
                let indices = by_contract.entry(usage.contract.clone()).or_default();
                if indices.last() != Some(&index) {
                    indices.push(index);
                }
            }
        }
        Self {
            readers,
            by_contract,
        }
    }

    /// Returns the consumers that use a contract.
    pub fn of(&self, contract: &str) -> impl Iterator<Item = &Registered> {
        let indices = self.by_contract.get(contract).into_iter().flatten();
        indices.filter_map(|index| self.readers.get(*index))
    }

    /// Returns the days until which consumers use a contract.
    pub fn ends(&self, contract: &str) -> impl Iterator<Item = Date> {
        let uses = self.of(contract).flat_map(|reader| &reader.consumer.uses);
        let own = uses.filter(move |usage| usage.contract == contract);
        own.filter_map(|usage| usage.until)
    }

    /// Tells whether anybody uses a contract.
    pub fn has_readers(&self, contract: &str) -> bool {
        self.by_contract.contains_key(contract)
    }

    /// Hashes all that verdicts about contracts take from their consumers, and tells whether any of
    /// it could be a date.
    pub fn mark(&self, contracts: &[String]) -> (Vec<u8>, bool) {
        let mut has_dates = false;
        let mut hash = Sha256::new();
        let mut is_read = false;
        for contract in contracts {
            for reader in self.of(contract) {
                let parts = [
                    contract,
                    &reader.file.path,
                    &reader.consumer.name,
                    &reader.file.text,
                ];
                for part in parts {
                    hash.update((part.len() as u64).to_le_bytes());
                    hash.update(part);
                }
                has_dates |= may_hold_date(&reader.file.text);
                is_read = true;
            }
        }
        let hash = if is_read {
            hash.finalize().to_vec()
        } else {
            Vec::new()
        };
        (hash, has_dates)
    }

    /// Returns the contracts that are used, by their ids.
    pub fn contracts(&self) -> BTreeSet<String> {
        self.by_contract.keys().cloned().collect()
    }

    /// Returns the contracts that consumers use whose files this branch touched.
    pub fn touched_contracts(&self) -> impl Iterator<Item = &str> {
        let touched = self.readers.iter().filter(|reader| reader.is_touched());
        touched.flat_map(|reader| reader.consumer.uses.iter().map(|one| one.contract.as_str()))
    }
}

impl Registered {
    /// Tells whether this branch touched the consumer.
    pub fn is_touched(&self) -> bool {
        self.before.as_ref() != Some(&self.consumer)
    }
}

/// Asks whether the consumers of a contract may read it as it stands; everything counts as new.
pub fn standing<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    revision: &Revision<'_>,
) -> Vec<Finding> {
    changed(court, judge, None, revision)
}

/// Asks whether the consumers of a contract may read it after a change.
///
/// What spoke against a consumer before, with the same values, is an old matter.
pub fn changed<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    before: Option<&Revision<'_>>,
    after: &Revision<'_>,
) -> Vec<Finding> {
    let id = after.identity.id();
    let Some(contract) = after.contract() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let old_version = before
        .and_then(Revision::contract)
        .and_then(|contract| contract.version.as_ref());
    for reader in court.readership.of(&id) {
        let versions = [contract.version.as_ref(), old_version];
        let uses = uses_of(&reader.consumer, &id, versions);
        let file = &reader.file;
        judge.cite(|| {
            let principal = cited(Role::Principal, &file.path, &file.text, 1);
            vec![cite(after), principal]
        });
        let found = ask(court, judge, reader, &uses, contract, &after.identity);
        if found.is_empty() {
            continue;
        }
        let known = before_of(court, judge, reader, before);
        for objection in found {
            let seen = (
                objection.violation.policy.id.to_string(),
                objection.violation.pointer.clone(),
                objection.violation.facts.clone(),
            );
            let state = if known.contains(&seen) {
                State::Existing
            } else {
                State::New
            };
            findings.push(finding(court, &objection, after, state));
        }
    }
    findings
}

type Seen = (String, Pointer, Vec<(String, Option<String>)>);

/// What spoke against the consumer as it was, reading the contract as it was.
fn before_of<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    reader: &Registered,
    before: Option<&Revision<'_>>,
) -> Vec<Seen> {
    let (Some(consumer), Some(before)) = (&reader.before, before) else {
        return Vec::new();
    };
    let Some(contract) = before.contract() else {
        return Vec::new();
    };
    let old = Registered {
        consumer: consumer.clone(),
        ..reader.clone()
    };
    let uses = uses_of(
        consumer,
        &before.identity.id(),
        [contract.version.as_ref(), None],
    );
    judge.cite(|| {
        let file = &reader.file;
        let text = reader.base_text.as_ref().unwrap_or(&file.text);
        vec![cite(before), cited(Role::Principal, &file.path, text, 1)]
    });
    let found = ask(court, judge, &old, &uses, contract, &before.identity);
    let seen = |one: Objection<'_, '_>| {
        let violation = one.violation;
        (
            violation.policy.id.to_string(),
            violation.pointer,
            violation.facts,
        )
    };
    found.into_iter().map(seen).collect()
}

/// Returns the uses of a contract that one of the versions satisfies; a consumer that reads
/// another major version has no part in this one.
pub fn uses_of<'c>(
    consumer: &'c Consumer,
    contract: &str,
    versions: [Option<&Version>; 2],
) -> Vec<&'c Use> {
    let versions = versions.map(|version| version.and_then(Version::semantic));
    let fits = |usage: &Use| match &usage.version {
        None => true,
        Some(_) if versions.iter().all(Option::is_none) => true,
        Some(range) => versions
            .iter()
            .flatten()
            .any(|version| range.matches(version)),
    };
    let own = consumer
        .uses
        .iter()
        .filter(|usage| usage.contract == contract);
    own.filter(|usage| fits(usage)).collect()
}

/// Returns who asks to read a contract, and the domains whose layers hold for that.
pub fn petition<'r>(
    estate: &Estate,
    reader: &'r Registered,
    identity: &'r Identity,
) -> (Reader<'r>, Vec<&'r str>) {
    let asks = Reader {
        consumer: &reader.consumer,
        domain: reader.domain.as_deref(),
        has_contact: !estate.reach(&reader.consumer).is_empty(),
    };
    let own = std::iter::once(identity.domain.as_str());
    (asks, own.chain(reader.domain.as_deref()).collect())
}

fn ask<'l, 'r>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    reader: &'r Registered,
    uses: &[&Use],
    contract: &Contract,
    identity: &Identity,
) -> Vec<Objection<'l, 'r>> {
    let (asks, domains) = petition(court.estate, reader, identity);
    let mut found = Vec::new();
    for usage in uses {
        let violations = judge.consume(asks, usage, contract, identity, &domains);
        found.extend(
            violations
                .into_iter()
                .map(|violation| Objection { violation, reader }),
        );
    }
    found
}

fn finding(
    court: &Court<'_>,
    objection: &Objection<'_, '_>,
    revision: &Revision<'_>,
    state: State,
) -> Finding {
    let (violation, reader) = (&objection.violation, objection.reader);
    let consumer = &reader.consumer;
    let finding = meshlaw_policy::finding(violation, court.origin(revision), state);
    let id = revision.identity.id();
    let read = match violation.pointer.keys().last() {
        Some(last) if violation.pointer.keys().len() > 2 => {
            format!("`{}` of `{id}`", last.as_str())
        }
        _ => format!("`{id}`"),
    };
    // The consumer is part of the place, so that a waiver for one excuses no other.
    let mut pointer = vec!["consumer".to_owned(), consumer.name.clone()];
    pointer.extend(violation.pointer.to_strings());
    Finding {
        pointer,
        message: format!("{}: `{}` reads {read}", finding.message, consumer.name),
        location: Some(place(reader, &violation.pointer)),
        consumers: contacts(court.estate, &[consumer]),
        fingerprint: fingerprint(
            &finding.id,
            Some(&format!("consumer {}", consumer.name)),
            &violation.pointer,
        ),
        ..finding
    }
}

/// Looks a part of a consumer up in its file; read again, since few are ever asked for.
fn place(reader: &Registered, pointer: &Pointer) -> Location {
    let source = reader.file.source();
    let documents = parse_consumers(&reader.file.text, &Limits::default());
    let own = documents.iter().find(|one| {
        let value = one.value.as_ref();
        value.is_some_and(|consumer| consumer.name == reader.consumer.name)
    });
    match own {
        Some(parsed) => source.at(locate::locate(&parsed.document, Format::Native, pointer)),
        None => crate::place::whole_file(&reader.file.path, reader.file.side),
    }
}

/// Returns the consumers of an estate's head as they are registered.
///
/// `before` reads what a touched file held on the base; a file that was not touched held the same.
pub fn register(
    estate: &Estate,
    domain: impl Fn(&str) -> Option<String>,
    before: impl Fn(&str) -> Option<Option<String>>,
) -> Readership {
    let files = estate.consumer_files.iter();
    let readers = files.flat_map(|held| registered(held, &domain, before(&held.file.path)));
    Readership::new(readers.collect())
}

/// Puts the consumers of a revision on record that no branch touched.
pub fn register_all(estate: &Estate, domain: impl Fn(&str) -> Option<String> + Sync) -> Readership {
    let files = estate.consumer_files.par_iter();
    let readers = files.flat_map_iter(|held| registered(held, &domain, None));
    Readership::new(readers.collect())
}

/// The consumers of a file; `base_text` is what it held before a branch touched it.
fn registered(
    held: &Held<Consumer>,
    domain: impl Fn(&str) -> Option<String>,
    base_text: Option<Option<String>>,
) -> Vec<Registered> {
    let parse = |text: &str| -> Vec<Consumer> {
        let documents = parse_consumers(text, &Limits::default()).into_iter();
        documents.filter_map(|one| one.value).collect()
    };
    let Held { file, values } = held;
    let old = base_text
        .as_ref()
        .map(|text| text.as_deref().map(parse).unwrap_or_default());
    let base_text = base_text.flatten();
    let reader = |consumer: &Consumer| Registered {
        domain: domain(&file.path),
        file: file.clone(),
        before: match &old {
            None => Some(consumer.clone()),
            Some(old) => old.iter().find(|one| one.name == consumer.name).cloned(),
        },
        base_text: base_text.clone(),
        consumer: consumer.clone(),
    };
    values.iter().map(reader).collect()
}
