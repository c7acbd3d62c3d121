//! A commit in, a register of what its files speak of out, without opening them again.
//!
//! What was found at a root tree is kept. Since ids of trees are hashes of all that lies below, it
//! can never be stale: at another tree, what differs is read, and the rest is as before.

mod index;

use std::borrow::Cow;
use std::collections::BTreeSet;

use meshlaw_changeset::{Content, Entry, FileChange, Globs, ObjectId, Reader, Snapshot};
use rayon::prelude::*;
use serde::Serialize;

use crate::cache::{Cache, Key, Page};
use crate::failure::Failure;
use index::Names;
pub use index::{Register, Registered, name};

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

/// What finds registers of one kind, and makes those that are not there yet.
pub struct Registrar<'a> {
    kind: &'static str,
    scope: Key,
    globs: &'a Globs,
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
        kind: &'static str,
        reader: &Reader,
        (globs, limit): (&'a Globs, u64),
        scope: &impl Serialize,
        read: &'a Read<'a>,
    ) -> Option<Self> {
        Some(Self {
            kind,
            limit,
            scope: Key::of(&(kind, scope))?,
            globs,
            cache: Cache::of(reader)?,
            read,
        })
    }

    /// Returns the register of a commit, and makes it of the newest one where there is none yet.
    ///
    /// With `snapshot` given, a register that is made of nothing is made on all cores.
    pub fn register(
        &self,
        reader: &Reader,
        snapshot: Option<&Snapshot>,
    ) -> Result<Option<Page>, Failure> {
        let Some(tree) = reader.root_tree().as_ref().and_then(bytes_of) else {
            return Ok(None);
        };
        let Some(key) = Key::of(&(&self.scope, tree)) else {
            return Ok(None);
        };
        if let Some(page) = self.cache.load(self.kind, &key) {
            return Ok(Some(page));
        }
        let newest = self.cache.newest(self.kind);
        let newest = newest.as_ref().and_then(Page::value::<Register<'_>>);
        let patched = newest
            .as_ref()
            .filter(|known| known.scope == self.scope)
            .and_then(|known| self.patched(known, reader));
        let files = match (patched, snapshot) {
            (Some(files), _) => files,
            (None, Some(snapshot)) => self.on_all_cores(reader, snapshot)?,
            (None, None) => {
                let entries = reader.list(self.globs)?;
                let contents = reader.read_all(&entries, self.limit);
                let read = entries.iter().zip(contents);
                let read = read.map(|(entry, content)| (entry, (self.read)(entry, content)));
                read.filter_map(|(entry, spoken)| registered(entry, spoken))
                    .collect()
            }
        };
        let register = Register::of(self.scope, tree, &files);
        self.cache.store(self.kind, &key, &register);
        Ok(self.cache.load(self.kind, &key))
    }

    /// Keeps a register that was made on the way of something else, unless there is one.
    pub fn keep(&self, reader: &Reader, spoken: Vec<(&Entry, Spoken)>) {
        let tree = reader.root_tree().as_ref().and_then(bytes_of);
        let key = tree.and_then(|tree| Key::of(&(&self.scope, tree)));
        let Some((tree, key)) = tree.zip(key) else {
            return;
        };
        if self.cache.load(self.kind, &key).is_none() {
            let files = spoken.into_iter();
            let files = files.filter_map(|(entry, spoken)| registered(entry, spoken));
            let files: Vec<_> = files.collect();
            let register = Register::of(self.scope, tree, &files);
            self.cache.store(self.kind, &key, &register);
        }
    }

    fn on_all_cores(
        &self,
        reader: &Reader,
        snapshot: &Snapshot,
    ) -> Result<Vec<Registered<'static>>, Failure> {
        let entries = reader.list(self.globs)?;
        let batches = reader.batches(&entries, 0..entries.len(), self.limit);
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

    /// Brings a register up to another tree; none where the repository lacks the old one.
    fn patched<'p>(&self, known: &'p Register<'_>, reader: &Reader) -> Option<Vec<Registered<'p>>> {
        let changes = reader.changes_since(ObjectId::from_bytes(&known.tree), self.globs)?;
        let touched: BTreeSet<&[u8]> = changes.iter().map(|one| one.path().as_bytes()).collect();
        let mut files: Vec<Registered<'_>> = known.files().collect();
        files.retain(|file| !touched.contains(file.path.as_ref()));
        let after = changes.iter().filter_map(FileChange::after);
        files.extend(after.filter_map(|entry| self.entry(reader, entry)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Some(files)
    }

    fn entry(&self, reader: &Reader, entry: &Entry) -> Option<Registered<'static>> {
        registered(entry, (self.read)(entry, reader.read(entry, self.limit)))
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
