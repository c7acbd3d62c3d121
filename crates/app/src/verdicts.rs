//! What earlier audits found out about the contracts of a file in, out where nothing that it hangs
//! on has changed.
//!
//! An inventory holds a record for each file, under a key of all that every verdict hangs on:
//! policies, settings, terms, the schema of free properties, the program. Each record says what
//! else its own hangs on: the bytes of the file, the consumers of its contracts, and the date, if
//! anything in it could be one.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use meshlaw_changeset::{Content, Entry, Turn};
use meshlaw_report::{Enforcement, Finding};
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key, Page};
use crate::court::Court;
use crate::definitions::Sayings;
use crate::duplicates::Claim;
use crate::estate::Estate;
use crate::law::Law;
use crate::readership::Readership;
use crate::sketch::Packed;

/// What pages of records are called in the cache.
const KIND: &str = "recent";

/// Files that changed so shortly before a run could change again without showing it.
const UNSETTLED: Duration = Duration::from_secs(2);

/// A page is written anew once one in so many of its records is fresh.
const SHARE_FRESH: usize = 16;

/// What was found out about the contracts of one file, apart from all other files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many contracts it holds.
    pub count: usize,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// Their claims to their names.
    pub claims: Vec<Claim>,
    /// Their products, each with the contract.
    pub products: Vec<(String, String)>,
    /// Their claims to their stable ids.
    pub stable_ids: Vec<(String, Claim)>,
    /// What they are called.
    pub ids: Vec<String>,
    /// Sketches of those that have consumers, who ask for them in every audit.
    pub sketches: Vec<Option<Packed>>,
    /// Whether they take anything of other contracts to be there.
    pub has_asks: bool,
    /// The words by which they name terms.
    pub terms: Vec<String>,
    /// What the fields of each say of their names.
    pub said: Vec<Sayings>,
}

impl Outcome {
    /// Makes room for what is found out about so many contracts, and for no more: outcomes of a
    /// whole estate are held at once, of files that hold one contract each.
    pub fn make_room(&mut self, contracts: usize) {
        self.claims.reserve_exact(contracts);
        self.ids.reserve_exact(contracts);
        self.sketches.reserve_exact(contracts);
        self.said.reserve_exact(contracts);
        self.products.reserve_exact(contracts);
    }
}

/// The records of one key.
#[derive(Serialize, Deserialize)]
struct Records<'p>(#[serde(borrow)] Vec<(Cow<'p, str>, Record<'p>)>);

/// What is kept of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record<'p> {
    /// What tells the bytes of the file from any others.
    #[serde(borrow)]
    pub stamp: Cow<'p, [u8]>,
    /// The consumers of its contracts, as a hash.
    #[serde(borrow)]
    pub readers: Cow<'p, [u8]>,
    /// The date for which it holds; none where it holds for any.
    #[serde(borrow)]
    pub date: Option<Cow<'p, str>>,
    /// What was found out but for what is wrong.
    #[serde(borrow)]
    pub facts: Cow<'p, [u8]>,
    /// What is wrong.
    #[serde(borrow)]
    pub findings: Cow<'p, [u8]>,
}

/// What was found out but for what is wrong, as it is written down.
type Facts = (
    (usize, bool),
    (Vec<Claim>, Vec<(String, Claim)>),
    Vec<(String, String)>,
    (Vec<String>, Vec<Option<Packed>>),
    (Vec<String>, Vec<Sayings>),
);

/// Reads what was found out but for what is wrong.
pub fn facts(bytes: &[u8]) -> Option<Outcome> {
    let facts = postcard::from_bytes::<Facts>(bytes).ok()?;
    let ((count, has_asks), (claims, stable_ids), products, (ids, sketches), (terms, said)) = facts;
    Some(Outcome {
        count,
        findings: Vec::new(),
        claims,
        products,
        stable_ids,
        ids,
        sketches,
        has_asks,
        terms,
        said,
    })
}

impl Record<'static> {
    /// Makes a record; none where what was found out cannot be written down.
    pub fn of(
        stamp: Vec<u8>,
        readers: Vec<u8>,
        date: Option<String>,
        outcome: &Outcome,
    ) -> Option<Self> {
        let Outcome {
            count,
            findings,
            claims,
            products,
            stable_ids,
            ids,
            sketches,
            has_asks,
            terms,
            said,
        } = outcome;
        let facts = (
            (count, has_asks),
            (claims, stable_ids),
            products,
            (ids, sketches),
            (terms, said),
        );
        Some(Self {
            stamp: Cow::Owned(stamp),
            readers: Cow::Owned(readers),
            date: date.map(Cow::Owned),
            facts: Cow::Owned(written(&facts)?),
            findings: Cow::Owned(written(findings)?),
        })
    }
}

