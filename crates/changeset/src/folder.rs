//! A plain folder in, its entries out.
//!
//! Knows nothing of git, except that what lies in `.git` is not a user's file.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use crate::disk;
use crate::entry::{Entry, Place};
use crate::error::{Error, Result};
use crate::globs::Globs;
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
    let walk = WalkDir::new(place).follow_links(false).min_depth(1);
    let found = walk.max_depth(1).sort_by_file_name().into_iter().flatten();
    let folders = found.filter(|one| one.file_type().is_dir());
    let names = folders.map(|one| RepoPath::from_native(Path::new(one.file_name())));
    names.collect()
}

/// Everything below the folder that the globs match, sorted by path. Links are listed, never
/// followed; folders that no glob can match are not opened. A folder that cannot be opened is an
/// error, since what it holds would go unseen.
pub(crate) fn list(root: &Path, globs: &Globs) -> Result<Vec<Entry>> {
    let walk = WalkDir::new(root)
        .follow_links(false)
        .min_depth(1)
        .into_iter();
    let mut entries = Vec::new();
    for found in walk.filter_entry(|found| may_hold_more(found, root, globs)) {
        let found = found.map_err(|error| cannot_list(root, error))?;
        let path = relative(&found, root);
        if let Some(kind) = disk::kind(found.file_type())
            && globs.matches(&path)
        {
            entries.push(Entry {
                path,
                kind,
                place: Place::Disk(found.into_path()),
            });
        }
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(entries)
}

fn may_hold_more(found: &DirEntry, root: &Path, globs: &Globs) -> bool {
    found.file_name() != ".git"
        && (!found.file_type().is_dir() || globs.may_contain(&relative(found, root)))
}

fn relative(found: &DirEntry, root: &Path) -> RepoPath {
    RepoPath::from_native(found.path().strip_prefix(root).unwrap_or(found.path()))
}

fn cannot_list(root: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root).to_path_buf();
    let source = error
        .into_io_error()
        .unwrap_or_else(|| std::io::Error::other("it holds itself"));
    Error::Folder { path, source }
}
