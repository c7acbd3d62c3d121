//! Every key of the Open Data Contract Standard is told once.

use std::collections::BTreeSet;

use meshlaw_contract::Format;
use meshlaw_diff::{Change, Effect};
use serde_json::Value;

use crate::{changes, kind, otherwise, read, sites, without};

/// A contract that states every key of the standard.
const WHOLE: &str = include_str!("whole.json");

/// Mutations that say nothing, and why. Places in lists are written as `*`.
const SILENT: &[(&str, &str)] = &[
    (
        "customProperties.*.description",
        "a free key is its name and its value",
    ),
    ("customProperties.*.id", "the same"),
    ("customProperties.*.vendor", "the same"),
    (
        "schema.*.deprecated",
        "what is not deprecated need not say so",
    ),
    ("schema.*.properties.*.deprecated", "the same"),
    (
        "schema.*.properties.*.logicalTypeOptions.required",
        "the field says it, too",
    ),
    (
        "schema.*.properties.*.properties.*.required",
        "the object around says it, too",
    ),
    (
        "schema.*.properties.*.relationships.*.type",
        "there is one type",
    ),
    (
        "schema.*.quality.*.severity",
        "an error is what a failure is anyway",
    ),
    ("schema.*.quality.*.unit", "rows are counted in rows"),
    (
        "schema.*.quality.*.type",
        "a rule that says nothing else is a text",
    ),
];

/// Mutations that say several things, and why.
const SEVERAL: &[(&str, &str)] = &[];

#[test]
fn each_key_is_told_once() {
    let whole: Value = serde_json::from_str(WHOLE).unwrap();
    let base = read(&whole, Format::Odcs).expect("the fixture is sound");
    assert!(changes(&base, &base).is_empty());
    let mut all = Vec::new();
    sites(&whole, "", &mut all);
    let (mut silent, mut several, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut tried = 0;
    for site in &all {
        for mutant in [Some(without(&whole, site)), otherwise(&whole, site)]
            .into_iter()
            .flatten()
        {
            let Some(head) = read(&mutant, Format::Odcs) else {
                continue;
            };
            tried += 1;
            let kind = kind(site);
            let found = changes(&base, &head);
            let is_in = |list: &[(&str, &str)]| list.iter().any(|(known, _)| *known == kind);
            match found.len() {
                1 => {}
                0 if is_in(SILENT) => drop(silent.insert(kind)),
                2.. if is_in(SEVERAL) => drop(several.insert(kind)),
                2.. if holds_parts(&whole, site) || tells_apart(site) => {}
                count => {
                    let now = mutant.pointer(site);
                    let told: Vec<_> = found.iter().map(Change::message).collect();
                    wrong.push(format!("{count} at {site}, now {now:?}: {told:#?}"));
                }
            }
            assert_eq!(
                effects(&found, swapped),
                effects(&changes(&head, &base), |one| one),
                "{site}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 300, "{tried} mutations");
    for (listed, seen) in [(SILENT, silent), (SEVERAL, several)] {
        let listed: BTreeSet<_> = listed.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        assert_eq!(listed, seen, "an exception that nothing needs");
    }
}

/// A list or a mapping that goes takes all that it held with it.
fn holds_parts(whole: &Value, site: &str) -> bool {
    let value = whole.pointer(site).unwrap();
    value.is_array() || value.is_object()
}

/// What tells a part from others: under another name, it is another part.
fn tells_apart(site: &str) -> bool {
    let key = site.rsplit_once('/').unwrap().1;
    let is_tag = key.parse::<usize>().is_ok();
    let names = [
        "channel", "element", "id", "name", "property", "role", "server", "synonym", "url",
        "username", "value",
    ];
    is_tag || names.contains(&key)
}

fn swapped(effect: Effect) -> Effect {
    match effect {
        Effect::Tightens => Effect::Loosens,
        Effect::Loosens => Effect::Tightens,
        other => other,
    }
}

fn effects(changes: &[Change], of: fn(Effect) -> Effect) -> Vec<Effect> {
    // What is neutral one way may be both the other: a server that comes harms nobody.
    let directed = |effect: &Effect| matches!(effect, Effect::Loosens | Effect::Tightens);
    let effects = changes.iter().map(|one| of(one.rule.effect));
    let mut effects: Vec<_> = effects.filter(directed).collect();
    effects.sort();
    effects
}
