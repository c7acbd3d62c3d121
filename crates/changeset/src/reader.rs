//! A snapshot in, its entries and their contents out.
//!
//! Knows nothing of differences between two snapshots.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::ObjectType;

use crate::batches::Batches;
use crate::both::both;
use crate::changes::{FileChange, Sides};
use crate::content::{Content, Unreadable};
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::error::Result;
use crate::globs::Globs;
use crate::pack::{self, Groves, Position};
use crate::path::RepoPath;
use crate::snapshot::Snapshot;
use crate::stems::Stems;
use crate::store::{self, Objects, Tree, header};
use crate::tree::{self, Source, Trees};
use crate::walk::Folder;
use crate::{disk, folder, index, listing};

/// So few objects are not looked for together.
const FEW: usize = 32;

/// So many contents are worth another thread.
const MANY: usize = 256;

/// So many paths are worth another thread.
const MANY_PATHS: usize = 8192;

/// An open handle on a [`Snapshot`], for one thread: it may move to another, not be shared.
///
/// Entries whose bytes are objects can be read through any reader of the same repository, and
/// those on disk through any reader at all.
pub struct Reader {
    files: Files,
    trees: Cell<u64>,
    blobs: Cell<u64>,
    together: Cell<u64>,
    /// What was listed ahead, and by which globs.
    ahead: RefCell<Option<(Globs, Vec<Entry>)>>,
    /// What was compared ahead: with which root tree, by which globs.
    compared: RefCell<Option<(ObjectId, Globs, Vec<Sides>)>>,
}

/// How many things a reader has opened so far: what its work cost, apart from any clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Listings of folders in the object database.
    pub trees: u64,
    /// Contents of files, from the object database or from disk.
    pub blobs: u64,
    /// Those of either that were unpacked together with others.
    pub together: u64,
}

enum Files {
    Commit {
        objects: Objects,
        root: ObjectId,
    },
    Staged {
        git: git2::Repository,
    },
    Worktree {
        git: git2::Repository,
        root: PathBuf,
    },
    Folder {
        root: PathBuf,
    },
}

impl Reader {
    pub(crate) fn open(snapshot: &Snapshot) -> Result<Reader> {
        let files = match snapshot {
            Snapshot::Commit { store, commit } => Files::Commit {
                objects: Objects::new(store),
                root: commit.tree,
            },
            Snapshot::Staged { store } => Files::Staged { git: store.open()? },
            Snapshot::Worktree { store, root } => Files::Worktree {
                git: store.open()?,
                root: root.to_path_buf(),
            },
            Snapshot::Folder { root } => Files::Folder {
                root: root.to_path_buf(),
            },
        };
        Ok(Reader::of(files))
    }

    fn of(files: Files) -> Reader {
        Reader {
            files,
            trees: Cell::new(0),
            blobs: Cell::new(0),
            together: Cell::new(0),
            ahead: RefCell::new(None),
            compared: RefCell::new(None),
        }
    }

    /// A reader of the same for another thread, where one costs nothing.
    fn twin(&self) -> Option<Reader> {
        let files = match &self.files {
            Files::Commit { objects, root } => Files::Commit {
                objects: Objects::new(objects.store()),
                root: *root,
            },
            Files::Folder { root } => Files::Folder { root: root.clone() },
            Files::Staged { .. } | Files::Worktree { .. } => return None,
        };
        Some(Reader::of(files))
    }

    /// Lists what some globs match, and with it what several later listings will ask for by
    /// others, so that folders are walked once.
    pub fn list_along(&self, globs: &Globs, later: Globs) -> Result<Vec<Entry>> {
        let mut own = self.list(&globs.and(&later)?)?;
        let of = |entry: &Entry| {
            let is_of = |globs| tree::of_interest(globs, &entry.path, entry.kind);
            (is_of(globs), is_of(&later))
        };
        let sorts = |entries: &[Entry]| entries.iter().map(of).collect::<Vec<_>>();
        let sorts = if own.len() < MANY_PATHS {
            sorts(&own)
        } else {
            let (first, last) = own.split_at(own.len() / 2);
            let (last, mut all) = both(|| sorts(last), || sorts(first));
            all.extend(last);
            all
        };
        let mut others = Vec::new();
        let mut sorts = sorts.into_iter();
        own.retain(|entry| {
            let (is_own, is_other) = sorts.next().unwrap_or((true, false));
            others.extend(is_other.then(|| entry.clone()));
            is_own
        });
        self.ahead.replace(Some((later, others)));
        Ok(own)
    }

