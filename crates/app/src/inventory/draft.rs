//! What an audit found out file by file, and between files, in; an inventory out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use meshlaw_report::Finding;

use super::table::{Rows, hash, spread};
use super::volume::Binding;
use super::{
    Filed, Head, ID, KIND, PATH, Place, STABLE_ID, Sort, Tallied, Target, Using, finding_key,
    said_key,
};
use crate::cache::{Cache, Key};
use crate::definitions::{Clash, Sayings, Tally};
use crate::verdicts::{Outcome, Record, facts};

/// Bytes that say where a record stands and how long it is, and the same of what is wrong.
pub(super) const PLACE: usize = 24;

/// Bytes that say what fields say of a name: the name, the value, the count, the file, the document.
pub(super) const SAYING: usize = 24;

/// What an audit found out about each file, in the order of their paths.
#[derive(Default)]
pub struct Draft<'p> {
    files: Vec<(Cow<'p, str>, Record<'p>)>,
    ids: Rows,
    stable_ids: Rows,
    said: Rows,
    is_dated: bool,
    /// A file could not be written down, so that nothing is kept.
    is_broken: bool,
}

/// What an audit found out between files, and in all.
pub struct Whole<'w> {
    /// What it hangs on.
    pub head: Head,
    /// Paths and stamps of all files of a work tree.
    pub roll: Vec<u8>,
    /// What is wrong with that which contracts say of others, by file.
    pub crossed: BTreeMap<String, crate::crossing::Crossed>,
    /// Files of consumers, with the contracts that they use, and whether each of these is there.
    pub consumers: Vec<(Using, BTreeSet<String>, bool)>,
    /// What fields say of names.
    pub tally: &'w Tally,
    /// The definitions that clash.
    pub clashes: &'w [Clash],
    /// Contracts, by product.
    pub products: &'w BTreeMap<String, BTreeMap<String, u32>>,
    /// What contracts are called.
    pub names: Vec<String>,
    /// The terms of each file.
    pub terms: Vec<(String, String)>,
    /// What was found between files, and in others than those of contracts.
    pub between: &'w [Finding],
    /// All that was found.
    pub findings: &'w [Finding],
}

impl<'p> Draft<'p> {
    /// Adds the next file. One without a record is judged anew in every run.
    pub fn add(&mut self, path: Cow<'p, str>, outcome: &Outcome, record: Option<Record<'p>>) {
        let number = small(self.files.len());
        for id in &outcome.ids {
            self.ids.add(hash(ID, id.as_bytes()), number);
        }
        for (id, _) in &outcome.stable_ids {
            self.stable_ids.add(hash(STABLE_ID, id.as_bytes()), number);
        }
        // What nothing is sure of could hold a date, too.
        self.is_dated |= record.is_none();
        let record = record.or_else(|| Record::of(Vec::new(), Vec::new(), None, outcome));
        match record {
            Some(record) => {
                self.is_dated |= record.date.is_some();
                self.files.push((path, record));
            }
            None => self.is_broken = true,
        }
    }

    /// Takes down what the fields of a file say of names; its number is its place among all files.
    pub fn say(&mut self, number: usize, contracts: &[Sayings]) {
        for all in contracts {
            for (about, value) in all.pairs() {
                self.said.add(said_key(about, value), small(number));
            }
        }
    }

    /// Adds what another thread took down.
    pub fn said(&mut self, other: Draft<'_>) {
        self.said.extend(other.said);
    }

    /// Returns the records, by path.
    pub fn records(&self) -> &[(Cow<'p, str>, Record<'p>)] {
        &self.files
    }

    /// Writes the inventory. What cannot be kept is found out anew the next time.
    pub fn keep(self, cache: &Cache, key: &Key, whole: Whole<'_>) {
        if !self.is_broken {
            let key = *key;
            cache.bind(KIND, &key, |out| self.bind(out, key, whole));
        }
    }

