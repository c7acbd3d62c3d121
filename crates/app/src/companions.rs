//! A commit in, which files around contracts speak of which contracts out, without opening them.
//!
//! Consumers lie wherever their domains put them, so finding them means walking every folder; a
//! register does without.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{Content, Entry, FileChange, Globs, Reader, Renames, changes};
use meshlaw_contract::parse_consumers;

use crate::estate::{Files, text_of};
use crate::failure::Failure;
use crate::glossary::{self, Defined, Page};
use crate::register::{Register, Registered, Registrar, Spoken, bytes_of, name};
use crate::settings::Settings;

/// What registers are called in the cache.
const KIND: &str = "companions";

/// The files around contracts that a change can concern.
#[derive(Debug, Default)]
pub struct Companions {
    /// Files of the head: consumers that speak of the change, and what the branch touched.
    pub head: Files,
    /// Consumers that the tip of the target has otherwise.
    pub tip: Files,
    /// All terms of the tip, and those of the head that the branch did not touch.
    pub terms: Vec<Page>,
}

/// The revisions of a branch, and what it is about.
pub struct Branch<'a> {
    /// The settings that say which files are meant.
    pub settings: &'a Settings,
    /// The merge base.
    pub base: &'a Reader,
    /// The tip of the target branch.
    pub tip: &'a Reader,
    /// The revision that is judged.
    pub head: &'a Reader,
    /// The contracts that the branch changes.
    pub contracts: BTreeSet<String>,
}

impl Branch<'_> {
    /// Finds the files that speak of the contracts, or that the branch touched; none where nothing
    /// can be kept, so that everything has to be read.
    ///
    /// The head is the merge base with what the branch touched, so that registers are needed of
    /// commits only that later runs ask about, too.
    pub fn companions(&self) -> Result<Option<Companions>, Failure> {
        let kinds = Kinds::new(self.settings)?;
        let read = |entry: &Entry, content| kinds.read(self.settings, entry, content);
        let limits = &self.settings.limits;
        let (consumers, terms) = (&self.settings.consumers, &self.settings.terms);
        let scope = (consumers, terms, limits.bytes, limits.depth, limits.nodes);
        let files = (&kinds.both, limits.bytes as u64);
        let registrar = Registrar::new(KIND, self.base, files, &scope, &read);
        let Some(registrar) = registrar else {
            return Ok(None);
        };
        let Some(base) = registrar.register(self.base, None)? else {
            return Ok(None);
        };
        let tip = if self.tip.root_tree() == self.base.root_tree() {
            None
        } else {
            registrar.register(self.tip, None)?
        };
        if tip.is_none() && self.tip.root_tree() != self.base.root_tree() {
            return Ok(None);
        }
        let touched = changes(self.base, self.head, &kinds.both, Renames::Ignore)?;
        let mut contracts = self.contracts.clone();
        for change in &touched {
            let sides = [(self.base, change.before()), (self.head, change.after())];
            for (reader, entry) in sides {
                let content = |entry| reader.read(entry, limits.bytes as u64);
                let uses = |entry| read(entry, content(entry)).uses;
                contracts.extend(entry.into_iter().flat_map(uses));
            }
        }
        let contracts: BTreeSet<String> = contracts.into_iter().map(name).collect();
        let chosen = choose(&contracts, &kinds, &base, tip.as_ref(), &touched);
        let is_sound = base.is_sound() && tip.as_ref().is_none_or(Register::is_sound);
        Ok(is_sound.then_some(chosen))
    }
}

