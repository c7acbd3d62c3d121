//! Why a policy fires, told by `policy explain` and by each finding: for contracts, changes,
//! consumers and waivers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;

const ORDERS: &str = "domains/sales/orders.contract.yaml";
const REPORT: &str = "domains/finance/report.consumer.yaml";
const WAIVER: &str = "waivers/mail.waiver.yaml";

const NEEDS_MAJOR: &str = "org/change/breaking-needs-major";
const AGREED: &str = "org/change/no-break-under-consumers";

/// A contract with a reader and a waiver on `main`; the branch `work` breaks the reader.
fn broken() -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org]\ndomains: { sales: {}, finance: {} }\n\
             teams: { sales-team: {}, finance-team: {}, privacy-office: { roles: [privacy] } }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\npurpose: shipping\nfields:\n\
             \x20 - { name: id, type: string, required: true }\n\
             \x20 - { name: amount, type: long }\n\
             \x20 - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            REPORT,
            "consumer: report\nowner: finance-team\nuses:\n\
             \x20 - { contract: sales/orders, fields: [id, amount, mail] }\n",
        )
        .write(
            WAIVER,
            "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\n\
             pointer: [fields, mail]\nreason: until it is masked\n\
             approved_by: sales-team\nexpires: 2026-12-31\n",
        )
        .commit("base", "2026-06-01")
        .branch("work")
        .edit(
            ORDERS,
            "  - { name: amount, type: long }\n",
            "  - { name: note, type: string }\n",
        );
    repository
}

fn explain(repository: &Repository, args: &[&str], code: i32) -> String {
    let mut all = vec!["policy", "explain"];
    all.extend(args);
    all.extend(["--as-of", "2026-11-23"]);
    let ran = repository.meshlaw(&all);
    assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
    ran.stdout + &ran.stderr
}

