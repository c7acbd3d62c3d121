//! Histories that teams really have, played through git: what the log and the changelog make of
//! merges, reverts, renames, moves and gaps.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::io::Write as _;
use std::process::{Command, Stdio};

use playground::Repository;
use serde_json::Value;

const ORDERS: &str = "domains/sales/orders.contract.yaml";

const BEGUN: &str = "\
schema: orders
version: 1.0.0
owner: sales-team
fields:
  - { name: order_id, type: string, required: true, primary_key: true }
  - { name: mail, type: string }
  - { name: amount, type: long }
";

fn begun() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "domains: { sales: {}, finance: {} }\n")
        .write(ORDERS, BEGUN)
        .commit("begin", "2026-01-01");
    repository
}

/// The log as `subject: rules`, the newest first.
fn log(repository: &Repository, contract: &str) -> Vec<String> {
    let ran = repository.meshlaw(&["log", "--json", contract]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    let entries = log["entries"].as_array().unwrap();
    let entry = |entry: &Value| {
        let changes = entry["changes"].as_array().unwrap();
        let rules = changes
            .iter()
            .map(|change| change["rule"].as_str().unwrap());
        let rules: Vec<_> = rules.filter(|rule| *rule != "version-raised").collect();
        let subject = entry["subject"].as_str().unwrap();
        format!("{subject}: {}", rules.join(", "))
    };
    entries.iter().map(entry).collect()
}

const ODCS: &str = "\
apiVersion: v3.1.0
kind: DataContract
id: 34cae6d7
name: orders
domain: sales
version: 1.0.0
status: active
description: { purpose: x }
schema:
  - name: orders
    properties:
      - { id: m, name: mail, logicalType: string, logicalTypeOptions: { maxLength: 9 } }
      - { name: amount, logicalType: integer }
      - { name: note, logicalType: string }
";

#[test]
fn a_field_is_followed_through_every_rename() {
    let repository = begun();
    let moved = "domains/sales/book/sales_orders.contract.yaml";
    repository
        .edit(
            ORDERS,
            "type: long",
            "type: decimal, precision: 10, scale: 2",
        )
        .commit("decimals", "2026-02-01")
        .edit(ORDERS, "schema: orders", "# Orders.\nschema: orders")
        .commit("a comment", "2026-02-02");
    std::fs::create_dir_all(repository.path().join("domains/sales/book")).unwrap();
    repository.git(&["mv", ORDERS, moved]);
    repository
        .commit("another file", "2026-03-01")
        .edit(moved, "name: amount", "name: total, renamed_from: amount")
        .commit("another name", "2026-04-01")
        .edit(moved, "schema: orders", "schema: sales_orders")
        .commit("another contract", "2026-05-01")
        .edit(moved, "scale: 2", "scale: 2, min: 0")
        .commit("a bound", "2026-06-01");
    assert_eq!(
        log(&repository, "sales/sales_orders#total"),
        [
            "a bound: range-tightened",
            "another name: field-renamed",
            "decimals: type-changed",
            "begin: contract-added",
        ]
    );
    let whole = log(&repository, moved);
    assert_eq!(whole[1], "another contract: contract-renamed");
    assert_eq!(
        whole.len(),
        5,
        "a comment and a move mean nothing: {whole:?}"
    );
}

#[test]
fn a_merge_is_what_the_branch_showed() {
    let repository = begun();
    repository
        .branch("work")
        .edit(ORDERS, "name: mail", "name: email")
        .commit("try a name", "2026-02-01")
        .edit(ORDERS, "name: email", "name: mail")
        .commit("think again", "2026-02-02")
        .edit(ORDERS, "amount, type: long", "amount, type: long, min: 0")
        .commit("a bound", "2026-02-03")
        .checkout("main")
        .write("notes.md", "x")
        .commit("elsewhere", "2026-02-04");
    repository.git(&["merge", "-q", "--no-ff", "-m", "merge work", "work"]);
    assert_eq!(
        log(&repository, "sales/orders"),
        ["merge work: range-tightened", "begin: contract-added"]
    );
}

#[test]
fn what_goes_and_comes_back_is_told_twice_in_the_log_and_not_in_the_changelog() {
    let repository = begun();
    repository
        .edit(ORDERS, "  - { name: mail, type: string }\n", "")
        .commit("drop mail", "2026-02-01")
        .write(ORDERS, BEGUN)
        .commit("revert", "2026-02-02");
    assert_eq!(
        log(&repository, "sales/orders"),
        [
            "revert: field-added",
            "drop mail: field-removed",
            "begin: contract-added"
        ]
    );
    let ran = repository.meshlaw(&["changelog", "sales/orders"]);
    assert_eq!(
        ran.stdout,
        "# Changelog\n\n## sales/orders\n\n### 1.0.0 — 2026-01-01\n\nThe first version.\n"
    );
}

#[test]
fn a_contract_that_was_gone_has_the_history_of_both_lives() {
    let repository = begun();
    repository
        .remove(ORDERS)
        .commit("gone", "2026-02-01")
        .write(ORDERS, BEGUN.replace("type: long", "type: string"))
        .commit("back", "2026-03-01");
    assert_eq!(
        log(&repository, "sales/orders"),
        [
            "back: contract-added",
            "gone: contract-removed",
            "begin: contract-added"
        ]
    );
}

#[test]
fn a_contract_is_followed_into_another_domain_and_out_of_a_shared_file() {
    let repository = begun();
    let both = "domains/sales/both.contract.yaml";
    let finance = "domains/finance/orders.contract.yaml";
    let other =
        "schema: leads\nversion: 1.0.0\nowner: sales-team\nfields: [{ name: a, type: long }]\n";
    repository
        .remove(ORDERS)
        .write(both, format!("{other}---\n{BEGUN}"))
        .commit("one file", "2026-02-01")
        .edit(
            both,
            "name: amount, type: long",
            "name: amount, type: long, min: 0",
        )
        .commit("a bound", "2026-02-02")
        .write(both, other)
        .write(
            finance,
            BEGUN.replace("amount, type: long", "amount, type: long, min: 0"),
        )
        .commit("to finance", "2026-03-01");
    let found = log(&repository, "finance/orders");
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "to finance: domain-changed");
    assert_eq!(found[1], "a bound: range-tightened");
    assert_eq!(found[2], "begin: contract-added");
}

