//! Waivers in, which domains hold more than their budget out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Waiver;
use meshlaw_report::{Finding, Kind, Related, Severity};

use super::{Entry, Ledger};
use crate::court::Court;
use crate::findings::{About, Draft, make};
use crate::output;
use crate::settings::{self, Settings};

/// Waivers that are shown beside a budget.
const MOST_SHOWN: usize = 10;

/// How many waivers hold on a day, by the domain of their contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InForce(BTreeMap<String, i64>);

impl InForce {
    /// Counts waivers; what policies make of them counts for nothing, since that may change.
    pub fn of<'e>(entries: impl Iterator<Item = &'e Entry>, today: Date) -> Self {
        let mut counts = Self::default();
        for entry in entries.filter(|entry| entry.waiver.holds_on(today)) {
            let domain = domain_of(&entry.waiver).to_owned();
            *counts.0.entry(domain).or_default() += 1;
        }
        counts
    }

    /// Returns the domains that hold more than they may: how many, and how many they may.
    pub fn beyond(&self, settings: &Settings) -> impl Iterator<Item = (&str, i64, i64)> {
        self.0.iter().filter_map(|(domain, count)| {
            let budget = settings.waiver_budget(domain)?;
            (*count > budget).then_some((domain.as_str(), *count, budget))
        })
    }

    /// Returns every domain for which any hold, and how many.
    pub fn domains(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0
            .iter()
            .map(|(domain, count)| (domain.as_str(), *count))
    }

    /// Returns how many hold for the contracts of a domain.
    pub fn in_domain(&self, domain: &str) -> i64 {
        self.0.get(domain).copied().unwrap_or_default()
    }
}

/// Returns the domain of the contract that a waiver names.
pub fn domain_of(waiver: &Waiver) -> &str {
    let domain = waiver.contract.split_once('/').map(|(domain, _)| domain);
    domain.unwrap_or_default()
}

/// Says which domains of an estate hold more waivers than their budget.
pub fn in_audit(court: &Court<'_>) -> Vec<Finding> {
    let (settings, today) = (&court.law.settings, court.estate.world.as_of);
    let mut findings = Vec::new();
    for (domain, count, budget) in court.ledger.in_force(today).beyond(settings) {
        let holds =
            |entry: &&Entry| entry.waiver.holds_on(today) && domain_of(&entry.waiver) == domain;
        let mut own: Vec<&Entry> = court.ledger.entries().filter(holds).collect();
        own.sort_by_key(|entry| (entry.waiver.expires, &entry.waiver.name));
        let related = own.into_iter().take(MOST_SHOWN).map(|entry| Related {
            location: entry.at("waiver"),
            message: format!("until {}", entry.waiver.expires),
        });
        let keys: &[&str] = if settings.has_own_budget(domain) {
            &["domains", domain, "waivers"]
        } else {
            &["parameters", "max_domain_waivers"]
        };
        let draft = Draft {
            id: ID,
            kind: Kind::Waiver,
            severity: Severity::Error,
            about: About::default(),
            pointer: Pointer::root().name(domain),
            message: format!(
                "the domain `{domain}` may hold {} at once, and holds {count}",
                output::count(budget, "waiver")
            ),
            help: Some(
                "mend what one of them excuses and remove it; the first to end come first"
                    .to_owned(),
            ),
            location: Some(settings::place(&court.law.texts.settings, keys)),
        };
        findings.extend(make(settings, draft).map(|finding| Finding {
            domain: Some(domain.to_owned()),
            related: related.collect(),
            ..finding
        }));
    }
    findings
}

/// Says which waivers of a branch its domain has no budget for.
///
/// `before` holds what the files that the branch touched had; `in_force` is what there will be. A
/// waiver that only takes the place of another adds none.
pub fn in_gate(
    court: &Court<'_>,
    before: &Ledger,
    granted: &Ledger,
    in_force: &InForce,
) -> Vec<Finding> {
    let (settings, today) = (&court.law.settings, court.estate.world.as_of);
    let (old, new) = (before.in_force(today), granted.in_force(today));
    let mut findings = Vec::new();
    for entry in granted.entries() {
        let domain = domain_of(&entry.waiver);
        let count = in_force.in_domain(domain);
        let budget = settings.waiver_budget(domain);
        let Some(budget) = budget.filter(|most| count > *most) else {
            continue;
        };
        let was_there = before.about(&entry.waiver.contract).iter().any(|one| {
            one.waiver.holds_on(today)
                && (&one.waiver.policy, &one.waiver.pointer)
                    == (&entry.waiver.policy, &entry.waiver.pointer)
        });
        let adds = new.in_domain(domain) > old.in_domain(domain);
        if !adds || was_there || !entry.waiver.holds_on(today) {
            continue;
        }
        let message = format!(
            "the domain `{domain}` may hold {} at once, and would hold {count} with this branch",
            output::count(budget, "waiver")
        );
        let help = "remove one that is not needed any more in the same branch, or mend what this \
                    one excuses; the budget is that of the target branch";
        let id = ID;
        findings.extend(super::validity::draft(
            court,
            entry,
            id,
            "contract",
            message,
            help.to_owned(),
        ));
    }
    findings
}

const ID: &str = "waiver/over-budget";
