//! A policy and what was named in, every question that it is asked about it with its answer out.

use std::collections::BTreeSet;

use meshlaw_changeset::Reader;
use meshlaw_policy::{Action, Judge, Part, Policy, Trace, trace};
use meshlaw_report::{Impact, Side};

use super::ExplainArgs;
use super::sides::{Sides, contracts, settle_domains};
use super::silence;
use crate::approvals::Approvals;
use crate::case::{Case, Question};
use crate::changed::compare_revisions;
use crate::chronicle::Annals;
use crate::commands::check::{FileKind, kind_of};
use crate::commands::diff;
use crate::court::Court;
use crate::estate::{Estate, read_estate};
use crate::failure::Failure;
use crate::identity::Domains;
use crate::law::Law;
use crate::pairing::pair;
use crate::readership::{self, Registered};
use crate::revision::Revision;
use crate::waivers::{Ledger, Past};
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
    /// What each is about: a part, a change, a use, a waiver.
    pub noun: &'static str,
    /// The answers.
    pub all: Vec<Answer>,
    /// Why there is none, where there is none.
    pub silence: String,
}

/// What questions are put with.
pub struct Desk<'d> {
    pub(super) args: &'d ExplainArgs,
    pub(super) policy: &'d Policy,
    pub(super) court: Court<'d>,
    pub(super) reader: &'d Reader,
}

/// Why nothing is asked about a change of what nobody understood.
const NOTHING_UNDERSTOOD: &str = "nothing of the contract was understood";

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
            let mut answers = Answers::none("use");
            for revision in &revisions {
                let id = revision.identity.id();
                let readers: Vec<&Registered> = self.court.readership.of(&id).collect();
                self.uses(&readers, revision, &mut answers)?;
                answers.silence = format!("nobody reads `{id}`, so that the policy is never asked");
            }
            all.push(answers);
        }
        if self.policy.is_asked(Action::Waive) {
            let mut answers = Answers::none("waiver");
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
        let mut answers = Answers::none("part");
        for revision in revisions {
            let Some(contract) = revision.contract() else {
                continue;
            };
            let identity = &revision.identity;
            let heard = self.hear(|judge| {
                judge.publish(contract, identity, &[&identity.domain]);
            })?;
            answers.silence =
                silence::beside(self.policy, &[&identity.domain]).unwrap_or_else(|| {
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
        let mut answers = Answers::none("change");
        "nothing changed between the two".clone_into(&mut answers.silence);
        for (before, after) in pair(&files) {
            let comparison = compare_revisions(before, after, self.court.estate.world.as_of)?;
            let case = Case::new(&self.court, before, after, &comparison);
            let found = case.questions(|change, impact, question| {
                let about = format!("`{}` ({})", change.rule.id, change.message());
                let heard = self.change(impact, question)?;
                Ok(Answer { about, heard })
            });
            let found: Result<Vec<Answer>, Failure> = found.into_iter().collect();
            answers.all.extend(found?);
        }
        Ok(answers)
    }

    /// Asks about one change; says why not where the policy is not about it.
    fn change(
        &self,
        impact: Impact,
        question: Option<Question<'_>>,
    ) -> Result<Result<Trace, String>, Failure> {
        let Some(question) = question else {
            return Ok(Err(NOTHING_UNDERSTOOD.to_owned()));
        };
        let Question {
            contract,
            revision,
            domains,
            facts,
            ..
        } = &question;
        let heard = self.hear(|judge| {
            judge.change(contract, &revision.identity, domains, facts);
        })?;
        let asked = heard.into_iter().next();
        Ok(asked.ok_or_else(|| {
            silence::beside(self.policy, domains)
                .or_else(|| silence::other_impact(self.policy, impact))
                .unwrap_or_else(|| silence::other_part(self.policy))
        }))
    }

    /// Lets a judge of this policy alone be asked, and takes down each question.
    pub(super) fn hear(&self, ask: impl FnOnce(&mut Judge<'_>)) -> Result<Vec<Trace>, Failure> {
        let Estate { world, .. } = self.court.estate;
        trace(self.policy, world, ask).map_err(|error| Failure::new(error, ""))
    }
}

impl Answers {
    pub(super) fn none(noun: &'static str) -> Self {
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
