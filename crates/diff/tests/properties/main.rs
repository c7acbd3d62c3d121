//! What holds of every comparison, on contracts that dice decide.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on has failed"
)]

mod beyond;
mod generator;
mod sites;

use std::collections::{BTreeMap, BTreeSet};

use generator::Dice;
use jiff::civil::date;
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Gravity, Key, Limits, Pointer, parse_contracts};
use meshlaw_diff::{Aspect, Change, Effect, Motion, catalogue, compare, compare_plainly};
use proptest::prelude::*;
use serde_json::Value;
use sites::{Site, Step, around, key, other, sites};

/// Reads a contract; tells whether it has no fault.
fn read(value: &Value) -> (Contract, bool) {
    let text = value.to_string();
    let parsed = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
    let is_sound = parsed
        .problems
        .iter()
        .all(|one| one.gravity != Gravity::Fault);
    (parsed.value.unwrap(), is_sound)
}

/// Reads a contract and states more in it; no dice, nothing more.
fn read_beyond(value: &Value, dice: u64) -> (Contract, bool) {
    let (mut contract, is_sound) = read(value);
    if dice > 0 {
        beyond::beyond(&mut contract, &mut Dice(dice));
    }
    (contract, is_sound)
}

fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    compare(Some(before), Some(after), date(2026, 11, 23))
        .unwrap()
        .changes
}

fn told(changes: &[Change]) -> Vec<String> {
    let told = changes.iter();
    told.map(|one| format!("{} {}", one.rule.id, one.edit.place.pointer()))
        .collect()
}

/// A contract that differs from another in some attributes, or holds other ones.
fn edited(whole: &Value, seed: u64, edits: usize) -> Value {
    let dice = &mut Dice(seed);
    let mut edited = whole.clone();
    for _ in 0..edits {
        let all = sites(&edited);
        let site = dice.pick(&all).clone();
        let mapping = around(&mut edited, &site);
        let key = key(&site);
        match (dice.below(4), mapping[key].clone()) {
            (0, _) => {
                mapping.shift_remove(key);
            }
            (1, Value::Array(mut items)) => {
                let at = dice.below(items.len());
                if items.len() > 1 {
                    items.remove(at);
                }
                mapping[key] = Value::Array(items);
            }
            (2, Value::Array(mut items)) => {
                dice.shuffle(&mut items);
                mapping[key] = Value::Array(items);
            }
            (_, value) => {
                if let Some(other) = other(&site, &value) {
                    mapping[key] = other;
                }
            }
        }
    }
    edited
}

/// Whether two contracts come from one, or have nothing to do with each other.
fn pair(seeds: (u64, u64), edits: usize) -> (Value, Value) {
    let before = generator::contract(seeds.0);
    let after = match edits {
        0..9 => edited(&before, seeds.1, edits),
        _ => generator::contract(seeds.1),
    };
    (before, after)
}

/// An edit as it reads from the other side.
fn mirrored(motion: Motion) -> Motion {
    match motion {
        Motion::Added | Motion::AddedRequired => Motion::Removed,
        Motion::Removed | Motion::Retired => Motion::Added,
        Motion::Tightened => Motion::Loosened,
        Motion::Loosened => Motion::Tightened,
        Motion::Raised => Motion::Lowered,
        Motion::Lowered => Motion::Raised,
        Motion::Changed | Motion::Moved | Motion::Renamed | Motion::Restated | Motion::Unclear => {
            motion
        }
    }
}

/// Counts edits; whether a field must be filled, or was announced to go, only one side knows.
fn counted(
    changes: &[Change],
    motion_of: fn(Motion) -> Motion,
) -> BTreeMap<(Aspect, Motion), usize> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts
            .entry((change.edit.aspect, motion_of(change.edit.motion)))
            .or_default() += 1;
    }
    counts
}

