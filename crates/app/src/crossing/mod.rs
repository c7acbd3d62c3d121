//! Contracts in, where they do not fit each other out.
//!
//! A gate reads what this branch touched and what that leads to. It searches the texts of all
//! contracts only where something that others may refer to is gone, or where a stable id is new.

mod answer;
mod ask;
mod outline;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{FileChange, Snapshot};
use meshlaw_contract::Pointer;
use meshlaw_report::{Finding, Kind, Related, Severity, State};

pub use answer::meant;
use ask::What;
pub use ask::{Ask, Reliance, asks};
pub use outline::Outline;
pub use search::{Search, keep, target, term_word, terms};

use crate::atlas::Atlas;
use crate::duplicates::{self, Claim};
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::identity::Domains;
use crate::inventory::Target;
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
    /// What they say, each thing once.
    pub relies: BTreeSet<Reliance>,
}

/// Says what is wrong with that which contracts say of others, by the path of their file.
pub fn in_audit(
    settings: &Settings,
    snapshot: &Snapshot,
    atlas: &Atlas<'_>,
    asks: &[Ask],
) -> Result<BTreeMap<String, Crossed>, Failure> {
    let mut all: BTreeMap<String, Crossed> = BTreeMap::new();
    let mut troubles = Vec::new();
    // Each contract is opened once for all that refer to it.
    let targets = asks.iter().map(target_of).zip(asks).enumerate();
    let mut targets: Vec<(usize, (Target, &Ask))> = targets.collect();
    targets.sort_by(|(_, (one, _)), (_, (other, _))| one.cmp(other));
    atlas.look_ahead(snapshot, targets.iter().map(|(_, (target, _))| target))?;
    for (at, (target, ask)) in targets {
        let crossed = all.entry(ask.identity.path.clone()).or_default();
        crossed.targets.insert(target);
        crossed.relies.insert(Reliance::of(&ask.what));
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

/// Tells whether all that is said in files, by their paths, of some targets holds; returns the files
/// of which it does not.
pub fn troubled<'p>(
    said: impl IntoIterator<Item = (&'p str, Reliance)>,
    is_meant: impl Fn(&Target) -> bool,
    atlas: &Atlas<'_>,
) -> Result<BTreeSet<&'p str>, Failure> {
    // What many files say of one target is asked once.
    let mut all: BTreeMap<(Target, Reliance), Vec<&str>> = BTreeMap::new();
    for (path, reliance) in said {
        let target = target_of(&reliance.clone().said_at(path));
        if is_meant(&target) {
            all.entry((target, reliance)).or_default().push(path);
        }
    }
    let mut troubled = BTreeSet::new();
    for ((_, reliance), paths) in all {
        let Some(first) = paths.first() else { continue };
        if answer::answer(&reliance.said_at(first), atlas)?.is_some() {
            troubled.extend(paths);
        }
    }
    Ok(troubled)
}

/// Returns what a contract takes to be there.
pub fn target_of(ask: &Ask) -> Target {
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
    /// What is judged.
    pub head: &'b Snapshot,
    /// What is there before.
    pub before: &'b Atlas<'b>,
    /// What is there after.
    pub after: &'b Atlas<'b>,
    /// The files that the branch changed.
    pub changed: &'b [FileChange],
    /// What is kept of their contracts.
    pub outlines: &'b [Outline],
}

impl Branch<'_> {
    /// Says what this branch touched or caused.
    pub fn findings(&self) -> Result<Vec<Finding>, Failure> {
        let mut findings = self.names()?;
        findings.extend(self.unanswered()?);
        findings.extend(self.searched()?);
        Ok(findings)
    }

    /// Finds what changed contracts say of others that does not hold.
    fn unanswered(&self) -> Result<Vec<Finding>, Failure> {
        // Each contract is opened once for all that refer to it.
        let each = self.outlines.iter().enumerate();
        let targets = each.flat_map(|(at, outline)| {
            let asks = outline.asks().enumerate();
            asks.map(move |(nth, ask)| (target_of(&ask), (at, nth)))
        });
        let mut targets: Vec<(Target, (usize, usize))> = targets.collect();
        targets.sort();
        self.after
            .look_ahead(self.head, targets.iter().map(|(target, _)| target))?;
        let mut troubles = Vec::new();
        for (_, (at, nth)) in targets {
            let outline = self.outlines.get(at);
            let Some((outline, ask)) = outline.and_then(|one| Some((one, one.ask(nth)?))) else {
                continue;
            };
            if let Some(trouble) = answer::answer(&ask, self.after)? {
                let state = match outline.asked_before(nth) {
                    Some(was) => self.state(&was, trouble.id)?,
                    None => State::New,
                };
                troubles.push(((at, nth), ask, trouble, state));
            }
        }
        troubles.sort_by_key(|(place, ..)| *place);
        let states: Vec<State> = troubles.iter().map(|(.., state)| *state).collect();
        let told: Vec<_> = troubles
            .iter()
            .map(|(_, ask, trouble, _)| (ask, trouble.clone()))
            .collect();
        let found = answer::findings(self.settings, &told, self.after);
        let found = found.into_iter().zip(states);
        Ok(found
            .filter_map(|(finding, state)| Some(Finding { state, ..finding? }))
            .collect())
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
        let outlines = self.outlines.iter();
        let mut claims: Vec<Claim> = outlines.filter_map(|one| one.claim.clone()).collect();
        for outline in self.outlines.iter().filter(|one| !one.bears_same) {
            let Some(after) = &outline.after else {
                continue;
            };
            for sketch in self.after.all(&after.identity.id())? {
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
        let gone: Vec<&Outline> = self.outlines.iter().filter(|one| one.is_lost).collect();
        let new_ids = self.outlines.iter().filter_map(|one| one.new_id.clone());
        let new_ids: Vec<(String, Claim)> = new_ids.collect();
        let needles: BTreeSet<String> = gone
            .iter()
            .filter_map(|outline| outline.before.as_ref())
            .flat_map(|before| {
                let path = &before.identity.path;
                let file = path.rsplit('/').next().unwrap_or(path);
                [before.identity.id(), file.to_owned()]
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

    /// Names what this branch removed and unchanged contracts refer to.
    fn broken(&self, gone: &[&Outline], asks: &[Ask]) -> Result<Vec<Finding>, Failure> {
        let mut broken: BTreeMap<(usize, Option<String>), Vec<Related>> = BTreeMap::new();
        for ask in asks {
            let What::Reference { to, .. } = &ask.what else {
                continue;
            };
            let meant = answer::targets(ask, to, self.before)?;
            let index = gone.iter().position(|outline| {
                let before = outline.before.as_ref();
                meant
                    .iter()
                    .any(|sketch| before.is_some_and(|one| sketch.identity == one.identity))
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
            self.breaking(gone.get(index)?, field.as_deref(), related)
        });
        Ok(made.collect())
    }

    fn breaking(
        &self,
        outline: &Outline,
        field: Option<&str>,
        related: Vec<Related>,
    ) -> Option<Finding> {
        let before = outline.before.as_ref()?;
        let id = before.identity.id();
        let root = Pointer::root();
        let (what, pointer) = match field {
            Some(field) => (
                format!("`{field}` is gone from `{id}`"),
                root.word("fields").name(field),
            ),
            None => (format!("`{id}` is gone"), root),
        };
        let others = match related.len() {
            1 => "another contract refers to it".to_owned(),
            many => format!("{many} references in other contracts lead to it"),
        };
        let location = match &outline.after {
            Some(after) => self.after.place(&after.identity, &pointer),
            None => self.before.place(&before.identity, &pointer),
        };
        let draft = Draft {
            id: "contract/referrer-broken",
            kind: Kind::Contract,
            severity: Severity::Error,
            about: About {
                identity: Some(&before.identity),
                owner: before.owner.as_deref(),
            },
            location: Some(location),
            pointer,
            message: format!("{what}, but {others}"),
            help: Some(
                "change the references in this branch, or keep it until they are gone".to_owned(),
            ),
        };
        make(self.settings, draft).map(|finding| Finding { related, ..finding })
    }
}
