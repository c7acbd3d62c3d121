//! Sections of bytes in, one file of them out, which is read here and there and never as a whole.
//!
//! Each stretch of the file has a sum of its own, so that what is read is known to be what was
//! written, and nothing has to be read for that but what is asked for. What says where sections
//! stand comes last: of a write that was cut off, nothing is believed.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::cache::{Key, read_exactly};

/// The shape of the file; one of another shape is not read.
const EDITION: u64 = 1;

/// Bytes of a stretch that has a sum.
const STRETCH: usize = 4096;

/// Bytes of a sum.
const SUM: usize = 8;

/// Bytes at the end: where the contents stand, how long they are, what they sum up to, and the edition.
const TAIL: usize = 8 + 8 + SUM + 8;

/// What a file says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    key: Key,
    sections: Vec<Range<u64>>,
}

/// Writes sections one after the other.
pub struct Binding<W> {
    out: W,
    at: u64,
    stretch: Vec<u8>,
    sums: Vec<u8>,
    sections: Vec<Range<u64>>,
}

impl<W: Write> Binding<W> {
    /// Begins a file.
    pub fn new(out: W) -> Self {
        Self {
            out,
            at: 0,
            stretch: Vec::with_capacity(STRETCH),
            sums: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// Where the next byte goes.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Writes bytes of the section that is open.
    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        while !bytes.is_empty() {
            let whole = bytes.len() - bytes.len() % STRETCH;
            if self.stretch.is_empty() && whole > 0 {
                let (now, later) = bytes.split_at(whole);
                let sums = now.chunks(STRETCH).flat_map(sum);
                self.sums.extend(sums);
                self.out.write_all(now)?;
                bytes = later;
                continue;
            }
            let room = STRETCH - self.stretch.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.stretch.extend_from_slice(now);
            bytes = later;
            if self.stretch.len() == STRETCH {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Ends a section that began at a place; sections are read by the order in which they end.
    pub fn end(&mut self, start: u64) {
        self.sections.push(start..self.at);
    }

    /// Writes bytes as a section of their own.
    pub fn section(&mut self, bytes: &[u8]) -> io::Result<()> {
        let start = self.at;
        self.write(bytes)?;
        self.end(start);
        Ok(())
    }

    /// Writes a value as a section of its own.
    pub fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.section(&postcard::to_stdvec(value).map_err(io::Error::other)?)
    }

    /// Ends the file, and returns what it was written to.
    pub fn finish(mut self, key: Key) -> io::Result<W> {
        self.flush()?;
        let sections = self.sections;
        let mut contents = self.sums;
        let own = postcard::to_stdvec(&Contents { key, sections }).map_err(io::Error::other)?;
        contents.extend(own);
        self.out.write_all(&contents)?;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(&(contents.len() as u64).to_le_bytes())?;
        self.out.write_all(&sum(&contents))?;
        self.out.write_all(&EDITION.to_le_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.stretch.is_empty() {
            self.sums.extend_from_slice(&sum(&self.stretch));
            self.out.write_all(&self.stretch)?;
            self.stretch.clear();
        }
        Ok(())
    }
}

/// Sums up a stretch; nobody but the program writes here, so that nothing has to withstand more.
fn sum(bytes: &[u8]) -> [u8; SUM] {
    XxHash3_64::oneshot(bytes).to_le_bytes()
}

/// A file that is open for reading.
pub struct Volume {
    file: File,
    sections: Vec<Range<u64>>,
    sums: Vec<u8>,
    length: u64,
    /// The stretches that were read last, and where they begin.
    last: RefCell<(u64, Vec<u8>)>,
    is_damaged: Cell<bool>,
}

impl Volume {
    /// Opens a file; none where it is not whole, or was written under another key.
    pub fn open(path: &Path, key: &Key) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let end = file.metadata().ok()?.len();
        let tail = read_at(&mut file, end.checked_sub(TAIL as u64)?, TAIL)?;
        let (length, rest) = tail.split_first_chunk::<8>()?;
        let (size, rest) = rest.split_first_chunk::<8>()?;
        let (hash, edition) = rest.split_first_chunk::<SUM>()?;
        let (length, size) = (u64::from_le_bytes(*length), u64::from_le_bytes(*size));
        let is_ours = *edition == EDITION.to_le_bytes();
        if !is_ours || length.checked_add(size)?.checked_add(TAIL as u64)? != end {
            return None;
        }
        let mut sums = read_at(&mut file, length, usize::try_from(size).ok()?)?;
        if sum(&sums) != *hash {
            return None;
        }
        let stretches = usize::try_from(length.div_ceil(STRETCH as u64)).ok()?;
        let own = sums.get(stretches.checked_mul(SUM)?..)?;
        let contents: Contents = postcard::from_bytes(own).ok()?;
        sums.truncate(stretches * SUM);
        (contents.key == *key).then(|| Self {
            file,
            sections: contents.sections,
            sums,
            length,
            last: RefCell::default(),
            is_damaged: Cell::new(false),
        })
    }

    /// Tells whether anything was read that is not what was written.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged.get()
    }

    /// Takes note of something that cannot be as it stands.
    pub fn doubt<T>(&self, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.is_damaged.set(true);
        }
        found
    }

    /// How many bytes a section has.
    pub fn length(&self, section: usize) -> u64 {
        let range = self.sections.get(section);
        range.map_or(0, |range| range.end.saturating_sub(range.start))
    }

    /// Reads all of a section.
    pub fn section(&self, section: usize) -> Option<Vec<u8>> {
        self.part(section, 0, self.length(section))
    }

    /// Reads a value that is a section.
    pub fn value<T: for<'v> Deserialize<'v>>(&self, section: usize) -> Option<T> {
        let bytes = self.section(section)?;
        self.doubt(postcard::from_bytes(&bytes).ok())
    }

    /// Reads bytes of a section.
    pub fn part(&self, section: usize, at: u64, length: u64) -> Option<Vec<u8>> {
        let range = self.sections.get(section).cloned();
        let start = range.and_then(|range| {
            let start = range.start.checked_add(at)?;
            (start.checked_add(length)? <= range.end).then_some(start)
        });
        let start = self.doubt(start)?;
        self.doubt(self.bytes(start, length))
    }

    fn bytes(&self, start: u64, length: u64) -> Option<Vec<u8>> {
        let size = STRETCH as u64;
        let end = start
            .checked_add(length)
            .filter(|end| *end <= self.length)?;
        let from = start / size * size;
        let until = end.div_ceil(size).checked_mul(size)?.min(self.length);
        let within = usize::try_from(start - from).ok()?;
        let within = within..within.checked_add(usize::try_from(length).ok()?)?;
        let mut last = self.last.borrow_mut();
        if last.0 > from || last.0 + (last.1.len() as u64) < until {
            *last = (from, self.stretches(from, until)?);
        }
        let skipped = usize::try_from(from - last.0).ok()?;
        let bytes = last.1.get(skipped..)?.get(within)?;
        let bytes = bytes.to_vec();
        if last.1.len() > STRETCH * 16 {
            *last = (0, Vec::new());
        }
        Some(bytes)
    }

    fn stretches(&self, from: u64, until: u64) -> Option<Vec<u8>> {
        let length = usize::try_from(until.checked_sub(from)?).ok()?;
        // No more than the file is known to hold.
        let bytes = read_exactly(&self.file, from, length)?;
        let first = usize::try_from(from).ok()? / STRETCH;
        let sums = self.sums.chunks_exact(SUM).skip(first);
        let mut stretches = bytes.chunks(STRETCH).zip(sums);
        let count = bytes.len().div_ceil(STRETCH);
        let is_sound = (self.sums.len() / SUM).checked_sub(first)? >= count
            && stretches.all(|(bytes, own)| sum(bytes) == own);
        is_sound.then_some(bytes)
    }
}

fn read_at(file: &mut File, at: u64, length: usize) -> Option<Vec<u8>> {
    // What claims to be longer than the file gets no room.
    let end = file.metadata().ok()?.len();
    if at.checked_add(length as u64)? > end {
        return None;
    }
    read_exactly(file, at, length)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn bound(key: Key) -> (Vec<u8>, Vec<Vec<u8>>) {
        let sections: Vec<Vec<u8>> = [0_usize, 1, 4095, 4096, 4097, 20_000]
            .iter()
            .map(|length| (0..*length).map(|at| (at * length % 251) as u8).collect())
            .collect();
        let mut file = Vec::new();
        let mut binding = Binding::new(&mut file);
        for section in &sections {
            let start = binding.at();
            section
                .chunks(1 + section.len() / 2)
                .for_each(|part| binding.write(part).unwrap());
            binding.end(start);
        }
        binding.finish(key).unwrap();
        (file, sections)
    }

    #[test]
    fn what_was_bound_is_read_anywhere() {
        let (key, other) = (Key::of(&1).unwrap(), Key::of(&2).unwrap());
        let (bytes, sections) = bound(key);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        assert!(Volume::open(file.path(), &other).is_none());
        let volume = Volume::open(file.path(), &key).unwrap();
        for (number, section) in sections.iter().enumerate() {
            assert_eq!(volume.section(number).as_ref(), Some(section));
            for at in (0..section.len()).step_by(997) {
                let part = volume.part(number, at as u64, 1).unwrap();
                assert_eq!(part, section[at..=at]);
                let rest = (section.len() - at) as u64;
                let part = volume.part(number, at as u64, rest).unwrap();
                assert_eq!(part, section[at..]);
            }
        }
        assert!(!volume.is_damaged());
        assert!(volume.part(1, 1, 1).is_none() && volume.is_damaged());
        assert!(volume.section(6).is_none_or(|bytes| bytes.is_empty()));
    }

    #[test]
    fn nothing_is_believed_that_is_not_as_it_was_written() {
        let key = Key::of(&1).unwrap();
        let (bytes, sections) = bound(key);
        let file = tempfile::NamedTempFile::new().unwrap();
        for length in 0..bytes.len() {
            if length % 97 == 0 || length + 200 > bytes.len() {
                std::fs::write(file.path(), &bytes[..length]).unwrap();
                assert!(Volume::open(file.path(), &key).is_none(), "{length}");
            }
        }
        for at in (0..bytes.len()).step_by(61) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            std::fs::write(file.path(), flipped).unwrap();
            let Some(volume) = Volume::open(file.path(), &key) else {
                continue;
            };
            let read: Vec<_> = (0..sections.len()).map(|one| volume.section(one)).collect();
            assert!(volume.is_damaged(), "{at}");
            for (read, section) in read.iter().zip(&sections) {
                assert!(read.as_ref().is_none_or(|read| read == section), "{at}");
            }
        }
    }
}
