//! What is measured, and beside what: a row of the table each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::estate::{self, Size};
use super::measure::{Cost, Task, measure};
use super::shape::{OTHERS, Other, Shape};
use super::{Bench, LARGE, ODCS, REPOSITORIES, Row, shown, soundness};
use crate::process;

impl Bench {
    pub fn gates(&mut self, repository: &Path, contracts: u64) -> Result<()> {
        let size = shown(contracts);
        for (branch, dots, what, mark) in [
            ("change-100", "main..change-100", "100 changed", 2.5),
            ("change-1", "main..change-1", "1 changed", 2.0),
            ("gone-1", "main..gone-1", "1 field gone", 2.0),
            (
                "old-100",
                "main...old-100",
                "100 changed, forked half the history ago",
                1.2,
            ),
        ] {
            let what = format!("gate, {what} of {size}");
            let diff = ["diff", "--name-only", dots];
            self.gate(repository, branch, &diff, (what, mark))?;
        }
        Ok(())
    }

    /// Measures the gate over a branch beside what git tells of the same.
    fn gate(
        &mut self,
        repository: &Path,
        head: &str,
        diff: &[&str],
        (what, mark): (String, f64),
    ) -> Result<()> {
        let gate = ["gate", "--base", "main", "--head", head];
        let ours = self.ours(repository, &[&gate[..], &["--format", "dotenv"]].concat());
        let name = format!("`git {}`", diff.join(" "));
        let theirs = Some((name.as_str(), git(repository, diff)));
        self.row(what, ours, theirs, (Some(mark), None, false))
    }

    pub fn audits(&mut self, repository: &Path, contracts: u64) -> Result<()> {
        soundness::ask(&self.program, repository, contracts)?;
        let size = shown(contracts);
        let read = plain_reading(repository)?;
        let ours = self.cold(repository, &["audit", "--format", "dotenv"]);
        self.row(
            format!("audit of {size}, from the work tree"),
            ours,
            Some(("reading every file on all cores", read)),
            (Some(6.0), None, false),
        )?;
        let blobs = repository.join(".git/bench-blobs");
        let list = process::capture(
            Command::new("git")
                .args(["ls-tree", "-r", "--format=%(objectname)", "main"])
                .current_dir(repository),
        )?;
        fs::write(&blobs, list)?;
        let cat = Task {
            input: Some(blobs),
            ..git(repository, &["cat-file", "--batch"])
        };
        let ours = self.cold(repository, &["audit", "--at", "main", "--format", "dotenv"]);
        self.row(
            format!("audit of {size}, from the pack"),
            ours,
            Some(("`git cat-file --batch` of every blob", cat)),
            (None, None, false),
        )?;
        // The pages that warm audits start from are those of the runs before.
        for (arguments, what, theirs, mark) in [
            (
                &["audit", "--format", "dotenv"][..],
                "again, from the work tree",
                &["status", "--porcelain"][..],
                1.5,
            ),
            (
                &["audit", "--at", "change-100", "--format", "dotenv"],
                "again, from the pack after 100 changes",
                &["diff", "--name-only", "main..change-100"],
                2.5,
            ),
        ] {
            let ours = self.ours(repository, arguments);
            let name = format!("`git {}`", theirs.join(" "));
            let theirs = Some((name.as_str(), git(repository, theirs)));
            let what = format!("audit of {size}, {what}");
            self.row(what, ours, theirs, (Some(mark), None, false))?;
        }
        let ours = self.cold(
            repository,
            &[
                "gate", "--base", "main", "--head", "change-1", "--format", "dotenv",
            ],
        );
        let git = git(repository, &["diff", "--name-only", "main..change-1"]);
        let what = format!("gate, 1 changed of {size}, nothing kept");
        let name = "`git diff --name-only main..change-1`";
        self.row(what, ours, Some((name, git)), (None, None, false))
    }

    /// Measures estates of other shapes, whose contracts all came in one commit.
    ///
    /// A gate must read both texts of what changed, however long they are. So does git where it
    /// shows what changed, and not where it names it.
    pub fn others(&mut self, folder: &Path) -> Result<()> {
        for other in OTHERS {
            let Other {
                shape,
                contracts,
                changed,
            } = other;
            let size = Size {
                shape,
                first: 0,
                contracts,
                commits: 1,
                changed,
            };
            let repository = estate::make(folder, size)?;
            soundness::ask(&self.program, &repository, contracts)?;
            let size = format!("{} {}", shown(contracts), shape.what);
            let ours = self.cold(&repository, &["audit", "--format", "dotenv"]);
            let read = plain_reading(&repository)?;
            self.row(
                format!("audit of {size}"),
                ours,
                Some(("reading every file on all cores", read)),
                (Some(6.0), None, false),
            )?;
            for (changed, names, mark) in [(changed, &[][..], 2.5), (1, &["--name-only"], 2.0)] {
                let head = format!("change-{changed}");
                let dots = format!("main..{head}");
                let diff = [&["diff"], names, &[dots.as_str()]].concat();
                let what = format!("gate, {changed} changed of {size}");
                self.gate(&repository, &head, &diff, (what, mark))?;
            }
        }
        Ok(())
    }

