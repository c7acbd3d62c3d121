//! Tools of those who ask for exceptions, and of those who grant them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_report::{Finding, State};

use super::audit::{Asked, Surveyed, survey};
use super::gate;
use crate::failure::{ExitStatus, Failure};
use crate::files::write_new;
use crate::output::{columns, print};
use crate::waivers::{
    Ledger, Standing, Terms, file_for, standing_of, to_yaml, validate, waiver_for,
};
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
    List(ListArgs),
    /// Write the waiver that excuses one finding
    New(Box<NewArgs>),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Folder whose waivers are listed
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
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
        WaiverCommand::List(args) => list(args),
        WaiverCommand::New(args) => new(args),
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
        refuse_void(&surveyed, &path, &text)?;
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

/// Refuses to write what would excuse nothing.
fn refuse_void(surveyed: &Surveyed<'_, '_>, path: &str, text: &str) -> Result<(), Failure> {
    let court = surveyed.court;
    let mut ledger = Ledger::default();
    let mut faults = ledger.add(&court.law.settings, path, text);
    let mut judge = court.judge()?;
    faults.extend(validate(
        court,
        &mut judge,
        surveyed.docket,
        ledger.entries(),
    ));
    faults.retain(|fault| fault.severity == meshlaw_report::Severity::Error);
    let failure = |fault: Finding| Failure::new(fault.message, fault.help.unwrap_or_default());
    match Failure::all(faults.into_iter().map(failure)) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

fn list(args: &ListArgs) -> anyhow::Result<ExitStatus> {
    let today = when::settle(args.as_of);
    look(&args.path, today, |surveyed| {
        let court = surveyed.court;
        let mut judge = court.judge()?;
        let mut rows: Vec<Row> = Vec::new();
        for entry in court.ledger.entries() {
            let standing = standing_of(court, &mut judge, surveyed.docket, entry);
            let waiver = &entry.waiver;
            rows.push(Row {
                waiver: waiver.name.clone(),
                standing: match standing {
                    Standing::Holds if entry.was_used() => "used",
                    Standing::Holds => "unused",
                    Standing::Expired => "expired",
                    Standing::Void => "void",
                },
                expires: waiver.expires.to_string(),
                days_left: (waiver.expires - today).get_days(),
                policy: waiver.policy.clone(),
                contract: waiver.contract.clone(),
                part: waiver.pointer.as_ref().map(|pointer| pointer.join(".")),
                approved_by: waiver.approved_by.clone(),
                reason: waiver.reason.clone(),
                path: entry.path.clone(),
            });
        }
        rows.sort_by(|left, right| {
            (&left.expires, &left.contract, &left.waiver).cmp(&(
                &right.expires,
                &right.contract,
                &right.waiver,
            ))
        });
        if args.json {
            let text = serde_json::to_string_pretty(&rows).map_err(anyhow::Error::from)?;
            print(&format!("{text}\n"))?;
        } else {
            print(&table(&rows))?;
        }
        Ok(ExitStatus::Pass)
    })
}

/// One waiver, as people and machines read it.
#[derive(Debug, serde::Serialize)]
struct Row {
    waiver: String,
    standing: &'static str,
    expires: String,
    /// Days from today to its last day; negative once it has passed.
    days_left: i32,
    approved_by: String,
    policy: String,
    contract: String,
    part: Option<String>,
    reason: String,
    path: String,
}

fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no waivers\n".to_owned();
    }
    let cells = |row: &Row| {
        let part = row.part.as_deref().filter(|part| !part.is_empty());
        let about = match part {
            Some(part) => format!("{} {part}", row.contract),
            None => row.contract.clone(),
        };
        [
            row.expires.clone(),
            row.days_left.to_string(),
            row.standing.to_owned(),
            row.waiver.clone(),
            row.approved_by.clone(),
            row.policy.clone(),
            about,
        ]
        .map(|cell| meshlaw_report::visible(&cell))
    };
    let head = [
        "until",
        "days",
        "standing",
        "waiver",
        "approved by",
        "policy",
        "contract",
    ];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let mut text = columns(&lines);
    let count = |standing: &str| rows.iter().filter(|row| row.standing == standing).count();
    let _ = writeln!(
        text,
        "\n{} waivers: {} used, {} unused, {} expired, {} void",
        rows.len(),
        count("used"),
        count("unused"),
        count("expired"),
        count("void")
    );
    text
}
