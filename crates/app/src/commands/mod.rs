//! The commands, one file each.

mod audit;
mod baseline;
mod cache;
mod changelog;
mod check;
mod completions;
mod data;
mod diff;
mod docs;
mod explain;
mod fix;
mod gate;
mod github;
mod impact;
mod init;
mod log;
mod merge;
mod notify;
pub mod policy;
mod release_notes;
mod schema;
mod waiver;
mod watch;

use clap::Subcommand;

pub use check::CheckArgs;
pub use gate::GateArgs;

use crate::args::Args;
use crate::failure::{ExitStatus, Failure};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    Audit(audit::AuditArgs),
    Baseline(baseline::BaselineArgs),
    Cache(cache::CacheArgs),
    Changelog(changelog::ChangelogArgs),
    Check(check::CheckArgs),
    Completions(completions::CompletionsArgs),
    Diff(diff::DiffArgs),
    #[command(hide = true)]
    Docs(docs::DocsArgs),
    Explain(explain::ExplainArgs),
    Fix(fix::FixArgs),
    Gate(gate::GateArgs),
    Github(github::GithubArgs),
    Impact(impact::ImpactArgs),
    Init(init::InitArgs),
    Log(log::LogArgs),
    Merge(merge::MergeArgs),
    Notify(notify::NotifyArgs),
    Policy(policy::PolicyArgs),
    ReleaseNotes(release_notes::ReleaseNotesArgs),
    Schema(schema::SchemaArgs),
    Waiver(waiver::WaiverArgs),
}

/// Runs what was asked for.
pub fn run(args: Args) -> anyhow::Result<ExitStatus> {
    if let Some(directory) = &args.directory {
        std::env::set_current_dir(directory).map_err(|error| {
            let message = format!("cannot go to `{}`: {error}", directory.display());
            Failure::new(message, "name a folder that is there")
        })?;
    }
    meshlaw_changeset::fast_reads();
    match args.command {
        Command::Audit(args) => audit::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Cache(args) => cache::run(&args),
        Command::Changelog(args) => changelog::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Docs(args) => docs::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Fix(args) => fix::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Github(args) => github::run(&args),
        Command::Impact(args) => impact::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Notify(args) => notify::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::ReleaseNotes(args) => release_notes::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Waiver(args) => waiver::run(&args),
    }
}
