//! The keys of a mapping, stated once and found in one step.

use super::Lowering;
use crate::NodeRef;

/// The keys of a mapping.
#[derive(Debug)]
pub struct Keys<T: 'static> {
    /// What the mapping describes, for people.
    pub noun: &'static str,
    /// The keys, sorted.
    pub entries: &'static [KeySpec<T>],
    /// Indices of entries by the hash of their keys; where two have one, the next free place.
    places: [u8; PLACES],
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

/// Several times as many as any mapping has keys, so that few have one hash.
const PLACES: usize = 128;
const FREE: u8 = u8::MAX;

impl<T> Keys<T> {
    /// Makes a table of keys; there are fewer of them than a table has places.
    pub const fn new(noun: &'static str, entries: &'static [KeySpec<T>]) -> Self {
        assert!(entries.len() < PLACES, "a table has room for all its keys");
        let mut places = [FREE; PLACES];
        let (mut rest, mut index) = (entries, 0);
        while let [first, others @ ..] = rest {
            let mut place = place_of(first.key.as_bytes());
            #[expect(clippy::indexing_slicing, reason = "a place is below their number")]
            while places[place] != FREE {
                place = (place + 1) % PLACES;
            }
            #[expect(clippy::indexing_slicing, reason = "a place is below their number")]
            {
                places[place] = index;
            }
            index += 1;
            rest = others;
        }
        Self {
            noun,
            entries,
            places,
        }
    }

    /// Returns a key by its word.
    pub(super) fn find(&self, word: &str) -> Option<&'static KeySpec<T>> {
        let mut place = place_of(word.as_bytes());
        loop {
            // No entry has the index of a free place.
            let spec = self.entries.get(usize::from(*self.places.get(place)?))?;
            if spec.key == word {
                return Some(spec);
            }
            place = (place + 1) % PLACES;
        }
    }
}

/// Hashes what differs most among words.
const fn place_of(word: &[u8]) -> usize {
    let (first, last) = match word {
        [] => (0, 0),
        [only] => (*only, *only),
        [first, .., last] => (*first, *last),
    };
    (word.len() * 31 + first as usize * 7 + last as usize * 3) % PLACES
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

    /// The second and the third have one hash.
    const TABLE: Keys<()> = Keys::new("thing", &[key("a"), key("born"), key("bxrn"), key("name")]);

    #[test]
    fn every_key_is_found_and_nothing_else() {
        for spec in TABLE.entries {
            assert_eq!(TABLE.find(spec.key).map(|found| found.key), Some(spec.key));
        }
        for other in ["", "b", "byrn", "names", "größe"] {
            assert!(TABLE.find(other).is_none(), "{other}");
        }
    }
}
