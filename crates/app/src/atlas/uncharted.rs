//! A snapshot of which little is known and names of contracts in, the files and contracts that bear
//! them out.
//!
//! Names are looked up in what is registered of the commit that a branch begins at, with what the
//! branch changed; where nothing is registered, in the files of a domain.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use meshlaw_changeset::{Entry, FileChange, Globs, Reader, RepoPath, Snapshot};
use meshlaw_contract::nearest;
use meshlaw_report::Side;

use super::folders::{Folders, is_alike};
use super::look::{How, Seen, unread};
use super::{Known, Packed, Sketch};
use crate::cores;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::inventory::Target;
use crate::names::{self, Bearer, Names, Worth};
use crate::register::name;
use crate::revision::FileText;
use crate::settings::Settings;
use crate::sketchbook::Sketchbook;

/// Domains that are tried where one is likely misspelt.
const MOST_ALIKE: usize = 3;

/// Bytes of text that are kept of files, so that those are not read again where a part of them is
/// looked for.
const MOST_TEXT: usize = 1 << 20;

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
    /// Contracts that were read already, with their names, by the paths of their files.
    held: HashMap<Box<str>, Vec<(String, Packed)>>,
    /// Sketches of large files, once anything is looked into.
    book: OnceCell<Option<Sketchbook>>,
    folders: Folders<'a>,
    /// What was looked at so far.
    explored: RefCell<Explored>,
}

#[derive(Default)]
struct Explored {
    files: HashMap<RepoPath, Explorable>,
    /// The file that was explored last: whoever asks for one mostly asks again.
    last: Option<(RepoPath, Rc<[Rc<Sketch>]>)>,
    /// Bytes of the texts that are kept.
    bytes: usize,
    fresh: Option<Rc<Fresh>>,
    domains: Option<Rc<BTreeSet<String>>>,
    /// What contracts of a domain are called.
    names: BTreeMap<String, Rc<[String]>>,
}

