//! A changelog in, a page of Markdown out.

use std::fmt::Write as _;

use meshlaw_report::formats::markdown::sentence;

use super::{Changelog, OfVersion};

/// Writes the changelog.
pub(super) fn write(changelog: &Changelog) -> String {
    let mut out = String::from("# Changelog\n");
    match (&changelog.consumer, &changelog.since) {
        (Some(consumer), _) => {
            let _ = writeln!(out, "\nWhat {} reads.", sentence(consumer));
        }
        (None, Some(since)) => {
            let since = since.get(..7).unwrap_or(since);
            let _ = writeln!(out, "\nSince `{since}`.");
        }
        (None, None) => {}
    }
    for contract in &changelog.contracts {
        let _ = writeln!(out, "\n## {}", sentence(&contract.contract));
        if contract.versions.is_empty() {
            let _ = writeln!(out, "\nNothing changed in meaning.");
        }
        for one in &contract.versions {
            version(&mut out, one);
        }
        if contract.is_cut {
            let _ = writeln!(
                out,
                "\nEarlier versions are missing: the history was cut off when the repository was \
                 cloned, and `git fetch --unshallow` brings the rest."
            );
        }
    }
    if changelog.contracts.is_empty() {
        let _ = writeln!(out, "\nNothing changed in meaning.");
    }
    out
}

fn version(out: &mut String, version: &OfVersion) {
    let number = version.version.as_deref().unwrap_or("without a version");
    let _ = writeln!(out, "\n### {} — {}", sentence(number), version.date);
    if version.is_first {
        let _ = writeln!(out, "\nThe first version.");
        return;
    }
    for (impact, heading) in [
        ("breaking", "Breaking"),
        ("risky", "To look at"),
        ("safe", "Safe"),
    ] {
        let changes: Vec<_> = version
            .changes
            .iter()
            .filter(|change| change.impact == impact && !change.is_version())
            .collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n**{heading}**\n");
        for change in changes {
            let _ = writeln!(out, "- {} (`{}`)", sentence(&change.message), change.rule);
        }
    }
}
