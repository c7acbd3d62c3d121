//! The GitHub Action: its shell steps run for real, with the runner's files and variables.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use playground::server::Server;
use playground::{Ran, Repository, ran, workspace};
use serde_json::Value;

const CONTRACT: &str = "\
schema: orders
version: 1.0.0
owner: sales-team
description: Orders
fields:
  - { name: order_id, type: string, required: true, description: Identifier }
  - { name: note, type: string, description: What the customer wrote }
";

const PATH: &str = "domains/sales/orders.contract.yaml";

/// A runner: the files that GitHub gives to steps, and the variables.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in ["output", "summary", "path"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn output(&self, name: &str) -> String {
        let all = self.read("output");
        let mut found = all
            .lines()
            .filter_map(|line| line.strip_prefix(&format!("{name}=")));
        found.next().unwrap_or_default().to_owned()
    }

    fn step(&self, script: &str, folder: &Path, variables: &[(&str, &str)]) -> Ran {
        let bin = Path::new(env!("CARGO_BIN_EXE_meshlaw")).parent().unwrap();
        let path = format!(
            "{}:{}:{}",
            self.file("bin").display(),
            bin.display(),
            std::env::var("PATH").unwrap()
        );
        let output = Command::new("bash")
            .arg(workspace(".github/action").join(script))
            .current_dir(folder)
            .env("PATH", path)
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_OUTPUT", self.file("output"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary"))
            .env("GITHUB_PATH", self.file("path"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GITHUB_BASE_REF")
            .env_remove("GITHUB_TOKEN")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        ran(output)
    }
}

/// A repository with a contract on `main` and a change of it on `change`.
fn repository(from: &str, to: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "extends: [org/change]\n")
        .write(PATH, CONTRACT)
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(PATH, from, to)
        .commit("change", "2026-11-20");
    repository
}

fn text(path: &str) -> String {
    fs::read_to_string(workspace(path)).unwrap()
}

#[test]
fn a_change_that_harms_nobody_passes() {
    let repository = repository("version: 1.0.0", "version: 1.0.1");
    let runner = Runner::new();
    let ran = runner.step("gate.sh", repository.path(), &[("INPUT_BASE", "main")]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(runner.output("verdict"), "pass");
    assert_eq!(runner.output("breaking"), "0");
    let report: Value =
        serde_json::from_str(&fs::read_to_string(runner.output("report")).unwrap()).unwrap();
    assert_eq!(report["command"], "gate");
}

#[test]
fn a_break_fails_with_annotations_summary_and_outputs() {
    let repository = repository(
        "  - { name: note, type: string, description: What the customer wrote }\n",
        "",
    );
    let runner = Runner::new();
    let extra = runner.file("more.md");
    let formats = format!("markdown={}", extra.display());
    let variables = [("INPUT_BASE", "main"), ("INPUT_FORMATS", formats.as_str())];
    let ran = runner.step("gate.sh", repository.path(), &variables);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .contains("::error file=domains/sales/orders.contract.yaml,line="),
        "{}",
        ran.stdout
    );
    assert!(
        runner.read("summary").contains("field"),
        "{}",
        runner.read("summary")
    );
    assert_eq!(runner.output("verdict"), "fail");
    assert_eq!(runner.output("breaking"), "1");
    assert_eq!(runner.output("required_bump"), "major");
    assert_ne!(runner.output("findings"), "0");
    assert!(extra.exists(), "a further report is written");
}

#[test]
fn what_comes_to_no_verdict_never_passes() {
    let repository = repository("version: 1.0.0", "version: 1.0.1");
    repository
        .checkout("main")
        .write("meshlaw.yaml", "extend: [org]\n")
        .commit("typo", "2026-11-21");
    repository.checkout("change");
    let runner = Runner::new();
    let ran = runner.step("gate.sh", repository.path(), &[("INPUT_BASE", "main")]);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("::error::meshlaw came to no verdict"),
        "{}",
        ran.stdout
    );
    assert_eq!(runner.output("verdict"), "error");
    let summary = fs::read_to_string(runner.output("summary")).unwrap();
    assert!(summary.contains("no verdict") && summary.contains("<!-- meshlaw -->"));
    let wrong = runner.step("gate.sh", repository.path(), &[("INPUT_BASE", "--help")]);
    assert_eq!(wrong.code, 2, "{}", wrong.stdout);
}

