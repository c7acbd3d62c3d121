//! What an audit found in, when contracts that pass today will fail by the law alone out.
//!
//! Looks at no contract: what hangs on dates that contracts and consumers state is left to
//! `meshlaw policy forecast`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use meshlaw_policy::enforcement_on;
use meshlaw_report::forecast::{Cause, Day, Reason, Turn, Way};
use meshlaw_report::{Enforcement, Finding, Severity, State};

use super::days::days_of;
use crate::court::Court;
use crate::waivers::last_day;

/// Days that an audit looks ahead.
const HORIZON: i64 = 366;

/// The first day on which anything blocks, with all that does.
type First<'f> = (Date, Vec<(&'f Finding, Reason)>);

/// Returns the days on which policies start to block, or waivers end, for contracts that pass.
pub fn due(court: &Court<'_>, findings: &[Finding], fail_on: Severity) -> Vec<Day> {
    let failing: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| finding.blocks(fail_on, true))
        .filter_map(|finding| finding.contract.as_deref())
        .collect();
    // Of each contract the first day on which anything blocks, with all that does.
    let mut first: BTreeMap<&str, First<'_>> = BTreeMap::new();
    for finding in findings.iter().filter(|one| one.severity >= fail_on) {
        let contract = finding.contract.as_deref();
        let Some(contract) = contract.filter(|contract| !failing.contains(contract)) else {
            continue;
        };
        let Some((day, reason)) = day_of(court, finding) else {
            continue;
        };
        let known = first.entry(contract).or_insert((day, Vec::new()));
        if day < known.0 {
            *known = (day, Vec::new());
        }
        if day == known.0 {
            known.1.push((finding, reason));
        }
    }
    let mut days: BTreeMap<Date, Vec<Turn>> = BTreeMap::new();
    for (contract, (day, causes)) in first {
        days.entry(day).or_default().push(turn(contract, &causes));
    }
    let day = |(date, mut turns): (Date, Vec<Turn>)| {
        turns.sort();
        Day {
            date: date.to_string(),
            turns,
        }
    };
    days.into_iter().map(day).collect()
}

/// Returns the first day on which a finding that does not block today does, and why.
fn day_of(court: &Court<'_>, finding: &Finding) -> Option<(Date, Reason)> {
    let today = court.estate.world.as_of;
    let last = today.checked_add(HORIZON.days()).ok()?;
    let behind = match finding.state {
        State::Waived => Some(last_day(court.ledger, finding)?.checked_add(1.day()).ok()?),
        State::New | State::Existing => None,
        State::Mended => return None,
    };
    let policy = court.law.book.get(&finding.id);
    let mut days: BTreeSet<Date> = policy.map(days_of).unwrap_or_default();
    days.extend(behind);
    let blocks = |day: &Date| {
        let enforcement = match policy {
            Some(policy) => enforcement_on(policy, *day, court.law.bootstrap),
            None => finding.enforcement,
        };
        let is_due = behind.is_none_or(|behind| *day >= behind);
        *day > today && *day <= last && is_due && enforcement >= Enforcement::Soft
    };
    let day = days.into_iter().find(blocks)?;
    let reason = if Some(day) == behind {
        Reason::WaiverEnded
    } else {
        Reason::Starts
    };
    Some((day, reason))
}

fn turn(contract: &str, causes: &[(&Finding, Reason)]) -> Turn {
    let about = causes.first().map(|(finding, _)| *finding);
    let location = about.and_then(|finding| finding.location.as_ref());
    Turn {
        way: Way::Fails,
        contract: contract.to_owned(),
        path: location.map(|at| at.path.clone()).unwrap_or_default(),
        domain: about.and_then(|one| one.domain.clone()).unwrap_or_default(),
        owner: about.and_then(|finding| finding.owner.clone()),
        causes: causes
            .iter()
            .map(|(finding, reason)| Cause {
                id: finding.id.clone(),
                reason: *reason,
            })
            .collect(),
    }
}
