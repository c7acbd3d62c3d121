//! A root tree in, every entry of interest below it out, read level by level.
//!
//! Alike trees are kept as differences to one another, so that all of one level are read together.
//! Knows no errors: whatever is not as it should be is left to the walk of [`crate::tree`], which
//! has the words for it.

use git2::ObjectType;

use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::globs::Globs;
use crate::pack::{self, Groves, Walk};
use crate::path::RepoPath;
use crate::reader::Reader;
use crate::repository::is_genuine;
use crate::tree::{Item, MAX_DEPTH, join, of_interest};

/// A folder that is still to be looked into.
struct Folder {
    id: ObjectId,
    path: RepoPath,
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
        let mut below = Vec::new();
        read_level(reader, &level, |folder, bytes| {
            visit(folder, bytes, globs, &mut below, &mut found)
        })?;
        level = below;
        depth += 1;
        if depth > MAX_DEPTH {
            return None;
        }
    }
    found.sort_unstable_by(|one: &Entry, other| one.path.cmp(&other.path));
    Some(found)
}

/// Hands over the bytes of each folder.
fn read_level(
    reader: &Reader,
    level: &[Folder],
    mut each: impl FnMut(&Folder, &[u8]) -> Option<()>,
) -> Option<()> {
    let wanted = level.iter().enumerate();
    let wanted = wanted.map(|(position, folder)| (folder.id, position));
    let Groves { groves, others } = reader.groves(pack::Kind::Tree, wanted.collect());
    let mut is_whole = true;
    let mut take = |position: usize, bytes: Option<Vec<u8>>| {
        let Some(folder) = level.get(position) else {
            return;
        };
        let genuine = |bytes: &Vec<u8>| is_genuine(folder.id, ObjectType::Tree, bytes);
        let bytes = bytes.filter(genuine);
        reader.count_tree(bytes.is_some());
        let bytes = bytes.or_else(|| reader.tree(folder.id));
        is_whole &= bytes.and_then(|bytes| each(folder, &bytes)).is_some();
    };
    for grove in &groves {
        Walk::new(grove, pack::TREE_LIMIT).go(0..grove.len(), &mut take);
    }
    for position in others {
        take(position, None);
    }
    is_whole.then_some(())
}

/// Takes what is of interest in a folder.
fn visit(
    folder: &Folder,
    mut bytes: &[u8],
    globs: &Globs,
    below: &mut Vec<Folder>,
    found: &mut Vec<Entry>,
) -> Option<()> {
    while !bytes.is_empty() {
        let Item { kind, name, id } = Item::next(&mut bytes)?;
        let path = join(folder.path.as_bytes(), name);
        match kind {
            None if globs.may_contain(&path) => below.push(Folder { id, path }),
            None => {}
            Some(kind) if of_interest(globs, &path, kind) => found.push(entry(path, kind, id)),
            Some(_) => {}
        }
    }
    Some(())
}

fn entry(path: RepoPath, kind: Kind, id: ObjectId) -> Entry {
    let place = Place::Object(id);
    Entry { path, kind, place }
}
