//! Ids of git trees in, the entries that differ out.
//!
//! Knows nothing of commits, of contents or of renames. libgit2's own comparison opens every tree
//! of both sides; this one opens only trees whose ids differ and that a glob can reach, so its
//! cost is the change times the depth.

use std::cell::Cell;
use std::cmp::Ordering;

use git2::{Oid, Tree, TreeEntry};

use crate::changes::Sides;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::error::{Error, Result};
use crate::globs::Globs;
use crate::merge_join::merge_join;
use crate::path::RepoPath;

/// Git itself stops at 2,048 levels; real repositories stay below a few dozen.
pub(crate) const MAX_DEPTH: usize = 512;

/// The trees of one repository, with a count of those that were opened.
#[derive(Clone, Copy)]
pub(crate) struct Trees<'a> {
    pub(crate) git: &'a git2::Repository,
    pub(crate) root: Oid,
    pub(crate) opened: &'a Cell<u64>,
}

/// Every entry of interest below the root.
pub(crate) fn list(trees: Trees<'_>, globs: &Globs) -> Result<Vec<Entry>> {
    let nothing = Folder {
        path: Vec::new(),
        depth: 0,
        before: None,
        after: Some(trees.root),
    };
    let sides = walk(trees, trees, nothing, globs)?;
    Ok(sides.into_iter().filter_map(|sides| sides.after).collect())
}

/// Every entry of interest that is not the same on both sides, by path.
pub(crate) fn compare(before: Trees<'_>, after: Trees<'_>, globs: &Globs) -> Result<Vec<Sides>> {
    if before.root == after.root {
        return Ok(Vec::new());
    }
    let root = Folder {
        path: Vec::new(),
        depth: 0,
        before: Some(before.root),
        after: Some(after.root),
    };
    walk(before, after, root, globs)
}

/// A folder whose two sides differ, still to be looked into.
struct Folder {
    path: Vec<u8>,
    depth: usize,
    before: Option<Oid>,
    after: Option<Oid>,
}

/// A stack of one's own instead of recursion: a hostile repository nests folders at will.
fn walk(before: Trees<'_>, after: Trees<'_>, root: Folder, globs: &Globs) -> Result<Vec<Sides>> {
    let mut found = Vec::new();
    if !globs.may_contain(&RepoPath::from_git(root.path.clone())) {
        return Ok(found);
    }
    let mut stack = vec![root];
    while let Some(folder) = stack.pop() {
        if folder.depth > MAX_DEPTH {
            return Err(Error::TooDeep {
                path: RepoPath::from_git(folder.path),
                limit: MAX_DEPTH,
            });
        }
        let left = before.open(folder.before, &folder.path)?;
        let right = after.open(folder.after, &folder.path)?;
        let (left, right) = (
            left.iter().flat_map(Tree::iter),
            right.iter().flat_map(Tree::iter),
        );
        for (before, after) in merge_join(left, right, git_order) {
            visit(&folder, before, after, globs, &mut stack, &mut found);
        }
    }
    found.sort_by(|one, other| one.path().cmp(&other.path()));
    Ok(found)
}

fn visit(
    folder: &Folder,
    before: Option<TreeEntry<'_>>,
    after: Option<TreeEntry<'_>>,
    globs: &Globs,
    stack: &mut Vec<Folder>,
    found: &mut Vec<Sides>,
) {
    let ids = (
        before.as_ref().map(TreeEntry::id),
        after.as_ref().map(TreeEntry::id),
    );
    let kinds = (before.as_ref().map(kind), after.as_ref().map(kind));
    if ids.0 == ids.1 && kinds.0 == kinds.1 {
        return;
    }
    let Some(name) = before
        .as_ref()
        .or(after.as_ref())
        .map(TreeEntry::name_bytes)
    else {
        return;
    };
    let path = join(&folder.path, name);
    // The order keeps folders and other entries of one name apart, so both sides agree here.
    match kinds.0.or(kinds.1).flatten() {
        None => {
            if globs.may_contain(&path) {
                let path = path.as_bytes().to_vec();
                stack.push(Folder {
                    path,
                    depth: folder.depth + 1,
                    before: ids.0,
                    after: ids.1,
                });
            }
        }
        Some(_) => {
            let entry = |id: Option<Oid>, kind: Option<Option<Kind>>| {
                let (id, kind) = (id?, kind??);
                of_interest(globs, &path, kind).then(|| Entry {
                    path: path.clone(),
                    kind,
                    place: Place::Object(ObjectId(id)),
                })
            };
            let sides = Sides {
                before: entry(ids.0, kinds.0),
                after: entry(ids.1, kinds.1),
            };
            if sides.path().is_some() {
                found.push(sides);
            }
        }
    }
}

/// Whether an entry belongs into a listing. A submodule stands for a whole folder: what it hides
/// is not governed, which must be said, so it counts wherever something below it could match.
pub(crate) fn of_interest(globs: &Globs, path: &RepoPath, kind: Kind) -> bool {
    globs.matches(path) || (kind == Kind::Submodule && globs.may_contain(path))
}

/// What an entry is, from its mode; none for a folder.
pub(crate) fn kind_of_mode(mode: u32) -> Option<Kind> {
    match mode & 0o170_000 {
        0o040_000 => None,
        0o120_000 => Some(Kind::Symlink),
        0o160_000 => Some(Kind::Submodule),
        _ => Some(Kind::File),
    }
}

impl<'a> Trees<'a> {
    fn open(&self, id: Option<Oid>, path: &[u8]) -> Result<Option<Tree<'a>>> {
        let Some(id) = id else { return Ok(None) };
        self.opened.set(self.opened.get() + 1);
        self.git
            .find_tree(id)
            .map(Some)
            .map_err(|_| Error::MissingTree {
                path: RepoPath::from_git(path),
                id: ObjectId(id),
            })
    }
}

fn kind(entry: &TreeEntry<'_>) -> Option<Kind> {
    u32::try_from(entry.filemode_raw()).map_or(Some(Kind::Special), kind_of_mode)
}

/// The order of entries in a tree: by name, a folder as if its name ended with a slash.
fn git_order(one: &TreeEntry<'_>, other: &TreeEntry<'_>) -> Ordering {
    fn key<'e>(entry: &'e TreeEntry<'_>) -> impl Iterator<Item = u8> + 'e {
        let slash = kind(entry).is_none().then_some(b'/');
        entry.name_bytes().iter().copied().chain(slash)
    }
    key(one).cmp(key(other))
}

pub(crate) fn join(folder: &[u8], name: &[u8]) -> RepoPath {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    if !folder.is_empty() {
        path.extend_from_slice(folder);
        path.push(b'/');
    }
    path.extend_from_slice(name);
    RepoPath::from_git(path)
}
