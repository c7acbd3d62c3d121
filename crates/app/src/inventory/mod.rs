//! A whole audit in, what it found at hand for the next one out, which looks up what changes touch.
//!
//! An audit of a hundred thousand contracts after a hundred changes finds what the one before found,
//! but for what hangs on those changes. So what was found is kept in tables that are searched by
//! path, by the names of contracts, by what they refer to and by what their fields say, and never
//! read as a whole. Everything in it comes from the program's own folder, and from nothing else.

mod draft;
mod frame;
mod sheets;
mod table;
mod volume;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use meshlaw_changeset::{Entry, Kind, ObjectId, RepoPath};
use meshlaw_report::{Enforcement, Finding, Severity, State};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cache::{Cache, Key};
use crate::crossing::Reliance;
use crate::definitions::{Clash, read_files};
use crate::verdicts::{Outcome, Record};
pub use draft::{Noted, Whole, in_order};
pub use sheets::{Bundle, Draft, Sheets, stamps};
use table::{hash, numbers, rows, spread};
use volume::Volume;

/// What inventories are called in the cache.
pub const KIND: &str = "inventory";

/// The sections, in the order in which they are written.
#[derive(Debug, Clone, Copy)]
enum Section {
    /// What is kept of each file of contracts, in the order in which they were seen, and of consumers.
    Records,
    /// Where in the records each file of contracts stands.
    Files,
    /// Where in the records each file of consumers stands.
    Consumers,
    /// Paths and stamps of all files; empty for a commit.
    Roll,
    /// Files of contracts, by path.
    Paths,
    /// Files of contracts, by what those are called.
    Ids,
    /// Files of contracts, by their stable ids.
    StableIds,
    /// Files of contracts, by what these refer to.
    Targets,
    /// Files of consumers, by the contracts that these use.
    Uses,
    /// Files of contracts, for each thing that their fields say of a name.
    Said,
    /// What fields say of names, how often, where first, and where in which files.
    Sayings,
    /// What was found within files of contracts.
    Own,
    /// What was found between files and in others, each thing once, with how often.
    Findings,
    /// How often each thing was found, by its hash.
    Counts,
    /// Files of contracts that refer to something that is nowhere.
    Unanswered,
    /// Files of consumers that use something that is nowhere.
    Unmet,
    /// The definitions that clash.
    Clashes,
    /// Contracts, by product.
    Products,
    /// What contracts are called, each name once.
    Names,
    /// What the terms say.
    Terms,
    /// What the rest hangs on.
    Head,
}

/// Sorts of what is hashed for tables.
const ID: u8 = 0;
const PATH: u8 = 1;
const STABLE_ID: u8 = 2;

/// What the rest of an inventory hangs on, and what it sums up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// The root tree, of a commit.
    pub root: Option<[u8; 20]>,
    /// The date that was taken for today.
    pub as_of: String,
    /// Whether anything found hangs on that date.
    pub is_dated: bool,
    /// What the terms said, as a hash.
    pub terms: Key,
    /// How many contracts there are.
    pub contracts: usize,
    /// How many files of contracts there are.
    pub files: usize,
    /// How many findings there are of each sort, each thing once.
    pub totals: Vec<(Sort, usize)>,
}

/// What findings are counted by.
pub type Sort = (State, Severity, Enforcement);

/// Something that contracts refer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A contract, as `domain/name`.
    Contract(String),
    /// A file.
    File(String),
}

/// What is kept of a file of contracts.
#[derive(Debug, Clone)]
pub struct Filed {
    /// Its path.
    pub path: String,
    /// What tells its bytes from any others; empty where nothing is sure enough.
    pub stamp: Vec<u8>,
    /// What was found out about it, but for what is wrong with it.
    pub outcome: Outcome,
    /// What is wrong with that which its contracts say of others.
    pub crossed: Vec<Finding>,
    /// What they say of others, in order.
    pub relies: Vec<Reliance>,
}

/// What is kept of a file of consumers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Using {
    /// Its path.
    pub path: String,
    /// What tells its bytes from any others.
    pub stamp: Vec<u8>,
    /// What is wrong with its uses.
    pub found: Vec<Finding>,
}

/// What fields say of a name, how many contracts say it, and where it is said first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying {
    /// What it is.
    pub value: [u8; 4],
    /// How many contracts say so.
    pub count: u32,
    /// The file of the first.
    pub file: u32,
    /// Its place within the file.
    pub document: u32,
}

/// What fields say of a name, and where it stands in which files they do.
struct Stated {
    saying: Saying,
    at: u64,
    length: u64,
}

