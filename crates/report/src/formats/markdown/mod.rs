//! A report in, GitHub-flavoured Markdown out: one sticky comment, or a step summary.
//!
//! GitHub refuses a comment beyond 65,536 characters, so that the worst comes first and what does
//! not fit is counted.

mod item;
mod law_impact;
mod neutral;
mod page;
mod people;

pub use law_impact::render as law_impact;
pub use neutral::sentence;

use std::cmp::Reverse;

use crate::escape::cut;
use crate::forecast;
use crate::phrase;
use crate::tally::{Tally, by_domain, by_id, by_product};
use crate::{
    Change, Command, ContractSummary, Enforcement, Finding, Impact, Report, Severity, State,
    Verdict,
};
use page::Page;

/// By this, whoever posts the comment finds it again.
pub const MARKER: &str = "<!-- meshlaw -->";

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
    credit(&mut page, report);
    findings(&mut page, report);
    people::affected(&mut page, report);
    changes(&mut page, report);
    people::exceptions(&mut page, report);
    let coming = report.coming.iter().take(LONGEST_TABLE);
    let coming: Vec<String> = coming
        .map(|day| format!("- {}\n", sentence(&forecast::in_words(day))))
        .collect();
    page.section("### To come, if nothing changes\n\n", &coming);
    if let Some(impact) = &report.law_impact {
        law_impact::section(&mut page, impact);
    }
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

/// Thanks for what is mended, and says what a command would mend.
fn credit(page: &mut Page, report: &Report) {
    let mended = report.summary().mended;
    let fixable = report.findings.iter();
    let fixable = fixable.filter(|one| report.shows(one) && one.fix.is_some());
    let lines = [
        (mended > 0).then(|| {
            format!(
                "{} that stood before: mended. Thank you.\n",
                phrase::count(mended, "finding")
            )
        }),
        match fixable.count() {
            0 => None,
            1 => Some("`meshlaw fix --write` mends one of these.\n".to_owned()),
            many => Some(format!("`meshlaw fix --write` mends {many} of these.\n")),
        },
    ];
    for line in lines.into_iter().flatten() {
        page.section("", &[line]);
    }
}

fn findings(page: &mut Page, report: &Report) {
    let shown = report
        .findings
        .iter()
        .filter(|finding| report.shows(finding));
    let mut shown: Vec<&Finding> = shown.collect();
    shown.sort_by_key(|finding| Reverse(finding.severity));
    let (must, others): (Vec<&Finding>, Vec<&Finding>) = shown
        .into_iter()
        .partition(|finding| report.blocks(finding));
    let (should, notes): (Vec<&Finding>, Vec<&Finding>) = others
        .into_iter()
        .partition(|finding| finding.severity > Severity::Note);
    let whole = |finding: &Finding| item::finding(report, finding);
    page.section("### Must be mended\n\n", &items(&must, whole));
    page.section("### Should be mended\n\n", &items(&should, whole));
    page.section("### For your information\n\n", &items(&notes, item::line));
}

fn items(findings: &[&Finding], item: impl Fn(&Finding) -> String) -> Vec<String> {
    findings.iter().map(|finding| item(finding)).collect()
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
    let mut items: Vec<String> = full
        .into_iter()
        .map(|change| item::change(report, change))
        .collect();
    if !items.is_empty() && !folded.is_empty() {
        items.push(format!(
            "- {}\n",
            phrase::count(folded.len(), "safe change")
        ));
    }
    page.section("### Changes\n\n", &items);
}

/// Folds what nobody has to act on, but somebody may wonder about.
fn aside(page: &mut Page, report: &Report) {
    let titles = [
        (State::Mended, "is mended", "are mended"),
        (State::Existing, "was there before", "were there before"),
        (State::Waived, "is waived", "are waived"),
    ];
    for (state, one, many) in titles {
        let is_folded = |finding: &&Finding| {
            let is_shadow = finding.enforcement == Enforcement::Shadow;
            finding.state == state && !is_shadow && !report.shows(finding)
        };
        let folded: Vec<&Finding> = report.findings.iter().filter(is_folded).collect();
        let title = match folded.len() {
            1 => format!("1 finding {one}"),
            number => format!("{number} findings {many}"),
        };
        page.folded(&title, &items(&folded, item::line));
    }
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
    let tables = [
        ("product", by_product(report)),
        ("domain", by_domain(report)),
        ("finding", by_id(report)),
    ];
    for (title, tallies) in tables {
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