#[test]
fn a_program_that_reports_nothing_never_passes() {
    let repository = repository("version: 1.0.0", "version: 1.0.1");
    let runner = Runner::new();
    let bin = runner.file("bin");
    fs::create_dir_all(&bin).unwrap();
    let silent = bin.join("meshlaw");
    fs::write(&silent, "#!/bin/sh\nexit 0\n").unwrap();
    make_executable(&silent);
    let ran = runner.step("gate.sh", repository.path(), &[("INPUT_BASE", "main")]);
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("no verdict"), "{}", ran.stdout);
    assert_eq!(runner.output("verdict"), "error");
}

/// Clones a branch as the checkout of a pull request does: other branches are the remote's only.
fn clone(origin: &Repository, runner: &Runner, arguments: &[&str]) -> PathBuf {
    let clone = runner.file("clone");
    let url = format!("file://{}", origin.path().display());
    let mut all = vec!["clone", "-q"];
    all.extend(arguments);
    all.extend([url.as_str(), clone.to_str().unwrap()]);
    origin.git(&all);
    clone
}

#[test]
fn a_base_that_only_the_remote_has_is_found() {
    let origin = repository("version: 1.0.0", "version: 1.0.1");
    let commit = origin.git(&["rev-parse", "main"]);
    origin.git(&["tag", "stable", "main"]);
    let checkouts = [
        vec!["--branch=change"],
        vec!["--branch=change", "--depth=1", "--no-tags"],
    ];
    for checkout in checkouts {
        for base in ["main", "origin/main", "stable", commit.trim()] {
            let runner = Runner::new();
            let clone = clone(&origin, &runner, &checkout);
            for script in ["history.sh", "gate.sh"] {
                let ran = runner.step(script, &clone, &[("INPUT_BASE", base)]);
                let said = format!("{script} {base} {checkout:?}: {}{}", ran.stdout, ran.stderr);
                assert_eq!(ran.code, 0, "{said}");
            }
            assert_eq!(runner.output("verdict"), "pass");
        }
        let runner = Runner::new();
        let clone = clone(&origin, &runner, &checkout);
        let ran = runner.step("history.sh", &clone, &[("INPUT_BASE", "mian")]);
        assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("`mian` is no branch"), "{}", ran.stdout);
    }
}

#[test]
fn a_hostile_branch_name_is_only_a_name() {
    let origin = repository("version: 1.0.0", "version: 1.0.1");
    let name = "x$(touch${IFS}owned);`touch${IFS}owned`'\"&|<>";
    origin.git(&["branch", name, "main"]);
    origin.git(&["branch", "-m", "change", &format!("{name}2")]);
    let runner = Runner::new();
    let head = format!("--branch={name}2");
    let clone = clone(&origin, &runner, &[&head, "--depth=1"]);
    for script in ["history.sh", "gate.sh"] {
        let ran = runner.step(script, &clone, &[("GITHUB_BASE_REF", name)]);
        assert_eq!(ran.code, 0, "{script}: {}{}", ran.stdout, ran.stderr);
    }
    assert_eq!(runner.output("verdict"), "pass");
    for folder in [clone.as_path(), runner.folder.path()] {
        assert!(!folder.join("owned").exists());
    }
}