/// What is kept of the findings of a run: the bytes of each, and how often there is such a one.
pub type Tallied = Vec<(Vec<u8>, u32)>;

/// What is kept of all files of contracts.
pub struct Shelved {
    places: Vec<u8>,
    records: Vec<u8>,
    own: Vec<u8>,
}

/// Where what is kept of a file stands, and what is wrong with it.
#[derive(Default, Clone)]
struct Place {
    at: u64,
    length: u64,
    own_at: u64,
    own_length: u64,
    /// What it says of others, and what is wrong with that; nothing is no bytes.
    crossed_at: u64,
    crossed_length: u64,
}

impl Shelved {
    fn places(&self) -> impl Iterator<Item = Option<Place>> {
        self.places.chunks_exact(frame::PLACE).map(Place::read)
    }

    fn own(&self, place: &Place) -> Option<&[u8]> {
        part(&self.own, place.own_at, place.own_length)
    }

    /// Returns the records of all files, by their paths.
    pub fn records(&self) -> Option<HashMap<Cow<'_, str>, Record<'_>>> {
        let records = self.places().map(|place| {
            let place = place?;
            let bytes = part(&self.records, place.at, place.length)?;
            frame::record_of(bytes, self.own(&place)?)
        });
        records.collect()
    }

    /// Returns what is wrong with each file, but for some.
    pub fn findings(&self, is_skipped: impl Fn(u32) -> bool) -> Option<Vec<Finding>> {
        let mut findings = Vec::new();
        for (number, place) in (0..).zip(self.places()) {
            if !is_skipped(number) {
                let own: Vec<Finding> = postcard::from_bytes(self.own(&place?)?).ok()?;
                findings.extend(own);
            }
        }
        Some(findings)
    }
}

fn part(bytes: &[u8], at: u64, length: u64) -> Option<&[u8]> {
    let rest = bytes.get(usize::try_from(at).ok()?..)?;
    rest.get(..usize::try_from(length).ok()?)
}

/// An inventory that is open.
pub struct Inventory {
    volume: Volume,
    /// What it hangs on.
    pub head: Head,
}

impl Inventory {
    /// Opens the inventory under a key; none where there is none that is whole.
    pub fn open(cache: &Cache, key: &Key) -> Option<Self> {
        let volume = Volume::open(&cache.place(KIND, key), key)?;
        let head = volume.value(Section::Head as usize)?;
        Some(Self { volume, head })
    }

    /// Tells whether anything in it was not as it was written, so that nothing made of it counts.
    pub fn is_damaged(&self) -> bool {
        self.volume.is_damaged()
    }

    /// Reads what is kept of all files of contracts.
    pub fn shelved(&self) -> Option<Shelved> {
        Some(Shelved {
            places: self.volume.section(Section::Files as usize)?,
            records: self.volume.section(Section::Records as usize)?,
            own: self.volume.section(Section::Own as usize)?,
        })
    }

    /// Returns a file of contracts by its number, which is its place in the order of paths.
    pub fn file(&self, number: u32) -> Option<Filed> {
        let place = self.place(Section::Files, number)?;
        let bytes = self
            .volume
            .part(Section::Records as usize, place.at, place.length)?;
        let crossed = match place.crossed_length {
            0 => Default::default(),
            length => {
                let section = Section::Records as usize;
                let bytes = self.volume.part(section, place.crossed_at, length)?;
                self.volume.doubt(postcard::from_bytes(&bytes).ok())?
            }
        };
        self.volume.doubt(frame::filed(&bytes, crossed))
    }

    /// Returns what is wrong with a file of contracts, apart from others.
    pub fn own(&self, number: u32) -> Option<Vec<Finding>> {
        let place = self.place(Section::Files, number)?;
        let own = (place.own_at, place.own_length);
        let bytes = self.volume.part(Section::Own as usize, own.0, own.1)?;
        self.volume.doubt(postcard::from_bytes(&bytes).ok())
    }

    fn place(&self, section: Section, number: u32) -> Option<Place> {
        let size = frame::PLACE as u64;
        let at = u64::from(number) * size;
        let bytes = self.volume.part(section as usize, at, size)?;
        Place::read(&bytes)
    }

    /// Returns the file of contracts at a path, with its number.
    pub fn at(&self, path: &str) -> Option<Option<(u32, Filed)>> {
        for number in self.numbers(Section::Paths, hash(PATH, path.as_bytes()))? {
            let filed = self.file(number)?;
            if filed.path == path {
                return Some(Some((number, filed)));
            }
        }
        Some(None)
    }

    fn numbers(&self, section: Section, key: u64) -> Option<Vec<u32>> {
        numbers(&self.volume, section as usize, key)
    }

