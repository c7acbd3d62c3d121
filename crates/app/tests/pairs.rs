//! The labelled pairs of contracts: each is told as people labelled it, and each break that a record
//! can show is shown by one.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use meshlaw_contract::model::{CompatibilityMode, Contract};
use meshlaw_contract::{Format, Gravity, Limits, ProblemId, parse_contracts};
use meshlaw_diff::{Change, Grade, Grading, Witness, Witnesses, compare};
use meshlaw_record::{Keys, Shape};
use serde_json::Value;

/// A pair, with its labels by mode.
struct Pair {
    name: String,
    before: Contract,
    after: Contract,
    labels: [(CompatibilityMode, Vec<String>); 2],
    is_visible: bool,
}

/// How many labels must agree, out of all; raise it when more do.
const LEAST: (usize, usize) = (638, 646);

fn pairs() -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pairs");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| topic(file)).collect()
}

fn topic(file: &Path) -> Vec<Pair> {
    let topic: Value = serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let format = match topic["format"].as_str() {
        Some("native") => Format::Native,
        _ => Format::Odcs,
    };
    let base = topic["base"].as_str().unwrap();
    let cases = topic["cases"].as_array().unwrap().iter();
    cases
        .map(|case| {
            let name = case["name"].as_str().unwrap().to_owned();
            let mut text = base.to_owned();
            for edit in case["edits"].as_array().unwrap() {
                let (from, to) = (edit["from"].as_str().unwrap(), edit["to"].as_str().unwrap());
                let count = text.matches(from).count();
                assert_eq!(count, 1, "{name}: `{from}` stands {count} times");
                text = text.replace(from, to);
            }
            let label = |side: &str| match &case[side] {
                Value::Array(words) => {
                    let words = words.iter().map(|word| word.as_str().unwrap().to_owned());
                    words.collect()
                }
                word => vec![word.as_str().unwrap().to_owned()],
            };
            Pair {
                before: contract(&name, base, format),
                after: contract(&name, &text, format),
                labels: [
                    (CompatibilityMode::Consumers, label("consumers")),
                    (CompatibilityMode::Producers, label("producers")),
                ],
                is_visible: case["visible"].as_bool().unwrap_or(true),
                name,
            }
        })
        .collect()
}

fn contract(name: &str, text: &str, format: Format) -> Contract {
    let parsed = parse_contracts(text, format, &Limits::default()).remove(0);
    let faults: Vec<_> = parsed
        .problems
        .iter()
        .filter(|problem| problem.gravity == Gravity::Fault)
        // A pair may show how a contract comes to contradict itself.
        .filter(|problem| problem.id != ProblemId::Contradiction)
        .collect();
    assert!(faults.is_empty(), "{name}: {faults:?}");
    parsed.value.unwrap()
}

fn changes(before: &Contract, after: &Contract) -> meshlaw_diff::Comparison {
    compare(Some(before), Some(after), jiff::civil::date(2026, 11, 23)).unwrap()
}

/// Tells whether a change changes what is meant; a restatement says that it does not.
fn is_visible(change: &Change) -> bool {
    !change.rule.id.ends_with("-restated")
}

#[test]
fn labels_agree_as_often_as_is_written_down() {
    let pairs = pairs();
    let names: BTreeSet<&str> = pairs.iter().map(|pair| pair.name.as_str()).collect();
    assert_eq!(names.len(), pairs.len(), "every pair has a name of its own");
    assert!(pairs.len() >= 200, "{} pairs", pairs.len());
    let (mut met, mut all, mut others) = (0, 0, Vec::new());
    for pair in &pairs {
        let comparison = changes(&pair.before, &pair.after);
        let is_seen = comparison.changes.iter().any(is_visible);
        for (mode, words) in &pair.labels {
            let worst = Grading::of(*mode).worst(&comparison.changes);
            all += 1;
            if words.iter().any(|word| word == worst.as_str()) && is_seen == pair.is_visible {
                met += 1;
            } else {
                others.push(format!(
                    "{} ({mode}): {worst}, labelled {words:?}",
                    pair.name
                ));
            }
        }
    }
    assert!(
        met >= LEAST.0 && all >= LEAST.1,
        "{met} of {all}: {others:#?}"
    );
}

