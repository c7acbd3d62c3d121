//! A commit in, a register of what its files speak of out, without opening them again.
//!
//! What was found at a root tree is kept. Since ids of trees are hashes of all that lies below, it
//! can never be stale: at another tree, what differs is read, and the rest is as before.

mod index;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{Content, Entry, FileChange, Globs, ObjectId, Reader, RepoPath, Snapshot};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key};
use crate::failure::Failure;
use index::Names;
pub use index::{Register, Registered, name};

/// So many files are read in each run before a register is written anew.
const FEW: usize = if cfg!(test) { 2 } else { 32 };

/// Returns the bytes of an id; ids of other lengths are not registered.
pub fn bytes_of(id: &ObjectId) -> Option<[u8; 20]> {
    id.as_bytes().try_into().ok()
}

/// What a file uses, and what it defines.
#[derive(Debug, Default)]
pub struct Spoken {
    /// Names of contracts.
    pub uses: Vec<String>,
    /// Its own names.
    pub defines: Vec<String>,
}

/// Reads what a file speaks of.
pub type Read<'a> = dyn Fn(&Entry, Content) -> Spoken + Sync + 'a;

/// Tells which files are registered, of those that the globs match.
pub type IsOwn<'a> = dyn Fn(&RepoPath) -> bool + Sync + 'a;

/// What finds registers of one kind, and makes those that are not there yet.
pub struct Registrar<'a> {
    kind: String,
    scope: Key,
    globs: &'a Globs,
    /// Without it, all files are.
    is_own: Option<&'a IsOwn<'a>>,
    cache: Cache,
    /// The greatest size of a file that is read, in bytes.
    limit: u64,
    read: &'a Read<'a>,
}

