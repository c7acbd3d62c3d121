//! Ids of git trees in, the entries that differ out.
//!
//! Knows nothing of commits, of contents or of renames. libgit2's own comparison opens every tree
//! of both sides; this one opens only trees whose ids differ and that a glob can reach, so its
//! cost is the change times the depth.

use std::cell::Cell;
use std::cmp::Ordering;

use git2::Oid;

use crate::changes::Sides;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::error::{Error, Result};
use crate::globs::Globs;
use crate::path::RepoPath;
use crate::store::{self, Objects, Tree};

/// Git itself stops at 2,048 levels; real repositories stay below a few dozen.
pub(crate) const MAX_DEPTH: usize = 512;

/// The trees of one repository, with a count of those that were opened.
#[derive(Clone, Copy)]
pub(crate) struct Trees<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) root: ObjectId,
    pub(crate) opened: &'a Cell<u64>,
}

/// Where the bytes of trees come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The packs of a repository, or whatever libgit2 knows of.
    Objects(&'a Objects),
    /// Libgit2 alone.
    Git(&'a git2::Repository),
}

/// One entry of a tree.
pub(crate) struct Item<'t> {
    /// What it is; none for a folder.
    pub(crate) kind: Option<Kind>,
    pub(crate) name: &'t [u8],
    id: &'t [u8; 20],
}

/// Every entry of interest below the root.
pub(crate) fn list(trees: Trees<'_>, globs: &Globs) -> Result<Vec<Entry>> {
    let stack = Folder::root(globs, None, Some(trees.root));
    let sides = walk(trees, trees, stack, globs)?;
    Ok(sides.into_iter().filter_map(|sides| sides.after).collect())
}

/// What lies at one path, if anything but a folder does; only the folders on the way are opened.
///
/// Knows no errors: none where anything is not as git writes it, which is left to a listing.
pub(crate) fn find(trees: Trees<'_>, path: &RepoPath) -> Option<Option<Entry>> {
    let mut names: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let name = names.pop()?;
    let Some(folder) = descend(trees, names)? else {
        return Some(None);
    };
    let item = look_up(&folder, name, |item| item.kind.is_some())?;
    Some(item.and_then(|item| {
        Some(Entry {
            path: path.clone(),
            kind: item.kind?,
            place: Place::Object(item.id()),
        })
    }))
}

/// The names of the folders in a folder; none where it is not there.
pub(crate) fn folders(trees: Trees<'_>, path: &RepoPath) -> Option<Vec<RepoPath>> {
    let folder = descend(trees, path.as_bytes().split(|byte| *byte == b'/'))??;
    let mut rest = folder.as_slice();
    let mut names = Vec::new();
    while !rest.is_empty() {
        let item = Item::next(&mut rest)?;
        if item.kind.is_none() {
            names.push(RepoPath::from_git(item.name));
        }
    }
    Some(names)
}

/// Opens the folder that names lead to.
fn descend<'n>(
    trees: Trees<'_>,
    names: impl IntoIterator<Item = &'n [u8]>,
) -> Option<Option<Tree>> {
    let mut folder = trees.open(Some(trees.root), b"").ok()?;
    for name in names {
        let Some(item) = look_up(&folder, name, |item| item.kind.is_none())? else {
            return Some(None);
        };
        folder = trees.open(Some(item.id()), b"").ok()?;
    }
    Some(Some(folder))
}

/// Looks up a name in a tree. In one that git did not write, names may hold slashes: then what has
/// a name can be said otherwise, too.
fn look_up<'t>(
    mut tree: &'t [u8],
    name: &[u8],
    is_meant: impl Fn(&Item<'t>) -> bool,
) -> Option<Option<Item<'t>>> {
    let mut found = None;
    while !tree.is_empty() {
        let item = Item::next(&mut tree)?;
        if item.name.contains(&b'/') {
            return None;
        }
        if item.name == name && is_meant(&item) {
            found = Some(item);
        }
    }
    Some(found)
}

