//! A snapshot and names of contracts in, what those contracts hold out.
//!
//! Knows no finding. An audit has seen every contract and charts the atlas with them. A gate asks
//! about few: its atlas looks them up by what is registered of the commit that a branch begins at,
//! with what the branch changed, or else in the folders of the domains that are asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use meshlaw_changeset::{Entry, FileChange, Globs, Reader, RepoPath};
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Pointer, nearest};
use meshlaw_policy::Identity;
use meshlaw_report::{Location, Side};

use crate::failure::Failure;
use crate::identity::{Domains, stem};
use crate::meant::meant;
use crate::names::{self, Bearer, Names, Worth};
use crate::place::{Source, whole_file};
use crate::register::name;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;
pub use crate::sketch::{FieldSketch, Known, Packed, Sketch};

/// Domains that are tried where one is likely misspelt.
const MOST_ALIKE: usize = 3;

/// Finds contracts by name.
pub struct Atlas<'a> {
    reader: &'a Reader,
    settings: &'a Settings,
    domains: &'a Domains,
    side: Side,
    ground: Ground<'a>,
}

enum Ground<'a> {
    /// Every contract, by name, and what was read again since.
    Charted(Box<dyn Chart + 'a>, RefCell<BTreeMap<String, Vec<Packed>>>),
    /// What is known of some, and what was looked at so far.
    Uncharted(Map<'a>, RefCell<Explored>),
}

/// What spares a look into files.
#[derive(Default)]
struct Map<'a> {
    /// What contracts were called before the changes.
    names: Option<&'a Names<'a>>,
    /// What changed since.
    changed: &'a [FileChange],
    /// Contracts that were read already, by the paths of their files.
    held: HashMap<&'a str, Vec<&'a Revision<'a>>>,
}

/// Knows of every contract of a snapshot.
pub trait Chart {
    /// Returns the contracts of a name, in the order of their files.
    fn named(&self, id: &str) -> Vec<Known>;

    /// Returns the contracts of a file, by name.
    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)>;

    /// Returns every name, in order.
    fn names(&self) -> Vec<String>;

    /// Returns the name that was likely meant.
    fn meant(&self, id: &str) -> Option<String>;
}

/// Contracts by name.
impl Chart for BTreeMap<String, Vec<Known>> {
    fn named(&self, id: &str) -> Vec<Known> {
        self.get(id).cloned().unwrap_or_default()
    }

    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)> {
        let own = self.iter().map(|(id, known)| {
            // Nothing is opened that lies elsewhere.
            let own = known.iter().filter(|one| *one.path == *path);
            (id.clone(), own.cloned().collect::<Vec<Known>>())
        });
        own.filter(|(_, known)| !known.is_empty()).collect()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }

    fn meant(&self, id: &str) -> Option<String> {
        meant(id, self)
    }
}

#[derive(Default)]
struct Explored {
    folders: BTreeMap<String, Rc<[Entry]>>,
    files: HashMap<RepoPath, Explorable>,
    fresh: Option<Rc<Fresh>>,
    domains: Option<Rc<BTreeSet<String>>>,
    /// What contracts of a domain are called.
    names: BTreeMap<String, Rc<[String]>>,
}

#[derive(Clone)]
struct Explorable {
    text: Option<Rc<FileText>>,
    sketches: Option<Rc<[Rc<Sketch>]>>,
}

