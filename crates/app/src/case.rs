//! One contract that changed in, its changes, their grades and the verdicts on them out.

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Consumer, Contract, Scheme, Version};
use meshlaw_diff::{
    Aspect, Bump, Change, Comparison, Grade, Grading, Motion, VersionProblem, Witness, Witnesses,
    check_version, compare, declared_bump, reasons, required_bump,
};
use meshlaw_policy::{ChangeFacts, Judge, Versions, fingerprint};
use meshlaw_report::{self as report, Finding, Kind, Related, Side, State};

use crate::chronicle::Noticed;
use crate::court::{Court, Told};
use crate::decisions::cite;
use crate::effects::{Felt, contacts, each_once, feeling};
use crate::findings::{About, Draft, make};
use crate::numbering;
use crate::repair::{CAN_MEND, Lists};
use crate::revision::Revision;
use crate::settings::Released;

/// One contract that changed.
pub struct Case<'c, 'l> {
    court: &'c Court<'l>,
    before: Option<&'c Revision<'c>>,
    after: Option<&'c Revision<'c>>,
    comparison: &'c Comparison,
    grading: Grading,
    scheme: Scheme,
    required: Bump,
    declared: Option<Bump>,
    /// The version that the step is counted from.
    released: Option<Version>,
    /// The lists that fields were removed from.
    lists: Lists<'c>,
}

