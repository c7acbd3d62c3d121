//! The law of an audit in, what earlier audits under it left out, and where this one leaves its own.

use std::collections::BTreeMap;

use meshlaw_changeset::{Entry, FileChange, Kind, ObjectId, Reader};
use meshlaw_report::Finding;

use super::kinds::{CONTRACTS, Kinds, plain};
use super::roll::{self, Differing};
use super::whole::Session;
use super::{Asked, Opening};
use crate::cache::{Cache, Key};
use crate::consumption::OfUses;
use crate::court::Court;
use crate::crossing::Crossed;
use crate::definitions::{Clash, Tally};
use crate::failure::Failure;
use crate::inventory::{self, Draft, Head, Inventory, Sheets, Shelved, Using, Whole};
use crate::register::bytes_of;
use crate::verdicts::{self, Archive as _, Keeper, may_hold_date};

/// So many files may differ from an inventory before a new one is made, or one in so many.
const MOST_CHANGED: usize = 256;
const SHARE_CHANGED: usize = 50;

/// What earlier audits under one law left.
pub(super) struct Shelf {
    cache: Cache,
    pub(super) key: Key,
    pub(super) inventory: Option<Inventory>,
    pub(super) keeper: Keeper,
}

/// What an audit found out between files.
pub(super) struct Found<'f> {
    pub(super) crossed: BTreeMap<String, Crossed>,
    pub(super) uses: Vec<OfUses>,
    pub(super) tally: &'f Tally,
    pub(super) clashes: &'f [Clash],
    pub(super) products: &'f BTreeMap<String, BTreeMap<String, u32>>,
    pub(super) names: Vec<&'f str>,
    pub(super) contracts: usize,
    pub(super) findings: &'f [Finding],
    /// How many of these were found within files of contracts; they come first.
    pub(super) own: usize,
}

/// Files of contracts that differ from an inventory: their paths, and what lies there now.
pub(super) type Changed = Vec<(String, Option<Entry>)>;

