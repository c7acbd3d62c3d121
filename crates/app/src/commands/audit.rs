//! The audit: a whole estate in, everything that is wrong with it out.

use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{Entry, Globs, Repository, Snapshot};
use meshlaw_report::{Command, Finding, Report, Revision, Side};
use rayon::prelude::*;

use crate::atlas::{Atlas, Sketch};
use crate::consumption::Consumption;
use crate::court::Court;
use crate::crossing::{self, Ask};
use crate::duplicates::{self, Claim};
use crate::estate::{read_estate, read_text};
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law::{self, Law, PolicySource};
use crate::output::{self, OutputArgs};
use crate::progress;
use crate::revision::FileText;
use crate::when;

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
    /// Ask Cedar about every part anew, instead of once for parts that read alike
    #[arg(long)]
    no_shortcuts: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Audits the estate.
pub fn run(args: &AuditArgs) -> anyhow::Result<ExitStatus> {
    let snapshot = snapshot(args)?;
    let reader = snapshot.open().map_err(Failure::from)?;
    let law = match &args.policies {
        None => law::load(&reader, &PolicySource::Settings),
        Some(folder) => {
            let folder = existing(folder)?;
            let policies = Snapshot::folder(folder).open().map_err(Failure::from)?;
            law::load(&reader, &PolicySource::Folder(&policies))
        }
    };
    let law = law.map_err(law::failure)?;
    let as_of = when::settle(args.as_of);
    let estate = read_estate(&law.settings, None, &reader, &[], as_of)?;
    let domains = Domains::new(&law.settings, None)?;
    let court = Court {
        law: &law,
        estate: &estate,
        domains: &domains,
    };
    let entries = reader.list(&Globs::new(&law.settings.contracts).map_err(Failure::from)?);
    let entries = entries.map_err(Failure::from)?;
    let judged = judge_all(&court, &law, &snapshot, &entries, args.no_shortcuts)?;
    let contract_count = judged.count;
    let mut findings = judged.findings;
    findings.extend(duplicates::find(&law.settings, judged.claims));
    findings.extend(estate.findings.iter().cloned());
    let atlas = Atlas::charted(&reader, &law.settings, &domains, judged.sketches);
    let crossed = crossing::in_audit(&law.settings, &atlas, &judged.asks, judged.stable_ids);
    findings.extend(crossed?);
    findings.extend(Consumption::new(&law.settings, &estate, &atlas).all(&reader)?);
    let report = Report {
        command: Command::Audit,
        base: None,
        head: Revision {
            id: revision_id(&snapshot),
            name: shown(args),
        },
        as_of: as_of.to_string(),
        fail_on: args.output.fail_on.into(),
        all: true,
        bootstrap: false,
        contracts: Vec::new(),
        contract_count,
        changes: Vec::new(),
        findings,
        pair: None,
        notes: notes(&entries, &law),
    };
    output::write(report, &args.output)
}

fn snapshot(args: &AuditArgs) -> Result<Snapshot, Failure> {
    let path = existing(&args.path)?;
    Ok(match &args.at {
        None => Snapshot::folder(path),
        Some(revision) => {
            let repository = Repository::discover(path)?;
            let commit = repository.resolve(revision)?;
            repository.at(commit)
        }
    })
}

fn existing(path: &PathBuf) -> Result<&PathBuf, Failure> {
    if path.is_dir() {
        return Ok(path);
    }
    let message = format!("`{}` is not a folder", path.display());
    Err(Failure::new(message, "name a folder that is there"))
}

/// What outlives the contracts that were judged.
#[derive(Default)]
struct Judged {
    count: usize,
    findings: Vec<Finding>,
    claims: Vec<Claim>,
    stable_ids: Vec<(String, Claim)>,
    sketches: Vec<Sketch>,
    asks: Vec<Ask>,
}

/// Judges contract by contract, and lets each go before the next.
fn judge_all<'l>(
    court: &Court<'l>,
    law: &'l Law,
    snapshot: &Snapshot,
    entries: &[Entry],
    plain: bool,
) -> Result<Judged, Failure> {
    let bar = progress::bar(entries.len());
    // A judge remembers what it decided, so that one for each thread decides least.
    let size = entries.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Judged>, Failure> = entries
        .par_chunks(size)
        .map(|chunk| {
            let reader = snapshot.open()?;
            let mut judge = if plain {
                court.plain_judge()?
            } else {
                court.judge()?
            };
            let mut judged = Judged::default();
            for entry in chunk {
                match read_text(&reader, entry, &law.settings) {
                    Err(finding) => judged.findings.extend(finding.map(|one| *one)),
                    Ok(text) => {
                        let file = FileText {
                            path: entry.path.to_string(),
                            text,
                            side: Side::Head,
                        };
                        for revision in file.contracts(&law.settings.limits, court.domains) {
                            judged.count += 1;
                            judged
                                .findings
                                .extend(court.standing(&mut judge, &revision));
                            judged.claims.extend(Claim::of(&revision));
                            judged.sketches.push(Sketch::of(&revision));
                            judged.asks.extend(crossing::asks(&revision));
                            let id = revision.contract().and_then(|one| one.id.clone());
                            judged.stable_ids.extend(id.zip(Claim::of_id(&revision)));
                        }
                    }
                }
                bar.inc(1);
            }
            Ok(judged)
        })
        .collect();
    bar.finish_and_clear();
    let mut all = Judged::default();
    for part in parts? {
        all.count += part.count;
        all.findings.extend(part.findings);
        all.claims.extend(part.claims);
        all.stable_ids.extend(part.stable_ids);
        all.sketches.extend(part.sketches);
        all.asks.extend(part.asks);
    }
    Ok(all)
}

fn notes(entries: &[Entry], law: &Law) -> Vec<String> {
    if entries.is_empty() {
        let globs = law.settings.contracts.join(", ");
        return vec![format!("no contracts found; looked for {globs}")];
    }
    Vec::new()
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
