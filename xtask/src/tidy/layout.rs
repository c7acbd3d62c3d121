//! Where things lie: the listing of the checkout comes in, what is missing or misnamed comes out
//! as complaints.

use crate::workspace::Source;

/// What a stranger expects at the top, sorted.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "docs",
    "fixtures",
    "policies",
    "xtask",
];

/// Names that say nothing of what a module holds.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

/// Names what is missing at the top, crates without a first sentence and modules without a noun.
pub fn complaints(files: &[String], sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in TOP {
        let found = |path: &String| path.split('/').next() == Some(name);
        if !files.iter().any(found) {
            complaints.push(format!("`{name}` is missing at the top of the repository"));
        }
    }
    for Source { path, text } in sources {
        let root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
        if root && !text.starts_with("//!") {
            complaints.push(format!(
                "{path}:1: the first line says what comes in and what goes out (`//!`)"
            ));
        }
    }
    for path in files.iter().filter(|path| path.ends_with(".rs")) {
        let part = path
            .split('/')
            .find(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs")));
        if let Some(part) = part {
            complaints.push(format!("{path}: `{part}` names no thing; find the noun"));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(extra: &str, text: &str) -> Vec<String> {
        let inside = |name: &&str| match name.contains('.') || *name == "LICENSE" {
            true => (*name).to_owned(),
            false => format!("{name}/a"),
        };
        let mut files: Vec<String> = TOP.iter().map(inside).collect();
        files.push(extra.to_owned());
        complaints(
            &files,
            &[Source {
                path: extra.to_owned(),
                text: text.to_owned(),
            }],
        )
    }

    #[test]
    fn a_whole_checkout_is_silent() {
        assert!(check("crates/diff/src/lib.rs", "//! Two models to changes.\n").is_empty());
        assert!(check("crates/diff/src/lattice.rs", "").is_empty());
        assert!(check("fixtures/mesh/common/a.yaml", "").is_empty());
    }

    #[test]
    fn what_is_missing_or_misnamed_is_said() {
        let cases = [
            (
                "crates/diff/src/lib.rs",
                "use std::fmt;\n",
                "the first line says",
            ),
            (
                "crates/diff/src/utils.rs",
                "//! Things.\n",
                "`utils.rs` names no thing",
            ),
            (
                "crates/diff/src/helpers/mod.rs",
                "//! Things.\n",
                "`helpers` names no thing",
            ),
        ];
        for (path, text, expected) in cases {
            let found = check(path, text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found.iter().all(|complaint| complaint.contains(expected)),
                "{found:?}"
            );
        }
        assert_eq!(complaints(&[], &[]).len(), TOP.len());
    }
}
