//! What a listing holds: a path, what kind of thing lies there, and where its bytes are.
//!
//! Knows nothing of the bytes themselves.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk;
use crate::path::RepoPath;

/// One thing that a snapshot holds at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: RepoPath,
    /// What it is.
    pub kind: Kind,
    /// Where its bytes are.
    pub place: Place,
}

/// What lies at a path. Whether a file may be executed is of no interest here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A symbolic link, which is never followed.
    Symlink,
    /// A commit of another repository, which is never opened.
    Submodule,
    /// A merge conflict in the index that nobody has resolved.
    Conflict,
    /// A pipe, a socket or a device on disk.
    Special,
}

/// Where the bytes of an entry are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the object database, under this id; for a submodule the id of its commit.
    Object(ObjectId),
    /// On disk, at its path below this folder.
    Disk(Arc<Path>),
}

/// The id of a git object; shown as 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) git2::Oid);

impl Entry {
    /// A thing that git holds, as a listing had it before.
    pub fn stored(path: RepoPath, kind: Kind, id: ObjectId) -> Self {
        Self {
            path,
            kind,
            place: Place::Object(id),
        }
    }

    /// What tells these bytes from any others that could lie at the path: the id of the object, or
    /// what the file system knows of the file. None where nothing is sure enough, such as for a
    /// file that changed after `settled`: it could change once more within one tick of its clock.
    pub fn stamp(&self, settled: u64) -> Option<Vec<u8>> {
        match &self.place {
            Place::Object(id) => Some(id.as_bytes().to_vec()),
            Place::Disk(_) if self.kind == Kind::File => disk::stamp(&self.on_disk()?, settled),
            Place::Disk(_) => None,
        }
    }

    /// Where it lies on disk; none for what git holds.
    pub(crate) fn on_disk(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Object(_) => None,
            Place::Disk(root) => self.path.below(root),
        }
    }

    /// The id of the object that holds the bytes; none for a file that is only on disk.
    pub fn object(&self) -> Option<ObjectId> {
        match self.place {
            Place::Object(id) => Some(id),
            Place::Disk(_) => None,
        }
    }
}

impl ObjectId {
    /// The id of these twenty bytes.
    pub fn from_bytes(bytes: &[u8; 20]) -> Self {
        // Oids of twenty bytes are never refused.
        Self(git2::Oid::from_bytes(bytes).unwrap_or(git2::Oid::ZERO_SHA1))
    }

    /// Reads 40 hexadecimal digits.
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 40 {
            return None;
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self::from_bytes(&bytes))
    }

    /// The twenty bytes of the id.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
