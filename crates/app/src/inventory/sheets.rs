//! What threads find out of files in, the beginning of an inventory out.
//!
//! What is kept of a file is written as soon as it is known, by whichever thread knows it: of a
//! large estate it would take more room than everything else.

use std::io::BufWriter;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::draft::{Whole, bind};
use super::frame::{frame, small};
use super::table::{Rows, hash};
use super::volume::Binding;
use super::{ID, KIND, PATH, Place, STABLE_ID};
use crate::cache::{Cache, Fresh, Key};
use crate::verdicts::{Outcome, Record};

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
        let Some(open) = &mut *binding else {
            sheets.open.clear();
            return;
        };
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
    pub fn keep<P: Serialize>(self, cache: &Cache, key: &Key, whole: Whole<'_, P>) {
        let binding = self.binding.into_inner();
        let binding = binding.unwrap_or_else(PoisonError::into_inner);
        let Some(binding) = binding.filter(|_| !whole.sheets.is_broken) else {
            return;
        };
        if let Ok(fresh) = bind(binding, *key, whole) {
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

/// What all threads wrote down of files, put together.
pub struct Bundle {
    /// Where what is kept of each file stands, by its number.
    pub(super) places: Vec<Place>,
    pub(super) paths: Vec<u8>,
    pub(super) ids: Vec<u8>,
    pub(super) stable_ids: Vec<u8>,
    /// What is wrong with files.
    pub(super) own: Vec<Vec<u8>>,
    pub(super) is_dated: bool,
    is_broken: bool,
}

impl Bundle {
    /// Puts together what threads wrote down.
    pub fn of(mut all: Vec<Sheets>) -> Self {
        let rows = |of: fn(&mut Sheets) -> &mut Rows, all: &mut [Sheets]| {
            Rows::joined(all.iter_mut().map(|sheets| std::mem::take(of(sheets))))
        };
        Self {
            places: places(&all),
            paths: rows(|sheets| &mut sheets.paths, &mut all),
            ids: rows(|sheets| &mut sheets.ids, &mut all),
            stable_ids: rows(|sheets| &mut sheets.stable_ids, &mut all),
            is_dated: all.iter().any(|sheets| sheets.is_dated),
            is_broken: all.iter().any(|sheets| sheets.is_broken),
            own: all.into_iter().map(|sheets| sheets.own).collect(),
        }
    }
}

/// Returns where what is kept of each file stands, by its number.
fn places(sheets: &[Sheets]) -> Vec<Place> {
    let count = sheets.iter().map(|sheets| sheets.files.len()).sum();
    let mut places = vec![Place::default(); count];
    let mut own_at = 0;
    for file in sheets.iter().flat_map(|sheets| &sheets.files) {
        let own_length = u64::from(file.own);
        let number = usize::try_from(file.number);
        // Each file was seen once, so that there are as many as numbers.
        let place = number.ok().and_then(|number| places.get_mut(number));
        place.into_iter().for_each(|place| {
            *place = Place {
                at: file.at,
                length: file.length.into(),
                own_at,
                own_length,
                crossed_at: 0,
                crossed_length: 0,
            }
        });
        own_at += own_length;
    }
    places
}
