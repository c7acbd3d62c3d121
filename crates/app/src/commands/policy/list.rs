//! The policies that hold here, and what they hit, as an audit finds it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_policy::{Layer, Policy, enforcement_on};
use serde::Serialize;

use super::origin;
use crate::commands::audit::{Asked, Surveyed, survey};
use crate::failure::ExitStatus;
use crate::law::Law;
use crate::output::{columns, print};
use crate::when;

/// List the policies that hold here, with the contracts that each hits
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Root of the repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Write JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// One policy, as people and machines read it.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    layer: String,
    /// `here`, `built in`, or the bundle.
    origin: String,
    severity: &'static str,
    /// What its findings do today.
    enforcement: &'static str,
    /// What `@enforcement` says.
    written: &'static str,
    /// Why the settings say otherwise, and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<RulingRow>,
    since: Option<String>,
    /// Team that answers for the layer.
    owner: Option<String>,
    /// Waivers that name the policy.
    waivers: usize,
    /// Contracts that the policy speaks against as they stand, waived ones included: with those
    /// that consumers read against it, or that waivers name against it.
    contracts: usize,
}

#[derive(Debug, Serialize)]
struct RulingRow {
    /// The policy or pack that the settings name.
    subject: String,
    reason: String,
    until: Option<String>,
}

/// Lists the policies.
pub fn run(args: &ListArgs) -> anyhow::Result<ExitStatus> {
    let asked = Asked {
        path: &args.path,
        at: None,
        policies: None,
        as_of: when::settle(args.as_of),
        plain: false,
        keeps_all: false,
        only_counts: false,
        joined: None,
        log: None,
    };
    survey(&asked, |surveyed| {
        let rows = rows(&surveyed, asked.as_of);
        if args.json {
            print(&format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
        } else {
            print(&table(&rows))?;
        }
        Ok(ExitStatus::Pass)
    })
}

fn rows(surveyed: &Surveyed<'_, '_>, today: Date) -> Vec<Row> {
    let law = surveyed.court.law;
    let mut hit: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &surveyed.findings {
        let contract = finding.contract.as_deref();
        hit.entry(&finding.id).or_default().extend(contract);
    }
    let mut waivers: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in surveyed.court.ledger.entries() {
        *waivers.entry(&entry.waiver.policy).or_default() += 1;
    }
    let row = |policy: &Policy| {
        let id = policy.id.as_str();
        Row {
            id: id.to_owned(),
            layer: match &policy.layer {
                Layer::Org => "org".to_owned(),
                Layer::Domain(domain) => domain.clone(),
            },
            origin: origin(policy),
            severity: policy.severity.as_str(),
            enforcement: enforcement_on(policy, today, false).as_str(),
            written: policy.written.as_str(),
            ruling: policy.ruling_on(today).map(|ruling| RulingRow {
                subject: ruling.subject.clone(),
                reason: ruling.reason.clone(),
                until: ruling.until.map(|date| date.to_string()),
            }),
            since: policy.since.map(|date| date.to_string()),
            owner: owner(law, policy),
            waivers: waivers.get(id).copied().unwrap_or_default(),
            contracts: hit.get(id).map_or(0, BTreeSet::len),
        }
    };
    law.book.policies.iter().map(row).collect()
}

/// The domain's owner, or who has the role `governance`.
fn owner(law: &Law, policy: &Policy) -> Option<String> {
    match &policy.layer {
        Layer::Domain(domain) => law.settings.domains.get(domain)?.owner.clone(),
        Layer::Org => {
            let teams = law.settings.teams.iter();
            let mut governing =
                teams.filter(|(_, team)| team.roles.iter().any(|role| role == "governance"));
            governing.next().map(|(name, _)| name.clone())
        }
    }
}

fn table(rows: &[Row]) -> String {
    let head = [
        "id",
        "layer",
        "origin",
        "severity",
        "enforcement",
        "since",
        "owner",
        "waivers",
        "contracts",
    ];
    let cells = |row: &Row| {
        [
            row.id.clone(),
            row.layer.clone(),
            row.origin.clone(),
            row.severity.to_owned(),
            enforcement(row),
            row.since.clone().unwrap_or_else(|| "-".to_owned()),
            row.owner.clone().unwrap_or_else(|| "-".to_owned()),
            row.waivers.to_string(),
            row.contracts.to_string(),
        ]
    };
    let all: Vec<[String; 9]> = std::iter::once(head.map(str::to_owned))
        .chain(rows.iter().map(cells))
        .collect();
    columns(&all)
}

/// The enforcement of today, with the written one where that is another.
fn enforcement(row: &Row) -> String {
    let (today, written) = (row.enforcement, row.written);
    if today == written {
        return today.to_owned();
    }
    let until = row.ruling.as_ref().and_then(|ruling| ruling.until.as_ref());
    match until {
        Some(until) => format!("{today}, {written} after {until}"),
        None => format!("{today}, written {written}"),
    }
}
