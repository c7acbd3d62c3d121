//! A commit and globs in, the commits before it that touched a file of interest out.
//!
//! Knows nothing of what a file says.

use std::cell::Cell;

use git2::Oid;

use crate::changes::{FileChange, Sides};
use crate::entry::ObjectId;
use crate::error::{Error, Result};
use crate::globs::Globs;
use crate::history::is_cut;
use crate::repository::Repository;
use crate::revision::Commit;
use crate::tree::{self, Source, Trees};

/// A commit, and what it did to files of interest; renames are a removal and an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// The commit.
    pub commit: Commit,
    /// The files, sorted by path; never none.
    pub changes: Vec<FileChange>,
}

/// The footprints on the line of first parents, the newest first; see [`Repository::trail`].
pub struct Trail<'r> {
    repository: &'r Repository,
    globs: Globs,
    /// The folders below which all that matches lies; empty if that is the root.
    prefixes: Vec<Vec<u8>>,
    next: Next,
    commits: u64,
    opened: Cell<u64>,
}

/// A commit not yet compared with its parent, and what lies at the prefixes.
enum Next {
    Commit(Oid, Roots),
    Failed(Error),
    End,
}

/// The ids of what the globs can reach: where they are equal, nothing of interest differs.
type Roots = Vec<Option<Oid>>;

impl Repository {
    /// What was done to files of interest on the line of first parents, from a commit backwards to
    /// the first: what a branch showed, whatever was merged into it.
    ///
    /// Where a shallow clone ends the last item is an error, since there may be more; the one
    /// before it adds what lay there at the end, whichever commit brought it.
    pub fn trail(&self, from: &Commit, globs: &Globs) -> Trail<'_> {
        let mut trail = Trail {
            repository: self,
            globs: globs.clone(),
            prefixes: globs.literal_prefixes(),
            next: Next::End,
            commits: 0,
            opened: Cell::new(0),
        };
        trail.next = match trail.roots(from.tree.0) {
            Ok(roots) => Next::Commit(from.id.0, roots),
            Err(error) => Next::Failed(error),
        };
        trail
    }
}

impl Iterator for Trail<'_> {
    type Item = Result<Footprint>;

    fn next(&mut self) -> Option<Result<Footprint>> {
        loop {
            let (id, roots) = match std::mem::replace(&mut self.next, Next::End) {
                Next::Commit(id, roots) => (id, roots),
                Next::Failed(error) => return Some(Err(error)),
                Next::End => return None,
            };
            match self.step(id, &roots) {
                Ok(Some(footprint)) => return Some(Ok(footprint)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Trail<'_> {
    /// How many commits were opened so far.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// Moves on to the parent; gives what the commit did, if it did anything of interest.
    fn step(&mut self, id: Oid, roots: &Roots) -> Result<Option<Footprint>> {
        self.commits += 1;
        let git = self.repository.git()?;
        let commit = git.find_commit(id).map_err(Error::git("read a commit"))?;
        let parent = match commit.parent(0) {
            Ok(parent) => {
                let before = self.roots(parent.tree_id())?;
                let is_same = before == *roots;
                self.next = Next::Commit(parent.id(), before);
                if is_same {
                    return Ok(None);
                }
                Some(parent.tree_id())
            }
            Err(_) if is_cut(&commit) => {
                self.next = Next::Failed(Error::Shallow {
                    purpose: "see what earlier commits did",
                });
                None
            }
            Err(_) => None,
        };
        let changes = self.changes(parent, commit.tree_id())?;
        if changes.is_empty() {
            return Ok(None);
        }
        let commit = Commit::of(&commit);
        Ok(Some(Footprint { commit, changes }))
    }

    fn changes(&self, before: Option<Oid>, after: Oid) -> Result<Vec<FileChange>> {
        let git = self.repository.git()?;
        let trees = |root| Trees {
            source: Source::Git(git),
            root: ObjectId(root),
            opened: &self.opened,
        };
        let sides = match before {
            Some(before) => tree::compare(trees(before), trees(after), &self.globs)?,
            None => {
                let added = tree::list(trees(after), &self.globs)?.into_iter();
                let added = added.map(|entry| Sides {
                    before: None,
                    after: Some(entry),
                });
                added.collect()
            }
        };
        Ok(sides.into_iter().filter_map(Sides::change).collect())
    }

    fn roots(&self, tree: Oid) -> Result<Roots> {
        if self.prefixes.is_empty() {
            return Ok(vec![Some(tree)]);
        }
        let tree = self.repository.git()?.find_tree(tree);
        let tree = tree.map_err(Error::git("read a folder of an earlier commit"))?;
        let below = |prefix: &Vec<u8>| {
            let first = prefix.split(|byte| *byte == b'/').next()?;
            tree.get_name_bytes(first).map(|entry| entry.id())
        };
        Ok(self.prefixes.iter().map(below).collect())
    }
}
