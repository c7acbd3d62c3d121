//! The examples of a policy: folders in, what can be judged out.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use meshlaw_contract::model::{Consumer, Contract, Waiver};
use meshlaw_contract::{
    Gravity, Limits, Parsed, Problem, ProblemId, Words, parse_consumers, parse_waivers,
    read_contracts,
};
use meshlaw_policy::{
    Book, Example, Expected, Glossary, Outcome, Plea, Policy, Precedent, Trace, World, run_example,
    trace_example,
};
#[cfg(feature = "prove")]
use meshlaw_policy::{Layer, Told, questions};
use meshlaw_report::{Enforcement, Severity};

use crate::approvals::Approvals;
use crate::effects::{Felt, feeling};
use crate::failure::Failure;
use crate::law;
use crate::settings::{self, Settings};

/// An example that was read.
#[derive(Debug)]
pub struct Read {
    /// Path below the folder of policies.
    pub path: String,
    /// What the policy should say.
    pub expected: Expected,
    /// Its texts, to tell copies.
    pub texts: Files,
    /// What can be judged, or why it cannot be.
    pub case: Result<Case, String>,
}

/// What an example is about.
#[derive(Debug)]
pub struct Case {
    before: Option<Contract>,
    after: Option<Contract>,
    consumers: Vec<Consumer>,
    waivers: Vec<Waiver>,
    noticed: Option<Date>,
    precedent: Precedent,
    is_change: bool,
    world: World,
}

/// Reads all examples of a policy, allowed ones first.
pub fn read(policy: &Policy, folder: &Path) -> Result<Vec<Read>, Failure> {
    let home = folder.join(policy.id.as_str());
    let world = world(&home)?;
    let mut all = Vec::new();
    for (name, expected) in [("allow", Expected::Allow), ("deny", Expected::Deny)] {
        for (path, texts) in examples(&home.join(name))? {
            all.push(Read {
                path: format!("{}/{name}/{path}", policy.id),
                expected,
                case: Case::of(&texts, &world),
                texts,
            });
        }
    }
    Ok(all)
}

impl Read {
    /// Returns what is wrong where the policy does not say what it should.
    pub fn trouble(&self, policy: &Policy, book: &Book) -> Result<Option<String>, Failure> {
        match &self.case {
            Ok(case) => Ok(wrong(case.outcome(policy, book)?, self.expected)),
            Err(error) => Ok(Some(error.clone())),
        }
    }
}

impl Read {
    /// Returns the command that tells why the policy says what it says, where the example stands
    /// for itself: consumers and waivers need their contracts around them.
    pub fn explained(&self, policy: &Policy, folder: &Path) -> Option<String> {
        let names: Vec<&String> = self.texts.keys().collect();
        let home = folder.join(&self.path).display().to_string();
        let side = |side: &str| names.iter().find(|name| name.starts_with(side));
        let files = match (names.as_slice(), side("before."), side("after.")) {
            ([_], _, _) => home,
            (_, Some(before), Some(after)) => format!("{home}/{before} {home}/{after}"),
            _ => return None,
        };
        Some(format!("meshlaw policy explain {} {files}", policy.id))
    }
}

/// Runs all examples of a policy; one of each kind has to be there.
pub fn judge(
    policy: &Policy,
    book: &Book,
    read: &[Read],
) -> Result<Vec<(String, Option<String>)>, Failure> {
    let mut judged = Vec::new();
    for (name, expected) in [("allow", Expected::Allow), ("deny", Expected::Deny)] {
        if read.iter().all(|example| example.expected != expected) {
            let trouble = format!("there is no example; add a contract under `{name}/`");
            judged.push((format!("{}/{name}", policy.id), Some(trouble)));
        }
    }
    for example in read {
        judged.push((example.path.clone(), example.trouble(policy, book)?));
    }
    Ok(judged)
}

fn wrong(outcome: Outcome, expected: Expected) -> Option<String> {
    match (outcome, expected) {
        (Outcome::Allowed, Expected::Allow) | (Outcome::Denied, Expected::Deny) => None,
        (Outcome::Allowed, Expected::Deny) => {
            Some("the policy should forbid this, and does not".to_owned())
        }
        (Outcome::Denied, Expected::Allow) => {
            Some("the policy should allow this, and forbids it".to_owned())
        }
        (Outcome::Failed(error), _) => Some(format!("the policy cannot be evaluated: {error}")),
    }
}

