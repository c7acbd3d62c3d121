//! A plain folder in, its entries out.
//!
//! Knows nothing of git, except that what lies in `.git` is not a user's file.

use std::cmp::Ordering;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::both::both;
use crate::disk;
use crate::entry::{Entry, Kind, Place};
use crate::error::{Error, Result};
use crate::globs::Globs;
use crate::handle::{Handle, Seen};
use crate::path::RepoPath;

/// What lies at one path, with no link followed on the way; none for a folder.
pub(crate) fn find(root: &Path, path: &RepoPath) -> Option<Entry> {
    let place = path.below(root)?;
    let folders = place.ancestors().skip(1);
    for folder in folders.take_while(|folder| *folder != root) {
        let is_git = folder.file_name().is_some_and(|name| name == ".git");
        if is_git || !std::fs::symlink_metadata(folder).ok()?.is_dir() {
            return None;
        }
    }
    disk::entry(root, path)
}

/// The names of the folders at one path, sorted, with no link followed.
pub(crate) fn folders(root: &Path, path: &RepoPath) -> Vec<RepoPath> {
    let Some(place) = path.below(root) else {
        return Vec::new();
    };
    let found = std::fs::read_dir(place).into_iter().flatten().flatten();
    let folders = found.filter(|one| one.file_type().is_ok_and(|kind| kind.is_dir()));
    let names = folders.map(|one| RepoPath::from_git(one.file_name().as_encoded_bytes()));
    let mut names: Vec<RepoPath> = names.collect();
    names.sort();
    names
}

/// So many folders that wait to be opened are worth another thread.
const MANY: usize = 32;

/// Everything below the folder that the globs match, sorted by path. Links are listed, never
/// followed; folders that no glob can match are not opened. A folder that cannot be opened is an
/// error, since what it holds would go unseen.
pub(crate) fn list(root: &Path, globs: &Globs) -> Result<Vec<Entry>> {
    let listing = Listing { root, globs };
    let mut own = Found::new(root, vec![Item::Folder(RepoPath::from_git([]))]);
    listing.go(&mut own, MANY)?;
    let mut others = own.split(root);
    if others.folders == 0 {
        listing.go(&mut own, usize::MAX)?;
    } else {
        let theirs = || listing.go(&mut others, usize::MAX);
        let (theirs, own) = both(theirs, || listing.go(&mut own, usize::MAX));
        own.and(theirs)?;
    }
    let mut entries = own.entries;
    entries.append(&mut others.entries);
    Ok(entries)
}

struct Listing<'g> {
    root: &'g Path,
    globs: &'g Globs,
}

/// What was found so far in the order of paths, and what comes after it.
struct Found {
    entries: Vec<Entry>,
    /// What is still to be looked at; what comes first in the order of paths lies on top.
    waiting: Vec<Item>,
    /// How many folders are waiting.
    folders: usize,
    root: Arc<Path>,
}

enum Item {
    Folder(RepoPath),
    Other(RepoPath, Kind),
}

impl Item {
    /// Its path, and what goes on behind it in the paths of what lies there.
    fn path(&self) -> (&[u8], Option<u8>) {
        match self {
            Self::Folder(path) => (path.as_bytes(), Some(b'/')),
            Self::Other(path, _) => (path.as_bytes(), None),
        }
    }

    /// Sorts by the paths of whatever lies there.
    fn order(&self, other: &Self) -> Ordering {
        let ((one, end), (path, ends)) = (self.path(), other.path());
        let common = one.len().min(path.len());
        let next = |path: &[u8], end| path.get(common).copied().or(end);
        let are_alike = one.get(..common).cmp(&path.get(..common));
        are_alike.then_with(|| next(one, end).cmp(&next(path, ends)))
    }
}

impl Found {
    fn new(root: &Path, waiting: Vec<Item>) -> Self {
        let folders = waiting.iter();
        let folders = folders.filter(|item| matches!(item, Item::Folder(_)));
        Self {
            entries: Vec::new(),
            folders: folders.count(),
            waiting,
            // Threads that count who holds one path stand in each other's way.
            root: root.into(),
        }
    }

