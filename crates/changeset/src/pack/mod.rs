//! Names of objects in, their bytes out, read from packs so that each is unpacked once.
//!
//! Git keeps alike objects as deltas, each to the object before it in a chain. To read one alone is
//! to unpack all that it stands on, and to read them all that way is to do so again and again. Here
//! the deltas of the objects that are wanted are taken for what they are, trees ([`forest`]), and
//! walked from the root ([`walk`]), so that what has been unpacked serves all that stands on it.
//!
//! What is not understood is not an error: it is left to libgit2, which knows every shape of a
//! repository and has the words for what is wrong with one. Packs may come from strangers, so that
//! nothing in them is believed before it was looked at.

pub(crate) mod delta;
mod forest;
pub(crate) mod header;
mod index;
#[cfg(test)]
mod oracle;
mod packs;
mod stored;
mod sweep;
#[cfg(test)]
mod tests;
mod unpack;
mod walk;

use std::fs;
use std::path::{Path, PathBuf};

use crate::entry::ObjectId;
use index::Index;
pub(crate) use stored::Stored;
use sweep::Route;

pub(crate) use header::Kind;
pub use packs::Position;
pub(crate) use packs::{Desk, Packs};
pub(crate) use walk::Walk;

/// The most bytes of a tree that is read; more than half a million entries.
pub(crate) const TREE_LIMIT: u64 = 32 * 1024 * 1024;

/// Objects of one pack that are wanted, with all that they stand on, in the order of a walk.
pub(crate) struct Grove {
    pack: Stored,
    route: Route,
}

/// What packs have of the objects that are wanted.
pub(crate) struct Groves {
    /// One for each pack that has any.
    pub(crate) groves: Vec<Grove>,
    /// The positions of those that no pack has, or none that is understood.
    pub(crate) others: Vec<usize>,
}

impl Groves {
    /// What there is where packs are not looked into.
    pub(crate) fn none(wanted: Vec<(ObjectId, usize)>) -> Self {
        Self {
            groves: Vec::new(),
            others: wanted.into_iter().map(|(_, position)| position).collect(),
        }
    }

    /// Finds objects of one kind in the packs of a repository; each comes with a position by which
    /// whoever wants it will know it again.
    pub(crate) fn find(common_dir: &Path, kind: Kind, wanted: Vec<(ObjectId, usize)>) -> Self {
        let mut groves = Vec::new();
        let mut others = wanted;
        // Names are hashes: the first bytes tell nearly all apart.
        let first = |id: &ObjectId| id.as_bytes().first_chunk().copied().map(u64::from_be_bytes);
        others.sort_unstable_by(|one, other| {
            let order = first(&one.0).cmp(&first(&other.0));
            order.then_with(|| one.cmp(other))
        });
        for path in indexes(common_dir) {
            if others.is_empty() {
                break;
            }
            let Some((grove, left)) = Grove::plant(&path, kind, &others) else {
                continue;
            };
            groves.push(grove);
            others = left;
        }
        let mut others: Vec<usize> = others.into_iter().map(|(_, position)| position).collect();
        for grove in &mut groves {
            others.append(&mut grove.unreached());
        }
        others.sort_unstable();
        Self { groves, others }
    }
}

impl Grove {
    /// Takes what one pack has of the objects, sorted by their names, and returns the others, too.
    fn plant(
        path: &Path,
        kind: Kind,
        wanted: &[(ObjectId, usize)],
    ) -> Option<(Self, Vec<(ObjectId, usize)>)> {
        let index = Index::open(path)?;
        let offsets = index.find_all(wanted.iter().map(|(id, _)| id.as_bytes()))?;
        let found = |offset: &Option<u64>| offset.is_some();
        if !offsets.iter().any(found) {
            return None;
        }
        let pack = Stored::pack(&path.with_extension("pack"), index.count())?;
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for (one, offset) in wanted.iter().zip(offsets) {
            match offset {
                Some(offset) => here.push((offset, one.1)),
                None => elsewhere.push(*one),
            }
        }
        let route = sweep::gather(&pack, &index, kind, here)?;
        Some((Self { pack, route }, elsewhere))
    }

    /// How many objects a walk passes.
    pub(crate) fn len(&self) -> usize {
        self.route.spots.len()
    }

    /// Takes out of what is wanted whatever no walk comes to.
    fn unreached(&mut self) -> Vec<usize> {
        let reached = self.route.spots.len();
        let first = self
            .route
            .wanted
            .partition_point(|(spot, _)| *spot < reached);
        let left = self.route.wanted.split_off(first);
        left.into_iter().map(|(_, position)| position).collect()
    }
}

/// The indexes of a repository's packs, by name.
fn indexes(common_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(common_dir.join("objects").join("pack"));
    let paths = entries.into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = paths.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "idx"));
    paths.sort();
    paths
}
