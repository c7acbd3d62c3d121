//! What can stop a run, in words for people, each with the way out where there is one.
//!
//! Knows nothing of single files that cannot be read: those are
//! [`Unreadable`](crate::Unreadable) contents and never stop a run.

use std::fmt;
use std::path::PathBuf;

use crate::entry::ObjectId;
use crate::path::RepoPath;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong with a repository, a revision, a folder or a glob.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the folder nor one above it is a git repository.
    #[error("`{}` is not in a git repository", path.display())]
    NotARepository {
        /// Where the search began.
        path: PathBuf,
    },
    /// Git refuses a repository that another user owns.
    #[error("the git repository at `{}` belongs to another user", path.display())]
    OwnedByOther {
        /// Where the search began.
        path: PathBuf,
    },
    /// The repository is there and cannot be opened.
    #[error("cannot open the git repository at `{}`", path.display())]
    Open {
        /// Where the search began.
        path: PathBuf,
        /// What git says.
        source: Cause,
    },
    /// The repository has no commit on the current branch.
    #[error("the repository has no commits yet")]
    NoCommits,
    /// The clone is shallow and lacks the history that was needed.
    #[error("the clone is shallow and lacks the history that is needed to {purpose}")]
    Shallow {
        /// What the history was needed for, in the infinitive.
        purpose: &'static str,
    },
    /// No branch, tag or commit has this name.
    #[error("unknown revision `{revision}`")]
    UnknownRevision {
        /// What was asked for.
        revision: String,
        /// Names that are spelled alike, best first.
        near: Vec<String>,
        /// Whether the clone is shallow, so that the commit may only be missing here.
        shallow: bool,
    },
    /// The name stands for several commits.
    #[error("revision `{revision}` is ambiguous")]
    AmbiguousRevision {
        /// What was asked for.
        revision: String,
        /// The full names it may stand for; none for an abbreviated id.
        names: Vec<String>,
    },
    /// The revision is an object that leads to no commit.
    #[error("revision `{revision}` is not a commit")]
    NotACommit {
        /// What was asked for.
        revision: String,
    },
    /// The two commits have no history in common.
    #[error("`{one}` and `{other}` have no common ancestor")]
    NoMergeBase {
        /// One of the commits.
        one: ObjectId,
        /// The other commit.
        other: ObjectId,
    },
    /// None of the usual base branches is there.
    #[error("no base branch found; looked for {}", quoted(tried))]
    NoDefaultBase {
        /// The names that were tried, in order.
        tried: Vec<String>,
        /// Whether the clone is shallow, so that the branch may only be missing here.
        shallow: bool,
    },
    /// A bare repository has no index and no work tree.
    #[error("the repository is bare and has no {wanted}")]
    Bare {
        /// What was asked for.
        wanted: &'static str,
    },
    /// A glob pattern cannot be understood.
    #[error("bad glob `{pattern}`: {reason}")]
    Glob {
        /// The pattern as written.
        pattern: String,
        /// Why it is refused.
        reason: String,
    },
    /// A path does not stay inside the repository.
    #[error("bad path `{path}`: {reason}")]
    Path {
        /// The path as written.
        path: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// A folder's listing is not in the object database.
    #[error("the listing of folder `{path}` (tree `{id}`) is not in this clone")]
    MissingTree {
        /// The folder; empty for the root.
        path: RepoPath,
        /// The id of its tree.
        id: ObjectId,
    },
    /// A folder lies deeper than any real one.
    #[error("folder `{path}` is nested too deeply, the limit is {limit} levels")]
    TooDeep {
        /// The first folder beyond the limit.
        path: RepoPath,
        /// The greatest number of levels.
        limit: usize,
    },
    /// The index cannot be read.
    #[error("cannot read the git index")]
    Index {
        /// What git says.
        source: Cause,
    },
    /// A plain folder cannot be listed.
    #[error("cannot list folder `{}`", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Git failed in some other way.
    #[error("git cannot {action}")]
    Git {
        /// What was tried, in the infinitive.
        action: &'static str,
        /// What git says.
        source: Cause,
    },
}

/// What git itself says about a failure, without its class and code.
#[derive(Debug)]
pub struct Cause(pub(crate) git2::Error);

impl Error {
    /// The way out, where there is one; a sentence without final stop.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Error::NotARepository { .. } => {
                "run inside a git repository, or name plain folders or files instead of revisions"
                    .to_owned()
            }
            Error::OwnedByOther { path } => format!(
                "if you trust it, run `git config --global --add safe.directory {}`",
                path.display()
            ),
            Error::NoCommits => "commit something first".to_owned(),
            Error::Shallow { .. } => DEEPEN.to_owned(),
            Error::UnknownRevision { near, shallow, .. } => unknown_revision(near, *shallow),
            Error::AmbiguousRevision { names, .. } if names.is_empty() => {
                "write more digits of the commit id".to_owned()
            }
            Error::AmbiguousRevision { names, .. } => format!("write one of {}", quoted(names)),
            Error::NotACommit { .. } => {
                "name a branch, a tag of a commit, or a commit id".to_owned()
            }
            Error::NoMergeBase { .. } => {
                "check that both belong to the same project; a rewritten history shares nothing"
                    .to_owned()
            }
            Error::NoDefaultBase { shallow: true, .. } => DEEPEN.to_owned(),
            Error::NoDefaultBase { .. } => {
                "name the base branch, or fetch it with `git fetch origin`".to_owned()
            }
            Error::Bare { .. } => "name a revision to look at instead".to_owned(),
            Error::MissingTree { .. } => {
                "in a partial clone fetch it with `git fetch --refetch --no-filter`, otherwise run \
                 `git fsck`"
                    .to_owned()
            }
            Error::Index { .. } => "if the index is sparse or split, write it out in full with \
                 `git sparse-checkout reapply --no-sparse-index` or \
                 `git update-index --no-split-index`"
                .to_owned(),
            Error::Glob { .. } => {
                "patterns start at the root; `*` stays inside a folder, `**` crosses folders"
                    .to_owned()
            }
            Error::Path { .. } => "write the path from the root of the repository".to_owned(),
            Error::Open { .. }
            | Error::TooDeep { .. }
            | Error::Folder { .. }
            | Error::Git { .. } => return None,
        };
        Some(help)
    }

    pub(crate) fn git(action: &'static str) -> impl FnOnce(git2::Error) -> Error {
        move |source| Error::Git {
            action,
            source: Cause(source),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message())
    }
}

impl std::error::Error for Cause {}

const DEEPEN: &str = "fetch the whole history: set `fetch-depth: 0` in the checkout step, or run \
                      `git fetch --unshallow`";

fn unknown_revision(near: &[String], shallow: bool) -> String {
    if !near.is_empty() {
        let near: Vec<_> = near.iter().map(tick).collect();
        return format!("did you mean {}?", near.join(" or "));
    }
    if shallow {
        return DEEPEN.to_owned();
    }
    "look it up with `git branch --all`; fetch it, if it is on the remote".to_owned()
}

fn quoted(names: &[String]) -> String {
    names.iter().map(tick).collect::<Vec<_>>().join(", ")
}

fn tick(name: &String) -> String {
    format!("`{name}`")
}
