//! One state of the files, as plain data; opening it gives a reader.
//!
//! Knows nothing of how any of the states is read.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result;
use crate::reader::Reader;
use crate::revision::Commit;
use crate::store::Store;

/// One state of the files. Threads may share it; each opens a [`Reader`] of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// A commit.
    Commit {
        /// Where the repository keeps its data.
        store: Arc<Store>,
        /// The commit.
        commit: Commit,
    },
    /// The index: what the next commit would hold.
    Staged {
        /// Where the repository keeps its data.
        store: Arc<Store>,
    },
    /// The work tree: tracked files as they are on disk, and untracked ones that are not ignored.
    /// What a sparse checkout leaves out is taken from the index.
    Worktree {
        /// Where the repository keeps its data.
        store: Arc<Store>,
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
