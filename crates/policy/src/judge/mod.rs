//! Requests in, verdicts out: the one place where Cedar decides.
//!
//! Policies are sliced by layer, action and type of resource. Two subjects that agree on all that
//! the policies of a slice read get the same verdict, so Cedar is asked once for each distinct
//! reading, and is told of no more than is read. `Judge::plain` tells all and asks every time; a
//! test holds the two against each other.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use cedar_policy::{Authorizer, Context, Decision, Entities};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Contract, Dataset, Use};
use meshlaw_report::{Condition, Enforcement};
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::change::ChangeFacts;
use crate::decided::Decided;
use crate::decision::{self, AskedChange, AskedPlea, AskedUse, Asking, Cited, Record};
use crate::memory::Memory;
use crate::petition::{Petitioner, Plea, Reader, use_facts};
use crate::policy::Policy;
use crate::ruling::enforcement_on;
use crate::slice::{Action, Part, Slice, slices};
use crate::subject::Subject;
use crate::view::{ContractView, DatasetView, FieldView, Identity, visit_fields, visit_used};
use crate::walk::Walk;
use crate::why::Reasons;
use crate::world::World;
use settle::{Asked, failed, told};

mod settle;

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
        let slices = slices(book).into_iter().map(Rc::new);
        Ok(Self::of(world, slices.collect()))
    }

    fn of(world: &'l World, slices: Vec<Rc<Slice<'l>>>) -> Self {
        Self {
            world,
            slices,
            standing: OnceCell::new(),
            authorizer: OnceCell::new(),
            decided: Decided::default(),
            memory: None,
            witness: None,
            record: None,
            reasons: None,
            shares: true,
        }
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
            reasons: Some(Reasons::new(!self.shares)),
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

    #[inline]
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
            for walk in walks {
                self.settle(walk, subject, Asked::of(&[]), &mut found);
            }
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
            let of = DatasetView::new(view, dataset);
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
        let asked = Asked::of(&facts);
        let mut found = Vec::new();
        for mut walk in self.walks(domains, change.action(), subject.part(), view) {
            if let Some(dataset) = subject.dataset() {
                walk.enter_dataset(dataset);
            }
            let key = told(walk.whole(&subject), &facts);
            let verdict = self.recalled(&key, || {
                let (_, verdict) = self.ask(&mut walk, &subject, asked)?;
                Ok(verdict)
            });
            let verdict = verdict.unwrap_or_else(|error| failed(&walk.slice, &error));
            self.report(&mut walk, &verdict, &subject, asked, &mut found);
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
        let walks = |judge: &Self, part| -> Vec<Walk<'l>> {
            let telling = |walk: Walk<'l>| {
                let told = petitioner.told(walk.slice.reads(), told(Vec::new(), &facts));
                walk.telling(&told)
            };
            let walks = judge.walks(domains, action, part, view).into_iter();
            walks.map(telling).collect()
        };
        for walk in &mut walks(self, Part::Contract) {
            self.settle(walk, &whole, asked, &mut found);
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
        let mut for_fields = walks(self, Part::Field);
        let is_read = |dataset: &&Dataset| {
            let named = usage.dataset.as_ref();
            named.is_none_or(|name| *name == dataset.name)
        };
        for dataset in contract.datasets.iter().filter(is_read) {
            let of = DatasetView::new(view, dataset);
            for walk in &mut for_fields {
                walk.enter_dataset(of);
            }
            let above = usize::from(!dataset.pointer().is_root());
            visit_used(dataset, usage, &mut |way, field| {
                let view = FieldView { of, field, way };
                let outermost = [field.name.as_str()];
                let inner: Vec<&str>;
                let names = if view.depth() == 1 {
                    &outermost[..]
                } else {
                    inner = way.names().into_iter().skip(above).collect();
                    &inner
                };
                if !usage.reads_field(names) {
                    return;
                }
                let subject = Subject::Field(view);
                let before = found.len();
                for walk in &mut for_fields {
                    self.settle(walk, &subject, asked, &mut found);
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
        let floors = self.slices.iter().filter(is_floor);
        let floors = floors.map(|slice| Rc::new(slice.without_policies()));
        Judge {
            shares: self.shares,
            ..Self::of(self.world, floors.collect())
        }
    }

    fn view<'v>(&self, contract: &'v Contract, identity: &'v Identity) -> ContractView<'v>
    where
        'l: 'v,
    {
        let world = self.world;
        ContractView::new(contract, identity, world)
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
}

#[cfg(test)]
mod tests;
