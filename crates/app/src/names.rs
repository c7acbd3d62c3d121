//! Names of contracts in, the files of a commit that bear them out, without a look at the others.
//!
//! Where paths say which domain a contract lies in, each domain has a register of its own, so that
//! few are read and each is small; files that lie in no domain have another. Where contracts lie
//! anywhere, there is one of all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use meshlaw_changeset::{Content, Entry, Globs, Reader, RepoPath, Snapshot};
use meshlaw_contract::Format;
use meshlaw_contract::model::Contract;
use meshlaw_report::Side;
use serde::Serialize;
use twox_hash::XxHash3_64;

use crate::cores;
use crate::estate::text_of;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::register::{Near, Registrar, Spoken, name};
use crate::revision::FileText;
use crate::settings::Settings;

/// What registers of names are called in the cache.
const KIND: &str = "names";

/// Most domains whose names an audit keeps: those with the most files.
const MOST_KEPT: usize = 256;

/// Finds the files of a commit that bear a name; threads may share it.
pub struct Names<'a> {
    snapshot: Snapshot,
    shape: Shape<'a>,
    kind: &'static str,
    registers: Mutex<BTreeMap<Part, Option<Arc<Near>>>>,
}

/// A file that bears a name.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The file.
    pub entry: Entry,
    /// Whether it gives a text; else it may hold what its own name says.
    pub is_read: bool,
}

/// Whether a register that is not there yet is worth being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It is.
    Making,
    /// It is only of use where it is there, or nearly.
    Having,
}

/// Which files a register is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Part {
    /// All that there are, each of which may state any domain.
    All,
    /// Those whose paths give them to a domain.
    Of(String),
    /// Those whose paths give them to none.
    Nobodys,
}

/// Files by the parts that they belong to, each with what its contracts are called.
type ByPart<'e> = BTreeMap<Part, Vec<(&'e Entry, Spoken)>>;

/// How the settings spread contracts over files.
struct Shape<'a> {
    settings: &'a Settings,
    domains: &'a Domains,
    /// The folders that hold the domains' own; none where contracts lie anywhere.
    folders: Option<BTreeSet<String>>,
}

impl<'a> Names<'a> {
    /// Knows what contracts of a snapshot are called; only those of a commit are registered.
    pub fn new(snapshot: &Snapshot, settings: &'a Settings, domains: &'a Domains) -> Self {
        Self {
            snapshot: snapshot.clone(),
            shape: Shape::new(settings, domains),
            kind: KIND,
            registers: Mutex::default(),
        }
    }

