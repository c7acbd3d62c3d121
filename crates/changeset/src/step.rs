//! A commit in, what it did to the branch that it lies on out.
//!
//! Knows nothing of files.

use git2::Oid;

use crate::entry::ObjectId;
use crate::error::{Error, Result};
use crate::history::is_cut;
use crate::repository::Repository;
use crate::revision::Commit;

/// One step of a branch: a commit on the line of its first parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub commit: Commit,
    /// What the branch showed before; none where history begins, or a shallow clone ends.
    pub parent: Option<Commit>,
    /// A shallow clone left the parents out.
    pub is_cut: bool,
    /// It has several parents.
    pub is_merge: bool,
    /// Who wrote it, by name; of a merge, who wrote what was merged.
    pub author: String,
    /// First line of its message.
    pub subject: String,
    /// The commit that its message says to take back.
    pub reverts: Option<ObjectId>,
}

impl Repository {
    /// What a commit did to the branch that it lies on.
    pub fn step(&self, commit: &Commit) -> Result<Step> {
        let git = self.git()?;
        let read = |id: Oid| git.find_commit(id).map_err(Error::git("read a commit"));
        let own = read(commit.id.0)?;
        let parent = own.parent_id(0).ok();
        let merged = own.parent_id(1).ok().and_then(|id| read(id).ok());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let wrote = merged.as_ref().unwrap_or(&own);
        Ok(Step {
            commit: *commit,
            parent: parent
                .map(|id| read(id).map(|one| Commit::of(&one)))
                .transpose()?,
            is_cut: parent.is_none() && is_cut(&own),
            is_merge: own.parent_id(1).is_ok(),
            author: text(wrote.author().name_bytes()),
            subject: own.summary_bytes().map(text).unwrap_or_default(),
            reverts: reverted(own.message_raw_bytes()).map(ObjectId),
        })
    }
}

/// Reads what `git revert` writes into a message.
fn reverted(message: &[u8]) -> Option<Oid> {
    const WORDS: &str = "This reverts commit ";
    let message = String::from_utf8_lossy(message);
    let (_, rest) = message.split_once(WORDS)?;
    let end = rest.find(|one: char| !one.is_ascii_hexdigit());
    let digits = rest.get(..end.unwrap_or(rest.len()))?;
    (digits.len() == 40)
        .then(|| Oid::from_str(digits).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_revert_writes_is_read() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let said = |message: String| reverted(message.as_bytes()).map(|id| id.to_string());
        for after in [".", ", reversing\nchanges made to x.", ""] {
            let message = format!("Revert \"x\"\n\nThis reverts commit {id}{after}");
            assert_eq!(said(message).as_deref(), Some(id));
        }
        for other in ["", "This reverts commit 0123", "This reverts commit x"] {
            assert_eq!(said(other.to_owned()), None);
        }
    }
}
