//! What changed for readers, version by version.

mod markdown;
mod omds;

use std::collections::BTreeSet;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Reader, Repository};
use meshlaw_contract::model::{Consumer, Version};
use serde::Serialize;

use crate::changed::Changed;
use crate::chronicle::{self, Chronicle, Edition, Named, Release, Told, day, releases, told};
use crate::effects::{Felt, affected};
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::ground::Ground;
use crate::identity::Domains;
use crate::names::Names;
use crate::output::print;
use crate::settings::Settings;
use crate::when;

/// Tell what changed for readers, version by version
///
/// The changes of a version are those between its last edition and the last edition of the version
/// before, on the line of first parents; what went back and forth in between is left out.
#[derive(Debug, clap::Args)]
pub struct ChangelogArgs {
    /// Contract as DOMAIN/NAME, or the path of its file [default: all that changed since REV, or
    /// all that CONSUMER reads]
    #[arg(required_unless_present_any = ["since", "consumer"])]
    contract: Option<String>,
    /// Tell only what came after this revision
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Tell only what this consumer reads
    #[arg(long = "for", value_name = "CONSUMER")]
    consumer: Option<String>,
    /// Revision to begin at
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Write FORMAT
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

/// What a changelog is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Markdown,
    /// For machines
    Json,
    /// For tools that exchange differences: a stream of YAML documents, one a version, as Bitol's
    /// draft of an Open Metadata Difference Standard has them
    Omds,
}

#[derive(Serialize)]
struct Changelog {
    head: String,
    since: Option<String>,
    consumer: Option<String>,
    commits_opened: u64,
    contracts: Vec<OfContract>,
}

#[derive(Serialize)]
struct OfContract {
    contract: String,
    owner: Option<String>,
    /// Whether earlier versions are missing, since the clone is shallow.
    is_cut: bool,
    versions: Vec<OfVersion>,
}

#[derive(Serialize)]
struct OfVersion {
    version: Option<String>,
    date: String,
    commit: String,
    is_first: bool,
    changes: Vec<Told>,
    /// The two editions that were compared, where there are two.
    #[serde(skip)]
    compared: Option<Compared>,
}

/// What the two sides of a version are called.
struct Compared {
    before: Side,
    after: Side,
}

/// One side of a version.
struct Side {
    id: String,
    name: String,
    version: Option<Version>,
}

impl Side {
    fn of(edition: &Edition) -> Option<Self> {
        let contract = edition.contract.as_ref()?;
        let id = contract.id.clone();
        Some(Self {
            id: id.unwrap_or_else(|| edition.identity.id()),
            name: edition.identity.name.clone(),
            version: contract.version.clone(),
        })
    }
}

/// What all contracts are looked at with.
struct Look<'l> {
    repository: &'l Repository,
    settings: &'l Settings,
    domains: &'l Domains,
    head: Commit,
    since: Option<Commit>,
    consumer: &'l [Consumer],
}

/// Writes the changelog.
pub fn run(args: &ChangelogArgs) -> anyhow::Result<ExitStatus> {
    let changelog = changelog(args)?;
    match args.format {
        Format::Markdown => print(&markdown::write(&changelog))?,
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&changelog)?))?,
        Format::Omds => print(&omds::write(&changelog)?)?,
    }
    Ok(ExitStatus::Pass)
}

fn changelog(args: &ChangelogArgs) -> Result<Changelog, Failure> {
    let Ground {
        repository,
        head,
        reader,
        settings,
        domains,
    } = Ground::at(&args.head)?;
    let since = args.since.as_deref();
    let since = since.map(|since| repository.resolve(since)).transpose()?;
    let consumer = match &args.consumer {
        Some(name) => readers(&settings, &reader, name, when::settle(None))?,
        None => Vec::new(),
    };
    let look = Look {
        repository: &repository,
        settings: &settings,
        domains: &domains,
        head,
        since,
        consumer: &consumer,
    };
    let names = Names::new(&repository.at(head), &settings, &domains);
    let named = match &args.contract {
        Some(name) => vec![chronicle::find(
            &reader,
            (&settings, &domains),
            &names,
            name,
        )?],
        None => look.concerned(&reader, &names)?,
    };
    let mut changelog = Changelog {
        head: head.id.to_string(),
        since: since.map(|since| since.id.to_string()),
        consumer: args.consumer.clone(),
        commits_opened: 0,
        contracts: Vec::new(),
    };
    for named in &named {
        let (of_contract, commits) = look.contract(named)?;
        changelog.commits_opened += commits;
        if !of_contract.versions.is_empty() || args.contract.is_some() {
            changelog.contracts.push(of_contract);
        }
    }
    Ok(changelog)
}

