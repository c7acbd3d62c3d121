//! Verdicts of earlier runs in, for the same policies and the same day; those of this run out.
//!
//! A key holds all that the policies of a slice read, so that a verdict never depends on anything
//! else but the policies themselves, the date and the parameters: whoever keeps a memory keeps it
//! for those.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::decided::Verdict;

/// What was decided before, and what is decided now; shared by all threads of a run.
#[derive(Debug, Default)]
pub struct Memory {
    known: HashMap<Box<[u8]>, Verdict>,
    fresh: Mutex<Fresh>,
}

#[derive(Debug, Default)]
struct Fresh {
    verdicts: HashMap<Box<[u8]>, Verdict>,
    bytes: usize,
}

/// The verdicts of a memory, to be kept and recalled.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Remembered(Vec<(Box<[u8]>, Verdict)>);

/// Memory that remembered keys may take: a page that is read at each start should be small.
const MOST_BYTES: usize = 1 << 20;
/// Long keys hold long texts, which hardly come again.
const LONGEST_KEY: usize = 2 << 10;

impl Memory {
    /// Recalls what was kept.
    pub fn recall(remembered: Remembered) -> Self {
        Self {
            known: remembered.0.into_iter().collect(),
            fresh: Mutex::default(),
        }
    }

    /// Returns all verdicts if some are new; where they are too many, the new ones alone.
    pub fn remembered(&self) -> Option<Remembered> {
        let fresh = self.fresh.lock().ok()?;
        if fresh.verdicts.is_empty() {
            return None;
        }
        let bytes: usize = self.known.keys().map(|key| key.len()).sum();
        let fits = bytes + fresh.bytes <= MOST_BYTES;
        let known = self.known.iter().filter(|_| fits);
        let all = known.chain(&fresh.verdicts);
        let mut all: Vec<_> = all
            .map(|(key, verdict)| (key.clone(), verdict.clone()))
            .collect();
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Some(Remembered(all))
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Verdict> {
        self.known.get(key)
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
}