impl Case {
    /// Reads what the texts of one example say.
    pub fn of(texts: &Files, world: &World) -> Result<Self, String> {
        let is_of_change =
            |name: &String| name.starts_with("before.") || name.starts_with("after.");
        let mut case = Case {
            before: None,
            after: None,
            consumers: Vec::new(),
            waivers: Vec::new(),
            noticed: None,
            precedent: Precedent::default(),
            is_change: texts.keys().any(is_of_change),
            world: world.clone(),
        };
        for (name, text) in texts {
            case.take(name, text)?;
        }
        Ok(case)
    }

    fn take(&mut self, name: &str, text: &str) -> Result<(), String> {
        let limits = Limits::default();
        if name == APPROVED {
            let approvals = Approvals::parse(text).map_err(|error| format!("{name}: {error}"))?;
            self.world.approved_by = approvals.named();
        } else if name == NOTICED {
            let date = meshlaw_contract::measure::parse_date(text.trim());
            let say = || format!("{name}: write a day, as in 2026-01-31");
            self.noticed = Some(date.ok_or_else(say)?);
        } else if name == RENEWALS {
            self.precedent.renewals = number(name, text)?;
        } else if name == IN_DOMAIN {
            self.precedent.in_domain = number(name, text)?;
        } else if name == BUDGET {
            self.precedent.budget = Some(number(name, text)?);
        } else if is_of("waiver", name) {
            self.waivers
                .extend(whole(name, parse_waivers(text, &limits), &[])?);
        } else if is_of("consumer", name) {
            self.consumers
                .extend(whole(name, parse_consumers(text, &limits), UNSAID)?);
        } else {
            let mut contracts = whole(
                name,
                read_contracts(text, name, &limits, &Words::default()),
                &[],
            )?;
            if contracts.len() > 1 {
                let count = contracts.len();
                return Err(format!(
                    "{name}: this file holds {count} contracts; write each in a file of its own"
                ));
            }
            if name.starts_with("before.") {
                self.before = contracts.pop();
            } else {
                self.after = contracts.pop();
            }
        }
        Ok(())
    }

    /// Tells whether the example is about a change.
    pub fn is_change(&self) -> bool {
        self.is_change
    }

    /// Judges the example by one policy; the book tells what its waivers excuse.
    pub fn outcome(&self, policy: &Policy, book: &Book) -> Result<Outcome, Failure> {
        self.with(book, |example, felt| {
            run_example(policy, example, &self.world, |change, consumers| {
                feeling(consumers, felt, change)
            })
        })
    }

    /// Does the same and returns every question with what the policy's conditions said to it.
    pub fn traces(&self, policy: &Policy, book: &Book) -> Result<Vec<Trace>, Failure> {
        let (_, traces) = self.with(book, |example, felt| {
            trace_example(policy, example, &self.world, |change, consumers| {
                feeling(consumers, felt, change)
            })
        })?;
        Ok(traces)
    }

    /// Returns the contract of an example of how contracts stand.
    #[cfg(feature = "prove")]
    pub fn standing(&self) -> Option<&Contract> {
        let is_alone = !self.is_change && self.consumers.is_empty() && self.waivers.is_empty();
        self.after.as_ref().filter(|_| is_alone)
    }

    /// Returns every question that the example makes the engine ask in a layer.
    #[cfg(feature = "prove")]
    pub fn questions(&self, layer: &Layer, book: &Book) -> Result<Vec<Told>, Failure> {
        self.with(book, |example, felt| {
            questions(layer, example, &self.world, |change, consumers| {
                feeling(consumers, felt, change)
            })
        })
    }

    fn with<T>(
        &self,
        book: &Book,
        run: impl FnOnce(&Example<'_>, Felt<'_>) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let waivers = self.waivers.iter();
        let pleas = waivers.map(|one| plea(one, book, self.precedent));
        let pleas: Vec<Plea<'_>> = pleas.collect();
        let example = Example {
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            consumers: &self.consumers,
            pleas: &pleas,
            noticed: self.noticed,
            is_change: self.is_change,
        };
        let contract = self.before.as_ref().or(self.after.as_ref());
        let id = contract.map(|contract| {
            let domain = contract.domain.as_deref().unwrap_or("example");
            format!("{domain}/{}", contract.name.as_deref().unwrap_or("example"))
        });
        let before = self.before.as_ref();
        let felt = Felt {
            ids: [id.as_deref(), None],
            version: before.and_then(|contract| contract.version.as_ref()),
        };
        run(&example, felt).map_err(|error| Failure::new(error, ""))
    }
}