fn plain(motion: Motion) -> Motion {
    mirrored(mirrored(motion))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_contract_does_not_differ_from_itself(seed: u64, dice in 0u64..99) {
        let whole = generator::contract(seed);
        let (contract, is_sound) = read_beyond(&whole, dice);
        prop_assert!(is_sound, "{whole}");
        prop_assert_eq!(told(&changes(&contract, &contract)), Vec::<String>::new());
    }

    /// Swapping the revisions swaps added and removed, tightens and loosens, raised and lowered;
    /// it keeps renamed, changed, restated and unclear.
    #[test]
    fn the_way_back_mirrors_the_way_there(
        seeds: (u64, u64), edits in 0usize..12, dice in (0u64..9, 0u64..9)
    ) {
        let (before, after) = pair(seeds, edits);
        let ((base, base_sound), (head, head_sound)) =
            (read_beyond(&before, dice.0), read_beyond(&after, dice.1));
        prop_assume!(base_sound && head_sound);
        let (there, back) = (changes(&base, &head), changes(&head, &base));
        prop_assert_eq!(
            counted(&there, plain), counted(&back, mirrored),
            "{}\n{}\n{:#?}\n{:#?}", before, after, told(&there), told(&back)
        );
        let data = |changes: &[Change], effect| changes.iter().filter(|one| {
            // History gone is a loss, history kept is none: only one way has an effect.
            one.rule.effect == effect && one.edit.aspect != Aspect::Retention
        }).count();
        prop_assert_eq!(data(&there, Effect::Tightens), data(&back, Effect::Loosens));
        prop_assert_eq!(data(&there, Effect::Loosens), data(&back, Effect::Tightens));
    }

    /// Whatever the text, each edit is a possible one, has the catalogue's rule, and reads well.
    #[test]
    fn every_edit_is_possible_and_has_its_rule(
        seeds: (u64, u64), edits in 0usize..12, dice in (0u64..9, 0u64..9)
    ) {
        let (before, after) = pair(seeds, edits);
        let catalogue = catalogue().unwrap();
        let (base, head) = (read_beyond(&before, dice.0).0, read_beyond(&after, dice.1).0);
        for change in changes(&base, &head) {
            let (aspect, motion) = (change.edit.aspect, change.edit.motion);
            prop_assert!(aspect.motions().contains(&motion), "{} {}", aspect, motion);
            prop_assert_eq!(catalogue.rule(aspect, motion), Some(change.rule));
            prop_assert!(!change.message().contains('\n'));
            let place = &change.edit.place;
            prop_assert!(place.base().is_some() || place.head().is_some());
        }
    }

    /// Fields that state the same need not be gone through.
    #[test]
    fn what_is_alike_is_compared_as_plainly(
        seeds: (u64, u64), edits in 0usize..12, dice in (0u64..9, 0u64..9)
    ) {
        let (before, after) = pair(seeds, edits);
        let (base, head) = (read_beyond(&before, dice.0).0, read_beyond(&after, dice.1).0);
        let day = date(2026, 11, 23);
        let short = compare(Some(&base), Some(&head), day).unwrap();
        let plain = compare_plainly(Some(&base), Some(&head), day).unwrap();
        prop_assert_eq!(format!("{:?}", short.changes), format!("{:?}", plain.changes));
        prop_assert_eq!(short.alignment, plain.alignment, "{}\n{}", before, after);
    }

    /// Pointers of what stays lead there and back again.
    #[test]
    fn alignment_goes_there_and_back(
        seeds: (u64, u64), edits in 0usize..9, dice in (0u64..9, 0u64..9)
    ) {
        let (before, after) = pair(seeds, edits);
        let (base, head) = (read_beyond(&before, dice.0).0, read_beyond(&after, dice.1).0);
        let found = compare(Some(&base), Some(&head), date(2026, 11, 23)).unwrap();
        for change in &found.changes {
            if let (Some(base), Some(head)) = (change.edit.place.base(), change.edit.place.head())
                && is_aligned(change.edit.aspect, base, head)
            {
                prop_assert_eq!(&found.alignment.to_base(head), base, "{:?}", change.edit);
                prop_assert_eq!(&found.alignment.to_head(base), head, "{:?}", change.edit);
            }
        }
    }

    /// The order of keys, and of lists without one, says nothing.
    #[test]
    fn order_says_nothing(seed: u64, order: u64) {
        let whole = generator::contract(seed);
        let mut dice = Dice(order);
        let shuffled = shuffled(&whole, "", &mut dice);
        prop_assert_eq!(told(&changes(&read(&whole).0, &read(&shuffled).0)), Vec::<String>::new(), "{}\n{}", whole, shuffled);
    }

    /// The order of fields says one thing: that it is another.
    #[test]
    fn the_order_of_fields_is_told_alone(seed: u64, order: u64) {
        let mut whole = generator::contract(seed);
        prop_assume!(whole.get("fields").is_some());
        let base = read(&whole).0;
        Dice(order).shuffle(whole["fields"].as_array_mut().unwrap());
        let found = changes(&base, &read(&whole).0);
        prop_assert!(found.len() <= 1 && found.iter().all(|one| one.rule.id == "fields-reordered"), "{:?}", told(&found));
    }
}

