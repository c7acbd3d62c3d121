//! Verdicts of earlier runs and their reasons in, for the same policies and the same day; those of
//! this run out.
//!
//! A key holds all that the policies of a slice read, so that a verdict never depends on anything
//! else but the policies themselves, the date and the parameters: whoever keeps a memory keeps it
//! for those.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;
use meshlaw_report::Condition;
use serde::{Deserialize, Serialize};

use crate::decided::Verdict;

/// What was decided before, and what is decided now; shared by all threads of a run.
#[derive(Debug, Default)]
pub struct Memory {
    /// What was kept, as it was read: a gate asks for a few of some ten thousand verdicts.
    page: Vec<u8>,
    /// The different verdicts of the page.
    verdicts: Vec<Verdict>,
    /// Where reasons begin in the page.
    reasons: usize,
    fresh: Mutex<Fresh>,
}

/// Whose verdict is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// That of all policies of a slice.
    Slice,
    /// That of one of them.
    Policy,
}

#[derive(Debug, Default)]
struct Fresh {
    verdicts: HashMap<Box<[u8]>, Verdict, RandomState>,
    bytes: usize,
    /// Conditions that decided, as they are written down.
    reasons: HashMap<Box<[u8]>, Vec<u8>, RandomState>,
    bytes_of_reasons: usize,
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
    reasons: KeptReasons,
}

/// The reasons of a memory, to be kept and recalled likewise.
#[derive(Debug, Default, Serialize)]
struct KeptReasons {
    ends: Vec<u8>,
    /// Where what decided ends.
    answers: Vec<u8>,
    keys: Vec<u8>,
    conditions: Vec<u8>,
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
/// What slices said, their policies say one by one, too, in far fewer keys.
const MOST_BYTES_OF_SLICES: usize = MOST_BYTES / 4;
/// The same of reasons, which are asked for only where something is told.
const MOST_BYTES_OF_REASONS: usize = 64 << 10;
/// Long keys hold long texts, which hardly come again.
const LONGEST_KEY: usize = 2 << 10;

impl Memory {
    /// Recalls what was kept, by the bytes that [`Remembered`] was serialized to.
    pub fn recall(page: Vec<u8>) -> Self {
        let read = || {
            let (_, rest) = postcard::take_from_bytes::<Sorted<'_>>(&page)?;
            let (verdicts, rest) = postcard::take_from_bytes::<Vec<Verdict>>(rest)?;
            postcard::from_bytes::<Reasons<'_>>(rest)?;
            Ok::<_, postcard::Error>((verdicts, page.len() - rest.len()))
        };
        match read() {
            Ok((verdicts, reasons)) => Self {
                page,
                verdicts,
                reasons,
                fresh: Mutex::default(),
            },
            Err(_) => Self::default(),
        }
    }

    /// Returns all verdicts if some are new; where they are too many, the new ones alone.
    pub fn remembered(&self) -> Option<Remembered> {
        let fresh = self.fresh.lock().ok()?;
        if fresh.verdicts.is_empty() && fresh.reasons.is_empty() {
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
        Some(Remembered {
            reasons: self.remembered_reasons(&fresh),
            ..Remembered::of(&all)
        })
    }

    fn remembered_reasons(&self, fresh: &Fresh) -> KeptReasons {
        let known = self.known_reasons();
        let bytes = known.as_ref().map_or(0, Reasons::bytes);
        let known = known.filter(|_| bytes + fresh.bytes_of_reasons <= MOST_BYTES_OF_REASONS);
        let mut all: BTreeMap<&[u8], &[u8]> = BTreeMap::new();
        for at in 0..known.as_ref().map_or(0, |known| known.keys.count()) {
            all.extend(known.as_ref().and_then(|known| known.entry(at)));
        }
        let new = fresh.reasons.iter();
        all.extend(new.map(|(key, conditions)| (&**key, conditions.as_slice())));
        KeptReasons::of(&all)
    }

    /// Returns the conditions that decided, as they were found before.
    pub(crate) fn reasons(&self, key: &[u8]) -> Option<Arc<[Condition]>> {
        let known = self.known_reasons()?;
        let (_, conditions) = known.entry(known.keys.place(key)?)?;
        let conditions: Vec<Condition> = postcard::from_bytes(conditions).ok()?;
        Some(conditions.into())
    }

    /// Keeps the conditions that decided, unless that takes too much room.
    pub(crate) fn keep_reasons(&self, key: &[u8], conditions: &[Condition]) {
        let (Ok(mut fresh), Ok(conditions)) = (self.fresh.lock(), postcard::to_stdvec(conditions))
        else {
            return;
        };
        let bytes = key.len() + conditions.len();
        if bytes <= LONGEST_KEY && fresh.bytes_of_reasons + bytes <= MOST_BYTES_OF_REASONS {
            fresh.bytes_of_reasons += bytes;
            fresh.reasons.insert(key.into(), conditions);
        }
    }

    fn known_reasons(&self) -> Option<Reasons<'_>> {
        postcard::from_bytes(self.page.get(self.reasons..)?).ok()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Verdict> {
        self.verdicts.get(self.sorted()?.find(key)?)
    }

    /// Keeps a verdict that was asked for, unless that takes too much room.
    pub(crate) fn keep(&self, key: &[u8], verdict: &Verdict, of: Of) {
        let Ok(mut fresh) = self.fresh.lock() else {
            return;
        };
        let most = match of {
            Of::Slice => MOST_BYTES_OF_SLICES,
            Of::Policy => MOST_BYTES,
        };
        if key.len() <= LONGEST_KEY && fresh.bytes + key.len() <= most {
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
            kept.ends.extend(four(kept.keys.len()));
            kept.answers.extend(four(answer));
        }
        kept
    }
}

impl KeptReasons {
    fn of(all: &BTreeMap<&[u8], &[u8]>) -> Self {
        let mut kept = Self::default();
        for (key, conditions) in all {
            kept.keys.extend_from_slice(key);
            kept.conditions.extend_from_slice(conditions);
            kept.ends.extend(four(kept.keys.len()));
            kept.answers.extend(four(kept.conditions.len()));
        }
        kept
    }
}

/// Writes a number in four bytes; a page of a megabyte has no more than these can count.
fn four(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// The reasons of a page, where they lie.
#[derive(Deserialize)]
struct Reasons<'p> {
    #[serde(borrow)]
    keys: Sorted<'p>,
    conditions: &'p [u8],
}

impl<'p> Reasons<'p> {
    fn bytes(&self) -> usize {
        self.keys.keys.len() + self.conditions.len()
    }

