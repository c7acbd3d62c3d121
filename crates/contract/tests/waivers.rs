//! Waivers: what is understood, and what is refused.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use support::{drawn, lines, waiver};

const WAIVER: &str = "waiver: W-2026-014\npolicy: org/privacy/pii-masked\n\
                      contract: marketing/marketing_leads\npointer: [fields, email]\n\
                      reason: legacy export\nticket: GOV-231\napproved_by: privacy-office\n\
                      expires: 2027-01-31\n";

fn with(key: &str, line: &str) -> String {
    let kept = WAIVER.lines().filter(|one| !one.starts_with(key));
    let mut text: String = kept.map(|line| format!("{line}\n")).collect();
    text.push_str(line);
    text
}

#[test]
fn waivers_are_read() {
    let parsed = waiver(WAIVER);
    assert_eq!(lines(&parsed.problems), Vec::<String>::new());
    let read = parsed.value.expect("a waiver");
    let day = |text: &str| text.parse::<jiff::civil::Date>().expect("a date");
    assert!(read.holds_on(day("2027-01-31")), "the last day counts");
    assert!(!read.holds_on(day("2027-02-01")));
    let pointer = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(read.covers(&pointer(&["fields", "email"])));
    assert!(!read.covers(&pointer(&["fields", "email", "pii"])));
    assert!(!read.covers(&[]));
    let itself = with("pointer", "pointer: []\n");
    let itself = waiver(&itself).value.expect("a waiver");
    assert!(itself.covers(&[]) && !itself.covers(&pointer(&["fields", "email"])));
    let whole = with("pointer", "");
    let whole = waiver(&whole).value.expect("a waiver");
    assert!(whole.covers(&[]) && whole.covers(&pointer(&["fields", "email"])));
}

#[test]
fn names_that_read_like_numbers_are_names() {
    let text = with("pointer", "pointer: [fields, 2024, 'a.b', true]\n");
    let read = waiver(&text).value.expect("a waiver");
    assert_eq!(
        read.pointer.expect("a pointer"),
        ["fields", "2024", "a.b", "true"]
    );
}

#[test]
fn a_waiver_with_any_fault_is_no_waiver() {
    let cases = [
        with("expires", ""),
        with("expires", "expires: never\n"),
        with("expires", "expires: 2027-02-30\n"),
        with("policy", "policy: org/privacy/*\n"),
        with("contract", "contract: marketing/*\n"),
        with("contract", "contract: marketing_leads\n"),
        with("pointer", "pointer: fields.email\n"),
        with("pointer", "pointer: ['*']\n"),
        with("pointer", "pointer: [' ']\n"),
        with("reason", "reason: ' '\n"),
        with("approved_by", ""),
        with("approved_by", "approved_by: [a, b]\n"),
        with("ticket", "tickets: GOV-1\n"),
    ];
    let said = cases.iter().map(|text| {
        let parsed = waiver(text);
        assert_eq!(parsed.problems.len(), 1, "{text}: {:?}", parsed.problems);
        assert!(parsed.value.is_none(), "{text}");
        drawn(text, &parsed.problems)
    });
    insta::assert_snapshot!(said.collect::<String>());
}
