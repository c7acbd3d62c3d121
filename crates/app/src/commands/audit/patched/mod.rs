//! What an earlier audit found in, what one of the same law finds now out, by looking at what changed
//! and at what hangs on that.
//!
//! What is wrong between contracts is found out twice for whatever a change can reach: as it was, to
//! be taken away, and as it is, to be added. What was to be taken away and is not there shows that
//! something is not as it should be: then everything is judged anew.

mod between;
mod chart;
mod sum;

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{Entry, RepoPath};
use meshlaw_report::{Finding, Side};

use super::judged::{self, Kind, OfFile, Source, Told};
use super::shelf::{self, Changed, Shelf};
use super::{Asked, Opening, Surveyed, conclude, notes, products, revision_id, seat};
use crate::court::Court;
use crate::definitions::{self, Edit};
use crate::estate::read_part;
use crate::failure::Failure;
use crate::glossary::Page;
use crate::inventory::{self, Filed, Inventory, Using};
use crate::revision::FileText;
use crate::verdicts::{Archive, Recent, Record};
use crate::waivers::{Docket, Ledger};
use sum::Balance;

/// A file of contracts that changed.
struct Touched {
    path: String,
    /// What was kept of it, with its number.
    before: Option<(u32, Filed)>,
    /// What lies there now.
    entry: Option<Entry>,
}

/// A file that changed, and what came of it.
struct Rejudged<'t> {
    path: &'t str,
    before: Option<&'t (u32, Filed)>,
    after: Option<OfFile>,
}

/// What an audit finds by way of an earlier one.
struct Patch<'p> {
    opening: &'p Opening,
    asked: &'p Asked<'p>,
    shelf: &'p Shelf,
    inventory: &'p Inventory,
}

/// Judges what changed since an earlier audit; nothing comes of it where that does not suffice.
pub(super) fn survey<T, F>(
    opening: &Opening,
    asked: &Asked<'_>,
    shelf: &Shelf,
    then: &mut Option<F>,
) -> anyhow::Result<Option<T>>
where
    F: FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
{
    let Some(inventory) = &shelf.inventory else {
        return Ok(None);
    };
    let Some(changed) = shelf::changed(opening, inventory, &shelf.keeper)? else {
        return Ok(None);
    };
    let patch = Patch {
        opening,
        asked,
        shelf,
        inventory,
    };
    let Some((touched, terms)) = touched(inventory, changed).zip(terms(inventory)) else {
        return Ok(None);
    };
    patch.survey(&touched, &terms, then)
}

fn touched(inventory: &Inventory, changed: Changed) -> Option<Vec<Touched>> {
    let each = changed.into_iter().map(|(path, entry)| {
        Some(Touched {
            before: inventory.at(&path)?,
            path,
            entry,
        })
    });
    each.collect()
}

fn terms(inventory: &Inventory) -> Option<Vec<Page>> {
    let pages = inventory.terms()?.into_iter();
    let page = |(path, terms): (String, String)| {
        Some(Page {
            is_law: false,
            path,
            terms: serde_json::from_str(&terms).ok()?,
        })
    };
    pages.map(page).collect()
}

/// Which consumers have to be at hand.
struct Around {
    /// The contracts that they use.
    contracts: BTreeSet<String>,
    /// Those as well that use what is nowhere.
    with_unmet: bool,
}

/// What came of an attempt.
enum Tried<T> {
    /// It is done.
    Done(T),
    /// Other consumers have to be at hand.
    Lacks(Around),
    /// What is kept does not suffice.
    Failed,
}

