//! What an audit found out file by file, and between files, in; an inventory out.
//!
//! What is kept of a file is written as soon as it is known, by whichever thread knows it: of a
//! large estate it would take more room than everything else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::sync::{Mutex, PoisonError};

use meshlaw_report::Finding;
use rayon::prelude::*;

use super::table::{Rows, hash, spread};
use super::volume::Binding;
use super::{
    Filed, Head, ID, KIND, PATH, Place, STABLE_ID, Sort, Stated, Tallied, Target, Using,
    finding_key,
};
use crate::cache::{Cache, Fresh, Key};
use crate::crossing::Crossed;
use crate::definitions::{Clash, Tally};
use crate::verdicts::{Outcome, Record, facts};

/// Bytes that say where a record stands and how long it is, the same of what is wrong, and of what
/// is wrong with that which is said of others.
pub(super) const PLACE: usize = 36;

/// Bytes that say what fields say of a name: the name, the value, the count, the file, the document,
/// and where it stands in which files.
pub(super) const STATED: usize = 36;

/// Bytes of records that a thread writes at once.
const ROOM: usize = 256 * 1024;

/// Bytes that are gathered before they are written, of what comes in small pieces.
const BUFFER: usize = 64 * 1024;

/// An inventory that is being written.
pub struct Draft {
    /// Nothing, once something could not be written.
    binding: Mutex<Option<Binding<BufWriter<Fresh>>>>,
}

/// What one thread wrote down of files.
#[derive(Default)]
pub struct Sheets {
    /// Records that are not written yet.
    open: Vec<u8>,
    /// How many files there were before the first of them.
    written: usize,
    files: Vec<Sheet>,
    own: Vec<u8>,
    stamps: Vec<u8>,
    paths: Rows,
    ids: Rows,
    stable_ids: Rows,
    is_dated: bool,
    /// A file could not be written down, so that nothing is kept.
    is_broken: bool,
}

/// A file, and where what is kept of it stands.
struct Sheet {
    number: u32,
    /// Bytes of its stamp.
    stamp: u32,
    at: u64,
    length: u32,
    /// Bytes of what is wrong with it.
    own: u32,
}

/// What an audit found out between files, and in all.
pub struct Whole<'w> {
    /// What it hangs on.
    pub head: Head,
    /// Paths and stamps of all files of a work tree.
    pub roll: Vec<u8>,
    /// What is wrong with that which contracts say of others, by the number of their file.
    pub crossed: BTreeMap<u32, Crossed>,
    /// Files of consumers, with the contracts that they use, and whether each of these is there.
    pub consumers: Vec<(Using, BTreeSet<String>, bool)>,
    /// What fields say of names.
    pub tally: &'w Tally,
    /// The definitions that clash.
    pub clashes: &'w [Clash],
    /// Contracts, by product.
    pub products: &'w BTreeMap<String, BTreeMap<String, u32>>,
    /// What contracts are called.
    pub names: Vec<&'w str>,
    /// The terms of each file.
    pub terms: Vec<(String, String)>,
    /// What was found between files, and in others than those of contracts.
    pub between: &'w [Finding],
    /// All that was found.
    pub findings: &'w [Finding],
}

impl Draft {
    /// Begins an inventory; none where nothing can be kept.
    pub fn begin(cache: &Cache) -> Option<Self> {
        let out = BufWriter::with_capacity(BUFFER, cache.begin().ok()?);
        let binding = Mutex::new(Some(Binding::new(out)));
        Some(Self { binding })
    }

