//! A snapshot of which little is known and names of contracts in, the files and contracts that bear
//! them out.
//!
//! Names are looked up in what is registered of the commit that a branch begins at, with what the
//! branch changed; where nothing is registered, in the files of a domain.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use meshlaw_changeset::{Entry, FileChange, Globs, Reader, RepoPath};
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, nearest};
use meshlaw_report::Side;

use super::Sketch;
use crate::failure::Failure;
use crate::identity::{Domains, stem};
use crate::names::{self, Bearer, Names, Worth};
use crate::place::Source;
use crate::register::name;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// Domains that are tried where one is likely misspelt.
const MOST_ALIKE: usize = 3;

/// What is looked at only where somebody asks.
pub(super) struct Uncharted<'a> {
    reader: &'a Reader,
    settings: &'a Settings,
    domains: &'a Domains,
    side: Side,
    /// What contracts were called before the changes.
    names: Option<&'a Names<'a>>,
    /// What changed since.
    changed: &'a [FileChange],
    /// Contracts that were read already, by the paths of their files.
    held: HashMap<&'a str, Vec<&'a Revision<'a>>>,
    /// What was looked at so far.
    explored: RefCell<Explored>,
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

/// What the changes do to names.
struct Fresh {
    /// Paths of files whose names are not what was registered.
    paths: HashSet<Vec<u8>>,
    /// Files of which all is known that they bear now, by name.
    files: BTreeMap<String, Vec<Entry>>,
}