impl Shelf {
    /// Looks up what is kept under the law of an audit; a folder outside of any repository keeps
    /// nothing. Files of different folders are told apart, and from objects.
    pub(super) fn of(opening: &Opening, asked: &Asked<'_>) -> Option<Self> {
        let cache = Cache::of(&opening.reader)?;
        let folder = match opening.reader.root_tree() {
            Some(_) => None,
            None => Some(asked.path.canonicalize().ok()?),
        };
        let folder = folder
            .as_deref()
            .map(|path| path.as_os_str().as_encoded_bytes());
        let key = Key::of(&(verdicts::of_law(&opening.law, asked.as_of)?, folder))?;
        Some(Self {
            inventory: Inventory::open(&cache, &key),
            keeper: Keeper::new(asked.as_of)?,
            cache,
            key,
        })
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Reads what is kept of all files, unless the terms say something else since.
    pub(super) fn shelved(&self, court: &Court<'_>) -> Option<Shelved> {
        let inventory = self.inventory.as_ref()?;
        let is_same = verdicts::of_terms(court.estate).as_ref() == Some(&inventory.head.terms);
        if is_same { inventory.shelved() } else { None }
    }

    /// Keeps what an audit found out for those to come.
    pub(super) fn keep(
        &self,
        session: &mut Session<'_, '_>,
        (draft, sheets): (Draft, Vec<Sheets>),
        found: Found<'_>,
    ) {
        let court = session.court;
        let entries = session.entries;
        let Some(roll) = session.roll.take() else {
            return;
        };
        let stamps = inventory::stamps(&sheets, entries.len());
        let Some(bytes) = roll.bound(entries, &stamps) else {
            return;
        };
        let Some(terms) = verdicts::of_terms(court.estate) else {
            return;
        };
        let Some(pages) = terms_of(court) else { return };
        let root = session.reader.root_tree();
        let root_bytes = root.as_ref().and_then(bytes_of);
        if root.is_some() != root_bytes.is_some() {
            return;
        }
        let mut is_dated = false;
        let files = court.estate.consumer_files.iter();
        files.for_each(|held| is_dated |= may_hold_date(&held.file.text));
        let consumers = found.uses.into_iter().map(|one| {
            let using = Using {
                stamp: roll.stamps.get(&one.path).cloned().unwrap_or_default(),
                path: one.path,
                found: one.findings,
            };
            (using, one.contracts, one.is_unmet)
        });
        let head = Head {
            root: root_bytes,
            as_of: self.keeper.as_of().to_owned(),
            is_dated,
            terms,
            contracts: found.contracts,
            files: 0,
            totals: Vec::new(),
        };
        let whole = Whole {
            head,
            roll: bytes,
            crossed: numbered(entries, found.crossed),
            consumers: consumers.collect(),
            tally: found.tally,
            clashes: found.clashes,
            products: found.products,
            names: found.names,
            terms: pages,
            between: found.findings.get(found.own..).unwrap_or_default(),
            findings: found.findings,
        };
        draft.keep(&self.cache, &self.key, sheets, whole);
    }
}

/// Tells files by their number in place of their path.
fn numbered(entries: &[Entry], mut all: BTreeMap<String, Crossed>) -> BTreeMap<u32, Crossed> {
    let mut numbered = BTreeMap::new();
    for (number, entry) in (0..).zip(entries) {
        if all.is_empty() {
            break;
        }
        let crossed = all.remove(&entry.path.to_string());
        numbered.extend(crossed.map(|crossed| (number, crossed)));
    }
    numbered
}

/// Writes the terms of each file down.
fn terms_of(court: &Court<'_>) -> Option<Vec<(String, String)>> {
    let pages = court.estate.term_pages.iter();
    let page = |page: &crate::glossary::Page| {
        Some((page.path.clone(), serde_json::to_string(&page.terms).ok()?))
    };
    pages.map(page).collect()
}

/// Finds the files of contracts that differ from an inventory; none where anything else does, or so
/// many do that a new inventory is worth its while.
pub(super) fn changed(
    opening: &Opening,
    inventory: &Inventory,
    keeper: &Keeper,
) -> Result<Option<Changed>, Failure> {
    let head = &inventory.head;
    if head.is_dated && head.as_of != keeper.as_of() {
        return Ok(None);
    }
    let kinds = Kinds::new(&opening.law.settings)?;
    let most = MOST_CHANGED.max(head.files / SHARE_CHANGED);
    let found = match head.root {
        Some(root) => in_commit(&opening.reader, &kinds, root),
        None => in_folder(&opening.reader, &kinds, inventory, keeper, most)?,
    };
    Ok(found.filter(|found| found.len() <= most))
}

fn in_commit(reader: &Reader, kinds: &Kinds, root: [u8; 20]) -> Option<Changed> {
    let changes = reader.changes_since(ObjectId::from_bytes(&root), &kinds.all)?;
    changes
        .into_iter()
        .map(|change| of_change(kinds, change))
        .collect()
}

fn of_change(kinds: &Kinds, change: FileChange) -> Option<(String, Option<Entry>)> {
    // What lies in a submodule could be of any kind.
    let sides = [change.before(), change.after()].into_iter().flatten();
    let is_known = sides.clone().all(|entry| entry.kind != Kind::Submodule);
    let path = plain(change.path()).filter(|_| is_known)?.to_owned();
    (kinds.mask(change.path()) == CONTRACTS).then(|| (path, change.after().cloned()))
}

fn in_folder(
    reader: &Reader,
    kinds: &Kinds,
    inventory: &Inventory,
    keeper: &Keeper,
    most: usize,
) -> Result<Option<Changed>, Failure> {
    let (Some(root), Some(roll)) = (reader.folder(), inventory.roll()) else {
        return Ok(None);
    };
    let Some(differing) = roll::differing(kinds, root, &roll, keeper) else {
        return Ok(None);
    };
    let is_known = |one: &Differing| one.mask == CONTRACTS && plain(&one.path).is_some();
    if differing.len() > most || !differing.iter().all(is_known) {
        return Ok(None);
    }
    let mut changed = Changed::new();
    for one in differing {
        let entry = match one.is_there {
            true => reader.find(&one.path)?,
            false => None,
        };
        changed.push((one.path.to_string(), entry));
    }
    Ok(Some(changed))
}
