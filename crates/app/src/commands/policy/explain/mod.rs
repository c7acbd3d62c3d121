//! Why a policy fires on a contract, a change, a consumer or a waiver, or what would have to change
//! for it to fire.

mod petitions;
mod questions;
mod sides;
mod silence;
mod told;

use std::path::{Path, PathBuf};

use meshlaw_changeset::Reader;
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Gravity, read_contracts};
use meshlaw_policy::{Clauses, Identity, World};

use super::{find, law_in};
use crate::estate::read_estate;
use crate::failure::{ExitStatus, Failure};
use crate::identity::Domains;
use crate::law::Law;
use crate::output::print;
use crate::when;

/// Tell what a policy asks, and why it fires on a contract, a change, a consumer or a waiver, or
/// does not
///
/// A policy on changes is told of two revisions: name both, or one and `--base`. The law is that of
/// the work tree, as its author sees it.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Id of the policy, such as `org/privacy/pii-masked`
    id: String,
    /// Contract, consumer or waiver file to hold against it; of a change, the old contract: a file,
    /// or REV:PATH in the repository
    file: Option<String>,
    /// Of a change, the new contract: a file, or REV:PATH in the repository
    #[arg(value_name = "NEW", conflicts_with = "base")]
    new: Option<String>,
    /// Compare the contract file with what it was where the branch left REV
    #[arg(long, value_name = "REV", requires = "file")]
    base: Option<String>,
    /// Take the contract of this revision for the new one [default: the file as it lies]
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Only this consumer
    #[arg(long, value_name = "NAME", requires = "file")]
    consumer: Option<String>,
    /// Only this waiver
    #[arg(long, value_name = "NAME", requires = "file")]
    waiver: Option<String>,
    /// File that says which teams agreed to the change, as for the gate
    #[arg(long, value_name = "FILE", requires = "file")]
    approvals: Option<PathBuf>,
    /// Tell of everything that passes, too
    #[arg(long)]
    all: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<jiff::civil::Date>,
}

/// Explains one policy.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let (reader, law) = law_in(Path::new("."))?;
    let policy = find(&law.book, &args.id)?;
    let clauses = Clauses::of(policy).map_err(|error| Failure::new(error, ""))?;
    let out = match &args.file {
        None => told::asked(policy, when::settle(args.as_of), &clauses),
        Some(file) => {
            let answers = questions::put(args, file, policy, &law, &reader)?;
            told::answered(policy, &clauses, file, &answers, args.all)
        }
    };
    print(&out)?;
    Ok(ExitStatus::Pass)
}

/// Reads the contracts of a file and hands each over with its name and the world around it.
pub fn judged(
    path: &Path,
    as_of: Option<jiff::civil::Date>,
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
            return Err(Failure::new(message, sides::MEND).at(place));
        };
        let identity = domains.identify(name, &contract);
        look(&contract, &identity, &estate.world).map_err(|error| Failure::new(error, ""))?;
    }
    Ok(())
}
