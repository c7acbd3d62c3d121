//! The contracts of changed files in, each judged and let go; what is kept of them out.
//!
//! Each thread has the contracts of one file at hand, or of two where a contract moved. What asks
//! about all of them together asks about outlines and sketches.

use std::collections::BTreeSet;

use meshlaw_changeset::Reader;
use meshlaw_policy::Judge;
use meshlaw_report::Finding;

use super::files::Opened;
use crate::atlas::{Known, Packed};
use crate::cores;
use crate::court::{Court, Told};
use crate::crossing::Outline;
use crate::decisions::Draft;
use crate::failure::Failure;
use crate::pairing::{Pair, Pairing, Seat, Seats};
use crate::redefined::{Felt, Redefined};
use crate::revision::Revision;
use crate::waivers::Docket;

/// Where those that have their partners in other files stand among what is asked about one file.
const AFTER_ALL: usize = usize::MAX / 2;

/// What is kept of the contracts that were judged so far.
pub struct Course<'c> {
    opened: &'c Opened<'c>,
    redefined: Option<&'c Redefined<'c>>,
    /// The files that are still to be judged.
    waiting: Vec<usize>,
    pairing: Pairing,
    kept: Vec<Kept>,
    unreadable: Vec<Finding>,
}

/// What is kept of all contracts.
#[derive(Default)]
pub struct Followed {
    /// What is told of them.
    pub told: Told,
    /// What they say of others, and others may say of them.
    pub outlines: Vec<Outline>,
    /// Those that there are now, by name.
    pub sketches: Vec<(String, Known)>,
    /// The fields that feel a term's change.
    pub felt: Felt,
    /// Files that cannot be read.
    pub unreadable: Vec<Finding>,
}

/// What is kept of the contracts of one file, or of some that have partners in others.
#[derive(Default)]
struct Kept {
    file: usize,
    told: Told,
    outlines: Vec<Outline>,
    sketches: Vec<(String, Known)>,
    felt: Felt,
}

/// What one thread judges with.
struct Bench<'b, 'l> {
    court: &'b Court<'l>,
    /// Made when something is to be judged.
    judge: Option<Judge<'l>>,
    draft: Draft,
}

/// What came of the share of one thread.
#[derive(Default)]
struct Share {
    pairing: Pairing,
    kept: Vec<Kept>,
    unreadable: Vec<Finding>,
    waiting: Vec<usize>,
    lacking: BTreeSet<String>,
}

