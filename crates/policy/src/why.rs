//! A policy that fired and what it was asked about in, the conditions that decided out.
//!
//! Cedar names policies and no reasons, so each condition is put to its evaluator once more. What
//! policies say alike of the same values is found once; fields repeat their names and words.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use meshlaw_report::Condition;

use crate::clause::{Clauses, Seen, Trace};
use crate::policy::Policy;
use crate::reading::Reading;
use crate::slice::Part;
use crate::subject::Subject;

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
pub(crate) enum Whose {
    /// The owner.
    Owners,
    /// Somebody else, whose team may be the owner.
    Petitioners,
}

/// A policy taken apart, and all that its conditions can show.
pub(crate) struct Dissected {
    pub(crate) clauses: Clauses,
    pub(crate) reading: Reading,
}

/// Memory that the keys may take.
const MOST_BYTES: usize = 4 << 20;

impl Reasons {
    /// Takes a policy apart, once.
    pub(crate) fn dissect(
        &self,
        policy: &Policy,
        part: Part,
        whose: Whose,
    ) -> Option<Rc<Dissected>> {
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
    pub(crate) fn recalled(
        &self,
        key: Vec<u8>,
        find: impl FnOnce() -> Arc<[Condition]>,
    ) -> Arc<[Condition]> {
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
    pub(crate) fn key(&self, policy: &Policy, subject: &Subject<'_>) -> Vec<u8> {
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

    /// Returns the conditions that decided; none where the policy did not fire.
    pub(crate) fn conditions(&self, trace: &Trace) -> Arc<[Condition]> {
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
