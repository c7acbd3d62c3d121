//! The files of one kind at one root tree in, those that speak of something out, looked up where
//! they lie: a gate is about a few of thousands.

use std::borrow::Cow;
use std::collections::BTreeSet;

use meshlaw_changeset::{Entry, Kind, ObjectId, RepoPath};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::cache::Key;

/// The files of one kind at one root tree, sorted by path; those that say nothing are left out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Register<'p> {
    /// What the settings say of such files.
    pub scope: Key,
    /// Id of the root tree.
    pub tree: [u8; 20],
    /// The files, one after the other.
    #[serde(borrow)]
    files: Cow<'p, [u8]>,
    /// Where each file ends.
    ends: Indices<'p>,
    /// Hashes of what files use and define, and of what follows the last slash in it, in their order.
    hashes: Numbers<'p>,
    /// The index of the file that each hash is of.
    holders: Indices<'p>,
    /// Indices of files that define something.
    definers: Indices<'p>,
}

/// One file, and what it speaks of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Registered<'p> {
    /// Where it lies.
    #[serde(borrow)]
    pub path: Cow<'p, [u8]>,
    /// The object that holds its bytes.
    pub id: [u8; 20],
    /// Names of contracts that it uses.
    #[serde(borrow)]
    pub uses: Names<'p>,
    /// Names that it defines.
    #[serde(borrow)]
    pub defines: Names<'p>,
}

/// Names in one text, so that reading a register copies none of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Names<'p>(#[serde(borrow)] Cow<'p, str>);

/// Stands between names, and never in one.
const BETWEEN: char = '\0';

impl Names<'static> {
    /// Puts names together.
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().map(name).collect();
        let names: Vec<String> = names.into_iter().collect();
        Self(Cow::Owned(names.join(&BETWEEN.to_string())))
    }
}

impl Names<'_> {
    /// Returns the names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(BETWEEN).filter(|name| !name.is_empty())
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Leaves out of a name what stands between names: two that become one are both found.
pub fn name(name: String) -> String {
    if name.contains(BETWEEN) {
        name.replace(BETWEEN, "")
    } else {
        name
    }
}

impl Registered<'_> {
    /// Returns the file with what it says, apart from its register.
    pub fn into_owned(self) -> Registered<'static> {
        let owned = |names: Names<'_>| Names(Cow::Owned(names.0.into_owned()));
        Registered {
            path: Cow::Owned(self.path.into_owned()),
            id: self.id,
            uses: owned(self.uses),
            defines: owned(self.defines),
        }
    }

    /// Returns the file as a listing would.
    pub fn entry(&self) -> Entry {
        let path = RepoPath::from_git(self.path.as_ref());
        Entry::stored(path, Kind::File, ObjectId::from_bytes(&self.id))
    }
}

impl Register<'_> {
    /// Orders files, sorted by path, so that they can be looked up.
    pub fn of(scope: Key, tree: [u8; 20], all: &[Registered<'_>]) -> Self {
        let (mut files, mut ends, mut definers) = (Vec::new(), Vec::new(), Vec::new());
        let mut held = BTreeSet::new();
        for (at, file) in all.iter().enumerate() {
            let at = at as u32;
            // Writing to memory does not fail.
            files = postcard::to_extend(file, files).unwrap_or_default();
            ends.push(files.len() as u32);
            if !file.defines.is_empty() {
                definers.push(at);
            }
            for name in file.uses.iter().chain(file.defines.iter()) {
                let last = name.rsplit_once('/').map(|(_, last)| last);
                held.extend(last.into_iter().chain([name]).map(|name| (hash(name), at)));
            }
        }
        let (hashes, holders): (Vec<u64>, Vec<u32>) = held.into_iter().unzip();
        Self {
            scope,
            tree,
            files: Cow::Owned(files),
            ends: Indices::of(&ends),
            hashes: Numbers::of(&hashes),
            holders: Indices::of(&holders),
            definers: Indices::of(&definers),
        }
    }

    /// Returns every file, in the order of paths.
    pub fn files(&self) -> impl Iterator<Item = Registered<'_>> {
        (0..self.ends.count()).filter_map(|at| self.file(at))
    }

    /// Returns the files that define something.
    pub fn definers(&self) -> impl Iterator<Item = Registered<'_>> {
        let indices = (0..self.definers.count()).filter_map(|at| self.definers.index(at));
        indices.filter_map(|at| self.file(at))
    }

    /// Returns the file at a path.
    pub fn at(&self, path: &[u8]) -> Option<Registered<'_>> {
        let is_after = |at| self.file(at).is_none_or(|file| file.path.as_ref() >= path);
        let found = self.file(first(self.ends.count(), is_after))?;
        (found.path == path).then_some(found)
    }

    /// Returns the files that may use or define one of the names, or a path that ends in one, and
    /// few others.
    pub fn speaking_of<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> impl Iterator<Item = Registered<'_>> {
        let mut holders = BTreeSet::new();
        for name in names {
            let name = hash(name);
            let count = self.hashes.count();
            let first = first(count, |at| {
                self.hashes.get(at).is_some_and(|found| found >= name)
            });
            let same = (first..count).take_while(|at| self.hashes.get(*at) == Some(name));
            holders.extend(same.filter_map(|at| self.holders.index(at)));
        }
        holders.into_iter().filter_map(|at| self.file(at))
    }

    fn file(&self, at: usize) -> Option<Registered<'_>> {
        let from = match at {
            0 => 0,
            _ => self.ends.index(at - 1)?,
        };
        postcard::from_bytes(self.files.get(from..self.ends.index(at)?)?).ok()
    }
}

