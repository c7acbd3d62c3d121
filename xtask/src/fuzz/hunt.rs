//! Runs built targets for a bounded time: folders of texts come in, what each target found goes
//! out. What libFuzzer prints is kept in logs and shown only where something was found.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::build::{self, Target};
use super::corpus;
use crate::process;

/// The words that YAML is made of, for whoever puts texts together.
const DICTIONARY: &str = "fuzz/yaml.dict";

/// How targets are run.
pub struct Plan {
    /// How long each runs.
    pub time: Duration,
    /// How many run at one time.
    pub jobs: usize,
    /// What chance begins with; `None` is another each time.
    pub seed: Option<u32>,
}

/// One target, ready to run.
struct Run<'t> {
    target: &'t Target,
    command: Command,
    log: PathBuf,
    artifacts: PathBuf,
}

/// Runs all targets; the answer is how many found something.
///
/// # Errors
/// When one cannot be started.
pub fn hunt(root: &Path, targets: &[Target], plan: &Plan) -> Result<usize> {
    let runs: Result<VecDeque<Run<'_>>> = targets
        .iter()
        .map(|target| prepare(root, target, plan))
        .collect();
    let queue = Mutex::new(runs?);
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop_front());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..plan.jobs)
            .map(|_| {
                scope.spawn(|| {
                    let mut found = 0;
                    while let Some(mut run) = next() {
                        found += usize::from(!run.ends_well()?);
                    }
                    Ok(found)
                })
            })
            .collect();
        let ended = workers.into_iter().map(|worker| {
            worker
                .join()
                .map_err(|_| anyhow!("a run ended in a panic"))?
        });
        ended.sum()
    })
}

fn prepare<'t>(root: &Path, target: &'t Target, plan: &Plan) -> Result<Run<'t>> {
    let artifacts = root.join("fuzz/artifacts").join(&target.name);
    fs::create_dir_all(&artifacts).context("cannot create a folder below `fuzz/artifacts`")?;
    let log = build::folder(root).join(format!("{}.log", target.name));
    let mut command = Command::new(build::program(root, target)?);
    command.args(corpus::lay_out(root, target)?);
    command.arg(format!("-max_total_time={}", plan.time.as_secs()));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args(["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]);
    command.arg("-print_final_stats=1");
    if corpus::is_yaml(target) {
        let dictionary = root.join(DICTIONARY);
        command.arg(format!("-dict={}", dictionary.display()));
    }
    if let Some(seed) = plan.seed {
        command.arg(format!("-seed={seed}"));
    }
    Ok(Run {
        target,
        command,
        log,
        artifacts,
    })
}

impl Run<'_> {
    /// Runs to the end and tells how it went.
    fn ends_well(&mut self) -> Result<bool> {
        let log = File::create(&self.log).context("cannot write a log")?;
        self.command.stdout(Stdio::null()).stderr(log);
        let code = process::status(&mut self.command)?;
        let told = fs::read(&self.log).context("cannot read a log")?;
        let told = String::from_utf8_lossy(&told);
        let name = &self.target.name;
        if code == 0 {
            println!("{name:<18} {}", summary(&told));
            return Ok(true);
        }
        for line in last_lines(&told) {
            eprintln!("{line}");
        }
        eprintln!(
            "error: `{name}` found a text that breaks it; it is in `{}`",
            self.artifacts.display()
        );
        eprintln!(
            "help: run `{} FILE`",
            Path::new(self.command.get_program()).display()
        );
        Ok(false)
    }
}

/// How many texts a run tried, by what libFuzzer says at its end.
fn summary(told: &str) -> String {
    let tried = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    match tried {
        Some(count) => format!("tried {} texts and found nothing", count.trim()),
        None => "found nothing".to_owned(),
    }
}

/// What a panic said, and where it was, without the course of the run before it.
fn last_lines(told: &str) -> Vec<&str> {
    let is_course = |line: &&str| line.starts_with('#') || line.starts_with("\tNEW_FUNC");
    let mut lines: Vec<&str> = told.lines().filter(|line| !is_course(line)).collect();
    lines.split_off(lines.len().saturating_sub(40))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "INFO: Seed: 1\n#2\tINITED cov: 3\n#9\tNEW    cov: 4\n\
                        stat::number_of_executed_units: 1234\nstat::peak_rss_mb: 80\n";

    #[test]
    fn a_run_is_told_by_what_it_tried() {
        assert_eq!(summary(TOLD), "tried 1234 texts and found nothing");
        assert_eq!(summary(""), "found nothing");
    }

    #[test]
    fn the_course_of_a_run_is_left_out() {
        let lines = last_lines(TOLD);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines.iter().all(|line| !line.starts_with('#')));
    }
}
