//! A log of decisions in, what other policies would have answered out.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{Reader, Repository, Snapshot};
use serde::Serialize;

use crate::decisions::{Comparison, Documents, Head, Lines, Retrial};
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law::{self, Law, PolicySource};
use crate::output::{count, print};

/// Ask the requests of a decision log again, and tell whose answers differ
///
/// Contracts, consumers and waivers are read by the hashes that the log names; policies, settings
/// and parameters are those that are asked for. Exits 1 where an answer differs or an input is gone.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// File that `--decision-log` wrote
    log: PathBuf,
    /// Judge with another folder of policies
    #[arg(long, value_name = "DIR", conflicts_with = "at")]
    policies: Option<PathBuf>,
    /// Judge by the policies and settings of a revision [default: those that lie here]
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Write JSON instead of text
    #[arg(long)]
    json: bool,
}

/// Requests of one policy that are told of in text.
const MOST_SHOWN: usize = 10;

/// Asks again.
pub fn run(args: &ReplayArgs) -> anyhow::Result<ExitStatus> {
    let (head, mut lines) = Lines::open(&args.log)?;
    let as_of: Date = head
        .as_of
        .parse()
        .map_err(|_| lines.wrong(&format!("`{}` is not a date", head.as_of)))?;
    let repository = Repository::discover(".").ok();
    let (law, law_of) = law_of(args, repository.as_ref())?;
    let mut notes = Vec::new();
    let world = World::find(&head, repository.as_ref(), &mut notes)?;
    let head_settings = law::read_settings(&world.head).ok();
    let others: Vec<&Reader> = world.tip.iter().collect();
    let joined = head_settings.as_ref().filter(|_| !others.is_empty());
    let mut estate = read_estate(&law.settings, joined, &world.head, &others, as_of)?;
    estate.world.approved_by = head.approved_by.iter().cloned().collect();
    let domains = Domains::new(&law.settings, joined)?;
    let documents = Documents {
        objects: objects(repository.as_ref()),
        folder: Snapshot::folder(".").open().map_err(Failure::from)?,
    };
    let mut retrial = Retrial::new(&law, &estate.world, &domains, documents)?;
    let mut found = Comparison::new();
    for logged in &mut lines {
        let logged = logged?;
        match retrial.ask(&logged) {
            Ok(now) => found.add(&logged, &now),
            Err(gone) => found.miss(gone),
        }
    }
    let told = Told {
        command: &head.command,
        as_of: &head.as_of,
        head: &head.head,
        law: &law_of,
        found: found.finish(),
        notes,
    };
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        print(&text(&told))?;
    }
    Ok(if told.found.is_same() {
        ExitStatus::Pass
    } else {
        ExitStatus::Blocked
    })
}

/// What is told of a log that was asked again.
#[derive(Serialize)]
struct Told<'t> {
    #[serde(flatten)]
    found: Comparison,
    command: &'t str,
    as_of: &'t str,
    head: &'t str,
    law: &'t str,
    notes: Vec<String>,
}

/// Finds the law that judges, and what it is called.
fn law_of(args: &ReplayArgs, repository: Option<&Repository>) -> Result<(Law, String), Failure> {
    let here = Snapshot::folder(".");
    let is_bare = repository.is_some_and(|one| one.root().is_none());
    let (snapshot, name) = match (&args.at, repository) {
        (Some(at), Some(repository)) => (repository.at(repository.resolve(at)?), at.clone()),
        (Some(_), None) => {
            let message = "there is no repository here to read a revision of";
            return Err(Failure::new(message, "name a folder with `--policies`"));
        }
        (None, Some(repository)) if is_bare => (
            repository.at(repository.resolve("HEAD")?),
            "HEAD".to_owned(),
        ),
        (None, _) => (here, "worktree".to_owned()),
    };
    let reader = snapshot.open()?;
    let Some(folder) = &args.policies else {
        let law = law::load(&reader, &PolicySource::Settings).map_err(law::failure)?;
        return Ok((law, name));
    };
    if !folder.is_dir() {
        let message = format!("`{}` is not a folder", folder.display());
        return Err(Failure::new(message, "name a folder that is there"));
    }
    let policies = Snapshot::folder(folder).open()?;
    let law = law::load(&reader, &PolicySource::Folder(&policies)).map_err(law::failure)?;
    Ok((law, folder.display().to_string()))
}

