//! Parts of a report in, the phrases that several formats share out.
//!
//! Phrases hold text of contracts as it is: each format makes it safe in its own way.

use std::fmt::Display;

use serde_json::Value;

use crate::{
    Bump, Command, ConsumerContact, ContractSummary, Finding, Report, Revision, Severity, Side,
    Witness,
};

/// What is told of records that only the new revision allows.
const NOW: &str = "allowed now and refused before";
/// What is told of records that only the old revision allows.
const BEFORE: &str = "allowed before and refused now";

/// How many consumers are named before the rest is counted.
const NAMED_CONSUMERS: usize = 5;

/// Returns a number with its noun, as in `1 finding`, `2 findings` and `3 policies`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let is_vowel = |letter| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u');
    match noun.strip_suffix('y') {
        _ if number == N::from(1) => format!("{number} {noun}"),
        Some(stem) if !stem.ends_with(is_vowel) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// Returns the verdict and what led to it, as in `fail: 2 findings block; 2 new errors; …`.
pub(crate) fn outcome(report: &Report) -> String {
    let parts = [
        pair(report),
        blocking(report),
        by_severity(report),
        aside(report),
    ];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    if report.command != Command::Diff {
        parts.push(looked_at(report));
    }
    parts.push(compared(report));
    format!("{}: {}", report.verdict(), parts.join("; "))
}

/// Returns how a contract's version moved, as in `2.1.0 → 2.2.0`.
pub(crate) fn versions(contract: &ContractSummary) -> Option<String> {
    match (&contract.before, &contract.after) {
        (Some(before), Some(after)) if before == after => Some(after.clone()),
        (Some(before), Some(after)) => Some(format!("{before} → {after}")),
        (Some(before), None) => Some(format!("{before} → gone")),
        (None, Some(after)) => Some(format!("new at {after}")),
        (None, None) => None,
    }
}

/// Returns what the version has to do, as in `needs major, has minor`.
pub(crate) fn bump(contract: &ContractSummary) -> Option<String> {
    match (contract.required, contract.declared) {
        (Bump::None, _) => None,
        (required, Some(declared)) if declared >= required => Some(declared.to_string()),
        (required, Some(Bump::None)) => Some(format!("needs {required}, is not raised")),
        (required, Some(declared)) => Some(format!("needs {required}, has {declared}")),
        (required, None) => Some(format!("needs {required}")),
    }
}

/// Returns who feels something and how to reach them; `None` where nobody does.
pub(crate) fn consumers(consumers: &[ConsumerContact]) -> Option<String> {
    listed(consumers, consumer, "; ")
}

/// Returns who feels something, by name alone; `None` where nobody does.
pub(crate) fn names(consumers: &[ConsumerContact]) -> Option<String> {
    listed(consumers, |consumer| consumer.name.clone(), ", ")
}

fn listed(
    consumers: &[ConsumerContact],
    shown: impl Fn(&ConsumerContact) -> String,
    between: &str,
) -> Option<String> {
    let named = consumers.iter().take(NAMED_CONSUMERS).map(shown);
    let rest = consumers.len().saturating_sub(NAMED_CONSUMERS);
    let rest = (rest > 0).then(|| format!("and {rest} more"));
    let all: Vec<String> = named.chain(rest).collect();
    (!all.is_empty()).then(|| all.join(between))
}

/// Returns what shows a break.
pub(crate) fn witness(witness: &Witness) -> String {
    let Some((rows, told)) = rows(witness) else {
        return "no record can show this; the structure itself breaks".to_owned();
    };
    let shown: Vec<String> = rows.iter().map(|row| format!("`{row}`")).collect();
    let told = match (rows.len(), told) {
        (1, NOW) => "is allowed now and was refused before",
        (1, _) => "was allowed before and is refused now",
        (_, NOW) => "are allowed now and were refused before",
        _ => "were allowed before and are refused now",
    };
    format!("{} {told}", shown.join(" with "))
}

/// Returns the records that show a break, shortened, and which side allows them.
pub(crate) fn rows(witness: &Witness) -> Option<(Vec<Value>, &'static str)> {
    match witness {
        Witness::Structure => None,
        Witness::Rows { rows, allowed_by } => {
            let told = match allowed_by {
                Side::Head => NOW,
                Side::Base => BEFORE,
            };
            Some((rows.iter().map(shortened).collect(), told))
        }
    }
}

/// Cuts what people would not read to the end; reports for machines hold all of it.
fn shortened(row: &Value) -> Value {
    const MOST_LETTERS: usize = 80;
    const MOST_ELEMENTS: usize = 12;
    match row {
        Value::String(text) => {
            let count = text.chars().count();
            let first: String = text.chars().take(MOST_LETTERS).collect();
            Value::String(if count > MOST_LETTERS {
                format!("{first}… ({count} characters)")
            } else {
                first
            })
        }
        Value::Array(items) => {
            let first = items.iter().take(MOST_ELEMENTS).map(shortened);
            let cut = (items.len() > MOST_ELEMENTS)
                .then(|| Value::String(format!("… ({} elements)", items.len())));
            first.chain(cut).collect()
        }
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), shortened(value)))
            .collect(),
        other => other.clone(),
    }
}

