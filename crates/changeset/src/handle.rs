//! A folder that is open in, the names in it and what the file system knows of each out.
//!
//! On Linux names are looked up within the open folder; elsewhere by whole paths. Both ways know the
//! same of a file.

#[cfg(not(target_os = "linux"))]
pub(crate) use by_path::Handle;
use std::io;
#[cfg(target_os = "linux")]
pub(crate) use within::Handle;

use crate::entry::Kind;

/// What a listing says of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Folder,
    File,
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

    use rustix::fs::{
        AtFlags, CWD, FileType, Mode, OFlags, RawDir, Statx, StatxFlags, openat, statx,
    };

    use super::{Each, Kind, Known, Seen, io};
    use crate::disk::Facts;

    /// Bytes of names that are listed at once.
    const ROOM: usize = 32 * 1024;

    pub(crate) struct Handle(OwnedFd);

    impl Handle {
        pub(crate) fn of(path: &Path) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
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
                    FileType::Directory => Seen::Folder,
                    FileType::Unknown => Seen::Unknown,
                    _ => Seen::File,
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
            let kind = match FileType::from_raw_mode(known.stx_mode.into()) {
                FileType::Directory => return Ok(None),
                FileType::RegularFile => Kind::File,
                FileType::Symlink => Kind::Symlink,
                _ => Kind::Special,
            };
            let is_file = kind == Kind::File;
            Ok(Some((
                kind,
                is_file.then(|| facts(&known).stamp(settled)).flatten(),
            )))
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
}

#[cfg(not(target_os = "linux"))]
mod by_path {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Each, Known, Seen, io};
    use crate::disk;
    use crate::path::native;

    pub(crate) struct Handle(PathBuf);

    impl Handle {
        pub(crate) fn of(path: &Path) -> io::Result<Self> {
            Ok(Self(path.to_owned()))
        }

        pub(crate) fn below(&self, name: &[u8]) -> io::Result<Self> {
            Ok(Self(self.0.join(native(name))))
        }

        pub(crate) fn names(&self, each: &mut Each<'_>) -> io::Result<()> {
            for entry in fs::read_dir(&self.0)? {
                let entry = entry?;
                let seen = if entry.file_type()?.is_dir() {
                    Seen::Folder
                } else {
                    Seen::File
                };
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
}
