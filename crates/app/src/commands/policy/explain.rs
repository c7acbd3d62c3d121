//! Why a policy fires on a contract, or what would have to change for it to fire.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_changeset::Reader;
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Gravity, read_contracts};
use meshlaw_policy::{Clauses, Identity, Policy, Trace, World, enforcement_on, trace_contract};

use super::{find, law_in, origin};
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law::Law;
use crate::meaning::ruled;
use crate::output::print;
use crate::when;

/// Tell what a policy asks, and why it fires on a contract or does not
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Id of the policy, such as `org/privacy/pii-masked`
    id: String,
    /// Contract file to hold against it
    contract: Option<PathBuf>,
    /// Tell of every part of the contract, those that pass included
    #[arg(long)]
    all: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

/// Parts that pass and are told of where none fires.
const MOST_PASSES: usize = 3;

/// Explains one policy.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let (reader, law) = law_in(Path::new("."))?;
    let policy = find(&law.book, &args.id)?;
    let today = when::settle(args.as_of);
    let clauses = Clauses::of(policy).map_err(|error| Failure::new(error, ""))?;
    let Some(path) = &args.contract else {
        print(&asked(policy, today, &clauses))?;
        return Ok(ExitStatus::Pass);
    };
    let mut out = String::new();
    judged(
        path,
        args.as_of,
        &law,
        &reader,
        |contract, identity, world| {
            let traces = trace_contract(policy, contract, identity, world)?;
            tell(&mut out, policy, &clauses, &traces, path, args.all);
            Ok(())
        },
    )?;
    print(&out)?;
    Ok(ExitStatus::Pass)
}

/// Reads the contracts of a file and hands each over with its name and the world around it.
pub fn judged(
    path: &Path,
    as_of: Option<Date>,
    law: &Law,
    reader: &Reader,
    mut look: impl FnMut(&Contract, &Identity, &World) -> Result<(), String>,
) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Failure::new(message, "name a contract file")
    })?;
    let estate = read_estate(&law.settings, None, reader, &[], when::settle(as_of))?;
    let domains = Domains::new(&law.settings, None)?;
    let name = path.display().to_string().replace('\\', "/");
    let name = name.trim_start_matches("./");
    let limits = &law.settings.limits;
    for parsed in read_contracts(&text, name, limits, &law.settings.vocabulary) {
        let mut problems = parsed.problems.iter();
        let fault = problems.find(|one| one.gravity == Gravity::Fault);
        let Some(contract) = parsed.value.filter(|_| fault.is_none()) else {
            let message = fault.map_or("this is no contract", |problem| &problem.message);
            let place = fault.map_or_else(
                || name.to_owned(),
                |problem| format!("{name}:{}:{}", problem.span.line, problem.span.column),
            );
            let help = "mend the file first: `meshlaw check` says more";
            return Err(Failure::new(message, help).at(place));
        };
        let identity = domains.identify(name, &contract);
        look(&contract, &identity, &estate.world).map_err(|error| Failure::new(error, ""))?;
    }
    Ok(())
}

/// What a policy asks, condition by condition.
fn asked(policy: &Policy, today: Date, clauses: &Clauses) -> String {
    let mut out = format!(
        "{}: {}\nfrom: {}\n\n{}\n",
        policy.id,
        policy.message,
        origin(policy),
        policy.text.trim()
    );
    out.push_str("\nIt hangs on:\n");
    for clause in &clauses.list {
        let _ = writeln!(out, "  line {:<3} {}", clause.line, clause.text);
    }
    let _ = writeln!(
        out,
        "\n{}, {}",
        policy.severity,
        enforcement_on(policy, today, false)
    );
    out.extend(policy.rulings.iter().map(ruled));
    let _ = writeln!(
        out,
        "help: {}\nHold a contract against it: meshlaw policy explain {} CONTRACT",
        policy.help, policy.id
    );
    out
}

fn tell(
    out: &mut String,
    policy: &Policy,
    clauses: &Clauses,
    traces: &[Trace],
    path: &Path,
    wants_all: bool,
) {
    let fired = traces.iter().filter(|trace| trace.fired == Ok(true));
    let failed = traces.iter().filter(|trace| trace.fired.is_err());
    let passed = traces.iter().filter(|trace| trace.fired == Ok(false));
    let (hits, broken) = (fired.clone().count(), failed.clone().count());
    let parts = traces.len();
    let _ = writeln!(
        out,
        "{} on {}: {}",
        policy.id,
        path.display(),
        policy.message
    );
    if parts == 0 {
        out.push_str(
            "it says nothing of how a contract stands; it is about changes, consumers or waivers, or another domain\n",
        );
        return;
    }
    let _ = writeln!(out, "fires on {hits} of {parts} parts\n");
    for trace in failed {
        let error = trace.fired.as_ref().err().map_or("", String::as_str);
        let _ = writeln!(out, "{}: cannot be evaluated: {error}\n", trace.pointer);
    }
    for trace in fired {
        let _ = writeln!(out, "{} fires", part(trace));
        for (clause, seen) in clauses.list.iter().zip(&trace.seen) {
            if seen.is_reached {
                line(out, clause, seen);
            }
        }
        out.push('\n');
    }
    if hits + broken > 0 && !wants_all {
        return;
    }
    // Those that need the least to fire tell the most.
    let mut near: Vec<(Vec<usize>, &Trace)> = passed
        .map(|trace| (clauses.turning(trace), trace))
        .collect();
    near.sort_by_key(|(turning, _)| turning.len());
    let most = if wants_all { near.len() } else { MOST_PASSES };
    for (turning, trace) in near.into_iter().take(most) {
        let _ = writeln!(
            out,
            "{} passes; it would fire if these turned:",
            part(trace)
        );
        for at in turning {
            if let Some((clause, seen)) = clauses.list.get(at).zip(trace.seen.get(at)) {
                line(out, clause, seen);
            }
        }
        out.push('\n');
    }
}

fn part(trace: &Trace) -> String {
    if trace.pointer.is_root() {
        "the contract".to_owned()
    } else {
        trace.pointer.to_string()
    }
}

fn line(out: &mut String, clause: &meshlaw_policy::Clause, seen: &meshlaw_policy::Seen) {
    let value = match &seen.value {
        Ok(true) => "true",
        Ok(false) => "false",
        Err(_) => "has no value",
    };
    let _ = writeln!(
        out,
        "  line {:<3} {:<5} {}",
        clause.line, value, clause.text
    );
    for (name, value) in &seen.sides {
        let _ = writeln!(out, "                 {name} = {value}");
    }
    if !seen.missing.is_empty() {
        let _ = writeln!(
            out,
            "                 missing: [{}]",
            seen.missing.join(", ")
        );
    }
}
