//! What was typed.

use std::path::PathBuf;

use clap::Parser;

use crate::commands;

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
