//! Arrows between crates: what cargo knows of the workspace comes in, arrows that the design does
//! not draw come out as complaints.

use serde_json::Value;

/// Every crate of the workspace and which of ours it may use, sorted.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "meshlaw-app",
        &[
            "meshlaw-bundle",
            "meshlaw-changeset",
            "meshlaw-contract",
            "meshlaw-courier",
            "meshlaw-diff",
            "meshlaw-policy",
            "meshlaw-prove",
            "meshlaw-record",
            "meshlaw-report",
        ],
    ),
    ("meshlaw-bundle", &[]),
    ("meshlaw-changeset", &[]),
    ("meshlaw-contract", &[]),
    ("meshlaw-courier", &[]),
    ("meshlaw-diff", &["meshlaw-contract", "meshlaw-record"]),
    (
        "meshlaw-policy",
        &["meshlaw-contract", "meshlaw-diff", "meshlaw-report"],
    ),
    (
        "meshlaw-prove",
        &[
            "meshlaw-contract",
            "meshlaw-diff",
            "meshlaw-policy",
            "meshlaw-report",
        ],
    ),
    ("meshlaw-record", &["meshlaw-contract"]),
    ("meshlaw-report", &[]),
    ("xtask", &[]),
];

/// Dependencies that few crates may know, so that the rest can be built and judged without.
const OWNED: &[(&str, &[&str])] = &[
    ("cedar-policy", &["meshlaw-policy", "meshlaw-prove"]),
    ("cedar-policy-core", &["meshlaw-policy"]),
    ("cedar-policy-formatter", &["meshlaw-policy"]),
    ("cedar-policy-symcc", &["meshlaw-prove"]),
    ("git2", &["meshlaw-changeset"]),
    ("lettre", &["meshlaw-courier"]),
    ("minisign", &["meshlaw-bundle"]),
    ("minisign-verify", &["meshlaw-bundle"]),
    ("ureq", &["meshlaw-courier"]),
];

/// A crate of the workspace with what it uses.
pub struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    for_tests: bool,
}

/// Reads the packages from the answer of `cargo metadata --no-deps`.
pub fn read(metadata: &Value) -> Vec<Package> {
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let name = |value: &Value| {
        value
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let dependency = |value: &Value| Dependency {
        name: name(value),
        for_tests: value.get("kind").is_some_and(|kind| kind == "dev"),
    };
    let package = |value: &Value| Package {
        name: name(value),
        dependencies: list(value, "dependencies").iter().map(dependency).collect(),
    };
    list(metadata, "packages").iter().map(package).collect()
}

/// Names each arrow that is not allowed, and each crate of which nothing is said.
pub fn complaints(packages: &[Package]) -> Vec<String> {
    let is_ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut complaints = Vec::new();
    for package in packages {
        let from = &package.name;
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == from) else {
            complaints.push(format!(
                "crate `{from}` is not in the table of arrows in xtask/src/tidy/arrows.rs"
            ));
            continue;
        };
        for Dependency {
            name: to,
            for_tests,
        } in &package.dependencies
        {
            let owners = OWNED
                .iter()
                .find(|(name, _)| name == to)
                .map(|(_, owners)| owners);
            let is_owned = |owners: &&&[&str]| !owners.contains(&from.as_str()) && !for_tests;
            if is_ours(to) && !allowed.contains(&to.as_str()) {
                complaints.push(format!(
                    "crate `{from}` may not use `{to}`: arrow {from} → {to}"
                ));
            } else if let Some(owners) = owners.filter(is_owned) {
                complaints.push(format!(
                    "crate `{from}` uses `{to}`, which only `{}` may",
                    owners.join("` and `")
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads cases such as `meshlaw-diff: meshlaw-contract, git2 (dev)`.
    fn packages(lines: &[&str]) -> Vec<Package> {
        let dependency = |text: &str| Dependency {
            name: text.trim_end_matches(" (dev)").to_owned(),
            for_tests: text.ends_with(" (dev)"),
        };
        let package = |line: &&str| {
            let (name, rest) = line.split_once(": ").unwrap();
            Package {
                name: name.to_owned(),
                dependencies: rest.split(", ").map(dependency).collect(),
            }
        };
        lines.iter().map(package).collect()
    }

    #[test]
    fn arrows_of_the_design_are_silent() {
        let design = packages(&[
            "meshlaw-app: meshlaw-changeset, meshlaw-diff, meshlaw-policy, meshlaw-report, clap",
            "meshlaw-changeset: git2",
            "meshlaw-contract: serde_json (dev)",
            "meshlaw-diff: meshlaw-contract, git2 (dev)",
            "meshlaw-policy: meshlaw-contract, meshlaw-diff, meshlaw-report, cedar-policy",
            "meshlaw-prove: meshlaw-policy, cedar-policy, cedar-policy-symcc",
            "meshlaw-report: serde",
            "xtask: clap",
        ]);
        assert!(complaints(&design).is_empty());
        assert!(complaints(&[]).is_empty());
    }

    #[test]
    fn every_other_arrow_is_named() {
        let cases = [
            (
                "meshlaw-contract: meshlaw-diff",
                "arrow meshlaw-contract → meshlaw-diff",
            ),
            (
                "meshlaw-diff: meshlaw-policy",
                "arrow meshlaw-diff → meshlaw-policy",
            ),
            (
                "meshlaw-report: meshlaw-diff (dev)",
                "arrow meshlaw-report → meshlaw-diff",
            ),
            ("xtask: meshlaw-diff", "arrow xtask → meshlaw-diff"),
            ("meshlaw-app: git2", "only `meshlaw-changeset` may"),
            (
                "meshlaw-diff: cedar-policy",
                "only `meshlaw-policy` and `meshlaw-prove` may",
            ),
            (
                "meshlaw-app: cedar-policy-symcc",
                "only `meshlaw-prove` may",
            ),
            (
                "meshlaw-prover: serde",
                "`meshlaw-prover` is not in the table",
            ),
        ];
        for (case, expected) in cases {
            let both = ["meshlaw-diff: serde", "meshlaw-policy: serde", case];
            let found = complaints(&packages(&both));
            assert_eq!(found.len(), 1, "{case}: {found:?}");
            assert!(
                found.iter().all(|complaint| complaint.contains(expected)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn packages_are_read_from_cargo() {
        let metadata = serde_json::json!({ "packages": [{
            "name": "meshlaw-diff",
            "dependencies": [
                { "name": "git2", "kind": null },
                { "name": "insta", "kind": "dev" },
            ],
        }]});
        let found = complaints(&read(&metadata));
        assert_eq!(
            found,
            ["crate `meshlaw-diff` uses `git2`, which only `meshlaw-changeset` may"]
        );
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(ALLOWED.is_sorted_by_key(|(name, _)| name));
        assert!(OWNED.is_sorted());
    }
}
