//! What stands for proofs in a program that was built without them.

use crate::failure::{ExitStatus, Failure};

/// Prove what policies forbid and let pass; this program was built without
#[derive(Debug, clap::Args)]
pub struct ProveArgs {
    /// Whatever is asked
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<String>,
}

/// Says that there are no proofs here.
pub fn run(args: &ProveArgs) -> anyhow::Result<ExitStatus> {
    let asked = args.rest.join(" ");
    let message = format!("this program was built without proofs: `policy prove {asked}`");
    Err(Failure::new(
        message,
        "build it with the feature `prove`, as it is by default",
    )
    .into())
}
