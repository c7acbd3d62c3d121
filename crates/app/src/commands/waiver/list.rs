//! The waivers of a folder in, a table of what each comes to out.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;

use super::look;
use crate::court::Court;
use crate::failure::ExitStatus;
use crate::output::{self, columns, print};
use crate::waivers::{Standing, days, standing_of};
use crate::when;

#[derive(Debug, clap::Args)]
pub struct ListArgs {
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

/// Lists the waivers of a folder.
pub fn run(args: &ListArgs) -> anyhow::Result<ExitStatus> {
    let today = when::settle(args.as_of);
    look(&args.path, today, |surveyed| {
        let court = surveyed.court;
        let past = court.past;
        let mut judge = court.silent_judge()?;
        let mut rows: Vec<Row> = Vec::new();
        for entry in court.ledger.entries() {
            let standing = standing_of(court, &mut judge, surveyed.docket, entry)?;
            let waiver = &entry.waiver;
            let since = match past {
                Some(past) => past.since(waiver)?,
                None => None,
            };
            rows.push(Row {
                waiver: waiver.name.clone(),
                standing: match standing {
                    Standing::Holds if entry.was_used() => "used",
                    Standing::Holds => "unused",
                    Standing::Expired => "expired",
                    Standing::Void => "void",
                },
                expires: waiver.expires.to_string(),
                days_left: days(today, waiver.expires),
                renewals: past.map_or(Ok(0), |past| past.renewals(waiver, &[&waiver.policy]))?,
                since: since.map(|since| since.day.to_string()),
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
            print(&budgets(court))?;
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
    days_left: i64,
    /// How often it was renewed in a row, by the history of the repository.
    renewals: i64,
    /// Day on which it was first committed.
    since: Option<String>,
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
            row.renewals.to_string(),
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
        "renewed",
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
        "\n{}: {} used, {} unused, {} expired, {} void",
        output::count(rows.len(), "waiver"),
        count("used"),
        count("unused"),
        count("expired"),
        count("void")
    );
    text
}

/// Says how much each domain has used of its budget.
fn budgets(court: &Court<'_>) -> String {
    let settings = &court.law.settings;
    let in_force = court.ledger.in_force(court.estate.world.as_of);
    let mut text = String::new();
    for (domain, count) in in_force.domains() {
        if let Some(budget) = settings.waiver_budget(domain) {
            let domain = meshlaw_report::visible(domain);
            let _ = writeln!(text, "{domain} holds {count} of the {budget} that it may");
        }
    }
    text
}
