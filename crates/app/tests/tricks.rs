//! Tricks by which a pull request could try to excuse itself, played through real git.
//!
//! Each begins with a branch that breaks a reader and shows personal data openly; each adds one
//! trick; none makes the gate pass.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use playground::orders::{ORDERS, PATH};

const SETTINGS: &str = "\
extends: [org]
domains:
  sales: { owner: sales-team }
  marketing: { owner: marketing-team }
teams:
  sales-team: { roles: [domain] }
  marketing-team: { roles: [domain] }
  privacy-office: { roles: [privacy] }
parameters: { max_retention_days: 365 }
";

/// What the branch breaks for its reader.
const AMOUNT: &str = "\
\x20 - { name: amount, type: decimal, precision: 12, scale: 2, required: true, description: Total }
";

const CONSUMER: &str = "\
consumer: sales-report
owner: marketing-team
kind: dashboard
uses:
  - { contract: sales/orders, version: ^1, fields: [order_id, amount], purpose: weekly report }
";

fn orders() -> String {
    let note = "  - { name: note,";
    ORDERS.replace(note, &format!("{AMOUNT}{note}"))
}

/// `main` with the law and a contract; the branch `change` breaks it.
fn broken_branch() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, orders())
        .write("domains/marketing/report.consumer.yaml", CONSUMER)
        .commit("base", "2026-06-01")
        .branch("change");
    break_it(&repository);
    repository
}

/// Makes a required field optional and adds an unprotected e-mail address.
fn break_it(repository: &Repository) {
    repository.edit(PATH, "scale: 2, required: true", "scale: 2").edit(
        PATH,
        "  - { name: note,",
        "  - { name: email, type: string, pii: contact, description: Address }\n  - { name: note,",
    );
}

type Trick = fn(&Repository);

