//! Who is reached by a contract, a field or a change: consumers, and contracts that derive from it,
//! to any depth.

mod drawn;
mod survey;

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_changeset::Reader as Files;
use meshlaw_contract::model::Consumer;
use meshlaw_diff::Grade;
use serde::Serialize;

use self::survey::{Survey, part_of, survey};
use crate::changed::{Changed, compare_revisions};
use crate::chronicle;
use crate::court::grading;
use crate::estate::{Estate, read_estate};
use crate::failure::{ExitStatus, Failure};
use crate::ground::Ground;
use crate::identity::Domains;
use crate::lineage::{Part, Reach};
use crate::names::Names;
use crate::output::print;
use crate::pairing::pair;
use crate::revision::Revision;
use crate::settings::Settings;
use crate::when;

/// Show who is reached by a contract, a field or a change
///
/// Consumers that read it, contracts that refer to it or derive from it (`derived_from` among the
/// properties of a contract, a dataset or a field), and whoever reads those, to any depth.
#[derive(Debug, clap::Args)]
pub struct ImpactArgs {
    /// Contract as DOMAIN/NAME, or the path of its file; with #FIELD, one field of it
    #[arg(
        value_name = "CONTRACT[#FIELD]",
        required_unless_present = "base",
        conflicts_with = "base"
    )]
    contract: Option<String>,
    /// Begin at all that changed since this revision and may be felt
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Revision to look at
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Write FORMAT
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// What an impact is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For machines
    Json,
    /// A graph for Markdown pages
    Mermaid,
    /// A graph for Graphviz
    Dot,
}

/// Who is reached, for every format.
#[derive(Serialize)]
struct Impact {
    starts: Vec<Start>,
    domains: usize,
    contracts: Vec<Met>,
    consumers: Vec<Met>,
    /// Consumers that read a version which is not there any more.
    apart: Vec<Apart>,
    #[serde(skip)]
    reach: Reach,
}

#[derive(Serialize)]
struct Start {
    contract: String,
    parts: Vec<String>,
}

#[derive(Serialize)]
struct Met {
    name: String,
    distance: usize,
    through: String,
    owner: Option<String>,
    reach: Vec<String>,
}

#[derive(Serialize)]
struct Apart {
    consumer: String,
    contract: String,
}

/// Shows the impact.
pub fn run(args: &ImpactArgs) -> anyhow::Result<ExitStatus> {
    let impact = impact(args)?;
    let text = match args.format {
        Format::Text => drawn::text(&impact),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&impact)?),
        Format::Mermaid => drawn::mermaid(&impact),
        Format::Dot => drawn::dot(&impact),
    };
    print(&text)?;
    Ok(ExitStatus::Pass)
}

fn impact(args: &ImpactArgs) -> Result<Impact, Failure> {
    let Ground {
        repository,
        head,
        reader,
        settings,
        domains,
    } = Ground::at(&args.head)?;
    let as_of = when::settle(args.as_of);
    let estate = read_estate(&settings, None, &reader, &[], as_of)?;
    let starts = match (&args.contract, &args.base) {
        (Some(name), _) => {
            let names = Names::new(&repository.at(head), &settings, &domains);
            let named = chronicle::find(&reader, (&settings, &domains), &names, name)?;
            let part = named.field.as_ref().map(part_of).unwrap_or_default();
            vec![(named.identity.id(), part)]
        }
        (None, Some(base)) => {
            let base = repository.resolve(base)?;
            let fork = repository.merge_base(&base, &head)?;
            let base = repository.at(fork).open()?;
            changed(&base, &reader, &settings, &domains, as_of)?
        }
        (None, None) => Vec::new(),
    };
    let survey = survey(&repository.at(head), &settings, &domains, &estate)?;
    Ok(told(&survey, &estate, starts))
}

/// Returns the parts whose change may be felt.
fn changed(
    base: &Files,
    head: &Files,
    settings: &Settings,
    domains: &Domains,
    as_of: Date,
) -> Result<Vec<(String, Part)>, Failure> {
    let changed = Changed::between(settings, base, head)?;
    let files = changed.contracts(settings, domains);
    let mut found = BTreeSet::new();
    for (before, after) in pair(&files) {
        let compared = compare_revisions(before, after, as_of)?;
        let grading = grading(settings, before.and_then(Revision::contract));
        let felt = compared
            .changes
            .iter()
            .filter(|change| grading.impact(change) != Grade::Safe);
        for change in felt {
            let place = &change.edit.place;
            let part = part_of(place.base().unwrap_or(place.pointer()));
            if let Some(revision) = before.or(after) {
                found.insert((revision.identity.id(), part));
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn told(survey: &Survey, estate: &Estate, starts: Vec<(String, Part)>) -> Impact {
    let reach = survey.graph.reach(starts.iter().cloned());
    let contracts: Vec<Met> = reach
        .contracts
        .iter()
        .map(|(name, reached)| {
            let owner = survey
                .contracts
                .get(name)
                .and_then(|known| known.owner.clone());
            let team = owner.as_ref().and_then(|owner| estate.teams.get(owner));
            Met {
                name: name.clone(),
                distance: reached.distance,
                through: reached.through.clone(),
                reach: team
                    .map(|team| crate::estate::ways(&team.notify))
                    .unwrap_or_default(),
                owner,
            }
        })
        .collect();
    let consumers: Vec<Met> = reach
        .consumers
        .iter()
        .map(|(name, reached)| {
            let consumer: Option<&Consumer> = estate.consumers.iter().find(|one| one.name == *name);
            Met {
                name: name.clone(),
                distance: reached.distance,
                through: reached.through.clone(),
                owner: consumer.and_then(|one| one.owner.clone()),
                reach: consumer.map(|one| estate.reach(one)).unwrap_or_default(),
            }
        })
        .collect();
    let touched: BTreeSet<&str> = reach
        .contracts
        .keys()
        .chain(reach.edges.iter().map(|(from, _)| from))
        .chain(starts.iter().map(|(from, _)| from))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(String::as_str)
        .collect();
    let domains: BTreeSet<&str> = touched
        .iter()
        .filter_map(|id| Some(id.split_once('/')?.0))
        .collect();
    let apart = survey
        .apart
        .iter()
        .filter(|(_, contract)| touched.contains(contract.as_str()))
        .map(|(consumer, contract)| Apart {
            consumer: consumer.clone(),
            contract: contract.clone(),
        })
        .collect();
    let domains = domains.len();
    let mut begun: Vec<Start> = Vec::new();
    for (contract, part) in starts {
        let shown = part.dataset.iter().chain(&part.names).cloned();
        let shown = shown.collect::<Vec<_>>().join(".");
        match begun.last_mut() {
            Some(last) if last.contract == contract => last.parts.push(shown),
            _ => begun.push(Start {
                contract,
                parts: vec![shown],
            }),
        }
    }
    for start in &mut begun {
        start.parts.retain(|part| !part.is_empty());
    }
    Impact {
        starts: begun,
        domains,
        contracts,
        consumers,
        apart,
        reach,
    }
}
