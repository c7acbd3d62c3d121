//! Requests in, verdicts out: the one place where Cedar decides.
//!
//! Policies are sliced by layer, action and type of resource. Two subjects that agree on all that
//! the policies of a slice read get the same verdict, so Cedar is asked once for each distinct
//! reading, and is told of no more than is read. `Judge::plain` tells all and asks every time; a
//! test holds the two against each other.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use cedar_policy::{Authorizer, Context, Decision, Entities, PolicyId as CedarId};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Contract, Dataset, Use};
use meshlaw_report::{Condition, Enforcement};
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::change::ChangeFacts;
use crate::decided::{Decided, Verdict};
use crate::decision::{self, AskedChange, AskedPlea, AskedUse, Asking, Cited, Record};
use crate::fact::Fact;
use crate::memory::Memory;
use crate::petition::{Petitioner, Plea, Reader, use_facts};
use crate::policy::{Layer, Policy};
use crate::request::{context, request, with};
use crate::ruling::enforcement_on;
use crate::slice::{Action, Part, Slice, slices};
use crate::subject::{Facts, Subject};
use crate::view::{ContractView, DatasetView, FieldView, Identity, visit_fields};
use crate::walk::Walk;
use crate::why::{Question, Reasons};
use crate::world::World;

/// A policy that fired, or failed to run.
#[derive(Debug, Clone)]
pub struct Violation<'l> {
    /// The policy.
    pub policy: &'l Policy,
    /// What it is about.
    pub pointer: Pointer,
    /// Whether it fired or failed.
    pub cause: Cause,
    /// What the policy read, for people: `resource.pii` and its value.
    pub facts: Vec<(String, Option<String>)>,
    /// The conditions that decided; none where the judge gives no reasons.
    pub why: Arc<[Condition]>,
    /// The same, to compare.
    pub(crate) key: Key,
}

/// All that a policy read; what parts of one contract share is held once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) contract: Arc<[u8]>,
    pub(crate) dataset: Arc<[u8]>,
    pub(crate) field: Vec<u8>,
}

/// Why a policy speaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// It forbids.
    Forbidden,
    /// Its evaluation failed, which Cedar would pass over in silence.
    Failed(String),
}

/// What came of a waiver.
#[derive(Debug, Clone)]
pub struct Mercy<'l> {
    /// The finding is excused.
    pub is_granted: bool,
    /// Policies that speak against it; those that only advise do not keep it from being granted.
    pub violations: Vec<Violation<'l>>,
}

/// Applies a book to contracts in a world. Keeps what it decided; one for each thread.
pub struct Judge<'l> {
    world: &'l World,
    slices: Vec<Rc<Slice<'l>>>,
    /// The context in which contracts are asked about: the same for a whole run.
    standing: OnceCell<Result<Context, String>>,
    /// Cedar, made when it is first asked.
    authorizer: OnceCell<Authorizer>,
    decided: Decided,
    memory: Option<&'l Memory>,
    witness: Option<&'l Witness<'l>>,
    record: Option<Record>,
    /// What made policies fire, where that is told.
    reasons: Option<Reasons>,
    shares: bool,
}

/// Whoever wants to hear each question as Cedar is asked it.
pub(crate) type Witness<'w> = dyn Fn(&Policy, &Subject<'_>, &cedar_policy::Request, &Entities) + 'w;

impl<'l> Judge<'l> {
    /// Makes a judge that decides like readings once.
    ///
    /// # Errors
    ///
    /// Fails where Cedar refuses to put valid policies into one set, which it never should.
    pub fn new(book: &'l Book, world: &'l World) -> Result<Self, String> {
        Ok(Self {
            world,
            slices: slices(book).into_iter().map(Rc::new).collect(),
            standing: OnceCell::new(),
            authorizer: OnceCell::new(),
            decided: Decided::default(),
            memory: None,
            witness: None,
            record: None,
            reasons: None,
            shares: true,
        })
    }

    /// Lets the judge recall what was decided before.
    pub fn with_memory(self, memory: &'l Memory) -> Self {
        Self {
            memory: Some(memory),
            ..self
        }
    }