thread_local! {
    /// Where a record is written first, since nobody knows how long it becomes.
    static DESK: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Writes a part of a record, in as many bytes as it has.
fn written(part: &impl Serialize) -> Option<Vec<u8>> {
    let mut desk = DESK.take();
    desk.clear();
    let desk = postcard::to_extend(part, desk).ok()?;
    let bytes = desk.as_slice().to_vec();
    DESK.set(desk);
    Some(bytes)
}

impl Record<'_> {
    /// Returns what was found out.
    pub fn outcome(&self) -> Option<Outcome> {
        let findings = postcard::from_bytes(&self.findings).ok()?;
        let outcome = facts(&self.facts)?;
        Some(Outcome {
            findings,
            ..outcome
        })
    }
}

/// Where records come from, and go to.
pub trait Archive: Sync {
    /// Returns what tells the bytes of an entry from any others.
    fn stamp(&self, entry: &Entry) -> Option<Vec<u8>>;

    /// Reads an entry, with what tells the bytes that were read from any others.
    fn read(&self, turn: Turn<'_>) -> (Content, Option<Vec<u8>>);

    /// The date that is taken for today.
    fn as_of(&self) -> &str;

    /// Returns what a record says, if it still holds.
    fn recall(
        &self,
        record: &Record<'_>,
        stamp: &[u8],
        readership: &Readership,
    ) -> Option<Outcome> {
        let is_of_today = record
            .date
            .as_ref()
            .is_none_or(|date| *date == self.as_of());
        if record.stamp != stamp || !is_of_today {
            return None;
        }
        let outcome = record.outcome()?;
        (readership.mark(&outcome.ids).0 == *record.readers).then_some(outcome)
    }

    /// Makes a record of what was found out now.
    fn record(
        &self,
        stamp: Vec<u8>,
        text: &str,
        outcome: &Outcome,
        readership: &Readership,
    ) -> Option<Record<'static>> {
        let (readers, has_dates) = readership.mark(&outcome.ids);
        let is_dated = has_dates || may_hold_date(text);
        let date = is_dated.then(|| self.as_of().to_owned());
        Record::of(stamp, readers, date, outcome)
    }
}

/// Makes records that later runs in the same place take for what they would find themselves.
pub struct Keeper {
    as_of: String,
    /// Files that changed after this second of Unix time could change again unseen.
    pub settled: u64,
}

impl Archive for Keeper {
    fn stamp(&self, entry: &Entry) -> Option<Vec<u8>> {
        entry.stamp(self.settled)
    }

    fn read(&self, turn: Turn<'_>) -> (Content, Option<Vec<u8>>) {
        turn.stamped(self.settled)
    }

    fn as_of(&self) -> &str {
        &self.as_of
    }
}

impl Keeper {
    /// Makes a keeper of a day; none where there is no clock.
    pub fn new(as_of: Date) -> Option<Self> {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()?;
        Some(Self {
            as_of: as_of.to_string(),
            settled: now.checked_sub(UNSETTLED)?.as_secs(),
        })
    }
}

/// Records of the few files that changed since an inventory was made.
pub struct Recent {
    cache: Cache,
    key: Key,
    page: Option<Page>,
}

impl Recent {
    /// Looks up what was kept beside the inventory of a key, while terms said the same.
    pub fn load(cache: &Cache, key: &Key, terms: &Key) -> Option<Self> {
        let key = Key::of(&(KIND, key, terms))?;
        let page = cache.load(KIND, &key);
        let cache = cache.clone();
        Some(Self { cache, key, page })
    }

