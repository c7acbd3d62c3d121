//! A policy's examples in, whether it says of them what it should out.

use std::cell::RefCell;

use cedar_policy::{Entities, Request};
use jiff::civil::Date;
use meshlaw_contract::model::{Compatibility, Consumer, Contract, Scheme};
use meshlaw_diff::{Bump, Change, Grading, compare, declared_bump, required_bump};

use crate::book::{Book, BookFile, builtin};
use crate::change::{ChangeFacts, Versions};
use crate::clause::{Clauses, Trace};
use crate::judge::{Cause, Judge, Violation};
use crate::petition::{Plea, Reader};
use crate::policy::{Layer, Policy};
use crate::subject::Subject;
use crate::view::{Identity, part};
use crate::world::World;

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The policy has nothing against it.
    Allow,
    /// The policy forbids it.
    Deny,
}

/// A contract, or a change of one, that shows what a policy means.
#[derive(Debug, Clone)]
pub struct Example<'c> {
    /// The contract before; absent where the example is a contract as it stands.
    pub before: Option<&'c Contract>,
    /// The contract.
    pub after: Option<&'c Contract>,
    /// Who reads it; beside a contract that does not change, they ask whether they may.
    pub consumers: &'c [Consumer],
    /// What asks to be excused.
    pub pleas: &'c [Plea<'c>],
    /// First day on which the deprecation of what goes stood on the target branch.
    pub noticed: Option<Date>,
    /// It is about the change and not about how the contract stands.
    pub is_change: bool,
}

/// What a policy said of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It had nothing against it.
    Allowed,
    /// It forbids it.
    Denied,
    /// It could not be evaluated.
    Failed(String),
}

/// Runs one policy, alone, on an example.
///
/// # Errors
///
/// Fails where the catalogue or Cedar refuses what was valid before.
pub fn run_example(
    policy: &Policy,
    example: &Example<'_>,
    world: &World,
    affected: impl for<'c> Fn(&Change, &'c [Consumer]) -> Vec<&'c Consumer>,
) -> Result<Outcome, String> {
    let book = alone(policy);
    outcome(Judge::new(&book, world)?, policy, example, world, affected)
}

/// Does the same and takes down every question that was asked on the way.
///
/// # Errors
///
/// As [`run_example`].
pub fn trace_example(
    policy: &Policy,
    example: &Example<'_>,
    world: &World,
    affected: impl for<'c> Fn(&Change, &'c [Consumer]) -> Vec<&'c Consumer>,
) -> Result<(Outcome, Vec<Trace>), String> {
    traced(policy, world, |judge| {
        outcome(judge, policy, example, world, affected)
    })
}

/// A question as Cedar is asked it, with all that the engine can tell.
#[derive(Debug, Clone)]
pub struct Told {
    /// Who asks for what about which thing.
    pub request: Request,
    /// What can be reached from there.
    pub entities: Entities,
}

/// Returns every question that an example makes the engine ask in a layer, whatever policies there
/// are.
///
/// # Errors
///
/// As [`run_example`].
pub fn questions(
    layer: &Layer,
    example: &Example<'_>,
    world: &World,
    affected: impl for<'c> Fn(&Change, &'c [Consumer]) -> Vec<&'c Consumer>,
) -> Result<Vec<Told>, String> {
    let anything = BookFile {
        path: "org/all/anything/policy.cedar".to_owned(),
        text: ANYTHING.into(),
    };
    let policy = builtin(&anything).ok_or("a policy of the engine does not load")?;
    let policy = Policy {
        layer: layer.clone(),
        ..policy
    };
    let book = alone(&policy);
    let told = RefCell::new(Vec::new());
    let witness = |_: &Policy, _: &Subject<'_>, request: &Request, entities: &Entities| {
        told.borrow_mut().push(Told {
            request: request.clone(),
            entities: entities.clone(),
        });
    };
    let judge = Judge::plain(&book, world)?.heard_by(&witness);
    outcome(judge, &policy, example, world, affected)?;
    Ok(told.into_inner())
}

/// A policy that speaks to every question, so that each is asked.
const ANYTHING: &str = "@severity(\"note\") @enforcement(\"shadow\") @message(\"m\") @help(\"h\")\n\
                        forbid (principal, action, resource);\n";