#[test]
fn differences_are_exchanged_in_the_words_of_the_standard() {
    let repository = begun();
    repository
        .write(ORDERS, ODCS)
        .commit("as the standard", "2026-02-01")
        .edit(ORDERS, "version: 1.0.0", "version: 2.0.0")
        .edit(ORDERS, "name: mail,", "name: email,")
        .edit(ORDERS, "logicalType: integer", "logicalType: number")
        .edit(ORDERS, "maxLength: 9", "maxLength: 5")
        .edit(ORDERS, "      - { name: note, logicalType: string }\n", "")
        .edit(ORDERS, "purpose: x", "purpose: y")
        .edit(ORDERS, "status: active", "status: active\ntags: [gold]")
        .commit("second", "2026-03-01");
    let ran = repository.meshlaw(&["changelog", "sales/orders", "--format", "omds"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_consumer_is_told_what_it_reads() {
    let repository = begun();
    repository
        .write(
            "domains/finance/report.consumer.yaml",
            "consumer: report\nowner: finance-team\nuses:\n\
             \x20 - { contract: sales/orders, fields: [amount] }\n",
        )
        .edit(ORDERS, "type: long", "type: string")
        .edit(ORDERS, "mail, type: string", "mail, type: long")
        .edit(ORDERS, "1.0.0", "2.0.0")
        .commit("both", "2026-02-01");
    let ran = repository.meshlaw(&["changelog", "--for", "report"]);
    assert!(ran.stdout.contains("What report reads."), "{}", ran.stdout);
    assert!(ran.stdout.contains("### 2.0.0 — 2026-02-01"));
    assert!(ran.stdout.contains("`amount`") && !ran.stdout.contains("`mail`"));
    let since = repository.meshlaw(&["changelog", "--since", "HEAD~1"]);
    assert!(since.stdout.contains("`amount`") && since.stdout.contains("`mail`"));
    assert!(!since.stdout.contains("1.0.0 —"));
    let nothing = repository.meshlaw(&["changelog", "--since", "HEAD"]);
    assert_eq!(
        nothing.stdout.lines().last(),
        Some("Nothing changed in meaning.")
    );
    let typo = repository.meshlaw(&["changelog", "--for", "reprot"]);
    assert_eq!(typo.code, 2);
    assert!(
        typo.stderr.contains("did you mean `report`?"),
        "{}",
        typo.stderr
    );
}

#[test]
fn a_history_that_was_cut_off_says_so() {
    let repository = begun();
    repository
        .edit(ORDERS, "type: long", "type: string")
        .commit("change", "2026-02-01")
        .edit(ORDERS, "type: string", "type: string, min_length: 1")
        .commit("again", "2026-03-01");
    let folder = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repository.path().display());
    let to = folder.path().join("clone");
    let cloned = Command::new("git")
        .args(["clone", "-q", "--depth", "2", &from])
        .arg(&to)
        .status();
    assert!(cloned.unwrap().success());
    let ran = playground::meshlaw_in(&to, &["log", "sales/orders"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("again") && !ran.stdout.contains("begin"));
    assert!(
        ran.stdout.contains("git fetch --unshallow"),
        "{}",
        ran.stdout
    );
}

/// Ten thousand commits of which three touch the contract.
#[test]
fn a_long_history_is_walked_once() {
    let repository = Repository::new();
    let mut stream = String::new();
    let mut put = |path: &str, text: &str, at: usize| {
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n\
             M 100644 inline {path}\ndata {}\n{text}\n",
            1_760_000_000 + at * 60,
            text.len()
        ));
    };
    for at in 0..10_000 {
        match at {
            0 => put("meshlaw.yaml", "domains: { sales: {} }\n", at),
            10 => put(ORDERS, BEGUN, at),
            5_000 => put(ORDERS, &BEGUN.replace("long", "string"), at),
            9_000 => put(ORDERS, &BEGUN.replace("long", "boolean"), at),
            _ => put(&format!("notes/{}.md", at % 50), &at.to_string(), at),
        }
    }
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(repository.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    import
        .stdin
        .take()
        .unwrap()
        .write_all(stream.as_bytes())
        .unwrap();
    assert!(import.wait().unwrap().success());
    let ran = repository.meshlaw(&["log", "--json", "sales/orders"]);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(log["entries"].as_array().unwrap().len(), 3);
    assert_eq!(log["commits_opened"], 10_000);
}

const NOTICE: &str = "deprecated: { since: 2026-01-01, sunset: 2026-09-01, replacement: none }";

/// A contract whose field `mail` is announced to go with the last commit.
fn announced(on: &str) -> Repository {
    let repository = begun();
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org/change, org/lifecycle]\ndomains: { sales: {}, finance: {} }\n\
             teams: { sales-team: { roles: [domain] } }\nparameters: { notice_days: 60 }\n",
        )
        .commit("law", "2026-01-02")
        .edit(
            ORDERS,
            "mail, type: string",
            &format!("mail, type: string, {NOTICE}"),
        )
        .edit(ORDERS, "1.0.0", "1.1.0")
        .commit("announce", on);
    repository
}

