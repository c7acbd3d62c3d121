//! What became possible in, examples of what a policy should forbid out: files that make
//! `meshlaw policy check` fail until the policy forbids them again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use meshlaw_policy::{Book, Outcome};
use sha2::{Digest as _, Sha256};

use crate::cache::digits;
use crate::commands::policy::examples::{Case, world};
use crate::failure::Failure;
use crate::output::write_file;
use crate::proofs::{Change, Shown};

/// Writes an example for each policy that became looser, and tells what was written and what not.
pub fn write(
    changes: &[Change],
    old: &Book,
    new: &Book,
    folder: &Path,
) -> anyhow::Result<Vec<String>> {
    let mut told = Vec::new();
    let mut done = BTreeSet::new();
    for loosened in changes.iter().flat_map(|change| &change.looser) {
        let id = loosened.difference.id.as_str();
        let Some(shown) = &loosened.shown else {
            continue;
        };
        if !done.insert(id) {
            continue;
        }
        let home = folder.join(id);
        if new.get(id).is_none_or(|policy| policy.is_builtin) || !home.is_dir() {
            told.push(format!("not written: `{id}` has no folder for examples"));
            continue;
        }
        if !holds(shown, id, old, &home)? {
            let why = "its examples are judged in another world; see the settings above";
            told.push(format!("not written for `{id}`: {why}"));
            continue;
        }
        for (path, text) in files(shown, &home.join("deny")) {
            write_file(&path, text)?;
            told.push(format!("wrote {}", path.display()));
        }
    }
    Ok(told)
}

/// Tells whether the old policy forbids the example where examples of the policy are judged.
fn holds(shown: &Shown, id: &str, old: &Book, home: &Path) -> Result<bool, Failure> {
    let Some(policy) = old.get(id) else {
        return Ok(false);
    };
    let case = Case::of(&shown.files, &world(home)?);
    let outcome = case.map(|case| case.outcome(policy, old));
    Ok(matches!(outcome, Ok(Ok(Outcome::Denied))))
}

/// Names the files: one that stands alone by itself, several in a folder.
fn files<'s>(shown: &'s Shown, deny: &Path) -> BTreeMap<PathBuf, &'s str> {
    let mut all = Sha256::new();
    for (name, text) in &shown.files {
        all.update(name);
        all.update(text);
    }
    let mut mark = digits(&all.finalize());
    mark.truncate(8);
    let is_alone = shown.files.len() == 1;
    let path = |name: &String| {
        if is_alone {
            deny.join(format!("passes-{mark}.contract.yaml"))
        } else {
            deny.join(format!("passes-{mark}")).join(name)
        }
    };
    let files = shown.files.iter();
    files
        .map(|(name, text)| (path(name), text.as_str()))
        .collect()
}
