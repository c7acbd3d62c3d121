//! Holds the labelled pairs of `fixtures/pairs` against the judges of changes: each pair is written
//! to a folder below `target/`, `meshlaw diff` and, where it is installed, `datacontract` judge it.
//! Knows the shape of the pairs and none of the rules of the differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::{FOLDER, tally};
use crate::process;

const PAIRS: &str = "fixtures/pairs";
const PERSPECTIVES: [&str; 2] = ["consumers", "producers"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    #[serde(rename = "about")]
    _about: String,
    format: Format,
    base: String,
    cases: Vec<Case>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Odcs,
    Native,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    consumers: Label,
    producers: Label,
    #[serde(default = "visible")]
    visible: bool,
    edits: Vec<Replacement>,
}

#[derive(Deserialize)]
struct Replacement {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    One(String),
    Several(Vec<String>),
}

/// How many labels of each kind a judge met, and how many there are.
#[derive(Default, Clone, Copy)]
struct Score {
    must_flag: (usize, usize),
    harmless: (usize, usize),
    seen: (usize, usize),
    silent: (usize, usize),
    labels: (usize, usize),
}

/// Prints the scoreboard, or only the disagreements; returns how many labels agree, of how many.
pub fn run(
    root: &Path,
    program: &Path,
    datacontract: Option<&Path>,
    only_list: bool,
) -> Result<(usize, usize)> {
    let mut board = BTreeMap::new();
    let mut peers = Score::default();
    let mut without_verdict = 0;
    let mut disagreements = Vec::new();
    for (name, topic) in topics(root)? {
        let mut score = Score::default();
        for case in &topic.cases {
            let (before, after) = materialise(root, &topic, case)?;
            for perspective in PERSPECTIVES {
                let (impact, changes) = ours(program, &before, &after, perspective)?;
                if let Some(words) = score.count(case, perspective, &impact, changes) {
                    disagreements.push(words);
                }
                if let Some(peer) = datacontract.filter(|_| topic.format == Format::Odcs) {
                    let verdict = theirs(peer, &before, &after, perspective)?;
                    without_verdict += usize::from(verdict.is_none());
                    peers.count_verdict(case, perspective, verdict);
                }
            }
        }
        board.insert(name, score);
    }
    let total = board.values().fold(Score::default(), |sum, one| sum + *one);
    if !only_list {
        println!("pairs         must-flag  harmless      seen    silent    labels");
        for (name, score) in &board {
            println!("{}", score.line(name));
        }
        println!("{}", total.line("total"));
        match datacontract {
            Some(_) => {
                println!("{}", peers.line("datacontract"));
                println!("datacontract  ended without a verdict {without_verdict} times");
            }
            None => println!("datacontract  not installed"),
        }
    }
    for words in &disagreements {
        println!("{words}");
    }
    Ok(total.labels)
}

fn visible() -> bool {
    true
}

