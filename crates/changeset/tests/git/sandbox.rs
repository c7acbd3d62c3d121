//! A repository in a temporary folder, driven by the `git` command.

use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use meshlaw_changeset::{
    Commit, Content, DEFAULT_LIMIT, Entry, FileChange, Globs, Kind, Reader, Renames, RepoPath,
    Repository, Snapshot, changes,
};
use tempfile::TempDir;

/// A repository that goes away with the value.
pub struct Sandbox {
    /// Holds the repository, with room beside it for clones.
    pub outside: TempDir,
    pub root: PathBuf,
    seconds: Cell<u64>,
}

impl Sandbox {
    /// An empty repository on branch `main`.
    pub fn new() -> Sandbox {
        let outside = TempDir::new().unwrap();
        let root = outside.path().join("repo");
        fs::create_dir(&root).unwrap();
        let sandbox = Sandbox {
            outside,
            root,
            seconds: Cell::new(1_700_000_000),
        };
        sandbox.git(["init", "--quiet"]);
        sandbox
    }

    /// A repository with one commit that holds these files.
    pub fn with(files: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.write_all(files);
        sandbox.commit();
        sandbox
    }

    /// Runs git at the root; gives what it printed. Every call is a minute later than the last.
    pub fn git<const N: usize>(&self, arguments: [&str; N]) -> String {
        self.git_in(&self.root, arguments)
    }

    pub fn git_in<const N: usize>(&self, folder: &Path, arguments: [&str; N]) -> String {
        let output = self.try_git(folder, arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {message}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    pub fn try_git<const N: usize>(&self, folder: &Path, arguments: [&str; N]) -> Output {
        self.command(folder, &arguments).output().unwrap()
    }

    /// Runs git at the root with this input.
    pub fn feed<const N: usize>(&self, arguments: [&str; N], input: &str) {
        let mut command = self.command(&self.root, &arguments);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success(), "git {arguments:?}");
    }

    /// Runs git at the root with a file as its input.
    pub fn feed_file<const N: usize>(&self, arguments: [&str; N], input: fs::File) {
        let mut command = self.command(&self.root, &arguments);
        let status = command.stdin(input).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    /// Makes a tree of the lines of a file; gives its id.
    pub fn tree_of(&self, lines: &str) -> String {
        let input = fs::File::open(self.root.join(lines)).unwrap();
        let mut command = self.command(&self.root, &["mktree"]);
        let output = command.stdin(input).output().unwrap();
        assert!(output.status.success(), "git mktree");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        self.seconds.set(self.seconds.get() + 60);
        let date = format!("{} +0000", self.seconds.get());
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(["-c", "init.defaultBranch=main", "-c", "core.autocrlf=false"])
            .args([
                "-c",
                "protocol.file.allow=always",
                "-c",
                "advice.detachedHead=false",
            ])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date);
        command
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        write(&self.root, path, bytes);
    }

    pub fn write_all(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
    }

    /// Commits everything that lies in the work tree; gives the id.
    pub fn commit(&self) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", "change"]);
        self.git(["rev-parse", "HEAD"])
    }

    pub fn open(&self) -> Repository {
        Repository::discover(&self.root).unwrap()
    }

    pub fn resolve(&self, revision: &str) -> Commit {
        self.open().resolve(revision).unwrap()
    }

    pub fn at(&self, revision: &str) -> Reader {
        self.open().at(self.resolve(revision)).open().unwrap()
    }

    /// What changed between two revisions under `domains`, with renames.
    pub fn changes(&self, before: &str, after: &str) -> Vec<String> {
        self.changes_to(before, &self.open().at(self.resolve(after)))
    }

    pub fn changes_to(&self, before: &str, after: &Snapshot) -> Vec<String> {
        let after = after.open().unwrap();
        show(&changes(&self.at(before), &after, &yaml(), Renames::Detect).unwrap())
    }
}

pub fn write(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The globs of most tests.
pub fn yaml() -> Globs {
    Globs::new(["domains/**/*.yaml"]).unwrap()
}

/// One line a change: `A`, `D`, `M` or `R`, and what is no regular file in brackets.
pub fn show(changes: &[FileChange]) -> Vec<String> {
    let line = |change: &FileChange| match change {
        FileChange::Added(entry) => format!("A {}", name(entry)),
        FileChange::Removed(entry) => format!("D {}", name(entry)),
        FileChange::Modified { before, after } if before.kind == after.kind => {
            format!("M {}", name(after))
        }
        FileChange::Modified { after, .. } => format!("M {} was a file", name(after)),
        FileChange::Renamed { before, after } => format!("R {} to {}", name(before), name(after)),
    };
    changes.iter().map(line).collect()
}

pub fn name(entry: &Entry) -> String {
    match entry.kind {
        Kind::File => entry.path.to_string(),
        kind => format!("{} ({kind:?})", entry.path),
    }
}

pub fn names(reader: &Reader) -> Vec<String> {
    reader.list(&yaml()).unwrap().iter().map(name).collect()
}

pub fn read(reader: &Reader, path: &str) -> Content {
    let entry = reader
        .find(&RepoPath::parse(path).unwrap())
        .unwrap()
        .expect("nothing there");
    reader.read(&entry, DEFAULT_LIMIT)
}

pub fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

/// An error as a person sees it: message and help.
pub fn words<T>(result: meshlaw_changeset::Result<T>) -> (String, String) {
    let Err(error) = result else {
        panic!("no error")
    };
    (error.to_string(), error.help().unwrap_or_default())
}
