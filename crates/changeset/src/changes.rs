//! Two readers in, the files that changed between them out.
//!
//! Knows nothing of what a change means. A change of the executable bit alone is none; a file
//! that became a symbolic link is one.

use crate::entry::{Entry, Place};
use crate::error::Result;
use crate::globs::Globs;
use crate::merge_join::merge_join;
use crate::path::RepoPath;
use crate::reader::Reader;
use crate::rename::{self, Paired};
use crate::tree::{self, of_interest};
use crate::wide;

/// What happened to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// It is new. So is a copy, whatever it was copied from.
    Added(Entry),
    /// It is gone, or moved to where no glob matches.
    Removed(Entry),
    /// It holds something else, or became another kind of thing.
    Modified {
        /// What lay there.
        before: Entry,
        /// What lies there now.
        after: Entry,
    },
    /// It lies elsewhere, perhaps edited.
    Renamed {
        /// What lay at the old path.
        before: Entry,
        /// What lies at the new path.
        after: Entry,
    },
}

/// Whether to look for renames among what was removed and added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renames {
    /// A rename is a removal and an addition.
    Ignore,
    /// Pairs of equal or at least half equal files are renames.
    Detect,
}

/// The changes from one snapshot to another, sorted by path.
///
/// Between two commits the cost grows with the change alone. A snapshot that is not a commit is
/// listed whole.
pub fn changes(
    before: &Reader,
    after: &Reader,
    globs: &Globs,
    renames: Renames,
) -> Result<Vec<FileChange>> {
    let sides = match (before.trees(), after.trees()) {
        // Through one handle, since git stores trees as differences to one another.
        (Some(one), Some(other)) => match after.compared(one.root, globs) {
            Some(sides) if one.is_beside(&other) => sides,
            _ => tree::compare(one, other, globs)?,
        },
        _ => compare_listings(before, after, globs)?,
    };
    let (mut changes, mut removed, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for change in sides.into_iter().filter_map(Sides::change) {
        match change {
            FileChange::Removed(before) => removed.push(before),
            FileChange::Added(after) => added.push(after),
            other => changes.push(other),
        }
    }
    let Paired {
        renamed,
        removed,
        added,
    } = match renames {
        Renames::Ignore => Paired {
            renamed: Vec::new(),
            removed,
            added,
        },
        Renames::Detect => rename::pair(before, after, removed, added),
    };
    let renamed = renamed.into_iter();
    changes.extend(renamed.map(|(before, after)| FileChange::Renamed { before, after }));
    changes.extend(removed.into_iter().map(FileChange::Removed));
    changes.extend(added.into_iter().map(FileChange::Added));
    changes.sort_by(|one, other| one.path().cmp(other.path()));
    Ok(changes)
}

/// Compares two commits by all that several comparisons to come will ask for, so that the folders
/// that differ are opened once.
pub fn compare_ahead(before: &Reader, after: &Reader, globs: Globs) {
    // Whoever compares next meets what went wrong here, and says so.
    if let (Some(one), Some(other)) = (before.trees(), after.trees())
        && let Ok(sides) = wide::compare(one, other, &globs)
    {
        after.keep_compared(one.root, globs, sides);
    }
}

impl FileChange {
    /// What was there before, unless it is new.
    pub fn before(&self) -> Option<&Entry> {
        match self {
            FileChange::Added(_) => None,
            FileChange::Removed(before)
            | FileChange::Modified { before, .. }
            | FileChange::Renamed { before, .. } => Some(before),
        }
    }

    /// What is there now, unless it is gone.
    pub fn after(&self) -> Option<&Entry> {
        match self {
            FileChange::Removed(_) => None,
            FileChange::Added(after)
            | FileChange::Modified { after, .. }
            | FileChange::Renamed { after, .. } => Some(after),
        }
    }

    /// Where it lies now, or lay before it went.
    pub fn path(&self) -> &RepoPath {
        match self {
            FileChange::Removed(entry)
            | FileChange::Added(entry)
            | FileChange::Modified { after: entry, .. }
            | FileChange::Renamed { after: entry, .. } => &entry.path,
        }
    }
}

/// One path on both sides, before renames are looked for.
pub(crate) struct Sides {
    pub(crate) before: Option<Entry>,
    pub(crate) after: Option<Entry>,
}

impl Sides {
    /// What of it the globs match.
    pub(crate) fn of_interest(&self, globs: &Globs) -> Self {
        let own = |entry: &Option<Entry>| {
            let entry = entry.as_ref()?;
            of_interest(globs, &entry.path, entry.kind).then(|| entry.clone())
        };
        Self {
            before: own(&self.before),
            after: own(&self.after),
        }
    }

    pub(crate) fn path(&self) -> Option<&RepoPath> {
        self.after
            .as_ref()
            .or(self.before.as_ref())
            .map(|entry| &entry.path)
    }

    /// What happened, where a rename is a removal and an addition.
    pub(crate) fn change(self) -> Option<FileChange> {
        match (self.before, self.after) {
            (Some(before), Some(after)) => Some(FileChange::Modified { before, after }),
            (Some(before), None) => Some(FileChange::Removed(before)),
            (None, Some(after)) => Some(FileChange::Added(after)),
            (None, None) => None,
        }
    }
}

fn compare_listings(before: &Reader, after: &Reader, globs: &Globs) -> Result<Vec<Sides>> {
    let (left, right) = (before.list(globs)?, after.list(globs)?);
    let joined = merge_join(left, right, |one, other| one.path.cmp(&other.path));
    let sides = joined.map(|(before, after)| Sides { before, after });
    Ok(sides.filter(|sides| !same(before, after, sides)).collect())
}

/// Whether both sides hold the same bytes. What cannot be read counts as changed, so that it is
/// looked at.
fn same(before: &Reader, after: &Reader, sides: &Sides) -> bool {
    let (Some(one), Some(other)) = (&sides.before, &sides.after) else {
        return false;
    };
    if one.kind != other.kind {
        return false;
    }
    match (&one.place, &other.place) {
        (Place::Object(one), Place::Object(other)) => one == other,
        _ => before
            .blob_id(one)
            .is_some_and(|id| after.blob_id(other) == Some(id)),
    }
}
