//! Findings that stop a change in, who may excuse each, and the file that would, out.

use jiff::{ToSpan, civil::Date};
use meshlaw_policy::Judge;
use meshlaw_report::{Exception, Finding};

use super::clemency::hear;
use super::{Docket, Terms, file_for, to_yaml, waiver_for};
use crate::court::Court;
use crate::failure::Failure;

/// Findings for which the way is worked out; who has more mends them first.
pub const MOST: usize = 20;

/// Days that are asked for, where the settings allow as many.
const USUAL_DAYS: i64 = 90;

/// What stands for the reason until somebody gives it.
const REASON: &str = "TODO: why this cannot be mended now, and what ends the exception";

/// Says of each finding who may excuse it and how, as policies and settings have it.
pub fn offer<'f>(
    court: &Court<'_>,
    docket: &Docket,
    findings: impl Iterator<Item = &'f mut Finding>,
) -> Result<(), Failure> {
    let mut findings = findings.peekable();
    if findings.peek().is_none() {
        return Ok(());
    }
    let mut judge = court.judge()?;
    for finding in findings {
        finding.exception = exception(court, &mut judge, docket, finding)?.map(Box::new);
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
        expires: last_day(today, settings.parameters.max_waiver_days),
        reason: REASON.to_owned(),
        ticket: None,
    };
    let mut approvers = Vec::new();
    for team in settings.teams.keys() {
        terms.approved_by.clone_from(team);
        if is_granted(judge, docket, finding, &terms, today) {
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

fn is_granted(
    judge: &mut Judge<'_>,
    docket: &Docket,
    finding: &Finding,
    terms: &Terms,
    today: Date,
) -> bool {
    let waiver = waiver_for(finding, terms, today);
    docket.may_excuse(&finding.fingerprint)
        && waiver.is_some_and(|waiver| hear(judge, docket, finding, &waiver).0)
}

fn last_day(today: Date, most: i64) -> Date {
    let days = USUAL_DAYS.min(most).max(0);
    today.checked_add(days.days()).unwrap_or(today)
}
