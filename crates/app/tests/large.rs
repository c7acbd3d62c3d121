//! Contracts with thousands of parts, which a pull request may bring along: what they cost grows with
//! what they hold, and not with its square.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::time::{Duration, Instant};

use playground::Repository;

const OWN: &str = "domains/a/own.contract.yaml";

/// A hundredth of what it took when each part was looked for among all others, on a machine that does
/// much else.
const MOST: Duration = Duration::from_secs(60);

fn contract(fields: impl Iterator<Item = String>) -> String {
    let fields: String = fields.collect();
    format!("schema: own\nversion: 1.0.0\nowner: a-team\nlegal_basis: contract\nfields:\n{fields}")
}

fn field(name: &str, more: &str) -> String {
    format!("  - {{ name: {name}, type: string, description: Something{more} }}\n")
}

fn begin(text: String) -> Repository {
    let repository = Repository::new();
    repository.write(
        "meshlaw.yaml",
        "domains: { a: {}, b: {} }\nteams: { a-team: {} }\n",
    );
    repository.write(OWN, text);
    repository.commit("begin", "2026-01-01");
    repository.branch("topic");
    repository
}

/// Judges a change of the one contract, in time; returns what was found.
fn judged(repository: &Repository, text: String) -> serde_json::Value {
    repository.write(OWN, text);
    repository.commit("change", "2026-02-01");
    let start = Instant::now();
    let args = [
        "gate",
        "--base",
        "main",
        "--as-of",
        "2026-11-23",
        "--format",
        "json",
    ];
    let ran = repository.meshlaw(&args);
    assert!(start.elapsed() < MOST, "{:?}", start.elapsed());
    assert!(ran.code < 2, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn fields_that_all_go_are_each_brought_back_in_their_place() {
    const COUNT: usize = 1_500;
    let all = |prefix: &str| contract((0..COUNT).map(|at| field(&format!("{prefix}{at}"), "")));
    let repository = begin(all("before_"));
    let kept = contract(
        (0..COUNT)
            .filter(|at| at.is_multiple_of(2))
            .map(|at| field(&format!("before_{at}"), "")),
    );
    let report = judged(&repository, kept.clone());
    let gone = report["changes"].as_array().unwrap().iter();
    let gone = gone.filter(|one| one["rule"] == "field-removed").count();
    assert_eq!(gone, COUNT / 2);
    let ran = repository.meshlaw(&["fix", "--base", "main", "--as-of", "2026-11-23", "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mended = std::fs::read_to_string(repository.path().join(OWN)).unwrap();
    let names: Vec<&str> = mended
        .lines()
        .filter_map(|line| line.split("name: ").nth(1))
        .collect();
    let names: Vec<&str> = names
        .iter()
        .map(|rest| rest.split(',').next().unwrap())
        .collect();
    let wanted: Vec<String> = (0..COUNT).map(|at| format!("before_{at}")).collect();
    assert!(names == wanted, "{:?}", &names[..20]);
    judged(&repository, all("after_the_"));
}

#[test]
fn references_to_nothing_are_each_told_where_they_stand() {
    const COUNT: usize = 1_500;
    let refer = |at: usize| {
        format!(
            "  - {{ name: f{at}, type: string, references: {{ contract: b/none{at}, field: id }} }}\n"
        )
    };
    let repository = begin(contract((0..COUNT).map(|at| field(&format!("f{at}"), ""))));
    let report = judged(&repository, contract((0..COUNT).map(refer)));
    let findings = report["findings"].as_array().unwrap().iter();
    let told = findings.filter(|one| one["id"] == "contract/reference-unknown");
    let lines: Vec<u64> = told
        .map(|one| one["location"]["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, (6..6 + COUNT as u64).collect::<Vec<_>>());
    let start = Instant::now();
    let audit = repository.meshlaw(&["audit", "--format", "json", "--as-of", "2026-11-23"]);
    assert!(audit.code < 2 && start.elapsed() < MOST);
    assert_eq!(
        audit
            .stdout
            .matches("\"contract/reference-unknown\"")
            .count(),
        COUNT
    );
}

#[test]
fn values_that_all_change_are_each_told() {
    let values = |from: usize| {
        let values: Vec<String> = (from..from + 6_000).map(|at| format!("v{at}")).collect();
        contract(
            [format!(
                "  - {{ name: id, type: string, enum: [{}] }}\n",
                values.join(", ")
            )]
            .into_iter(),
        )
    };
    let repository = begin(values(0));
    let report = judged(&repository, values(3_000));
    let count = |rule: &str| {
        let changes = report["changes"].as_array().unwrap().iter();
        changes.filter(|one| one["rule"] == rule).count()
    };
    assert_eq!(
        (count("enum-value-added"), count("enum-value-removed")),
        (3_000, 3_000)
    );
}
