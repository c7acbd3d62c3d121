//! Real git repositories for tests, and the real program run in them.

#![allow(
    dead_code,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test uses its own part, and one that cannot go on has failed"
)]

pub mod orders;
pub mod schemas;
pub mod server;
pub mod solver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A git repository that goes when the test ends.
pub struct Repository {
    folder: TempDir,
}

/// What the program said, and how it ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Repository {
    /// Makes an empty repository on the branch `main`.
    pub fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        repository.git(&["init", "-q", "--initial-branch=main", "--template="]);
        repository
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path().join(path)).unwrap();
        self
    }

    /// Replaces a piece of a file; the piece must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, text.replace(from, to))
    }

    /// Lays a folder over the work tree.
    pub fn overlay(&self, folder: &Path) -> &Self {
        self.overlay_into(folder, "")
    }

    /// Lays a folder over one of the work tree's.
    pub fn overlay_into(&self, folder: &Path, into: &str) -> &Self {
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let relative = entry.path().strip_prefix(folder).unwrap();
                let path = Path::new(into).join(relative);
                self.write(path.to_str().unwrap(), fs::read(entry.path()).unwrap());
            }
        }
        self
    }

    /// Removes everything but git's own folder.
    pub fn clear(&self) -> &Self {
        for entry in fs::read_dir(self.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap() == ".git" {
                continue;
            }
            if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            }
            .unwrap();
        }
        self
    }

    /// Commits everything, on a fixed date, so that ids are the same in every run.
    pub fn commit(&self, message: &str, date: &str) -> &Self {
        self.git(&["add", "--all"]);
        let date = format!("{date}T12:00:00Z");
        let output = git_in(self.path())
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .args(["commit", "-q", "--allow-empty", "-m", message])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        self
    }

    pub fn branch(&self, name: &str) -> &Self {
        self.git(&["checkout", "-q", "-b", name]);
        self
    }

    pub fn checkout(&self, name: &str) -> &Self {
        self.git(&["checkout", "-q", name]);
        self
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = git_in(self.path()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs meshlaw in the repository.
    pub fn meshlaw(&self, args: &[&str]) -> Ran {
        meshlaw_in(self.path(), args)
    }

    /// Runs the gate against `main` on the date that all tests take for today: without short cuts,
    /// with those of an earlier run or of none, and once more; never with a difference.
    pub fn gate(&self, args: &[&str]) -> Ran {
        let mut all = vec!["gate", "--base", "main", "--as-of", "2026-11-23"];
        all.extend(args);
        let mut plain = all.clone();
        plain.push("--no-shortcuts");
        let plain = self.meshlaw(&plain);
        for _ in 0..2 {
            let ran = self.meshlaw(&all);
            assert_eq!((ran.code, &ran.stdout), (plain.code, &plain.stdout));
        }
        plain
    }

    /// Runs the gate and reads its JSON.
    pub fn judge(&self) -> (i32, serde_json::Value) {
        let ran = self.gate(&["--format", "json"]);
        let json = serde_json::from_str(&ran.stdout);
        (
            ran.code,
            json.unwrap_or_else(|_| panic!("no JSON: {}{}", ran.stdout, ran.stderr)),
        )
    }
}

/// Runs meshlaw in a folder.
pub fn meshlaw_in(folder: &Path, args: &[&str]) -> Ran {
    let output = program(folder).args(args).output().unwrap();
    ran(output)
}

/// The program, with nothing of the machine's environment that it reads.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshlaw"));
    command
        .current_dir(folder)
        .env_remove("GITHUB_BASE_REF")
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS");
    command
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of the workspace.
pub fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
        .canonicalize()
        .unwrap()
}

fn git_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.org")
        .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]);
    command
}
