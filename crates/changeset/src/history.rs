//! A commit and a path in, the earlier versions of that file out.
//!
//! Knows nothing of what a version says.

use git2::Oid;

use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::error::{Error, Result};
use crate::path::RepoPath;
use crate::repository::Repository;
use crate::revision::Commit;
use crate::tree::kind_of_mode;

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The commit that brought it.
    pub commit: Commit,
    /// What it brought; none if it removed the file.
    pub entry: Option<Entry>,
}

/// The versions of one path, the newest first; see [`Repository::history`].
pub struct History<'r> {
    repository: &'r Repository,
    path: RepoPath,
    next: Next,
    commits: u64,
}

/// A commit not yet compared with its parent, and what it holds at the path.
enum Next {
    Commit(Oid, Option<Found>),
    Failed(Error),
    End,
}

/// What lies at a path: its kind and id.
type Found = (Kind, Oid);

impl Repository {
    /// The versions that one path had on the line of first parents, from a commit backwards: what
    /// a branch showed, whatever was merged into it. Renames are not followed.
    ///
    /// Where a shallow clone ends the last item is an error, since there may be more versions; the
    /// one before it is what lay there at the end, whichever commit brought it.
    pub fn history(&self, from: &Commit, path: &RepoPath) -> History<'_> {
        let mut history = History {
            repository: self,
            path: path.clone(),
            next: Next::End,
            commits: 0,
        };
        history.next = match history.found(from.id.0) {
            Ok(found) => Next::Commit(from.id.0, found),
            Err(error) => Next::Failed(error),
        };
        history
    }
}

impl Iterator for History<'_> {
    type Item = Result<Version>;

    fn next(&mut self) -> Option<Result<Version>> {
        loop {
            let (id, found) = match std::mem::replace(&mut self.next, Next::End) {
                Next::Commit(id, found) => (id, found),
                Next::Failed(error) => return Some(Err(error)),
                Next::End => return None,
            };
            match self.step(id, found) {
                Ok(Some(version)) => return Some(Ok(version)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl History<'_> {
    /// How many commits were opened so far.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// Moves on to the parent; gives a version if the commit and its parent differ.
    fn step(&mut self, id: Oid, found: Option<Found>) -> Result<Option<Version>> {
        let repository = self.repository;
        self.commits += 1;
        let commit = repository
            .git()?
            .find_commit(id)
            .map_err(Error::git("read a commit"))?;
        let before = match commit.parent_id(0) {
            Ok(parent) => {
                let before = self.found(parent)?;
                self.next = Next::Commit(parent, before);
                before
            }
            Err(_) if is_cut(&commit) => {
                self.next = Next::Failed(Error::Shallow {
                    purpose: "see earlier versions of a file",
                });
                None
            }
            Err(_) => None,
        };
        let version = || Version {
            commit: Commit::of(&commit),
            entry: self.entry(found),
        };
        Ok((found != before).then(version))
    }

    fn found(&self, id: Oid) -> Result<Option<Found>> {
        let git = self.repository.git()?;
        let unreadable = Error::git("read a folder of an earlier commit");
        let lookup = || {
            let mut folder = git.find_commit(id)?.tree_id();
            let mut parts = self.path.as_bytes().split(|byte| *byte == b'/').peekable();
            while let Some(part) = parts.next() {
                let tree = git.find_tree(folder)?;
                let Some(entry) = tree.get_name_bytes(part) else {
                    return Ok(None);
                };
                match (kind_of_mode(entry.filemode().unsigned_abs()), parts.peek()) {
                    (Some(kind), None) => return Ok(Some((kind, entry.id()))),
                    (None, Some(_)) => folder = entry.id(),
                    _ => return Ok(None),
                }
            }
            Ok(None)
        };
        lookup().map_err(unreadable)
    }

    fn entry(&self, found: Option<Found>) -> Option<Entry> {
        let (kind, id) = found?;
        Some(Entry {
            path: self.path.clone(),
            kind,
            place: Place::Object(ObjectId(id)),
        })
    }
}

/// Whether the commit has parents that a shallow clone left out.
pub(crate) fn is_cut(commit: &git2::Commit<'_>) -> bool {
    commit
        .raw_header_bytes()
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"parent "))
}
