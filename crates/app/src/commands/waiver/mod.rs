//! Tools of those who ask for exceptions, and of those who grant them.

mod list;
mod renew;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_report::{Finding, State};

use super::audit::{Asked, Surveyed, survey};
use super::gate;
use crate::failure::{ExitStatus, Failure};
use crate::files::write_new;
use crate::output::print;
use crate::waivers::{Entry, InForce, Ledger, Terms, file_for, to_yaml, validate, waiver_for};
use crate::when;

/// Ask for exceptions, and see what was granted
#[derive(Debug, clap::Args)]
pub struct WaiverArgs {
    #[command(subcommand)]
    command: WaiverCommand,
}

/// What can be done with waivers.
#[derive(Debug, clap::Subcommand)]
enum WaiverCommand {
    /// List the waivers, and what each comes to
    List(list::ListArgs),
    /// Write the waiver that excuses one finding
    New(Box<NewArgs>),
    /// Move the end of a waiver, and change nothing else in its file
    Renew(renew::RenewArgs),
}

#[derive(Debug, clap::Args)]
struct NewArgs {
    /// Fingerprint of the finding, or the beginning of it, as reports show it
    fingerprint: String,
    /// Team that grants the waiver
    #[arg(long, value_name = "TEAM")]
    approved_by: String,
    /// Last day on which it holds
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    expires: Date,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Where the matter is tracked
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    /// Target branch, where the finding is about a change [default: as of `meshlaw gate`]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// File to write [default: below the folder that the settings name]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show the waiver and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// Runs what was asked for.
pub fn run(args: &WaiverArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        WaiverCommand::List(args) => list::run(args),
        WaiverCommand::New(args) => new(args),
        WaiverCommand::Renew(args) => renew::run(args),
    }
}

/// Audits a folder, with every contract kept for judging waivers.
fn look<T>(
    path: &Path,
    as_of: Date,
    then: impl FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let asked = Asked {
        path,
        at: None,
        policies: None,
        as_of,
        plain: false,
        keeps_all: true,
        only_counts: false,
        joined: None,
        log: None,
    };
    survey(&asked, then)
}

fn new(args: &NewArgs) -> anyhow::Result<ExitStatus> {
    let today = when::settle(args.as_of);
    look(Path::new("."), today, |surveyed| {
        let finding = find(args, today, &surveyed)?;
        let terms = Terms {
            approved_by: args.approved_by.clone(),
            expires: args.expires,
            reason: args.reason.clone(),
            ticket: args.ticket.clone(),
        };
        let waiver = waiver_for(&finding, &terms, today).ok_or_else(|| {
            let message = format!("`{}` is about no contract and cannot be waived", finding.id);
            Failure::new(message, "mend what it complains of")
        })?;
        let settings = &surveyed.court.law.settings;
        let path = match &args.output {
            Some(path) => path.display().to_string(),
            None => file_for(settings, &waiver, &finding.fingerprint)?,
        };
        let text = to_yaml(std::slice::from_ref(&waiver))?;
        refuse_void(&surveyed, &ledger_of(&surveyed, &path, &text)?)?;
        if args.dry_run {
            print(&text)?;
            return Ok(ExitStatus::Pass);
        }
        write_new(Path::new(&path), &text)?;
        print(&format!(
            "wrote {path}\n\nIt excuses `{}` of {} until {}, once it is on the target branch. Have \
             {} approve it.\n",
            waiver.policy, waiver.contract, waiver.expires, waiver.approved_by
        ))?;
        Ok(ExitStatus::Pass)
    })
}

/// Finds the finding: in the audit, else in the gate.
fn find(args: &NewArgs, today: Date, surveyed: &Surveyed<'_, '_>) -> Result<Finding, Failure> {
    if args.fingerprint.len() < 4 {
        let message = format!("`{}` is too short for a fingerprint", args.fingerprint);
        return Err(Failure::new(message, "copy at least 4 of its 16 digits"));
    }
    let matches = |finding: &&Finding| finding.fingerprint.starts_with(&args.fingerprint);
    let mut found: Vec<Finding> = surveyed.findings.iter().filter(matches).cloned().collect();
    if found.is_empty() {
        let report = gate::report(&gate::GateArgs::of(args.base.clone(), today));
        // Without a branch to compare with, there is nothing but the audit to look in.
        let all = report.map(|report| report.findings).unwrap_or_default();
        found = all.into_iter().filter(|one| matches(&one)).collect();
    }
    found.sort_by(|left, right| left.fingerprint.cmp(&right.fingerprint));
    found.dedup_by(|left, right| left.fingerprint == right.fingerprint);
    match found.as_slice() {
        [one] if one.state == State::Waived => {
            let message = format!("`{}` is waived already", one.id);
            Err(Failure::new(message, "see `meshlaw waiver list`"))
        }
        [one] => Ok(one.clone()),
        [] => {
            let message = format!("no finding has the fingerprint `{}`", args.fingerprint);
            let help = "run `meshlaw gate` or `meshlaw audit` again; reports show fingerprints \
                        below each finding that can be waived";
            Err(Failure::new(message, help))
        }
        several => {
            let message = format!(
                "{} findings have fingerprints that begin with `{}`",
                several.len(),
                args.fingerprint
            );
            Err(Failure::new(message, "copy more of its digits"))
        }
    }
}

/// Reads what is to be written as the ledger of one file.
fn ledger_of(surveyed: &Surveyed<'_, '_>, path: &str, text: &str) -> Result<Ledger, Failure> {
    let mut ledger = Ledger::default();
    let faults = ledger.add(&surveyed.court.law.settings, path, text);
    refuse(faults)?;
    Ok(ledger)
}

/// Refuses to write what would excuse nothing.
fn refuse_void(surveyed: &Surveyed<'_, '_>, ledger: &Ledger) -> Result<(), Failure> {
    let court = surveyed.court;
    let is_written = |old: &&Entry| {
        let key = (&old.path, &old.waiver.name);
        ledger
            .entries()
            .any(|new| (&new.path, &new.waiver.name) == key)
    };
    let stays = court.ledger.entries().filter(|entry| !is_written(entry));
    let in_force = InForce::of(stays.chain(ledger.entries()), court.estate.world.as_of);
    let mut judge = court.silent_judge()?;
    let docket = surveyed.docket;
    let entries = ledger.entries();
    refuse(validate(court, &mut judge, docket, &in_force, entries)?)
}

fn refuse(mut faults: Vec<Finding>) -> Result<(), Failure> {
    faults.retain(|fault| fault.severity == meshlaw_report::Severity::Error);
    let failure = |fault: Finding| Failure::new(fault.message, fault.help.unwrap_or_default());
    match Failure::all(faults.into_iter().map(failure)) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}