/// Chooses the files that speak of the contracts, or that the branch touched; `tip` is none where
/// the target has not moved.
fn choose(
    contracts: &BTreeSet<String>,
    kinds: &Kinds,
    base: &Register,
    tip: Option<&Register>,
    touched: &[FileChange],
) -> Companions {
    let mut found = Companions::default();
    let gone: BTreeSet<&[u8]> = touched.iter().map(|one| one.path().as_bytes()).collect();
    let is_gone = |file: &Registered<'_>| gone.contains(file.path.as_ref());
    let is_meant = |file: &Registered<'_>| file.uses.iter().any(|name| contracts.contains(name));
    let meant = |register: &Register| -> Vec<Registered<'static>> {
        let names = contracts.iter().map(String::as_str);
        let speaking = register.speaking_of(names).filter(is_meant);
        speaking.map(Registered::into_owned).collect()
    };
    // What lies at a path at the head, for each path that is of interest.
    let mut at_head: BTreeMap<Vec<u8>, [u8; 20]> = BTreeMap::new();
    for file in meant(base).into_iter().filter(|file| !is_gone(file)) {
        found.head.consumers.push(file.entry());
        at_head.insert(file.path.into_owned(), file.id);
    }
    // What a target that has not moved holds, it holds as the branch found it.
    let standing = base.definers().filter(|file| !is_gone(file));
    found
        .terms
        .extend(standing.filter_map(|file| page(&file, tip.is_none())));
    for entry in touched.iter().filter_map(FileChange::after) {
        if let Some(id) = entry.object().as_ref().and_then(bytes_of) {
            at_head.insert(entry.path.as_bytes().to_vec(), id);
        }
        // A file that both globs mean is both.
        if kinds.consumers.matches(&entry.path) {
            found.head.consumers.push(entry.clone());
        }
        if kinds.terms.matches(&entry.path) {
            found.head.terms.push(entry.clone());
        }
    }
    for entries in [&mut found.head.consumers, &mut found.head.terms] {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
    }
    // A target that has not moved holds otherwise only what the branch touched.
    let at_tip: Vec<Registered<'static>> = match tip {
        Some(tip) => meant(tip),
        None => {
            let files = gone.iter().filter_map(|path| base.at(path));
            files.filter(is_meant).map(Registered::into_owned).collect()
        }
    };
    let is_other = |file: &&Registered<'_>| at_head.get(file.path.as_ref()) != Some(&file.id);
    let others = at_tip.iter().filter(is_other);
    found.tip.consumers.extend(others.map(Registered::entry));
    let defining = tip.unwrap_or(base).definers();
    let defining = defining.filter(|file| tip.is_some() || is_gone(file));
    found
        .terms
        .extend(defining.filter_map(|file| page(&file, true)));
    found
}

/// Returns the terms that a register has of a file.
fn page(file: &Registered<'_>, is_law: bool) -> Option<Page> {
    let terms = file.defines.iter().map(serde_json::from_str);
    let terms: Vec<Defined> = terms.filter_map(Result::ok).collect();
    (!terms.is_empty()).then(|| Page {
        is_law,
        path: file.entry().path.to_string(),
        terms,
    })
}

/// Which files are consumers, and which are terms.
struct Kinds {
    consumers: Globs,
    terms: Globs,
    both: Globs,
}

impl Kinds {
    fn new(settings: &Settings) -> Result<Self, Failure> {
        let both = settings.consumers.iter().chain(&settings.terms);
        Ok(Self {
            consumers: Globs::new(&settings.consumers)?,
            terms: Globs::new(&settings.terms)?,
            both: Globs::new(both)?,
        })
    }

    /// Reads what a file speaks of; one that cannot be read speaks of nothing.
    fn read(&self, settings: &Settings, entry: &Entry, content: Content) -> Spoken {
        let text = text_of(content, entry, settings).unwrap_or_default();
        let mut spoken = Spoken::default();
        if self.consumers.matches(&entry.path) {
            let consumers = parse_consumers(&text, &settings.limits).into_iter();
            let consumers = consumers.filter_map(|parsed| parsed.value);
            for consumer in consumers {
                // By which another of the same name is found.
                spoken.uses.push(format!("consumer {}", consumer.name));
                let all = consumer.uses.into_iter();
                spoken.uses.extend(all.map(|one| one.contract));
            }
        }
        if self.terms.matches(&entry.path) {
            let terms = glossary::parse(&text, &settings.limits).into_iter();
            let terms = terms.filter_map(|parsed| serde_json::to_string(&parsed.value?).ok());
            spoken.defines.extend(terms);
        }
        spoken
    }
}
