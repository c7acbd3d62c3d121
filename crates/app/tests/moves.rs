//! Contracts that go to another domain, played through real git: one change, told to both sides.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org/change]
domains: { sales: {}, marketing: {} }
teams: { sales-team: { roles: [domain] }, marketing-team: { slack: \"#marketing\" } }
";

const ORDERS: &str = "\
schema: orders
version: 1.4.0
owner: sales-team
status: active
fields:
  - { name: order_id, type: string, required: true, primary_key: true, description: Identifier }
  - { name: amount, type: decimal, precision: 12, scale: 2, required: true, description: Total }
";

const CONSUMER: &str = "\
consumer: sales-report
owner: marketing-team
kind: dashboard
uses:
  - { contract: sales/orders, version: ^1, fields: [order_id, amount], purpose: weekly report }
";

const OLD: &str = "domains/sales/orders.contract.yaml";
const NEW: &str = "domains/marketing/orders.contract.yaml";

/// `main` with a contract of sales that marketing reads; the branch `change` moves it.
fn moved(text: &str, new: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(OLD, text)
        .write("domains/marketing/report.consumer.yaml", CONSUMER)
        .commit("base", "2026-06-01")
        .branch("change");
    std::fs::create_dir_all(repository.path().join("domains/marketing")).unwrap();
    repository.git(&["mv", OLD, new]);
    repository
}

/// Commits and judges; returns the report with what tests compare: `contract: rule before → after`
/// of each change, and `id: message` of each finding.
fn judge(repository: &Repository) -> (Value, Vec<String>, Vec<String>) {
    let (_, report) = repository.commit("move", "2026-11-20").judge();
    let lines = |list: &str, line: fn(&Value) -> String| {
        let mut lines: Vec<String> = report[list].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    };
    let changes = lines("changes", |one| {
        let [contract, rule, before, after] =
            ["contract", "rule", "before", "after"].map(|key| one[key].as_str().unwrap_or("-"));
        format!("{contract}: {rule} {before} → {after}")
    });
    let findings = lines("findings", |one| one["id"].as_str().unwrap().to_owned());
    (report, changes, findings)
}

const TRANSFER: &str = "marketing/orders: domain-changed sales → marketing";

#[test]
fn a_plain_move_is_one_change_that_its_consumers_are_told_of() {
    let (report, changes, findings) = judge(&moved(ORDERS, NEW));
    assert_eq!(changes, [TRANSFER]);
    assert_eq!(findings, ["version/reused"]);
    // The consumer still names `sales/orders`.
    assert_eq!(report["changes"][0]["consumers"][0], "sales-report");
    assert_eq!(report["contracts"].as_array().unwrap().len(), 1);

    let repository = moved(ORDERS, NEW);
    repository.edit(NEW, "1.4.0", "1.5.0");
    let (_, changes, findings) = judge(&repository);
    let raised = "marketing/orders: version-raised 1.4.0 → 1.5.0";
    assert_eq!(changes, [TRANSFER, raised]);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_move_that_forgets_the_domain_in_the_text_is_a_move_all_the_same() {
    let stated = format!("domain: sales\n{ORDERS}");
    let repository = moved(&stated, NEW);
    repository.edit(NEW, "1.4.0", "1.5.0");
    let (_, changes, findings) = judge(&repository);
    assert_eq!(changes.first().map(String::as_str), Some(TRANSFER));
    assert_eq!(findings, ["contract/domain-disagrees"]);

    repository.edit(NEW, "domain: sales", "domain: marketing");
    let (_, changes, findings) = judge(&repository);
    assert_eq!(changes.first().map(String::as_str), Some(TRANSFER));
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_move_hides_no_break() {
    let repository = moved(ORDERS, NEW);
    repository.edit(NEW, "1.4.0", "1.5.0").edit(
        NEW,
        ", precision: 12, scale: 2, required: true",
        "",
    );
    let (_, changes, findings) = judge(&repository);
    assert!(changes.contains(&TRANSFER.to_owned()), "{changes:?}");
    assert!(
        changes
            .iter()
            .any(|one| one.contains("field-made-optional")),
        "{changes:?}"
    );
    assert!(
        findings.contains(&"version/too-small".to_owned()),
        "{findings:?}"
    );
}

#[test]
fn a_move_with_more_edits_than_lines_is_paired_by_name() {
    let repository = moved(ORDERS, NEW);
    let fields: String = (0..40)
        .map(|index| format!("  - {{ name: extra_{index}, type: string, description: New }}\n"))
        .collect();
    repository
        .edit(NEW, "1.4.0", "1.5.0")
        .edit(NEW, "fields:\n", &format!("fields:\n{fields}"));
    let (_, changes, _) = judge(&repository);
    assert!(changes.contains(&TRANSFER.to_owned()), "{changes:?}");
    assert!(
        !changes.iter().any(|one| one.contains("contract-")),
        "{changes:?}"
    );
}

#[test]
fn a_contract_of_the_same_name_in_the_target_stays_itself() {
    let repository = Repository::new();
    let theirs = ORDERS
        .replace("order_id", "campaign_id")
        .replace("amount", "budget");
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(OLD, ORDERS)
        .write(NEW, &theirs)
        .commit("base", "2026-06-01")
        .branch("change")
        .git(&["mv", OLD, "domains/marketing/sales_orders.contract.yaml"]);
    let (_, changes, findings) = judge(&repository);
    assert_eq!(changes, [TRANSFER]);
    // Two contracts cannot bear one name in one domain.
    assert_eq!(findings, ["contract/duplicate-contract", "version/reused"]);
}

#[test]
fn a_file_that_is_merely_alike_does_not_stand_in_for_the_one_that_moved() {
    let repository = moved(ORDERS, "domains/marketing/invoices.contract.yaml");
    let moved_in_full = ORDERS.replace("Identifier", "What the shop calls it, in its own words");
    repository
        .edit(
            "domains/marketing/invoices.contract.yaml",
            "schema: orders",
            "schema: invoices",
        )
        .write(NEW, moved_in_full);
    let (_, changes, _) = judge(&repository);
    assert!(changes.contains(&TRANSFER.to_owned()), "{changes:?}");
    let added = changes.iter().filter(|one| one.contains("contract-added"));
    assert_eq!(added.count(), 1, "{changes:?}");
}

#[test]
fn a_move_is_judged_by_both_domains() {
    for domain in ["sales", "marketing"] {
        let repository = Repository::new();
        let policy = "@severity(\"error\") @enforcement(\"soft\")\n\
             @message(\"contracts do not change hands in the last quarter\") @help(\"wait\")\n\
             forbid (principal, action == Action::\"changeRisky\", resource)\n\
             when { context.rule == \"domain-changed\" };\n";
        let folder = format!("policies/domains/{domain}/no-transfer");
        repository
            .write("meshlaw.yaml", SETTINGS)
            .write(&format!("{folder}/policy.cedar"), policy)
            .write(
                &format!("{folder}/README.md"),
                "# No transfer\n\nWhy not.\n",
            )
            .write(OLD, ORDERS)
            .commit("base", "2026-06-01")
            .branch("change");
        std::fs::create_dir_all(repository.path().join("domains/marketing")).unwrap();
        repository.git(&["mv", OLD, NEW]);
        repository.edit(NEW, "1.4.0", "1.5.0");
        let (_, _, findings) = judge(&repository);
        assert_eq!(findings, [format!("domains/{domain}/no-transfer")]);
    }
}

const ODCS: &str = "\
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
name: orders
version: 1.4.0
status: active
domain: sales
schema:
  - name: orders
    properties:
      - { name: order_id, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1 }
";

const OLD_ODCS: &str = "domains/sales/orders.odcs.yaml";
const NEW_ODCS: &str = "domains/marketing/purchases.odcs.yaml";

/// `main` with a contract of the standard; a branch to change it on.
fn standard() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(OLD_ODCS, ODCS)
        .commit("base", "2026-06-01")
        .branch("change");
    repository
}

#[test]
fn a_contract_of_the_standard_is_known_by_its_id() {
    let repository = standard();
    let purchases = ODCS
        .replace("name: orders", "name: purchases")
        .replace("domain: sales", "domain: marketing")
        .replace("1.4.0", "2.0.0");
    // Nothing but the id tells that it is the same: git does not see a rename.
    repository.remove(OLD_ODCS).write(
        NEW_ODCS,
        format!("{purchases}{}", "# padding\n".repeat(200)),
    );
    let (_, changes, _) = judge(&repository);
    let transfer = "marketing/purchases: domain-changed sales → marketing";
    assert!(changes.contains(&transfer.to_owned()), "{changes:?}");
    assert!(
        !changes.iter().any(|one| one.contains("contract-added")),
        "{changes:?}"
    );
    assert!(
        !changes.iter().any(|one| one.contains("contract-removed")),
        "{changes:?}"
    );
}

#[test]
fn another_id_is_told_as_another_identity() {
    let repository = standard();
    repository
        .edit(OLD_ODCS, "91553a", "91553b")
        .edit(OLD_ODCS, "1.4.0", "1.5.0");
    let (report, changes, findings) = judge(&repository);
    assert_eq!(
        changes,
        [
            "sales/orders: id-changed 53581432-6c55-4ba2-a65f-72344a91553a → \
             53581432-6c55-4ba2-a65f-72344a91553b",
            "sales/orders: version-raised 1.4.0 → 1.5.0",
        ]
    );
    assert!(findings.is_empty(), "{findings:?}");
    let of_id = report["changes"].as_array().unwrap().iter();
    let of_id = of_id
        .clone()
        .find(|one| one["rule"] == "id-changed")
        .unwrap();
    assert_eq!(of_id["impact"], "risky");
    assert_eq!(of_id["location"]["line"], 3);
}
