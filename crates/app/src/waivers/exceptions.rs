//! Findings that stop a change in, who may excuse each, and the file that would, out.

use jiff::{ToSpan, civil::Date};
use meshlaw_policy::{Judge, Precedent};
use meshlaw_report::{Exception, Finding, Severity};

use super::clemency::hear;
use super::{Docket, Terms, file_for, precedent, to_yaml, waiver_for};
use crate::court::Court;
use crate::failure::Failure;

/// Findings for which the way is worked out; who has more mends them first.
const MOST: usize = 20;

/// Days that are asked for, where the settings allow as many.
const USUAL_DAYS: i64 = 90;

/// What stands for the reason until somebody gives it.
const REASON: &str = "TODO: why this cannot be mended now, and what ends the exception";

/// Says of the first findings that stop a change who may excuse each and how, as policies and
/// settings have it.
///
/// Contracts are put on a docket one at a time: all that stop a change may be many.
pub fn offer(
    court: &Court<'_>,
    docket_of: impl Fn(&str) -> Result<Docket, Failure>,
    (fail_on, all): (Severity, bool),
    findings: &mut [Finding],
) -> Result<(), Failure> {
    let stops =
        |finding: &&mut Finding| finding.blocks(fail_on, all) && finding.invites_exception();
    let mut stopping: Vec<&mut Finding> = findings.iter_mut().filter(stops).take(MOST).collect();
    if stopping.is_empty() {
        return Ok(());
    }
    stopping.sort_by(|one, other| one.contract.cmp(&other.contract));
    let mut judge = court.silent_judge()?;
    for own in stopping.chunk_by_mut(|one, other| one.contract == other.contract) {
        let id = own.first().and_then(|finding| finding.contract.as_deref());
        let docket = docket_of(id.unwrap_or_default())?;
        for finding in own {
            finding.exception = exception(court, &mut judge, &docket, finding)?.map(Box::new);
        }
    }
    Ok(())
}

fn exception<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    docket: &Docket,
    finding: &Finding,
) -> Result<Option<Exception>, Failure> {
    let today = court.estate.world.as_of;
    let settings = &court.law.settings;
    let mut terms = Terms {
        approved_by: String::new(),
        expires: last_day(today, settings.parameters.waiver_days(finding.severity)),
        reason: REASON.to_owned(),
        ticket: None,
    };
    let before = before(court, finding, &terms)?;
    let mut approvers = Vec::new();
    for team in settings.teams.keys() {
        terms.approved_by.clone_from(team);
        if is_granted(judge, docket, finding, (&terms, before), today) {
            approvers.push(team.clone());
        }
    }
    let Some(first) = approvers.first() else {
        return Ok(None);
    };
    terms.approved_by.clone_from(first);
    let Some(waiver) = waiver_for(finding, &terms, today) else {
        return Ok(None);
    };
    // Where the settings look for waivers in a way that names no new file, there is no way to show.
    let path = file_for(settings, &waiver, &finding.fingerprint).ok();
    let text = to_yaml(std::slice::from_ref(&waiver))?;
    Ok(path.map(|path| Exception {
        path,
        text,
        approvers,
    }))
}

/// Returns what went before a waiver for a finding.
///
/// The history is looked through only for contracts that have a waiver now: reading it for every
/// finding would cost runs in which nobody asks for any. Whoever asks is told by `waiver new`.
fn before(court: &Court<'_>, finding: &Finding, terms: &Terms) -> Result<Precedent, Failure> {
    let today = court.estate.world.as_of;
    let has_waivers = finding
        .contract
        .as_ref()
        .is_some_and(|contract| court.ledger.speaks_of(contract));
    match waiver_for(finding, terms, today).filter(|_| has_waivers) {
        Some(waiver) => precedent(court, court.ledger.in_force(today), &waiver, &[&finding.id]),
        None => Ok(Precedent::default()),
    }
}

fn is_granted(
    judge: &mut Judge<'_>,
    docket: &Docket,
    finding: &Finding,
    (terms, before): (&Terms, Precedent),
    today: Date,
) -> bool {
    let waiver = waiver_for(finding, terms, today);
    docket.may_excuse(&finding.fingerprint)
        && waiver.is_some_and(|waiver| hear(judge, docket, finding, (&waiver, before), None).0)
}

fn last_day(today: Date, most: i64) -> Date {
    let days = USUAL_DAYS.min(most).max(0);
    today.checked_add(days.days()).unwrap_or(today)
}
