//! The keys of a mapping, stated once and found in one step.

use super::Lowering;
use crate::NodeRef;
use crate::ends::Ends;

/// The keys of a mapping.
#[derive(Debug)]
pub struct Keys<T: 'static> {
    /// What the mapping describes, for people.
    pub noun: &'static str,
    /// The keys, sorted.
    pub entries: &'static [KeySpec<T>],
    /// Indices of entries by the hash of their keys, of which no two have one.
    places: [u8; PLACES],
    /// What makes it so.
    factor: u64,
    /// The ends of the keys, in the order of the entries: mostly all of each.
    ends: [Ends; MOST],
}

/// One key of a mapping.
#[derive(Debug)]
pub struct KeySpec<T> {
    /// The key as it is written.
    pub key: &'static str,
    /// What is expected, such as `a text`.
    pub expects: &'static str,
    /// What it means, as a sentence.
    pub doc: &'static str,
    /// Reads the value into its place.
    pub set: for<'d> fn(&mut T, NodeRef<'d>, &mut Lowering<'d>),
}

/// Several times as many as any mapping has keys, so that a hash without collisions is found soon.
const PLACES: usize = 128;
const FREE: u8 = u8::MAX;
/// Most keys of a mapping.
const MOST: usize = 40;

impl<T> Keys<T> {
    /// Makes a table of keys, when the program is compiled. No two of one length may begin and end
    /// with the same eight bytes.
    #[expect(clippy::indexing_slicing, reason = "a table has room for all its keys")]
    pub const fn new(noun: &'static str, entries: &'static [KeySpec<T>]) -> Self {
        assert!(entries.len() <= MOST, "a table has room for all its keys");
        let mut ends = [Ends::of(&[]); MOST];
        let mut at = 0;
        while at < entries.len() {
            ends[at] = Ends::of(entries[at].key.as_bytes());
            at += 1;
        }
        // Odd, with its bits spread.
        let mut factor = 0x9e37_79b9_7f4a_7c15;
        let places = loop {
            match placed(&ends, entries.len(), factor) {
                Some(places) => break places,
                None => factor = u64::wrapping_add(factor, 0x6a09_e667_f3bc_c908),
            }
        };
        Self {
            noun,
            entries,
            places,
            factor,
            ends,
        }
    }

    /// Returns a key by its word.
    #[inline]
    pub(super) fn find(&self, word: &str) -> Option<&'static KeySpec<T>> {
        let ends = Ends::of(word.as_bytes());
        // No entry has the index of a free place.
        let index = usize::from(*self.places.get(place_of(&ends, self.factor))?);
        if self.ends.get(index) != Some(&ends) {
            return None;
        }
        let spec = self.entries.get(index)?;
        (ends.len <= Ends::WHOLE || spec.key == word).then_some(spec)
    }
}

/// Places keys by their hashes, where no two have one.
#[expect(clippy::indexing_slicing, reason = "a place is below their number")]
const fn placed(ends: &[Ends; MOST], count: usize, factor: u64) -> Option<[u8; PLACES]> {
    let mut places = [FREE; PLACES];
    let mut at = 0;
    while at < count {
        let place = place_of(&ends[at], factor);
        if places[place] != FREE {
            return None;
        }
        places[place] = at as u8;
        at += 1;
    }
    Some(places)
}

#[inline]
const fn place_of(ends: &Ends, factor: u64) -> usize {
    let mixed = ends.first ^ ends.last.rotate_left(24) ^ ends.len as u64;
    (mixed.wrapping_mul(factor) >> (u64::BITS - PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn key(key: &'static str) -> KeySpec<()> {
        KeySpec {
            key,
            expects: "a text",
            doc: "A word.",
            set: |(), _, _| {},
        }
    }

    const LONG: &str = "a key that is long, and no other";
    const TABLE: Keys<()> = Keys::new("thing", &[key(LONG), key("a"), key("born"), key("bxrn")]);

    #[test]
    fn every_key_is_found_and_nothing_else() {
        for spec in TABLE.entries {
            assert_eq!(TABLE.find(spec.key).map(|found| found.key), Some(spec.key));
        }
        for other in [
            "",
            "b",
            "byrn",
            "names",
            "größe",
            "a key that is loud, and no other",
        ] {
            assert!(TABLE.find(other).is_none(), "{other}");
        }
    }
}