/// Both, where nothing is charted.
type Around<'e, 'a> = (&'e Map<'a>, &'e RefCell<Explored>);

/// What the changes do to names.
struct Fresh {
    /// Paths of files whose names are not what was registered.
    paths: HashSet<Vec<u8>>,
    /// Files of which all is known that they bear now, by name.
    files: BTreeMap<String, Vec<Entry>>,
}

impl<'a> Atlas<'a> {
    /// Makes an atlas that looks only where it is asked to.
    pub fn uncharted(
        reader: &'a Reader,
        settings: &'a Settings,
        domains: &'a Domains,
        side: Side,
    ) -> Self {
        Self {
            reader,
            settings,
            domains,
            side,
            ground: Ground::Uncharted(Map::default(), RefCell::default()),
        }
    }

    /// Looks names up in what is registered of a commit, from which the atlas's own files differ by
    /// these changes.
    #[must_use]
    pub fn by(mut self, names: &'a Names<'a>, changed: &'a [FileChange]) -> Self {
        if let Ground::Uncharted(map, _) = &mut self.ground {
            (map.names, map.changed) = (Some(names), changed);
        }
        self
    }

    /// Takes contracts as they were read, all those of each file.
    #[must_use]
    pub fn holding(mut self, all: impl IntoIterator<Item = &'a Revision<'a>>) -> Self {
        if let Ground::Uncharted(map, _) = &mut self.ground {
            // What could not be read is taken for empty elsewhere.
            let read = all.into_iter().filter(|one| !one.source.text.is_empty());
            for revision in read {
                let own = map.held.entry(revision.source.path).or_default();
                own.push(revision);
            }
        }
        self
    }

    /// Makes an atlas of contracts that are all known.
    pub fn charted(
        reader: &'a Reader,
        settings: &'a Settings,
        domains: &'a Domains,
        charted: Box<dyn Chart + 'a>,
    ) -> Self {
        Self {
            reader,
            settings,
            domains,
            side: Side::Head,
            ground: Ground::Charted(charted, RefCell::default()),
        }
    }

    /// Opens what is known of contracts of one name; a file is read once for all that it holds.
    fn opened<'k>(
        &self,
        id: &str,
        known: impl IntoIterator<Item = &'k Known>,
    ) -> Result<Vec<Rc<Sketch>>, Failure> {
        let mut found = Vec::new();
        let mut read: Option<&str> = None;
        for Known { path, packed } in known {
            if let Some(packed) = packed {
                found.extend(packed.open().map(Rc::new));
            } else if read != Some(path) {
                read = Some(path);
                let entry = self.reader.find(&RepoPath::parse(path)?)?;
                let Some(file) = entry.and_then(|entry| self.text(&entry)) else {
                    continue;
                };
                let revisions = file.contracts(self.settings, self.domains);
                let own = revisions.iter().filter(|one| one.identity.id() == id);
                found.extend(own.map(|one| Rc::new(Sketch::of(one))));
            }
        }
        Ok(found)
    }

    /// By what contracts are read.
    #[cfg(test)]
    pub fn law(&self) -> (&'a Settings, &'a Domains) {
        (self.settings, self.domains)
    }

    /// Returns the names of all contracts of a chart; none where nothing was charted.
    pub fn names(&self) -> Vec<String> {
        match &self.ground {
            Ground::Charted(all, _) => all.names(),
            Ground::Uncharted(..) => Vec::new(),
        }
    }

    /// Returns every contract of a name, each major version of it.
    pub fn all(&self, id: &str) -> Result<Vec<Rc<Sketch>>, Failure> {
        self.find(id, |_| false)
    }

    /// Returns contracts of a name until they suffice.
    ///
    /// Files that are called as the contract is come first; the others of the domain are searched
    /// for the name before they are read as contracts.
    pub fn find(
        &self,
        id: &str,
        suffices: impl Fn(&Sketch) -> bool,
    ) -> Result<Vec<Rc<Sketch>>, Failure> {
        let (all, again) = match &self.ground {
            Ground::Charted(all, again) => (all, again),
            Ground::Uncharted(map, explored) => {
                return self.search(id, suffices, (map, explored));
            }
        };
        if let Some(packed) = again.borrow().get(id) {
            let sketches = packed.iter().filter_map(Packed::open);
            return Ok(sketches.map(Rc::new).collect());
        }
        let known = all.named(id);
        let found = self.opened(id, &known)?;
        if known.iter().any(|one| one.packed.is_none()) {
            let packed = found.iter().map(|one| Packed::again(one)).collect();
            again.borrow_mut().insert(id.to_owned(), packed);
        }
        Ok(found)
    }

    /// Finds contracts where not all are known: by their names, or by a look into each file.
    fn search(
        &self,
        id: &str,
        suffices: impl Fn(&Sketch) -> bool,
        around: Around<'_, 'a>,
    ) -> Result<Vec<Rc<Sketch>>, Failure> {
        let Some((domain, name)) = id.split_once('/') else {
            return Ok(Vec::new());
        };
        let mut found: Vec<Rc<Sketch>> = Vec::new();
        let suffice = |found: &[Rc<Sketch>]| found.iter().any(|sketch| suffices(sketch));
        let is_alike = |path: &RepoPath| is_alike(path, name);
        let own = |sketches: Rc<[Rc<Sketch>]>| {
            let own = sketches.iter().filter(|one| one.identity.id() == id);
            own.cloned().collect::<Vec<_>>()
        };
        if let Some(bearers) = self.bearers(id, Worth::Having, around)? {
            let is_alike = |one: &Bearer| is_alike(&one.entry.path);
            let (alike, others): (Vec<_>, Vec<_>) = bearers.into_iter().partition(is_alike);
            for bearer in alike {
                found.extend(own(self.opened_by(around, &bearer)));
            }
            for bearer in others {
                if suffice(&found) {
                    break;
                }
                found.extend(own(self.opened_by(around, &bearer)));
            }
            return Ok(found);
        }
        let entries = self.folder(around, domain)?;
        for entry in entries.iter().filter(|entry| is_alike(&entry.path)) {
            found.extend(own(self.explore(around, entry, None)));
        }
        if suffice(&found) {
            return Ok(found);
        }
        if let Some(bearers) = self.bearers(id, Worth::Making, around)? {
            for bearer in bearers.iter().filter(|one| !is_alike(&one.entry.path)) {
                if suffice(&found) {
                    break;
                }
                found.extend(own(self.opened_by(around, bearer)));
            }
            return Ok(found);
        }
        for entry in entries.iter().filter(|entry| !is_alike(&entry.path)) {
            if suffice(&found) {
                break;
            }
            found.extend(own(self.explore(around, entry, Some(name))));
        }
        Ok(found)
    }

    /// Returns the files that bear a name, by their paths; none where that is not registered.
    fn bearers(
        &self,
        id: &str,
        worth: Worth,
        around: Around<'_, 'a>,
    ) -> Result<Option<Vec<Bearer>>, Failure> {
        let Some(names) = self.registered(around) else {
            return Ok(None);
        };
        let Some(mut bearers) = names.bearing(id, worth)? else {
            return Ok(None);
        };
        if !around.0.changed.is_empty() {
            let fresh = self.fresh(around)?;
            bearers.retain(|one| !fresh.paths.contains(one.entry.path.as_bytes()));
            let own = fresh.files.get(&name(id.to_owned())).into_iter().flatten();
            bearers.extend(own.map(|entry| Bearer {
                entry: entry.clone(),
                is_read: true,
            }));
            bearers.sort_by(|one, other| one.entry.path.cmp(&other.entry.path));
        }
        Ok(Some(bearers))
    }

    /// Finds out what the changes do to names.
    fn fresh(&self, around: Around<'_, 'a>) -> Result<Rc<Fresh>, Failure> {
        let (map, explored) = around;
        if let Some(fresh) = &explored.borrow().fresh {
            return Ok(Rc::clone(fresh));
        }
        let contracts = Globs::new(&self.settings.contracts)?;
        let changed = map.changed.iter();
        let sides = changed.flat_map(|one| [one.before(), one.after()]);
        let paths = sides.flatten().map(|entry| entry.path.as_bytes().to_vec());
        let paths = paths.collect();
        let mut files: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let after = map.changed.iter().filter_map(FileChange::after);
        for entry in after.filter(|entry| contracts.matches(&entry.path)) {
            let ids: BTreeSet<String> = match map.held(&entry.path) {
                Some(held) => held.iter().map(|one| one.identity.id()).collect(),
                None => {
                    let all = self.explore(around, entry, None);
                    all.iter().map(|one| one.identity.id()).collect()
                }
            };
            for id in ids {
                files.entry(name(id)).or_default().push(entry.clone());
            }
        }
        let fresh = Rc::new(Fresh { paths, files });
        explored.borrow_mut().fresh = Some(Rc::clone(&fresh));
        Ok(fresh)
    }

    /// Returns the contracts of a file.
    pub fn at_path(&self, path: &str) -> Result<Vec<Rc<Sketch>>, Failure> {
        match &self.ground {
            Ground::Charted(all, _) => {
                let mut found = Vec::new();
                for (id, known) in all.at(path) {
                    found.extend(self.opened(&id, &known)?);
                }
                Ok(found)
            }
            Ground::Uncharted(map, explored) => {
                let entry = match RepoPath::parse(path) {
                    Ok(path) => self.reader.find(&path)?,
                    Err(_) => None,
                };
                let found = entry.map(|entry| self.explore((map, explored), &entry, None));
                Ok(found.map(|found| found.to_vec()).unwrap_or_default())
            }
        }
    }

    /// Returns the files that may hold contracts of these names, by their paths: where names are
    /// registered, no others.
    pub fn files_of(&self, ids: &BTreeSet<String>) -> Result<Vec<Rc<FileText>>, Failure> {
        let Ground::Uncharted(map, explored) = &self.ground else {
            return Ok(Vec::new());
        };
        let around = (map, explored);
        let mut found: BTreeMap<RepoPath, Rc<FileText>> = BTreeMap::new();
        for id in ids {
            let Some((domain, name)) = id.split_once('/') else {
                continue;
            };
            let bearers = self.bearers(id, Worth::Making, around)?;
            let is_known = bearers.is_some();
            let entries: Vec<Entry> = match bearers {
                Some(bearers) => {
                    let read = bearers.into_iter().filter(|one| one.is_read);
                    read.map(|one| one.entry).collect()
                }
                None => self.folder(around, domain)?.to_vec(),
            };
            for entry in entries {
                let Some(file) = self.looked_into(around, &entry).text else {
                    continue;
                };
                if is_known || file.text.contains(name) || file.path.contains(name) {
                    found.insert(entry.path, file);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Returns the name that was likely meant, of all that there are.
    pub fn nearest(&self, id: &str) -> Option<String> {
        let (map, explored) = match &self.ground {
            Ground::Charted(all, _) => return all.meant(id),
            Ground::Uncharted(map, explored) => (map, explored),
        };
        let around = (map, explored);
        let (domain, own) = id.split_once('/')?;
        let names = self.names_of(domain, around).ok()?;
        if let Some(near) = nearest(own, names.iter().map(String::as_str)) {
            return Some(format!("{domain}/{near}"));
        }
        let mut others = (*self.all_domains(around).ok()?).clone();
        others.remove(domain);
        for _ in 0..MOST_ALIKE {
            let near = nearest(domain, others.iter().map(String::as_str))?.to_owned();
            let id = format!("{near}/{own}");
            if !self.find(&id, |_| true).ok()?.is_empty() {
                return Some(id);
            }
            others.remove(&near);
        }
        None
    }

    /// Returns the domains that settings and folders name.
    fn all_domains(&self, around: Around<'_, 'a>) -> Result<Rc<BTreeSet<String>>, Failure> {
        let (map, explored) = around;
        if let Some(known) = &explored.borrow().domains {
            return Ok(Rc::clone(known));
        }
        let mut all = match map.names {
            Some(names) => names.domains()?,
            None => names::domains(self.settings, self.reader),
        };
        for entry in map.changed.iter().filter_map(FileChange::after) {
            let own = self
                .domains
                .owner_of(&entry.path.shown())
                .map(str::to_owned);
            all.extend(own);
        }
        let all = Rc::new(all);
        explored.borrow_mut().domains = Some(Rc::clone(&all));
        Ok(all)
    }

    /// What contracts were called before the changes, unless no short cut is wanted.
    fn registered(&self, (map, _): Around<'_, 'a>) -> Option<&'a Names<'a>> {
        map.names.filter(|_| self.settings.limits.shortcuts)
    }

    /// Returns what contracts of a domain are called; without a register all of them are read.
    fn names_of(&self, domain: &str, around: Around<'_, 'a>) -> Result<Rc<[String]>, Failure> {
        let (_, explored) = around;
        if let Some(known) = explored.borrow().names.get(domain) {
            return Ok(Rc::clone(known));
        }
        let fresh = self.fresh(around)?;
        let own = |id: &str| {
            let own = id.split_once('/').filter(|(own, _)| *own == domain);
            own.map(|(_, own)| own.to_owned())
        };
        let mut all: Vec<String> = Vec::new();
        let is_registered = match self.registered(around) {
            Some(names) => {
                let is_changed = |path: &[u8]| fresh.paths.contains(path);
                names.of_domain(domain, is_changed, |name| all.push(name.to_owned()))?
            }
            None => false,
        };
        if is_registered {
            all.extend(fresh.files.keys().filter_map(|id| own(id)));
        } else {
            all.clear();
            for entry in self.folder(around, domain)?.iter() {
                let sketches = self.explore(around, entry, None);
                let ids = sketches.iter().map(|one| name(one.identity.id()));
                all.extend(ids.filter_map(|id| own(&id)));
            }
        }
        let all: Rc<[String]> = all.into();
        let mut explored = explored.borrow_mut();
        explored.names.insert(domain.to_owned(), Rc::clone(&all));
        Ok(all)
    }

    /// Reads a contract again, whole.
    pub fn contract(&self, sketch: &Sketch) -> Result<Option<Contract>, Failure> {
        let path = RepoPath::parse(&sketch.identity.path)?;
        let Some(file) = self.file_at(&path)? else {
            return Ok(None);
        };
        let revisions = file.contracts(self.settings, self.domains).into_iter();
        let mut own = revisions.filter(|one| one.identity == sketch.identity);
        let found = own.find(|one| {
            let contract = one.contract();
            contract.and_then(|contract| contract.version.as_ref()) == sketch.version.as_ref()
        });
        Ok(found.and_then(|one| one.parsed.value))
    }

    /// Returns where a part of a contract stands, which reads its file again: findings are few.
    pub fn place(&self, identity: &Identity, pointer: &Pointer) -> Location {
        let nowhere = || whole_file(&identity.path, self.side);
        let places = self.places(&[(identity, pointer)]);
        places.into_iter().next().unwrap_or_else(nowhere)
    }

    /// Returns where parts of contracts stand, each in its turn; each file is read once.
    pub fn places(&self, parts: &[(&Identity, &Pointer)]) -> Vec<Location> {
        let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, (identity, _)) in parts.iter().enumerate() {
            files.entry(&identity.path).or_default().push(position);
        }
        let nowhere = |(identity, _): &(&Identity, _)| whole_file(&identity.path, self.side);
        let mut places: Vec<Location> = parts.iter().map(nowhere).collect();
        for (path, positions) in files {
            let Ok(path) = RepoPath::parse(path) else {
                continue;
            };
            let mut place = |revisions: &[&Revision<'_>]| {
                for position in &positions {
                    let part = parts.get(*position).zip(places.get_mut(*position));
                    let Some(((identity, pointer), place)) = part else {
                        continue;
                    };
                    let own = revisions.iter().find(|one| one.identity == **identity);
                    if let Some(own) = own {
                        *place = own.locate(pointer);
                    }
                }
            };
            if let Ground::Uncharted(map, _) = &self.ground
                && let Some(held) = map.held(&path)
            {
                place(held);
            } else if let Ok(Some(file)) = self.file_at(&path) {
                let revisions = file.contracts(self.settings, self.domains);
                place(&revisions.iter().collect::<Vec<_>>());
            }
        }
        places
    }

    /// Reads a file that was mostly read before.
    fn file_at(&self, path: &RepoPath) -> Result<Option<Rc<FileText>>, Failure> {
        if let Ground::Uncharted(_, explored) = &self.ground
            && let Some(known) = explored.borrow().files.get(path)
            && let Some(text) = &known.text
        {
            return Ok(Some(Rc::clone(text)));
        }
        let entry = self.reader.find(path)?;
        Ok(entry.and_then(|entry| self.text(&entry)).map(Rc::new))
    }

    /// Returns the contracts of a file that bears a name.
    fn opened_by(&self, around: Around<'_, 'a>, bearer: &Bearer) -> Rc<[Rc<Sketch>]> {
        if bearer.is_read {
            self.explore(around, &bearer.entry, None)
        } else {
            Rc::from([Rc::new(self.unread(&bearer.entry.path.to_string()))])
        }
    }

    /// Reads a file, once.
    fn looked_into(&self, (map, explored): Around<'_, 'a>, entry: &Entry) -> Explorable {
        if let Some(known) = explored.borrow().files.get(&entry.path) {
            return known.clone();
        }
        let file = match map.held(&entry.path) {
            Some([first, ..]) => {
                let Source { path, text, side } = first.source;
                let (path, text) = (path.to_owned(), text.to_owned());
                Some(FileText { path, text, side })
            }
            _ => self.text(entry),
        };
        let file = Explorable {
            text: file.map(Rc::new),
            sketches: None,
        };
        let mut explored = explored.borrow_mut();
        explored.files.insert(entry.path.clone(), file.clone());
        file
    }

    /// Returns the contracts of a file; none where a text that they are asked for is not in it.
    fn explore(
        &self,
        around: Around<'_, 'a>,
        entry: &Entry,
        needle: Option<&str>,
    ) -> Rc<[Rc<Sketch>]> {
        let file = self.looked_into(around, entry);
        if let Some(sketches) = file.sketches {
            return sketches;
        }
        let Some(text) = &file.text else {
            return Rc::from([Rc::new(self.unread(&entry.path.to_string()))]);
        };
        if needle.is_some_and(|needle| !text.text.contains(needle)) {
            return Rc::from([]);
        }
        let (map, explored) = around;
        let found: Rc<[Rc<Sketch>]> = match map.held(&entry.path) {
            Some(held) => held.iter().map(|one| Rc::new(Sketch::of(one))).collect(),
            None => {
                let revisions = text.contracts(self.settings, self.domains);
                revisions
                    .iter()
                    .map(|one| Rc::new(Sketch::of(one)))
                    .collect()
            }
        };
        if let Some(file) = explored.borrow_mut().files.get_mut(&entry.path) {
            file.sketches = Some(Rc::clone(&found));
        }
        found
    }

    /// Sketches a file that gives no text: it may hold what its name says.
    fn unread(&self, path: &str) -> Sketch {
        let nameless = Contract::new(meshlaw_contract::Format::Native);
        Sketch {
            identity: self.domains.identify(path, &nameless),
            is_named: false,
            version: None,
            stable_id: None,
            owner: None,
            is_listed: false,
            datasets: Vec::new(),
            is_whole: false,
        }
    }

    fn text(&self, entry: &Entry) -> Option<FileText> {
        FileText::read(self.reader, entry, self.settings, self.side)
    }

    /// Lists the contract files of a domain, and those that may state any domain.
    fn folder(&self, (_, explored): Around<'_, 'a>, domain: &str) -> Result<Rc<[Entry]>, Failure> {
        if let Some(known) = explored.borrow().folders.get(domain) {
            return Ok(Rc::clone(known));
        }
        let contracts = Globs::new(&self.settings.contracts)?;
        let listed = self
            .reader
            .list(&Globs::new(names::reach_of(self.settings, domain))?)?;
        let is_candidate = |entry: &Entry| {
            let shown = entry.path.shown();
            let owner = self.domains.owner_of(&shown);
            contracts.matches(&entry.path) && owner.is_none_or(|owner| owner == domain)
        };
        let entries: Rc<[Entry]> = listed.into_iter().filter(is_candidate).collect();
        let mut explored = explored.borrow_mut();
        explored
            .folders
            .insert(domain.to_owned(), Rc::clone(&entries));
        Ok(entries)
    }
}

/// Tells whether a file is called as a contract is, up to its first dot.
fn is_alike(path: &RepoPath, name: &str) -> bool {
    // Most are not, which is told without a look at the whole path.
    let is_plain = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain && !name.contains(['/', '.', '\\']) {
        let rest = path.file_name().strip_prefix(name.as_bytes());
        return rest.is_some_and(|rest| rest.first().is_none_or(|next| *next == b'.'));
    }
    stem(&path.shown()) == name
}

impl<'a> Map<'a> {
    /// Returns the contracts of a file, if they were read already.
    fn held(&self, path: &RepoPath) -> Option<&[&'a Revision<'a>]> {
        // Two paths may be shown alike, one of which bears the signs that show the other.
        let plain = path.as_str().filter(|plain| !plain.contains('\\'))?;
        self.held.get(plain).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use std::fs;

    use meshlaw_changeset::Snapshot;

    use super::*;

    #[test]
    fn reads_no_more_than_the_folder_of_the_domain() {
        let folder = tempfile::tempdir().unwrap();
        for domain in 0..100 {
            let path = folder.path().join(format!("domains/d{domain}"));
            fs::create_dir_all(&path).unwrap();
            for name in 0..20 {
                let text = format!("schema: c{name}\nversion: 1.0.0\nfields: []\n");
                fs::write(path.join(format!("c{name}.contract.yaml")), text).unwrap();
            }
        }
        let reader = Snapshot::folder(folder.path()).open().unwrap();
        let settings = Settings::default();
        let domains = Domains::new(&settings, None).unwrap();
        let atlas = Atlas::uncharted(&reader, &settings, &domains, Side::Head);
        assert_eq!(reader.stats().blobs, 0);
        assert_eq!(atlas.find("d7/c3", |_| true).unwrap().len(), 1);
        assert_eq!(reader.stats().blobs, 1);
        assert_eq!(atlas.all("d7/c3").unwrap().len(), 1);
        assert_eq!(reader.stats().blobs, 20);
        assert!(atlas.all("d7/nobody").unwrap().is_empty());
        assert!(atlas.all("nowhere/c3").unwrap().is_empty());
        assert_eq!(reader.stats().blobs, 20);
        assert_eq!(atlas.nearest("d7/c-3").as_deref(), Some("d7/c3"));
    }
}
