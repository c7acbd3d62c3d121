//! Two lists of named things in, pairs out: which thing is which, under whatever name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use foldhash::fast::RandomState;

/// Something with a name that may bear another in the next revision.
pub(crate) trait Named {
    fn name(&self) -> &str;
    fn id(&self) -> Option<&str>;
    fn physical_name(&self) -> Option<&str>;
    fn renamed_from(&self) -> Option<&str>;
    /// How likely two things of different names are one, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64;
}

/// The things of two lists, each with its partner where it has one.
#[derive(Debug)]
pub(crate) struct Pairing<'a, T> {
    /// In the order of the new list.
    pub(crate) pairs: Vec<(&'a T, &'a T)>,
    pub(crate) gone: Vec<&'a T>,
    pub(crate) new: Vec<&'a T>,
}

/// Likeness from which two things of different names are taken for one.
const THRESHOLD: f64 = 0.75;
/// More leftovers than this are a rewrite, not renames; comparing all would cost their product.
const MOST_CANDIDATES: usize = 64;

/// Pairs two lists: by name, then by what people said (`renamed_from`), then by stable id, then
/// by name in storage, then by likeness. Nothing is paired twice.
pub(crate) fn pair<'a, T: Named>(before: &'a [T], after: &'a [T]) -> Pairing<'a, T> {
    if let Some(pairs) = in_step(before, after) {
        return pairs;
    }
    let mut matching = Matching {
        before,
        after,
        taken: vec![false; before.len()],
        partner: vec![None; after.len()],
    };
    matching.pair_by(|old| Some(old.name()), |new| Some(new.name()));
    matching.pair_by(|old| Some(old.name()), T::renamed_from);
    matching.pair_by(T::id, T::id);
    // A name in storage that is not stated is the name itself.
    let stored = |one: &'a T| Some(one.physical_name().unwrap_or(one.name()));
    matching.pair_by(stored, stored);
    matching.pair_by_likeness();
    matching.finish()
}

/// Pairs two lists that bear the same names in the same order, none of them twice, as most do.
fn in_step<'a, T: Named>(before: &'a [T], after: &'a [T]) -> Option<Pairing<'a, T>> {
    let mut seen: HashSet<&str, RandomState> = HashSet::default();
    let pairs = before.iter().zip(after);
    let is_same = |(old, new): (&'a T, &'a T)| old.name() == new.name() && seen.insert(old.name());
    (before.len() == after.len() && pairs.clone().all(is_same)).then(|| Pairing {
        pairs: pairs.collect(),
        gone: Vec::new(),
        new: Vec::new(),
    })
}

/// Two lists while they are paired.
struct Matching<'a, T> {
    before: &'a [T],
    after: &'a [T],
    /// Which of the old things have a partner.
    taken: Vec<bool>,
    /// The partner of each new thing, by its place in the old list.
    partner: Vec<Option<usize>>,
}

impl<'a, T: Named> Matching<'a, T> {
    /// Pairs what agrees on a text; where several do, the first of each list.
    fn pair_by(
        &mut self,
        old_text: impl Fn(&'a T) -> Option<&'a str>,
        new_text: impl Fn(&'a T) -> Option<&'a str>,
    ) {
        let mut by_text = BTreeMap::new();
        for index in self.left() {
            let Some(text) = self.before.get(index).and_then(&old_text) else {
                continue;
            };
            if let Entry::Vacant(slot) = by_text.entry(text) {
                slot.insert(index);
            }
        }
        for index in self.unpaired() {
            let text = self.after.get(index).and_then(&new_text);
            if let Some(old) = text.and_then(|text| by_text.remove(text)) {
                self.join(old, index);
            }
        }
    }

    fn pair_by_likeness(&mut self) {
        let (gone, new) = (self.left(), self.unpaired());
        if gone.len() > MOST_CANDIDATES || new.len() > MOST_CANDIDATES {
            return;
        }
        let mut scored = Vec::new();
        for old in &gone {
            for index in &new {
                let (Some(was), Some(is)) = (self.before.get(*old), self.after.get(*index)) else {
                    continue;
                };
                let likeness = was.likeness(is);
                if likeness >= THRESHOLD {
                    scored.push((likeness, was.name(), is.name(), *old, *index));
                }
            }
        }
        // Names decide between equals, so that the order of the lists does not.
        scored.sort_by(|a, b| {
            let by_name = || (a.1, a.2).cmp(&(b.1, b.2));
            b.0.total_cmp(&a.0).then_with(by_name)
        });
        for (_, _, _, old, index) in scored {
            self.join(old, index);
        }
    }

    /// Pairs two things, unless either has a partner.
    fn join(&mut self, old: usize, new: usize) {
        if let (Some(taken @ false), Some(partner @ None)) =
            (self.taken.get_mut(old), self.partner.get_mut(new))
        {
            *taken = true;
            *partner = Some(old);
        }
    }

    fn left(&self) -> Vec<usize> {
        let places = self.taken.iter().enumerate();
        places
            .filter(|(_, taken)| !**taken)
            .map(|(at, _)| at)
            .collect()
    }

    fn unpaired(&self) -> Vec<usize> {
        let places = self.partner.iter().enumerate();
        places
            .filter(|(_, old)| old.is_none())
            .map(|(at, _)| at)
            .collect()
    }

    fn finish(self) -> Pairing<'a, T> {
        let gone = self.left().into_iter().filter_map(|at| self.before.get(at));
        let mut pairing = Pairing {
            pairs: Vec::new(),
            gone: gone.collect(),
            new: Vec::new(),
        };
        for (new, old) in self.after.iter().zip(&self.partner) {
            match old.and_then(|old| self.before.get(old)) {
                Some(old) => pairing.pairs.push((old, new)),
                None => pairing.new.push(new),
            }
        }
        pairing
    }
}
