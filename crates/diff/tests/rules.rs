//! Every rule's examples, run.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Gravity, Limits, parse_contracts};
use meshlaw_diff::{Aspect, Rule, catalogue, compare};

/// What every contract needs, and the key that need not stand beside it.
type Frame = &'static [(&'static str, &'static str, &'static str)];

const NATIVE: Frame = &[
    ("schema", "example", ""),
    ("version", "1.0.0", ""),
    ("owner", "team", ""),
    ("fields", "[{ name: id, type: string }]", "datasets"),
];

const ODCS: Frame = &[
    ("apiVersion", "v3.2.0", ""),
    ("kind", "DataContract", ""),
    ("id", "example", ""),
    ("version", "1.0.0", ""),
    ("status", "active", ""),
    (
        "schema",
        "[{ name: example, properties: [{ name: id, logicalType: string }] }]",
        "",
    ),
];

/// Completes a fence into a contract; an empty fence stands for none.
///
/// A fence that says it is a data contract, or lists its schema, follows the Open Data Contract
/// Standard.
fn contract(fence: &str) -> Option<Contract> {
    if fence.trim().is_empty() {
        return None;
    }
    let has = |key: &str| {
        fence
            .lines()
            .any(|line| line.starts_with(&format!("{key}:")))
    };
    let (format, frame) = if has("kind") || fence.lines().any(|line| line == "schema:") {
        (Format::Odcs, ODCS)
    } else {
        (Format::Native, NATIVE)
    };
    let mut text = String::new();
    for (key, value, other) in frame {
        if !has(key) && !has(other) {
            text.push_str(&format!("{key}: {value}\n"));
        }
    }
    text.push_str(fence);
    let parsed = parse_contracts(&text, format, &Limits::default()).remove(0);
    let faults: Vec<_> = parsed
        .problems
        .iter()
        .filter(|one| one.gravity == Gravity::Fault)
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\n{text}");
    parsed.value
}

/// Returns the rules that speak of a change from one fence to another.
fn rules(before: &str, after: &str) -> Vec<&'static str> {
    let (base, head) = (contract(before), contract(after));
    let as_of = jiff::civil::date(2026, 11, 23);
    let comparison = compare(base.as_ref(), head.as_ref(), as_of).unwrap();
    for change in &comparison.changes {
        let message = change.message();
        assert!(
            !message.contains("{part") && !message.is_empty(),
            "{message}"
        );
    }
    comparison
        .changes
        .iter()
        .map(|change| change.rule.id)
        .collect()
}

/// Takes the fences under a heading.
fn fences<'r>(rule: &'r Rule, heading: &str) -> Vec<&'r str> {
    let section = rule
        .body
        .split("\n## ")
        .find_map(|section| section.strip_prefix(heading));
    let Some(section) = section else {
        return Vec::new();
    };
    section
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

/// Rules of edits that no native contract can make.
const WITHOUT_EXAMPLES: &[&str] = &["owner-added", "owner-removed", "type-unclear"];

#[test]
fn every_example_speaks_or_is_silent() {
    for rule in catalogue().unwrap().rules() {
        let speaks = fences(rule, "Speaks");
        assert_eq!(
            speaks.is_empty(),
            WITHOUT_EXAMPLES.contains(&rule.id),
            "{} needs an example, or does not need its exception",
            rule.id
        );
        for pair in speaks.chunks(2) {
            let found = rules(pair[0], pair[1]);
            assert_eq!(found, [rule.id], "{}\n{}---\n{}", rule.id, pair[0], pair[1]);
        }
        let silent = fences(rule, "Silent");
        for pair in silent.chunks(2) {
            let found = rules(pair[0], pair[1]);
            assert!(
                !found.contains(&rule.id),
                "{}: {found:?}\n{}---\n{}",
                rule.id,
                pair[0],
                pair[1]
            );
        }
        for fence in speaks.iter().chain(&silent) {
            assert_eq!(
                rules(fence, fence),
                [""; 0],
                "a contract does not differ from itself"
            );
        }
        assert!(
            !silent.is_empty() || WITHOUT_EXAMPLES.contains(&rule.id),
            "{}",
            rule.id
        );
    }
}

#[test]
fn every_possible_edit_has_exactly_one_rule() {
    let catalogue = catalogue().unwrap();
    let ids: Vec<_> = catalogue.rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for aspect in Aspect::ALL {
        assert!(aspect.motions().is_sorted(), "{aspect}");
        for motion in aspect.motions() {
            assert!(
                catalogue.rule(*aspect, *motion).is_some(),
                "{aspect} {motion}"
            );
        }
    }
}

#[test]
fn words_for_people_are_well_formed() {
    for rule in catalogue().unwrap().rules() {
        for text in [rule.message, rule.help] {
            assert!(!text.ends_with('.'), "{}: {text}", rule.id);
            assert!(!text.starts_with(char::is_uppercase), "{}: {text}", rule.id);
            assert!(!text.contains("PLACEHOLDER"), "{}", rule.id);
        }
    }
}
