//! Fields that left one place and fields that came to another in, those that moved out.
//!
//! Beside each other, fields are paired first; what is left may have gone to another dataset, into a
//! nested object or out of one. It is the same field where both bear one stable id, where the new
//! one names the old one (`renamed_from`, alone or as `dataset.field`), or where the only field of a
//! name that is gone is the only one of that name that is new, and the two are alike.

use std::collections::BTreeMap;

use meshlaw_contract::model::Field;
use meshlaw_contract::{Key, Pointer};

use crate::edit::{Aspect, Motion};
use crate::folding::Rules;
use crate::pairing::Named;
use crate::recorder::{At, Recorder};

/// Fields without a partner beside them.
#[derive(Debug, Default)]
pub(crate) struct Adrift<'c> {
    pub(crate) gone: Vec<Drifter<'c>>,
    pub(crate) new: Vec<Drifter<'c>>,
}

/// A field without a partner beside it.
#[derive(Debug, Clone)]
pub(crate) struct Drifter<'c> {
    pub(crate) at: Pointer,
    pub(crate) field: &'c Field,
    /// What is told where it has no partner elsewhere either.
    pub(crate) motion: Motion,
}

/// Likeness from which two fields of one name and different places are one.
const THRESHOLD: f64 = 0.7;

type Names<'c> = fn(&Drifter<'c>) -> Vec<String>;

impl<'c> Recorder<'c> {
    /// Tells what moved, and of the rest what is gone and what is new.
    pub(crate) fn moves(&mut self) {
        // What nests in a field that moved is compared with it, and may drift itself.
        loop {
            let pairs = self.adrift.pairs();
            if pairs.is_empty() {
                break;
            }
            for (old, new) in pairs {
                self.moved(&old, &new);
            }
        }
        let Adrift { gone, new } = std::mem::take(&mut self.adrift);
        for one in gone {
            let at = At {
                head: self.alignment.to_head(&one.at),
                base: one.at,
            };
            let ty = Some(one.field.ty.word().to_owned());
            self.edit(Aspect::Field, one.motion, &at, ty, None);
        }
        for one in new {
            let at = At {
                base: self.alignment.to_base(&one.at),
                head: one.at,
            };
            let ty = Some(one.field.ty.word().to_owned());
            self.edit(Aspect::Field, one.motion, &at, None, ty);
        }
    }

    fn moved(&mut self, old: &Drifter<'c>, new: &Drifter<'c>) {
        let at = At {
            base: old.at.clone(),
            head: new.at.clone(),
        };
        self.alignment.pair(&at.base, &at.head);
        let places = (Some(old.at.to_string()), Some(new.at.to_string()));
        self.edit(Aspect::Field, Motion::Moved, &at, places.0, places.1);
        self.field(&at, old.field, new.field, &Rules::default());
    }
}

impl<'c> Adrift<'c> {
    /// Takes out the pairs of fields that are one.
    fn pairs(&mut self) -> Vec<(Drifter<'c>, Drifter<'c>)> {
        let by_id: Names<'c> = |one| one.field.id.iter().cloned().collect();
        let by_name: Names<'c> = |one| vec![one.field.name.clone()];
        let by_either: Names<'c> = |one| vec![one.field.name.clone(), path(&one.at)];
        let by_claim: Names<'c> = |one| one.field.renamed_from.iter().cloned().collect();
        let mut pairs = self.agreeing(by_id, by_id, |_, _| true);
        pairs.extend(self.agreeing(by_either, by_claim, |_, _| true));
        pairs.extend(self.agreeing(by_name, by_name, |old, new| {
            let is_elsewhere = old.at.parent() != new.at.parent();
            is_elsewhere && old.field.likeness(new.field) >= THRESHOLD
        }));
        pairs
    }

    /// Takes out the pairs that agree on a text which no other of either side bears.
    fn agreeing(
        &mut self,
        old_texts: Names<'c>,
        new_texts: Names<'c>,
        fits: impl Fn(&Drifter<'c>, &Drifter<'c>) -> bool,
    ) -> Vec<(Drifter<'c>, Drifter<'c>)> {
        let index = |list: &[Drifter<'c>], texts: Names<'c>| {
            let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (at, one) in list.iter().enumerate() {
                for text in texts(one) {
                    places.entry(text).or_default().push(at);
                }
            }
            places
        };
        let (gone, new) = (index(&self.gone, old_texts), index(&self.new, new_texts));
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (text, places) in &gone {
            let (&[old], Some(&[to])) = (places.as_slice(), new.get(text).map(Vec::as_slice))
            else {
                continue;
            };
            let is_free = found.iter().all(|(one, other)| *one != old && *other != to);
            let (Some(was), Some(is)) = (self.gone.get(old), self.new.get(to)) else {
                continue;
            };
            if is_free && fits(was, is) {
                found.push((old, to));
            }
        }
        let pairs = found.iter().filter_map(|(old, to)| {
            Some((self.gone.get(*old)?.clone(), self.new.get(*to)?.clone()))
        });
        let pairs: Vec<_> = pairs.collect();
        self.gone
            .retain(|one| pairs.iter().all(|(old, _)| old.at != one.at));
        self.new
            .retain(|one| pairs.iter().all(|(_, new)| new.at != one.at));
        pairs
    }
}

/// Writes the names down to a field, as people do: `orders.placed.day`.
fn path(at: &Pointer) -> String {
    let names = at.keys().iter().filter_map(|key| match key {
        Key::Name(name) => Some(name.as_str()),
        Key::Word(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}
