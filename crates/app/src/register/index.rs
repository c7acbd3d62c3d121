//! The files of one kind at one root tree in, those that speak of something out, looked up where
//! they lie: a gate is about a few of thousands.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use meshlaw_changeset::{Entry, Kind, ObjectId, RepoPath};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::cache::{Key, Leaves};

/// The files of one kind at one root tree, sorted by path; those that say nothing are left out.
///
/// In front stand the scope, the tree, and how long the parts are; then rows, definers, ends and
/// files.
pub struct Register {
    /// What the settings say of such files.
    pub scope: Key,
    /// Id of the root tree.
    pub tree: [u8; TREE],
    page: Leaves,
    /// Hashes of what files use and define, and of what follows the last slash in it, in their order,
    /// each with the place of the file.
    rows: Part,
    /// Places of files that define something.
    definers: Part,
    /// Where each file ends.
    ends: Part,
    /// The files, one after the other.
    files: Part,
}

/// Bytes of the id of a tree.
const TREE: usize = 20;

/// Bytes in front of the parts, so many that no row begins in one leaf and ends in the next.
const FRONT: usize = 80;

/// Bytes of a row: a hash, and a place.
const ROW: usize = 16;

/// Bytes of a place: where a file begins and how long it is.
const PLACE: usize = 8;

/// Bytes of a number; no register outgrows it.
const NUMBER: usize = 4;

/// Where a part begins, and how many entries it has.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    count: usize,
}

/// Where a file begins among the files, and how long it is.
type Place = (u32, u32);

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

impl Register {
    /// Orders files, sorted by path, so that they can be looked up.
    pub fn of(scope: Key, tree: [u8; TREE], all: &[Registered<'_>]) -> Option<Self> {
        let (mut files, mut ends, mut definers) = (Vec::new(), Vec::new(), Vec::new());
        let mut rows: BTreeSet<(u64, Place)> = BTreeSet::new();
        for file in all {
            let start = number(files.len())?;
            files = postcard::to_extend(file, files).ok()?;
            let end = number(files.len())?;
            let place = (start, end - start);
            ends.push(end);
            if !file.defines.is_empty() {
                definers.push(place);
            }
            for name in file.uses.iter().chain(file.defines.iter()) {
                let last = name.rsplit_once('/').map(|(_, last)| last);
                rows.extend(
                    last.into_iter()
                        .chain([name])
                        .map(|name| (hash(name), place)),
                );
            }
        }
        let mut bytes = Vec::with_capacity(FRONT + files.len() + rows.len() * ROW);
        bytes.extend(scope.bytes());
        bytes.extend(tree);
        for count in [rows.len(), definers.len(), ends.len(), files.len()] {
            bytes.extend(number(count)?.to_le_bytes());
        }
        bytes.resize(FRONT, 0);
        let write = |bytes: &mut Vec<u8>, (at, length): Place| {
            bytes.extend(at.to_le_bytes());
            bytes.extend(length.to_le_bytes());
        };
        for (hash, place) in rows {
            bytes.extend(hash.to_le_bytes());
            write(&mut bytes, place);
        }
        for place in definers {
            write(&mut bytes, place);
        }
        bytes.extend(ends.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(files);
        Self::read(Leaves::of(bytes))
    }

    /// Knows a page for a register.
    pub fn read(page: Leaves) -> Option<Self> {
        let front = page.get(0, FRONT)?;
        let (scope, rest) = front.split_first_chunk()?;
        let (tree, mut rest) = rest.split_first_chunk()?;
        let (scope, tree) = (Key::from_bytes(*scope), *tree);
        let mut start = FRONT;
        let mut part = |size: usize| {
            let (count, others) = rest.split_first_chunk()?;
            rest = others;
            let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
            let part = Part { start, count };
            start = start.checked_add(count.checked_mul(size)?)?;
            Some(part)
        };
        let (rows, definers) = (part(ROW)?, part(PLACE)?);
        let (ends, files) = (part(NUMBER)?, part(1)?);
        let is_whole = start == page.length();
        drop(front);
        is_whole.then_some(Self {
            scope,
            tree,
            page,
            rows,
            definers,
            ends,
            files,
        })
    }

    /// The bytes, where it was just made.
    pub fn made(&self) -> Option<&[u8]> {
        self.page.made()
    }

    /// Tells whether all that was read was what was written; if not, nothing that was found counts.
    pub fn is_sound(&self) -> bool {
        !self.page.is_damaged()
    }

    /// Returns every file, in the order of paths.
    pub fn files(&self) -> impl Iterator<Item = Registered<'_>> {
        (0..self.ends.count).map_while(|at| self.nth(at))
    }

    /// Returns the files that define something.
    pub fn definers(&self) -> impl Iterator<Item = Registered<'_>> {
        let places = (0..self.definers.count).map_while(|at| {
            let bytes = self.entry(self.definers, at, PLACE)?;
            place(&bytes)
        });
        places.map_while(|place| self.file(place))
    }

