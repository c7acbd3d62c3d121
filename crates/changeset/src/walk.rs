//! A folder on disk in, the files in it with their stamps out, and the folders in it to go on with.
//!
//! Files are looked at by their names within the folder that is open, so that the way to it is
//! found once and not for each of them. Knows nothing of what is of interest, except that what lies
//! in `.git` is not a user's file.

use std::path::Path;
use std::sync::Arc;

use crate::entry::Kind;
use crate::error::{Error, Result};
use crate::handle::{Handle, Seen};
use crate::path::RepoPath;

/// A folder below a root that any thread may look into.
pub struct Folder {
    /// Its path below the root.
    pub path: RepoPath,
    way: Way,
}

/// How to get to a folder.
enum Way {
    Root(Arc<Path>),
    Below(Arc<Handle>, Vec<u8>),
}

/// What lies in a folder.
pub struct Found {
    /// The files that were asked for, sorted by name.
    pub files: Vec<FoundFile>,
    /// The folders that were asked for.
    pub folders: Vec<Folder>,
}

/// A file in a folder.
pub struct FoundFile {
    /// Its name.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// What tells its bytes from any others, as [`Entry::stamp`](crate::Entry::stamp) has it.
    pub stamp: Option<Vec<u8>>,
}

impl Folder {
    pub(crate) fn root(path: &Path) -> Self {
        Self {
            path: RepoPath::from_git(Vec::new()),
            way: Way::Root(path.into()),
        }
    }

    /// Looks at the files whose names are of interest, and for folders whose paths are; stamps are
    /// those of files that did not change after `settled`.
    ///
    /// Links are told of and not followed. What cannot be looked at is an error, since it would go
    /// unseen.
    pub fn look(
        &self,
        settled: u64,
        is_file: impl Fn(&[u8]) -> bool,
        is_folder: impl Fn(&RepoPath) -> bool,
    ) -> Result<Found> {
        let failed = |source| Error::Folder {
            path: self.path.to_string().into(),
            source,
        };
        let handle = match &self.way {
            Way::Root(path) => Handle::of(path, true),
            Way::Below(above, name) => above.below(name),
        };
        let handle = Arc::new(handle.map_err(failed)?);
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        let mut add = |name: &[u8], seen: Seen| {
            if name == b".git" || matches!(seen, Seen::Other(_)) && !is_file(name) {
                return Ok(());
            }
            let looked = match seen {
                Seen::Folder => None,
                Seen::Other(_) | Seen::Unknown => handle.look(name, settled)?,
            };
            match looked {
                None => folders.push(name.to_vec()),
                Some((kind, stamp)) if is_file(name) => files.push(FoundFile {
                    name: name.to_vec(),
                    kind,
                    stamp,
                }),
                Some(_) => {}
            }
            Ok(())
        };
        handle.names(&mut add).map_err(failed)?;
        files.sort_unstable_by(|one: &FoundFile, other| one.name.cmp(&other.name));
        let folders = folders.into_iter().filter_map(|name| {
            let path = self.path.join(&name);
            is_folder(&path).then(|| Folder {
                path,
                way: Way::Below(Arc::clone(&handle), name),
            })
        });
        Ok(Found {
            files,
            folders: folders.collect(),
        })
    }
}
