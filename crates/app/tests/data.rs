//! `meshlaw check --data`: records held against a contract by the real program.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

const CONTRACT: &str = "\
schema: leads
version: 1.0.0
owner: marketing-team
description: Leads
fields:
  - { name: lead_id, type: integer, required: true, primary_key: true, description: Identifier }
  - { name: source, type: string, enum: [organic, paid], description: Where from }
";

fn checked(data: &str, name: &str, more: &[&str]) -> (i32, Vec<(String, u64)>, String) {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "extends: []\n")
        .write("leads.contract.yaml", CONTRACT)
        .write(name, data);
    let mut args = vec!["check", "leads.contract.yaml", "--data", name];
    args.extend(["--format", "json"]);
    args.extend(more);
    let ran = repository.meshlaw(&args);
    let Ok(report) = serde_json::from_str::<Value>(&ran.stdout) else {
        return (ran.code, Vec::new(), ran.stderr);
    };
    let findings = report["findings"].as_array().unwrap().iter();
    let told = findings
        .filter(|one| one["kind"] == "data")
        .map(|one| {
            let line = one["location"]["line"].as_u64().unwrap();
            (one["id"].as_str().unwrap().to_owned(), line)
        })
        .collect();
    (ran.code, told, report["notes"].to_string())
}

#[test]
fn records_are_reported_by_line() {
    let good = "{\"lead_id\": 1, \"source\": \"paid\"}\n\n{\"lead_id\": 2}\n";
    assert_eq!(checked(good, "good.jsonl", &[]).0, 0);
    let bad = "{\"lead_id\": 1}\n{\"lead_id\": 1}\n{\"source\": \"other\", \"lead_id\": 3}\n{\n";
    let (code, told, _) = checked(bad, "bad.jsonl", &[]);
    let expected = [
        ("data/repeated", 2),
        ("data/value", 3),
        ("data/malformed", 4),
    ];
    assert_eq!(code, 1);
    assert_eq!(told, expected.map(|(id, line)| (id.to_owned(), line)));
}

#[test]
fn cells_are_reported_by_line() {
    let data = "lead_id,source\n1,paid\n\"2\",\"multi\nline\"\nx,organic\n4\n";
    let (code, told, _) = checked(data, "rows.csv", &[]);
    let expected = [("data/value", 3), ("data/value", 5), ("data/malformed", 6)];
    assert_eq!(code, 1);
    assert_eq!(told, expected.map(|(id, line)| (id.to_owned(), line)));
}

#[test]
fn what_is_not_reported_is_counted() {
    let data = "{}\n".repeat(5);
    let (code, told, notes) = checked(&data, "rows.jsonl", &["--max-records", "2"]);
    assert_eq!((code, told.len()), (1, 2));
    assert!(notes.contains("3 further records"), "{notes}");
}

#[test]
fn what_cannot_be_judged_is_a_failure() {
    for more in [
        &["--dataset", "orders"][..],
        &["--data", "nowhere.jsonl"],
        &["meshlaw.yaml"],
    ] {
        let (code, _, said) = checked("{}\n", "rows.jsonl", more);
        assert!(code >= 2, "{more:?}: {code} {said}");
    }
}
