//! A path on disk in, an open git repository out, and from it the states of its files.
//!
//! Knows nothing of listings and contents. Everything is read from the repository itself, never
//! from `GIT_DIR` and the like.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use git2::{ErrorCode, ObjectType, Oid};

use crate::entry::ObjectId;
use crate::error::{Cause, Error, Result};
use crate::plain::Plain;
use crate::revision::Commit;
use crate::snapshot::Snapshot;
use crate::store::Store;

/// An open git repository: bare or not, a linked work tree or a submodule's checkout.
pub struct Repository {
    /// Opened when something is asked that a look at few files does not tell.
    git: OnceCell<git2::Repository>,
    /// Where the repository is a usual clone, what tells the most of it.
    pub(crate) plain: Option<Plain>,
    pub(crate) store: Arc<Store>,
}

impl Repository {
    /// Opens the repository that holds the path.
    pub fn discover(path: impl AsRef<Path>) -> Result<Repository> {
        let path = path.as_ref();
        if let Some(plain) = Plain::at(path) {
            return Ok(Repository {
                git: OnceCell::new(),
                store: Arc::new(Store::new(&plain.git_dir, &plain.git_dir)),
                plain: Some(plain),
            });
        }
        let git = git2::Repository::discover(path).map_err(|source| not_opened(path, source))?;
        let store = Arc::new(Store::new(git.path(), git.commondir()));
        Ok(Repository {
            git: OnceCell::from(git),
            plain: None,
            store,
        })
    }

    /// The repository as libgit2 knows it.
    pub(crate) fn git(&self) -> Result<&git2::Repository> {
        match self.git.get() {
            Some(git) => Ok(git),
            None => {
                let git = self.store.open()?;
                Ok(self.git.get_or_init(|| git))
            }
        }
    }

    /// The folder of the work tree; none in a bare repository.
    pub fn root(&self) -> Option<&Path> {
        self.git().ok()?.workdir()
    }

    /// Whether the history was cut off when the repository was cloned.
    pub fn is_shallow(&self) -> bool {
        // A usual clone is not.
        self.plain.is_none() && self.git().is_ok_and(git2::Repository::is_shallow)
    }

    /// The state of the files in a commit.
    pub fn at(&self, commit: Commit) -> Snapshot {
        Snapshot::Commit {
            store: Arc::clone(&self.store),
            commit,
        }
    }

    /// The state of the files in the index.
    pub fn staged(&self) -> Result<Snapshot> {
        self.root().ok_or(Error::Bare { wanted: "index" })?;
        Ok(Snapshot::Staged {
            store: Arc::clone(&self.store),
        })
    }

    /// The state of the files in the work tree.
    pub fn worktree(&self) -> Result<Snapshot> {
        let root = self
            .root()
            .ok_or(Error::Bare {
                wanted: "work tree",
            })?
            .to_path_buf();
        Ok(Snapshot::Worktree {
            store: Arc::clone(&self.store),
            root: Arc::new(root),
        })
    }
}

/// Stops checking, for the whole process, that objects read from disk hash to their ids.
///
/// Reading is then 1.5 to 2.5 times as fast. Git checks objects when they arrive, so what is lost
/// is only the notice of a disk that rots. A library must not decide this; an application may,
/// once, before it opens a repository.
pub fn fast_reads() {
    git2::opts::strict_hash_verification(false);
    IS_FAST.store(true, Ordering::Relaxed);
}

/// Whether objects are taken to be what their ids say; libgit2 does not tell what it was told.
static IS_FAST: AtomicBool = AtomicBool::new(false);

/// Whether these are the bytes of the object, as far as anybody wants to know.
pub(crate) fn is_genuine(id: ObjectId, kind: ObjectType, bytes: &[u8]) -> bool {
    IS_FAST.load(Ordering::Relaxed) || Oid::hash_object(kind, bytes).is_ok_and(|one| one == id.0)
}

fn not_opened(path: &Path, source: git2::Error) -> Error {
    let path = path.to_path_buf();
    match source.code() {
        ErrorCode::NotFound => Error::NotARepository { path },
        ErrorCode::Owner => Error::OwnedByOther { path },
        _ => Error::Open {
            path,
            source: Cause(source),
        },
    }
}
