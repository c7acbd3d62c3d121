//! Shares of an audit in, the report of one run out.

use std::path::PathBuf;

use jiff::civil::Date;

use super::audit::{self, Asked};
use crate::failure::{ExitStatus, Failure};
use crate::output::OutputArgs;
use crate::shards::Joined;

/// Join the shares of an audit that several machines made
///
/// Run it in a clone that has the audited commit: what lies between contracts is checked here, and
/// the report is the one that a single `meshlaw audit --at REV` would have made.
#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// The files that `meshlaw audit --shard I/N` printed
    #[arg(required = true, value_name = "FILE")]
    shares: Vec<PathBuf>,
    /// Folder of policies that the shares were judged with instead of the commit's own
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Joins shares.
pub fn run(args: &MergeArgs) -> anyhow::Result<ExitStatus> {
    let joined = Joined::read(&args.shares)?;
    let as_of: Date = joined.head.as_of.parse().map_err(|_| {
        let message = format!("`{}` is not a date", joined.head.as_of);
        Failure::new(message, "make the shares anew")
    })?;
    let asked = Asked {
        path: ".".as_ref(),
        at: Some(&joined.head.revision),
        policies: args.policies.as_deref(),
        as_of,
        plain: false,
        keeps_all: false,
        only_counts: false,
        joined: Some(&joined),
        log: None,
    };
    audit::survey(&asked, |surveyed| {
        audit::tell(surveyed, joined.head.name.clone(), &asked, &args.output)
    })
}