    /// Lets the judge say which conditions decided.
    pub fn giving_reasons(self) -> Self {
        Self {
            reasons: Some(Reasons::default()),
            ..self
        }
    }

    /// Makes a judge that tells Cedar all there is and asks every single time.
    ///
    /// # Errors
    ///
    /// As [`Judge::new`].
    pub fn plain(book: &'l Book, world: &'l World) -> Result<Self, String> {
        let mut judge = Self::new(book, world)?;
        judge.slices = slices(book)
            .into_iter()
            .map(|slice| Rc::new(slice.telling_all()))
            .collect();
        judge.shares = false;
        Ok(judge)
    }

    /// Lets somebody hear every question; for a judge that asks each time.
    pub(crate) fn heard_by(self, witness: &'l Witness<'l>) -> Self {
        Self {
            witness: Some(witness),
            ..self
        }
    }

    /// Lets the judge take down each request with its answer, whether or not Cedar is asked for it.
    pub fn recording(self) -> Self {
        Self {
            record: Some(Record::default()),
            ..self
        }
    }

    /// Says which documents the requests to come are made of, where anybody takes them down.
    pub fn cite(&mut self, documents: impl FnOnce() -> Vec<Cited>) {
        if let Some(record) = &mut self.record {
            record.cited = documents().into();
        }
    }

    /// Hands over what was taken down.
    pub fn take_decisions(&mut self) -> Vec<decision::Decision> {
        let record = self.record.as_mut();
        record.map_or_else(Vec::new, |record| std::mem::take(&mut record.decisions))
    }

