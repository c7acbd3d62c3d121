//! How well examples tell what a policy means: which conditions they saw true and false, and which
//! wrong policies they would have passed.

mod cedar;
mod forms;

use std::path::{Path, PathBuf};

use meshlaw_policy::{Book, Clauses, Policy, mutants};
use rayon::prelude::*;
use serde::Serialize;

use super::examples::{self, Read};
use super::{find, read_book, settle};
use crate::failure::{ExitStatus, Failure};
use crate::output::print;

/// Run the examples of policies, and measure how much they show
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Folder of policies [default: as the settings say]
    folder: Option<PathBuf>,
    /// Only this policy
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Tell which conditions the examples saw true and false
    #[arg(long)]
    coverage: bool,
    /// Least share of outcomes that the examples of each policy see, in percent
    #[arg(long, value_name = "PERCENT", requires = "coverage", value_parser = clap::value_parser!(u8).range(..=100))]
    min: Option<u8>,
    /// Make each policy wrong in every way that is known here, and list those that no example notices
    #[arg(long)]
    mutants: bool,
    /// Run the tests of this file instead, which `cedar run-tests` takes; repeatable. They are put
    /// to the law that holds here, or to the policies of FOLDER alone
    #[arg(long = "cedar-tests", value_name = "FILE", conflicts_with_all = ["policy", "coverage", "mutants"])]
    cedar_tests: Vec<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// A table, and what is missing
    Text,
    /// One object a policy
    Json,
    /// The policies with what the examples saw beside each line
    Source,
    /// For tools that show coverage
    Lcov,
    /// For continuous integration
    Junit,
}

/// What became of a policy.
#[derive(Debug, Serialize)]
struct Tested {
    policy: String,
    file: String,
    examples: Vec<Ran>,
    /// Conditions with what was seen of them; empty where it was not asked.
    conditions: Vec<Condition>,
    /// Mutants that were made; nothing where it was not asked.
    mutants: Option<usize>,
    survivors: Vec<Survivor>,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Serialize)]
struct Ran {
    example: String,
    trouble: Option<String>,
}

#[derive(Debug, Serialize)]
struct Condition {
    text: String,
    line: u32,
    column: u32,
    #[serde(skip)]
    last_line: u32,
    /// Questions to which it was true.
    held: u64,
    /// Questions to which it was false.
    failed: u64,
}

#[derive(Debug, Serialize)]
struct Survivor {
    line: u32,
    change: String,
}

/// Tests the policies of a folder.
pub fn run(args: &TestArgs) -> anyhow::Result<ExitStatus> {
    if !args.cedar_tests.is_empty() {
        return run_cedar(args);
    }
    let folder = settle(args.folder.as_deref())?;
    let book = read_book(&folder)?;
    let asked: Vec<&Policy> = match &args.policy {
        Some(id) => vec![find(&book, id)?],
        None => book.policies.iter().collect(),
    };
    let wants_traces = args.coverage || matches!(args.format, Form::Lcov | Form::Source);
    let tested: Vec<Tested> = asked
        .into_par_iter()
        .map(|policy| test(policy, &book, &folder, wants_traces, args.mutants))
        .collect::<Result<_, Failure>>()?;
    let text = match args.format {
        Form::Text => forms::text(&tested, wants_traces, args.min),
        Form::Json => format!("{}\n", serde_json::to_string_pretty(&tested)?),
        Form::Source => tested.iter().map(forms::source).collect(),
        Form::Lcov => tested.iter().map(forms::lcov).collect(),
        Form::Junit => forms::junit(&tested),
    };
    print(&text)?;
    let is_low = |one: &Tested| args.min.is_some_and(|least| one.share() < f64::from(least));
    let is_wrong = |one: &Tested| {
        let troubled = one.examples.iter().any(|ran| ran.trouble.is_some());
        troubled || !one.survivors.is_empty() || is_low(one)
    };
    Ok(if tested.iter().any(is_wrong) {
        ExitStatus::Blocked
    } else {
        ExitStatus::Pass
    })
}