    /// Returns the records, by the paths of their files.
    pub fn records(&self) -> HashMap<Cow<'_, str>, Record<'_>> {
        let records = self.page.as_ref().and_then(Page::value::<Records<'_>>);
        records.into_iter().flat_map(|records| records.0).collect()
    }

    /// Writes the page anew, where enough of the records are fresh that the next run gains by it.
    pub fn store(&self, fresh: usize, records: Vec<(Cow<'_, str>, Record<'_>)>) {
        if fresh > 0 && fresh >= records.len() / SHARE_FRESH {
            self.cache.store(KIND, &self.key, &Records(records));
        }
    }
}

/// Hashes all that every verdict hangs on.
pub fn key(court: &Court<'_>, as_of: Date) -> Option<Key> {
    Key::of(&(of_law(court.law, as_of)?, of_terms(court.estate)?))
}

/// Hashes all of the law that every verdict hangs on.
pub fn of_law(law: &Law, as_of: Date) -> Option<Key> {
    let policies = law.book.policies.iter();
    let policies: Vec<(&str, &str, bool, Enforcement)> = policies
        .map(|one| {
            let is_early = one.since.is_some_and(|since| as_of < since);
            let settled = one.enforcement(as_of);
            (one.id.as_str(), &*one.text, is_early, settled)
        })
        .collect();
    let is_dated = may_hold_date(&law.texts.settings)
        || policies.iter().any(|(_, text, ..)| text.contains("asOf"));
    let date = is_dated.then(|| as_of.to_string());
    Key::of(&("law", policies, &law.texts, law.bootstrap, date))
}

/// Hashes all of the terms that every verdict hangs on.
pub fn of_terms(estate: &Estate) -> Option<Key> {
    Key::of(&("terms", &estate.world.glossary, &estate.lexicon.places))
}

/// Tells whether a text could hold a date in any form that is read as one; where escapes could hide
/// it, it could.
pub fn may_hold_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if memchr::memchr(b'\\', bytes).is_some() {
        return true;
    }
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut before = 0;
    for (nth, block) in blocks.iter().enumerate() {
        // The digits of a block, behind those that end the block before it.
        let digits = u128::from(digits(block)) << OVERLAP | before;
        before = digits >> BLOCK;
        let pairs = digits & digits >> 1;
        let mut years = pairs & pairs >> 2;
        while years != 0 {
            let last = nth * BLOCK + years.trailing_zeros() as usize + YEAR - 1;
            if is_in_date(bytes, last - OVERLAP) {
                return true;
            }
            years &= years - 1;
        }
    }
    let start = bytes.len() - rest.len();
    (start..bytes.len()).any(|at| is_in_date(bytes, at))
}

/// Digits of a year, and of a date without dashes.
const YEAR: usize = 4;
const COMPACT: usize = 8;

/// Bytes that are looked at together, a bit for each.
const BLOCK: usize = 64;

/// As many digits of a year may stand in one block if its last stands in the next.
const OVERLAP: usize = YEAR - 1;

/// Tells digits, the first byte by the lowest bit.
fn digits(block: &[u8; BLOCK]) -> u64 {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    // What is more than nine reaches the highest bit with this.
    const ABOVE: u64 = 0x7676_7676_7676_7676;
    // Brings the lowest bits of eight bytes together in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = block.as_chunks::<8>();
    let words = words.iter().map(|word| {
        let word = u64::from_le_bytes(*word) ^ ZEROS;
        let others = ((word & !TOPS) + ABOVE) | word;
        ((!others & TOPS) >> 7).wrapping_mul(GATHER) >> 56
    });
    words.rev().fold(0, |all, byte| all << 8 | byte)
}

/// Tells whether the digits around a place could be a date, or the year of one.
fn is_in_date(bytes: &[u8], at: usize) -> bool {
    let is_digit = |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_digit);
    if !is_digit(&at) {
        return false;
    }
    let before = (0..at).rev().take_while(is_digit).count();
    let after = (at..bytes.len()).take_while(is_digit).count();
    let (digits, end) = (before + after, at + after);
    let has_month = || bytes.get(end) == Some(&b'-') && is_digit(&(end + 1));
    digits >= COMPACT || digits >= YEAR && has_month()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_looked_through_as_byte_by_byte(text in "[0-9a -]{0,90}|[a-c]{0,140}[0-9-]{0,14}[a-c]{0,40}|[a0\\\\ ]{0,50}") {
            let bytes = text.as_bytes();
            let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
            let holds = |at: usize| {
                (at..at + 8).all(is_digit)
                    || (at..at + 4).all(is_digit) && bytes.get(at + 4) == Some(&b'-') && is_digit(at + 5)
            };
            let slow = text.contains('\\') || (0..bytes.len()).any(holds);
            prop_assert_eq!(may_hold_date(&text), slow);
        }
    }

    #[test]
    fn dates_are_seen_wherever_they_stand() {
        for before in 0..70 {
            let before = " ".repeat(before);
            for date in ["2027-01-31", "20270131", "\\x32", "2027-1"] {
                assert!(may_hold_date(&format!("{before}{date}")), "{before}{date}");
                assert!(may_hold_date(&format!("{before}{date} after it")));
            }
            for other in ["2.1.0", "100-200", "1234567", "a-b", "2027 - 01", "2027-"] {
                assert!(
                    !may_hold_date(&format!("{before}{other}")),
                    "{before}{other}"
                );
            }
        }
    }
}
