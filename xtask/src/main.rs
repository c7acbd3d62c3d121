//! Chores of the workspace: a command line comes in, a checked, formatted or generated checkout
//! goes out. Knows the layout of the repository and runs `meshlaw` as a program; it uses none of
//! our crates, so that it builds in seconds and works while they do not.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to its developer"
)]

mod audit;
mod bench;
mod check;
mod demo;
mod fmt;
mod fuzz;
mod generate;
mod meshlaw;
mod new;
mod process;
mod registry;
mod runner;
mod score;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of the meshlaw workspace
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    Audit(audit::Args),
    Bench(bench::Args),
    Check(check::Args),
    Demo(demo::Args),
    Fmt(fmt::Args),
    Fuzz(fuzz::Args),
    Generate(generate::Args),
    New(new::Args),
    Score(score::Args),
    Tidy(tidy::Args),
}

fn main() -> ExitCode {
    let root = workspace::root();
    let outcome = match Cli::parse().chore {
        Chore::Audit(args) => audit::run(&args, &root),
        Chore::Bench(args) => bench::run(&args, &root),
        Chore::Check(args) => check::run(&args, &root),
        Chore::Demo(args) => demo::run(&args, &root),
        Chore::Fmt(args) => fmt::run(&args, &root),
        Chore::Fuzz(args) => fuzz::run(&args, &root),
        Chore::Generate(args) => generate::run(&args, &root),
        Chore::New(args) => new::run(&args, &root),
        Chore::Score(args) => score::run(&args, &root),
        Chore::Tidy(args) => tidy::run(&args, &root),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
