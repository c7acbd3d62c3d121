//! A commit in, which files around contracts speak of which contracts out, without opening them.
//!
//! Consumers lie wherever their domains put them, so finding them means walking every folder. What
//! was found at a root tree is kept as a *register*; since ids of trees are hashes of all that lies
//! below, it can never be stale: at another tree, what differs is read, and the rest is as before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{
    Entry, FileChange, Globs, Kind, ObjectId, Reader, Renames, RepoPath, changes,
};
use meshlaw_contract::{Limits, parse_consumers, parse_terms};
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key, Page};
use crate::estate::{Files, read_text};
use crate::failure::Failure;
use crate::settings::Settings;

/// What registers are called in the cache.
const KIND: &str = "companions";

/// The files around contracts at one root tree, sorted by path.
#[derive(Debug, Serialize, Deserialize)]
struct Register<'p> {
    /// What the settings say of such files.
    scope: Key,
    tree: [u8; 20],
    #[serde(borrow)]
    files: Vec<Registered<'p>>,
}

/// One file around contracts.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Registered<'p> {
    #[serde(borrow)]
    path: Cow<'p, [u8]>,
    id: [u8; 20],
    /// Names of contracts that its consumers use.
    #[serde(borrow)]
    uses: Names<'p>,
    /// Names of its terms.
    #[serde(borrow)]
    defines: Names<'p>,
}

/// Names in one text, so that reading a register copies none of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Names<'p>(#[serde(borrow)] Cow<'p, str>);

/// Stands between names, and never in one.
const BETWEEN: char = '\0';

impl Names<'static> {
    fn of(names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().map(name).collect();
        let names: Vec<String> = names.into_iter().collect();
        Self(Cow::Owned(names.join(&BETWEEN.to_string())))
    }
}

impl Names<'_> {
    fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(BETWEEN).filter(|name| !name.is_empty())
    }
}

/// Leaves out of a name what stands between names: two that become one are both found.
fn name(name: String) -> String {
    if name.contains(BETWEEN) {
        name.replace(BETWEEN, "")
    } else {
        name
    }
}

/// The files around contracts that a change can concern.
#[derive(Debug, Default)]
pub struct Companions {
    /// Files of the head: consumers that speak of the change, and what the branch touched.
    pub head: Files,
    /// Consumers that the tip of the target has otherwise.
    pub tip: Files,
    /// Names of all terms that were not touched.
    pub known_terms: BTreeSet<String>,
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
    pub fn companions(&mut self) -> Result<Option<Companions>, Failure> {
        let Some(keeper) = Keeper::new(self.settings, self.base)? else {
            return Ok(None);
        };
        let Some(base_page) = keeper.register(self.base)? else {
            return Ok(None);
        };
        let tip_page = if self.tip.root_tree() == self.base.root_tree() {
            None
        } else {
            keeper.register(self.tip)?
        };
        let Some(base) = base_page.value::<Register<'_>>() else {
            return Ok(None);
        };
        let tip = tip_page.as_ref().and_then(Page::value::<Register<'_>>);
        if tip.is_none() && self.tip.root_tree() != self.base.root_tree() {
            return Ok(None);
        }
        let touched = changes(self.base, self.head, &keeper.globs, Renames::Ignore)?;
        for change in &touched {
            let sides = [(self.base, change.before()), (self.head, change.after())];
            for (reader, entry) in sides {
                let read = entry.map(|entry| keeper.read(reader, entry));
                for read in read.iter().flat_map(|read| read.uses.iter()) {
                    self.contracts.insert(read.to_owned());
                }
            }
        }
        let tip = tip.as_ref().unwrap_or(&base);
        Ok(Some(self.choose(&keeper, &base, tip, &touched)))
    }

    fn choose(
        &self,
        keeper: &Keeper<'_>,
        base: &Register<'_>,
        tip: &Register<'_>,
        touched: &[FileChange],
    ) -> Companions {
        let mut found = Companions::default();
        let gone: BTreeSet<&[u8]> = touched.iter().map(|one| one.path().as_bytes()).collect();
        let contracts: BTreeSet<String> = self.contracts.iter().cloned().map(name).collect();
        let is_meant = |name: &str| contracts.contains(name);
        // What lies at a path at the head, for each path that is of interest.
        let mut at_head: BTreeMap<&[u8], [u8; 20]> = BTreeMap::new();
        for file in &base.files {
            if gone.contains(file.path.as_ref()) {
                continue;
            }
            if file.uses.iter().any(is_meant) {
                at_head.insert(&file.path, file.id);
                found.head.consumers.push(file.entry());
            }
            let terms = file.defines.iter().map(str::to_owned);
            found.known_terms.extend(terms);
        }
        for entry in touched.iter().filter_map(FileChange::after) {
            if let Some(id) = entry.object().as_ref().and_then(bytes_of) {
                at_head.insert(entry.path.as_bytes(), id);
            }
            // A file that both globs mean is both.
            if keeper.consumers.matches(&entry.path) {
                found.head.consumers.push(entry.clone());
            }
            if keeper.terms.matches(&entry.path) {
                found.head.terms.push(entry.clone());
            }
        }
        found
            .head
            .consumers
            .sort_by(|one, other| one.path.cmp(&other.path));
        found
            .head
            .terms
            .sort_by(|one, other| one.path.cmp(&other.path));
        for file in &tip.files {
            let is_other = at_head.get(file.path.as_ref()) != Some(&file.id);
            if is_other && file.uses.iter().any(is_meant) {
                found.tip.consumers.push(file.entry());
            }
            let terms = file.defines.iter().map(str::to_owned);
            found.known_terms.extend(terms);
        }
        found
    }
}

