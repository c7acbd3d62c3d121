//! A file in, some of its bytes out, read where they lie by any number of threads at once.
//!
//! Mapping the file would be the other way; it needs `unsafe`, since a file may shrink under a map.

use std::fs::File;
use std::io;
use std::path::Path;

/// Bytes at the beginning of a pack: a magic number, the version and the count of objects.
const HEADER: usize = 12;

/// Bytes at the end of a pack, which are a hash of the others.
const TRAILER: u64 = 20;

/// An open file, and how far it is of interest.
pub(crate) struct Stored {
    file: File,
    end: u64,
}

impl Stored {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let end = file.metadata().ok()?.len();
        Some(Self { file, end })
    }

    /// Opens a pack that holds as many objects as its index says.
    pub(crate) fn pack(path: &Path, count: usize) -> Option<Self> {
        let Self { file, end } = Self::open(path)?;
        let end = end.checked_sub(TRAILER)?;
        let pack = Self { file, end };
        let mut header = Vec::new();
        pack.read_exact(0, HEADER, &mut header)?;
        let (magic, rest) = header.split_at_checked(4)?;
        let (version, held) = rest.split_at_checked(4)?;
        let is_known = magic == b"PACK" && matches!(version, [0, 0, 0, 2 | 3]);
        let held = u32::from_be_bytes(held.try_into().ok()?);
        (is_known && usize::try_from(held) == Ok(count)).then_some(pack)
    }

    /// Where it ends, as far as it is of interest.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Reads as many bytes as there are, `most` at most.
    pub(crate) fn read(&self, at: u64, most: usize, into: &mut Vec<u8>) -> Option<()> {
        let left = self.end.checked_sub(at)?;
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(most);
        into.clear();
        into.try_reserve(size).ok()?;
        into.resize(size, 0);
        fill(&self.file, at, into).ok()
    }

    /// Reads bytes that must be there.
    pub(crate) fn read_exact(&self, at: u64, size: usize, into: &mut Vec<u8>) -> Option<()> {
        self.read(at, size, into)?;
        (into.len() == size).then_some(())
    }
}

#[cfg(unix)]
fn fill(file: &File, at: u64, into: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(windows)]
fn fill(file: &File, mut at: u64, mut into: &mut [u8]) -> io::Result<()> {
    while !into.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, into, at)?;
        let rest = std::mem::take(&mut into).get_mut(read..);
        into = rest
            .filter(|_| read > 0)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        at += read as u64;
    }
    Ok(())
}

/// Other systems have no way to read at a place that threads may share.
#[cfg(not(any(unix, windows)))]
fn fill(_: &File, _: u64, _: &mut [u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
