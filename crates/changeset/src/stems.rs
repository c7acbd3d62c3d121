//! A snapshot and globs in, what they match out, looked up by what it is called.
//!
//! A folder may hold tens of thousands of files of which a handful is asked for. So the folders of
//! a commit stay as git has them: where each name stands is noted, and an entry is made only of
//! what somebody asks for.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;

use crate::entry::{Entry, ObjectId};
use crate::globs::Globs;
use crate::listing::{Folder, Held, seen_by_level};
use crate::path::RepoPath;
use crate::reader::Reader;
use crate::store::Tree;
use crate::tree::{Item, of_interest};

/// Stands for no note.
const NONE: u32 = u32::MAX;

/// What the globs match, by what it is called up to the first dot of its name.
pub struct Stems {
    globs: Globs,
    named: Named,
    notes: Vec<Note>,
    /// The first note of those whose hashes end alike.
    heads: Vec<u32>,
    hashes: RandomState,
}

/// What bears the names.
enum Named {
    /// Folders, with their paths.
    Trees(Vec<(RepoPath, Tree)>),
    Entries(Vec<Entry>),
}

/// Where a name stands.
struct Note {
    hash: u32,
    /// The number of its folder and where it begins in there, or the number of its entry.
    place: (u32, u32),
    /// The next note whose hash ends alike.
    next: u32,
}

impl Stems {
    /// Notes the names in all folders that a glob can reach; none where a folder is not as git
    /// writes it.
    pub(crate) fn of_trees(reader: &Reader, root: ObjectId, globs: &Globs) -> Option<Self> {
        let hashes = RandomState::default();
        let look = |folder: &Folder, tree: &Tree| noted(folder, tree, globs, &hashes);
        let seen = seen_by_level(reader, root, globs, look)?;
        let (mut trees, mut notes) = (Vec::new(), Vec::new());
        for (folder, (path, tree, own)) in (0..).zip(seen) {
            trees.push((path, tree));
            let own = own.into_iter();
            notes.extend(own.map(|(hash, at)| Note::new(hash, (folder, at))));
        }
        let named = Named::Trees(trees);
        Some(Self::new(globs.clone(), named, notes, hashes))
    }

    pub(crate) fn of_entries(entries: Vec<Entry>, globs: Globs) -> Self {
        let hashes = RandomState::default();
        let noted = (0..).zip(&entries).map(|(nth, entry)| {
            let hash = hash_of(&hashes, stem(entry.path.file_name()));
            Note::new(hash, (nth, 0))
        });
        let notes = noted.collect();
        Self::new(globs, Named::Entries(entries), notes, hashes)
    }

    fn new(globs: Globs, named: Named, mut notes: Vec<Note>, hashes: RandomState) -> Self {
        let mut heads = vec![NONE; notes.len().next_power_of_two()];
        // The last first, so that each list is in order.
        for (nth, note) in notes.iter_mut().enumerate().rev() {
            let slot = note.hash as usize & (heads.len() - 1);
            if let (Some(head), Ok(nth)) = (heads.get_mut(slot), u32::try_from(nth)) {
                note.next = std::mem::replace(head, nth);
            }
        }
        Self {
            globs,
            named,
            notes,
            heads,
            hashes,
        }
    }

    /// Everything that is called so up to its first dot, sorted by path.
    pub fn called(&self, word: &[u8]) -> Vec<Entry> {
        let hash = hash_of(&self.hashes, word);
        let mut next = self.heads.get(hash as usize & (self.heads.len() - 1));
        let mut found = Vec::new();
        while let Some(note) = next.and_then(|nth| self.notes.get(*nth as usize)) {
            if note.hash == hash {
                found.extend(self.entry(note.place, word));
            }
            next = Some(&note.next);
        }
        found.sort_by(|one: &Entry, other| one.path.cmp(&other.path));
        found
    }

    /// What stands at a place, if it is called so.
    fn entry(&self, (first, at): (u32, u32), word: &[u8]) -> Option<Entry> {
        match &self.named {
            Named::Trees(trees) => {
                let (folder, tree) = trees.get(first as usize)?;
                let item = Item::next(&mut tree.get(at as usize..)?)?;
                let kind = item.kind.filter(|_| file_stem(item.name) == word)?;
                item.of_interest(folder, kind, &self.globs)
            }
            Named::Entries(entries) => {
                let entry = entries.get(first as usize)?;
                let is_meant = stem(entry.path.file_name()) == word;
                let is_meant = is_meant && of_interest(&self.globs, &entry.path, entry.kind);
                is_meant.then(|| entry.clone())
            }
        }
    }
}

impl Note {
    fn new(hash: u32, place: (u32, u32)) -> Self {
        let next = NONE;
        Self { hash, place, next }
    }
}

/// The path of a folder, its bytes, and where in them names of such hashes begin.
type Noted = (RepoPath, Tree, Vec<(u32, u32)>);

/// Notes the names in a folder.
fn noted(folder: &Folder, tree: &Tree, globs: &Globs, hashes: &RandomState) -> Option<Held<Noted>> {
    let (mut folders, mut notes) = (Vec::new(), Vec::new());
    let mut bytes = tree.as_slice();
    while !bytes.is_empty() {
        let at = u32::try_from(tree.len() - bytes.len()).ok()?;
        let item = Item::next(&mut bytes)?;
        match item.kind {
            None => folders.extend(folder.within(&item, globs)),
            Some(_) => notes.push((hash_of(hashes, file_stem(item.name)), at)),
        }
    }
    let own = (folder.path.clone(), Tree::clone(tree), notes);
    Some(Held { folders, own })
}

fn hash_of(hashes: &RandomState, word: &[u8]) -> u32 {
    // The lower half is as good as the whole.
    hashes.hash_one(word) as u32
}

/// The last part of a name, which in a tree that git did not write may hold slashes.
fn file_stem(name: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b'/', name).map_or(0, |slash| slash + 1);
    stem(name.get(start..).unwrap_or_default())
}

/// A name up to its first dot.
fn stem(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|byte| *byte == b'.');
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}