    pub fn odcs(&mut self, folder: &Path, odcslint: &Path) -> Result<()> {
        let ours = self.cold(folder, &["audit", "--format", "dotenv"]);
        let is_there = Command::new(odcslint).arg("--version").output().is_ok();
        let theirs = is_there.then(|| {
            let task = Task {
                name: "odcslint".to_owned(),
                program: odcslint.to_owned(),
                arguments: vec!["check".to_owned(), "domains".to_owned()],
                folder: folder.to_owned(),
                input: None,
                most: 2,
                before: None,
            };
            ("`odcslint check`", task)
        });
        let what = format!("audit of {} ODCS contracts", shown(ODCS));
        self.row(what, ours, theirs, (Some(0.5), None, true))
    }

    pub fn one_odcs(&mut self, folder: &Path, datacontract: &Path) -> Result<()> {
        let file = "domains/d0/c1.odcs.yaml";
        let ours = self.ours(folder, &["check", file, "--format", "dotenv"]);
        let is_there = Command::new(datacontract).arg("--version").output().is_ok();
        let theirs = is_there.then(|| {
            let task = Task {
                name: "datacontract".to_owned(),
                program: datacontract.to_owned(),
                arguments: vec!["lint".to_owned(), file.to_owned()],
                folder: folder.to_owned(),
                input: None,
                most: 1,
                before: None,
            };
            ("`datacontract lint`", task)
        });
        let what = "check of one ODCS file".to_owned();
        self.row(what, ours, theirs, (Some(0.5), None, true))
    }

    /// Audits one repository after the other, each once: the sum of their times, the peak of all.
    pub fn million(&mut self, folder: &Path) -> Result<()> {
        let mut ours = Cost::default();
        let mut theirs = Cost::default();
        let mut least = u64::MAX;
        for repository in 0..REPOSITORIES {
            let size = Size {
                shape: Shape::COMMON,
                first: repository * LARGE,
                contracts: LARGE,
                commits: 1,
                changed: 100,
            };
            let path = estate::make(folder, size)?;
            let audit = self.cold(&path, &["audit", "--format", "dotenv"]);
            let costs = measure(&[plain_reading(&path)?, audit], 1)?;
            if let [read, audit] = costs[..] {
                eprintln!(
                    "{} contracts: {:.0} ms, {:.0} MB",
                    shown((repository + 1) * LARGE),
                    audit.wall,
                    audit.memory as f64 / 1e6
                );
                ours.add(audit);
                theirs.add(read);
                least = least.min(audit.memory);
            }
            fs::remove_dir_all(&path)?;
        }
        let what = format!(
            "audit of {} in {REPOSITORIES} repositories (each {:.0} MB or more), from the work trees",
            shown(LARGE * REPOSITORIES),
            least as f64 / 1e6
        );
        self.rows.push(Row {
            what,
            reference: Some("reading every file on all cores".to_owned()),
            ours,
            theirs: Some(theirs),
            mark: Some(6.0),
            limit: None,
            by_cpu: false,
        });
        Ok(())
    }

    pub fn starts(&mut self, repository: &Path) -> Result<()> {
        let start = self.ours(repository, &["--version"]);
        self.row("start".to_owned(), start, None, (None, Some(10.0), false))?;
        let path = Shape::COMMON.path(0);
        let check = self.ours(repository, &["check", &path, "--format", "dotenv"]);
        self.row(
            "check of one file".to_owned(),
            check,
            None,
            (None, Some(15.0), false),
        )
    }
}

/// What the audit of a work tree is measured beside.
fn plain_reading(repository: &Path) -> Result<Task> {
    Ok(Task {
        name: "plain reading".to_owned(),
        program: std::env::current_exe()?,
        arguments: vec![
            "bench".to_owned(),
            "--read".to_owned(),
            repository.display().to_string(),
        ],
        folder: repository.to_owned(),
        input: None,
        most: 0,
        before: None,
    })
}

fn git(repository: &Path, arguments: &[&str]) -> Task {
    Task {
        name: format!("git {}", arguments.join(" ")),
        program: PathBuf::from("git"),
        arguments: arguments.iter().map(|one| (*one).to_owned()).collect(),
        folder: repository.to_owned(),
        input: None,
        most: 0,
        before: None,
    }
}
