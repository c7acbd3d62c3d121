//! What can be found out anew in, kept in the repository's own data folder, out where nothing that
//! it hangs on has changed.
//!
//! The folder lies below `.git`, where no pull request reaches. A page is written whole under
//! another name and then renamed, so that two runs at once and a run that is cut off leave either
//! the old page or the new one; whatever does not hash to what it says is as if it were not there.

mod leaves;

use std::fmt;
use std::fs::{self, File};
use std::hash::Hasher as _;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use meshlaw_changeset::Reader;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use twox_hash::XxHash3_64;

pub use leaves::{Leaves, read_exactly};

/// Name of the folder.
const FOLDER: &str = "meshlaw";

/// How much is kept of most kinds.
const USUAL: Room = Room {
    pages: 8,
    bytes: 128 << 20,
};

/// How names of files begin that are being written.
const BEGUN: &str = ".new-";

/// No run writes for so long.
const LONG: Duration = Duration::from_secs(6 * 60 * 60);

const HASH: usize = 32;

/// Bytes of the sum that tells whether a page is whole. Nobody who could forge one needs to: whoever
/// writes here can write any page.
const SUM: usize = 8;

/// The kept pages of one repository.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// How much is kept of one kind, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Most pages.
    pub pages: usize,
    /// Most bytes, but for the newest two pages.
    pub bytes: u64,
}

/// What a page hangs on, as a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key([u8; HASH]);

/// A page that was read: bytes that values borrow from.
#[derive(Debug)]
pub struct Page(Vec<u8>);

impl Key {
    /// Hashes what a page hangs on, and the sources of the program that wrote it.
    pub fn of(parts: &impl Serialize) -> Option<Self> {
        let parts = postcard::to_stdvec(&(env!("MESHLAW_SOURCES"), parts)).ok()?;
        Some(Self(Sha256::digest(parts).into()))
    }

    /// The bytes of the hash, from which the key is made again.
    pub fn bytes(&self) -> [u8; HASH] {
        self.0
    }

    /// Returns the key of these bytes.
    pub fn from_bytes(bytes: [u8; HASH]) -> Self {
        Self(bytes)
    }

    fn name(&self, kind: &str) -> String {
        let mut digits = self.to_string();
        digits.truncate(16);
        format!("{kind}-{digits}")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(&self.0))
    }
}

