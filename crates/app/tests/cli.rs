//! The program as people and pipelines use it: arguments, streams, exit status.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::io::Write;
use std::process::Stdio;

use playground::{Ran, Repository, meshlaw_in, program, ran, workspace};

const CONTRACT: &str = "\
schema: orders
version: 1.0.0
owner: sales-team
description: Orders as customers placed them
fields:
  - { name: order_id, type: string, required: true, unique: true, description: Identifier }
  - { name: state, type: string, enum: [open, sent], description: Where it is }
";

const PATH: &str = "domains/sales/orders.contract.yaml";

fn repository() -> Repository {
    let repository = Repository::new();
    let settings = "extends: [org]\nteams: { sales-team: { slack: '#sales' } }\n";
    repository
        .write("meshlaw.yaml", settings)
        .write(PATH, CONTRACT)
        .commit("base", "2026-06-01");
    repository
}

/// The run must end with the status and say each text somewhere.
fn says(ran: &Ran, code: i32, texts: &[&str]) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, code, "{all}");
    for text in texts {
        assert!(all.contains(text), "`{text}` is not said:\n{all}");
    }
}

fn with_input(folder: &std::path::Path, args: &[&str], input: &str) -> Ran {
    let mut child = program(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    ran(child.wait_with_output().unwrap())
}

#[test]
fn a_watch_checks_anew_what_changes() {
    use std::io::{BufRead, BufReader};
    let repository = playground::Repository::new();
    let path = "domains/sales/orders.contract.yaml";
    repository
        .write("meshlaw.yaml", "extends: []\n")
        .write(path, "schema: [\n");
    let mut command = playground::program(repository.path());
    command.args(["check", "--watch", path]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let mut next = |begin: &str| lines.find(|line| line.starts_with(begin)).unwrap();
    next("fail: ");
    next("watching");
    repository.write(
        path,
        "schema: orders\nversion: 1.0.0\nowner: a\nfields: [{ name: a, type: long }]\n",
    );
    next("pass: ");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_folder_is_checked_with_all_that_is_in_it() {
    let repository = Repository::new();
    let contract = |name: &str| {
        format!("schema: {name}\nversion: 1.0.0\nowner: t\nfields: [{{ name: a, type: lnog }}]\n")
    };
    repository
        .write("meshlaw.yaml", "domains: { a: {}, b: {} }\n")
        .write("domains/a/one.contract.yaml", contract("one"))
        .write("domains/b/two.contract.yaml", contract("two"))
        .write("domains/b/notes.md", "x");
    for (folder, expected) in [("domains/b", 1), ("domains", 2), (".", 2)] {
        let ran = repository.meshlaw(&["check", folder]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let count = ran.stdout.matches("did you mean `long`?").count();
        assert_eq!(count, expected, "{folder}: {}", ran.stdout);
    }
    std::fs::create_dir(repository.path().join("empty")).unwrap();
    let ran = repository.meshlaw(&["check", "empty"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("nothing to check below `empty`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn usage_that_is_wrong_ends_with_2_and_says_the_way_out() {
    let repository = repository();
    for (args, texts) in [
        (vec!["gate", "--bsae", "main"], vec!["--base"]),
        (
            vec!["gate", "--base", "mian"],
            vec!["unknown revision `mian`", "main"],
        ),
        (vec!["gate", "--as-of", "tomorrow"], vec!["2027-01-31"]),
        (
            vec!["gate", "--format", "jsn"],
            vec!["did you mean `json`?"],
        ),
        (
            vec!["gate", "--staged", "--worktree"],
            vec!["cannot be used with"],
        ),
        (vec!["audit", "nowhere"], vec!["`nowhere` is not a folder"]),
        (vec!["audit", "--at", "v9"], vec!["unknown revision `v9`"]),
        (
            vec!["check", "nothing.contract.yaml"],
            vec!["cannot read `nothing.contract.yaml`"],
        ),
        (
            vec!["diff", "a.yaml", "b.yaml"],
            vec!["there is no file `a.yaml`", "REV:PATH"],
        ),
        (
            vec!["explain", "field-remvoed"],
            vec!["did you mean `field-removed`?"],
        ),
        (
            vec!["explain", "pii-masked"],
            vec!["did you mean `org/privacy/pii-masked`?"],
        ),
        (vec!["policy", "check"], vec!["`policies` is not a folder"]),
        (vec!["init"], vec!["`meshlaw.yaml`", "already there"]),
        (
            vec!["-C", "nowhere", "audit"],
            vec!["cannot go to `nowhere`"],
        ),
    ] {
        let ran = repository.meshlaw(&args);
        says(&ran, 2, &texts);
        assert_eq!(ran.stdout, "", "{args:?}: errors go to standard error");
    }
}

#[test]
fn a_folder_that_is_no_repository_can_be_audited_and_not_gated() {
    let folder = tempfile::tempdir().unwrap();
    says(
        &meshlaw_in(folder.path(), &["gate"]),
        2,
        &["not in a git repository"],
    );
    let ran = meshlaw_in(folder.path(), &["audit"]);
    says(
        &ran,
        0,
        &["no contracts found; looked for domains/**/*.contract.yaml"],
    );
    std::fs::create_dir_all(folder.path().join("domains/sales")).unwrap();
    std::fs::write(folder.path().join(PATH), CONTRACT).unwrap();
    // No settings and no policies: the built-in ones hold at once.
    let open = CONTRACT.replace("description: Where", "pii: contact, description: Where");
    std::fs::write(folder.path().join(PATH), open).unwrap();
    says(
        &meshlaw_in(folder.path(), &["audit"]),
        1,
        &["org/privacy/pii-masked"],
    );
}

#[test]
fn settings_and_policies_that_are_wrong_end_with_2_at_their_place() {
    for (path, text, texts) in [
        (
            "meshlaw.yaml",
            "extnds: [org]\n",
            vec!["meshlaw.yaml:1:1", "did you mean `extends`?"],
        ),
        (
            "meshlaw.yaml",
            "extends: [org/pivacy]\n",
            vec!["meshlaw.yaml:1:11", "`org/privacy`"],
        ),
        (
            "meshlaw.yaml",
            "contracts: ['domains/[']\n",
            vec!["meshlaw.yaml", "domains/["],
        ),
        (
            "meshlaw.yaml",
            "levels: { version/lowred: off }\n",
            vec!["did you mean `version/lowered`?"],
        ),
        (
            "meshlaw.yaml",
            "levels: { field-removed: off }\n",
            vec!["rules are graded under `grades`"],
        ),
        (
            "meshlaw.yaml",
            "grades: { field-gone: { consumers: safe } }\n",
            vec!["`field-gone`"],
        ),
        ("meshlaw.yaml", "a: [\n", vec!["meshlaw.yaml:"]),
        (
            "meshlaw.yaml",
            "properties_schema: nothing.json\n",
            vec!["`nothing.json`, which is not there"],
        ),
        (
            "policies/org/a/b/policy.cedar",
            "forbid (principal, action, resource) when { resource.nmae == \"\" };",
            vec!["policies/org/a/b/policy.cedar:1:", "help"],
        ),
        (
            "policies/org/a/b/policy.cedar",
            "permit (principal, action, resource);",
            vec!["a policy only forbids"],
        ),
        (
            "policies/org/a/policy.cedar",
            "permit (principal, action, resource);",
            vec!["org/<group>/<name>/policy.cedar"],
        ),
    ] {
        let repository = repository();
        repository.write(path, text).commit("wrong", "2026-06-02");
        says(&repository.meshlaw(&["audit"]), 2, &texts);
        repository
            .branch("change")
            .edit(PATH, "1.0.0", "1.0.1")
            .commit("c", "2026-06-03");
        says(&repository.gate(&[]), 2, &texts);
    }
}

#[test]
fn init_gives_a_repository_that_passes() {
    let repository = Repository::new();
    says(
        &repository.meshlaw(&["init"]),
        0,
        &["wrote meshlaw.yaml", "meshlaw audit"],
    );
    repository.commit("init", "2026-06-01");
    let ran = repository.meshlaw(&["audit", "--fail-on", "warning"]);
    says(&ran, 0, &["1 contract"]);
    let path = "domains/marketing/marketing_leads.contract.yaml";
    repository.branch("change").edit(
        path,
        "source, type: string, required: true",
        "source, type: string",
    );
    repository.commit("break", "2026-06-02");
    says(
        &repository.gate(&[]),
        1,
        &["field-made-optional", "campaign-board", "#marketing"],
    );
}

#[test]
fn check_reads_files_and_standard_input() {
    let repository = repository();
    says(&repository.meshlaw(&["check", PATH]), 0, &[]);
    let broken = CONTRACT.replace("type: string, enum", "tpye: string, enum");
    let ran = with_input(repository.path(), &["check", "-", "--path", PATH], &broken);
    says(
        &ran,
        1,
        &[
            "did you mean `type`?",
            "domains/sales/orders.contract.yaml:7:20",
        ],
    );
    repository
        .write("bad.contract.yaml", "fields: [")
        .write("use.consumer.yaml", "consumr: x\n");
    repository.write("nul.contract.yaml", [0xff, 0xfe]);
    let ran = repository.meshlaw(&[
        "check",
        PATH,
        "bad.contract.yaml",
        "use.consumer.yaml",
        "nul.contract.yaml",
        "meshlaw.yaml",
    ]);
    says(
        &ran,
        1,
        &["contract/syntax", "did you mean `consumer`?", "not UTF-8"],
    );
}

#[test]
fn diff_compares_files_and_revisions() {
    let repository = repository();
    repository
        .branch("change")
        .edit(PATH, "[open, sent]", "[open]")
        .commit("c", "2026-06-02");
    let old = format!("main:{PATH}");
    let run = |extra: &[&str]| {
        let mut args = vec!["diff", &old, PATH, "--format", "json"];
        args.extend(extra);
        let ran = repository.meshlaw(&args);
        (
            ran.code,
            serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap(),
        )
    };
    let (code, report) = run(&[]);
    assert_eq!(
        (code, &report["impact"], &report["required"]),
        (0, &"safe".into(), &"minor".into())
    );
    let change = &report["changes"][0];
    assert_eq!(change["rule"], "enum-value-removed");
    assert_eq!(
        change["pointer"],
        serde_json::json!(["fields", "state", "enum", "sent"])
    );
    assert_eq!(change["effect"], "tightens");
    assert_eq!(change["location"]["line"], 7);
    for mode in ["producers", "backward", "full"] {
        let (code, report) = run(&["--compatibility", mode]);
        assert_eq!((code, &report["impact"]), (1, &"breaking".into()), "{mode}");
        assert_eq!(report["verdict"], "fail");
    }
    assert_eq!(run(&["--compatibility", "none"]).0, 0);
    let same = repository.meshlaw(&["diff", PATH, PATH, "--format", "json"]);
    let same: serde_json::Value = serde_json::from_str(&same.stdout).unwrap();
    assert_eq!(same["changes"], serde_json::json!([]));
    assert_eq!(
        (&same["impact"], &same["required"]),
        (&"safe".into(), &"none".into())
    );
    repository.write("broken.yaml", "fields: [");
    says(
        &repository.meshlaw(&["diff", PATH, "broken.yaml"]),
        2,
        &["cannot compare", "broken.yaml:"],
    );
}

#[test]
fn reports_go_where_they_are_asked_to() {
    let repository = repository();
    repository.edit(PATH, "owner: sales-team", "owner: sles-team");
    let ran = repository.meshlaw(&[
        "audit",
        "--format",
        "text",
        "--format",
        "json=out/a.json",
        "--format",
        "markdown=out/a.md",
        "--format",
        "github=out/a.txt",
    ]);
    says(&ran, 1, &["org/ownership/owner-known"]);
    for (file, text) in [
        ("a.json", "\"format\": 1"),
        ("a.md", "meshlaw"),
        ("a.txt", "::error"),
    ] {
        let written = std::fs::read_to_string(repository.path().join("out").join(file)).unwrap();
        assert!(written.contains(text), "{file}: {written}");
    }
    let ran = repository.meshlaw(&["audit", "--format", "json=/proc/nowhere/a.json"]);
    says(&ran, 3, &["cannot write"]);
}

#[test]
fn warnings_block_when_they_are_asked_to() {
    let repository = repository();
    repository.edit(PATH, "  - { name: state", "  - { name: State");
    assert_eq!(repository.meshlaw(&["audit"]).code, 0);
    assert_eq!(repository.meshlaw(&["audit", "--policies", "."]).code, 0);
    let ran = repository.meshlaw(&["audit", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["verdict"], "pass");
    assert!(
        report["findings"]
            .to_string()
            .contains("org/interoperability/snake-case")
    );
}

#[test]
fn the_short_cut_changes_no_byte_of_an_audit() {
    let mesh = workspace("fixtures/mesh");
    let run = |extra: &[&str], threads: &str| {
        let mut args = vec!["audit", "--as-of", "2026-11-23", "--format", "json"];
        args.extend(extra);
        let output = program(&mesh)
            .env("RAYON_NUM_THREADS", threads)
            .args(args)
            .output()
            .unwrap();
        ran(output).stdout
    };
    let shared = run(&[], "1");
    assert!(shared == run(&["--no-shortcuts"], "1"));
    assert!(shared == run(&[], "8"));
}

#[test]
fn the_shipped_example_passes_and_its_law_is_tested() {
    says(
        &meshlaw_in(
            &workspace("fixtures/mesh"),
            &["audit", "--as-of", "2026-11-23"],
        ),
        0,
        &["19 contracts"],
    );
    let own = meshlaw_in(&workspace("fixtures/mesh"), &["policy", "check"]);
    says(&own, 0, &["domains/finance/amounts-are-decimal", "0 wrong"]);
    let ran = meshlaw_in(&workspace("."), &["policy", "check", "policies"]);
    says(&ran, 0, &["0 wrong"]);
    assert!(
        !ran.stdout.lines().any(|line| line.starts_with("error")),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_shallow_clone_says_how_to_get_history() {
    let origin = repository();
    origin
        .branch("change")
        .edit(PATH, "1.0.0", "1.0.1")
        .commit("c", "2026-06-02");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    let clone = std::process::Command::new("git")
        .args([
            "clone",
            "-q",
            "--depth",
            "1",
            "--no-single-branch",
            "--branch",
            "change",
            &url,
            "c",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(clone.status.success(), "{clone:?}");
    let ran = meshlaw_in(&folder.path().join("c"), &["gate", "--base", "origin/main"]);
    says(&ran, 2, &["shallow", "fetch-depth: 0"]);
}

#[test]
fn what_is_staged_and_what_lies_there_can_be_judged() {
    let repository = repository();
    repository.edit(PATH, "required: true, ", "");
    says(&repository.gate(&["--staged"]), 0, &[]);
    says(
        &repository.gate(&["--worktree"]),
        1,
        &["field-made-optional"],
    );
    repository.git(&["add", "--all"]);
    let ran = repository.gate(&["--staged", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &report["head"]), (1, &"staged".into()));
}

#[test]
fn a_branch_behind_its_target_removes_nothing() {
    let repository = repository();
    repository
        .branch("change")
        .edit(PATH, "Where it is", "Where the order is");
    repository
        .edit(PATH, "1.0.0", "1.0.1")
        .commit("c", "2026-06-02")
        .checkout("main");
    repository.write(
        "domains/sales/quotes.contract.yaml",
        CONTRACT.replace("orders", "quotes"),
    );
    repository.commit("more", "2026-06-03").checkout("change");
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{report:#}");
    let rules: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["rule"].clone())
        .collect();
    assert_eq!(rules, ["version-raised", "description-changed"]);
}

#[test]
fn the_base_branch_is_found_or_asked_for() {
    let repository = repository();
    repository
        .branch("change")
        .edit(PATH, "1.0.0", "1.0.1")
        .commit("c", "2026-06-02");
    assert_eq!(repository.meshlaw(&["gate"]).code, 0);
    let output = program(repository.path())
        .env("GITHUB_BASE_REF", "release")
        .arg("gate")
        .output();
    says(&ran(output.unwrap()), 2, &["release"]);
}

#[test]
fn explain_and_completions_speak() {
    let folder = tempfile::tempdir().unwrap();
    for (args, text) in [
        (vec!["explain"], "org/privacy/pii-masked"),
        (vec!["explain", "field-removed"], "breaking"),
        (vec!["explain", "org/privacy/pii-masked"], "forbid"),
        (vec!["explain", "version/too-small"], "rose by less"),
        (vec!["explain", "vocabulary"], "entity Field"),
        (vec!["completions", "bash"], "complete"),
        (vec!["completions", "fish"], "complete"),
    ] {
        says(&meshlaw_in(folder.path(), &args), 0, &[text]);
    }
}
