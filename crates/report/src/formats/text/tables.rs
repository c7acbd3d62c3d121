//! An audit in, its counts by product, domain and id out.

use super::paint::{Ink, paint};
use crate::escape::visible;
use crate::formats::Style;
use crate::tally::{Tally, by_domain, by_id, by_product};
use crate::{Command, Report};

/// Returns the tables, unless there is nothing to count.
pub(super) fn render(report: &Report, style: &Style) -> Vec<String> {
    if report.command != Command::Audit {
        return Vec::new();
    }
    let tables = [
        ("product", by_product(report)),
        ("domain", by_domain(report)),
        ("finding", by_id(report)),
    ];
    tables
        .into_iter()
        .filter(|(_, tallies)| !tallies.is_empty())
        .map(|(title, tallies)| table(title, &tallies, style))
        .collect()
}

/// Numbers come first: a line that starts with a name could be read as a command by the build
/// server that keeps the log.
fn table(title: &str, tallies: &[Tally], style: &Style) -> String {
    let has_shadow = tallies.iter().any(|tally| tally.shadow > 0);
    let shadow = |text: String| {
        if has_shadow {
            format!("{text:>8}")
        } else {
            String::new()
        }
    };
    let head = format!(
        "errors  warnings   notes{}  contracts  {title}",
        shadow("shadow".to_owned())
    );
    let mut lines = vec![paint(style, Ink::Strong, &head)];
    for tally in tallies {
        lines.push(format!(
            "{:>6}{:>10}{:>8}{}{:>11}  {}",
            tally.errors,
            tally.warnings,
            tally.notes,
            shadow(tally.shadow.to_string()),
            tally.contracts,
            visible(&tally.name),
        ));
    }
    lines.join("\n")
}
