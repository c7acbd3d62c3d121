//! Waivers in, what is wrong with them out, whether or not there is anything to excuse.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use meshlaw_contract::model::Waiver;
use meshlaw_contract::{Pointer, nearest};
use meshlaw_diff::catalogue;
use meshlaw_policy::{Judge, Mercy, Plea, Policy, part};
use meshlaw_report::{Enforcement, Finding, Kind, Related, Severity, State};

use super::{Docket, Entry, InForce, Since, days, precedent};
use crate::court::Court;
use crate::failure::Failure;
use crate::findings::{About, Draft, IDS, make};
use crate::governance::FLOOR_LOOSENED;
use crate::output::count;

/// What a waiver comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It excuses, or would.
    Holds,
    /// Its last day has passed.
    Expired,
    /// Policies forbid it, or it names what is not there or cannot be waived.
    Void,
}

/// What a waiver names, as far as the law knows it.
enum Named<'l> {
    Policy(&'l Policy),
    Other,
    Unknown(Option<String>),
}

/// Says what is wrong with waivers: with each alone, and where two bear one name.
///
/// A contract that is not on the docket is taken not to exist. `in_force` counts what will hold
/// together with these.
pub fn validate<'l, 'e>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    docket: &Docket,
    in_force: &InForce,
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in entries {
        findings.extend(faults(court, judge, docket, in_force, entry)?);
        if let Some(first) = seen.get(entry.waiver.name.as_str()) {
            let message = format!("a second waiver is called `{}`", entry.waiver.name);
            let help = "give each waiver a name of its own".to_owned();
            let made = draft(
                court,
                entry,
                "waiver/duplicate-name",
                "waiver",
                message,
                help,
            );
            findings.extend(made.map(|finding| Finding {
                related: vec![Related {
                    location: first.at("waiver"),
                    message: "the first stands here".to_owned(),
                }],
                ..finding
            }));
        } else {
            seen.insert(&entry.waiver.name, entry);
        }
    }
    court.log.inspect(|log| log.close(judge));
    Ok(findings)
}

/// Says which waivers excused nothing, though they could.
pub fn unused<'e>(
    court: &Court<'_>,
    docket: &Docket,
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<Vec<Finding>, Failure> {
    let today = court.estate.world.as_of;
    let idle = entries.filter(|entry| {
        let is_known = !docket.revisions(&entry.waiver.contract).is_empty();
        is_known && entry.waiver.holds_on(today) && !entry.was_used()
    });
    let mut findings = Vec::new();
    for entry in idle {
        let since = match court.past {
            Some(past) => past.since(&entry.waiver)?,
            None => None,
        };
        let stands = since.map_or_else(String::new, |since| stands(since, today));
        let message = format!("this waiver excuses nothing that is there{stands}");
        let help = "remove it; if it is for a change to come, it will be used then".to_owned();
        let id = "waiver/unused";
        findings.extend(draft(court, entry, id, "policy", message, help));
    }
    Ok(findings)
}

/// Says for how long a waiver has stood.
fn stands(since: Since, today: Date) -> String {
    let Since { day, is_cut } = since;
    let least = if is_cut { "at least " } else { "" };
    // Whoever judges as of an earlier day, or commits on a later one, is told no days at all.
    let long = days(day, today);
    let long = (long >= 0).then(|| format!(", {}", count(long, "day")));
    format!("; it stands {least}since {day}{}", long.unwrap_or_default())
}

/// Returns what a waiver comes to on its own.
pub fn standing_of<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    docket: &Docket,
    entry: &Entry,
) -> Result<Standing, Failure> {
    let today = court.estate.world.as_of;
    let found = faults(court, judge, docket, court.ledger.in_force(today), entry)?;
    let standing = if !entry.waiver.holds_on(today) {
        Standing::Expired
    } else if found
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        Standing::Void
    } else {
        Standing::Holds
    };
    Ok(standing)
}

fn faults<'l>(
    court: &Court<'l>,
    judge: &mut Judge<'l>,
    docket: &Docket,
    in_force: &InForce,
    entry: &Entry,
) -> Result<Vec<Finding>, Failure> {
    let (waiver, today) = (&entry.waiver, court.estate.world.as_of);
    let mut findings = Vec::new();
    if !waiver.holds_on(today) {
        let ago = count(days(waiver.expires, today), "day");
        let message = format!("this waiver expired on {}, {ago} ago", waiver.expires);
        let help = "remove it; what it excused is a finding again".to_owned();
        findings.extend(draft(
            court,
            entry,
            "waiver/expired",
            "expires",
            message,
            help,
        ));
        return Ok(findings);
    }
    findings.extend(unknown_approver(court, entry));
    let named = named(court, &waiver.policy);
    match &named {
        Named::Unknown(near) => {
            let message = format!("`{}` is no policy, rule or finding", waiver.policy);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "copy the id from the finding, or see `meshlaw explain`".to_owned(),
            };
            let id = "waiver/unknown-policy";
            findings.extend(draft(court, entry, id, "policy", message, help));
        }
        Named::Policy(policy) if policy.enforcement(today) == Enforcement::Hard => {
            let message = format!("`{}` is hard: it cannot be waived", policy.id);
            let help = "mend what the policy complains of, or ask the council to change it";
            let made = draft(
                court,
                entry,
                "waiver/hard",
                "policy",
                message,
                help.to_owned(),
            );
            findings.extend(made);
        }
        Named::Policy(_) | Named::Other => {}
    }
    let of_floor = floor_of(entry);
    let docket = of_floor.as_ref().unwrap_or(docket);
    let revisions = docket.revisions(&waiver.contract);
    if revisions.is_empty() {
        let message = format!("there is no contract `{}`", waiver.contract);
        let help = "mend the name, or remove the waiver".to_owned();
        let id = "waiver/unknown-contract";
        findings.extend(draft(court, entry, id, "contract", message, help));
    }
    let plea = plea(court, in_force, waiver)?;
    let mut told = BTreeSet::new();
    for (number, (identity, contract)) in revisions.iter().enumerate() {
        let of_contract = docket.document(&waiver.contract, number);
        judge.cite(|| {
            let documents = of_contract.into_iter().chain([&entry.document]);
            documents.cloned().collect()
        });
        let names = waiver.pointer.as_deref().unwrap_or_default();
        let pointer = part(contract, names);
        let Mercy { violations, .. } = judge.waive(&plea, contract, identity, &pointer);
        for violation in violations {
            if !told.insert(violation.policy.id.clone()) {
                continue;
            }
            let origin = meshlaw_policy::Origin {
                identity,
                owner: contract.owner.as_deref(),
                bootstrap: court.law.bootstrap,
                as_of: court.estate.world.as_of,
            };
            let finding = meshlaw_policy::finding(&violation, origin, State::New);
            let place = place_of(&violation.facts);
            findings.push(Finding {
                kind: Kind::Waiver,
                location: Some(entry.at(place)),
                pointer: vec![waiver.name.clone()],
                part: None,
                fingerprint: fingerprint(&finding.id, entry),
                ..finding
            });
        }
    }
    Ok(findings)
}