    fn bind(self, out: &mut dyn Write, key: Key, whole: Whole<'_>) -> io::Result<()> {
        let mut binding = Binding::new(out);
        let (mut files, mut consumers) = (Vec::new(), Vec::new());
        let (mut paths, mut targets, mut uses) =
            (Rows::default(), Rows::default(), Rows::default());
        let (mut unanswered, mut unmet) = (Vec::new(), Vec::new());
        let nothing: &[Finding] = &[];
        let mut own_at = 0;
        for (number, (path, record)) in (0..).zip(&self.files) {
            let crossed = whole.crossed.get(&**path);
            let found = crossed.map_or(nothing, |crossed| &crossed.findings);
            let at = binding.at();
            let crossed_bytes = postcard::to_stdvec(found).map_err(io::Error::other)?;
            binding.write(&framed(path, record, &crossed_bytes))?;
            let own_length = record.findings.len() as u64;
            let place = Place {
                at,
                length: binding.at() - at,
                own_at,
                own_length,
            };
            own_at += own_length;
            place.write(&mut files);
            paths.add(hash(PATH, path.as_bytes()), number);
            if let Some(crossed) = crossed {
                let all = crossed.targets.iter();
                all.for_each(|target| targets.add(Target::hash(target), number));
                unanswered.extend(crossed.is_unanswered.then_some(number));
            }
        }
        for (number, (one, contracts, is_unmet)) in (0_u32..).zip(&whole.consumers) {
            let at = binding.at();
            binding.write(&postcard::to_stdvec(one).map_err(io::Error::other)?)?;
            let place = Place {
                at,
                length: binding.at() - at,
                own_at: 0,
                own_length: 0,
            };
            place.write(&mut consumers);
            let all = contracts.iter();
            all.for_each(|id| uses.add(hash(ID, id.as_bytes()), number));
            unmet.extend(is_unmet.then_some(number));
        }
        binding.end(0);
        for bytes in [files, consumers, whole.roll] {
            let start = binding.at();
            binding.write(&bytes)?;
            binding.end(start);
        }
        for rows in [paths, self.ids, self.stable_ids, targets, uses, self.said] {
            rows.write(&mut binding)?;
        }
        sayings(&mut binding, whole.tally)?;
        let start = binding.at();
        for (_, record) in &self.files {
            binding.write(&record.findings)?;
        }
        binding.end(start);
        binding.value(&tallied(whole.between)?)?;
        let (counts, totals) = counts(whole.findings)?;
        counts.write(&mut binding)?;
        binding.value(&unanswered)?;
        binding.value(&unmet)?;
        binding.value(&whole.clashes)?;
        binding.value(whole.products)?;
        binding.value(&whole.names)?;
        binding.value(&whole.terms)?;
        binding.value(&Head {
            is_dated: self.is_dated || whole.head.is_dated,
            files: self.files.len(),
            totals,
            ..whole.head
        })?;
        binding.finish(key)
    }
}

impl Place {
    fn write(&self, to: &mut Vec<u8>) {
        for (at, length) in [(self.at, self.length), (self.own_at, self.own_length)] {
            to.extend(at.to_le_bytes());
            // No file of a contract is that long.
            to.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (own_at, rest) = rest.split_first_chunk()?;
        Some(Self {
            at: u64::from_le_bytes(*at),
            length: u64::from(u32::from_le_bytes(*length)),
            own_at: u64::from_le_bytes(*own_at),
            own_length: u64::from(u32::from_le_bytes(*rest.first_chunk()?)),
        })
    }
}

/// Writes a record so that it is read without a copy.
fn framed(path: &str, record: &Record<'_>, crossed: &[u8]) -> Vec<u8> {
    let date = record.date.as_deref().unwrap_or_default();
    let parts = [
        path.as_bytes(),
        &record.stamp,
        &record.readers,
        date.as_bytes(),
        &record.facts,
        crossed,
    ];
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        bytes.extend(small(part.len()).to_le_bytes());
        bytes.extend(part);
    }
    bytes
}

