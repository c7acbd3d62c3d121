//! A snapshot and names of contracts in, what those contracts hold out.
//!
//! Knows no finding. An audit has seen every contract and charts the atlas with them. A gate asks
//! about few: its atlas is uncharted, and looks where it is asked to.

mod folders;
mod look;
mod uncharted;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use meshlaw_changeset::{Entry, FileChange, Reader, RepoPath, Snapshot};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Contract;
use meshlaw_policy::Identity;
use meshlaw_report::{Location, Side};

use crate::cores;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::inventory::Target;
use crate::names::Names;
use crate::place::whole_file;
use crate::revision::FileText;
use crate::settings::Settings;
pub use crate::sketch::{FieldSketch, Known, Packed, Sketch};
use crate::sketchbook::Sketchbook;
use look::{How, Seen};
use uncharted::Uncharted;

/// Finds contracts by name.
pub struct Atlas<'a> {
    reader: &'a Reader,
    settings: &'a Settings,
    domains: &'a Domains,
    side: Side,
    ground: Ground<'a>,
}

enum Ground<'a> {
    /// Every contract, by name.
    Charted(Charted<'a>),
    /// What is looked at only where somebody asks.
    Uncharted(Box<Uncharted<'a>>),
}

/// Contracts by name.
struct Charted<'a> {
    chart: Box<dyn Chart + 'a>,
    /// Sketches of large files, once anything is read again.
    book: OnceCell<Option<Sketchbook>>,
    /// What was read again since.
    again: RefCell<BTreeMap<String, Vec<Packed>>>,
    /// What was asked for last: a contract of thousands of fields takes long to open, and whoever
    /// asks for one mostly asks again.
    last: RefCell<Option<Asked>>,
}

/// A name, and the contracts that bear it.
type Asked = (String, Vec<Rc<Sketch>>);

/// Knows of every contract of a snapshot.
pub trait Chart {
    /// Returns the contracts of a name, in the order of their files.
    fn named(&self, id: &str) -> Vec<Known>;

    /// Returns the contracts of a file, by name.
    fn at(&self, path: &str) -> Vec<(String, Vec<Known>)>;

