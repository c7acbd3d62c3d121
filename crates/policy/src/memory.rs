//! Verdicts of earlier runs in, for the same policies and the same day; those of this run out.
//!
//! A key holds all that the policies of a slice read, so that a verdict never depends on anything
//! else but the policies themselves, the date and the parameters: whoever keeps a memory keeps it
//! for those.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::decided::Verdict;

/// What was decided before, and what is decided now; shared by all threads of a run.
#[derive(Debug, Default)]
pub struct Memory {
    /// What was kept, as it was read: a gate asks for a few of some ten thousand verdicts.
    page: Vec<u8>,
    /// The different verdicts of the page.
    verdicts: Vec<Verdict>,
    fresh: Mutex<Fresh>,
}

#[derive(Debug, Default)]
struct Fresh {
    verdicts: HashMap<Box<[u8]>, Verdict, RandomState>,
    bytes: usize,
}

/// The verdicts of a memory, to be kept and recalled: keys in their order, one after the other.
#[derive(Debug, Default, Serialize)]
pub struct Remembered {
    /// Where each key ends, in four bytes, the lowest first.
    ends: Vec<u8>,
    /// The index of each key's verdict, likewise.
    answers: Vec<u8>,
    keys: Vec<u8>,
    /// The different verdicts.
    verdicts: Vec<Verdict>,
}

/// The keys of a page, where they lie.
#[derive(Deserialize)]
struct Sorted<'p> {
    ends: &'p [u8],
    answers: &'p [u8],
    keys: &'p [u8],
}

/// Memory that remembered keys may take: a page that is read at each start should be small.
const MOST_BYTES: usize = 1 << 20;
/// Long keys hold long texts, which hardly come again.
const LONGEST_KEY: usize = 2 << 10;

impl Memory {
    /// Recalls what was kept, by the bytes that [`Remembered`] was serialized to.
    pub fn recall(page: Vec<u8>) -> Self {
        let read = postcard::take_from_bytes::<Sorted<'_>>(&page);
        let rest = read.map(|(_, rest)| rest);
        let verdicts = rest.and_then(postcard::from_bytes::<Vec<Verdict>>);
        match verdicts {
            Ok(verdicts) => Self {
                page,
                verdicts,
                fresh: Mutex::default(),
            },
            Err(_) => Self::default(),
        }
    }

    /// Returns all verdicts if some are new; where they are too many, the new ones alone.
    pub fn remembered(&self) -> Option<Remembered> {
        let fresh = self.fresh.lock().ok()?;
        if fresh.verdicts.is_empty() {
            return None;
        }
        let known = self.sorted();
        let bytes = known.as_ref().map_or(0, |known| known.keys.len());
        let known = known.filter(|_| bytes + fresh.bytes <= MOST_BYTES);
        let mut all: BTreeMap<&[u8], &Verdict> = BTreeMap::new();
        for at in 0..known.as_ref().map_or(0, Sorted::count) {
            let entry = known.as_ref().and_then(|known| known.entry(at));
            if let Some((key, answer)) = entry
                && let Some(verdict) = self.verdicts.get(answer)
            {
                all.insert(key, verdict);
            }
        }
        all.extend(
            fresh
                .verdicts
                .iter()
                .map(|(key, verdict)| (&**key, verdict)),
        );
        Some(Remembered::of(&all))
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Verdict> {
        self.verdicts.get(self.sorted()?.find(key)?)
    }

    /// Keeps a verdict that was asked for, unless that takes too much room.
    pub(crate) fn keep(&self, key: &[u8], verdict: &Verdict) {
        let Ok(mut fresh) = self.fresh.lock() else {
            return;
        };
        if key.len() <= LONGEST_KEY && fresh.bytes + key.len() <= MOST_BYTES {
            fresh.bytes += key.len();
            fresh.verdicts.insert(key.into(), verdict.clone());
        }
    }

    fn sorted(&self) -> Option<Sorted<'_>> {
        let (sorted, _) = postcard::take_from_bytes(&self.page).ok()?;
        Some(sorted)
    }
}

