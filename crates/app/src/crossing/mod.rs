//! Contracts in, where they do not fit each other out.
//!
//! A gate reads what this branch touched and what that leads to. It searches the texts of all
//! contracts only where something that others may refer to is gone, or where a stable id is new.

mod answer;
mod ask;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{FileChange, Snapshot};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Dataset, Version};
use meshlaw_report::{Finding, Kind, Related, Severity, State};

pub use answer::meant;
use ask::What;
pub use ask::{Ask, asks};
pub use search::{Search, keep, target, term_word, terms};

use crate::atlas::Atlas;
use crate::duplicates::{self, Claim};
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::identity::Domains;
use crate::inventory::Target;
use crate::pairing::Pair;
use crate::revision::Revision;
use crate::settings::Settings;

/// What came of that which the contracts of one file say of others.
#[derive(Debug, Default)]
pub struct Crossed {
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What they refer to.
    pub targets: BTreeSet<Target>,
    /// Whether any of it is nowhere, so that what else there is was searched for what was meant.
    pub is_unanswered: bool,
}

/// Says what is wrong with that which contracts say of others, by the path of their file.
pub fn in_audit(
    settings: &Settings,
    atlas: &Atlas<'_>,
    asks: &[Ask],
) -> Result<BTreeMap<String, Crossed>, Failure> {
    let mut all: BTreeMap<String, Crossed> = BTreeMap::new();
    let mut troubles = Vec::new();
    // Each contract is opened once for all that refer to it.
    let targets = asks.iter().map(target_of).zip(asks).enumerate();
    let mut targets: Vec<(usize, (Target, &Ask))> = targets.collect();
    targets.sort_by(|(_, (one, _)), (_, (other, _))| one.cmp(other));
    for (at, (target, ask)) in targets {
        let crossed = all.entry(ask.identity.path.clone()).or_default();
        crossed.targets.insert(target);
        if let Some(trouble) = answer::answer(ask, atlas)? {
            crossed.is_unanswered |= trouble.target.is_none();
            troubles.push((at, ask, trouble));
        }
    }
    troubles.sort_by_key(|(at, ..)| *at);
    let troubles: Vec<_> = troubles
        .into_iter()
        .map(|(_, ask, trouble)| (ask, trouble))
        .collect();
    let found = answer::findings(settings, &troubles, atlas);
    for ((ask, _), finding) in troubles.iter().zip(found) {
        let crossed = all.entry(ask.identity.path.clone()).or_default();
        crossed.findings.extend(finding);
    }
    Ok(all)
}

fn target_of(ask: &Ask) -> Target {
    match &ask.what {
        What::Replacement(id) => Target::Contract(id.clone()),
        What::Reference { to, .. } => {
            let id = to.contract.as_deref().unwrap_or_default();
            let file = answer::file_beside(&ask.identity.path, id);
            file.map_or_else(|| Target::Contract(id.to_owned()), Target::File)
        }
    }
}

/// What a branch does to contracts, and where the rest of them lies.
pub struct Branch<'b> {
    /// The settings that hold.
    pub settings: &'b Settings,
    /// Who owns which path.
    pub domains: &'b Domains,
    /// The merge base, in which all that the branch left alone lies, too.
    pub base: &'b Snapshot,
    /// What is there before.
    pub before: &'b Atlas<'b>,
    /// What is there after.
    pub after: &'b Atlas<'b>,
    /// The files that the branch changed.
    pub changed: &'b [FileChange],
    /// Their contracts.
    pub pairs: &'b [Pair<'b, 'b>],
}

