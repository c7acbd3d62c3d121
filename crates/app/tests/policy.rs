//! The workbench of those who write policies, as a new author meets it.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

fn meshlaw(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_meshlaw"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let all = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(all).unwrap()
}

fn expect(folder: &Path, args: &[&str], status: i32) -> String {
    let output = meshlaw(folder, args);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
    text
}

/// A folder with one policy on fields, as `policy new` writes it.
fn started(policies: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let args = [
        "policy",
        "new",
        "org/try/days",
        "--about",
        "field",
        "--folder",
        policies,
    ];
    expect(home.path(), &args, 0);
    home
}

#[test]
fn what_is_started_is_valid_in_shape_and_tested() {
    let home = tempfile::tempdir().unwrap();
    for about in [
        "contract", "dataset", "field", "change", "consumer", "waiver",
    ] {
        for id in [format!("org/try/{about}"), format!("domains/sales/{about}")] {
            let args = ["policy", "new", &id, "--about", about, "--folder", "p"];
            let said = expect(home.path(), &args, 0);
            assert!(said.contains("Next:"), "{said}");
        }
    }
    // A domain that says again what the floor says adds nothing, and is told so.
    let lints = expect(home.path(), &["policy", "check", "p", "--strict"], 1);
    assert_eq!(lints.matches("[shadowed]").count(), 6, "{lints}");
    std::fs::remove_dir_all(home.path().join("p/domains")).unwrap();
    expect(home.path(), &["policy", "check", "p", "--strict"], 0);
    expect(home.path(), &["policy", "fmt", "p", "--check"], 0);
    let args = [
        "policy",
        "test",
        "p",
        "--coverage",
        "--min",
        "100",
        "--mutants",
    ];
    expect(home.path(), &args, 0);
    let again = [
        "policy",
        "new",
        "org/try/field",
        "--about",
        "field",
        "--folder",
        "p",
    ];
    assert!(expect(home.path(), &again, 2).contains("is there already"));
    let shape = [
        "policy", "new", "field", "--about", "field", "--folder", "p",
    ];
    assert!(expect(home.path(), &shape, 2).contains("is not the id of a policy"));
}

#[test]
fn what_examples_miss_is_said_in_every_form() {
    let home = started("p");
    std::fs::remove_file(
        home.path()
            .join("p/org/try/days/allow/masked.contract.yaml"),
    )
    .unwrap();
    let args = ["policy", "test", "p", "--coverage", "--mutants"];
    let said = expect(home.path(), &args, 1);
    assert!(said.contains("never true: `resource.isMasked`"), "{said}");
    assert!(said.contains("not noticed:"), "{said}");
    let low = ["policy", "test", "p", "--coverage", "--min", "90"];
    assert!(expect(home.path(), &low, 1).contains("too few"));
    let lcov = expect(home.path(), &["policy", "test", "p", "--format", "lcov"], 0);
    assert!(lcov.contains("BRF:6") && lcov.contains("BRH:5"), "{lcov}");
    assert!(
        lcov.starts_with("TN:\nSF:p/org/try/days/policy.cedar\n"),
        "{lcov}"
    );
    let source = expect(
        home.path(),
        &["policy", "test", "p", "--format", "source"],
        0,
    );
    assert!(source.contains("F+"), "{source}");
    let junit = expect(
        home.path(),
        &["policy", "test", "p", "--mutants", "--format", "junit"],
        1,
    );
    assert!(junit.contains("no example notices this"), "{junit}");
    let json = expect(
        home.path(),
        &["policy", "test", "p", "--coverage", "--format", "json"],
        0,
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["conditions"].as_array().unwrap().len(), 3);
}

#[test]
fn a_verdict_is_explained_with_both_sides() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("domains/sales")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
    write("meshlaw.yaml", "domains: { sales: {} }\n");
    write(
        "domains/sales/a.contract.yaml",
        "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact, masking: none }\n\
         \x20 - { name: id, type: string }\n",
    );
    let id = "org/privacy/pii-masked";
    let fires = expect(
        home.path(),
        &["policy", "explain", id, "domains/sales/a.contract.yaml"],
        0,
    );
    assert!(fires.contains("fires on 1 of 2 parts"), "{fires}");
    assert!(
        fires.contains("resource[\"masking\"] = \"none\"")
            || fires.contains("resource.masking = \"none\""),
        "{fires}"
    );
    let all = expect(
        home.path(),
        &[
            "policy",
            "explain",
            id,
            "domains/sales/a.contract.yaml",
            "--all",
        ],
        0,
    );
    assert!(
        all.contains("id passes; it would fire if these turned"),
        "{all}"
    );
    let near = expect(
        home.path(),
        &["policy", "explain", "org/privacy/pii-maskd"],
        2,
    );
    assert!(
        near.contains("did you mean `org/privacy/pii-masked`?"),
        "{near}"
    );
    let list = expect(home.path(), &["policy", "list", "--json"], 0);
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let row = list.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(row["contracts"], 1);
}

