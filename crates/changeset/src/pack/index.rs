//! Names of objects in, where one pack has them out.
//!
//! Reads version 2 of the format that `gitformat-pack` describes, a part at a time: an index grows
//! with the repository, and what is asked for does not.

use std::path::Path;

use super::stored::Stored;

/// Bytes before the table of first bytes: the magic number and the version.
const HEADER: usize = 8;

/// Entries of the table of first bytes.
const FANOUT: usize = 256;

/// Bytes of an object's name.
pub(crate) const NAME: usize = 20;

/// Names that are looked at together where one is looked up.
const LOOK: usize = 96;

/// The index of one pack.
pub(crate) struct Index {
    file: Stored,
    /// How many names there are that begin with the byte or a lower one.
    fanout: Vec<usize>,
    count: usize,
}

/// The names that begin with one byte, and where their objects begin.
struct Drawer {
    names: Vec<u8>,
    offsets: Vec<u8>,
    /// Before which of the names the last one that was asked for stands, or which it is.
    last: usize,
}

impl Index {
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = Stored::open(path)?;
        let mut bytes = Vec::new();
        file.read_exact(0, HEADER + FANOUT * 4, &mut bytes)?;
        let (header, table) = bytes.split_at_checked(HEADER)?;
        if header != b"\xfftOc\0\0\0\x02" {
            return None;
        }
        let fanout: Option<Vec<usize>> = table
            .chunks_exact(4)
            .map(|bytes| usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok())
            .collect();
        let fanout = fanout.filter(|counts| counts.is_sorted())?;
        let count = *fanout.last()?;
        Some(Self {
            file,
            fanout,
            count,
        })
    }

    /// How many objects the pack has.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Returns where each of these objects begins, if the pack has it; names are looked up fastest
    /// where they come sorted.
    pub(crate) fn find_all<'n>(
        &self,
        names: impl Iterator<Item = &'n [u8]>,
    ) -> Option<Vec<Option<u64>>> {
        let mut open: Option<(u8, Drawer)> = None;
        let mut found = Vec::with_capacity(names.size_hint().0);
        for name in names {
            let first = *name.first()?;
            if open.as_ref().is_none_or(|(of, _)| *of != first) {
                open = Some((first, self.drawer(first)?));
            }
            let place = open.as_mut().and_then(|(_, drawer)| drawer.find(name));
            let offset = place.map(|offset| self.offset(offset));
            found.push(match offset {
                Some(offset) => Some(offset?),
                None => None,
            });
        }
        Some(found)
    }

    /// Returns where an object begins, if the pack has it.
    ///
    /// Names are hashes, so that they lie evenly, and a look at where one should lie nearly always
    /// shows where it does.
    pub(crate) fn find(&self, name: &[u8]) -> Option<Option<u64>> {
        let (first, rest) = name.split_first()?;
        let (mut low, mut high) = self.bounds(*first)?;
        let share = u64::from(u32::from_be_bytes(*rest.first_chunk()?));
        let mut guess = low + usize::try_from(((high - low) as u64 * share) >> 32).ok()?;
        let mut names = Vec::new();
        while low < high {
            let from = guess.saturating_sub(LOOK / 2).max(low);
            let to = (from + LOOK).min(high);
            let at = HEADER + FANOUT * 4 + from * NAME;
            self.file
                .read_exact(at as u64, (to - from) * NAME, &mut names)?;
            match search(&names, name)? {
                Ok(nth) => return Some(Some(self.offset_of(from + nth)?)),
                Err(0) if from > low => high = from,
                Err(nth) if nth == to - from && to < high => low = to,
                Err(_) => return Some(None),
            }
            guess = low + (high - low) / 2;
        }
        Some(None)
    }

    /// Returns where the object begins whose name is the nth.
    fn offset_of(&self, nth: usize) -> Option<u64> {
        let at = HEADER + FANOUT * 4 + self.count * (NAME + 4) + nth * 4;
        let mut bytes = Vec::new();
        self.file.read_exact(at as u64, 4, &mut bytes)?;
        self.offset(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// Returns how many names begin with a lower byte, and with this one or a lower.
    fn bounds(&self, first: u8) -> Option<(usize, usize)> {
        let first = usize::from(first);
        let high = *self.fanout.get(first)?;
        let below = first.checked_sub(1).and_then(|one| self.fanout.get(one));
        Some((below.copied().unwrap_or_default(), high))
    }

    fn drawer(&self, first: u8) -> Option<Drawer> {
        let (low, high) = self.bounds(first)?;
        let mut drawer = Drawer {
            names: Vec::new(),
            offsets: Vec::new(),
            last: 0,
        };
        let (names, count) = (HEADER + FANOUT * 4, high - low);
        let at = names + low * NAME;
        let file = &self.file;
        file.read_exact(at as u64, count.checked_mul(NAME)?, &mut drawer.names)?;
        // Behind the names stand checksums of four bytes, then offsets of four.
        let at = names + self.count * (NAME + 4) + low * 4;
        file.read_exact(at as u64, count * 4, &mut drawer.offsets)?;
        Some(drawer)
    }

    /// Returns an offset as it is meant: one with the highest bit is the number of an offset of
    /// eight bytes, which stand last.
    fn offset(&self, short: u32) -> Option<u64> {
        if short & 0x8000_0000 == 0 {
            return Some(u64::from(short));
        }
        let nth = (short & 0x7fff_ffff) as usize;
        let at = HEADER + FANOUT * 4 + self.count * (NAME + 8) + nth * 8;
        let mut bytes = Vec::new();
        self.file.read_exact(at as u64, 8, &mut bytes)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    }
}

impl Drawer {
    /// Names that come sorted lie behind one another, and mostly not far.
    fn find(&mut self, name: &[u8]) -> Option<u32> {
        let count = self.names.len() / NAME;
        let at = |nth: usize| self.names.get(nth * NAME..(nth + 1) * NAME);
        let (mut low, mut step) = (self.last, 1);
        if at(low).is_none_or(|last| last > name) {
            low = 0;
        }
        while low + step < count && at(low + step)? <= name {
            low += step;
            step *= 2;
        }
        let high = count.min(low + step);
        let found = search(self.names.get(low * NAME..high * NAME)?, name)?;
        let (Ok(nth) | Err(nth)) = found;
        self.last = low + nth;
        found.ok()?;
        let nth = self.last;
        let bytes = self.offsets.get(nth * 4..)?.first_chunk()?;
        Some(u32::from_be_bytes(*bytes))
    }
}

/// Returns which of sorted names is this one, or before which it would stand.
fn search(names: &[u8], name: &[u8]) -> Option<Result<usize, usize>> {
    let (mut low, mut high) = (0, names.len() / NAME);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = middle * NAME;
        match names.get(at..at + NAME)?.cmp(name) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(Ok(middle)),
        }
    }
    Some(Err(low))
}
