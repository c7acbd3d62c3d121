//! Keys and numbers in, a section that is searched without being read as a whole out.

use std::io::{self, Write};

use rayon::prelude::*;

use super::volume::{Binding, Volume};

/// Rows that are read at once.
const WINDOW: u64 = 256;

/// Keys that are hashes, each with a number, as a section.
#[derive(Debug, Default)]
pub struct Rows(Vec<(u64, u32)>);

/// Bytes of a row of a key and a number.
const PAIR: usize = 12;

impl Rows {
    /// Adds a number under a key.
    pub fn add(&mut self, key: u64, number: u32) {
        self.0.push((key, number));
    }

    /// Puts rows together, as a section holds them.
    pub fn joined(all: impl IntoIterator<Item = Rows>) -> Vec<u8> {
        let mut rows = Vec::new();
        all.into_iter().for_each(|one| rows.extend(one.0));
        rows.par_sort_unstable();
        rows.dedup();
        let mut bytes = Vec::with_capacity(rows.len() * PAIR);
        for (key, number) in rows {
            bytes.extend(key.to_le_bytes());
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    /// Writes the rows as a section.
    pub fn write<W: Write>(self, binding: &mut Binding<W>) -> io::Result<()> {
        binding.section(&Self::joined([self]))
    }
}

/// Returns the numbers under a key, in their order.
pub fn numbers(volume: &Volume, section: usize, key: u64) -> Option<Vec<u32>> {
    let rows = rows::<PAIR>(volume, section, key)?;
    let number = |row: &[u8; PAIR]| row.last_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    Some(rows.iter().filter_map(number).collect())
}

/// Returns the rows that begin with a key, of a section that is sorted by the keys of its rows.
pub fn rows<const ROW: usize>(volume: &Volume, section: usize, key: u64) -> Option<Vec<[u8; ROW]>> {
    let length = volume.length(section) / ROW as u64;
    let mut found = Vec::new();
    let Some(mut at) = first::<ROW>(volume, section, length, key)? else {
        return Some(found);
    };
    loop {
        let window = window::<ROW>(volume, section, at, length)?;
        let count = window.len();
        let own = window.into_iter().take_while(|row| key_of(row) == key);
        let before = found.len();
        found.extend(own);
        at += count as u64;
        if found.len() - before < count || at >= length {
            return Some(found);
        }
    }
}

/// Finds the first row of a key. Keys are hashes, so that the first look is mostly near enough.
fn first<const ROW: usize>(
    volume: &Volume,
    section: usize,
    length: u64,
    key: u64,
) -> Option<Option<u64>> {
    let (mut low, mut high) = (0, length);
    let guess = (u128::from(key) * u128::from(length)) >> 64;
    let mut middle = u64::try_from(guess).ok()?;
    while low < high {
        let at = middle.saturating_sub(WINDOW / 2).max(low);
        let rows = window::<ROW>(volume, section, at, high)?;
        let end = at + rows.len() as u64;
        let below = rows.iter().take_while(|row| key_of(*row) < key).count();
        if below == rows.len() {
            low = end;
        } else if below == 0 && at > low {
            high = at + 1;
            if rows.first().is_some_and(|row| key_of(row) > key) {
                high = at;
            }
        } else {
            let is_it = rows.get(below).is_some_and(|row| key_of(row) == key);
            return Some(is_it.then_some(at + below as u64));
        }
        middle = low + (high - low) / 2;
    }
    Some(None)
}

fn window<const ROW: usize>(
    volume: &Volume,
    section: usize,
    at: u64,
    high: u64,
) -> Option<Vec<[u8; ROW]>> {
    let count = WINDOW.min(high.saturating_sub(at));
    let row = ROW as u64;
    let bytes = volume.part(section, at * row, count * row)?;
    let rows = bytes.chunks_exact(ROW);
    Some(rows.filter_map(|row| row.first_chunk().copied()).collect())
}

fn key_of(row: &[u8]) -> u64 {
    row.first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Hashes a text of one sort for a table.
pub fn hash(sort: u8, bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(sort);
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    spread(bytes.iter().fold(start, step))
}

/// Spreads keys evenly, which the search counts on (the end of splitmix64).
pub fn spread(key: u64) -> u64 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use std::collections::BTreeMap;

    use super::*;
    use crate::cache::Key;

    #[test]
    fn rows_are_found_as_in_a_map() {
        let key = Key::of(&1).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        for (count, spreads) in [
            (0, true),
            (1, true),
            (1_500, true),
            (1_500, false),
            (6_000, true),
        ] {
            let mut map: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            let mut rows = Rows::default();
            for number in 0..count {
                // Some keys have thousands of rows.
                let word = if number % 3 == 0 {
                    number % 7
                } else {
                    number / 2
                };
                let hash = if spreads {
                    spread(u64::from(word))
                } else {
                    u64::from(word)
                };
                rows.add(hash, number);
                map.entry(hash).or_default().push(number);
            }
            let mut bytes = Vec::new();
            let mut binding = Binding::new(&mut bytes);
            binding.value(&7_u8).unwrap();
            rows.write(&mut binding).unwrap();
            binding.finish(key).unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            let volume = Volume::open(file.path(), &key).unwrap();
            for (key, wanted) in map.iter().step_by(5) {
                assert_eq!(numbers(&volume, 1, *key).as_ref(), Some(wanted), "{key}");
                for other in [key.wrapping_add(1), key.wrapping_sub(1)] {
                    let wanted = map.get(&other).cloned().unwrap_or_default();
                    assert_eq!(numbers(&volume, 1, other), Some(wanted));
                }
            }
            assert!(numbers(&volume, 1, u64::MAX).unwrap().is_empty() && !volume.is_damaged());
        }
    }
}
