//! A report in, the code quality report of GitLab out.
//!
//! GitLab compares the report of a branch with that of its target by fingerprint, so that all that
//! stands is listed, not only what is new.

use std::collections::HashMap;

use serde::Serialize;

use crate::entry::{Entry, Level, standing};
use crate::escape::{visible, visible_json};
use crate::phrase;
use crate::{Report, State};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Returns the list of issues; what is waived is none.
pub(super) fn render(report: &Report) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let entries = standing(report);
    let due = entries.iter().filter(|entry| entry.state != State::Waived);
    let issues: Vec<Issue> = due.map(|entry| issue(entry, &mut seen)).collect();
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    visible_json(&serde_json::to_string_pretty(&issues).unwrap_or_default()) + "\n"
}

fn issue(entry: &Entry<'_>, seen: &mut HashMap<String, usize>) -> Issue {
    let count = seen.entry(entry.fingerprint.clone()).or_default();
    *count += 1;
    let nth = match *count {
        1 => String::new(),
        many => format!("-{many}"),
    };
    let severity = match entry.level {
        _ if entry.blocks => "blocker",
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Note => "info",
    };
    let help = entry.help.map(|help| format!("; help: {help}"));
    let consumers = phrase::consumers(entry.consumers).map(|who| format!("; consumers: {who}"));
    let details = [consumers, help].into_iter().flatten();
    let description = details.fold(entry.message.clone(), |all, one| all + &one);
    let at = entry.location.or(entry.gone_from);
    Issue {
        description: visible(&description),
        check_name: visible(entry.id),
        fingerprint: visible(&entry.fingerprint) + &nth,
        severity,
        location: Place {
            path: at.map_or_else(|| "meshlaw.yaml".to_owned(), |at| visible(&at.path)),
            lines: Lines {
                begin: at.map_or(1, |at| at.line.max(1)),
            },
        },
    }
}
