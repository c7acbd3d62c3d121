//! The keys of a mapping, none of which may stand twice.

use std::collections::HashSet;

use super::Reader;
use crate::arena::{Kind, NodeId, Span};

/// An implicit key longer than 1024 characters is none; this stays well below.
const LONGEST_KEY: usize = 512;

/// More keys than these are held against each other by hash, once all are there.
const MOST_BY_HAND: u32 = 24;

/// What is kept of the keys of an open mapping.
pub(super) struct Keys {
    mapping: NodeId,
    count: u32,
    /// A bit for each key, the same for the same key: mostly enough to tell that one is new.
    bits: u64,
}

impl Keys {
    pub(super) fn of(mapping: NodeId) -> Self {
        Self {
            mapping,
            count: 0,
            bits: 0,
        }
    }
}

impl Reader<'_, '_> {
    /// Adds a key to the mapping that is read; leaves one that stands twice, a merge key and one
    /// that is too long to the general reader.
    #[inline(always)]
    pub(super) fn add_key(&mut self, keys: &mut Keys, kind: Kind, span: Span) -> Option<()> {
        let (start, end) = match kind {
            Kind::Plain => (span.start as usize, span.end as usize),
            Kind::Quoted => (span.start as usize + 1, span.end as usize - 1),
            _ => return None,
        };
        let length = end - start;
        if length > LONGEST_KEY || (length == 2 && self.bytes.get(start..end) == Some(b"<<")) {
            return None;
        }
        let bit = 1 << (self.hash(end, length) >> 58);
        if keys.bits & bit != 0 && keys.count < MOST_BY_HAND {
            self.refuse_twice(keys.mapping, start, end)?;
        }
        keys.bits |= bit;
        keys.count += 1;
        self.document.push_single(kind, span);
        Some(())
    }

    /// Looks at the last bytes of a key only, since those in which names differ are among them.
    #[inline(always)]
    fn hash(&self, end: usize, length: usize) -> u64 {
        let start = end.checked_sub(8);
        let last = start.and_then(|start| self.bytes.get(start..)?.first_chunk());
        let last = match last {
            Some(last) => u64::from_le_bytes(*last),
            None => self.first_bytes(end),
        };
        let last = last.unbounded_shr(64 - 8 * length.min(8) as u32);
        (last ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Returns the same of a key so near the start that fewer bytes stand before its end.
    #[cold]
    fn first_bytes(&self, end: usize) -> u64 {
        let bytes = self.bytes.get(..end).unwrap_or_default();
        let push = |number: u64, byte: &u8| number >> 8 | u64::from(*byte) << 56;
        bytes.iter().fold(0, push)
    }

    #[inline(never)]
    fn refuse_twice(&self, mapping: NodeId, start: usize, end: usize) -> Option<()> {
        let key = self.text.get(start..end)?;
        let mut keys = self.document.keys(mapping);
        (!keys.any(|node| node.is_text(key))).then_some(())
    }

    /// Leaves a mapping of many keys, one of which stands twice, to the general reader.
    #[inline(always)]
    pub(super) fn refuse_twice_of_many(&self, keys: &Keys) -> Option<()> {
        if keys.count <= MOST_BY_HAND {
            return Some(());
        }
        self.refuse_any_twice(keys)
    }

    #[inline(never)]
    fn refuse_any_twice(&self, keys: &Keys) -> Option<()> {
        let mut seen = HashSet::new();
        let mut texts = self.document.keys(keys.mapping).filter_map(|key| key.scalar());
        texts.all(|key| seen.insert(key.text)).then_some(())
    }
}