impl<'c> Course<'c> {
    /// Prepares to judge the contracts of files, and to note what feels a term's change.
    pub fn new(opened: &'c Opened<'c>, redefined: Option<&'c Redefined<'c>>) -> Self {
        Self {
            opened,
            redefined,
            waiting: (0..opened.count()).collect(),
            pairing: Pairing::default(),
            kept: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    /// Judges what has its partner in its own file, where the estate is known around its names.
    ///
    /// Returns the names of contracts around which it is not. Without names, all of it is known.
    pub fn follow(
        &mut self,
        court: &Court<'_>,
        known: Option<&BTreeSet<String>>,
    ) -> Result<BTreeSet<String>, Failure> {
        let (opened, redefined) = (self.opened, self.redefined);
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|file| opened.position(*file));
        let follow = |_, files: &[usize]| {
            let (mut bench, reader) = (Bench::new(court), opened.reader()?);
            let mut share = Share::default();
            for file in files {
                share.follow(&mut bench, (opened, &reader), *file, (known, redefined))?;
            }
            bench.rise();
            Ok(share)
        };
        let (huge, others): (Vec<usize>, Vec<usize>) =
            waiting.into_iter().partition(|file| opened.is_huge(*file));
        let mut shares = cores::shares(&others, follow)?;
        // Of what is huge, one core judges one after the other. To read its sides on two would be
        // faster, and leave memory behind with both.
        if !huge.is_empty() {
            shares.push(follow(0, &huge)?);
        }
        let mut lacking = BTreeSet::new();
        for share in shares {
            self.pairing.extend(share.pairing);
            self.kept.extend(share.kept);
            self.unreadable.extend(share.unreadable);
            self.waiting.extend(share.waiting);
            lacking.extend(share.lacking);
        }
        Ok(lacking)
    }

    /// Judges what is left, now that all files were seen, and puts together what is kept.
    pub fn finish(&mut self, court: &Court<'_>) -> Result<Followed, Failure> {
        let left = std::mem::take(&mut self.pairing).across();
        let mut groups = Vec::new();
        let mut first = 0;
        for group in left.chunk_by(|one, other| files_of(*one) == files_of(*other)) {
            groups.push((first, group));
            first += group.len();
        }
        let opened = self.opened;
        let shares = cores::shares(&groups, |_, groups| {
            let (mut bench, reader) = (Bench::new(court), opened.reader()?);
            let mut kept = Kept::default();
            for (first, group) in groups {
                kept.judge_apart(&mut bench, (opened, &reader), *first, group)?;
            }
            bench.rise();
            Ok(kept)
        });
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_by_key(|one| one.file);
        kept.extend(shares?);
        let mut all = Followed {
            unreadable: std::mem::take(&mut self.unreadable),
            ..Followed::default()
        };
        for one in kept {
            all.told.extend(one.told);
            all.outlines.extend(one.outlines);
            all.sketches.extend(one.sketches);
            all.felt.extend(one.felt);
        }
        Ok(all)
    }
}

fn files_of((before, after): Seats) -> [Option<usize>; 2] {
    [before, after].map(|seat| seat.map(|seat| seat.file))
}

fn seated<'r, 't>(side: &'r [Revision<'t>], seat: Option<Seat>) -> Option<&'r Revision<'t>> {
    side.get(seat?.document)
}

/// A file that was read gives no text any more: somebody writes to the work tree.
pub fn changed_meanwhile() -> Failure {
    let message = "a changed contract could be read, and then no longer";
    Failure::new(message, "run the gate again once nobody writes to its file")
}

impl Followed {
    /// Puts a contract on a docket, under the name that findings use, in both revisions.
    pub fn docket_of(&self, opened: &Opened<'_>, id: &str) -> Result<Docket, Failure> {
        let mut docket = Docket::default();
        let is_meant = |outline: &&Outline| {
            let shown = outline.shown();
            shown.is_some_and(|party| party.identity.id() == id)
        };
        let reader = opened.reader()?;
        for outline in self.outlines.iter().filter(is_meant) {
            opened.seated(outline.seats, &reader, |(before, after)| {
                let sides = before.into_iter().chain(after);
                sides.for_each(|revision| docket.add(id.to_owned(), revision));
            });
        }
        Ok(docket)
    }
}

impl Opened<'_> {
    /// Shows a contract where it stands before and after; nothing where it cannot be read any more.
    pub fn seated<T>(
        &self,
        (before, after): Seats,
        reader: &Reader,
        see: impl FnOnce(Pair<'_, '_>) -> T,
    ) -> Option<T> {
        self.beside(files_of((before, after)), reader, |old, new| {
            see((seated(old, before), seated(new, after)))
        })
    }

    /// Shows what one file held beside what another holds.
    fn beside<T>(
        &self,
        files: [Option<usize>; 2],
        reader: &Reader,
        see: impl FnOnce(&[Revision<'_>], &[Revision<'_>]) -> T,
    ) -> Option<T> {
        let shown = match files {
            [None, None] => Ok(Ok(see(&[], &[]))),
            [Some(old), Some(new)] if old != new => self.show(old, reader, |(before, _)| {
                self.show(new, reader, |(_, after)| see(before, after))
            }),
            [Some(file), _] | [None, Some(file)] => {
                let shown = self.show(file, reader, |(before, after)| see(before, after));
                shown.map(Ok)
            }
        };
        shown.ok()?.ok()
    }
}