impl Remembered {
    fn of(all: &BTreeMap<&[u8], &Verdict>) -> Self {
        let mut kept = Self::default();
        let mut different: BTreeMap<&Verdict, usize> = BTreeMap::new();
        for (key, verdict) in all {
            let next = different.len();
            let answer = *different.entry(verdict).or_insert_with(|| {
                kept.verdicts.push((*verdict).clone());
                next
            });
            kept.keys.extend_from_slice(key);
            // A page of a megabyte has no more than four bytes can count.
            let four = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
            kept.ends.extend(four(kept.keys.len()));
            kept.answers.extend(four(answer));
        }
        kept
    }
}

impl<'p> Sorted<'p> {
    fn count(&self) -> usize {
        self.ends.len() / 4
    }

    /// Returns a key, and the index of its verdict.
    fn entry(&self, at: usize) -> Option<(&'p [u8], usize)> {
        let from = match at {
            0 => 0,
            _ => number(self.ends, at - 1)?,
        };
        let key = self.keys.get(from..number(self.ends, at)?)?;
        Some((key, number(self.answers, at)?))
    }

    fn find(&self, key: &[u8]) -> Option<usize> {
        let (mut from, mut to) = (0, self.count());
        while from < to {
            let middle = usize::midpoint(from, to);
            let (found, answer) = self.entry(middle)?;
            match found.cmp(key) {
                std::cmp::Ordering::Equal => return Some(answer),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }
}

fn number(numbers: &[u8], at: usize) -> Option<usize> {
    let bytes = numbers.get(at * 4..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use proptest::prelude::*;

    use super::*;
    use crate::judge::Cause;

    fn verdict(number: u8) -> Verdict {
        (0..number % 3)
            .map(|at| (usize::from(at), Cause::Failed(number.to_string())))
            .collect()
    }

    fn kept(memory: &Memory) -> Vec<u8> {
        postcard::to_stdvec(&memory.remembered().unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn all_that_was_kept_is_found(
            runs in proptest::collection::vec(
                proptest::collection::btree_map(
                    proptest::collection::vec(0..3u8, 0..5), any::<u8>(), 1..20), 1..4),
            other in proptest::collection::vec(0..3u8, 0..5),
        ) {
            let (mut memory, mut expected) = (Memory::default(), BTreeMap::new());
            for run in runs {
                for (key, number) in run {
                    memory.keep(&key, &verdict(number));
                    expected.insert(key, verdict(number));
                }
                memory = Memory::recall(kept(&memory));
                for (key, verdict) in &expected {
                    prop_assert_eq!(memory.get(key), Some(verdict));
                }
                prop_assert_eq!(memory.get(&other), expected.get(&other));
            }
            prop_assert!(memory.remembered().is_none());
        }
    }

    #[test]
    fn what_takes_too_much_room_is_left_out() {
        let memory = Memory::default();
        for number in 0..=255 {
            memory.keep(&vec![number; LONGEST_KEY], &verdict(number));
            memory.keep(&vec![number; LONGEST_KEY + 1], &verdict(number));
        }
        let memory = Memory::recall(kept(&memory));
        assert!(memory.get(&vec![7; LONGEST_KEY]).is_some());
        assert!(memory.get(&vec![7; LONGEST_KEY + 1]).is_none());
        for number in 0..=255 {
            memory.keep(
                &[vec![1], vec![number; LONGEST_KEY - 1]].concat(),
                &verdict(number),
            );
        }
        memory.keep(&[9], &verdict(1));
        let memory = Memory::recall(kept(&memory));
        assert!(memory.get(&vec![7; LONGEST_KEY]).is_none());
        assert!(memory.get(&[9]).is_some());
    }

    #[test]
    fn what_is_no_page_holds_nothing() {
        for page in [vec![], vec![255; 9], vec![4, 1, 0, 0, 0, 0, 0]] {
            assert_eq!(Memory::recall(page).get(&[1]), None);
        }
    }
}
