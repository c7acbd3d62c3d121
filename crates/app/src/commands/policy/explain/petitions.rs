//! Consumers that ask to read and waivers that ask to excuse in, what the policy said to each out.

use std::collections::BTreeSet;

use meshlaw_contract::{Gravity, nearest, parse_consumers};
use meshlaw_policy::{Action, part};
use meshlaw_report::Side;

use super::questions::{Answer, Answers, Desk};
use super::sides::{contracts, misunderstood};
use super::silence;
use crate::atlas::Atlas;
use crate::commands::diff;
use crate::failure::Failure;
use crate::readership::{self, Readership, Registered};
use crate::revision::Revision;
use crate::waivers::{Entry, InForce, Ledger, plea};

impl Desk<'_> {
    pub(super) fn consumer_file(&self, file: &str) -> Result<Answers, Failure> {
        let text = diff::read(file, Side::Head)?;
        let mut readers = Vec::new();
        for parsed in parse_consumers(&text.text, &self.court.law.settings.limits) {
            let mut problems = parsed.problems.iter();
            let fault = problems.find(|one| one.gravity == Gravity::Fault);
            let consumer = parsed.value.filter(|_| fault.is_none());
            let consumer = consumer.ok_or_else(|| misunderstood(&text.path, fault))?;
            readers.push(Registered {
                domain: self.court.domains.of_path(&text.path),
                file: text.clone(),
                before: Some(consumer.clone()),
                base_text: None,
                consumer,
            });
        }
        let readership = Readership::new(readers);
        let mut answers = Answers::none("use");
        answers.silence = match self.policy.is_asked(Action::Consume) {
            true => "no contract that this consumer uses is there".to_owned(),
            false => silence::other_question(self.policy, "what consumers read"),
        };
        if !self.policy.is_asked(Action::Consume) {
            return Ok(answers);
        }
        self.around(&readership.contracts(), |revision| {
            let id = revision.identity.id();
            let readers: Vec<&Registered> = readership.of(&id).collect();
            self.uses(&readers, revision, &mut answers)
        })?;
        Ok(answers)
    }

    pub(super) fn waiver_file(&self, file: &str) -> Result<Answers, Failure> {
        let text = diff::read(file, Side::Head)?;
        let mut ledger = Ledger::default();
        let faults = ledger.add(&self.court.law.settings, &text.path, &text.text);
        if let Some(fault) = faults.into_iter().next() {
            let at = fault
                .location
                .map(|at| format!("{}:{}:{}", at.path, at.line, at.column));
            let failure = Failure::new(fault.message, fault.help.unwrap_or_default());
            return Err(failure.at(at.unwrap_or(text.path)));
        }
        let mut answers = Answers::none("waiver");
        answers.silence = match self.policy.is_asked(Action::Waive) {
            true => "no contract that this waiver names is there".to_owned(),
            false => silence::other_question(self.policy, "what waivers excuse"),
        };
        if !self.policy.is_asked(Action::Waive) {
            return Ok(answers);
        }
        let ids = ledger.entries().map(|entry| entry.waiver.contract.clone());
        self.around(&ids.collect(), |revision| {
            let entries = ledger.about(&revision.identity.id());
            self.pleas(entries, revision, &mut answers)
        })?;
        Ok(answers)
    }

    /// Finds contracts by their ids.
    fn around(
        &self,
        ids: &BTreeSet<String>,
        mut look: impl FnMut(&Revision<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (settings, domains) = (&self.court.law.settings, self.court.domains);
        let atlas = Atlas::uncharted(self.reader, settings, domains, Side::Head);
        for file in atlas.files_of(ids)? {
            for revision in contracts(&file, settings, domains)? {
                if ids.contains(&revision.identity.id()) {
                    look(&revision)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn uses(
        &self,
        readers: &[&Registered],
        revision: &Revision<'_>,
        answers: &mut Answers,
    ) -> Result<(), Failure> {
        let Some(contract) = revision.contract() else {
            return Ok(());
        };
        let id = revision.identity.id();
        let wanted = self.args.consumer.as_deref();
        let names: Vec<&str> = readers
            .iter()
            .map(|one| one.consumer.name.as_str())
            .collect();
        must_be_there(wanted, &names, "consumer", &id)?;
        let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name);
        for reader in readers.iter().filter(|one| is_wanted(&one.consumer.name)) {
            let name = &reader.consumer.name;
            let (asks, domains) =
                readership::petition(self.court.estate, reader, &revision.identity);
            for usage in
                readership::uses_of(&reader.consumer, &id, [contract.version.as_ref(), None])
            {
                let heard = self.hear(|judge| {
                    judge.consume(asks, usage, contract, &revision.identity, &domains);
                })?;
                if heard.is_empty() {
                    answers.all.push(Answer {
                        about: format!("`{name}` reads `{id}`"),
                        heard: Err(silence::beside(self.policy, &domains)
                            .unwrap_or_else(|| silence::other_part(self.policy))),
                    });
                }
                answers.all.extend(heard.into_iter().map(|trace| Answer {
                    about: match trace.pointer.is_root() {
                        true => format!("`{name}` reads `{id}`"),
                        false => format!("`{name}` reads `{}` of `{id}`", trace.pointer),
                    },
                    heard: Ok(trace),
                }));
            }
        }
        Ok(())
    }

    pub(super) fn pleas(
        &self,
        entries: &[Entry],
        revision: &Revision<'_>,
        answers: &mut Answers,
    ) -> Result<(), Failure> {
        let Some(contract) = revision.contract() else {
            return Ok(());
        };
        let identity = &revision.identity;
        let wanted = self.args.waiver.as_deref();
        let names: Vec<&str> = entries.iter().map(|one| one.waiver.name.as_str()).collect();
        must_be_there(wanted, &names, "waiver", &identity.id())?;
        let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name);
        let all = self.court.ledger.entries();
        let in_force = InForce::of(all, self.court.estate.world.as_of);
        for entry in entries.iter().filter(|one| is_wanted(&one.waiver.name)) {
            let waiver = &entry.waiver;
            let plea = plea(&self.court, &in_force, waiver)?;
            let pointer = part(contract, waiver.pointer.as_deref().unwrap_or_default());
            let heard = self.hear(|judge| {
                judge.waive(&plea, contract, identity, &pointer);
            })?;
            let heard = heard.into_iter().next();
            answers.all.push(Answer {
                about: format!("the waiver `{}` for `{}`", waiver.name, waiver.policy),
                heard: heard.ok_or_else(|| {
                    let beside = silence::beside(self.policy, &[&identity.domain]);
                    beside.unwrap_or_else(|| silence::other_part(self.policy))
                }),
            });
        }
        Ok(())
    }
}

/// Says which name is near where the one that was asked for is not there.
fn must_be_there(
    wanted: Option<&str>,
    names: &[&str],
    noun: &str,
    contract: &str,
) -> Result<(), Failure> {
    let Some(wanted) = wanted.filter(|wanted| !names.contains(wanted)) else {
        return Ok(());
    };
    let help = match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("there is none of `{contract}`"),
        None => format!("there are {}", names.join(", ")),
    };
    let message = format!("there is no {noun} `{wanted}` of `{contract}`");
    Err(Failure::new(message, help))
}
