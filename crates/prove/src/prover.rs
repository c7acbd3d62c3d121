//! Questions in, answers out: what was answered before is recalled, the rest is shared among
//! solvers that work side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use cedar_policy_symcc::CompiledSchema;
use serde::{Deserialize, Serialize};

use crate::Trouble;
use crate::guarantee::Guarantees;
use crate::kind::{Environment, Kind, environments};
use crate::pool::{Pool, Witness};
use crate::question::{Answer, Question, QuestionId};
use crate::rule::Rule;
use crate::solver::{Session, Solver};
use crate::total::is_total;

/// Answers that hold whenever the same is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Proofs(BTreeMap<QuestionId, Answer>);

/// Solvers at work.
pub struct Prover {
    solver: Solver,
    workers: usize,
    schema: CompiledSchema,
    environments: Vec<Environment>,
    guarantees: Guarantees,
    idle: Mutex<Vec<Session>>,
    proofs: Mutex<Proofs>,
    /// Requests that are known.
    witnesses: Mutex<Vec<Witness>>,
    /// What was asked for in this run.
    used: Mutex<BTreeSet<QuestionId>>,
    asked: AtomicUsize,
    /// Failures of solvers since one last gave an answer.
    failures: AtomicUsize,
}

/// Most proofs that are kept from run to run.
const MOST_PROOFS: usize = 4_096;

/// After so many failures in a row, solvers are asked no more.
const MOST_FAILURES: usize = 3;

impl Prover {
    /// Starts a first solver and sees that it is one; recalls what was proved before.
    ///
    /// # Errors
    ///
    /// Fails where the program cannot be started or is no solver.
    pub fn new(solver: Solver, workers: usize, known: Proofs) -> Result<Self, Trouble> {
        let first = Session::start(&solver)?;
        let schema = meshlaw_policy::vocabulary()
            .map_err(|error| Trouble::Text("vocabulary".to_owned(), error.to_owned()))?;
        let environments = environments(schema);
        let kinds = environments.iter().map(|one| &one.kind);
        let guarantees = Guarantees::read(kinds)?;
        let schema =
            CompiledSchema::new(schema).map_err(|error| Trouble::Model(error.to_string()))?;
        Ok(Self {
            solver,
            workers: workers.max(1),
            schema,
            environments,
            guarantees,
            idle: Mutex::new(vec![first]),
            proofs: Mutex::new(known),
            witnesses: Mutex::default(),
            used: Mutex::new(BTreeSet::new()),
            asked: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
        })
    }

    /// Lets requests be known of which it need not be asked whether there are any.
    pub fn knowing(self, witnesses: Vec<Witness>) -> Self {
        held(&self.witnesses).extend(witnesses);
        self
    }