/// Every entry of interest that is not the same on both sides, by path.
pub(crate) fn compare(before: Trees<'_>, after: Trees<'_>, globs: &Globs) -> Result<Vec<Sides>> {
    walk(before, after, differing(before, after, globs), globs)
}

/// Where to begin to compare: at the root, unless both sides are the same.
pub(crate) fn differing(before: Trees<'_>, after: Trees<'_>, globs: &Globs) -> Vec<Folder> {
    if before.root == after.root {
        return Vec::new();
    }
    Folder::root(globs, Some(before.root), Some(after.root))
}

/// A folder whose two sides differ, still to be looked into.
pub(crate) struct Folder {
    path: Vec<u8>,
    depth: usize,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
}

/// A stack of one's own instead of recursion: a hostile repository nests folders at will.
fn walk(
    before: Trees<'_>,
    after: Trees<'_>,
    mut stack: Vec<Folder>,
    globs: &Globs,
) -> Result<Vec<Sides>> {
    let mut found = Vec::new();
    look(before, after, globs, (&mut stack, &mut found), usize::MAX)?;
    found.sort_by(|one: &Sides, other| one.path().cmp(&other.path()));
    Ok(found)
}

/// Looks into folders until none is left, or until there are so many that others may help.
pub(crate) fn look(
    before: Trees<'_>,
    after: Trees<'_>,
    globs: &Globs,
    (stack, found): (&mut Vec<Folder>, &mut Vec<Sides>),
    many: usize,
) -> Result<()> {
    while stack.len() < many {
        let Some(folder) = stack.pop() else { break };
        if folder.depth > MAX_DEPTH {
            return Err(Error::TooDeep {
                path: RepoPath::from_git(folder.path),
                limit: MAX_DEPTH,
            });
        }
        let left = before.open(folder.before, &folder.path)?;
        let right = after.open(folder.after, &folder.path)?;
        let sides = (left.as_slice(), right.as_slice());
        each_other(sides, |before, after| {
            visit(&folder, before, after, globs, stack, found);
        })
        .ok_or_else(|| folder.missing())?;
    }
    Ok(())
}

/// Hands over the entries of two trees that are not the same in both; none where either is damaged.
fn each_other<'t>(
    (mut left, mut right): (&'t [u8], &'t [u8]),
    mut each: impl FnMut(Option<Item<'t>>, Option<Item<'t>>),
) -> Option<()> {
    while !left.is_empty() && !right.is_empty() {
        let (mut left_rest, mut right_rest) = (left, right);
        let one = Item::next(&mut left_rest)?;
        // Most entries are the same in both.
        let (own, _) = left.split_at_checked(left.len() - left_rest.len())?;
        if let Some(rest) = right.strip_prefix(own) {
            (left, right) = (left_rest, rest);
            continue;
        }
        let other = Item::next(&mut right_rest)?;
        match git_order(&one, &other) {
            Ordering::Less => {
                each(Some(one), None);
                left = left_rest;
            }
            Ordering::Greater => {
                each(None, Some(other));
                right = right_rest;
            }
            Ordering::Equal => {
                each(Some(one), Some(other));
                (left, right) = (left_rest, right_rest);
            }
        }
    }
    while !left.is_empty() {
        each(Some(Item::next(&mut left)?), None);
    }
    while !right.is_empty() {
        each(None, Some(Item::next(&mut right)?));
    }
    Some(())
}

