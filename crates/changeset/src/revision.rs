//! Names of revisions in, commits out: by name, as merge base, or as the usual base branch.
//!
//! Knows nothing of files. Reads no environment: what a CI system says about the base branch is
//! handed in.

use std::collections::BTreeMap;

use git2::{ErrorClass, ErrorCode, Oid};

use crate::ancestry;
use crate::entry::ObjectId;
use crate::error::{Error, Result};
use crate::plain::{self, Tip};
use crate::repository::Repository;

/// A commit, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// The id of its root tree: equal ids mean equal files.
    pub tree: ObjectId,
    /// When it was made, as the committer claims: seconds since 1970 in UTC.
    pub time: i64,
}

/// What a commit says of itself, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who wrote it.
    pub author: String,
    /// First line of its message.
    pub subject: String,
}

/// The base branch and the commit it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The full name of the branch, such as `refs/remotes/origin/main`.
    pub name: String,
    /// Its tip.
    pub commit: Commit,
}

impl Repository {
    /// The commit that a revision stands for: a branch, a tag, an id, `HEAD~2` and so on.
    ///
    /// A name that is both a branch and a tag, on different commits, is refused: git would
    /// prefer the tag, so that whoever may push a tag `origin/main` could choose the base.
    pub fn resolve(&self, revision: &str) -> Result<Commit> {
        let named = self.plain.as_ref().and_then(|plain| plain.named(revision));
        if let Some((commit, _)) = named.and_then(|id| self.packed(id)) {
            return Ok(commit);
        }
        self.refuse_ambiguous(revision)?;
        let found = self.git()?.revparse_single(revision);
        let object = found.map_err(|error| self.unresolved(revision, &error))?;
        match object.peel_to_commit() {
            Ok(commit) => Ok(Commit::of(&commit)),
            Err(_) => Err(Error::NotACommit {
                revision: revision.to_owned(),
            }),
        }
    }

    /// The best common ancestor of two commits, where a branch left the other.
    ///
    /// After criss-cross merges there are several; as git does, the one with the latest committer
    /// date is taken, and of equal dates the smallest id.
    pub fn merge_base(&self, one: &Commit, other: &Commit) -> Result<Commit> {
        // Mostly a branch was just begun, or just brought up to its target.
        if self.follows(other, one) {
            return Ok(*one);
        }
        let bases = self.merge_bases(one.id.0, other.id.0)?;
        let commits = bases
            .iter()
            .map(|id| self.commit(*id))
            .collect::<Result<Vec<_>>>()?;
        let best = commits
            .into_iter()
            .min_by_key(|commit| (-i128::from(commit.time), commit.id));
        best.ok_or(Error::NoMergeBase {
            one: one.id,
            other: other.id,
        })
    }

    /// Whether few first parents lead from a commit back to another, which then is an ancestor, and
    /// the best that both have.
    fn follows(&self, commit: &Commit, ancestor: &Commit) -> bool {
        let mut at = commit.id.0;
        for _ in 0..FEW_STEPS {
            if at == ancestor.id.0 {
                return true;
            }
            let parents = self.read(at).map(|(_, parents)| parents);
            match parents.unwrap_or_default().first() {
                Some(parent) => at = *parent,
                None => return false,
            }
        }
        false
    }

    /// The commit that another merged into its first parent; none where it is no merge.
    pub fn merged(&self, commit: &Commit) -> Option<ObjectId> {
        let (_, parents) = self.read(commit.id.0).ok()?;
        parents.get(1).copied().map(ObjectId)
    }

    /// The common ancestors that are no ancestors of each other.
    fn merge_bases(&self, one: Oid, other: Oid) -> Result<Vec<Oid>> {
        if let Some(bases) = ancestry::best(self, one, other)
            && !bases.is_empty()
        {
            return Ok(bases);
        }
        match self.git()?.merge_bases(one, other) {
            Ok(bases) => Ok(bases.iter().copied().collect()),
            Err(_) if self.is_shallow() => Err(Error::Shallow {
                purpose: "find the merge base",
            }),
            Err(error) if error.class() == ErrorClass::Merge => Err(Error::NoMergeBase {
                one: ObjectId(one),
                other: ObjectId(other),
            }),
            Err(error) => Err(Error::git("find the merge base")(error)),
        }
    }

