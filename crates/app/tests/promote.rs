//! Policies from stage to stage: what is written, what is told first, and what is refused.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::{Ran, Repository};

const ID: &str = "org/acme/no-open-mail";
const PATH: &str = "policies/org/acme/no-open-mail/policy.cedar";

const RULE: &str = "// Addresses are personal data.\r\n@severity(\"error\")\r\n@enforcement(\"shadow\") // for a month\r\n@message(\"it is open\")\r\n@help(\"close it\")\r\nforbid (principal, action == Action::\"publish\", resource is Field)\r\nwhen { resource has pii };\r\n";

fn repository() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "extends: [org/waivers]\ndomains: { sales: {} }\n")
        .write(PATH, RULE)
        .write(
            "domains/sales/orders.contract.yaml",
            "schema: orders\nversion: 1.0.0\nowner: team\nfields:\n  - { name: mail, type: string, pii: contact, masking: hash }\n",
        );
    repository
}

fn promote(repository: &Repository, args: &[&str]) -> Ran {
    let mut all = vec!["policy", "promote", "--as-of", "2026-11-23"];
    all.extend(args);
    repository.meshlaw(&all)
}

fn text(repository: &Repository) -> String {
    std::fs::read_to_string(repository.path().join(PATH)).unwrap()
}

#[test]
fn a_policy_goes_from_the_shadow_to_hard() {
    let repository = repository();
    let with = |enforcement: &str, since: &str| {
        RULE.replace(
            "\"shadow\") // for a month\r\n",
            &format!("\"{enforcement}\") // for a month\r\n{since}"),
        )
    };
    let dry = promote(
        &repository,
        &[ID, "--to", "soft", "--on", "2027-03-01", "--dry-run"],
    );
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(
        dry.stdout.contains("1 contract newly fails"),
        "{}",
        dry.stdout
    );
    assert!(
        dry.stdout.contains("judged as of 2027-03-01"),
        "{}",
        dry.stdout
    );
    assert!(
        dry.stdout.contains("+@since(\"2027-03-01\")"),
        "{}",
        dry.stdout
    );
    assert_eq!(text(&repository), RULE);
    for (args, expected) in [
        (vec!["--to", "advisory"], with("advisory", "")),
        (
            vec!["--to", "soft", "--on", "2027-03-01"],
            with("soft", "@since(\"2027-03-01\")\r\n"),
        ),
        (
            vec!["--to", "hard", "--on", "2027-02-01"],
            with("hard", "@since(\"2027-02-01\")\r\n"),
        ),
        (vec!["--to", "hard"], with("hard", "")),
    ] {
        let ran = promote(&repository, &[&[ID], &args[..]].concat());
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        assert_eq!(text(&repository), expected, "{args:?}");
    }
    let lowered = promote(
        &repository,
        &[ID, "--to", "soft", "--reason", "the tool\nis late"],
    );
    assert_eq!(lowered.code, 0, "{}", lowered.stderr);
    let expected = with("soft", "").replace(
        "@enforcement",
        "// hard → soft: the tool is late\r\n@enforcement",
    );
    assert_eq!(text(&repository), expected);
}

#[test]
fn what_makes_no_sense_is_refused_with_the_way_out() {
    let repository = repository();
    let refused = |args: &[&str], wanted: &str| {
        let before = text(&repository);
        let ran = promote(&repository, args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(wanted), "{args:?}: {}", ran.stderr);
        assert_eq!(text(&repository), before);
    };
    refused(
        &["org/acme/no-open-mial", "--to", "soft"],
        "did you mean `org/acme/no-open-mail`?",
    );
    refused(
        &["org/waivers/ticket-stated", "--to", "hard"],
        "is built in",
    );
    refused(
        &["org/waivers/ticket-stated", "--to", "hard"],
        "enforcement: { org/waivers/ticket-stated: { is: hard, reason:",
    );
    refused(&[ID, "--to", "shadow"], "nobody is led into the shadow");
    refused(&[ID, "--to", "sfot"], "write `advisory`, `soft` or `hard`");
    refused(&[ID, "--to", "soft", "--on", "2026-11-23"], "is not behind");
    refused(
        &[ID, "--to", "advisory", "--on", "2027-01-01"],
        "has no day",
    );
    assert_eq!(promote(&repository, &[ID, "--to", "soft"]).code, 0);
    refused(&[ID, "--to", "soft"], "is soft already");
    refused(
        &[ID, "--to", "advisory"],
        "it is soft and would be advisory",
    );
    refused(
        &[ID, "--to", "hard", "--on", "2027-01-01"],
        "would only advise until 2027-01-01",
    );
    let args = [
        ID,
        "--to",
        "hard",
        "--on",
        "2027-01-01",
        "--reason",
        "the tool is late",
    ];
    assert_eq!(promote(&repository, &args).code, 0);
    refused(
        &[ID, "--to", "hard", "--on", "2027-02-01"],
        "it was to block from 2027-01-01",
    );
}

#[test]
fn what_would_surprise_is_told() {
    let repository = repository();
    let ran = promote(&repository, &[ID, "--to", "hard", "--dry-run"]);
    assert!(
        ran.stdout.contains("it was in the shadow"),
        "{}",
        ran.stdout
    );
    repository.edit(PATH, "\"error\"", "\"warning\"").edit(
        "meshlaw.yaml",
        "domains:",
        "enforcement: { org/acme: { is: advisory, reason: not yet } }\ndomains:",
    );
    let ran = promote(
        &repository,
        &[ID, "--to", "soft", "--on", "2027-01-01", "--dry-run"],
    );
    assert!(
        ran.stdout.contains("blocks only under `--fail-on warning`"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("the settings rule otherwise"),
        "{}",
        ran.stdout
    );
}
