//! Files that changed in, what was wrong between contracts wherever that reaches, and what is, out.

use std::collections::BTreeSet;

use super::chart::Patched;
use super::sum::Balance;
use super::{Patch, Rejudged, after, before, changed, renames};
use crate::atlas::Atlas;
use crate::consumption::Consumption;
use crate::court::Court;
use crate::crossing::{self, Ask, Reliance, asks};
use crate::duplicates;
use crate::failure::Failure;
use crate::inventory::{Filed, Target, Using};

/// What changed, as others refer to it.
struct Edited<'f> {
    /// What contracts of files that changed are called, and were.
    ids: BTreeSet<&'f str>,
    /// Where they lie.
    paths: BTreeSet<&'f str>,
}

impl<'f> Edited<'f> {
    fn by(files: &'f [Rejudged<'_>]) -> Self {
        let old = before(files).flat_map(|filed| &filed.outcome.ids);
        let ids = old.chain(after(files).flat_map(|one| &one.outcome.ids));
        Self {
            ids: ids.map(String::as_str).collect(),
            paths: files.iter().map(|file| file.path).collect(),
        }
    }

    fn holds(&self, target: &Target) -> bool {
        match target {
            Target::Contract(id) => self.ids.contains(id.as_str()),
            Target::File(path) => self.paths.contains(path.as_str()),
        }
    }

    /// Tells whether a file said the same before, when nothing that it said was wrong, of something
    /// that did not change.
    fn leaves(&self, before: Option<&Filed>, ask: &Ask) -> bool {
        let said = |filed: &Filed| {
            let reliance = Reliance::of(&ask.what);
            filed.crossed.is_empty() && filed.relies.binary_search(&reliance).is_ok()
        };
        before.is_some_and(said) && !self.holds(&crossing::target_of(ask))
    }
}

impl Patch<'_> {
    /// Adds what was and what is wrong between contracts; nothing where what is kept is damaged.
    pub(super) fn between(
        &self,
        court: &Court<'_>,
        files: &[Rejudged<'_>],
        using: &[Using],
        balance: &mut Balance,
    ) -> Result<Option<()>, Failure> {
        let changed = changed(files);
        if self.names(court, files, &changed, balance).is_none() {
            return Ok(None);
        }
        let settings = &court.law.settings;
        let chart = Box::new(Patched::new(self.inventory, files));
        let atlas = Atlas::charted(&self.opening.reader, settings, court.domains, chart);
        let Some(reached) = self.reached(files, &changed) else {
            return Ok(None);
        };
        let edited = Edited::by(files);
        let mut all: Vec<Ask> = Vec::new();
        for file in files {
            let asks = file.after.iter().flat_map(|after| &after.asks);
            let before = file.before.map(|(_, filed)| filed);
            let is_settled = |ask: &&Ask| edited.leaves(before, ask);
            all.extend(asks.filter(|ask| !is_settled(ask)).cloned());
        }
        balance
            .less
            .extend(before(files).flat_map(|filed| filed.crossed.iter().cloned()));
        let mut others = Vec::with_capacity(reached.len());
        for number in reached {
            let Some(filed) = self.inventory.file(number) else {
                return Ok(None);
            };
            others.push(filed);
        }
        // Where nothing was wrong, only what is said of something that changed can be wrong now.
        let sound = others.iter().filter(|filed| filed.crossed.is_empty());
        let said = sound.flat_map(|filed| {
            let own = filed.relies.iter().cloned();
            own.map(|reliance| (filed.path.as_str(), reliance))
        });
        let troubled = crossing::troubled(said, |target| edited.holds(target), &atlas)?;
        for filed in &others {
            if filed.crossed.is_empty() && !troubled.contains(filed.path.as_str()) {
                continue;
            }
            let entry = self.entry(&filed.path, &filed.stamp)?;
            if let Some(text) = entry.and_then(|entry| self.text(&entry)) {
                let revisions = text.contracts(settings, court.domains);
                all.extend(revisions.iter().flat_map(asks));
            }
            balance.less.extend(filed.crossed.iter().cloned());
        }
        let snapshot = &self.opening.snapshot;
        let crossed = crossing::in_audit(settings, snapshot, &atlas, &all)?.into_values();
        balance.more.extend(crossed.flat_map(|one| one.findings));
        let less = using.iter().flat_map(|one| one.found.iter().cloned());
        balance.less.extend(less);
        let uses = Consumption::new(settings, court.estate, &atlas).uses_of_estate()?;
        balance
            .more
            .extend(uses.into_iter().flat_map(|one| one.findings));
        Ok(Some(()))
    }

    /// Adds what was and what is wrong with names and stable ids that contracts share.
    fn names(
        &self,
        court: &Court<'_>,
        files: &[Rejudged<'_>],
        changed: &BTreeSet<u32>,
        balance: &mut Balance,
    ) -> Option<()> {
        let outcomes = || {
            let after = after(files).map(|one| &one.outcome);
            before(files).map(|filed| &filed.outcome).chain(after)
        };
        let ids: BTreeSet<&String> = outcomes().flat_map(|one| &one.ids).collect();
        let stable = outcomes().flat_map(|one| one.stable_ids.iter().map(|(id, _)| id));
        let stable: BTreeSet<&String> = stable.collect();
        let mut others = BTreeSet::new();
        for id in &ids {
            others.extend(self.inventory.named(id)?);
        }
        for id in &stable {
            others.extend(self.inventory.identified(id)?);
        }
        let (mut claims, mut stable_claims) = (Vec::new(), Vec::new());
        for number in others.into_iter().filter(|one| !changed.contains(one)) {
            let outcome = self.inventory.file(number)?.outcome;
            let own = outcome.claims.into_iter();
            claims.extend(own.filter(|claim| ids.contains(&claim.id())));
            let own = outcome.stable_ids.into_iter();
            stable_claims.extend(own.filter(|(id, _)| stable.contains(id)));
        }
        let settings = &court.law.settings;
        let sides = [
            (
                &mut balance.less,
                before(files).map(|one| &one.outcome).collect::<Vec<_>>(),
            ),
            (
                &mut balance.more,
                after(files).map(|one| &one.outcome).collect(),
            ),
        ];
        for (findings, own) in sides {
            let own_claims = own.iter().flat_map(|one| one.claims.iter().cloned());
            let all = claims.iter().cloned().chain(own_claims);
            findings.extend(duplicates::find(settings, all.collect()));
            let own_claims = own.iter().flat_map(|one| one.stable_ids.iter().cloned());
            let all = stable_claims.iter().cloned().chain(own_claims);
            findings.extend(duplicates::of_ids(settings, all.collect()));
        }
        Some(())
    }

    /// Finds the files, of those that are as they were, that refer to something that changed.
    fn reached(&self, files: &[Rejudged<'_>], changed: &BTreeSet<u32>) -> Option<BTreeSet<u32>> {
        let old = before(files).flat_map(|filed| &filed.outcome.ids);
        let ids = old.chain(after(files).flat_map(|one| &one.outcome.ids));
        let ids: BTreeSet<&String> = ids.collect();
        let mut reached = BTreeSet::new();
        for id in ids {
            reached.extend(self.inventory.referring(&Target::Contract(id.clone()))?);
        }
        for file in files {
            let target = Target::File(file.path.to_owned());
            reached.extend(self.inventory.referring(&target)?);
        }
        // What was likely meant by a name that is nowhere hangs on all names that there are.
        if renames(files) {
            reached.extend(self.inventory.unanswered()?);
        }
        reached.retain(|one| !changed.contains(one));
        Some(reached)
    }
}
