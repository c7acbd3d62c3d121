//! Removed and added files in, pairs that are one renamed file out.
//!
//! Knows nothing of formats: likeness is the share of equal lines.
//!
//! First come pairs with equal bytes, those that kept their file name before others. Then pairs
//! whose texts are at least half equal, the likest first. Ties go to the kept file name, then to
//! the paths in their order, so the result depends on nothing but the two sides. Each file has at
//! most one partner; an empty file has none, since nothing can be recognised in it.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use git2::{ObjectType, Oid};

use crate::content::DEFAULT_LIMIT;
use crate::entry::{Entry, Kind, ObjectId};
use crate::reader::Reader;

/// The share of equal text, in percent, from which two files are taken for one.
const THRESHOLD: usize = 50;

/// The number of pairs up to which all are compared. Beyond it only files whose name occurs once
/// on each side are, so that the cost of a large move grows with the number of files.
const MAX_PAIRS: usize = 40_000;

/// What renames leave and find.
pub(crate) struct Paired {
    pub(crate) renamed: Vec<(Entry, Entry)>,
    pub(crate) removed: Vec<Entry>,
    pub(crate) added: Vec<Entry>,
}

/// Pairs removed files with added ones; both come sorted by path and stay so.
pub(crate) fn pair(
    before: &Reader,
    after: &Reader,
    removed: Vec<Entry>,
    added: Vec<Entry>,
) -> Paired {
    if removed.is_empty() || added.is_empty() {
        return Paired {
            renamed: Vec::new(),
            removed,
            added,
        };
    }
    let mut removed = Side::new(before, removed);
    let mut added = Side::new(after, added);
    let id_and_name = |file: &File| Some((file.id?, file.entry.path.file_name().to_vec()));
    let mut renamed = Vec::new();
    let pairs = equals(&removed, &added, id_and_name);
    take(&mut removed, &mut added, pairs, &mut renamed);
    let pairs = equals(&removed, &added, |file| file.id);
    take(&mut removed, &mut added, pairs, &mut renamed);
    let pairs = alike(&removed, &added);
    take(&mut removed, &mut added, pairs, &mut renamed);
    Paired {
        renamed,
        removed: removed.left(),
        added: added.left(),
    }
}

/// The files of one side; a place empties when its file has found a partner.
struct Side<'a> {
    reader: &'a Reader,
    places: Vec<Option<File>>,
}

struct File {
    entry: Entry,
    /// None for what can have no equal.
    id: Option<ObjectId>,
}

/// A place in each side.
type Pair = (usize, usize);

impl<'a> Side<'a> {
    fn new(reader: &'a Reader, entries: Vec<Entry>) -> Side<'a> {
        let empty = Oid::hash_object(ObjectType::Blob, b"").ok().map(ObjectId);
        let file = |entry: Entry| {
            let id = if entry.kind == Kind::File {
                reader.blob_id(&entry)
            } else {
                None
            };
            Some(File {
                id: id.filter(|_| id != empty),
                entry,
            })
        };
        Side {
            reader,
            places: entries.into_iter().map(file).collect(),
        }
    }

    fn free(&self) -> impl Iterator<Item = (usize, &File)> {
        self.places
            .iter()
            .enumerate()
            .filter_map(|(place, file)| Some((place, file.as_ref()?)))
    }

    fn left(self) -> Vec<Entry> {
        self.places
            .into_iter()
            .flatten()
            .map(|file| file.entry)
            .collect()
    }
}

/// Moves the pairs out of both sides, in their order, as far as both places are still full.
fn take(
    removed: &mut Side<'_>,
    added: &mut Side<'_>,
    pairs: Vec<Pair>,
    renamed: &mut Vec<(Entry, Entry)>,
) {
    for (one, other) in pairs {
        let places = (removed.places.get_mut(one), added.places.get_mut(other));
        if let (Some(one), Some(other)) = places
            && one.is_some()
            && other.is_some()
        {
            let taken = one.take().zip(other.take());
            renamed.extend(taken.map(|(one, other)| (one.entry, other.entry)));
        }
    }
}

/// Pairs of files with the same key, each file at most once.
fn equals<K: Ord>(
    removed: &Side<'_>,
    added: &Side<'_>,
    key: impl Fn(&File) -> Option<K>,
) -> Vec<Pair> {
    let mut waiting: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
    for (place, file) in added.free() {
        if let Some(key) = key(file) {
            waiting.entry(key).or_default().push_back(place);
        }
    }
    let mut partner = |file| waiting.get_mut(&key(file)?)?.pop_front();
    removed
        .free()
        .filter_map(|(place, file)| Some((place, partner(file)?)))
        .collect()
}

/// Pairs of files that are alike, the likest first; a file may be in several.
fn alike(removed: &Side<'_>, added: &Side<'_>) -> Vec<Pair> {
    let pairs = candidates(removed, added);
    let left = texts(removed, pairs.iter().map(|pair| pair.0).collect());
    let right = texts(added, pairs.iter().map(|pair| pair.1).collect());
    let mut ranked: Vec<_> = pairs
        .into_iter()
        .filter_map(|(one, other)| {
            let (text, other_text) = (left.get(&one)?, right.get(&other)?);
            let likeness = text.likeness(other_text);
            let renamed = text.name != other_text.name;
            (likeness >= THRESHOLD).then_some((Reverse(likeness), renamed, one, other))
        })
        .collect();
    ranked.sort_unstable();
    ranked
        .into_iter()
        .map(|(_, _, one, other)| (one, other))
        .collect()
}

/// The pairs that are worth a look at their contents.
fn candidates(removed: &Side<'_>, added: &Side<'_>) -> Vec<Pair> {
    let (ones, others): (Vec<_>, Vec<_>) = (removed.free().collect(), added.free().collect());
    if ones.len().saturating_mul(others.len()) <= MAX_PAIRS {
        let pairs = ones
            .iter()
            .flat_map(|one| others.iter().map(|other| (one.0, other.0)));
        return pairs.collect();
    }
    let (ones, others) = (unique_names(&ones), unique_names(&others));
    ones.into_iter()
        .filter_map(|(name, one)| Some((one, *others.get(name)?)))
        .collect()
}

fn unique_names<'f>(files: &[(usize, &'f File)]) -> BTreeMap<&'f [u8], usize> {
    let (mut unique, mut repeated) = (BTreeMap::new(), BTreeSet::new());
    for (place, file) in files {
        let name = file.entry.path.file_name();
        if unique.insert(name, *place).is_some() {
            repeated.insert(name);
        }
    }
    unique.retain(|name, _| !repeated.contains(name));
    unique
}

