//! Contract files in, what is wrong with each out, and what is needed to hold them against others.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use meshlaw_changeset::{Entry, Kind as EntryKind, Snapshot, Turn};
use meshlaw_policy::Judge;
use meshlaw_report::{Finding, Side};
use rayon::iter::Either;
use rayon::prelude::*;

use super::Asked;
use super::in_order::{InOrder, List};
use crate::atlas::{Known, Packed};
use crate::court::Court;
use crate::crossing::{self, Ask};
use crate::decisions::Draft;
use crate::definitions::{Scribe, Tally};
use crate::duplicates::Claim;
use crate::estate::text_of;
use crate::failure::Failure;
use crate::inventory;
use crate::progress;
use crate::register::Spoken;
use crate::revision::FileText;
use crate::verdicts::{Archive, Outcome, Record};
use crate::waivers::Docket;

/// What outlives the contracts that were judged.
#[derive(Default)]
pub struct Judged {
    /// How many there are.
    pub count: usize,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// Their claims to their names.
    pub claims: Vec<Claim>,
    /// Those that waivers speak of.
    pub docket: Docket,
    /// Contracts, by product, and how often each names it.
    pub products: BTreeMap<String, BTreeMap<String, u32>>,
    /// Their claims to their stable ids.
    pub stable_ids: Vec<(String, Claim)>,
    /// Sketches, by the names of contracts.
    pub sketches: Vec<(String, Known)>,
    /// What they take of other contracts to be there.
    pub asks: Vec<Ask>,
    /// What their fields say of their names.
    pub tally: Tally,
}

/// What came of one file.
#[derive(Default)]
pub struct OfFile {
    /// What its record says.
    pub outcome: Outcome,
    /// Its contracts that waivers speak of.
    pub docket: Docket,
    /// Sketches of its contracts, by name.
    pub sketches: Vec<(String, Known)>,
    /// What its contracts take of others to be there.
    pub asks: Vec<Ask>,
}

/// What came of one file, where it stands among the others, and what to keep of it.
pub type Told<'p> = (usize, OfFile, Option<(Kind, Record<'p>)>);

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

/// What came of all files.
pub struct Results<'p> {
    /// What outlives the contracts.
    pub judged: Judged,
    /// What to keep of each file, in the order of their paths.
    pub draft: inventory::Draft<'p>,
    /// What files take of other contracts to be there, and their stable ids, by their place among
    /// all files.
    pub spoken: Vec<(usize, Spoken)>,
}

/// What came of some files, one by one.
pub struct Apart<'p> {
    /// The files.
    pub told: InOrder<'p>,
    tally: Tally,
    draft: inventory::Draft<'p>,
}

/// What one thread found out.
#[derive(Default)]
struct Share<'p> {
    told: List<'p>,
    tally: Tally,
    draft: inventory::Draft<'p>,
}

/// Judges file by file, and lets each go before the next.
pub fn all<'a>(
    court: &'a Court<'_>,
    snapshot: &Snapshot,
    entries: &[Entry],
    asked: &Asked<'_>,
    source: Source<'a>,
) -> Result<Results<'a>, Failure> {
    let apart = each(court, snapshot, entries, asked, (source, Sayings::Counted))?;
    let (mut judged, mut draft) = (Judged::default(), apart.draft);
    judged.tally = apart.tally;
    let mut spoken = Vec::new();
    for (position, part, record) in apart.told {
        judged.tally.add(position, &part.outcome.said);
        draft.say(position, &part.outcome.said);
        let targets = part.asks.iter().filter_map(crossing::target);
        let said = Spoken {
            uses: targets.chain(part.outcome.terms.iter().cloned()).collect(),
            defines: part
                .outcome
                .stable_ids
                .iter()
                .map(|(id, _)| id.clone())
                .collect(),
        };
        if !said.uses.is_empty() || !said.defines.is_empty() {
            spoken.push((position, said));
        }
        if let Some(entry) = entries.get(position).filter(|_| source.archive.is_some()) {
            let record = record.map(|(_, record)| record);
            draft.add(entry.path.to_string().into(), &part.outcome, record);
        }
        judged.add(part);
    }
    Ok(Results {
        judged,
        draft,
        spoken,
    })
}

/// What becomes of what fields say of names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sayings {
    /// It is counted at once, and let go.
    Counted,
    /// It stays with each file.
    Held,
}

