//! A report's contracts and changes in, one compact list for each contract out.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::paint::{Ink, paint};
use crate::escape::visible;
use crate::formats::Style;
use crate::phrase;
use crate::values::Values;
use crate::word_diff::Piece;
use crate::{Change, Command, ContractSummary, Finding, Impact, Report, Side};

type Told<'r> = (&'r Change, Option<&'r Finding>);

/// Returns a part for each contract that has something to say.
pub(super) fn render(report: &Report, style: &Style) -> Vec<String> {
    let is_whole = report.all || report.command == Command::Diff;
    let mut parts = Vec::new();
    for ((_, index), told) in by_contract(report) {
        let (mut full, folded): (Vec<Told<'_>>, Vec<Told<'_>>) = told
            .into_iter()
            .partition(|(change, _)| is_whole || change.impact > Impact::Safe);
        full.sort_by_key(|(change, _)| Reverse(change.impact));
        let Some((first, _)) = full.first() else {
            continue;
        };
        let contract = index.and_then(|index| report.contracts.get(index));
        let mut lines = vec![heading(contract, first, style)];
        lines.extend(full.iter().flat_map(|told| change(report, told, style)));
        if !folded.is_empty() {
            let more = phrase::count(folded.len(), "safe change");
            lines.push(paint(style, Ink::Faint, &format!("  and {more}")));
        }
        parts.push(lines.join("\n"));
    }
    parts
}

/// Groups the changes by name and place among the contracts: two majors share a name, but no file.
fn by_contract(report: &Report) -> BTreeMap<(&str, Option<usize>), Vec<Told<'_>>> {
    let mut named: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for (index, contract) in report.contracts.iter().enumerate() {
        named
            .entry(&contract.contract)
            .or_default()
            .push((index, &contract.path));
    }
    let mut groups: BTreeMap<(&str, Option<usize>), Vec<Told<'_>>> = BTreeMap::new();
    for told in report.told() {
        let change = told.0;
        let name = change.contract.as_str();
        let here = named.get(name).map(Vec::as_slice).unwrap_or_default();
        let same_file = here.iter().find(|(_, path)| *path == change.location.path);
        let index = same_file.or(here.first()).map(|(index, _)| *index);
        groups.entry((name, index)).or_default().push(told);
    }
    groups
}

/// Starts with a word of ours, since a line that starts with a name could be read as a command by
/// the build server that keeps the log.
fn heading(contract: Option<&ContractSummary>, change: &Change, style: &Style) -> String {
    let name = visible(&change.contract);
    let title = paint(style, Ink::Strong, &format!("contract {name}"));
    let Some(contract) = contract else {
        return title;
    };
    let versions = phrase::versions(contract).map(|text| format!(" {}", visible(&text)));
    let bump = phrase::bump(contract).map(|text| format!(" ({text})"));
    let impact = paint(style, ink(contract.impact), contract.impact.as_str());
    format!(
        "{title}{}{} — {impact}",
        versions.unwrap_or_default(),
        bump.unwrap_or_default()
    )
}

fn change(report: &Report, (change, teller): &Told<'_>, style: &Style) -> Vec<String> {
    let marker = paint(
        style,
        ink(change.impact),
        &format!("{:8}", change.impact.as_str()),
    );
    let rule = visible(&change.rule);
    let mut lines = vec![format!("  {marker}  {rule}: {}", visible(&change.message))];
    let mut add = |word: &str, ink: Ink, text: &str| {
        lines.push(format!(
            "            {} {text}",
            paint(style, ink, &format!("= {word}:"))
        ));
    };
    if let Some(values) = values(change, style) {
        add("values", Ink::Note, &values);
    }
    if let Some(witness) = &change.witness
        && teller.is_none_or(|finding| finding.witness.is_none())
    {
        add("witness", Ink::Note, &visible(&phrase::witness(witness)));
    }
    if teller.is_some() {
        return lines;
    }
    if let Some(who) = phrase::consumers(&change.consumers) {
        add("consumers", Ink::Note, &visible(&who));
    }
    if let Some(help) = change
        .help
        .as_ref()
        .filter(|_| change.impact > Impact::Safe)
    {
        add("help", Ink::Help, &visible(help));
    }
    if change.impact > Impact::Safe || report.command == Command::Diff {
        lines.insert(
            1,
            format!("            {}", paint(style, Ink::Faint, &place(change))),
        );
    }
    lines
}

fn place(change: &Change) -> String {
    let at = &change.location;
    let base = if at.side == Side::Base { "base: " } else { "" };
    let path = visible(&at.path);
    match at.line {
        0 => format!("--> {base}{path}"),
        line => format!("--> {base}{path}:{line}:{}", at.column),
    }
}

/// Returns what stood there and what stands there, unless the message says both.
fn values(change: &Change, style: &Style) -> Option<String> {
    Some(match Values::of(change)? {
        Values::Short { before, after } => visible(&format!("{before} → {after}")),
        Values::Words(pieces) => pieces.iter().map(|piece| words(piece, style)).collect(),
    })
}

/// Returns words of both texts, with marks where there are no colours to tell them apart.
fn words(piece: &Piece, style: &Style) -> String {
    let mark = |ink, sign: char, text: &str| match (text, style.color) {
        ("", _) => String::new(),
        (text, true) => paint(style, ink, &visible(text)),
        (text, false) => format!("{{{sign}{}{sign}}}", visible(text)),
    };
    match piece {
        Piece::Same(text) => visible(text),
        Piece::Changed { gone, come } => mark(Ink::Gone, '-', gone) + &mark(Ink::Come, '+', come),
    }
}

fn ink(impact: Impact) -> Ink {
    match impact {
        Impact::Safe => Ink::Pass,
        Impact::Risky => Ink::Warning,
        Impact::Breaking => Ink::Error,
    }
}
