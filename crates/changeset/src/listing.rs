//! A root tree in, every entry of interest below it out, read level by level.
//!
//! Alike trees are kept as differences to one another, so that all of one level are read together.
//! Knows no errors: whatever is not as it should be is left to the walk of [`crate::tree`], which
//! has the words for it.

use std::sync::atomic::{AtomicUsize, Ordering};

use git2::ObjectType;

use crate::both::both;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::globs::Globs;
use crate::pack::{self, Grove, Groves, Walk};
use crate::path::RepoPath;
use crate::reader::Reader;
use crate::repository::is_genuine;
use crate::store::Tree;
use crate::tree::{Item, MAX_DEPTH, join, of_interest};

/// So many folders are worth another thread.
const MANY: usize = 256;

/// The most folders that a thread reads at a time.
const STRETCH: usize = 512;

/// A folder that is still to be looked into.
pub(crate) struct Folder {
    id: ObjectId,
    pub(crate) path: RepoPath,
}

/// What a folder holds: folders, and whatever else was seen of it.
pub(crate) struct Held<T> {
    pub(crate) folders: Vec<Folder>,
    pub(crate) own: T,
}

/// Every entry of interest below the root, sorted by path.
pub(crate) fn by_level(reader: &Reader, root: ObjectId, globs: &Globs) -> Option<Vec<Entry>> {
    let levels = seen_by_level(reader, root, globs, |folder, tree| {
        visit(folder, tree, globs)
    })?;
    let mut found: Vec<Entry> = levels.into_iter().flatten().collect();
    // As git sorts trees, those of one level are in order, and levels are but merged.
    found.sort_by(|one: &Entry, other| one.path.cmp(&other.path));
    Some(found)
}

/// Looks into every folder that a glob can reach; tells what was seen of each.
pub(crate) fn seen_by_level<T: Send>(
    reader: &Reader,
    root: ObjectId,
    globs: &Globs,
    look: impl Fn(&Folder, &Tree) -> Option<Held<T>> + Sync,
) -> Option<Vec<T>> {
    let path = RepoPath::from_git(Vec::new());
    let mut found = Vec::new();
    let mut level = Vec::new();
    if globs.may_contain(&path) {
        level.push(Folder { id: root, path });
    }
    let mut depth = 0;
    while !level.is_empty() {
        let held = read_level(reader, &level, &look)?;
        level = Vec::new();
        for mut one in held {
            level.append(&mut one.folders);
            found.push(one.own);
        }
        depth += 1;
        if depth > MAX_DEPTH {
            return None;
        }
    }
    Some(found)
}

/// Reads what each folder holds of interest.
fn read_level<T: Send>(
    reader: &Reader,
    level: &[Folder],
    look: &(impl Fn(&Folder, &Tree) -> Option<Held<T>> + Sync),
) -> Option<Vec<Held<T>>> {
    let wanted = level.iter().enumerate();
    let wanted = wanted.map(|(position, folder)| (folder.id, position));
    let Groves { groves, .. } = reader.groves(pack::Kind::Tree, wanted.collect());
    let seen = |position: usize, bytes: Option<Vec<u8>>| {
        let folder = level.get(position)?;
        let genuine = |bytes: &Vec<u8>| is_genuine(folder.id, ObjectType::Tree, bytes);
        look(folder, &Tree::new(bytes.filter(genuine)?))
    };
    let mut held: Vec<Option<Held<T>>> = level.iter().map(|_| None).collect();
    for grove in &groves {
        for (position, seen) in walked(grove, seen) {
            if let Some(place) = held.get_mut(position) {
                *place = seen;
            }
        }
    }
    let all = level.iter().zip(held).map(|(folder, held)| {
        reader.count_tree(held.is_some());
        held.or_else(|| look(folder, &reader.tree(folder.id)?))
    });
    all.collect()
}

/// Looks at whatever is wanted of a grove, on two cores where that is much.
fn walked<T: Send>(
    grove: &Grove,
    look: impl Fn(usize, Option<Vec<u8>>) -> T + Sync,
) -> Vec<(usize, T)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut seen = Vec::new();
        loop {
            let start = next.fetch_add(STRETCH, Ordering::Relaxed);
            if start >= grove.len() {
                return seen;
            }
            let stretch = start..grove.len().min(start + STRETCH);
            let each = |position, bytes| seen.push((position, look(position, bytes)));
            Walk::new(grove, pack::TREE_LIMIT).go(stretch, each);
        }
    };
    if grove.len() < MANY {
        return work();
    }
    let (theirs, mut seen) = both(work, work);
    seen.extend(theirs);
    seen
}

/// Takes what is of interest in a folder; none where it is not as git writes it.
fn visit(folder: &Folder, mut bytes: &[u8], globs: &Globs) -> Option<Held<Vec<Entry>>> {
    let (mut folders, mut entries) = (Vec::new(), Vec::new());
    while !bytes.is_empty() {
        let item = Item::next(&mut bytes)?;
        match item.kind {
            None => folders.extend(folder.within(&item, globs)),
            Some(kind) => entries.extend(item.of_interest(&folder.path, kind, globs)),
        }
    }
    let own = entries;
    Some(Held { folders, own })
}

impl Folder {
    /// A folder in this one, if a glob can reach it.
    pub(crate) fn within(&self, item: &Item<'_>, globs: &Globs) -> Option<Self> {
        let path = join(self.path.as_bytes(), item.name);
        let id = item.id();
        globs.may_contain(&path).then_some(Self { id, path })
    }
}

impl Item<'_> {
    /// What lies here in a folder, if it is of interest.
    pub(crate) fn of_interest(
        &self,
        folder: &RepoPath,
        kind: Kind,
        globs: &Globs,
    ) -> Option<Entry> {
        let path = join(folder.as_bytes(), self.name);
        let place = Place::Object(self.id());
        of_interest(globs, &path, kind).then_some(Entry { path, kind, place })
    }
}
