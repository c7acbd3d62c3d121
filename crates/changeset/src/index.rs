//! The git index and the work tree in, their entries out.
//!
//! Knows nothing of commits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{Delta, DiffOptions, Index, IndexEntry, IndexEntryExtendedFlag};

use crate::disk;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::error::{Cause, Error, Result};
use crate::globs::Globs;
use crate::path::RepoPath;
use crate::tree::{kind_of_mode, of_interest};

/// What the next commit would hold, sorted by path.
pub(crate) fn staged(git: &git2::Repository, globs: &Globs) -> Result<Vec<Entry>> {
    let index = git.index().map_err(unreadable)?;
    Ok(of_index(&index, globs).into_values().collect())
}

/// What lies in the work tree, sorted by path.
///
/// Files that git takes for unchanged keep the place of their index entry, so that line endings
/// and filters of the checkout do not look like edits; all others are read from disk.
pub(crate) fn worktree(git: &git2::Repository, root: &Path, globs: &Globs) -> Result<Vec<Entry>> {
    let index = git.index().map_err(unreadable)?;
    let mut entries = of_index(&index, globs);
    let left_out = sparse(&index);
    let edits = git
        .diff_index_to_workdir(Some(&index), Some(&mut options(globs)))
        .map_err(Error::git("compare the index with the work tree"))?;
    for edit in edits.deltas() {
        let gone = edit.status() == Delta::Deleted;
        let side = if gone {
            edit.old_file()
        } else {
            edit.new_file()
        };
        let Some(path) = side.path_bytes().map(RepoPath::from_git) else {
            continue;
        };
        // A path that is gone is not looked up: it may lie behind a link that took its folder's
        // place.
        let on_disk = if gone { None } else { disk::entry(root, &path) };
        match on_disk {
            Some(entry) if of_interest(globs, &path, entry.kind) => {
                entries.insert(path, entry);
            }
            Some(_) => {}
            None if left_out.contains(&path) => {}
            None => {
                entries.remove(&path);
            }
        }
    }
    Ok(entries.into_values().collect())
}

fn of_index(index: &Index, globs: &Globs) -> BTreeMap<RepoPath, Entry> {
    let mut entries = BTreeMap::new();
    for raw in index
        .iter()
        .filter(|raw| !has(raw, IndexEntryExtendedFlag::INTENT_TO_ADD))
    {
        let path = RepoPath::from_git(raw.path.as_slice());
        let Some(kind) = kind_of_entry(&raw) else {
            continue;
        };
        if of_interest(globs, &path, kind) {
            let place = Place::Object(ObjectId(raw.id));
            entries.insert(path.clone(), Entry { path, kind, place });
        }
    }
    entries
}

/// The two bits that say which side of a merge conflict an entry is; zero without a conflict.
const STAGE: u16 = 0x3000;

fn kind_of_entry(raw: &IndexEntry) -> Option<Kind> {
    if raw.flags & STAGE == 0 {
        kind_of_mode(raw.mode)
    } else {
        Some(Kind::Conflict)
    }
}

/// The paths that a sparse checkout does not put on disk.
fn sparse(index: &Index) -> BTreeSet<RepoPath> {
    index
        .iter()
        .filter(|raw| has(raw, IndexEntryExtendedFlag::SKIP_WORKTREE))
        .map(|raw| RepoPath::from_git(raw.path))
        .collect()
}

fn has(raw: &IndexEntry, flag: IndexEntryExtendedFlag) -> bool {
    IndexEntryExtendedFlag::from_bits_truncate(raw.flags_extended).contains(flag)
}

fn options(globs: &Globs) -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true)
        .include_typechange_trees(true)
        .include_unreadable(true)
        .ignore_submodules(true)
        .ignore_filemode(true)
        .disable_pathspec_match(true);
    for prefix in globs.literal_prefixes() {
        options.pathspec(prefix);
    }
    options
}

fn unreadable(source: git2::Error) -> Error {
    Error::Index {
        source: Cause(source),
    }
}