/// Tells whether the alignment leads from one pointer to the other.
///
/// What a contract says of itself stays with it when its dataset moves to a list; and a rule that
/// only one revision has can have no name in the other.
fn is_aligned(aspect: Aspect, base: &Pointer, head: &Pointer) -> bool {
    let is_listed = |at: &Pointer| at.keys().first() == Some(&Key::Word("datasets"));
    let is_inside = |at: &Pointer| at.keys().contains(&Key::Word("fields"));
    aspect != Aspect::Unique && (is_listed(base) == is_listed(head) || is_inside(base))
}

/// Lists whose order says nothing.
const UNORDERED: &[&str] = &[
    "datasets", "enum", "in", "no_nulls", "purpose", "quality", "regions", "servers", "tags",
    "unique",
];

fn shuffled(value: &Value, list: &str, dice: &mut Dice) -> Value {
    match value {
        Value::Object(entries) => {
            let is_free = list == "properties";
            let inner = |(key, value): (&String, &Value), dice: &mut Dice| {
                let list = if is_free { "" } else { key };
                (key.clone(), shuffled(value, list, dice))
            };
            let mut entries: Vec<_> = entries.iter().map(|entry| inner(entry, dice)).collect();
            dice.shuffle(&mut entries);
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(|item| shuffled(item, "", dice)).collect();
            if UNORDERED.contains(&list) {
                dice.shuffle(&mut items);
            }
            Value::Array(items)
        }
        value => value.clone(),
    }
}

/// Mutations of one attribute that may say nothing, and why.
const SILENT: &[(&str, &str)] = &[("severity", "error is what a rule without one means")];

/// Mutations of one attribute that may say several things, and why.
const SEVERAL: &[(&str, &str)] = &[
    ("enum", "each value comes or goes by itself"),
    ("fields", "each field comes or goes by itself"),
    (
        "name",
        "what bears another name and is like nothing else is another thing, with its keys",
    ),
    ("properties", "each property comes or goes by itself"),
    ("purpose", "each purpose comes or goes by itself"),
    ("quality", "each rule comes or goes by itself"),
    ("regions", "each region comes or goes by itself"),
    ("servers", "each server comes or goes by itself"),
    ("sla", "each promise comes or goes by itself"),
    ("tags", "each tag comes or goes by itself"),
];