/// Finds a consumer by name.
fn readers(
    settings: &Settings,
    reader: &Reader,
    name: &str,
    as_of: Date,
) -> Result<Vec<Consumer>, Failure> {
    let estate = read_estate(settings, None, reader, &[], as_of)?;
    let known: Vec<&str> = estate
        .consumers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let near = meshlaw_contract::nearest(name, known.iter().copied()).map(str::to_owned);
    let found: Vec<Consumer> = estate
        .consumers
        .into_iter()
        .filter(|one| one.name == name)
        .collect();
    if found.is_empty() {
        let message = format!("there is no consumer `{name}`");
        let help = near.map_or_else(
            || "name it as its file does".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::new(message, help));
    }
    Ok(found)
}

impl Look<'_> {
    /// Returns the contracts that a consumer reads, or else those whose files changed.
    fn concerned(&self, reader: &Reader, names: &Names<'_>) -> Result<Vec<Named>, Failure> {
        let used = self.consumer.iter().flat_map(|consumer| &consumer.uses);
        let used: BTreeSet<&str> = used.map(|usage| usage.contract.as_str()).collect();
        if !used.is_empty() {
            // What is not there any more has no history to begin at.
            let law = (self.settings, self.domains);
            let find = |id| chronicle::find(reader, law, names, id).ok();
            return Ok(used.into_iter().filter_map(find).collect());
        }
        let Some(since) = self.since else {
            return Ok(Vec::new());
        };
        let before = self.repository.at(since).open()?;
        let changed = Changed::between(self.settings, &before, reader)?;
        let files = changed.contracts(self.settings, self.domains);
        let after = files.iter().flat_map(|(_, after)| after);
        let named = after.map(|revision| Named::of(&revision.identity, revision.contract()));
        Ok(named.collect())
    }

    fn contract(&self, named: &Named) -> Result<(OfContract, u64), Failure> {
        let mut chronicle = Chronicle::of(
            self.repository,
            self.settings,
            self.domains,
            &self.head,
            named,
        )?;
        let is_before = |commit: &Commit| match &self.since {
            Some(since) => Ok(self.repository.is_ancestor(commit, since)?),
            None => Ok::<bool, Failure>(false),
        };
        let (mut editions, is_cut) = chronicle.until(|edition| is_before(&edition.commit))?;
        let stands_before = match editions.last() {
            Some(edition) => is_before(&edition.commit)?,
            None => false,
        };
        let baseline = if stands_before || is_cut {
            editions.pop()
        } else {
            None
        };
        let owner = editions
            .first()
            .or(baseline.as_ref())
            .and_then(|edition| edition.contract.as_ref()?.owner.clone());
        let versions = releases(editions, baseline)?;
        let told = versions.iter().map(|release| self.version(named, release));
        let of_contract = OfContract {
            contract: named.identity.id(),
            owner,
            is_cut,
            versions: told.filter(|version| !version.changes.is_empty()).collect(),
        };
        Ok((of_contract, chronicle.commits()))
    }

    fn version(&self, named: &Named, release: &Release) -> OfVersion {
        let id = named.identity.id();
        let earlier = release.before.as_ref().map(|edition| edition.identity.id());
        let felt = Felt {
            ids: [earlier.as_deref(), Some(&id)],
            version: None,
        };
        let concerns = |change: &&meshlaw_diff::Change| {
            self.consumer.is_empty() || !affected(self.consumer, felt, change).is_empty()
        };
        let changes = release.changes.iter().filter(concerns);
        let told = told(self.settings, release.before.as_ref(), changes);
        OfVersion {
            version: release.version.clone(),
            date: day(&release.first).to_string(),
            commit: release.first.id.to_string(),
            is_first: release.before.is_none(),
            changes: told,
            compared: release.before.as_ref().and_then(|before| {
                let (before, after) = (Side::of(before)?, Side::of(&release.last)?);
                Some(Compared { before, after })
            }),
        }
    }
}
