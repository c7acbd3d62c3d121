//! Contract files in, what is wrong with each out, and what is needed to hold them against others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use meshlaw_changeset::{Entry, Kind as EntryKind, Snapshot, Turn};
use meshlaw_policy::Judge;
use meshlaw_report::Side;
use rayon::prelude::*;

use super::Asked;
use crate::atlas::Packed;
use crate::court::Court;
use crate::crossing::{self, Ask};
use crate::decisions::Draft;
use crate::definitions::Scribe;
use crate::duplicates::Claim;
use crate::estate::text_of;
use crate::failure::Failure;
use crate::progress;
use crate::revision::FileText;
use crate::verdicts::{Archive, Outcome, Record};
use crate::waivers::Docket;

/// What came of one file.
#[derive(Default)]
pub struct OfFile {
    /// What its record says.
    pub outcome: Outcome,
    /// Its contracts that waivers speak of.
    pub docket: Docket,
    /// Sketches of its contracts, in the order of their names.
    pub sketches: Vec<Option<Packed>>,
    /// What its contracts take of others to be there.
    pub asks: Vec<Ask>,
}

/// What came of one file, where it stands among the others, and what to keep of it.
pub struct Told<'p> {
    /// The place of the file among all.
    pub position: usize,
    /// What came of it.
    pub of_file: OfFile,
    /// What to keep.
    pub record: Option<(Kind, Record<'p>)>,
}

/// Whether a record was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was.
    Old,
    /// It was not.
    Fresh,
}

/// What was found out before, and by whose means it is told whether it still holds.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What makes records, where any are made.
    pub archive: Option<&'a dyn Archive>,
    /// The records, by the paths of their files.
    pub records: &'a HashMap<Cow<'a, str>, Record<'a>>,
}

/// Files that somebody looks at side by side with others, so many at once.
const FEW: usize = 64;

