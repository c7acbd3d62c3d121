//! Revisions of contracts in, what is told about them out: the facts of the differ, the grades of
//! the catalogue and the verdicts of the policies, each with its place.

use meshlaw_contract::model::{CompatibilityMode, Contract};
use meshlaw_contract::{Gravity, Pointer, Problem, Value};
use meshlaw_diff::{Alignment, Grading, compare, compare_plainly};
use meshlaw_policy::{Judge, Origin, Violation, compare_states};
use meshlaw_report::{self as report, Finding, Kind, Severity, Side, State};

use crate::case::Case;
use crate::changed::{Compare, compare_by};
use crate::chronicle::Annals;
use crate::codeowners::disagreement;
use crate::decisions::{Log, cite};
use crate::earlier;
use crate::estate::Estate;
use crate::failure::Failure;
use crate::findings::{About, Draft, make, of_problem};
use crate::identity::Domains;
use crate::law::Law;
use crate::numbering;
use crate::readership::{self, Readership};
use crate::repair::Workshop;
use crate::revision::Revision;
use crate::settings::Settings;
use crate::waivers::{Docket, Ledger, Past};

/// Everything that contracts are judged by; shared by all threads.
pub struct Court<'l> {
    /// The law.
    pub law: &'l Law,
    /// What exists.
    pub estate: &'l Estate,
    /// Who owns which path.
    pub domains: &'l Domains,
    /// Who reads what.
    pub readership: &'l Readership,
    /// What is excused.
    pub ledger: &'l Ledger,
    /// What the history of the target branch says, where there is one.
    pub annals: Option<&'l Annals<'l>>,
    /// Where decisions are logged, where they are.
    pub log: Option<&'l Log>,
    /// What was granted before, where that can be known.
    pub past: Option<&'l Past<'l>>,
}

/// What is told about some contracts.
#[derive(Debug, Default)]
pub struct Told {
    /// A line for each contract.
    pub contracts: Vec<report::ContractSummary>,
    /// What changed.
    pub changes: Vec<report::Change>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The contracts that waivers may speak of.
    pub docket: Docket,
}

impl Told {
    /// Adds what is told about other contracts.
    pub fn extend(&mut self, other: Told) {
        self.contracts.extend(other.contracts);
        self.changes.extend(other.changes);
        self.findings.extend(other.findings);
        self.docket.extend(other.docket);
    }
}

