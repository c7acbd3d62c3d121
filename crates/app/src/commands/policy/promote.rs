//! A policy from one enforcement to another, with what that does told first.

use std::path::Path;

use jiff::civil::Date;
use meshlaw_changeset::Snapshot;
use meshlaw_policy::{Policy, enforcement_of, with_enforcement};
use meshlaw_report::law_impact::to_text;
use meshlaw_report::{Enforcement, LawImpact, Severity, visible};
use similar::TextDiff;

use super::find;
use crate::failure::{ExitStatus, Failure};
use crate::law::{Law, PolicySource};
use crate::law_impact::{Asked, Candidate, compare, law_at};
use crate::output::{print, write_file};
use crate::when;

/// Give a policy another enforcement, or a day from which it blocks, and tell first what that does
///
/// Edits `@enforcement` and `@since` in the policy's file; every other byte stays.
#[derive(Debug, clap::Args)]
pub struct PromoteArgs {
    /// Id of the policy, such as `org/privacy/pii-masked`
    id: String,
    /// What it enforces then: advisory, soft or hard
    #[arg(long, value_name = "ENFORCEMENT", value_parser = enforcement)]
    to: Enforcement,
    /// Let it advise until this day, and block from then on [default: at once]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    on: Option<Date>,
    /// Why it is loosened; stands above the annotation afterwards
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Tell what it would do and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

fn enforcement(text: &str) -> Result<Enforcement, String> {
    match enforcement_of(text) {
        Some(Enforcement::Shadow) => {
            Err("nobody is led into the shadow; write `advisory`, `soft` or `hard`".to_owned())
        }
        Some(known) => Ok(known),
        None => Err("write `advisory`, `soft` or `hard`".to_owned()),
    }
}

/// Tells, and writes.
pub fn run(args: &PromoteArgs) -> anyhow::Result<ExitStatus> {
    let today = when::settle(args.as_of);
    let snapshot = Snapshot::folder(".");
    let reader = snapshot.open().map_err(Failure::from)?;
    let load = || law_at(&reader, &PolicySource::Settings, "the work tree");
    let (before, mut after) = (load()?, load()?);
    let policy = find(&before.book, &args.id)?;
    check(args, policy, today)?;
    let comment = args.reason.as_ref().map(|reason| why(reason, policy, args));
    let written = with_enforcement(
        &policy.id,
        &policy.text,
        args.to,
        args.on,
        comment.as_deref(),
    );
    let path = format!("{}/{}/policy.cedar", before.settings.policies, policy.id);
    let written = written.map_err(|error| {
        let message = format!("cannot rewrite `{}`: {error}", policy.id);
        Failure::new(message, "edit its annotations by hand").at(path.clone())
    })?;
    for one in after.policies_mut() {
        if one.id == policy.id {
            one.text = written.clone().into();
            (one.written, one.since) = (args.to, args.on);
        }
    }
    let day = args.on.unwrap_or(today);
    let mut impact = impact(&before, &after, &snapshot, &reader, day)?;
    impact.notes.extend(warnings(args, policy, day));
    let diff = TextDiff::from_lines(&policy.text, &written);
    let diff = diff
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    print(&format!("{}\n{diff}", to_text(&impact)))?;
    if args.dry_run {
        print("\nnothing was written\n")?;
    } else {
        write_file(Path::new(&path), &written)?;
        print(&format!("\nwrote {path}\n"))?;
    }
    Ok(ExitStatus::Pass)
}

/// Refuses what makes no sense, and what loosens without saying why.
fn check(args: &PromoteArgs, policy: &Policy, today: Date) -> Result<(), Failure> {
    let id = &policy.id;
    let refuse = |message: String, help: &str| Err(Failure::new(message, help));
    if policy.is_builtin {
        let message = format!("`{id}` is built in, so that there is no file of it here");
        let help = format!(
            "write in meshlaw.yaml `enforcement: {{ {id}: {{ is: {}, reason: … }} }}`",
            args.to
        );
        return refuse(message, &help);
    }
    if let Some(on) = args.on.filter(|on| *on <= today) {
        let help = "leave `--on` out to let it hold at once, or name a day to come";
        return refuse(format!("{on} is not behind {today}"), help);
    }
    if args.on.is_some() && args.to == Enforcement::Advisory {
        let message = "`advisory` has no day from which it blocks".to_owned();
        let help = "leave `--on` out, or promote to `soft` or `hard`: until the day, it advises";
        return refuse(message, help);
    }
    let since = policy.since.filter(|since| *since > today);
    if policy.written == args.to && since == args.on {
        let day = since.map(|since| format!(" from {since}"));
        let message = format!("`{id}` is {}{} already", args.to, day.unwrap_or_default());
        return refuse(message, "name another enforcement, or another day");
    }
    if let Some(how) = loosened(args, policy, today)
        && args.reason.is_none()
    {
        let message = format!("this loosens `{id}`: {how}");
        return refuse(
            message,
            "say why with `--reason`; it is written above the annotation",
        );
    }
    Ok(())
}

/// Says how a policy would be loosened, if it would be.
fn loosened(args: &PromoteArgs, policy: &Policy, today: Date) -> Option<String> {
    let written = policy.written;
    if args.to < written {
        return Some(format!("it is {written} and would be {}", args.to));
    }
    let blocks_now =
        written >= Enforcement::Soft && policy.since.is_none_or(|since| since <= today);
    let on = args.on?;
    if blocks_now {
        return Some(format!("it blocks today, and would only advise until {on}"));
    }
    let since = policy.since.filter(|_| written >= Enforcement::Soft)?;
    (on > since).then(|| format!("it was to block from {since}, and would from {on}"))
}

/// Returns the line that stands above the annotation of what is loosened.
fn why(reason: &str, policy: &Policy, args: &PromoteArgs) -> String {
    let from = policy.written;
    let day = args.on.map(|on| format!(" from {on}"));
    let reason: String = reason
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect();
    let reason = visible(reason.trim());
    format!("{from} → {}{}: {reason}", args.to, day.unwrap_or_default())
}

fn warnings(args: &PromoteArgs, policy: &Policy, day: Date) -> Vec<String> {
    let mut notes = Vec::new();
    if args.to >= Enforcement::Soft && policy.severity < Severity::Error {
        notes.push(format!(
            "its findings are of severity {}, so that it blocks only under `--fail-on {0}`",
            policy.severity
        ));
    }
    if policy.written == Enforcement::Shadow && args.to >= Enforcement::Soft && args.on.is_none() {
        notes.push(
            "it was in the shadow: nobody whom it stops was ever told; `--on` lets it advise first"
                .to_owned(),
        );
    }
    if let Some(ruling) = policy.ruling_on(day) {
        notes.push(format!(
            "the settings rule otherwise, which goes before: `{}` is {}",
            ruling.subject,
            ruling.told()
        ));
    }
    notes
}

fn impact(
    before: &Law,
    after: &Law,
    snapshot: &Snapshot,
    reader: &meshlaw_changeset::Reader,
    day: Date,
) -> Result<LawImpact, Failure> {
    let candidate = |name: &str, law| Candidate {
        name: name.to_owned(),
        law,
        terms: reader,
    };
    let asked = Asked {
        contracts: snapshot,
        name: "the work tree".to_owned(),
        as_of: day,
        fail_on: Severity::Error,
        plain: false,
    };
    compare(
        &candidate("as it is", before),
        &candidate("promoted", after),
        &asked,
    )
}
