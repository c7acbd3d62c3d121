//! A policy and what was named in, every question that it is asked about it with its answer out.

use std::collections::BTreeSet;

use meshlaw_changeset::Reader;
use meshlaw_contract::{Gravity, nearest, parse_consumers};
use meshlaw_policy::{Action, Judge, Layer, Part, Policy, Trace, part, trace};
use meshlaw_report::Side;

use super::ExplainArgs;
use super::sides::{Sides, contracts, misunderstood, settle_domains};
use crate::approvals::Approvals;
use crate::case::Case;
use crate::changed::compare_revisions;
use crate::chronicle::Annals;
use crate::commands::check::{FileKind, kind_of};
use crate::commands::diff;
use crate::court::Court;
use crate::estate::{Estate, read_estate};
use crate::failure::Failure;
use crate::identity::Domains;
use crate::law::Law;
use crate::lookup;
use crate::pairing::pair;
use crate::readership::{self, Readership, Registered};
use crate::revision::Revision;
use crate::waivers::{Entry, InForce, Ledger, Past, plea};
use crate::when;

/// A question, and what the policy said.
pub struct Answer {
    /// What it is about, for people.
    pub about: String,
    /// What each condition said, or why the policy was not asked.
    pub heard: Result<Trace, String>,
}

/// All questions of one kind.
pub struct Answers {
    /// What they are about: parts, changes, uses, waivers.
    pub noun: &'static str,
    /// The answers.
    pub all: Vec<Answer>,
    /// Why there is none, where there is none.
    pub silence: String,
}

/// What questions are put with.
struct Desk<'d> {
    args: &'d ExplainArgs,
    policy: &'d Policy,
    court: Court<'d>,
    reader: &'d Reader,
}

/// Puts every question to the policy that it is asked about what was named.
pub fn put(
    args: &ExplainArgs,
    file: &str,
    policy: &Policy,
    law: &Law,
    reader: &Reader,
) -> Result<Vec<Answers>, Failure> {
    let sides = Sides::read(args, file)?;
    let domains = Domains::new(&law.settings, None)?;
    let mut estate = read_estate(&law.settings, None, reader, &[], when::settle(args.as_of))?;
    estate.world.approved_by = agreed(args, law)?;
    let fork = sides.as_ref().and_then(|sides| sides.fork);
    let annals = fork.map(|fork| Annals::new(".".into(), fork, &law.settings, &domains));
    let readership = readership::register(&estate, |path| domains.of_path(path), |_| None);
    let (ledger, _) = Ledger::read(&law.settings, reader)?;
    let past = Past::of_folder(".".into(), &law.settings);
    let desk = Desk {
        args,
        policy,
        reader,
        court: Court {
            law,
            estate: &estate,
            domains: &domains,
            readership: &readership,
            ledger: &ledger,
            annals: annals.as_ref(),
            past: Some(&past),
            log: None,
        },
    };
    match (sides, kind_of(file)) {
        (Some(sides), _) => Ok(vec![desk.changes(&sides)?]),
        (None, FileKind::Consumer) => Ok(vec![desk.consumer_file(file)?]),
        (None, FileKind::Waiver) => Ok(vec![desk.waiver_file(file)?]),
        (None, FileKind::Contract) => desk.contract_file(file),
        (None, FileKind::Term | FileKind::Settings) => {
            let message = format!("no policy is asked about `{file}`");
            Err(Failure::new(
                message,
                "name a contract, a consumer or a waiver",
            ))
        }
    }
}

/// The teams that agreed to the change.
fn agreed(args: &ExplainArgs, law: &Law) -> Result<BTreeSet<String>, Failure> {
    let Some(file) = &args.approvals else {
        return Ok(BTreeSet::new());
    };
    let approvals = Approvals::read(file).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        Failure::new(message, "write it as docs/github.md has it")
    })?;
    Ok(approvals.of(&law.settings.teams).into_keys().collect())
}

