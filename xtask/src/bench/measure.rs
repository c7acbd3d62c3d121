//! Programs in, what each costs out: run in turn, so that what else the machine does hits all.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use wait4::Wait4;

/// A program that is measured.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it is called in the table.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// What it reads.
    pub input: Option<PathBuf>,
    /// The greatest exit status that is a success.
    pub most: i32,
    /// What runs before each run and is not measured.
    pub before: Option<Box<Task>>,
}

/// What a run cost: the least of several.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Cost {
    /// Time on the clock, in milliseconds.
    pub wall: f64,
    /// Time of all cores, in milliseconds.
    pub cpu: f64,
    /// Peak of memory, in bytes.
    pub memory: u64,
}

impl Cost {
    /// Adds the cost of a run that came after this one.
    pub fn add(&mut self, other: Cost) {
        self.wall += other.wall;
        self.cpu += other.cpu;
        self.memory = self.memory.max(other.memory);
    }
}

/// Milliseconds that are measured at least: the least of a few runs of some milliseconds tells more
/// of the machine than of the program.
const ENOUGH: f64 = 500.0;

/// So many times as often are short runs measured, at most.
const OFTENER: usize = 8;

/// Runs all tasks in turn, `runs` times, and short ones oftener; returns the least cost of each.
pub fn measure(tasks: &[Task], runs: usize) -> Result<Vec<Cost>> {
    let mut least: Vec<Option<Cost>> = vec![None; tasks.len()];
    let mut spent = 0.0;
    for round in 0..runs * OFTENER {
        if round >= runs && spent >= ENOUGH {
            break;
        }
        for (task, least) in tasks.iter().zip(&mut least) {
            if let Some(before) = &task.before {
                once(before)?;
            }
            let cost = once(task)?;
            spent += cost.wall;
            *least = Some(least.map_or(cost, |known| Cost {
                wall: known.wall.min(cost.wall),
                cpu: known.cpu.min(cost.cpu),
                memory: known.memory.min(cost.memory),
            }));
        }
    }
    Ok(least.into_iter().map(Option::unwrap_or_default).collect())
}

fn once(task: &Task) -> Result<Cost> {
    let mut command = Command::new(&task.program);
    command
        .args(&task.arguments)
        .current_dir(&task.folder)
        .env_remove("GITHUB_BASE_REF")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(input) = &task.input {
        command.stdin(File::open(input)?);
    }
    let begin = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", task.program.display()))?;
    let used = child.wait4()?;
    let wall = begin.elapsed();
    let status = used.status.code().unwrap_or(i32::MAX);
    if status > task.most {
        bail!("`{}` ended with {status}", task.name);
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    Ok(Cost {
        wall: milliseconds(wall),
        cpu: milliseconds(used.rusage.utime + used.rusage.stime),
        memory: used.rusage.maxrss,
    })
}
