//! The keys of a mapping, none of which may stand twice.

use std::collections::HashSet;

use super::{Reader, Single};
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
    /// Adds a key to the mapping that is read.
    #[inline(always)]
    pub(super) fn add_key(&mut self, keys: &mut Keys, key: Single) -> Option<()> {
        let Span { start, end, .. } = key.span;
        match key.kind {
            Kind::Plain => self.take_key(keys, start as usize, end as usize)?,
            Kind::Quoted => self.take_key(keys, start as usize + 1, end as usize - 1)?,
            _ => return None,
        }
        self.add(key);
        Some(())
    }

    /// Takes note of a key; leaves one that stands twice, what may be a merge key, and one that is
    /// empty or too long to the general reader.
    #[inline(always)]
    pub(super) fn take_key(&self, keys: &mut Keys, start: usize, end: usize) -> Option<()> {
        let length = end - start;
        // Few keys of a mapping agree in their first and last letter and their length.
        let first = self.byte(start)?;
        let last = self.byte(end - 1)?;
        if length == 0 || length > LONGEST_KEY || first == b'<' {
            return None;
        }
        let (first, last) = (u32::from(first), u32::from(last));
        let bit = 1_u64.wrapping_shl(first * 2 + last + length as u32 * 8);
        if keys.bits & bit != 0 {
            self.refuse_twice(keys, start, end)?;
        }
        keys.bits |= bit;
        keys.count += 1;
        Some(())
    }

    #[inline(never)]
    fn refuse_twice(&self, keys: &Keys, start: usize, end: usize) -> Option<()> {
        if keys.count >= MOST_BY_HAND {
            return Some(());
        }
        let key = self.text.get(start..end)?;
        let mut others = self.document.keys(keys.mapping);
        (!others.any(|other| other.is_text(key))).then_some(())
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
        let mut texts = self
            .document
            .keys(keys.mapping)
            .filter_map(|key| key.scalar());
        texts.all(|key| seen.insert(key.text)).then_some(())
    }
}
