//! An inventory and what changed since in, what there is of contracts by name out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rejudged, before, changed};
use crate::atlas::{Chart, Known};
use crate::inventory::Inventory;
use crate::meant::Meant;

/// Contracts as they are now.
pub(super) struct Patched<'p> {
    inventory: &'p Inventory,
    /// Numbers of the files that changed.
    changed: BTreeSet<u32>,
    /// What they hold now, by name.
    fresh: BTreeMap<&'p str, Vec<Known>>,
    /// Paths of the files that changed.
    paths: BTreeSet<&'p str>,
    /// What they held before.
    old: BTreeSet<&'p str>,
    /// Every name, once it is asked what was meant by one that is nowhere.
    meant: Meant<String>,
}

impl<'p> Patched<'p> {
    pub(super) fn new(inventory: &'p Inventory, files: &'p [Rejudged<'_>]) -> Self {
        let mut fresh: BTreeMap<&str, Vec<Known>> = BTreeMap::new();
        for file in files {
            let contracts = file.after.iter().flat_map(|after| {
                let ids = after.outcome.ids.iter();
                ids.zip(&after.sketches)
            });
            for (id, packed) in contracts {
                let (path, packed) = (file.path.into(), packed.clone());
                fresh.entry(id).or_default().push(Known { path, packed });
            }
        }
        let old = before(files).flat_map(|filed| filed.outcome.ids.iter());
        Self {
            inventory,
            changed: changed(files),
            fresh,
            paths: files.iter().map(|file| file.path).collect(),
            old: old.map(String::as_str).collect(),
            meant: Meant::default(),
        }
    }

    /// Returns what a file holds that did not change, with the names.
    fn kept(&self, number: u32) -> Vec<(String, Known)> {
        let Some(filed) = self.inventory.file(number) else {
            return Vec::new();
        };
        let outcome = filed.outcome;
        let known = |(id, packed)| {
            let path = filed.path.as_str().into();
            (id, Known { path, packed })
        };
        let ids = outcome.ids.into_iter().zip(outcome.sketches);
        ids.map(known).collect()
    }

    /// Returns every name, in order.
    fn names(&self) -> Vec<String> {
        let names = self.inventory.names().unwrap_or_default();
        let mut names: BTreeSet<String> = names.into_iter().collect();
        names.extend(self.fresh.keys().map(|id| (*id).to_owned()));
        for id in &self.old {
            if self.named(id).is_empty() {
                names.remove(*id);
            }
        }
        names.into_iter().collect()
    }
}

/// What cannot be read is taken note of by the inventory, and then nothing of this counts.
impl Chart for Patched<'_> {
    fn named(&self, id: &str) -> Vec<Known> {
        let fresh = self.fresh.get(id).into_iter().flatten();
        let mut all: Vec<Known> = fresh.cloned().collect();
        let numbers = self.inventory.named(id).unwrap_or_default();
        for number in numbers.iter().filter(|one| !self.changed.contains(one)) {
            let kept = self.kept(*number).into_iter();
            all.extend(kept.filter(|(own, _)| own == id).map(|(_, known)| known));
        }
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all
    }

    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)> {
        let mut found: BTreeMap<String, Vec<Known>> = BTreeMap::new();
        if self.paths.contains(path) {
            for (id, known) in &self.fresh {
                let own = known.iter().filter(|one| *one.path == *path);
                let own: Vec<Known> = own.cloned().collect();
                if !own.is_empty() {
                    found.insert((*id).to_owned(), own);
                }
            }
        } else if let Some(Some((number, _))) = self.inventory.at(path) {
            for (id, known) in self.kept(number) {
                found.entry(id).or_default().push(known);
            }
        }
        found.into_iter().collect()
    }

    fn meant(&self, id: &str) -> Option<String> {
        self.meant.by(id, || self.names())
    }
}
