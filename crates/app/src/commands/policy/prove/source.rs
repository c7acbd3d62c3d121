//! The name of a revision, a repository or a folder in, the policies that hold there out.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use meshlaw_changeset::{Reader, Repository, Snapshot};
use meshlaw_policy::{Book, World};

use crate::commands::policy::read_book;
use crate::estate::read_estate;
use crate::failure::Failure;
use crate::law::{self, PolicySource};
use crate::proofs::{Examples, read_properties};
use crate::settings::{self, Settings};

/// Policies, and what stands around them.
pub struct Source {
    /// The policies.
    pub book: Book,
    /// Where the policies lie: a snapshot, and the folder in it.
    reader: Reader,
    folder: String,
    settings: Option<Settings>,
}

impl Source {
    /// Reads policies: of what is named, else of the folder that the command runs in.
    pub fn read(name: Option<&str>) -> Result<Self, Failure> {
        let Some(name) = name else {
            return Self::of(Snapshot::folder(".").open()?);
        };
        let folder = Path::new(name);
        if !folder.is_dir() {
            let repository = Repository::discover(".")?;
            let commit = repository.resolve(name)?;
            return Self::of(repository.at(commit).open()?);
        }
        let is_repository =
            folder.join(settings::FILE).is_file() || folder.join("policies").is_dir();
        if is_repository {
            return Self::of(Snapshot::folder(folder).open()?);
        }
        Ok(Self {
            book: read_book(folder)?,
            reader: Snapshot::folder(folder).open()?,
            folder: String::new(),
            settings: None,
        })
    }

    fn of(reader: Reader) -> Result<Self, Failure> {
        let law = law::load(&reader, &PolicySource::Settings).map_err(law::failure)?;
        Ok(Self {
            book: law.book,
            reader,
            folder: law.settings.policies.clone(),
            settings: Some(law.settings),
        })
    }

    /// Returns what exists where the policies hold; around a bare folder there is nothing.
    pub fn world(&self, as_of: Date) -> Result<World, Failure> {
        let Some(settings) = &self.settings else {
            return Ok(World::empty(as_of));
        };
        Ok(read_estate(settings, None, &self.reader, &[], as_of)?.world)
    }

    /// Returns the folder of policies in the file system.
    pub fn on_disk(&self, name: Option<&str>) -> Result<PathBuf, Failure> {
        let root = Path::new(name.unwrap_or("."));
        if !root.is_dir() {
            let message = format!(
                "`{}` is a revision: no example can be written",
                root.display()
            );
            return Err(Failure::new(
                message,
                "leave it out, so that the work tree is proved",
            ));
        }
        Ok(root.join(&self.folder))
    }

    /// Reads all examples that are at hand.
    pub fn examples(&self) -> Result<Examples, Failure> {
        Examples::read(&self.reader, &self.folder)
    }

    /// Returns what is stated of the policies.
    pub fn properties(&self) -> Result<Book, Failure> {
        read_properties(&self.reader, &self.folder, &self.book)
    }
}