fn visit(
    folder: &Folder,
    before: Option<Item<'_>>,
    after: Option<Item<'_>>,
    globs: &Globs,
    stack: &mut Vec<Folder>,
    found: &mut Vec<Sides>,
) {
    let Some(any) = before.as_ref().or(after.as_ref()) else {
        return;
    };
    let path = join(&folder.path, any.name);
    let id = |item: &Option<Item<'_>>| item.as_ref().map(Item::id);
    let (ids, kinds) = (
        (id(&before), id(&after)),
        [&before, &after].map(|item| item.as_ref().map(|item| item.kind)),
    );
    // A change of the executable bit alone is none.
    if ids.0 == ids.1 && kinds[0] == kinds[1] {
        return;
    }
    // The order keeps folders and other entries of one name apart, so both sides agree here.
    if any.kind.is_none() {
        if globs.may_contain(&path) {
            stack.push(Folder {
                path: path.as_bytes().to_vec(),
                depth: folder.depth + 1,
                before: ids.0,
                after: ids.1,
            });
        }
        return;
    }
    let entry = |item: Option<Item<'_>>| {
        let item = item?;
        let kind = item.kind?;
        of_interest(globs, &path, kind).then(|| Entry {
            path: path.clone(),
            kind,
            place: Place::Object(item.id()),
        })
    };
    let sides = Sides {
        before: entry(before),
        after: entry(after),
    };
    if sides.path().is_some() {
        found.push(sides);
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

impl Trees<'_> {
    /// Whether both are of one repository.
    pub(crate) fn is_beside(&self, other: &Trees<'_>) -> bool {
        match (self.source, other.source) {
            (Source::Objects(one), Source::Objects(other)) => one.store() == other.store(),
            _ => false,
        }
    }

    /// The bytes of a folder; nothing where there is none on this side.
    fn open(&self, id: Option<ObjectId>, path: &[u8]) -> Result<Tree> {
        let Some(id) = id else {
            return Ok(Tree::default());
        };
        self.opened.set(self.opened.get() + 1);
        let bytes = match self.source {
            Source::Objects(objects) => objects.tree(id),
            Source::Git(git) => store::tree(git, id).map(Tree::new),
        };
        bytes.ok_or_else(|| missing(path, id))
    }
}

impl Folder {
    /// The root, if a glob can reach anything at all.
    fn root(globs: &Globs, before: Option<ObjectId>, after: Option<ObjectId>) -> Vec<Self> {
        let path = Vec::new();
        if !globs.may_contain(&RepoPath::from_git(path.clone())) {
            return Vec::new();
        }
        vec![Self {
            path,
            depth: 0,
            before,
            after,
        }]
    }

    fn missing(&self) -> Error {
        let id = self.after.or(self.before);
        missing(&self.path, id.unwrap_or(ObjectId(Oid::ZERO_SHA1)))
    }
}

fn missing(path: &[u8], id: ObjectId) -> Error {
    let path = RepoPath::from_git(path);
    Error::MissingTree { path, id }
}

impl<'t> Item<'t> {
    /// Takes one entry of a tree: its mode in octal digits, a space, its name, a zero and its id.
    pub(crate) fn next(bytes: &mut &'t [u8]) -> Option<Self> {
        // Most entries are files that nobody may execute.
        let (kind, rest) = match bytes.strip_prefix(b"100644 ") {
            Some(rest) => (Some(Kind::File), rest),
            None => kind_and_rest(bytes)?,
        };
        let (name, rest) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
        let (id, rest) = rest.get(1..)?.split_first_chunk::<20>()?;
        *bytes = rest;
        (!name.is_empty()).then_some(Self { kind, name, id })
    }

    pub(crate) fn id(&self) -> ObjectId {
        ObjectId::from_bytes(self.id)
    }
}

/// Takes the mode off an entry.
fn kind_and_rest(bytes: &[u8]) -> Option<(Option<Kind>, &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b' ')?;
    let (digits, rest) = bytes.split_at_checked(at)?;
    if !(1..=6).contains(&digits.len()) {
        return None;
    }
    let mut mode = 0;
    for digit in digits {
        let value = digit.checked_sub(b'0').filter(|value| *value < 8)?;
        mode = mode * 8 + u32::from(value);
    }
    Some((kind_of_mode(mode), rest.get(1..)?))
}

/// The order of entries in a tree: by name, a folder as if its name ended with a slash.
fn git_order(one: &Item<'_>, other: &Item<'_>) -> Ordering {
    fn key<'e>(entry: &'e Item<'_>) -> impl Iterator<Item = u8> + 'e {
        let slash = entry.kind.is_none().then_some(b'/');
        entry.name.iter().copied().chain(slash)
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
