//! The `meshlaw` command: arguments in, pipeline, exit status out.

mod approvals;
mod args;
mod atlas;
mod bench;
mod bundles;
mod cache;
mod case;
mod changed;
mod chronicle;
mod codeowners;
mod commands;
mod companions;
mod consumption;
mod cores;
mod court;
mod crossing;
mod decisions;
mod definitions;
mod duplicates;
mod earlier;
mod effects;
mod environment;
mod estate;
mod failure;
mod files;
mod findings;
mod forecast;
mod glossary;
mod governance;
mod ground;
mod identity;
mod inventory;
mod law;
mod law_impact;
mod lineage;
mod meaning;
mod meant;
mod names;
mod numbering;
mod outlet;
mod output;
mod ownership;
mod pairing;
mod place;
mod planned;
mod progress;
#[cfg(feature = "prove")]
mod proofs;
mod readership;
mod redefined;
mod register;
mod repair;
mod revision;
mod rulings;
mod schema;
mod settings;
mod shards;
mod sketch;
mod sketchbook;
mod verdicts;
mod waivers;
mod when;

use std::process::ExitCode;

use failure::{ExitStatus, Failure};

/// The allocator of musl, which static binaries would have, makes threads wait for each other; that of
/// glibc asks the system for every other page that a second thread needs, which makes the first wait.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::read();
    let ran = std::panic::catch_unwind(|| commands::run(args));
    let status = match ran {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => explain(&error),
        // The panic's own message has been printed; a crash never reads as a verdict.
        Err(_) => ExitStatus::Internal,
    };
    status.into()
}

/// Prints an error once, with its causes, and says what the process returns.
#[expect(
    clippy::print_stderr,
    reason = "the one place where errors are printed"
)]
fn explain(error: &anyhow::Error) -> ExitStatus {
    match error.downcast_ref::<Failure>() {
        Some(failure) => {
            eprintln!("error: {failure}");
            ExitStatus::Usage
        }
        None => {
            eprintln!("error: {error:#}");
            ExitStatus::Internal
        }
    }
}
