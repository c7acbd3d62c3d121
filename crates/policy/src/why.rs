//! A policy that fired and what it was asked about in, the conditions that decided out.
//!
//! Cedar names policies and no reasons, so each condition is put to its evaluator once more. What
//! policies say alike of the same values is found once; fields repeat their names and words.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use meshlaw_report::{Condition, Enforcement};

use crate::clause::{Clauses, Seen, Trace};
use crate::petition::Petitioner;
use crate::policy::Policy;
use crate::reading::Reading;
use crate::request::{Surroundings, context, request, with};
use crate::slice::{Part, Slice};
use crate::subject::{Facts, Subject};
use crate::world::World;

/// What made policies fire so far; one for each thread.
#[derive(Default)]
pub(crate) struct Reasons {
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    /// By the address of the policy, which outlives every judge of it.
    policies: HashMap<(*const Policy, Part, Whose), Option<Rc<Dissected>>>,
    conditions: HashMap<Box<[u8]>, Arc<[Condition]>>,
    bytes: usize,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    /// The owner.
    Owners,
    /// Somebody else, whose team may be the owner.
    Petitioners,
}

/// A policy taken apart, and all that its conditions can show.
struct Dissected {
    clauses: Clauses,
    reading: Reading,
}

/// Memory that the keys may take.
const MOST_BYTES: usize = 4 << 20;

/// What a policy that fired was asked.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q, 'l> {
    pub(crate) world: &'q World,
    pub(crate) slice: &'q Slice<'l>,
    pub(crate) policy: &'q Policy,
    pub(crate) subject: &'q Subject<'q>,
    pub(crate) petitioner: Option<&'q Petitioner<'q>>,
    pub(crate) facts: &'q Facts<'q>,
}

impl Reasons {
    /// Returns the conditions that decided; a policy that only counts is not asked for any.
    pub(crate) fn why(&self, question: &Question<'_, '_>) -> Arc<[Condition]> {
        let Question { policy, .. } = question;
        let is_told = policy.enforcement(question.world.as_of) > Enforcement::Shadow;
        let whose = match question.petitioner {
            None => Whose::Owners,
            Some(_) => Whose::Petitioners,
        };
        let part = question.subject.part();
        let dissected = is_told.then(|| self.dissect(policy, part, whose)).flatten();
        let Some(dissected) = dissected else {
            return Arc::default();
        };
        let find = || {
            // Whatever keeps the question from being asked again is no reason of the policy's.
            let trace = dissected.trace(question);
            trace.map_or_else(|_| Arc::default(), |trace| dissected.conditions(&trace))
        };
        // What is told beside the subject hardly comes again.
        if question.petitioner.is_some() || !question.facts.is_empty() {
            return find();
        }
        self.recalled(dissected.key(policy, question.subject), find)
    }

    /// Takes a policy apart, once.
    fn dissect(&self, policy: &Policy, part: Part, whose: Whose) -> Option<Rc<Dissected>> {
        let mut known = self.known.borrow_mut();
        let entry = known
            .policies
            .entry((std::ptr::from_ref(policy), part, whose));
        let dissected = entry.or_insert_with(|| {
            let clauses = Clauses::of(policy).ok()?;
            let reading = Reading::to_show(&policy.reads, part);
            let reading = match whose {
                Whose::Owners => reading,
                Whose::Petitioners => reading.with_all_of_team(),
            };
            Some(Rc::new(Dissected { clauses, reading }))
        });
        dissected.clone()
    }

    /// Recalls what decided where the same values were read, or finds it.
    fn recalled(&self, key: Vec<u8>, find: impl FnOnce() -> Arc<[Condition]>) -> Arc<[Condition]> {
        if let Some(known) = self.known.borrow().conditions.get(key.as_slice()) {
            return Arc::clone(known);
        }
        let found = find();
        let mut known = self.known.borrow_mut();
        if known.bytes + key.len() > MOST_BYTES {
            known.conditions.clear();
            known.bytes = 0;
        }
        known.bytes += key.len();
        known
            .conditions
            .insert(key.into_boxed_slice(), Arc::clone(&found));
        found
    }
}

impl Dissected {
    /// Returns a key of the policy and of all that its conditions can show of a subject.
    fn key(&self, policy: &Policy, subject: &Subject<'_>) -> Vec<u8> {
        let mut key = policy.id.as_str().as_bytes().to_vec();
        key.push(0);
        self.reading.write_contract(&subject.contract(), &mut key);
        if let Some(dataset) = subject.dataset() {
            self.reading.write_dataset(&dataset, &mut key);
        }
        if let Subject::Field(field) = subject {
            self.reading.write_field(field, &mut key);
        }
        key
    }

    /// Puts each condition to Cedar, with no more than what the policy reads.
    fn trace(&self, question: &Question<'_, '_>) -> Result<Trace, String> {
        let Question {
            slice,
            subject,
            petitioner,
            ..
        } = *question;
        let context = context(question.world, question.facts)?;
        let request = request(slice, subject, petitioner, context)?;
        let around = Surroundings::default().entities(subject, slice.action, &self.reading)?;
        let entities = match petitioner {
            None => around,
            Some(one) => with(around, one.entities(subject.contract().owner())?)?,
        };
        Ok(self.clauses.trace(subject.pointer(), &request, &entities))
    }

    /// Returns the conditions that decided; none where the policy did not fire.
    fn conditions(&self, trace: &Trace) -> Arc<[Condition]> {
        let decided = self.clauses.settling(trace).into_iter();
        let condition = |at: usize| {
            let (clause, seen): (_, &Seen) = self.clauses.list.get(at).zip(trace.seen.get(at))?;
            Some(Condition {
                text: clause.text.clone(),
                line: clause.line,
                column: clause.column,
                holds: *seen.value.as_ref().ok()?,
                values: seen.sides.clone(),
                missing: seen.missing.clone(),
            })
        };
        decided.filter_map(condition).collect()
    }
}
