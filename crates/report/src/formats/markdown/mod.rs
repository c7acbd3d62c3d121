//! A report in, GitHub-flavoured Markdown out: one sticky comment, or a step summary.
//!
//! GitHub refuses a comment beyond 65,536 characters, so that the worst comes first and what does
//! not fit is counted.

mod item;
mod neutral;
mod page;

use std::cmp::Reverse;

use crate::escape::cut;
use crate::phrase;
use crate::tally::{Tally, by_domain, by_id};
use crate::{Change, Command, ContractSummary, Finding, Impact, Report, Severity, State, Verdict};
use neutral::sentence;
use page::Page;

/// By this, whoever posts the comment finds it again.
const MARKER: &str = "<!-- meshlaw -->";

/// Rows that a table shows before the rest is counted.
const LONGEST_TABLE: usize = 50;

/// Returns the comment.
pub(super) fn render(report: &Report) -> String {
    let outcome = sentence(&phrase::outcome(report));
    let sign = sign(report.verdict());
    let mut page = Page::new(format!("{sign} **meshlaw** {outcome} {MARKER}\n"));
    let note = |note: &String| format!("> note: {}\n", sentence(&cut(note, item::LONGEST)));
    let notes: Vec<String> = report.notes.iter().map(note).collect();
    page.section("", &notes);
    match report.command {
        Command::Audit => tallies(&mut page, report),
        Command::Gate | Command::Check | Command::Diff => contracts(&mut page, report),
    }
    findings(&mut page, report);
    changes(&mut page, report);
    aside(&mut page, report);
    page.finish()
}

/// A sign that is seen before the word is read.
fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Fail => "❌",
        Verdict::Error => "⚠️",
    }
}

fn findings(page: &mut Page, report: &Report) {
    let shown = || {
        report
            .findings
            .iter()
            .filter(|finding| report.shows(finding))
    };
    let items = |findings: Vec<&Finding>| -> Vec<String> {
        findings
            .into_iter()
            .map(|finding| item::finding(report, finding))
            .collect()
    };
    let mut must: Vec<&Finding> = shown().filter(|one| report.blocks(one)).collect();
    must.sort_by_key(|finding| Reverse(finding.severity));
    let is_grave = |one: &&Finding| !report.blocks(one) && one.severity > Severity::Note;
    let mut should: Vec<&Finding> = shown().filter(is_grave).collect();
    should.sort_by_key(|finding| Reverse(finding.severity));
    let is_note = |one: &&Finding| !report.blocks(one) && one.severity == Severity::Note;
    page.section("### Must be mended\n\n", &items(must));
    page.section("### Should be mended\n\n", &items(should));
    page.section(
        "### For your information\n\n",
        &items(shown().filter(is_note).collect()),
    );
}

/// Shows the changes that no finding tells; a safe one is only counted.
fn changes(page: &mut Page, report: &Report) {
    let told = report.told();
    let untold = told
        .iter()
        .filter(|(_, teller)| teller.is_none())
        .map(|(change, _)| *change);
    let is_whole = report.all || report.command == Command::Diff;
    let (mut full, folded): (Vec<&Change>, Vec<&Change>) =
        untold.partition(|change| is_whole || change.impact > Impact::Safe);
    full.sort_by_key(|change| Reverse(change.impact));
    let mut items: Vec<String> = full.into_iter().map(item::change).collect();
    if !items.is_empty() && !folded.is_empty() {
        items.push(format!(
            "- {}\n",
            phrase::count(folded.len(), "safe change")
        ));
    }
    page.section("### Changes\n\n", &items);
}

fn aside(page: &mut Page, report: &Report) {
    let of = |state| {
        report
            .findings
            .iter()
            .filter(move |finding| finding.state == state)
    };
    let existing: Vec<String> = of(State::Existing)
        .filter(|one| !report.shows(one))
        .map(item::line)
        .collect();
    let mended: Vec<String> = of(State::Mended).map(item::line).collect();
    let waived: Vec<String> = of(State::Waived).map(item::line).collect();
    let title = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 finding {one}"),
        _ => format!("{number} findings {many}"),
    };
    page.folded(&title(mended.len(), "is mended", "are mended"), &mended);
    page.folded(
        &title(existing.len(), "was there before", "were there before"),
        &existing,
    );
    page.folded(&title(waived.len(), "is waived", "are waived"), &waived);
}

fn contracts(page: &mut Page, report: &Report) {
    let is_compared = |one: &&ContractSummary| one.before.is_some() || one.after.is_some();
    let mut contracts: Vec<&ContractSummary> =
        report.contracts.iter().filter(is_compared).collect();
    contracts.sort_by_key(|contract| Reverse(contract.impact));
    let rows: Vec<String> = contracts.into_iter().map(contract_row).collect();
    table(
        page,
        "| contract | version | bump | impact |\n|---|---|---|---|\n",
        &rows,
    );
}

fn contract_row(contract: &ContractSummary) -> String {
    let version = phrase::versions(contract)
        .map(|text| sentence(&text))
        .unwrap_or_default();
    let bump = phrase::bump(contract).unwrap_or_default();
    let impact = match contract.impact {
        Impact::Breaking => "**breaking**",
        other => other.as_str(),
    };
    format!(
        "| {} | {version} | {bump} | {impact} |\n",
        item::name(&contract.contract)
    )
}

fn tallies(page: &mut Page, report: &Report) {
    for (title, tallies) in [("domain", by_domain(report)), ("finding", by_id(report))] {
        let rows: Vec<String> = tallies.iter().map(tally_row).collect();
        let head =
            "| errors | warnings | notes | shadow | contracts |\n|---|--:|--:|--:|--:|--:|\n";
        table(page, &format!("| {title} {head}"), &rows);
    }
}

fn tally_row(tally: &Tally) -> String {
    let Tally {
        name,
        errors,
        warnings,
        notes,
        shadow,
        contracts,
    } = tally;
    let name = item::name(name);
    format!("| {name} | {errors} | {warnings} | {notes} | {shadow} | {contracts} |\n")
}

fn table(page: &mut Page, head: &str, rows: &[String]) {
    let shown: Vec<String> = rows.iter().take(LONGEST_TABLE).cloned().collect();
    page.section(head, &shown);
    let rest = rows.len() - shown.len();
    if rest > 0 {
        page.section("", &[format!("and {rest} more\n")]);
    }
}
