//! Histories with merges, squashes and reverts, and what a law would have stopped of them; the
//! answers are known by hand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use playground::schemas::fitting;
use serde_json::{Value, json};

const ORDERS: &str = "domains/sales/orders.contract.yaml";
const POLICY: &str = "policies/org/acme/no-open-mail/policy.cedar";

const RULE: &str = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"it is open\")\n@help(\"close it\")\n\
    forbid (principal, action == Action::\"publish\", resource is Field)\n\
    when { resource has pii && !resource.isMasked };\n";

/// A year of a branch: by hand, three of its pull requests show an address openly.
///
/// | day | what | stopped |
/// |---|---|---|
/// | 01-10 | squash: a note is added | no |
/// | 02-10 | merge: the address is shown, in two commits | yes |
/// | 02-20 | revert of that merge | no |
/// | 04-05 | squash: the address again, masked | no |
/// | 04-06 | squash: a second contract shows one | yes |
/// | 04-20 | squash that touches no contract | no |
/// | 05-01 | squash: the first is shown, too | yes |
/// | 05-02 | `Revert "…" (#9)` of that, as GitHub titles it | no |
/// | 06-01 | the policy itself | no |
fn history() -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            // Versions are another matter.
            "extends: [org/waivers]\ndomains: { sales: {}, finance: {} }\n\
             levels: { version/too-small: off, version/lowered: off, version/reused: off }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nfields:\n  - { name: id, type: string }\n",
        )
        .commit("begin", "2026-01-01");
    let field = "fields:\n  - { name: id";
    repository.edit(
        ORDERS,
        field,
        "fields:\n  - { name: note, type: string }\n  - { name: id",
    );
    repository.commit("Add a note (#1)", "2026-01-10");
    repository.branch("work");
    repository.edit(ORDERS, field_with_note(), &with_mail(""));
    author(&repository, "Grace", "Show the address", "2026-02-09");
    repository.edit(ORDERS, "version: 1.0.0", "version: 1.1.0");
    author(&repository, "Grace", "Raise the version", "2026-02-10");
    repository.checkout("main");
    merge(
        &repository,
        "work",
        "Merge pull request #2 from sales/work",
        "2026-02-10",
    );
    dated(
        &repository,
        &["revert", "-m", "1", "--no-edit", "HEAD"],
        "2026-02-20",
    );
    repository.edit(ORDERS, field_with_note(), &with_mail(", masking: hash"));
    repository.commit("Show the address, masked (#4)", "2026-04-05");
    repository.write(
        "domains/finance/payers.contract.yaml",
        "schema: payers\nversion: 1.0.0\nowner: finance-team\nfields:\n  - { name: mail, type: string, pii: contact }\n",
    );
    repository.commit("Add payers (#5)", "2026-04-06");
    repository.write("README.md", "# Contracts\n");
    repository.commit("Say what this is (#6)", "2026-04-20");
    repository.edit(ORDERS, ", masking: hash", "");
    repository.commit("Unmask the address (#8)", "2026-05-01");
    repository.edit(ORDERS, "pii: contact", "pii: contact, masking: hash");
    repository.commit("Revert \"Unmask the address\" (#9)", "2026-05-02");
    repository.write(POLICY, RULE);
    repository.commit("Forbid it (#10)", "2026-06-01");
    repository
}

fn field_with_note() -> &'static str {
    "fields:\n  - { name: note, type: string }\n"
}

fn with_mail(more: &str) -> String {
    format!(
        "{}  - {{ name: mail, type: string, pii: contact{more} }}\n",
        field_with_note()
    )
}