    /// Returns the name that was likely meant.
    fn meant(&self, id: &str) -> Option<String>;
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
            ground: Ground::Uncharted(Box::new(Uncharted::new(reader, settings, domains, side))),
        }
    }

    /// Looks names up in what is registered of a commit, from which the atlas's own files differ by
    /// these changes.
    #[must_use]
    pub fn by(mut self, names: &'a Names<'a>, changed: &'a [FileChange]) -> Self {
        if let Ground::Uncharted(some) = &mut self.ground {
            some.by(names, changed);
        }
        self
    }

    /// Takes contracts as they were read, all those of each file, with their names.
    #[must_use]
    pub fn holding(mut self, all: impl IntoIterator<Item = (String, Known)>) -> Self {
        if let Ground::Uncharted(some) = &mut self.ground {
            some.hold(all);
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
            ground: Ground::Charted(Charted {
                chart: charted,
                book: OnceCell::new(),
                again: RefCell::default(),
                last: RefCell::default(),
            }),
        }
    }

    /// Opens what is known of contracts of one name; a file is read once for all that it holds.
    fn opened(&self, charted: &Charted<'_>, id: &str, known: &[Known]) -> Vec<Rc<Sketch>> {
        let (packed, _) = packed(self.reader, self.how(charted), (id, known));
        let opened = packed.iter().filter_map(Packed::open);
        opened.map(Rc::new).collect()
    }

    fn how<'h>(&'h self, charted: &'h Charted<'_>) -> How<'h> {
        let book = || Sketchbook::open(self.reader, self.settings);
        How {
            settings: self.settings,
            domains: self.domains,
            side: self.side,
            book: charted.book.get_or_init(book).as_ref(),
        }
    }

    /// Looks at what will be asked for, each once, on all cores.
    pub fn look_ahead<'t>(
        &self,
        snapshot: &Snapshot,
        targets: impl Iterator<Item = &'t Target>,
    ) -> Result<(), Failure> {
        match &self.ground {
            Ground::Charted(charted) => self.read_again(charted, snapshot, targets),
            Ground::Uncharted(some) => some.look_ahead(snapshot, targets),
        }
    }

    /// Reads on all cores what is not known of contracts that will be asked for.
    fn read_again<'t>(
        &self,
        charted: &Charted<'_>,
        snapshot: &Snapshot,
        targets: impl Iterator<Item = &'t Target>,
    ) -> Result<(), Failure> {
        let ids = targets.filter_map(|target| match target {
            Target::Contract(id) => Some(id.as_str()),
            Target::File(_) => None,
        });
        let ids: BTreeSet<&str> = ids.collect();
        let known = ids.into_iter().map(|id| (id, charted.chart.named(id)));
        let is_lacking = |known: &[Known]| known.iter().any(|one| one.packed.is_none());
        let lacking: Vec<_> = known.filter(|(_, known)| is_lacking(known)).collect();
        let how = self.how(charted);
        let shares = cores::shares(&lacking, |_, share| {
            let reader = snapshot.open()?;
            let read = |(id, known): &(&str, Vec<Known>)| packed(&reader, how, (id, known));
            Ok(share.iter().map(read).collect::<Vec<_>>())
        });
        let read: Vec<_> = shares?.into_iter().flatten().collect();
        Seen::settle(read.iter().flat_map(|(_, seen)| seen), how);
        let mut again = charted.again.borrow_mut();
        for ((id, _), (packed, _)) in lacking.into_iter().zip(read) {
            again.insert(id.to_owned(), packed);
        }
        Ok(())
    }

    /// Returns every contract of a name, each major version of it.
    pub fn all(&self, id: &str) -> Result<Vec<Rc<Sketch>>, Failure> {
        self.find(id, |_| false)
    }

    /// Returns contracts of a name until they suffice.
    ///
    /// Files that are called as the contract is come first, then the others of the domain.
    pub fn find(
        &self,
        id: &str,
        suffices: impl Fn(&Sketch) -> bool,
    ) -> Result<Vec<Rc<Sketch>>, Failure> {
        let charted = match &self.ground {
            Ground::Charted(charted) => charted,
            Ground::Uncharted(some) => return some.find(id, suffices),
        };
        if let Some((_, found)) = charted
            .last
            .borrow()
            .as_ref()
            .filter(|(last, _)| last == id)
        {
            return Ok(found.clone());
        }
        let found = self.charted_of(charted, id);
        *charted.last.borrow_mut() = Some((id.to_owned(), found.clone()));
        Ok(found)
    }

    fn charted_of(&self, charted: &Charted<'_>, id: &str) -> Vec<Rc<Sketch>> {
        if let Some(packed) = charted.again.borrow().get(id) {
            let sketches = packed.iter().filter_map(Packed::open);
            return sketches.map(Rc::new).collect();
        }
        let known = charted.chart.named(id);
        let found = self.opened(charted, id, &known);
        if known.iter().any(|one| one.packed.is_none()) {
            let packed = found.iter().map(|one| Packed::again(one)).collect();
            charted.again.borrow_mut().insert(id.to_owned(), packed);
        }
        found
    }

    /// Returns the contracts of a file.
    pub fn at_path(&self, path: &str) -> Result<Vec<Rc<Sketch>>, Failure> {
        match &self.ground {
            Ground::Charted(all) => {
                let mut found = Vec::new();
                for (id, known) in all.chart.at(path) {
                    found.extend(self.opened(all, &id, &known));
                }
                Ok(found)
            }
            Ground::Uncharted(some) => {
                let entry = match RepoPath::parse(path) {
                    Ok(path) => self.reader.find(&path)?,
                    Err(_) => None,
                };
                let found = entry.map(|entry| some.explore(&entry));
                Ok(found.map(|found| found.to_vec()).unwrap_or_default())
            }
        }
    }

    /// Returns the files that bear one of these names in their texts, by their paths. A chart knows
    /// contracts, and no files.
    pub fn files_of(&self, ids: &BTreeSet<String>) -> Result<Vec<Rc<FileText>>, Failure> {
        match &self.ground {
            Ground::Charted(..) => Ok(Vec::new()),
            Ground::Uncharted(some) => some.files_of(ids),
        }
    }

    /// Returns the name that was likely meant, of all that there are.
    pub fn nearest(&self, id: &str) -> Option<String> {
        match &self.ground {
            Ground::Charted(all) => all.chart.meant(id),
            Ground::Uncharted(some) => some.nearest(id),
        }
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
            let Ok(Some(file)) = self.file_at(&path) else {
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

    /// Reads a file that was mostly read before.
    fn file_at(&self, path: &RepoPath) -> Result<Option<Rc<FileText>>, Failure> {
        if let Ground::Uncharted(some) = &self.ground
            && let Some(text) = some.seen(path)
        {
            return Ok(Some(text));
        }
        let entry = self.reader.find(path)?;
        Ok(entry.and_then(|entry| self.text(&entry)).map(Rc::new))
    }

    fn text(&self, entry: &Entry) -> Option<FileText> {
        FileText::read(self.reader, entry, self.settings, self.side)
    }
}

/// Returns sketches of contracts of one name, and what was seen of the files that were read for it.
fn packed(
    reader: &Reader,
    how: How<'_>,
    (id, known): (&str, &[Known]),
) -> (Vec<Packed>, Vec<Seen>) {
    let (mut found, mut all_seen) = (Vec::new(), Vec::new());
    let mut read: Option<&str> = None;
    for Known { path, packed } in known {
        if let Some(packed) = packed {
            found.push(packed.clone());
        } else if read != Some(path) {
            read = Some(path);
            let path = RepoPath::parse(path).ok();
            let entry = path.and_then(|path| reader.find(&path).ok()?);
            let Some(entry) = entry else { continue };
            let seen = Seen::of(reader, &entry, how);
            let own = seen.sketches.iter();
            let own = own.filter(|one| one.open().is_some_and(|one| one.identity.id() == id));
            found.extend(own.cloned());
            all_seen.push(Seen { text: None, ..seen });
        }
    }
    (found, all_seen)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use std::fs;

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