    /// Returns the files that may hold contracts of a name.
    pub fn named(&self, id: &str) -> Option<Vec<u32>> {
        self.numbers(Section::Ids, hash(ID, id.as_bytes()))
    }

    /// Returns the files that may hold contracts of a stable id.
    pub fn identified(&self, id: &str) -> Option<Vec<u32>> {
        self.numbers(Section::StableIds, hash(STABLE_ID, id.as_bytes()))
    }

    /// Returns the files that may refer to something.
    pub fn referring(&self, target: &Target) -> Option<Vec<u32>> {
        self.numbers(Section::Targets, target.hash())
    }

    /// Returns the files that refer to what is nowhere.
    pub fn unanswered(&self) -> Option<Vec<u32>> {
        self.volume.value(Section::Unanswered as usize)
    }

    /// Returns the files of consumers that may use a contract.
    pub fn using(&self, id: &str) -> Option<Vec<u32>> {
        self.numbers(Section::Uses, hash(ID, id.as_bytes()))
    }

    /// Returns the files of consumers that use what is nowhere.
    pub fn unmet(&self) -> Option<Vec<u32>> {
        self.volume.value(Section::Unmet as usize)
    }

    /// Returns a file of consumers by its number.
    pub fn consumer(&self, number: u32) -> Option<Using> {
        let place = self.place(Section::Consumers, number)?;
        let bytes = self
            .volume
            .part(Section::Records as usize, place.at, place.length)?;
        self.volume.doubt(postcard::from_bytes(&bytes).ok())
    }

    /// Returns all that fields say of a name.
    pub fn sayings(&self, about: [u8; 8]) -> Option<Vec<Saying>> {
        let stated = self.stated(about)?.into_iter();
        Some(stated.map(|stated| stated.saying).collect())
    }

    /// Returns the files in which fields say something of a name.
    pub fn saying(&self, about: [u8; 8], value: [u8; 4]) -> Option<Vec<u32>> {
        let stated = self.stated(about)?.into_iter();
        let mut own = stated.filter(|stated| stated.saying.value == value);
        let Some(Stated { at, length, .. }) = own.next() else {
            return Some(Vec::new());
        };
        let bytes = self.volume.part(Section::Said as usize, at, length)?;
        self.volume.doubt(read_files(&bytes))
    }

    fn stated(&self, about: [u8; 8]) -> Option<Vec<Stated>> {
        let key = spread(u64::from_le_bytes(about));
        let rows = rows::<{ draft::STATED }>(&self.volume, Section::Sayings as usize, key)?;
        rows.iter().map(draft::stated_of).collect()
    }

    /// Returns the definitions that clash.
    pub fn clashes(&self) -> Option<Vec<Clash>> {
        self.volume.value(Section::Clashes as usize)
    }

    /// Returns the contracts of each product, with how often it names each.
    pub fn products(&self) -> Option<BTreeMap<String, BTreeMap<String, u32>>> {
        self.volume.value(Section::Products as usize)
    }

    /// Returns what contracts are called.
    pub fn names(&self) -> Option<Vec<String>> {
        self.volume.value(Section::Names as usize)
    }

    /// Returns the terms of each file, as they are written down.
    pub fn terms(&self) -> Option<Vec<(String, String)>> {
        self.volume.value(Section::Terms as usize)
    }

    /// Returns what was found between files, and in others than those of contracts.
    pub fn findings(&self) -> Option<Tallied> {
        self.volume.value(Section::Findings as usize)
    }

    /// Returns how often something was found.
    pub fn count(&self, finding: &[u8]) -> Option<u32> {
        let section = Section::Counts as usize;
        let rows = numbers(&self.volume, section, finding_key(finding))?;
        Some(rows.first().copied().unwrap_or_default())
    }

    /// Returns the paths and stamps of all files of a work tree, as they were.
    pub fn roll(&self) -> Option<Vec<u8>> {
        self.volume.section(Section::Roll as usize)
    }
}

impl Target {
    fn hash(&self) -> u64 {
        match self {
            Self::Contract(id) => hash(ID, id.as_bytes()),
            Self::File(path) => hash(PATH, path.as_bytes()),
        }
    }
}

/// Returns an entry of a commit that bears a stamp; none for files on disk, which must be looked up.
pub fn entry(path: &str, stamp: &[u8]) -> Option<Entry> {
    let id: &[u8; 20] = stamp.try_into().ok()?;
    let path = RepoPath::parse(path).ok()?;
    Some(Entry::stored(path, Kind::File, ObjectId::from_bytes(id)))
}

fn finding_key(bytes: &[u8]) -> u64 {
    let hash = Sha256::digest(bytes);
    hash.first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
