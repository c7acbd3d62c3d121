//! Requests and what came of them in, plain data that names everything by its id out.
//!
//! Nothing here tells what a contract says: no description, no pattern, no allowed value. Whoever
//! wants to ask again reads the documents that are cited.

use std::rc::Rc;

use cedar_policy::EntityUid;
use jiff::civil::Date;
use meshlaw_contract::model::Use;
use meshlaw_diff::{Bump, Grade};
use meshlaw_report::{Enforcement, Severity};

use crate::change::ChangeFacts;
use crate::entity::uid;
use crate::judge::{Cause, Violation};
use crate::petition::{Plea, Reader};
use crate::slice::Action;
use crate::subject::Subject;
use crate::view::Identity;

/// A request and its answer, by all layers that hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Who asks.
    pub principal: Named,
    /// What for, as Cedar calls it.
    pub action: String,
    /// What about.
    pub resource: Named,
    /// The contract.
    pub contract: Identity,
    /// The domains whose layers hold beside the organisation's, sorted.
    pub domains: Vec<String>,
    /// What the request is about beside that.
    pub asking: Asking,
    /// Where in the contract it is.
    pub pointer: Vec<String>,
    /// Cedar permits it.
    pub is_allowed: bool,
    /// The policies that forbid it, sorted.
    pub policies: Vec<String>,
    /// The policies that could not be evaluated, sorted.
    pub failed: Vec<String>,
    /// The documents that the request was made of.
    pub cited: Rc<[Cited]>,
}

/// An entity, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Type, such as `Team`.
    pub of: String,
    /// Id.
    pub id: String,
}

/// A document that a request was made of, as whoever asks calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cited {
    /// What it is to the request.
    pub role: Role,
    /// Its path.
    pub path: String,
    /// What tells its bytes from any others.
    pub blob: String,
    /// The line on which it begins, in a file of several.
    pub line: u32,
}

/// What a document is to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The contract as it was.
    Base,
    /// The contract as it is.
    Head,
    /// Whoever asks.
    Principal,
}

/// What a request is about, beside the part of a contract.
#[derive(Debug, Clone, PartialEq)]
pub enum Asking {
    /// Whether a part may stand.
    Publish,
    /// Whether a change may happen.
    Change(AskedChange),
    /// Whether a consumer may read a part.
    Consume(AskedUse),
    /// Whether a waiver may excuse a finding.
    Waive(AskedPlea),
}

/// A change, as it was asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedChange {
    /// Id of the rule.
    pub rule: String,
    /// How it is felt by those who count.
    pub impact: Grade,
    /// How consumers and producers feel it.
    pub grades: (Grade, Grade),
    /// The bump that the changes ask for.
    pub required: Bump,
    /// The bump that was made.
    pub declared: Bump,
    /// Consumers that use what changed, and their owners, sorted.
    pub consumers: Vec<(String, Option<String>)>,
    /// Since when what went had its notice.
    pub noticed: Option<Date>,
}

/// A use, as it was asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedUse {
    /// The consumer.
    pub consumer: String,
    /// Which of its uses, from 0.
    pub number: usize,
    /// The domain of its file.
    pub domain: Option<String>,
    /// Somebody can be reached.
    pub has_contact: bool,
}

/// A waiver's plea, as it was asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedPlea {
    /// The waiver.
    pub waiver: String,
    /// Id of the policy or finding.
    pub policy: String,
    /// The rule, where the finding is about a change.
    pub rule: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What it does.
    pub enforcement: Enforcement,
    /// How many waivers for the same came before it in a row.
    pub renewals: i64,
    /// Waivers that hold for contracts of the domain.
    pub in_domain: i64,
}

/// The decisions of a judge, in the order in which they were asked for.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) cited: Rc<[Cited]>,
    pub(crate) decisions: Vec<Decision>,
}

/// A request that is to be recorded.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) action: Action,
    /// Who asks; the owner where nobody else does.
    pub(crate) principal: Option<&'r EntityUid>,
    pub(crate) subject: &'r Subject<'r>,
    pub(crate) domains: &'r [&'r str],
    /// The floor permits it.
    pub(crate) is_permitted: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            cited: Rc::from([]),
            decisions: Vec::new(),
        }
    }
}

impl Record {
    /// Takes down a request with all that spoke against it.
    pub(crate) fn note(&mut self, request: &Request<'_>, asking: &Asking, spoke: &[Violation<'_>]) {
        let subject = request.subject;
        let owner = uid("Team", subject.contract().owner());
        let of = |is_wanted: fn(&Cause) -> bool| {
            let own = spoke.iter().filter(|one| is_wanted(&one.cause));
            let mut ids: Vec<String> = own.map(|one| one.policy.id.to_string()).collect();
            ids.sort();
            ids.dedup();
            ids
        };
        let policies = of(|cause| matches!(cause, Cause::Forbidden));
        let mut domains: Vec<String> = request.domains.iter().map(|&one| one.to_owned()).collect();
        domains.sort();
        domains.dedup();
        self.decisions.push(Decision {
            principal: named(request.principal.unwrap_or(&owner)),
            action: request.action.name().to_owned(),
            resource: named(&subject.uid()),
            contract: subject.contract().identity.clone(),
            domains,
            asking: asking.clone(),
            // Where a change is may be told by a value, such as one that an enumeration lost, so that
            // the part around it is all that is named.
            pointer: subject.pointer().to_strings(),
            is_allowed: request.is_permitted && policies.is_empty(),
            policies,
            failed: of(|cause| matches!(cause, Cause::Failed(_))),
            cited: Rc::clone(&self.cited),
        });
    }
}

fn named(uid: &EntityUid) -> Named {
    Named {
        of: uid.type_name().to_string(),
        id: uid.id().unescaped().to_owned(),
    }
}

impl AskedChange {
    pub(crate) fn of(facts: &ChangeFacts<'_>) -> Self {
        let consumers = facts.consumers.iter();
        let mut consumers: Vec<(String, Option<String>)> = consumers
            .map(|one| (one.name.clone(), one.owner.clone()))
            .collect();
        consumers.sort();
        consumers.dedup();
        Self {
            rule: facts.change.rule.id.to_owned(),
            impact: facts.impact,
            grades: facts.grades,
            required: facts.versions.required,
            declared: facts.versions.declared,
            consumers,
            noticed: facts.noticed,
        }
    }
}

impl AskedUse {
    pub(crate) fn of(reader: Reader<'_>, usage: &Use) -> Self {
        let uses = &reader.consumer.uses;
        let number = uses.iter().position(|one| std::ptr::eq(one, usage));
        Self {
            consumer: reader.consumer.name.clone(),
            number: number.unwrap_or_default(),
            domain: reader.domain.map(str::to_owned),
            has_contact: reader.has_contact,
        }
    }
}

impl AskedPlea {
    pub(crate) fn of(plea: &Plea<'_>) -> Self {
        Self {
            waiver: plea.waiver.name.clone(),
            policy: plea.policy.to_owned(),
            rule: plea.rule.map(str::to_owned),
            severity: plea.severity,
            enforcement: plea.enforcement,
            renewals: plea.precedent.renewals,
            in_domain: plea.precedent.in_domain,
        }
    }
}
