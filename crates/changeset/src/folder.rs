//! A plain folder in, its entries out.
//!
//! Knows nothing of git, except that what lies in `.git` is not a user's file.

use std::io;
use std::path::Path;
use std::sync::Arc;

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

/// Everything below the folder that the globs match, sorted by path. Links are listed, never
/// followed; folders that no glob can match are not opened. A folder that cannot be opened is an
/// error, since what it holds would go unseen.
pub(crate) fn list(root: &Path, globs: &Globs) -> Result<Vec<Entry>> {
    let root: Arc<Path> = root.into();
    let mut folders = vec![RepoPath::from_git(Vec::new())];
    let mut entries = Vec::new();
    while let Some(folder) = folders.pop() {
        let place = folder.below(&root).unwrap_or_else(|| root.to_path_buf());
        let is_root = folder.as_bytes().is_empty();
        let handle = match Handle::of(&place, is_root) {
            Err(error) if is_root && error.kind() == io::ErrorKind::NotADirectory => break,
            handle => handle,
        };
        let failed = |source| Error::Folder {
            path: place.clone(),
            source,
        };
        let handle = handle.map_err(failed)?;
        let mut add = |name: &[u8], seen: Seen| {
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
                None if globs.may_contain(&path) => folders.push(path),
                Some(kind) if globs.matches(&path) => {
                    let place = Place::Disk(Arc::clone(&root));
                    entries.push(Entry { path, kind, place });
                }
                _ => {}
            }
            Ok(())
        };
        handle.names(&mut add).map_err(failed)?;
    }
    entries.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(entries)
}