impl<'a> Registrar<'a> {
    /// Makes a registrar; a folder outside of any repository keeps no registers.
    ///
    /// `scope` is all that what files speak of hangs on, beside their bytes and paths.
    pub fn new(
        kind: impl Into<String>,
        reader: &Reader,
        (globs, limit): (&'a Globs, u64),
        scope: &impl Serialize,
        read: &'a Read<'a>,
    ) -> Option<Self> {
        let kind = kind.into();
        Some(Self {
            limit,
            scope: Key::of(&(&kind, scope))?,
            kind,
            globs,
            is_own: None,
            cache: Cache::of(reader)?,
            read,
        })
    }

    /// Registers some of the files alone. Then a register of no file is not kept: there is no end of
    /// what may be asked for and is not there.
    #[must_use]
    pub fn only(self, is_own: &'a IsOwn<'a>) -> Self {
        let is_own = Some(is_own);
        Self { is_own, ..self }
    }

    /// Returns the register of a commit, and makes it of the newest one where there is none yet.
    ///
    /// With `snapshot` given, a register that is made of nothing is made on all cores.
    pub fn register(
        &self,
        reader: &Reader,
        snapshot: Option<&Snapshot>,
    ) -> Result<Option<Register>, Failure> {
        if self.key(reader).is_none() {
            return Ok(None);
        }
        if let Some(register) = self.kept(reader) {
            return Ok(Some(register));
        }
        let mut entries = reader.list(self.globs)?;
        entries.retain(|entry| self.is_own(&entry.path));
        let files = match snapshot {
            Some(snapshot) => self.on_all_cores(reader, snapshot, &entries)?,
            None => {
                let contents = reader.read_all(&entries, self.limit);
                let read = entries.iter().zip(contents);
                let read = read.map(|(entry, content)| (entry, (self.read)(entry, content)));
                read.filter_map(|(entry, spoken)| registered(entry, spoken))
                    .collect()
            }
        };
        Ok(self.store(reader, &files))
    }

    /// Returns the register of a commit, made of the newest one where need be; none where none is
    /// kept that could be brought up to the commit.
    fn kept(&self, reader: &Reader) -> Option<Register> {
        let near = self.near_by(reader, 0)?;
        Some(near.register)
    }

    /// Returns a register that is the commit's but for few files; none where none is kept that could
    /// be brought up to it.
    ///
    /// To write a register anew takes as long as it is large, and the target of a branch moves all
    /// the time, mostly by a few files.
    pub fn near(&self, reader: &Reader) -> Option<Near> {
        self.near_by(reader, FEW)
    }

    fn near_by(&self, reader: &Reader, few: usize) -> Option<Near> {
        let (_, key) = self.key(reader)?;
        if let Some(register) = self.load(&key) {
            return Some(Near::at(register));
        }
        let noted = self.noted(&key);
        if let Some(near) = noted.filter(|near| near.differing.len() <= few) {
            return Some(near);
        }
        let known = Register::read(self.cache.newest_leaves(&self.kind)?)?;
        if known.scope != self.scope {
            return None;
        }
        let mut changes = reader.changes_since(ObjectId::from_bytes(&known.tree), self.globs)?;
        changes.retain(|change| self.is_own(change.path()));
        if changes.len() > few {
            let files = self.patched(&known, &changes, reader);
            let files = known.is_sound().then_some(files)?;
            return self.store(reader, &files).map(Near::at);
        }
        let differing = changes.iter().map(|change| {
            let now = change.after().and_then(|entry| self.entry(reader, entry));
            (change.path().as_bytes().to_vec(), now)
        });
        let differing: BTreeMap<_, _> = differing.collect();
        let note = Note {
            tree: known.tree,
            differing: differing.clone().into_iter().collect(),
        };
        self.cache.store(&self.notes(), &key, &note);
        Some(Near {
            register: known,
            differing,
        })
    }

    /// Returns what was noted of a commit before, while the register that it speaks of is kept.
    fn noted(&self, key: &Key) -> Option<Near> {
        let noted = self.cache.load(&self.notes(), key)?;
        let note: Note<'_> = noted.value()?;
        let of = Key::of(&(&self.scope, note.tree))?;
        let register = self.load(&of)?;
        let own = |(path, file): (Vec<u8>, Option<Registered<'_>>)| {
            (path, file.map(Registered::into_owned))
        };
        let differing = note.differing.into_iter().map(own).collect();
        Some(Near {
            register,
            differing,
        })
    }

    fn notes(&self) -> String {
        format!("near-{}", self.kind)
    }

    /// Returns the register of a commit, but for few files, and makes it where there is none yet.
    pub fn near_or_made(
        &self,
        reader: &Reader,
        snapshot: &Snapshot,
    ) -> Result<Option<Near>, Failure> {
        match self.near(reader) {
            Some(near) => Ok(Some(near)),
            None => Ok(self.register(reader, Some(snapshot))?.map(Near::at)),
        }
    }

    /// Keeps a register that was made on the way of something else, unless there is one.
    pub fn keep(&self, reader: &Reader, spoken: Vec<(&Entry, Spoken)>) {
        let is_kept = |key| self.load(&key).is_some();
        if self.key(reader).is_none_or(|(_, key)| is_kept(key)) {
            return;
        }
        let files = spoken.into_iter();
        let files = files.filter_map(|(entry, spoken)| registered(entry, spoken));
        self.store(reader, &files.collect::<Vec<_>>());
    }

    fn key(&self, reader: &Reader) -> Option<([u8; 20], Key)> {
        let tree = reader.root_tree().as_ref().and_then(bytes_of)?;
        Some((tree, Key::of(&(&self.scope, tree))?))
    }

    fn load(&self, key: &Key) -> Option<Register> {
        Register::read(self.cache.leaves(&self.kind, key)?)
    }

    fn store(&self, reader: &Reader, files: &[Registered<'_>]) -> Option<Register> {
        let (tree, key) = self.key(reader)?;
        let register = Register::of(self.scope, tree, files)?;
        if self.is_own.is_none() || !files.is_empty() {
            let bytes = register.made()?;
            self.cache.store_leaves(&self.kind, &key, bytes);
        }
        Some(register)
    }

    fn is_own(&self, path: &RepoPath) -> bool {
        self.is_own.is_none_or(|is_own| is_own(path))
    }

    fn on_all_cores(
        &self,
        reader: &Reader,
        snapshot: &Snapshot,
        entries: &[Entry],
    ) -> Result<Vec<Registered<'static>>, Failure> {
        let batches = reader.batches(entries, 0..entries.len(), self.limit);
        let shares = (0..batches.count()).into_par_iter().map(|nth| {
            let reader = snapshot.open()?;
            let mut read = Vec::new();
            batches.read(nth, &reader, |turn| {
                let entry = turn.entry;
                read.extend(registered(entry, (self.read)(entry, turn.content())));
            });
            Ok(read)
        });
        let shares: Result<Vec<Vec<_>>, Failure> = shares.collect();
        let mut files: Vec<_> = shares?.into_iter().flatten().collect();
        files.sort_by(|one: &Registered<'_>, other| one.path.cmp(&other.path));
        Ok(files)
    }

    /// Brings a register up to another tree, which differs from its own by these changes.
    fn patched<'p>(
        &self,
        known: &'p Register,
        changes: &[FileChange],
        reader: &Reader,
    ) -> Vec<Registered<'p>> {
        let touched: BTreeSet<&[u8]> = changes.iter().map(|one| one.path().as_bytes()).collect();
        let mut files: Vec<Registered<'_>> = known.files().collect();
        files.retain(|file| !touched.contains(file.path.as_ref()));
        let after = changes.iter().filter_map(FileChange::after);
        files.extend(after.filter_map(|entry| self.entry(reader, entry)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }

    fn entry(&self, reader: &Reader, entry: &Entry) -> Option<Registered<'static>> {
        registered(entry, (self.read)(entry, reader.read(entry, self.limit)))
    }
}

/// In what a commit differs from the register of another: to find that out anew takes the longer,
/// the farther the two are apart.
#[derive(Serialize, Deserialize)]
struct Note<'p> {
    /// The tree that is registered.
    tree: [u8; 20],
    #[serde(borrow)]
    differing: Vec<(Vec<u8>, Option<Registered<'p>>)>,
}

/// A register, and what a commit has otherwise.
pub struct Near {
    register: Register,
    /// Files by their paths; none for one that is gone, or says nothing.
    differing: BTreeMap<Vec<u8>, Option<Registered<'static>>>,
}

impl Near {
    fn at(register: Register) -> Self {
        Self {
            register,
            differing: BTreeMap::new(),
        }
    }