impl<'l> Court<'l> {
    /// Makes a judge for one thread, who says why. Without short cuts, it asks Cedar every time.
    pub fn judge(&self) -> Result<Judge<'l>, Failure> {
        self.silent_judge().map(Judge::giving_reasons)
    }

    /// Makes a judge for one thread, for those who do not ask why.
    pub fn silent_judge(&self) -> Result<Judge<'l>, Failure> {
        let (law, world) = (self.law, &self.estate.world);
        let judge = if law.settings.limits.shortcuts {
            Judge::new(&law.book, world).map(|judge| judge.with_memory(law.memory()))
        } else {
            Judge::plain(&law.book, world)
        };
        let judge = judge.map_err(|error| {
            Failure::new(format!("the policies do not go together: {error}"), "")
        })?;
        Ok(match self.log {
            Some(_) => judge.recording(),
            None => judge,
        })
    }

    /// Judges a contract as it stands; everything counts as new.
    pub fn standing(&self, judge: &mut Judge<'l>, revision: &Revision<'_>) -> Vec<Finding> {
        let mut findings = self.faults(revision);
        findings.extend(self.verdicts(judge, revision));
        findings
    }

    /// Returns what the policies of a judge say of a contract as it stands, and of its consumers.
    pub fn verdicts(&self, judge: &mut Judge<'l>, revision: &Revision<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(contract) = revision.contract() {
            let domains = [revision.identity.domain.as_str()];
            judge.cite(|| vec![cite(revision)]);
            for violation in judge.publish(contract, &revision.identity, &domains) {
                findings.push(self.of_policy(revision, &violation, State::New));
            }
            findings.extend(readership::standing(self, judge, revision));
        }
        findings
    }

    /// Judges a change of a contract: what it does, and what stands after it.
    pub fn changed(
        &self,
        judge: &mut Judge<'l>,
        before: Option<&Revision<'_>>,
        after: Option<&Revision<'_>>,
    ) -> Result<Told, Failure> {
        let mut told = Told::default();
        let way: Compare = if self.law.settings.limits.shortcuts {
            compare
        } else {
            compare_plainly
        };
        let comparison = compare_by(way, before, after, self.estate.world.as_of)?;
        if let Some(after) = after {
            self.states(judge, before, after, &comparison.alignment, &mut told);
            told.findings
                .extend(readership::changed(self, judge, before, after));
        }
        self.file(before, after, &mut told.docket);
        if !comparison.changes.is_empty() {
            let case = Case::new(self, before, after, &comparison);
            told.contracts.push(case.summary());
            told.findings.extend(case.version_finding());
            case.judge_changes(judge, &mut told);
        }
        if let (Some(before), Some(after)) = (before, after) {
            let found = earlier::findings(self, before, after, &comparison)?;
            told.findings.extend(found);
        }
        Ok(told)
    }

    /// Makes the finding of a policy about a part of a revision.
    fn of_policy(
        &self,
        revision: &Revision<'_>,
        violation: &Violation<'_>,
        state: State,
    ) -> Finding {
        let finding = meshlaw_policy::finding(violation, self.origin(revision), state);
        let finding = Finding {
            location: Some(revision.locate(&violation.pointer)),
            ..finding
        };
        self.estate.lexicon.tell(revision, violation, finding)
    }

    /// Returns what is wrong with a revision's text.
    pub fn faults(&self, revision: &Revision<'_>) -> Vec<Finding> {
        let owner = revision
            .contract()
            .and_then(|contract| contract.owner.as_deref());
        let about = About {
            identity: Some(&revision.identity),
            owner,
        };
        let settings = &self.law.settings;
        let finding = |problem: &Problem| {
            let location = revision.source.at(problem.span);
            let made = of_problem(settings, problem, Kind::Contract, about, location)?;
            let fix = Workshop::of_problem(revision, problem).map(Box::new);
            Some(Finding { fix, ..made })
        };
        let mut findings: Vec<Finding> = revision
            .parsed
            .problems
            .iter()
            .filter_map(finding)
            .collect();
        if let Some(contract) = revision.contract() {
            let stated = revision.stated_domain.as_deref();
            let location = |pointer: &Pointer| revision.locate(pointer);
            findings.extend(self.domains.check(settings, about, stated, location));
            findings.extend(numbering::check(settings, about, revision));
            // Where there is a target branch, it is its file that counts.
            let side = self.annals.map_or(Side::Head, |_| Side::Base);
            let codeowners = self.law.codeowners.as_ref();
            findings.extend(
                codeowners.and_then(|file| disagreement((file, side), settings, about, location)),
            );
            findings.extend(self.properties(revision, contract, about));
            findings.extend(self.estate.lexicon.synonyms(settings, about, revision));
        }
        findings
    }

    /// Holds the free properties against the organisation's own schema.
    fn properties(
        &self,
        revision: &Revision<'_>,
        contract: &Contract,
        about: About<'_>,
    ) -> Vec<Finding> {
        let Some(schema) = &self.law.properties else {
            return Vec::new();
        };
        let map = contract
            .properties
            .iter()
            .map(|(key, value)| (key.clone(), to_json(value)));
        let instance = serde_json::Value::Object(map.collect());
        let finding = |error: jsonschema::ValidationError<'_>| {
            let properties = Pointer::root().word("properties");
            // JSON Pointer escapes: RFC 6901, section 3.
            let pointer = match error.instance_path().as_str().split('/').nth(1) {
                Some(part) => properties.name(part.replace("~1", "/").replace("~0", "~")),
                None => properties,
            };
            let settings = &self.law.settings;
            let schema = settings.properties_schema.as_deref().unwrap_or_default();
            let draft = Draft {
                id: "contract/properties",
                kind: Kind::Contract,
                severity: Severity::Error,
                about,
                location: Some(revision.locate(&pointer)),
                pointer,
                message: format!("the properties do not match the schema: {error}"),
                help: Some(format!("look the property up in `{schema}`")),
            };
            make(settings, draft)
        };
        schema.iter_errors(&instance).filter_map(finding).collect()
    }

    /// Puts a contract that waivers speak of on the docket, under the name that findings use.
    fn file(
        &self,
        before: Option<&Revision<'_>>,
        after: Option<&Revision<'_>>,
        docket: &mut Docket,
    ) {
        let Some(shown) = after.or(before) else {
            return;
        };
        let id = shown.identity.id();
        if self.ledger.speaks_of(&id) {
            for revision in before.into_iter().chain(after) {
                docket.add(id.clone(), revision);
            }
        }
    }

    /// Judges both revisions under the same law, and tells what is new.
    fn states(
        &self,
        judge: &mut Judge<'l>,
        before: Option<&Revision<'_>>,
        after: &Revision<'_>,
        alignment: &Alignment,
        told: &mut Told,
    ) {
        let mut findings = self.faults(after);
        let mut old = before.map(|before| self.faults(before)).unwrap_or_default();
        let changes = before.is_some_and(|before| before.source.text != after.source.text);
        let hides = changes && before.into_iter().chain([after]).any(Revision::hides);
        for finding in &mut findings {
            // The same sentence about the same part: nothing about it changed.
            if hides && is_fault(after, finding) {
                told.docket.refuse(&finding.fingerprint);
            }
            let same = |one: &Finding| {
                (&one.id, &one.pointer, &one.message)
                    == (&finding.id, &finding.pointer, &finding.message)
            };
            if let Some(index) = old.iter().position(same) {
                old.remove(index);
                if hides && is_fault(after, finding) {
                    // What cannot be compared could hold any break, so it is no old matter.
                    finding.notes.push(UNCOMPARED.to_owned());
                } else {
                    finding.state = State::Existing;
                }
            }
        }
        let still_broken: Vec<String> = findings.iter().map(|finding| finding.id.clone()).collect();
        if after.contract().is_some() {
            let gone = old
                .into_iter()
                .filter(|one| !still_broken.contains(&one.id));
            findings.extend(gone.map(|one| Finding {
                state: State::Mended,
                ..one
            }));
        }
        told.findings.append(&mut findings);
        let Some(contract) = after.contract() else {
            return;
        };
        // A contract that moves must satisfy both the domain it leaves and the one it enters.
        let both: Vec<&str> = before
            .into_iter()
            .chain([after])
            .map(|revision| revision.identity.domain.as_str())
            .collect();
        judge.cite(|| vec![cite(after)]);
        let head = judge.publish(contract, &after.identity, &both);
        let base = before
            .and_then(|before| {
                judge.cite(|| vec![cite(before)]);
                Some(judge.publish(before.contract()?, &before.identity, &both))
            })
            .unwrap_or_default();
        let compared = compare_states(head, base, alignment);
        for (violation, state) in compared.found {
            told.findings.push(self.of_policy(after, &violation, state));
        }
        if let Some(before) = before {
            for violation in compared.mended {
                let location = before.locate(&violation.pointer);
                let origin = self.origin(before);
                let mended = meshlaw_policy::mended_finding(&violation, origin, location);
                told.findings.push(mended);
            }
        }
    }

    /// Returns what repairs are made with.
    pub fn workshop(&self) -> Workshop<'l> {
        Workshop {
            settings: &self.law.settings,
            as_of: self.estate.world.as_of,
        }
    }

    /// Returns what findings say of a revision.
    pub fn origin<'r>(&self, revision: &'r Revision<'_>) -> Origin<'r> {
        Origin {
            identity: &revision.identity,
            owner: revision
                .contract()
                .and_then(|contract| contract.owner.as_deref()),
            bootstrap: self.law.bootstrap,
            as_of: self.estate.world.as_of,
        }
    }

    /// Whose grades count, by the law of this court.
    pub fn grading(&self, before: Option<&Contract>) -> Grading {
        grading(&self.law.settings, before)
    }
}

/// Whose grades count is read before the change, so that a change cannot excuse itself.
pub fn grading(settings: &Settings, before: Option<&Contract>) -> Grading {
    let stated = before.and_then(|contract| contract.compatibility);
    let mode: CompatibilityMode = stated.unwrap_or(settings.compatibility).mode;
    Grading {
        mode,
        overrules: settings.grades.clone(),
    }
}

/// Why a fault that was there before stops a change all the same.
const UNCOMPARED: &str =
    "it was there before, but what is not understood cannot be compared; mend it with this change";

/// Tells whether a finding is a fault of the text itself.
fn is_fault(revision: &Revision<'_>, finding: &Finding) -> bool {
    revision.parsed.problems.iter().any(|problem| {
        problem.gravity == Gravity::Fault
            && finding.id.strip_prefix("contract/") == Some(problem.id.as_str())
            && finding.pointer == problem.pointer.to_strings()
    })
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), to_json(value)))
            .collect(),
        Value::Number(number) => {
            serde_json::from_str(&number.to_string()).unwrap_or_else(|_| number.to_string().into())
        }
    }
}