impl<'c, 'l> Case<'c, 'l> {
    /// Settles whose grades count and which bump is due.
    pub fn new(
        court: &'c Court<'l>,
        before: Option<&'c Revision<'c>>,
        after: Option<&'c Revision<'c>>,
        comparison: &'c Comparison,
    ) -> Self {
        let grading = court.grading(before.and_then(Revision::contract));
        let scheme = after.or(before).map(|one| &one.identity.domain);
        let scheme = scheme.map(|domain| court.law.settings.scheme(domain));
        let scheme = scheme.unwrap_or_default();
        let step = step(court, before, after, &grading, scheme);
        let (required, declared, released) = step.unwrap_or_else(|| {
            let required = required_bump(&comparison.changes, &grading);
            let declared = version(before)
                .zip(version(after))
                .map(|(old, new)| declared_bump(old, new, scheme));
            (required, declared, version(before).cloned())
        });
        Self {
            court,
            before,
            after,
            comparison,
            grading,
            scheme,
            required,
            declared,
            released,
            lists: Lists::default(),
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

    /// Returns the contract's line.
    pub fn summary(&self) -> report::ContractSummary {
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

    /// Says where the version does not fit the changes.
    pub fn version_finding(&self) -> Option<Finding> {
        let (before, after) = (self.released.as_ref()?, version(self.after)?);
        let revision = self.after?;
        let problem = check_version(before, after, self.required, self.scheme)?;
        let told = numbering::tell(&problem, self.required);
        let pointer = Pointer::root().word("version");
        let about = About {
            identity: Some(&revision.identity),
            owner: self.owning().and_then(owner),
        };
        let draft = Draft {
            id: told.id,
            kind: Kind::Version,
            severity: told.severity,
            about,
            location: Some(revision.locate(&pointer)),
            pointer,
            message: told.message,
            help: Some(told.help),
        };
        let made = make(&self.court.law.settings, draft)?;
        // A step that went too far is not asked for by anything.
        let notes = match problem {
            VersionProblem::Skipped { .. } => Vec::new(),
            _ => {
                let mut notes = self.reasons();
                notes.push(CAN_MEND.to_owned());
                notes
            }
        };
        let workshop = self.court.workshop();
        let fix = self
            .before
            .and_then(|before| workshop.of_version(before, revision, self.required));
        Some(Finding {
            notes,
            fix: fix.map(Box::new),
            ..made
        })
    }

    /// Names the changes that ask for the bump.
    fn reasons(&self) -> Vec<String> {
        let reasons = reasons(&self.comparison.changes, &self.grading);
        let step = match self.scheme {
            Scheme::Semantic | Scheme::Any => format!("a {} step", self.required),
            Scheme::Calendar | Scheme::Integer => "a later version".to_owned(),
        };
        let more = reasons.len().saturating_sub(3);
        let mut notes: Vec<String> = reasons
            .iter()
            .take(3)
            .map(|change| {
                let (rule, message) = (change.rule.id, change.message());
                format!("{rule} asks for {step}: {message}")
            })
            .collect();
        match more {
            0 => {}
            1 => notes.push("one more change asks for it, too".to_owned()),
            _ => notes.push(format!("{more} more changes ask for it, too")),
        }
        notes
    }

    /// Tells every change, and what the policies have against it.
    pub fn judge_changes(&self, judge: &mut Judge<'l>, told: &mut Told) {
        let witnesses = self.witnesses();
        let sides = || self.before.into_iter().chain(self.after);
        judge.cite(|| sides().map(cite).collect());
        for change in &self.comparison.changes {
            let consumers = self.felt_by(change);
            let contacts = contacts(self.court.estate, &each_once(consumers.clone()));
            let mut reported = self.reported(change, contacts);
            reported.witness = witnesses
                .as_ref()
                .and_then(|all| all.find(change, self.grading.counting(change)))
                .map(witness);
            told.findings
                .extend(self.judge_change(judge, change, consumers, &reported));
            told.changes.push(reported);
        }
    }

    /// Returns the consumers that feel a change, as often as revisions state them.
    fn felt_by(&self, change: &Change) -> Vec<&'c Consumer> {
        // Notice harms nobody yet, and still has to reach those whom it is meant for.
        let is_notice = matches!(
            change.edit.aspect,
            Aspect::Deprecation | Aspect::Sunset | Aspect::Contract
        );
        if self.grading.grades(change).0 == Grade::Safe && !is_notice {
            return Vec::new();
        }
        let ids = [self.before, self.after].map(|side| side.map(|one| one.identity.id()));
        let felt = Felt {
            ids: [ids[0].as_deref(), ids[1].as_deref()],
            version: version(self.before),
        };
        feeling(&self.court.estate.consumers, felt, change)
    }

    /// Prepares the search for records that show breaks, where there are breaks to show.
    fn witnesses(&self) -> Option<Witnesses<'c>> {
        let contracts = self.before?.contract().zip(self.after?.contract());
        let (base, head) = contracts?;
        let is_breaking = |change: &Change| self.grading.impact(change) == Grade::Breaking;
        let changes = &self.comparison.changes;
        changes
            .iter()
            .any(is_breaking)
            .then(|| Witnesses::of(base, head, self.comparison))
    }

    fn judge_change(
        &self,
        judge: &mut Judge<'l>,
        change: &Change,
        consumers: Vec<&Consumer>,
        reported: &report::Change,
    ) -> Vec<Finding> {
        let Some(question) = self.question(change, consumers) else {
            return Vec::new();
        };
        let Question {
            contract,
            revision,
            domains,
            facts,
            noticed,
        } = question;
        let is_mended = change.edit.aspect == Aspect::Field
            && change.edit.motion == Motion::Removed
            && facts.impact == Grade::Breaking
            && self.declared != Some(Bump::Major);
        let told = noticed.map(|noticed| {
            let least = if noticed.is_cut {
                " at least; the history of this clone ends there"
            } else {
                ""
            };
            format!(
                "deprecated on the target branch since {}{least}",
                noticed.since
            )
        });
        let mends = is_mended.then(|| CAN_MEND.to_owned());
        let sides = self.before.zip(self.after).filter(|_| is_mended);
        let fix = sides.and_then(|sides| {
            let workshop = self.court.workshop();
            workshop.of_removal(sides, self.comparison, change, &self.lists)
        });
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
                    witness: reported.witness.clone(),
                    notes: finding
                        .notes
                        .into_iter()
                        .chain(told.clone())
                        .chain(mends.clone())
                        .collect(),
                    rule: Some(change.rule.id.to_owned()),
                    fix: fix.clone().map(Box::new),
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

    /// Settles what policies are asked about a change; nothing where no revision was understood.
    fn question<'q>(
        &'q self,
        change: &'q Change,
        consumers: Vec<&'q Consumer>,
    ) -> Option<Question<'q>> {
        // What changes is judged as it was; what is new, as it is.
        let base = change.edit.place.base().zip(self.before);
        let head = change.edit.place.head().zip(self.after);
        let (pointer, revision) = base.or(head)?;
        let contract = revision.contract()?;
        let noticed = self.noticed(change);
        let facts = ChangeFacts {
            noticed: noticed.map(|noticed| noticed.since),
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
        Some(Question {
            contract,
            revision,
            domains: sides.map(|side| side.identity.domain.as_str()).collect(),
            facts,
            noticed,
        })
    }

    /// Returns each change with its impact and with all that is asked about it.
    pub fn questions<T>(
        &self,
        mut ask: impl FnMut(&Change, report::Impact, Option<Question<'_>>) -> T,
    ) -> Vec<T> {
        let felt = |change| self.felt_by(change);
        let changes = self.comparison.changes.iter();
        changes
            .map(|change| {
                let question = self.question(change, felt(change));
                ask(change, impact(self.grading.impact(change)), question)
            })
            .collect()
    }

    /// Returns since when what is gone had its notice on the target branch; that is read only for
    /// what went after its sunset.
    fn noticed(&self, change: &Change) -> Option<Noticed> {
        let (annals, before) = self.court.annals.zip(self.before)?;
        if change.edit.motion != Motion::Retired {
            return None;
        }
        let part = change.edit.place.base()?;
        let found = annals.noticed(&before.identity, before.contract()?, part);
        // A history that cannot be read shows no notice, which is the strict answer.
        let never = Noticed {
            since: self.court.estate.world.as_of,
            is_cut: true,
        };
        Some(found.ok().flatten().unwrap_or(never))
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

/// What policies are asked about a change.
pub struct Question<'q> {
    /// The revision of the contract that has what changes.
    pub contract: &'q Contract,
    /// The same with its name and its place.
    pub revision: &'q Revision<'q>,
    /// The domains whose layers hold.
    pub domains: Vec<&'q str>,
    /// What is told of the change.
    pub facts: ChangeFacts<'q>,
    noticed: Option<Noticed>,
}

/// The step that is asked for, the one that was made, and the version that it is counted from.
type Step = (Bump, Option<Bump>, Option<Version>);

/// Counts the step of a version from what the latest tag has, where tags make versions released.
///
/// What no tag has may change as it likes: nobody was promised anything.
fn step(
    court: &Court<'_>,
    before: Option<&Revision<'_>>,
    after: Option<&Revision<'_>>,
    grading: &Grading,
    scheme: Scheme,
) -> Option<Step> {
    let (annals, before) = court.annals.zip(before)?;
    if court.law.settings.released(&before.identity.domain) != Released::Tags {
        return None;
    }
    let (base, head) = (before.contract()?, after?.contract()?);
    // A history that cannot be read leaves the stricter way.
    let Some(tagged) = annals.tagged(&before.identity, base).ok()? else {
        return Some((Bump::None, Some(Bump::Major), None));
    };
    let comparison = compare(Some(&tagged), Some(head), court.estate.world.as_of).ok()?;
    let versions = tagged.version.as_ref().zip(head.version.as_ref());
    Some((
        required_bump(&comparison.changes, grading),
        versions.map(|(old, new)| declared_bump(old, new, scheme)),
        tagged.version,
    ))
}

fn version<'r>(side: Option<&'r Revision<'_>>) -> Option<&'r Version> {
    side?.contract()?.version.as_ref()
}

fn owner<'r>(revision: &'r Revision<'_>) -> Option<&'r str> {
    revision.contract()?.owner.as_deref()
}

/// Converts a bump into the report's own.
fn bump(bump: Bump) -> report::Bump {
    match bump {
        Bump::None => report::Bump::None,
        Bump::Patch => report::Bump::Patch,
        Bump::Minor => report::Bump::Minor,
        Bump::Major => report::Bump::Major,
    }
}

/// Converts a grade into the report's impact.
fn impact(grade: Grade) -> report::Impact {
    match grade {
        Grade::Safe => report::Impact::Safe,
        Grade::Risky => report::Impact::Risky,
        Grade::Breaking => report::Impact::Breaking,
    }
}

/// Converts a witness into the report's own.
fn witness(witness: Witness) -> report::Witness {
    match witness {
        Witness::Structure => report::Witness::Structure,
        Witness::Records {
            records,
            head_allows,
        } => report::Witness::Rows {
            rows: records.iter().map(meshlaw_record::to_json).collect(),
            allowed_by: if head_allows { Side::Head } else { Side::Base },
        },
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