const TRICKS: &[(&str, Trick)] = &[
    ("no trick at all", |_| {}),
    ("levels off in the settings", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: []\nlevels: { version/too-small: off, version/reused: off }",
        );
    }),
    ("grades set to safe in the settings", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\ngrades: { field-made-optional: { consumers: safe } }",
        );
    }),
    ("settings removed", |r| {
        r.remove("meshlaw.yaml");
    }),
    ("contracts looked for elsewhere", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\ncontracts: [nowhere/**]",
        );
    }),
    ("compatibility: none", |r| {
        r.edit(
            PATH,
            "status: active",
            "status: active\ncompatibility: none",
        );
    }),
    ("status: draft", |r| {
        r.edit(PATH, "status: active", "status: draft");
    }),
    ("owner changed to one that may more", |r| {
        r.edit(PATH, "owner: sales-team", "owner: privacy-office");
    }),
    ("a role given to the own team", |r| {
        r.edit(
            "meshlaw.yaml",
            "sales-team: { roles: [domain] }",
            "sales-team: { roles: [domain, privacy, governance] }",
        );
    }),
    ("the consumer deleted", |r| {
        r.remove("domains/marketing/report.consumer.yaml");
    }),
    ("the file renamed", |r| {
        r.git(&["mv", PATH, "domains/sales/order_book.contract.yaml"]);
    }),
    ("the file moved to another domain", |r| {
        r.git(&["mv", PATH, "domains/marketing/orders.contract.yaml"]);
    }),
    ("the file moved to where nobody looks", |r| {
        r.git(&["mv", PATH, "domains/sales/orders.yaml"]);
    }),
    ("a built-in policy replaced by a toothless one", |r| {
        for id in ["org/privacy/pii-masked", "org/change/breaking-needs-major"] {
            r.write(
                &format!("policies/{id}/policy.cedar"),
                "@severity(\"note\")\n@enforcement(\"shadow\")\n@message(\"m\")\n@help(\"h\")\nforbid (principal, action == Action::\"publish\", resource is Field) when { resource.name == \"nothing\" };\n",
            );
        }
    }),
    ("a policy of the head that does not parse", |r| {
        r.write(
            "policies/org/privacy/pii-masked/policy.cedar",
            "permit everything;",
        );
    }),
    ("a domain policy that permits", |r| {
        r.write("policies/domains/sales/free/policy.cedar", "@severity(\"note\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\npermit (principal, action, resource);\n");
    }),
    ("a waiver for oneself", |r| {
        r.write("waivers/mine.waiver.yaml", "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\nreason: because\napproved_by: sales-team\nexpires: 2036-01-01\n");
    }),
    ("the break hidden behind a typo", |r| {
        r.edit(PATH, "fields:", "feilds:");
    }),
    ("the break hidden behind broken YAML", |r| {
        r.edit(PATH, "fields:", "fields: [");
    }),
    ("the contract made a symbolic link", |r| {
        r.git(&["mv", PATH, "domains/sales/real.txt"]);
        std::os::unix::fs::symlink("real.txt", r.path().join(PATH)).unwrap();
    }),
    ("the old contract kept under another name for show", |r| {
        r.write(
            "domains/sales/orders_old.contract.yaml",
            orders().replace("schema: orders", "schema: orders_old"),
        );
    }),
    ("reviewers of one's own choice", |r| {
        r.write(
            ".github/CODEOWNERS",
            "* @org/privacy-office @org/sales-team\nwaivers/ @org/sales-team\n",
        );
    }),
    ("deprecation and removal at once, backdated", |r| {
        r.edit(PATH, "  - { name: order_id, type: string, required: true, primary_key: true, description: Identifier }\n", "");
    }),
    ("the field declared deprecated long ago", |r| {
        r.edit(PATH, "required: true, primary_key: true, description: Identifier", "deprecated: { since: 2020-01-01, sunset: 2020-02-01, replacement: note }, description: Identifier");
    }),
    ("a date in the commit long before the policies", |r| {
        r.commit("early", "2019-01-01");
    }),
    ("a decoy of the old contract before the new one", |r| {
        let broken = std::fs::read_to_string(r.path().join(PATH)).unwrap();
        r.write(PATH, format!("{}---\n{broken}", orders()));
    }),
    ("limits raised and lowered in the settings", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\nlimits: { bytes: 10 }",
        );
    }),
    ("enforcement loosened in the settings", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\nenforcement:\n  org: { is: shadow, reason: later }\n  \
             org/privacy/pii-masked: { is: advisory, reason: later }\n  \
             org/change/breaking-needs-major: { is: shadow, reason: later, until: 2036-01-01 }",
        );
    }),
    ("a bundle in the settings that is not there", |r| {
        let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        let hash = format!("sha256:{}", "0".repeat(64));
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            &format!("bundles: [{{ path: law.bundle, hash: '{hash}', keys: [{key}] }}]"),
        );
    }),
    ("retention allowed for ever in the settings", |r| {
        r.edit(
            "meshlaw.yaml",
            "max_retention_days: 365",
            "max_retention_days: 36500",
        )
        .edit(PATH, "300 days", "3000 days");
    }),
];

/// What the gate says of the branch without any trick, and must go on saying.
const STANDS: [&str; 2] = ["org/change/breaking-needs-major", "org/privacy/pii-masked"];

/// Tricks that hide the contract itself: another finding blocks in place of those above.
const HIDES: [(&str, &str); 5] = [
    (
        "a decoy of the old contract before the new one",
        "contract/duplicate-contract",
    ),
    (
        "the file moved to where nobody looks",
        "org/change/contract-not-removed-in-use",
    ),
    ("the break hidden behind a typo", "contract/unknown-key"),
    ("the break hidden behind broken YAML", "contract/syntax"),
    ("the contract made a symbolic link", "input/unreadable"),
];

#[test]
fn no_trick_works() {
    assert!(TRICKS.len() >= 12);
    for (name, trick) in TRICKS {
        let repository = broken_branch();
        trick(&repository);
        repository.commit("change", "2026-11-20");
        let (code, report) = repository.judge();
        assert_eq!(code, 1, "{name}: {report:#}");
        let blocking: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["blocking"] == true)
            .map(|finding| finding["id"].as_str().unwrap())
            .collect();
        let hides = HIDES.iter().find(|(hidden, _)| hidden == name);
        let expected = hides.map_or(STANDS.to_vec(), |(_, id)| vec![*id]);
        for id in expected {
            assert!(
                blocking.contains(&id),
                "{name}: {id} does not block, only {blocking:?}"
            );
        }
    }
}

#[test]
fn without_the_break_the_gate_passes() {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, orders())
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(PATH, "version: 1.4.0", "version: 1.5.0")
        .edit(PATH, "  - { name: note,", "  - { name: channel, type: string, description: Where it was placed }\n  - { name: note,")
        .commit("change", "2026-11-20");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn an_old_fork_point_brings_no_old_law() {
    let repository = Repository::new();
    // At the fork, data may be kept for ten years and nothing is built in.
    let lax = SETTINGS
        .replace("extends: [org]", "extends: []")
        .replace("365", "3650");
    repository
        .write("meshlaw.yaml", &lax)
        .write(PATH, orders())
        .commit("base", "2025-01-01");
    repository.branch("change");
    break_it(&repository);
    repository.commit("change", "2025-01-02");
    repository
        .checkout("main")
        .write("meshlaw.yaml", SETTINGS)
        .commit("stricter", "2026-01-01");
    repository.checkout("change");
    assert_eq!(repository.gate(&[]).code, 1);
}

#[test]
fn a_broken_law_stops_everything_but_its_repair() {
    let policy = "policies/org/privacy/mine/policy.cedar";
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, orders())
        .write(
            policy,
            "forbid (principal, action, resource) when { resource.nmae == 1 };",
        )
        .commit("base", "2026-06-01");
    repository
        .branch("contract")
        .edit(PATH, "1.4.0", "1.4.1")
        .commit("c", "2026-11-20");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(policy), "{}", ran.stderr);
    repository
        .checkout("main")
        .branch("repair")
        .remove(policy)
        .commit("r", "2026-11-20");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    repository
        .edit(PATH, "1.4.0", "1.4.1")
        .commit("and more", "2026-11-21");
    assert_eq!(repository.gate(&[]).code, 2);
}

#[test]
fn a_tag_named_like_the_target_does_not_move_it() {
    let repository = broken_branch();
    repository.commit("change", "2026-11-20");
    repository.git(&["tag", "main", "HEAD"]);
    let ran = repository.gate(&[]);
    assert_ne!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn an_old_fault_shelters_no_break() {
    let repository = Repository::new();
    let faulty = orders() + "  - { nme: nameless, type: string }\n";
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, faulty)
        .commit("base", "2026-06-01")
        .branch("change");
    repository.edit(PATH, "scale: 2, required: true", "scale: 2");
    repository.commit("change", "2026-11-20");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("cannot be compared"), "{}", ran.stdout);
    // A contract that is only moved is as it was.
    repository.checkout("main").branch("move");
    repository.git(&["mv", PATH, "domains/sales/order_book.contract.yaml"]);
    repository.commit("move", "2026-11-20");
    assert_eq!(repository.gate(&[]).code, 0);
}

const GLOSSARY: &str = "\
term: customer_id
definition: Who placed an order
owner: sales-team
type: string
classification: confidential
---
term: reference
definition: A word for anything
owner: sales-team
";

const TERMS: &str = "glossary/customer.term.yaml";

/// Ways to make a field that contradicts its term look as if it did not.
const TERM_TRICKS: &[(&str, Trick)] = &[
    ("no trick at all", |_| {}),
    ("the term bent to the field", |r| {
        r.edit(TERMS, "type: string", "type: long");
    }),
    ("the term left without a type", |r| {
        r.edit(TERMS, "type: string\n", "");
    }),
    ("the glossary gone", |r| {
        r.remove(TERMS);
    }),
    ("the glossary looked for elsewhere", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\nterms: [nowhere/**]",
        );
    }),
    ("a second term of the name before the first", |r| {
        r.write(
            "glossary/a.term.yaml",
            "term: customer_id\ndefinition: d\nowner: sales-team\ntype: long\n",
        );
    }),
    ("the term made a synonym of another one", |r| {
        r.edit(TERMS, "term: customer_id", "term: client_id").edit(
            TERMS,
            "A word for anything",
            "A word for anything\nsynonyms: [customer_id]",
        );
    }),
    ("the finding turned off", |r| {
        r.edit(
            "meshlaw.yaml",
            "extends: [org]",
            "extends: [org]\nlevels: { term/incompatible-definition: off }",
        );
    }),
];

#[test]
fn no_branch_bends_a_term_to_its_fields() {
    for (name, trick) in TERM_TRICKS {
        let repository = Repository::new();
        repository
            .write("meshlaw.yaml", SETTINGS)
            .write(PATH, orders())
            .write(TERMS, GLOSSARY)
            .commit("base", "2026-06-01")
            .branch("change")
            .edit(PATH, "version: 1.4.0", "version: 1.5.0")
            .edit(
                PATH,
                "  - { name: note,",
                "  - { name: customer, type: long, term: customer_id, description: Who }\n  - { name: note,",
            );
        trick(&repository);
        repository.commit("change", "2026-11-20");
        let (code, report) = repository.judge();
        assert_eq!(code, 1, "{name}: {report:#}");
        let findings = report["findings"].as_array().unwrap();
        let is_told = findings
            .iter()
            .any(|one| one["id"] == "org/interoperability/term-agrees" && one["blocking"] == true);
        assert!(is_told, "{name}: {report:#}");
    }
}