/// Removes the field on a branch; returns what the gate says of the notice, and its notes.
fn removed(repository: &Repository, path: &str) -> (Vec<String>, String) {
    let text = std::fs::read_to_string(repository.path().join(path)).unwrap();
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("deprecated"))
        .collect();
    repository
        .branch("removal")
        .write(
            path,
            format!("{}\n", kept.join("\n")).replace("1.1.0", "2.0.0"),
        )
        .commit("remove", "2026-11-22");
    let (_, report) = repository.judge();
    let findings = report["findings"].as_array().unwrap();
    let about = findings
        .iter()
        .filter(|one| one["id"] == "org/lifecycle/notice-held")
        .map(|one| {
            let notes = one["notes"].as_array().unwrap();
            notes.last().unwrap().as_str().unwrap().to_owned()
        });
    (about.collect(), report["notes"].to_string())
}

#[test]
fn a_notice_counts_from_the_day_it_stood_on_the_target_branch() {
    let early = announced("2026-06-01");
    let (findings, notes) = removed(&early, ORDERS);
    assert!(findings.is_empty(), "{findings:?}");
    assert!(
        notes.contains("commits of `main` to see what stood"),
        "{notes}"
    );
    // The file claims January, and git knows better.
    let late = announced("2026-11-01");
    let (findings, _) = removed(&late, ORDERS);
    assert_eq!(
        findings,
        ["deprecated on the target branch since 2026-11-01"]
    );
}

#[test]
fn a_notice_that_was_withdrawn_begins_anew() {
    let repository = announced("2026-03-01");
    repository
        .edit(ORDERS, &format!(", {NOTICE}"), "")
        .commit("withdraw", "2026-05-01")
        .edit(
            ORDERS,
            "mail, type: string",
            &format!("mail, type: string, {NOTICE}"),
        )
        .commit("announce again", "2026-10-15");
    let (findings, _) = removed(&repository, ORDERS);
    assert_eq!(
        findings,
        ["deprecated on the target branch since 2026-10-15"]
    );
}