impl<'d> Desk<'d> {
    /// Asks how a contract stands, who reads it and what excuses it, as far as the policy is about
    /// that.
    fn contract_file(&self, file: &str) -> Result<Vec<Answers>, Failure> {
        let text = diff::read(file, Side::Head)?;
        let revisions = contracts(&text, &self.court.law.settings, self.court.domains)?;
        let mut all = Vec::new();
        if self.policy.is_asked(Action::Publish) {
            all.push(self.standing(&revisions)?);
        }
        if self.policy.is_asked(Action::Consume) {
            let mut answers = Answers::none("uses");
            for revision in &revisions {
                let id = revision.identity.id();
                let readers: Vec<&Registered> = self.court.readership.of(&id).collect();
                self.uses(&readers, revision, &mut answers)?;
                answers.silence = format!("nobody reads `{id}`, so that the policy is never asked");
            }
            all.push(answers);
        }
        if self.policy.is_asked(Action::Waive) {
            let mut answers = Answers::none("waivers");
            for revision in &revisions {
                let id = revision.identity.id();
                self.pleas(self.court.ledger.about(&id), revision, &mut answers)?;
                answers.silence =
                    format!("no waiver names `{id}`, so that the policy is never asked");
            }
            all.push(answers);
        }
        if all.is_empty() {
            let message = format!(
                "`{}` is about changes, and one revision shows none",
                self.policy.id
            );
            let help = format!(
                "name both: `meshlaw policy explain {id} OLD NEW`, or what to compare with: \
                 `meshlaw policy explain {id} {file} --base main`",
                id = self.policy.id
            );
            return Err(Failure::new(message, help));
        }
        Ok(all)
    }

    fn standing(&self, revisions: &[Revision<'_>]) -> Result<Answers, Failure> {
        let mut answers = Answers::none("parts");
        for revision in revisions {
            let Some(contract) = revision.contract() else {
                continue;
            };
            let identity = &revision.identity;
            let heard = self.hear(|judge| {
                judge.publish(contract, identity, &[&identity.domain]);
            })?;
            answers.silence = self.beside(&[&identity.domain]).unwrap_or_else(|| {
                let kind = self.policy.about().map_or("part", Part::noun);
                format!("the policy is asked about each {kind}, and this contract has none")
            });
            answers.all.extend(heard.into_iter().map(|trace| Answer {
                about: part_of(&trace),
                heard: Ok(trace),
            }));
        }
        Ok(answers)
    }

    fn changes(&self, sides: &Sides) -> Result<Answers, Failure> {
        let (settings, domains) = (&self.court.law.settings, self.court.domains);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for file in sides.before.iter() {
            before.extend(contracts(file, settings, domains)?);
        }
        for file in sides.after.iter() {
            after.extend(contracts(file, settings, domains)?);
        }
        settle_domains(&mut before, &mut after);
        let files = [(before, after)];
        let mut answers = Answers::none("changes");
        "nothing changed between the two".clone_into(&mut answers.silence);
        for (before, after) in pair(&files) {
            let comparison = compare_revisions(before, after, self.court.estate.world.as_of)?;
            let case = Case::new(&self.court, before, after, &comparison);
            let found = case.questions(|change, impact, question| {
                let about = format!("`{}` ({})", change.rule.id, change.message());
                let heard = match &question {
                    None => Vec::new(),
                    Some(question) => self.hear(|judge| {
                        let identity = &question.revision.identity;
                        judge.change(
                            question.contract,
                            identity,
                            &question.domains,
                            &question.facts,
                        );
                    })?,
                };
                let domains = question.map(|question| {
                    let domains = question.domains.iter();
                    domains.map(|one| (*one).to_owned()).collect::<Vec<_>>()
                });
                let trace = heard.into_iter().next();
                let heard = trace.ok_or_else(|| {
                    let domains = domains.unwrap_or_default();
                    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
                    self.beside(&domains)
                        .or_else(|| self.other_impact(impact))
                        .unwrap_or_else(|| self.other_part())
                });
                Ok(Answer { about, heard })
            });
            answers
                .all
                .extend(found.into_iter().collect::<Result<Vec<_>, Failure>>()?);
        }
        Ok(answers)
    }

    fn consumer_file(&self, file: &str) -> Result<Answers, Failure> {
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
        let mut answers = Answers::none("uses");
        answers.silence = match self.policy.is_asked(Action::Consume) {
            true => "no contract that this consumer uses is there".to_owned(),
            false => self.other_question("what consumers read"),
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

    fn waiver_file(&self, file: &str) -> Result<Answers, Failure> {
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
        let mut answers = Answers::none("waivers");
        answers.silence = match self.policy.is_asked(Action::Waive) {
            true => "no contract that this waiver names is there".to_owned(),
            false => self.other_question("what waivers excuse"),
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
        for file in lookup::files_of(self.reader, settings, domains, ids)? {
            for revision in contracts(&file, settings, domains)? {
                if ids.contains(&revision.identity.id()) {
                    look(&revision)?;
                }
            }
        }
        Ok(())
    }

    fn uses(
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
                        heard: Err(self.beside(&domains).unwrap_or_else(|| self.other_part())),
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

    fn pleas(
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
                    let beside = self.beside(&[&identity.domain]);
                    beside.unwrap_or_else(|| self.other_part())
                }),
            });
        }
        Ok(())
    }

