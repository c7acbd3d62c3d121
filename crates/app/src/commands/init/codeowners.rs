//! A `CODEOWNERS` file in, the GitHub team of a path out.

use std::path::Path;

use meshlaw_changeset::{Globs, RepoPath};

/// Who reviews which paths, in the order of the file.
#[derive(Debug, Default)]
pub struct CodeOwners {
    rules: Vec<(Globs, Option<String>)>,
}

/// Reads the file that GitHub would take; none means no rules.
pub fn find(root: &Path) -> CodeOwners {
    [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]
        .iter()
        .map(|path| root.join(path))
        .filter(|path| path.symlink_metadata().is_ok_and(|file| file.is_file()))
        .find_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| CodeOwners::parse(&text))
        .unwrap_or_default()
}

impl CodeOwners {
    fn parse(text: &str) -> Self {
        let rules = text.lines().filter_map(|line| {
            let mut words = line
                .split_whitespace()
                .take_while(|word| !word.starts_with('#'));
            let globs = Globs::new(globs(words.next()?)).ok()?;
            let team = words.find(|word| word.starts_with('@') && word.contains('/'));
            Some((globs, team.map(str::to_owned)))
        });
        Self {
            rules: rules.collect(),
        }
    }

    /// The team of a path, by the last rule that matches it.
    pub fn team(&self, path: &str) -> Option<&str> {
        let path = RepoPath::parse(path).ok()?;
        let mut rules = self.rules.iter().rev();
        rules
            .find(|(globs, _)| globs.matches(&path))
            .and_then(|(_, team)| team.as_deref())
    }
}

/// A pattern without a slash holds at any depth, and one that names a folder for all below it.
fn globs(pattern: &str) -> Vec<String> {
    let bare = pattern.trim_start_matches('/').trim_end_matches('/');
    if bare.is_empty() {
        return vec!["**".to_owned()];
    }
    let is_anchored = pattern.starts_with('/') || bare.contains('/');
    let glob = match is_anchored {
        true => bare.to_owned(),
        false => format!("**/{bare}"),
    };
    if pattern.ends_with('/') {
        vec![format!("{glob}/**")]
    } else if glob.ends_with("/*") && is_anchored {
        vec![glob]
    } else {
        vec![format!("{glob}/**"), glob]
    }
}
