//! What a change of the law would do to every contract.

use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Repository, Snapshot};
use meshlaw_contract::model::Word;
use meshlaw_report::formats::markdown;
use meshlaw_report::{LawImpact, law_impact as written};

use super::settle;
use crate::commands::gate::target;
use crate::failure::{ExitStatus, Failure};
use crate::law::PolicySource;
use crate::law_impact::{Asked, Candidate, called, compare, law_at};
use crate::outlet::{Outlet, deliver};
use crate::output::FailOn;
use crate::when;

/// Judge every contract under two laws, and tell what fails or passes under one alone
///
/// A law is what a revision holds of policies, settings, teams and glossary. The contracts are
/// those of one revision, so that only the law differs.
#[derive(Debug, clap::Args)]
pub struct ImpactArgs {
    /// Revision whose law holds now; where it left the other counts, as in `gate` [default: the
    /// target branch; with `--policies`, HEAD itself]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Revision whose law is tried
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with_all = ["worktree", "policies"])]
    head: String,
    /// Try the law as it lies in the work tree
    #[arg(long, conflicts_with = "policies")]
    worktree: bool,
    /// Try a folder of policies, with all else of the law as HEAD has it
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Revision whose contracts are judged [default: the one whose law is tried]
    #[arg(long, value_name = "REV")]
    contracts: Option<String>,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Take findings of this severity and graver for failing
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Write the impact as text, json, markdown or csv to standard output, or to a file with
    /// FORM=FILE; repeatable
    #[arg(long = "format", value_name = "FORM[=FILE]", default_value = "text")]
    formats: Vec<Outlet<Form>>,
    /// Read each contract once for each law, and ask Cedar about every part: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
}

/// A form of the impact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    Markdown,
    Text,
}

impl Word for Form {
    const ALL: &'static [Self] = &[Form::Csv, Form::Json, Form::Markdown, Form::Text];

    fn as_str(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Markdown => "markdown",
            Form::Text => "text",
        }
    }
}

/// Judges, and tells.
pub fn run(args: &ImpactArgs) -> anyhow::Result<ExitStatus> {
    let impact = judged(args)?;
    deliver(&args.formats, |form| match form {
        Form::Csv => written::to_csv(&impact),
        Form::Json => written::to_json(&impact),
        Form::Markdown => markdown::law_impact(&impact),
        Form::Text => written::to_text(&impact),
    })?;
    Ok(ExitStatus::Pass)
}

fn judged(args: &ImpactArgs) -> Result<LawImpact, Failure> {
    let repository = Repository::discover(".")?;
    let folder = args.policies.as_deref();
    let folder = folder.map(|folder| settle(Some(folder))).transpose()?;
    let (tried, commit, name) = tried(args, &repository)?;
    let (now, now_name) = now(args, &repository, commit)?;
    let (now, reader) = (now.open()?, tried.open()?);
    let old = law_at(&now, &PolicySource::Settings, &now_name)?;
    let new = match folder {
        None => law_at(&reader, &PolicySource::Settings, &name)?,
        Some(folder) => {
            let policies = Snapshot::folder(folder).open()?;
            law_at(&reader, &PolicySource::Folder(&policies), &name)?
        }
    };
    let (contracts, of) = match &args.contracts {
        Some(revision) => {
            let commit = repository.resolve(revision)?;
            (repository.at(commit), called(revision, &commit))
        }
        None if args.worktree => (tried.clone(), "the work tree".to_owned()),
        None => (tried.clone(), called(&args.head, &commit)),
    };
    let (mut old, mut new) = (old, new);
    for law in [&mut old, &mut new] {
        law.settings.limits.shortcuts = !args.no_shortcuts;
    }
    let before = Candidate {
        name: now_name,
        law: &old,
        terms: &now,
    };
    let after = Candidate {
        name,
        law: &new,
        terms: &reader,
    };
    let asked = Asked {
        contracts: &contracts,
        name: of,
        as_of: when::settle(args.as_of),
        fail_on: args.fail_on.into(),
        plain: args.no_shortcuts,
    };
    let mut impact = compare(&before, &after, &asked)?;
    if impact.edits.is_empty() {
        let note = "both laws are the same; name another revision with `--base` or `--head`, or a \
                    folder with `--policies`";
        impact.notes.push(note.to_owned());
    }
    Ok(impact)
}

/// Returns what is tried, the commit that it stands on, and what it is called.
fn tried(
    args: &ImpactArgs,
    repository: &Repository,
) -> Result<(Snapshot, Commit, String), Failure> {
    let commit = repository.resolve(&args.head)?;
    Ok(match &args.policies {
        Some(folder) => {
            let name = format!("the folder {}", folder.display());
            (repository.at(commit), commit, name)
        }
        None if args.worktree => (repository.worktree()?, commit, "the work tree".to_owned()),
        None => (repository.at(commit), commit, called(&args.head, &commit)),
    })
}

/// Returns what holds now, and what it is called.
fn now(
    args: &ImpactArgs,
    repository: &Repository,
    head: Commit,
) -> Result<(Snapshot, String), Failure> {
    if args.policies.is_some() && args.base.is_none() {
        return Ok((repository.at(head), called(&args.head, &head)));
    }
    let (name, tip) = target(repository, args.base.as_deref())?;
    let fork = repository.merge_base(&tip, &head)?;
    // Who asks about an earlier revision wants the way back told, not nothing.
    let base = if fork == head { tip } else { fork };
    Ok((repository.at(base), called(&name, &base)))
}
