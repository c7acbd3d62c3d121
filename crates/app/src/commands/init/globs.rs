//! Paths in, the fewest tidy globs that match them out.

use std::collections::BTreeSet;

use meshlaw_changeset::{Globs, RepoPath};

use super::quote::literal;
use crate::failure::Failure;

/// Globs, and what they match beside what they are for.
#[derive(Debug, Default)]
pub struct Proposal {
    /// The globs; none where the defaults do.
    pub globs: Vec<String>,
    /// Further files that they match.
    pub others: Vec<String>,
}

/// Proposes globs for the wanted of all files. `kinds` are the usual last but one parts of their
/// names, such as `odcs`.
pub fn propose(
    wanted: &[&str],
    files: &[String],
    kinds: &[&str],
    defaults: &[String],
) -> Result<Proposal, Failure> {
    let set: BTreeSet<&str> = wanted.iter().copied().collect();
    let default = matched(defaults, files)?;
    if set.iter().all(|path| default.contains(path)) {
        return Ok(Proposal {
            globs: Vec::new(),
            others: beside(&default, &set),
        });
    }
    let mut globs = BTreeSet::new();
    for path in &set {
        if suffix(path, kinds).is_none() {
            let glob = folder(path, &set, files).or_else(|| file_name(path, &set, files));
            globs.insert(glob.unwrap_or_else(|| literal(path)));
        }
    }
    let covered = matched(&globs, files)?;
    for path in set.iter().filter(|path| !covered.contains(**path)) {
        if let Some(suffix) = suffix(path, kinds) {
            globs.insert(format!("**/*{suffix}"));
        }
    }
    let others = beside(&matched(&globs, files)?, &set);
    let globs = globs.into_iter().collect();
    Ok(Proposal { globs, others })
}

/// The usual end of a name: `.odcs.yaml`.
fn suffix<'p>(path: &'p str, kinds: &[&str]) -> Option<&'p str> {
    let name = file(path);
    let extension = name.rfind('.')?;
    let stem = name.get(..extension)?;
    let kind = stem.rfind('.')?;
    let is_usual = kinds.contains(&stem.get(kind + 1..)?);
    name.get(kind..).filter(|_| is_usual)
}

/// The highest folder below which every file with the path's extension is wanted. A folder with
/// one file says nothing of the next, so it takes two.
fn folder(path: &str, wanted: &BTreeSet<&str>, files: &[String]) -> Option<String> {
    let extension = path.get(path.rfind('.')?..)?;
    path.match_indices('/').find_map(|(slash, _)| {
        let folder = path.get(..=slash)?;
        let mut below = files
            .iter()
            .filter(|file| file.starts_with(folder) && file.ends_with(extension));
        let is_all = below.clone().all(|file| wanted.contains(file.as_str()));
        (is_all && below.nth(1).is_some()).then(|| format!("{}**/*{extension}", literal(folder)))
    })
}

/// The name of the file, where several have it and all that do are wanted.
fn file_name(path: &str, wanted: &BTreeSet<&str>, files: &[String]) -> Option<String> {
    let name = file(path);
    let mut alike = files.iter().filter(|other| file(other) == name);
    let is_all = alike.clone().all(|file| wanted.contains(file.as_str()));
    (is_all && alike.nth(1).is_some()).then(|| format!("**/{}", literal(name)))
}

fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn matched<P: AsRef<str>>(
    globs: impl IntoIterator<Item = P>,
    files: &[String],
) -> Result<BTreeSet<&str>, Failure> {
    let globs = Globs::new(globs)?;
    let is_matched = |file: &&String| RepoPath::parse(file).is_ok_and(|path| globs.matches(&path));
    Ok(files
        .iter()
        .filter(is_matched)
        .map(String::as_str)
        .collect())
}

fn beside(matched: &BTreeSet<&str>, wanted: &BTreeSet<&str>) -> Vec<String> {
    matched
        .difference(wanted)
        .map(|path| (*path).to_owned())
        .collect()
}
