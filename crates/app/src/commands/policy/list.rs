//! The policies that hold here, and what they hit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use meshlaw_changeset::Globs;
use meshlaw_contract::read_contracts;
use meshlaw_policy::{Judge, Layer, Policy};
use serde::Serialize;

use super::law_in;
use crate::estate::{read_estate, read_text};
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law::Law;
use crate::output::{columns, print};
use crate::waivers::Ledger;
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
    as_of: Option<jiff::civil::Date>,
}

/// One policy, as people and machines read it.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    layer: String,
    severity: &'static str,
    enforcement: &'static str,
    since: Option<String>,
    /// Team that answers for the layer.
    owner: Option<String>,
    /// Waivers that name the policy.
    waivers: usize,
    /// Contracts that the policy speaks against as they stand, waived ones included.
    contracts: usize,
}

/// Lists the policies.
pub fn run(args: &ListArgs) -> anyhow::Result<ExitStatus> {
    let (reader, law) = law_in(&args.path)?;
    let as_of = when::settle(args.as_of);
    let estate = read_estate(&law.settings, None, &reader, &[], as_of)?;
    let domains = Domains::new(&law.settings, None)?;
    let (ledger, _) = Ledger::read(&law.settings, &reader)?;
    let mut judge = Judge::new(&law.book, &estate.world)
        .map_err(|error| Failure::new(format!("the policies do not go together: {error}"), ""))?;
    let mut hit: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for entry in reader.list(&Globs::new(&law.settings.contracts)?)? {
        let path = entry.path.to_string();
        let Ok(text) = read_text(&reader, &entry, &law.settings) else {
            continue;
        };
        let parsed = read_contracts(&text, &path, &law.settings.limits, &law.settings.vocabulary);
        for contract in parsed.into_iter().filter_map(|one| one.value) {
            let identity = domains.identify(&path, &contract);
            for violation in judge.publish(&contract, &identity, &[&identity.domain]) {
                let id = violation.policy.id.as_str();
                hit.entry(id).or_default().insert(identity.id());
            }
        }
    }
    let rows: Vec<Row> = law
        .book
        .policies
        .iter()
        .map(|policy| {
            let id = policy.id.as_str();
            let named = |entry: &&crate::waivers::Entry| entry.waiver.policy == id;
            Row {
                id: id.to_owned(),
                layer: match &policy.layer {
                    Layer::Org => "org".to_owned(),
                    Layer::Domain(domain) => domain.clone(),
                },
                severity: policy.severity.as_str(),
                enforcement: policy.enforcement.as_str(),
                since: policy.since.map(|date| date.to_string()),
                owner: owner(&law, policy),
                waivers: ledger.entries().filter(named).count(),
                contracts: hit.get(id).map_or(0, BTreeSet::len),
            }
        })
        .collect();
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
    } else {
        print(&table(&rows))?;
    }
    Ok(ExitStatus::Pass)
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
            row.severity.to_owned(),
            row.enforcement.to_owned(),
            row.since.clone().unwrap_or_else(|| "-".to_owned()),
            row.owner.clone().unwrap_or_else(|| "-".to_owned()),
            row.waivers.to_string(),
            row.contracts.to_string(),
        ]
    };
    let all: Vec<[String; 8]> = std::iter::once(head.map(str::to_owned))
        .chain(rows.iter().map(cells))
        .collect();
    columns(&all)
}
