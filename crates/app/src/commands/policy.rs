//! Tools of those who write policies.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use meshlaw_changeset::Snapshot;
use meshlaw_contract::model::{Consumer, Contract, Waiver};
use meshlaw_contract::{Limits, Words, parse_consumers, parse_waivers, read_contracts};
use meshlaw_policy::{Book, Example, Expected, Outcome, Plea, Policy, World, run_example};
use meshlaw_report::{Enforcement, Severity};

use crate::approvals::Approvals;
use crate::effects::{Felt, feeling};
use crate::failure::{ExitStatus, Failure};
use crate::law;
use crate::output::print;
use crate::settings::{self, Settings};

/// Check policies
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

/// What can be done with policies.
#[derive(Debug, clap::Subcommand)]
enum PolicyCommand {
    /// Validate every policy and run its examples
    Check {
        /// Folder of policies [default: as the settings say]
        folder: Option<PathBuf>,
    },
}

/// Runs what was asked for.
pub fn run(args: &PolicyArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        PolicyCommand::Check { folder } => check(folder.as_deref()),
    }
}

fn check(folder: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let folder = settle(folder)?;
    let reader = Snapshot::folder(&folder).open().map_err(Failure::from)?;
    let files = law::policy_files(&reader, "")?;
    let book = Book::load(&[], &files).map_err(|problems| {
        let failure = |problem: meshlaw_policy::BookProblem| {
            let place = format!(
                "{}/{}:{}:{}",
                folder.display(),
                problem.path,
                problem.line,
                problem.column
            );
            Failure::new(problem.message, problem.help.unwrap_or_default()).at(place)
        };
        Failure::all(problems.into_iter().map(failure))
            .unwrap_or_else(|| Failure::new("the policies do not load", ""))
    })?;
    if book.policies.is_empty() {
        let help = "put policies at `org/<group>/<name>/policy.cedar` below the folder";
        return Err(Failure::new(format!("`{}` holds no policies", folder.display()), help).into());
    }
    let mut text = String::new();
    let (mut wrong, mut examples) = (0, 0);
    for policy in &book.policies {
        let results = check_examples(policy, &book, &folder)?;
        let bad = results.iter().filter(|result| result.trouble.is_some());
        examples += results.len();
        wrong += bad.clone().count();
        let mark = if bad.clone().next().is_some() {
            "error"
        } else {
            "ok"
        };
        let _ = writeln!(text, "{mark:<5} {} ({} examples)", policy.id, results.len());
        for result in bad {
            let trouble = result.trouble.as_deref().unwrap_or_default();
            let _ = writeln!(text, "      {}: {trouble}", result.path);
        }
    }
    let _ = writeln!(
        text,
        "\n{} policies, {examples} examples, {wrong} wrong",
        book.policies.len()
    );
    print(&text)?;
    Ok(if wrong == 0 {
        ExitStatus::Pass
    } else {
        ExitStatus::Blocked
    })
}

fn settle(folder: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = match folder {
        Some(folder) => folder.to_path_buf(),
        None => {
            let here = Snapshot::folder(".").open()?;
            PathBuf::from(law::read_settings(&here).map_err(law::failure)?.policies)
        }
    };
    if folder.is_dir() {
        return Ok(folder);
    }
    let message = format!("`{}` is not a folder", folder.display());
    Err(Failure::new(
        message,
        "name the folder that holds `org/` and `domains/`",
    ))
}

/// What came of an example.
struct ExampleResult {
    path: String,
    trouble: Option<String>,
}

fn check_examples(
    policy: &Policy,
    book: &Book,
    folder: &Path,
) -> Result<Vec<ExampleResult>, Failure> {
    let home = folder.join(policy.id.as_str());
    let world = world(&home)?;
    let mut results = Vec::new();
    for (name, expected) in [("allow", Expected::Allow), ("deny", Expected::Deny)] {
        let found = examples(&home.join(name))?;
        if found.is_empty() {
            results.push(ExampleResult {
                path: format!("{}/{name}", policy.id),
                trouble: Some(format!(
                    "there is no example; add a contract under `{name}/`"
                )),
            });
        }
        for (path, files) in found {
            let trouble = run_one(policy, book, &files, &world, expected)?;
            results.push(ExampleResult {
                path: format!("{}/{name}/{path}", policy.id),
                trouble,
            });
        }
    }
    Ok(results)
}

/// File of an example with the first day on which a deprecation stood on the target branch.
const NOTICED: &str = "noticed.txt";

/// File of an example with who agreed to its change.
const APPROVED: &str = "approvals.json";

/// Texts of an example, by file name.
type Files = BTreeMap<String, String>;

/// Finds examples: a contract file each, or a folder with a `before` and an `after`.
fn examples(folder: &Path) -> Result<BTreeMap<String, Files>, Failure> {
    let mut found: BTreeMap<String, Files> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if !entry.file_type().is_file() {
            continue;
        }
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let relative = relative.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(entry.path()).map_err(|error| {
            let message = format!("cannot read `{}`: {error}", entry.path().display());
            Failure::new(message, "save the example as UTF-8")
        })?;
        let (group, name) = relative.split_once('/').unwrap_or((&relative, &relative));
        found
            .entry(group.to_owned())
            .or_default()
            .insert(name.to_owned(), text);
    }
    Ok(found)
}

