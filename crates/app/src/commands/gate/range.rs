//! What was asked for in, the revisions that a gate judges by and what they are called out.

use std::collections::BTreeSet;
use std::path::Path;

use meshlaw_changeset::{Commit, Repository, Snapshot};

use super::GateArgs;
use crate::approvals::Approvals;
use crate::environment::variable;
use crate::failure::Failure;
use crate::settings::Settings;

/// The revisions of a run.
pub struct Range {
    /// Whose law holds.
    pub tip: Snapshot,
    /// What is compared with.
    pub base: Snapshot,
    /// What is judged.
    pub head: Snapshot,
    /// The commit that is compared with, whose history says since when notices stand.
    pub fork: Commit,
    /// The tip itself, whose history says what was granted before.
    pub target: Commit,
    /// What the target is called.
    pub base_name: String,
    /// What is judged is called.
    pub head_name: String,
    /// The commits that an agreement to what is judged may name: the head, and, where that merges
    /// the branch into its target as build servers do, the branch. None for uncommitted files.
    judged: Vec<String>,
}

impl Range {
    /// Returns the teams that agreed to what is judged, and says who did, or why nobody counts.
    pub fn agreed(
        &self,
        file: &Path,
        settings: &Settings,
        notes: &mut Vec<String>,
    ) -> BTreeSet<String> {
        let approvals = match Approvals::read(file) {
            Ok(approvals) => approvals,
            Err(error) => {
                let file = file.display();
                notes.push(format!(
                    "nobody counts as having agreed: `{file}` cannot be read: {error}"
                ));
                return BTreeSet::new();
            }
        };
        if let Some(head) = approvals
            .head
            .as_ref()
            .filter(|head| !self.judged.contains(head))
        {
            notes.push(format!(
                "nobody counts as having agreed: the approvals are for `{head}`, which is not what \
                 is judged"
            ));
            return BTreeSet::new();
        }
        let agreed = approvals.of(&settings.teams);
        for (team, by) in &agreed {
            notes.push(format!("`{team}` agreed to this change, by `{by}`"));
        }
        agreed.into_keys().collect()
    }

    /// The step from a commit of a branch to the next, as if that was asked to be merged.
    pub fn step(repository: &Repository, parent: Commit, commit: Commit) -> Self {
        Self {
            tip: repository.at(parent),
            base: repository.at(parent),
            head: repository.at(commit),
            fork: parent,
            target: parent,
            base_name: parent.id.to_string(),
            head_name: commit.id.to_string(),
            judged: Vec::new(),
        }
    }

    pub fn settle(args: &GateArgs) -> Result<Self, Failure> {
        let repository = Repository::discover(".")?;
        let head_commit = repository.resolve(if args.staged || args.worktree {
            "HEAD"
        } else {
            &args.head
        })?;
        let (base_name, tip) = target(&repository, args.base.as_deref())?;
        let judged = if args.staged || args.worktree {
            Vec::new()
        } else {
            let merged = repository.merged(&head_commit).map(|id| id.to_string());
            let own = std::iter::once(head_commit.id.to_string());
            own.chain(merged).collect()
        };
        let fork = repository.merge_base(&tip, &head_commit)?;
        let (head, head_name) = if args.staged {
            (repository.staged()?, "staged".to_owned())
        } else if args.worktree {
            (repository.worktree()?, "worktree".to_owned())
        } else {
            (repository.at(head_commit), args.head.clone())
        };
        Ok(Self {
            tip: repository.at(tip),
            base: repository.at(fork),
            head,
            fork,
            target: tip,
            base_name,
            head_name,
            judged,
        })
    }
}

/// Returns the target branch: as asked, else as the pull request says, else the usual one.
pub fn target(repository: &Repository, asked: Option<&str>) -> Result<(String, Commit), Failure> {
    if let Some(name) = asked {
        return Ok((name.to_owned(), repository.resolve(name)?));
    }
    let named = variable("GITHUB_BASE_REF");
    let base = repository.default_base(&named.into_iter().collect::<Vec<_>>())?;
    let name = base
        .name
        .trim_start_matches("refs/")
        .trim_start_matches("heads/");
    Ok((name.trim_start_matches("remotes/").to_owned(), base.commit))
}
