//! What an audit found out file by file, and between files, in; an inventory out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use meshlaw_report::Finding;
use rayon::prelude::*;
use serde::Serialize;

use super::frame::{PLACE, small};
use super::sheets::Bundle;
use super::table::{Rows, hash, spread};
use super::volume::Binding;
use super::{Head, ID, Place, Sort, Stated, Tallied, Target, Using, finding_key};
use crate::cache::{Fresh, Key};
use crate::crossing::Crossed;
use crate::definitions::{Clash, Written};

/// Bytes that say what fields say of a name: the name, the value, the count, the file, the document,
/// and where it stands in which files.
pub(super) const STATED: usize = 36;

/// What an audit found out between files, and in all.
pub struct Whole<'w, P> {
    /// What it hangs on.
    pub head: Head,
    /// What was written down of files.
    pub sheets: Bundle,
    /// Paths and stamps of all files of a work tree.
    pub roll: Vec<u8>,
    /// What contracts say of others, and what is wrong with that, by the number of their file.
    pub crossed: BTreeMap<u32, Crossed>,
    /// Files of consumers, with the contracts that they use, and whether each of these is there.
    pub consumers: Vec<(Using, BTreeSet<String>, bool)>,
    /// What fields say of names, in the order in which it is looked up.
    pub sayings: Vec<Written>,
    /// Contracts, by product, as a map is written.
    pub products: &'w P,
    /// What contracts are called.
    pub names: Vec<&'w str>,
    /// The terms of each file.
    pub terms: Vec<(String, String)>,
    /// What was found.
    pub noted: Noted,
}

/// What was found, written down at once, since whoever found it goes on with it.
pub struct Noted {
    between: Tallied,
    counts: Rows,
    totals: Totals,
    clashes: Vec<u8>,
}

impl Noted {
    /// Writes down what was found in all, so much of which within files of contracts, and the
    /// definitions that clash; none where anything cannot be written.
    pub fn of(findings: &[Finding], own: usize, clashes: &[Clash]) -> Option<Self> {
        let (counts, totals) = counts(findings).ok()?;
        Some(Self {
            between: tallied(findings.get(own..)?).ok()?,
            counts,
            totals,
            clashes: bytes(&clashes).ok()?,
        })
    }
}

/// Puts what fields say of names into the order in which it is looked up.
pub fn in_order(mut sayings: Vec<Written>) -> Vec<Written> {
    sayings.par_sort_unstable_by_key(|(about, saying, _)| (key_of(about), saying.value));
    sayings
}

fn key_of(about: &[u8; 8]) -> u64 {
    spread(u64::from_le_bytes(*about))
}

/// Writes an inventory whose records of files are written.
pub(super) fn bind<P: Serialize>(
    mut binding: Binding<BufWriter<Fresh>>,
    key: Key,
    mut whole: Whole<'_, P>,
) -> io::Result<Fresh> {
    let mut places = std::mem::take(&mut whole.sheets.places);
    let between = between(&mut binding, &whole, &mut places)?;
    binding.end(0);
    let mut files = Vec::with_capacity(places.len() * PLACE);
    places.iter().for_each(|place| place.write(&mut files));
    let sheets = whole.sheets;
    let sections = [
        files,
        between.consumers,
        whole.roll,
        sheets.paths,
        sheets.ids,
        sheets.stable_ids,
    ];
    for bytes in sections {
        binding.section(&bytes)?;
    }
    between.targets.write(&mut binding)?;
    between.uses.write(&mut binding)?;
    sayings(&mut binding, whole.sayings)?;
    let start = binding.at();
    for own in &sheets.own {
        binding.write(own)?;
    }
    binding.end(start);
    let noted = whole.noted;
    binding.value(&noted.between)?;
    noted.counts.write(&mut binding)?;
    binding.value(&between.unanswered)?;
    binding.value(&between.unmet)?;
    binding.section(&noted.clashes)?;
    binding.value(whole.products)?;
    binding.value(&whole.names)?;
    binding.value(&whole.terms)?;
    binding.value(&Head {
        is_dated: sheets.is_dated || whole.head.is_dated,
        files: places.len(),
        totals: noted.totals,
        ..whole.head
    })?;
    let out = binding.finish(key)?.into_inner();
    out.map_err(io::IntoInnerError::into_error)
}

/// What files say of one another.
#[derive(Default)]
struct Between {
    targets: Rows,
    unanswered: Vec<u32>,
    /// Where what is kept of each file of consumers stands.
    consumers: Vec<u8>,
    uses: Rows,
    unmet: Vec<u32>,
}

/// Writes what files say of others, what is wrong with that, and what is kept of consumers.
fn between<W: Write, P>(
    binding: &mut Binding<W>,
    whole: &Whole<'_, P>,
    places: &mut [Place],
) -> io::Result<Between> {
    let mut all = Between::default();
    for (number, crossed) in &whole.crossed {
        for target in &crossed.targets {
            all.targets.add(Target::hash(target), *number);
        }
        all.unanswered
            .extend(crossed.is_unanswered.then_some(*number));
        let at = usize::try_from(*number);
        if let Some(place) = at.ok().and_then(|at| places.get_mut(at)) {
            place.crossed_at = binding.at();
            binding.write(&bytes(&(&crossed.findings, &crossed.relies))?)?;
            place.crossed_length = binding.at() - place.crossed_at;
        }
    }
    for (number, (one, contracts, is_unmet)) in (0_u32..).zip(&whole.consumers) {
        let at = binding.at();
        binding.write(&bytes(one)?)?;
        let place = Place {
            at,
            length: binding.at() - at,
            ..Place::default()
        };
        place.write(&mut all.consumers);
        for id in contracts {
            all.uses.add(hash(ID, id.as_bytes()), number);
        }
        all.unmet.extend(is_unmet.then_some(number));
    }
    Ok(all)
}

/// Writes what is said of names, each thing with where it stands in which files it is said, and
/// those before.
fn sayings<W: Write>(binding: &mut Binding<W>, all: Vec<Written>) -> io::Result<()> {
    let start = binding.at();
    let mut rows = Vec::with_capacity(all.len() * STATED);
    for (about, saying, files) in all {
        let at = binding.at() - start;
        binding.write(&files)?;
        rows.extend(key_of(&about).to_le_bytes());
        rows.extend(saying.value);
        for number in [saying.count, saying.file, saying.document] {
            rows.extend(number.to_le_bytes());
        }
        rows.extend(at.to_le_bytes());
        rows.extend(small(files.len()).to_le_bytes());
    }
    binding.end(start);
    binding.section(&rows)
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

fn bytes(value: &impl Serialize) -> io::Result<Vec<u8>> {
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
    let keyed = findings.par_iter().map(|finding| {
        let sort = (finding.state, finding.severity, finding.enforcement);
        Ok((finding_key(&bytes(finding)?), sort))
    });
    let mut keys: Vec<(u64, Sort)> = keyed.collect::<io::Result<_>>()?;
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
