//! Names in, whether all of them differ out, in one pass over their bytes.

/// Tells for certain that of some names no two are alike, also where case does not count.
///
/// Where it says no, two may be alike or not: whoever asks then looks one by one, which few
/// documents need.
pub(crate) fn are_distinct<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let Some(mut hashes) = names.map(folded).collect::<Option<Vec<u64>>>() else {
        return false;
    };
    hashes.sort_unstable();
    !hashes
        .iter()
        .zip(hashes.iter().skip(1))
        .any(|(one, next)| one == next)
}

/// The bit by which small letters differ from capital ones, in each of eight bytes.
const CASE: u64 = 0x2020_2020_2020_2020;
/// Odd, with its bits spread.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes a name without its case; there are letters beyond ASCII that this knows nothing of.
fn folded(name: &str) -> Option<u64> {
    if !name.is_ascii() {
        return None;
    }
    let mut hash = name.len() as u64;
    let (whole, rest) = name.as_bytes().as_chunks::<8>();
    for eight in whole {
        hash = mixed(hash, u64::from_le_bytes(*eight));
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    Some(mixed(hash, u64::from_le_bytes(last)))
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
            if are_distinct(names.iter().map(String::as_str)) {
                prop_assert_eq!(lower.len(), names.len());
            }
        }
    }

    /// Were it never certain, every document would be looked at name by name.
    #[test]
    fn is_certain_of_common_names() {
        let names: Vec<String> = (0..2_000).map(|at| format!("field_{at}_name")).collect();
        assert!(are_distinct(names.iter().map(String::as_str)));
        assert!(are_distinct(["a", "b", "ab", ""].into_iter()));
        assert!(!are_distinct(["a", "b", "A"].into_iter()));
    }
}
