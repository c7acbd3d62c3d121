//! Bytes in, a page out that is read a leaf at a time: of thousands of files, a gate is about few.
//!
//! The sums of all leaves stand in front, under a sum of their own. So what is read is known to be
//! what was written, and nothing has to be read for that but what is asked for.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use twox_hash::XxHash3_64;

use super::{HASH, Key, SUM};

/// Bytes of a leaf.
const LEAF: usize = 4096;

/// Bytes before the sums of leaves: the key, the sum of what follows up to the leaves, and how many
/// bytes they have.
const FRONT: usize = HASH + SUM + 8;

/// A page whose leaves are read when something in them is asked for; threads may share it.
#[derive(Debug)]
pub struct Leaves {
    held: Held,
    length: usize,
    is_damaged: AtomicBool,
}

#[derive(Debug)]
enum Held {
    /// In memory, as it was made.
    Made(Vec<u8>),
    /// In a file.
    Kept(Kept),
}

#[derive(Debug)]
struct Kept {
    file: File,
    path: PathBuf,
    /// The sums, one after the other.
    sums: Vec<u8>,
    /// Where the first leaf begins.
    start: usize,
    /// What was read so far.
    leaves: Vec<OnceLock<Option<Box<[u8]>>>>,
}

impl Leaves {
    /// Makes a page that is not kept.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self {
            length: bytes.len(),
            held: Held::Made(bytes),
            is_damaged: AtomicBool::new(false),
        }
    }

    /// Opens a page; one that is not whole, or hangs on anything else, is not there.
    pub(super) fn open(path: PathBuf, key: Option<&Key>) -> Option<Self> {
        let file = File::open(&path).ok()?;
        let end = usize::try_from(file.metadata().ok()?.len()).ok()?;
        // Most sums fit into what is read at once.
        let mut front = read_exactly(&file, 0, LEAF.min(end))?;
        let (own, rest) = front.split_first_chunk::<HASH>()?;
        if key.is_some_and(|key| key.0 != *own) {
            return None;
        }
        let (sum, rest) = rest.split_first_chunk::<SUM>()?;
        let (sum, length) = (*sum, u64::from_le_bytes(*rest.first_chunk()?));
        let length = usize::try_from(length).ok()?;
        let count = length.div_ceil(LEAF);
        let start = FRONT.checked_add(count.checked_mul(SUM)?)?;
        if start.checked_add(length)? != end {
            return None;
        }
        if let Some(missing) = start.checked_sub(front.len()) {
            front.extend(read_exactly(&file, front.len() as u64, missing)?);
        }
        if sum_of(front.get(HASH + SUM..start)?) != sum {
            return None;
        }
        let kept = Kept {
            sums: front.get(FRONT..start)?.to_vec(),
            file,
            path,
            start,
            leaves: std::iter::repeat_with(OnceLock::new).take(count).collect(),
        };
        Some(Self {
            held: Held::Kept(kept),
            length,
            is_damaged: AtomicBool::new(false),
        })
    }

    /// Writes bytes as a page.
    pub(super) fn write(mut to: impl Write, key: &Key, bytes: &[u8]) -> io::Result<()> {
        let mut front = (bytes.len() as u64).to_le_bytes().to_vec();
        front.extend(bytes.chunks(LEAF).flat_map(sum_of));
        to.write_all(&key.0)?;
        to.write_all(&sum_of(&front))?;
        to.write_all(&front)?;
        to.write_all(bytes)
    }

    /// How many bytes there are.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes, where all of them are at hand.
    pub fn made(&self) -> Option<&[u8]> {
        match &self.held {
            Held::Made(bytes) => Some(bytes),
            Held::Kept(_) => None,
        }
    }

    /// Tells whether anything was read that is not what was written: then nothing that was found by
    /// it is to be believed.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// Takes note of something that cannot be as it stands. The page goes, so that the next run makes
    /// it anew.
    pub fn doubt<T>(&self, found: Option<T>) -> Option<T> {
        if found.is_none()
            && !self.is_damaged.swap(true, Ordering::Relaxed)
            && let Held::Kept(kept) = &self.held
        {
            let _ = fs::remove_file(&kept.path);
        }
        found
    }

    /// Reads bytes; those of one leaf are not copied.
    pub fn get(&self, at: usize, length: usize) -> Option<Cow<'_, [u8]>> {
        self.doubt(self.bytes(at, length))
    }

    fn bytes(&self, at: usize, length: usize) -> Option<Cow<'_, [u8]>> {
        let end = at.checked_add(length).filter(|end| *end <= self.length)?;
        let kept = match &self.held {
            Held::Made(bytes) => return bytes.get(at..end).map(Cow::Borrowed),
            Held::Kept(kept) => kept,
        };
        let (first, within) = (at / LEAF, at % LEAF);
        if within + length <= LEAF {
            let leaf = kept.leaf(first, self.length)?;
            return leaf.get(within..within + length).map(Cow::Borrowed);
        }
        let mut bytes = Vec::with_capacity(length);
        for nth in first..end.div_ceil(LEAF) {
            let from = if nth == first { within } else { 0 };
            let leaf = kept.leaf(nth, self.length)?.get(from..)?;
            let missing = length - bytes.len();
            bytes.extend_from_slice(leaf.get(..missing).unwrap_or(leaf));
        }
        (bytes.len() == length).then_some(Cow::Owned(bytes))
    }
}