/// The revisions in which terms, teams and products existed.
struct World {
    head: Reader,
    tip: Option<Reader>,
}

impl World {
    fn find(
        log: &Head,
        repository: Option<&Repository>,
        notes: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        let commit = |id: &str| {
            let repository = repository?;
            let is_id = id.len() == 40 && id.bytes().all(|one| one.is_ascii_hexdigit());
            let commit = repository.resolve(id).ok().filter(|_| is_id)?;
            repository.at(commit).open().ok()
        };
        let head = match commit(&log.head) {
            Some(head) => head,
            None => {
                notes.push(format!(
                    "teams, products and terms are those that lie here, since `{}` is no commit \
                     of this repository",
                    log.head
                ));
                Snapshot::folder(".").open()?
            }
        };
        // An audit has one revision, a gate those of both sides.
        let tip = log.base.as_ref().and_then(|_| commit(&log.law));
        if log.base.is_some() && tip.is_none() {
            let law = &log.law;
            notes.push(format!(
                "the commit `{law}` whose law held is not in this repository"
            ));
        }
        Ok(Self { head, tip })
    }
}

/// Returns a reader of the objects of a repository, whatever it has checked out.
fn objects(repository: Option<&Repository>) -> Option<Reader> {
    let repository = repository?;
    let head = repository.resolve("HEAD").ok();
    let snapshot = match head {
        Some(head) => repository.at(head),
        None => repository.staged().ok()?,
    };
    snapshot.open().ok()
}

fn text(told: &Told<'_>) -> String {
    let found = &told.found;
    let mut out = format!(
        "{} of `{}` on {}, answered by the law of `{}`\n",
        count(
            usize::try_from(found.requests).unwrap_or(usize::MAX),
            "request"
        ),
        told.command,
        told.as_of,
        told.law
    );
    if found.is_same() {
        out.push_str("no answer differs\n");
    } else {
        let _ = writeln!(
            out,
            "{} differ: {} newly denied, {} newly allowed",
            found.differences.len(),
            found.newly_denied,
            found.newly_allowed
        );
    }
    for (id, of) in &found.policies {
        let _ = writeln!(out, "\n{id}");
        for (number, says) in [
            (of.forbids, "forbids"),
            (of.forbids_no_longer, "no longer forbids"),
            (of.fails, "cannot be evaluated on"),
            (of.fails_no_longer, "can be evaluated again on"),
        ] {
            if number > 0 {
                let _ = writeln!(out, "  {says} {number}");
            }
        }
        let speaks = |answer: &crate::decisions::Answer| {
            answer.policies.contains(id) || answer.errors.contains(id)
        };
        let own = found.differences.iter();
        let mut own = own.filter(|one| speaks(&one.logged) != speaks(&one.now));
        for one in own.by_ref().take(MOST_SHOWN) {
            let part = one.pointer.join(".");
            let part = if part.is_empty() {
                part
            } else {
                format!(": {part}")
            };
            let (from, to) = (one.logged.decision, one.now.decision);
            let _ = writeln!(
                out,
                "    {} {}{part} ({from} → {to})",
                one.action, one.contract
            );
        }
        let more = own.count();
        if more > 0 {
            let _ = writeln!(out, "    and {more} more: `--json` tells of each");
        }
    }
    if !found.gone.is_empty() {
        out.push_str("\nnot asked again, since what they were made of is gone:\n");
    }
    for gone in &found.gone {
        let requests = usize::try_from(gone.requests).unwrap_or(usize::MAX);
        let requests = count(requests, "request");
        let what = match &gone.blob {
            Some(blob) => format!("{} ({blob})", gone.path),
            None => format!("a part of {}", gone.path),
        };
        let _ = writeln!(out, "  {what}: {requests}");
    }
    for note in &told.notes {
        let _ = writeln!(out, "\nnote: {note}");
    }
    out
}
