//! Fuzzes what reads texts of strangers: the targets of `fuzz/` come in, the texts that break one go
//! out. Needs a C++ compiler, since libFuzzer is built from its source, and no nightly toolchain.

mod build;
mod corpus;
mod hunt;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use build::Target;
pub use build::{Readiness, readiness};

/// Run the fuzz targets for a while, on the texts that are kept and on new ones
#[derive(clap::Args)]
pub struct Args {
    /// Targets to run [default: all]
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Seconds that each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Targets that run at one time
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// Rewrite the kept texts of the targets: the fewest small ones that reach all that was reached
    #[arg(long)]
    keep: bool,
}

/// The two targets that hold a short cut against the plain way.
const DIFFERENTIAL: &[&str] = &["read_pack", "same_reading"];

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    if let Readiness::Lacking(what) = readiness(root)? {
        bail!("{what}");
    }
    let targets = chosen(&args.targets, build::targets(root)?)?;
    build::build(root, &targets)?;
    let plan = hunt::Plan {
        time: Duration::from_secs(args.seconds),
        jobs: args.jobs.max(1),
        seed: None,
    };
    let found = hunt::hunt(root, &targets, &plan)?;
    if found > 0 {
        return Ok(ExitCode::FAILURE);
    }
    if args.keep {
        for target in &targets {
            corpus::keep(root, target)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the differential targets for a moment; the answer is whether nothing was found.
///
/// # Errors
/// When a target cannot be built or started.
pub fn check(root: &Path) -> Result<bool> {
    let names: Vec<String> = DIFFERENTIAL.iter().map(|name| (*name).to_owned()).collect();
    let targets = chosen(&names, build::targets(root)?)?;
    build::build(root, &targets)?;
    let plan = hunt::Plan {
        time: Duration::from_secs(20),
        jobs: targets.len(),
        // By chance, a change would fail on what another wrote.
        seed: Some(1),
    };
    Ok(hunt::hunt(root, &targets, &plan)? == 0)
}

fn chosen(names: &[String], all: Vec<Target>) -> Result<Vec<Target>> {
    for name in names {
        if !all.iter().any(|target| target.name == *name) {
            let known: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
            bail!(
                "there is no fuzz target `{name}`; there are {}",
                known.join(", ")
            );
        }
    }
    let is_chosen = |target: &Target| names.is_empty() || names.contains(&target.name);
    Ok(all.into_iter().filter(is_chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Target> {
        build::targets(&crate::workspace::root()).unwrap_or_default()
    }

    #[test]
    fn targets_are_chosen_by_name() {
        let count = all().len();
        assert!(count > 10, "{count} targets");
        let names = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let chosen = |wanted: &[&str]| chosen(&names(wanted), all());
        assert_eq!(chosen(&[]).map(|all| all.len()).ok(), Some(count));
        assert_eq!(chosen(DIFFERENTIAL).map(|all| all.len()).ok(), Some(2));
        let error = chosen(&["read_yam"]).err().map(|error| error.to_string());
        assert!(error.is_some_and(|said| said.contains("no fuzz target `read_yam`")));
    }

    #[test]
    fn each_file_is_a_target_for_which_texts_are_kept() {
        let root = crate::workspace::root();
        let files = crate::workspace::files(&root).unwrap_or_default();
        let names = files.iter().filter_map(|path| {
            let name = path.strip_prefix("fuzz/fuzz_targets/")?;
            name.strip_suffix(".rs")
        });
        let targets = all();
        assert!(names.eq(targets.iter().map(|target| target.name.as_str())));
        for target in targets {
            let kept = corpus::kept(&root, &target).unwrap_or_default();
            assert!(!kept.is_empty(), "nothing is kept for `{}`", target.name);
        }
    }
}