impl<'a> Uncharted<'a> {
    pub(super) fn new(
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
            names: None,
            changed: &[],
            held: HashMap::new(),
            explored: RefCell::default(),
        }
    }

    pub(super) fn by(&mut self, names: &'a Names<'a>, changed: &'a [FileChange]) {
        (self.names, self.changed) = (Some(names), changed);
    }

    pub(super) fn hold(&mut self, all: impl IntoIterator<Item = &'a Revision<'a>>) {
        // What could not be read is taken for empty elsewhere.
        let read = all.into_iter().filter(|one| !one.source.text.is_empty());
        for revision in read {
            let own = self.held.entry(revision.source.path).or_default();
            own.push(revision);
        }
    }

    /// Returns the contracts of a file, if they were read already.
    pub(super) fn held(&self, path: &RepoPath) -> Option<&[&'a Revision<'a>]> {
        // Two paths may be shown alike, one of which bears the signs that show the other.
        let plain = path.as_str().filter(|plain| !plain.contains('\\'))?;
        self.held.get(plain).map(Vec::as_slice)
    }

    /// Returns the text of a file that was looked into.
    pub(super) fn seen(&self, path: &RepoPath) -> Option<Rc<FileText>> {
        let explored = self.explored.borrow();
        explored.files.get(path)?.text.as_ref().map(Rc::clone)
    }

    /// Finds contracts where not all are known: by their names, or by a look into each file.
    pub(super) fn find(
        &self,
        id: &str,
        suffices: impl Fn(&Sketch) -> bool,
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
        if let Some(bearers) = self.bearers(id, Worth::Having)? {
            let is_alike = |one: &Bearer| is_alike(&one.entry.path);
            let (alike, others): (Vec<_>, Vec<_>) = bearers.into_iter().partition(is_alike);
            for bearer in alike {
                found.extend(own(self.opened_by(&bearer)));
            }
            for bearer in others {
                if suffice(&found) {
                    break;
                }
                found.extend(own(self.opened_by(&bearer)));
            }
            return Ok(found);
        }
        let entries = self.folder(domain)?;
        for entry in entries.iter().filter(|entry| is_alike(&entry.path)) {
            found.extend(own(self.explore(entry)));
        }
        if suffice(&found) {
            return Ok(found);
        }
        if let Some(bearers) = self.bearers(id, Worth::Making)? {
            for bearer in bearers.iter().filter(|one| !is_alike(&one.entry.path)) {
                if suffice(&found) {
                    break;
                }
                found.extend(own(self.opened_by(bearer)));
            }
            return Ok(found);
        }
        for entry in entries.iter().filter(|entry| !is_alike(&entry.path)) {
            if suffice(&found) {
                break;
            }
            found.extend(own(self.explore(entry)));
        }
        Ok(found)
    }

    /// Returns the files that bear a name, by their paths; none where that is not registered.
    fn bearers(&self, id: &str, worth: Worth) -> Result<Option<Vec<Bearer>>, Failure> {
        let Some(names) = self.registered() else {
            return Ok(None);
        };
        let Some(mut bearers) = names.bearing(id, worth)? else {
            return Ok(None);
        };
        if !self.changed.is_empty() {
            let fresh = self.fresh()?;
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
    fn fresh(&self) -> Result<Rc<Fresh>, Failure> {
        if let Some(fresh) = &self.explored.borrow().fresh {
            return Ok(Rc::clone(fresh));
        }
        let contracts = Globs::new(&self.settings.contracts)?;
        let changed = self.changed.iter();
        let sides = changed.flat_map(|one| [one.before(), one.after()]);
        let paths = sides.flatten().map(|entry| entry.path.as_bytes().to_vec());
        let paths = paths.collect();
        let mut files: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let after = self.changed.iter().filter_map(FileChange::after);
        for entry in after.filter(|entry| contracts.matches(&entry.path)) {
            let ids: BTreeSet<String> = match self.held(&entry.path) {
                Some(held) => held.iter().map(|one| one.identity.id()).collect(),
                None => {
                    let all = self.explore(entry);
                    all.iter().map(|one| one.identity.id()).collect()
                }
            };
            for id in ids {
                files.entry(name(id)).or_default().push(entry.clone());
            }
        }
        let fresh = Rc::new(Fresh { paths, files });
        self.explored.borrow_mut().fresh = Some(Rc::clone(&fresh));
        Ok(fresh)
    }

    /// Returns the files that bear one of these names in their texts, by their paths.
    pub(super) fn files_of(&self, ids: &BTreeSet<String>) -> Result<Vec<Rc<FileText>>, Failure> {
        let mut found: BTreeMap<RepoPath, Rc<FileText>> = BTreeMap::new();
        for id in ids {
            let Some((domain, _)) = id.split_once('/') else {
                continue;
            };
            let entries: Vec<Entry> = match self.bearers(id, Worth::Making)? {
                Some(bearers) => {
                    let read = bearers.into_iter().filter(|one| one.is_read);
                    read.map(|one| one.entry).collect()
                }
                None => self.folder(domain)?.to_vec(),
            };
            for entry in entries {
                let all = self.explore(&entry);
                let bears = all.iter().any(|one| one.identity.id() == *id);
                if let Some(file) = self.seen(&entry.path).filter(|_| bears) {
                    found.insert(entry.path, file);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Returns the name that was likely meant, of all that there are.
    pub(super) fn nearest(&self, id: &str) -> Option<String> {
        let (domain, own) = id.split_once('/')?;
        let names = self.names_of(domain).ok()?;
        if let Some(near) = nearest(own, names.iter().map(String::as_str)) {
            return Some(format!("{domain}/{near}"));
        }
        let mut others = (*self.all_domains().ok()?).clone();
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
    fn all_domains(&self) -> Result<Rc<BTreeSet<String>>, Failure> {
        if let Some(known) = &self.explored.borrow().domains {
            return Ok(Rc::clone(known));
        }
        let mut all = match self.names {
            Some(names) => names.domains()?,
            None => names::domains(self.settings, self.reader),
        };
        for entry in self.changed.iter().filter_map(FileChange::after) {
            let own = self
                .domains
                .owner_of(&entry.path.shown())
                .map(str::to_owned);
            all.extend(own);
        }
        let all = Rc::new(all);
        self.explored.borrow_mut().domains = Some(Rc::clone(&all));
        Ok(all)
    }

    /// What contracts were called before the changes, unless no short cut is wanted.
    fn registered(&self) -> Option<&'a Names<'a>> {
        self.names.filter(|_| self.settings.limits.shortcuts)
    }

    /// Returns what contracts of a domain are called; without a register all of them are read.
    fn names_of(&self, domain: &str) -> Result<Rc<[String]>, Failure> {
        if let Some(known) = self.explored.borrow().names.get(domain) {
            return Ok(Rc::clone(known));
        }
        let fresh = self.fresh()?;
        let own = |id: &str| {
            let own = id.split_once('/').filter(|(own, _)| *own == domain);
            own.map(|(_, own)| own.to_owned())
        };
        let mut all: Vec<String> = Vec::new();
        let is_registered = match self.registered() {
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
            for entry in self.folder(domain)?.iter() {
                let sketches = self.explore(entry);
                let ids = sketches.iter().map(|one| name(one.identity.id()));
                all.extend(ids.filter_map(|id| own(&id)));
            }
        }
        let all: Rc<[String]> = all.into();
        let mut explored = self.explored.borrow_mut();
        explored.names.insert(domain.to_owned(), Rc::clone(&all));
        Ok(all)
    }

    /// Returns the contracts of a file that bears a name.
    fn opened_by(&self, bearer: &Bearer) -> Rc<[Rc<Sketch>]> {
        if bearer.is_read {
            self.explore(&bearer.entry)
        } else {
            Rc::from([Rc::new(self.unread(&bearer.entry.path.to_string()))])
        }
    }

    /// Reads a file, once.
    fn looked_into(&self, entry: &Entry) -> Explorable {
        if let Some(known) = self.explored.borrow().files.get(&entry.path) {
            return known.clone();
        }
        let file = match self.held(&entry.path) {
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
        let mut explored = self.explored.borrow_mut();
        explored.files.insert(entry.path.clone(), file.clone());
        file
    }

    /// Returns the contracts of a file.
    pub(super) fn explore(&self, entry: &Entry) -> Rc<[Rc<Sketch>]> {
        let file = self.looked_into(entry);
        if let Some(sketches) = file.sketches {
            return sketches;
        }
        let Some(text) = &file.text else {
            return Rc::from([Rc::new(self.unread(&entry.path.to_string()))]);
        };
        let found: Rc<[Rc<Sketch>]> = match self.held(&entry.path) {
            Some(held) => held.iter().map(|one| Rc::new(Sketch::of(one))).collect(),
            None => {
                let revisions = text.contracts(self.settings, self.domains);
                revisions
                    .iter()
                    .map(|one| Rc::new(Sketch::of(one)))
                    .collect()
            }
        };
        if let Some(file) = self.explored.borrow_mut().files.get_mut(&entry.path) {
            file.sketches = Some(Rc::clone(&found));
        }
        found
    }

    /// Sketches a file that gives no text: it may hold what its name says.
    fn unread(&self, path: &str) -> Sketch {
        let nameless = Contract::new(Format::Native);
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

    /// Lists the contract files of a domain, and those that may state any domain.
    fn folder(&self, domain: &str) -> Result<Rc<[Entry]>, Failure> {
        if let Some(known) = self.explored.borrow().folders.get(domain) {
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
        let mut explored = self.explored.borrow_mut();
        explored
            .folders
            .insert(domain.to_owned(), Rc::clone(&entries));
        Ok(entries)
    }

    fn text(&self, entry: &Entry) -> Option<FileText> {
        FileText::read(self.reader, entry, self.settings, self.side)
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