fn dated(repository: &Repository, args: &[&str], date: &str) {
    let date = format!("{date}T12:00:00Z");
    let status = std::process::Command::new("git")
        .current_dir(repository.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
        .args(args)
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
}

fn author(repository: &Repository, name: &str, message: &str, date: &str) {
    repository.git(&["add", "--all"]);
    let author = format!("{name} <{}@example.org>", name.to_lowercase());
    dated(
        repository,
        &["commit", "-q", "-m", message, "--author", &author],
        date,
    );
}

fn merge(repository: &Repository, branch: &str, message: &str, date: &str) {
    dated(
        repository,
        &["merge", "-q", "--no-ff", "-m", message, branch],
        date,
    );
}

fn backtest(repository: &Repository, args: &[&str]) -> Value {
    let mut all = vec!["policy", "backtest", "--base", "main", "--format", "json"];
    all.extend(args);
    let ran = repository.meshlaw(&all);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    fitting(&ran.stdout, "policy-backtest.schema.json")
}

fn stopped(json: &Value) -> Vec<String> {
    let all = json["pull_requests"].as_array().unwrap().iter();
    let stopped = all.filter(|one| one["stopped"] == true);
    stopped
        .map(|one| one["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_would_have_been_stopped_is_known() {
    let repository = history();
    let json = backtest(&repository, &["--since", "2026-01-01"]);
    assert_eq!(
        stopped(&json),
        [
            "Merge pull request #2 from sales/work",
            "Add payers (#5)",
            "Unmask the address (#8)",
        ]
    );
    assert_eq!(
        json["summary"],
        json!({ "pull_requests": 9, "about_contracts": 7, "stopped": 3, "stopped_and_reverted": 2 })
    );
    assert_eq!(
        json["by_author"],
        json!([
            { "name": "Ada", "stopped": 2, "warned": 0, "counted": 0 },
            { "name": "Grace", "stopped": 1, "warned": 0, "counted": 0 },
        ])
    );
    assert_eq!(
        json["by_domain"][0],
        json!({ "name": "sales", "stopped": 2, "warned": 0, "counted": 0 })
    );
    assert_eq!(json["by_policy"][0]["name"], "org/acme/no-open-mail");
    let chart: Vec<(String, u64, u64)> = json["chart"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bar| {
            let number = |key: &str| bar[key].as_u64().unwrap();
            (
                bar["period"].as_str().unwrap().to_owned(),
                number("pull_requests"),
                number("stopped"),
            )
        })
        .collect();
    let month = |name: &str, all, stopped| (format!("2026-{name}"), all, stopped);
    assert_eq!(
        chart,
        [
            month("01", 1, 0),
            month("02", 2, 1),
            month("03", 0, 0),
            month("04", 3, 1),
            month("05", 2, 1),
            month("06", 1, 0)
        ]
    );
    assert!(
        !json.to_string().contains("example.org"),
        "no address is shown"
    );
}

#[test]
fn reverts_name_what_they_take_back_and_are_not_stopped() {
    let repository = history();
    let json = backtest(&repository, &["--since", "2026-01-01"]);
    let all = json["pull_requests"].as_array().unwrap();
    let with = |subject: &str| {
        all.iter()
            .find(|one| one["subject"].as_str().unwrap().starts_with(subject))
            .unwrap()
    };
    for (revert, taken_back) in [
        ("Revert \"Merge pull request #2", "Merge pull request #2"),
        ("Revert \"Unmask", "Unmask the address (#8)"),
    ] {
        let (revert, taken_back) = (with(revert), with(taken_back));
        assert_eq!(revert["reverts"], taken_back["commit"]);
        assert_eq!(taken_back["reverted_by"], revert["commit"]);
        assert_eq!(revert["stopped"], false);
    }
}

#[test]
fn a_replay_begins_behind_a_revision_or_on_a_day_and_has_bounds() {
    let repository = history();
    let behind = backtest(&repository, &["--since", "main~3"]);
    assert_eq!(stopped(&behind), ["Unmask the address (#8)"]);
    assert_eq!(behind["summary"]["pull_requests"], 3);
    let merged = backtest(&repository, &["--since", "work"]);
    assert_eq!(
        merged["summary"]["pull_requests"], 8,
        "the merge itself is behind what it merged"
    );
    let day = backtest(&repository, &["--since", "2026-05-01"]);
    assert_eq!(day["summary"]["pull_requests"], 3);
    let limited = backtest(&repository, &["--since", "2026-01-01", "--limit", "2"]);
    assert_eq!(limited["summary"]["pull_requests"], 2);
    assert!(
        limited["notes"].to_string().contains("only the newest 2"),
        "{limited:#}"
    );
    let ran = repository.meshlaw(&["policy", "backtest", "--since", "yesterday"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("2026-01-31"),
        "{}",
        ran.stderr
    );
    let args = [
        "policy",
        "backtest",
        "--since",
        "2026-01-01",
        "--policy",
        "org/acme/no-open-mial",
    ];
    let ran = repository.meshlaw(&args);
    assert!(
        ran.code == 2 && ran.stderr.contains("did you mean `org/acme/no-open-mail`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_candidate_is_tried_before_it_is_committed_or_enforced() {
    let repository = history();
    let quiet = RULE
        .replace("soft", "shadow")
        .replace("@message", "@since(\"2030-01-01\")\n@message");
    repository.write(POLICY, quiet);
    let args = ["--since", "2026-01-01", "--policies", "policies"];
    let json = backtest(&repository, &args);
    assert_eq!(json["summary"]["stopped"], 0);
    assert_eq!(
        json["by_policy"][0],
        json!({ "name": "org/acme/no-open-mail", "stopped": 0, "warned": 0, "counted": 3 })
    );
    let json = backtest(&repository, &[&args[..], &["--enforced"]].concat());
    assert_eq!(json["summary"]["stopped"], 3);
    let json = backtest(
        &repository,
        &[
            &args[..],
            &["--enforced", "--policy", "org/waivers/ticket-stated"],
        ]
        .concat(),
    );
    assert_eq!(json["summary"]["stopped"], 0);
}

#[test]
fn a_clone_that_is_cut_off_says_so() {
    let repository = history();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    let clone = folder.path().join("clone");
    repository.git(&["clone", "-q", "--depth", "3", &url, clone.to_str().unwrap()]);
    let args = [
        "policy",
        "backtest",
        "--base",
        "main",
        "--since",
        "2026-01-01",
    ];
    let ran = playground::meshlaw_in(&clone, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("the history of this clone is cut off"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_form_says_the_same() {
    let repository = history();
    for (form, by) in [("text", "month"), ("csv", "month"), ("svg", "week")] {
        let ran = repository.meshlaw(&[
            "policy",
            "backtest",
            "--base",
            "main",
            "--since",
            "2026-01-01",
            "--by",
            by,
            "--format",
            form,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        insta::assert_snapshot!(format!("backtest_{form}"), ran.stdout);
    }
    let chart = repository.path().join("chart.svg");
    let target = format!("svg={}", chart.display());
    let ran = repository.meshlaw(&[
        "policy",
        "backtest",
        "--since",
        "2026-01-01",
        "--format",
        &target,
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(std::fs::read_to_string(chart).unwrap().starts_with("<svg "));
}
