//! Policies in one shape, so that reviews are about what they say.

use std::path::PathBuf;

use super::{read_book, settle};
use crate::failure::{ExitStatus, Failure};
use crate::output::{count, print, write_file};

/// Write every policy in the one shape; comments stay
#[derive(Debug, clap::Args)]
pub struct FmtArgs {
    /// Folder of policies [default: as the settings say]
    folder: Option<PathBuf>,
    /// Change nothing; fail where a policy is not in shape
    #[arg(long)]
    check: bool,
}

/// Formats the policies, or looks whether they are.
pub fn run(args: &FmtArgs) -> anyhow::Result<ExitStatus> {
    let folder = settle(args.folder.as_deref())?;
    let book = read_book(&folder)?;
    let mut changed = Vec::new();
    for policy in &book.policies {
        let path = folder.join(policy.id.as_str()).join("policy.cedar");
        let text = meshlaw_policy::format(&policy.text).map_err(|error| {
            let help = "`meshlaw policy check` says more";
            Failure::new(error, help).at(path.display().to_string())
        })?;
        if text != policy.text {
            if !args.check {
                write_file(&path, &text)?;
            }
            changed.push(path);
        }
    }
    let verb = if args.check { "not in shape" } else { "wrote" };
    let mut text = String::new();
    for path in &changed {
        text.push_str(&format!("{verb}: {}\n", path.display()));
    }
    let all = count(book.policies.len(), "policy");
    text.push_str(&format!("{all}, {} {verb}\n", changed.len()));
    print(&text)?;
    Ok(if args.check && !changed.is_empty() {
        ExitStatus::Blocked
    } else {
        ExitStatus::Pass
    })
}
