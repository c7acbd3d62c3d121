//! The folder of a repository's data in, what git wrote down of its commits out: parents and
//! levels, without unpacking any commit.
//!
//! Reads version 1 of the format that `gitformat-commit-graph` describes, in one file or in a chain
//! of them. Everything is optional: what is not understood, or not there, is as if git had written
//! nothing down.

use std::fs;
use std::path::{Path, PathBuf};

use crate::pack::Stored;

/// Bytes of an object's name.
pub(crate) const NAME: usize = 20;

/// Entries of the table of first bytes.
const FANOUT: usize = 256;

/// Bytes that are kept of a commit: tree, two parents, level and time.
const COMMIT: usize = NAME + 16;

/// Bytes in front that say where everything stands: a file has a dozen chunks at most.
const FRONT: usize = 1024;

/// Most bytes that are read; beyond, reading them all would take longer than what they save.
const LIMIT: usize = 32 << 20;

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
    file: Stored,
    /// Position of its first commit.
    first: u32,
    count: u32,
    /// Where the table of first bytes stands, and the names.
    fanout: usize,
    names: usize,
    /// What is kept of the commits, of which most are looked at where any is.
    commits: Vec<u8>,
    /// Where further parents stand, if any commit has more than two.
    edges: Option<usize>,
}

impl CommitGraph {
    /// Reads what is written down, if anything is and all of it is understood.
    pub(crate) fn read(common_dir: &Path) -> Option<Self> {
        let info = common_dir.join("objects").join("info");
        let mut layers: Vec<Layer> = Vec::new();
        let mut left = LIMIT;
        for path in files(&info)? {
            let first = layers.last().map_or(Some(0), Layer::end)?;
            let layer = Layer::open(&path, first, left)?;
            left = left.checked_sub(layer.commits.len())?;
            layers.push(layer);
        }
        Some(Self { layers })
    }

    /// How many commits there are.
    pub(crate) fn count(&self) -> usize {
        let end = self.layers.last().and_then(Layer::end);
        end.map_or(0, |end| end as usize)
    }

    /// Finds a commit by its name.
    pub(crate) fn position(&self, name: &[u8]) -> Option<u32> {
        self.layers.iter().rev().find_map(|layer| layer.find(name))
    }

    /// Returns the name of a commit.
    pub(crate) fn name(&self, position: u32) -> Option<Vec<u8>> {
        let (layer, nth) = self.layer(position)?;
        let mut name = Vec::new();
        let at = layer.names + nth * NAME;
        layer.file.read_exact(at as u64, NAME, &mut name)?;
        Some(name)
    }

    /// Returns the level of a commit, which is greater than that of every ancestor; none where it is
    /// not written down.
    pub(crate) fn level(&self, position: u32) -> Option<u32> {
        let (layer, nth) = self.layer(position)?;
        let level = number(&layer.commits, nth * COMMIT + NAME + 8)? >> 2;
        (level > 0 && level < MOST_LEVELS).then_some(level)
    }

    /// Shows the positions of the parents of a commit.
    pub(crate) fn parents(&self, position: u32, mut show: impl FnMut(u32)) -> Option<()> {
        let (layer, nth) = self.layer(position)?;
        let at = nth * COMMIT + NAME;
        let (one, other) = (number(&layer.commits, at)?, number(&layer.commits, at + 4)?);
        if one != NONE {
            show(one);
        }
        if other & MARK != 0 {
            layer.further(other & !MARK, show)?;
        } else if other != NONE {
            show(other);
        }
        Some(())
    }

    fn layer(&self, position: u32) -> Option<(&Layer, usize)> {
        let holds = |layer: &&Layer| layer.first <= position;
        let layer = self.layers.iter().rev().find(holds)?;
        let nth = position - layer.first;
        (nth < layer.count).then_some((layer, nth as usize))
    }
}

impl Layer {
    /// Opens a file; none where its commits have more bytes than may be read.
    fn open(path: &Path, first: u32, most: usize) -> Option<Self> {
        let file = Stored::open(path)?;
        let mut front = Vec::new();
        file.read(0, FRONT, &mut front)?;
        // Version 1, of names by SHA-1.
        if front.get(..6)? != b"CGPH\x01\x01" {
            return None;
        }
        let chunks = usize::from(*front.get(6)?);
        let chunk = |wanted: &[u8]| {
            let mut rows = (0..chunks).map(|nth| 8 + nth * 12);
            let row = rows.find(|row| front.get(*row..row + 4) == Some(wanted))?;
            let start: [u8; 8] = front.get(row + 4..row + 12)?.try_into().ok()?;
            usize::try_from(u64::from_be_bytes(start)).ok()
        };
        let (fanout, names, start) = (chunk(b"OIDF")?, chunk(b"OIDL")?, chunk(b"CDAT")?);
        let edges = chunk(b"EDGE");
        let count = number_at(&file, fanout.checked_add((FANOUT - 1) * 4)?)?;
        let end = |start: usize, size: usize| start.checked_add(size.checked_mul(count as usize)?);
        let size = end(0, COMMIT).filter(|size| *size <= most)?;
        let is_whole = end(names, NAME)? as u64 <= file.end();
        let mut commits = Vec::new();
        file.read_exact(start as u64, size, &mut commits)?;
        is_whole.then_some(Self {
            file,
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
        let bound = |byte: usize| number_at(&self.file, self.fanout + byte * 4);
        let low = if byte == 0 { 0 } else { bound(byte - 1)? };
        let high = bound(byte)?.min(self.count);
        let (low, count) = (low as usize, high.checked_sub(low)? as usize);
        let mut names = Vec::new();
        let at = self.names + low * NAME;
        self.file.read_exact(at as u64, count * NAME, &mut names)?;
        let names: Vec<&[u8]> = names.chunks_exact(NAME).collect();
        let nth = names.binary_search(&name).ok()?;
        self.first.checked_add(u32::try_from(low + nth).ok()?)
    }

    /// Shows the parents of a merge of more than two, but for the first.
    fn further(&self, start: u32, mut show: impl FnMut(u32)) -> Option<()> {
        let mut at = self.edges?.checked_add(start as usize * 4)?;
        loop {
            let parent = number_at(&self.file, at)?;
            show(parent & !MARK);
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

/// The same, where it stands in a file.
fn number_at(file: &Stored, at: usize) -> Option<u32> {
    let mut bytes = Vec::new();
    file.read_exact(at as u64, 4, &mut bytes)?;
    number(&bytes, 0)
}
