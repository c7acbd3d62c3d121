//! The audit: a whole estate in, everything that is wrong with it out.

mod gathered;
mod judged;
mod kinds;
mod patched;
mod roll;
mod roster;
mod shelf;
mod whole;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_changeset::{Entry, Reader, Repository, Snapshot};
use meshlaw_report::{Command, Finding, Product, Report, Revision};

use crate::court::Court;
use crate::decisions::{Log, LogArgs, Run};
use crate::estate::Estate;
use crate::failure::{ExitStatus, Failure};
use crate::forecast::due;
use crate::identity::Domains;
use crate::inventory::Sort;
use crate::law::{self, Law, PolicySource};
use crate::output::{self, OutputArgs};
use crate::ownership;
use crate::readership;
use crate::settings::Settings;
use crate::shards::{self, Head, Joined, Shard, Shares};
use crate::verdicts;
use crate::waivers::{self, Docket, Ledger, Past};
use crate::when;
use judged::Source;
use shelf::Shelf;
use whole::{Session, convene, whole};

/// Judge every contract of an estate
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// Folder to audit
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Audit a revision instead of the files as they lie
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Judge with another folder of policies: a dry run
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Judge every file anew, and ask Cedar about every part: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
    /// Audit one share of the files of a commit, as in `2/8`, and print what was found as JSON
    /// Lines for `meshlaw merge`
    #[arg(long, value_name = "I/N", conflicts_with_all = ["formats", "no_shortcuts", "decision_log"])]
    shard: Option<Shard>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Audits the estate.
pub fn run(args: &AuditArgs) -> anyhow::Result<ExitStatus> {
    let asked = Asked {
        path: &args.path,
        at: args.at.as_deref(),
        policies: args.policies.as_deref(),
        as_of: when::settle(args.as_of),
        plain: args.no_shortcuts,
        keeps_all: false,
        only_counts: args.output.only_counts(),
        joined: None,
        log: Some(&args.log),
    };
    if let Some(shard) = args.shard {
        let at = args.at.as_deref().unwrap_or("HEAD");
        let asked = Asked {
            at: Some(at),
            ..asked
        };
        return share(&asked, shard, at);
    }
    survey(&asked, |surveyed| {
        tell(surveyed, shown(args), &asked, &args.output)
    })
}

/// Reports what an audit found out.
pub fn tell(
    surveyed: Surveyed<'_, '_>,
    name: String,
    asked: &Asked<'_>,
    args: &OutputArgs,
) -> anyhow::Result<ExitStatus> {
    let mut report = Report {
        command: Command::Audit,
        base: None,
        head: Revision {
            id: surveyed.revision,
            name,
        },
        as_of: asked.as_of.to_string(),
        fail_on: args.fail_on.into(),
        all: true,
        bootstrap: false,
        contracts: Vec::new(),
        contract_count: surveyed.contract_count,
        changes: Vec::new(),
        findings: surveyed.findings,
        counted: surveyed.counted,
        products: surveyed.products,
        pair: None,
        notes: surveyed.notes,
        law_impact: None,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    };
    if !args.only_counts() {
        // Of several causes the first is shown, so that their order must not hang on the way here.
        report.sort();
        report.coming = due(surveyed.court, &report.findings, report.fail_on);
    }
    output::write(report, args, &surveyed.court.law.book)
}

/// What is audited, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The folder.
    pub path: &'a Path,
    /// A revision instead of the files as they lie.
    pub at: Option<&'a str>,
    /// Another folder of policies.
    pub policies: Option<&'a Path>,
    /// The date that is taken for today.
    pub as_of: Date,
    /// Ask Cedar about every part anew.
    pub plain: bool,
    /// Keep every contract for judging waivers, not only those that waivers speak of.
    pub keeps_all: bool,
    /// Findings are counted, and nobody sees any.
    pub only_counts: bool,
    /// What shares of the audit found out.
    pub joined: Option<&'a Joined>,
    /// Where decisions are logged; then every contract is judged anew.
    pub log: Option<&'a LogArgs>,
}

impl Asked<'_> {
    fn logs(&self) -> bool {
        self.log.is_some_and(|log| log.decision_log.is_some())
    }

    /// Tells whether the run takes what earlier ones found, and leaves what it finds to later ones.
    ///
    /// What is kept says what was found, not what was asked.
    fn keeps(&self) -> bool {
        !self.plain && !self.keeps_all && !self.logs() && self.joined.is_none()
    }
}