impl Kept {
    fn leaf(&self, nth: usize, length: usize) -> Option<&[u8]> {
        let read = || {
            let (at, sum) = (nth * LEAF, self.sums.chunks_exact(SUM).nth(nth)?);
            let size = length.checked_sub(at)?.min(LEAF);
            let bytes = read_exactly(&self.file, (self.start + at) as u64, size)?;
            (sum_of(&bytes) == sum).then(|| bytes.into_boxed_slice())
        };
        self.leaves.get(nth)?.get_or_init(read).as_deref()
    }
}

/// Sums bytes up. Nobody who could forge a sum needs to: whoever writes here can write any page.
fn sum_of(bytes: &[u8]) -> [u8; SUM] {
    XxHash3_64::oneshot(bytes).to_le_bytes()
}

/// Reads so many bytes at a place of a file, or none where they are not there.
#[cfg(unix)]
pub fn read_exactly(file: &File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, at).ok()?;
    Some(bytes)
}

/// Reads so many bytes at a place of a file, or none where they are not there.
#[cfg(not(unix))]
pub fn read_exactly(mut file: &File, at: u64, length: usize) -> Option<Vec<u8>> {
    use std::io::{Read as _, Seek as _};

    // Nobody else reads by the same handle between these two: leaves are read by one thread at a
    // time where systems cannot read at a place.
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN.lock().ok()?;
    file.seek(io::SeekFrom::Start(at)).ok()?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn opened(bytes: &[u8], key: &Key) -> (tempfile::TempDir, Option<Leaves>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page");
        fs::write(&path, bytes).unwrap();
        (folder, Leaves::open(path, Some(key)))
    }

    #[test]
    fn what_was_written_is_read_anywhere() {
        let (key, other) = (Key::of(&1).unwrap(), Key::of(&2).unwrap());
        // The last has more sums than are read at first.
        for length in [0, 1, 4095, 4096, 4097, 20_000, 2_200_000] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 7 % 251) as u8).collect();
            let mut page = Vec::new();
            Leaves::write(&mut page, &key, &bytes).unwrap();
            assert!(opened(&page, &other).1.is_none());
            let (_folder, leaves) = opened(&page, &key);
            let (kept, made) = (leaves.unwrap(), Leaves::of(bytes.clone()));
            assert_eq!(kept.length(), length);
            for at in (0..length).step_by(1 + length / 13) {
                for size in [0, 1, 16, LEAF, LEAF + 2, length - at] {
                    let wanted = bytes.get(at..at + size);
                    if wanted.is_some() {
                        assert_eq!(kept.get(at, size).as_deref(), wanted);
                        assert_eq!(made.get(at, size).as_deref(), wanted);
                    }
                }
            }
            assert!(!kept.is_damaged());
            assert!(kept.get(length, 1).is_none() && kept.is_damaged());
        }
    }

    #[test]
    fn nothing_is_believed_that_is_not_as_it_was_written() {
        let key = Key::of(&1).unwrap();
        let bytes: Vec<u8> = (0..20_000).map(|at| (at % 251) as u8).collect();
        let mut page = Vec::new();
        Leaves::write(&mut page, &key, &bytes).unwrap();
        for length in (0..page.len()).step_by(331) {
            assert!(opened(page.get(..length).unwrap(), &key).1.is_none());
        }
        for at in (0..page.len()).step_by(61) {
            let mut flipped = page.clone();
            *flipped.get_mut(at).unwrap() ^= 1;
            let (folder, leaves) = opened(&flipped, &key);
            let Some(leaves) = leaves else { continue };
            let read: Vec<_> = (0..20_000).map(|at| leaves.get(at, 1)).collect();
            assert!(leaves.is_damaged(), "{at}");
            assert!(!folder.path().join("page").exists());
            for (read, byte) in read.iter().zip(&bytes) {
                assert!(read.as_deref().is_none_or(|read| read == [*byte]), "{at}");
            }
        }
    }
}
