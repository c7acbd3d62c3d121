//! What an audit found out file by file, and between files, in; an inventory out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use meshlaw_report::Finding;
use rayon::prelude::*;

use super::frame::{PLACE, small};
use super::sheets::{Sheets, places};
use super::table::{Rows, hash, spread};
use super::volume::Binding;
use super::{Head, ID, Place, Sort, Stated, Tallied, Target, Using, finding_key};
use crate::cache::{Fresh, Key};
use crate::crossing::Crossed;
use crate::definitions::{Clash, Tally};

/// Bytes that say what fields say of a name: the name, the value, the count, the file, the document,
/// and where it stands in which files.
pub(super) const STATED: usize = 36;

/// What an audit found out between files, and in all.
pub struct Whole<'w> {
    /// What it hangs on.
    pub head: Head,
    /// Paths and stamps of all files of a work tree.
    pub roll: Vec<u8>,
    /// What contracts say of others, and what is wrong with that, by the number of their file.
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

/// Writes an inventory whose records of files are written.
pub(super) fn bind(
    mut binding: Binding<BufWriter<Fresh>>,
    key: Key,
    mut sheets: Vec<Sheets>,
    whole: Whole<'_>,
) -> io::Result<Fresh> {
    let mut places = places(&sheets);
    let between = between(&mut binding, &whole, &mut places)?;
    binding.end(0);
    let mut files = Vec::with_capacity(places.len() * PLACE);
    places.iter().for_each(|(_, place)| place.write(&mut files));
    for bytes in [files, between.consumers, whole.roll] {
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
    between.targets.write(&mut binding)?;
    between.uses.write(&mut binding)?;
    sayings(&mut binding, whole.tally)?;
    let start = binding.at();
    for sheets in &sheets {
        binding.write(&sheets.own)?;
    }
    binding.end(start);
    binding.value(&tallied(whole.between)?)?;
    let (counts, totals) = counts(whole.findings)?;
    counts.write(&mut binding)?;
    binding.value(&between.unanswered)?;
    binding.value(&between.unmet)?;
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
fn between<W: Write>(
    binding: &mut Binding<W>,
    whole: &Whole<'_>,
    places: &mut [(u32, Place)],
) -> io::Result<Between> {
    let mut all = Between::default();
    for (number, crossed) in &whole.crossed {
        for target in &crossed.targets {
            all.targets.add(Target::hash(target), *number);
        }
        all.unanswered
            .extend(crossed.is_unanswered.then_some(*number));
        let at = places.binary_search_by_key(number, |(number, _)| *number);
        let place = at.ok().and_then(|at| places.get_mut(at));
        if let Some((_, place)) = place {
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
