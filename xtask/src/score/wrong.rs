//! Holds the wrong contracts of `fixtures/wrong.yaml`, each beside the nearest right one, against
//! the tools that check one contract. Knows their shape and none of the checks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::{FOLDER, tally};
use crate::process;

const CASES: &str = "fixtures/wrong.yaml";

/// All checks of `odcslint` that need no list of an organisation's own.
const ODCSLINT: &str = "settings:
  schema_validation: error
rules:
  - type: primary_key
  - type: unique_names
    scope: property
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    base: String,
    errors: Vec<Case>,
    warnings: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    at: String,
    wrong: String,
    #[serde(rename = "says")]
    _says: String,
    right: String,
}

/// How many wrong contracts a tool found, and how many right ones it left in peace.
#[derive(Default, Clone, Copy)]
struct Score {
    errors: (usize, usize),
    warnings: (usize, usize),
    right: (usize, usize),
}

/// A tool that checks one contract, and tells whether it finds anything.
type Judge<'j> = Box<dyn Fn(&Path) -> Result<bool> + 'j>;

/// Prints how many wrong contracts each tool finds; returns how many of the verdicts of ours agree,
/// of how many.
pub fn run(
    root: &Path,
    program: &Path,
    datacontract: Option<&Path>,
    odcslint: Option<&Path>,
    only_list: bool,
) -> Result<(usize, usize)> {
    let text = fs::read_to_string(root.join(CASES)).context("cannot read the wrong contracts")?;
    let cases: Cases = serde_yaml::from_str(&text).context("cannot understand them")?;
    let config = root.join(FOLDER).join("odcslint.yaml");
    fs::create_dir_all(root.join(FOLDER))?;
    fs::write(&config, ODCSLINT)?;
    let mut judges: Vec<(&str, Option<Judge<'_>>)> = vec![
        ("meshlaw", Some(Box::new(|file| ours(program, file)))),
        (
            "datacontract",
            datacontract.map(|peer| -> Judge<'_> { Box::new(|file| lint(peer, file)) }),
        ),
        (
            "odcslint",
            odcslint.map(|peer| -> Judge<'_> {
                let config = &config;
                Box::new(move |file| check(peer, config, file))
            }),
        ),
    ];
    if only_list {
        judges.truncate(1);
    } else {
        println!("\nwrong            errors  warnings  in peace");
    }
    let mut own = (0, 0);
    for (name, judge) in &judges {
        let Some(judge) = judge else {
            println!("{name:<13} not installed");
            continue;
        };
        let score = score(root, &cases, judge)?;
        if *name == "meshlaw" {
            let shares = [score.errors, score.warnings, score.right];
            own = shares
                .iter()
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        }
        if !only_list {
            println!("{}", score.line(name));
        }
    }
    Ok(own)
}

fn score(root: &Path, cases: &Cases, judge: &Judge<'_>) -> Result<Score> {
    let mut score = Score::default();
    for (list, is_error) in [(&cases.errors, true), (&cases.warnings, false)] {
        for (at, case) in list.iter().enumerate() {
            let name = format!("{}-{at}", if is_error { "error" } else { "warning" });
            let (wrong, right) = materialise(root, &cases.base, case, &name)?;
            let share = if is_error {
                &mut score.errors
            } else {
                &mut score.warnings
            };
            tally(share, judge(&wrong)?);
            tally(&mut score.right, !judge(&right)?);
        }
    }
    Ok(score)
}

/// Writes a wrong contract and the right one beside it.
fn materialise(root: &Path, base: &str, case: &Case, name: &str) -> Result<(PathBuf, PathBuf)> {
    let folder = root.join(FOLDER).join("wrong").join(name);
    fs::create_dir_all(&folder)?;
    let put = |piece: &str| {
        let piece = match case.at.as_str() {
            "column" => format!(", {piece}"),
            _ => piece.to_owned(),
        };
        let text = base.replace(&format!("{{{}}}", case.at), &piece);
        ["{top}", "{table}", "{column}"]
            .iter()
            .fold(text, |text, other| text.replace(other, ""))
    };
    let (wrong, right) = (
        folder.join("wrong.odcs.yaml"),
        folder.join("right.odcs.yaml"),
    );
    fs::write(&wrong, put(&case.wrong))?;
    fs::write(&right, put(&case.right))?;
    Ok((wrong, right))
}

/// Whether `meshlaw check` has anything against the contract itself; policies are another matter.
fn ours(program: &Path, file: &Path) -> Result<bool> {
    let mut check = Command::new(program);
    check.args(["check", "--format", "json"]).arg(file);
    let output = check.output().context("cannot start `meshlaw`")?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report from `{}`", process::shown(&check)))?;
    let findings = report.get("findings").and_then(Value::as_array);
    let is_own = |finding: &Value| finding.get("kind").and_then(Value::as_str) != Some("policy");
    Ok(findings.is_some_and(|all| all.iter().any(is_own)))
}

fn lint(program: &Path, file: &Path) -> Result<bool> {
    let mut lint = Command::new(program);
    lint.arg("lint").arg(file);
    let output = lint.output().context("cannot start `datacontract`")?;
    Ok(!output.status.success())
}

fn check(program: &Path, config: &Path, file: &Path) -> Result<bool> {
    let mut check = Command::new(program);
    check
        .args(["check", "--no-ignore", "--config"])
        .args([config, file]);
    let output = check.output().context("cannot start `odcslint`")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !said.contains("checked)") {
        bail!(
            "no verdict from `{}`:\n{said}{}",
            process::shown(&check),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(!said.contains("All checks passed"))
}

impl Score {
    fn line(&self, name: &str) -> String {
        let cells = [self.errors, self.warnings, self.right]
            .map(|(met, all)| format!("{:>10}", format!("{met}/{all}")));
        format!("{name:<13}{}", cells.concat())
    }
}