    fn note(&mut self, request: &decision::Request<'_>, asking: &Asking, spoke: &[Violation<'_>]) {
        if let Some(record) = &mut self.record {
            record.note(request, asking, spoke);
        }
    }

    /// Asks whether a contract may stand as it is: the contract, its datasets and its fields.
    ///
    /// `domains` adds the layers of further domains, such as the one a contract is moved from.
    pub fn publish(
        &mut self,
        contract: &Contract,
        identity: &Identity,
        domains: &[&str],
    ) -> Vec<Violation<'l>> {
        let view = self.view(contract, identity);
        let walks = |part| self.walks(domains, Action::Publish, part, view);
        let mut for_contract = walks(Part::Contract);
        let mut for_dataset = walks(Part::Dataset);
        let mut for_field = walks(Part::Field);
        let is_recording = self.record.is_some();
        let mut found = Vec::new();
        let mut ask = |walks: &mut [Walk<'l>], subject: &Subject<'_>| {
            let before = found.len();
            self.hear(walks, subject, &mut found);
            let request = decision::Request {
                action: Action::Publish,
                principal: None,
                subject,
                domains,
                is_permitted: true,
            };
            let spoke = found.get(before..).unwrap_or_default();
            self.note(&request, &Asking::Publish, spoke);
        };
        ask(&mut for_contract, &Subject::Contract(view));
        for dataset in &contract.datasets {
            let of = DatasetView { of: view, dataset };
            for walk in for_dataset.iter_mut().chain(&mut for_field) {
                walk.enter_dataset(of);
            }
            ask(&mut for_dataset, &Subject::Dataset(of));
            if for_field.is_empty() && !is_recording {
                continue;
            }
            visit_fields(dataset, &mut |way, field| {
                ask(
                    &mut for_field,
                    &Subject::Field(FieldView { of, field, way }),
                );
            });
        }
        found
    }

    /// Asks whether a change may happen.
    ///
    /// `contract` is the revision that has what changes: the old one, or the new one for an
    /// addition. What is asked about a change is hardly ever asked again, so it is not kept.
    pub fn change(
        &mut self,
        contract: &Contract,
        identity: &Identity,
        domains: &[&str],
        change: &ChangeFacts<'_>,
    ) -> Vec<Violation<'l>> {
        let view = self.view(contract, identity);
        let subject = Subject::around(view, change.pointer);
        let facts = change.facts(self.world);
        let context = || context(self.world, &facts);
        let mut found = Vec::new();
        for mut walk in self.walks(domains, change.action(), subject.part(), view) {
            if let Some(dataset) = subject.dataset() {
                walk.enter_dataset(dataset);
            }
            walk.enter(&subject);
            let key = told(&walk.key, &facts);
            let verdict = self.recalled(&key, || match context() {
                Ok(context) => self.decide(&mut walk, &subject, context),
                Err(error) => Err(error),
            });
            let verdict = verdict.unwrap_or_else(|error| failed(&walk.slice, &error));
            self.report(&mut walk, &verdict, &subject, Asked::of(&facts), &mut found);
        }
        // The place is the change's own; the resource is only the nearest thing Cedar knows.
        for violation in &mut found {
            violation.pointer = change.pointer.clone();
        }
        let request = decision::Request {
            action: change.action(),
            principal: None,
            subject: &subject,
            domains,
            is_permitted: true,
        };
        if self.record.is_some() {
            self.note(&request, &Asking::Change(AskedChange::of(change)), &found);
        }
        found
    }

    /// Asks whether a consumer may read what it uses of a contract: the contract, and each field.
    ///
    /// `domains` are those whose layers hold: the contract's and the consumer's own. Pointers lead
    /// into the consumer's document.
    pub fn consume(
        &mut self,
        reader: Reader<'_>,
        usage: &Use,
        contract: &Contract,
        identity: &Identity,
        domains: &[&str],
    ) -> Vec<Violation<'l>> {
        let view = self.view(contract, identity);
        let petitioner = Petitioner::consumer(reader, self.world);
        let facts = use_facts(usage, contract.version.as_ref(), self.world);
        let place = Pointer::root().word("uses").name(&usage.contract);
        let asking = Asking::Consume(AskedUse::of(reader, usage));
        let mut found = Vec::new();
        let whole = Subject::Contract(view);
        let action = Action::Consume;
        let asked = Asked {
            petitioner: Some(&petitioner),
            facts: &facts,
        };
        let consults = |judge: &Self, part| {
            let walks = judge.walks(domains, action, part, view).into_iter();
            let all = walks.map(|walk| Consult::new(walk, &petitioner, &facts));
            all.collect::<Vec<_>>()
        };
        for consult in &mut consults(self, Part::Contract) {
            self.consult(consult, &whole, asked, &mut found);
        }
        let request = decision::Request {
            action,
            principal: Some(&petitioner.uid),
            subject: &whole,
            domains,
            is_permitted: true,
        };
        self.note(&request, &asking, &found);
        for violation in &mut found {
            violation.pointer = place.clone();
        }
        // What a contract says of itself is read once for all of its fields.
        let mut for_fields = consults(self, Part::Field);
        let is_read = |dataset: &&Dataset| {
            let named = usage.dataset.as_ref();
            named.is_none_or(|name| *name == dataset.name)
        };
        for dataset in contract.datasets.iter().filter(is_read) {
            let of = DatasetView { of: view, dataset };
            for consult in &mut for_fields {
                consult.walk.enter_dataset(of);
            }
            let above = usize::from(!dataset.pointer().is_root());
            visit_fields(dataset, &mut |way, field| {
                let names: Vec<&str> = way.names().into_iter().skip(above).collect();
                if !usage.reads_field(&names) {
                    return;
                }
                let subject = Subject::Field(FieldView { of, field, way });
                let before = found.len();
                for consult in &mut for_fields {
                    self.consult(consult, &subject, asked, &mut found);
                }
                let spoke = found.get(before..).unwrap_or_default();
                let request = decision::Request {
                    subject: &subject,
                    ..request
                };
                self.note(&request, &asking, spoke);
                let at = names
                    .iter()
                    .fold(place.word("fields"), |at, name| at.name(*name));
                for violation in found.iter_mut().skip(before) {
                    violation.pointer = at.clone();
                }
            });
        }
        found
    }

    /// Asks whether a waiver may excuse a finding about a part of a contract.
    pub fn waive(
        &mut self,
        plea: &Plea<'_>,
        contract: &Contract,
        identity: &Identity,
        pointer: &Pointer,
    ) -> Mercy<'l> {
        let view = self.view(contract, identity);
        let petitioner = Petitioner::waiver(plea, self.world);
        let facts = plea.facts(contract.owner.as_deref(), &identity.domain);
        let subject = if plea.waiver.pointer.is_none() {
            Subject::Contract(view)
        } else {
            Subject::around(view, pointer)
        };
        let domains = [identity.domain.as_str()];
        let mut violations = Vec::new();
        let action = Action::Waive;
        let decision = self.petition(&petitioner, &subject, &facts, &domains, &mut violations);
        let request = decision::Request {
            action,
            principal: Some(&petitioner.uid),
            subject: &subject,
            domains: &domains,
            is_permitted: decision == Decision::Allow,
        };
        let asking = Asking::Waive(AskedPlea::of(plea));
        self.note(&request, &asking, &violations);
        let blocks = |one: &Violation<'_>| match one.cause {
            Cause::Failed(_) => true,
            Cause::Forbidden => {
                enforcement_on(one.policy, self.world.as_of, false) >= Enforcement::Soft
            }
        };
        let is_granted = if violations.iter().any(blocks) {
            false
        } else if violations.is_empty() {
            decision == Decision::Allow
        } else {
            // Cedar knows no advice: whoever only advises is left out, and the floor asked again.
            let bare = self.bare();
            bare.petition(&petitioner, &subject, &facts, &[], &mut Vec::new()) == Decision::Allow
        };
        Mercy {
            is_granted,
            violations,
        }
    }

    /// Returns a judge of the same world without any policy.
    fn bare(&self) -> Judge<'l> {
        let is_floor = |slice: &&Rc<Slice<'l>>| slice.is_waiver_floor();
        let slices = self.slices.iter().filter(is_floor);
        Judge {
            world: self.world,
            slices: slices
                .map(|slice| Rc::new(slice.without_policies()))
                .collect(),
            standing: OnceCell::new(),
            authorizer: OnceCell::new(),
            decided: Decided::default(),
            memory: None,
            witness: None,
            record: None,
            reasons: None,
            shares: self.shares,
        }
    }

    /// Asks on behalf of a consumer, unless one who is alike has asked.
    fn consult(
        &mut self,
        consult: &mut Consult<'l>,
        subject: &Subject<'_>,
        asked: Asked<'_>,
        found: &mut Vec<Violation<'l>>,
    ) {
        let Consult { walk, told } = consult;
        walk.enter(subject);
        let mut key = Vec::with_capacity(walk.key.len() + told.len());
        key.extend_from_slice(&walk.key);
        key.extend_from_slice(told);
        let context = |judge: &Self| context(judge.world, asked.facts);
        self.settle(walk, &key, subject, asked, context, found);
    }

    /// Asks on behalf of a waiver; returns what the floor decides.
    fn petition(
        &self,
        petitioner: &Petitioner<'_>,
        subject: &Subject<'_>,
        facts: &Facts<'_>,
        domains: &[&str],
        found: &mut Vec<Violation<'l>>,
    ) -> Decision {
        let asked = Asked {
            petitioner: Some(petitioner),
            facts,
        };
        let context = || context(self.world, facts);
        let mut floor = Decision::Deny;
        for mut walk in self.walks(domains, Action::Waive, subject.part(), subject.contract()) {
            if let Some(dataset) = subject.dataset() {
                walk.enter_dataset(dataset);
            }
            walk.enter(subject);
            let answer = context()
                .and_then(|context| self.ask(&mut walk, subject, Some(petitioner), context));
            let (decision, verdict) =
                answer.unwrap_or_else(|error| (Decision::Deny, failed(&walk.slice, &error)));
            if *walk.slice.layer == Layer::Org {
                floor = decision;
            }
            self.report(&mut walk, &verdict, subject, asked, found);
        }
        floor
    }

    fn view<'v>(&self, contract: &'v Contract, identity: &'v Identity) -> ContractView<'v>
    where
        'l: 'v,
    {
        let world = self.world;
        ContractView {
            contract,
            identity,
            world,
        }
    }

    /// Starts a walk through a contract for each slice that holds for it.
    fn walks(
        &self,
        domains: &[&str],
        action: Action,
        part: Part,
        view: ContractView<'_>,
    ) -> Vec<Walk<'l>> {
        let holds = |one: &Slice<'_>| {
            one.action == action && one.part == part && one.layer.holds_in(domains)
        };
        let slices = self.slices.iter().enumerate();
        slices
            .filter(|(_, one)| holds(one))
            .map(|(index, slice)| Walk::new(index, Rc::clone(slice), view))
            .collect()
    }

    fn hear(
        &mut self,
        walks: &mut [Walk<'l>],
        subject: &Subject<'_>,
        found: &mut Vec<Violation<'l>>,
    ) {
        for walk in walks {
            walk.enter(subject);
            let standing = |judge: &Self| {
                let context = || context(judge.world, &[]);
                judge.standing.get_or_init(context).clone()
            };
            let key = std::mem::take(&mut walk.key);
            self.settle(walk, &key, subject, Asked::of(&[]), standing, found);
            walk.key = key;
        }
    }

    /// Reports what was decided for a key, in this run or an earlier one; asks Cedar where nothing
    /// was.
    fn settle(
        &mut self,
        walk: &mut Walk<'l>,
        key: &[u8],
        subject: &Subject<'_>,
        asked: Asked<'_>,
        context: impl FnOnce(&Self) -> Result<Context, String>,
        found: &mut Vec<Violation<'l>>,
    ) {
        let recalled = || self.memory.and_then(|memory| memory.get(key));
        let known = self.decided.get(key).or_else(recalled);
        if let Some(verdict) = known.filter(|_| self.shares) {
            self.report(walk, verdict, subject, asked, found);
            return;
        }
        let answer =
            context(self).and_then(|context| self.ask(walk, subject, asked.petitioner, context));
        match answer {
            Ok((_, verdict)) => {
                self.report(walk, &verdict, subject, asked, found);
                if self.shares {
                    self.memory.inspect(|memory| memory.keep(key, &verdict));
                    self.decided.keep(key, verdict);
                }
            }
            // Why a question could not be asked may lie in what no policy reads.
            Err(error) => {
                let verdict = failed(&walk.slice, &error);
                self.report(walk, &verdict, subject, asked, found);
            }
        }
    }

    /// Recalls a verdict by all that it hangs on, or finds it.
    fn recalled(
        &self,
        key: &[u8],
        find: impl FnOnce() -> Result<Verdict, String>,
    ) -> Result<Verdict, String> {
        let memory = self.memory.filter(|_| self.shares);
        if let Some(verdict) = memory.and_then(|memory| memory.get(key)) {
            return Ok(verdict.clone());
        }
        let verdict = find()?;
        memory.inspect(|memory| memory.keep(key, &verdict));
        Ok(verdict)
    }

    /// Asks Cedar on behalf of the owner.
    fn decide(
        &self,
        walk: &mut Walk<'_>,
        subject: &Subject<'_>,
        context: Context,
    ) -> Result<Verdict, String> {
        let (_, verdict) = self.ask(walk, subject, None, context)?;
        Ok(verdict)
    }

    /// Asks Cedar.
    fn ask(
        &self,
        walk: &mut Walk<'_>,
        subject: &Subject<'_>,
        petitioner: Option<&Petitioner<'_>>,
        context: Context,
    ) -> Result<(Decision, Verdict), String> {
        let slice = Rc::clone(&walk.slice);
        let request = request(&slice, subject, petitioner, context)?;
        if !self.shares {
            walk.surroundings = Default::default();
        }
        let entities: Entities =
            walk.surroundings
                .entities(subject, slice.action, slice.reading())?;
        let entities = match petitioner {
            None => entities,
            Some(one) => with(entities, one.entities(subject.contract().owner())?)?,
        };
        if let Some(witness) = self.witness {
            for one in &slice.policies {
                witness(one.policy, subject, &request, &entities);
            }
        }
        let set = match petitioner {
            Some(one) if slice.action == Action::Waive => slice.linked(one, subject)?,
            _ => Cow::Borrowed(slice.set()?),
        };
        let authorizer = self.authorizer.get_or_init(Authorizer::new);
        let response = authorizer.is_authorized(&request, &set, &entities);
        let index = |id: &CedarId| {
            let id: &str = id.as_ref();
            slice
                .policies
                .iter()
                .position(|one| one.policy.id.as_str() == id)
        };
        let forbidden = response.diagnostics().reason().filter_map(index);
        let mut verdict: Verdict = forbidden.map(|at| (at, Cause::Forbidden)).collect();
        for error in response.diagnostics().errors() {
            let cedar_policy::AuthorizationError::PolicyEvaluationError(error) = error;
            if let Some(at) = index(error.policy_id()) {
                verdict.push((at, Cause::Failed(error.inner().to_string())));
            }
        }
        verdict.sort_by_key(|(at, _)| *at);
        Ok((response.decision(), verdict))
    }

    /// Makes the violations of a verdict.
    fn report(
        &self,
        walk: &mut Walk<'l>,
        verdict: &Verdict,
        subject: &Subject<'_>,
        asked: Asked<'_>,
        found: &mut Vec<Violation<'l>>,
    ) {
        for (at, cause) in verdict {
            let Some((policy, key)) = walk.read(*at, subject) else {
                continue;
            };
            let why = match (&self.reasons, cause) {
                (Some(reasons), Cause::Forbidden) => {
                    let question = Question {
                        world: self.world,
                        slice: &walk.slice,
                        policy,
                        subject,
                        petitioner: asked.petitioner,
                        facts: asked.facts,
                    };
                    reasons.why(&question, self.memory.filter(|_| self.shares))
                }
                _ => Arc::default(),
            };
            found.push(Violation {
                policy,
                pointer: subject.pointer(),
                cause: cause.clone(),
                facts: subject.shown(
                    &policy.reads,
                    asked.petitioner,
                    asked.facts,
                    &mut walk.shown,
                ),
                why,
                key,
            });
        }
    }
}

