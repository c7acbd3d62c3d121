//! Findings and the ledger in, findings that are excused, and why not those that are not, out.

use jiff::civil::Date;
use meshlaw_contract::model::Waiver;
use meshlaw_policy::{Cited, Judge, Mercy, Plea, Precedent, part};
use meshlaw_report::{Enforcement, Finding, Kind, State};

use super::{Docket, Entry, Ledger, precedent};
use crate::court::Court;
use crate::failure::Failure;

/// Excuses the findings that waivers speak of.
///
/// A finding is excused only where every revision of its contract that was judged permits it, so
/// that a change of owner does not make a self-approval another's.
pub fn excuse(
    court: &Court<'_>,
    ledger: &Ledger,
    docket: &Docket,
    findings: &mut [Finding],
) -> Result<(), Failure> {
    let speaks_of = |finding: &&mut Finding| {
        let contract = finding.contract.as_deref();
        matches!(finding.state, State::New | State::Existing)
            && finding.kind != Kind::Waiver
            && contract.is_some_and(|contract| ledger.speaks_of(contract))
    };
    let mut spoken_of = findings.iter_mut().filter(speaks_of).peekable();
    if spoken_of.peek().is_none() {
        return Ok(());
    }
    let mut judge = court.silent_judge()?;
    for finding in spoken_of {
        let contract = finding.contract.clone().unwrap_or_default();
        for entry in ledger.about(&contract) {
            if names(entry, finding) && consider(&mut judge, court, entry, docket, finding)? {
                break;
            }
        }
    }
    court.log.inspect(|log| log.close(&mut judge));
    Ok(())
}

/// Says of findings that waivers of the branch would excuse them, once those are where they count.
pub fn announce(ledger: &Ledger, granted: &Ledger, today: Date, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|one| one.state == State::New) {
        let contract = finding.contract.clone().unwrap_or_default();
        let known = ledger.about(&contract);
        for entry in granted.about(&contract) {
            let is_known = known.iter().any(|one| one.waiver == entry.waiver);
            if !is_known && names(entry, finding) && entry.waiver.holds_on(today) {
                let name = &entry.waiver.name;
                finding.notes.push(format!(
                    "the waiver {name} comes with this branch, and excuses once it is on the target \
                     branch: merge it there first, alone"
                ));
            }
        }
    }
}

/// Returns the last day of the waivers that speak of a finding, of those that excuse anything.
pub fn last_day(ledger: &Ledger, finding: &Finding) -> Option<Date> {
    let contract = finding.contract.as_deref()?;
    let own = ledger.about(contract).iter();
    let own = own.filter(|entry| entry.was_used() && names(entry, finding));
    own.map(|entry| entry.waiver.expires).max()
}

/// Tells whether a waiver speaks of a finding: by policy or rule, and by part.
fn names(entry: &Entry, finding: &Finding) -> bool {
    let waiver = &entry.waiver;
    let is_named = waiver.policy == finding.id
        || finding
            .rule
            .as_ref()
            .is_some_and(|rule| waiver.policy == *rule);
    is_named && waiver.covers(&finding.pointer)
}

/// Excuses a finding, or notes why it is not excused.
fn consider<'l>(
    judge: &mut Judge<'l>,
    court: &Court<'l>,
    entry: &Entry,
    docket: &Docket,
    finding: &mut Finding,
) -> Result<bool, Failure> {
    let waiver = &entry.waiver;
    let name = &waiver.name;
    let today = court.estate.world.as_of;
    if !waiver.holds_on(today) {
        let expires = waiver.expires;
        finding
            .notes
            .push(format!("the waiver {name} expired on {expires}"));
        return Ok(false);
    }
    if !docket.may_excuse(&finding.fingerprint) {
        let note = format!("the waiver {name} does not excuse what keeps a change from being seen");
        finding.notes.push(note);
        return Ok(false);
    }
    if finding.enforcement == Enforcement::Hard {
        let note = format!("the waiver {name} excuses nothing: this is hard and cannot be waived");
        finding.notes.push(note);
        return Ok(false);
    }
    let ids = [&*waiver.policy, &*finding.id];
    let ids: Vec<&str> = ids.into_iter().chain(finding.rule.as_deref()).collect();
    let before = precedent(court, court.ledger.in_force(today), waiver, &ids)?;
    let plea = (waiver, before);
    let (is_granted, against) = hear(judge, docket, finding, plea, Some(&entry.document));
    if is_granted {
        let (by, until) = (&waiver.approved_by, waiver.expires);
        let reason = &waiver.reason;
        finding
            .notes
            .push(format!("granted until {until} by {by} ({name}): {reason}"));
        finding.state = State::Waived;
        entry.mark_used();
    } else if against.is_empty() {
        finding
            .notes
            .push(format!("the waiver {name} is not granted"));
    } else {
        let against = against.join(", ");
        finding
            .notes
            .push(format!("the waiver {name} is not granted: see {against}"));
    }
    Ok(is_granted)
}

/// Asks whether a waiver is granted for a finding, by every revision of its contract that was
/// judged; says as well which policies speak against it. A waiver that nobody wrote yet has no
/// document.
pub fn hear(
    judge: &mut Judge<'_>,
    docket: &Docket,
    finding: &Finding,
    (waiver, precedent): (&Waiver, Precedent),
    document: Option<&Cited>,
) -> (bool, Vec<String>) {
    let plea = Plea {
        waiver,
        policy: &finding.id,
        rule: finding.rule.as_deref(),
        severity: finding.severity,
        enforcement: finding.enforcement,
        precedent,
    };
    let contract_id = finding.contract.as_deref().unwrap_or_default();
    let revisions = docket.revisions(contract_id);
    let mut against = Vec::new();
    let mut is_granted = !revisions.is_empty();
    for (number, (identity, contract)) in revisions.iter().enumerate() {
        let pointer = part(contract, &finding.pointer);
        let of_contract = docket.document(contract_id, number);
        judge.cite(|| of_contract.into_iter().chain(document).cloned().collect());
        let Mercy {
            is_granted: granted,
            violations,
        } = judge.waive(&plea, contract, identity, &pointer);
        is_granted &= granted;
        against.extend(violations.iter().map(|one| one.policy.id.to_string()));
    }
    against.sort();
    against.dedup();
    (is_granted, against)
}