impl Patch<'_> {
    fn survey<T, F>(
        &self,
        touched: &[Touched],
        terms: &[Page],
        then: &mut Option<F>,
    ) -> anyhow::Result<Option<T>>
    where
        F: FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
    {
        let Opening { reader, law, .. } = self.opening;
        let (ledger, malformed) = Ledger::read(&law.settings, reader)?;
        let before = touched.iter().filter_map(|one| one.before.as_ref());
        let before = before.flat_map(|(_, filed)| filed.outcome.ids.iter());
        let mut around = Around {
            contracts: before.cloned().collect(),
            with_unmet: false,
        };
        // What contracts are called now is known once they are read; mostly it is the same.
        loop {
            let Some(using) = self.using(&around) else {
                return Ok(None);
            };
            let entries = self.entries_of(&using)?;
            let settings = &law.settings;
            let pages = terms.to_vec();
            let estate = read_part(settings, reader, entries, pages, self.asked.as_of)?;
            let tried = seat(self.opening, self.asked, (&estate, &ledger), |court| {
                self.attempt(court, touched, (&around, &using), &malformed, then)
            })?;
            match tried {
                Tried::Done(told) => return Ok(Some(told)),
                Tried::Failed => return Ok(None),
                Tried::Lacks(more) => around = more,
            }
        }
    }

    /// Finds the files of consumers that have to be at hand.
    fn using(&self, around: &Around) -> Option<Vec<Using>> {
        let mut numbers = BTreeSet::new();
        for contract in &around.contracts {
            numbers.extend(self.inventory.using(contract)?);
        }
        if around.with_unmet {
            numbers.extend(self.inventory.unmet()?);
        }
        let numbers = numbers.into_iter();
        numbers.map(|one| self.inventory.consumer(one)).collect()
    }

    fn entries_of(&self, using: &[Using]) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::with_capacity(using.len());
        for one in using {
            entries.extend(self.entry(&one.path, &one.stamp)?);
        }
        Ok(entries)
    }

    /// Returns the entry of a file that did not change.
    fn entry(&self, path: &str, stamp: &[u8]) -> Result<Option<Entry>, Failure> {
        let reader = &self.opening.reader;
        if reader.root_tree().is_some()
            && let Some(entry) = inventory::entry(path, stamp)
        {
            return Ok(Some(entry));
        }
        Ok(reader.find(&RepoPath::parse(path)?)?)
    }

    fn text(&self, entry: &Entry) -> Option<FileText> {
        let settings = &self.opening.law.settings;
        FileText::read(&self.opening.reader, entry, settings, Side::Head)
    }

    fn attempt<T, F>(
        &self,
        court: &Court<'_>,
        touched: &[Touched],
        (around, using): (&Around, &[Using]),
        malformed: &[Finding],
        then: &mut Option<F>,
    ) -> anyhow::Result<Tried<T>>
    where
        F: FnOnce(Surveyed<'_, '_>) -> anyhow::Result<T>,
    {
        let files = self.rejudged(court, touched)?;
        if let Some(more) = self.lacks(&files, around) {
            return Ok(more.map_or(Tried::Failed, Tried::Lacks));
        }
        let own = after(&files).flat_map(|after| after.outcome.findings.iter().cloned());
        let mut balance = Balance {
            changed: changed(&files),
            own: own.collect(),
            ..Balance::default()
        };
        let Some(()) = self.between(court, &files, using, &mut balance)? else {
            return Ok(Tried::Failed);
        };
        let Some(clashes) = self.clashes(court, &files)? else {
            return Ok(Tried::Failed);
        };
        let Some(docket) = self.docket(court, &files)? else {
            return Ok(Tried::Failed);
        };
        let is_counted = self.asked.only_counts;
        let sums = (self.contracts(&files), self.files(&files));
        let products_now = if is_counted {
            Some(BTreeMap::new())
        } else {
            self.products(&files)
        };
        let sum = if is_counted {
            balance.count(self.inventory, court.ledger)
        } else {
            balance.sum(self.inventory)
        };
        let (Some(named), Some(sum)) = (products_now, sum) else {
            return Ok(Tried::Failed);
        };
        if self.inventory.is_damaged() {
            return Ok(Tried::Failed);
        }
        let Some(then) = then.take() else {
            return Ok(Tried::Failed);
        };
        let (settings, estate) = (&court.law.settings, court.estate);
        let listed = |(product, contracts): (String, BTreeMap<String, u32>)| {
            (product, contracts.into_keys().collect())
        };
        let mut findings = sum.findings;
        let glossary = &estate.lexicon.glossary;
        findings.extend(definitions::tell(settings, glossary, clashes));
        findings.extend(malformed.iter().cloned());
        conclude(court, &docket, &mut findings)?;
        let told = then(Surveyed {
            court,
            docket: &docket,
            findings,
            counted: sum.counted,
            contract_count: sums.0,
            products: products(settings, named.into_iter().map(listed).collect()),
            notes: notes(sums.1 == 0, court),
            revision: revision_id(&self.opening.snapshot),
        })?;
        Ok(Tried::Done(told))
    }

    /// Judges the files that changed, with the help of what was found out since the inventory.
    fn rejudged<'t>(
        &self,
        court: &Court<'_>,
        touched: &'t [Touched],
    ) -> Result<Vec<Rejudged<'t>>, Failure> {
        let entries: Vec<Entry> = touched.iter().filter_map(|one| one.entry.clone()).collect();
        let recent = Recent::load(
            self.shelf.cache(),
            &self.shelf.key,
            &self.inventory.head.terms,
        );
        let records = recent.as_ref().map(Recent::records).unwrap_or_default();
        let source = Source {
            archive: Some(&self.shelf.keeper as &dyn Archive),
            records: &records,
        };
        let snapshot = &self.opening.snapshot;
        let told = judged::each(
            court,
            snapshot,
            &entries,
            (self.asked, source),
            (Vec::new, |all: &mut Vec<Told<'_>>, told| all.push(told)),
        )?;
        let mut told: Vec<Told<'_>> = told.into_iter().flatten().collect();
        told.sort_unstable_by_key(|one| one.position);
        let (mut judged, mut fresh) = (Vec::with_capacity(entries.len()), 0);
        let mut kept: Vec<(_, Record<'_>)> = Vec::new();
        for (one, entry) in told.into_iter().zip(&entries) {
            let Told {
                of_file, record, ..
            } = one;
            if let Some((kind, record)) = record {
                fresh += usize::from(kind == Kind::Fresh);
                kept.push((entry.path.to_string().into(), record));
            }
            judged.push(of_file);
        }
        recent.as_ref().inspect(|recent| recent.store(fresh, kept));
        let mut judged = judged.into_iter();
        let files = touched.iter().map(|one| Rejudged {
            path: &one.path,
            before: one.before.as_ref(),
            after: one.entry.as_ref().and_then(|_| judged.next()),
        });
        Ok(files.collect())
    }

    /// Tells whether other consumers have to be at hand than there are; nothing where that cannot be
    /// known.
    fn lacks(&self, files: &[Rejudged<'_>], around: &Around) -> Option<Option<Around>> {
        let new: BTreeSet<&String> = after(files).flat_map(|one| &one.outcome.ids).collect();
        let mut is_lacking = false;
        for id in new.iter().filter(|id| !around.contracts.contains(**id)) {
            match self.inventory.using(id) {
                Some(using) => is_lacking |= !using.is_empty(),
                None => return Some(None),
            }
        }
        let mut with_unmet = around.with_unmet;
        if !with_unmet && renames(files) {
            match self.inventory.unmet() {
                Some(unmet) => with_unmet = !unmet.is_empty(),
                None => return Some(None),
            }
        }
        if !is_lacking && with_unmet == around.with_unmet {
            return None;
        }
        let mut contracts = around.contracts.clone();
        contracts.extend(new.into_iter().cloned());
        Some(Some(Around {
            contracts,
            with_unmet,
        }))
    }

    fn clashes(
        &self,
        court: &Court<'_>,
        files: &[Rejudged<'_>],
    ) -> Result<Option<Vec<definitions::Clash>>, Failure> {
        let edits = files.iter().map(|file| Edit {
            path: file.path,
            number: file.before.map(|(number, _)| *number),
            before: file.before.map_or(&[], |(_, filed)| &filed.outcome.said),
            after: file.after.as_ref().map_or(&[], |after| &after.outcome.said),
        });
        let edits: Vec<Edit<'_>> = edits.collect();
        let reader = &self.opening.reader;
        let read = |path: &str| {
            let entry = reader.find(&RepoPath::parse(path)?)?;
            Ok(entry.and_then(|entry| self.text(&entry)))
        };
        let settings = &court.law.settings;
        definitions::patched(settings, court.domains, self.inventory, &edits, read)
    }

    /// Returns the contracts that waivers speak of, in the order of their files.
    fn docket(&self, court: &Court<'_>, files: &[Rejudged<'_>]) -> Result<Option<Docket>, Failure> {
        let mut numbers = BTreeSet::new();
        for entry in court.ledger.entries() {
            let Some(named) = self.inventory.named(&entry.waiver.contract) else {
                return Ok(None);
            };
            numbers.extend(named);
        }
        let mut dockets: BTreeMap<&str, Docket> = BTreeMap::new();
        let changed = changed(files);
        let mut kept = Vec::new();
        for number in numbers.into_iter().filter(|one| !changed.contains(one)) {
            match self.inventory.file(number) {
                Some(filed) => kept.push(filed),
                None => return Ok(None),
            }
        }
        for filed in &kept {
            let entry = self.entry(&filed.path, &filed.stamp)?;
            let Some(text) = entry.and_then(|entry| self.text(&entry)) else {
                continue;
            };
            let docket = dockets.entry(&filed.path).or_default();
            for revision in text.contracts(&court.law.settings, court.domains) {
                let id = revision.identity.id();
                if court.ledger.speaks_of(&id) {
                    docket.add(id, &revision);
                }
            }
        }
        let mut all = Docket::default();
        let mut fresh: BTreeMap<&str, &Docket> = BTreeMap::new();
        for file in files {
            fresh.extend(file.after.as_ref().map(|after| (file.path, &after.docket)));
        }
        let paths: BTreeSet<&str> = dockets.keys().chain(fresh.keys()).copied().collect();
        for path in paths {
            all.extend(dockets.remove(path).unwrap_or_default());
            fresh.get(path).inspect(|docket| all.take_all(docket));
        }
        Ok(Some(all))
    }

    fn contracts(&self, files: &[Rejudged<'_>]) -> usize {
        let before: usize = before(files).map(|filed| filed.outcome.count).sum();
        let after: usize = after(files).map(|after| after.outcome.count).sum();
        (self.inventory.head.contracts + after).saturating_sub(before)
    }

    fn files(&self, files: &[Rejudged<'_>]) -> usize {
        let (before, after) = (before(files).count(), after(files).count());
        (self.inventory.head.files + after).saturating_sub(before)
    }

    fn products(&self, files: &[Rejudged<'_>]) -> Option<BTreeMap<String, BTreeMap<String, u32>>> {
        let mut products = self.inventory.products()?;
        for (product, contract) in before(files).flat_map(|filed| &filed.outcome.products) {
            let contracts = products.get_mut(product)?;
            let count = contracts.get_mut(contract)?;
            *count = count.checked_sub(1)?;
            if *count == 0 {
                contracts.remove(contract);
            }
            if contracts.is_empty() {
                products.remove(product);
            }
        }
        for (product, contract) in after(files).flat_map(|after| &after.outcome.products) {
            let contracts = products.entry(product.clone()).or_default();
            *contracts.entry(contract.clone()).or_default() += 1;
        }
        Some(products)
    }
}

fn before<'f>(files: &'f [Rejudged<'_>]) -> impl Iterator<Item = &'f Filed> {
    files.iter().filter_map(|file| Some(&file.before?.1))
}

fn after<'f>(files: &'f [Rejudged<'_>]) -> impl Iterator<Item = &'f OfFile> {
    files.iter().filter_map(|file| file.after.as_ref())
}

/// Returns the numbers of the files that changed.
fn changed(files: &[Rejudged<'_>]) -> BTreeSet<u32> {
    let numbers = files.iter().filter_map(|file| Some(file.before?.0));
    numbers.collect()
}

/// Tells whether contracts are called otherwise than before, or there are more or fewer.
fn renames(files: &[Rejudged<'_>]) -> bool {
    let mut old: Vec<&String> = before(files).flat_map(|one| &one.outcome.ids).collect();
    let mut new: Vec<&String> = after(files).flat_map(|one| &one.outcome.ids).collect();
    old.sort_unstable();
    new.sort_unstable();
    old != new
}