    /// Everything that the globs match, sorted by path.
    ///
    /// A submodule counts as a match wherever a file below it could be one. Untracked files that
    /// are ignored are left out, and so are folders named `.git`.
    pub fn list(&self, globs: &Globs) -> Result<Vec<Entry>> {
        if let Some((all, entries)) = &*self.ahead.borrow()
            && globs.are_among(all)
        {
            let own = |entry: &&Entry| tree::of_interest(globs, &entry.path, entry.kind);
            return Ok(entries.iter().filter(own).cloned().collect());
        }
        match &self.files {
            Files::Commit { objects, root } => match listing::by_level(self, *root, globs) {
                Some(entries) => Ok(entries),
                None => tree::list(self.trees_of(objects, *root), globs),
            },
            Files::Staged { git } => index::staged(git, globs),
            Files::Worktree { git, root } => index::worktree(git, root, globs),
            Files::Folder { root } => folder::list(root, globs),
        }
    }

    /// Looks up what the globs match by what it is called, for who asks for few of many.
    pub fn stems(&self, globs: Globs) -> Result<Stems> {
        if let Files::Commit { root, .. } = &self.files
            && let Some(stems) = Stems::of_trees(self, *root, &globs)
        {
            return Ok(stems);
        }
        Ok(Stems::of_entries(self.list(&globs)?, globs))
    }

    /// What lies at one path, if anything but a folder does.
    pub fn find(&self, path: &RepoPath) -> Result<Option<Entry>> {
        // Where a system takes names for others that are written alike, only a listing tells them
        // apart.
        if let (Files::Folder { root }, true) = (&self.files, cfg!(target_os = "linux")) {
            return Ok(folder::find(root, path));
        }
        if let Some(found) = self.trees().and_then(|trees| tree::find(trees, path)) {
            return Ok(found);
        }
        let entries = self.list(&Globs::exactly(path))?;
        Ok(entries.into_iter().find(|entry| entry.path == *path))
    }

    /// The names of the folders in a folder, of a commit or of a plain folder; none where it is not
    /// there, or a tree on the way is not as git writes it.
    pub fn folders(&self, path: &RepoPath) -> Vec<RepoPath> {
        match &self.files {
            Files::Commit { objects, root } => {
                let trees = self.trees_of(objects, *root);
                tree::folders(trees, path).unwrap_or_default()
            }
            Files::Folder { root } => folder::folders(root, path),
            Files::Staged { .. } | Files::Worktree { .. } => Vec::new(),
        }
    }

    /// The text of an entry, or why there is none; `limit` is the greatest size in bytes.
    pub fn read(&self, entry: &Entry, limit: u64) -> Content {
        match self.bytes(entry, limit, None) {
            Ok((bytes, _)) => Content::from_bytes(bytes),
            Err(reason) => Content::Unreadable(reason),
        }
    }

    /// The same with what tells the bytes that were read from any others, as
    /// [`Entry::stamp`] has it; none for those of a file that changed after `settled`.
    pub fn read_stamped(
        &self,
        entry: &Entry,
        limit: u64,
        settled: u64,
    ) -> (Content, Option<Vec<u8>>) {
        match self.bytes(entry, limit, Some(settled)) {
            Ok((bytes, stamp)) => (Content::from_bytes(bytes), stamp),
            Err(reason) => (Content::Unreadable(reason), None),
        }
    }

    /// Where git has packed an entry, if it has.
    pub fn position(&self, entry: &Entry) -> Option<Position> {
        match (&self.files, &entry.place) {
            (Files::Commit { objects, .. }, Place::Object(id)) => objects.position(*id),
            _ => None,
        }
    }

    /// How many bytes an entry has, without a look at them; none where that is not known.
    pub fn size(&self, entry: &Entry) -> Option<u64> {
        let Place::Object(id) = entry.place else {
            return disk::size(&entry.on_disk()?);
        };
        if let Files::Commit { objects, .. } = &self.files
            && let Some(size) = objects.packed_size(id)
        {
            return Some(size);
        }
        let objects = self.git()?.odb().ok()?;
        header(&objects, id).map(|(size, _)| size)
    }