impl Registered<'_> {
    fn entry(&self) -> Entry {
        let path = RepoPath::from_git(self.path.as_ref());
        Entry::stored(path, Kind::File, ObjectId::from_bytes(&self.id))
    }
}

fn bytes_of(id: &ObjectId) -> Option<[u8; 20]> {
    id.as_bytes().try_into().ok()
}

/// What finds registers, and makes those that are not there yet.
struct Keeper<'s> {
    settings: &'s Settings,
    consumers: Globs,
    terms: Globs,
    globs: Globs,
    cache: Cache,
}

impl<'s> Keeper<'s> {
    fn new(settings: &'s Settings, reader: &Reader) -> Result<Option<Self>, Failure> {
        let Some(cache) = Cache::of(reader) else {
            return Ok(None);
        };
        let both = settings.consumers.iter().chain(&settings.terms);
        Ok(Some(Self {
            settings,
            consumers: Globs::new(&settings.consumers)?,
            terms: Globs::new(&settings.terms)?,
            globs: Globs::new(both)?,
            cache,
        }))
    }

    /// Returns what registers hang on, beside the tree.
    fn scope(&self) -> Option<Key> {
        let Limits {
            bytes,
            depth,
            nodes,
            shortcuts: _,
        } = self.settings.limits;
        let (consumers, terms) = (&self.settings.consumers, &self.settings.terms);
        Key::of(&(KIND, consumers, terms, bytes, depth, nodes))
    }

    /// Returns the register of a commit, and makes it of the newest one where there is none yet.
    fn register(&self, reader: &Reader) -> Result<Option<Page>, Failure> {
        let (Some(scope), Some(tree)) =
            (self.scope(), reader.root_tree().as_ref().and_then(bytes_of))
        else {
            return Ok(None);
        };
        let Some(key) = Key::of(&(&scope, tree)) else {
            return Ok(None);
        };
        if let Some(page) = self.cache.load(KIND, &key) {
            return Ok(Some(page));
        }
        let newest = self.cache.newest(KIND);
        let newest = newest.as_ref().and_then(Page::value::<Register<'_>>);
        let patched = newest
            .filter(|known| known.scope == scope)
            .and_then(|known| self.patched(known, reader));
        let files = match patched {
            Some(files) => files,
            None => {
                let entries = reader.list(&self.globs)?;
                entries
                    .iter()
                    .map(|entry| self.read(reader, entry))
                    .collect()
            }
        };
        let register = Register { scope, tree, files };
        self.cache.store(KIND, &key, &register);
        Ok(self.cache.load(KIND, &key))
    }

    /// Brings a register up to another tree; none where the repository lacks the old one.
    fn patched<'p>(&self, known: Register<'p>, reader: &Reader) -> Option<Vec<Registered<'p>>> {
        let changes = reader.changes_since(ObjectId::from_bytes(&known.tree), &self.globs)?;
        let touched: BTreeSet<&[u8]> = changes.iter().map(|one| one.path().as_bytes()).collect();
        let mut files = known.files;
        files.retain(|file| !touched.contains(file.path.as_ref()));
        let after = changes.iter().filter_map(FileChange::after);
        files.extend(after.map(|entry| self.read(reader, entry)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Some(files)
    }

    /// Reads what a file speaks of; one that cannot be read speaks of nothing.
    fn read(&self, reader: &Reader, entry: &Entry) -> Registered<'static> {
        let text = read_text(reader, entry, self.settings).unwrap_or_default();
        let limits = &self.settings.limits;
        let (mut uses, mut defines) = (Vec::new(), Vec::new());
        if self.consumers.matches(&entry.path) {
            let consumers = parse_consumers(&text, limits).into_iter();
            let consumers = consumers.filter_map(|parsed| parsed.value);
            let all = consumers.flat_map(|consumer| consumer.uses);
            uses.extend(all.map(|one| one.contract));
        }
        if self.terms.matches(&entry.path) {
            let terms = parse_terms(&text, limits).into_iter();
            defines.extend(terms.filter_map(|parsed| Some(parsed.value?.name)));
        }
        Registered {
            path: Cow::Owned(entry.path.as_bytes().to_vec()),
            // What is only on disk is never registered, and asked only for what it uses.
            id: entry
                .object()
                .as_ref()
                .and_then(bytes_of)
                .unwrap_or_default(),
            uses: Names::of(uses),
            defines: Names::of(defines),
        }
    }
}