    /// Puts the requests of a kind that are known to some rules.
    pub(crate) fn pool<'r>(
        &'r self,
        kind: &Kind,
        rules: impl Iterator<Item = &'r Rule>,
    ) -> Result<Pool<'r>, Trouble> {
        self.pool_of(kind, rules, &held(&self.witnesses))
    }

    /// Puts some requests to some rules.
    pub(crate) fn pool_of<'r>(
        &'r self,
        kind: &Kind,
        rules: impl Iterator<Item = &'r Rule>,
        known: &[Witness],
    ) -> Result<Pool<'r>, Trouble> {
        Pool::new(kind, rules, self.guarantees.all(kind), known.iter())
    }

    /// Keeps requests that were found on the way.
    pub(crate) fn learn(&self, found: Vec<Witness>) {
        held(&self.witnesses).extend(found);
    }

    /// Tells whether the form of a rule alone says that its evaluation never fails.
    pub(crate) fn is_total(&self, rule: &Rule) -> bool {
        is_total(rule, self.schema.schema())
    }

    /// Returns every kind of request, sorted.
    pub fn kinds(&self) -> Vec<&Kind> {
        self.environments.iter().map(|one| &one.kind).collect()
    }

    /// Returns what is known now; `None` where nothing was learned. Where that has become much,
    /// what was not asked for in this run is left out.
    pub fn learned(&self) -> Option<Proofs> {
        if self.asked() == 0 {
            return None;
        }
        let mut proofs = held(&self.proofs).clone();
        if proofs.0.len() > MOST_PROOFS {
            let used = held(&self.used);
            proofs.0.retain(|id, _| used.contains(id));
        }
        Some(proofs)
    }

    /// Returns how often a solver was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Answers questions, in their order.
    pub(crate) fn ask(&self, questions: &[Question<'_>]) -> Vec<Answer> {
        let next = AtomicUsize::new(0);
        let workers = self.workers.min(questions.len());
        let work = || {
            let mut session = None;
            let mut answers = Vec::new();
            while let Some((at, question)) = pick(&next, questions) {
                answers.push((at, self.answer(question, &mut session)));
            }
            held(&self.idle).extend(session);
            answers
        };
        let mut answers: Vec<(usize, Answer)> = if workers < 2 {
            work()
        } else {
            thread::scope(|scope| {
                let crew: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
                crew.into_iter()
                    .flat_map(|worker| worker.join().unwrap_or_default())
                    .collect()
            })
        };
        answers.sort_by_key(|(at, _)| *at);
        let mut answers = answers.into_iter().peekable();
        // A worker that broke down leaves gaps; a gap is no proof.
        (0..questions.len())
            .map(|at| match answers.next_if(|(own, _)| *own == at) {
                Some((_, answer)) => answer,
                None => Answer::Unproved("the prover failed".to_owned()),
            })
            .collect()
    }

    /// Answers one question of whether others forbid what a rule does; where they do not, with a
    /// request that looks like those that people know, if there is one.
    pub(crate) fn ask_for_show(&self, kind: &Kind, by: Vec<&Rule>, rule: &Rule) -> Answer {
        let question = Question::implied(kind, by.clone(), rule);
        let preferred = self.guarantees.preferred(kind, &question.attributes());
        let answer = self.ask_one(question);
        if preferred.is_empty() || !matches!(answer, Answer::Fails(_)) {
            return answer;
        }
        let by = by.into_iter().chain(preferred).collect();
        match self.ask_one(Question::implied(kind, by, rule)) {
            Answer::Fails(scene) => Answer::Fails(scene),
            Answer::Holds | Answer::Unproved(_) => answer,
        }
    }

    /// Answers one question.
    pub(crate) fn ask_one(&self, question: Question<'_>) -> Answer {
        let unknown = || Answer::Unproved("there was no answer".to_owned());
        self.ask(&[question]).pop().unwrap_or_else(unknown)
    }

    fn answer(&self, question: &Question<'_>, session: &mut Option<Session>) -> Answer {
        let guarantees = self.guarantees.of(&question.kind, &question.attributes());
        let id = question.id(&guarantees);
        held(&self.used).insert(id);
        if let Some(known) = held(&self.proofs).0.get(&id) {
            return known.clone();
        }
        if self.failures.load(Ordering::Relaxed) >= MOST_FAILURES {
            return Answer::Unproved("the solver failed again and again before".to_owned());
        }
        let found = self.environments.iter();
        let Some(environment) = found.into_iter().find(|one| one.kind == question.kind) else {
            return Answer::Unproved(format!("nobody asks for `{}`", question.kind));
        };
        if session.is_none() {
            *session = held(&self.idle).pop();
        }
        let running = match session.take() {
            Some(running) => Ok(running),
            None => Session::start(&self.solver),
        };
        let (answer, has_failed) = match running {
            Ok(mut running) => {
                let answer = running.ask(question, &guarantees, &self.schema, environment);
                *session = Some(running);
                answer
            }
            Err(error) => (Answer::Unproved(error.to_string()), true),
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        if has_failed {
            self.failures.fetch_add(1, Ordering::Relaxed);
        } else {
            self.failures.store(0, Ordering::Relaxed);
        }
        if !matches!(answer, Answer::Unproved(_)) {
            held(&self.proofs).0.insert(id, answer.clone());
        }
        answer
    }
}

fn pick<'q, 'r>(next: &AtomicUsize, all: &'q [Question<'r>]) -> Option<(usize, &'q Question<'r>)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, all.get(at)?))
}

/// Takes a lock; what a worker that broke down held is whole, since answers are put in at once.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