    /// Shows every file, in no order; none where what is kept is damaged, so that nothing that was
    /// shown counts.
    pub fn files(&self, show: impl FnMut(Registered<'_>)) -> Option<()> {
        self.show(self.register.files(), show)
    }

    /// Shows the files that may use or define one of the names, or a path that ends in one, and
    /// few others, in no order; none where what is kept is damaged, so that nothing that was shown
    /// counts.
    pub fn speaking_of<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        show: impl FnMut(Registered<'_>),
    ) -> Option<()> {
        self.show(self.register.speaking_of(names), show)
    }

    fn show<'p>(
        &self,
        files: impl Iterator<Item = Registered<'p>>,
        mut show: impl FnMut(Registered<'_>),
    ) -> Option<()> {
        let same = files.filter(|file| !self.differing.contains_key(file.path.as_ref()));
        same.for_each(&mut show);
        self.differing.values().flatten().cloned().for_each(show);
        self.register.is_sound().then_some(())
    }
}

fn registered(entry: &Entry, spoken: Spoken) -> Option<Registered<'static>> {
    let (uses, defines) = (Names::of(spoken.uses), Names::of(spoken.defines));
    let id = entry.object().as_ref().and_then(bytes_of)?;
    let speaks = !uses.is_empty() || !defines.is_empty();
    speaks.then(|| Registered {
        path: Cow::Owned(entry.path.as_bytes().to_vec()),
        id,
        uses,
        defines,
    })
}
