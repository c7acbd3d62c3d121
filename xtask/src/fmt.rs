//! Formats Rust files by list. `cargo fmt` follows `mod` lines, so it passes over files that are
//! declared in another way; the list comes from git and passes over none.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{process, workspace};

/// Format every Rust file of the workspace
#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, root: &Path) -> Result<ExitCode> {
    process::run(&mut rustfmt(root)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Prepares rustfmt for every Rust file that git tracks or would track; the edition is in
/// `rustfmt.toml`.
///
/// # Errors
/// When the files cannot be listed.
pub fn rustfmt(root: &Path) -> Result<Command> {
    let files = workspace::files(root)?;
    let mut rustfmt = Command::new("rustfmt");
    rustfmt
        .args(files.iter().filter(|path| path.ends_with(".rs")))
        .current_dir(root);
    Ok(rustfmt)
}
