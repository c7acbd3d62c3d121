//! A snapshot and names of contracts in, what those contracts hold out.
//!
//! Knows no finding. An audit has seen every contract and charts the atlas with them; a gate asks
//! about few, so that its atlas looks only into the folders of the domains that are asked for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use meshlaw_changeset::{Entry, Globs, Reader, RepoPath};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Contract;
use meshlaw_policy::Identity;
use meshlaw_report::{Location, Side};

use crate::failure::Failure;
use crate::identity::{Domains, stem};
use crate::meant::meant;
use crate::place::whole_file;
use crate::revision::FileText;
use crate::settings::Settings;
pub use crate::sketch::{FieldSketch, Known, Packed, Sketch};

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
    /// What was looked at so far.
    Uncharted(RefCell<Explored>),
}

/// Knows of every contract of a snapshot.
pub trait Chart {
    /// Returns the contracts of a name, in the order of their files.
    fn named(&self, id: &str) -> Vec<Known>;

    /// Returns the contracts of a file, by name.
    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)>;

    /// Returns the name that was likely meant.
    fn meant(&self, id: &str) -> Option<String>;
}

#[derive(Default)]
struct Explored {
    folders: BTreeMap<String, Rc<[Entry]>>,
    files: BTreeMap<String, Explorable>,
}

