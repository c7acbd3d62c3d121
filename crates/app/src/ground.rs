//! A revision by its name in, what commands that read history stand on out.

use meshlaw_changeset::{Commit, Reader, Repository};

use crate::failure::Failure;
use crate::identity::Domains;
use crate::law;
use crate::settings::Settings;

/// A commit of the repository around us, with its own settings.
pub struct Ground {
    /// The repository.
    pub repository: Repository,
    /// The commit.
    pub head: Commit,
    /// Reads its files.
    pub reader: Reader,
    /// Its settings.
    pub settings: Settings,
    /// Who owns which path.
    pub domains: Domains,
}

impl Ground {
    /// Stands on a revision.
    pub fn at(revision: &str) -> Result<Self, Failure> {
        let repository = Repository::discover(".")?;
        let head = repository.resolve(revision)?;
        let reader = repository.at(head).open()?;
        let settings = law::read_settings(&reader).map_err(law::failure)?;
        let domains = Domains::new(&settings, None)?;
        Ok(Self {
            repository,
            head,
            reader,
            settings,
            domains,
        })
    }
}
