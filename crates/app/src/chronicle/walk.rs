//! A contract at a commit in, its editions out, the newest first.
//!
//! Knows nothing of what an edition changed.

use meshlaw_changeset::{
    Commit, Entry, FileChange, Globs, History, Reader, Renames, RepoPath, Repository, Version,
    changes,
};
use meshlaw_contract::model::Contract;
use meshlaw_policy::Identity;
use meshlaw_report::Side;

use super::Named;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// A contract as the branch showed it from a commit on.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The commit that brought it.
    pub commit: Commit,
    /// What it is called, and where it lies.
    pub identity: Identity,
    /// The contract; nothing where it was not there.
    pub contract: Option<Contract>,
}

/// The editions of one contract, the newest first.
pub struct Chronicle<'c> {
    repository: &'c Repository,
    settings: &'c Settings,
    domains: &'c Domains,
    contracts: Globs,
    /// Reads every object of the repository.
    reader: Reader,
    history: History<'c>,
    /// The next version, which was read ahead.
    ahead: Ahead,
    /// What the contract was called in the last edition that had it.
    known: Known,
    /// Commits that were opened in histories that are done with.
    commits: u64,
}

/// What a version of a file says of the contract.
enum Held {
    /// The contract, and what it was called.
    There(Identity, Box<Contract>),
    /// The file has it not.
    Nowhere,
    /// Nobody can tell, since the text was not understood.
    Unknown,
}

/// What comes next, before it is asked for.
enum Ahead {
    /// Nothing was asked for yet.
    Unread,
    /// A version, or that there are no more.
    Read(Option<Version>),
    /// What ends the history, to be told once.
    Failed(Failure),
}

/// By what a contract is told from others of its file.
#[derive(Debug, Clone)]
struct Known {
    identity: Identity,
    id: Option<String>,
}

impl<'c> Chronicle<'c> {
    /// Begins at a contract of a commit.
    pub fn of(
        repository: &'c Repository,
        settings: &'c Settings,
        domains: &'c Domains,
        from: &Commit,
        named: &Named,
    ) -> Result<Self, Failure> {
        let path = RepoPath::parse(&named.identity.path)?;
        Ok(Self {
            repository,
            settings,
            domains,
            contracts: Globs::new(&settings.contracts)?,
            reader: repository.at(*from).open()?,
            history: repository.history(from, &path),
            ahead: Ahead::Unread,
            known: Known {
                identity: named.identity.clone(),
                id: named.stable_id.clone(),
            },
            commits: 0,
        })
    }

    /// Reads the editions down to the first that `is_enough`, which is the last one returned; and
    /// whether a shallow clone cut the history off before that.
    pub fn until(
        &mut self,
        mut is_enough: impl FnMut(&Edition) -> Result<bool, Failure>,
    ) -> Result<(Vec<Edition>, bool), Failure> {
        let mut editions = Vec::new();
        while let Some(edition) = self.next() {
            match edition {
                Ok(edition) => {
                    let is_last = is_enough(&edition)?;
                    editions.push(edition);
                    if is_last {
                        break;
                    }
                }
                Err(_) if self.repository.is_shallow() => return Ok((editions, true)),
                Err(failure) => return Err(failure),
            }
        }
        Ok((editions, false))
    }

    /// How many commits were opened so far.
    pub fn commits(&self) -> u64 {
        self.commits + self.history.commits()
    }

    /// Goes back to the next edition; a version that was not understood is none, since what cannot
    /// be read is not removed.
    fn advance(&mut self) -> Result<Option<Edition>, Failure> {
        if matches!(self.ahead, Ahead::Unread) {
            self.read_ahead();
        }
        loop {
            let version = match std::mem::replace(&mut self.ahead, Ahead::Read(None)) {
                Ahead::Read(Some(version)) => version,
                Ahead::Failed(failure) => return Err(failure),
                Ahead::Read(None) | Ahead::Unread => return Ok(None),
            };
            self.read_ahead();
            let held = match &version.entry {
                Some(entry) => self.read(entry),
                None => Held::Nowhere,
            };
            if let Held::There(identity, contract) = &held {
                self.known = Known {
                    identity: identity.clone(),
                    id: contract.id.clone(),
                };
            }
            let was_nowhere = match &self.ahead {
                Ahead::Read(before) => before.as_ref().is_none_or(|before| before.entry.is_none()),
                Ahead::Unread | Ahead::Failed(_) => false,
            };
            if version.entry.is_some() && was_nowhere {
                self.follow(&version)?;
            }
            let contract = match held {
                Held::There(_, contract) => Some(*contract),
                Held::Nowhere => None,
                Held::Unknown => continue,
            };
            return Ok(Some(Edition {
                commit: version.commit,
                identity: self.known.identity.clone(),
                contract,
            }));
        }
    }

