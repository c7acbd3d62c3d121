//! A report and who exists in, one letter for each team that it concerns out.

use std::collections::BTreeMap;

use meshlaw_contract::model::Notify;
use meshlaw_courier::{Item, Letter, Role};
use meshlaw_report::visible;

use super::delivery::Channel;
use super::reading::{Change, Finding, Report};
use crate::estate::Estate;
use crate::output::count;

/// A way to people, and the address there.
pub type Way = (Channel, String);

/// A letter, and one way to its team.
#[derive(Debug)]
pub struct Addressed {
    /// The letter.
    pub letter: Letter,
    /// The way; nothing where none is known.
    pub way: Option<Way>,
}

/// Writes the letters: one for each team and address.
pub fn write(report: &Report, estate: &Estate, link: Option<&str>) -> Vec<Addressed> {
    let mut letters: BTreeMap<(String, Option<Way>), Vec<Item>> = BTreeMap::new();
    let mut add = |team: &str, ways: &Notify, item: Item| {
        let all = [Channel::Slack, Channel::Webhook, Channel::Email].into_iter();
        let ways = all.filter_map(|way| Some((way, way.address(ways)?.to_owned())));
        let mut ways: Vec<_> = ways.map(Some).collect();
        if ways.is_empty() {
            ways.push(None);
        }
        for way in ways {
            let items = letters.entry((team.to_owned(), way)).or_default();
            join(items, item.clone());
        }
    };
    for change in &report.changes {
        for name in &change.consumers {
            let (team, ways) = readers(estate, name);
            add(&team, &ways, read(change, name));
        }
    }
    for finding in &report.findings {
        let is_due = finding.state == "new" && finding.enforcement != "shadow";
        let owner = finding.owner.as_deref().filter(|_| is_due);
        if let Some((owner, contract)) = owner.zip(finding.contract.as_deref()) {
            let team = estate.teams.get(owner);
            let ways = team.map(|team| team.notify.clone()).unwrap_or_default();
            add(owner, &ways, owned(finding, contract));
        }
    }
    letters
        .into_iter()
        .map(|((team, way), mut items)| {
            items.sort_by_key(|item| (item.role, rank(&item.weight)));
            Addressed {
                letter: Letter {
                    subject: subject(report, &items),
                    team,
                    items,
                    link: link.map(str::to_owned),
                },
                way,
            }
        })
        .collect()
}

/// Adds an item; what several consumers of a team feel stands once, with all their names.
fn join(items: &mut Vec<Item>, item: Item) {
    let known = items
        .iter_mut()
        .find(|known| (known.role, &known.fingerprint) == (item.role, &item.fingerprint));
    match known {
        Some(known) => {
            for name in item.consumers {
                if !known.consumers.contains(&name) {
                    known.consumers.push(name);
                }
            }
        }
        None => items.push(item),
    }
}

/// Returns who answers for a consumer, and how to reach them: its own ways, else its owner's.
fn readers(estate: &Estate, name: &str) -> (String, Notify) {
    let Some(consumer) = estate.consumers.iter().find(|one| one.name == name) else {
        return (visible(name), Notify::default());
    };
    let team = consumer.owner.as_ref().unwrap_or(&consumer.name);
    (
        visible(team),
        estate.notify(consumer).cloned().unwrap_or_default(),
    )
}

fn read(change: &Change, consumer: &str) -> Item {
    let after = change.after.as_deref().map(visible);
    let is_dated = ["deprecat", "sunset"]
        .iter()
        .any(|word| change.rule.contains(word));
    let by = is_dated.then(|| after.as_deref().and_then(date)).flatten();
    Item {
        role: Role::Reads,
        contract: visible(&change.contract),
        consumers: vec![visible(consumer)],
        weight: visible(&change.impact),
        message: visible(&change.message),
        help: Some(advice(change, is_dated)),
        by: by.or_else(|| is_dated.then(|| date(&change.message)).flatten()),
        place: Some(visible(&change.location.shown())),
        fingerprint: format!(
            "{}:{}:{}:{}",
            change.rule,
            change.contract,
            change.pointer.join("/"),
            after.unwrap_or_default()
        ),
    }
}

/// Says what a reader can do; the help of the rule speaks to those who write the contract.
fn advice(change: &Change, is_dated: bool) -> String {
    let owner = change.owner.as_deref().map(visible);
    let owner = owner.unwrap_or_else(|| "its owner".to_owned());
    match (is_dated, change.impact.as_str()) {
        (true, _) => format!("stop reading it before it goes, or tell {owner} that you cannot"),
        (false, "breaking") => {
            format!("get ready before it is merged, or tell {owner} what you need")
        }
        _ => format!("look whether you rely on it, and tell {owner}"),
    }
}

fn owned(finding: &Finding, contract: &str) -> Item {
    let advises = finding
        .notes
        .iter()
        .find(|note| note.starts_with("this policy only advises until"));
    Item {
        role: Role::Owns,
        contract: visible(contract),
        consumers: Vec::new(),
        weight: visible(&finding.severity),
        message: format!("{} ({})", visible(&finding.message), visible(&finding.id)),
        help: finding.help.as_deref().map(visible),
        by: advises.and_then(|note| date(note)),
        place: finding.location.as_ref().map(|at| visible(&at.shown())),
        fingerprint: finding.fingerprint.clone(),
    }
}

/// Finds the first date in a text.
fn date(text: &str) -> Option<String> {
    let words = text.split(|one: char| !one.is_ascii_digit() && one != '-');
    let mut dates = words.filter(|word| meshlaw_contract::measure::parse_date(word).is_some());
    dates.next().map(str::to_owned)
}

fn rank(weight: &str) -> usize {
    let order = ["breaking", "error", "risky", "warning"];
    order
        .iter()
        .position(|one| *one == weight)
        .unwrap_or(order.len())
}

fn subject(report: &Report, items: &[Item]) -> String {
    let mut contracts: Vec<&str> = items.iter().map(|item| item.contract.as_str()).collect();
    contracts.sort_unstable();
    contracts.dedup();
    let about = match contracts.as_slice() {
        [one] => (*one).to_owned(),
        several => count(several.len(), "contract"),
    };
    let breaks = items
        .iter()
        .filter(|item| item.weight == "breaking")
        .count();
    let owned = items.iter().filter(|item| item.role == Role::Owns).count();
    let deed = match report.command.as_str() {
        "gate" => "proposed",
        _ => "found",
    };
    match (breaks, owned) {
        (0, 0) => format!("{about}: {} {deed}", count(items.len(), "change")),
        (0, owned) => format!("{about}: {} to mend", count(owned, "finding")),
        (breaks, _) => format!("{about}: {} {deed}", count(breaks, "breaking change")),
    }
}
