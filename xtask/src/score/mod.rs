//! Prints how often our judgement agrees with the labelled fixtures, beside that of other tools
//! where they are installed.

mod pairs;
mod wrong;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::meshlaw::{self, Profile};

/// Where the fixtures are written out as files.
const FOLDER: &str = "target/score";

/// Score ours and other tools against the labelled contracts
#[derive(clap::Args)]
pub struct Args {
    /// Print only the disagreements
    #[arg(long)]
    list: bool,
    /// Fail when fewer than this share of the labels, in percent, agree
    #[arg(long, value_name = "PERCENT")]
    min: Option<usize>,
    /// Program `datacontract` to score beside ours
    #[arg(long, value_name = "PATH", default_value = "datacontract")]
    datacontract: PathBuf,
    /// Program `odcslint` to score beside ours
    #[arg(long, value_name = "PATH", default_value = "odcslint")]
    odcslint: PathBuf,
}

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    let program = meshlaw::build(root, Profile::Dev)?;
    let installed = |peer| is_installed(peer).then_some(peer);
    let datacontract = installed(args.datacontract.as_path());
    let odcslint = installed(args.odcslint.as_path());
    let (met, all) = pairs::run(root, &program, datacontract, args.list)?;
    let (found, wrong) = wrong::run(root, &program, datacontract, odcslint, args.list)?;
    let (met, all) = (met + found, all + wrong);
    let least = args.min.unwrap_or(0);
    if met * 100 < least * all {
        bail!("{met} of {all} labels agree, fewer than {least} %");
    }
    Ok(ExitCode::SUCCESS)
}

fn is_installed(program: &Path) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

fn tally(share: &mut (usize, usize), met: bool) {
    share.0 += usize::from(met);
    share.1 += 1;
}
