//! A path on disk in, what lies there out; symbolic links are never followed.
//!
//! Knows nothing of git's object database.

use std::fs::{self, FileType};
use std::io;
use std::path::Path;

use git2::{ObjectType, Oid};

use crate::content::Unreadable;
use crate::entry::{Entry, Kind, ObjectId, Place};
use crate::handle::Opened;
use crate::path::RepoPath;

/// The entry at a path below a root; none for a folder, or where nothing lies.
pub(crate) fn entry(root: &Path, path: &RepoPath) -> Option<Entry> {
    let place = path.below(root)?;
    let kind = kind(fs::symlink_metadata(&place).ok()?.file_type())?;
    Some(Entry {
        path: path.clone(),
        kind,
        place: Place::Disk(root.into()),
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

/// The bytes of a regular file, and what tells them from any others, where that is asked for.
pub(crate) type Bytes = (Vec<u8>, Option<Vec<u8>>);

/// The bytes of a regular file of at most `limit` bytes, with the stamp of the file they are of, if it
/// did not change after `settled`.
///
/// The file is asked what it is once it is open: what was a file when it was listed may be a link or a
/// pipe by now, and another file may lie at the path before the last byte is read. It is asked again
/// afterwards, so that bytes that were written meanwhile bear no stamp.
pub(crate) fn read(path: &Path, limit: u64, settled: Option<u64>) -> Result<Bytes, Unreadable> {
    let file = Opened::of(path).map_err(|error| unopened(path, error))?;
    let before = file.look().map_err(io)?;
    if let Some(reason) = before.kind.map_or(Some(Unreadable::Special), unread) {
        return Err(reason);
    }
    if before.size > limit {
        return Err(Unreadable::TooLarge {
            size: before.size,
            limit,
        });
    }
    let small = |number| usize::try_from(number).unwrap_or(usize::MAX);
    // The file may grow while it is read.
    let most = small(limit.saturating_add(1));
    let bytes = file.read(small(before.size), most).map_err(io)?;
    let size = bytes.len() as u64;
    if size > limit {
        return Err(Unreadable::TooLarge { size, limit });
    }
    let stamp = settled.and_then(|settled| {
        let after = file.look().ok()?;
        let is_same = after == before && size == before.size;
        after.facts.filter(|_| is_same)?.stamp(settled)
    });
    Ok((bytes, stamp))
}

/// What an open file says of itself.
#[derive(PartialEq, Eq)]
pub(crate) struct Looked {
    /// What it is; none for a folder.
    pub(crate) kind: Option<Kind>,
    pub(crate) size: u64,
    /// What its stamp is made of, where anything is sure enough.
    pub(crate) facts: Option<Facts>,
}

/// Why something is not read that is no file.
fn unread(kind: Kind) -> Option<Unreadable> {
    match kind {
        Kind::File => None,
        Kind::Symlink => Some(Unreadable::Symlink),
        _ => Some(Unreadable::Special),
    }
}

/// Why something cannot be opened: mostly since it is no file.
fn unopened(path: &Path, error: io::Error) -> Unreadable {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return io(error),
    };
    let kind = kind(metadata.file_type());
    let reason = kind.map_or(Some(Unreadable::Special), unread);
    reason.unwrap_or_else(|| io(error))
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
pub(crate) fn stamp(path: &Path, settled: u64) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let facts = facts(&metadata).filter(|_| metadata.is_file());
    facts?.stamp(settled)
}

/// How many bytes lie at a path.
pub(crate) fn size(path: &Path) -> Option<u64> {
    Some(fs::symlink_metadata(path).ok()?.len())
}

/// What a stamp is made of; times are seconds and nanoseconds.
#[derive(PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) device: u64,
    pub(crate) number: u64,
    pub(crate) size: u64,
    pub(crate) changed: (i64, i64),
    pub(crate) written: (i64, i64),
}

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
        let mut bytes = Vec::with_capacity(size_of_val(&parts));
        parts
            .iter()
            .for_each(|part| bytes.extend(part.to_le_bytes()));
        Some(bytes)
    }
}

