//! What starts to block on days to come, if nobody changes anything.

use std::path::PathBuf;

use jiff::ToSpan as _;
use jiff::civil::Date;
use meshlaw_changeset::{Repository, Snapshot};
use meshlaw_contract::model::Word;
use meshlaw_report::forecast::{self as written, Forecast};

use crate::failure::{ExitStatus, Failure};
use crate::forecast::{Asked, forecast};
use crate::law::PolicySource;
use crate::law_impact::{called, law_at};
use crate::outlet::{Outlet, deliver};
use crate::output::FailOn;
use crate::when;

/// Tell on which days contracts will start to fail, if nobody changes anything
///
/// By the days from which policies hold, sunsets, the ends of consumers' uses and the last days of
/// waivers.
#[derive(Debug, clap::Args)]
pub struct ForecastArgs {
    /// Root of the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Look into a revision instead of the files as they lie
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// Last day to look at [default: a year from today]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    until: Option<Date>,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Take findings of this severity and graver for failing
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Write the forecast as text or json to standard output, or to a file with FORM=FILE;
    /// repeatable
    #[arg(long = "format", value_name = "FORM[=FILE]", default_value = "text")]
    formats: Vec<Outlet<Form>>,
    /// Judge every contract on every day, and ask Cedar about every part: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
}

/// A form of the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
}

impl Word for Form {
    const ALL: &'static [Self] = &[Form::Json, Form::Text];

    fn as_str(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Text => "text",
        }
    }
}

/// Looks ahead, and tells.
pub fn run(args: &ForecastArgs) -> anyhow::Result<ExitStatus> {
    let seen = seen(args)?;
    deliver(&args.formats, |form| match form {
        Form::Json => written::to_json(&seen),
        Form::Text => written::to_text(&seen),
    })?;
    Ok(ExitStatus::Pass)
}

fn seen(args: &ForecastArgs) -> Result<Forecast, Failure> {
    let as_of = when::settle(args.as_of);
    let until = match args.until {
        Some(until) if until <= as_of => {
            let message = format!("`--until {until}` is not behind {as_of}");
            return Err(Failure::new(message, "name a day to come"));
        }
        Some(until) => until,
        None => as_of.saturating_add(1.year()),
    };
    let (snapshot, name) = match &args.at {
        None => (
            Snapshot::folder(&args.path),
            args.path.display().to_string(),
        ),
        Some(revision) => {
            let repository = Repository::discover(&args.path)?;
            let commit = repository.resolve(revision)?;
            (repository.at(commit), called(revision, &commit))
        }
    };
    let reader = snapshot.open()?;
    let mut law = law_at(&reader, &PolicySource::Settings, &name)?;
    law.settings.limits.shortcuts = !args.no_shortcuts;
    let asked = Asked {
        snapshot: &snapshot,
        name,
        as_of,
        until,
        fail_on: args.fail_on.into(),
        plain: args.no_shortcuts,
    };
    forecast(&law, &reader, &asked)
}