#[test]
fn hostile_names_do_not_reach_the_outputs() {
    let hostile = "owner: sales-team\ndomain: \"x\\nverdict=pass\"\ntags: [\"::set-output name=verdict::pass\"]";
    let repository = repository("owner: sales-team", hostile);
    let runner = Runner::new();
    let ran = runner.step(
        "gate.sh",
        repository.path(),
        &[("INPUT_BASE", "main"), ("INPUT_HEAD", "change")],
    );
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let output = runner.read("output");
    assert_eq!(
        output
            .lines()
            .filter(|line| line.starts_with("verdict="))
            .count(),
        1,
        "{output}"
    );
    assert!(
        !ran.stdout
            .lines()
            .any(|line| line.starts_with("::set-output")),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_shallow_checkout_is_deepened_to_the_fork() {
    let origin = repository("version: 1.0.0", "version: 1.0.1");
    for day in 10..28 {
        origin
            .write("log.txt", format!("{day}\n"))
            .commit("more", &format!("2026-11-{day}"));
    }
    let runner = Runner::new();
    let clone = clone(&origin, &runner, &["--depth=1", "--branch=change"]);
    let shallow = runner.step("gate.sh", &clone, &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(shallow.code, 2, "{}{}", shallow.stdout, shallow.stderr);
    let fetched = runner.step("history.sh", &clone, &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(fetched.code, 0, "{}{}", fetched.stdout, fetched.stderr);
    let runner = Runner::new();
    let judged = runner.step("gate.sh", &clone, &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(judged.code, 0, "{}{}", judged.stdout, judged.stderr);
    let gone = runner.step("history.sh", &clone, &[("GITHUB_BASE_REF", "nowhere")]);
    assert_eq!(gone.code, 2);
    assert!(gone.stdout.contains("no branch"), "{}", gone.stdout);
}

/// Puts a `curl` on the path that copies from a folder.
fn fake_curl(runner: &Runner) -> PathBuf {
    let (bin, served) = (runner.file("bin"), runner.file("served"));
    fs::create_dir_all(&bin).unwrap();
    fs::create_dir_all(&served).unwrap();
    let script = format!(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=\"$2\"; shift; done\n\
         cp \"{}/$(basename \"$1\")\" \"$out\"\n",
        served.display()
    );
    let curl = bin.join("curl");
    fs::write(&curl, script).unwrap();
    make_executable(&curl);
    served
}

fn make_executable(path: &Path) {
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path, executable).unwrap();
}

#[test]
fn a_release_is_taken_only_with_its_checksum() {
    let runner = Runner::new();
    let served = fake_curl(&runner);
    let target = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-musl",
        ("linux", "aarch64") => "aarch64-unknown-linux-musl",
        _ => return,
    };
    let archive = format!("meshlaw-v1.2.3-{target}.tar.gz");
    let pack = format!(
        "cd {0} && mkdir -p in && echo program > in/meshlaw && tar -czf {archive} -C in . && \
         sha256sum {archive} > {archive}.sha256",
        served.display()
    );
    assert!(
        Command::new("sh")
            .args(["-c", &pack])
            .status()
            .unwrap()
            .success()
    );
    let variables = [
        ("INPUT_VERSION", "v1.2.3"),
        ("ACTION_REPOSITORY", "meshlaw/meshlaw"),
    ];
    let taken = runner.step("install.sh", runner.folder.path(), &variables);
    assert_eq!(taken.code, 0, "{}{}", taken.stdout, taken.stderr);
    let folder = runner.read("path");
    assert_eq!(
        fs::read_to_string(Path::new(folder.trim()).join("meshlaw")).unwrap(),
        "program\n"
    );
    fs::write(served.join(&archive), "something else").unwrap();
    let runner_path = runner.file("path");
    fs::write(&runner_path, "").unwrap();
    let refused = runner.step("install.sh", runner.folder.path(), &variables);
    assert_eq!(refused.code, 2, "{}{}", refused.stdout, refused.stderr);
    assert!(
        refused.stdout.contains("the checksum"),
        "{}",
        refused.stdout
    );
    assert_eq!(runner.read("path"), "");
}

#[test]
fn only_the_program_that_is_given_is_used() {
    let runner = Runner::new();
    let given = runner.file("law tool");
    fs::copy(env!("CARGO_BIN_EXE_meshlaw"), &given).unwrap();
    let neighbour = runner.file("meshlaw");
    fs::write(&neighbour, "something else").unwrap();
    let variables = [("INPUT_BINARY", given.to_str().unwrap())];
    let ran = runner.step("install.sh", runner.folder.path(), &variables);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let folder = runner.read("path");
    let program = Path::new(folder.trim()).join("meshlaw");
    assert_eq!(fs::read(&program).unwrap(), fs::read(&given).unwrap());
    let version = Command::new(&program).arg("--version").output().unwrap();
    assert!(version.status.success());
}

#[test]
fn a_program_that_is_missing_ends_the_job() {
    let runner = Runner::new();
    for missing in ["nowhere/meshlaw", "."] {
        let variables = [("INPUT_BINARY", missing)];
        let ran = runner.step("install.sh", runner.folder.path(), &variables);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stdout.contains("names no file"), "{}", ran.stdout);
        assert_eq!(runner.read("path"), "");
    }
}

/// Runs the steps of a job in a clone, as the runner does for an event; returns the last step that
/// judged, and the comment's.
fn job(
    runner: &Runner,
    clone: &Path,
    event: &Value,
    api: &Server,
    variables: &[(&str, &str)],
) -> (Ran, Ran) {
    fs::write(runner.file("event.json"), event.to_string()).unwrap();
    let (file, url) = (runner.file("event.json"), api.url());
    let mut all = vec![
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
        ("GITHUB_API_URL", url.as_str()),
        ("GITHUB_REPOSITORY", "acme/mesh"),
        ("GITHUB_TOKEN", "ghs_secret"),
    ];
    all.extend(variables);
    let fetched = runner.step("history.sh", clone, &all);
    assert_eq!(fetched.code, 0, "{}{}", fetched.stdout, fetched.stderr);
    let judged = runner.step("gate.sh", clone, &all);
    let outputs = ["summary", "verdict", "breaking"].map(|name| runner.output(name));
    let [summary, verdict, breaking] = &outputs;
    all.extend([
        ("SUMMARY", summary.as_str()),
        ("VERDICT", verdict.as_str()),
        ("BREAKING", breaking.as_str()),
    ]);
    let commented = runner.step("comment.sh", clone, &all);
    assert_eq!(
        commented.code, 0,
        "{}{}",
        commented.stdout, commented.stderr
    );
    for ran in [&judged, &commented] {
        assert!(!ran.stdout.contains("ghs_secret") && !ran.stderr.contains("ghs_secret"));
    }
    (judged, commented)
}

fn pull_request() -> Value {
    serde_json::json!({
        "pull_request": { "number": 7, "head": { "sha": "x" }, "base": { "ref": "main" } },
        "repository": { "default_branch": "main" },
    })
}

/// A breaking change in a shallow clone of its branch.
fn broken(runner: &Runner) -> (Repository, PathBuf) {
    let origin = repository("type: string, required: true", "type: long, required: true");
    let clone = clone(&origin, runner, &["--branch=change", "--depth=1"]);
    (origin, clone)
}

fn writes(api: &Server) -> Vec<String> {
    let seen = api.seen().into_iter();
    seen.filter(|one| one.method != "GET")
        .map(|one| one.line())
        .collect()
}

#[test]
fn a_pull_request_gets_its_comment_and_a_forced_push_changes_it() {
    let runner = Runner::new();
    let (origin, clone) = broken(&runner);
    let api = Server::http(|_| (200, "[]".to_owned()));
    let base = [("GITHUB_BASE_REF", "main")];
    let (judged, _) = job(&runner, &clone, &pull_request(), &api, &base);
    assert_eq!(judged.code, 1, "{}", judged.stderr);
    assert_eq!(writes(&api), ["POST /repos/acme/mesh/issues/7/comments"]);
    let sarif = fs::read_to_string(runner.output("sarif")).unwrap();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");

    // The branch is written anew: it only says more.
    origin.git(&["checkout", "-q", "-B", "change", "main"]);
    origin
        .edit(PATH, "version: 1.0.0", "version: 1.0.1")
        .commit("another", "2026-11-21");
    let runner = Runner::new();
    let clone = self::clone(&origin, &runner, &["--branch=change", "--depth=1"]);
    let ours = r#"[{ "id": 42, "body": "old <!-- meshlaw -->", "user": { "login": "b", "type": "Bot" } }]"#;
    let api = Server::http(|_| (200, ours.to_owned()));
    let (judged, _) = job(&runner, &clone, &pull_request(), &api, &base);
    assert_eq!(judged.code, 0, "{}", judged.stderr);
    assert_eq!(writes(&api), ["PATCH /repos/acme/mesh/issues/comments/42"]);
}

#[test]
fn a_fork_is_judged_and_told_what_it_cannot_have() {
    let runner = Runner::new();
    let (_origin, clone) = broken(&runner);
    let api = Server::http(|seen| match seen.method.as_str() {
        "GET" => (200, "[]".to_owned()),
        _ => (
            403,
            r#"{ "message": "Resource not accessible\n::error::x" }"#.to_owned(),
        ),
    });
    let base = [("GITHUB_BASE_REF", "main")];
    let (judged, commented) = job(&runner, &clone, &pull_request(), &api, &base);
    assert_eq!(judged.code, 1);
    assert!(
        commented
            .stdout
            .starts_with("::notice title=meshlaw::there is no comment"),
        "{}",
        commented.stdout
    );
    assert_eq!(commented.stdout.lines().count(), 1, "{}", commented.stdout);
}

#[test]
fn merge_queues_reviews_and_first_pushes_find_their_base() {
    let plain = serde_json::json!({ "repository": { "default_branch": "main" } });
    let runner = Runner::new();
    let (origin, clone) = broken(&runner);
    let commit = origin.git(&["rev-parse", "main"]);
    let api = Server::http(|_| (200, "[]".to_owned()));
    for base in [commit.trim(), "main", "refs/heads/main"] {
        let (judged, commented) = job(&runner, &clone, &plain, &api, &[("EVENT_BASE", base)]);
        assert_eq!(judged.code, 1, "{base}: {}{}", judged.stdout, judged.stderr);
        assert!(
            commented.stdout.contains("no pull request"),
            "{}",
            commented.stdout
        );
    }
    // The first push of the branch that all others start from changes nothing against itself.
    let fresh = Runner::new();
    let first = self::clone(&origin, &fresh, &["--branch=main", "--depth=1"]);
    let (judged, _) = job(&fresh, &first, &plain, &api, &[("EVENT_BASE", "main")]);
    assert_eq!(judged.code, 0, "{}{}", judged.stdout, judged.stderr);
    assert_eq!(writes(&api), [""; 0]);
}

#[test]
fn a_pull_request_that_only_renames_is_left_in_peace() {
    let origin = Repository::new();
    origin
        .write("meshlaw.yaml", "extends: [org/change]\n")
        .write(PATH, CONTRACT)
        .commit("base", "2026-06-01")
        .branch("change");
    origin.git(&["mv", PATH, "domains/sales/renamed.contract.yaml"]);
    origin.commit("rename", "2026-11-20");
    let runner = Runner::new();
    let clone = clone(&origin, &runner, &["--branch=change", "--depth=1"]);
    let api = Server::http(|_| (200, "[]".to_owned()));
    let base = [("GITHUB_BASE_REF", "main")];
    let (judged, _) = job(&runner, &clone, &pull_request(), &api, &base);
    assert_eq!(judged.code, 0, "{}{}", judged.stdout, judged.stderr);
    assert_eq!(writes(&api), [""; 0]);
}

#[test]
fn approvals_reach_the_gate_and_their_absence_is_told() {
    let runner = Runner::new();
    let (origin, clone) = broken(&runner);
    let head = origin.git(&["rev-parse", "change"]);
    let event = serde_json::json!({
        "pull_request": { "number": 7, "head": { "sha": head.trim() }, "base": { "ref": "main" } },
    });
    fs::write(runner.file("event.json"), event.to_string()).unwrap();
    let api = Server::http(|seen| match seen.path.contains("/reviews") {
        true => (200, "[]".to_owned()),
        false => (404, "{}".to_owned()),
    });
    let (file, url) = (runner.file("event.json"), api.url());
    let mut variables = vec![
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
        ("GITHUB_API_URL", url.as_str()),
        ("GITHUB_REPOSITORY", "acme/mesh"),
    ];
    let fetched = runner.step("history.sh", &clone, &variables);
    assert_eq!(fetched.code, 0, "{}", fetched.stdout);
    let without = runner.step("approvals.sh", &clone, &variables);
    assert!(without.stdout.starts_with("::notice"), "{}", without.stdout);
    assert_eq!((without.code, runner.output("file").as_str()), (0, ""));
    variables.push(("GITHUB_TOKEN", "ghs_secret"));
    let asked = runner.step("approvals.sh", &clone, &variables);
    assert_eq!(asked.code, 0, "{}{}", asked.stdout, asked.stderr);
    let approvals = runner.output("file");
    assert!(
        fs::read_to_string(&approvals)
            .unwrap()
            .contains(head.trim())
    );
    variables.push(("APPROVALS", &approvals));
    let judged = runner.step("gate.sh", &clone, &variables);
    assert_eq!(judged.code, 1, "{}", judged.stderr);
}

#[test]
fn what_is_built_is_named_by_its_sources() {
    let runner = Runner::new();
    let ran = runner.step("sources.sh", runner.folder.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(runner.output("key").len(), 64);
}

#[test]
fn inputs_and_outputs_are_declared_and_used() {
    let action: Value = serde_yaml::from_str(&text("action.yml")).unwrap();
    let steps = action["runs"]["steps"].as_array().unwrap();
    let names = |part: &str| -> BTreeSet<String> {
        action[part].as_object().unwrap().keys().cloned().collect()
    };
    let all = text("action.yml");
    let used = |prefix: &str| -> BTreeSet<String> {
        let uses = all.split(prefix).skip(1);
        uses.map(|rest| {
            rest.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)))
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    assert_eq!(names("inputs"), used("inputs."));
    let outputs = names("outputs").into_iter();
    let outputs: BTreeSet<String> = outputs.map(|name| name.replace('-', "_")).collect();
    assert_eq!(outputs, used("steps.gate.outputs."));
    for step in steps {
        let Some(run) = step["run"].as_str() else {
            let pin = step["uses"].as_str().unwrap().split('@').nth(1).unwrap();
            assert!(pin.len() >= 40 && pin.chars().take(40).all(|c| c.is_ascii_hexdigit()));
            continue;
        };
        assert!(
            !run.contains("${{"),
            "text of strangers is not written into a script: {run}"
        );
        let script = run
            .rsplit("$GITHUB_ACTION_PATH/")
            .next()
            .unwrap()
            .trim_matches('"');
        let script = text(script);
        let none = serde_json::Map::new();
        let variables = step["env"].as_object().unwrap_or(&none).keys();
        // The program reads the token itself, so that no script can show it.
        for variable in variables.filter(|name| *name != "GITHUB_TOKEN") {
            let in_base = text(".github/action/base.sh").contains(variable.as_str());
            assert!(script.contains(variable.as_str()) || in_base, "{variable}");
        }
    }
}

#[test]
fn the_release_packs_what_the_action_fetches() {
    let (release, install) = (
        text(".github/workflows/release.yml"),
        text(".github/action/install.sh"),
    );
    assert!(release.contains("archive=\"meshlaw-$VERSION-$TARGET.tar.gz\""));
    assert!(install.contains("archive=\"meshlaw-$version-$target.tar.gz\""));
    let targets: Vec<&str> = release
        .split("target: ")
        .skip(1)
        .filter_map(|rest| rest.split([',', ' ']).next())
        .filter(|target| target.contains('-'))
        .collect();
    assert_eq!(targets.len(), 5, "{targets:?}");
    for target in targets {
        assert!(install.contains(target), "{target}");
    }
    let all = ["ci.yml", "release.yml"].map(|file| text(&format!(".github/workflows/{file}")));
    for workflow in all {
        assert!(!workflow.contains("pull_request_target"));
        for uses in workflow.split("uses: ").skip(1) {
            let pin = uses.split('@').nth(1).unwrap();
            assert!(pin.chars().take(40).all(|c| c.is_ascii_hexdigit()), "{pin}");
        }
    }
}