/// Judges file by file, in the order of their paths.
pub fn each<'a>(
    court: &'a Court<'_>,
    snapshot: &Snapshot,
    entries: &[Entry],
    asked: &Asked<'_>,
    (source, sayings): (Source<'a>, Sayings),
) -> Result<Apart<'a>, Failure> {
    let bar = progress::bar(entries.len());
    let desk = Desk {
        court,
        source,
        scribe: Scribe::new(&court.law.settings),
        keeps_all: asked.keeps_all,
        asks: AtomicBool::new(false),
    };
    let (recalled, unread) = desk.recall_all(entries);
    bar.inc(recalled.len() as u64);
    let reader = snapshot.open()?;
    let batches = reader.batches(entries, unread, court.law.settings.limits.bytes as u64);
    let next = AtomicUsize::new(0);
    // A judge remembers what it decided, so that one for each thread decides least.
    let threads = rayon::current_num_threads().min(batches.count());
    let shares: Result<Vec<Share<'_>>, Failure> = (0..threads)
        .into_par_iter()
        .with_max_len(1)
        .map(|_| {
            let reader = snapshot.open()?;
            let mut judge = court.judge()?;
            let mut log = Draft::default();
            let mut share = Share::default();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= batches.count() {
                    court.log.inspect(|court| court.keep(log));
                    return Ok(share);
                }
                batches.read(nth, &reader, |turn| {
                    let (entry, position) = (turn.entry, turn.position);
                    let (mut of_file, record) = desk.file(&mut judge, turn);
                    // What has no record of its own is written down later, whole.
                    let is_kept = source.archive.is_some() && record.is_none();
                    if sayings == Sayings::Counted && !is_kept {
                        let said = std::mem::take(&mut of_file.outcome.said);
                        share.tally.add(position, &said);
                        share.draft.say(position, &said);
                    }
                    if court.log.is_some() {
                        log.add(&entry.path.to_string(), position, &mut judge);
                    }
                    share.told.push(Box::new((position, of_file, record)));
                    bar.inc(1);
                });
            }
        })
        .collect();
    bar.finish_and_clear();
    let (mut tally, mut draft) = (Tally::default(), inventory::Draft::default());
    let mut lists = vec![recalled];
    for mut share in shares? {
        // A pack hands files over in an order of its own.
        share.told.sort_unstable_by_key(|told| told.0);
        lists.push(share.told);
        tally.extend(share.tally);
        draft.said(share.draft);
    }
    let told = InOrder::of(lists);
    Ok(Apart { told, tally, draft })
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
    /// Recalls what was found out before; returns what needs no text, and the positions of the
    /// other files.
    fn recall_all(&self, entries: &[Entry]) -> (List<'a>, Vec<usize>) {
        if self.source.records.is_empty() {
            return (Vec::new(), (0..entries.len()).collect());
        }
        let recalled = |(position, entry): (usize, &Entry)| match self.recalled(entry) {
            Some((outcome, record)) if !outcome.has_asks => {
                let of_file = OfFile::recalled(outcome, &entry.path.to_string());
                Ok(Box::new((position, of_file, Some((Kind::Old, record)))))
            }
            _ => Err(position),
        };
        let files = entries.par_iter().enumerate().map(recalled);
        files.partition_map(|file| match file {
            Ok(told) => Either::Left(told),
            Err(position) => Either::Right(position),
        })
    }

    fn file(&self, judge: &mut Judge<'l>, turn: Turn<'_>) -> (OfFile, Option<(Kind, Record<'a>)>) {
        let (entry, path) = (turn.entry, turn.entry.path.to_string());
        // Taken before the file is read, so that what comes between is judged and not kept.
        let known = self.recalled(entry);
        let stamp = self.source.archive.and_then(|archive| archive.stamp(entry));
        let text = match text_of(turn.content(), entry, &self.court.law.settings) {
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
        if let Some((outcome, record)) = known {
            let mut of_file = OfFile::recalled(outcome, &file.path);
            let revisions = file.contracts(&self.court.law.settings, self.court.domains);
            of_file.asks = revisions.iter().flat_map(crossing::asks).collect();
            return (of_file, Some((Kind::Old, record)));
        }
        let mut of_file = OfFile::default();
        self.judge(judge, &file, &mut of_file);
        let record = self.source.archive.zip(stamp).and_then(|(archive, stamp)| {
            // Read once more, in case the file changed while it was read.
            let is_same = archive.stamp(entry).as_ref() == Some(&stamp);
            let readership = self.court.readership;
            let record = archive.record(stamp, &file.text, &of_file.outcome, readership)?;
            is_same.then_some((Kind::Fresh, record))
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
            let path = file.path.as_str().into();
            of_file.sketches.push((id.clone(), Known { path, packed }));
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
        if entry.kind != EntryKind::File {
            return None;
        }
        let (court, archive) = (self.court, self.source.archive?);
        let record = self.source.records.get(entry.path.to_string().as_str())?;
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
    fn recalled(outcome: Outcome, path: &str) -> Self {
        let known = |(id, packed): (&String, &Option<Packed>)| {
            let (path, packed) = (path.into(), packed.clone());
            (id.clone(), Known { path, packed })
        };
        let ids = outcome.ids.iter().zip(&outcome.sketches);
        Self {
            sketches: ids.map(known).collect(),
            docket: Docket::default(),
            asks: Vec::new(),
            outcome,
        }
    }
}

impl Judged {
    fn add(&mut self, of_file: OfFile) {
        let OfFile {
            outcome,
            docket,
            sketches,
            asks,
        } = of_file;
        self.count += outcome.count;
        self.findings.extend(outcome.findings);
        self.claims.extend(outcome.claims);
        self.docket.extend(docket);
        for (product, contract) in outcome.products {
            let contracts = self.products.entry(product).or_default();
            *contracts.entry(contract).or_default() += 1;
        }
        self.stable_ids.extend(outcome.stable_ids);
        self.sketches.extend(sketches);
        self.asks.extend(asks);
    }
}