fn run_one(
    policy: &Policy,
    book: &Book,
    files: &Files,
    world: &World,
    expected: Expected,
) -> Result<Option<String>, Failure> {
    let is_change = files
        .keys()
        .any(|name| name.starts_with("before.") || name.starts_with("after."));
    let mut consumers: Vec<Consumer> = Vec::new();
    let mut waivers: Vec<Waiver> = Vec::new();
    let (mut before, mut after): (Option<Contract>, Option<Contract>) = (None, None);
    let mut noticed = None;
    let mut world = world.clone();
    for (name, text) in files {
        if name == APPROVED {
            match Approvals::parse(text) {
                Ok(approvals) => world.approved_by = approvals.named(),
                Err(error) => return Ok(Some(format!("{name}: {error}"))),
            }
            continue;
        }
        if name == NOTICED {
            noticed = meshlaw_contract::measure::parse_date(text.trim());
            if noticed.is_none() {
                return Ok(Some(format!("{name}: write a day, as in 2026-01-31")));
            }
            continue;
        }
        if name.ends_with(".waiver.yaml") || name.ends_with(".waiver.yml") {
            waivers.extend(
                parse_waivers(text, &Limits::default())
                    .into_iter()
                    .filter_map(|one| one.value),
            );
            continue;
        }
        if name.contains("consumer") {
            consumers.extend(
                parse_consumers(text, &Limits::default())
                    .into_iter()
                    .filter_map(|one| one.value),
            );
            continue;
        }
        let parsed = read_contracts(text, name, &Limits::default(), &Words::default());
        let Some(one) = parsed.into_iter().next() else {
            continue;
        };
        if let Some(problem) = one
            .problems
            .iter()
            .find(|problem| problem.gravity == meshlaw_contract::Gravity::Fault)
        {
            let place = format!("{name}:{}:{}", problem.span.line, problem.span.column);
            return Ok(Some(format!("{place}: {}", problem.message)));
        }
        let slot = if name.starts_with("before.") {
            &mut before
        } else {
            &mut after
        };
        *slot = one.value;
    }
    let pleas: Vec<Plea<'_>> = waivers.iter().map(|waiver| plea(waiver, book)).collect();
    let example = Example {
        before: before.as_ref(),
        after: after.as_ref(),
        consumers: &consumers,
        pleas: &pleas,
        noticed,
        is_change,
    };
    let contract = before.as_ref().or(after.as_ref());
    let id = contract.map(|contract| {
        let domain = contract.domain.as_deref().unwrap_or("example");
        format!("{domain}/{}", contract.name.as_deref().unwrap_or("example"))
    });
    let felt = Felt {
        ids: [id.as_deref(), None],
        version: before
            .as_ref()
            .and_then(|contract| contract.version.as_ref()),
    };
    let outcome = run_example(policy, &example, &world, |change, consumers| {
        feeling(consumers, felt, change)
    });
    let outcome = outcome.map_err(|error| Failure::new(error, ""))?;
    Ok(match (outcome, expected) {
        (Outcome::Allowed, Expected::Allow) | (Outcome::Denied, Expected::Deny) => None,
        (Outcome::Allowed, Expected::Deny) => {
            Some("the policy should forbid this, and does not".to_owned())
        }
        (Outcome::Denied, Expected::Allow) => {
            Some("the policy should allow this, and forbids it".to_owned())
        }
        (Outcome::Failed(error), _) => Some(format!("the policy cannot be evaluated: {error}")),
    })
}

/// Asks for what a waiver names; what the book does not know counts as a grave finding that can be
/// waived.
fn plea<'w>(waiver: &'w Waiver, book: &Book) -> Plea<'w> {
    let known = book.policies.iter();
    let policy = known
        .into_iter()
        .find(|one| one.id.as_str() == waiver.policy);
    Plea {
        waiver,
        policy: &waiver.policy,
        rule: None,
        severity: policy.map_or(Severity::Error, |policy| policy.severity),
        enforcement: policy.map_or(Enforcement::Soft, |policy| policy.enforcement),
    }
}

/// Reads the world of a policy's examples: settings beside it, with two keys more.
fn world(home: &Path) -> Result<World, Failure> {
    let as_of = jiff::civil::date(2026, 11, 23);
    let path = home.join(settings::FILE);
    let mut world = World::empty(as_of);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(world);
    };
    let (settings, terms, as_of_stated, problems) = settings::parse_world(&text);
    if let Some(problem) = problems.first() {
        let place = format!(
            "{}:{}:{}",
            path.display(),
            problem.span.line,
            problem.span.column
        );
        return Err(Failure::new(
            problem.message.clone(),
            problem.help.clone().unwrap_or_default(),
        )
        .at(place));
    }
    let Settings { parameters, .. } = settings.clone();
    world.parameters = parameters;
    world.teams = law::join_teams(&settings, None);
    world.products = law::join_products(&settings, None);
    world.terms = terms;
    world.as_of = as_of_stated.unwrap_or(as_of);
    Ok(world)
}
