//! An estate in, who reads what of it out.

use std::collections::BTreeMap;

use meshlaw_changeset::{Entry, Globs, Reader as Files, Snapshot};
use meshlaw_contract::model::{Consumer, Contract, Field, Place, Version};
use meshlaw_contract::{Pointer, Value};
use meshlaw_report::Side;
use rayon::prelude::*;

use crate::effects::names;
use crate::estate::Estate;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::lineage::{Graph, Part, Reader};
use crate::revision::FileText;
use crate::settings::Settings;

/// What is known of a contract.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Team that keeps it.
    pub owner: Option<String>,
    /// Versions that there are.
    pub versions: Vec<Version>,
}

/// Who reads what.
#[derive(Debug, Default)]
pub struct Survey {
    /// Who reads which part.
    pub graph: Graph,
    /// Contracts, by name.
    pub contracts: BTreeMap<String, Known>,
    /// Consumers that read a version which is not there, each with the contract.
    pub apart: Vec<(String, String)>,
}

/// A contract, as far as lineage goes.
struct Read {
    path: String,
    id: String,
    owner: Option<String>,
    version: Option<Version>,
    /// Where its data comes from: a contract, the part that is read, and the part that is filled.
    sources: Vec<(String, Part, Part)>,
}

/// Reads every contract, and who derives from it and reads it.
pub fn survey(
    snapshot: &Snapshot,
    settings: &Settings,
    domains: &Domains,
    estate: &Estate,
) -> Result<Survey, Failure> {
    let entries = snapshot.open()?.list(&Globs::new(&settings.contracts)?)?;
    let size = entries.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Vec<Read>>, Failure> = entries
        .par_chunks(size)
        .map(|chunk| {
            let reader = snapshot.open()?;
            let files = chunk.iter();
            Ok(files
                .flat_map(|entry| read(&reader, entry, settings, domains))
                .collect())
        })
        .collect();
    let all: Vec<Read> = parts?.into_iter().flatten().collect();
    let mut survey = Survey::default();
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    for one in &all {
        let file = one.path.rsplit('/').next().unwrap_or(&one.path);
        paths.insert(file.to_owned(), one.id.clone());
        let known = survey.contracts.entry(one.id.clone()).or_default();
        known.owner = known.owner.take().or_else(|| one.owner.clone());
        known.versions.extend(one.version.clone());
    }
    for one in all {
        for (from, read, filled) in one.sources {
            let from = named(&from, &survey.contracts, &paths);
            let reader = Reader::Contract(one.id.clone(), filled);
            survey.graph.add(&from, read, reader);
        }
    }
    for consumer in &estate.consumers {
        uses(&mut survey, consumer);
    }
    Ok(survey)
}

fn read(reader: &Files, entry: &Entry, settings: &Settings, domains: &Domains) -> Vec<Read> {
    let Some(file) = FileText::read(reader, entry, settings, Side::Head) else {
        return Vec::new();
    };
    let revisions = file.contracts(settings, domains);
    let found = revisions.iter().filter_map(|revision| {
        let contract = revision.contract()?;
        let id = revision.identity.id();
        Some(Read {
            path: file.path.clone(),
            owner: contract.owner.clone(),
            version: contract.version.clone(),
            sources: sources(contract, &id),
            id,
        })
    });
    found.collect()
}

/// Finds a contract by its name, or by that of its file.
fn named(
    text: &str,
    contracts: &BTreeMap<String, Known>,
    files: &BTreeMap<String, String>,
) -> String {
    if contracts.contains_key(text) {
        return text.to_owned();
    }
    let file = text.rsplit('/').next().unwrap_or(text);
    files.get(file).cloned().unwrap_or_else(|| text.to_owned())
}

/// Returns where the data of a contract comes from: a contract, the part that is read, and the part
/// that is filled.
fn sources(contract: &Contract, id: &str) -> Vec<(String, Part, Part)> {
    let mut found = Vec::new();
    derived(&contract.properties, &Part::default(), &mut found);
    for dataset in &contract.datasets {
        let own = Part {
            dataset: (dataset.place == Place::Listed).then(|| dataset.name.clone()),
            names: Vec::new(),
        };
        if dataset.place == Place::Listed {
            derived(&dataset.properties, &own, &mut found);
        }
        fields(id, &dataset.fields, &own, &mut found);
    }
    found
}

fn fields(id: &str, list: &[Field], around: &Part, found: &mut Vec<(String, Part, Part)>) {
    for field in list {
        let mut own = around.clone();
        own.names.push(field.name.clone());
        derived(&field.properties, &own, found);
        if let Some(reference) = &field.references {
            let contract = reference.contract.clone().unwrap_or_else(|| id.to_owned());
            let read = Part {
                dataset: reference.dataset.clone(),
                names: vec![reference.field.clone()],
            };
            found.push((contract, read, own.clone()));
        }
        let children: Vec<Field> = field.children().cloned().collect();
        fields(id, &children, &own, found);
    }
}

/// Reads `derived_from`: contracts, or fields of them behind a `#`.
fn derived(
    properties: &BTreeMap<String, Value>,
    filled: &Part,
    found: &mut Vec<(String, Part, Part)>,
) {
    let stated = ["derived_from", "derivedFrom"]
        .iter()
        .find_map(|key| properties.get(*key));
    let texts: Vec<&String> = match stated {
        Some(Value::Text(text)) => vec![text],
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| match item {
                Value::Text(text) => Some(text),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    for text in texts {
        let (contract, field) = text.split_once('#').unwrap_or((text, ""));
        let names = field.split('.').filter(|name| !name.is_empty());
        let read = Part {
            dataset: None,
            names: names.map(str::to_owned).collect(),
        };
        found.push((contract.to_owned(), read, filled.clone()));
    }
}

fn uses(survey: &mut Survey, consumer: &Consumer) {
    for usage in &consumer.uses {
        let versions = survey
            .contracts
            .get(&usage.contract)
            .map(|known| known.versions.as_slice())
            .unwrap_or_default();
        let mut readable = versions.iter().filter_map(Version::semantic).peekable();
        let reads = usage.version.as_ref().is_none_or(|range| {
            readable.peek().is_none() || readable.any(|version| range.matches(version))
        });
        let reader = || Reader::Consumer(consumer.name.clone());
        if !reads {
            let apart = (consumer.name.clone(), usage.contract.clone());
            survey.apart.push(apart);
            continue;
        }
        let whole = vec![Vec::new()];
        for names in usage.fields.as_ref().unwrap_or(&whole) {
            let part = Part {
                dataset: usage.dataset.clone(),
                names: names.clone(),
            };
            survey.graph.add(&usage.contract, part, reader());
        }
    }
}

/// Returns the part that a pointer is about.
pub fn part_of(pointer: &Pointer) -> Part {
    let (dataset, names) = names(pointer);
    Part {
        dataset: dataset.map(str::to_owned),
        names: names.into_iter().map(str::to_owned).collect(),
    }
}
