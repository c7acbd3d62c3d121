//! What is kept between runs: where it lies, and how to be rid of it.

use crate::cache::Cache;
use crate::failure::{ExitStatus, Failure};
use crate::output::{count, print};
use meshlaw_changeset::Snapshot;

/// Show what is kept between runs, or remove it
///
/// Registers, policies and verdicts are kept in the data folder of the repository (`.git/meshlaw`).
/// Whatever they hang on is part of their keys, so that removing them costs time and changes no
/// result.
#[derive(Debug, clap::Args)]
pub struct CacheArgs {
    /// What to do
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CacheCommand {
    /// Remove everything that is kept
    Clear,
    /// Print the folder that it is kept in
    Path,
}

/// Shows or removes what is kept.
pub fn run(args: &CacheArgs) -> anyhow::Result<ExitStatus> {
    let reader = Snapshot::folder(".").open().map_err(Failure::from)?;
    let cache = Cache::of(&reader).ok_or_else(|| {
        Failure::new(
            "this folder lies in no git repository, so that nothing is kept",
            "go to the repository, or name it with `-C`",
        )
    })?;
    match args.command {
        CacheCommand::Path => print(&format!("{}\n", cache.folder().display()))?,
        CacheCommand::Clear => {
            let bytes = cache.clear().map_err(|error| {
                let message = format!("cannot remove {}: {error}", cache.folder().display());
                Failure::new(message, "remove the folder by hand")
            })?;
            print(&format!("removed {}\n", count(bytes, "byte")))?;
        }
    }
    Ok(ExitStatus::Pass)
}