#[test]
fn names_that_name_nothing_are_caught() {
    let home = started("policies");
    std::fs::create_dir_all(home.path().join("domains/sales")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
    write(
        "meshlaw.yaml",
        "domains: { sales: {} }\nteams: { privacy-office: { roles: [privacy] } }\n",
    );
    write(
        "domains/sales/a.contract.yaml",
        "schema: a\nversion: 1.0.0\nowner: t\nproperties: { tier: gold }\nfields: [{ name: id, type: string }]\n",
    );
    let policy = "policies/org/try/days/policy.cedar";
    let text = std::fs::read_to_string(home.path().join(policy)).unwrap();
    for (condition, expected) in [
        ("resource in Domain::\"sale\"", "did you mean `sales`?"),
        ("resource.contract.hasTag(\"teir\")", "did you mean `tier`?"),
        (
            "principal.name == \"privacy-ofice\"",
            "did you mean `privacy-office`?",
        ),
        (
            "principal.roles.contains(\"privcy\")",
            "did you mean `privacy`?",
        ),
    ] {
        let changed = text.replace(
            "resource.isMasked ||",
            &format!("{condition} || resource.isMasked ||"),
        );
        assert_ne!(changed, text);
        write(policy, &changed);
        let said = expect(home.path(), &["policy", "check"], 0);
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("policy.cedar:13:"), "{said}");
        expect(home.path(), &["policy", "check", "--strict"], 1);
    }
}

#[test]
fn what_is_shipped_is_strictly_right_and_in_shape() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let home = tempfile::tempdir().unwrap();
    let policies = policies.to_str().unwrap();
    expect(home.path(), &["policy", "check", policies, "--strict"], 0);
    expect(home.path(), &["policy", "fmt", policies, "--check"], 0);
    for id in ["org/../x", "org/a/..", "org/A/b", "team/a/b", "org//b"] {
        let args = ["policy", "new", id, "--about", "field", "--folder", "p"];
        assert!(
            expect(home.path(), &args, 2).contains("is not the id"),
            "{id}"
        );
    }
}

/// A companion that says nothing would make its example show something else.
#[test]
fn broken_files_of_an_example_are_told() {
    let write = |home: &Path, name: &str, text: &str| {
        std::fs::write(home.join("p/org/try/it").join(name), text).unwrap();
    };
    let started = |about: &str| {
        let home = tempfile::tempdir().unwrap();
        let args = [
            "policy",
            "new",
            "org/try/it",
            "--about",
            about,
            "--folder",
            "p",
        ];
        expect(home.path(), &args, 0);
        home
    };
    let consumer = "consumer: planner\nowner: t\nusess:\n  - { contract: example/leads }\n";
    let waiver = "waiver: W-1\npolicy: org/a/b\ncontract: example/leads\nreason: r\n\
                  approved_by: t\nexpires: soon\n";
    let one = "schema: a\nversion: 1.0.0\nowner: t\nfields: [{ name: a, type: string }]\n";
    let two = &format!("{one}---\n{one}");
    for (about, name, text, said) in [
        (
            "consumer",
            "deny/no-purpose/planner.consumer.yaml",
            consumer,
            "planner.consumer.yaml:3:1: ",
        ),
        (
            "consumer",
            "deny/no-purpose/planner.consumer.yaml",
            consumer,
            "did you mean `uses`?",
        ),
        (
            "consumer",
            "allow/purpose/planner.consumer.yaml",
            "",
            "planner.consumer.yaml:1:1: ",
        ),
        (
            "waiver",
            "deny/no-ticket/one.waiver.yaml",
            waiver,
            "one.waiver.yaml:6:10: ",
        ),
        (
            "field",
            "deny/clear.contract.yaml",
            two,
            "this file holds 2 contracts",
        ),
    ] {
        let home = started(about);
        write(home.path(), name, text);
        for command in [&["policy", "check", "p"][..], &["policy", "test", "p"]] {
            let told = expect(home.path(), command, 1);
            assert!(told.contains(said), "{name}: {told}");
            assert!(told.contains("1 wrong"), "{name}: {told}");
        }
    }
    let home = started("field");
    let link = home.path().join("p/org/try/it/allow/link.contract.yaml");
    std::os::unix::fs::symlink("none.contract.yaml", link).unwrap();
    let told = expect(home.path(), &["policy", "check", "p"], 2);
    assert!(
        told.contains("allow/link.contract.yaml") && told.contains("symbolic link"),
        "{told}"
    );
}