    /// Cuts off what comes last in the order of paths: half of the folders that wait.
    fn split(&mut self, root: &Path) -> Self {
        let mut last = self.folders / 2;
        let end = self.waiting.iter().position(|item| {
            let is_folder = matches!(item, Item::Folder(_));
            last -= usize::from(is_folder && last > 0);
            last == 0
        });
        let own = self.waiting.split_off(end.map_or(0, |end| end + 1));
        let others = std::mem::replace(&mut self.waiting, own);
        let others = Self::new(root, others);
        self.folders -= others.folders;
        others
    }
}

impl Listing<'_> {
    /// Looks at one thing after the other, as long as fewer than so many folders wait.
    fn go(&self, found: &mut Found, most: usize) -> Result<()> {
        while found.folders < most {
            let folder = match found.waiting.pop() {
                None => break,
                Some(Item::Folder(folder)) => folder,
                Some(Item::Other(path, kind)) => {
                    let place = Place::Disk(Arc::clone(&found.root));
                    found.entries.push(Entry { path, kind, place });
                    continue;
                }
            };
            found.folders -= 1;
            let place = folder.below(self.root);
            let place = place.unwrap_or_else(|| self.root.to_path_buf());
            self.open(&folder, &place, found)
                .map_err(|source| Error::Folder {
                    path: place,
                    source,
                })?;
        }
        Ok(())
    }

    fn open(&self, folder: &RepoPath, place: &Path, found: &mut Found) -> io::Result<()> {
        let is_root = folder.as_bytes().is_empty();
        let handle = match Handle::of(place, is_root) {
            // Nothing lies in a file.
            Err(error) if is_root && error.kind() == io::ErrorKind::NotADirectory => return Ok(()),
            handle => handle?,
        };
        let start = found.waiting.len();
        let mut path = folder.as_bytes().to_vec();
        path.extend((!is_root).then_some(b'/'));
        let stem = path.len();
        handle.names(&mut |name, seen| {
            if name == b".git" {
                return Ok(());
            }
            let kind = match seen {
                Seen::Folder => None,
                Seen::Other(kind) => Some(kind),
                Seen::Unknown => handle.look(name, 0)?.map(|(kind, _)| kind),
            };
            path.truncate(stem);
            path.extend_from_slice(name);
            match kind {
                None if self.globs.may_contain_bytes(&path) => {
                    found.folders += 1;
                    found.waiting.push(Item::Folder(RepoPath::from_git(&path)));
                }
                Some(kind) if self.globs.match_bytes(&path) => {
                    let path = RepoPath::from_git(&path);
                    found.waiting.push(Item::Other(path, kind));
                }
                _ => {}
            }
            Ok(())
        })?;
        let inside = found.waiting.get_mut(start..).unwrap_or_default();
        inside.sort_unstable_by(|one, other| other.order(one));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use std::fs;

    use super::*;

    #[test]
    fn a_listing_is_in_the_order_of_paths_however_it_is_shared() {
        for folders in [0, 1, 31, 33, 200] {
            let root = tempfile::tempdir().unwrap();
            let mut wanted = Vec::new();
            for nth in 0..folders {
                // Names that go on where others end, with signs on both sides of a slash.
                for file in [
                    format!("f{nth}/a"),
                    format!("f{nth}.a"),
                    format!("f{nth}/b/c"),
                ] {
                    wanted.push(file.clone());
                    wanted.push(format!("{file}-"));
                    wanted.push(format!("{file}0"));
                }
            }
            wanted.push("z".to_owned());
            for file in &wanted {
                let path = root.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            wanted.sort();
            let found = list(root.path(), &Globs::new(["**"]).unwrap()).unwrap();
            let found: Vec<String> = found.iter().map(|one| one.path.to_string()).collect();
            assert_eq!(found, wanted);
        }
    }
}
