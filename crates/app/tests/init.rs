//! `meshlaw init --from-existing` on estates as they stand.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;
use std::path::Path;

use meshlaw_changeset::{Globs, Snapshot};
use playground::{Ran, Repository, meshlaw_in};

const PROPOSE: &[&str] = &["init", "--from-existing"];
const PRINT: &[&str] = &["init", "--from-existing", "--dry-run"];

fn native(name: &str, owner: &str) -> String {
    format!(
        "schema: meshlaw/v1\nname: {name}\nversion: 1.0.0\nowner: {owner}\nstatus: active\n\
         description: What {name} holds.\nfields:\n  id: {{ type: string, required: true }}\n"
    )
}

fn odcs(domain: &str, status: &str, classification: &str, owner: &str) -> String {
    format!(
        "apiVersion: v3.0.2\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: {status}\n\
         domain: {domain}\n{owner}\nschema:\n  - name: rows\n    properties:\n      - name: id\n        \
         classification: {classification}\n"
    )
}

fn messy() -> Repository {
    let repository = Repository::new();
    let team = "team: { name: billing-team }";
    let member = "team: [{ username: ada@example.org, role: Data Owner }]";
    let custom = "customProperties: [{ property: owner, value: orders team }]";
    for number in 1..=6 {
        repository.write(
            &format!("contracts/billing/invoices_{number}.yaml"),
            odcs("billing", "production", "PII", team),
        );
    }
    for number in 1..=4 {
        repository.write(
            &format!("contracts/orders/orders_{number}.yaml"),
            odcs("orders", "current", "internal", custom),
        );
    }
    for (service, status) in [
        ("stock", "archived"),
        ("price", "frozen"),
        ("cart", "active"),
    ] {
        repository
            .write(
                &format!("services/{service}/datacontract.yaml"),
                odcs("shop", status, "sensitive", member),
            )
            .write(
                &format!("services/{service}/deployment.yaml"),
                "apiVersion: apps/v1\nkind: Deployment\nspec: {}\n",
            );
    }
    repository
        .write("contracts/orders/odd.yaml", odcs("billing", "draft", "secret", team))
        .write("domains/crm/leads.contract.yaml", native("leads", "crm-team"))
        .write("domains/crm/people.contract.yml", native("people", "crm-team"))
        .write("domains/crm/visits.contract.yaml", native("visits", "web-team"))
        .write("legacy/export.odcs.yaml", odcs("orders", "active", "public", "roles: [{ role: reader }]\nslaProperties: [{ property: freshness, value: 1 }, { property: latency, value: 1 }]"))
        .write("legacy/broken.yaml", "a: [1, 2\nb: {{ .Values.name }}\n")
        .write("legacy/plain.yaml", "hello: world\n")
        .write("legacy/one [old].yaml", native("one", "crm-team"))
        .write("apps/board.consumer.yaml", "consumer: board\nowner: crm-team\n")
        .write("package.json", "{ \"name\": \"x\", \"version\": \"1.0.0\" }")
        .write("node_modules/a/b.odcs.yaml", odcs("x", "active", "public", ""))
        .write(".hidden/c.odcs.yaml", odcs("x", "active", "public", ""))
        .write("CODEOWNERS", "* @acme/everybody\n/contracts/billing/ @acme/wrong\n")
        .write(
            ".github/CODEOWNERS",
            "# who reviews\n* @acme/platform\n/contracts/billing/ @acme/billing\n/domains/ @acme/crm # all\n*.yml\n",
        );
    repository
}

#[track_caller]
fn says(ran: &Ran, code: i32, texts: &[&str]) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, code, "{all}");
    for text in texts {
        assert!(all.contains(text), "`{text}` is not in\n{all}");
    }
}

#[test]
fn a_messy_estate_gets_settings_to_read() {
    let repository = messy();
    let printed = repository.meshlaw(PRINT);
    says(&printed, 0, &[]);
    assert!(!repository.path().join("meshlaw.yaml").exists());
    assert_eq!(repository.meshlaw(PRINT).stdout, printed.stdout);

    let ran = repository.meshlaw(PROPOSE);
    says(
        &ran,
        0,
        &["wrote meshlaw.yaml", "meshlaw baseline --dry-run"],
    );
    let written = fs::read_to_string(repository.path().join("meshlaw.yaml")).unwrap();
    assert_eq!(written, printed.stdout);
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/init/messy.yaml");
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(snapshot.parent().unwrap()).unwrap();
        fs::write(&snapshot, &written).unwrap();
    }
    assert_eq!(
        written,
        fs::read_to_string(&snapshot).unwrap(),
        "UPDATE=1 takes it over"
    );

    repository.commit("all", "2026-11-01");
    let audit = repository.meshlaw(&["audit", "--format", "json"]);
    assert!(audit.code < 2, "{}{}", audit.stdout, audit.stderr);
}

/// Every contract of the messy estate, in order.
const CONTRACTS: &[&str] = &[
    "contracts/billing/invoices_1.yaml",
    "contracts/billing/invoices_2.yaml",
    "contracts/billing/invoices_3.yaml",
    "contracts/billing/invoices_4.yaml",
    "contracts/billing/invoices_5.yaml",
    "contracts/billing/invoices_6.yaml",
    "contracts/orders/odd.yaml",
    "contracts/orders/orders_1.yaml",
    "contracts/orders/orders_2.yaml",
    "contracts/orders/orders_3.yaml",
    "contracts/orders/orders_4.yaml",
    "domains/crm/leads.contract.yaml",
    "domains/crm/people.contract.yml",
    "domains/crm/visits.contract.yaml",
    "legacy/export.odcs.yaml",
    "legacy/one [old].yaml",
    "services/cart/datacontract.yaml",
    "services/price/datacontract.yaml",
    "services/stock/datacontract.yaml",
];