    /// The commit that a branch showed before this one; none where history begins.
    pub fn first_parent(&self, commit: &Commit) -> Result<Option<Commit>> {
        let (_, parents) = self.read(commit.id.0)?;
        parents.first().map(|id| self.commit(*id)).transpose()
    }

    /// Whether a commit is an ancestor of another, or the same.
    pub fn is_ancestor(&self, ancestor: &Commit, of: &Commit) -> Result<bool> {
        if ancestor.id == of.id {
            return Ok(true);
        }
        let found = self.git()?.graph_descendant_of(of.id.0, ancestor.id.0);
        found.map_err(Error::git("compare two commits"))
    }

    /// The nearest tag at or before a commit, with its commit; none where there is none.
    pub fn latest_tag(&self, commit: &Commit) -> Result<Option<(String, Commit)>> {
        let found = self.git()?.find_object(commit.id.0, None);
        let object = found.map_err(Error::git("read a commit"))?;
        let mut options = git2::DescribeOptions::new();
        let described = object.describe(options.describe_tags());
        let mut format = git2::DescribeFormatOptions::new();
        // Nothing but the name.
        let Ok(name) = described.and_then(|found| found.format(Some(format.abbreviated_size(0))))
        else {
            return Ok(None);
        };
        let commit = self.resolve(&format!("refs/tags/{name}"))?;
        Ok(Some((name, commit)))
    }