    /// The contents of entries, each at the position of its entry.
    ///
    /// What git holds is read together, which takes a small part of the time that reading one after
    /// the other does; what is much, on two cores.
    pub fn read_all(&self, entries: &[Entry], limit: u64) -> Vec<Content> {
        let batches = self.batches(entries, 0..entries.len(), limit);
        let next = AtomicUsize::new(0);
        let share = |reader: &Reader| {
            let mut contents: Vec<(usize, Content)> = Vec::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= batches.count() {
                    return contents;
                }
                batches.read(nth, reader, |turn| {
                    contents.push((turn.position, turn.content()));
                });
            }
        };
        let twin = self.twin().filter(|_| entries.len() >= MANY);
        let mut contents = match twin {
            None => share(self),
            Some(twin) => {
                let theirs = move || (share(&twin), twin.stats());
                let ((others, opened), mut contents) = both(theirs, || share(self));
                contents.extend(others);
                self.add(opened);
                contents
            }
        };
        contents.sort_unstable_by_key(|(position, _)| *position);
        contents.into_iter().map(|(_, content)| content).collect()
    }

    /// Deals out the entries at these positions, for several threads to read.
    pub fn batches<'e>(
        &self,
        entries: &'e [Entry],
        positions: impl IntoIterator<Item = usize>,
        limit: u64,
    ) -> Batches<'e> {
        Batches::new(self, entries, positions, limit)
    }

    /// What this reader has opened so far.
    pub fn stats(&self) -> Stats {
        Stats {
            trees: self.trees.get(),
            blobs: self.blobs.get(),
            together: self.together.get(),
        }
    }

    fn add(&self, others: Stats) {
        self.trees.set(self.trees.get() + others.trees);
        self.blobs.set(self.blobs.get() + others.blobs);
        self.together.set(self.together.get() + others.together);
    }

    /// The id of the root tree, if the snapshot is a commit.
    pub fn root_tree(&self) -> Option<ObjectId> {
        match &self.files {
            Files::Commit { root, .. } => Some(*root),
            Files::Staged { .. } | Files::Worktree { .. } | Files::Folder { .. } => None,
        }
    }

    /// The folder of the repository's data that its linked work trees share; of a plain folder,
    /// that of the repository around it.
    pub fn common_dir(&self) -> Option<PathBuf> {
        if let Files::Folder { root } = &self.files {
            let around = git2::Repository::discover(root).ok()?;
            return Some(around.commondir().to_path_buf());
        }
        self.common().map(Path::to_path_buf)
    }

    /// The root of a plain folder, to be walked by threads side by side; none for anything else.
    pub fn folder(&self) -> Option<Folder> {
        match &self.files {
            Files::Folder { root } => Some(Folder::root(root)),
            Files::Commit { .. } | Files::Staged { .. } | Files::Worktree { .. } => None,
        }
    }

    /// What differs from an earlier root tree, as it was and as it is; none where either is not
    /// there whole, or the snapshot is not a commit.
    pub fn changes_since(&self, tree: ObjectId, globs: &Globs) -> Option<Vec<FileChange>> {
        let after = self.trees()?;
        let before = Trees {
            root: tree,
            ..after
        };
        let sides = tree::compare(before, after, globs).ok()?;
        Some(sides.into_iter().filter_map(Sides::change).collect())
    }

    /// The root tree, if the snapshot is a commit.
    pub(crate) fn trees(&self) -> Option<Trees<'_>> {
        match &self.files {
            Files::Commit { objects, root } => Some(self.trees_of(objects, *root)),
            Files::Staged { .. } | Files::Worktree { .. } | Files::Folder { .. } => None,
        }
    }

    /// The id that the bytes of an entry have or would have in git; none if they cannot be read.
    pub(crate) fn blob_id(&self, entry: &Entry) -> Option<ObjectId> {
        match &entry.place {
            Place::Object(id) => Some(*id),
            Place::Disk(_) => {
                self.blobs.set(self.blobs.get() + 1);
                disk::blob_id(&entry.on_disk()?, entry.kind)
            }
        }
    }

    fn bytes(
        &self,
        entry: &Entry,
        limit: u64,
        settled: Option<u64>,
    ) -> std::result::Result<disk::Bytes, Unreadable> {
        match entry.kind {
            Kind::File => {}
            Kind::Symlink => return Err(Unreadable::Symlink),
            Kind::Submodule => return Err(Unreadable::Submodule),
            Kind::Conflict => return Err(Unreadable::Conflict),
            Kind::Special => return Err(Unreadable::Special),
        }
        self.blobs.set(self.blobs.get() + 1);
        match &entry.place {
            Place::Disk(_) => {
                let place = entry.on_disk().ok_or(Unreadable::Special)?;
                disk::read(&place, limit, settled)
            }
            Place::Object(id) => {
                let bytes = self.object(*id, limit)?;
                Ok((bytes, settled.map(|_| id.as_bytes().to_vec())))
            }
        }
    }

    /// The size is asked for first, so that a huge object is never unpacked into memory.
    fn object(&self, id: ObjectId, limit: u64) -> std::result::Result<Vec<u8>, Unreadable> {
        if let Files::Commit { objects, .. } = &self.files
            && let Some(bytes) = objects.packed_blob(id, limit)
        {
            return Ok(bytes);
        }
        let missing = |_| Unreadable::Missing { id };
        let git = self.git().ok_or(Unreadable::Missing { id })?;
        let objects = git.odb().map_err(missing)?;
        let header = header(&objects, id);
        let (size, _) = header
            .filter(|(_, kind)| *kind == ObjectType::Blob)
            .ok_or(Unreadable::Missing { id })?;
        if size > limit {
            return Err(Unreadable::TooLarge { size, limit });
        }
        Ok(objects.read(id.0).map_err(missing)?.data().to_vec())
    }

    /// Finds in packs what there is of these objects; each comes with a position.
    pub(crate) fn groves(&self, kind: pack::Kind, wanted: Vec<(ObjectId, usize)>) -> Groves {
        // So few are found as soon one by one.
        match self.common().filter(|_| wanted.len() >= FEW) {
            Some(common) => Groves::find(common, kind, wanted),
            None => Groves::none(wanted),
        }
    }

    /// The bytes of a folder that is read alone; none where they are not there.
    pub(crate) fn tree(&self, id: ObjectId) -> Option<Tree> {
        match &self.files {
            Files::Commit { objects, .. } => objects.tree(id),
            _ => store::tree(self.git()?, id).map(Tree::new),
        }
    }

    /// Keeps what differs from an earlier root tree, for comparisons to come.
    pub(crate) fn keep_compared(&self, before: ObjectId, globs: Globs, sides: Vec<Sides>) {
        self.compared.replace(Some((before, globs, sides)));
    }

    /// What differs from an earlier root tree, where that was compared ahead.
    pub(crate) fn compared(&self, before: ObjectId, globs: &Globs) -> Option<Vec<Sides>> {
        let compared = self.compared.borrow();
        let (known, all, sides) = compared.as_ref()?;
        (*known == before && globs.are_among(all)).then(|| {
            let own = sides.iter().map(|sides| sides.of_interest(globs));
            own.filter(|sides| sides.path().is_some()).collect()
        })
    }

    /// Counts a file that was unpacked with others.
    pub(crate) fn count_blob(&self) {
        self.blobs.set(self.blobs.get() + 1);
        self.together.set(self.together.get() + 1);
    }

    /// Counts a folder, and whether it was unpacked with others.
    pub(crate) fn count_tree(&self, is_together: bool) {
        self.trees.set(self.trees.get() + 1);
        self.together
            .set(self.together.get() + u64::from(is_together));
    }

    fn git(&self) -> Option<&git2::Repository> {
        match &self.files {
            Files::Commit { objects, .. } => objects.git(),
            Files::Staged { git } | Files::Worktree { git, .. } => Some(git),
            Files::Folder { .. } => None,
        }
    }

    /// The folder of the data of the repository itself, apart from any around a plain folder.
    fn common(&self) -> Option<&Path> {
        match &self.files {
            Files::Commit { objects, .. } => Some(objects.store().common_dir()),
            Files::Staged { git } | Files::Worktree { git, .. } => Some(git.commondir()),
            Files::Folder { .. } => None,
        }
    }

    fn trees_of<'a>(&'a self, objects: &'a Objects, root: ObjectId) -> Trees<'a> {
        Trees {
            source: Source::Objects(objects),
            root,
            opened: &self.trees,
        }
    }
}
