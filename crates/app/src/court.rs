//! Revisions of contracts in, what is told about them out: the facts of the differ, the grades of
//! the catalogue and the verdicts of the policies, each with its place.

use meshlaw_contract::model::{CompatibilityMode, Contract};
use meshlaw_contract::{Pointer, Problem, Value};
use meshlaw_diff::{
    Alignment, Bump, Change, Comparison, Grade, Grading, VersionProblem, check_version, compare,
    declared_bump, required_bump,
};
use meshlaw_policy::{ChangeFacts, Judge, Origin, Versions, compare_states, fingerprint};
use meshlaw_report::{self as report, Finding, Kind, Related, Severity, Side, State};

use crate::effects::{Felt, affected, contacts};
use crate::estate::Estate;
use crate::failure::Failure;
use crate::findings::{About, make, of_problem};
use crate::identity::Domains;
use crate::law::Law;
use crate::revision::Revision;

/// Everything that contracts are judged by; shared by all threads.
pub struct Court<'l> {
    /// The law.
    pub law: &'l Law,
    /// What exists.
    pub estate: &'l Estate,
    /// Who owns which path.
    pub domains: &'l Domains,
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
}

impl Told {
    /// Adds what is told about other contracts.
    pub fn extend(&mut self, other: Told) {
        self.contracts.extend(other.contracts);
        self.changes.extend(other.changes);
        self.findings.extend(other.findings);
    }
}

