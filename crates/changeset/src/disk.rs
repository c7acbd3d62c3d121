//! A path on disk in, what lies there out; symbolic links are never followed.
//!
//! Knows nothing of git's object database.

use std::fs::{self, File, FileType};
use std::io::{self, Read as _};
use std::path::Path;

use git2::{ObjectType, Oid};

use crate::content::Unreadable;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::path::RepoPath;

/// The entry at a path below a root; none for a folder, or where nothing lies.
pub(crate) fn entry(root: &Path, path: &RepoPath) -> Option<Entry> {
    let place = path.below(root)?;
    let kind = kind(fs::symlink_metadata(&place).ok()?.file_type())?;
    Some(Entry {
        path: path.clone(),
        kind,
        place: Place::Disk(place),
    })
}

/// What a file type means here; none for a folder.
pub(crate) fn kind(file_type: FileType) -> Option<Kind> {
    if file_type.is_dir() {
        None
    } else if file_type.is_symlink() {
        Some(Kind::Symlink)
    } else if file_type.is_file() {
        Some(Kind::File)
    } else {
        Some(Kind::Special)
    }
}

/// The id that these bytes have as an object, whether or not any repository holds it.
pub fn blob_of(bytes: &[u8]) -> ObjectId {
    let id = Oid::hash_object(ObjectType::Blob, bytes);
    ObjectId(id.unwrap_or(Oid::ZERO_SHA1))
}

/// The bytes of a regular file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    // Looked at again: what was a file when it was listed may be a link or a pipe by now.
    let metadata = fs::symlink_metadata(path).map_err(io)?;
    match kind(metadata.file_type()) {
        Some(Kind::File) => {}
        Some(Kind::Symlink) => return Err(Unreadable::Symlink),
        _ => return Err(Unreadable::Special),
    }
    if metadata.len() > limit {
        return Err(Unreadable::TooLarge {
            size: metadata.len(),
            limit,
        });
    }
    let room = usize::try_from(metadata.len()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room + 1);
    // The file may grow while it is read.
    File::open(path)
        .map_err(io)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    let size = bytes.len() as u64;
    if size > limit {
        Err(Unreadable::TooLarge { size, limit })
    } else {
        Ok(bytes)
    }
}

/// The id that git would give to the bytes as they are.
pub(crate) fn blob_id(path: &Path, kind: Kind) -> Option<ObjectId> {
    let id = match kind {
        Kind::File => Oid::hash_file(ObjectType::Blob, path),
        Kind::Symlink => {
            let target = fs::read_link(path).ok()?;
            Oid::hash_object(ObjectType::Blob, target.as_os_str().as_encoded_bytes())
        }
        Kind::Submodule | Kind::Conflict | Kind::Special => return None,
    };
    id.ok().map(ObjectId)
}

/// What the file system knows of a regular file that no program can change at will: the time of
/// its last change, its number and its size.
#[cfg(unix)]
pub(crate) fn stamp(path: &Path, settled: u64) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::symlink_metadata(path).ok()?;
    let facts = Facts {
        device: metadata.dev(),
        number: metadata.ino(),
        size: metadata.size(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        written: (metadata.mtime(), metadata.mtime_nsec()),
    };
    metadata.is_file().then(|| facts.stamp(settled)).flatten()
}

/// What a stamp is made of; times are seconds and nanoseconds.
#[cfg(unix)]
pub(crate) struct Facts {
    pub(crate) device: u64,
    pub(crate) number: u64,
    pub(crate) size: u64,
    pub(crate) changed: (i64, i64),
    pub(crate) written: (i64, i64),
}

#[cfg(unix)]
impl Facts {
    /// None for a file that changed after `settled`.
    pub(crate) fn stamp(&self, settled: u64) -> Option<Vec<u8>> {
        let changed = u64::try_from(self.changed.0).ok()?;
        if changed >= settled {
            return None;
        }
        let parts = [
            self.device,
            self.number,
            self.size,
            changed,
            u64::try_from(self.changed.1).ok()?,
            u64::try_from(self.written.0).ok()?,
            u64::try_from(self.written.1).ok()?,
        ];
        Some(parts.iter().flat_map(|part| part.to_le_bytes()).collect())
    }
}

/// Other systems know nothing that is sure enough.
#[cfg(not(unix))]
pub(crate) fn stamp(_: &Path, _: u64) -> Option<Vec<u8>> {
    None
}

fn io(error: io::Error) -> Unreadable {
    Unreadable::Io {
        reason: error.kind().to_string(),
    }
}
