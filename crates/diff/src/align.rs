//! Two lists of named things in, pairs out: which thing is which, under whatever name.

use std::collections::BTreeMap;

use meshlaw_contract::model::{Dataset, Field};
use meshlaw_contract::{Pointer, tokens};

/// Which part of the new contract is which part of the old one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    base_of: BTreeMap<Pointer, Pointer>,
    head_of: BTreeMap<Pointer, Pointer>,
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
        self.base_of.contains_key(head)
    }

    pub(crate) fn pair(&mut self, base: &Pointer, head: &Pointer) {
        self.base_of.insert(head.clone(), base.clone());
        self.head_of.insert(base.clone(), head.clone());
    }
}

/// Exchanges the longest known beginning; what is not known keeps its name.
fn translate(map: &BTreeMap<Pointer, Pointer>, pointer: &Pointer) -> Pointer {
    let keys = pointer.keys();
    for length in (1..=keys.len()).rev() {
        let (known, rest) = keys.split_at(length);
        let known: Pointer = known.iter().cloned().collect();
        if let Some(translated) = map.get(&known) {
            return translated
                .keys()
                .iter()
                .chain(rest)
                .cloned()
                .collect::<Pointer>();
        }
    }
    pointer.clone()
}

/// Something with a name that may bear another in the next revision.
pub(crate) trait Named {
    fn name(&self) -> &str;
    fn id(&self) -> Option<&str>;
    fn physical_name(&self) -> Option<&str>;
    fn renamed_from(&self) -> Option<&str>;
    /// How likely two things of different names are one, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64;
}

/// A thing of the old list and its partner in the new one.
pub(crate) struct Pairing<'a, T> {
    pub(crate) pairs: Vec<(&'a T, &'a T)>,
    pub(crate) gone: Vec<&'a T>,
    pub(crate) new: Vec<&'a T>,
}

/// Likeness from which two things of different names are taken for one.
const THRESHOLD: f64 = 0.75;
/// More leftovers than this are a rewrite, not renames; comparing all would cost their product.
const MOST_CANDIDATES: usize = 64;

/// Pairs two lists: by name, then by what people said (`renamed_from`), then by stable id, then
/// by physical name, then by likeness. Nothing is paired twice.
pub(crate) fn pair<'a, T: Named>(before: &'a [T], after: &'a [T]) -> Pairing<'a, T> {
    let by_name: BTreeMap<&str, &T> = before.iter().map(|one| (one.name(), one)).collect();
    let mut partner: Vec<Option<&'a T>> = after
        .iter()
        .map(|one| by_name.get(one.name()).copied())
        .collect();
    let steps: [fn(&T, &T) -> bool; 3] = [
        |old, new| new.renamed_from() == Some(old.name()),
        |old, new| old.id().is_some() && old.id() == new.id(),
        |old, new| old.physical_name().is_some() && old.physical_name() == new.physical_name(),
    ];
    for same in steps {
        for index in 0..after.len() {
            let (Some(None), Some(new)) = (partner.get(index), after.get(index)) else {
                continue;
            };
            let old = left(before, &partner)
                .into_iter()
                .find(|old| same(old, new));
            if let (Some(old), Some(slot)) = (old, partner.get_mut(index)) {
                *slot = Some(old);
            }
        }
    }
    pair_by_likeness(before, after, &mut partner);
    let gone = left(before, &partner);
    let both = after.iter().zip(&partner);
    let pairs = both
        .clone()
        .filter_map(|(new, old)| Some(((*old)?, new)))
        .collect();
    let new = both
        .filter(|(_, old)| old.is_none())
        .map(|(new, _)| new)
        .collect();
    Pairing { pairs, gone, new }
}

