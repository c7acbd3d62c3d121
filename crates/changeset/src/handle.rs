//! A folder or a file that is open in, the names in it or its bytes, and what the file system knows of
//! either, out.
//!
//! On Linux names are looked up within the open folder, and no link is followed in the last part of a
//! path; elsewhere that is looked at before. Both ways know the same of a file.

#[cfg(not(target_os = "linux"))]
pub(crate) use by_path::{Handle, Opened};
use std::io;
#[cfg(target_os = "linux")]
pub(crate) use within::{Handle, Opened};

use crate::entry::Kind;

/// What a listing says of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Folder,
    /// Anything but a folder.
    Other(Kind),
    /// Some file systems do not say.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "told by Linux alone")
    )]
    Unknown,
}

/// What is known of a file: what it is, and its stamp. None for a folder.
type Known = Option<(Kind, Option<Vec<u8>>)>;

/// Takes each name, with what the listing says of it.
type Each<'e> = dyn FnMut(&[u8], Seen) -> io::Result<()> + 'e;

#[cfg(target_os = "linux")]
mod within {
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::buffer::spare_capacity;
    use rustix::fs::{
        AtFlags, CWD, FileType, Mode, OFlags, RawDir, Statx, StatxFlags, fstat, openat, statx,
    };

    use super::{Each, Kind, Known, Seen, io};
    use crate::disk::{Facts, Looked};

    /// Bytes of names that are listed at once.
    const ROOM: usize = 32 * 1024;

    pub(crate) struct Handle(OwnedFd);

    impl Handle {
        /// Opens a folder; a link is followed where that is asked for.
        pub(crate) fn of(path: &Path, follows: bool) -> io::Result<Self> {
            let mut flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            flags.set(OFlags::NOFOLLOW, !follows);
            Ok(Self(openat(CWD, path, flags, Mode::empty())?))
        }

        pub(crate) fn below(&self, name: &[u8]) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            Ok(Self(openat(&self.0, name, flags, Mode::empty())?))
        }

        pub(crate) fn names(&self, each: &mut Each<'_>) -> io::Result<()> {
            let mut room = Vec::with_capacity(ROOM);
            let mut listing = RawDir::new(&self.0, room.spare_capacity_mut());
            while let Some(entry) = listing.next() {
                let entry = entry?;
                let name = entry.file_name().to_bytes();
                let seen = match entry.file_type() {
                    FileType::Unknown => Seen::Unknown,
                    other => kind(other).map_or(Seen::Folder, Seen::Other),
                };
                if !matches!(name, b"." | b"..") {
                    each(name, seen)?;
                }
            }
            Ok(())
        }

