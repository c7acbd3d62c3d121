//! Small contracts before and after, and the exact list of changes between them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod beyond;
mod constraints;
mod datasets;
mod demo;
mod deprecation;
mod grading;
mod keys;
mod messages;
mod nested;
mod quality;
mod renames;
mod service;
mod types;

use jiff::civil::{Date, date};
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Limits, parse_contracts};
use meshlaw_diff::{Change, Comparison, compare};

/// Two texts, and the changes between them as `rule pointer`.
type Case<'c> = (&'c str, &'c str, &'c [&'c str]);

const TODAY: Date = date(2026, 11, 23);

/// Reads a contract; the keys at the top that every contract needs are filled in.
fn contract(text: &str) -> Contract {
    let mut whole = String::new();
    for line in ["schema: c", "version: 1.0.0", "owner: t"] {
        let key = &line[..=line.find(':').unwrap()];
        if !text.lines().any(|line| line.starts_with(key)) {
            whole = format!("{whole}{line}\n");
        }
    }
    whole.push_str(text);
    let parsed = parse_contracts(&whole, Format::Native, &Limits::default()).remove(0);
    parsed.value.unwrap()
}

fn compared(before: &str, after: &str) -> Comparison {
    compare(Some(&contract(before)), Some(&contract(after)), TODAY).unwrap()
}

fn told(changes: &[Change]) -> Vec<String> {
    let mut told: Vec<_> = changes
        .iter()
        .map(|one| format!("{} {}", one.rule.id, one.edit.place.pointer()))
        .collect();
    told.sort();
    told
}

/// Checks each case, and that either text alone is silent.
fn check(cases: &[Case<'_>]) {
    for (before, after, expected) in cases {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let found = compared(before, after).changes;
        assert_eq!(
            told(&found),
            expected,
            "\n{before}\n---\n{after}\n{found:#?}"
        );
        for text in [before, after] {
            assert_eq!(told(&compared(text, text).changes), [""; 0], "{text}");
        }
    }
}

/// Checks each case both ways: two lists, one for the way there and one for the way back.
fn check_both(cases: &[(&str, &str, &[&str], &[&str])]) {
    for (before, after, there, back) in cases {
        check(&[(before, after, there), (after, before, back)]);
    }
}
