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
use crate::tree::{Item, MAX_DEPTH, join, of_interest};

/// So many folders are worth another thread.
const MANY: usize = 256;

/// The most folders that a thread reads at a time.
const STRETCH: usize = 512;

/// A folder that is still to be looked into.
struct Folder {
    id: ObjectId,
    path: RepoPath,
}

/// What is of interest in a folder.
#[derive(Default)]
struct Held {
    folders: Vec<Folder>,
    entries: Vec<Entry>,
}

/// Every entry of interest below the root, sorted by path.
pub(crate) fn by_level(reader: &Reader, root: ObjectId, globs: &Globs) -> Option<Vec<Entry>> {
    let path = RepoPath::from_git(Vec::new());
    let mut found = Vec::new();
    let mut level = Vec::new();
    if globs.may_contain(&path) {
        level.push(Folder { id: root, path });
    }
    let mut depth = 0;
    while !level.is_empty() {
        let held = read_level(reader, &level, globs)?;
        level = Vec::new();
        for mut one in held {
            level.append(&mut one.folders);
            found.append(&mut one.entries);
        }
        depth += 1;
        if depth > MAX_DEPTH {
            return None;
        }
    }
    // As git sorts trees, those of one level are in order, and levels are but merged.
    found.sort_by(|one: &Entry, other| one.path.cmp(&other.path));
    Some(found)
}

/// Reads what each folder holds of interest.
fn read_level(reader: &Reader, level: &[Folder], globs: &Globs) -> Option<Vec<Held>> {
    let wanted = level.iter().enumerate();
    let wanted = wanted.map(|(position, folder)| (folder.id, position));
    let Groves { groves, .. } = reader.groves(pack::Kind::Tree, wanted.collect());
    let look = |position: usize, bytes: Option<Vec<u8>>| {
        let folder = level.get(position)?;
        let genuine = |bytes: &Vec<u8>| is_genuine(folder.id, ObjectType::Tree, bytes);
        visit(folder, &bytes.filter(genuine)?, globs)
    };
    let mut held: Vec<Option<Held>> = level.iter().map(|_| None).collect();
    for grove in &groves {
        for (position, seen) in walked(grove, look) {
            if let Some(place) = held.get_mut(position) {
                *place = seen;
            }
        }
    }
    let all = level.iter().zip(held).map(|(folder, held)| {
        reader.count_tree(held.is_some());
        held.or_else(|| visit(folder, &reader.tree(folder.id)?, globs))
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
fn visit(folder: &Folder, mut bytes: &[u8], globs: &Globs) -> Option<Held> {
    let mut held = Held::default();
    while !bytes.is_empty() {
        let Item { kind, name, id } = Item::next(&mut bytes)?;
        let path = join(folder.path.as_bytes(), name);
        match kind {
            None if globs.may_contain(&path) => held.folders.push(Folder { id, path }),
            None => {}
            Some(kind) if of_interest(globs, &path, kind) => {
                held.entries.push(entry(path, kind, id));
            }
            Some(_) => {}
        }
    }
    Some(held)
}

fn entry(path: RepoPath, kind: Kind, id: ObjectId) -> Entry {
    let place = Place::Object(id);
    Entry { path, kind, place }
}