fn topics(root: &Path) -> Result<BTreeMap<String, Topic>> {
    let mut topics = BTreeMap::new();
    for entry in fs::read_dir(root.join(PAIRS)).context("cannot read the pairs")? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let topic = serde_yaml::from_str(&text)
            .with_context(|| format!("cannot understand `{}`", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        topics.insert(name.into_owned(), topic);
    }
    Ok(topics)
}

fn materialise(root: &Path, topic: &Topic, case: &Case) -> Result<(PathBuf, PathBuf)> {
    let mut after = topic.base.clone();
    for edit in &case.edits {
        if topic.base.matches(&edit.from).count() != 1 {
            bail!(
                "`{}` replaces `{}`, which must stand once",
                case.name,
                edit.from
            );
        }
        after = after.replacen(&edit.from, &edit.to, 1);
    }
    let folder = root.join(FOLDER).join(&case.name);
    fs::create_dir_all(&folder)?;
    let kind = match topic.format {
        Format::Odcs => "odcs",
        Format::Native => "contract",
    };
    let old = folder.join(format!("old.{kind}.yaml"));
    let new = folder.join(format!("new.{kind}.yaml"));
    fs::write(&old, &topic.base)?;
    fs::write(&new, after)?;
    Ok((old, new))
}

/// The impact that `meshlaw` states, and whether it shows any change of meaning.
fn ours(program: &Path, old: &Path, new: &Path, perspective: &str) -> Result<(String, bool)> {
    let mut diff = Command::new(program);
    diff.arg("diff").args([old, new]);
    diff.args(["--format", "json", "--compatibility", perspective]);
    let output = diff.output().context("cannot start `meshlaw`")?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report from `{}`", process::shown(&diff)))?;
    let impact = report.get("impact").and_then(Value::as_str);
    let changes = report.get("changes").and_then(Value::as_array);
    // A rule that says "the same in other words" shows no change of meaning.
    let is_change = |change: &Value| {
        let rule = change.get("rule").and_then(Value::as_str);
        !rule.is_some_and(|rule| rule.ends_with("-restated"))
    };
    Ok((
        impact.unwrap_or("none").to_owned(),
        changes.is_some_and(|list| list.iter().any(is_change)),
    ))
}

/// Whether `datacontract` calls the pair breaking for one side, and whether it shows any change.
///
/// A contract that it cannot read ends with the same exit status as a break, but without a summary:
/// then there is no verdict.
fn theirs(
    program: &Path,
    old: &Path,
    new: &Path,
    perspective: &str,
) -> Result<Option<(bool, bool)>> {
    let mut breaking = Command::new(program);
    breaking.arg("breaking").args([old, new]);
    breaking.args(["--perspective", perspective.trim_end_matches('s')]);
    let output = breaking.output().context("cannot start `datacontract`")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() && !said.contains("Summary") {
        return Ok(None);
    }
    Ok(Some((!output.status.success(), said.contains("Details"))))
}

impl Case {
    fn label(&self, perspective: &str) -> &Label {
        if perspective == "producers" {
            &self.producers
        } else {
            &self.consumers
        }
    }
}

impl Label {
    fn holds(&self, grade: &str) -> bool {
        match self {
            Self::One(only) => only == grade,
            Self::Several(all) => all.iter().any(|one| one == grade),
        }
    }

    fn is(&self, grade: &str) -> bool {
        matches!(self, Self::One(only) if only == grade)
    }

    fn words(&self) -> String {
        match self {
            Self::One(only) => only.clone(),
            Self::Several(all) => all.join(" or "),
        }
    }
}

impl Score {
    /// Counts one judgement, and words it where it disagrees with the label.
    fn count(&mut self, case: &Case, view: &str, impact: &str, changes: bool) -> Option<String> {
        let label = case.label(view);
        let grade = if impact == "none" { "safe" } else { impact };
        let agrees = label.holds(grade) && changes == case.visible;
        tally(&mut self.labels, agrees);
        if label.is("breaking") {
            tally(&mut self.must_flag, grade == "breaking");
        }
        if label.is("safe") {
            tally(&mut self.harmless, grade == "safe");
        }
        if view == "consumers" {
            let met = changes == case.visible;
            tally(
                if case.visible {
                    &mut self.seen
                } else {
                    &mut self.silent
                },
                met,
            );
        }
        let shown = if changes { "shown" } else { "not shown" };
        (!agrees).then(|| {
            let (name, wanted, why) = (&case.name, label.words(), &case.why);
            format!("{name}, {view}: {grade} and {shown}, labelled {wanted}: {why}")
        })
    }

    /// Counts a judge that knows breaks and no risks; without a verdict, nothing is right.
    fn count_verdict(&mut self, case: &Case, view: &str, verdict: Option<(bool, bool)>) {
        let label = case.label(view);
        let has_verdict = verdict.is_some();
        let (is_breaking, changes) = verdict.unwrap_or_default();
        let agrees = if is_breaking {
            label.holds("breaking")
        } else {
            label.holds("safe") || label.holds("risky")
        };
        tally(
            &mut self.labels,
            has_verdict && agrees && changes == case.visible,
        );
        if label.is("breaking") {
            tally(&mut self.must_flag, is_breaking);
        }
        if label.is("safe") {
            tally(&mut self.harmless, has_verdict && !is_breaking);
        }
        if view == "consumers" {
            let share = if case.visible {
                &mut self.seen
            } else {
                &mut self.silent
            };
            tally(share, has_verdict && changes == case.visible);
        }
    }

    fn line(&self, name: &str) -> String {
        let shares = [
            self.must_flag,
            self.harmless,
            self.seen,
            self.silent,
            self.labels,
        ];
        let cells = shares.map(|(met, all)| format!("{:>10}", format!("{met}/{all}")));
        format!("{name:<13}{}", cells.concat())
    }
}

impl std::ops::Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        Self {
            must_flag: sum(self.must_flag, other.must_flag),
            harmless: sum(self.harmless, other.harmless),
            seen: sum(self.seen, other.seen),
            silent: sum(self.silent, other.silent),
            labels: sum(self.labels, other.labels),
        }
    }
}
