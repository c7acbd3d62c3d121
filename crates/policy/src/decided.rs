//! Keys of readings in, what was decided for them out, within a bound of memory.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::judge::Cause;

/// The policies of a slice that spoke, by their index, and why.
pub(crate) type Verdict = Vec<(usize, Cause)>;

/// What was decided so far.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    verdicts: HashMap<Box<[u8]>, Verdict, RandomState>,
    /// What was read around subjects, by numbers that nothing else ever has.
    numbers: HashMap<Box<[u8]>, u64, RandomState>,
    next: u64,
    bytes: usize,
}

/// Memory that the keys may take; contracts choose how long their descriptions are.
const MOST_BYTES: usize = 16 << 20;
/// Numbers begin beyond all that keys of single policies begin with.
const FIRST: u64 = 1 << 63;
/// What an entry takes beside its key.
const OVERHEAD: usize = 64;

impl Decided {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Verdict> {
        self.verdicts.get(key)
    }

    /// Keeps a verdict; starts afresh when it is full, which costs time and never correctness.
    pub(crate) fn keep(&mut self, key: &[u8], verdict: Verdict) {
        if self.has_room(key) {
            self.verdicts.insert(key.into(), verdict);
        }
    }

    /// Returns a number that stands for what was read around a subject.
    pub(crate) fn number(&mut self, around: &[u8]) -> u64 {
        if let Some(known) = self.numbers.get(around) {
            return *known;
        }
        let number = FIRST + self.next;
        self.next += 1;
        if self.has_room(around) {
            self.numbers.insert(around.into(), number);
        }
        number
    }

    /// Makes room for another key, if any is large enough.
    fn has_room(&mut self, key: &[u8]) -> bool {
        let size = key.len() + OVERHEAD;
        if self.bytes + size > MOST_BYTES {
            self.verdicts.clear();
            self.numbers.clear();
            self.bytes = 0;
        }
        let fits = size <= MOST_BYTES;
        self.bytes += if fits { size } else { 0 };
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded() {
        let mut decided = Decided::default();
        for byte in 0..40 {
            decided.keep(&vec![byte; MOST_BYTES / 8], Vec::new());
            assert!(decided.bytes <= MOST_BYTES);
        }
        assert!(decided.get(&vec![39; MOST_BYTES / 8]).is_some());
        assert!(decided.get(&vec![0; MOST_BYTES / 8]).is_none());
        decided.keep(&vec![1; MOST_BYTES], Vec::new());
        assert!(decided.get(&vec![1; MOST_BYTES]).is_none());
    }

    #[test]
    fn no_number_ever_stands_for_two_things() {
        let mut decided = Decided::default();
        let first = decided.number(&[1]);
        assert_eq!(decided.number(&[1]), first);
        let mut seen = std::collections::BTreeSet::from([first]);
        for byte in 2..40 {
            assert!(seen.insert(decided.number(&vec![byte; MOST_BYTES / 8])));
            assert!(decided.bytes <= MOST_BYTES);
        }
        // It went with the others, and stands for the same again.
        assert!(seen.insert(decided.number(&[1])));
        assert!(seen.insert(decided.number(&vec![1; MOST_BYTES])));
        assert!(seen.insert(decided.number(&vec![1; MOST_BYTES])));
    }
}
