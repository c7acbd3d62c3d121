//! One state of the files, as plain data; opening it gives a reader.
//!
//! Knows nothing of how any of the states is read.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::entry::Entry;
use crate::error::Result;
use crate::reader::Reader;
use crate::revision::Commit;
use crate::storage;

/// One state of the files. Threads may share it; each opens a [`Reader`] of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// A commit.
    Commit {
        /// The folder of the repository's data.
        git_dir: Arc<PathBuf>,
        /// The commit.
        commit: Commit,
    },
    /// The index: what the next commit would hold.
    Staged {
        /// The folder of the repository's data.
        git_dir: Arc<PathBuf>,
    },
    /// The work tree: tracked files as they are on disk, and untracked ones that are not ignored.
    /// What a sparse checkout leaves out is taken from the index.
    Worktree {
        /// The folder of the repository's data.
        git_dir: Arc<PathBuf>,
        /// The folder of the files.
        root: Arc<PathBuf>,
    },
    /// A plain folder, whether or not git knows it.
    Folder {
        /// The folder.
        root: Arc<PathBuf>,
    },
}

impl Snapshot {
    /// The state of a plain folder.
    pub fn folder(root: impl Into<PathBuf>) -> Snapshot {
        Snapshot::Folder {
            root: Arc::new(root.into()),
        }
    }

    /// Opens a reader, which takes some tens of microseconds.
    pub fn open(&self) -> Result<Reader> {
        Reader::open(self)
    }
}

impl Snapshot {
    /// Returns the positions of entries in the order in which reading them is cheapest: for what
    /// git holds, that in which it is stored, since alike objects are kept as differences to their
    /// neighbours.
    pub fn reading_order(&self, entries: &[Entry]) -> Vec<usize> {
        match self {
            Snapshot::Commit { git_dir, .. } | Snapshot::Staged { git_dir } => {
                // Of a linked work tree, the objects lie with the repository that it belongs to.
                let common = git2::Repository::open(git_dir.as_path());
                let common = common.map(|git| git.commondir().to_path_buf());
                storage::order(&common.unwrap_or_else(|_| git_dir.to_path_buf()), entries)
            }
            Snapshot::Worktree { .. } | Snapshot::Folder { .. } => (0..entries.len()).collect(),
        }
    }
}

/// The commit id in full, `staged`, `worktree`, or the path of the folder.
impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Snapshot::Commit { commit, .. } => commit.id.fmt(f),
            Snapshot::Staged { .. } => f.write_str("staged"),
            Snapshot::Worktree { .. } => f.write_str("worktree"),
            Snapshot::Folder { root } => root.display().fmt(f),
        }
    }
}
