//! Something that is deprecated in, since when its notice has stood on a branch out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::civil::Date;
use meshlaw_changeset::{Commit, RepoPath, Repository};
use meshlaw_contract::model::{Contract, Field, Status, Version};
use meshlaw_contract::{Key, Pointer};
use meshlaw_diff::compare;
use meshlaw_policy::Identity;
use meshlaw_report::Side;

use super::{Chronicle, Named, Release, day, releases};
use crate::atlas::Atlas;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::FileText;
use crate::settings::Settings;

/// What the history of a branch says about notices; read only for what a change needs.
///
/// Threads share it, and each opens the repository for itself.
pub struct Annals<'a> {
    folder: PathBuf,
    from: Commit,
    settings: &'a Settings,
    domains: &'a Domains,
    commits: AtomicU64,
    is_cut: AtomicBool,
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
        let repository = Repository::discover(&self.folder)?;
        let named = Named {
            identity: identity.clone(),
            stable_id: contract.id.clone(),
            field: None,
        };
        let (settings, domains) = (self.settings, self.domains);
        let mut chronicle = Chronicle::of(&repository, settings, domains, &self.from, &named)?;
        let (editions, is_cut) = chronicle.until(|_| Ok(false))?;
        self.commits
            .fetch_add(chronicle.commits(), Ordering::Relaxed);
        self.is_cut.fetch_or(is_cut, Ordering::Relaxed);
        releases(editions, None)
    }

    /// Returns a contract as the latest tag before has it; nothing where no tag has it.
    pub fn tagged(
        &self,
        identity: &Identity,
        contract: &Contract,
    ) -> Result<Option<Contract>, Failure> {
        let repository = Repository::discover(&self.folder)?;
        let Some((_, tag)) = repository.latest_tag(&self.from)? else {
            return Ok(None);
        };
        let reader = repository.at(tag).open()?;
        let atlas = Atlas::uncharted(&reader, self.settings, self.domains, Side::Base);
        let major = |version: Option<&Version>| {
            version
                .and_then(Version::semantic)
                .map(|version| version.major)
        };
        let found = atlas.all(&identity.id())?;
        // Of several major versions, the same one is meant, else the greatest before it.
        let own = major(contract.version.as_ref());
        let sketch = found
            .iter()
            .filter(|one| major(one.version.as_ref()) <= own)
            .max_by_key(|one| major(one.version.as_ref()));
        let Some(sketch) = sketch else {
            return Ok(None);
        };
        let entry = reader.find(&RepoPath::parse(&sketch.identity.path)?)?;
        let Some(text) = entry.and_then(|entry| read_text(&reader, &entry, self.settings).ok())
        else {
            return Ok(None);
        };
        let file = FileText {
            path: sketch.identity.path.clone(),
            text,
            side: Side::Base,
        };
        let mut revisions = file.contracts(self.settings, self.domains).into_iter();
        let named = revisions.find(|one| {
            let version = one
                .contract()
                .and_then(|contract| contract.version.as_ref());
            one.identity == sketch.identity && version == sketch.version.as_ref()
        });
        Ok(named.and_then(|one| one.parsed.value))
    }

    /// Returns since when a part of a contract has been deprecated without a break; nothing where
    /// it is not.
    pub fn noticed(
        &self,
        identity: &Identity,
        contract: &Contract,
        part: &Pointer,
    ) -> Result<Option<Noticed>, Failure> {
        let repository = Repository::discover(&self.folder)?;
        let named = Named {
            identity: identity.clone(),
            stable_id: contract.id.clone(),
            field: None,
        };
        let (settings, domains) = (self.settings, self.domains);
        let mut chronicle = Chronicle::of(&repository, settings, domains, &self.from, &named)?;
        let found = walk(&mut chronicle, &repository, part);
        self.commits
            .fetch_add(chronicle.commits(), Ordering::Relaxed);
        found
    }
}

fn walk(
    chronicle: &mut Chronicle<'_>,
    repository: &Repository,
    part: &Pointer,
) -> Result<Option<Noticed>, Failure> {
    let mut at = part.clone();
    let mut newer: Option<Contract> = None;
    let mut since = None;
    for edition in chronicle.by_ref() {
        let edition = match edition {
            Ok(edition) => edition,
            Err(_) if repository.is_shallow() => {
                return Ok(since.map(|since| Noticed {
                    since,
                    is_cut: true,
                }));
            }
            Err(failure) => return Err(failure),
        };
        let Some(contract) = edition.contract else {
            break;
        };
        if let Some(newer) = &newer {
            let compared = compare(Some(&contract), Some(newer), day(&edition.commit))
                .map_err(|error| Failure::new(format!("the catalogue is broken: {error}"), ""))?;
            at = compared.alignment.to_base(&at);
        }
        if !is_deprecated(&contract, &at) {
            break;
        }
        since = Some(day(&edition.commit));
        newer = Some(contract);
    }
    Ok(since.map(|since| Noticed {
        since,
        is_cut: false,
    }))
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