#[test]
fn globs_match_every_contract_and_the_comment_names_the_rest() {
    let repository = messy();
    let proposal = repository.meshlaw(PRINT).stdout;
    let settings: serde_yaml::Value = serde_yaml::from_str(&proposal).unwrap();
    let globs = settings["contracts"].as_sequence().unwrap();
    let globs = Globs::new(globs.iter().map(|glob| glob.as_str().unwrap())).unwrap();
    let reader = Snapshot::folder(repository.path()).open().unwrap();
    let mut matched: Vec<String> = reader
        .list(&globs)
        .unwrap()
        .iter()
        .map(|entry| entry.path.to_string())
        .collect();
    for other in [".hidden/c.odcs.yaml", "node_modules/a/b.odcs.yaml"] {
        assert!(proposal.contains(&format!("#   {other}\n")), "{proposal}");
        matched.retain(|path| path != other);
    }
    assert_eq!(matched, CONTRACTS);
}

#[test]
fn globs_match_the_contracts_and_nothing_else() {
    let k8s = "apiVersion: v1\nkind: Service\n";
    let one = native("one", "a-team");
    for (files, expected, silent) in [
        (
            vec![("domains/a/x.contract.yaml", one.as_str())],
            vec![],
            vec!["\ncontracts:"],
        ),
        (
            vec![
                ("a/x.odcs.yaml", one.as_str()),
                ("b/y.odcs.yaml", &one),
                ("b/k.yaml", k8s),
            ],
            vec!["  - \"**/*.odcs.yaml\"\n"],
            vec!["these lie too", "- b/"],
        ),
        (
            vec![
                ("c/x.yaml", one.as_str()),
                ("c/d/y.yaml", &one),
                ("k.yaml", k8s),
            ],
            vec!["  - \"c/**/*.yaml\"\n"],
            vec!["these lie too"],
        ),
        (
            vec![
                ("c/x.yaml", one.as_str()),
                ("c/y.yaml", &one),
                ("c/k.yaml", k8s),
            ],
            vec!["  - c/x.yaml\n", "  - c/y.yaml\n"],
            vec!["c/k.yaml", "- \"c/"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let ran = meshlaw_in(folder.path(), PRINT);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let globs = expected.iter().all(|text| ran.stdout.contains(text));
        assert!(globs, "{expected:?} is not in\n{}", ran.stdout);
        for text in silent {
            assert!(!ran.stdout.contains(text), "`{text}` is in\n{}", ran.stdout);
        }
    }
}

#[test]
fn nothing_to_find_gives_settings_that_load() {
    let folder = tempfile::tempdir().unwrap();
    says(&meshlaw_in(folder.path(), PROPOSE), 0, &["0 contracts"]);
    says(&meshlaw_in(folder.path(), &["audit"]), 0, &["0 contracts"]);
}

#[test]
fn settings_that_are_there_stay() {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", "extends: [org]\n");
    says(
        &repository.meshlaw(PROPOSE),
        2,
        &["`meshlaw.yaml` is already there", "`--dry-run`"],
    );
    says(&repository.meshlaw(PRINT), 0, &["extends: [starter]"]);
    let text = fs::read_to_string(repository.path().join("meshlaw.yaml")).unwrap();
    assert_eq!(text, "extends: [org]\n");
    says(
        &repository.meshlaw(&["init", "--from-existing", "nowhere"]),
        2,
        &["not a folder"],
    );
}

#[test]
fn hostile_words_stay_in_their_place() {
    let repository = Repository::new();
    let owner = "\"x: {}\\nextends: [org]\\u2028\\\"\"";
    repository
        .write("a/b.contract.yaml", native("b", owner))
        .write(
            "a/c.odcs.yaml",
            odcs("\"# d\\ne\"", "\"odd\\nextends: [org]\"", "\"a]\"", ""),
        );
    says(&repository.meshlaw(PROPOSE), 0, &[]);
    repository.commit("all", "2026-11-01");
    let audit = repository.meshlaw(&["audit"]);
    assert!(audit.code < 2, "{}{}", audit.stdout, audit.stderr);
    let text = fs::read_to_string(repository.path().join("meshlaw.yaml")).unwrap();
    assert!(!text.contains("\nextends: [org]"), "{text}");
}

#[test]
fn examples_of_policies_are_nobodys_contracts() {
    let repository = Repository::new();
    repository.overlay(&playground::workspace("fixtures/mesh"));
    let printed = repository.meshlaw(PRINT);
    says(&printed, 0, &["19 contracts (18 native, 1 ODCS)"]);
    for text in ["\ncontracts:", "\nconsumers:", "policies/", "no domain"] {
        assert!(!printed.stdout.contains(text), "{}", printed.stdout);
    }
}

#[test]
fn a_governing_owner_keeps_its_reviewers() {
    let repository = Repository::new();
    repository
        .write("domains/a/b.contract.yaml", native("b", "data-governance"))
        .write("CODEOWNERS", "b.contract.yaml @acme/law\n");
    let team = "data-governance: { github: \"@acme/law\", roles: [governance] }";
    says(&repository.meshlaw(PRINT), 0, &[team]);
}
