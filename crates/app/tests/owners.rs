//! Who owns what: the settings, `CODEOWNERS`, and where they do not agree; played through real git.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org/ownership, org/waivers]
domains:
  sales: { owner: sales-team }
teams:
  sales-team: { github: \"@acme/sales\" }
  finance-team: { email: finance@example.org }
products:
  shop: { owner: sales-team }
";

const PATH: &str = "domains/sales/orders.contract.yaml";

fn contract(owner: &str) -> String {
    format!(
        "schema: orders\nversion: 1.0.0\nowner: {owner}\nfields:\n\
         \x20 - {{ name: id, type: string, description: Which }}\n"
    )
}

fn estate(codeowners: &str, owner: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, contract(owner));
    if !codeowners.is_empty() {
        repository.write(".github/CODEOWNERS", codeowners);
    }
    repository.commit("base", "2026-06-01");
    repository
}

/// The findings of an audit that are about owners: id, message, place, help and related places.
fn audited(repository: &Repository) -> Vec<String> {
    let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    told(&serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr)))
}

fn told(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let own = findings.filter(|one| {
        let id = one["id"].as_str().unwrap();
        let ids = [
            "consumer/unknown-owner",
            "contract/codeowners-disagree",
            "org/ownership/owner-known",
            "settings/unknown-owner",
            "term/unknown-owner",
        ];
        ids.contains(&id)
    });
    let at = |place: &Value| {
        format!(
            "{}:{}:{}",
            place["path"].as_str().unwrap(),
            place["line"],
            place["column"]
        )
    };
    own.map(|one| {
        let word = |key: &str| one[key].as_str().unwrap_or_default();
        let mut text = format!(
            "{} {} {}: {} ({}) at {}",
            word("state"),
            word("severity"),
            word("id"),
            word("message"),
            word("help"),
            at(&one["location"])
        );
        for related in one["related"].as_array().unwrap() {
            text += &format!(
                "; {} at {}",
                related["message"].as_str().unwrap(),
                at(&related["location"])
            );
        }
        text
    })
    .collect()
}

/// `CODEOWNERS`, the owner of the contract, and whether they disagree.
#[test]
fn whoever_reviews_a_contract_is_its_owner_or_it_is_said() {
    for (codeowners, owner, disagrees) in [
        ("", "sales-team", false),
        ("* @acme/sales\n", "sales-team", false),
        ("* @ACME/Sales\n", "sales-team", false),
        ("* @acme/platform @acme/sales\n", "sales-team", false),
        ("* @acme/finance\n", "sales-team", true),
        ("* @acme/sales-team\n", "sales-team", true),
        ("* @acme/sales\n", "\"@acme/sales\"", false),
        ("* @acme/finance\n", "\"@acme/sales\"", true),
        // Nothing says what a team is called on GitHub, but its name or address may.
        ("* @acme/finance-team\n", "finance-team", false),
        ("* finance@example.org\n", "finance-team", false),
        ("* @acme/sales finance@example.org\n", "finance-team", false),
        ("* @acme/sales\n", "finance-team", true),
        (
            "* @acme/finance-team\n* @acme/other\n",
            "finance-team",
            true,
        ),
        // Nothing ties the one to the other.
        ("* @acme/money\n", "finance-team", false),
        // People are no teams, and a path may be nobody's.
        ("* @somebody\n", "sales-team", false),
        ("* @acme/finance\n/domains/\n", "sales-team", false),
        (
            "* @acme/sales\n/domains/sales/*.yaml @acme/finance\n",
            "sales-team",
            true,
        ),
        (
            "* @acme/finance\n/domains/ @acme/sales\n",
            "sales-team",
            false,
        ),
    ] {
        let found = audited(&estate(codeowners, owner));
        let found = found.iter().any(|one| one.contains("codeowners-disagree"));
        assert_eq!(found, disagrees, "{codeowners} {owner}");
    }
}

