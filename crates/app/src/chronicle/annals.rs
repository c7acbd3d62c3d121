//! A contract of a branch in, what the branch's history says of it out: since when a notice stands,
//! which versions there were, what the latest tag has.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::civil::Date;
use meshlaw_changeset::{Commit, Repository, Snapshot};
use meshlaw_contract::model::{Contract, Field, Status, Version};
use meshlaw_contract::{Key, Pointer};
use meshlaw_diff::compare;
use meshlaw_policy::Identity;
use meshlaw_report::Side;

use super::{Chronicle, Edition, Named, Release, day, releases};
use crate::atlas::Atlas;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::names::Names;
use crate::settings::Settings;

/// What the history of a branch says; read only for what a change needs.
///
/// Threads share it, and each opens the repository for itself.
pub struct Annals<'a> {
    folder: PathBuf,
    from: Commit,
    settings: &'a Settings,
    domains: &'a Domains,
    commits: AtomicU64,
    is_cut: AtomicBool,
    /// The latest tag, once it was asked for.
    tag: OnceLock<Result<Option<Snapshot>, Failure>>,
    /// What contracts are called there.
    names: OnceLock<Names<'a>>,
}

/// Since when a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noticed {
    /// The day of the commit that brought it.
    pub since: Date,
    /// The history was cut off before the commit that brought it: it stands at least since then.
    pub is_cut: bool,
}

impl<'a> Annals<'a> {
    /// Prepares to read the history of a commit; `folder` lies in its repository.
    pub fn new(
        folder: PathBuf,
        from: Commit,
        settings: &'a Settings,
        domains: &'a Domains,
    ) -> Self {
        Self {
            folder,
            from,
            settings,
            domains,
            commits: AtomicU64::new(0),
            is_cut: AtomicBool::new(false),
            tag: OnceLock::new(),
            names: OnceLock::new(),
        }
    }

    /// How many commits were opened so far, by all threads.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Tells whether a history was asked for that a shallow clone cut off.
    pub fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    /// Returns the versions of a contract, the newest first.
    pub fn releases(
        &self,
        identity: &Identity,
        contract: &Contract,
    ) -> Result<Vec<Release>, Failure> {
        let (editions, is_cut) = self.walk(identity, contract, |_| Ok(false))?;
        self.is_cut.fetch_or(is_cut, Ordering::Relaxed);
        releases(editions, None)
    }

    /// Returns a contract as the latest tag before has it; nothing where no tag has it.
    pub fn tagged(
        &self,
        identity: &Identity,
        contract: &Contract,
    ) -> Result<Option<Contract>, Failure> {
        // Every contract that changed asks for the same tag.
        let found = self.tag.get_or_init(|| {
            let repository = Repository::discover(&self.folder)?;
            let tag = repository.latest_tag(&self.from)?;
            Ok(tag.map(|(_, commit)| repository.at(commit)))
        });
        let Some(tag) = found.clone()? else {
            return Ok(None);
        };
        let names = self.names.get_or_init(|| {
            let names = Names::new(&tag, self.settings, self.domains);
            names.called("tagged")
        });
        let reader = tag.open()?;
        let atlas = Atlas::uncharted(&reader, self.settings, self.domains, Side::Base);
        let atlas = atlas.by(names, &[]);
        let major = |version: Option<&Version>| version.and_then(Version::major);
        let found = atlas.all(&identity.id())?;
        // Of several major versions, the same one is meant, else the greatest before it.
        let own = major(contract.version.as_ref());
        let sketch = found
            .iter()
            .filter(|one| major(one.version.as_ref()) <= own)
            .max_by_key(|one| major(one.version.as_ref()));
        sketch.map_or(Ok(None), |sketch| atlas.contract(sketch))
    }

    /// Returns since when a part of a contract has been deprecated without a break; nothing where
    /// it is not.
    pub fn noticed(
        &self,
        identity: &Identity,
        contract: &Contract,
        part: &Pointer,
    ) -> Result<Option<Noticed>, Failure> {
        let mut at = part.clone();
        let mut newer: Option<Contract> = None;
        let mut since = None;
        let (_, is_cut) = self.walk(identity, contract, |edition| {
            let Some(contract) = &edition.contract else {
                return Ok(true);
            };
            let day = day(&edition.commit);
            if let Some(newer) = &newer {
                let compared = compare(Some(contract), Some(newer), day)?;
                at = compared.alignment.to_base(&at);
            }
            if !is_deprecated(contract, &at) {
                return Ok(true);
            }
            since = Some(day);
            newer = Some(contract.clone());
            Ok(false)
        })?;
        Ok(since.map(|since| Noticed { since, is_cut }))
    }

    /// Reads the editions of a contract down to the first that `is_enough`; and whether a shallow
    /// clone cut the history off before that.
    fn walk(
        &self,
        identity: &Identity,
        contract: &Contract,
        is_enough: impl FnMut(&Edition) -> Result<bool, Failure>,
    ) -> Result<(Vec<Edition>, bool), Failure> {
        let repository = Repository::discover(&self.folder)?;
        let named = Named::of(identity, Some(contract));
        let (settings, domains) = (self.settings, self.domains);
        let mut chronicle = Chronicle::of(&repository, settings, domains, &self.from, &named)?;
        let walked = chronicle.until(is_enough);
        let commits = chronicle.commits();
        self.commits.fetch_add(commits, Ordering::Relaxed);
        walked
    }
}

/// Tells whether a part, or anything around it, is deprecated.
fn is_deprecated(contract: &Contract, part: &Pointer) -> bool {
    if contract.deprecated.is_some() || contract.status == Some(Status::Deprecated) {
        return true;
    }
    let around = |pointer: &Pointer| pointer.contains(part);
    let Some(dataset) = contract
        .datasets
        .iter()
        .find(|dataset| around(&dataset.pointer()))
    else {
        return false;
    };
    let mut fields: Vec<&Field> = dataset.fields.iter().collect();
    let mut found = dataset.deprecated.is_some();
    for pair in part.keys().windows(2) {
        if let [Key::Word("fields"), Key::Name(name)] = pair {
            let Some(field) = fields.iter().find(|field| field.name == *name) else {
                return found;
            };
            found |= field.deprecated.is_some();
            fields = below(field);
        }
    }
    found
}

/// Returns the named fields below one, through the elements of arrays and maps.
fn below(field: &Field) -> Vec<&Field> {
    let mut found = Vec::new();
    for child in field.children() {
        match child.name.as_str() {
            "items" | "keys" | "values" => found.extend(below(child)),
            _ => found.push(child),
        }
    }
    found
}
