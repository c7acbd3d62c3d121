//! A report in, what people read in a terminal out.
//!
//! The most important line comes last, where the eye rests when a command ends. A run with nothing
//! to say is that one line.

mod block;
mod changes;
mod paint;
mod tables;

use super::Style;
use crate::escape::visible;
use crate::phrase;
use crate::{Command, Finding, Report, Severity, State, Verdict};
use paint::{Ink, paint};

/// Waived findings that are told one by one.
const MOST_WAIVED: usize = 10;

/// Returns changes, findings, counts and the summary, with empty lines between them.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut parts = changes::render(report, style);
    let shown = report
        .findings
        .iter()
        .filter(|finding| is_in_full(report, finding));
    parts.extend(shown.map(|finding| block::render(report, finding, style)));
    parts.extend(tables::render(report, style));
    parts.extend(aside(report, style));
    parts.push(last_line(report, style));
    parts.join("\n\n") + "\n"
}

/// Tells whether a finding gets its own block; an audit of a whole estate only counts notes.
fn is_in_full(report: &Report, finding: &Finding) -> bool {
    let is_counted = report.command == Command::Audit
        && finding.severity == Severity::Note
        && !report.all
        && !report.blocks(finding);
    report.shows(finding) && !is_counted
}

/// What is about the run and not about one place, a line each.
fn aside(report: &Report, style: &Style) -> Option<String> {
    let summary = report.summary();
    let mut lines: Vec<String> = Vec::new();
    let mut add = |word: &str, text: &str| {
        lines.push(format!("{}: {text}", paint(style, Ink::Note, word)));
    };
    for note in &report.notes {
        add("note", &visible(note));
    }
    let waived = report
        .findings
        .iter()
        .filter(|one| one.state == State::Waived);
    // An audit of an adopted estate has thousands; there they are counted, and listed by name
    // with `waiver list`.
    let most = if report.command == Command::Audit {
        0
    } else {
        MOST_WAIVED
    };
    for finding in waived.clone().take(most) {
        add("waived", &visible(&phrase::waived(finding)));
    }
    match waived.count().saturating_sub(most) {
        0 => (),
        _ if most == 0 => (),
        more => add("waived", &format!("{more} more")),
    }
    match summary.existing {
        _ if report.all => (),
        0 => (),
        1 => add("existing", "1 finding was there before; `--all` shows it"),
        many => add(
            "existing",
            &format!("{many} findings were there before; `--all` shows them"),
        ),
    }
    match summary.mended {
        0 => (),
        1 => add("mended", "1 finding that was there before is gone"),
        many => add(
            "mended",
            &format!("{many} findings that were there before are gone"),
        ),
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn last_line(report: &Report, style: &Style) -> String {
    let ink = match report.verdict() {
        Verdict::Pass => Ink::Pass,
        Verdict::Fail | Verdict::Error => Ink::Error,
    };
    let outcome = visible(&phrase::outcome(report));
    match outcome.split_once(':') {
        Some((verdict, rest)) => format!("{}:{rest}", paint(style, ink, verdict)),
        None => outcome,
    }
}
