//! Files of a work tree in, a roll of them out, and what differs from a roll that was called before.
//!
//! A roll goes folder by folder, as the walk does that holds the files against it. That walk looks at
//! each file once and spells no path out but of what differs.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use meshlaw_changeset::{Entry, Folder, FoundFile, Kind, Reader, RepoPath};
use rayon::prelude::*;

use super::Asked;
use super::kinds::{CONTRACTS, Kinds, OTHERS, plain};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::verdicts::{Archive, Keeper};

/// What lies where beside contracts, before any of it is read.
pub(super) struct Roll {
    /// The stamps of files of consumers and terms.
    pub(super) stamps: BTreeMap<String, Vec<u8>>,
    /// The same files of a work tree, sorted by path; none of a commit.
    others: Vec<RepoPath>,
    is_commit: bool,
}

impl Roll {
    /// Lists the files by which contracts are judged, and takes their stamps; none where one of
    /// them has a path that is no plain text.
    ///
    /// A contract's stamp is that of the bytes that are read.
    pub(super) fn call(
        settings: &Settings,
        reader: &Reader,
        asked: &Asked<'_>,
    ) -> Result<Option<Self>, Failure> {
        let Some(keeper) = Keeper::new(asked.as_of) else {
            return Ok(None);
        };
        let entries = reader.list(&Kinds::new(settings)?.others)?;
        let stamped = entries.par_iter().map(|entry| {
            let path = plain(&entry.path)?.to_owned();
            Some((path, keeper.stamp(entry).unwrap_or_default()))
        });
        let Some(stamps) = stamped.collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        Ok(Some(Self {
            stamps: stamps.into_iter().collect(),
            others: entries.into_iter().map(|entry| entry.path).collect(),
            is_commit: reader.root_tree().is_some(),
        }))
    }

    /// Writes folder after folder: its path and its lines; nothing of a commit. None where a
    /// contract has a path that is no plain text.
    ///
    /// `stamps` are those of the bytes of contracts that were read; they are in the order of the
    /// entries of these.
    pub(super) fn bound(&self, contracts: &[Entry], stamps: &[&[u8]]) -> Option<Vec<u8>> {
        if self.is_commit {
            let all_plain = contracts.iter().all(|entry| plain(&entry.path).is_some());
            return all_plain.then(Vec::new);
        }
        let mut sheet = Sheet::default();
        sheet.lines.reserve(contracts.len() * LINE);
        let mut others = self.others.iter().peekable();
        for (entry, stamp) in contracts.iter().zip(stamps) {
            while let Some(other) = others.next_if(|other| **other < entry.path) {
                self.add(&mut sheet, other, OTHERS)?;
            }
            match others.next_if(|other| **other == entry.path) {
                // What contracts are judged by was read before any of these.
                Some(other) => self.add(&mut sheet, other, CONTRACTS | OTHERS)?,
                None => sheet.add(plain(&entry.path)?, CONTRACTS, stamp)?,
            }
        }
        for other in others {
            self.add(&mut sheet, other, OTHERS)?;
        }
        sheet.bound()
    }

    fn add<'r>(&'r self, sheet: &mut Sheet<'r>, path: &'r RepoPath, mask: u8) -> Option<()> {
        let path = plain(path)?;
        let stamp = self.stamps.get(path).map_or(&[][..], Vec::as_slice);
        sheet.add(path, mask, stamp)
    }
}

/// The lines of all files in the order of their paths.
#[derive(Default)]
struct Sheet<'p> {
    lines: Vec<u8>,
    /// Folders, each with where its lines stand: what lies in one of its folders comes in between.
    pieces: Vec<(&'p str, Range<usize>)>,
}

impl<'p> Sheet<'p> {
    fn add(&mut self, path: &'p str, mask: u8, stamp: &[u8]) -> Option<()> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let start = self.lines.len();
        write(&mut self.lines, mask, name, stamp)?;
        let end = self.lines.len();
        match self.pieces.last_mut().filter(|(last, _)| *last == folder) {
            Some((_, piece)) => piece.end = end,
            None => self.pieces.push((folder, start..end)),
        }
        Some(())
    }

    fn bound(mut self) -> Option<Vec<u8>> {
        let place = |(folder, piece): &(&'p str, Range<usize>)| (*folder, piece.start);
        self.pieces.sort_unstable_by_key(place);
        let folders = || self.pieces.chunk_by(|(one, _), (other, _)| one == other);
        let paths = folders().filter_map(|pieces| Some(pieces.first()?.0.len()));
        let lengths = paths.map(|length| length + 8).sum::<usize>();
        let mut bytes = Vec::with_capacity(self.lines.len() + lengths);
        for pieces in folders() {
            let (path, _) = pieces.first()?;
            let length = pieces.iter().map(|(_, piece)| piece.len()).sum::<usize>();
            bytes.extend(u32::try_from(path.len()).ok()?.to_le_bytes());
            bytes.extend_from_slice(path.as_bytes());
            bytes.extend(u32::try_from(length).ok()?.to_le_bytes());
            for (_, piece) in pieces {
                bytes.extend_from_slice(self.lines.get(piece.clone())?);
            }
        }
        Some(bytes)
    }
}

/// About as many bytes as a line has.
const LINE: usize = 96;

/// A file as it was: its name, the kinds that it is of, and its stamp, which is empty where nothing
/// was sure enough.
struct Line<'l> {
    name: &'l [u8],
    mask: u8,
    stamp: &'l [u8],
}