/// Says where nobody bears the name of the team that grants a waiver.
fn unknown_approver(court: &Court<'_>, entry: &Entry) -> Option<Finding> {
    let teams = &court.estate.world.teams;
    let named = &entry.waiver.approved_by;
    if teams.is_empty() || teams.contains_key(named) {
        return None;
    }
    let message = format!("the waiver is granted by `{named}`, which is no team of the settings");
    let help = match nearest(named, teams.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name one of `teams` in meshlaw.yaml, with a role that may grant it".to_owned(),
    };
    let id = "waiver/unknown-approver";
    draft(court, entry, id, "approved_by", message, help)
}

/// Returns the docket of a waiver that is about a change of the floor.
fn floor_of(entry: &Entry) -> Option<Docket> {
    (entry.waiver.policy == FLOOR_LOOSENED).then(|| {
        let mut docket = Docket::default();
        docket.add_floor();
        docket
    })
}

/// Chooses the key that a policy on waivers most likely speaks of, by what it read.
fn place_of(facts: &[(String, Option<String>)]) -> &'static str {
    let read = |name: &str| facts.iter().any(|(fact, _)| fact.starts_with(name));
    if read("approver") {
        "approved_by"
    } else if read("daysLeft") || read("expires") || read("renewals") {
        "expires"
    } else if read("coversContract") {
        "pointer"
    } else {
        "waiver"
    }
}

/// Asks for what a waiver names; what is no policy counts as a grave finding that can be waived.
///
/// # Errors
///
/// Fails where the history of the waiver cannot be read.
pub fn plea<'w>(
    court: &Court<'_>,
    in_force: &InForce,
    waiver: &'w Waiver,
) -> Result<Plea<'w>, Failure> {
    let (severity, enforcement) = match court.law.book.get(&waiver.policy) {
        Some(policy) => (
            policy.severity,
            policy.enforcement(court.estate.world.as_of),
        ),
        None => (Severity::Error, Enforcement::Soft),
    };
    Ok(Plea {
        waiver,
        policy: &waiver.policy,
        rule: None,
        severity,
        enforcement,
        precedent: precedent(court, in_force, waiver, &[&waiver.policy])?,
    })
}

fn named<'l>(court: &Court<'l>, id: &str) -> Named<'l> {
    let policies = &court.law.book.policies;
    if let Some(policy) = policies.iter().find(|policy| policy.id.as_str() == id) {
        return Named::Policy(policy);
    }
    let rules = catalogue()
        .map(|catalogue| catalogue.rules())
        .unwrap_or_default();
    let others = || {
        let rules = rules.iter().map(|rule| rule.id);
        IDS.iter().map(|(id, _)| *id).chain(rules)
    };
    if others().any(|known| known == id) {
        return Named::Other;
    }
    let known = policies
        .iter()
        .map(|policy| policy.id.as_str())
        .chain(others());
    Named::Unknown(nearest(id, known).map(str::to_owned))
}

/// Makes a finding about a waiver, at one of its keys.
pub fn draft(
    court: &Court<'_>,
    entry: &Entry,
    id: &str,
    place: &str,
    message: String,
    help: String,
) -> Option<Finding> {
    let severity = match id {
        "waiver/expired" => Severity::Warning,
        "waiver/unused" => Severity::Note,
        _ => Severity::Error,
    };
    let draft = Draft {
        id,
        kind: Kind::Waiver,
        severity,
        about: About::default(),
        pointer: Pointer::root().name(&entry.waiver.name),
        message,
        help: Some(help),
        location: Some(entry.at(place)),
    };
    let finding = make(&court.law.settings, draft)?;
    Some(Finding {
        contract: Some(entry.waiver.contract.clone()),
        part: None,
        fingerprint: fingerprint(id, entry),
        ..finding
    })
}

fn fingerprint(id: &str, entry: &Entry) -> String {
    let pointer = Pointer::root().word("waiver").name(&entry.waiver.name);
    meshlaw_policy::fingerprint(id, Some(&entry.waiver.contract), &pointer)
}