/// Lets a judge of one policy be asked something, and takes down every question.
///
/// # Errors
///
/// As [`run_example`].
pub fn trace(
    policy: &Policy,
    world: &World,
    ask: impl FnOnce(&mut Judge<'_>),
) -> Result<Vec<Trace>, String> {
    let (_, traces) = traced(policy, world, |mut judge| {
        ask(&mut judge);
        Ok(())
    })?;
    Ok(traces)
}

/// Lets a judge who tells and asks everything do something, and takes down each question.
fn traced<T>(
    policy: &Policy,
    world: &World,
    judge: impl FnOnce(Judge<'_>) -> Result<T, String>,
) -> Result<(T, Vec<Trace>), String> {
    let (book, clauses) = (alone(policy), Clauses::of(policy)?);
    let traces = RefCell::new(Vec::new());
    let witness = |_: &Policy, subject: &Subject<'_>, request: &Request, entities: &Entities| {
        let trace = clauses.trace(subject.pointer(), request, entities);
        traces.borrow_mut().push(trace);
    };
    let done = judge(Judge::plain(&book, world)?.heard_by(&witness))?;
    Ok((done, traces.into_inner()))
}

fn alone(policy: &Policy) -> Book {
    Book {
        policies: vec![policy.clone()],
    }
}

fn outcome(
    mut judge: Judge<'_>,
    policy: &Policy,
    example: &Example<'_>,
    world: &World,
    affected: impl for<'c> Fn(&Change, &'c [Consumer]) -> Vec<&'c Consumer>,
) -> Result<Outcome, String> {
    let contract = example.after.or(example.before);
    let Some(contract) = contract else {
        return Ok(Outcome::Allowed);
    };
    let identity = identity(contract, &policy.layer);
    let violations = if example.is_change {
        changes(&mut judge, contract, &identity, example, world, affected)?
    } else if !example.pleas.is_empty() {
        pleas(&mut judge, contract, &identity, example.pleas)
    } else if !example.consumers.is_empty() {
        uses(&mut judge, contract, &identity, example.consumers)
    } else {
        judge.publish(contract, &identity, &[&identity.domain])
    };
    let failed = violations
        .iter()
        .find_map(|violation| match &violation.cause {
            Cause::Failed(error) => Some(error.clone()),
            Cause::Forbidden => None,
        });
    Ok(match failed {
        Some(error) => Outcome::Failed(error),
        None if violations.is_empty() => Outcome::Allowed,
        None => Outcome::Denied,
    })
}

/// Names a contract by its own words; an example of a domain's policy lies in that domain.
fn identity(contract: &Contract, layer: &Layer) -> Identity {
    let of_layer = match layer {
        Layer::Org => None,
        Layer::Domain(domain) => Some(domain),
    };
    let domain = contract.domain.as_ref().or(of_layer).map(String::as_str);
    Identity {
        domain: domain.unwrap_or("example").to_owned(),
        name: contract.name.as_deref().unwrap_or("example").to_owned(),
        path: "example.contract.yaml".to_owned(),
    }
}

fn changes<'l>(
    judge: &mut Judge<'l>,
    contract: &Contract,
    identity: &Identity,
    example: &Example<'_>,
    world: &World,
    affected: impl for<'c> Fn(&Change, &'c [Consumer]) -> Vec<&'c Consumer>,
) -> Result<Vec<Violation<'l>>, String> {
    let comparison =
        compare(example.before, example.after, world.as_of).map_err(ToString::to_string)?;
    let stated = example.before.and_then(|contract| contract.compatibility);
    let grading = Grading::of(stated.unwrap_or(Compatibility::DEFAULT).mode);
    let versions = versions(example, &comparison.changes, &grading);
    let mut violations = Vec::new();
    for change in &comparison.changes {
        let (contract, pointer) = match (change.edit.place.base(), example.before) {
            (Some(pointer), Some(before)) => (before, pointer),
            _ => (contract, change.edit.place.pointer()),
        };
        let facts = ChangeFacts {
            change,
            pointer,
            impact: grading.impact(change),
            grades: grading.grades(change),
            versions,
            consumers: affected(change, example.consumers),
            noticed: example.noticed,
            base: example.before,
            head: example.after,
        };
        violations.extend(judge.change(contract, identity, &[&identity.domain], &facts));
    }
    Ok(violations)
}

/// Asks for every use of the contract; a consumer lies in the domain of the policy's layer.
fn uses<'l>(
    judge: &mut Judge<'l>,
    contract: &Contract,
    identity: &Identity,
    consumers: &[Consumer],
) -> Vec<Violation<'l>> {
    let mut violations = Vec::new();
    for consumer in consumers {
        let notify = &consumer.notify;
        let contacts = [
            &notify.github,
            &notify.slack,
            &notify.email,
            &notify.webhook,
        ];
        let reader = Reader {
            consumer,
            domain: Some(&identity.domain),
            has_contact: contacts.into_iter().any(Option::is_some),
        };
        for usage in consumer
            .uses
            .iter()
            .filter(|one| one.contract == identity.id())
        {
            let domains = [identity.domain.as_str()];
            violations.extend(judge.consume(reader, usage, contract, identity, &domains));
        }
    }
    violations
}

/// Asks for every waiver; what the template itself denies is no policy's doing.
fn pleas<'l>(
    judge: &mut Judge<'l>,
    contract: &Contract,
    identity: &Identity,
    pleas: &[Plea<'_>],
) -> Vec<Violation<'l>> {
    let mut violations = Vec::new();
    for plea in pleas {
        let pointer = part(contract, plea.waiver.pointer.as_deref().unwrap_or_default());
        let mercy = judge.waive(plea, contract, identity, &pointer);
        violations.extend(mercy.violations);
    }
    violations
}

fn versions<'c>(example: &Example<'c>, changes: &[Change], grading: &Grading) -> Versions<'c> {
    let before = example
        .before
        .and_then(|contract| contract.version.as_ref());
    let after = example.after.and_then(|contract| contract.version.as_ref());
    // An example stands for every organisation, whatever its scheme.
    let declared = before.zip(after).map_or(Bump::None, |(before, after)| {
        declared_bump(before, after, Scheme::Any)
    });
    Versions {
        required: required_bump(changes, grading),
        declared,
        before,
        after,
    }
}