/// Every attribute of many contracts, dropped and replaced one at a time: never silent, and told
/// once, but for the lists above.
#[test]
fn no_mutation_of_one_attribute_is_silent() {
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    let (mut silent, mut several) = (BTreeSet::new(), BTreeSet::new());
    for seed in (0..40).chain([88]) {
        let whole = generator::contract(seed);
        let base = read(&whole).0;
        for site in sites(&whole) {
            for mutant in mutants(&whole, &site) {
                let (head, is_sound) = read(&mutant);
                if !is_sound {
                    continue;
                }
                let found = changes(&base, &head);
                let key = key(&site).to_owned();
                *tried.entry(key.clone()).or_default() += 1;
                if found.is_empty() {
                    assert!(
                        SILENT.iter().any(|(known, _)| *known == key),
                        "silent: {site:?}\n{whole}\n{mutant}"
                    );
                    silent.insert(key);
                } else if found.len() > 1 {
                    let is_known = SEVERAL.iter().any(|(known, _)| *known == key);
                    assert!(is_known, "{site:?}: {:#?}\n{whole}\n{mutant}", told(&found));
                    several.insert(key);
                }
            }
        }
    }
    let total: usize = tried.values().sum();
    assert!(
        total > 5_000 && tried.len() > 65,
        "{total} mutations of {} keys",
        tried.len()
    );
    for (listed, seen) in [(SILENT, silent), (SEVERAL, several)] {
        let listed: BTreeSet<_> = listed.iter().map(|(key, _)| (*key).to_owned()).collect();
        assert_eq!(listed, seen, "an exception that nothing needs");
    }
}

fn mutants(whole: &Value, site: &Site) -> Vec<Value> {
    let mut without = whole.clone();
    let value = around(&mut without, site).shift_remove(key(site)).unwrap();
    let replaced = other(site, &value).map(|other| {
        let mut replaced = whole.clone();
        around(&mut replaced, site)[key(site)] = other;
        replaced
    });
    [Some(without), replaced].into_iter().flatten().collect()
}

/// Keys below which every key is free.
const FREE: &[&str] = &["properties", "servers", "sla"];

/// Every key of many contracts, misspelt one at a time: a finding of the reader, never a change.
#[test]
fn a_misspelt_key_is_never_a_change() {
    let mut tried = 0;
    for seed in 0..20 {
        let whole = generator::contract(seed);
        let base = read(&whole).0;
        for site in sites(&whole) {
            let is_free = site[..site.len() - 1]
                .iter()
                .any(|step| matches!(step, Step::Key(key) if FREE.contains(&key.as_str())));
            let word = key(&site);
            if is_free || word.len() < 3 {
                continue;
            }
            let mut mutant = whole.clone();
            let mapping = around(&mut mutant, &site);
            let value = mapping.shift_remove(word).unwrap();
            mapping.insert(format!("{word}x"), value);
            let (head, is_sound) = read(&mutant);
            assert!(!is_sound, "{site:?} is not noticed\n{mutant}");
            for (before, after) in [(&base, &head), (&head, &base)] {
                let found = told(&changes(before, after));
                assert!(found.is_empty(), "{site:?}: {found:?}\n{mutant}");
            }
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried} keys");
}

/// Keys whose values tell members apart: another value is another member, and both are told.
const IDENTITIES: &[&str] = &["channel", "element", "property", "role", "url", "username"];

/// Everything that details hold, dropped and replaced one at a time, is told once.
#[test]
fn each_detail_is_told_once() {
    let whole = beyond::every_kind();
    let (base, head) = (
        read(&generator::contract(1)).0,
        read(&generator::contract(1)).0,
    );
    let contract = |details: &Value, mut contract: Contract| {
        contract.details = beyond::lowered_details(details);
        contract
    };
    let base = contract(&whole, base);
    assert_eq!(base.details.len(), whole.as_object().unwrap().len());
    let mut renamed = 0;
    let all = sites(&whole);
    for site in &all {
        for mutant in mutants(&whole, site) {
            let found = changes(&base, &contract(&mutant, head.clone()));
            let is_member = matches!(site[..], [Step::Key(_), .., Step::At(_), Step::Key(_)]);
            let is_identity = is_member && IDENTITIES.contains(&key(site));
            let is_list = around(&mut whole.clone(), site)[key(site)].is_array();
            let is_told = match found.len() {
                1 => true,
                // A list comes or goes member by member.
                2 => is_list || is_identity,
                _ => false,
            };
            assert!(is_told, "{site:?}: {:?}\n{mutant}", told(&found));
            renamed += usize::from(found.len() == 2 && is_identity);
        }
    }
    assert!(
        all.len() > 50 && renamed > 3,
        "{} keys, {renamed}",
        all.len()
    );
}
