//! A report in, workflow commands out: one annotation for each thing that is new.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest without a word, so the
//! worst come first and the rest is counted.

use std::cmp::Reverse;

use crate::escape::visible;
use crate::phrase;
use crate::{Change, Command, Finding, Impact, Location, Related, Report, Severity, Side};

/// How many annotations of a level GitHub shows for a step.
const SHOWN_PER_LEVEL: usize = 10;

/// How GitHub shows an annotation; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
    Notice,
}

struct Annotation<'r> {
    level: Level,
    title: &'r str,
    location: Option<&'r Location>,
    lines: Vec<String>,
}

/// Returns one line for each annotation; nothing where nothing is new.
pub(super) fn render(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| report.shows(finding))
        .collect();
    findings.sort_by_key(|finding| Reverse((report.blocks(finding), finding.severity)));
    let findings = findings
        .into_iter()
        .map(|finding| of_finding(report, finding));
    let untold = report.told().into_iter().filter_map(|(change, teller)| {
        (teller.is_none() && change.impact == Impact::Breaking).then_some(change)
    });
    let mut annotations: Vec<Annotation<'_>> = findings
        .chain(untold.map(|change| of_change(report, change)))
        .collect();
    annotations.sort_by_key(|annotation| annotation.level);
    lines(&annotations)
}

fn lines(annotations: &[Annotation<'_>]) -> String {
    let of = |level| annotations.iter().filter(move |one| one.level == level);
    let is_cut = [Level::Error, Level::Warning, Level::Notice]
        .into_iter()
        .any(|level| of(level).count() > SHOWN_PER_LEVEL);
    // The count of the rest is a notice itself, and needs its place among them.
    let notices = if is_cut {
        SHOWN_PER_LEVEL - 1
    } else {
        SHOWN_PER_LEVEL
    };
    let shown = of(Level::Error)
        .take(SHOWN_PER_LEVEL)
        .chain(of(Level::Warning).take(SHOWN_PER_LEVEL))
        .chain(of(Level::Notice).take(notices));
    let mut lines: Vec<String> = shown.map(command).collect();
    let rest = annotations.len() - lines.len();
    if rest > 0 {
        let told = format!("{rest} more are in the report, since GitHub shows only so many");
        lines.push(format!("::notice title=meshlaw::{}", data(&told)));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

fn of_finding<'r>(report: &'r Report, finding: &'r Finding) -> Annotation<'r> {
    let level = match finding.severity {
        _ if report.blocks(finding) => Level::Error,
        Severity::Error | Severity::Warning => Level::Warning,
        Severity::Note => Level::Notice,
    };
    let location = in_head(finding.location.as_ref(), &finding.related);
    let contract = finding
        .contract
        .as_ref()
        .map(|contract| match &finding.part {
            Some(part) => format!("contract: {contract}, {part}"),
            None => format!("contract: {contract}"),
        });
    let lines = [
        gone_from(finding.location.as_ref(), location),
        contract,
        phrase::leniency(report, finding).map(|why| format!("note: {why}")),
        phrase::consumers(&finding.consumers).map(|who| format!("consumers: {who}")),
        finding
            .witness
            .as_ref()
            .map(|witness| format!("witness: {}", phrase::witness(witness))),
        finding.help.as_ref().map(|help| format!("help: {help}")),
    ];
    Annotation {
        level,
        title: &finding.id,
        location,
        lines: with_first(&finding.message, lines),
    }
}

fn of_change<'r>(report: &Report, change: &'r Change) -> Annotation<'r> {
    // Between two files nothing but the impact decides; elsewhere only a policy forbids.
    let level = if report.command == Command::Diff {
        Level::Error
    } else {
        Level::Warning
    };
    let location = in_head(Some(&change.location), &change.related);
    let lines = [
        gone_from(Some(&change.location), location),
        Some(format!("contract: {}, {}", change.contract, change.part)),
        phrase::consumers(&change.consumers).map(|who| format!("consumers: {who}")),
        change
            .witness
            .as_ref()
            .map(|witness| format!("witness: {}", phrase::witness(witness))),
        change.help.as_ref().map(|help| format!("help: {help}")),
    ];
    let first = format!("breaking: {}", change.message);
    Annotation {
        level,
        title: &change.rule,
        location,
        lines: with_first(&first, lines),
    }
}

fn with_first<const N: usize>(first: &str, lines: [Option<String>; N]) -> Vec<String> {
    std::iter::once(first.to_owned())
        .chain(lines.into_iter().flatten())
        .collect()
}

/// Returns the place that the pull request's files have.
fn in_head<'r>(location: Option<&'r Location>, related: &'r [Related]) -> Option<&'r Location> {
    location
        .into_iter()
        .chain(related.iter().map(|related| &related.location))
        .find(|location| location.side == Side::Head && !location.path.is_empty())
}

/// Says where something was, when the place that is annotated is not that one.
fn gone_from(location: Option<&Location>, annotated: Option<&Location>) -> Option<String> {
    let location = location.filter(|location| location.side == Side::Base)?;
    (annotated != Some(location)).then(|| match location.line {
        0 => format!("base: {}", location.path),
        line => format!("base: {}:{line}", location.path),
    })
}

fn command(annotation: &Annotation<'_>) -> String {
    let level = match annotation.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = annotation.location {
        properties.push(format!("file={}", encoded(&visible(&location.path), true)));
        if location.line > 0 {
            properties.push(format!(
                "line={},col={}",
                location.line,
                location.column.max(1)
            ));
        }
    }
    properties.push(format!(
        "title={}",
        encoded(&visible(annotation.title), true)
    ));
    let message: Vec<String> = annotation.lines.iter().map(|line| data(line)).collect();
    format!(
        "::{level} {}::{}",
        properties.join(","),
        message.join("%0A")
    )
}

fn data(line: &str) -> String {
    encoded(&visible(line), false)
}

/// Writes what the runner would read as the end of a line, of a property or of the properties so
/// that it does not.
fn encoded(text: &str, is_property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if is_property => out.push_str("%3A"),
            ',' if is_property => out.push_str("%2C"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_early() {
        let table = [
            ("plain", "plain", "plain"),
            (
                "%0A::error::x",
                "%250A::error::x",
                "%250A%3A%3Aerror%3A%3Ax",
            ),
            ("a,b:c", "a,b:c", "a%2Cb%3Ac"),
            ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ];
        for (text, as_data, as_property) in table {
            assert_eq!(encoded(text, false), as_data);
            assert_eq!(encoded(text, true), as_property);
        }
        assert_eq!(data("a\nb"), "a\\nb");
    }

    #[test]
    fn what_github_would_drop_is_counted() {
        let annotation = |level| Annotation {
            level,
            title: "t",
            location: None,
            lines: vec!["m".to_owned()],
        };
        let table = [(0, 0, 0), (10, 10, 0), (12, 11, 2)];
        for (errors, lines_expected, rest) in table {
            let many: Vec<_> = (0..errors).map(|_| annotation(Level::Error)).collect();
            let text = lines(&many);
            assert_eq!(text.lines().count(), lines_expected);
            assert_eq!(text.contains(&format!("{rest} more")), rest > 0);
        }
        let notices: Vec<_> = (0..11).map(|_| annotation(Level::Notice)).collect();
        assert_eq!(lines(&notices).lines().count(), 10);
    }
}
