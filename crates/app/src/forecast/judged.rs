//! Contracts in, how each of them fares on the days that matter out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use meshlaw_changeset::Entry;
use meshlaw_policy::{Judge, enforcement_on};
use meshlaw_report::{Enforcement, Finding, Severity, Side, State};
use rayon::prelude::*;

use super::Asked;
use super::days::{Calendar, Dates, days_of};
use crate::bench::Bench;
use crate::court::Court;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::progress;
use crate::revision::{FileText, Revision};
use crate::waivers::{self, Docket};

/// What findings do on one day, by their names; only of those that are grave enough.
pub type Marks = BTreeMap<String, Mark>;

/// What a finding does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Id of the policy or finding.
    pub id: String,
    /// What it does.
    pub status: Status,
}

/// What a finding does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It blocks.
    Blocks,
    /// It advises or counts.
    Advises,
    /// It is excused.
    Waived,
}

/// What holds of a contract, from which day on.
pub type Timeline = BTreeMap<Date, Marks>;

/// A contract that may turn.
pub struct Case {
    pub contract: String,
    pub path: String,
    pub domain: String,
    pub owner: Option<String>,
    /// What holds today.
    pub now: Marks,
    /// When findings of today do something else by the law alone.
    starts: Vec<(Date, String, Status)>,
    dates: Dates,
    /// The file, and which of its contracts it is, where it has to be judged again.
    place: Option<(usize, usize)>,
}

/// The contracts of an estate as they fare today.
pub struct Table {
    /// How many there are.
    pub contracts: usize,
    /// How many of them fail today.
    pub failing: usize,
    /// Those that may turn.
    cases: Vec<Case>,
    /// The files of those that have to be judged again.
    files: Vec<FileText>,
}

/// What came of some files.
#[derive(Default)]
struct Part {
    contracts: usize,
    failing: usize,
    files: Vec<(FileText, Vec<Case>)>,
}

impl Table {
    /// Judges every contract as of today, and keeps those that may turn.
    pub fn of(
        bench: &Bench<'_>,
        calendar: &Calendar,
        asked: &Asked<'_>,
        entries: &[Entry],
    ) -> Result<Self, Failure> {
        let court = bench.court();
        let bar = progress::bar(entries.len());
        let size = entries.len().div_ceil(rayon::current_num_threads()).max(1);
        let parts: Result<Vec<Part>, Failure> = entries
            .par_chunks(size)
            .map(|chunk| {
                let reader = asked.snapshot.open()?;
                let mut judge = court.judge()?;
                let mut part = Part::default();
                for entry in chunk {
                    bar.inc(1);
                    // What cannot be read fails on any day.
                    let Ok(text) = read_text(&reader, entry, &bench.law.settings) else {
                        part.contracts += 1;
                        part.failing += 1;
                        continue;
                    };
                    let file = FileText {
                        path: entry.path.to_string(),
                        text,
                        side: Side::Head,
                    };
                    let cases = part.add(bench, calendar, asked, &mut judge, &file)?;
                    if !cases.is_empty() {
                        part.files.push((file, cases));
                    }
                }
                Ok(part)
            })
            .collect();
        bar.finish_and_clear();
        let mut table = Self {
            contracts: 0,
            failing: 0,
            cases: Vec::new(),
            files: Vec::new(),
        };
        for part in parts? {
            table.contracts += part.contracts;
            table.failing += part.failing;
            for (file, mut cases) in part.files {
                for case in &mut cases {
                    if let Some((of_file, _)) = &mut case.place {
                        *of_file = table.files.len();
                    }
                }
                table.cases.extend(cases);
                table.files.push(file);
            }
        }
        Ok(table)
    }

