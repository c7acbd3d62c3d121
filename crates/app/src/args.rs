//! What was typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{self, CheckArgs, Command, GateArgs};

/// Federated governance for data contracts kept in git
///
/// Domains own their contracts; an organisation-wide floor of Cedar policies says what may be
/// published and how it may change. Exit status: 0 passes, 1 findings block, 2 usage, settings or
/// policies are wrong, 3 internal failure.
#[derive(Debug, Parser)]
#[command(
    name = "meshlaw",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Args {
    /// Run as if started in DIR
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: commands::Command,
}

/// The commands that run all day, by themselves.
#[derive(Debug, Parser)]
#[command(name = "meshlaw", disable_help_subcommand = true)]
struct Frequent {
    #[command(subcommand)]
    command: FrequentCommand,
}

#[derive(Debug, Subcommand)]
enum FrequentCommand {
    Check(CheckArgs),
    Gate(GateArgs),
}

impl Args {
    /// Reads what was typed; shows help and what is wrong itself, and ends the program then.
    ///
    /// To describe all commands takes a part of a gate's time, so that the frequent ones are tried
    /// by themselves; whatever is not understood so is left to the whole.
    pub fn read() -> Self {
        let typed: Vec<OsString> = std::env::args_os().collect();
        Self::frequent(&typed).unwrap_or_else(|| Self::parse_from(typed))
    }

    fn frequent(typed: &[OsString]) -> Option<Self> {
        let word = typed.get(1).and_then(|word| word.to_str());
        let is_frequent = matches!(word, Some("check" | "gate"));
        let read = is_frequent.then(|| Frequent::try_parse_from(typed))?.ok()?;
        Some(Self {
            directory: None,
            command: match read.command {
                FrequentCommand::Check(args) => Command::Check(args),
                FrequentCommand::Gate(args) => Command::Gate(args),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    #[test]
    fn frequent_commands_are_read_as_among_all() {
        let lines = [
            "gate",
            "gate --base main --head feature --as-of 2026-11-23 --all",
            "gate --staged --approvals a.json --format json=x.json --format text",
            "gate --worktree --no-shortcuts --color never --fail-on warning",
            "gate --worktree --staged",
            "gate -C elsewhere",
            "gate --help",
            "gate more",
            "gate --bse main",
            "check",
            "check a.contract.yaml b --format=github",
            "check --data a.jsonl a.contract.yaml --no-shortcuts",
            "check --help",
            "check --watch=9",
            "-C elsewhere gate",
            "audit",
            "--version",
            "",
        ];
        let mut understood = 0;
        for line in lines {
            let typed = std::iter::once("meshlaw").chain(line.split_whitespace());
            let typed: Vec<OsString> = typed.map(OsString::from).collect();
            let whole = Args::try_parse_from(&typed);
            if let Some(frequent) = Args::frequent(&typed) {
                assert_eq!(format!("{frequent:?}"), format!("{:?}", whole.unwrap()));
                understood += 1;
            }
        }
        assert!(understood >= 6, "{understood}");
    }
}
