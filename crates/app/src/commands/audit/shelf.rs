//! The law of an audit in, what earlier audits under it left out, and where this one leaves its own.

use std::collections::BTreeMap;

use meshlaw_changeset::{Entry, FileChange, Globs, Kind, ObjectId, Reader, RepoPath};
use meshlaw_report::Finding;
use rayon::prelude::*;

use super::whole::Session;
use super::{Asked, Opening};
use crate::cache::{Cache, Key};
use crate::consumption::OfUses;
use crate::court::Court;
use crate::crossing::Crossed;
use crate::definitions::{Clash, Tally};
use crate::failure::Failure;
use crate::inventory::{Draft, Head, Inventory, Shelved, Using, Whole};
use crate::register::bytes_of;
use crate::settings::Settings;
use crate::verdicts::{self, Archive, Keeper, may_hold_date};

/// So many files may differ from an inventory before a new one is made, or one in so many.
const MOST_CHANGED: usize = 256;
const SHARE_CHANGED: usize = 50;

/// Kinds of files, as they are noted on a roll.
const CONTRACTS: u8 = 1;
const OTHERS: u8 = 2;

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
    pub(super) names: Vec<String>,
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
    pub(super) fn keep(&self, session: &mut Session<'_, '_>, draft: Draft<'_>, found: Found<'_>) {
        let court = session.court;
        let Some(roll) = session.roll.take() else {
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
            roll: roll.lines,
            crossed: found.crossed,
            consumers: consumers.collect(),
            tally: found.tally,
            clashes: found.clashes,
            products: found.products,
            names: found.names,
            terms: pages,
            between: found.findings.get(found.own..).unwrap_or_default(),
            findings: found.findings,
        };
        draft.keep(&self.cache, &self.key, whole);
    }
}

/// Writes the terms of each file down.
fn terms_of(court: &Court<'_>) -> Option<Vec<(String, String)>> {
    let pages = court.estate.term_pages.iter();
    let page = |page: &crate::glossary::Page| {
        Some((page.path.clone(), serde_json::to_string(&page.terms).ok()?))
    };
    pages.map(page).collect()
}

/// What lies where, before any of it is read.
pub(super) struct Roll {
    /// The stamps of files of consumers.
    stamps: BTreeMap<String, Vec<u8>>,
    /// All files of a work tree.
    lines: Vec<u8>,
}

impl Roll {
    /// Takes the stamps of all files; none where one of them has a path that is no plain text.
    pub(super) fn call(
        settings: &Settings,
        reader: &Reader,
        asked: &Asked<'_>,
    ) -> Result<Option<Self>, Failure> {
        let Some(keeper) = Keeper::new(asked.as_of) else {
            return Ok(None);
        };
        let kinds = Kinds::new(settings)?;
        let entries = reader.list(&kinds.all)?;
        let is_plain = |entry: &Entry| plain(&entry.path).is_some();
        if !entries.iter().all(is_plain) {
            return Ok(None);
        }
        let is_commit = reader.root_tree().is_some();
        let mut roll = Self {
            stamps: BTreeMap::new(),
            lines: Vec::new(),
        };
        let stamped = entries.par_iter().map(|entry| {
            let mask = kinds.mask(&entry.path);
            let is_needed = !is_commit || mask & OTHERS != 0;
            let stamp = is_needed.then(|| keeper.stamp(entry));
            (entry, mask, stamp.flatten().unwrap_or_default())
        });
        for (entry, mask, stamp) in stamped.collect::<Vec<_>>() {
            let Some(path) = plain(&entry.path) else {
                return Ok(None);
            };
            if !is_commit && line(&mut roll.lines, mask, path, &stamp).is_none() {
                return Ok(None);
            }
            if mask & OTHERS != 0 {
                roll.stamps.insert(path.to_owned(), stamp);
            }
        }
        Ok(Some(roll))
    }
}

/// Writes a line of a roll.
fn line(lines: &mut Vec<u8>, mask: u8, path: &str, stamp: &[u8]) -> Option<()> {
    lines.push(mask);
    lines.push(u8::try_from(stamp.len()).ok()?);
    lines.extend(u16::try_from(path.len()).ok()?.to_le_bytes());
    lines.extend(path.as_bytes());
    lines.extend(stamp);
    Some(())
}

/// A line of a roll: the kinds of the file, its path and its stamp.
type Line<'l> = (u8, &'l [u8], &'l [u8]);

/// Reads the next line of a roll.
fn next<'l>(lines: &mut &'l [u8]) -> Option<Line<'l>> {
    let ([mask, stamp], rest) = lines.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (path, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    let (stamp, rest) = rest.split_at_checked(usize::from(*stamp))?;
    *lines = rest;
    Some((*mask, path, stamp))
}

/// Returns the path as text, if it is shown as it is.
fn plain(path: &RepoPath) -> Option<&str> {
    path.as_str().filter(|text| path.to_string() == *text)
}

/// Which files are contracts, and which are others that contracts are judged by.
struct Kinds {
    contracts: Globs,
    others: Globs,
    all: Globs,
}

impl Kinds {
    fn new(settings: &Settings) -> Result<Self, Failure> {
        let others = settings.consumers.iter().chain(&settings.terms);
        let all = settings.contracts.iter().chain(others.clone());
        Ok(Self {
            contracts: Globs::new(&settings.contracts)?,
            others: Globs::new(others)?,
            all: Globs::new(all)?,
        })
    }

    fn mask(&self, path: &RepoPath) -> u8 {
        let contracts = if self.contracts.matches(path) {
            CONTRACTS
        } else {
            0
        };
        let others = if self.others.matches(path) { OTHERS } else { 0 };
        contracts | others
    }
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
    let found = match head.root {
        Some(root) => in_commit(&opening.reader, &kinds, root),
        None => in_folder(&opening.reader, &kinds, inventory, keeper)?,
    };
    let most = MOST_CHANGED.max(head.files / SHARE_CHANGED);
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
) -> Result<Option<Changed>, Failure> {
    let entries = reader.list(&kinds.all)?;
    let stamps: Vec<Option<Vec<u8>>> = entries.par_iter().map(|one| keeper.stamp(one)).collect();
    let Some(roll) = inventory.roll() else {
        return Ok(None);
    };
    let mut lines = roll.as_slice();
    let (mut found, mut open) = (Changed::new(), next(&mut lines));
    let mut is_other = false;
    let mut gone = |line: Line<'_>, found: &mut Changed| {
        is_other |= line.0 != CONTRACTS;
        found.push((String::from_utf8_lossy(line.1).into_owned(), None));
    };
    for (entry, stamp) in entries.into_iter().zip(stamps) {
        while let Some(line) = open.filter(|line| line.1 < entry.path.as_bytes()) {
            gone(line, &mut found);
            open = next(&mut lines);
        }
        let mask = match open.filter(|line| line.1 == entry.path.as_bytes()) {
            Some(line) => {
                open = next(&mut lines);
                let is_same = stamp.as_ref().is_some_and(|stamp| stamp == line.2);
                if is_same && entry.kind == Kind::File {
                    continue;
                }
                line.0
            }
            None => kinds.mask(&entry.path),
        };
        let Some(path) = plain(&entry.path).filter(|_| mask == CONTRACTS) else {
            return Ok(None);
        };
        found.push((path.to_owned(), Some(entry)));
    }
    while let Some(line) = open {
        gone(line, &mut found);
        open = next(&mut lines);
    }
    Ok((!is_other).then_some(found))
}
