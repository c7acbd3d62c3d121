//! Entries in, the order in which git stores their bytes out.
//!
//! Git keeps alike objects as differences to one another, near to each other in a pack. Whoever
//! reads them in another order unpacks the same bases again and again. Only the order of reading
//! hangs on this: what is not understood here is read as it comes.

use std::fs;
use std::path::Path;

use crate::entry::Entry;

/// Bytes before the table of first bytes: the magic number and the version.
const HEADER: usize = 8;

/// Entries of the table of first bytes.
const FANOUT: usize = 256;

/// Bytes of an object's name.
const NAME: usize = 20;

/// The index of one pack: version 2 of the format that `gitformat-pack` describes.
struct Index {
    bytes: Vec<u8>,
    count: usize,
}

/// Returns the positions of entries in the order in which their objects are stored; what lies in
/// no pack comes first, as it is.
pub(crate) fn order(git_dir: &Path, entries: &[Entry]) -> Vec<usize> {
    let packs = packs(git_dir);
    let place = |entry: &Entry| {
        let id = entry.object()?;
        let mut found = packs.iter().enumerate();
        found.find_map(|(pack, index)| Some((pack, index.offset(id.as_bytes())?)))
    };
    let mut order: Vec<(Option<(usize, u64)>, usize)> = entries
        .iter()
        .enumerate()
        .map(|(position, entry)| (place(entry), position))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, position)| position).collect()
}

fn packs(git_dir: &Path) -> Vec<Index> {
    let entries = fs::read_dir(git_dir.join("objects").join("pack"));
    let paths = entries.into_iter().flatten().flatten();
    let mut paths: Vec<_> = paths.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "idx"));
    paths.sort();
    let read = paths.iter().filter_map(|path| fs::read(path).ok());
    read.filter_map(Index::new).collect()
}

impl Index {
    fn new(bytes: Vec<u8>) -> Option<Self> {
        if bytes.get(..HEADER)? != b"\xfftOc\0\0\0\x02" {
            return None;
        }
        let last = HEADER + (FANOUT - 1) * 4;
        let count = number(&bytes, last)? as usize;
        Some(Self { bytes, count })
    }

    /// Returns where in the pack an object begins.
    fn offset(&self, id: &[u8]) -> Option<u64> {
        let first = usize::from(*id.first()?);
        let bound = |byte: usize| number(&self.bytes, HEADER + byte * 4).map(|one| one as usize);
        let mut low = if first == 0 { 0 } else { bound(first - 1)? };
        let mut high = bound(first)?.min(self.count);
        let names = HEADER + FANOUT * 4;
        while low < high {
            let middle = low + (high - low) / 2;
            let at = names + middle * NAME;
            match self.bytes.get(at..at + NAME)?.cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.nth_offset(names, middle),
            }
        }
        None
    }

    /// Behind the names stand checksums of 4 bytes, then offsets of 4, then those that need 8.
    fn nth_offset(&self, names: usize, nth: usize) -> Option<u64> {
        let offsets = names + self.count * (NAME + 4);
        let offset = number(&self.bytes, offsets + nth * 4)?;
        if offset & 0x8000_0000 == 0 {
            return Some(u64::from(offset));
        }
        let at = offsets + self.count * 4 + (offset & 0x7fff_ffff) as usize * 8;
        let (high, low) = (number(&self.bytes, at)?, number(&self.bytes, at + 4)?);
        Some(u64::from(high) << 32 | u64::from(low))
    }
}

/// Reads a number of four bytes, the greatest first.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
