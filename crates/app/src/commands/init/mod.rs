//! The first files of a repository: an example where nothing is yet, or settings for what is there.

use std::path::PathBuf;

use meshlaw_changeset::Snapshot;

use crate::codeowners::CodeOwners;
use crate::failure::{ExitStatus, Failure};
use crate::files::write_new;
use crate::output::print;
use crate::settings::{self, Settings};

mod domains;
mod facts;
mod globs;
mod proposal;
mod quote;
mod survey;
mod vocabulary;

/// Write settings, folders and an example, where nothing is yet
///
/// With `--from-existing` the contracts that are there are read, and only settings that fit them
/// are written.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Folder to begin in
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Propose settings for the contracts that are there, native and Open Data Contract Standard
    #[arg(long)]
    from_existing: bool,
    /// Print the settings, and write nothing
    #[arg(long, requires = "from_existing")]
    dry_run: bool,
}

const FILES: &[(&str, &str)] = &[
    ("meshlaw.yaml", include_str!("meshlaw.yaml")),
    (
        "domains/marketing/marketing_leads.contract.yaml",
        include_str!("contract.yaml"),
    ),
    (
        "domains/marketing/campaign-board.consumer.yaml",
        include_str!("consumer.yaml"),
    ),
    ("glossary/lead.term.yaml", include_str!("term.yaml")),
];

/// Writes the files.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitStatus> {
    if args.from_existing {
        propose(args)
    } else {
        begin(args)
    }
}

fn begin(args: &InitArgs) -> anyhow::Result<ExitStatus> {
    let there: Vec<&str> = FILES
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| args.path.join(path).exists())
        .collect();
    if !there.is_empty() {
        let message = format!("`{}` is already there", there.join("`, `"));
        let help = "nothing was written; begin in another folder, or edit what is there";
        return Err(Failure::new(message, help).into());
    }
    for (path, text) in FILES {
        write_new(&args.path.join(path), text)?;
        print(&format!("wrote {path}\n"))?;
    }
    print(
        "\nNext: commit these files, then run `meshlaw audit`, and `meshlaw gate` on a branch.\n",
    )?;
    Ok(ExitStatus::Pass)
}

fn propose(args: &InitArgs) -> anyhow::Result<ExitStatus> {
    if !args.path.is_dir() {
        let message = format!("`{}` is not a folder", args.path.display());
        return Err(Failure::new(message, "name the root of a repository").into());
    }
    let target = args.path.join(settings::FILE);
    if !args.dry_run && target.symlink_metadata().is_ok() {
        let message = format!("`{}` is already there", settings::FILE);
        let help = "nothing was written; add `--dry-run` to print the proposal, and take from it \
                    what the settings lack";
        return Err(Failure::new(message, help).into());
    }
    let survey = survey::survey(&args.path);
    let reader = Snapshot::folder(&args.path).open().map_err(Failure::from)?;
    let reviewers = CodeOwners::find(&reader, &Settings::default())?.unwrap_or_default();
    let proposal = proposal::propose(&survey, &reviewers)?;
    if args.dry_run {
        print(&proposal.text)?;
    } else {
        write_new(&target, &proposal.text)?;
        print(&proposal.summary)?;
    }
    Ok(ExitStatus::Pass)
}