/// Runs tests that are written for Cedar's own tools.
fn run_cedar(args: &TestArgs) -> anyhow::Result<ExitStatus> {
    let tested = cedar::run(&args.cedar_tests, args.folder.as_deref())?;
    let text = match args.format {
        Form::Text => forms::tests(&tested),
        Form::Json => format!("{}\n", serde_json::to_string_pretty(&tested)?),
        Form::Junit => forms::junit(&tested),
        Form::Source | Form::Lcov => {
            let message = "tests of Cedar's own tools do not show which conditions they saw";
            return Err(Failure::new(message, "write `--format text`, `json` or `junit`").into());
        }
    };
    print(&text)?;
    let mut all = tested.iter().flat_map(|one| &one.examples);
    Ok(match all.any(|ran| ran.trouble.is_some()) {
        true => ExitStatus::Blocked,
        false => ExitStatus::Pass,
    })
}

fn test(
    policy: &Policy,
    book: &Book,
    folder: &Path,
    wants_traces: bool,
    wants_mutants: bool,
) -> Result<Tested, Failure> {
    let read = examples::read(policy, folder)?;
    let judged = examples::judge(policy, book, &read)?.into_iter();
    let ran = judged.map(|(example, trouble)| Ran { example, trouble });
    let path = folder.join(policy.id.as_str()).join("policy.cedar");
    let mut tested = Tested {
        policy: policy.id.to_string(),
        file: path.display().to_string(),
        examples: ran.collect(),
        conditions: Vec::new(),
        mutants: None,
        survivors: Vec::new(),
        text: policy.text.clone().into_owned(),
    };
    if wants_traces {
        tested.conditions = conditions(policy, book, &read)?;
    }
    if wants_mutants {
        let made = mutants(policy).map_err(|error| Failure::new(error, ""))?;
        tested.mutants = Some(made.len());
        for mutant in made {
            if survives(&mutant.policy, book, &read)? {
                tested.survivors.push(Survivor {
                    line: mutant.line,
                    change: mutant.change,
                });
            }
        }
    }
    Ok(tested)
}

/// Counts what the examples saw of each condition.
fn conditions(policy: &Policy, book: &Book, read: &[Read]) -> Result<Vec<Condition>, Failure> {
    let clauses = Clauses::of(policy).map_err(|error| Failure::new(error, ""))?;
    let mut conditions: Vec<Condition> = clauses
        .list
        .into_iter()
        .map(|clause| Condition {
            text: clause.text,
            line: clause.line,
            column: clause.column,
            last_line: clause.last_line,
            held: 0,
            failed: 0,
        })
        .collect();
    for case in read.iter().filter_map(|example| example.case.as_ref().ok()) {
        for trace in case.traces(policy, book)? {
            for (condition, seen) in conditions.iter_mut().zip(&trace.seen) {
                match seen.value {
                    Ok(true) if seen.is_reached => condition.held += 1,
                    Ok(false) if seen.is_reached => condition.failed += 1,
                    _ => {}
                }
            }
        }
    }
    Ok(conditions)
}

