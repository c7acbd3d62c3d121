//! A finding or a change in, an item of a list out.

use super::neutral::{block, code, lines, sentence};
use crate::condition;
use crate::escape::cut;
use crate::phrase;
use crate::values::Values;
use crate::word_diff::Piece;
use crate::{Change, Command, ConsumerContact, Finding, Impact, Location, Report, Side, Witness};

/// Characters that one sentence may have, so that no single text fills the page.
pub(super) const LONGEST: usize = 600;

/// Characters that a name or a line of source may have.
const LONGEST_NAME: usize = 160;

/// Notes that are shown for a finding before the rest is counted.
const SHOWN_NOTES: usize = 6;

/// Returns a finding with its place, what decided and the way out.
pub(super) fn finding(report: &Report, finding: &Finding) -> String {
    let title = format!(
        "- **{}** {} — {}\n",
        finding.severity,
        says(&finding.message),
        name(&finding.id)
    );
    let owner = finding
        .owner
        .as_ref()
        .map(|owner| format!(", owned by {}", name(owner)));
    let part = finding
        .part
        .as_ref()
        .filter(|_| !finding.pointer.is_empty());
    let part = part
        .map(|part| format!(", {}", name(part)))
        .unwrap_or_default();
    let owner = owner.unwrap_or_default();
    let contract = finding
        .contract
        .as_ref()
        .map(|contract| format!("contract: {}{part}{owner}", name(contract)));
    let rest = finding.notes.len().saturating_sub(SHOWN_NOTES);
    let notes = finding
        .notes
        .iter()
        .take(SHOWN_NOTES)
        .map(|note| format!("note: {}", says(note)));
    let related = finding
        .related
        .iter()
        .map(|related| format!("{}: {}", says(&related.message), place(&related.location)));
    let details = contract
        .into_iter()
        .chain(notes)
        .chain((rest > 0).then(|| format!("and {rest} more notes")))
        .chain(condition::told(&finding.why).map(|why| format!("why: {}", says(&why))))
        .chain(related)
        .chain(phrase::leniency(report, finding).map(|why| format!("note: {why}")))
        .chain(consumers(report, &finding.consumers))
        .chain(finding.witness.as_ref().map(witness))
        .chain(
            finding
                .help
                .as_ref()
                .map(|help| format!("**help**: {}", says(help))),
        )
        .chain(
            phrase::exception(report, finding)
                .map(|command| format!("**exception**: {}", name(&command))),
        );
    let source = finding.location.as_ref().map(source).unwrap_or_default();
    title + &source + &list(details)
}

/// Returns a change that no finding tells.
pub(super) fn change(report: &Report, change: &Change) -> String {
    let impact = match change.impact {
        Impact::Breaking => "**breaking**".to_owned(),
        other => other.to_string(),
    };
    let (message, rule) = (says(&change.message), name(&change.rule));
    let title = format!(
        "- {impact} {message} — {rule} in {}\n",
        name(&change.contract)
    );
    let help = change
        .help
        .as_ref()
        .filter(|_| change.impact > Impact::Safe);
    let details = Values::of(change)
        .map(|values| format!("values: {}", shown(&values)))
        .into_iter()
        .chain(consumers(report, &change.consumers))
        .chain(change.witness.as_ref().map(witness))
        .chain(help.map(|help| format!("**help**: {}", says(help))));
    format!("{title}  {}\n{}", place(&change.location), list(details))
}

/// Returns a finding as one line.
pub(super) fn line(finding: &Finding) -> String {
    let place = finding
        .location
        .as_ref()
        .map(|at| format!(", {}", place(at)))
        .unwrap_or_default();
    format!(
        "- {} {}{place}\n",
        name(&finding.id),
        says(&finding.message)
    )
}

/// Returns a name as code.
pub(super) fn name(text: &str) -> String {
    code(&cut(text, LONGEST_NAME))
}

fn says(text: &str) -> String {
    sentence(&cut(text, LONGEST))
}

/// Names those who feel it; where a table of them follows, it says how to reach them.
fn consumers(report: &Report, consumers: &[ConsumerContact]) -> Option<String> {
    let who = match report.command {
        Command::Gate => phrase::names(consumers)?,
        Command::Audit | Command::Check | Command::Diff => phrase::consumers(consumers)?,
    };
    Some(format!("consumers: {}", says(&who)))
}

/// Shows records that tell both sides apart, each in a block of its own.
fn witness(witness: &Witness) -> String {
    let Some((rows, told)) = phrase::rows(witness) else {
        return format!("witness: {}", says(&phrase::witness(witness)));
    };
    let rows: Vec<String> = rows
        .iter()
        .map(|row| cut(&row.to_string(), LONGEST))
        .collect();
    let block = lines(&rows.join("\n"), "json", 4);
    format!("witness, {told}:\n{}", block.trim_end())
}

fn list(details: impl Iterator<Item = String>) -> String {
    details.map(|detail| format!("  - {detail}\n")).collect()
}

fn source(location: &Location) -> String {
    let excerpt = location.excerpt.as_ref().map(|excerpt| excerpt.line.trim());
    let excerpt = excerpt.filter(|line| !line.is_empty());
    let block = excerpt
        .map(|line| block(&cut(line, LONGEST_NAME)))
        .unwrap_or_default();
    format!("  {}\n{block}", place(location))
}

fn place(location: &Location) -> String {
    let base = match location.side {
        Side::Base => "base: ",
        Side::Head => "",
    };
    let path = &location.path;
    match location.line {
        0 => name(&format!("{base}{path}")),
        line => name(&format!("{base}{path}:{line}:{}", location.column)),
    }
}

fn shown(values: &Values) -> String {
    match values {
        Values::Short { before, after } => sentence(&format!("{before} → {after}")),
        Values::Words(pieces) => pieces.iter().map(words).collect(),
    }
}

fn words(piece: &Piece) -> String {
    let mark = |tag: &str, text: &str| match text {
        "" => String::new(),
        _ => format!("<{tag}>{}</{tag}>", says(text)),
    };
    match piece {
        Piece::Same(text) => says(text),
        Piece::Changed { gone, come } => mark("del", gone) + &mark("ins", come),
    }
}
