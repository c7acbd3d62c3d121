//! A report in, a test report out: a suite for each contract, a case for each finding.
//!
//! What stops the run has failed; what is shown and stops nothing has passed, with words; what is
//! waived or was there before was skipped. A contract without findings is one case that passed.

use std::collections::{BTreeMap, BTreeSet};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::entry::{Entry, standing};
use crate::escape::visible;
use crate::phrase;
use crate::{Report, State};

/// Suite of what is about no contract.
const ELSEWHERE: &str = "meshlaw";

/// Returns the document.
pub(super) fn render(report: &Report) -> String {
    let entries = standing(report);
    let mut suites: BTreeMap<&str, Vec<&Entry<'_>>> = BTreeMap::new();
    for contract in &report.contracts {
        suites.entry(&contract.contract).or_default();
    }
    for entry in &entries {
        let suite = entry.contract.unwrap_or(ELSEWHERE);
        suites.entry(suite).or_default().push(entry);
    }
    let mut out = quick_junit::Report::new("meshlaw");
    if suites.is_empty() {
        // A test report without a test reads as one that was not made.
        suites.insert(ELSEWHERE, Vec::new());
    }
    for (name, entries) in &suites {
        out.add_test_suite(suite(report, name, entries));
    }
    // Writing to memory cannot fail.
    out.to_string().unwrap_or_default()
}

/// A test by its name, and what is wrong where it failed.
pub type Tested = (String, Option<String>);

/// Returns the document of tests that are no report, by their suites.
pub fn of_tests(name: &str, suites: Vec<(String, Vec<Tested>)>) -> String {
    let mut out = quick_junit::Report::new(name);
    for (name, tests) in suites {
        let mut suite = TestSuite::new(visible(&name));
        for (name, trouble) in tests {
            let status = match trouble {
                None => TestCaseStatus::success(),
                Some(trouble) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(visible(&trouble));
                    status
                }
            };
            suite.add_test_case(TestCase::new(visible(&name), status));
        }
        out.add_test_suite(suite);
    }
    // Writing to memory cannot fail.
    out.to_string().unwrap_or_default()
}

fn suite(report: &Report, name: &str, entries: &[&Entry<'_>]) -> TestSuite {
    let mut suite = TestSuite::new(visible(name));
    if entries.is_empty() {
        let told = visible(&phrase::outcome(report));
        let mut case = TestCase::new(visible(name), TestCaseStatus::success());
        case.set_classname(visible(name));
        case.set_system_out(told);
        suite.add_test_case(case);
        return suite;
    }
    let mut names = BTreeSet::new();
    for entry in entries {
        let mut title = match entry.part {
            Some(part) => format!("{}: {part}", entry.id),
            None => entry.id.to_owned(),
        };
        // Two cases of one name are read as one test that ran twice.
        let plain = title.clone();
        let mut nth = 2;
        while !names.insert(title.clone()) {
            title = format!("{plain} ({nth})");
            nth += 1;
        }
        suite.add_test_case(case(report, name, &title, entry));
    }
    suite
}

fn case(report: &Report, suite: &str, title: &str, entry: &Entry<'_>) -> TestCase {
    let message = visible(&entry.message);
    let status = match entry.state {
        _ if entry.blocks => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(message.clone())
                .set_type(visible(entry.id))
                .set_description(details(report, entry));
            status
        }
        State::Waived | State::Existing => {
            let why = match entry.state {
                State::Waived => "waived",
                _ => "was there before",
            };
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{why}: {message}"));
            status
        }
        State::New | State::Mended => TestCaseStatus::success(),
    };
    let is_told = matches!(status, TestCaseStatus::Success { .. });
    let mut case = TestCase::new(visible(title), status);
    case.set_classname(visible(suite));
    if is_told {
        case.set_system_out(details(report, entry));
    }
    if let Some(at) = entry.location {
        case.extra.insert("file".into(), visible(&at.path).into());
        if at.line > 0 {
            case.extra.insert("line".into(), at.line.to_string().into());
        }
    }
    case
}

/// Says all that there is to say, a line each.
fn details(report: &Report, entry: &Entry<'_>) -> String {
    entry
        .lines(report)
        .iter()
        .map(|line| visible(line))
        .collect::<Vec<_>>()
        .join("\n")
}