/// Tells whether a file of an example holds consumers, or waivers.
fn is_of(kind: &str, name: &str) -> bool {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let is_alone = first == kind || first.strip_suffix('s') == Some(kind);
    is_alone || parts.rev().nth(1) == Some(kind)
}

/// What a consumer does not say may be what an example shows.
const UNSAID: &[ProblemId] = &[ProblemId::MissingKey];

/// Returns what documents hold; a fault in one would make the example show something else.
fn whole<T>(
    name: &str,
    parsed: Vec<Parsed<'_, T>>,
    allowed: &[ProblemId],
) -> Result<Vec<T>, String> {
    let mut values = Vec::new();
    for one in parsed {
        let matters = |problem: &&Problem| {
            let is_allowed = one.value.is_some() && allowed.contains(&problem.id);
            problem.gravity == Gravity::Fault && !is_allowed
        };
        if let Some(problem) = one.problems.iter().find(matters) {
            let (line, column) = (problem.span.line, problem.span.column);
            let help = problem.help.as_ref();
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            return Err(format!("{name}:{line}:{column}: {}{help}", problem.message));
        }
        values.extend(one.value);
    }
    if values.is_empty() {
        return Err(format!("{name}: there is nothing in this file; remove it"));
    }
    Ok(values)
}

/// File of an example with the first day on which a deprecation stood on the target branch.
const NOTICED: &str = "noticed.txt";

/// Files of an example with how often its waiver was renewed, how many stand in the domain with it,
/// and how many may.
const RENEWALS: &str = "renewals.txt";
const IN_DOMAIN: &str = "waivers-in-domain.txt";
const BUDGET: &str = "waiver-budget.txt";

fn number(name: &str, text: &str) -> Result<i64, String> {
    let number = text.trim().parse::<u32>();
    let number = number.map_err(|_| format!("{name}: write a whole number, as in 2"))?;
    Ok(i64::from(number))
}

/// File of an example with who agreed to its change.
const APPROVED: &str = "approvals.json";

/// Texts of an example, by file name.
pub type Files = BTreeMap<String, String>;

/// Finds examples: a contract file each, or a folder with a `before` and an `after`.
fn examples(folder: &Path) -> Result<BTreeMap<String, Files>, Failure> {
    let mut found: BTreeMap<String, Files> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if entry.file_type().is_symlink() {
            let message = format!("`{}` is a symbolic link", entry.path().display());
            return Err(Failure::new(message, "write the example itself"));
        }
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

/// Asks for what a waiver names; what the book does not know counts as a grave finding that can be
/// waived.
fn plea<'w>(waiver: &'w Waiver, book: &Book, precedent: Precedent) -> Plea<'w> {
    let known = book.policies.iter();
    let policy = known
        .into_iter()
        .find(|one| one.id.as_str() == waiver.policy);
    Plea {
        waiver,
        policy: &waiver.policy,
        rule: None,
        severity: policy.map_or(Severity::Error, |policy| policy.severity),
        enforcement: policy.map_or(Enforcement::Soft, |policy| policy.written),
        precedent,
    }
}

/// Reads the world of a policy's examples: settings beside it, with two keys more.
pub fn world(home: &Path) -> Result<World, Failure> {
    let path = home.join(settings::FILE);
    let text = std::fs::read_to_string(&path).ok();
    world_of(text.as_deref(), &path.display().to_string())
}

/// Reads the world that settings state; without any, nothing is there.
pub fn world_of(text: Option<&str>, path: &str) -> Result<World, Failure> {
    let as_of = jiff::civil::date(2026, 11, 23);
    let mut world = World::empty(as_of);
    let Some(text) = text else {
        return Ok(world);
    };
    let (settings, terms, as_of_stated, problems) = settings::parse_world(text);
    if let Some(problem) = problems.first() {
        let place = format!("{path}:{}:{}", problem.span.line, problem.span.column);
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
    world.glossary = Glossary::of(terms);
    world.as_of = as_of_stated.unwrap_or(as_of);
    Ok(world)
}
