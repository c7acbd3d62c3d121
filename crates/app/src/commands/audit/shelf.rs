//! The law of an audit in, what earlier audits under it left out, and where this one leaves its own.

use std::collections::BTreeMap;

use meshlaw_changeset::{Entry, FileChange, Kind, ObjectId, Reader};

use super::kinds::{CONTRACTS, Kinds, plain};
use super::roll::{self, Differing, Roll};
use super::roster::{Charted, Products};
use super::{Asked, Opening};
use crate::cache::{Cache, Key};
use crate::consumption::OfUses;
use crate::court::Court;
use crate::crossing::Crossed;
use crate::definitions::Tally;
use crate::failure::Failure;
use crate::inventory::{
    self, Bundle, Draft, Head, Inventory, Noted, Sheets, Shelved, Using, Whole,
};
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

/// Where an audit keeps what it found out.
#[derive(Clone, Copy)]
pub(super) struct Room<'s> {
    cache: &'s Cache,
    key: &'s Key,
    as_of: &'s str,
}

/// What an audit found out, but for what it wrote down on its way.
pub(super) struct Found<'f, 'r> {
    /// Paths and stamps of all files.
    pub(super) roll: Roll,
    /// The files of contracts.
    pub(super) entries: &'f [Entry],
    /// The root tree, of a commit.
    pub(super) root: Option<ObjectId>,
    pub(super) sheets: Vec<Sheets>,
    pub(super) crossed: BTreeMap<String, Crossed>,
    pub(super) uses: Vec<OfUses>,
    pub(super) tally: &'f Tally,
    pub(super) charted: &'f Charted<'r>,
    pub(super) products: &'f Products<'r>,
    pub(super) contracts: usize,
    pub(super) noted: Noted,
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

    /// Where this audit keeps what it finds out.
    pub(super) fn room(&self) -> Room<'_> {
        Room {
            cache: &self.cache,
            key: &self.key,
            as_of: self.keeper.as_of(),
        }
    }
}

impl Room<'_> {
    /// Keeps what an audit found out for those to come.
    pub(super) fn keep(&self, court: &Court<'_>, draft: Draft, found: Found<'_, '_>) {
        let (roll, entries) = (found.roll, found.entries);
        let written = || {
            let stamps = inventory::stamps(&found.sheets, entries.len());
            let called = roll.bound(entries, &stamps);
            (called, Bundle::of(found.sheets))
        };
        let sayings = || inventory::in_order(found.tally.sayings());
        let names = || rayon::join(sayings, || found.charted.names());
        let ((called, sheets), (sayings, names)) = rayon::join(written, names);
        let Some(called) = called else { return };
        let Some(terms) = verdicts::of_terms(court.estate) else {
            return;
        };
        let Some(pages) = terms_of(court) else { return };
        let root = found.root.as_ref().and_then(bytes_of);
        if found.root.is_some() != root.is_some() {
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
            root,
            as_of: self.as_of.to_owned(),
            is_dated,
            terms,
            contracts: found.contracts,
            files: 0,
            totals: Vec::new(),
        };
        let whole = Whole {
            head,
            sheets,
            roll: called,
            crossed: numbered(entries, found.crossed),
            consumers: consumers.collect(),
            sayings,
            products: found.products,
            names,
            terms: pages,
            noted: found.noted,
        };
        draft.keep(self.cache, self.key, whole);
        // The program ends soon: to take apart what is written would be work for nothing.
        std::mem::forget(roll);
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
