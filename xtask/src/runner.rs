//! Runs the tests of the workspace and finds the line that counts them. Knows how two runners
//! print and not what is tested.

use std::io::{BufRead, BufReader, IsTerminal};
use std::path::Path;

use anyhow::{Context, Result};

use crate::process;

/// What runs the tests. Nextest is faster; cargo's own runner is always there and runs the
/// documentation tests in the same go.
#[derive(Clone, Copy)]
pub enum Runner {
    Cargo,
    Nextest,
}

/// How a run of all tests ended.
pub struct Run {
    /// Exit code of the runner.
    pub code: u8,
    /// The line that counts the tests; `None` when none was built.
    pub closing: Option<String>,
}

impl Runner {
    /// Takes nextest where it is installed.
    pub fn installed() -> Self {
        if process::has_cargo_tool("nextest") {
            Self::Nextest
        } else {
            Self::Cargo
        }
    }

    /// Runs all tests and shows what they print.
    ///
    /// # Errors
    /// When the runner cannot be started.
    pub fn run(self, root: &Path) -> Result<Run> {
        let arguments: &[&str] = match self {
            Self::Cargo => &["test"],
            Self::Nextest => &["nextest", "run"],
        };
        let (output, input) = std::io::pipe().context("cannot open a pipe")?;
        let mut command = process::cargo();
        command
            .args(arguments)
            .args(["--workspace", "--locked", "--no-fail-fast"]);
        command.current_dir(root).env("CARGO_TERM_COLOR", colour());
        command
            .stdout(input.try_clone().context("cannot open a pipe")?)
            .stderr(input);
        let mut child = command.spawn().context("cannot start cargo")?;
        // The command holds the writing end; reading would not end as long as it lives.
        drop(command);

        let mut lines = Vec::new();
        for line in BufReader::new(output).split(b'\n') {
            let line =
                String::from_utf8_lossy(&line.context("cannot read the tests")?).into_owned();
            println!("{line}");
            lines.push(line);
        }
        let status = child.wait().context("the tests did not end")?;
        let code = status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(u8::MAX);
        Ok(Run {
            code,
            closing: self.closing(&lines),
        })
    }

    /// Cargo's runner ends each test program with a line of its own, so their counts are added up.
    fn closing(self, lines: &[String]) -> Option<String> {
        match self {
            Self::Cargo => total(lines),
            Self::Nextest => lines
                .iter()
                .rev()
                .find(|line| line.contains("Summary"))
                .cloned(),
        }
    }
}

/// Tells the runner, which sees a pipe, whether there is a terminal behind it.
fn colour() -> &'static str {
    if std::io::stdout().is_terminal() {
        "always"
    } else {
        "never"
    }
}

/// Adds up lines such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn total(lines: &[String]) -> Option<String> {
    const COUNTED: [&str; 3] = ["passed", "failed", "ignored"];
    let mut counts = [0_u64; COUNTED.len()];
    let results: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("test result: "))
        .collect();
    for result in &results {
        for part in result.split(['.', ';']) {
            let Some((number, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let counted = COUNTED
                .iter()
                .zip(&mut counts)
                .find(|(name, _)| **name == word);
            if let (Some((_, count)), Ok(number)) = (counted, number.parse::<u64>()) {
                *count += number;
            }
        }
    }
    let [passed, failed, ignored] = counts;
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    (!results.is_empty()).then(|| {
        format!("test result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_counts_of_every_test_program_are_added_up() {
        let output = lines(
            "running 2 tests\n\
             test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
             finished in 0.10s\n\
             test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; \
             finished in 1.25s",
        );
        let expected = "test result: FAILED. 5 passed; 1 failed; 1 ignored";
        assert_eq!(Runner::Cargo.closing(&output).as_deref(), Some(expected));
    }

    #[test]
    fn the_summary_of_nextest_is_its_closing_line() {
        let output = lines("PASS a\n     Summary [ 0.1s] 1 test run: 0 passed, 1 failed\n FAIL b");
        let expected = "     Summary [ 0.1s] 1 test run: 0 passed, 1 failed";
        assert_eq!(Runner::Nextest.closing(&output).as_deref(), Some(expected));
    }

    #[test]
    fn a_build_that_failed_has_no_closing_line() {
        assert_eq!(
            Runner::Cargo.closing(&lines("error: could not compile")),
            None
        );
        assert_eq!(Runner::Nextest.closing(&[]), None);
    }
}
