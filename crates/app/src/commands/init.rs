//! The first files of a repository.

use std::path::{Path, PathBuf};

use crate::failure::{ExitStatus, Failure};
use crate::output::print;

/// Write settings, folders and an example, where nothing is yet
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Folder to begin in
    #[arg(default_value = ".")]
    path: PathBuf,
}

const FILES: &[(&str, &str)] = &[
    ("meshlaw.yaml", include_str!("init/meshlaw.yaml")),
    (
        "domains/marketing/marketing_leads.contract.yaml",
        include_str!("init/contract.yaml"),
    ),
    (
        "domains/marketing/campaign-board.consumer.yaml",
        include_str!("init/consumer.yaml"),
    ),
    ("glossary/lead.term.yaml", include_str!("init/term.yaml")),
];

/// Writes the files.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitStatus> {
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
        write(&args.path.join(path), text)?;
        print(&format!("wrote {path}\n"))?;
    }
    print(
        "\nNext: commit these files, then run `meshlaw audit`, and `meshlaw gate` on a branch.\n",
    )?;
    Ok(ExitStatus::Pass)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed =
        |error: std::io::Error| anyhow::anyhow!("cannot write `{}`: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