#[test]
fn a_notice_survives_moves_and_renames() {
    let repository = announced("2026-03-01");
    let moved = "domains/sales/book.contract.yaml";
    repository.git(&["mv", ORDERS, moved]);
    repository
        .commit("move", "2026-10-01")
        .edit(moved, "name: mail", "name: email, renamed_from: mail")
        .commit("rename", "2026-11-01");
    let (findings, _) = removed(&repository, moved);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn history_is_read_only_for_what_needs_it() {
    let repository = announced("2026-03-01");
    repository
        .branch("other")
        .edit(ORDERS, "type: long", "type: string")
        .commit("break", "2026-11-22");
    let (_, report) = repository.judge();
    assert!(
        !report["notes"].to_string().contains("opened"),
        "{}",
        report["notes"]
    );
}

#[test]
fn a_transitive_mode_counts_every_earlier_version() {
    for (mode, expected) in [("producers_transitive", 1), ("producers", 0)] {
        let repository = begun();
        repository
            .edit(ORDERS, "owner:", &format!("compatibility: {mode}\nowner:"))
            .edit(ORDERS, "1.0.0", "1.1.0")
            .commit("mode", "2026-02-01")
            .edit(ORDERS, "  - { name: mail, type: string }\n", "")
            .edit(ORDERS, "1.1.0", "1.2.0")
            .commit("drop mail", "2026-03-01")
            .branch("again")
            .edit(
                ORDERS,
                "  - { name: amount",
                "  - { name: mail, type: long }\n  - { name: amount",
            )
            .edit(ORDERS, "1.2.0", "1.3.0")
            .commit("another mail", "2026-11-20");
        let (_, report) = repository.judge();
        let findings = report["findings"].as_array().unwrap();
        let found: Vec<&str> = findings
            .iter()
            .filter(|one| one["id"] == "version/breaks-earlier")
            .map(|one| one["message"].as_str().unwrap())
            .collect();
        assert_eq!(found.len(), expected, "{mode}: {found:?}");
        for message in found {
            assert!(message.starts_with("version 1.1.0 (commit "), "{message}");
            assert!(message.contains("and one before it breaks: "), "{message}");
        }
        // A new major version promises nothing to the readers of the old one.
        repository
            .edit(ORDERS, "1.3.0", "2.0.0")
            .commit("major", "2026-11-21");
        let (_, report) = repository.judge();
        assert!(!report["findings"].to_string().contains("breaks-earlier"));
    }
}

#[test]
fn a_planned_break_tells_each_reader_what_awaits_them() {
    let repository = begun();
    let consumer = |name: &str, rest: &str| {
        let text = format!(
            "consumer: {name}\nowner: {name}-team\nnotify: {{ slack: '#{name}' }}\nuses:\n  - {{ contract: sales/orders, {rest} }}\n"
        );
        repository.write(&format!("domains/finance/{name}.consumer.yaml"), text);
    };
    consumer("report", "version: ^1, fields: [order_id, amount, mail]");
    consumer("ready", "version: '>=1'");
    repository.commit("readers", "2026-02-01").branch("planned");
    let notice = "1.1.0\ndeprecated: { since: 2026-11-20, sunset: 2027-01-22, replacement: none }";
    repository
        .write(
            "domains/sales/orders.v2.contract.yaml",
            BEGUN
                .replace("1.0.0", "2.0.0")
                .replace("  - { name: mail, type: string }\n", "")
                .replace(
                    "name: amount, type: long",
                    "name: total, type: string, renamed_from: amount",
                ),
        )
        .edit(ORDERS, "1.0.0", notice)
        .commit("version 2", "2026-11-20");
    let (_, report) = repository.judge();
    let findings = report["findings"].as_array().unwrap();
    let told: Vec<&Value> = findings
        .iter()
        .filter(|one| one["id"] == "contract/planned-break")
        .collect();
    assert_eq!(told.len(), 1, "{findings:#?}");
    assert_eq!(
        told[0]["message"],
        "`report` still reads version 1.1.0, which goes on 2027-01-22, in 60 days"
    );
    assert_eq!(
        told[0]["notes"].as_array().unwrap(),
        &[
            "`amount` is called `total`",
            "`amount` was `long` and is `string`",
            "`mail` is gone",
            "one field that it uses is the same",
        ]
    );
    assert_eq!(told[0]["consumers"], serde_json::json!(["report"]));
    assert_eq!(told[0]["severity"], "note");
    assert!(
        findings
            .iter()
            .all(|one| one["id"] != "org/change/breaking-needs-major")
    );
}

#[test]
fn between_tags_a_version_is_raised_once() {
    let repository = begun();
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org/change]\ndomains: { sales: {}, finance: {} }\n\
             teams: { sales-team: { roles: [domain] } }\nversions: { released: tags }\n",
        )
        .commit("law", "2026-01-02");
    let versions = |repository: &Repository| {
        let (_, report) = repository.judge();
        let findings = report["findings"].as_array().unwrap().clone();
        let ids = findings
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned());
        let mut ids: Vec<_> = ids
            .filter(|id| id.starts_with("version/") || id.starts_with("org/change/breaking"))
            .collect();
        ids.sort();
        ids
    };
    // No tag has the contract: it may change as it likes.
    repository
        .branch("early")
        .edit(ORDERS, "type: long", "type: string")
        .commit("retype", "2026-02-01");
    assert_eq!(versions(&repository), Vec::<String>::new());
    repository.checkout("main");
    repository.git(&["tag", "v1"]);
    // A change on main after the tag asks for a step, which the next one shares.
    repository
        .edit(ORDERS, "1.0.0", "1.1.0")
        .edit(
            ORDERS,
            "  - { name: amount",
            "  - { name: tax, type: long }\n  - { name: amount",
        )
        .commit("tax", "2026-03-01")
        .branch("more")
        .edit(
            ORDERS,
            "  - { name: amount",
            "  - { name: fee, type: long }\n  - { name: amount",
        )
        .commit("fee", "2026-03-02");
    assert_eq!(versions(&repository), Vec::<String>::new());
    repository
        .edit(ORDERS, "amount, type: long", "amount, type: string")
        .commit("retype", "2026-03-03");
    assert_eq!(
        versions(&repository),
        ["org/change/breaking-needs-major", "version/too-small"]
    );
    repository
        .edit(ORDERS, "1.1.0", "2.0.0")
        .commit("major", "2026-03-04");
    assert_eq!(versions(&repository), Vec::<String>::new());
}

