//! The impact of a law in, a page or a section of one out.

use super::item::name;
use super::neutral::sentence;
use super::page::Page;
use crate::law_impact::{Group, LawEdit, LawImpact, Said, Turned, Weight, outcome};
use crate::phrase;

/// Rows that a table shows before the rest is counted.
const LONGEST_TABLE: usize = 50;

/// Contracts that are shown where the impact is a section of another page.
const MOST_IN_SECTION: usize = 10;

/// Findings that are shown of one contract.
const MOST_FINDINGS: usize = 5;

/// Returns the impact as a page of its own.
pub fn render(impact: &LawImpact) -> String {
    let mut page = Page::new(format!("**meshlaw** {}\n", sentence(&outcome(impact))));
    fill(&mut page, impact, LONGEST_TABLE);
    page.finish()
}

/// Adds the impact to a page, with the first few contracts.
pub(super) fn section(page: &mut Page, impact: &LawImpact) {
    let line = format!("{}\n", sentence(&outcome(impact)));
    page.section("### What the change of law does\n\n", &[line]);
    fill(page, impact, MOST_IN_SECTION);
}

fn fill(page: &mut Page, impact: &LawImpact, most: usize) {
    let notes: Vec<String> = impact
        .notes
        .iter()
        .map(|note| format!("> note: {}\n", sentence(note)))
        .collect();
    page.section("", &notes);
    let edits: Vec<String> = impact.edits.iter().map(edit).collect();
    page.section("| law | | |\n|---|---|---|\n", &edits);
    let tables = [
        ("policy", impact.by_policy()),
        ("domain", impact.by_domain()),
        ("owner", impact.by_owner()),
    ];
    for (title, groups) in tables {
        let rows: Vec<String> = groups.iter().take(LONGEST_TABLE).map(row).collect();
        let head = format!(
            "| {title} | newly failing | newly passing | warnings | shadow |\n|---|--:|--:|--:|--:|\n"
        );
        page.section(&head, &rows);
        rest(page, groups.len(), LONGEST_TABLE);
    }
    let failing: Vec<&Turned> = impact.newly_failing().collect();
    let items: Vec<String> = failing
        .iter()
        .take(most)
        .map(|one| item(one, true))
        .collect();
    page.section("**Newly failing**\n\n", &items);
    rest(page, failing.len(), most);
    let passing: Vec<&Turned> = impact.newly_passing().collect();
    let items: Vec<String> = passing
        .iter()
        .take(most)
        .map(|one| item(one, false))
        .collect();
    page.section("**Newly passing**\n\n", &items);
    rest(page, passing.len(), most);
}

fn rest(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        page.section("", &[format!("and {} more\n", all - shown)]);
    }
}

fn edit(edit: &LawEdit) -> String {
    let LawEdit {
        kind,
        name: of,
        motion,
        details,
    } = edit;
    let details = sentence(&details.join(", "));
    format!(
        "| {} {motion} {kind} | {} | {details} |\n",
        motion.sign(),
        name(of)
    )
}

fn row(group: &Group) -> String {
    let totals = &group.totals;
    let signed = |plus: usize, minus: usize| format!("+{plus} −{minus}");
    format!(
        "| {} | {} | {} | {} | {} |\n",
        name(&group.name),
        totals.newly_failing,
        totals.newly_passing,
        signed(totals.warnings_appear, totals.warnings_vanish),
        signed(totals.shadow_appear, totals.shadow_vanish),
    )
}

fn item(turned: &Turned, comes: bool) -> String {
    let said = if comes {
        &turned.appear
    } else {
        &turned.vanish
    };
    let owner = turned.owner.as_ref();
    let owner = owner.map(|owner| format!(", owned by {}", name(owner)));
    let mut out = format!(
        "- {}{}\n",
        name(&turned.contract),
        owner.unwrap_or_default()
    );
    let blocking: Vec<&Said> = said
        .iter()
        .filter(|said| said.weight == Weight::Blocks)
        .collect();
    for said in blocking.iter().take(MOST_FINDINGS) {
        let part = said.part.as_ref();
        let part = part.map(|part| format!(" at {}", name(part)));
        out.push_str(&format!(
            "  - {}{}: {}\n",
            name(&said.id),
            part.unwrap_or_default(),
            sentence(&said.message)
        ));
    }
    if blocking.len() > MOST_FINDINGS {
        out.push_str(&format!(
            "  - and {} more\n",
            blocking.len() - MOST_FINDINGS
        ));
    }
    if let Some(names) = phrase::names(&turned.consumers).filter(|_| comes) {
        out.push_str(&format!("  - read by {}\n", sentence(&names)));
    }
    out
}
