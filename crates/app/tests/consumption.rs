//! Whether consumers may read what they read: asked in the audit, and in the gate of what a branch
//! touched.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org/consumption]
teams:
  sales-team: { roles: [domain] }
  growth: { roles: [domain], slack: '#growth' }
  data-governance: { roles: [governance] }
";

const ORDERS: &str = "\
schema: orders
version: 1.4.0
owner: sales-team
fields:
  - { name: order_id, type: string, required: true, description: Identifier }
  - { name: email, type: string, pii: contact, masking: hash, description: Address }
";

const BOARD: &str = "\
consumer: board
owner: growth
kind: export
uses:
  - { contract: sales/orders, version: ^1, fields: [order_id, email] }
";

const CONTRACT: &str = "domains/sales/orders.contract.yaml";
const CONSUMER: &str = "domains/growth/board.consumer.yaml";

fn repository() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(CONTRACT, ORDERS);
    repository
}

/// Id, state and message of the findings about consumption.
fn found(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|one| {
            one["id"]
                .as_str()
                .is_some_and(|id| id.contains("/consumption/"))
        })
        .map(|one| (text(&one["id"]), text(&one["state"]), text(&one["message"])))
        .collect()
}

fn state(report: &Value, id: &str) -> Option<String> {
    let id = format!("org/consumption/{id}");
    let found = found(report).into_iter().find(|one| one.0 == id);
    found.map(|one| one.1)
}

#[test]
fn the_audit_asks_every_consumer() {
    let repository = repository();
    repository.write(CONSUMER, BOARD);
    let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    let report: Value = serde_json::from_str(&audit.stdout).unwrap();
    let found = found(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].2,
        "personal data is read without saying what for: `board` reads `email` of `sales/orders`"
    );
    let finding = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "org/consumption/purpose-stated");
    let finding = finding.unwrap();
    assert_eq!(finding["location"]["path"], CONSUMER);
    assert_eq!(finding["location"]["line"], 5);
    assert_eq!(finding["consumers"][0], "board");
}

#[test]
fn a_consumer_that_a_branch_adds_is_asked_about_contracts_it_left_alone() {
    let repository = repository();
    repository
        .commit("base", "2026-06-01")
        .branch("change")
        .write(CONSUMER, BOARD)
        .commit("read", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(state(&report, "purpose-stated").as_deref(), Some("new"));
    assert_eq!(code, 1);
    repository
        .edit(CONSUMER, "email] }", "email], purpose: planning }")
        .commit("say what for", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!((code, found(&report)), (0, vec![]));
}

#[test]
fn what_a_contract_makes_of_its_consumers_is_new_or_old() {
    let repository = repository();
    repository
        .write(CONSUMER, BOARD)
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(CONTRACT, "version: 1.4.0", "version: 1.4.1")
        .edit(
            CONTRACT,
            "description: Address",
            "description: Where to write",
        )
        .commit("describe", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(
        state(&report, "purpose-stated").as_deref(),
        Some("existing")
    );
    assert_eq!(code, 0, "{report}");
    repository
        .edit(CONTRACT, "version: 1.4.1", "version: 1.5.0")
        .edit(
            CONTRACT,
            "owner: sales-team",
            "owner: sales-team\nclassification: restricted",
        )
        .commit("restrict", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!(
        state(&report, "restricted-not-exported").as_deref(),
        Some("new")
    );
    assert_eq!(
        state(&report, "purpose-stated").as_deref(),
        Some("existing")
    );
    assert_eq!(code, 1);
}

#[test]
fn a_touched_consumer_answers_only_for_what_it_made_worse() {
    let repository = repository();
    repository
        .write(CONSUMER, BOARD)
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(CONSUMER, "kind: export", "kind: service")
        .commit("rename", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(
        state(&report, "purpose-stated").as_deref(),
        Some("existing")
    );
    assert_eq!(code, 0, "{report}");
    repository
        .edit(CONSUMER, ", fields: [order_id, email]", "")
        .commit("read all", "2026-11-21");
    let (_, report) = repository.judge();
    assert_eq!(
        state(&report, "personal-fields-named").as_deref(),
        Some("new")
    );
}

#[test]
fn the_layers_of_the_reader_s_and_the_contract_s_domain_hold() {
    let layer = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"no\")\n@help(\"h\")\n\
        forbid (principal, action == Action::\"consume\", resource is Contract);\n";
    for (domain, expected) in [("sales", 1), ("growth", 1), ("finance", 0)] {
        let repository = repository();
        repository
            .write(CONSUMER, BOARD.replace("email] }", "email], purpose: p }"))
            .write(
                &format!("policies/domains/{domain}/closed/policy.cedar"),
                layer,
            );
        let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23"]);
        assert_eq!(audit.code, expected, "{domain}: {}", audit.stdout);
    }
}

#[test]
fn a_consumer_s_finding_can_be_waived() {
    let repository = repository();
    repository.write(CONSUMER, BOARD).write(
        "waivers/board.waiver.yaml",
        "waiver: W-1\npolicy: org/consumption/purpose-stated\ncontract: sales/orders\n\
         pointer: [consumer, board, uses, sales/orders, fields, email]\nreason: r\nticket: T\n\
         approved_by: data-governance\nexpires: 2027-01-31\n",
    );
    let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    let report: Value = serde_json::from_str(&audit.stdout).unwrap();
    assert_eq!(
        state(&report, "purpose-stated").as_deref(),
        Some("waived"),
        "{report}"
    );
    assert_eq!(audit.code, 0);
}