impl<'b, 'l> Bench<'b, 'l> {
    fn new(court: &'b Court<'l>) -> Self {
        Self {
            court,
            judge: None,
            draft: Draft::default(),
        }
    }

    /// Hands in what was taken down.
    fn rise(self) {
        let draft = self.draft;
        self.court.log.inspect(|log| log.keep(draft));
    }
}

impl Share {
    /// Judges the contracts of a file, unless the estate is not known around their names.
    fn follow(
        &mut self,
        bench: &mut Bench<'_, '_>,
        (opened, reader): (&Opened<'_>, &Reader),
        file: usize,
        (known, redefined): (Option<&BTreeSet<String>>, Option<&Redefined<'_>>),
    ) -> Result<(), Failure> {
        let shown = opened.show(file, reader, |sides| {
            let (before, after) = sides;
            let names = before.iter().chain(after).map(|one| one.identity.id());
            let is_lacking = |name: &String| known.is_some_and(|known| !known.contains(name));
            let lacking: Vec<String> = names.filter(is_lacking).collect();
            if !lacking.is_empty() {
                self.lacking.extend(lacking);
                self.waiting.push(file);
                return Ok(());
            }
            let mut kept = Kept {
                file,
                ..Kept::default()
            };
            for (place, seats) in self.pairing.within(file, sides).into_iter().enumerate() {
                let pair = (seated(before, seats.0), seated(after, seats.1));
                kept.judge(bench, (place, seats), pair)?;
            }
            kept.look_at(after, redefined);
            self.kept.push(kept);
            Ok(())
        });
        match shown {
            Ok(judged) => judged,
            Err(finding) => {
                self.unreadable.extend(finding.map(|one| *one));
                Ok(())
            }
        }
    }
}

impl Kept {
    /// Judges contracts that have no partner in their own files.
    fn judge_apart(
        &mut self,
        bench: &mut Bench<'_, '_>,
        (opened, reader): (&Opened<'_>, &Reader),
        first: usize,
        group: &[Seats],
    ) -> Result<(), Failure> {
        let Some(seats) = group.first() else {
            return Ok(());
        };
        let judged = opened.beside(files_of(*seats), reader, |before, after| {
            for (place, seats) in (AFTER_ALL + first..).zip(group) {
                let pair = (seated(before, seats.0), seated(after, seats.1));
                self.judge(bench, (place, *seats), pair)?;
            }
            Ok(())
        });
        // They were read before, so that to pass over them now would let them pass unjudged.
        judged.unwrap_or_else(|| Err(changed_meanwhile()))
    }

    fn judge(
        &mut self,
        bench: &mut Bench<'_, '_>,
        (place, seats): (usize, Seats),
        (before, after): Pair<'_, '_>,
    ) -> Result<(), Failure> {
        let court = bench.court;
        let judge = match &mut bench.judge {
            Some(judge) => judge,
            none => none.insert(court.judge()?),
        };
        self.told.extend(court.changed(judge, before, after)?);
        self.outlines.push(Outline::of(seats, (before, after)));
        let shown = after.or(before).map(|one| one.identity.path.as_str());
        bench.draft.add(shown.unwrap_or_default(), place, judge);
        Ok(())
    }

    /// Keeps what others may ask of contracts.
    fn look_at(&mut self, after: &[Revision<'_>], redefined: Option<&Redefined<'_>>) {
        for revision in after {
            if let Some(redefined) = redefined {
                redefined.feel(revision, &mut self.felt);
            }
            // What could not be read is taken for empty elsewhere.
            if !revision.source.text.is_empty() {
                let path = revision.source.path.into();
                let packed = Some(Packed::of(revision));
                let known = Known { path, packed };
                self.sketches.push((revision.identity.id(), known));
            }
        }
    }
}