    /// Returns the file at a path.
    pub fn at(&self, path: &[u8]) -> Option<Registered<'_>> {
        let is_after = |at| self.nth(at).is_none_or(|file| file.path.as_ref() >= path);
        let first = first(0..self.ends.count, is_after);
        let found = (first < self.ends.count).then(|| self.nth(first))??;
        (found.path == path).then_some(found)
    }

    /// Returns the files that may use or define one of the names, or a path that ends in one, and
    /// few others, in the order of paths.
    pub fn speaking_of<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> impl Iterator<Item = Registered<'_>> {
        let mut places = BTreeSet::new();
        for name in names {
            let name = hash(name);
            let rows = (self.first_of(name)..self.rows.count).map_while(|at| self.row(at));
            let own = rows.take_while(|(hash, _)| *hash == name);
            places.extend(own.map(|(_, place)| place));
        }
        places.into_iter().map_while(|place| self.file(place))
    }

    /// Returns the first row whose hash is this one or a higher. Hashes lie evenly, so that the first
    /// look is mostly near enough.
    fn first_of(&self, hash: u64) -> usize {
        let count = self.rows.count;
        let is_after = |at: usize| self.row(at).is_none_or(|(found, _)| found >= hash);
        let guess = (u128::from(hash) * count as u128) >> 64;
        let guess = usize::try_from(guess).unwrap_or_default();
        let near = 2 * count.isqrt() + 8;
        let (low, high) = (guess.saturating_sub(near), count.min(guess + near));
        let is_above = low > 0 && is_after(low - 1);
        let is_below = !is_above && high < count && !is_after(high);
        match (is_above, is_below) {
            (true, _) => first(0..low, is_after),
            (_, true) => first(high..count, is_after),
            _ => first(low..high, is_after),
        }
    }

    fn row(&self, at: usize) -> Option<(u64, Place)> {
        let bytes = self.entry(self.rows, at, ROW)?;
        let (hash, bytes) = bytes.split_first_chunk()?;
        Some((u64::from_le_bytes(*hash), place(bytes)?))
    }

    fn nth(&self, at: usize) -> Option<Registered<'_>> {
        let end = |at: usize| {
            let bytes = self.entry(self.ends, at, NUMBER)?;
            Some(u32::from_le_bytes(*bytes.first_chunk()?))
        };
        let start = match at {
            0 => 0,
            _ => end(at - 1)?,
        };
        let length = end(at)?.checked_sub(start);
        self.file((start, self.page.doubt(length)?))
    }

    fn entry(&self, part: Part, at: usize, size: usize) -> Option<Cow<'_, [u8]>> {
        // What lies behind the last is asked for by nobody who knows how many there are.
        (at < part.count).then(|| self.page.get(part.start + at * size, size))?
    }

    fn file(&self, (at, length): Place) -> Option<Registered<'_>> {
        let at = self.files.start + usize::try_from(at).ok()?;
        let file = match self.page.get(at, usize::try_from(length).ok()?)? {
            Cow::Borrowed(bytes) => postcard::from_bytes(bytes).ok(),
            Cow::Owned(bytes) => {
                let file: Option<Registered<'_>> = postcard::from_bytes(&bytes).ok();
                file.map(Registered::into_owned)
            }
        };
        self.page.doubt(file)
    }
}

fn number(count: usize) -> Option<u32> {
    u32::try_from(count).ok()
}

fn place(bytes: &[u8]) -> Option<Place> {
    let (at, rest) = bytes.split_first_chunk()?;
    let length = rest.first_chunk()?;
    Some((u32::from_le_bytes(*at), u32::from_le_bytes(*length)))
}

/// Returns the first place of which something holds, as it does of all after it.
fn first(places: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (places.start, places.end);
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
        let register = Register::of(key, [1; 20], &all).unwrap();
        assert_eq!((register.scope, register.tree), (key, [1; 20]));
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
        assert!(register.is_sound());
    }

    #[test]
    fn a_register_of_nothing_is_whole() {
        let key = Key::of(&"scope").unwrap();
        let register = Register::of(key, [1; 20], &[]).unwrap();
        assert!(register.files().next().is_none() && register.at(b"a").is_none());
        assert!(register.speaking_of(["a"]).next().is_none() && register.is_sound());
    }

    #[test]
    fn many_files_are_found_by_any_of_their_names() {
        // Most names are one file's, one is a third of the files'.
        let name = |at: usize| match at % 3 {
            0 => "all/of-them".to_owned(),
            _ => format!("domain-{}/name-{at}", at % 7),
        };
        let all: Vec<_> = (0..3_000)
            .map(|at| file(&format!("{at:05}"), &[&name(at)], &[]))
            .collect();
        let key = Key::of(&"scope").unwrap();
        let register = Register::of(key, [1; 20], &all).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let cache = crate::cache::Cache::at(folder.path().to_owned());
        cache.store_leaves("page", &key, register.made().unwrap());
        let kept = Register::read(cache.leaves("page", &key).unwrap()).unwrap();
        for register in [&register, &kept] {
            for at in (0..3_000).step_by(7) {
                let found = paths(register.speaking_of([name(at).as_str()]));
                assert!(found.contains(&format!("{at:05}")), "{at}");
                assert_eq!(found.len(), if at % 3 == 0 { 1_000 } else { 1 });
            }
            assert!(register.speaking_of(["nobody"]).next().is_none());
            assert_eq!(register.files().count(), 3_000);
            assert!(register.is_sound());
        }
    }
}