impl<'l> Court<'l> {
    /// Makes a judge for one thread.
    pub fn judge(&self) -> Result<Judge<'l>, Failure> {
        Judge::new(&self.law.book, &self.estate.world)
            .map_err(|error| Failure::new(format!("the policies do not go together: {error}"), ""))
    }

    /// Makes a judge that asks Cedar every time.
    pub fn plain_judge(&self) -> Result<Judge<'l>, Failure> {
        Judge::plain(&self.law.book, &self.estate.world)
            .map_err(|error| Failure::new(format!("the policies do not go together: {error}"), ""))
    }

    /// Judges a contract as it stands; everything counts as new.
    pub fn standing(&self, judge: &mut Judge<'l>, revision: &Revision<'_>) -> Vec<Finding> {
        let mut findings = self.problems(revision);
        if let Some(contract) = revision.contract() {
            let domains = [revision.identity.domain.as_str()];
            for violation in judge.publish(contract, &revision.identity, &domains) {
                let finding =
                    meshlaw_policy::finding(&violation, self.origin(revision), State::New);
                let location = Some(revision.locate(&violation.pointer));
                findings.push(Finding {
                    location,
                    ..finding
                });
            }
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
        // A revision of which nothing was understood is a finding and never a removal.
        let is_opaque =
            |side: Option<&Revision<'_>>| side.is_some_and(|one| one.contract().is_none());
        let comparison = if is_opaque(before) || is_opaque(after) {
            Comparison::default()
        } else {
            let contract = |side: Option<&Revision<'_>>| side.and_then(Revision::contract).cloned();
            let (base, head) = (contract(before), contract(after));
            compare(base.as_ref(), head.as_ref(), self.estate.world.as_of)
                .map_err(|error| Failure::new(error.to_string(), ""))?
        };
        if let Some(after) = after {
            told.findings = self.states(judge, before, after, &comparison.alignment);
        }
        if !comparison.changes.is_empty() {
            let case = Case::new(self, before, after, &comparison);
            told.contracts.push(case.summary());
            told.findings.extend(case.version_finding());
            case.judge_changes(judge, &mut told);
        }
        Ok(told)
    }

    /// Returns what is wrong with a revision's text.
    fn problems(&self, revision: &Revision<'_>) -> Vec<Finding> {
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
            of_problem(settings, problem, Kind::Contract, about, location)
        };
        let mut findings: Vec<Finding> = revision
            .parsed
            .problems
            .iter()
            .filter_map(finding)
            .collect();
        if let Some(contract) = revision.contract() {
            let stated = Contract {
                domain: revision.stated_domain.clone(),
                ..contract.clone()
            };
            let document = &revision.parsed.document;
            let source = revision.source;
            findings.extend(self.domains.check(
                settings,
                &revision.identity,
                &stated,
                document,
                source,
            ));
            findings.extend(self.properties(revision, contract, about));
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
            let mut pointer = Pointer::root().word("properties");
            let path = error.instance_path().as_str().to_owned();
            // JSON Pointer escapes: RFC 6901, section 3.
            for part in path.split('/').skip(1).take(1) {
                pointer = pointer.name(part.replace("~1", "/").replace("~0", "~"));
            }
            let message = format!("the properties do not match the schema: {error}");
            let id = "contract/properties";
            let settings = &self.law.settings;
            let made = make(
                settings,
                id,
                Kind::Contract,
                Severity::Error,
                about,
                &pointer,
                message,
            )?;
            let schema = settings.properties_schema.as_deref().unwrap_or_default();
            let help = format!("look the property up in `{schema}`");
            Some(Finding {
                help: Some(help),
                location: Some(revision.locate(&pointer)),
                ..made
            })
        };
        schema.iter_errors(&instance).filter_map(finding).collect()
    }

    /// Judges both revisions under the same law, and tells what is new.
    fn states(
        &self,
        judge: &mut Judge<'l>,
        before: Option<&Revision<'_>>,
        after: &Revision<'_>,
        alignment: &Alignment,
    ) -> Vec<Finding> {
        let mut findings = self.problems(after);
        let mut old = before
            .map(|before| self.problems(before))
            .unwrap_or_default();
        for finding in &mut findings {
            // The same sentence about the same part: nothing about it changed.
            let same = |one: &Finding| {
                (&one.id, &one.pointer, &one.message)
                    == (&finding.id, &finding.pointer, &finding.message)
            };
            if let Some(index) = old.iter().position(same) {
                old.remove(index);
                finding.state = State::Existing;
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
        let Some(contract) = after.contract() else {
            return findings;
        };
        // A contract that moves must satisfy both the domain it leaves and the one it enters.
        let both: Vec<&str> = before
            .into_iter()
            .chain([after])
            .map(|revision| revision.identity.domain.as_str())
            .collect();
        let head = judge.publish(contract, &after.identity, &both);
        let base = before
            .and_then(|before| Some(judge.publish(before.contract()?, &before.identity, &both)))
            .unwrap_or_default();
        let compared = compare_states(head, base, alignment);
        for (violation, state) in compared.found {
            let finding = meshlaw_policy::finding(&violation, self.origin(after), state);
            findings.push(Finding {
                location: Some(after.locate(&violation.pointer)),
                ..finding
            });
        }
        if let Some(before) = before {
            for violation in compared.mended {
                let location = before.locate(&violation.pointer);
                let origin = self.origin(before);
                findings.push(meshlaw_policy::mended_finding(&violation, origin, location));
            }
        }
        findings
    }

    fn origin<'r>(&self, revision: &'r Revision<'_>) -> Origin<'r> {
        Origin {
            identity: &revision.identity,
            owner: revision
                .contract()
                .and_then(|contract| contract.owner.as_deref()),
            bootstrap: self.law.bootstrap,
            as_of: self.estate.world.as_of,
        }
    }

    /// Whose grades count is read before the change, so that a change cannot excuse itself.
    pub fn grading(&self, before: Option<&Contract>) -> Grading {
        let stated = before.and_then(|contract| contract.compatibility);
        let settings = &self.law.settings;
        let mode: CompatibilityMode = stated.unwrap_or(settings.compatibility).mode;
        Grading {
            mode,
            overrules: settings.grades.clone(),
        }
    }
}

/// One contract that changed.
struct Case<'c, 'l> {
    court: &'c Court<'l>,
    before: Option<&'c Revision<'c>>,
    after: Option<&'c Revision<'c>>,
    comparison: &'c Comparison,
    grading: Grading,
    required: Bump,
    declared: Option<Bump>,
}

impl<'c, 'l> Case<'c, 'l> {
    fn new(
        court: &'c Court<'l>,
        before: Option<&'c Revision<'c>>,
        after: Option<&'c Revision<'c>>,
        comparison: &'c Comparison,
    ) -> Self {
        let grading = court.grading(before.and_then(Revision::contract));
        let required = required_bump(&comparison.changes, &grading);
        let declared = version(before)
            .zip(version(after))
            .map(|(old, new)| declared_bump(old, new));
        Self {
            court,
            before,
            after,
            comparison,
            grading,
            required,
            declared,
        }
    }

    /// The revision that owns the contract for the time being: the old one, if there is one.
    fn owning(&self) -> Option<&'c Revision<'c>> {
        self.before.or(self.after)
    }

    /// The revision that people look at.
    fn shown(&self) -> Option<&'c Revision<'c>> {
        self.after.or(self.before)
    }

    fn summary(&self) -> report::ContractSummary {
        let shown = self.shown();
        let text = |side: Option<&Revision<'_>>| version(side).map(ToString::to_string);
        report::ContractSummary {
            contract: shown.map(|one| one.identity.id()).unwrap_or_default(),
            path: shown
                .map(|one| one.identity.path.clone())
                .unwrap_or_default(),
            domain: shown.map(|one| one.identity.domain.clone()),
            owner: self.owning().and_then(owner).map(str::to_owned),
            before: text(self.before),
            after: text(self.after),
            required: bump(self.required),
            declared: self.declared.map(bump),
            impact: impact(self.grading.worst(&self.comparison.changes)),
        }
    }

    fn version_finding(&self) -> Option<Finding> {
        let (before, after) = (version(self.before)?, version(self.after)?);
        let revision = self.after?;
        let (id, message, help) = match check_version(before, after, self.required)? {
            VersionProblem::Lowered { before, after } => (
                "version/lowered",
                format!("the version went down from {before} to {after}"),
                format!("write a version above {before}"),
            ),
            VersionProblem::Reused { version, least } => (
                "version/reused",
                format!("the contract changed, but its version is still {version}"),
                format!("raise the version to {least} or above"),
            ),
            VersionProblem::TooSmall { after, least } => (
                "version/too-small",
                format!("{after} is too small a step for these changes"),
                format!("raise the version to {least} or above"),
            ),
        };
        let pointer = Pointer::root().word("version");
        let about = About {
            identity: Some(&revision.identity),
            owner: self.owning().and_then(owner),
        };
        let settings = &self.court.law.settings;
        let made = make(
            settings,
            id,
            Kind::Version,
            Severity::Error,
            about,
            &pointer,
            message,
        )?;
        Some(Finding {
            help: Some(help),
            notes: self.reasons(),
            location: Some(revision.locate(&pointer)),
            ..made
        })
    }

    /// Names the changes that ask for the bump.
    fn reasons(&self) -> Vec<String> {
        let asks = |change: &&Change| {
            required_bump(std::slice::from_ref(*change), &self.grading) == self.required
        };
        let reasons: Vec<&Change> = self.comparison.changes.iter().filter(asks).collect();
        let more = reasons.len().saturating_sub(3);
        let mut notes: Vec<String> = reasons
            .iter()
            .take(3)
            .map(|change| {
                format!(
                    "{} asks for a {} step: {}",
                    change.rule.id,
                    self.required,
                    change.message()
                )
            })
            .collect();
        if more > 0 {
            notes.push(format!("{more} more changes ask for it, too"));
        }
        notes
    }

    fn judge_changes(&self, judge: &mut Judge<'l>, told: &mut Told) {
        let ids = [self.before, self.after].map(|side| side.map(|one| one.identity.id()));
        let felt = Felt {
            ids: [ids[0].as_deref(), ids[1].as_deref()],
            version: version(self.before),
        };
        for change in &self.comparison.changes {
            let grades = self.grading.grades(change);
            let consumers = if grades.0 == Grade::Safe {
                Vec::new()
            } else {
                affected(&self.court.estate.consumers, felt, change)
            };
            let contacts = contacts(self.court.estate, &consumers);
            let reported = self.reported(change, contacts);
            let names = consumers
                .iter()
                .map(|consumer| consumer.name.as_str())
                .collect();
            told.findings
                .extend(self.judge_change(judge, change, names, &reported));
            told.changes.push(reported);
        }
    }

    fn judge_change(
        &self,
        judge: &mut Judge<'l>,
        change: &Change,
        consumers: Vec<&str>,
        reported: &report::Change,
    ) -> Vec<Finding> {
        // What changes is judged as it was; what is new, as it is.
        let base = change.edit.place.base().zip(self.before);
        let head = change.edit.place.head().zip(self.after);
        let Some((pointer, revision)) = base.or(head) else {
            return Vec::new();
        };
        let Some(contract) = revision.contract() else {
            return Vec::new();
        };
        let facts = ChangeFacts {
            change,
            pointer,
            impact: self.grading.impact(change),
            grades: self.grading.grades(change),
            versions: Versions {
                required: self.required,
                declared: self.declared.unwrap_or(Bump::None),
                before: version(self.before),
                after: version(self.after),
            },
            consumers,
            base: self.before.and_then(Revision::contract),
            head: self.after.and_then(Revision::contract),
        };
        let sides = self.before.into_iter().chain(self.after);
        let domains: Vec<&str> = sides.map(|side| side.identity.domain.as_str()).collect();
        let violations = judge.change(contract, &revision.identity, &domains, &facts);
        violations
            .into_iter()
            .map(|violation| {
                let finding =
                    meshlaw_policy::finding(&violation, self.court.origin(revision), State::New);
                let id = format!("{}#{}", violation.policy.id, change.rule.id);
                Finding {
                    message: format!("{}: {}", finding.message, reported.message),
                    contract: Some(reported.contract.clone()),
                    pointer: reported.pointer.clone(),
                    part: Some(reported.part.clone()),
                    location: Some(reported.location.clone()),
                    related: reported.related.clone(),
                    consumers: reported.consumers.clone(),
                    rule: Some(change.rule.id.to_owned()),
                    fingerprint: fingerprint(
                        &id,
                        Some(&reported.contract),
                        change.edit.place.pointer(),
                    ),
                    ..finding
                }
            })
            .collect()
    }

    fn reported(&self, change: &Change, consumers: Vec<report::ConsumerContact>) -> report::Change {
        let edit = &change.edit;
        let shown = self.shown();
        let at_base = self
            .before
            .zip(edit.place.base())
            .map(|(side, at)| side.locate(at));
        let at_head = self.after.map(|side| match edit.place.head() {
            Some(pointer) => side.locate(pointer),
            // Where it stood is gone: what stood around it is the place to look.
            None => side.locate(&self.comparison.alignment.to_head(edit.place.pointer())),
        });
        let is_gone = edit.place.head().is_none() || edit.after.is_none();
        let related = match (&at_base, self.after) {
            (Some(location), Some(_)) if is_gone => {
                vec![Related {
                    location: location.clone(),
                    message: "it stood here".to_owned(),
                }]
            }
            _ => Vec::new(),
        };
        let nowhere = || crate::place::whole_file("", Side::Head);
        report::Change {
            rule: change.rule.id.to_owned(),
            contract: shown.map(|one| one.identity.id()).unwrap_or_default(),
            pointer: edit.place.pointer().to_strings(),
            part: edit.place.pointer().to_string(),
            effect: effect(change.rule.effect),
            impact: impact(self.grading.impact(change)),
            before: edit.before.clone(),
            after: edit.after.clone(),
            message: change.message(),
            help: Some(change.rule.help.to_owned()),
            domain: shown.map(|one| one.identity.domain.clone()),
            owner: self.owning().and_then(owner).map(str::to_owned),
            location: at_head.or(at_base).unwrap_or_else(nowhere),
            related,
            witness: None,
            consumers,
        }
    }
}

fn version<'r>(side: Option<&'r Revision<'_>>) -> Option<&'r semver::Version> {
    side?.contract()?.version.as_ref()
}

fn owner<'r>(revision: &'r Revision<'_>) -> Option<&'r str> {
    revision.contract()?.owner.as_deref()
}

/// Converts a bump into the report's own.
pub fn bump(bump: Bump) -> report::Bump {
    match bump {
        Bump::None => report::Bump::None,
        Bump::Patch => report::Bump::Patch,
        Bump::Minor => report::Bump::Minor,
        Bump::Major => report::Bump::Major,
    }
}

/// Converts a grade into the report's impact.
pub fn impact(grade: Grade) -> report::Impact {
    match grade {
        Grade::Safe => report::Impact::Safe,
        Grade::Risky => report::Impact::Risky,
        Grade::Breaking => report::Impact::Breaking,
    }
}

fn effect(effect: meshlaw_diff::Effect) -> report::Effect {
    match effect {
        meshlaw_diff::Effect::Tightens => report::Effect::Tightens,
        meshlaw_diff::Effect::Loosens => report::Effect::Loosens,
        meshlaw_diff::Effect::Both => report::Effect::Both,
        meshlaw_diff::Effect::Neutral => report::Effect::Neutral,
        meshlaw_diff::Effect::Unknown => report::Effect::Unknown,
    }
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
