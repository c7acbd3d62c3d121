//! Plays the example as a pull request: `fixtures/mesh` becomes a git repository below `target/`,
//! `fixtures/demo/head` a branch of it, and the gate judges that branch. Succeeds when the gate
//! refuses, because that is what the branch is made for.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::meshlaw::{self, Profile};
use crate::process;

const REPOSITORY: &str = "target/demo";
const BASE: &str = "fixtures/mesh";
const HEAD: &str = "fixtures/demo/head";
const BRANCH: &str = "exposed-email";

/// Play the example pull request through the gate
#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, root: &Path) -> Result<ExitCode> {
    let program = meshlaw::build(root, Profile::Dev)?;
    let repository = root.join(REPOSITORY);
    if repository.exists() {
        fs::remove_dir_all(&repository)
            .with_context(|| format!("cannot remove the folder `{REPOSITORY}`"))?;
    }

    println!("$ cp -r {BASE} {REPOSITORY} && cd {REPOSITORY}");
    overlay(root, BASE)?;
    git(
        &repository,
        &["init", "--quiet", "--template=", "--initial-branch=main"],
    )?;
    commit(&repository, "A mesh of five domains")?;
    git(&repository, &["switch", "--quiet", "--create", BRANCH])?;
    println!("$ cp -r ../../{HEAD}/. .");
    overlay(root, HEAD)?;
    git(&repository, &["--no-pager", "diff", "--stat"])?;
    commit(&repository, "Show e-mail addresses of leads")?;

    let mut gate = Command::new(program);
    gate.args(["gate", "--base", "main", "--head", BRANCH])
        .current_dir(&repository);
    println!("$ {}", process::shown(&gate));
    let code = process::status(&mut gate)?;
    conclude(code)
}

fn conclude(code: u8) -> Result<ExitCode> {
    if code != 1 {
        bail!("the gate exited with {code}, and 1 was expected: `{BRANCH}` must be refused");
    }
    println!();
    println!(
        "You saw a pull request that exposes personal data, breaks its consumers and says \
         `minor`: each finding with its place, who is affected and the way out."
    );
    println!("The gate exited with 1, as expected: findings block this pull request.");
    Ok(ExitCode::SUCCESS)
}

/// Copies a folder of the checkout over the repository of the demo.
fn overlay(root: &Path, folder: &str) -> Result<()> {
    let from = root.join(folder);
    for entry in WalkDir::new(&from) {
        let entry = entry.with_context(|| format!("cannot read `{folder}`"))?;
        let target = root
            .join(REPOSITORY)
            .join(entry.path().strip_prefix(&from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)
        } else {
            fs::copy(entry.path(), &target).map(drop)
        }
        .with_context(|| format!("cannot write `{}`", target.display()))?;
    }
    Ok(())
}

fn commit(repository: &Path, message: &str) -> Result<()> {
    git(repository, &["add", "--all"])?;
    git(repository, &["commit", "--quiet", "--message", message])
}

fn git(repository: &Path, arguments: &[&str]) -> Result<()> {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(repository);
    // The same commits on every machine: nobody's identity, signing key, hooks or clock.
    git.envs([
        ("GIT_AUTHOR_NAME", "Demo"),
        ("GIT_AUTHOR_EMAIL", "demo@example.org"),
        ("GIT_AUTHOR_DATE", "2026-11-01T09:00:00Z"),
        ("GIT_COMMITTER_NAME", "Demo"),
        ("GIT_COMMITTER_EMAIL", "demo@example.org"),
        ("GIT_COMMITTER_DATE", "2026-11-01T09:00:00Z"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ]);
    // Run from a git hook, these would point at the repository around the demo.
    for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(inherited);
    }
    println!("$ {}", process::shown(&git));
    process::run(&mut git)
}
