//! Who agreed to a change, told to the gate by a file.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

const ORDERS: &str = "domains/sales/orders.contract.yaml";
const REPORT: &str = "domains/finance/report.consumer.yaml";
const FILE: &str = "../approvals.json";

/// A branch that breaks a consumer of finance with a new major version.
fn breaking() -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "domains: { sales: {}, finance: {} }\nextends: [org/change]\n\
             teams: { sales-team: { github: \"@acme/sales\" }, finance-team: { github: \"@acme/finance\" } }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nfields:\n\
             \x20 - { name: id, type: string, required: true }\n\
             \x20 - { name: amount, type: long }\n",
        )
        .write(
            REPORT,
            "consumer: report\nowner: finance-team\nuses:\n\
             \x20 - { contract: sales/orders, fields: [amount] }\n",
        )
        .commit("begin", "2026-01-01")
        .branch("work")
        .edit(ORDERS, "type: long", "type: string")
        .edit(ORDERS, "1.0.0", "2.0.0")
        .commit("break", "2026-02-01");
    repository
}

/// Runs the gate with a file of approvals; returns the ids of what blocks, and the notes.
fn gate(repository: &Repository, approvals: &str) -> (Vec<String>, String) {
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("approvals.json");
    std::fs::write(&file, approvals).unwrap();
    let ran = repository.gate(&["--format", "json", "--approvals", file.to_str().unwrap()]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let blocking = json["findings"].as_array().unwrap().iter();
    let blocking = blocking.filter(|finding| finding["blocking"] == true);
    let ids = blocking.map(|finding| finding["id"].as_str().unwrap().to_owned());
    (ids.collect(), json["notes"].to_string())
}

fn by(team: &str) -> String {
    format!(r#"{{ "approvals": [{{ "by": "ines", "teams": ["{team}"] }}] }}"#)
}

const STOPPED: [&str; 1] = ["org/change/no-break-under-consumers"];

#[test]
fn a_break_passes_once_every_team_that_feels_it_agreed() {
    let repository = breaking();
    for (team, passes) in [
        ("@acme/finance", true),
        ("finance-team", true),
        ("@acme/sales", false),
        ("@acme/nobody", false),
    ] {
        let (ids, notes) = gate(&repository, &by(team));
        assert_eq!(ids.is_empty(), passes, "{team}: {ids:?}");
        assert_eq!(notes.contains("`finance-team` agreed"), passes, "{notes}");
    }
}

#[test]
fn what_cannot_be_read_agrees_to_nothing_and_is_told() {
    let repository = breaking();
    for text in ["", "{", "[]", r#"{ "approvals": [{ "by": "x" }] }"#] {
        let (ids, notes) = gate(&repository, text);
        assert_eq!(ids, STOPPED, "{text}");
        assert!(notes.contains("nobody counts as having agreed"), "{notes}");
    }
    let ran = repository.gate(&["--approvals", FILE]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("cannot be read"), "{}", ran.stdout);
}

#[test]
fn an_agreement_to_another_commit_does_not_count() {
    let repository = breaking();
    let head = repository.git(&["rev-parse", "HEAD"]);
    let with = |head: &str| {
        by("finance-team").replace("{ \"app", &format!("{{ \"head\": \"{head}\", \"app"))
    };
    assert_eq!(gate(&repository, &with(head.trim())).0, [""; 0]);
    repository
        .edit(
            ORDERS,
            "type: string }\n",
            "type: string, max_length: 9 }\n",
        )
        .commit("more", "2026-02-02");
    let (ids, notes) = gate(&repository, &with(head.trim()));
    assert!(ids.contains(&STOPPED[0].to_owned()), "{ids:?}");
    assert!(notes.contains("not what is judged"), "{notes}");
    // What a build server checks out is a merge of the branch into its target.
    let head = repository.git(&["rev-parse", "HEAD"]);
    repository.checkout("main").branch("pull");
    repository.git(&["merge", "-q", "--no-ff", "-m", "merge", "work"]);
    assert_eq!(gate(&repository, &with(head.trim())).0, [""; 0]);
}

#[test]
fn nobody_takes_a_consumer_over_to_agree_in_its_name() {
    let repository = breaking();
    repository
        .edit(REPORT, "finance-team", "sales-team")
        .commit("ours now", "2026-02-02");
    assert_eq!(gate(&repository, &by("sales-team")).0, STOPPED);
    repository
        .remove(REPORT)
        .commit("nobody reads it", "2026-02-03");
    assert_eq!(gate(&repository, &by("sales-team")).0, STOPPED);
}
