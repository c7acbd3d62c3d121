//! Pairs of pointers in, the way from one revision to the other out.

use std::collections::{BTreeMap, HashSet};

use foldhash::fast::RandomState;
use meshlaw_contract::{Key, Pointer};

/// Which part of the new contract is which part of the old one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Pairs that do not follow from those of what is around them, which are noted first.
    base_of: BTreeMap<Pointer, Pointer>,
    head_of: BTreeMap<Pointer, Pointer>,
    /// Every part of the new contract that has a partner.
    heads: HashSet<Pointer, RandomState>,
}

impl Alignment {
    /// Returns where the old contract has what the new one has here.
    pub fn to_base(&self, head: &Pointer) -> Pointer {
        translate(&self.base_of, head)
    }

    /// Returns where the new contract has what the old one had here.
    pub fn to_head(&self, base: &Pointer) -> Pointer {
        translate(&self.head_of, base)
    }

    /// Tells whether a part of the new contract was there before.
    pub(crate) fn has_head(&self, head: &Pointer) -> bool {
        self.heads.contains(head)
    }

    pub(crate) fn pair(&mut self, base: &Pointer, head: &Pointer) {
        self.heads.insert(head.clone());
        if !leads(&self.head_of, base, head) || !leads(&self.base_of, head, base) {
            self.base_of.insert(head.clone(), base.clone());
            self.head_of.insert(base.clone(), head.clone());
        }
    }
}

/// Exchanges the longest known beginning; what is not known keeps its name.
fn translate(map: &BTreeMap<Pointer, Pointer>, pointer: &Pointer) -> Pointer {
    match known(map, pointer) {
        Some((translated, rest)) => translated.keys().iter().chain(rest).cloned().collect(),
        None => pointer.clone(),
    }
}

/// Tells whether a pointer is translated to another.
fn leads(map: &BTreeMap<Pointer, Pointer>, from: &Pointer, to: &Pointer) -> bool {
    match known(map, from) {
        Some((translated, rest)) => {
            let beginning = to.keys().strip_prefix(translated.keys());
            beginning == Some(rest)
        }
        None => from == to,
    }
}

/// Returns the translation of the longest known beginning, and what follows it.
fn known<'a>(
    map: &'a BTreeMap<Pointer, Pointer>,
    pointer: &'a Pointer,
) -> Option<(&'a Pointer, &'a [Key])> {
    let keys = pointer.keys();
    (1..=keys.len()).rev().find_map(|length| {
        let (known, rest) = keys.split_at(length);
        Some((map.get(known)?, rest))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 4] = ["a", "b", "c", "d"];

    /// Pairs parts as comparing does: what is around others first, what moved last.
    fn paired(mut dice: impl FnMut() -> usize) -> Vec<(Pointer, Pointer)> {
        let mut pairs = vec![(Pointer::root(), Pointer::root())];
        let mut at = 0;
        while let Some((base, head)) = pairs.get(at).cloned() {
            at += 1;
            let shift = dice() % 4;
            for (nth, name) in NAMES.iter().enumerate().take(dice() % 4) {
                let other = NAMES.iter().cycle().nth(nth + shift);
                let length = base.keys().len();
                if length < 3 && !dice().is_multiple_of(3) {
                    pairs.push((base.name(*name), head.name(*other.unwrap())));
                }
            }
        }
        let leaf = |dice: &mut dyn FnMut() -> usize| {
            let at = Pointer::root().name(NAMES[dice() % 4]);
            at.name(NAMES[dice() % 4]).word("moved")
        };
        for _ in 0..dice() % 3 {
            pairs.push((leaf(&mut dice), leaf(&mut dice)));
        }
        pairs
    }

    proptest! {
        #[test]
        fn pairs_that_follow_from_others_need_not_be_kept(seed: u64) {
            let mut state = seed;
            let pairs = paired(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) as usize
            });
            let (mut short, mut all) = (Alignment::default(), Alignment::default());
            for (base, head) in &pairs {
                short.pair(base, head);
                all.base_of.insert(head.clone(), base.clone());
                all.head_of.insert(base.clone(), head.clone());
            }
            let below = |at: &Pointer| [at.clone(), at.name("x"), at.word("w").name("a")];
            for (base, head) in &pairs {
                prop_assert!(short.has_head(head));
                for at in below(base).iter().chain(&below(head)) {
                    prop_assert_eq!(short.to_head(at), all.to_head(at), "{}", at);
                    prop_assert_eq!(short.to_base(at), all.to_base(at), "{}", at);
                }
            }
        }
    }
}