/// What an audit begins with.
struct Opening {
    snapshot: Snapshot,
    reader: Reader,
    law: Law,
}

/// All that an audit found out.
pub struct Surveyed<'s, 'l> {
    /// What contracts were judged by.
    pub court: &'s Court<'l>,
    /// The contracts that waivers speak of, or all where they were asked for.
    pub docket: &'s Docket,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How much else is wrong that nobody asked to see.
    pub counted: Vec<(Sort, usize)>,
    /// How many contracts were judged.
    pub contract_count: usize,
    /// The data products, each with its contracts.
    pub products: Vec<Product>,
    /// What people should know about the run itself.
    pub notes: Vec<String>,
    /// The revision.
    pub revision: String,
}

/// Judges one share of an estate, and prints what was found out.
fn share(asked: &Asked<'_>, shard: Shard, name: &str) -> anyhow::Result<ExitStatus> {
    let opening = Opening::of(asked)?;
    convene(&opening, asked, false, |session| {
        let held = session.entries.iter().filter(|entry| shard.holds(entry));
        let held: Vec<Entry> = held.cloned().collect();
        let shares = Shares::new(asked.as_of);
        let nothing = HashMap::new();
        let source = Source {
            archive: Some(&shares),
            records: &nothing,
        };
        let take = |lines: &mut Vec<(usize, String)>, told: judged::Told<'_>| {
            let path = held.get(told.position).map(|entry| entry.path.to_string());
            let line = path
                .zip(told.record)
                .and_then(|(path, (_, record))| shards::line(path, &record, told.of_file.outcome));
            lines.extend(line.map(|line| (told.position, line)));
        };
        let (court, snapshot) = (session.court, session.snapshot);
        let lines = judged::each(court, snapshot, &held, (asked, source), (Vec::new, take))?;
        let mut lines = lines.concat();
        lines.sort_unstable();
        let head = Head {
            format: shards::FORMAT,
            shard,
            revision: revision_id(session.snapshot),
            name: name.to_owned(),
            as_of: asked.as_of.to_string(),
            law: law_of(&session, asked),
        };
        let lines = lines.into_iter().map(|(_, line)| line);
        output::print(&(shards::first(&head)? + &lines.collect::<String>()))?;
        Ok(ExitStatus::Pass)
    })
}

/// Returns what every verdict hangs on, as digits.
fn law_of(session: &Session<'_, '_>, asked: &Asked<'_>) -> String {
    let key = verdicts::key(session.court, asked.as_of);
    key.map(|key| key.to_string()).unwrap_or_default()
}

/// Judges an estate, and hands over what was found out.
pub fn survey<T>(
    asked: &Asked<'_>,
    then: impl FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let opening = Opening::of(asked)?;
    let shelf = if asked.keeps() {
        Shelf::of(&opening, asked)
    } else {
        None
    };
    let mut then = Some(then);
    if let Some(shelf) = &shelf
        && let Some(told) = patched::survey(&opening, asked, shelf, &mut then)?
    {
        return Ok(told);
    }
    let Some(then) = then else {
        anyhow::bail!("what the audit found was handed over twice");
    };
    let told = whole(&opening, asked, shelf.as_ref(), then);
    // The program ends soon: to take apart what was listed and read would be work for nothing.
    std::mem::forget(opening);
    told
}

/// Excuses what waivers excuse, and adds what is wrong with waivers and owners.
fn conclude(court: &Court<'_>, docket: &Docket, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let law = court.law;
    waivers::excuse(court, court.ledger, docket, findings)?;
    let mut waivers = court.ledger.entries().peekable();
    if waivers.peek().is_some() {
        let mut judge = court.judge()?;
        let in_force = court.ledger.in_force(court.estate.world.as_of);
        findings.extend(waivers::validate(
            court, &mut judge, docket, in_force, waivers,
        )?);
    }
    let waivers = court.ledger.entries();
    findings.extend(waivers::unused(court, docket, waivers)?);
    findings.extend(waivers::over_budget(court));
    let settings = (&law.settings, law.texts.settings.as_str());
    let owners = ownership::unknown(&law.settings, &court.estate.world, settings, None);
    findings.extend(owners);
    law.remember();
    court.log.map_or(Ok(()), Log::finish)
}