#[test]
fn nothing_is_said_of_a_pair_of_one() {
    for pair in pairs() {
        for contract in [&pair.before, &pair.after] {
            assert!(
                changes(contract, contract).changes.is_empty(),
                "{}",
                pair.name
            );
        }
    }
}

/// Rules of which every break can be shown by records.
const SHOWN: &[&str] = &[
    "constraint-loosened",
    "enum-removed",
    "enum-value-removed",
    "field-added-required",
    "field-made-optional",
    "field-made-required",
    "format-changed",
    "format-narrowed",
    "format-widened",
    "length-loosened",
    "length-tightened",
    "pattern-added",
    "pattern-changed",
    "pattern-removed",
    "primary-key-loosened",
    "primary-key-removed",
    "range-loosened",
    "range-tightened",
    "unique-added",
    "unique-removed",
];

#[test]
fn every_witness_bears_witness() {
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in pairs() {
        let comparison = changes(&pair.before, &pair.after);
        let witnesses = Witnesses::of(&pair.before, &pair.after, &comparison);
        for change in &comparison.changes {
            let grades = (change.rule.consumers, change.rule.producers);
            let is_breaking = grades.0.max(grades.1) == Grade::Breaking;
            match witnesses.find(change, grades) {
                None => assert!(!is_breaking, "{}: {}", pair.name, change.rule.id),
                Some(Witness::Structure) => {
                    assert!(
                        !SHOWN.contains(&change.rule.id),
                        "{}: {}",
                        pair.name,
                        change.rule.id
                    );
                }
                Some(Witness::Records {
                    records,
                    head_allows,
                }) => {
                    let (allowing, refusing) = if head_allows {
                        (&pair.after, &pair.before)
                    } else {
                        (&pair.before, &pair.after)
                    };
                    assert!(
                        is_allowed(allowing, change, &records),
                        "{}: {records:?}",
                        pair.name
                    );
                    assert!(
                        !is_allowed(refusing, change, &records),
                        "{}: {records:?}",
                        pair.name
                    );
                    *shown.entry(change.rule.id).or_default() += 1;
                }
            }
        }
    }
    let missing: Vec<_> = SHOWN
        .iter()
        .filter(|rule| !shown.contains_key(**rule))
        .collect();
    assert!(missing.is_empty(), "no pair shows {missing:?}");
}

/// Tells whether the dataset that a change is about allows records, each by itself and all together.
fn is_allowed(contract: &Contract, change: &Change, records: &[meshlaw_contract::Value]) -> bool {
    let at = change.edit.place.pointer();
    let mut datasets = contract.datasets.iter();
    let dataset = datasets
        .find(|dataset| dataset.pointer().contains(at))
        .unwrap();
    let shape = Shape::of(dataset);
    let mut keys = Keys::of(dataset, 10);
    records
        .iter()
        .all(|record| shape.check(record).is_empty() && keys.observe(record, 1).is_empty())
}

#[test]
fn numbers_at_the_edge_are_survived() {
    let text = |length: u64, step: i64| {
        format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n\
             schema:\n  - name: t\n    properties:\n\
             \x20     - {{ name: f, logicalType: string, logicalTypeOptions: {{ maxLength: {length} }} }}\n\
             \x20     - {{ name: g, logicalType: integer, logicalTypeOptions: {{ multipleOf: {step} }} }}\n"
        )
    };
    let before = contract("edge", &text(9, i64::MAX), Format::Odcs);
    let after = contract("edge", &text(9_223_372_036_854_775_807, 2), Format::Odcs);
    let comparison = changes(&before, &after);
    let witnesses = Witnesses::of(&before, &after, &comparison);
    for change in &comparison.changes {
        assert!(
            witnesses
                .find(change, (Grade::Breaking, Grade::Breaking))
                .is_some()
        );
    }
}
