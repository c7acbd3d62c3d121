//! What a change of the law does to every contract: known answers, and the same as two audits.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::collections::BTreeSet;

use playground::Repository;
use playground::schemas::fitting;
use serde_json::Value;

const TODAY: &str = "2026-11-23";
const OPEN: &str = "policies/org/acme/no-open-mail/policy.cedar";

const SETTINGS: &str = "\
extends: [org/waivers]
domains: { sales: { owner: sales-team }, finance: { owner: finance-team } }
teams:
  sales-team: { slack: \"#sales\" }
  finance-team: { slack: \"#fin\" }
  privacy-office: { roles: [acme] }
parameters: { max_retention_days: 365 }
properties_schema: properties.json
";

fn policy(enforcement: &str, severity: &str, condition: &str) -> String {
    format!(
        "@severity(\"{severity}\")\n@enforcement(\"{enforcement}\")\n@message(\"it is open\")\n@help(\"close it\")\n\
         forbid (principal, action == Action::\"publish\", resource is Field)\nwhen {{ {condition} }};\n"
    )
}

const CONTACT: &str = "resource has pii && resource.pii == \"contact\"";

/// Three contracts: orders shows an address, mails one that is waived, ledger nothing.
fn estate() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write("properties.json", r#"{ "type": "object" }"#)
        .write(OPEN, policy("advisory", "error", CONTACT))
        .write(
            "policies/org/acme/known-terms/policy.cedar",
            policy("soft", "error", "resource has term && !resource.termIsKnown"),
        )
        .write(
            "policies/org/acme/known-owner/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"nobody knows the owner\")\n@help(\"name one\")\n\
             forbid (principal, action == Action::\"publish\", resource is Contract)\n\
             unless { resource.ownerIsKnown };\n",
        )
        .write(
            "policies/org/acme/kept-short/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"it is kept too long\")\n@help(\"shorten it\")\n\
             forbid (principal, action == Action::\"publish\", resource is Contract)\n\
             when { resource has retentionDays && resource.retentionDays > context.parameters.maxRetentionDays };\n",
        )
        .write(
            "domains/sales/orders.contract.yaml",
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nretention: 300 days\nproperties: { tier: gold }\nfields:\n\
             \x20 - { name: id, type: string, term: order }\n\
             \x20 - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            "domains/sales/mails.contract.yaml",
            "schema: mails\nversion: 1.0.0\nowner: sales-team\nfields:\n\
             \x20 - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            "domains/finance/ledger.contract.yaml",
            "schema: ledger\nversion: 1.0.0\nowner: finance-team\nstray: 1\nfields:\n\
             \x20 - { name: amount, type: decimal }\n",
        )
        .write(
            "domains/finance/report.consumer.yaml",
            "consumer: report\nowner: finance-team\nuses:\n  - { contract: sales/orders, version: ^1, fields: [id] }\n",
        )
        .write(
            "domains/finance/old.consumer.yaml",
            "consumer: old\nowner: finance-team\nuses:\n  - { contract: sales/orders, version: ^0, fields: [id] }\n",
        )
        .write(
            "glossary/order.term.yaml",
            "term: order\ndefinition: What was bought.\nowner: sales-team\n",
        )
        .write(
            "waivers/mail.waiver.yaml",
            "waiver: W-1\npolicy: org/acme/no-open-mail\ncontract: sales/mails\n\
             reason: until it is masked\nticket: T-1\napproved_by: privacy-office\nexpires: 2026-12-31\n",
        )
        .commit("begin", "2026-01-01")
        .branch("law");
    repository
}

/// The impact as JSON, by the short way and by the long one, which never differ.
fn impact(repository: &Repository, args: &[&str]) -> Value {
    let mut all = vec!["policy", "impact", "--as-of", TODAY, "--format", "json"];
    all.extend(args);
    let short = repository.meshlaw(&all);
    assert_eq!(short.code, 0, "{}", short.stderr);
    all.push("--no-shortcuts");
    assert_eq!(repository.meshlaw(&all).stdout, short.stdout);
    fitting(&short.stdout, "policy-impact.schema.json")
}

/// The contracts that an audit of a revision finds something blocking with.
fn failing(repository: &Repository, revision: &str) -> BTreeSet<String> {
    let ran = repository.meshlaw(&[
        "audit", "--at", revision, "--as-of", TODAY, "--format", "json",
    ]);
    let json: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let findings = json["findings"].as_array().unwrap().iter();
    // What is wrong with the file of a waiver is nothing that the contract says.
    let of_contracts = findings.filter(|one| one["kind"] != "waiver");
    let blocking = of_contracts.filter(|one| one["blocking"] == true);
    blocking
        .filter_map(|one| one["contract"].as_str().map(str::to_owned))
        .collect()
}

fn contracts(json: &Value, is_meant: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let all = json["contracts"].as_array().unwrap().iter();
    let meant = all.filter(|one| is_meant(one));
    meant
        .map(|one| one["contract"].as_str().unwrap().to_owned())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_policy_that_starts_to_block_makes_contracts_fail_and_names_their_readers() {
    let repository = estate();
    repository.edit(OPEN, "advisory", "soft");
    repository.commit("block", "2026-01-02");
    let json = impact(&repository, &["--base", "main"]);
    // Of the two that show an address, one is excused; the ledger fails before and after.
    let summary = &json["summary"];
    assert_eq!(summary["newly_failing"], 1, "{json:#}");
    assert_eq!(summary["newly_passing"], 0);
    assert_eq!(
        (&summary["passing"], &summary["failing"]),
        (&1.into(), &1.into())
    );
    assert_eq!(summary["warnings"]["vanish"], 1);
    assert_eq!(summary["consumers"], 1);
    let orders = &json["contracts"][0];
    assert_eq!(orders["contract"], "sales/orders");
    assert_eq!(orders["consumers"], serde_json::json!(["report"]));
    assert_eq!(json["by_policy"][0]["name"], "org/acme/no-open-mail");
    assert_eq!(json["by_owner"][0]["name"], "sales-team");
    assert_eq!(json["law"][0]["details"][0], "enforcement advisory → soft");
}

#[test]
fn every_form_says_the_same() {
    let repository = estate();
    repository
        .edit(OPEN, "advisory", "soft")
        .remove("policies/org/acme/known-terms/policy.cedar")
        .edit(
            "meshlaw.yaml",
            "max_retention_days: 365",
            "max_retention_days: 30",
        )
        .write(
            "policies/org/acme/amounts/policy.cedar",
            policy("shadow", "error", "resource.name == \"amount\""),
        );
    repository.commit("change", "2026-01-02");
    for form in ["text", "markdown", "csv", "json"] {
        let ran = repository.meshlaw(&[
            "policy", "impact", "--base", "main", "--as-of", TODAY, "--format", form,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        insta::assert_snapshot!(format!("impact_{form}"), ran.stdout);
    }
}

type Step = (&'static str, fn(&Repository), &'static [&'static str]);

/// Changes of the law, each with the contracts that fail after it and did not before.
const STEPS: &[Step] = &[
    (
        "a policy blocks",
        |r| {
            r.edit(OPEN, "advisory", "hard");
        },
        &["sales/orders", "sales/mails"],
    ),
    (
        "the same, but a warning",
        |r| {
            r.write(OPEN, policy("soft", "warning", CONTACT));
        },
        &[],
    ),
    (
        "a day that has come",
        |r| {
            r.write(
                OPEN,
                format!(
                    "@since(\"2026-11-01\")\n{}",
                    policy("soft", "error", CONTACT)
                ),
            );
        },
        &["sales/orders"],
    ),
    (
        "a day that has not come",
        |r| {
            r.write(
                OPEN,
                format!(
                    "@since(\"2027-11-01\")\n{}",
                    policy("soft", "error", CONTACT)
                ),
            );
        },
        &[],
    ),
    (
        "a policy in one domain",
        |r| {
            r.write(
                "policies/domains/finance/x/policy.cedar",
                policy("soft", "error", "resource.name == \"amount\""),
            );
        },
        &[],
    ),
    (
        "a parameter",
        |r| {
            r.edit("meshlaw.yaml", "365", "100");
        },
        &["sales/orders"],
    ),
    (
        "a team that is gone",
        |r| {
            r.edit("meshlaw.yaml", "  sales-team: { slack: \"#sales\" }\n", "");
        },
        &["sales/orders", "sales/mails"],
    ),
    (
        "a term that is gone",
        |r| {
            r.remove("glossary/order.term.yaml");
        },
        &["sales/orders"],
    ),
    (
        "a level",
        |r| {
            r.edit(
                "meshlaw.yaml",
                "parameters:",
                "levels: { contract/unknown-key: off }\nparameters:",
            );
        },
        &[],
    ),
    (
        "another schema of properties",
        |r| {
            r.write(
                "properties.json",
                r#"{ "properties": { "tier": { "type": "integer" } } }"#,
            );
        },
        &["sales/orders"],
    ),
    (
        "a domain mapped elsewhere",
        |r| {
            r.edit(
                "meshlaw.yaml",
                "finance: { owner: finance-team }",
                "finance: { owner: finance-team, paths: [domains/sales/orders*] }",
            );
            r.write(
                "policies/domains/finance/x/policy.cedar",
                policy("soft", "error", "resource.name == \"mail\""),
            );
        },
        &["finance/orders"],
    ),
    (
        "contracts looked for elsewhere",
        |r| {
            r.edit(
                "meshlaw.yaml",
                "extends:",
                "contracts: [\"domains/sales/**/*.contract.yaml\"]\nextends:",
            );
        },
        &[],
    ),
    (
        "waivers that nobody may grant",
        |r| {
            r.edit(OPEN, "advisory", "soft");
            r.edit("meshlaw.yaml", "roles: [acme]", "roles: []");
        },
        &["sales/orders", "sales/mails"],
    ),
    (
        "a policy on what consumers read",
        |r| {
            r.write("policies/org/acme/purpose/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"no purpose\")\n@help(\"state one\")\n\
             forbid (principal, action == Action::\"consume\", resource is Contract)\nunless { context has purpose };\n");
        },
        &["sales/orders"],
    ),
    (
        "no policies at all",
        |r| {
            for name in ["no-open-mail", "known-terms", "known-owner", "kept-short"] {
                r.remove(&format!("policies/org/acme/{name}/policy.cedar"));
            }
        },
        &[],
    ),
];

#[test]
fn the_impact_is_what_two_audits_differ_in() {
    let repository = estate();
    let before = failing(&repository, "main");
    assert_eq!(before, set(&["finance/ledger"]));
    for (at, (what, change, expected)) in STEPS.iter().enumerate() {
        repository.checkout("main").branch(&format!("step-{at}"));
        change(&repository);
        repository.commit(what, "2026-01-02");
        let json = impact(&repository, &["--base", "main"]);
        let after = failing(&repository, "HEAD");
        let newly = contracts(&json, |one| {
            one["after"] == "fail" && one["before"] != "fail"
        });
        assert_eq!(newly, set(expected), "{what}: {json:#}");
        assert_eq!(
            newly,
            after.difference(&before).cloned().collect(),
            "{what}"
        );
        let passing = contracts(&json, |one| {
            one["before"] == "fail" && one["after"] != "fail"
        });
        assert_eq!(
            passing,
            before.difference(&after).cloned().collect(),
            "{what}"
        );
        assert!(!json["law"].as_array().unwrap().is_empty(), "{what}");
        // The way back tells the reverse.
        let back = impact(
            &repository,
            &["--base", "HEAD", "--head", "main", "--contracts", "HEAD"],
        );
        assert_eq!(
            back["summary"]["newly_passing"], json["summary"]["newly_failing"],
            "{what}"
        );
    }
}

#[test]
fn a_folder_that_is_not_committed_is_tried_against_what_is_law_now() {
    let repository = estate();
    repository.edit(OPEN, "advisory", "soft");
    let json = impact(&repository, &["--policies", "policies"]);
    assert_eq!(json["summary"]["newly_failing"], 1, "{json:#}");
    let json = impact(&repository, &["--worktree", "--base", "main"]);
    assert_eq!(json["summary"]["newly_failing"], 1, "{json:#}");
    let ran = repository.meshlaw(&["policy", "impact", "--base", "main", "--as-of", TODAY]);
    assert!(ran.stdout.contains("nothing differs"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("both laws are the same"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_does_not_load_is_said_with_its_place() {
    let repository = estate();
    repository.edit(OPEN, "advisory", "sfot");
    repository.commit("typo", "2026-01-02");
    let ran = repository.meshlaw(&["policy", "impact", "--base", "main"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("the law of `HEAD at "),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains(&format!("{OPEN}:2:")), "{}", ran.stderr);
    let ran = repository.meshlaw(&["policy", "impact", "--base", "mian"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("main"), "{}", ran.stderr);
    let ran = repository.meshlaw(&["policy", "impact", "--policies", "nowhere"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("is not a folder"),
        "{}",
        ran.stderr
    );
    let ran = repository.meshlaw(&["policy", "impact", "--format", "jsno"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("did you mean `json`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_first_law_is_held_against_none() {
    let repository = Repository::new();
    repository
        .write(
            "domains/sales/orders.contract.yaml",
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nfields:\n\
             \x20 - { name: mail, type: string, pii: contact, description: Where. }\n",
        )
        .commit("begin", "2026-01-01")
        .branch("law");
    repository
        .write("meshlaw.yaml", "extends: [org]\n")
        .commit("law", "2026-01-02");
    let json = impact(&repository, &["--base", "main"]);
    assert_eq!(json["summary"]["newly_failing"], 1, "{json:#}");
    assert!(json["notes"][0].as_str().unwrap().starts_with("bootstrap"));
}

#[test]
fn a_file_that_cannot_be_read_fails_under_both() {
    let repository = estate();
    repository.write("domains/sales/bad.contract.yaml", b"schema: \xff\n");
    repository.commit("bad", "2026-01-02").branch("more");
    repository.edit("meshlaw.yaml", "365", "364");
    repository.commit("law", "2026-01-03");
    let json = impact(&repository, &["--base", "law"]);
    assert_eq!(json["summary"]["failing"], 2, "{json:#}");
}

/// The gate of a branch, once its output was held against a run without short cuts.
fn gate(repository: &Repository) -> Value {
    fitting(
        &repository.gate(&["--format", "json"]).stdout,
        "report.schema.json",
    )
}

#[test]
fn a_branch_that_touches_the_law_is_told_what_that_does() {
    let repository = estate();
    repository.edit(OPEN, "advisory", "soft");
    repository.commit("block", "2026-01-02");
    let json = gate(&repository);
    assert_eq!(
        json["law_impact"]["summary"]["newly_failing"], 1,
        "{json:#}"
    );
    // It only tells: the branch is judged by the law of its target.
    assert_eq!(json["verdict"], "pass");
    let text = repository.gate(&[]).stdout;
    for line in [
        "newly failing:",
        "  sales/orders (sales-team)",
        "impact: 1 contract newly fails",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let markdown = repository.gate(&["--format", "markdown"]).stdout;
    assert!(
        markdown.contains("### What the change of law does"),
        "{markdown}"
    );
    assert!(markdown.contains("`sales/orders`"), "{markdown}");
}

#[test]
fn settings_and_terms_count_and_nothing_else_does() {
    let repository = estate();
    let on_branch = |name: &str, change: &dyn Fn(&Repository)| {
        repository.checkout("main").branch(name);
        change(&repository);
        repository.commit(name, "2026-01-02");
        gate(&repository)["law_impact"]["summary"]["newly_failing"].as_u64()
    };
    let parameter = on_branch("parameter", &|it| {
        it.edit("meshlaw.yaml", "365", "100");
    });
    assert_eq!(parameter, Some(1));
    let term = on_branch("term", &|it| {
        it.remove("glossary/order.term.yaml");
    });
    assert_eq!(term, Some(1));
    let schema = on_branch("schema", &|it| {
        let silver = r#"{ "properties": { "tier": { "const": "silver" } } }"#;
        it.write("properties.json", silver);
    });
    assert_eq!(schema, Some(1), "the schema of properties is law");
    let broken = on_branch("no-schema", &|it| {
        it.write("properties.json", "{");
    });
    assert_eq!(broken, None, "what does not load is a finding");
    let findings = gate(&repository)["findings"].to_string();
    assert!(findings.contains("settings/invalid"), "{findings}");
    let contract = on_branch("contract", &|it| {
        it.edit("domains/sales/orders.contract.yaml", "300 days", "301 days");
    });
    assert_eq!(contract, None, "a contract is no law");
    let readme = on_branch("readme", &|it| {
        it.write("policies/org/acme/no-open-mail/README.md", "# Why\n");
    });
    assert_eq!(readme, None, "the reason for a policy is no law");
    let broken = on_branch("broken", &|it| {
        it.edit(OPEN, "forbid", "forbit");
    });
    assert_eq!(broken, None, "what does not load is a finding");
    let findings = gate(&repository)["findings"].to_string();
    assert!(findings.contains("settings/policy-invalid"), "{findings}");
}

#[test]
fn a_branch_that_falls_behind_is_not_told_of_what_others_did() {
    let repository = estate();
    repository.edit("meshlaw.yaml", "365", "364");
    repository.commit("law", "2026-01-02");
    repository.checkout("main").edit(OPEN, "advisory", "soft");
    repository.commit("block", "2026-01-03").checkout("law");
    let json = gate(&repository);
    let law = json["law_impact"]["law"].as_array().unwrap();
    assert_eq!(law.len(), 1, "{law:?}");
    assert_eq!(law[0]["name"], "parameters");
}

#[test]
fn a_branch_that_mends_only_the_schema_of_properties_may_pass() {
    let repository = estate();
    repository.checkout("main").write("properties.json", "{");
    repository.commit("break the law", "2026-01-02");
    repository
        .branch("other")
        .write("README.md", "# Contracts\n");
    repository.commit("something else", "2026-01-03");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("mend the target branch"),
        "{}",
        ran.stderr
    );
    repository.checkout("main").branch("repair");
    repository.write("properties.json", "{}");
    repository.commit("mend the law", "2026-01-03");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}