/// Judges file by file, and lets each go before the next.
///
/// Each thread gives what comes of its files, in no order that means anything, to a taker of its own.
pub fn each<'a, T: Send>(
    court: &'a Court<'_>,
    snapshot: &Snapshot,
    entries: &[Entry],
    (asked, source): (&Asked<'_>, Source<'a>),
    (taker, take): (impl Fn() -> T + Sync, impl Fn(&mut T, Told<'a>) + Sync),
) -> Result<Vec<T>, Failure> {
    let bar = progress::bar(entries.len());
    let desk = Desk {
        court,
        source,
        scribe: Scribe::new(&court.law.settings),
        keeps_all: asked.keeps_all,
        asks: AtomicBool::new(false),
    };
    let (takers, unread) = desk.recall_all(entries, &taker, |taker, told| {
        take(taker, told);
        bar.inc(1);
    });
    let reader = snapshot.open()?;
    let batches = reader.batches(entries, unread, court.law.settings.limits.bytes as u64);
    let next = AtomicUsize::new(0);
    let takers = Mutex::new(takers);
    let free = || takers.lock().unwrap_or_else(PoisonError::into_inner).pop();
    // A judge remembers what it decided, so that one for each thread decides least.
    let threads = rayon::current_num_threads().min(batches.count());
    let filled: Result<Vec<T>, Failure> = (0..threads)
        .into_par_iter()
        .with_max_len(1)
        .map(|_| {
            let reader = snapshot.open()?;
            let mut judge = court.judge()?;
            let mut log = Draft::default();
            let mut own = free().unwrap_or_else(&taker);
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= batches.count() {
                    court.log.inspect(|court| court.keep(log));
                    return Ok(own);
                }
                batches.read(nth, &reader, |turn| {
                    let (entry, position) = (turn.entry, turn.position);
                    let (of_file, record) = desk.file(&mut judge, turn);
                    if court.log.is_some() {
                        log.add(&entry.path.to_string(), position, &mut judge);
                    }
                    let told = Told {
                        position,
                        of_file,
                        record,
                    };
                    take(&mut own, told);
                    bar.inc(1);
                });
            }
        })
        .collect();
    bar.finish_and_clear();
    let mut filled = filled?;
    filled.extend(takers.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(filled)
}

/// What files are judged with.
struct Desk<'a, 'l> {
    court: &'a Court<'l>,
    source: Source<'a>,
    scribe: Scribe,
    keeps_all: bool,
    /// Whether contracts ask for one another, so that any may be asked for.
    asks: AtomicBool,
}

impl<'a, 'l> Desk<'a, 'l> {
    /// Recalls what was found out before and needs no text; returns the positions of other files.
    fn recall_all<T: Send>(
        &self,
        entries: &[Entry],
        taker: &(impl Fn() -> T + Sync),
        take: impl Fn(&mut T, Told<'a>) + Sync,
    ) -> (Vec<T>, Vec<usize>) {
        if self.source.records.is_empty() {
            return (Vec::new(), (0..entries.len()).collect());
        }
        let next = AtomicUsize::new(0);
        let shares = (0..rayon::current_num_threads()).into_par_iter();
        let shares = shares.with_max_len(1).map(|_| {
            let (mut own, mut unread) = (taker(), Vec::new());
            loop {
                let start = next.fetch_add(FEW, Ordering::Relaxed);
                let Some(rest) = entries.get(start..).filter(|rest| !rest.is_empty()) else {
                    return (own, unread);
                };
                for (position, entry) in (start..).zip(rest.iter().take(FEW)) {
                    match self.recalled(entry) {
                        Some((outcome, record)) if !outcome.has_asks => {
                            let of_file = OfFile::recalled(outcome);
                            let record = Some((Kind::Old, record));
                            let told = Told {
                                position,
                                of_file,
                                record,
                            };
                            take(&mut own, told);
                        }
                        _ => unread.push(position),
                    }
                }
            }
        });
        let (takers, unread): (Vec<T>, Vec<Vec<usize>>) = shares.unzip();
        let mut unread = unread.concat();
        unread.sort_unstable();
        (takers, unread)
    }

    fn file(&self, judge: &mut Judge<'l>, turn: Turn<'_>) -> (OfFile, Option<(Kind, Record<'a>)>) {
        let (entry, path) = (turn.entry, turn.entry.path.shown().into_owned());
        let known = self.recalled(entry);
        let (content, stamp) = match self.source.archive {
            Some(archive) => archive.read(turn),
            None => (turn.content(), None),
        };
        let text = match text_of(content, entry, &self.court.law.settings) {
            Ok(text) => text,
            Err(finding) => {
                let mut of_file = OfFile::default();
                of_file.outcome.findings.extend(finding.map(|one| *one));
                return (of_file, None);
            }
        };
        let file = FileText {
            path,
            text,
            side: Side::Head,
        };
        // Another file may lie there since.
        let is_same = |(_, record): &(_, Record<'_>)| stamp.as_deref() == Some(&*record.stamp);
        if let Some((outcome, record)) = known.filter(is_same) {
            let mut of_file = OfFile::recalled(outcome);
            let revisions = file.contracts(&self.court.law.settings, self.court.domains);
            of_file.asks = revisions.iter().flat_map(crossing::asks).collect();
            return (of_file, Some((Kind::Old, record)));
        }
        let mut of_file = OfFile::default();
        self.judge(judge, &file, &mut of_file);
        let record = self.source.archive.zip(stamp).and_then(|(archive, stamp)| {
            let readership = self.court.readership;
            let record = archive.record(stamp, &file.text, &of_file.outcome, readership)?;
            Some((Kind::Fresh, record))
        });
        (of_file, record)
    }

    /// Judges the contracts of a file.
    fn judge(&self, judge: &mut Judge<'l>, file: &FileText, of_file: &mut OfFile) {
        let court = self.court;
        let outcome = &mut of_file.outcome;
        // One answer for the whole file, since contracts of one name are read again together.
        let is_asked = self.asks.load(Ordering::Relaxed);
        let revisions = file.contracts(&court.law.settings, court.domains);
        outcome.make_room(revisions.len());
        of_file.sketches.reserve_exact(revisions.len());
        for revision in revisions {
            outcome.count += 1;
            outcome.findings.extend(court.standing(judge, &revision));
            outcome.claims.extend(Claim::of(&revision));
            let id = revision.identity.id();
            let contract = revision.contract();
            let product = contract.and_then(|one| one.product.clone());
            outcome
                .products
                .extend(product.map(|one| (one, id.clone())));
            of_file.asks.extend(crossing::asks(&revision));
            if !of_file.asks.is_empty() {
                self.asks.store(true, Ordering::Relaxed);
            }
            let is_read = court.readership.has_readers(&id);
            // What nobody is likely to ask for is read again if somebody does: all sketches of a
            // large estate take more room than everything else.
            let packed = (is_read || is_asked).then(|| Packed::of(&revision));
            outcome.sketches.push(packed.clone().filter(|_| is_read));
            of_file.sketches.push(packed);
            outcome.ids.push(id.clone());
            if self.keeps_all || court.ledger.speaks_of(&id) {
                of_file.docket.add(id, &revision);
            }
            outcome.terms.extend(crossing::terms(&revision));
            let said = contract.map(|one| self.scribe.said(one));
            outcome.said.push(said.unwrap_or_default());
            let id = contract.and_then(|one| one.id.clone());
            outcome.stable_ids.extend(id.zip(Claim::of_id(&revision)));
        }
        outcome.has_asks = !of_file.asks.is_empty();
    }

    /// Recalls what was found out before, unless contracts are needed for more than that.
    fn recalled(&self, entry: &Entry) -> Option<(Outcome, Record<'a>)> {
        // A link could bear the stamp that a file bore.
        if entry.kind != EntryKind::File || self.source.records.is_empty() {
            return None;
        }
        let (court, archive) = (self.court, self.source.archive?);
        let record = self.source.records.get(&*entry.path.shown())?;
        let outcome = archive.recall(record, &archive.stamp(entry)?, court.readership)?;
        if outcome.ids.iter().any(|id| court.ledger.speaks_of(id)) {
            return None;
        }
        if outcome.has_asks {
            self.asks.store(true, Ordering::Relaxed);
        }
        Some((outcome, record.clone()))
    }
}

impl OfFile {
    /// What was found out about a file before.
    fn recalled(outcome: Outcome) -> Self {
        Self {
            sketches: outcome.sketches.clone(),
            outcome,
            ..Self::default()
        }
    }
}
