//! Audits a checkout and keeps the report: a folder comes in, text goes to the terminal, JSON and
//! Markdown to `target/audit/`. The judgement is meshlaw's, and so is the exit code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::meshlaw::{self, Profile};
use crate::process;

const DEFAULT_CHECKOUT: &str = "fixtures/mesh";
const FOLDER: &str = "target/audit";
const JSON: &str = "target/audit/audit.json";
const MARKDOWN: &str = "target/audit/audit.md";

/// Audit a checkout; JSON and Markdown go to target/audit
#[derive(clap::Args)]
pub struct Args {
    /// Checkout to audit, by default the shipped example
    path: Option<PathBuf>,
    /// Build meshlaw with optimisation first, for large checkouts
    #[arg(long)]
    release: bool,
    /// Further arguments for `meshlaw audit`
    #[arg(last = true)]
    extra: Vec<String>,
}

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    let checkout = match &args.path {
        Some(path) => path
            .canonicalize()
            .with_context(|| format!("cannot find the checkout `{}`", path.display()))?,
        None => PathBuf::from(DEFAULT_CHECKOUT),
    };
    let profile = if args.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    let program = meshlaw::build(root, profile)?;
    fs::create_dir_all(root.join(FOLDER))
        .with_context(|| format!("cannot create the folder `{FOLDER}`"))?;
    // A run that ends early must not leave the report of an earlier one to be read as its own.
    for report in [JSON, MARKDOWN].map(|path| root.join(path)) {
        if report.exists() {
            fs::remove_file(&report)
                .with_context(|| format!("cannot remove `{}`", report.display()))?;
        }
    }

    let mut audit = Command::new(program);
    audit.arg("audit").arg(checkout).args(["--format", "text"]);
    audit.args(["--format", &format!("json={JSON}")]);
    audit.args(["--format", &format!("markdown={MARKDOWN}")]);
    audit.args(&args.extra).current_dir(root);
    println!("$ {}", process::shown(&audit));
    let code = process::status(&mut audit)?;

    if root.join(JSON).exists() && root.join(MARKDOWN).exists() {
        println!("\nthe whole report: `{JSON}` and `{MARKDOWN}`");
    }
    Ok(ExitCode::from(code))
}
