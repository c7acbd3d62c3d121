//! Two laws and a revision in, what the one does otherwise to its contracts than the other out.
//!
//! Each contract is read once where both laws read it alike, and policies that both laws have are
//! asked once where all that surrounds contracts is the same. What lies between contracts is no
//! policy's and is left to the audit.

mod edits;
mod trial;

use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Entry, Globs, Reader, Snapshot};
use meshlaw_report::law_impact::Turned;
use meshlaw_report::{LawImpact, Severity};
use rayon::prelude::*;

use crate::bench::Bench;
use crate::failure::Failure;
use crate::law::{self, Law, LawProblem, PolicySource};
use crate::progress;
use trial::{Looks, Trial};

/// A law that contracts are judged by.
pub struct Candidate<'l> {
    /// What it is called.
    pub name: String,
    /// The settings and policies.
    pub law: &'l Law,
    /// The revision whose glossary belongs to it.
    pub terms: &'l Reader,
}

/// What is judged, and how.
pub struct Asked<'a> {
    /// The revision whose contracts, consumers and waivers count.
    pub contracts: &'a Snapshot,
    /// What it is called.
    pub name: String,
    /// The date that is taken for today.
    pub as_of: Date,
    /// How grave a finding must be to stop a run.
    pub fail_on: Severity,
    /// Take no short cut.
    pub plain: bool,
}

/// Says what people call a revision, and the commit that it is.
pub fn called(name: &str, commit: &Commit) -> String {
    let id = commit.id.to_string();
    format!("{name} at {}", id.get(..7).unwrap_or(&id))
}

/// Reads the law of a revision; one that has none has what is built in, which only advises.
pub fn law_at(reader: &Reader, policies: &PolicySource<'_>, name: &str) -> Result<Law, Failure> {
    let law = if law::has_law(reader)? {
        law::load(reader, policies)
    } else {
        match policies {
            PolicySource::Settings => law::bootstrap(reader),
            PolicySource::Folder(_) => law::load(reader, policies),
        }
    };
    law.map_err(|problems| unloaded(problems, name))
}

fn unloaded(problems: Vec<LawProblem>, name: &str) -> Failure {
    let failure = law::failure(problems);
    Failure {
        message: format!("the law of `{name}` does not load: {}", failure.message),
        ..failure
    }
}

/// Judges every contract of a revision under both laws.
pub fn compare(
    before: &Candidate<'_>,
    after: &Candidate<'_>,
    asked: &Asked<'_>,
) -> Result<LawImpact, Failure> {
    let reader = asked.contracts.open()?;
    let old = Bench::of(before.law, before.terms, &reader, asked.as_of)?;
    let new = Bench::of(after.law, after.terms, &reader, asked.as_of)?;
    let trial = Trial::of(&old, &new, asked);
    let entries = looked_at(&reader, before.law, after.law)?;
    let counted = judge(&trial, asked.contracts, &entries)?;
    let mut impact = LawImpact {
        before: before.name.clone(),
        after: after.name.clone(),
        contracts_of: asked.name.clone(),
        as_of: asked.as_of.to_string(),
        fail_on: asked.fail_on,
        edits: edits::between(&old, &new),
        contract_count: counted.contracts,
        failing: counted.failing,
        passing: counted.passing,
        contracts: counted.turned,
        notes: notes(before.law, after.law, &entries),
    };
    impact.sort();
    Ok(impact)
}

fn notes(before: &Law, after: &Law, entries: &[(Entry, Looks)]) -> Vec<String> {
    let mut notes = Vec::new();
    if before.bootstrap {
        notes.push(
            "bootstrap: there was no law before, so that the built-in policies only advised"
                .to_owned(),
        );
    }
    if entries.is_empty() {
        let globs = after.settings.contracts.join(", ");
        notes.push(format!("no contracts found; looked for {globs}"));
    }
    notes
}

/// Lists the contract files of both laws, and which of the laws look at each.
fn looked_at(reader: &Reader, before: &Law, after: &Law) -> Result<Vec<(Entry, Looks)>, Failure> {
    let list = |law: &Law| Ok::<_, Failure>(reader.list(&Globs::new(&law.settings.contracts)?)?);
    let new = list(after)?.into_iter();
    if before.settings.contracts == after.settings.contracts {
        return Ok(new.map(|entry| (entry, Looks::Both)).collect());
    }
    let mut all: BTreeMap<_, _> = new
        .map(|entry| (entry.path.clone(), (entry, Looks::After)))
        .collect();
    for entry in list(before)? {
        let path = entry.path.clone();
        all.entry(path)
            .and_modify(|(_, looks)| *looks = Looks::Both)
            .or_insert((entry, Looks::Before));
    }
    Ok(all.into_values().collect())
}

/// What came of some contracts.
#[derive(Default)]
struct Counted {
    contracts: usize,
    failing: usize,
    passing: usize,
    turned: Vec<Turned>,
}

impl Counted {
    fn extend(&mut self, other: Counted) {
        self.contracts += other.contracts;
        self.failing += other.failing;
        self.passing += other.passing;
        self.turned.extend(other.turned);
    }
}

fn judge(
    trial: &Trial<'_>,
    snapshot: &Snapshot,
    entries: &[(Entry, Looks)],
) -> Result<Counted, Failure> {
    let bar = progress::bar(entries.len());
    // A judge remembers what it decided, so that one for each thread decides least.
    let size = entries.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Counted>, Failure> = entries
        .par_chunks(size)
        .map(|chunk| {
            let reader = snapshot.open()?;
            let mut judges = trial.judges()?;
            let mut counted = Counted::default();
            for (entry, looks) in chunk {
                trial.file(&mut judges, &reader, entry, *looks, &mut counted)?;
                bar.inc(1);
            }
            Ok(counted)
        })
        .collect();
    bar.finish_and_clear();
    let mut all = Counted::default();
    parts?.into_iter().for_each(|part| all.extend(part));
    Ok(all)
}