    /// Lets a judge of this policy alone be asked, and takes down each question.
    fn hear(&self, ask: impl FnOnce(&mut Judge<'_>)) -> Result<Vec<Trace>, Failure> {
        let Estate { world, .. } = self.court.estate;
        trace(self.policy, world, ask).map_err(|error| Failure::new(error, ""))
    }

    /// Says that the policy is another domain's.
    fn beside(&self, domains: &[&str]) -> Option<String> {
        match &self.policy.layer {
            Layer::Domain(own) if !domains.contains(&own.as_str()) => {
                let mut domains = domains.to_vec();
                domains.dedup();
                Some(format!(
                    "the policy holds in the domain `{own}`, and this lies in `{}`",
                    domains.join("` and `")
                ))
            }
            _ => None,
        }
    }

    /// Says that the policy is about changes that are felt otherwise.
    fn other_impact(&self, impact: meshlaw_report::Impact) -> Option<String> {
        let all = [
            (Action::ChangeSafe, "safe"),
            (Action::ChangeRisky, "risky"),
            (Action::ChangeBreaking, "breaking"),
        ];
        let asked = all
            .into_iter()
            .filter(|(action, _)| self.policy.is_asked(*action));
        let asked: Vec<&str> = asked.map(|(_, word)| word).collect();
        if asked.is_empty() {
            return Some(self.other_question("changes"));
        }
        (!asked.contains(&impact.as_str())).then(|| {
            let asked = asked.join(" or ");
            format!("the policy is about {asked} changes, and this one is {impact}")
        })
    }

    fn other_question(&self, what: &str) -> String {
        let asked = Action::ALL
            .into_iter()
            .filter(|action| self.policy.is_asked(*action));
        let mut asked: Vec<&str> = asked.map(Action::question).collect();
        asked.dedup();
        format!(
            "the policy asks {}, and not about {what}",
            asked.join(" and ")
        )
    }

    fn other_part(&self) -> String {
        match self.policy.about() {
            Some(about) => format!("the policy is asked where it is about a {}", about.noun()),
            None => "the policy is not asked".to_owned(),
        }
    }
}

impl Answers {
    fn none(noun: &'static str) -> Self {
        Self {
            noun,
            all: Vec::new(),
            silence: String::new(),
        }
    }
}

fn part_of(trace: &Trace) -> String {
    match trace.pointer.is_root() {
        true => "the contract".to_owned(),
        false => trace.pointer.to_string(),
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