fn next<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// Reads what is kept of a file, but for what is wrong with it.
pub(super) fn filed(mut bytes: &[u8]) -> Option<Filed> {
    let mut part = || next(&mut bytes);
    let (path, stamp) = (part()?, part()?);
    let (_, _, own, crossed) = (part()?, part()?, part()?, part()?);
    Some(Filed {
        path: std::str::from_utf8(path).ok()?.to_owned(),
        stamp: stamp.to_vec(),
        outcome: facts(own)?,
        crossed: postcard::from_bytes(crossed).ok()?,
    })
}

/// Reads the record of a file, with its path.
pub(super) fn record_of<'b>(
    mut bytes: &'b [u8],
    findings: &'b [u8],
) -> Option<(Cow<'b, str>, Record<'b>)> {
    let mut part = || next(&mut bytes);
    let (path, stamp, readers) = (part()?, part()?, part()?);
    let (date, facts) = (std::str::from_utf8(part()?).ok()?, part()?);
    let record = Record {
        stamp: Cow::Borrowed(stamp),
        readers: Cow::Borrowed(readers),
        date: (!date.is_empty()).then_some(Cow::Borrowed(date)),
        facts: Cow::Borrowed(facts),
        findings: Cow::Borrowed(findings),
    };
    Some((Cow::Borrowed(std::str::from_utf8(path).ok()?), record))
}

fn sayings<W: Write>(binding: &mut Binding<W>, tally: &Tally) -> io::Result<()> {
    let mut rows: Vec<(u64, [u8; 4], super::Saying)> = tally
        .sayings()
        .map(|(about, saying)| (spread(u64::from_le_bytes(about)), saying.value, saying))
        .collect();
    rows.sort_unstable_by_key(|(about, value, _)| (*about, *value));
    let start = binding.at();
    for (about, value, saying) in rows {
        binding.write(&about.to_le_bytes())?;
        binding.write(&value)?;
        for number in [saying.count, saying.file, saying.document] {
            binding.write(&number.to_le_bytes())?;
        }
    }
    binding.end(start);
    Ok(())
}

pub(super) fn saying_of(row: &[u8; SAYING]) -> Option<super::Saying> {
    let (value, rest) = row.get(8..)?.split_first_chunk()?;
    let mut numbers = rest.chunks_exact(4).map(|bytes| bytes.first_chunk());
    let mut number = || Some(u32::from_le_bytes(*numbers.next()??));
    Some(super::Saying {
        value: *value,
        count: number()?,
        file: number()?,
        document: number()?,
    })
}

/// Puts findings together that are the same.
fn tallied(findings: &[Finding]) -> io::Result<Tallied> {
    let mut all: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    for finding in findings {
        let bytes = postcard::to_stdvec(finding).map_err(io::Error::other)?;
        *all.entry(bytes).or_default() += 1;
    }
    Ok(all.into_iter().collect())
}

/// How many there are of each sort.
type Totals = Vec<(Sort, usize)>;

/// Counts how often each thing was found, and how many things of each sort there are.
fn counts(findings: &[Finding]) -> io::Result<(Rows, Totals)> {
    let mut keys = Vec::with_capacity(findings.len());
    for finding in findings {
        let bytes = postcard::to_stdvec(finding).map_err(io::Error::other)?;
        let sort = (finding.state, finding.severity, finding.enforcement);
        keys.push((finding_key(&bytes), sort));
    }
    keys.sort_unstable_by_key(|(key, _)| *key);
    let (mut rows, mut totals) = (Rows::default(), BTreeMap::<Sort, usize>::new());
    for same in keys.chunk_by(|(one, _), (other, _)| one == other) {
        if let Some((key, sort)) = same.first() {
            rows.add(*key, small(same.len()));
            *totals.entry(*sort).or_default() += 1;
        }
    }
    Ok((rows, totals.into_iter().collect()))
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