    /// Keeps registers apart from others: each is made of the newest of its kind, which is to be near.
    #[must_use]
    pub fn called(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// Returns the domains that settings or folders name; files may state others.
    pub fn domains(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(domains(self.shape.settings, &self.snapshot.open()?))
    }

    /// Returns the files that bear a name, in the order of their paths; none where nothing is
    /// registered.
    pub fn bearing(&self, id: &str, worth: Worth) -> Result<Option<Vec<Bearer>>, Failure> {
        let Some((domain, _)) = id.split_once('/') else {
            return Ok(Some(Vec::new()));
        };
        let mut found = Vec::new();
        for part in parts(self.shape.folders.is_some(), domain) {
            let Some(register) = self.register(&part, worth)? else {
                return Ok(None);
            };
            let [text, path] = [Word::Text, Word::Path].map(|word| word.of(&part, id));
            let shown = register.speaking_of([text.as_str(), path.as_str()], |file| {
                let bears = |word: &str| file.defines.iter().any(|own| own == word);
                let is_read = bears(&text);
                if is_read || bears(&path) {
                    let entry = file.entry();
                    found.push(Bearer { entry, is_read });
                }
            });
            if shown.is_none() {
                return Ok(None);
            }
        }
        found.sort_by(|one, other| one.entry.path.cmp(&other.entry.path));
        Ok(Some(found))
    }

    /// Shows what the contracts of a domain are called, but for those of some files; tells whether
    /// that is registered.
    pub fn of_domain(
        &self,
        domain: &str,
        is_skipped: impl Fn(&[u8]) -> bool,
        mut show: impl FnMut(&str),
    ) -> Result<bool, Failure> {
        for part in parts(self.shape.folders.is_some(), domain) {
            let register = self.register(&part, Worth::Making)?;
            let shown = register.and_then(|register| {
                register.files(|file| {
                    if is_skipped(&file.path) {
                        return;
                    }
                    for word in file.defines.iter().filter_map(|word| word.get(1..)) {
                        match (&part, word.split_once('/')) {
                            (Part::Of(_), _) => show(word),
                            (_, Some((own, name))) if own == domain => show(name),
                            _ => {}
                        }
                    }
                })
            });
            if shown.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn register(&self, part: &Part, worth: Worth) -> Result<Option<Arc<Near>>, Failure> {
        match self.known(part) {
            Some(Some(register)) => return Ok(Some(register)),
            Some(None) if worth == Worth::Having => return Ok(None),
            _ => {}
        }
        // Nothing is held here: to make a register, threads may take up each other's work.
        let reader = self.snapshot.open()?;
        let ask = |registrar: &Registrar<'_>| match (worth, part) {
            // To find that no file lies there takes no longer than to ask whether one did.
            (Worth::Making, _) | (_, Part::Nobodys) => {
                registrar.near_or_made(&reader, &self.snapshot)
            }
            (Worth::Having, _) => Ok(registrar.near(&reader)),
        };
        let register = self.shape.registered((self.kind, part), &reader, ask)?;
        let register = register.flatten().map(Arc::new);
        self.registers().insert(part.clone(), register.clone());
        Ok(register)
    }

    fn known(&self, part: &Part) -> Option<Option<Arc<Near>>> {
        self.registers().get(part).cloned()
    }

    fn registers(&self) -> MutexGuard<'_, BTreeMap<Part, Option<Arc<Near>>>> {
        let registers = self.registers.lock();
        registers.unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a file comes by a name.
#[derive(Clone, Copy)]
enum Word {
    /// A contract in it is called so.
    Text,
    /// It gives no text, so that it is taken for what its path says.
    Path,
}

impl Word {
    /// Writes a name down for a part: in the register of a domain, all are of that domain.
    fn of(self, part: &Part, id: &str) -> String {
        let sign = match self {
            Word::Text => '=',
            Word::Path => '?',
        };
        let own = match part {
            Part::Of(domain) => id.strip_prefix(domain.as_str()),
            Part::All | Part::Nobodys => None,
        };
        let own = own.and_then(|rest| rest.strip_prefix('/'));
        name(format!("{sign}{}", own.unwrap_or(id)))
    }
}

impl<'a> Shape<'a> {
    fn new(settings: &'a Settings, domains: &'a Domains) -> Self {
        Self {
            settings,
            domains,
            folders: folders(settings),
        }
    }

    /// Returns the part that a file belongs to, where there is one beside that of all.
    fn part_of(&self, path: &str) -> Option<Part> {
        if self.folders.is_none() {
            return Some(Part::All);
        }
        match self.domains.owner_of(path) {
            Some(domain) => has_part(domain).then(|| Part::Of(domain.to_owned())),
            None => Some(Part::Nobodys),
        }
    }

    /// Sorts some entries by the parts that they belong to; `first` is the number of the first.
    fn by_part<'e>(
        &self,
        reader: &Reader,
        (first, entries): (usize, &'e [Entry]),
        names: &[(u32, &str)],
    ) -> Result<ByPart<'e>, Failure> {
        let contracts = Globs::new(&self.settings.contracts)?;
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        let before = names.partition_point(|(file, _)| *file < first);
        let mut names = names.iter().skip(before).peekable();
        let mut parts = ByPart::new();
        for (number, entry) in (first..).zip(entries) {
            let shown = entry.path.shown();
            let part = self.part_of(&shown).unwrap_or(Part::All);
            let mut spoken = Spoken::default();
            while let Some((_, id)) = names.next_if(|(file, _)| *file == number) {
                spoken.defines.push(Word::Text.of(&part, id));
            }
            // Of a file without contracts it is not known why, and two paths may be shown alike.
            if spoken.defines.is_empty() || entry.path.as_bytes() != shown.as_bytes() {
                let content = reader.read(entry, self.settings.limits.bytes as u64);
                spoken = self.spoken(&part, entry, content);
            }
            if contracts.matches(&entry.path) {
                parts.entry(part).or_default().push((entry, spoken));
            }
        }
        Ok(parts)
    }

    /// Asks the registrar of a part; there is none outside of repositories.
    fn registered<T>(
        &self,
        (kind, part): (&str, &Part),
        reader: &Reader,
        ask: impl FnOnce(&Registrar<'_>) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let contracts = Globs::new(&self.settings.contracts)?;
        let globs = Globs::new(reach(self.settings, self.folders.as_ref(), part))?;
        let is_own = |path: &RepoPath| {
            let is_meant = match part {
                Part::All => true,
                Part::Of(domain) => self.domains.owner_of(&path.shown()) == Some(domain),
                Part::Nobodys => self.domains.owner_of(&path.shown()).is_none(),
            };
            is_meant && contracts.matches(path)
        };
        let read = |entry: &Entry, content| self.spoken(part, entry, content);
        // All that names hang on, and nothing else, so that registers outlive most changes of the
        // settings.
        let Settings {
            contracts,
            domains,
            limits,
            vocabulary,
            ..
        } = self.settings;
        let mapped = domains.iter().map(|(name, domain)| (name, &domain.paths));
        let mapped: Vec<_> = mapped.filter(|(_, paths)| !paths.is_empty()).collect();
        let sizes = (limits.bytes, limits.depth, limits.nodes);
        let words = format!("{vocabulary:?}");
        let scope = (part, contracts, mapped, sizes, words);
        let kind = format!("{kind}-{:016x}", part.hash());
        let files = (&globs, limits.bytes as u64);
        let registrar = Registrar::new(kind, reader, files, &scope, &read);
        let registrar = registrar.map(|one| match part {
            Part::All => one,
            Part::Of(_) | Part::Nobodys => one.only(&is_own),
        });
        registrar.map(|one| ask(&one)).transpose()
    }

    /// Reads what the contracts of a file are called.
    fn spoken(&self, part: &Part, entry: &Entry, content: Content) -> Spoken {
        let path = entry.path.to_string();
        let defines = match text_of(content, entry, self.settings) {
            Ok(text) => {
                let side = Side::Head;
                let file = FileText { path, text, side };
                let revisions = file.contracts(self.settings, self.domains).into_iter();
                let ids = revisions.map(|one| one.identity.id());
                ids.map(|id| Word::Text.of(part, &id)).collect()
            }
            Err(_) => {
                let nameless = Contract::new(Format::Native);
                let identity = self.domains.identify(&path, &nameless);
                vec![Word::Path.of(part, &identity.id())]
            }
        };
        Spoken {
            defines,
            ..Spoken::default()
        }
    }
}

impl Part {
    fn hash(&self) -> u64 {
        let word = match self {
            Part::All => "*",
            Part::Of(domain) => domain,
            Part::Nobodys => "",
        };
        XxHash3_64::oneshot(word.as_bytes())
    }
}

/// Keeps what an audit of a commit saw that contracts are called, for gates to come.
///
/// `names` are those of all contracts, each with the number of its entry, in their order.
pub fn keep(
    settings: &Settings,
    domains: &Domains,
    snapshot: &Snapshot,
    entries: &[Entry],
    names: &[(u32, &str)],
) -> Result<(), Failure> {
    let shape = Shape::new(settings, domains);
    let shares = cores::shares(entries, |first, share| {
        let reader = snapshot.open()?;
        shape.by_part(&reader, (first, share), names)
    });
    let mut parts = ByPart::new();
    for (part, files) in shares?.into_iter().flatten() {
        parts.entry(part).or_default().extend(files);
    }
    // What lies in folders of odd names alone is not all.
    if shape.folders.is_some() {
        parts.remove(&Part::All);
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    parts.truncate(MOST_KEPT);
    let kept = cores::each(parts, |(part, files)| {
        let reader = snapshot.open()?;
        shape.registered((KIND, &part), &reader, |registrar| {
            registrar.keep(&reader, files);
            Ok(())
        })
    });
    kept.into_iter().try_for_each(|kept| kept.map(drop))
}

/// Returns globs that reach every contract file which may state a domain, and little else.
pub fn reach_of(settings: &Settings, domain: &str) -> Vec<String> {
    let folders = folders(settings);
    let parts = parts(folders.is_some(), domain).into_iter();
    let reached = parts.flat_map(|part| reach(settings, folders.as_ref(), &part));
    reached.collect()
}

/// Returns the domains that settings or folders of a commit name; files may state others.
pub fn domains(settings: &Settings, reader: &Reader) -> BTreeSet<String> {
    let above = folders(settings).unwrap_or_else(|| BTreeSet::from([String::new()]));
    let places = above.iter().map(|above| format!("{above}domains"));
    let places = places.filter_map(|place| RepoPath::parse(&place).ok());
    let named = places.flat_map(|place| reader.folders(&place));
    let mut found: BTreeSet<String> = named.map(|name| name.to_string()).collect();
    found.extend(settings.domains.keys().cloned());
    found
}

/// Returns the parts in which contracts of a domain may lie.
fn parts(has_folders: bool, domain: &str) -> Vec<Part> {
    if has_folders && has_part(domain) {
        vec![Part::Of(domain.to_owned()), Part::Nobodys]
    } else {
        vec![Part::All]
    }
}

/// Tells whether a domain can have a part: of a folder that is shown otherwise than it is called, no
/// glob can be written.
fn has_part(domain: &str) -> bool {
    !domain.contains('\\')
}

fn reach(settings: &Settings, folders: Option<&BTreeSet<String>>, part: &Part) -> Vec<String> {
    let Some(folders) = folders else {
        return settings.contracts.clone();
    };
    match part {
        Part::All => settings.contracts.clone(),
        Part::Nobodys => folders
            .iter()
            .map(|above| format!("{above}domains/*"))
            .collect(),
        Part::Of(domain) => {
            let mapped = settings.domains.get(domain).into_iter();
            let mut globs: Vec<String> = mapped.flat_map(|one| one.paths.clone()).collect();
            // No folder is called so.
            if !matches!(domain.as_str(), "" | "." | "..") {
                let folder = escaped(domain);
                globs.extend(
                    folders
                        .iter()
                        .map(|above| format!("{above}domains/{folder}/**")),
                );
            }
            globs
        }
    }
}

/// Returns the folders that hold a folder `domains`, each with its slash, where every glob of
/// contracts leads through one; none where contracts may lie elsewhere.
fn folders(settings: &Settings) -> Option<BTreeSet<String>> {
    let is_plain = |part: &&&str| !part.contains(['*', '?', '[', ']', '{', '}', '\\']);
    let above = |glob: &String| {
        let parts: Vec<&str> = glob.split('/').collect();
        let above = parts.iter().take_while(is_plain);
        let above: Vec<&str> = above
            .copied()
            .take_while(|part| *part != "domains")
            .collect();
        // Something lies below.
        let (this, below) = (parts.get(above.len()), parts.get(above.len() + 1));
        let leads_through = this == Some(&"domains") && below.is_some();
        leads_through.then(|| above.iter().map(|part| format!("{part}/")).collect())
    };
    settings.contracts.iter().map(above).collect()
}

/// Writes a name as a glob that means nothing else.
fn escaped(name: &str) -> String {
    let is_special =
        |letter: char| matches!(letter, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!');
    let mut glob = String::new();
    for letter in name.chars() {
        if is_special(letter) {
            glob.push('\\');
        }
        glob.push(letter);
    }
    glob
}

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]
mod tests;