/// A walk through a contract on behalf of a consumer.
struct Consult<'l> {
    walk: Walk<'l>,
    /// What is read of the consumer and of its use, as part of a key.
    told: Vec<u8>,
}

impl<'l> Consult<'l> {
    fn new(walk: Walk<'l>, petitioner: &Petitioner<'_>, facts: &Facts<'_>) -> Self {
        let told = petitioner.told(walk.slice.reads(), told(&[], facts));
        Self { walk, told }
    }
}

/// Who asked, and what was told beside the subject.
#[derive(Clone, Copy)]
struct Asked<'a> {
    petitioner: Option<&'a Petitioner<'a>>,
    facts: &'a Facts<'a>,
}

impl<'a> Asked<'a> {
    fn of(facts: &'a Facts<'a>) -> Self {
        Self {
            petitioner: None,
            facts,
        }
    }
}

/// Adds to a key what the context tells.
fn told(key: &[u8], facts: &Facts<'_>) -> Vec<u8> {
    let mut key = key.to_vec();
    for (name, fact) in facts {
        Fact::text(name).write_key(&mut key);
        fact.write_key(&mut key);
    }
    key
}

/// Whatever keeps a question from being asked is every policy's failure.
fn failed(slice: &Slice<'_>, error: &str) -> Verdict {
    let failed = |at| (at, Cause::Failed(error.to_owned()));
    (0..slice.policies.len()).map(failed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::uid;
    use crate::reading::Reading;
    use crate::request::Surroundings;
    use cedar_policy::{Entity, Request};
    use meshlaw_contract::{Format, Limits, parse_contracts};

    /// A contract that states everything, and one that states as little as it can.
    const CONTRACTS: [&str; 2] = [
        "schema: a\nversion: 1.0.0\nowner: t\nfields: [{ name: x, type: string }]\n",
        "schema: orders\nversion: 2.1.0-rc.1\nid: o\nowner: t\nstatus: active\ndomain: sales\n\
         product: journey\ndescription: d\npurpose: [p]\nclassification: restricted\ntags: [x]\n\
         compatibility: full\nretention: 30 days\nlegal_basis: consent\nregions: [eu-west-1]\n\
         servers: [{ name: p, type: kafka, topic: t }]\nproperties: { tier: gold, n: 1 }\n\
         deprecated: { since: 2026-01-01, sunset: 2027-01-01, replacement: none }\n\
         sla: { freshness: 1h, latency: 5 minutes, availability: 99.5% }\n\
         datasets:\n  - name: rows\n    physical_name: r\n    description: d\n    tags: [y]\n\
         \x20   classification: internal\n    deprecated: { sunset: 2027-01-01, replacement: none }\n\
         \x20   quality: [{ unique: [k] }]\n    fields:\n\
         \x20     - { name: k, type: decimal, precision: 9, scale: 2, required: true, primary_key: true,\n\
         \x20         unique: true, description: d, physical_name: p, classification: public, term: t,\n\
         \x20         unit: EUR, format: f, tags: [z], min: 1, max: 2,\n\
         \x20         references: { contract: sales/x, field: y },\n\
         \x20         deprecated: { sunset: 2027-01-01, replacement: none } }\n\
         \x20     - { name: e, type: string, pii: contact, masking: hash, encrypted: true, enum: [a],\n\
         \x20         pattern: '^a$', max_length: 9, min_length: 1 }\n\
         \x20     - { name: n, type: map, keys: { type: string }, values: { type: array, items: { type: uuid } } }\n",
    ];

    #[test]
    fn what_is_asked_conforms_to_the_vocabulary() {
        let schema = crate::vocabulary().unwrap();
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        for text in CONTRACTS {
            let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
            assert_eq!(parsed.problems, [], "{text}");
            let contract = parsed.value.unwrap();
            let identity = Identity {
                domain: "sales".to_owned(),
                name: "orders".to_owned(),
                path: "p".to_owned(),
            };
            let view = ContractView {
                contract: &contract,
                identity: &identity,
                world: &world,
            };
            let check = |subject: &Subject<'_>| {
                let reading = Reading::everything(subject.part());
                let mut surroundings = Surroundings::default();
                let entities = surroundings
                    .entities(subject, Action::Publish, &reading)
                    .unwrap();
                let is_action = |entity: &&Entity| entity.uid().type_name().to_string() == "Action";
                let all = entities.iter().filter(|entity| !is_action(entity)).cloned();
                Entities::from_entities(all, Some(schema)).unwrap();
                Request::new(
                    uid("Team", "t"),
                    uid("Action", "publish"),
                    subject.uid(),
                    context(&world, &[]).unwrap(),
                    Some(schema),
                )
                .unwrap();
            };
            check(&Subject::Contract(view));
            for dataset in &contract.datasets {
                let of = DatasetView { of: view, dataset };
                check(&Subject::Dataset(of));
                visit_fields(dataset, &mut |way, field| {
                    check(&Subject::Field(FieldView { of, field, way }));
                });
            }
        }
    }

    #[test]
    fn the_part_around_a_change_is_what_is_judged() {
        let text = CONTRACTS[1];
        let contract = parse_contracts(text, Format::Native, &Limits::default())
            .remove(0)
            .value
            .unwrap();
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        let identity = Identity {
            domain: "sales".to_owned(),
            name: "orders".to_owned(),
            path: "p".to_owned(),
        };
        let view = ContractView {
            contract: &contract,
            identity: &identity,
            world: &world,
        };
        let rows = Pointer::root().word("datasets").name("rows");
        let field = rows.word("fields").name("n");
        for (pointer, expected) in [
            (Pointer::root().word("owner"), Pointer::root()),
            (rows.word("description"), rows.clone()),
            (rows.word("quality").name("unique(k)"), rows.clone()),
            (field.word("required"), field.clone()),
            (
                field.word("values").word("items").word("type"),
                field.word("values").word("items"),
            ),
            (rows.word("fields").name("gone"), rows.clone()),
        ] {
            assert_eq!(Subject::around(view, &pointer).pointer(), expected);
        }
    }
}