#[derive(Default, Clone)]
struct Explorable {
    text: Option<Rc<FileText>>,
    sketches: Option<Rc<[Rc<Sketch>]>>,
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
            ground: Ground::Uncharted(RefCell::default()),
        }
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
        let explored = match &self.ground {
            Ground::Charted(all, again) => {
                if let Some(packed) = again.borrow().get(id) {
                    return Ok(packed
                        .iter()
                        .filter_map(Packed::open)
                        .map(Rc::new)
                        .collect());
                }
                let known = all.named(id);
                let found = self.opened(id, &known)?;
                if known.iter().any(|one| one.packed.is_none()) {
                    let packed = found.iter().map(|one| Packed::again(one)).collect();
                    again.borrow_mut().insert(id.to_owned(), packed);
                }
                return Ok(found);
            }
            Ground::Uncharted(explored) => explored,
        };
        let Some((domain, name)) = id.split_once('/') else {
            return Ok(Vec::new());
        };
        let entries = self.folder(explored, domain)?;
        let is_alike = |entry: &&Entry| stem(&entry.path.to_string()) == name;
        let (alike, others): (Vec<_>, Vec<_>) = entries.iter().partition(is_alike);
        let mut found: Vec<Rc<Sketch>> = Vec::new();
        let tiers = alike
            .into_iter()
            .map(|entry| (entry, true))
            .chain(others.into_iter().map(|entry| (entry, false)));
        for (entry, is_alike) in tiers {
            if !is_alike && found.iter().any(|sketch| suffices(sketch)) {
                break;
            }
            let bears = |sketch: &&Rc<Sketch>| sketch.identity.id() == id;
            let sketches = self.explore(explored, entry, (!is_alike).then_some(name));
            found.extend(sketches.iter().filter(bears).cloned());
        }
        Ok(found)
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
            Ground::Uncharted(explored) => {
                let entry = match RepoPath::parse(path) {
                    Ok(path) => self.reader.find(&path)?,
                    Err(_) => None,
                };
                let found = entry.map(|entry| self.explore(explored, &entry, None));
                Ok(found.map(|found| found.to_vec()).unwrap_or_default())
            }
        }
    }

    /// Returns the name that was likely meant, without reading more.
    pub fn nearest(&self, id: &str) -> Option<String> {
        let explored = match &self.ground {
            Ground::Charted(all, _) => return all.meant(id),
            Ground::Uncharted(explored) => explored,
        };
        let (domain, _) = id.split_once('/')?;
        let entries = self.folder(explored, domain).ok()?;
        let named = entries
            .iter()
            .map(|entry| format!("{domain}/{}", stem(&entry.path.to_string())));
        let explored = explored.borrow();
        let read = explored.files.values();
        let sketches = read.filter_map(|file| file.sketches.as_ref());
        let ids = sketches.flat_map(|all| all.iter().map(|sketch| sketch.identity.id()));
        let known: BTreeMap<String, ()> = named.chain(ids).map(|id| (id, ())).collect();
        meant(id, &known)
    }

    /// Reads a contract again, whole.
    pub fn contract(&self, sketch: &Sketch) -> Result<Option<Contract>, Failure> {
        let entry = self.reader.find(&RepoPath::parse(&sketch.identity.path)?)?;
        let Some(file) = entry.and_then(|entry| self.text(&entry)) else {
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
            let entry = RepoPath::parse(path)
                .ok()
                .and_then(|path| self.reader.find(&path).ok()?);
            let Some(file) = entry.and_then(|entry| self.text(&entry)) else {
                continue;
            };
            let revisions = file.contracts(self.settings, self.domains);
            for position in positions {
                let part = parts.get(position).zip(places.get_mut(position));
                let Some(((identity, pointer), place)) = part else {
                    continue;
                };
                let own = revisions.iter().find(|one| one.identity == **identity);
                if let Some(own) = own {
                    *place = own.locate(pointer);
                }
            }
        }
        places
    }

    fn explore(
        &self,
        explored: &RefCell<Explored>,
        entry: &Entry,
        needle: Option<&str>,
    ) -> Rc<[Rc<Sketch>]> {
        let path = entry.path.to_string();
        let known = explored.borrow().files.get(&path).cloned();
        let mut file = match known {
            Some(file) => file,
            None => Explorable {
                text: self.text(entry).map(Rc::new),
                sketches: None,
            },
        };
        let holds = |text: &FileText| needle.is_none_or(|needle| text.text.contains(needle));
        let found = match (&file.sketches, &file.text) {
            (Some(sketches), _) => Rc::clone(sketches),
            (None, Some(text)) if holds(text) => {
                let revisions = text.contracts(self.settings, self.domains);
                let found = revisions.iter().map(|one| Rc::new(Sketch::of(one)));
                let found: Rc<[Rc<Sketch>]> = found.collect();
                file.sketches = Some(Rc::clone(&found));
                found
            }
            (None, Some(_)) => Rc::from([]),
            (None, None) => Rc::from([Rc::new(self.unread(&path))]),
        };
        explored.borrow_mut().files.insert(path, file);
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
    fn folder(&self, explored: &RefCell<Explored>, domain: &str) -> Result<Rc<[Entry]>, Failure> {
        if let Some(known) = explored.borrow().folders.get(domain) {
            return Ok(Rc::clone(known));
        }
        let contracts = Globs::new(&self.settings.contracts)?;
        let listed = self
            .reader
            .list(&Globs::new(reach(self.settings, domain))?)?;
        let is_candidate = |entry: &Entry| {
            let owner = self.domains.of_path(&entry.path.to_string());
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

/// Returns globs that reach every contract file of a domain, and little else.
///
/// Where a glob of contracts leads through a folder `domains`, only the domain's own folder below
/// it is of interest, and the files right below `domains`, which lie in no domain.
fn reach(settings: &Settings, domain: &str) -> Vec<String> {
    let is_plain = |part: &str| !part.contains(['*', '?', '[', ']', '{', '}', '\\', '/']);
    let mapped = settings.domains.get(domain).into_iter();
    let mut globs: Vec<String> = mapped.flat_map(|domain| domain.paths.clone()).collect();
    for glob in &settings.contracts {
        let parts: Vec<&str> = glob.split('/').collect();
        let prefix: Vec<&str> = parts
            .iter()
            .copied()
            .take_while(|part| is_plain(part) && *part != "domains")
            .collect();
        let leads_through = parts.get(prefix.len()) == Some(&"domains");
        if !leads_through || !is_plain(domain) {
            globs.push(glob.clone());
            continue;
        }
        let above: String = prefix.iter().map(|part| format!("{part}/")).collect();
        globs.push(format!("{above}domains/{domain}/**"));
        globs.push(format!("{above}domains/*"));
    }
    globs.sort();
    globs.dedup();
    globs
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
