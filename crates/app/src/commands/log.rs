//! Who changed what a contract means, and when.

use std::fmt::Write as _;

use meshlaw_changeset::{Repository, Signature};
use meshlaw_contract::model::Version;
use meshlaw_report::visible;
use serde::Serialize;

use crate::chronicle::{self, Chronicle, Step, Told, day, told};
use crate::failure::{ExitStatus, Failure};
use crate::ground::Ground;
use crate::names::Names;
use crate::output::{count, print};
use crate::settings::Settings;

/// Show who changed what a contract, or one of its fields, means, and when
///
/// Walks the history of a branch as it was shown, across renames of files, contracts and fields.
/// Commits that changed no meaning, such as comments and layout, are counted and left out.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// Contract as DOMAIN/NAME, or the path of its file; with #FIELD, one field of it
    #[arg(value_name = "CONTRACT[#FIELD]")]
    contract: String,
    /// Revision to begin at
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// What one commit changed.
#[derive(Serialize)]
struct Entry {
    commit: String,
    date: String,
    author: String,
    subject: String,
    path: String,
    before: Option<String>,
    after: Option<String>,
    changes: Vec<Told>,
}

#[derive(Serialize)]
struct Log {
    contract: String,
    field: Option<String>,
    commits_opened: u64,
    without_meaning: usize,
    is_cut: bool,
    entries: Vec<Entry>,
}

/// Shows the log.
pub fn run(args: &LogArgs) -> anyhow::Result<ExitStatus> {
    let log = log(args)?;
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&log)?))?;
    } else {
        print(&text(&log))?;
    }
    Ok(ExitStatus::Pass)
}

fn log(args: &LogArgs) -> Result<Log, Failure> {
    let Ground {
        repository,
        head,
        reader,
        settings,
        domains,
    } = Ground::at(&args.head)?;
    let names = Names::new(&repository.at(head), &settings, &domains);
    let named = chronicle::find(&reader, (&settings, &domains), &names, &args.contract)?;
    let mut chronicle = Chronicle::of(&repository, &settings, &domains, &head, &named)?;
    // A history that a shallow clone cut off is told as far as it goes.
    let (editions, is_cut) = chronicle.until(|_| Ok(false))?;
    let mut steps = chronicle::steps(editions, named.field.clone())?;
    if is_cut {
        // What came before the last edition is not known, so neither is what it changed.
        steps.pop();
    }
    let all = steps.len();
    steps.retain(|step| !step.changes.is_empty());
    let entries = steps.iter().map(|step| entry(&repository, &settings, step));
    Ok(Log {
        contract: named.identity.id(),
        field: named.field.map(|field| field.to_string()),
        commits_opened: chronicle.commits(),
        without_meaning: all - steps.len(),
        is_cut,
        entries: entries.collect::<Result<_, _>>()?,
    })
}

fn entry(repository: &Repository, settings: &Settings, step: &Step) -> Result<Entry, Failure> {
    let commit = &step.after.commit;
    let Signature { author, subject } = repository.signature(commit)?;
    let before = step.before.as_ref();
    Ok(Entry {
        commit: commit.id.to_string(),
        date: day(commit).to_string(),
        author,
        subject,
        path: step.after.identity.path.clone(),
        before: before.and_then(version),
        after: version(&step.after),
        changes: told(settings, step.before.as_ref(), &step.changes),
    })
}

fn version(edition: &chronicle::Edition) -> Option<String> {
    let version = edition.contract.as_ref()?.version.as_ref();
    version.map(Version::to_string)
}

fn text(log: &Log) -> String {
    let mut out = String::new();
    let field = log.field.as_ref().map(|field| format!("#{field}"));
    let _ = writeln!(
        out,
        "{}{}",
        visible(&log.contract),
        visible(&field.unwrap_or_default())
    );
    for entry in &log.entries {
        let version = match (&entry.before, &entry.after) {
            (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
            (None, Some(version)) | (Some(version), _) => version.clone(),
            (None, None) => String::new(),
        };
        let commit = entry.commit.get(..7).unwrap_or(&entry.commit);
        let _ = writeln!(
            out,
            "\n{commit}  {}  {}  {}\n         {}",
            entry.date,
            visible(&version),
            visible(&entry.author),
            visible(&entry.subject)
        );
        // The line above says how the version moved.
        let told = entry.changes.iter().filter(|change| !change.is_version());
        for change in told {
            let (impact, rule, message) = (change.impact, change.rule, visible(&change.message));
            let _ = writeln!(out, "  {impact:<8}  {rule}: {message}");
        }
    }
    let _ = writeln!(out);
    if log.entries.is_empty() {
        let _ = writeln!(out, "nothing of it changed in meaning since it is there");
    }
    let others = match log.without_meaning {
        0 => String::new(),
        1 => "; one more changed its file and no meaning of it".to_owned(),
        more => format!("; {more} more changed its file and no meaning of it"),
    };
    let opened = log.commits_opened;
    let changed = count(log.entries.len(), "commit");
    let _ = writeln!(out, "{changed} changed it{others}; {opened} were opened");
    if log.is_cut {
        let _ = writeln!(
            out,
            "note: the history was cut off when the repository was cloned; `git fetch --unshallow` \
             brings the rest"
        );
    }
    out
}
