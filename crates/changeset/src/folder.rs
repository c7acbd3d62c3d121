//! A plain folder in, its entries out.
//!
//! Knows nothing of git, except that what lies in `.git` is not a user's file.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::both::both;
use crate::disk;
use crate::entry::{Entry, Place};
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
    let listing = Listing {
        root: root.into(),
        globs,
    };
    let mut own = Found {
        folders: vec![RepoPath::from_git([])],
        entries: Vec::new(),
    };
    listing.go(&mut own, MANY)?;
    let go = |found: &mut Found| {
        listing.go(found, usize::MAX)?;
        let by_path = |one: &Entry, other: &Entry| one.path.cmp(&other.path);
        found.entries.sort_unstable_by(by_path);
        Ok(())
    };
    let mut others = Found {
        folders: own.folders.split_off(own.folders.len() / 2),
        entries: Vec::new(),
    };
    if others.folders.len() > 1 {
        let (theirs, own) = both(|| go(&mut others), || go(&mut own));
        own.and(theirs)?;
    } else {
        go(&mut others)?;
    }
    let mut entries = own.entries;
    entries.append(&mut others.entries);
    // Two runs that are in order are but merged.
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(entries)
}

struct Listing<'g> {
    root: Arc<Path>,
    globs: &'g Globs,
}

/// What was found so far, and the folders that are still to be opened.
struct Found {
    folders: Vec<RepoPath>,
    entries: Vec<Entry>,
}

impl Listing<'_> {
    /// Opens folder after folder, as long as fewer than so many wait for it.
    fn go(&self, found: &mut Found, most: usize) -> Result<()> {
        while found.folders.len() < most {
            let Some(folder) = found.folders.pop() else {
                break;
            };
            let place = folder.below(&self.root);
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
        handle.names(&mut |name, seen| {
            if name == b".git" {
                return Ok(());
            }
            let kind = match seen {
                Seen::Folder => None,
                Seen::Other(kind) => Some(kind),
                Seen::Unknown => handle.look(name, 0)?.map(|(kind, _)| kind),
            };
            let path = folder.join(name);
            match kind {
                None if self.globs.may_contain(&path) => found.folders.push(path),
                Some(kind) if self.globs.matches(&path) => {
                    let place = Place::Disk(Arc::clone(&self.root));
                    found.entries.push(Entry { path, kind, place });
                }
                _ => {}
            }
            Ok(())
        })
    }
}
