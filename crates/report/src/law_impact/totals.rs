//! Contracts that fare otherwise in, how many there are by domain, owner and policy out.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{LawImpact, Said, Turned, Weight};

/// How many contracts and findings something is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Contracts that fail under the new law alone.
    pub newly_failing: usize,
    /// Contracts that fail under the old law alone.
    pub newly_passing: usize,
    /// Findings that are told and do not block: how many come.
    pub warnings_appear: usize,
    /// How many go.
    pub warnings_vanish: usize,
    /// Findings that only count: how many come.
    pub shadow_appear: usize,
    /// How many go.
    pub shadow_vanish: usize,
}

/// The totals of what shares a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Domain, owner or id.
    pub name: String,
    /// How many.
    pub totals: Totals,
}

impl Totals {
    fn count(&mut self, turned: &Turned, is_meant: impl Fn(&Said) -> bool) {
        let of = |said: &[Said], weight: Weight| {
            let meant = said.iter().filter(|one| is_meant(one));
            meant.filter(|one| one.weight == weight).count()
        };
        self.warnings_appear += of(&turned.appear, Weight::Warns);
        self.warnings_vanish += of(&turned.vanish, Weight::Warns);
        self.shadow_appear += of(&turned.appear, Weight::Counts);
        self.shadow_vanish += of(&turned.vanish, Weight::Counts);
    }

    fn weight(&self) -> usize {
        self.newly_failing + self.newly_passing
    }
}

impl LawImpact {
    /// Counts everything.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for turned in &self.contracts {
            totals.newly_failing += usize::from(turned.newly_fails());
            totals.newly_passing += usize::from(turned.newly_passes());
            totals.count(turned, |_| true);
        }
        totals
    }

    /// Counts by domain, the most contracts first.
    pub fn by_domain(&self) -> Vec<Group> {
        self.by(|turned| turned.domain.as_str())
    }

    /// Counts by owner, the most contracts first.
    pub fn by_owner(&self) -> Vec<Group> {
        self.by(|turned| turned.owner.as_deref().unwrap_or("(no owner)"))
    }

    /// Counts by policy or finding: of each, the contracts that fail it under one law alone,
    /// whatever else they fail.
    pub fn by_policy(&self) -> Vec<Group> {
        let mut groups: BTreeMap<&str, Totals> = BTreeMap::new();
        for turned in &self.contracts {
            let all = turned.appear.iter().chain(&turned.vanish);
            let ids: BTreeSet<&str> = all.map(|said| said.id.as_str()).collect();
            for id in ids {
                let blocks = |said: &[Said]| {
                    let mut own = said.iter().filter(|said| said.id == id);
                    own.any(|said| said.weight == Weight::Blocks)
                };
                let remains = turned.remain.contains(id);
                let totals = groups.entry(id).or_default();
                let (comes, goes) = (blocks(&turned.appear), blocks(&turned.vanish));
                totals.newly_failing += usize::from(comes && !goes && !remains);
                totals.newly_passing += usize::from(goes && !comes && !remains);
                totals.count(turned, |said| said.id == id);
            }
        }
        sorted(groups)
    }

    /// Counts the consumers of contracts that newly fail, each once.
    pub fn consumer_count(&self) -> usize {
        let all = self.newly_failing().flat_map(|turned| &turned.consumers);
        let names: BTreeSet<&str> = all.map(|one| one.name.as_str()).collect();
        names.len()
    }

    fn by<'i>(&'i self, name: impl Fn(&'i Turned) -> &'i str) -> Vec<Group> {
        let mut groups: BTreeMap<&str, Totals> = BTreeMap::new();
        for turned in &self.contracts {
            let totals = groups.entry(name(turned)).or_default();
            totals.newly_failing += usize::from(turned.newly_fails());
            totals.newly_passing += usize::from(turned.newly_passes());
            totals.count(turned, |_| true);
        }
        sorted(groups)
    }
}

fn sorted(groups: BTreeMap<&str, Totals>) -> Vec<Group> {
    let group = |(name, totals): (&str, Totals)| Group {
        name: name.to_owned(),
        totals,
    };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse((group.totals.weight(), group.totals.warnings_appear)));
    groups
}
