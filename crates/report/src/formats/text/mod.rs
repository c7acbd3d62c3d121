//! A report in, what people read in a terminal out.
//!
//! The most important line comes last, where the eye rests when a command ends. A run with nothing
//! to say is that one line.

mod block;
mod changes;
mod fit;
mod paint;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use super::Style;
use crate::condition;
use crate::escape::visible;
use crate::forecast;
use crate::law_impact;
use crate::phrase;
use crate::{Command, Finding, Report, Severity, State, Verdict};
use paint::{Ink, paint};

/// Findings that say the same of different places, before the rest is folded.
const MOST_ALIKE: usize = 5;

/// Places that are listed of what is folded.
const MOST_PLACES: usize = 20;

/// Waived findings that are told one by one.
const MOST_WAIVED: usize = 10;

/// Returns changes, findings, counts and the summary, with empty lines between them.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut parts = changes::render(report, style);
    parts.extend(findings(report, style));
    parts.extend(tables::render(report, style));
    parts.extend((!report.coming.is_empty()).then(|| forecast::section(&report.coming)));
    parts.extend(report.law_impact.as_ref().map(law_impact::section));
    parts.extend(aside(report, style));
    parts.push(last_line(report, style));
    let text = parts.join("\n\n") + "\n";
    if style.is_terminal {
        fit::fit(&text, style)
    } else {
        text
    }
}

/// Shows each finding in a block of its own; what is found again and again is folded.
fn findings(report: &Report, style: &Style) -> Vec<String> {
    let shown = report.findings.iter();
    let shown: Vec<&Finding> = shown.filter(|one| is_in_full(report, one)).collect();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut full, mut folded) = (Vec::new(), Vec::new());
    for finding in shown {
        let count = counts.entry((&finding.id, &finding.message)).or_default();
        *count += 1;
        if *count <= MOST_ALIKE {
            full.push(finding);
        } else {
            folded.push(finding);
        }
    }
    let mut files: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for finding in &full {
        *files.entry(path(finding)).or_default() += 1;
    }
    let is_headed = style.is_terminal && files.len() > 1;
    let mut parts = Vec::new();
    let mut last = None;
    let (mut ids, mut whys) = (BTreeSet::new(), BTreeSet::new());
    for finding in &full {
        let is_first = ids.insert(finding.id.as_str());
        let why = condition::told(&finding.why);
        let why = why.filter(|why| whys.insert((finding.id.as_str(), why.clone())));
        let path = path(finding);
        if is_headed && last.as_ref() != Some(&path) {
            let here = files.get(&path).copied().unwrap_or_default();
            parts.push(heading(path, here, style));
        }
        parts.push(block::render(report, finding, (is_first, why), style));
        last = Some(path);
    }
    parts.extend(folds(&folded, style));
    parts
}

fn path(finding: &Finding) -> Option<&str> {
    finding.location.as_ref().map(|at| at.path.as_str())
}

fn heading(path: Option<&str>, count: usize, style: &Style) -> String {
    let path = path.map_or_else(|| "elsewhere".to_owned(), visible);
    let count = phrase::count(count, "finding");
    format!(
        "{} {}",
        paint(style, Ink::Strong, &path),
        paint(style, Ink::Faint, &format!("— {count}"))
    )
}

/// Sums up what was told often enough, by what it is, with some of its places.
fn folds(findings: &[&Finding], style: &Style) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let group = groups.entry((&finding.id, &finding.message)).or_default();
        group.push(finding);
    }
    let fold = |((id, message), group): (&(&str, &str), &Vec<&Finding>)| {
        let places = phrase::count(group.len(), "more place");
        let title = format!("{}: {} — in {places}", visible(id), visible(message));
        let mut lines = vec![paint(style, Ink::Strong, &title)];
        let places = group.iter().filter_map(|finding| finding.location.as_ref());
        let places = places.take(MOST_PLACES).map(|at| match at.line {
            0 => format!("  {}", visible(&at.path)),
            line => format!("  {}:{line}:{}", visible(&at.path), at.column),
        });
        lines.extend(places);
        if group.len() > MOST_PLACES {
            lines.push(format!("  and {} more", group.len() - MOST_PLACES));
        }
        lines.join("\n")
    };
    groups.iter().map(fold).collect()
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