/// Hashes of eight bytes each, the lowest byte first, read where they lie.
#[derive(Debug, Serialize, Deserialize)]
struct Numbers<'p>(#[serde(borrow)] Cow<'p, [u8]>);

impl Numbers<'_> {
    fn of(numbers: &[u64]) -> Self {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        Self(Cow::Owned(bytes.collect()))
    }

    fn count(&self) -> usize {
        self.0.len() / 8
    }

    fn get(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at * 8..)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes))
    }
}

/// Places of four bytes each, which no register outgrows.
#[derive(Debug, Serialize, Deserialize)]
struct Indices<'p>(#[serde(borrow)] Cow<'p, [u8]>);

impl Indices<'_> {
    fn of(indices: &[u32]) -> Self {
        let bytes = indices.iter().flat_map(|index| index.to_le_bytes());
        Self(Cow::Owned(bytes.collect()))
    }

    fn count(&self) -> usize {
        self.0.len() / 4
    }

    fn index(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at * 4..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }
}

/// Returns the first of so many places of which something holds, as it does of all after it.
fn first(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = usize::midpoint(from, to);
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

fn hash(name: &str) -> u64 {
    XxHash3_64::oneshot(name.as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn file(path: &str, uses: &[&str], defines: &[&str]) -> Registered<'static> {
        let names = |names: &[&str]| Names::of(names.iter().map(|name| (*name).to_owned()));
        Registered {
            path: Cow::Owned(path.as_bytes().to_vec()),
            id: [7; 20],
            uses: names(uses),
            defines: names(defines),
        }
    }

    fn paths<'f>(files: impl Iterator<Item = Registered<'f>>) -> Vec<String> {
        let path = |file: Registered<'_>| String::from_utf8(file.path.into_owned()).unwrap();
        files.map(path).collect()
    }

    #[test]
    fn files_are_found_where_they_lie() {
        let all = [
            file("a", &["sales/orders", "crm/leads"], &[]),
            file("b", &[], &["orders"]),
            file("c", &["sales/orders"], &["lead", "order"]),
            file("d/e", &["sales/customers"], &[]),
        ];
        let key = Key::of(&"scope").unwrap();
        let page = postcard::to_stdvec(&Register::of(key, [1; 20], &all)).unwrap();
        let register: Register<'_> = postcard::from_bytes(&page).unwrap();
        assert_eq!(paths(register.files()), ["a", "b", "c", "d/e"]);
        assert_eq!(paths(register.definers()), ["b", "c"]);
        for (names, expected) in [
            (&["sales/orders"][..], &["a", "c"][..]),
            (&["orders"], &["a", "b", "c"]),
            (&["crm/leads", "lead"], &["a", "c"]),
            (&["customers", "sales/customers"], &["d/e"]),
            (&["sales", "", "order/"], &[]),
            (&[], &[]),
        ] {
            let names = names.iter().copied();
            assert_eq!(paths(register.speaking_of(names)), expected);
        }
        for path in ["a", "b", "c", "d/e"] {
            assert_eq!(paths(register.at(path.as_bytes()).into_iter()), [path]);
        }
        for path in ["", "aa", "d", "z"] {
            assert!(register.at(path.as_bytes()).is_none());
        }
    }
}