    /// Returns a key, and the conditions that decided.
    fn entry(&self, at: usize) -> Option<(&'p [u8], &'p [u8])> {
        let (key, end) = self.keys.entry(at)?;
        let from = match at {
            0 => 0,
            _ => number(self.keys.answers, at - 1)?,
        };
        Some((key, self.conditions.get(from..end)?))
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
        number(self.answers, self.place(key)?)
    }

    /// Returns which of the keys is this one.
    fn place(&self, key: &[u8]) -> Option<usize> {
        let (mut from, mut to) = (0, self.count());
        while from < to {
            let middle = usize::midpoint(from, to);
            let (found, _) = self.entry(middle)?;
            match found.cmp(key) {
                std::cmp::Ordering::Equal => return Some(middle),
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
                    memory.keep(&key, &verdict(number), Of::Slice);
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

    fn condition(number: usize) -> Condition {
        Condition {
            text: format!("resource.n{number}"),
            line: number as u32,
            column: 1,
            holds: number.is_multiple_of(2),
            values: vec![("a".to_owned(), number.to_string())],
            missing: Vec::new(),
        }
    }

    #[test]
    fn reasons_are_recalled_beside_verdicts() {
        let memory = Memory::default();
        for number in 0..9_u8 {
            memory.keep_reasons(&[number], &[condition(number.into())]);
        }
        memory.keep_reasons(&[9], &[]);
        memory.keep(&[1], &verdict(1), Of::Slice);
        let memory = Memory::recall(kept(&memory));
        assert_eq!(memory.get(&[1]), Some(&verdict(1)));
        for number in 0..9_u8 {
            let found = memory.reasons(&[number]).unwrap();
            assert_eq!(*found, [condition(number.into())]);
        }
        assert_eq!(memory.reasons(&[9]).unwrap().len(), 0);
        assert!(memory.reasons(&[10]).is_none());
        memory.keep_reasons(&[0, 1], &[condition(77), condition(78)]);
        let memory = Memory::recall(kept(&memory));
        assert_eq!(
            *memory.reasons(&[0, 1]).unwrap(),
            [condition(77), condition(78)]
        );
        assert_eq!(*memory.reasons(&[3]).unwrap(), [condition(3)]);
        assert_eq!(memory.get(&[1]), Some(&verdict(1)));
        // What takes too much room goes, and verdicts stay.
        for number in 0..2_000_usize {
            memory.keep_reasons(&number.to_le_bytes(), &[condition(number)]);
        }
        let memory = Memory::recall(kept(&memory));
        assert!(memory.reasons(&[3]).is_none());
        assert_eq!(
            *memory.reasons(&7_usize.to_le_bytes()).unwrap(),
            [condition(7)]
        );
        assert_eq!(memory.get(&[1]), Some(&verdict(1)));
    }

    #[test]
    fn what_takes_too_much_room_is_left_out() {
        let memory = Memory::default();
        for number in 0..=255 {
            memory.keep(&vec![number; LONGEST_KEY], &verdict(number), Of::Policy);
            memory.keep(&vec![number; LONGEST_KEY + 1], &verdict(number), Of::Policy);
        }
        let memory = Memory::recall(kept(&memory));
        assert!(memory.get(&vec![7; LONGEST_KEY]).is_some());
        assert!(memory.get(&vec![7; LONGEST_KEY + 1]).is_none());
        for number in 0..=255 {
            memory.keep(
                &[vec![1], vec![number; LONGEST_KEY - 1]].concat(),
                &verdict(number),
                Of::Policy,
            );
        }
        memory.keep(&[9], &verdict(1), Of::Policy);
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