impl Opening {
    /// Reads the law that contracts are judged by.
    fn of(asked: &Asked<'_>) -> anyhow::Result<Self> {
        let snapshot = snapshot(asked)?;
        let reader = snapshot.open().map_err(Failure::from)?;
        let law = match asked.policies {
            None => law::load(&reader, &PolicySource::Settings),
            Some(folder) => {
                let folder = existing(folder)?;
                let policies = Snapshot::folder(folder).open().map_err(Failure::from)?;
                law::load(&reader, &PolicySource::Folder(&policies))
            }
        };
        let mut law = law.map_err(law::failure)?;
        law.settings.limits.shortcuts = !asked.plain;
        if !asked.plain {
            law.recall(&reader, asked.as_of);
        }
        Ok(Self {
            snapshot,
            reader,
            law,
        })
    }
}

/// Puts together what contracts are judged by.
fn seat<T>(
    opening: &Opening,
    asked: &Asked<'_>,
    (estate, ledger): (&Estate, &Ledger),
    then: impl FnOnce(&Court<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Opening { snapshot, law, .. } = opening;
    let domains = Domains::new(&law.settings, None)?;
    let readership = readership::register_all(estate, |path| domains.of_path(path));
    let revision = revision_id(snapshot);
    let run = Run {
        command: "audit",
        as_of: asked.as_of,
        law_of: revision.clone(),
        base: None,
        head: revision,
        approved_by: &estate.world.approved_by,
    };
    let log = asked.log.and_then(|args| Log::begin(args, &run, law));
    let past = match snapshot {
        Snapshot::Commit { commit, .. } => {
            Past::of_branch(asked.path.to_owned(), *commit, &law.settings)
        }
        _ => Past::of_folder(asked.path.to_owned(), &law.settings),
    };
    let told = then(&Court {
        law,
        estate,
        domains: &domains,
        readership: &readership,
        ledger,
        annals: None,
        log: log.as_ref(),
        past: Some(&past),
    });
    // The program ends soon.
    std::mem::forget(readership);
    told
}

fn snapshot(asked: &Asked<'_>) -> Result<Snapshot, Failure> {
    let path = existing(asked.path)?;
    Ok(match asked.at {
        None => Snapshot::folder(path),
        Some(revision) => {
            let repository = Repository::discover(path)?;
            let commit = repository.resolve(revision)?;
            repository.at(commit)
        }
    })
}

fn existing(path: &Path) -> Result<&Path, Failure> {
    if path.is_dir() {
        return Ok(path);
    }
    let message = format!("`{}` is not a folder", path.display());
    Err(Failure::new(message, "name a folder that is there"))
}

/// Joins the products that contracts name with those that the settings list.
fn products(settings: &Settings, mut named: BTreeMap<String, Vec<String>>) -> Vec<Product> {
    for listed in settings.products.keys() {
        named.entry(listed.clone()).or_default();
    }
    let product = |(name, contracts): (String, Vec<String>)| {
        let known = settings.products.get(&name).cloned().unwrap_or_default();
        Product {
            owner: known.owner,
            domain: known.domain,
            contracts,
            name,
        }
    };
    named.into_iter().map(product).collect()
}

fn notes(is_empty: bool, court: &Court<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if is_empty {
        let globs = court.law.settings.contracts.join(", ");
        notes.push(format!("no contracts found; looked for {globs}"));
    }
    let opened = court.past.map_or(0, Past::commits);
    if opened > 0 {
        notes.push(format!(
            "opened {} to see what was granted before",
            output::count(usize::try_from(opened).unwrap_or(usize::MAX), "commit")
        ));
    }
    if court.past.is_some_and(Past::is_cut) {
        let cut = "the history of this clone is cut off, so that waivers may have been renewed \
                   more often; fetch all of it";
        notes.push(cut.to_owned());
    }
    notes
}

fn revision_id(snapshot: &Snapshot) -> String {
    match snapshot {
        Snapshot::Commit { .. } => snapshot.to_string(),
        _ => "worktree".to_owned(),
    }
}

fn shown(args: &AuditArgs) -> String {
    args.at
        .clone()
        .unwrap_or_else(|| args.path.display().to_string())
}
