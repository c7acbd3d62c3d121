//! An estate as it lies in, the days on which its contracts start to fail out.
//!
//! Only days on which something can turn are judged: those of the law (`@since`, dates in
//! conditions), and those of contracts, consumers and waivers, with what policies add to them. Where
//! a contract fares otherwise at two of these that lie apart, the day between is searched; between
//! two such days a verdict is taken to turn at most once.

mod days;
mod due;
mod judged;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Reader, Snapshot};
use meshlaw_report::Severity;
use meshlaw_report::forecast::{Cause, Day, Forecast, Reason, Turn, Way};

use crate::bench::Bench;
use crate::failure::Failure;
use crate::law::Law;
use days::Calendar;
pub use days::Dates;
pub use due::due;
use judged::{Case, Marks, Status, Table};

/// What is looked into, and how.
pub struct Asked<'a> {
    /// The files.
    pub snapshot: &'a Snapshot,
    /// What they are called.
    pub name: String,
    /// The date that is taken for today.
    pub as_of: Date,
    /// The last day.
    pub until: Date,
    /// How grave a finding must be to stop a run.
    pub fail_on: Severity,
    /// Judge every contract on every day.
    pub plain: bool,
}

/// Judges the days to come.
pub fn forecast(law: &Law, reader: &Reader, asked: &Asked<'_>) -> Result<Forecast, Failure> {
    let bench = Bench::of(law, reader, reader, asked.as_of)?;
    let entries = reader.list(&Globs::new(&law.settings.contracts)?)?;
    let calendar = Calendar::of(law, asked);
    let table = Table::of(&bench, &calendar, asked, &entries)?;
    let (contract_count, failing) = (table.contracts, table.failing);
    let mut days: BTreeMap<Date, Vec<Turn>> = BTreeMap::new();
    for (case, timeline) in table.timelines(bench, &calendar, asked)? {
        for (day, turn) in turns(&case, &timeline) {
            days.entry(day).or_default().push(turn);
        }
    }
    Ok(Forecast {
        of: asked.name.clone(),
        as_of: asked.as_of.to_string(),
        until: asked.until.to_string(),
        fail_on: asked.fail_on,
        contract_count,
        failing,
        days: days.into_iter().map(day).collect(),
        notes: if entries.is_empty() {
            let globs = law.settings.contracts.join(", ");
            vec![format!("no contracts found; looked for {globs}")]
        } else {
            Vec::new()
        },
    })
}

fn day((date, mut turns): (Date, Vec<Turn>)) -> Day {
    turns.sort();
    Day {
        date: date.to_string(),
        turns,
    }
}

/// Says on which days a contract turns.
fn turns(case: &Case, timeline: &BTreeMap<Date, Marks>) -> Vec<(Date, Turn)> {
    let mut found = Vec::new();
    let mut before = &case.now;
    for (day, marks) in timeline {
        if let Some((way, causes)) = turned(before, marks) {
            let turn = Turn {
                way,
                contract: case.contract.clone(),
                path: case.path.clone(),
                domain: case.domain.clone(),
                owner: case.owner.clone(),
                causes,
            };
            found.push((*day, turn));
        }
        before = marks;
    }
    found
}

fn turned(before: &Marks, after: &Marks) -> Option<(Way, BTreeSet<Cause>)> {
    let blocks = |marks: &Marks, name: &str| {
        let mark = marks.get(name);
        mark.is_some_and(|mark| mark.status == Status::Blocks)
    };
    let come = after
        .iter()
        .filter(|(name, _)| blocks(after, name) && !blocks(before, name));
    let come: BTreeSet<Cause> = come
        .map(|(name, mark)| Cause {
            id: mark.id.clone(),
            reason: match before.get(name).map(|mark| mark.status) {
                Some(Status::Waived) => Reason::WaiverEnded,
                Some(_) => Reason::Starts,
                None => Reason::DateCame,
            },
        })
        .collect();
    let fails = |marks: &Marks| marks.values().any(|mark| mark.status == Status::Blocks);
    match (fails(before), fails(after)) {
        (false, true) => Some((Way::Fails, come)),
        (true, true) => (!come.is_empty()).then_some((Way::Worsens, come)),
        (true, false) => {
            let gone = before
                .values()
                .filter(|mark| mark.status == Status::Blocks)
                .map(|mark| Cause {
                    id: mark.id.clone(),
                    reason: Reason::Ended,
                });
            Some((Way::Passes, gone.collect()))
        }
        (false, false) => None,
    }
}
