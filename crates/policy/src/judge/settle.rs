//! A part of a contract and a key of what policies read of it in, what they say out.
//!
//! Parts that agree on all that a slice reads get the slice's verdict. Where no part did so far,
//! most policies of the slice may know theirs by the little that each reads itself, so that Cedar
//! is asked about the others alone.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use cedar_policy::{Authorizer, Context, Decision, Entities, PolicyId as CedarId, PolicySet};

use super::{Cause, Judge, Violation};
use crate::decided::Verdict;
use crate::fact::Fact;
use crate::memory::Of;
use crate::petition::Petitioner;
use crate::policy::{Layer, Policy};
use crate::request::{more, request, standing, with};
use crate::slice::{Action, Slice, Speaker};
use crate::subject::{Facts, Subject};
use crate::walk::Walk;
use crate::why::Question;

/// Who asked, and what was told beside the subject.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) petitioner: Option<&'a Petitioner<'a>>,
    pub(super) facts: &'a Facts<'a>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(facts: &'a Facts<'a>) -> Self {
        Self {
            petitioner: None,
            facts,
        }
    }

    /// Returns what one policy reads of whoever asks and of what is told, as part of a key.
    fn told(&self, policy: &Policy) -> Vec<u8> {
        let Some(petitioner) = self.petitioner else {
            return Vec::new();
        };
        let read = policy.reads().of_context();
        let is_read = |name: &str| read.as_ref().is_none_or(|read| read.contains(name));
        let mut key = Vec::new();
        for (name, fact) in self.facts.iter().filter(|(name, _)| is_read(name)) {
            write_told(name, fact, &mut key);
        }
        petitioner.told(policy.reads(), key)
    }
}

/// Adds to a key what the context tells.
pub(super) fn told(mut key: Vec<u8>, facts: &Facts<'_>) -> Vec<u8> {
    for (name, fact) in facts {
        write_told(name, fact, &mut key);
    }
    key
}

fn write_told(name: &str, fact: &Fact<'_>, key: &mut Vec<u8>) {
    Fact::text(name).write_key(key);
    fact.write_key(key);
}

/// Whatever keeps a question from being asked is every policy's failure.
pub(super) fn failed(slice: &Slice<'_>, error: &str) -> Verdict {
    let failed = |at| (at, Cause::Failed(error.to_owned()));
    (0..slice.policies.len()).map(failed).collect()
}

/// Where more than one policy of so many is unknown, all of the slice are asked, which are told what
/// they read together once.
const ALONE: usize = 3;

impl<'l> Judge<'l> {
    /// Asks on behalf of a waiver; returns what the floor decides.
    pub(super) fn petition(
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
        let mut floor = Decision::Deny;
        for mut walk in self.walks(domains, Action::Waive, subject.part(), subject.contract()) {
            if let Some(dataset) = subject.dataset() {
                walk.enter_dataset(dataset);
            }
            let answer = self.ask(&mut walk, subject, asked);
            let (decision, verdict) =
                answer.unwrap_or_else(|error| (Decision::Deny, failed(&walk.slice, &error)));
            if *walk.slice.layer == Layer::Org {
                floor = decision;
            }
            self.report(&mut walk, &verdict, subject, asked, found);
        }
        floor
    }

    /// Reports what was decided for a subject that is alike, in this run or an earlier one, or is
    /// decided now.
    pub(super) fn settle(
        &mut self,
        walk: &mut Walk<'l>,
        subject: &Subject<'_>,
        asked: Asked<'_>,
        found: &mut Vec<Violation<'l>>,
    ) {
        if !self.shares {
            let answer = self.ask(walk, subject, asked);
            let verdict = answer.map(|(_, verdict)| verdict);
            let verdict = verdict.unwrap_or_else(|error| failed(&walk.slice, &error));
            self.report(walk, &verdict, subject, asked, found);
            return;
        }
        walk.enter(subject, &mut self.decided);
        if let Some(verdict) = self.decided.get(&walk.key) {
            self.report(walk, verdict, subject, asked, found);
            return;
        }
        let whole = walk.whole(subject);
        let recalled = self.memory.and_then(|memory| memory.get(&whole));
        let verdict = match recalled {
            Some(verdict) => Ok(verdict.clone()),
            None if walk.slice.policies.len() > 1 => self.one_by_one(walk, subject, asked),
            None => self.ask(walk, subject, asked).map(|(_, verdict)| verdict),
        };
        match verdict {
            Ok(verdict) => {
                self.report(walk, &verdict, subject, asked, found);
                let memory = self.memory.filter(|_| recalled.is_none());
                memory.inspect(|memory| memory.keep(&whole, &verdict, Of::Slice));
                self.decided.keep(&walk.key, verdict);
            }
            // Why a question could not be asked may lie in what no policy reads.
            Err(error) => {
                let verdict = failed(&walk.slice, &error);
                self.report(walk, &verdict, subject, asked, found);
            }
        }
    }

    /// Returns the verdict of one policy.
    fn known(&self, key: &[u8]) -> Option<&Verdict> {
        let recalled = || self.memory.and_then(|memory| memory.get(key));
        self.decided.get(key).or_else(recalled)
    }

