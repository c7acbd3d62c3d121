//! Names in, whether all of them differ out, in one pass over their bytes.

use crate::ends::Ends;

/// Tells for certain that of some names no two are alike, also where case does not count.
///
/// `most` is how many there are, or more. Where it says no, two may be alike or not: whoever asks
/// then looks one by one, which few documents need.
pub(crate) fn are_distinct<'n>(most: usize, mut names: impl Iterator<Item = &'n str>) -> bool {
    // At most half of the slots are taken, so that a free one is near.
    let size = (most.max(4) * 2).next_power_of_two();
    let mut slots = vec![FREE; size];
    names.all(|name| {
        let hash = folded(name);
        hash.is_some_and(|hash| is_new(hash, &mut slots))
    })
}

/// Takes a slot for a hash, unless it has one already, or so many others lie before it that
/// somebody may have chosen the names for it.
fn is_new(hash: u64, slots: &mut [u64]) -> bool {
    let last = slots.len() - 1;
    for step in 0..MOST_STEPS {
        let Some(slot) = slots.get_mut((hash as usize).wrapping_add(step) & last) else {
            return false;
        };
        if *slot == FREE || *slot == hash {
            return std::mem::replace(slot, hash) == FREE;
        }
    }
    false
}

/// Far more than names that nobody has chosen to collide ever need.
const MOST_STEPS: usize = 64;

/// A slot that no hash has.
const FREE: u64 = 0;
/// The bit by which small letters differ from capital ones, in each of eight bytes.
const CASE: u64 = 0x2020_2020_2020_2020;
/// Odd, with its bits spread.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes a name without its case; there are letters beyond ASCII that this knows nothing of.
///
/// The bytes in the middle of a long name are hashed twice, which does no harm.
fn folded(name: &str) -> Option<u64> {
    if !name.is_ascii() {
        return None;
    }
    let ends = Ends::of(name.as_bytes());
    let mut hash = mixed(ends.len as u64, ends.first);
    if ends.len > Ends::WHOLE {
        let (eights, _) = name.as_bytes().as_chunks::<8>();
        for eight in eights {
            hash = mixed(hash, u64::from_le_bytes(*eight));
        }
    }
    Some(mixed(hash, ends.last).max(FREE + 1))
}

fn mixed(hash: u64, eight: u64) -> u64 {
    let mixed = (hash ^ (eight | CASE)).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_takes_names_that_are_alike_for_distinct(
            names in proptest::collection::vec("[abAB_]{0,3}|[a-zA-Zéß]{7,18}", 0..12),
        ) {
            let lower: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            if are_distinct(names.len(), names.iter().map(String::as_str)) {
                prop_assert_eq!(lower.len(), names.len());
            }
        }
    }

    /// Were it never certain, every document would be looked at name by name.
    #[test]
    fn is_certain_of_common_names() {
        let names: Vec<String> = (0..2_000).map(|at| format!("field_{at}_name")).collect();
        assert!(are_distinct(names.len(), names.iter().map(String::as_str)));
        assert!(are_distinct(4, ["a", "b", "ab", ""].into_iter()));
        assert!(!are_distinct(3, ["a", "b", "A"].into_iter()));
    }
}
