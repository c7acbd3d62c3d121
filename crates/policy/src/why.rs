//! A policy that fired and what it was asked about in, the conditions that decided out.
//!
//! Cedar names policies and no reasons, so each condition is put to its evaluator once more. What
//! policies say alike of the same values is found once; fields repeat their names and words.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use cedar_policy::Context;
use meshlaw_report::{Condition, Enforcement};

use crate::clause::{Clauses, Seen, Trace};
use crate::fact::Fact;
use crate::memory::Memory;
use crate::petition::Petitioner;
use crate::policy::Policy;
use crate::reading::Reading;
use crate::request::{Surroundings, request, with};
use crate::slice::{Part, Slice};
use crate::subject::{Facts, Subject};
use crate::world::World;

/// What made policies fire so far; one for each thread.
pub(crate) struct Reasons {
    /// Each is found anew, with all there is told to Cedar.
    is_plain: bool,
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    /// By the address of the policy, which outlives every judge of it.
    policies: HashMap<(*const Policy, Part, Whose), Rc<Dissected>>,
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

/// A policy taken apart, once somebody has to ask it, and all that its conditions can show.
struct Dissected {
    clauses: OnceCell<Option<Clauses>>,
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
    /// Makes the context.
    pub(crate) context: &'q dyn Fn() -> Result<Context, String>,
}

impl Reasons {
    pub(crate) fn new(is_plain: bool) -> Self {
        Self {
            is_plain,
            known: RefCell::default(),
        }
    }

    /// Returns the conditions that decided; a policy that only counts is not asked for any.
    ///
    /// What earlier runs found is taken from `memory`, so that most runs read no policy for it.
    /// `around` holds what the policy was told of the contract and the dataset before.
    pub(crate) fn why(
        &self,
        question: &Question<'_, '_>,
        memory: Option<&Memory>,
        around: &mut Surroundings,
    ) -> Arc<[Condition]> {
        let Question { policy, facts, .. } = question;
        if policy.enforcement(question.world.as_of) <= Enforcement::Shadow {
            return Arc::default();
        }
        let whose = match question.petitioner {
            None => Whose::Owners,
            Some(_) => Whose::Petitioners,
        };
        let dissected = self.dissect(policy, question.subject.part(), whose);
        let mut find = || {
            // Whatever keeps the question from being asked again is no reason of the policy's.
            let trace = dissected.trace(question, around);
            trace.map_or_else(|_| Arc::default(), |trace| dissected.conditions(&trace))
        };
        // What petitioners ask hardly comes again.
        if self.is_plain || question.petitioner.is_some() {
            return find();
        }
        let mut key = dissected.key(policy, question.subject);
        let mut find_again = |key: &[u8]| {
            if let Some(known) = memory.and_then(|memory| memory.reasons(key)) {
                return known;
            }
            let found = find();
            memory.inspect(|memory| memory.keep_reasons(key, &found));
            found
        };
        if facts.is_empty() {
            return self.recalled(key, find_again);
        }
        Fact::text(question.slice.action.name()).write_key(&mut key);
        for (name, fact) in *facts {
            Fact::text(name).write_key(&mut key);
            fact.write_key(&mut key);
        }
        find_again(&key)
    }

    /// Finds what a policy can show, once.
    fn dissect(&self, policy: &Policy, part: Part, whose: Whose) -> Rc<Dissected> {
        let mut known = self.known.borrow_mut();
        let entry = known
            .policies
            .entry((std::ptr::from_ref(policy), part, whose));
        let dissected = entry.or_insert_with(|| {
            let reading = if self.is_plain {
                Reading::everything(part)
            } else {
                Reading::to_show(policy.reads(), part)
            };
            let reading = match whose {
                Whose::Owners => reading,
                Whose::Petitioners => reading.with_all_of_team(),
            };
            let clauses = OnceCell::new();
            Rc::new(Dissected { clauses, reading })
        });
        Rc::clone(dissected)
    }

    /// Recalls what decided where the same values were read, or finds it.
    fn recalled(
        &self,
        key: Vec<u8>,
        find: impl FnOnce(&[u8]) -> Arc<[Condition]>,
    ) -> Arc<[Condition]> {
        if let Some(known) = self.known.borrow().conditions.get(key.as_slice()) {
            return Arc::clone(known);
        }
        let found = find(&key);
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

    /// Takes the policy apart.
    fn clauses(&self, policy: &Policy) -> Result<&Clauses, String> {
        let read = || Clauses::of(policy).ok();
        let clauses = self.clauses.get_or_init(read).as_ref();
        clauses.ok_or_else(|| format!("`{}` cannot be taken apart", policy.id))
    }

    /// Puts each condition to Cedar, with no more than what the policy reads.
    fn trace(
        &self,
        question: &Question<'_, '_>,
        around: &mut Surroundings,
    ) -> Result<Trace, String> {
        let Question {
            slice,
            subject,
            petitioner,
            ..
        } = *question;
        let clauses = self.clauses(question.policy)?;
        let request = request(slice, subject, petitioner, (question.context)()?)?;
        let around = around.entities(subject, slice.action, &self.reading)?;
        let entities = match petitioner {
            None => around,
            Some(one) => with(around, one.entities(subject.contract().owner())?)?,
        };
        Ok(clauses.trace(subject.pointer(), &request, &entities))
    }

    /// Returns the conditions that decided; none where the policy did not fire.
    fn conditions(&self, trace: &Trace) -> Arc<[Condition]> {
        let Some(Some(clauses)) = self.clauses.get() else {
            return Arc::default();
        };
        let decided = clauses.settling(trace).into_iter();
        let condition = |at: usize| {
            let (clause, seen): (_, &Seen) = clauses.list.get(at).zip(trace.seen.get(at))?;
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