#[test]
fn a_disagreement_names_both_places() {
    let repository = estate(
        "* @acme/sales\n\n  /domains/sales/ @acme/money # theirs\n",
        "sales-team",
    );
    insta::assert_snapshot!(audited(&repository).join("\n"));
    let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23"]);
    let part = ran
        .stdout
        .split("\n\n")
        .find(|part| part.contains("codeowners-disagree"));
    insta::assert_snapshot!("disagreement", part.unwrap());
    repository.edit("meshlaw.yaml", "products:", "codeowners: off\nproducts:");
    assert_eq!(audited(&repository), [""; 0]);
    repository
        .edit("meshlaw.yaml", "codeowners: off", "codeowners: REVIEWERS")
        .write("REVIEWERS", "* @acme/sales\n");
    assert_eq!(audited(&repository), [""; 0]);
    repository.remove("REVIEWERS");
    let ran = repository.meshlaw(&["audit"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("`codeowners` names `REVIEWERS`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_first_file_that_is_there_counts() {
    let repository = estate("", "sales-team");
    for path in [
        ".gitlab/CODEOWNERS",
        "docs/CODEOWNERS",
        "CODEOWNERS",
        ".github/CODEOWNERS",
    ] {
        repository.write(path, "* @acme/money\n");
        let found = audited(&repository);
        assert!(
            found
                .iter()
                .any(|one| one.contains(&format!("at {path}:1:1"))),
            "{path}: {found:?}"
        );
    }
}

/// A link would lead out of what is governed, and those who go by the file do not follow it.
#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_read_is_none() {
    let repository = estate("", "sales-team");
    repository.write("elsewhere", "* @acme/money\n");
    std::os::unix::fs::symlink("elsewhere", repository.path().join("CODEOWNERS")).unwrap();
    assert_eq!(audited(&repository), [""; 0]);
}

#[test]
fn an_owner_that_exists_nowhere_is_told() {
    let repository = estate("* @acme/sales\n/x/ @acme/Data-Platform\n", "nobody");
    repository
        .edit(
            "meshlaw.yaml",
            "shop: { owner: sales-team }",
            "shop: { owner: shopkeepers }",
        )
        .edit(
            "meshlaw.yaml",
            "sales: { owner: sales-team }",
            "sales: { owner: sales-taem }",
        )
        .write(
            "glossary/a.term.yaml",
            "term: a\ndefinition: b\nowner: nobody\n",
        )
        .write(
            "domains/sales/a.consumer.yaml",
            "consumer: a\nowner: nobody\nuses: [{ contract: sales/orders }]\n",
        );
    insta::assert_snapshot!(audited(&repository).join("\n"));
    // A team that reviews code exists, by its whole name or its last part.
    for team in [
        "data-platform",
        "\"@acme/data-platform\"",
        "\"@acme/sales\"",
    ] {
        let there = estate("* @acme/sales @acme/Data-Platform\n", team);
        let found = audited(&there);
        assert!(
            !found.iter().any(|one| one.contains("owner-known")),
            "{found:?}"
        );
    }
}

#[test]
fn without_teams_in_the_settings_those_of_codeowners_are_all() {
    let repository = estate("* @acme/sales\n", "sales");
    repository.write("meshlaw.yaml", "extends: [org/ownership]\n");
    assert_eq!(audited(&repository), [""; 0]);
    repository.write(PATH, contract("nobody"));
    let found = audited(&repository);
    assert!(
        found.iter().any(|one| one.contains("owner-known")),
        "{found:?}"
    );
    // Where nobody lists any team, every name is taken for one.
    repository.remove(".github/CODEOWNERS");
    assert_eq!(audited(&repository), [""; 0]);
}

fn judged(repository: &Repository) -> Vec<String> {
    told(&repository.judge().1)
}

#[test]
fn the_gate_tells_what_the_branch_brought() {
    let repository = estate("* @acme/sales\n/domains/old/ @acme/money\n", "sales-team");
    let old = "domains/old/orders.contract.yaml";
    repository
        .edit("meshlaw.yaml", "domains:\n", "domains:\n  old: {}\n")
        .write(old, contract("sales-team"))
        .commit("more", "2026-06-02");
    repository
        .branch("other")
        .edit(old, "description: Which", "description: Which one")
        .edit(old, "1.0.0", "1.0.1")
        .commit("words", "2026-11-20");
    let found = judged(&repository);
    assert!(
        found[0].starts_with("existing warning contract/codeowners-disagree"),
        "{found:?}"
    );
    repository
        .checkout("main")
        .branch("owner")
        .edit(PATH, "sales-team", "finance-team")
        .edit(PATH, "1.0.0", "1.1.0")
        .commit("hand over", "2026-11-20");
    let found = judged(&repository);
    assert!(
        found[0].starts_with("new warning contract/codeowners-disagree"),
        "{found:?}"
    );
    // What the branch makes of the file is for those to come.
    repository
        .edit(
            ".github/CODEOWNERS",
            "* @acme/sales",
            "* @acme/finance-team",
        )
        .commit("and its reviewers", "2026-11-21");
    assert_eq!(judged(&repository), found);
    repository
        .checkout("main")
        .branch("settings")
        .edit("meshlaw.yaml", "old: {}", "old: { owner: nobody }")
        .commit("an owner", "2026-11-20");
    let found = judged(&repository);
    assert!(
        found[0].starts_with("new warning settings/unknown-owner"),
        "{found:?}"
    );
    assert!(found[0].ends_with("at meshlaw.yaml:3:10"), "{found:?}");
}

#[test]
fn a_team_that_the_branch_lets_review_exists_and_may_nothing() {
    let repository = estate("* @acme/sales\n", "sales-team");
    repository
        .branch("change")
        .write(PATH, contract("newcomers").replace("1.0.0", "1.1.0"))
        .commit("hand over", "2026-11-20");
    let unknown = |found: &[String]| found.iter().any(|one| one.contains("owner-known"));
    assert!(unknown(&judged(&repository)));
    repository
        .write(".github/CODEOWNERS", "* @acme/sales @acme/newcomers\n")
        .commit("who they are", "2026-11-21");
    assert!(!unknown(&judged(&repository)));
    // It reviews the waiver's file by the branch's own words, and has no role that would count.
    let waiver = "waiver: W-1\npolicy: org/ownership/owner-known\ncontract: sales/orders\nreason: r\n\
                  approved_by: newcomers\nexpires: 2026-12-31\n";
    repository
        .write("waivers/a.waiver.yaml", waiver)
        .commit("and what they grant", "2026-11-22");
    let report = repository.judge().1.to_string();
    assert!(report.contains("waiver/unknown-approver"), "{report}");
    assert!(
        report.contains("org/waivers/approver-authorised"),
        "{report}"
    );
}
