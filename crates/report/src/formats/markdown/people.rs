//! A report in, who is affected and who may excuse it out.

use std::collections::{BTreeMap, BTreeSet};

use super::item::{self, name};
use super::neutral::lines;
use super::page::Page;
use crate::{Change, Command, ConsumerContact, Finding, Impact, Report};

/// Teams that one comment calls; GitHub tells no more than fifty.
const MOST_MENTIONS: usize = 50;

/// Rows that the table of consumers shows before the rest is counted.
const MOST_CONSUMERS: usize = 50;

/// Shows the consumers that a breaking change is felt by, and calls their teams, each once.
pub(super) fn affected(page: &mut Page, report: &Report) {
    if report.command != Command::Gate {
        return;
    }
    let breaking = |change: &&Change| change.impact == Impact::Breaking;
    let of_changes = report.changes.iter().filter(breaking);
    let of_findings = report.findings.iter().filter(|one| report.shows(one));
    let felt = of_changes
        .map(|change| (change.contract.as_str(), &change.consumers))
        .chain(of_findings.map(|finding| {
            let contract = finding.contract.as_deref().unwrap_or_default();
            (contract, &finding.consumers)
        }));
    let mut consumers: BTreeMap<&str, (&ConsumerContact, BTreeSet<&str>)> = BTreeMap::new();
    for (contract, contacts) in felt {
        for contact in contacts {
            let entry = consumers.entry(&contact.name);
            let (_, contracts) = entry.or_insert((contact, BTreeSet::new()));
            contracts.insert(contract);
        }
    }
    let mut rows: Vec<String> = consumers.values().map(row).take(MOST_CONSUMERS).collect();
    if rows.is_empty() {
        return;
    }
    let rest = consumers.len() - rows.len();
    if rest > 0 {
        rows.push(format!("| and {rest} more | | | |\n"));
    }
    let teams = consumers
        .values()
        .filter_map(|(one, _)| one.mention.as_deref());
    let teams: BTreeSet<String> = teams.filter_map(mention).collect();
    let head =
        "### Who is affected\n\n| consumer | team | reached by | reads |\n|---|---|---|---|\n";
    page.section(head, &rows);
    let called: Vec<String> = teams.into_iter().take(MOST_MENTIONS).collect();
    if !called.is_empty() {
        let call = format!(
            "{}: please look at what changes for you.\n",
            called.join(" ")
        );
        page.section("", &[call]);
    }
}

fn row((contact, contracts): &(&ConsumerContact, BTreeSet<&str>)) -> String {
    let owner = contact.owner.as_deref().map(name).unwrap_or_default();
    let reach: Vec<String> = contact.reach.iter().map(|way| name(way)).collect();
    let contracts: Vec<String> = contracts.iter().map(|contract| name(contract)).collect();
    format!(
        "| {} | {owner} | {} | {} |\n",
        name(&contact.name),
        reach.join(", "),
        contracts.join(", ")
    )
}

/// Returns a team or user as GitHub calls it, which tells them; nothing for any other text.
fn mention(text: &str) -> Option<String> {
    let plain = text.trim_start_matches('@');
    let is_word = |word: &str, more: &str| {
        let fits = |one: char| one.is_ascii_alphanumeric() || more.contains(one);
        !word.is_empty() && word.len() < 101 && word.chars().all(fits)
    };
    let is_name = match plain.split_once('/') {
        Some((organisation, team)) => is_word(organisation, "-") && is_word(team, "-_."),
        None => is_word(plain, "-"),
    };
    is_name.then(|| format!("@{plain}"))
}

/// Shows who may excuse what stops the change, and the files that would.
pub(super) fn exceptions(page: &mut Page, report: &Report) {
    let offered = report.findings.iter().filter(|one| report.blocks(one));
    let items: Vec<String> = offered.filter_map(exception).collect();
    page.folded("Ask for an exception", &items);
}

fn exception(finding: &Finding) -> Option<String> {
    let exception = finding.exception.as_deref()?;
    let approvers: Vec<String> = exception.approvers.iter().map(|team| name(team)).collect();
    let part = finding
        .part
        .as_deref()
        .filter(|_| !finding.pointer.is_empty());
    let part = part.map(|part| format!(", {}", name(part)));
    Some(format!(
        "- {} {}{}\n  - may be granted by {}\n  - add {}, in a change of its own:\n\n{}\n",
        name(&finding.id),
        name(finding.contract.as_deref().unwrap_or_default()),
        part.unwrap_or_default(),
        approvers.join(" or "),
        name(&exception.path),
        lines(
            &crate::escape::cut(&exception.text, 4 * item::LONGEST),
            "yaml",
            4
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_github_knows_are_called() {
        let table = [
            ("@acme/finance", Some("@acme/finance")),
            ("acme/data.gov_x", Some("@acme/data.gov_x")),
            ("octocat", Some("@octocat")),
            ("@acme/finance @everyone", None),
            ("@acme/<b>", None),
            ("#fin-data", None),
            ("a@b.example", None),
            ("@", None),
            ("@acme/", None),
            ("@a/b/c", None),
        ];
        for (text, expected) in table {
            assert_eq!(mention(text).as_deref(), expected, "{text}");
        }
    }
}
