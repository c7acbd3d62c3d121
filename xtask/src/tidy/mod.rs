//! Checks what the compiler cannot see: arrows between crates, registries, layout, words. The
//! checkout comes in, complaints go out; files that have grown are pointed out and fail nothing.

mod arrows;
mod boundaries;
mod growth;
mod layout;
mod registries;
mod rust;
mod words;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::workspace::Source;
use crate::{process, workspace};

/// Check the arrows between crates, registries, layout and words
#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, root: &Path) -> Result<ExitCode> {
    check(root)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints every complaint and every file that has grown.
///
/// # Errors
/// When there is a complaint, or the checkout cannot be read.
pub fn check(root: &Path) -> Result<()> {
    let files = workspace::files(root)?;
    let sources = sources(root, &files)?;
    let mut cargo = process::cargo();
    cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root);
    let metadata = serde_json::from_str(&process::capture(&mut cargo)?)?;

    let complaints = [
        arrows::complaints(&arrows::read(&metadata)),
        boundaries::complaints(&sources),
        layout::complaints(&files, &sources),
        registries::complaints(&files, &sources),
        words::complaints(&sources),
    ]
    .concat();
    for note in growth::notes(&sources) {
        println!("note: {note}");
    }
    for complaint in &complaints {
        eprintln!("error: {complaint}");
    }
    match complaints.len() {
        0 => Ok(()),
        1 => bail!("tidy found 1 thing out of order"),
        count => bail!("tidy found {count} things out of order"),
    }
}

/// Reads what people write as source; fixtures are data and may hold anything.
fn sources(root: &Path, files: &[String]) -> Result<Vec<Source>> {
    let source = |path: &&String| {
        let kinds = [".rs", ".cedar", ".cedarschema", ".toml", ".md"];
        !path.starts_with("fixtures/") && kinds.iter().any(|kind| path.ends_with(kind))
    };
    let read = |path: &String| {
        Ok(Source {
            path: path.clone(),
            text: workspace::read(root, path)?,
        })
    };
    files.iter().filter(source).map(read).collect()
}
