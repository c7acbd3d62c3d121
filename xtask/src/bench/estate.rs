//! A size in, a git repository of that size out, written by `git fast-import`.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::shape::Shape;
use super::texts;
use crate::process;

/// How large a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// What its contracts are like.
    pub shape: Shape,
    /// Number of the first contract, so that repositories can differ.
    pub first: u64,
    /// Contracts.
    pub contracts: u64,
    /// Commits on the main branch, each of which touches one contract.
    pub commits: u64,
    /// Contracts that the larger change touches.
    pub changed: u64,
}

impl Size {
    fn name(self) -> String {
        let Self {
            shape: Shape { name, .. },
            contracts,
            commits,
            ..
        } = self;
        match self.first {
            0 => format!("{name}-{contracts}-{commits}"),
            first => format!("{name}-{first}-{contracts}-{commits}"),
        }
    }
}

/// Shape of the generator; a repository of another one is made anew.
const EDITION: &str = "4";

/// Makes the repository, or takes the one that an earlier run made.
///
/// `main` is the target; `change-100`, or of however many, `change-1` and `gone-1`, which drops a
/// field, leave from its tip, `old-100` from its middle.
pub fn make(folder: &Path, size: Size) -> Result<PathBuf> {
    let path = folder.join(size.name());
    let mark = path.join(".git").join("bench-edition");
    if fs::read_to_string(&mark).is_ok_and(|text| text == EDITION) {
        return Ok(path);
    }
    if path.exists() {
        fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    fs::create_dir_all(&path)?;
    println!(
        "making {} contracts and {} commits …",
        size.contracts, size.commits
    );
    git(
        &path,
        &["init", "--quiet", "--template=", "--initial-branch=main"],
    )?;
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(&path)
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start `git fast-import`")?;
    let input = import.stdin.take().context("git takes no input")?;
    let mut stream = Stream(BufWriter::new(input));
    stream.history(size)?;
    stream.0.flush()?;
    drop(stream);
    if !import.wait()?.success() {
        bail!("`git fast-import` failed");
    }
    git(&path, &["checkout", "--quiet", "--force", "main"])?;
    git(&path, &["gc", "--quiet"])?;
    git(&path, &["commit-graph", "write", "--reachable"])?;
    fs::write(mark, EDITION)?;
    Ok(path)
}

/// Makes a folder of contracts in the standard's format.
pub fn make_odcs(folder: &Path, contracts: u64) -> Result<PathBuf> {
    let path = folder.join(format!("odcs-{contracts}"));
    let files = path.join("domains/d0");
    if files.exists() {
        return Ok(path);
    }
    fs::create_dir_all(&files)?;
    fs::write(
        path.join("meshlaw.yaml"),
        "extends: []\ndomains: { d0: {} }\n",
    )?;
    for number in 0..contracts {
        fs::write(
            files.join(format!("c{number}.odcs.yaml")),
            texts::odcs(number),
        )?;
    }
    Ok(path)
}

fn git(path: &Path, args: &[&str]) -> Result<()> {
    process::capture(Command::new("git").args(args).current_dir(path)).map(|_| ())
}

/// What `git fast-import` reads.
struct Stream<W: Write>(BufWriter<W>);

impl<W: Write> Stream<W> {
    fn history(&mut self, size: Size) -> Result<()> {
        self.commit("main", 1, None)?;
        self.file("meshlaw.yaml", &texts::settings())?;
        for (path, text) in texts::policies() {
            self.file(&path, &text)?;
        }
        for number in size.first..size.first + size.contracts {
            let text = texts::contract(size.shape, number, 0);
            self.file(&size.shape.path(number), &text)?;
        }
        for number in 0..texts::CONSUMERS {
            let text = texts::consumer(size.shape, number, size.first, size.contracts);
            self.file(&texts::consumer_path(number), &text)?;
        }
        for commit in 2..=size.commits {
            // The steps are spread over the estate, and the last edition of each contract stays.
            let number = size.first + commit.wrapping_mul(7_919) % size.contracts;
            self.commit("main", commit, None)?;
            let text = texts::contract(size.shape, number, 1 + commit / size.contracts);
            self.file(&size.shape.path(number), &text)?;
            if commit == size.commits / 2 {
                self.change(&format!("old-{}", size.changed), commit, size.changed, size)?;
            }
        }
        let branch = format!("change-{}", size.changed);
        self.change(&branch, size.commits, size.changed, size)?;
        self.change("change-1", size.commits, 1, size)?;
        self.commit("gone-1", size.commits + 1, Some("refs/heads/main"))?;
        let text = texts::contract(size.shape, size.first, 50);
        let kept = text.lines().filter(|line| !line.contains("name: mail"));
        let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
        self.file(&size.shape.path(size.first), &kept)
    }

    /// Leaves the main branch with a change of contracts in as many domains.
    fn change(&mut self, branch: &str, at: u64, changed: u64, size: Size) -> Result<()> {
        self.commit(branch, at + 1, Some("refs/heads/main"))?;
        for number in size.first..size.first + changed.min(size.contracts) {
            let text = texts::contract(size.shape, number, 50);
            let text = text.replace("What the data", "What all the data");
            self.file(&size.shape.path(number), &text)?;
        }
        Ok(())
    }

    fn commit(&mut self, branch: &str, number: u64, from: Option<&str>) -> Result<()> {
        let time = 1_700_000_000 + number * 60;
        writeln!(self.0, "commit refs/heads/{branch}")?;
        writeln!(self.0, "committer Bench <bench@example.org> {time} +0000")?;
        let message = format!("commit {number}");
        writeln!(self.0, "data {}\n{message}", message.len())?;
        if let Some(from) = from {
            writeln!(self.0, "from {from}")?;
        }
        Ok(())
    }

    fn file(&mut self, path: &str, text: &str) -> Result<()> {
        writeln!(self.0, "M 100644 inline {path}")?;
        writeln!(self.0, "data {}\n{text}", text.len())?;
        Ok(())
    }
}
