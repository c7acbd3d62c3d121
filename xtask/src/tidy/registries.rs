//! Registries against folders: the listing and the sources come in, what is in one and not in the
//! other comes out as complaints. Does not know what a rule, a format or a policy does.

use std::collections::{BTreeMap, BTreeSet};

use crate::registry::{self, List};
use crate::workspace::Source;

const RULES: &str = "crates/diff/rules/";
const CATALOGUE: &str = "crates/diff/src/catalogue.rs";
const MODULE_FOLDERS: &[&str] = &["crates/contract/src/formats/", "crates/report/src/formats/"];
const POLICY_FOLDERS: &[&str] = &["policies/domains/", "policies/org/"];
const POLICY_PARTS: &[&str] = &["README.md", "allow/", "deny/", "policy.cedar"];

/// Names what a registry lacks, has too much or has out of order, and policies that lack a part.
pub fn complaints(files: &[String], sources: &[Source]) -> Vec<String> {
    let listed = |path: &str, list: List| {
        let source = sources.iter().find(|source| source.path == path);
        source.map_or_else(Vec::new, |source| registry::names(&source.text, list))
    };
    let rules = files
        .iter()
        .filter_map(|path| path.strip_prefix(RULES)?.strip_suffix(".md"));
    let mut complaints = compare(
        CATALOGUE,
        &rules.collect(),
        &listed(CATALOGUE, List::Quoted),
    );
    for folder in MODULE_FOLDERS {
        let registry = format!("{folder}mod.rs");
        let modules = files
            .iter()
            .filter_map(|path| module(path.strip_prefix(folder)?));
        complaints.extend(compare(
            &registry,
            &modules.collect(),
            &listed(&registry, List::Modules),
        ));
    }
    complaints.extend(incomplete_policies(files));
    complaints
}

/// The module that a file below a folder of modules belongs to, by `x.rs` or `x/mod.rs`.
fn module(below: &str) -> Option<&str> {
    let name = below
        .strip_suffix("/mod.rs")
        .or_else(|| below.strip_suffix(".rs"))?;
    (!name.contains('/') && name != "mod").then_some(name)
}

fn compare(registry: &str, files: &BTreeSet<&str>, listed: &[&str]) -> Vec<String> {
    let names: BTreeSet<&str> = listed.iter().copied().collect();
    let lacks = files
        .difference(&names)
        .map(|name| format!("{registry} does not list `{name}`"));
    let extra = names
        .difference(files)
        .map(|name| format!("{registry} lists `{name}`, no file"));
    let mut complaints: Vec<String> = lacks.chain(extra).collect();
    for (before, after) in listed.iter().zip(listed.iter().skip(1)) {
        if before >= after {
            complaints.push(format!(
                "{registry}: `{after}` stands after `{before}`; sort the list"
            ));
        }
    }
    complaints
}

fn incomplete_policies(files: &[String]) -> Vec<String> {
    let mut policies: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in files {
        if let Some((policy, part)) = policy_part(path) {
            policies.entry(policy).or_default().push(part);
        }
    }
    let mut complaints = Vec::new();
    for (policy, parts) in policies {
        let lacks = |wanted: &&&str| !parts.iter().any(|part| is_part(part, wanted));
        for wanted in POLICY_PARTS.iter().filter(lacks) {
            complaints.push(format!("{policy} has no `{wanted}`, or nothing in it"));
        }
    }
    complaints
}

/// Splits `policies/org/privacy/pii-masked/allow/a.yaml` into the policy's folder and the rest.
fn policy_part(path: &str) -> Option<(&str, &str)> {
    let layer = POLICY_FOLDERS
        .iter()
        .find(|layer| path.starts_with(**layer))?;
    let mut slashes = path
        .match_indices('/')
        .map(|(at, _)| at)
        .filter(|at| *at >= layer.len());
    let end = slashes.nth(1)?;
    Some((path.get(..end)?, path.get(end + 1..)?))
}

fn is_part(part: &str, wanted: &str) -> bool {
    if wanted.ends_with('/') {
        part.strip_prefix(wanted)
            .is_some_and(|inside| !inside.starts_with('.'))
    } else {
        part == wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], sources: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<String> = files.iter().map(|path| (*path).to_owned()).collect();
        let source = |(path, text): &(&str, &str)| Source {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        complaints(&files, &sources.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn rules_and_the_catalogue_agree() {
        let files = [
            "crates/diff/rules/field_added.md",
            "crates/diff/rules/sla_weaker.md",
        ];
        let cases = [
            ("\"field_added\",\n\"sla_weaker\",\n", None),
            (
                "rule!(\"field_added\");\n",
                Some("does not list `sla_weaker`"),
            ),
            (
                "\"field_added\",\n\"gone\",\n\"sla_weaker\",\n",
                Some("lists `gone`, no file"),
            ),
            ("\"sla_weaker\",\n\"field_added\",\n", Some("sort the list")),
        ];
        for (text, expected) in cases {
            let found = check(&files, &[(CATALOGUE, text)]);
            assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
            let said = |complaint: &String| expected.is_some_and(|words| complaint.contains(words));
            assert!(found.iter().all(said), "{found:?}");
        }
    }

    #[test]
    fn modules_and_their_list_agree() {
        let root = "crates/contract/src/formats/mod.rs";
        let files = [
            root,
            "crates/contract/src/formats/native/mod.rs",
            "crates/contract/src/formats/native/field.rs",
            "crates/contract/src/formats/odcs.rs",
        ];
        assert!(check(&files, &[(root, "mod native;\nmod odcs;\n")]).is_empty());
        assert_eq!(
            check(&files, &[(root, "mod native;\n")]),
            [format!("{root} does not list `odcs`")]
        );
    }

    #[test]
    fn a_policy_is_whole() {
        let whole = [
            "policies/vocabulary.cedarschema",
            "policies/org/README.md",
            "policies/org/privacy/README.md",
            "policies/org/privacy/masked/README.md",
            "policies/org/privacy/masked/allow/a.contract.yaml",
            "policies/org/privacy/masked/deny/a/before.contract.yaml",
            "policies/org/privacy/masked/policy.cedar",
        ];
        assert!(check(&whole, &[]).is_empty());
        assert_eq!(
            check(
                &[
                    "policies/domains/sales/a/policy.cedar",
                    "policies/domains/sales/a/deny/.keep"
                ],
                &[]
            ),
            [
                "policies/domains/sales/a has no `README.md`, or nothing in it",
                "policies/domains/sales/a has no `allow/`, or nothing in it",
                "policies/domains/sales/a has no `deny/`, or nothing in it",
            ]
        );
    }

    #[test]
    fn nothing_is_silent() {
        assert!(check(&[], &[]).is_empty());
    }
}
