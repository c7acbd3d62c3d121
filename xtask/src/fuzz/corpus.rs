//! The texts that a target begins with: lines of `fuzz/corpus/TARGET.jsonl` come in, files that
//! libFuzzer reads go out, and the other way.
//!
//! One file holds all of a target, a text a line: as a string, or as a list of bytes where it is no
//! UTF-8. As files of their own they would be thousands.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::build::{self, Target};
use crate::{process, workspace};

/// Texts that are longer are not kept.
const LONGEST: usize = 160;

/// Targets that read no YAML, to which shipped texts and words of YAML say nothing.
const OTHERS: &[&str] = &["parse_bundle", "read_pack"];

/// One kept text.
#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum Kept {
    Text(String),
    Bytes(Vec<u8>),
}

/// Returns what is kept for a target.
///
/// # Errors
/// When there is no such file or a line is not understood.
pub fn kept(root: &Path, target: &Target) -> Result<Vec<Vec<u8>>> {
    let path = path_of(target);
    let text = workspace::read(root, &path)?;
    let lines = text.lines().enumerate().map(|(nth, line)| {
        let kept = serde_json::from_str(line);
        match kept.with_context(|| format!("cannot read `{path}`, line {}", nth + 1))? {
            Kept::Text(text) => Ok(text.into_bytes()),
            Kept::Bytes(bytes) => Ok(bytes),
        }
    });
    lines.collect()
}

/// Lays out what is kept, and what the repository ships, as files; returns the folders, of which
/// the first takes what is found.
///
/// # Errors
/// When a file cannot be read or written.
pub fn lay_out(root: &Path, target: &Target) -> Result<Vec<PathBuf>> {
    let found = folder(root, "found", &target.name);
    let kept_folder = folder(root, "kept", &target.name);
    fill(&found, None)?;
    fill(&kept_folder, Some(kept(root, target)?))?;
    let mut folders = vec![found, kept_folder];
    if is_yaml(target) {
        let shipped = folder(root, "kept", "shipped");
        fill(&shipped, Some(shipped_texts(root)?))?;
        folders.push(shipped);
    }
    Ok(folders)
}

/// Whether a target reads YAML.
pub fn is_yaml(target: &Target) -> bool {
    !OTHERS.contains(&target.name.as_str())
}

/// Rewrites what is kept for a target: of all that is there, the least that reaches the same edges.
///
/// # Errors
/// When libFuzzer fails at it, or a file cannot be read or written.
pub fn keep(root: &Path, target: &Target) -> Result<()> {
    let merged = folder(root, "merged", &target.name);
    if merged.exists() {
        fs::remove_dir_all(&merged).context("cannot empty the folder of merged texts")?;
    }
    fill(&merged, None)?;
    let mut merge = Command::new(build::program(root, target)?);
    // How often an edge is taken counts while searching; kept is what takes it at all.
    merge.args(["-set_cover_merge=1", "-use_counters=0"]);
    merge.arg(format!("-max_len={LONGEST}")).arg(&merged);
    merge.args(lay_out(root, target)?);
    if process::status(merge.stdout(Stdio::null()).stderr(Stdio::null()))? != 0 {
        bail!("`{}` cannot merge its texts", process::shown(&merge));
    }
    let mut lines = BTreeSet::new();
    for entry in fs::read_dir(&merged).context("cannot list merged texts")? {
        let bytes = fs::read(entry?.path()).context("cannot read a merged text")?;
        lines.insert(match String::from_utf8(bytes) {
            Ok(text) => Kept::Text(text),
            Err(error) => Kept::Bytes(error.into_bytes()),
        });
    }
    let mut text = String::new();
    for line in &lines {
        text += &serde_json::to_string(line)?;
        text.push('\n');
    }
    println!("{:<18} keeps {} texts", target.name, lines.len());
    workspace::write(root, &path_of(target), &text)
}

fn path_of(target: &Target) -> String {
    format!("fuzz/corpus/{}.jsonl", target.name)
}

fn folder(root: &Path, what: &str, name: &str) -> PathBuf {
    build::folder(root).join(what).join(name)
}

/// Makes a folder hold exactly these texts, or leaves what it holds.
fn fill(folder: &Path, texts: Option<Vec<Vec<u8>>>) -> Result<()> {
    if texts.is_some() && folder.exists() {
        fs::remove_dir_all(folder).with_context(|| cannot("empty", folder))?;
    }
    fs::create_dir_all(folder).with_context(|| cannot("create", folder))?;
    for (nth, text) in texts.into_iter().flatten().enumerate() {
        fs::write(folder.join(nth.to_string()), text).with_context(|| cannot("fill", folder))?;
    }
    Ok(())
}

fn cannot(what: &str, folder: &Path) -> String {
    format!("cannot {what} `{}`", folder.display())
}

/// Every YAML and JSON text of the fixtures and the policies.
fn shipped_texts(root: &Path) -> Result<Vec<Vec<u8>>> {
    let is_text = |path: &&String| {
        let folders = ["examples/", "fixtures/", "policies/"];
        let kinds = [".json", ".yaml", ".yml"];
        folders.iter().any(|folder| path.starts_with(folder))
            && kinds.iter().any(|kind| path.ends_with(kind))
    };
    let files = workspace::files(root)?;
    let texts = files.iter().filter(is_text);
    texts
        .map(|path| fs::read(root.join(path)).with_context(|| format!("cannot read `{path}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_text_or_its_bytes() {
        for (line, kept) in [
            ("\"a: b\\n\"", Kept::Text("a: b\n".to_owned())),
            ("[144,10]", Kept::Bytes(vec![144, 10])),
        ] {
            assert_eq!(serde_json::to_string(&kept).ok().as_deref(), Some(line));
            assert!(serde_json::from_str::<Kept>(line).is_ok_and(|read| read == kept));
        }
    }
}