#[cfg(unix)]
pub(crate) fn facts(metadata: &fs::Metadata) -> Option<Facts> {
    use std::os::unix::fs::MetadataExt as _;

    Some(Facts {
        device: metadata.dev(),
        number: metadata.ino(),
        size: metadata.size(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        written: (metadata.mtime(), metadata.mtime_nsec()),
    })
}

/// Other systems know nothing that is sure enough.
#[cfg(not(unix))]
pub(crate) fn facts(_: &fs::Metadata) -> Option<Facts> {
    None
}

fn io(error: io::Error) -> Unreadable {
    Unreadable::Io {
        reason: error.kind().to_string(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(
        clippy::panic,
        clippy::unwrap_used,
        reason = "a test that cannot go on has failed"
    )]

    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const LIMIT: u64 = 1_000;

    /// Late enough that every file lies before it.
    const LATE: Option<u64> = Some(u64::MAX);

    #[test]
    fn a_file_is_read_with_the_stamp_that_it_has_at_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for size in [0, 1, 999, 1_000] {
            fs::write(&path, vec![b'x'; size]).unwrap();
            let (bytes, stamped) = read(&path, LIMIT, LATE).unwrap();
            assert_eq!(bytes, vec![b'x'; size]);
            assert_eq!(stamped, stamp(&path, u64::MAX));
            assert!(stamped.is_some());
            // Who does not ask gets none, and neither does a file that could change unseen.
            assert_eq!(read(&path, LIMIT, None), Ok((bytes.clone(), None)));
            assert_eq!(read(&path, LIMIT, Some(1)), Ok((bytes, None)));
        }
        fs::write(&path, vec![b'x'; 1_001]).unwrap();
        let (size, limit) = (1_001, LIMIT);
        assert_eq!(
            read(&path, LIMIT, LATE),
            Err(Unreadable::TooLarge { size, limit })
        );
    }

    #[test]
    fn what_is_no_file_is_told_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").unwrap();
        symlink("file", at("link")).unwrap();
        symlink("nowhere", at("broken")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        let socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, reason) in [
            ("link", Unreadable::Symlink),
            ("broken", Unreadable::Symlink),
            ("pipe", Unreadable::Special),
            ("socket", Unreadable::Special),
            (".", Unreadable::Special),
        ] {
            assert_eq!(read(&at(name), LIMIT, LATE), Err(reason), "{name}");
        }
        let gone = read(&at("gone"), LIMIT, LATE);
        assert!(matches!(gone, Err(Unreadable::Io { .. })));
        drop(socket);
    }

    /// Files and links take turns at one path, and the size of each file says what it holds: whatever
    /// is read is one of the files, and bears the stamp of that and no other.
    #[test]
    fn bytes_bear_the_stamp_of_their_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, next) = (folder.path().join("a"), folder.path().join("next"));
        let letter = |size: usize| b'a' + (size % 26) as u8;
        fs::write(&path, "b").unwrap();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for size in (1..LIMIT as usize).cycle() {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    fs::write(&next, vec![letter(size); size]).unwrap();
                    fs::rename(&next, &path).unwrap();
                    if size % 7 == 0 {
                        fs::remove_file(&path).unwrap();
                        symlink("next", &path).unwrap();
                    }
                }
            });
            let mut stamps = 0;
            while stamps < 2_000 {
                match read(&path, LIMIT, LATE) {
                    Ok((bytes, stamped)) => {
                        assert!(bytes.iter().all(|byte| *byte == letter(bytes.len())));
                        if let Some(stamped) = stamped {
                            let size = (bytes.len() as u64).to_le_bytes();
                            assert_eq!(stamped.get(16..24), Some(&size[..]));
                            stamps += 1;
                        }
                    }
                    Err(Unreadable::Symlink | Unreadable::Io { .. }) => {}
                    Err(reason) => panic!("{reason}"),
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }
}