/// Writes bytes as hexadecimal digits.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Page {
    /// Returns the value that the page holds.
    pub fn value<'p, T: Deserialize<'p>>(&'p self) -> Option<T> {
        postcard::from_bytes(&self.0).ok()
    }

    /// Returns the bytes of the value.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Cache {
    /// Returns the cache of the repository that a reader reads; outside of any there is none.
    pub fn of(reader: &Reader) -> Option<Self> {
        reader.common_dir().map(|folder| Self {
            folder: folder.join(FOLDER),
        })
    }

    /// A cache in a folder of its own.
    #[cfg(test)]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads a page; what is not whole, or hangs on anything else, is not there.
    pub fn load(&self, kind: &str, key: &Key) -> Option<Page> {
        let mut file = File::open(self.place(kind, key)).ok()?;
        let (mut own, mut sum) = ([0; HASH], [0; SUM]);
        file.read_exact(&mut own).ok()?;
        if key.0 != own {
            return None;
        }
        file.read_exact(&mut sum).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        (XxHash3_64::oneshot(&bytes).to_le_bytes() == sum).then_some(Page(bytes))
    }

    /// Opens a page that is read a leaf at a time.
    pub fn leaves(&self, kind: &str, key: &Key) -> Option<Leaves> {
        Leaves::open(self.place(kind, key), Some(key))
    }

    /// Opens the newest page of a kind that is read a leaf at a time, whatever it hangs on.
    pub fn newest_leaves(&self, kind: &str) -> Option<Leaves> {
        Leaves::open(self.pages(kind).pop()?, None)
    }

    /// Writes a page that is read a leaf at a time.
    pub fn store_leaves(&self, kind: &str, key: &Key, bytes: &[u8]) {
        let write = || {
            let mut fresh = self.fresh()?;
            Leaves::write(fresh.as_file_mut(), key, bytes)?;
            io::Result::Ok(fresh.persist(self.place(kind, key))?)
        };
        let _ = write();
        self.weed(kind, USUAL);
    }

    /// Writes a page. What cannot be kept is found out anew the next time, so that nothing fails.
    pub fn store(&self, kind: &str, key: &Key, value: &impl Serialize) {
        let _ = self.write(kind, key, value);
        self.weed(kind, USUAL);
    }

    /// Writes one of many pages, and tells whether it is kept. Whoever does so removes what is too
    /// much when all are written.
    pub fn add(&self, kind: &str, key: &Key, value: &impl Serialize) -> bool {
        self.write(kind, key, value).is_ok()
    }

    /// Where a file of a kind lies that has a shape of its own.
    pub fn place(&self, kind: &str, key: &Key) -> PathBuf {
        self.folder.join(key.name(kind))
    }

    /// Begins a file that has a shape of its own; it is nowhere until it is kept.
    pub fn begin(&self) -> io::Result<Fresh> {
        let fresh = self.fresh()?;
        self.sweep();
        Ok(Fresh(fresh))
    }

    /// Removes files that runs began long ago and were cut off before they kept them.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_begun = entry.file_name().to_string_lossy().starts_with(BEGUN);
            let age = entry
                .metadata()
                .and_then(|page| page.modified())
                .map(|at| at.elapsed());
            if is_begun && age.is_ok_and(|age| age.is_ok_and(|age| age > LONG)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Keeps a file that was begun and is written.
    pub fn keep(&self, kind: &str, key: &Key, fresh: Fresh) {
        let _ = fresh.0.persist(self.place(kind, key));
        self.weed(kind, USUAL);
    }

    /// Removes what is too much of a kind.
    pub fn weed(&self, kind: &str, room: Room) {
        let mut bytes = 0;
        for (at, page) in self.pages(kind).into_iter().rev().enumerate() {
            bytes += fs::metadata(&page).map_or(0, |page| page.len());
            if at >= room.pages || at >= 2 && bytes > room.bytes {
                let _ = fs::remove_file(page);
            }
        }
    }

    /// Removes every page, and returns how many bytes they took.
    pub fn clear(&self) -> io::Result<u64> {
        let mut bytes = 0;
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            bytes += entry.metadata()?.len();
            fs::remove_file(entry.path())?;
        }
        fs::remove_dir(&self.folder)?;
        Ok(bytes)
    }

    fn write(&self, kind: &str, key: &Key, value: &impl Serialize) -> io::Result<()> {
        let mut file = self.fresh()?;
        file.write_all(&key.0)?;
        file.write_all(&[0; SUM])?;
        let hashed = Hashed {
            out: file.as_file_mut(),
            hash: XxHash3_64::new(),
        };
        let written = postcard::to_io(value, BufWriter::with_capacity(1 << 16, hashed));
        let written = written.map_err(io::Error::other)?.into_inner();
        let sum = written?.hash.finish().to_le_bytes();
        file.seek(SeekFrom::Start(HASH as u64))?;
        file.write_all(&sum)?;
        file.persist(self.folder.join(key.name(kind)))?;
        Ok(())
    }

    /// Begins a file under another name.
    fn fresh(&self) -> io::Result<tempfile::NamedTempFile> {
        fs::create_dir_all(&self.folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(BEGUN).tempfile_in(&self.folder)
    }

    /// Returns the pages of a kind, the oldest first.
    fn pages(&self, kind: &str) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let prefix = format!("{kind}-");
        let mut found: Vec<(SystemTime, PathBuf)> = entries
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        found.sort();
        found.into_iter().map(|(_, path)| path).collect()
    }
}

/// A file that is being written under another name.
pub struct Fresh(tempfile::NamedTempFile);

impl io::Write for Fresh {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Hashes what is written on its way to the disk.
struct Hashed<W> {
    out: W,
    hash: XxHash3_64,
}

impl<W: io::Write> io::Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.write(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