/// A file that was looked into.
#[derive(Clone)]
struct Explorable {
    /// Its text, where there was room for it.
    text: Option<Rc<FileText>>,
    sketches: Rc<[Packed]>,
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
            book: OnceCell::new(),
            folders: Folders::new(reader, settings, domains),
            explored: RefCell::default(),
        }
    }

    pub(super) fn by(&mut self, names: &'a Names<'a>, changed: &'a [FileChange]) {
        (self.names, self.changed) = (Some(names), changed);
    }

    pub(super) fn hold(&mut self, all: impl IntoIterator<Item = (String, Known)>) {
        for (id, Known { path, packed }) in all {
            let own = self.held.entry(path).or_default();
            own.extend(packed.map(|packed| (id, packed)));
        }
    }

    /// Returns the contracts of a file, if they were read already.
    fn held(&self, path: &RepoPath) -> Option<&[(String, Packed)]> {
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
        for entry in self.folders.alike(domain, name)?.iter() {
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
        let entries = self.folders.of(domain)?;
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
                Some(held) => held.iter().map(|(id, _)| id.clone()).collect(),
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
                None => self.folders.of(domain)?.to_vec(),
            };
            for entry in entries {
                let all = self.explore(&entry);
                let bears = all.iter().any(|one| one.identity.id() == *id);
                if !bears {
                    continue;
                }
                let text = self.seen(&entry.path);
                let text = text.or_else(|| self.text(&entry).map(Rc::new));
                found.extend(text.map(|text| (entry.path, text)));
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
            for entry in self.folders.of(domain)?.iter() {
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
            Rc::from([Rc::new(unread(
                self.domains,
                &bearer.entry.path.to_string(),
            ))])
        }
    }

    /// Returns the contracts of a file.
    pub(super) fn explore(&self, entry: &Entry) -> Rc<[Rc<Sketch>]> {
        if let Some((path, sketches)) = &self.explored.borrow().last
            && *path == entry.path
        {
            return Rc::clone(sketches);
        }
        let packed = self.looked_into(entry);
        let opened = packed.iter().filter_map(Packed::open);
        let sketches: Rc<[Rc<Sketch>]> = opened.map(Rc::new).collect();
        let last = (entry.path.clone(), Rc::clone(&sketches));
        self.explored.borrow_mut().last = Some(last);
        sketches
    }

    /// Reads a file, once.
    fn looked_into(&self, entry: &Entry) -> Rc<[Packed]> {
        if let Some(known) = self.explored.borrow().files.get(&entry.path) {
            return Rc::clone(&known.sketches);
        }
        if let Some(held) = self.held(&entry.path) {
            return held.iter().map(|(_, packed)| packed.clone()).collect();
        }
        let seen = Seen::of(self.reader, entry, self.how());
        Seen::settle([&seen].into_iter(), self.how());
        self.keep(entry, seen)
    }

    /// Keeps what was seen of a file, and its text, where there is room for that.
    fn keep(&self, entry: &Entry, seen: Seen) -> Rc<[Packed]> {
        let sketches: Rc<[Packed]> = seen.sketches.into();
        let mut explored = self.explored.borrow_mut();
        let bytes = seen.text.as_ref().map_or(0, |file| file.text.len());
        let has_room = explored.bytes + bytes <= MOST_TEXT;
        explored.bytes += if has_room { bytes } else { 0 };
        let explorable = Explorable {
            text: seen.text.filter(|_| has_room).map(Rc::new),
            sketches: Rc::clone(&sketches),
        };
        explored.files.insert(entry.path.clone(), explorable);
        sketches
    }

    /// Reads the files on all cores that are likely asked for, where they are many.
    pub(super) fn look_ahead<'t>(
        &self,
        snapshot: &Snapshot,
        targets: impl Iterator<Item = &'t Target>,
    ) -> Result<(), Failure> {
        let mut entries: BTreeMap<RepoPath, Entry> = BTreeMap::new();
        let mut last = None;
        for target in targets.filter(|target| last.replace(*target) != Some(*target)) {
            let likely = self.likely(target)?.into_iter();
            entries.extend(likely.map(|entry| (entry.path.clone(), entry)));
        }
        let is_known = |path: &RepoPath| {
            self.held(path).is_some() || self.explored.borrow().files.contains_key(path)
        };
        entries.retain(|path, _| !is_known(path));
        let entries: Vec<Entry> = entries.into_values().collect();
        let how = self.how();
        let seen = cores::shares(&entries, |_, share| {
            let reader = snapshot.open()?;
            // Texts of all of them would take more room than all else.
            let see = |entry| Seen {
                text: None,
                ..Seen::of(&reader, entry, how)
            };
            Ok(share.iter().map(see).collect::<Vec<_>>())
        });
        let seen: Vec<Seen> = seen?.into_iter().flatten().collect();
        Seen::settle(seen.iter(), how);
        for (entry, seen) in entries.iter().zip(seen) {
            self.keep(entry, seen);
        }
        Ok(())
    }

    /// Returns the files that are read first where something is asked for.
    fn likely(&self, target: &Target) -> Result<Vec<Entry>, Failure> {
        let id = match target {
            Target::File(path) => {
                let path = RepoPath::parse(path).ok();
                let entry = path.map_or(Ok(None), |path| self.reader.find(&path))?;
                return Ok(entry.into_iter().collect());
            }
            Target::Contract(id) => id,
        };
        let Some((domain, name)) = id.split_once('/') else {
            return Ok(Vec::new());
        };
        let Some(bearers) = self.bearers(id, Worth::Having)? else {
            return Ok(self.folders.alike(domain, name)?.to_vec());
        };
        let is_alike = |entry: &&Entry| is_alike(&entry.path, name);
        let read = bearers.into_iter().filter(|one| one.is_read);
        let read: Vec<Entry> = read.map(|one| one.entry).collect();
        let mut alike: Vec<Entry> = read.iter().filter(is_alike).cloned().collect();
        if alike.is_empty() {
            alike = read;
        }
        Ok(alike)
    }

    fn how(&self) -> How<'_> {
        let book = || Sketchbook::open(self.reader, self.settings);
        How {
            settings: self.settings,
            domains: self.domains,
            side: self.side,
            book: self.book.get_or_init(book).as_ref(),
        }
    }

    fn text(&self, entry: &Entry) -> Option<FileText> {
        FileText::read(self.reader, entry, self.settings, self.side)
    }
}