    /// Takes a file down; its number is its place among all files. One without a record is judged
    /// anew in every run.
    pub fn add(
        &self,
        sheets: &mut Sheets,
        number: u32,
        path: &str,
        (outcome, record): (&Outcome, Option<Record<'_>>),
    ) {
        sheets.paths.add(hash(PATH, path.as_bytes()), number);
        for id in &outcome.ids {
            sheets.ids.add(hash(ID, id.as_bytes()), number);
        }
        for (id, _) in &outcome.stable_ids {
            sheets
                .stable_ids
                .add(hash(STABLE_ID, id.as_bytes()), number);
        }
        // What nothing is sure of could hold a date, too.
        sheets.is_dated |= record.is_none();
        let record = record.or_else(|| Record::of(Vec::new(), Vec::new(), None, outcome));
        let Some(record) = record else {
            sheets.is_broken = true;
            return;
        };
        sheets.is_dated |= record.date.is_some();
        let at = sheets.open.len();
        frame(&mut sheets.open, path, &record);
        sheets.files.push(Sheet {
            number,
            stamp: small(record.stamp.len()),
            at: at as u64,
            length: small(sheets.open.len() - at),
            own: small(record.findings.len()),
        });
        sheets.own.extend(&*record.findings);
        sheets.stamps.extend(&*record.stamp);
        if sheets.open.len() >= ROOM {
            self.write(sheets);
        }
    }

    /// Writes what a thread has taken down since it last did.
    pub fn write(&self, sheets: &mut Sheets) {
        let mut binding = self.binding.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = &mut *binding else { return };
        let start = open.at();
        if open.write(&sheets.open).is_err() {
            *binding = None;
        }
        drop(binding);
        let files = sheets.files.iter_mut().skip(sheets.written);
        files.for_each(|file| file.at += start);
        sheets.written = sheets.files.len();
        sheets.open.clear();
    }

    /// Writes the rest of the inventory. What cannot be kept is found out anew the next time.
    pub fn keep(self, cache: &Cache, key: &Key, sheets: Vec<Sheets>, whole: Whole<'_>) {
        let binding = self.binding.into_inner();
        let binding = binding.unwrap_or_else(PoisonError::into_inner);
        let is_broken = sheets.iter().any(|sheets| sheets.is_broken);
        let Some(binding) = binding.filter(|_| !is_broken) else {
            return;
        };
        if let Ok(fresh) = bind(binding, *key, sheets, whole) {
            cache.keep(KIND, key, fresh);
        }
    }
}

/// Returns the stamp of each file, by its number; empty where nothing is sure enough.
pub fn stamps(sheets: &[Sheets], files: usize) -> Vec<&[u8]> {
    let mut all: Vec<&[u8]> = vec![&[]; files];
    for sheets in sheets {
        let mut rest = &*sheets.stamps;
        for file in &sheets.files {
            let (own, after) = rest
                .split_at_checked(file.stamp as usize)
                .unwrap_or_default();
            rest = after;
            let place = usize::try_from(file.number);
            if let Some(place) = place.ok().and_then(|number| all.get_mut(number)) {
                *place = own;
            }
        }
    }
    all
}

/// Puts together where what is kept of each file stands, by its number.
fn places(sheets: &[Sheets]) -> Vec<(u32, Place)> {
    let mut places = Vec::with_capacity(sheets.iter().map(|sheets| sheets.files.len()).sum());
    let mut own_at = 0;
    for file in sheets.iter().flat_map(|sheets| &sheets.files) {
        let own_length = u64::from(file.own);
        let place = Place {
            at: file.at,
            length: file.length.into(),
            own_at,
            own_length,
            crossed_at: 0,
            crossed_length: 0,
        };
        own_at += own_length;
        places.push((file.number, place));
    }
    places.sort_unstable_by_key(|(number, _)| *number);
    places
}

fn bind(
    mut binding: Binding<BufWriter<Fresh>>,
    key: Key,
    mut sheets: Vec<Sheets>,
    whole: Whole<'_>,
) -> io::Result<Fresh> {
    let mut places = places(&sheets);
    let (mut targets, mut uses) = (Rows::default(), Rows::default());
    let (mut unanswered, mut unmet) = (Vec::new(), Vec::new());
    for (number, crossed) in &whole.crossed {
        let all = crossed.targets.iter();
        all.for_each(|target| targets.add(Target::hash(target), *number));
        unanswered.extend(crossed.is_unanswered.then_some(*number));
        let at = places.binary_search_by_key(number, |(number, _)| *number);
        let place = at.ok().and_then(|at| places.get_mut(at));
        if let Some((_, place)) = place.filter(|_| !crossed.findings.is_empty()) {
            place.crossed_at = binding.at();
            binding.write(&bytes(&crossed.findings)?)?;
            place.crossed_length = binding.at() - place.crossed_at;
        }
    }
    let mut consumers = Vec::new();
    for (number, (one, contracts, is_unmet)) in (0_u32..).zip(&whole.consumers) {
        let at = binding.at();
        binding.write(&bytes(one)?)?;
        let place = Place {
            at,
            length: binding.at() - at,
            ..Place::default()
        };
        place.write(&mut consumers);
        let all = contracts.iter();
        all.for_each(|id| uses.add(hash(ID, id.as_bytes()), number));
        unmet.extend(is_unmet.then_some(number));
    }
    binding.end(0);
    let mut files = Vec::with_capacity(places.len() * PLACE);
    places.iter().for_each(|(_, place)| place.write(&mut files));
    for bytes in [files, consumers, whole.roll] {
        let start = binding.at();
        binding.write(&bytes)?;
        binding.end(start);
    }
    let table = |of: fn(&mut Sheets) -> &mut Rows, sheets: &mut [Sheets]| {
        let mut rows = Rows::default();
        for sheets in sheets {
            rows.extend(std::mem::take(of(sheets)));
        }
        rows
    };
    table(|sheets| &mut sheets.paths, &mut sheets).write(&mut binding)?;
    table(|sheets| &mut sheets.ids, &mut sheets).write(&mut binding)?;
    table(|sheets| &mut sheets.stable_ids, &mut sheets).write(&mut binding)?;
    targets.write(&mut binding)?;
    uses.write(&mut binding)?;
    sayings(&mut binding, whole.tally)?;
    let start = binding.at();
    for sheets in &sheets {
        binding.write(&sheets.own)?;
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
    let is_dated = sheets.iter().any(|sheets| sheets.is_dated);
    binding.value(&Head {
        is_dated: is_dated || whole.head.is_dated,
        files: places.len(),
        totals,
        ..whole.head
    })?;
    let out = binding.finish(key)?.into_inner();
    out.map_err(io::IntoInnerError::into_error)
}

impl Place {
    fn write(&self, to: &mut Vec<u8>) {
        let parts = [
            (self.at, self.length),
            (self.own_at, self.own_length),
            (self.crossed_at, self.crossed_length),
        ];
        for (at, length) in parts {
            to.extend(at.to_le_bytes());
            // No file of a contract is that long.
            to.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
    }

    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut part = || {
            let (at, rest) = bytes.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            bytes = rest;
            Some((
                u64::from_le_bytes(*at),
                u64::from(u32::from_le_bytes(*length)),
            ))
        };
        let ((at, length), (own_at, own_length)) = (part()?, part()?);
        let (crossed_at, crossed_length) = part()?;
        Some(Self {
            at,
            length,
            own_at,
            own_length,
            crossed_at,
            crossed_length,
        })
    }
}

/// Writes a record so that it is read without a copy.
fn frame(to: &mut Vec<u8>, path: &str, record: &Record<'_>) {
    let date = record.date.as_deref().unwrap_or_default();
    let parts = [
        path.as_bytes(),
        &record.stamp,
        &record.readers,
        date.as_bytes(),
        &record.facts,
    ];
    for part in parts {
        to.extend(small(part.len()).to_le_bytes());
        to.extend(part);
    }
}

fn next<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// Reads what is kept of a file, but for what is wrong with it.
pub(super) fn filed(mut bytes: &[u8], crossed: Vec<Finding>) -> Option<Filed> {
    let mut part = || next(&mut bytes);
    let (path, stamp) = (part()?, part()?);
    let (_, _, own) = (part()?, part()?, part()?);
    Some(Filed {
        path: std::str::from_utf8(path).ok()?.to_owned(),
        stamp: stamp.to_vec(),
        outcome: facts(own)?,
        crossed,
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

/// Writes what is said of names, each thing with where it stands in which files it is said, and
/// those before.
fn sayings<W: Write>(binding: &mut Binding<W>, tally: &Tally) -> io::Result<()> {
    let sayings = tally.sayings();
    let sayings = sayings.map(|(about, saying, files)| {
        let key = (spread(u64::from_le_bytes(about)), saying.value);
        (key, saying, files)
    });
    let mut all: Vec<_> = sayings.collect();
    all.par_sort_unstable_by_key(|(key, ..)| *key);
    let start = binding.at();
    let mut rows = Vec::with_capacity(all.len() * STATED);
    for ((about, value), saying, files) in all {
        let at = binding.at() - start;
        binding.write(&files)?;
        rows.extend(about.to_le_bytes());
        rows.extend(value);
        for number in [saying.count, saying.file, saying.document] {
            rows.extend(number.to_le_bytes());
        }
        rows.extend(at.to_le_bytes());
        rows.extend(small(files.len()).to_le_bytes());
    }
    binding.end(start);
    let start = binding.at();
    binding.write(&rows)?;
    binding.end(start);
    Ok(())
}

pub(super) fn stated_of(row: &[u8; STATED]) -> Option<Stated> {
    let (value, mut rest) = row.get(8..)?.split_first_chunk()?;
    let mut number = || {
        let (number, after) = rest.split_first_chunk()?;
        rest = after;
        Some(u32::from_le_bytes(*number))
    };
    let saying = super::Saying {
        value: *value,
        count: number()?,
        file: number()?,
        document: number()?,
    };
    let (low, high, length) = (number()?, number()?, number()?);
    Some(Stated {
        saying,
        at: u64::from(high) << 32 | u64::from(low),
        length: length.into(),
    })
}

fn bytes(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

/// Puts findings together that are the same.
fn tallied(findings: &[Finding]) -> io::Result<Tallied> {
    let mut all: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    for finding in findings {
        let bytes = bytes(finding)?;
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
        let bytes = bytes(finding)?;
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