fn write(lines: &mut Vec<u8>, mask: u8, name: &str, stamp: &[u8]) -> Option<()> {
    lines.push(mask);
    lines.push(u8::try_from(stamp.len()).ok()?);
    lines.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
    lines.extend(name.as_bytes());
    lines.extend(stamp);
    Some(())
}

/// Reads the lines of a folder, which are sorted by name.
fn read(mut bytes: &[u8]) -> Option<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    while !bytes.is_empty() {
        let ([mask, stamp], rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (name, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let (stamp, rest) = rest.split_at_checked(usize::from(*stamp))?;
        let mask = *mask;
        lines.push(Line { name, mask, stamp });
        bytes = rest;
    }
    Some(lines)
}

/// A folder as it was.
struct Held<'r> {
    lines: &'r [u8],
    /// Whether the walk came by.
    is_met: AtomicBool,
}

fn unbound(mut bytes: &[u8]) -> Option<HashMap<&[u8], Held<'_>>> {
    let mut folders = HashMap::new();
    let mut part = || {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((part, rest.is_empty()))
    };
    loop {
        let Some((path, _)) = part() else {
            return folders.is_empty().then_some(folders);
        };
        let (lines, is_last) = part()?;
        let is_met = AtomicBool::new(false);
        folders.insert(path, Held { lines, is_met });
        if is_last {
            return Some(folders);
        }
    }
}

/// A file that differs from a roll: its path, the kinds that it is of, and whether it is there.
pub(super) struct Differing {
    pub(super) path: RepoPath,
    pub(super) mask: u8,
    pub(super) is_there: bool,
}

/// Finds what differs from a roll; none where anything cannot be looked at, so that somebody else
/// has to say what is wrong.
pub(super) fn differing(
    kinds: &Kinds,
    root: Folder,
    roll: &[u8],
    keeper: &Keeper,
) -> Option<Vec<Differing>> {
    let walk = Walk {
        kinds,
        settled: keeper.settled,
        held: unbound(roll)?,
        found: Mutex::new(Some(Vec::new())),
    };
    rayon::scope(|scope| walk.visit(scope, &root));
    let mut found = walk.found.into_inner().unwrap_or_default()?;
    let unmet = walk
        .held
        .iter()
        .filter(|(_, held)| !held.is_met.load(Ordering::Relaxed));
    for (path, held) in unmet {
        let folder = RepoPath::from_git(*path);
        found.extend(read(held.lines)?.iter().map(|line| gone(&folder, line)));
    }
    found.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Some(found)
}

/// A walk over a work tree that holds it against a roll.
struct Walk<'w> {
    kinds: &'w Kinds,
    settled: u64,
    held: HashMap<&'w [u8], Held<'w>>,
    /// What differs; nothing once something could not be looked at.
    found: Mutex<Option<Vec<Differing>>>,
}

impl Walk<'_> {
    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, folder: &Folder) {
        let visited = self.compared(folder);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((folders, differing)) = visited else {
            *found = None;
            return;
        };
        let Some(all) = &mut *found else { return };
        all.extend(differing);
        drop(found);
        for below in folders {
            scope.spawn(move |scope| self.visit(scope, &below));
        }
    }

    /// Holds one folder against the roll; returns those that lie in it, and what differs.
    fn compared(&self, folder: &Folder) -> Option<(Vec<Folder>, Vec<Differing>)> {
        let held = self.held.get(folder.path.as_bytes());
        let lines = match held {
            Some(held) => {
                held.is_met.store(true, Ordering::Relaxed);
                read(held.lines)?
            }
            None => Vec::new(),
        };
        let is_listed = |name: &[u8]| lines.binary_search_by(|line| line.name.cmp(name)).is_ok();
        let is_file =
            |name: &[u8]| is_listed(name) || self.kinds.all.matches(&folder.path.join(name));
        let is_folder = |path: &RepoPath| self.kinds.all.may_contain(path);
        let found = folder.look(self.settled, is_file, is_folder).ok()?;
        let mut lines = lines.iter().peekable();
        let mut differing = Vec::new();
        for file in &found.files {
            while let Some(line) = lines.next_if(|line| *line.name < *file.name) {
                differing.push(gone(&folder.path, line));
            }
            let line = lines.next_if(|line| *line.name == *file.name);
            if line.is_some_and(|line| is_same(line, file)) {
                continue;
            }
            let path = folder.path.join(&file.name);
            differing.push(Differing {
                mask: line.map_or_else(|| self.kinds.mask(&path), |line| line.mask),
                path,
                is_there: true,
            });
        }
        differing.extend(lines.map(|line| gone(&folder.path, line)));
        Some((found.folders, differing))
    }
}

fn is_same(line: &Line<'_>, file: &FoundFile) -> bool {
    file.kind == Kind::File && file.stamp.as_ref().is_some_and(|stamp| stamp == line.stamp)
}

fn gone(folder: &RepoPath, line: &Line<'_>) -> Differing {
    Differing {
        path: folder.join(line.name),
        mask: line.mask,
        is_there: false,
    }
}
