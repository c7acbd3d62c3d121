//! What the fields of some files said of names before and say now in, the definitions that clash
//! now out.

use std::collections::{BTreeMap, BTreeSet};

use super::clash::{Clash, Wanted, define, is_clash};
use super::{Sayings, Scribe, Spot, Told};
use crate::failure::Failure;
use crate::identity::Domains;
use crate::inventory::Inventory;
use crate::revision::FileText;
use crate::settings::Settings;

/// What the contracts of one file that changed say.
pub struct Edit<'e> {
    /// The file.
    pub path: &'e str,
    /// Its number, if it was there before.
    pub number: Option<u32>,
    /// What they said.
    pub before: &'e [Sayings],
    /// What they say.
    pub after: &'e [Sayings],
}

/// The first contract that says something.
type First = (String, u32);

/// What is said of a name now: a value, how many contracts say so, and the first of them.
type Now = BTreeMap<[u8; 4], (u32, First)>;

/// How often edits say less and more of something, and the first that does now.
#[derive(Default)]
struct Shift {
    less: u32,
    more: u32,
    first: Option<First>,
    /// A contract says it that did not, or does not say it that did.
    is_moved: bool,
}

/// Brings the definitions that clash up to what changed; none where what is kept is damaged.
///
/// `read` reads a file as it is now.
pub fn patched(
    settings: &Settings,
    domains: &Domains,
    inventory: &Inventory,
    edits: &[Edit<'_>],
    read: impl Fn(&str) -> Result<Option<FileText>, Failure>,
) -> Result<Option<Vec<Clash>>, Failure> {
    let changed: BTreeSet<u32> = edits.iter().filter_map(|edit| edit.number).collect();
    let paths: BTreeSet<&str> = edits.iter().map(|edit| edit.path).collect();
    let Some(clashes) = inventory.clashes() else {
        return Ok(None);
    };
    let (mut kept, mut known) = (Vec::new(), BTreeMap::new());
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    let mut moved = BTreeSet::new();
    for (about, shifts) in shifts(edits) {
        let Some(before) = inventory.sayings(about) else {
            return Ok(None);
        };
        let is_moved = before.iter().any(|one| changed.contains(&one.file))
            || shifts.values().any(|shift| shift.is_moved);
        if is_moved {
            let Some(now) = now(inventory, about, &before, &shifts, &changed) else {
                return Ok(None);
            };
            moved.insert(about);
            let all = now.values().map(|(count, first)| (*count, first));
            if is_clash(all) {
                for (value, (count, (path, document))) in now {
                    let first = Spot { file: 0, document };
                    let told = Told {
                        value,
                        count,
                        first,
                    };
                    wanted.entry(path).or_default().push((told, about));
                }
            }
        }
    }
    for clash in clashes {
        if !moved.contains(&clash.about) {
            kept.push(clash);
        } else if !paths.contains(clash.location.path.as_str()) {
            known.insert((clash.about, clash.value), clash);
        }
    }
    let scribe = Scribe::new(settings);
    for (path, wanted) in wanted {
        let (mut unread, mut found) = (Wanted::new(), Vec::new());
        for (told, about) in wanted {
            // Whatever stands in a file that is as it was, stands there in the same words.
            match known.get(&(about, told.value)) {
                Some(clash)
                    if clash.location.path == path && clash.document == told.first.document =>
                {
                    let mut clash = clash.clone();
                    clash.count = told.count;
                    found.push(clash);
                }
                _ => unread.push((told, about)),
            }
        }
        if !unread.is_empty()
            && let Some(text) = read(&path)?
        {
            let revisions = text.contracts(settings, domains);
            define(&scribe, &revisions, &unread, &mut found);
        }
        kept.extend(found);
    }
    Ok(Some(kept))
}

fn shifts(edits: &[Edit<'_>]) -> BTreeMap<[u8; 8], BTreeMap<[u8; 4], Shift>> {
    let mut shifts: BTreeMap<[u8; 8], BTreeMap<[u8; 4], Shift>> = BTreeMap::new();
    for edit in edits {
        let says = |all: &[Sayings], document: usize, pair: ([u8; 8], [u8; 4])| {
            let all = all.get(document);
            all.is_some_and(|all| all.pairs().any(|one| one == pair))
        };
        for (document, all) in edit.before.iter().enumerate() {
            let is_same = edit.after.get(document) == Some(all);
            for (about, value) in all.pairs() {
                let of_name = shifts.entry(about).or_default();
                let shift = of_name.entry(value).or_default();
                shift.less += 1;
                shift.is_moved |= !is_same && !says(edit.after, document, (about, value));
            }
        }
        for (at, all) in edit.after.iter().enumerate() {
            let is_same = edit.before.get(at) == Some(all);
            let document = u32::try_from(at).unwrap_or(u32::MAX);
            for (about, value) in all.pairs() {
                let of_name = shifts.entry(about).or_default();
                let shift = of_name.entry(value).or_default();
                shift.more += 1;
                shift.is_moved |= !is_same && !says(edit.before, at, (about, value));
                let first = (edit.path.to_owned(), document);
                if shift.first.as_ref().is_none_or(|known| first < *known) {
                    shift.first = Some(first);
                }
            }
        }
    }
    shifts
}

/// Returns what is said of a name now.
fn now(
    inventory: &Inventory,
    about: [u8; 8],
    before: &[crate::inventory::Saying],
    shifts: &BTreeMap<[u8; 4], Shift>,
    changed: &BTreeSet<u32>,
) -> Option<Now> {
    let mut now = Now::new();
    for saying in before {
        let shift = shifts.get(&saying.value);
        let (less, more) = shift.map_or((0, 0), |shift| (shift.less, shift.more));
        let rest = saying.count.checked_sub(less)?;
        let own = shift.and_then(|shift| shift.first.clone());
        let other = if rest == 0 {
            None
        } else if changed.contains(&saying.file) {
            Some(next(inventory, about, saying.value, changed)?)
        } else {
            Some((inventory.file(saying.file)?.path, saying.document))
        };
        if let Some(first) = own.into_iter().chain(other).min() {
            now.insert(saying.value, (rest + more, first));
        }
    }
    for (value, shift) in shifts {
        let is_new = before.iter().all(|saying| saying.value != *value);
        if let (true, Some(first)) = (is_new, &shift.first) {
            now.insert(*value, (shift.more, first.clone()));
        }
    }
    Some(now)
}

/// Returns the first contract that says something, of those in files that are as they were.
fn next(
    inventory: &Inventory,
    about: [u8; 8],
    value: [u8; 4],
    changed: &BTreeSet<u32>,
) -> Option<First> {
    let files = inventory.saying(about, value)?;
    for number in files.into_iter().filter(|one| !changed.contains(one)) {
        let file = inventory.file(number)?;
        let said = |all: &Sayings| all.pairs().any(|pair| pair == (about, value));
        if let Some(document) = file.outcome.said.iter().position(said) {
            return Some((file.path, u32::try_from(document).ok()?));
        }
    }
    None
}
