//! The comparison of two texts, without policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_changeset::{Commit, RepoPath, Repository};
use meshlaw_contract::model::Compatibility;
use meshlaw_policy::{Book, World};
use meshlaw_report::{self as report, Command, Kind, Report, Side};

use crate::court::{Court, Told};
use crate::estate::Estate;
use crate::failure::{ExitStatus, Failure};
use crate::glossary::Lexicon;
use crate::identity::Domains;
use crate::law::Law;
use crate::output::{self, OutputArgs};
use crate::pairing::pair;
use crate::readership::Readership;
use crate::revision::FileText;
use crate::settings::Settings;
use crate::waivers::Ledger;
use crate::when;

/// Compare two contracts; exit 1 when the impact is breaking
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// Old contract: a file, or REV:PATH in the repository
    old: String,
    /// New contract: a file, or REV:PATH in the repository
    new: String,
    /// Who must not break [default: as the old contract says, else consumers]
    #[arg(long, value_parser = mode)]
    compatibility: Option<Compatibility>,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    #[command(flatten)]
    output: OutputArgs,
}

fn mode(text: &str) -> Result<Compatibility, String> {
    Compatibility::parse(text)
        .ok_or_else(|| format!("write one of {}", Compatibility::SPELLINGS.join(", ")))
}

/// Compares the contracts.
pub fn run(args: &DiffArgs) -> anyhow::Result<ExitStatus> {
    let before = read(&args.old, Side::Base)?;
    let after = read(&args.new, Side::Head)?;
    let as_of = when::settle(args.as_of);
    let told = compare(&before, &after, args, as_of)?;
    let worst = told.changes.iter().map(|change| change.impact).max();
    let required = told
        .contracts
        .iter()
        .map(|contract| contract.required)
        .max();
    let report = Report {
        command: Command::Diff,
        base: Some(report::Revision {
            id: before.path.clone(),
            name: args.old.clone(),
        }),
        head: report::Revision {
            id: after.path.clone(),
            name: args.new.clone(),
        },
        as_of: as_of.to_string(),
        fail_on: args.output.fail_on.into(),
        all: true,
        bootstrap: false,
        contract_count: told.contracts.len(),
        contracts: told.contracts,
        changes: told.changes,
        findings: told.findings,
        counted: Vec::new(),
        products: Vec::new(),
        pair: Some((
            worst.unwrap_or(report::Impact::Safe),
            required.unwrap_or(report::Bump::None),
        )),
        notes: Vec::new(),
        law_impact: None,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    };
    output::write(report, &args.output, &Book::default())
}

fn compare(
    before: &FileText,
    after: &FileText,
    args: &DiffArgs,
    as_of: Date,
) -> Result<Told, Failure> {
    let settings = Settings::default();
    let domains = Domains::new(&settings, None)?;
    let law = Law::new(settings, Book::default());
    let estate = Estate {
        consumers: Vec::new(),
        consumer_files: Vec::new(),
        world: World::empty(as_of),
        lexicon: Lexicon::default(),
        term_pages: Vec::new(),
        teams: Arc::default(),
        mentions: BTreeMap::new(),
        findings: Vec::new(),
    };
    let court = Court {
        law: &law,
        estate: &estate,
        domains: &domains,
        readership: &Readership::default(),
        ledger: &Ledger::default(),
        annals: None,
        log: None,
        past: None,
    };
    let mut sides = (
        before.contracts(&law.settings, &domains),
        after.contracts(&law.settings, &domains),
    );
    // Two files given by hand may lie anywhere: only what they say themselves is compared.
    for revision in sides.0.iter_mut().chain(&mut sides.1) {
        let stated = revision.stated_domain.clone();
        if let Some(contract) = &mut revision.parsed.value {
            contract.domain = stated;
        }
    }
    for revision in sides.0.iter().chain(&sides.1) {
        if revision.contract().is_none() {
            let problem = revision.parsed.problems.first();
            let message = problem.map_or("nothing was understood", |problem| &problem.message);
            let place = problem.map(|problem| {
                format!(
                    "{}:{}:{}",
                    revision.source.path, problem.span.line, problem.span.column
                )
            });
            let help = problem
                .and_then(|problem| problem.help.clone())
                .unwrap_or_default();
            let failure = Failure::new(format!("cannot compare: {message}"), help);
            return Err(place.map_or(failure.clone(), |place| failure.at(place)));
        }
    }
    if let Some(mode) = args.compatibility {
        // Asked for on the command line, it stands in for what the old contract says; it is set
        // on both sides, so that it is no change itself.
        for revision in sides.0.iter_mut().chain(&mut sides.1) {
            if let Some(contract) = &mut revision.parsed.value {
                contract.compatibility = Some(mode);
            }
        }
    }
    let files = [sides];
    let mut judge = court.judge()?;
    let mut told = Told::default();
    for (old, new) in pair(&files) {
        told.extend(court.changed(&mut judge, old, new)?);
    }
    // What the version should be stands at the top of the report; here nobody is stopped by it.
    told.findings
        .retain(|finding| finding.kind != Kind::Version);
    Ok(told)
}

/// Reads what was named: a file, or REV:PATH in the repository.
pub fn read(named: &str, side: Side) -> Result<FileText, Failure> {
    let path = PathBuf::from(named);
    if path.exists() {
        let bytes = std::fs::read(&path).map_err(|error| unreadable(named, &error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable(named, "it is not UTF-8"))?;
        return Ok(FileText {
            path: named.replace('\\', "/"),
            text,
            side,
        });
    }
    match named.split_once(':') {
        Some((revision, path)) if !revision.is_empty() => in_git(revision, path, side),
        _ => {
            let message = format!("there is no file `{named}`");
            Err(Failure::new(
                message,
                "name a file, or REV:PATH in the repository",
            ))
        }
    }
}

fn in_git(revision: &str, path: &str, side: Side) -> Result<FileText, Failure> {
    let repository = Repository::discover(Path::new("."))?;
    let commit = repository.resolve(revision)?;
    find(&repository, &commit, path, side)?.ok_or_else(|| {
        let message = format!("`{path}` is not in `{revision}`");
        Failure::new(message, "name the path from the root of the repository")
    })
}

/// Reads a file of a commit; nothing where it is not there.
pub fn find(
    repository: &Repository,
    commit: &Commit,
    path: &str,
    side: Side,
) -> Result<Option<FileText>, Failure> {
    let reader = repository.at(*commit).open()?;
    let Some(entry) = reader.find(&RepoPath::parse(path)?)? else {
        return Ok(None);
    };
    match reader.read(&entry, meshlaw_changeset::DEFAULT_LIMIT) {
        meshlaw_changeset::Content::Text(text) => Ok(Some(FileText {
            path: path.to_owned(),
            text,
            side,
        })),
        meshlaw_changeset::Content::Unreadable(why) => Err(unreadable(path, &why.to_string())),
    }
}

fn unreadable(named: &str, why: &str) -> Failure {
    Failure::new(
        format!("cannot read `{named}`: {why}"),
        "name a text in UTF-8",
    )
}
