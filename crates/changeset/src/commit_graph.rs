//! The folder of a repository's data in, what git wrote down of its commits out: parents and
//! levels, without unpacking any commit.
//!
//! Reads version 1 of the format that `gitformat-commit-graph` describes, in one file or in a chain
//! of them. Everything is optional: what is not understood, or not there, is as if git had written
//! nothing down.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of an object's name.
pub(crate) const NAME: usize = 20;

/// Entries of the table of first bytes.
const FANOUT: usize = 256;

/// Bytes that are kept of a commit: tree, two parents, level and time.
const COMMIT: usize = NAME + 16;

/// Most bytes that are read; beyond, reading them all would take longer than what they save.
const LIMIT: u64 = 32 << 20;

/// Stands for no parent.
const NONE: u32 = 0x7000_0000;

/// Marks a parent that stands in the list of further parents, and the last one there.
const MARK: u32 = 0x8000_0000;

/// The largest level that fits; those above are written as this one.
const MOST_LEVELS: u32 = 0x3fff_ffff;

/// The commits that git wrote down, each by its position.
pub(crate) struct CommitGraph {
    layers: Vec<Layer>,
}

/// One file of a chain.
struct Layer {
    bytes: Vec<u8>,
    /// Position of its first commit.
    first: u32,
    count: u32,
    fanout: usize,
    names: usize,
    commits: usize,
    /// Where further parents stand, if any commit has more than two.
    edges: Option<usize>,
}

/// What is written down of a commit.
pub(crate) struct Written {
    /// Positions of its parents.
    pub(crate) parents: Vec<u32>,
    /// Greater than that of every ancestor.
    pub(crate) level: u32,
}

impl CommitGraph {
    /// Reads what is written down, if anything is and all of it is understood.
    pub(crate) fn read(common_dir: &Path) -> Option<Self> {
        let info = common_dir.join("objects").join("info");
        let mut layers: Vec<Layer> = Vec::new();
        let mut left = LIMIT;
        for path in files(&info)? {
            let size = fs::metadata(&path).ok()?.len();
            left = left.checked_sub(size)?;
            let first = layers.last().map_or(Some(0), Layer::end)?;
            layers.push(Layer::new(fs::read(path).ok()?, first)?);
        }
        Some(Self { layers })
    }

    /// Finds a commit by its name.
    pub(crate) fn position(&self, name: &[u8]) -> Option<u32> {
        self.layers.iter().rev().find_map(|layer| layer.find(name))
    }

    /// Returns the name of a commit.
    pub(crate) fn name(&self, position: u32) -> Option<&[u8]> {
        let (layer, nth) = self.layer(position)?;
        let at = layer.names + nth * NAME;
        layer.bytes.get(at..at + NAME)
    }

    /// Returns what is written down of a commit; none where its level is not.
    pub(crate) fn commit(&self, position: u32) -> Option<Written> {
        let (layer, nth) = self.layer(position)?;
        let at = layer.commits + nth * COMMIT + NAME;
        let level = number(&layer.bytes, at + 8)? >> 2;
        if level == 0 || level >= MOST_LEVELS {
            return None;
        }
        let (one, other) = (number(&layer.bytes, at)?, number(&layer.bytes, at + 4)?);
        let mut parents = Vec::with_capacity(2);
        if one != NONE {
            parents.push(one);
        }
        if other & MARK != 0 {
            layer.further(other & !MARK, &mut parents)?;
        } else if other != NONE {
            parents.push(other);
        }
        Some(Written { parents, level })
    }

    fn layer(&self, position: u32) -> Option<(&Layer, usize)> {
        let holds = |layer: &&Layer| layer.first <= position;
        let layer = self.layers.iter().rev().find(holds)?;
        let nth = position - layer.first;
        (nth < layer.count).then_some((layer, nth as usize))
    }
}

impl Layer {
    fn new(bytes: Vec<u8>, first: u32) -> Option<Self> {
        // Version 1, of names by SHA-1.
        if bytes.get(..6)? != b"CGPH\x01\x01" {
            return None;
        }
        let chunks = usize::from(*bytes.get(6)?);
        let chunk = |wanted: &[u8]| {
            let mut rows = (0..chunks).map(|nth| 8 + nth * 12);
            let row = rows.find(|row| bytes.get(*row..row + 4) == Some(wanted))?;
            let start: [u8; 8] = bytes.get(row + 4..row + 12)?.try_into().ok()?;
            usize::try_from(u64::from_be_bytes(start)).ok()
        };
        let (fanout, names, commits) = (chunk(b"OIDF")?, chunk(b"OIDL")?, chunk(b"CDAT")?);
        let edges = chunk(b"EDGE");
        let count = number(&bytes, fanout.checked_add((FANOUT - 1) * 4)?)?;
        let end = |start: usize, size: usize| start.checked_add(size.checked_mul(count as usize)?);
        let is_whole = end(names, NAME)? <= bytes.len() && end(commits, COMMIT)? <= bytes.len();
        is_whole.then_some(Self {
            bytes,
            first,
            count,
            fanout,
            names,
            commits,
            edges,
        })
    }

    /// Position of the first commit of the file after this one.
    fn end(&self) -> Option<u32> {
        self.first.checked_add(self.count)
    }

    fn find(&self, name: &[u8]) -> Option<u32> {
        let byte = usize::from(*name.first()?);
        let bound = |byte: usize| number(&self.bytes, self.fanout + byte * 4);
        let mut low = if byte == 0 { 0 } else { bound(byte - 1)? };
        let mut high = bound(byte)?.min(self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = self.names + middle as usize * NAME;
            match self.bytes.get(at..at + NAME)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.first.checked_add(middle),
            }
        }
        None
    }

    /// Adds the parents of a merge of more than two.
    fn further(&self, start: u32, parents: &mut Vec<u32>) -> Option<()> {
        let mut at = self.edges?.checked_add(start as usize * 4)?;
        loop {
            let parent = number(&self.bytes, at)?;
            parents.push(parent & !MARK);
            if parent & MARK != 0 {
                return Some(());
            }
            at += 4;
        }
    }
}

/// Returns the files, those that the others build on first.
fn files(info: &Path) -> Option<Vec<PathBuf>> {
    let single = info.join("commit-graph");
    if single.exists() {
        return Some(vec![single]);
    }
    let folder = info.join("commit-graphs");
    let chain = fs::read_to_string(folder.join("commit-graph-chain")).ok()?;
    let file = |line: &str| folder.join(format!("graph-{line}.graph"));
    Some(chain.lines().map(file).collect())
}

/// Reads a number of four bytes, the greatest first.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
