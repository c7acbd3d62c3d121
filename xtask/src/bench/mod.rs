//! Measures meshlaw beside what anybody can run: git's own diff and reading, and the linters of the
//! field. Every figure is the least of several runs, taken in turn with its reference.

mod chart;
mod dice;
mod estate;
mod measure;
mod reading;
mod rows;
mod shape;
mod soundness;
mod table;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::meshlaw::{self, Profile};
use crate::process;
use estate::Size;
use measure::{Cost, Task, measure};
use shape::Shape;

const FOLDER: &str = "target/bench";
const PAGE: &str = "docs/performance.md";
const CHART: &str = "docs/performance.svg";

/// Contracts of the larger repository, and those of the standard's format.
const LARGE: u64 = 100_000;
const SMALL: u64 = 10_000;
const ODCS: u64 = 1_000;

/// Repositories of `LARGE` contracts each that make a million.
const REPOSITORIES: u64 = 10;

/// Measure meshlaw beside git and other tools
#[derive(clap::Args)]
pub struct Args {
    /// Take two minutes: the small repository, a short history and three runs
    #[arg(long)]
    quick: bool,
    /// Runs of each program, of which the least counts
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Measure nothing but estates of other shapes: tiny contracts, wide ones, deep folders, a flat one
    #[arg(long, conflicts_with_all = ["quick", "write", "million"])]
    shapes: bool,
    /// Write JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Write `docs/performance.md` and its chart
    #[arg(long)]
    write: bool,
    /// Measure this program, in place of building it for release
    #[arg(long, value_name = "PATH", conflicts_with = "write")]
    program: Option<PathBuf>,
    /// Program of odcslint, to measure beside it
    #[arg(long, value_name = "PATH", default_value = "odcslint")]
    odcslint: PathBuf,
    /// Program of datacontract-cli, to measure beside it
    #[arg(long, value_name = "PATH", default_value = "datacontract")]
    datacontract: PathBuf,
    /// Audit a million contracts, too: ten repositories, made and measured one after the other
    #[arg(long, conflicts_with = "quick")]
    million: bool,
    /// Read every file of a repository and do nothing else: the reference of the audit
    #[arg(long, value_name = "FOLDER", hide = true)]
    read: Option<PathBuf>,
    /// See whether a made repository is what it should be: a process of its own, since what one
    /// that is measured is started from counts as its memory
    #[arg(long, num_args = 3, value_names = ["PROGRAM", "FOLDER", "CONTRACTS"], hide = true)]
    sound: Option<Vec<String>>,
}

/// A comparison: ours, a reference, and how the two should stand.
#[derive(Debug, Serialize)]
struct Row {
    what: String,
    reference: Option<String>,
    ours: Cost,
    theirs: Option<Cost>,
    /// The ratio that is aimed at: of wall time, or of CPU time where `by_cpu`.
    mark: Option<f64>,
    /// The milliseconds that are aimed at, where there is no reference.
    limit: Option<f64>,
    by_cpu: bool,
}

/// All that was measured, and where.
#[derive(Debug, Serialize)]
struct Results {
    machine: String,
    version: String,
    runs: usize,
    rows: Vec<Row>,
}

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    if let Some(folder) = &args.read {
        println!("{} bytes", reading::read_all(folder)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some([program, folder, contracts]) = args.sound.as_deref() {
        soundness::check(program, folder, contracts)?;
        return Ok(ExitCode::SUCCESS);
    }
    let program = match &args.program {
        Some(program) => std::path::absolute(program)?,
        None => meshlaw::build(root, Profile::Release)?,
    };
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let runs = if args.quick { 3 } else { args.runs };
    let mut bench = Bench {
        program,
        runs,
        rows: Vec::new(),
    };
    if args.shapes {
        bench.others(&folder)?;
    } else {
        bench.all(args, &folder)?;
    }
    let results = Results {
        machine: machine(),
        version: process::capture(
            Command::new("git")
                .args(["describe", "--always", "--dirty"])
                .current_dir(root),
        )?
        .trim()
        .to_owned(),
        runs,
        rows: bench.rows,
    };
    fs::write(
        folder.join("results.json"),
        serde_json::to_string_pretty(&results)?,
    )?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        print!("{}", table::text(&results));
    }
    if args.write {
        fs::write(root.join(PAGE), table::page(&results))?;
        fs::write(root.join(CHART), chart::svg(&results))?;
        println!("wrote {PAGE} and {CHART}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What is measured with.
struct Bench {
    program: PathBuf,
    runs: usize,
    rows: Vec<Row>,
}

impl Bench {
    /// Measures all rows of the page.
    fn all(&mut self, args: &Args, folder: &Path) -> Result<()> {
        let common = Size {
            shape: Shape::COMMON,
            first: 0,
            contracts: SMALL,
            commits: if args.quick { 1_000 } else { 10_000 },
            changed: 100,
        };
        let small = estate::make(folder, common)?;
        self.gates(&small, SMALL)?;
        self.audits(&small, SMALL)?;
        if !args.quick {
            let contracts = LARGE;
            let large = estate::make(
                folder,
                Size {
                    contracts,
                    ..common
                },
            )?;
            self.gates(&large, LARGE)?;
            self.audits(&large, LARGE)?;
            self.others(folder)?;
        }
        let odcs = estate::make_odcs(folder, ODCS)?;
        self.odcs(&odcs, &args.odcslint)?;
        self.one_odcs(&odcs, &args.datacontract)?;
        self.starts(&small)?;
        if args.million {
            self.million(folder)?;
        }
        Ok(())
    }

    fn ours(&self, folder: &Path, arguments: &[&str]) -> Task {
        Task {
            name: format!("meshlaw {}", arguments.join(" ")),
            program: self.program.clone(),
            arguments: arguments.iter().map(|one| (*one).to_owned()).collect(),
            folder: folder.to_owned(),
            input: None,
            // Findings are no failure here.
            most: 1,
            before: None,
        }
    }

    /// The same with nothing kept from earlier runs.
    fn cold(&self, folder: &Path, arguments: &[&str]) -> Task {
        Task {
            before: Some(Box::new(self.ours(folder, &["cache", "clear"]))),
            ..self.ours(folder, arguments)
        }
    }

    fn row(
        &mut self,
        what: String,
        ours: Task,
        reference: Option<(&str, Task)>,
        (mark, limit, by_cpu): (Option<f64>, Option<f64>, bool),
    ) -> Result<()> {
        eprintln!("measuring {what} …");
        let (name, theirs) = match reference {
            Some((name, task)) => (Some(name.to_owned()), Some(task)),
            None => (None, None),
        };
        let tasks: Vec<Task> = std::iter::once(ours).chain(theirs).collect();
        let costs = measure(&tasks, self.runs)?;
        let mut costs = costs.into_iter();
        self.rows.push(Row {
            what,
            reference: name,
            ours: costs.next().context("nothing was measured")?,
            theirs: costs.next(),
            mark,
            limit,
            by_cpu,
        });
        Ok(())
    }
}

/// Writes a number with its thousands apart.
fn shown(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Names the machine as far as it says itself.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = model.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{cores} cores, {model}, {}", std::env::consts::OS)
}