/// Cedar's own program, where it is installed, validates and answers as meshlaw does.
#[test]
fn cedar_takes_what_is_exported() {
    let mesh = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/mesh");
    let home = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for contract in [
        "domains/sales/orders/orders.contract.yaml",
        "domains/finance/invoices/invoices.contract.yaml",
        "domains/sales/shipping/shipments.odcs.yaml",
    ] {
        let to = home.path().join("cedar");
        let to = to.to_str().unwrap();
        let args = [
            "policy",
            "export",
            contract,
            "--to",
            to,
            "--as-of",
            "2026-11-23",
        ];
        assert!(expect(&mesh, &args, 0).contains("questions"));
        let tests = std::fs::read_to_string(home.path().join("cedar/tests.json")).unwrap();
        let tests: Vec<serde_json::Value> = serde_json::from_str(&tests).unwrap();
        assert!(tests.len() > 5);
        let law = [
            "--schema",
            "cedar/vocabulary.cedarschema",
            "--policies",
            "cedar/policies.cedar",
        ];
        for command in [
            &["validate"][..],
            &["run-tests", "--tests", "cedar/tests.json"],
        ] {
            let output = Command::new("cedar")
                .args(command)
                .args(law)
                .current_dir(home.path())
                .output();
            let Ok(output) = output else {
                println!("skipped: `cedar` is not installed");
                return;
            };
            assert!(output.status.success(), "{contract}: {}", text(&output));
            ran += 1;
        }
    }
    assert_eq!(ran, 6);
}

/// What is documented about examples is found by those who read them.
#[test]
fn lints_of_examples_are_found_as_they_are_documented() {
    let shown = meshlaw_policy::LINTS
        .iter()
        .filter_map(|kind| match kind.example {
            meshlaw_policy::Shown::Examples(files) => Some((kind.id, files)),
            _ => None,
        });
    let mut count = 0;
    for (id, files) in shown {
        let home = tempfile::tempdir().unwrap();
        let readme = ("org/privacy/private-masked/README.md", "# Why\n");
        for (path, text) in files.iter().chain([&readme]) {
            let path = home.path().join("p").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let said = expect(home.path(), &["policy", "check", "p", "--strict"], 1);
        assert!(said.contains(&format!("[{id}]")), "{said}");
        assert!(said.contains("0 wrong, 1 lint"), "{said}");
        count += 1;
    }
    assert_eq!(count, 3);
}

/// An estate whose contracts are all native cannot mark what is critical.
#[test]
fn what_no_contract_here_can_state_is_said() {
    let home = started("policies");
    let policy = home.path().join("policies/org/try/days/policy.cedar");
    let old = std::fs::read_to_string(&policy).unwrap();
    let new = old.replacen("when { ", "when { resource.isCritical && ", 1);
    assert_ne!(new, old);
    std::fs::write(&policy, new).unwrap();
    let native = home.path().join("domains/sales/a.contract.yaml");
    std::fs::create_dir_all(native.parent().unwrap()).unwrap();
    std::fs::write(
        &native,
        "schema: a\nversion: 1.0.0\nowner: t\nfields: [{ name: b, type: string }]\n",
    )
    .unwrap();
    let said = meshlaw(home.path(), &["policy", "check"]);
    assert!(text(&said).contains("[never-filled]"), "{}", text(&said));
    std::fs::write(
        home.path().join("domains/sales/b.odcs.yaml"),
        "apiVersion: v3.1.0\nkind: DataContract\nid: b\nversion: 1.0.0\nstatus: active\n",
    )
    .unwrap();
    let said = meshlaw(home.path(), &["policy", "check"]);
    assert!(!text(&said).contains("[never-filled]"), "{}", text(&said));
}
