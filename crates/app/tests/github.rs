//! The calls to GitHub, answered by a server of this test.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::server::{Seen, Server};
use playground::{Ran, Repository, program, ran};
use serde_json::{Value, json};

const TOKEN: &str = "ghs_secret";
const HEAD: &str = "1111111111111111111111111111111111111111";
const BODY: &str = "✅ **meshlaw** pass <!-- meshlaw -->\n\nfine\n";

fn github(server: &Server, repository: &Repository, event: &str, args: &[&str]) -> Ran {
    repository.write(".git/event.json", event);
    let mut command = program(repository.path());
    command
        .arg("github")
        .args(args)
        .env(
            "GITHUB_EVENT_PATH",
            repository.path().join(".git/event.json"),
        )
        .env("GITHUB_API_URL", server.url())
        .env("GITHUB_REPOSITORY", "acme/mesh")
        .env("GITHUB_TOKEN", TOKEN);
    ran(command.output().unwrap())
}

fn pull_request() -> String {
    json!({ "pull_request": { "number": 7, "head": { "sha": HEAD, "ref": "x" } }, "action": "opened" })
        .to_string()
}

fn comment(server: &Server, args: &[&str]) -> Ran {
    let repository = Repository::new();
    repository.write("summary.md", BODY);
    let all: Vec<&str> = ["comment", "summary.md"]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    github(server, &repository, &pull_request(), &all)
}

/// Other people's comments, and, after a full page of them, perhaps ours.
fn comments(ours: Option<&str>) -> impl Fn(&Seen) -> (u16, String) + Send + 'static {
    let stranger =
        |body: &str| json!({ "id": 1, "body": body, "user": { "login": "eve", "type": "User" } });
    let mut first: Vec<Value> = vec![stranger("hello"); 99];
    first.push(stranger(BODY));
    let ours = ours.map(|body| json!({ "id": 42, "body": body, "user": { "login": "github-actions[bot]", "type": "Bot" } }));
    let second: Vec<Value> = ours.into_iter().collect();
    move |seen| match seen.line().as_str() {
        "GET /repos/acme/mesh/issues/7/comments?per_page=100&page=1" => {
            (200, json!(first).to_string())
        }
        "GET /repos/acme/mesh/issues/7/comments?per_page=100&page=2" => {
            (200, json!(second).to_string())
        }
        "POST /repos/acme/mesh/issues/7/comments" => (201, "{}".to_owned()),
        "PATCH /repos/acme/mesh/issues/comments/42" => (200, "{}".to_owned()),
        other => (404, json!({ "message": other }).to_string()),
    }
}

#[test]
fn one_comment_is_kept_up_to_date_and_no_strangers_is_touched() {
    let table = [
        (
            None,
            vec![],
            "commented",
            Some("POST /repos/acme/mesh/issues/7/comments"),
        ),
        (None, vec!["--update-only"], "nothing to say", None),
        (
            Some("old <!-- meshlaw -->"),
            vec![],
            "up to date",
            Some("PATCH /repos/acme/mesh/issues/comments/42"),
        ),
        (Some(BODY.trim_end()), vec![], "says this already", None),
    ];
    for (ours, args, says, expected) in table {
        let server = Server::http(comments(ours));
        let ran = comment(&server, &args);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(says), "{}", ran.stdout);
        let seen = server.seen();
        let written: Vec<&Seen> = seen.iter().filter(|one| one.method != "GET").collect();
        assert_eq!(written.first().map(|one| one.line()).as_deref(), expected);
        for one in &seen {
            assert_eq!(one.header("authorization"), Some("Bearer ghs_secret"));
        }
        if let Some(one) = written.first() {
            let body: Value = serde_json::from_str(&one.body).unwrap();
            assert_eq!(body["body"], BODY);
        }
    }
}

#[test]
fn a_token_that_may_not_write_is_told_without_its_secret() {
    let server = Server::http(|seen| match seen.method.as_str() {
        "GET" => (200, "[]".to_owned()),
        _ => (
            403,
            json!({ "message": "Resource not accessible by integration" }).to_string(),
        ),
    });
    let ran = comment(&server, &[]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("not accessible") && ran.stderr.contains("fork"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains(TOKEN));
}

#[test]
fn what_is_no_comment_of_ours_and_no_pull_request_is_left_alone() {
    let server = Server::http(|_| (500, String::new()));
    let repository = Repository::new();
    repository.write("other.md", "hello");
    let ran = github(
        &server,
        &repository,
        &pull_request(),
        &["comment", "other.md"],
    );
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let ran = github(
        &server,
        &repository,
        r#"{"ref": "refs/heads/main"}"#,
        &["comment", "other.md"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("no pull request"));
    let ran = github(&server, &repository, "{", &["comment", "other.md"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn the_last_word_of_each_reviewer_on_the_head_counts_for_the_teams_that_may_be_read() {
    let review = |login: &str, state: &str, commit: &str| json!({ "user": { "login": login, "type": "User" }, "state": state, "commit_id": commit });
    let old = "2222222222222222222222222222222222222222";
    let reviews = json!([
        review("ines", "CHANGES_REQUESTED", old),
        review("ines", "APPROVED", HEAD),
        review("ines", "COMMENTED", HEAD),
        review("olaf", "APPROVED", old),
        review("eve", "APPROVED", HEAD),
        review("eve", "CHANGES_REQUESTED", HEAD),
        review("kim", "APPROVED", HEAD),
        review("kim", "DISMISSED", HEAD),
        { "user": null, "state": "APPROVED", "commit_id": HEAD },
    ]);
    let server = Server::http(move |seen| match seen.line().as_str() {
        "GET /repos/acme/mesh/pulls/7/reviews?per_page=100&page=1" => (200, reviews.to_string()),
        "GET /orgs/acme/teams/finance" | "GET /orgs/acme/teams/sales" => (200, "{}".to_owned()),
        "GET /orgs/acme/teams/finance/memberships/ines" => {
            (200, r#"{"state":"active"}"#.to_owned())
        }
        "GET /orgs/acme/teams/sales/memberships/ines" => (200, r#"{"state":"pending"}"#.to_owned()),
        _ => (404, "{}".to_owned()),
    });
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "teams: { a: { github: \"@acme/finance\" }, b: { github: \"@acme/sales\" }, c: { github: \"@acme/hidden\" }, d: { github: \"@kim\" }, e: {} }\n",
        )
        .commit("begin", "2026-01-01");
    let args = [
        "approvals",
        "--base",
        "main",
        "--output",
        "out/approvals.json",
    ];
    let ran = github(&server, &repository, &pull_request(), &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("may not read @acme/hidden"),
        "{}",
        ran.stdout
    );
    let text = std::fs::read_to_string(repository.path().join("out/approvals.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        written,
        json!({ "head": HEAD, "approvals": [{ "by": "ines", "teams": ["@acme/finance", "@ines"] }] })
    );
}