impl Branch<'_> {
    /// Says what this branch touched or caused.
    pub fn findings(&self) -> Result<Vec<Finding>, Failure> {
        let mut findings = self.names()?;
        for (before, after) in self.pairs {
            let mut troubles = Vec::new();
            let new = after.map(asks).unwrap_or_default();
            for ask in &new {
                let trouble = answer::answer(ask, self.after)?;
                troubles.extend(trouble.map(|trouble| (ask, trouble)));
            }
            if troubles.is_empty() {
                continue;
            }
            let old = before.map(asks).unwrap_or_default();
            let mut by_pointer: BTreeMap<&Pointer, Vec<&Ask>> = BTreeMap::new();
            for ask in &old {
                by_pointer.entry(&ask.pointer).or_default().push(ask);
            }
            let mut states = Vec::with_capacity(troubles.len());
            for (ask, trouble) in &troubles {
                let mut same = by_pointer.get(&ask.pointer).into_iter().flatten();
                states.push(match same.find(|one| one.what == ask.what) {
                    Some(was) => self.state(was, trouble.id)?,
                    None => State::New,
                });
            }
            let found = answer::findings(self.settings, &troubles, self.after);
            for (finding, state) in found.into_iter().zip(states) {
                findings.extend(finding.map(|finding| Finding { state, ..finding }));
            }
        }
        findings.extend(self.searched()?);
        Ok(findings)
    }

    /// What was wrong before in the same way is nothing that this branch did.
    fn state(&self, was: &Ask, id: &str) -> Result<State, Failure> {
        let before = answer::answer(was, self.before)?;
        Ok(match before {
            Some(trouble) if trouble.id == id => State::Existing,
            _ => State::New,
        })
    }

    fn is_changed(&self, path: &str) -> bool {
        let is_it = |entry: &meshlaw_changeset::Entry| entry.path.shown() == path;
        self.changed
            .iter()
            .any(|change| change.after().is_some_and(is_it))
    }

    /// Finds contracts of one name, of which this branch changed at least one.
    fn names(&self) -> Result<Vec<Finding>, Failure> {
        let heads = self.pairs.iter().filter_map(|(_, after)| *after);
        let mut claims: Vec<Claim> = heads.filter_map(Claim::of).collect();
        for (before, after) in self.pairs {
            let Some(after) = after else { continue };
            if before.is_some_and(|before| bears_same(before, after)) {
                continue;
            }
            let id = after.identity.id();
            for sketch in self.after.all(&id)? {
                if sketch.is_named && !self.is_changed(&sketch.identity.path) {
                    let at = Pointer::root().word("schema");
                    let location = self.after.place(&sketch.identity, &at);
                    claims.push(Claim::standing(&sketch, location));
                }
            }
        }
        claims.dedup();
        Ok(duplicates::find(self.settings, claims))
    }

    /// Finds what a search through the texts of all contracts is needed for.
    fn searched(&self) -> Result<Vec<Finding>, Failure> {
        let gone = self.gone();
        let new_ids = self.new_ids();
        let needles: BTreeSet<String> = gone
            .iter()
            .flat_map(|revision| {
                let path = &revision.identity.path;
                let file = path.rsplit('/').next().unwrap_or(path);
                [revision.identity.id(), file.to_owned()]
            })
            .chain(new_ids.iter().map(|(id, _)| id.clone()))
            .collect();
        if needles.is_empty() {
            return Ok(Vec::new());
        }
        let sides = self
            .changed
            .iter()
            .flat_map(|one| [one.before(), one.after()]);
        let changed = sides.flatten().map(|entry| entry.path.to_string());
        let changed: BTreeSet<String> = changed.collect();
        let skipped = |path: &str| changed.contains(path);
        let search = Search {
            settings: self.settings,
            domains: self.domains,
            base: self.base,
            words: &needles,
        };
        let found = search.run(skipped)?;
        let mut claims = new_ids;
        claims.extend(found.stable_ids);
        let mut findings = duplicates::of_ids(self.settings, claims);
        findings.extend(self.broken(&gone, &found.asks)?);
        Ok(findings)
    }

    /// Returns contracts of the base that are gone, or that lost something others may refer to.
    fn gone(&self) -> Vec<&Revision<'_>> {
        let lost = |(before, after): &Pair<'_, '_>| match (before, after) {
            (Some(before), Some(after)) => {
                let is_moved = before.identity.id() != after.identity.id();
                !after.hides() && (is_moved || loses(before, after))
            }
            (Some(_), None) => true,
            _ => false,
        };
        let pairs = self.pairs.iter().filter(|pair| lost(pair));
        pairs.filter_map(|(before, _)| *before).collect()
    }

    /// Returns the stable ids that this branch adds or alters.
    fn new_ids(&self) -> Vec<(String, Claim)> {
        let id = |revision: &Revision<'_>| revision.contract().and_then(|one| one.id.clone());
        let new = self.pairs.iter().filter_map(|(before, after)| {
            let after = (*after)?;
            let is_old = before.is_some_and(|before| id(before) == id(after));
            id(after).filter(|_| !is_old).zip(Claim::of_id(after))
        });
        new.collect()
    }

    /// Names what this branch removed and unchanged contracts refer to.
    fn broken(&self, gone: &[&Revision<'_>], asks: &[Ask]) -> Result<Vec<Finding>, Failure> {
        let mut broken: BTreeMap<(usize, Option<String>), Vec<Related>> = BTreeMap::new();
        for ask in asks {
            let What::Reference { to, .. } = &ask.what else {
                continue;
            };
            let meant = answer::targets(ask, to, self.before)?;
            let index = gone.iter().position(|revision| {
                meant
                    .iter()
                    .any(|sketch| sketch.identity == revision.identity)
            });
            let Some(index) = index else { continue };
            let Some(trouble) = answer::answer(ask, self.after)? else {
                continue;
            };
            let was = answer::answer(ask, self.before)?;
            if trouble.severity != Severity::Error || was.is_some_and(|was| was.id == trouble.id) {
                continue;
            }
            let field = trouble.target.is_some().then(|| to.field.clone());
            let related = Related {
                location: self.after.place(&ask.identity, &trouble.pointer),
                message: format!("`{}` refers to it here", ask.identity.id()),
            };
            broken.entry((index, field)).or_default().push(related);
        }
        let made = broken.into_iter().filter_map(|((index, field), related)| {
            let revision = gone.get(index)?;
            self.breaking(revision, field.as_deref(), related)
        });
        Ok(made.collect())
    }

    fn breaking(
        &self,
        before: &Revision<'_>,
        field: Option<&str>,
        related: Vec<Related>,
    ) -> Option<Finding> {
        let id = before.identity.id();
        let root = Pointer::root();
        let (what, pointer) = match field {
            Some(field) => (
                format!("`{field}` is gone from `{id}`"),
                root.word("fields").name(field),
            ),
            None => (format!("`{id}` is gone"), root),
        };
        let is_it = |pair: &&Pair<'_, '_>| pair.0.is_some_and(|old| std::ptr::eq(old, before));
        let after = self.pairs.iter().find(is_it).and_then(|(_, after)| *after);
        let others = match related.len() {
            1 => "another contract refers to it".to_owned(),
            many => format!("{many} references in other contracts lead to it"),
        };
        let draft = Draft {
            id: "contract/referrer-broken",
            kind: Kind::Contract,
            severity: Severity::Error,
            about: About {
                identity: Some(&before.identity),
                owner: before.contract().and_then(|one| one.owner.as_deref()),
            },
            location: Some(after.unwrap_or(before).locate(&pointer)),
            pointer,
            message: format!("{what}, but {others}"),
            help: Some(
                "change the references in this branch, or keep it until they are gone".to_owned(),
            ),
        };
        make(self.settings, draft).map(|finding| Finding { related, ..finding })
    }
}

fn bears_same(before: &Revision<'_>, after: &Revision<'_>) -> bool {
    let major = |one: &Revision<'_>| {
        let version = one
            .contract()
            .and_then(|contract| contract.version.as_ref());
        version.and_then(Version::major)
    };
    before.identity.id() == after.identity.id() && major(before) == major(after)
}

/// Tells whether a dataset or a field at the top of one is not there any more.
fn loses(before: &Revision<'_>, after: &Revision<'_>) -> bool {
    let is_gone = |old: &Dataset| {
        let mut kept = datasets(after);
        let same = kept.find(|one| one.name == old.name);
        same.is_none_or(|same| {
            // Most are where they were.
            let mut places = old.fields.iter().enumerate();
            places.any(|(at, field)| {
                let stays = same
                    .fields
                    .get(at)
                    .is_some_and(|one| one.name == field.name);
                !stays && !same.fields.iter().any(|one| one.name == field.name)
            })
        })
    };
    datasets(before).any(is_gone)
}

fn datasets<'r>(revision: &'r Revision<'_>) -> impl Iterator<Item = &'r Dataset> {
    let contract = revision.contract().into_iter();
    contract.flat_map(|contract| &contract.datasets)
}
