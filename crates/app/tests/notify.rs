//! Messages to the teams that a report concerns: over real sockets, to servers of this test.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use playground::server::Server;
use playground::{Ran, Repository, program, ran};
use serde_json::Value;

const ORDERS: &str = "domains/sales/orders.contract.yaml";

const SLACK: &str = "MESHLAW_SLACK_WEBHOOK";

/// A branch that breaks two consumers of finance and one that has a webhook of its own, with the
/// report of the gate beside it.
fn breaking(webhook: &str) -> Repository {
    let repository = Repository::new();
    let uses = "uses: [{ contract: sales/orders, fields: [amount] }]\n";
    repository
        .write(
            "meshlaw.yaml",
            "domains: { sales: {}, finance: {} }\nextends: [org/change]\nteams:\n\
             \x20 sales-team: { email: sales@acme.example }\n\
             \x20 finance-team: { slack: \"#fin\", email: fin@acme.example }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nfields:\n\
             \x20 - { name: id, type: string, required: true }\n\
             \x20 - { name: amount, type: long }\n\
             \x20 - { name: note, type: string }\n",
        )
        .write(
            "domains/finance/report.consumer.yaml",
            format!("consumer: report\nowner: finance-team\n{uses}---\nconsumer: board\nowner: finance-team\n{uses}"),
        )
        .write(
            "domains/finance/bot.consumer.yaml",
            format!("consumer: bot\nowner: finance-team\n{uses}notify: {{ webhook: \"{webhook}\" }}\n"),
        )
        .commit("begin", "2026-01-01")
        .branch("work")
        .edit(ORDERS, "type: long", "type: string")
        .commit("break", "2026-02-01");
    report(&repository);
    repository
}

fn report(repository: &Repository) {
    let file = repository.path().join(".git/report.json");
    let format = format!("json={}", file.display());
    repository.gate(&["--format", &format]);
}

fn notify(repository: &Repository, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = program(repository.path());
    for name in [
        SLACK,
        "MESHLAW_WEBHOOK_SECRET",
        "MESHLAW_SMTP_URL",
        "MESHLAW_MAIL_FROM",
        "OPENLINEAGE_URL",
    ] {
        command.env_remove(name);
    }
    let report = repository.path().join(".git/report.json");
    command
        .args(["notify", report.to_str().unwrap(), "--as-of", "2026-11-23"])
        .args(args)
        .envs(variables.iter().copied());
    ran(command.output().unwrap())
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        (entry.file_name().into_string().unwrap(), text)
    };
    entries.map(read).collect()
}

#[test]
fn each_team_gets_one_message_by_each_way_with_what_is_its_own() {
    let http = Server::http(|_| (200, "ok".to_owned()));
    let smtp = Server::smtp();
    let repository = breaking(&format!("{}/bot", http.url()));
    let mail = format!("smtp://{}", smtp.address);
    let slack = format!("{}/services/secret-path", http.url());
    let variables = [
        (SLACK, slack.as_str()),
        ("MESHLAW_WEBHOOK_SECRET_FINANCE_TEAM", "key"),
        ("MESHLAW_SMTP_URL", mail.as_str()),
        ("MESHLAW_MAIL_FROM", "Meshlaw <gate@acme.example>"),
    ];
    let ran = notify(&repository, &["--link", "https://x.example/1"], &variables);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("secret-path"), "{}", ran.stdout);
    let seen = http.seen();
    let paths: Vec<String> = seen.iter().map(playground::server::Seen::line).collect();
    assert_eq!(paths, ["POST /services/secret-path", "POST /bot"]);

    let payload: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(payload["channel"], "#fin");
    let text = payload["blocks"].to_string();
    assert!(text.contains("felt by board, report"), "{text}");
    assert_eq!(text.matches('•').count(), 1, "{text}");
    assert!(!text.contains("breaking-needs-major"), "{text}");

    let event: Value = serde_json::from_str(&seen[1].body).unwrap();
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["subject"], "finance-team");
    assert_eq!(event["data"]["items"][0]["consumers"][0], "bot");
    let type_ = seen[1].header("content-type").unwrap();
    assert!(type_.starts_with("application/cloudevents+json"), "{type_}");
    let signed = meshlaw_courier::signature("key", &seen[1].body);
    assert_eq!(seen[1].header("x-meshlaw-signature-256"), Some(&*signed));

    let mails = smtp.seen();
    let unfolded = |mail: playground::server::Seen| mail.body.replace("=\n", "");
    let mails: Vec<String> = mails.into_iter().map(unfolded).collect();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let to = |address: &str| mails.iter().find(|mail| mail.contains(address)).unwrap();
    assert!(to("To: fin@acme.example").contains("What you read"));
    let owner = to("To: sales@acme.example");
    assert!(owner.contains("What you answer for") && owner.contains("breaking-needs-major"));
    assert!(owner.contains("https://x.example/1"), "{owner}");
}

