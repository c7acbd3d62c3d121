//! Tools of those who write policies.

mod backtest;
mod bundle;
mod check;
pub mod examples;
mod explain;
mod export;
mod fmt;
mod forecast;
mod impact;
mod list;
mod new;
mod promote;
#[cfg(feature = "prove")]
mod prove;
#[cfg(not(feature = "prove"))]
#[path = "unproved.rs"]
mod prove;
mod replay;
mod starters;
mod strays;
mod test;

use std::path::{Path, PathBuf};

use meshlaw_changeset::{Reader, Snapshot};
use meshlaw_policy::{Book, Policy};

use crate::failure::{ExitStatus, Failure};
use crate::law::{self, Law, PolicySource};
use crate::meaning::nearest_id;

/// Write, check, test and explain policies
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

/// What can be done with policies.
#[derive(Debug, clap::Subcommand)]
enum PolicyCommand {
    Backtest(backtest::BacktestArgs),
    Bundle(bundle::BundleArgs),
    Check(check::CheckArgs),
    New(new::NewArgs),
    Test(test::TestArgs),
    Explain(explain::ExplainArgs),
    Export(export::ExportArgs),
    Forecast(forecast::ForecastArgs),
    Impact(impact::ImpactArgs),
    List(list::ListArgs),
    Fmt(fmt::FmtArgs),
    Promote(promote::PromoteArgs),
    Prove(prove::ProveArgs),
    Replay(replay::ReplayArgs),
}

/// Runs what was asked for.
pub fn run(args: &PolicyArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        PolicyCommand::Backtest(args) => backtest::run(args),
        PolicyCommand::Bundle(args) => bundle::run(args),
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::New(args) => new::run(args),
        PolicyCommand::Test(args) => test::run(args),
        PolicyCommand::Explain(args) => explain::run(args),
        PolicyCommand::Export(args) => export::run(args),
        PolicyCommand::Forecast(args) => forecast::run(args),
        PolicyCommand::Impact(args) => impact::run(args),
        PolicyCommand::List(args) => list::run(args),
        PolicyCommand::Fmt(args) => fmt::run(args),
        PolicyCommand::Promote(args) => promote::run(args),
        PolicyCommand::Prove(args) => prove::run(args),
        PolicyCommand::Replay(args) => replay::run(args),
    }
}

/// Reads every policy of a folder; says all that is wrong with them.
fn read_book(folder: &Path) -> Result<Book, Failure> {
    let reader = Snapshot::folder(folder).open()?;
    let files = law::policy_files(&reader, "").map_err(|failure| {
        let place = failure.place.clone();
        let place = place.map(|place| format!("{}/{place}", folder.display()));
        place.map_or(failure.clone(), |place| failure.at(place))
    })?;
    let book = Book::load(&[], &files).map_err(|problems| {
        let failure = |problem: meshlaw_policy::BookProblem| {
            let place = format!(
                "{}/{}:{}:{}",
                folder.display(),
                problem.path,
                problem.line,
                problem.column
            );
            Failure::new(problem.message, problem.help.unwrap_or_default()).at(place)
        };
        Failure::all(problems.into_iter().map(failure))
            .unwrap_or_else(|| Failure::new("the policies do not load", ""))
    })?;
    if book.policies.is_empty() {
        let help = "put policies at `org/<group>/<name>/policy.cedar` below the folder";
        let message = format!("`{}` holds no policies", folder.display());
        return Err(Failure::new(message, help));
    }
    Ok(book)
}

/// Finds a policy of a book, or says which one is near.
fn find<'b>(book: &'b Book, id: &str) -> Result<&'b Policy, Failure> {
    let id = id.trim_end_matches('/');
    book.get(id).ok_or_else(|| {
        let ids: Vec<&str> = book.policies.iter().map(|one| one.id.as_str()).collect();
        let help = match nearest_id(id, &ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "list them with `meshlaw policy list`".to_owned(),
        };
        Failure::new(format!("there is no policy `{id}`"), help)
    })
}

/// Reads the law of a folder as its settings have it.
fn law_in(folder: &Path) -> Result<(Reader, Law), Failure> {
    let reader = Snapshot::folder(folder).open()?;
    let law = law::load(&reader, &PolicySource::Settings).map_err(law::failure)?;
    Ok((reader, law))
}

/// Says where a policy comes from.
fn origin(policy: &Policy) -> String {
    match &policy.bundle {
        Some(bundle) => format!("bundle {bundle}"),
        None if policy.is_builtin => "built in".to_owned(),
        None => "here".to_owned(),
    }
}

fn settle(folder: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = match folder {
        Some(folder) => folder.to_path_buf(),
        None => folder_of_settings()?,
    };
    if folder.is_dir() {
        return Ok(folder);
    }
    let message = format!("`{}` is not a folder", folder.display());
    Err(Failure::new(
        message,
        "name the folder that holds `org/` and `domains/`",
    ))
}

fn folder_of_settings() -> Result<PathBuf, Failure> {
    let here = Snapshot::folder(".").open()?;
    let settings = law::read_settings(&here).map_err(law::failure)?;
    Ok(PathBuf::from(settings.policies))
}
