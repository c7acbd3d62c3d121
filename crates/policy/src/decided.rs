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
    bytes: usize,
}

/// Memory that the keys may take; contracts choose how long their descriptions are.
const MOST_BYTES: usize = 16 << 20;
/// What an entry takes beside its key.
const OVERHEAD: usize = 64;

impl Decided {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Verdict> {
        self.verdicts.get(key)
    }

    /// Keeps a verdict; starts afresh when it is full, which costs time and never correctness.
    pub(crate) fn keep(&mut self, key: &[u8], verdict: Verdict) {
        let size = key.len() + OVERHEAD;
        if self.bytes + size > MOST_BYTES {
            self.verdicts.clear();
            self.bytes = 0;
        }
        if size <= MOST_BYTES {
            self.bytes += size;
            self.verdicts.insert(key.into(), verdict);
        }
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
}