/// Returns why a finding that looks as if it stopped the run does not.
pub(crate) fn leniency(report: &Report, finding: &Finding) -> Option<&'static str> {
    let is_lenient = finding.severity >= report.fail_on && !report.blocks(finding);
    // A bootstrap is told once, for all of them.
    (is_lenient && !report.bootstrap).then_some("the policy is advisory, so this does not block")
}

/// Says what is excused, and the last note of the finding, which says by whom.
pub(crate) fn waived(finding: &Finding) -> String {
    let contract = finding.contract.as_deref().unwrap_or_default();
    let part = finding
        .part
        .as_deref()
        .filter(|_| !finding.pointer.is_empty());
    let part = part.map(|part| format!(" {part}")).unwrap_or_default();
    let why = finding.notes.last().map(|note| format!(", {note}"));
    format!("{} {contract}{part}{}", finding.id, why.unwrap_or_default())
}

/// Digits of a fingerprint that tell findings apart well enough for people.
const SHOWN_DIGITS: usize = 12;

/// Returns the command that asks for an exception, where a policy that can be waived stops the run.
pub(crate) fn exception(report: &Report, finding: &Finding) -> Option<String> {
    let is_asked = matches!(report.command, Command::Audit | Command::Gate);
    let digits = finding.fingerprint.get(..SHOWN_DIGITS)?;
    (is_asked && finding.invites_exception() && report.blocks(finding))
        .then(|| format!("meshlaw waiver new {digits}"))
}

fn consumer(consumer: &ConsumerContact) -> String {
    let details: Vec<&str> = consumer
        .owner
        .iter()
        .chain(&consumer.reach)
        .map(String::as_str)
        .collect();
    if details.is_empty() {
        consumer.name.clone()
    } else {
        format!("{} ({})", consumer.name, details.join(", "))
    }
}

fn pair(report: &Report) -> Option<String> {
    let (impact, bump) = report.pair?;
    Some(match bump {
        Bump::None => format!("{impact}, needs no new version"),
        _ => format!("{impact}, needs a {bump} version"),
    })
}

fn blocking(report: &Report) -> Option<String> {
    match report.summary().blocking {
        0 => None,
        1 => Some("1 finding blocks".to_owned()),
        many => Some(format!("{many} findings block")),
    }
}

fn by_severity(report: &Report) -> Option<String> {
    let summary = report.summary();
    // Where nothing is compared, everything is as good as new, and the word says nothing.
    let new = if report.command == Command::Gate {
        "new "
    } else {
        ""
    };
    let counts = [
        (summary.new_errors, Severity::Error),
        (summary.new_warnings, Severity::Warning),
        (summary.new_notes, Severity::Note),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| count(number, &format!("{new}{severity}")))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn aside(report: &Report) -> Option<String> {
    let summary = report.summary();
    let counts = [
        (summary.existing, "existing"),
        (summary.waived, "waived"),
        (summary.mended, "mended"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{number} {state}"))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn looked_at(report: &Report) -> String {
    let deed = match report.command {
        Command::Gate => "changed",
        Command::Check => "checked",
        Command::Audit => "audited",
        Command::Diff => "compared",
    };
    format!("{} {deed}", count(report.contract_count, "contract"))
}

fn compared(report: &Report) -> String {
    let with = match (report.command, &report.base) {
        (Command::Diff, Some(base)) => {
            format!("{} compared with {}, ", report.head.name, base.name)
        }
        (_, Some(base)) => format!("compared with {}, ", revision(base)),
        (Command::Audit, None) => format!("{}, ", revision(&report.head)),
        (_, None) => String::new(),
    };
    format!("{with}judged as of {}", report.as_of)
}

fn revision(revision: &Revision) -> String {
    let is_commit =
        revision.id.len() >= 40 && revision.id.chars().all(|one| one.is_ascii_hexdigit());
    match revision.id.get(..7) {
        Some(short) if is_commit && revision.name == revision.id => short.to_owned(),
        Some(short) if is_commit => format!("{} at {short}", revision.name),
        _ => revision.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_numbers() {
        assert_eq!(count(1_usize, "policy"), "1 policy");
        assert_eq!(count(0_usize, "policy"), "0 policies");
        assert_eq!(count(2_i64, "day"), "2 days");
        assert_eq!(count(1_u64, "new error"), "1 new error");
        assert_eq!(count(3_u64, "new error"), "3 new errors");
    }

    #[test]
    fn long_rows_are_cut_for_people() {
        let row = serde_json::json!({ "a": "x".repeat(81), "b": vec![0; 13], "c": [["y"], 1] });
        let shown = shortened(&row);
        let text = shown["a"].as_str().unwrap();
        assert!(text.ends_with("x… (81 characters)"), "{text}");
        assert_eq!(shown["b"].as_array().unwrap().len(), 13);
        assert_eq!(shown["b"][12], "… (13 elements)");
        assert_eq!(shown["c"], row["c"]);
    }
}