fn pair_by_likeness<'a, T: Named>(before: &'a [T], after: &'a [T], partner: &mut [Option<&'a T>]) {
    let gone = left(before, partner);
    let new: Vec<usize> = partner
        .iter()
        .enumerate()
        .filter(|(_, old)| old.is_none())
        .map(|(at, _)| at)
        .collect();
    if gone.len() > MOST_CANDIDATES || new.len() > MOST_CANDIDATES {
        return;
    }
    let mut scored = Vec::new();
    for old in gone {
        for index in &new {
            let Some(one) = after.get(*index) else {
                continue;
            };
            let likeness = old.likeness(one);
            if likeness >= THRESHOLD {
                scored.push((likeness, old.name(), *index, old));
            }
        }
    }
    scored.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
    });
    for (_, _, index, old) in scored {
        let is_taken = partner
            .iter()
            .flatten()
            .any(|taken| std::ptr::eq(*taken, old));
        if let Some(slot @ None) = partner.get_mut(index)
            && !is_taken
        {
            *slot = Some(old);
        }
    }
}

fn left<'a, T>(before: &'a [T], partner: &[Option<&'a T>]) -> Vec<&'a T> {
    let taken = |one: &T| partner.iter().flatten().any(|old| std::ptr::eq(*old, one));
    before.iter().filter(|one| !taken(one)).collect()
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }

    /// Names count for half, all else for half; another type, or two ids, mean another field.
    fn likeness(&self, other: &Self) -> f64 {
        if self.ty.word() != other.ty.word() || (self.id.is_some() && other.id.is_some()) {
            return 0.0;
        }
        let mut same = 0.0;
        let mut told = 0.0;
        let mut weigh = |weight: f64, is_told: bool, is_same: bool| {
            if is_told {
                told += weight;
                same += if is_same { weight } else { 0.0 };
            }
        };
        let either = |left: bool, right: bool| left || right;
        weigh(
            4.0,
            either(self.description.is_some(), other.description.is_some()),
            self.description == other.description,
        );
        weigh(
            3.0,
            either(self.allowed.is_some(), other.allowed.is_some()),
            self.allowed == other.allowed,
        );
        weigh(
            2.0,
            either(self.term.is_some(), other.term.is_some()),
            self.term == other.term,
        );
        weigh(
            2.0,
            either(self.pii.is_some(), other.pii.is_some()),
            self.pii == other.pii,
        );
        weigh(
            2.0,
            self.children() != other.children() || !self.children().is_empty(),
            self.ty == other.ty,
        );
        weigh(1.0, true, self.required == other.required);
        weigh(
            1.0,
            true,
            (self.unique, self.primary_key) == (other.unique, other.primary_key),
        );
        weigh(
            1.0,
            either(self.pattern.is_some(), other.pattern.is_some()),
            self.pattern == other.pattern,
        );
        let names = name_likeness(&self.name, &other.name);
        let rest = same / told;
        // Without a telling attribute, only the names speak.
        if told <= 2.0 {
            names * 0.9
        } else {
            names.mul_add(0.5, rest * 0.5)
        }
    }
}

impl Named for Dataset {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }

    /// A dataset is what its fields are.
    fn likeness(&self, other: &Self) -> f64 {
        let shared = self.fields.iter().filter(|field| {
            other
                .fields
                .iter()
                .any(|one| one.name == field.name && one.ty.word() == field.ty.word())
        });
        let most = self.fields.len().max(other.fields.len());
        if most == 0 {
            0.0
        } else {
            share(shared.count(), most)
        }
    }
}

/// How alike two names are: by their words, and by their letters.
fn name_likeness(left: &str, right: &str) -> f64 {
    let (a, b) = (tokens(left), tokens(right));
    let shared = a.iter().filter(|word| b.contains(word)).count();
    let words = share(2 * shared, (a.len() + b.len()).max(1));
    let letters = strsim::normalized_damerau_levenshtein(&a.concat(), &b.concat());
    words.max(letters)
}

#[expect(clippy::cast_precision_loss, reason = "counts of fields are small")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
