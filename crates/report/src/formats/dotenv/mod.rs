//! A report in, a few `key=value` lines out, for the steps of a pipeline that follow.
//!
//! Each value is one of our own words or a number, so no text of a contract can add a line.

use std::fmt::Write;

use crate::{Bump, Impact, Report};

/// Returns the lines.
pub(super) fn render(report: &Report) -> String {
    let breaking = report
        .changes
        .iter()
        .filter(|change| change.impact == Impact::Breaking)
        .count();
    let of_contracts = report.contracts.iter().map(|contract| contract.required);
    let required = of_contracts
        .chain(report.pair.map(|(_, bump)| bump))
        .max()
        .unwrap_or(Bump::None);
    let mut out = String::new();
    let _ = writeln!(out, "verdict={}", report.verdict());
    let _ = writeln!(out, "breaking={breaking}");
    let _ = writeln!(out, "findings={}", report.summary().blocking);
    let _ = writeln!(out, "required_bump={required}");
    out
}
