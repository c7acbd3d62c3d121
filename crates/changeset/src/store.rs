//! The folders of a repository's data in, its objects out: from packs on our own where they are
//! understood, else by libgit2.
//!
//! To open a repository by libgit2 reads its settings and looks for its packs anew. Most readers of
//! commits never need it, since what git has packed is found without.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use git2::{ObjectType, Odb};

use crate::entry::ObjectId;
use crate::error::{Cause, Error, Result};
use crate::pack::{self, Desk, Packs, Position};
use crate::repository::is_genuine;

/// The bytes of a folder.
pub(crate) type Tree = Arc<Vec<u8>>;

/// Bytes of a folder from which on it takes long to unpack, so that it is kept.
const LARGE: usize = 1 << 18;

/// Bytes of folders that are kept.
const MOST_KEPT: usize = 1 << 23;

/// Where a repository keeps its data; threads may share it.
#[derive(Debug)]
pub struct Store {
    git_dir: PathBuf,
    /// The folder that linked work trees share.
    common_dir: PathBuf,
    /// Opened when something is first looked up.
    packs: OnceLock<Packs>,
    /// What threads unpack with, while none of them does.
    desks: Mutex<Vec<Desk>>,
    /// Large folders that were opened last: who compares two of them looks into them afterwards.
    large: Mutex<VecDeque<(ObjectId, Tree)>>,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        self.git_dir == other.git_dir
    }
}

impl Eq for Store {}

impl Store {
    pub(crate) fn new(git_dir: &Path, common_dir: &Path) -> Self {
        Self {
            git_dir: git_dir.to_path_buf(),
            common_dir: common_dir.to_path_buf(),
            packs: OnceLock::new(),
            desks: Mutex::default(),
            large: Mutex::default(),
        }
    }

    pub(crate) fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Reads an object that a pack has.
    fn read(&self, id: ObjectId, kind: pack::Kind, limit: u64) -> Option<Vec<u8>> {
        self.ask(|packs, desk| packs.read(desk, id.as_bytes(), kind, limit))
    }

    fn ask<T>(&self, ask: impl FnOnce(&Packs, &mut Desk) -> Option<T>) -> Option<T> {
        let packs = self.packs.get_or_init(|| Packs::open(&self.common_dir));
        let mut desk = self.desks.lock().ok()?.pop().unwrap_or_default();
        let found = ask(packs, &mut desk);
        self.desks.lock().ok()?.push(desk);
        found
    }

    /// The bytes of a large folder that was opened before.
    fn kept(&self, id: ObjectId) -> Option<Tree> {
        let large = self.large.lock().ok()?;
        let (_, tree) = large.iter().find(|(own, _)| *own == id)?;
        Some(Arc::clone(tree))
    }

    /// Keeps a folder that is large, and lets go of others for it.
    fn keep(&self, id: ObjectId, tree: &Tree) {
        if !(LARGE..=MOST_KEPT).contains(&tree.len()) {
            return;
        }
        let Ok(mut large) = self.large.lock() else {
            return;
        };
        large.push_back((id, Arc::clone(tree)));
        let mut bytes: usize = large.iter().map(|(_, tree)| tree.len()).sum();
        while bytes > MOST_KEPT
            && let Some((_, gone)) = large.pop_front()
        {
            bytes -= gone.len();
        }
    }

    /// The bytes of a commit that a pack has.
    pub(crate) fn commit(&self, id: ObjectId) -> Option<Vec<u8>> {
        let bytes = self.read(id, pack::Kind::Commit, pack::TREE_LIMIT)?;
        is_genuine(id, ObjectType::Commit, &bytes).then_some(bytes)
    }

    /// Opens the repository by libgit2.
    pub(crate) fn open(&self) -> Result<git2::Repository> {
        git2::Repository::open(&self.git_dir).map_err(|source| Error::Open {
            path: self.git_dir.clone(),
            source: Cause(source),
        })
    }
}

/// One thread's handle on the objects of a store.
pub(crate) struct Objects {
    store: Arc<Store>,
    /// Opened where packs do not do.
    git: OnceCell<Option<git2::Repository>>,
}

impl Objects {
    pub(crate) fn new(store: &Arc<Store>) -> Self {
        Self {
            store: Arc::clone(store),
            git: OnceCell::new(),
        }
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The bytes of a folder; none where they are not there.
    pub(crate) fn tree(&self, id: ObjectId) -> Option<Tree> {
        if let Some(kept) = self.store.kept(id) {
            return Some(kept);
        }
        let packed = self.packed(id, pack::Kind::Tree, pack::TREE_LIMIT);
        let opened = Tree::new(packed.or_else(|| tree(self.git()?, id))?);
        self.store.keep(id, &opened);
        Some(opened)
    }

    /// The bytes of a file in a pack, if they are not more than the limit; of all others libgit2
    /// says what is wrong.
    pub(crate) fn packed_blob(&self, id: ObjectId, limit: u64) -> Option<Vec<u8>> {
        self.packed(id, pack::Kind::Blob, limit)
    }

    /// Where an object stands in a pack, if it does.
    pub(crate) fn position(&self, id: ObjectId) -> Option<Position> {
        self.store.ask(|packs, _| packs.position(id.as_bytes()))
    }

    /// How many bytes an object in a pack has, where that is soon told.
    pub(crate) fn packed_size(&self, id: ObjectId) -> Option<u64> {
        self.store
            .ask(|packs, desk| packs.size(desk, id.as_bytes()))
    }

    /// The repository as libgit2 knows it, where it opens.
    pub(crate) fn git(&self) -> Option<&git2::Repository> {
        self.git.get_or_init(|| self.store.open().ok()).as_ref()
    }

    fn packed(&self, id: ObjectId, kind: pack::Kind, limit: u64) -> Option<Vec<u8>> {
        let bytes = self.store.read(id, kind, limit)?;
        let kind = match kind {
            pack::Kind::Tree => ObjectType::Tree,
            _ => ObjectType::Blob,
        };
        is_genuine(id, kind, &bytes).then_some(bytes)
    }
}

/// The bytes of a folder by libgit2.
pub(crate) fn tree(git: &git2::Repository, id: ObjectId) -> Option<Vec<u8>> {
    let objects = git.odb().ok()?;
    header(&objects, id).filter(|(_, kind)| *kind == ObjectType::Tree)?;
    Some(objects.read(id.0).ok()?.data().to_vec())
}

/// The size and the kind of an object.
///
/// In a damaged pack stand kinds that there are not, at which the binding of libgit2 panics: such an
/// object is as good as missing.
pub(crate) fn header(objects: &Odb<'_>, id: ObjectId) -> Option<(u64, ObjectType)> {
    let header = catch_unwind(AssertUnwindSafe(|| objects.read_header(id.0)));
    let (size, kind) = header.ok()?.ok()?;
    Some((size as u64, kind))
}