    /// Puts together what each policy of a slice says, and asks Cedar about those of which nobody
    /// knows.
    fn one_by_one(
        &mut self,
        walk: &mut Walk<'l>,
        subject: &Subject<'_>,
        asked: Asked<'_>,
    ) -> Result<Verdict, String> {
        let slice = Rc::clone(&walk.slice);
        let (mut verdict, mut unknown) = (Verdict::new(), Vec::new());
        for (at, speaker) in slice.policies.iter().enumerate() {
            let mut key = walk.key_of(at, speaker, subject);
            key.extend(asked.told(speaker.policy));
            match self.known(&key) {
                Some(known) => verdict.extend_from_slice(known),
                None => unknown.push((at, speaker, key)),
            }
        }
        let all = if unknown.len() * ALONE > slice.policies.len() {
            Some(self.ask(walk, subject, asked)?.1)
        } else {
            None
        };
        for (at, speaker, key) in unknown {
            let own = match &all {
                Some(all) => all.iter().filter(|(one, _)| *one == at).cloned().collect(),
                None => self.ask_alone(walk, (at, speaker), subject, asked)?,
            };
            verdict.extend_from_slice(&own);
            self.memory
                .inspect(|memory| memory.keep(&key, &own, Of::Policy));
            self.decided.keep(&key, own);
        }
        verdict.sort_by_key(|(at, _)| *at);
        Ok(verdict)
    }

    /// Recalls a verdict by all that it hangs on, or finds it.
    pub(super) fn recalled(
        &self,
        key: &[u8],
        find: impl FnOnce() -> Result<Verdict, String>,
    ) -> Result<Verdict, String> {
        let memory = self.memory.filter(|_| self.shares);
        if let Some(verdict) = memory.and_then(|memory| memory.get(key)) {
            return Ok(verdict.clone());
        }
        let verdict = find()?;
        memory.inspect(|memory| memory.keep(key, &verdict, Of::Slice));
        Ok(verdict)
    }

    /// Makes a context; what every one is told is told once.
    fn context(&self, facts: &Facts<'_>) -> Result<Context, String> {
        let known = self.standing.get_or_init(|| standing(self.world));
        more(known.clone()?, facts)
    }

    /// Asks Cedar about all policies of a slice.
    pub(super) fn ask(
        &self,
        walk: &mut Walk<'_>,
        subject: &Subject<'_>,
        asked: Asked<'_>,
    ) -> Result<(Decision, Verdict), String> {
        let slice = Rc::clone(&walk.slice);
        let around = &mut walk.surroundings;
        let entities = around.entities(subject, slice.action, slice.reading())?;
        let set = match asked.petitioner {
            Some(one) if slice.action == Action::Waive => slice.linked(one, subject)?,
            _ => Cow::Borrowed(slice.set()?),
        };
        self.put(&slice, subject, asked, (entities, &set))
    }

    /// Asks Cedar about one policy of a slice, and tells it no more than that one reads.
    fn ask_alone(
        &self,
        walk: &mut Walk<'_>,
        (at, speaker): (usize, &Speaker<'_>),
        subject: &Subject<'_>,
        asked: Asked<'_>,
    ) -> Result<Verdict, String> {
        let slice = Rc::clone(&walk.slice);
        let around = walk.surroundings_of(at);
        let reading = slice.deciding_of(speaker);
        let entities = around.entities(subject, slice.action, reading)?;
        let told = (entities, slice.set_of(speaker)?);
        self.put(&slice, subject, asked, told)
            .map(|(_, verdict)| verdict)
    }

    fn put(
        &self,
        slice: &Slice<'_>,
        subject: &Subject<'_>,
        asked: Asked<'_>,
        (entities, set): (Entities, &PolicySet),
    ) -> Result<(Decision, Verdict), String> {
        let context = self.context(asked.facts)?;
        let request = request(slice, subject, asked.petitioner, context)?;
        let entities = match asked.petitioner {
            None => entities,
            Some(one) => with(entities, one.entities(subject.contract().owner())?)?,
        };
        if let Some(witness) = self.witness {
            for one in &slice.policies {
                witness(one.policy, subject, &request, &entities);
            }
        }
        let authorizer = self.authorizer.get_or_init(Authorizer::new);
        let response = authorizer.is_authorized(&request, set, &entities);
        let index = |id: &CedarId| {
            let id: &str = id.as_ref();
            let mut speakers = slice.policies.iter();
            speakers.position(|one| one.policy.id.as_str() == id)
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
    pub(super) fn report(
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
                        slice: &Rc::clone(&walk.slice),
                        policy,
                        subject,
                        petitioner: asked.petitioner,
                        facts: asked.facts,
                        context: &|| self.context(asked.facts),
                    };
                    let memory = self.memory.filter(|_| self.shares);
                    reasons.why(&question, memory, walk.surroundings_of(*at))
                }
                _ => Arc::default(),
            };
            found.push(Violation {
                policy,
                pointer: subject.pointer(),
                cause: cause.clone(),
                facts: subject.shown(
                    policy.reads(),
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
