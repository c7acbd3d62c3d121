//! The report of a run in, messages to the teams that it concerns out.

mod delivery;
mod letters;
mod reading;
mod state;

use std::path::PathBuf;

use jiff::civil::Date;
use meshlaw_changeset::{Repository, Snapshot};

use crate::environment::variable;
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::law;
use crate::output::{count, print};
use crate::when;
use delivery::{Channel, Courier};
use state::Memory;

/// Tell the teams that a gate or audit concerns, each what is its own
///
/// Who is told, and how, is read from the settings and consumers of the revision that the report
/// compares with, so that no change redirects its own messages. Secrets come from the environment:
/// MESHLAW_SLACK_WEBHOOK, MESHLAW_WEBHOOK_SECRET, MESHLAW_SMTP_URL, MESHLAW_MAIL_FROM,
/// OPENLINEAGE_URL and OPENLINEAGE_API_KEY; the first two may be given for one team, as in
/// MESHLAW_SLACK_WEBHOOK_FINANCE_ANALYTICS.
#[derive(Debug, clap::Args)]
pub struct NotifyArgs {
    /// Report, as `--format json=FILE` of `gate` or `audit` writes it
    report: PathBuf,
    /// Send by these ways alone [default: all that are set up]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WAY")]
    via: Vec<Channel>,
    /// File that remembers what each team was told, so that it is told once
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Address where people read more, such as that of the pull request
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Write the messages as files below this folder, and send nothing
    #[arg(long, value_name = "FOLDER", conflicts_with = "dry_run")]
    outbox: Option<PathBuf>,
    /// Show the messages, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Revision whose settings and consumers count [default: what the report compares with, else
    /// the commit that it audits, else the files as they lie]
    #[arg(long, value_name = "REV")]
    law: Option<String>,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// Tells everybody.
pub fn run(args: &NotifyArgs) -> anyhow::Result<ExitStatus> {
    let report = reading::read(&args.report)?;
    let today = when::settle(args.as_of);
    let head = report.head.as_str();
    let is_commit = head.len() >= 40 && head.bytes().all(|byte| byte.is_ascii_hexdigit());
    let base = report.base.as_deref().or(is_commit.then_some(head));
    let snapshot = match args.law.as_deref().or(base) {
        Some(revision) => {
            let repository = Repository::discover(".").map_err(Failure::from)?;
            let commit = repository.resolve(revision).map_err(Failure::from)?;
            repository.at(commit)
        }
        None => Snapshot::folder("."),
    };
    let reader = snapshot.open().map_err(Failure::from)?;
    let settings = law::read_settings(&reader).map_err(law::failure)?;
    let estate = read_estate(&settings, None, &reader, &[], today)?;
    let mail = letters::write(&report, &estate, args.link.as_deref());
    let mut memory = Memory::read(args.state.as_deref(), today)?;
    let courier = Courier {
        via: &args.via,
        outbox: args.outbox.as_deref(),
        is_dry: args.dry_run,
        producer: &source(),
    };
    let mut log = Vec::new();
    for addressed in &mail {
        courier.deliver(addressed, &mut memory, &mut log)?;
    }
    courier.lineage(&report, &mut log)?;
    if !args.dry_run && args.outbox.is_none() {
        memory.write()?;
    }
    let failed = log.iter().filter(|entry| entry.has_failed).count();
    let told: String = log
        .iter()
        .map(|entry| format!("{}\n", entry.text))
        .collect();
    print(&told)?;
    if log.is_empty() {
        print("there is nobody to tell anything new\n")?;
    }
    if failed > 0 {
        let all = count(log.len(), "message");
        anyhow::bail!("{failed} of {all} could not be delivered");
    }
    Ok(ExitStatus::Pass)
}

/// Returns where the news comes from: the repository, where a build server names it.
fn source() -> String {
    let github = variable("GITHUB_SERVER_URL").zip(variable("GITHUB_REPOSITORY"));
    let github = github.map(|(server, repository)| format!("{server}/{repository}"));
    let known = github.or_else(|| variable("CI_PROJECT_URL"));
    known.unwrap_or_else(|| env!("CARGO_PKG_REPOSITORY").to_owned())
}