/// Tells whether every example is content with a wrong policy.
fn survives(wrong: &Policy, book: &Book, read: &[Read]) -> Result<bool, Failure> {
    for example in read.iter().filter(|example| example.case.is_ok()) {
        if example.trouble(wrong, book)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Condition {
    fn outcomes(&self) -> usize {
        usize::from(self.held > 0) + usize::from(self.failed > 0)
    }

    fn lacks(&self) -> Option<&'static str> {
        match (self.held, self.failed) {
            (0, 0) => Some("never reached"),
            (0, _) => Some("never true"),
            (_, 0) => Some("never false"),
            _ => None,
        }
    }
}

impl Tested {
    fn outcomes(&self) -> (usize, usize) {
        let seen = self.conditions.iter().map(Condition::outcomes).sum();
        (seen, self.conditions.len() * 2)
    }

    /// Share of outcomes that were seen, in percent; a policy without conditions has none to miss.
    fn share(&self) -> f64 {
        forms::percent(self.outcomes())
    }
}

#[cfg(test)]
mod tests {
    use meshlaw_policy::{Expected, Layer};

    use super::*;

    fn shipped() -> (PathBuf, Book) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        let book = read_book(&folder).unwrap();
        (folder, book)
    }

    /// The conditions, run one by one, say what Cedar says of the whole policy.
    #[test]
    fn conditions_fire_where_cedar_does() {
        let (folder, book) = shipped();
        let mut fired = 0;
        for policy in &book.policies {
            for example in examples::read(policy, &folder).unwrap() {
                let case = example.case.unwrap();
                let traces = case.traces(policy, &book).unwrap();
                let fires = traces.iter().any(|trace| trace.fired == Ok(true));
                assert_eq!(
                    fires,
                    example.expected == Expected::Deny,
                    "{}",
                    example.path
                );
                let clauses = Clauses::of(policy).unwrap();
                for trace in &traces {
                    // Of a policy without conditions nothing can turn.
                    let turning = clauses.turning(trace);
                    assert!(
                        !turning.is_empty() || clauses.list.is_empty() || trace.fired == Ok(false)
                    );
                }
                fired += usize::from(fires);
            }
        }
        assert!(fired > 80);
    }

    /// Mutants that are the same policy in other words: no example can tell them apart.
    const EQUIVALENT: &[(&str, &str)] = &[];

    /// Conditions that no example shows to be false: guards that Cedar asks for before an attribute is
    /// read, where no contract was found that leaves it out. Each is to go once one is.
    const UNSHOWN: &[(&str, &str)] = &[
        (
            "org/change/breaking-needs-major",
            "context has versionBefore",
        ),
        ("org/change/compatibility-kept", "context has after"),
        (
            "org/change/no-break-under-consumers",
            "context has versionBefore",
        ),
        ("org/lifecycle/status-in-order", "context has after"),
        ("org/lifecycle/status-in-order", "context has statusBefore"),
    ];

    /// What is shipped shows every outcome of its conditions, and lets no wrong policy pass.
    #[test]
    fn the_library_is_shown_in_full() {
        let (folder, book) = shipped();
        let tested: Vec<Tested> = book
            .policies
            .par_iter()
            .map(|policy| test(policy, &book, &folder, true, true).unwrap())
            .collect();
        let (mut made, mut alive, mut unshown) = (0, Vec::new(), Vec::new());
        for one in &tested {
            let (seen, all) = one.outcomes();
            let lacking = one.conditions.iter().filter(|one| one.lacks().is_some());
            let lacking: Vec<_> = lacking
                .map(|condition| (one.policy.as_str(), condition.text.as_str()))
                .collect();
            assert_eq!(seen + lacking.len(), all, "{}", one.policy);
            unshown.extend(lacking);
            made += one.mutants.unwrap_or_default();
            let survivors = one.survivors.iter();
            alive.extend(survivors.map(|it| (one.policy.as_str(), it.change.as_str())));
        }
        assert_eq!(unshown, UNSHOWN);
        assert_eq!(alive, EQUIVALENT);
        assert!(tested.len() >= 55 && made > 500, "{} {made}", tested.len());
    }

    /// A mutant differs in text and is valid.
    #[test]
    fn mutants_are_other_policies() {
        let (_, book) = shipped();
        let mut widened = 0;
        for policy in &book.policies {
            for mutant in mutants(policy).unwrap() {
                widened += usize::from(mutant.change.ends_with("the scope"));
                assert_ne!(mutant.policy.text, policy.text, "{}", mutant.change);
            }
        }
        assert!(widened >= 5, "{widened}");
    }

    /// Bodies and documents whose rules the policies stand on.
    const SOURCES: &[&str] = &[
        "BCBS",
        "CWE-",
        "Codd",
        "Confluent",
        "Consumer-driven",
        "Dehghani",
        "FAIR",
        "GDPR",
        "IEC",
        "ISO ",
        "ITU-T",
        "NIST",
        "Open Data Contract Standard",
        "PCI DSS",
        "RFC ",
        "Robinson",
        "Semantic Versioning",
        "Semantic\nVersioning",
        "SQL",
        "Sweeney",
        "Mars Climate Orbiter",
    ];

    /// Whoever meets a finding learns why, what to do, when to ask for an exception, and on what it stands.
    #[test]
    fn every_policy_says_where_it_comes_from() {
        let (folder, book) = shipped();
        // Those of domains show what a layer is, and nobody adopts them.
        let built_in = book.policies.iter().filter(|one| one.layer == Layer::Org);
        for policy in built_in {
            let path = folder.join(policy.id.as_str()).join("README.md");
            let readme = std::fs::read_to_string(path).unwrap();
            let (why, rest) = readme.split_once("\n## What to do\n").unwrap();
            assert!(
                why.starts_with(&format!("# {}\n", policy.id)),
                "{}",
                policy.id
            );
            assert!(
                rest.contains("\n## When to ask for a waiver\n"),
                "{}",
                policy.id
            );
            let names = SOURCES.iter().any(|source| why.contains(source));
            assert!(names, "{} names no source", policy.id);
        }
    }
}
