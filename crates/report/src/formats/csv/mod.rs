//! A report in, a table of what stands out, one row each; the shape is that of RFC 4180.

use crate::Report;
use crate::entry::{Entry, standing};
use crate::escape::cell;

/// The columns; new ones are added at the end.
const COLUMNS: [&str; 16] = [
    "level",
    "state",
    "blocking",
    "id",
    "rule",
    "contract",
    "part",
    "domain",
    "owner",
    "message",
    "help",
    "consumers",
    "path",
    "line",
    "column",
    "fingerprint",
];

/// Returns the table with its head.
pub(super) fn render(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = standing(report);
    // Writing to memory cannot fail, and every row has as many cells as the head.
    let _ = writer.write_record(COLUMNS);
    for entry in &rows {
        let _ = writer.write_record(row(entry));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(entry: &Entry<'_>) -> [String; COLUMNS.len()] {
    let finding = entry.finding;
    let consumers: Vec<&str> = entry
        .consumers
        .iter()
        .map(|consumer| consumer.name.as_str())
        .collect();
    let place = |number: fn(&crate::Location) -> u32| match entry.location.map(number) {
        Some(0) | None => String::new(),
        Some(number) => number.to_string(),
    };
    let optional = |text: Option<&str>| text.map(cell).unwrap_or_default();
    let rule = match finding {
        Some(finding) => finding.rule.as_deref(),
        None => Some(entry.id),
    };
    [
        entry.level.as_str().to_owned(),
        entry.state.to_string(),
        entry.blocks.to_string(),
        cell(entry.id),
        optional(rule),
        optional(entry.contract),
        optional(entry.part),
        optional(finding.and_then(|finding| finding.domain.as_deref())),
        optional(finding.and_then(|finding| finding.owner.as_deref())),
        cell(&entry.message),
        optional(entry.help),
        cell(&consumers.join(" ")),
        optional(entry.location.map(|location| location.path.as_str())),
        place(|location| location.line),
        place(|location| location.column),
        cell(&entry.fingerprint),
    ]
}