#[test]
fn the_notes_of_a_release_begin_with_what_breaks() {
    let repository = begun();
    repository
        .write(
            "domains/finance/report.consumer.yaml",
            "consumer: report\nowner: finance-team\nnotify: { slack: '#fin' }\nuses:\n\
             \x20 - { contract: sales/orders, fields: [amount] }\n",
        )
        .commit("reader", "2026-02-01");
    let none = repository.meshlaw(&["release-notes"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("--since REV"), "{}", none.stderr);
    repository.git(&["tag", "v1"]);
    repository
        .edit(ORDERS, "type: long", "type: string")
        .edit(
            ORDERS,
            "mail, type: string",
            &format!("mail, type: string, {NOTICE}"),
        )
        .edit(ORDERS, "1.0.0", "2.0.0")
        .write(
            "domains/sales/leads.contract.yaml",
            "schema: leads\nversion: 1.0.0\nowner: sales-team\nfields: [{ name: a, type: long }]\n",
        )
        .commit("release", "2026-03-01");
    repository.git(&["tag", "v2"]);
    let ran = repository.meshlaw(&["release-notes", "--as-of", "2026-03-01"]);
    assert_eq!(
        ran.stdout,
        "# Release notes\n\
         \n\
         From v1 to HEAD.\n\
         \n\
         ## Breaking\n\
         \n\
         **sales/orders** 2.0.0\n\
         \n\
         - the type of `amount` changed from `long` to `string` (`type-changed`)\n\
         \x20 - felt by report (finance-team, `#fin`)\n\
         \n\
         ## New\n\
         \n\
         **sales/leads** 1.0.0\n\
         \n\
         - the contract is new (`contract-added`)\n\
         \n\
         ## Deprecated\n\
         \n\
         **sales/orders** 2.0.0\n\
         \n\
         - `mail` is deprecated (`deprecation-added`)\n"
    );
    let json = repository.meshlaw(&["release-notes", "--json", "--since", "v1"]);
    let notes: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(notes["items"][0]["section"], "breaking");
}

#[test]
fn what_was_broken_in_between_was_not_removed() {
    let repository = begun();
    repository
        .write(ORDERS, "schema: orders\nfields: [[[[\n")
        .commit("broken", "2026-02-01")
        .write(ORDERS, [0xff, 0xfe, 0x00, 0x80])
        .commit("bytes", "2026-02-02")
        .write(ORDERS, BEGUN.replace("type: long", "type: string"))
        .commit("mended", "2026-02-03");
    assert_eq!(
        log(&repository, "sales/orders"),
        ["mended: type-changed", "begin: contract-added"]
    );
    for broken in ["HEAD~1", "HEAD~2"] {
        for command in [
            ["release-notes", "--since", "HEAD~3", "--head"],
            ["impact", "--base", "HEAD~3", "--head"],
        ] {
            let ran = repository.meshlaw(&[&command[..], &[broken]].concat());
            assert!(
                ran.stdout.to_lowercase().contains("nothing changed"),
                "{}",
                ran.stdout
            );
        }
    }
}
