//! What a law would have done to the pull requests that a branch has seen.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Repository, Snapshot, Step};
use meshlaw_contract::model::Word;
use meshlaw_policy::Book;
use meshlaw_report::backtest::{self as written, Backtest, Objection, Period};
use meshlaw_report::law_impact::Weight;
use meshlaw_report::{Enforcement, Finding, Severity, State};
use rayon::prelude::*;

use super::{find, settle};
use crate::chronicle::day;
use crate::commands::gate::{self, target};
use crate::failure::{ExitStatus, Failure};
use crate::law::{Law, PolicySource};
use crate::law_impact::{called, law_at};
use crate::outlet::{Outlet, deliver};
use crate::output::{FailOn, count};
use crate::progress;
use crate::when;

/// Replay the pull requests of the base branch under a law, and tell which it would have stopped
///
/// Each commit on the line of first parents counts as one, merged or squashed: it is judged as the
/// gate would have judged it on its day, with the commit before it as base. Days of `@since` are
/// taken to have come.
#[derive(Debug, clap::Args)]
pub struct BacktestArgs {
    /// Begin behind this revision, or on this day
    #[arg(long, value_name = "REV|DATE")]
    since: String,
    /// Branch whose history is replayed [default: the target branch, as in `gate`]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Revision whose law is tried
    #[arg(
        long,
        value_name = "REV",
        default_value = "HEAD",
        conflicts_with = "policies"
    )]
    head: String,
    /// Try a folder of policies, with all else of the law as HEAD has it
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Tell of this policy alone; repeatable
    #[arg(long = "policy", value_name = "ID")]
    only: Vec<String>,
    /// Take policies that advise or count as if they blocked
    #[arg(long)]
    enforced: bool,
    /// Replay no more than the newest N
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: usize,
    /// Let the chart count by month or week
    #[arg(long, value_enum, default_value_t = By::Month)]
    by: By,
    /// Take findings of this severity and graver for stopping
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Write the result as text, json, csv or svg to standard output, or to a file with FORM=FILE;
    /// repeatable
    #[arg(long = "format", value_name = "FORM[=FILE]", default_value = "text")]
    formats: Vec<Outlet<Form>>,
}

/// A length of time that the chart counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Calendar months
    Month,
    /// Weeks, which begin on Monday
    Week,
}

/// A form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    Svg,
    Text,
}

impl Word for Form {
    const ALL: &'static [Self] = &[Form::Csv, Form::Json, Form::Svg, Form::Text];

    fn as_str(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Svg => "svg",
            Form::Text => "text",
        }
    }
}

/// Replays, and tells.
pub fn run(args: &BacktestArgs) -> anyhow::Result<ExitStatus> {
    let replayed = replayed(args)?;
    deliver(&args.formats, |form| match form {
        Form::Csv => written::to_csv(&replayed),
        Form::Json => written::to_json(&replayed),
        Form::Svg => written::to_svg(&replayed),
        Form::Text => written::to_text(&replayed),
    })?;
    Ok(ExitStatus::Pass)
}

fn replayed(args: &BacktestArgs) -> Result<Backtest, Failure> {
    let repository = Repository::discover(".")?;
    let mut notes = Vec::new();
    let (law, name) = law(args, &repository, &mut notes)?;
    for id in &args.only {
        find(&law.book, id)?;
    }
    let (branch, tip) = target(&repository, args.base.as_deref())?;
    let since = Since::settle(&repository, &args.since)?;
    let steps = walk(&repository, tip, &since, args.limit, &mut notes)?;
    let judged = judge(args, &law, &steps)?;
    let mut replayed = Backtest {
        branch: called(&branch, &tip),
        law: name,
        fail_on: args.fail_on.into(),
        period: match args.by {
            By::Month => Period::Month,
            By::Week => Period::Week,
        },
        steps: judged,
        notes,
    };
    replayed.sort();
    Ok(replayed)
}

/// Returns the law that is tried, as it will be once all of it holds.
fn law(
    args: &BacktestArgs,
    repository: &Repository,
    notes: &mut Vec<String>,
) -> Result<(Law, String), Failure> {
    let head = repository.resolve(&args.head)?;
    let reader = repository.at(head).open()?;
    let name = called(&args.head, &head);
    let (mut law, name) = match &args.policies {
        None => (law_at(&reader, &PolicySource::Settings, &name)?, name),
        Some(folder) => {
            let policies = Snapshot::folder(settle(Some(folder))?).open()?;
            let law = law_at(&reader, &PolicySource::Folder(&policies), &name)?;
            (law, format!("the folder {}", folder.display()))
        }
    };
    let dated = law.book.policies.iter().filter(|one| one.since.is_some());
    match dated.count() {
        0 => {}
        1 => notes.push("1 policy is taken to hold before its `@since`".to_owned()),
        many => notes.push(format!(
            "{many} policies are taken to hold before their `@since`"
        )),
    }
    hold(&mut law.book, args.enforced);
    notes.push(
        "nobody counts as having agreed, since approvals are not kept in the history".to_owned(),
    );
    Ok((law, name))
}

/// Lets every policy hold now; where asked, those that only advise block, too.
fn hold(book: &mut Book, enforced: bool) {
    for policy in &mut book.policies {
        policy.since = None;
        if enforced {
            policy.written = policy.written.max(Enforcement::Soft);
            policy.rulings.clear();
        }
    }
}