    /// Looks in a file for the contract that we know.
    fn read(&self, entry: &Entry) -> Held {
        let Some(file) = FileText::read(&self.reader, entry, self.settings, Side::Base) else {
            return Held::Unknown;
        };
        let mut revisions = file.contracts(self.settings, self.domains);
        let found = self
            .known
            .among(&revisions)
            .map(|at| revisions.swap_remove(at));
        match found {
            Some(found) => match found.parsed.value {
                Some(contract) => Held::There(found.identity, Box::new(contract)),
                None => Held::Unknown,
            },
            // It may be what was not understood.
            None if revisions.iter().any(|one| one.contract().is_none()) => Held::Unknown,
            None => Held::Nowhere,
        }
    }

    /// Goes on in the file that the contract came from, where a commit moved it.
    fn follow(&mut self, birth: &Version) -> Result<(), Failure> {
        let (Some(entry), Some(parent)) =
            (&birth.entry, self.repository.first_parent(&birth.commit)?)
        else {
            return Ok(());
        };
        let before = self.repository.at(parent).open()?;
        let after = self.repository.at(birth.commit).open()?;
        let changed = changes(&before, &after, &self.contracts, Renames::Detect)?;
        let Some(origin) = self.origin(&changed, entry) else {
            return Ok(());
        };
        let next = self.repository.history(&parent, &origin);
        self.commits += std::mem::replace(&mut self.history, next).commits();
        self.read_ahead();
        Ok(())
    }

    fn read_ahead(&mut self) {
        self.ahead = match self.history.next().transpose() {
            Ok(version) => Ahead::Read(version),
            Err(error) => Ahead::Failed(error.into()),
        };
    }

    /// Finds the file that held the contract before: the one that git takes for renamed, where the
    /// contract is in it, else any that held the contract and does no more.
    fn origin(&self, changed: &[FileChange], entry: &Entry) -> Option<RepoPath> {
        let renamed = changed.iter().find_map(|change| match change {
            FileChange::Renamed { before, after } if after.path == entry.path => Some(before),
            _ => None,
        });
        let held = |entry: &Entry| match self.read(entry) {
            Held::There(identity, contract) => {
                identity.name == self.known.identity.name
                    || (contract.id.is_some() && contract.id == self.known.id)
            }
            Held::Nowhere | Held::Unknown => false,
        };
        let others = changed.iter().filter_map(|change| {
            let before = change.before().filter(|before| before.path != entry.path)?;
            let stays = change.after().is_some_and(&held);
            (!stays && held(before)).then_some(before)
        });
        let origin = renamed.filter(|entry| held(entry)).or_else(|| {
            let mut others = others;
            others.next().or(renamed)
        })?;
        Some(origin.path.clone())
    }
}

impl Iterator for Chronicle<'_> {
    type Item = Result<Edition, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

impl Known {
    /// Finds the contract among those of a file: by name, by id, else the only one.
    fn among(&self, revisions: &[Revision<'_>]) -> Option<usize> {
        let by_name = revisions
            .iter()
            .position(|one| one.identity.name == self.identity.name);
        let by_id = || {
            let id = self.id.as_ref()?;
            let bears = |one: &Revision<'_>| one.contract()?.id.as_ref().map(|own| own == id);
            revisions.iter().position(|one| bears(one) == Some(true))
        };
        let only = || (revisions.len() == 1).then_some(0);
        by_name.or_else(by_id).or_else(only)
    }
}