        pub(crate) fn look(&self, name: &[u8], settled: u64) -> io::Result<Known> {
            let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::STATX_SYNC_AS_STAT;
            let known = statx(&self.0, name, flags, StatxFlags::BASIC_STATS)?;
            let kind = kind(FileType::from_raw_mode(known.stx_mode.into()));
            Ok(kind.map(|kind| {
                let is_file = kind == Kind::File;
                let stamp = is_file.then(|| facts(&known).stamp(settled));
                (kind, stamp.flatten())
            }))
        }
    }

    /// What a file type means here; none for a folder.
    fn kind(file_type: FileType) -> Option<Kind> {
        match file_type {
            FileType::Directory => None,
            FileType::RegularFile => Some(Kind::File),
            FileType::Symlink => Some(Kind::Symlink),
            _ => Some(Kind::Special),
        }
    }

    fn facts(known: &Statx) -> Facts {
        let (changed, written) = (&known.stx_ctime, &known.stx_mtime);
        Facts {
            device: rustix::fs::makedev(known.stx_dev_major, known.stx_dev_minor),
            number: known.stx_ino,
            size: known.stx_size,
            changed: (changed.tv_sec, changed.tv_nsec.into()),
            written: (written.tv_sec, written.tv_nsec.into()),
        }
    }

    pub(crate) struct Opened(OwnedFd);

    impl Opened {
        /// Opens whatever lies at a path but a link, without waiting for anybody.
        pub(crate) fn of(path: &Path) -> io::Result<Self> {
            let flags = OFlags::RDONLY
                | OFlags::CLOEXEC
                | OFlags::NOFOLLOW
                | OFlags::NONBLOCK
                | OFlags::NOCTTY;
            Ok(Self(openat(CWD, path, flags, Mode::empty())?))
        }

        pub(crate) fn look(&self) -> io::Result<Looked> {
            let known = fstat(&self.0)?;
            let nanoseconds = |count| i64::try_from(count).unwrap_or(i64::MAX);
            Ok(Looked {
                kind: kind(FileType::from_raw_mode(known.st_mode)),
                size: u64::try_from(known.st_size).unwrap_or_default(),
                facts: Some(Facts {
                    device: known.st_dev,
                    number: known.st_ino,
                    size: u64::try_from(known.st_size).unwrap_or_default(),
                    changed: (known.st_ctime, nanoseconds(known.st_ctime_nsec)),
                    written: (known.st_mtime, nanoseconds(known.st_mtime_nsec)),
                }),
            })
        }

        /// Reads at most so many bytes; about as many as `size` are there.
        pub(crate) fn read(&self, size: usize, limit: usize) -> io::Result<Vec<u8>> {
            // One more than there should be, so that nothing has to be asked for twice.
            let mut bytes = Vec::with_capacity(size.min(limit) + 1);
            while bytes.len() < limit {
                if bytes.len() == bytes.capacity() {
                    bytes.reserve(bytes.len());
                }
                match rustix::io::read(&self.0, spare_capacity(&mut bytes)) {
                    Err(rustix::io::Errno::INTR) => continue,
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => return Err(error.into()),
                }
                if bytes.len() == size && bytes.len() < bytes.capacity() {
                    break;
                }
            }
            bytes.truncate(limit);
            Ok(bytes)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod by_path {
    use std::fs::{self, File};
    use std::io::Read as _;
    use std::path::{Path, PathBuf};

    use super::{Each, Known, Seen, io};
    use crate::disk::{self, Looked};
    use crate::path::native;

    pub(crate) struct Handle(PathBuf);

    impl Handle {
        pub(crate) fn of(path: &Path, _: bool) -> io::Result<Self> {
            Ok(Self(path.to_owned()))
        }

        pub(crate) fn below(&self, name: &[u8]) -> io::Result<Self> {
            Ok(Self(self.0.join(native(name))))
        }

        pub(crate) fn names(&self, each: &mut Each<'_>) -> io::Result<()> {
            for entry in fs::read_dir(&self.0)? {
                let entry = entry?;
                let kind = disk::kind(entry.file_type()?);
                let seen = kind.map_or(Seen::Folder, Seen::Other);
                each(entry.file_name().as_encoded_bytes(), seen)?;
            }
            Ok(())
        }

        pub(crate) fn look(&self, name: &[u8], settled: u64) -> io::Result<Known> {
            let path = self.0.join(native(name));
            let kind = disk::kind(fs::symlink_metadata(&path)?.file_type());
            Ok(kind.map(|kind| (kind, disk::stamp(&path, settled))))
        }
    }

    pub(crate) struct Opened(File);

    impl Opened {
        pub(crate) fn of(path: &Path) -> io::Result<Self> {
            if !fs::symlink_metadata(path)?.is_file() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            File::open(path).map(Self)
        }

        pub(crate) fn look(&self) -> io::Result<Looked> {
            let metadata = self.0.metadata()?;
            Ok(Looked {
                kind: disk::kind(metadata.file_type()),
                size: metadata.len(),
                facts: disk::facts(&metadata),
            })
        }

        pub(crate) fn read(&self, size: usize, limit: usize) -> io::Result<Vec<u8>> {
            let mut bytes = Vec::with_capacity(size.min(limit) + 1);
            (&self.0).take(limit as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}
