//! Shell completions.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::failure::ExitStatus;
use crate::output::print;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completions.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "meshlaw", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Pass)
}