/// The texts at the given places, each read once; what cannot be read is left out.
fn texts<'f>(side: &'f Side<'_>, wanted: BTreeSet<usize>) -> BTreeMap<usize, Text<'f>> {
    let text = |place: usize| {
        let file = side.places.get(place)?.as_ref()?;
        let content = side.reader.read(&file.entry, DEFAULT_LIMIT);
        Some((
            place,
            Text::new(file.entry.path.file_name(), content.text()?),
        ))
    };
    wanted.into_iter().filter_map(text).collect()
}

/// A text as the hashes of its lines with their lengths, sorted; line endings do not count.
struct Text<'f> {
    name: &'f [u8],
    lines: Vec<(u64, usize)>,
    size: usize,
}

impl<'f> Text<'f> {
    fn new(name: &'f [u8], text: &str) -> Text<'f> {
        let mut lines: Vec<_> = text
            .lines()
            .map(|line| (hash(line), line.len() + 1))
            .collect();
        lines.sort_unstable();
        let size = lines.iter().map(|(_, length)| length).sum();
        Text { name, lines, size }
    }

    /// The length of the lines in common, in percent of the longer text.
    fn likeness(&self, other: &Text<'_>) -> usize {
        let longer = self.size.max(other.size);
        if self.size.min(other.size) * 100 < longer * THRESHOLD {
            return 0;
        }
        (shared(&self.lines, &other.lines) * 100)
            .checked_div(longer)
            .unwrap_or(0)
    }
}

/// The length of the lines that both have, each as often as both have it.
fn shared(mut left: &[(u64, usize)], mut right: &[(u64, usize)]) -> usize {
    let mut length = 0;
    while let (Some((one, more_left)), Some((other, more_right))) =
        (left.split_first(), right.split_first())
    {
        match one.cmp(other) {
            Ordering::Less => left = more_left,
            Ordering::Greater => right = more_right,
            Ordering::Equal => {
                length += one.1;
                (left, right) = (more_left, more_right);
            }
        }
    }
    length
}

/// The hasher has fixed keys: the same line gives the same number in each run.
fn hash(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_the_share_of_equal_lines() {
        for (one, other, likeness) in [
            ("a\nb\n", "a\nb\n", 100),
            ("a\nb\n", "b\r\na", 100),
            ("a\nb\nc\nd\n", "a\nb\nx\ny\n", 50),
            ("a\na\na\na\n", "a\nx\ny\nz\n", 25),
            ("a\n", "a\nb\nc\nd\n", 0),
            ("", "", 0),
            ("a\n", "b\n", 0),
        ] {
            let found = Text::new(b"", one).likeness(&Text::new(b"", other));
            assert_eq!(found, likeness, "{one:?} {other:?}");
        }
    }
}