#[test]
fn a_change_is_explained_between_two_revisions() {
    let repository = broken();
    let worktree = explain(&repository, &[NEEDS_MAJOR, ORDERS, "--base", "main"], 0);
    insta::assert_snapshot!("change", worktree);
    repository.commit("break", "2026-11-20");
    let head = ["--base", "main", "--head", "work"];
    let of_head = [&[NEEDS_MAJOR, ORDERS], &head[..]].concat();
    assert_eq!(explain(&repository, &of_head, 0), worktree);
    let (old, new) = (format!("main:{ORDERS}"), format!("work:{ORDERS}"));
    let pair = explain(&repository, &[NEEDS_MAJOR, &old, &new], 0);
    let (told, same) = (worktree.split_once('\n'), pair.split_once('\n'));
    assert_eq!(told.unwrap().1, same.unwrap().1);
    // Below the root, too.
    let below = repository.path().join("domains/sales");
    let args = [
        "policy",
        "explain",
        NEEDS_MAJOR,
        "orders.contract.yaml",
        "--base",
        "main",
    ];
    let ran = playground::meshlaw_in(&below, &args);
    assert!(
        ran.stdout.contains("fires on 1 of 2 changes"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn what_a_set_lacks_is_named() {
    let repository = broken();
    repository.edit(ORDERS, "version: 1.0.0", "version: 2.0.0");
    let alone = explain(&repository, &[AGREED, ORDERS, "--base", "main"], 0);
    assert!(alone.contains("missing: [\"finance-team\"]"), "{alone}");
    repository.write(
        "approvals.json",
        r#"{ "approvals": [{ "by": "ada", "teams": ["finance-team"] }] }"#,
    );
    let args = [
        AGREED,
        ORDERS,
        "--base",
        "main",
        "--approvals",
        "approvals.json",
    ];
    let agreed = explain(&repository, &args, 0);
    assert!(agreed.contains("fires on 0 of"), "{agreed}");
    assert!(
        agreed.contains("passes; it would fire if these turned:"),
        "{agreed}"
    );
}

#[test]
fn a_policy_that_is_never_asked_says_why() {
    let repository = broken();
    let alone = explain(&repository, &[NEEDS_MAJOR, ORDERS], 2);
    assert!(
        alone.contains("is about changes, and one revision shows none"),
        "{alone}"
    );
    assert!(alone.contains("--base main"), "{alone}");
    let all = [NEEDS_MAJOR, ORDERS, "--base", "main", "--all"];
    let safe = explain(&repository, &all, 0);
    assert!(
        safe.contains(
            "is not asked about: the policy is about breaking changes, and this one is safe"
        ),
        "{safe}"
    );
    let other = explain(
        &repository,
        &["org/privacy/pii-masked", ORDERS, "--base", "main"],
        0,
    );
    assert!(
        other.contains("asks how a contract stands, and not about changes"),
        "{other}"
    );
    let other = explain(&repository, &["org/privacy/pii-masked", REPORT], 0);
    assert!(
        other.contains("and not about what consumers read"),
        "{other}"
    );
    repository.write(
        "policies/domains/finance/mine/policy.cedar",
        "@severity(\"note\")\n@enforcement(\"advisory\")\n@message(\"m\")\n@help(\"h\")\n\
         forbid (principal, action == Action::\"publish\", resource is Dataset);\n",
    );
    let other = explain(&repository, &["domains/finance/mine", ORDERS], 0);
    assert!(
        other.contains("holds in the domain `finance`, and this lies in `sales`"),
        "{other}"
    );
    let nobody = explain(&repository, &["org/privacy/pii-masked", "meshlaw.yaml"], 2);
    assert!(
        nobody.contains("no policy is asked about `meshlaw.yaml`"),
        "{nobody}"
    );
}

#[test]
fn consumers_and_waivers_are_explained() {
    let repository = broken();
    let purpose = "org/consumption/purpose-stated";
    let by_contract = explain(&repository, &[purpose, ORDERS], 0);
    insta::assert_snapshot!("consumer", by_contract);
    let by_file = explain(&repository, &[purpose, REPORT, "--all"], 0);
    assert!(
        by_file.contains("`report` reads `mail` of `sales/orders` fires"),
        "{by_file}"
    );
    assert!(
        by_file.contains("`report` reads `id` of `sales/orders` passes"),
        "{by_file}"
    );
    let near = explain(&repository, &[purpose, ORDERS, "--consumer", "reprot"], 2);
    assert!(near.contains("did you mean `report`?"), "{near}");
    let granted = "org/waivers/approver-authorised";
    let by_file = explain(&repository, &[granted, WAIVER], 0);
    insta::assert_snapshot!("waiver", by_file);
    let by_contract = explain(&repository, &[granted, ORDERS, "--waiver", "W-1"], 0);
    assert_eq!(by_contract.replace(ORDERS, WAIVER), by_file);
    repository.edit(WAIVER, "expires:", "expire:");
    let broken = explain(&repository, &[granted, WAIVER], 2);
    assert!(
        broken.contains("waivers/mail.waiver.yaml:") && broken.contains("expires"),
        "{broken}"
    );
}

/// The gate runs with and without short cuts here, and twice with them.
#[test]
fn findings_say_which_conditions_decided() {
    let repository = broken();
    repository.edit(ORDERS, "version: 1.0.0", "version: 2.0.0");
    repository.commit("break", "2026-11-20");
    let (_, report) = repository.judge();
    let of = |id: &str| {
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|one| one["id"] == id);
        found.unwrap_or_else(|| panic!("{id}: {report:#}"))["why"].clone()
    };
    let change = of(AGREED);
    let last = change.as_array().unwrap().last().unwrap();
    assert_eq!(
        last["condition"],
        "context.approvedBy.containsAll(context.consumerOwners)"
    );
    assert_eq!(last["holds"], false);
    assert_eq!(last["missing"][0], "\"finance-team\"");
    assert_eq!(last["values"][1]["name"], "context.consumerOwners");
    // Of the alternatives only the one that held.
    let texts: Vec<&str> = change
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["condition"].as_str().unwrap())
        .collect();
    assert!(
        texts.contains(&"context.declaredBump >= 3")
            && !texts.contains(&"context has statusBefore")
    );
    let text = repository.gate(&["--all"]).stdout;
    assert!(
        text.contains("= why: `resource has pii` (line 10), not `resource.isEncrypted`"),
        "{text}"
    );
    for format in ["markdown", "sarif", "github"] {
        let told = repository.gate(&["--format", format]).stdout;
        assert!(told.contains("why: "), "{format}: {told}");
    }
}

#[test]
fn an_audit_says_the_same_with_what_it_kept() {
    let repository = broken();
    repository.edit(
        ORDERS,
        "note, type: string",
        "note, type: string, pii: contact",
    );
    repository.commit("more", "2026-11-20");
    let run = |more: &[&str]| {
        let args = [
            "audit",
            "--at",
            "HEAD",
            "--as-of",
            "2026-11-23",
            "--format",
            "json",
        ];
        repository.meshlaw(&[&args[..], more].concat()).stdout
    };
    let plain = run(&["--no-shortcuts"]);
    assert!(
        plain.contains("\"condition\": \"resource has pii\""),
        "{plain}"
    );
    assert_eq!((run(&[]), run(&[])), (plain.clone(), plain));
}
