//! The policies of this workspace, embedded.

use std::borrow::Cow;

use crate::BookFile;

/// Name of the pack that holds every built-in policy of the floor.
pub const BUILTIN: &str = "org";

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

const EXAMPLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// What built-in policies on waivers see to, by the names of the files.
const PROPERTIES: &[(&str, &str)] = &[
    (
        "hard-is-never-excused",
        include_str!("../../../policies/properties/hard-is-never-excused.cedar"),
    ),
    (
        "nobody-excuses-themselves",
        include_str!("../../../policies/properties/nobody-excuses-themselves.cedar"),
    ),
    (
        "waivers-end",
        include_str!("../../../policies/properties/waivers-end.cedar"),
    ),
];

/// Returns the properties of policies that are built in, by the names of their files.
pub fn builtin_properties() -> Vec<BookFile> {
    PROPERTIES.iter().map(file).collect()
}

/// Returns the files of the built-in policies, with paths such as `org/privacy/pii-masked/…`.
pub fn builtin_files() -> Vec<BookFile> {
    FILES.iter().map(file).collect()
}

/// Returns the examples of the built-in policies with the settings beside them, by their paths, such
/// as `org/privacy/pii-masked/deny/…`.
pub fn builtin_examples() -> Vec<BookFile> {
    EXAMPLES.iter().map(file).collect()
}

fn file((path, text): &(&str, &'static str)) -> BookFile {
    BookFile {
        path: (*path).to_owned(),
        text: Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_comes_with_what_it_allows_and_what_it_denies() {
        let examples = builtin_examples();
        for file in builtin_files() {
            let Some(home) = file.path.strip_suffix("policy.cedar") else {
                continue;
            };
            for side in ["allow/", "deny/"] {
                let below = format!("{home}{side}");
                let mut paths = examples.iter().map(|example| &example.path);
                assert!(paths.any(|path| path.starts_with(&below)), "{below}");
            }
        }
        let policies = examples.iter().filter(|file| file.path.ends_with(".cedar"));
        assert_eq!(policies.count(), 0);
    }

    #[test]
    fn every_property_of_the_workspace_is_built_in() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/properties");
        let names = std::fs::read_dir(root).unwrap();
        let names = names.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        let known = PROPERTIES.iter().map(|(name, _)| format!("{name}.cedar"));
        assert_eq!(names, known.collect::<Vec<_>>());
    }
}
