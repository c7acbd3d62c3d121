//! Runs every check of the workspace, one after the other, and says which failed. What CI runs and
//! what a developer runs is the same command; the runner's closing line is the last one printed.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::runner::Runner;
use crate::{fmt, fuzz, generate, process, tidy};

/// Run every check: format, pages, tidy, licences, lints, fuzzing, tests
#[derive(clap::Args)]
pub struct Args {
    /// Leave out clippy, cargo-deny and fuzzing
    #[arg(long)]
    fast: bool,
}

/// How a step ended.
enum Outcome {
    Passed,
    Failed,
    Skipped(&'static str),
}

/// One line of the summary.
struct Step {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    let mut steps = vec![
        step("format", || format(root)),
        step("generated pages", || {
            generate::check(root).map(|()| Outcome::Passed)
        }),
        step("tidy", || tidy::check(root).map(|()| Outcome::Passed)),
    ];
    if !args.fast {
        steps.push(step("licences and advisories", || deny(root)));
        steps.push(step("clippy", || clippy(root)));
        steps.push(step("fuzzing", || fuzzing(root)));
    }
    let runner = Runner::installed();
    if let Runner::Nextest = runner {
        let doc = ["test", "--doc", "--workspace", "--locked", "--quiet"];
        steps.push(step("documentation tests", || cargo(root, &doc)));
    }
    let mut closing = None;
    steps.push(step("tests", || {
        let run = runner.run(root)?;
        closing = run.closing;
        Ok(ended(run.code))
    }));
    Ok(summary(&steps, closing))
}

fn summary(steps: &[Step], closing: Option<String>) -> ExitCode {
    println!("\n==> summary");
    for Step {
        name,
        outcome,
        took,
    } in steps
    {
        match outcome {
            Outcome::Passed => println!("passed   {name} ({:.1} s)", took.as_secs_f64()),
            Outcome::Failed => println!("failed   {name} ({:.1} s)", took.as_secs_f64()),
            Outcome::Skipped(why) => println!("skipped  {name}: {why}"),
        }
    }
    println!("{}", closing.as_deref().unwrap_or("no test ran"));
    if steps
        .iter()
        .any(|step| matches!(step.outcome, Outcome::Failed))
    {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs one step under a heading. An error of the step itself counts as its failure, so that the
/// steps after it still run.
fn step(name: &'static str, work: impl FnOnce() -> Result<Outcome>) -> Step {
    println!("\n==> {name}");
    let start = Instant::now();
    let outcome = work().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        Outcome::Failed
    });
    let took = start.elapsed();
    match &outcome {
        Outcome::Passed => println!("passed in {:.1} s", took.as_secs_f64()),
        Outcome::Failed => println!("failed after {:.1} s", took.as_secs_f64()),
        Outcome::Skipped(why) => println!("skipped: {why}"),
    }
    Step {
        name,
        outcome,
        took,
    }
}

fn format(root: &Path) -> Result<Outcome> {
    let code = process::status(fmt::rustfmt(root)?.arg("--check"))?;
    if code != 0 {
        eprintln!("help: run `cargo xtask fmt`");
    }
    Ok(ended(code))
}

fn deny(root: &Path) -> Result<Outcome> {
    if !process::has_cargo_tool("deny") {
        return Ok(Outcome::Skipped("cargo-deny is not installed"));
    }
    cargo(root, &["deny", "check"])
}

fn clippy(root: &Path) -> Result<Outcome> {
    let lints = ["--", "-D", "warnings"];
    cargo(
        root,
        &[
            &["clippy", "--workspace", "--all-targets", "--locked"][..],
            &lints,
        ]
        .concat(),
    )
}

fn fuzzing(root: &Path) -> Result<Outcome> {
    if let fuzz::Readiness::Lacking(what) = fuzz::readiness(root)? {
        return Ok(Outcome::Skipped(what));
    }
    Ok(ended(u8::from(!fuzz::check(root)?)))
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Outcome> {
    let mut cargo = process::cargo();
    Ok(ended(process::status(
        cargo.args(arguments).current_dir(root),
    )?))
}

fn ended(code: u8) -> Outcome {
    if code == 0 {
        Outcome::Passed
    } else {
        Outcome::Failed
    }
}
