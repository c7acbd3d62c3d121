//! Tests that are written for Cedar's own tools, run against the policies: what `policy export`
//! writes passes, and every expectation that is turned fails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::path::{Path, PathBuf};

use playground::{Ran, meshlaw_in, workspace};
use serde_json::{Value, json};

/// The questions about a contract of the mesh, as they are exported.
struct Exported {
    folder: tempfile::TempDir,
    mesh: PathBuf,
}

impl Exported {
    fn new() -> Self {
        let (folder, mesh) = (tempfile::tempdir().unwrap(), workspace("fixtures/mesh"));
        let to = folder.path().to_str().unwrap();
        let contract = "domains/finance/invoices/invoices.contract.yaml";
        let args = [
            "policy",
            "export",
            contract,
            "--to",
            to,
            "--as-of",
            "2026-11-23",
        ];
        let ran = meshlaw_in(&mesh, &args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        Self { folder, mesh }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("tests.json")
    }

    fn tests(&self) -> Vec<Value> {
        serde_json::from_str(&std::fs::read_to_string(self.file()).unwrap()).unwrap()
    }

    fn run(&self, file: &Path, more: &[&str]) -> Ran {
        let args = ["policy", "test", "--cedar-tests", file.to_str().unwrap()];
        meshlaw_in(&self.mesh, &[&args[..], more].concat())
    }

    /// Writes one test in place of the first that was exported, and runs it alone.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> Ran {
        let mut tests = self.tests();
        let fired = tests
            .iter()
            .position(|one| one["decision"] == "deny")
            .unwrap();
        let mut test = tests.swap_remove(fired);
        change(&mut test);
        let file = self.folder.path().join("one.json");
        std::fs::write(&file, serde_json::to_string_pretty(&[test]).unwrap()).unwrap();
        self.run(&file, &[])
    }
}

#[test]
fn what_is_exported_passes_and_what_is_turned_fails() {
    let exported = Exported::new();
    let ran = exported.run(&exported.file(), &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let count = exported.tests().len();
    assert!(
        ran.stdout.contains(&format!("{count} tests, 0 wrong")),
        "{}",
        ran.stdout
    );
    let turned = exported.changed(|test| test["decision"] = json!("allow"));
    assert_eq!(turned.code, 1);
    assert!(
        turned
            .stdout
            .contains("expected allow, found deny by `org/"),
        "{}",
        turned.stdout
    );
    let wrong = exported.changed(|test| test["reason"] = json!(["org/privacy/pii-maskd"]));
    assert_eq!(wrong.code, 1);
    let near = "there is no policy `org/privacy/pii-maskd`, did you mean `org/privacy/pii-masked`?";
    assert!(wrong.stdout.contains(near), "{}", wrong.stdout);
    let failing = exported.changed(|test| test["num_errors"] = json!(2));
    assert_eq!(failing.code, 1);
    assert!(
        failing
            .stdout
            .contains("expected 2 policies to fail, found 0"),
        "{}",
        failing.stdout
    );
    // As in Cedar's own tool, reasons that are not named do not matter.
    let fewer = exported.changed(|test| test["reason"] = json!([]));
    assert_eq!(fewer.code, 0, "{}", fewer.stdout);
}

#[test]
fn every_turned_expectation_is_noticed() {
    let exported = Exported::new();
    let mut tests = exported.tests();
    for test in &mut tests {
        let turned = if test["decision"] == "deny" {
            "allow"
        } else {
            "deny"
        };
        test["decision"] = json!(turned);
    }
    let file = exported.folder.path().join("turned.json");
    std::fs::write(&file, serde_json::to_string(&tests).unwrap()).unwrap();
    let ran = exported.run(&file, &["--format", "json"]);
    assert_eq!(ran.code, 1);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let examples = told[0]["examples"].as_array().unwrap();
    assert_eq!(examples.len(), tests.len());
    assert!(
        examples.iter().all(|one| one["trouble"].is_string()),
        "{told:#}"
    );
    let junit = exported.run(&file, &["--format", "junit"]).stdout;
    assert!(
        junit.contains(&format!("failures=\"{}\"", tests.len())),
        "{junit}"
    );
    let lcov = exported.run(&file, &["--format", "lcov"]);
    assert_eq!(lcov.code, 2, "{}", lcov.stdout);
}

#[test]
fn entities_may_lie_in_a_file_beside_the_tests() {
    let exported = Exported::new();
    let ran = exported.changed(|test| test["entities"] = json!("entities.json"));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let outside = exported.changed(|test| test["entities"] = json!("../entities.json"));
    assert_eq!(outside.code, 2);
    assert!(
        outside.stderr.contains("entities.json`"),
        "{}",
        outside.stderr
    );
}

#[test]
fn what_is_no_test_says_where_and_what_to_do() {
    let exported = Exported::new();
    type Change = fn(&mut Value);
    let table: &[(Change, &[&str])] = &[
        (
            |test| test["decision"] = json!("alow"),
            &["`alow` is no decision", "write `allow` or `deny`"],
        ),
        (
            |test| {
                let test = test.as_object_mut().unwrap();
                let reason = test.remove("reason").unwrap();
                test.insert("reasons".to_owned(), reason);
            },
            &["one.json:2:", "lacks `reason`", "did you mean `reason`?"],
        ),
        (
            |test| test["request"]["principal"] = json!("Team:sales"),
            &["`Team:sales` is no entity", "as in `Team::"],
        ),
        (
            |test| test["request"]["action"] = json!("Action::\"publsh\""),
            &["publsh"],
        ),
        (
            |test| test["request"]["context"]["nonsense"] = json!(1),
            &["nonsense", "meshlaw explain vocabulary"],
        ),
        (
            |test| test["entities"][0]["attrs"]["nonsense"] = json!(1),
            &["nonsense", "policy export"],
        ),
        (
            |test| test["num_errors"] = json!("none"),
            &["no number of errors"],
        ),
        (
            |test| *test = json!("x"),
            &["one.json:2:", "this is no test"],
        ),
    ];
    for (change, said) in table {
        let ran = exported.changed(change);
        assert_eq!(ran.code, 2, "{said:?}: {}", ran.stdout);
        for text in *said {
            assert!(ran.stderr.contains(text), "{text}: {}", ran.stderr);
        }
        assert!(ran.stderr.contains("one.json:"), "{}", ran.stderr);
    }
    let file = exported.folder.path().join("one.json");
    std::fs::write(&file, "[\n  { \"name\": \"x\", }\n]").unwrap();
    let ran = exported.run(&file, &[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("one.json:2:"),
        "{}",
        ran.stderr
    );
    let ran = exported.run(&exported.folder.path().join("nowhere.json"), &[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("cannot read"),
        "{}",
        ran.stderr
    );
}