#[test]
fn nothing_is_told_twice_and_what_is_new_is() {
    let http = Server::http(|_| (200, String::new()));
    let repository = breaking("https://nobody.example/x");
    let slack = format!("{}/a", http.url());
    let state = repository.path().join(".git/told.json");
    let state = state.to_str().unwrap();
    let args = ["--via", "slack", "--state", state];
    let variables = [(SLACK, slack.as_str())];
    for _ in 0..2 {
        let ran = notify(&repository, &args, &variables);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(http.seen().len(), 1);
    }
    repository
        .edit(
            ORDERS,
            "type: string }\n  - { name: note",
            "type: boolean }\n  - { name: note",
        )
        .commit("more", "2026-02-02");
    report(&repository);
    let ran = notify(&repository, &args, &variables);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let seen = http.seen();
    assert_eq!(seen.len(), 2, "{}", ran.stdout);
    assert!(seen[1].body.contains("to `boolean`"), "{}", seen[1].body);
    std::fs::write(state, "{").unwrap();
    let ran = notify(&repository, &args, &variables);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("everybody is told everything once more"),
        "{}",
        ran.stderr
    );
}

#[test]
fn patience_is_kept_and_what_fails_is_not_taken_for_told() {
    let tries = AtomicUsize::new(0);
    let http = Server::http(move |_| match tries.fetch_add(1, Ordering::Relaxed) {
        0 => (503, String::new()),
        1 => (429, String::new()),
        2 => (200, String::new()),
        _ => (403, r#"{ "message": "no_service" }"#.to_owned()),
    });
    let repository = breaking("https://nobody.example/x");
    let slack = format!("{}/secret", http.url());
    let variables = [(SLACK, slack.as_str())];
    let state = repository.path().join(".git/told.json");
    let args = ["--via", "slack", "--state", state.to_str().unwrap()];
    let first = notify(&repository, &["--via", "slack"], &variables);
    assert_eq!((first.code, http.seen().len()), (0, 3), "{}", first.stdout);
    let refused = notify(&repository, &args, &variables);
    assert_eq!(refused.code, 3, "{}", refused.stdout);
    assert!(
        refused
            .stdout
            .contains("answered with status 403: no_service"),
        "{}",
        refused.stdout
    );
    assert!(!refused.stdout.contains("/secret"), "{}", refused.stdout);
    let again = notify(&repository, &args, &variables);
    assert_eq!(again.code, 3, "{}", again.stdout);
}

#[test]
fn what_is_not_set_up_is_said_and_dry_runs_send_nothing() {
    let http = Server::http(|_| (200, String::new()));
    let repository = breaking(&format!("{}/bot", http.url()));
    let ran = notify(&repository, &["--via", "slack,email"], &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for name in [SLACK, "MESHLAW_SMTP_URL"] {
        assert!(
            ran.stdout.contains(&format!("since {name} is not set")),
            "{}",
            ran.stdout
        );
    }
    let dry = notify(&repository, &["--dry-run"], &[(SLACK, &http.url())]);
    assert!(
        dry.stdout
            .contains("finance-team by webhook at http://127.0.0.1"),
        "{}",
        dry.stdout
    );
    assert!(!dry.stdout.contains("/bot"), "{}", dry.stdout);
    assert_eq!(http.seen().len(), 0);
}

#[test]
fn an_outbox_holds_every_message_as_it_would_go() {
    let repository = breaking("https://nobody.example/x");
    let outbox = repository.path().join(".git/out");
    let ran = notify(&repository, &["--outbox", outbox.to_str().unwrap()], &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files = files(&outbox);
    let endings = ["slack.json", "cloudevent.json", "eml", "openlineage.json"];
    for ending in endings {
        assert!(
            files.keys().any(|name| name.ends_with(ending)),
            "{files:#?}"
        );
    }
    let lineage: Value = serde_json::from_str(&files["sales-orders.openlineage.json"]).unwrap();
    let facet = &lineage["dataset"]["facets"]["meshlaw_contract"];
    assert_eq!(facet["impact"], "breaking");
    assert_eq!(facet["versionBefore"], "1.0.0");
}

#[test]
fn no_change_redirects_its_own_messages() {
    let repository = breaking("https://nobody.example/x");
    repository
        .edit("meshlaw.yaml", "fin@acme.example", "me@elsewhere.example")
        .edit(
            "domains/finance/bot.consumer.yaml",
            "nobody.example",
            "evil.example",
        )
        .commit("to me", "2026-02-02");
    report(&repository);
    let ran = notify(&repository, &["--dry-run"], &[]);
    assert!(ran.stdout.contains("fin@acme.example"), "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("elsewhere") && !ran.stdout.contains("evil"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_deprecation_reaches_those_who_read_what_goes_with_its_day() {
    let repository = breaking("https://nobody.example/x");
    repository
        .checkout("main")
        .branch("notice")
        .edit(
            ORDERS,
            "{ name: amount, type: long }",
            "{ name: amount, type: long, deprecated: { since: 2026-11-23, sunset: 2027-03-31, replacement: none } }",
        )
        .commit("notice", "2026-11-20");
    report(&repository);
    let ran = notify(&repository, &["--dry-run", "--via", "slack"], &[]);
    assert!(
        ran.stdout.contains("finance-team by slack"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("(by 2027-03-31)"), "{}", ran.stdout);
}

#[test]
fn what_is_no_report_is_refused() {
    let repository = Repository::new();
    for (text, says) in [
        ("", "this is no report"),
        ("{}", "this is no report"),
        (
            r#"{"format":9,"command":"gate","base":null,"head":"worktree","contracts":[],"changes":[],"findings":[]}"#,
            "no report of a gate",
        ),
    ] {
        repository.write(".git/report.json", text);
        let ran = notify(&repository, &[], &[]);
        assert_eq!(ran.code, 2, "{text}");
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
}