    /// Who wrote a commit, and what about; bytes that are no text are replaced.
    pub fn signature(&self, commit: &Commit) -> Result<Signature> {
        let found = self.git()?.find_commit(commit.id.0);
        let found = found.map_err(Error::git("read a commit"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Signature {
            author: text(found.author().name_bytes()),
            subject: found.summary_bytes().map(text).unwrap_or_default(),
        })
    }

    /// The base branch to compare with.
    ///
    /// Given candidates are the branch names that the caller knows of, say from a CI system; the
    /// first that exists is taken, and if none does that is an error: silently comparing with
    /// some other branch would be worse. Without candidates `origin/HEAD`, `main` and `master`
    /// are tried, on `origin` first, because a local branch may lag behind.
    pub fn default_base<C: AsRef<str>>(&self, candidates: &[C]) -> Result<Base> {
        let mut names: Vec<_> = candidates
            .iter()
            .flat_map(|candidate| full_names(candidate.as_ref()))
            .collect();
        if names.is_empty() {
            names = USUAL_BASES.iter().map(|name| (*name).to_owned()).collect();
        }
        for name in &names {
            if let Some(id) = self.tip(name) {
                return Ok(Base {
                    name: name.clone(),
                    commit: self.commit(id)?,
                });
            }
        }
        let tried = names.iter().map(|name| shorten(name).to_owned()).collect();
        Err(Error::NoDefaultBase {
            tried,
            shallow: self.is_shallow(),
        })
    }

    /// The commit that a reference with this full name leads to.
    fn tip(&self, name: &str) -> Option<Oid> {
        match self
            .plain
            .as_ref()
            .map_or(Tip::Unsure, |plain| plain.tip(name))
        {
            Tip::Nowhere => return None,
            Tip::At(id) if self.packed(id).is_some() => return Some(id),
            Tip::At(_) | Tip::Unsure => {}
        }
        let reference = self.git().ok()?.find_reference(name).ok()?;
        reference.peel_to_commit().ok().map(|commit| commit.id())
    }

    fn commit(&self, id: Oid) -> Result<Commit> {
        Ok(self.read(id)?.0)
    }

    /// Reads a commit and the ids of its parents.
    pub(crate) fn read(&self, id: Oid) -> Result<(Commit, Vec<Oid>)> {
        if let Some(found) = self.packed(id) {
            return Ok(found);
        }
        let commit = self.git()?.find_commit(id);
        let commit = commit.map_err(Error::git("read a commit"))?;
        Ok((Commit::of(&commit), commit.parent_ids().collect()))
    }

    /// The same, where a pack of a usual clone has the commit.
    fn packed(&self, id: Oid) -> Option<(Commit, Vec<Oid>)> {
        self.plain.as_ref()?;
        plain::commit(id, &self.store.commit(ObjectId(id))?)
    }

    fn refuse_ambiguous(&self, revision: &str) -> Result<()> {
        let name = revision.split(['^', '~', ':']).next().unwrap_or_default();
        let name = name.split("@{").next().unwrap_or_default();
        if matches!(name, "" | "@" | "HEAD") || name.starts_with("refs/") || is_full_id(name) {
            return Ok(());
        }
        let places = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
        let tips: BTreeMap<String, Oid> = places
            .iter()
            .map(|place| format!("{place}{name}"))
            .filter_map(|full| self.tip(&full).map(|id| (full, id)))
            .collect();
        let mut ids = tips.values();
        let first = ids.next();
        if ids.all(|id| Some(id) == first) {
            return Ok(());
        }
        let names = tips.into_keys().collect();
        Err(Error::AmbiguousRevision {
            revision: revision.to_owned(),
            names,
        })
    }

    fn unresolved(&self, revision: &str, error: &git2::Error) -> Error {
        let revision = revision.to_owned();
        if error.code() == ErrorCode::Ambiguous {
            return Error::AmbiguousRevision {
                revision,
                names: Vec::new(),
            };
        }
        let unborn = |error: git2::Error| error.code() == ErrorCode::UnbornBranch;
        if matches!(revision.as_str(), "HEAD" | "@")
            && self.git().is_ok_and(|git| git.head().is_err_and(unborn))
        {
            return Error::NoCommits;
        }
        let near = self.near(&revision);
        Error::UnknownRevision {
            revision,
            near,
            shallow: self.is_shallow(),
        }
    }

    /// The names of branches and tags that are spelled like this one, best first.
    fn near(&self, revision: &str) -> Vec<String> {
        let Ok(Ok(references)) = self.git().map(git2::Repository::references) else {
            return Vec::new();
        };
        let mut near: Vec<(usize, String)> = references
            .flatten()
            .filter_map(|reference| {
                let name = shorten(reference.name().ok()?).to_owned();
                distance(revision, &name).map(|distance| (distance, name))
            })
            .collect();
        near.sort();
        near.dedup();
        near.into_iter().take(3).map(|(_, name)| name).collect()
    }
}

impl Commit {
    pub(crate) fn of(commit: &git2::Commit<'_>) -> Commit {
        Commit {
            id: ObjectId(commit.id()),
            tree: ObjectId(commit.tree_id()),
            time: commit.time().seconds(),
        }
    }
}

/// First parents that are looked at before all of history is.
const FEW_STEPS: usize = 8;

/// Full names, because a tag may bear the short name of a branch.
const USUAL_BASES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

fn full_names(candidate: &str) -> [String; 2] {
    let branch = candidate.strip_prefix("refs/heads/").unwrap_or(candidate);
    let branch = branch.strip_prefix("origin/").unwrap_or(branch);
    [
        format!("refs/remotes/origin/{branch}"),
        format!("refs/heads/{branch}"),
    ]
}

fn shorten(name: &str) -> &str {
    let places = ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/"];
    places
        .iter()
        .find_map(|place| name.strip_prefix(place))
        .unwrap_or(name)
}

fn is_full_id(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How far a name is from what was asked for; none if too far to be meant. The same branch of a
/// remote is the nearest.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    if name
        .strip_suffix(wanted)
        .is_some_and(|before| before.ends_with('/'))
    {
        return Some(0);
    }
    let distance = strsim::osa_distance(wanted, name);
    (distance <= 1 + wanted.chars().count() / 4).then_some(distance)
}