/// Where a replay begins.
enum Since {
    Day(Date),
    Behind(Commit),
}

impl Since {
    fn settle(repository: &Repository, text: &str) -> Result<Self, Failure> {
        if let Ok(day) = when::parse(text) {
            return Ok(Since::Day(day));
        }
        let commit = repository.resolve(text).map_err(|error| {
            let failure = Failure::from(error);
            let help = "name a revision, or a day as in 2026-01-31";
            Failure {
                help: Some(match &failure.help {
                    Some(own) => format!("{own}; {help}"),
                    None => help.to_owned(),
                }),
                ..failure
            }
        })?;
        Ok(Since::Behind(commit))
    }

    fn includes(&self, repository: &Repository, commit: &Commit) -> Result<bool, Failure> {
        Ok(match self {
            Since::Day(since) => day(commit) >= *since,
            Since::Behind(since) => !repository.is_ancestor(commit, since)?,
        })
    }
}

/// Walks back along the first parents, and returns the steps, the oldest first.
fn walk(
    repository: &Repository,
    tip: Commit,
    since: &Since,
    limit: usize,
    notes: &mut Vec<String>,
) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let mut next = Some(tip);
    while let Some(commit) = next {
        if !since.includes(repository, &commit)? {
            break;
        }
        if steps.len() == limit {
            let limit = count(limit, "pull request");
            notes.push(format!(
                "only the newest {limit}; `--limit` allows for more"
            ));
            break;
        }
        let step = repository.step(&commit)?;
        if step.is_cut {
            let cut = "the history of this clone is cut off, so that earlier pull requests are \
                       missing; fetch all of it";
            notes.push(cut.to_owned());
        }
        next = step.parent;
        // With nothing before it, the first commit of a history asks for nothing.
        if step.parent.is_some() {
            steps.push(step);
        }
    }
    steps.reverse();
    Ok(steps)
}

fn judge(args: &BacktestArgs, law: &Law, steps: &[Step]) -> Result<Vec<written::Step>, Failure> {
    let bar = progress::bar_of(steps.len(), "pull requests");
    let fail_on = args.fail_on.into();
    let is_meant = |id: &str| args.only.is_empty() || args.only.iter().any(|only| only == id);
    let judged: Result<Vec<written::Step>, Failure> = steps
        .par_iter()
        .map(|step| {
            let repository = Repository::discover(".")?;
            let parent = step.parent.unwrap_or(step.commit);
            let day = day(&step.commit);
            let judged = gate::step(&repository, parent, step.commit, law, day)?;
            bar.inc(1);
            let findings = judged.findings.into_iter();
            let objections = findings.filter_map(|finding| objection(finding, fail_on));
            Ok(written::Step {
                commit: step.commit.id.to_string(),
                date: day.to_string(),
                is_merge: step.is_merge,
                subject: step.subject.clone(),
                author: step.author.clone(),
                is_about_contracts: judged.is_about_contracts,
                reverts: step.reverts.map(|id| id.to_string()),
                reverted_by: None,
                objections: objections.filter(|one| is_meant(&one.id)).collect(),
            })
        })
        .collect();
    bar.finish_and_clear();
    let mut judged = judged?;
    match_reverts(&mut judged);
    Ok(judged)
}

/// Only what is new stops a pull request.
fn objection(finding: Finding, fail_on: Severity) -> Option<Objection> {
    let weight = Weight::of(&finding, fail_on).filter(|_| finding.state == State::New)?;
    Some(Objection {
        weight,
        id: finding.id,
        contract: finding.contract,
        part: finding.part,
        domain: finding.domain,
        owner: finding.owner,
        message: finding.message,
    })
}

/// Finds the pull requests that were taken back: by what `git revert` writes, else by the title.
fn match_reverts(steps: &mut [written::Step]) {
    let mut by_commit: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_title: BTreeMap<String, usize> = BTreeMap::new();
    let mut taken_back: Vec<(usize, usize)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let named = step.reverts.as_ref().and_then(|id| by_commit.get(id));
        let titled = || by_title.get(title(reverted_title(&step.subject)?));
        if let Some(earlier) = named.or_else(titled) {
            taken_back.push((*earlier, at));
        }
        by_commit.insert(step.commit.clone(), at);
        by_title.insert(title(&step.subject).to_owned(), at);
    }
    for (earlier, later) in taken_back {
        let id = |at: usize| steps.get(at).map(|step| step.commit.clone());
        let (of_earlier, of_later) = (id(earlier), id(later));
        if let Some(step) = steps.get_mut(earlier) {
            step.reverted_by = of_later;
        }
        if let Some(step) = steps.get_mut(later) {
            step.reverts = of_earlier;
        }
    }
}

fn reverted_title(subject: &str) -> Option<&str> {
    let (title, _) = subject.strip_prefix("Revert \"")?.rsplit_once('"')?;
    Some(title)
}

/// Returns a title without the number of its pull request.
fn title(subject: &str) -> &str {
    let bare = subject.rsplit_once(" (#").filter(|(_, number)| {
        let digits = number.strip_suffix(')').unwrap_or_default();
        !digits.is_empty() && digits.chars().all(|one| one.is_ascii_digit())
    });
    bare.map_or(subject, |(title, _)| title)
}