    /// Returns each contract that may turn with what holds from which day on.
    pub fn timelines(
        self,
        mut bench: Bench<'_>,
        calendar: &Calendar,
        asked: &Asked<'_>,
    ) -> Result<Vec<(Case, Timeline)>, Failure> {
        let Self { cases, files, .. } = self;
        let settings = &bench.law.settings;
        let revisions: Vec<Vec<Revision<'_>>> = files
            .par_iter()
            .map(|file| file.contracts(settings, &bench.domains))
            .collect();
        let mut timelines: Vec<Timeline> =
            cases.iter().map(|case| by_law(case, calendar)).collect();
        let mut due: BTreeMap<Date, BTreeSet<usize>> = BTreeMap::new();
        for (at, case) in cases.iter().enumerate() {
            if case.place.is_some() {
                for day in calendar.days(&case.dates) {
                    due.entry(day).or_default().insert(at);
                }
            }
        }
        while let Some((day, due_now)) = due.pop_first() {
            bench.estate.world.as_of = day;
            let of_day: Vec<(usize, &Revision<'_>)> = due_now
                .into_iter()
                .filter_map(|at| {
                    let (file, of_file) = cases.get(at)?.place?;
                    Some((at, revisions.get(file)?.get(of_file)?))
                })
                .collect();
            for (at, marks) in judged(&bench, asked, &of_day)? {
                if let Some(timeline) = timelines.get_mut(at) {
                    timeline.insert(day, marks);
                }
            }
            if due.is_empty() && !asked.plain {
                due = between(&cases, &timelines, asked.as_of);
            }
        }
        Ok(cases.into_iter().zip(timelines).collect())
    }
}

/// Returns, for contracts that turned somewhere between two days that lie apart, the day halfway.
fn between(cases: &[Case], timelines: &[Timeline], as_of: Date) -> BTreeMap<Date, BTreeSet<usize>> {
    let mut due: BTreeMap<Date, BTreeSet<usize>> = BTreeMap::new();
    for (at, (case, timeline)) in cases.iter().zip(timelines).enumerate() {
        if case.place.is_none() {
            continue;
        }
        let mut before = (as_of, &case.now);
        for (day, marks) in timeline {
            let apart = before.0.until(*day).map_or(0, |span| span.get_days());
            if marks != before.1
                && apart > 1
                && let Ok(halfway) = before.0.checked_add((apart / 2).days())
            {
                due.entry(halfway).or_default().insert(at);
            }
            before = (*day, marks);
        }
    }
    due
}

/// What turns by the law alone: policies that fire today and start to block on a day.
fn by_law(case: &Case, calendar: &Calendar) -> Timeline {
    let mut timeline = BTreeMap::new();
    if case.place.is_some() {
        return timeline;
    }
    let mut marks = case.now.clone();
    for (day, name, status) in &case.starts {
        if let Some(mark) = marks.get_mut(name) {
            mark.status = *status;
        }
        if calendar.holds(*day) {
            timeline.insert(*day, marks.clone());
        }
    }
    timeline
}

fn judged(
    bench: &Bench<'_>,
    asked: &Asked<'_>,
    of_day: &[(usize, &Revision<'_>)],
) -> Result<Vec<(usize, Marks)>, Failure> {
    let court = bench.court();
    let size = of_day.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Result<Vec<Vec<(usize, Marks)>>, Failure> = of_day
        .par_chunks(size)
        .map(|chunk| {
            let mut judge = court.judge()?;
            let mut all = Vec::with_capacity(chunk.len());
            for (at, revision) in chunk {
                let findings = findings(bench, &court, &mut judge, revision)?;
                all.push((*at, marks(&findings, asked.fail_on)));
            }
            Ok(all)
        })
        .collect();
    Ok(parts?.into_iter().flatten().collect())
}

/// Judges a contract as it stands, and excuses what waivers excuse.
fn findings<'c>(
    bench: &Bench<'_>,
    court: &Court<'c>,
    judge: &mut Judge<'c>,
    revision: &Revision<'_>,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = court.standing(judge, revision);
    let id = revision.identity.id();
    if bench.ledger.speaks_of(&id) {
        let mut docket = Docket::default();
        docket.add(id, revision);
        waivers::excuse(court, &bench.ledger, &docket, &mut findings)?;
    }
    Ok(findings)
}

fn marks(findings: &[Finding], fail_on: Severity) -> Marks {
    let grave = findings.iter().filter(|one| one.severity >= fail_on);
    let mark = |finding: &Finding| {
        let status = match finding.state {
            State::Waived => Status::Waived,
            _ if finding.enforcement >= Enforcement::Soft => Status::Blocks,
            _ => Status::Advises,
        };
        let id = finding.id.clone();
        (finding.fingerprint.clone(), Mark { id, status })
    };
    grave.map(mark).collect()
}

impl Part {
    fn add<'c>(
        &mut self,
        bench: &'c Bench<'_>,
        calendar: &Calendar,
        asked: &Asked<'_>,
        judge: &mut Judge<'c>,
        file: &FileText,
    ) -> Result<Vec<Case>, Failure> {
        let court = bench.court();
        let mut cases = Vec::new();
        let revisions = file.contracts(&bench.law.settings, &bench.domains);
        for (at, revision) in revisions.iter().enumerate() {
            let findings = findings(bench, &court, judge, revision)?;
            let now = marks(&findings, asked.fail_on);
            self.contracts += 1;
            let fails = now.values().any(|mark| mark.status == Status::Blocks);
            self.failing += usize::from(fails);
            let dates = bench.dates(revision);
            let is_dated = calendar.concerns(&dates);
            let starts = starts(bench, asked, &findings);
            if !is_dated && starts.is_empty() {
                continue;
            }
            cases.push(Case {
                contract: revision.identity.id(),
                path: revision.identity.path.clone(),
                domain: revision.identity.domain.clone(),
                owner: revision.contract().and_then(|one| one.owner.clone()),
                now,
                starts,
                dates,
                place: is_dated.then_some((0, at)),
            });
        }
        Ok(cases)
    }
}

/// Returns when findings of today do something else because the law says so, the soonest first.
fn starts(
    bench: &Bench<'_>,
    asked: &Asked<'_>,
    findings: &[Finding],
) -> Vec<(Date, String, Status)> {
    let mut starts = Vec::new();
    for finding in findings.iter().filter(|one| one.severity >= asked.fail_on) {
        let policy = bench.law.book.get(&finding.id);
        let today = policy.map(|one| enforcement_on(one, asked.as_of, bench.law.bootstrap));
        // One that cannot be evaluated blocks on any day, whatever it enforces.
        let Some(policy) = policy.filter(|_| today == Some(finding.enforcement)) else {
            continue;
        };
        for day in days_of(policy).into_iter().filter(|day| *day > asked.as_of) {
            let status = match enforcement_on(policy, day, bench.law.bootstrap) {
                Enforcement::Soft | Enforcement::Hard => Status::Blocks,
                Enforcement::Advisory | Enforcement::Shadow => Status::Advises,
            };
            starts.push((day, finding.fingerprint.clone(), status));
        }
    }
    starts.sort();
    starts
}
