//! The impact of a law in, what people read in a terminal out.
//!
//! The most important line comes last, where the eye rests when a command ends.

use super::{Group, LawEdit, LawImpact, Motion, Said, Turned, Verdict, Weight};
use crate::escape::visible;
use crate::phrase;

/// Contracts that are told one by one.
const MOST_CONTRACTS: usize = 20;

/// Contracts that are told where the impact is a part of something else.
const MOST_IN_SECTION: usize = 5;

/// Findings that are told of one contract.
const MOST_FINDINGS: usize = 3;

/// Rows of a table.
const MOST_ROWS: usize = 20;

/// Returns the whole impact.
pub fn render(impact: &LawImpact) -> String {
    let mut parts = vec![law(impact)];
    parts.extend(contracts(impact, MOST_CONTRACTS));
    let tables = [
        ("owner", impact.by_owner()),
        ("domain", impact.by_domain()),
        ("policy", impact.by_policy()),
    ];
    parts.extend(tables.iter().filter_map(|(title, all)| table(title, all)));
    parts.extend(notes(impact));
    parts.push(outcome(impact));
    parts.join("\n\n") + "\n"
}

/// Returns the impact as a part of another text: counts, and the first few contracts.
pub(crate) fn section(impact: &LawImpact) -> String {
    let mut parts = vec![law(impact)];
    if !impact.is_none() {
        parts.extend(contracts(impact, MOST_IN_SECTION));
        let tables = [
            ("domain", impact.by_domain()),
            ("policy", impact.by_policy()),
        ];
        parts.extend(tables.iter().filter_map(|(title, all)| table(title, all)));
    }
    parts.extend(notes(impact));
    parts.push(outcome(impact));
    parts.join("\n")
}

fn law(impact: &LawImpact) -> String {
    let mut lines = vec![format!(
        "law: {} → {}",
        visible(&impact.before),
        visible(&impact.after)
    )];
    lines.extend(impact.edits.iter().map(edit));
    if impact.edits.is_empty() {
        lines.push("  nothing differs".to_owned());
    }
    lines.join("\n")
}

fn edit(edit: &LawEdit) -> String {
    let details = if edit.details.is_empty() {
        String::new()
    } else {
        format!(": {}", visible(&edit.details.join(", ")))
    };
    let (motion, kind) = (edit.motion.as_str(), edit.kind.as_str());
    format!("  {motion:<8}{kind:<8}{}{details}", visible(&edit.name))
}

fn contracts(impact: &LawImpact, most: usize) -> Vec<String> {
    let failing: Vec<&Turned> = impact.newly_failing().collect();
    let passing: Vec<&Turned> = impact.newly_passing().collect();
    let blocks = [
        ("newly failing", failing, true),
        ("newly passing", passing, false),
    ];
    blocks
        .into_iter()
        .filter(|(_, all, _)| !all.is_empty())
        .map(|(title, all, comes)| block(title, &all, comes, most))
        .collect()
}

fn block(title: &str, all: &[&Turned], comes: bool, most: usize) -> String {
    let mut lines = vec![format!("{title}:")];
    for turned in all.iter().take(most) {
        let owner = turned.owner.as_ref();
        let owner = owner.map(|owner| format!(" ({})", visible(owner)));
        lines.push(format!(
            "  {}{} {}",
            visible(&turned.contract),
            owner.unwrap_or_default(),
            visible(&turned.path)
        ));
        let said = if comes {
            &turned.appear
        } else {
            &turned.vanish
        };
        let blocking: Vec<&Said> = said
            .iter()
            .filter(|said| said.weight == Weight::Blocks)
            .collect();
        lines.extend(
            blocking
                .iter()
                .take(MOST_FINDINGS)
                .map(|said| finding(said)),
        );
        match blocking.len().saturating_sub(MOST_FINDINGS) {
            0 => {}
            more => lines.push(format!("      and {}", phrase::count(more, "more finding"))),
        }
        if blocking.is_empty() && turned.after == Verdict::Unseen {
            lines.push("      the new law does not look where it lies".to_owned());
        }
        let read = phrase::consumers(&turned.consumers).filter(|_| comes);
        lines.extend(read.map(|read| format!("      read by {}", visible(&read))));
    }
    if all.len() > most {
        lines.push(format!(
            "  and {}",
            phrase::count(all.len() - most, "more contract")
        ));
    }
    lines.join("\n")
}

fn finding(said: &Said) -> String {
    let part = said.part.as_ref();
    let part = part.map(|part| format!(" at {}", visible(part)));
    format!(
        "      {}{}: {}",
        visible(&said.id),
        part.unwrap_or_default(),
        visible(&said.message)
    )
}

/// Numbers come first: a line that starts with a name could be read as a command by the build
/// server that keeps the log.
fn table(title: &str, groups: &[Group]) -> Option<String> {
    if groups.is_empty() {
        return None;
    }
    let has_shadow = groups
        .iter()
        .any(|group| group.totals.shadow_appear + group.totals.shadow_vanish > 0);
    let signed = |plus: usize, minus: usize| format!("+{plus} -{minus}");
    let row = |cells: [&str; 4], name: &str| {
        let [failing, passing, warnings, shadow] = cells;
        let shadow = if has_shadow {
            format!("{shadow:>12}")
        } else {
            String::new()
        };
        format!("{failing:>13}{passing:>15}{warnings:>12}{shadow}  {name}")
    };
    let head = ["newly failing", "newly passing", "warnings", "shadow"];
    let mut lines = vec![row(head, title)];
    for Group { name, totals } in groups.iter().take(MOST_ROWS) {
        let cells = [
            totals.newly_failing.to_string(),
            totals.newly_passing.to_string(),
            signed(totals.warnings_appear, totals.warnings_vanish),
            signed(totals.shadow_appear, totals.shadow_vanish),
        ];
        lines.push(row(cells.each_ref().map(String::as_str), &visible(name)));
    }
    if groups.len() > MOST_ROWS {
        lines.push(format!("and {} more", groups.len() - MOST_ROWS));
    }
    Some(lines.join("\n"))
}

fn notes(impact: &LawImpact) -> Option<String> {
    let notes = impact.notes.iter();
    let lines: Vec<String> = notes
        .map(|note| format!("note: {}", visible(note)))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Says what the change of law comes to, in one line.
pub(crate) fn outcome(impact: &LawImpact) -> String {
    let totals = impact.totals();
    let verb = |number: usize, one: &str, many: &str| {
        let contracts = phrase::count(number, "contract");
        let verb = if number == 1 { one } else { many };
        format!("{contracts} newly {verb}")
    };
    let mut parts = vec![
        verb(totals.newly_failing, "fails", "fail"),
        verb(totals.newly_passing, "passes", "pass"),
        format!(
            "{} pass and {} fail as before",
            impact.passing, impact.failing
        ),
    ];
    let aside = [
        ("warnings", totals.warnings_appear, totals.warnings_vanish),
        ("in the shadow", totals.shadow_appear, totals.shadow_vanish),
    ];
    for (title, plus, minus) in aside {
        if plus + minus > 0 {
            parts.push(format!("{title}: {plus} more, {minus} fewer"));
        }
    }
    match impact.consumer_count() {
        0 => {}
        read => parts.push(format!("{} affected", phrase::count(read, "consumer"))),
    }
    format!(
        "impact: {}; contracts of {}, judged as of {}",
        parts.join("; "),
        visible(&impact.contracts_of),
        impact.as_of
    )
}

impl Motion {
    /// Returns a sign that says the same.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Motion::Added => "+",
            Motion::Changed => "~",
            Motion::Removed => "−",
        }
    }
}
