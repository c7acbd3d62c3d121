//! Decisions logged by real runs, and asked again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;

use playground::{Ran, Repository, program, ran};
use serde_json::Value;

const TODAY: [&str; 2] = ["--as-of", "2026-11-23"];
const ORDERS: &str = "domains/sales/orders.contract.yaml";

/// An estate in which every kind of request is asked, and a branch that changes it.
fn estate() -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org]\ndomains: { sales: {}, finance: {} }\n\
             teams: { sales-team: {}, finance-team: {}, privacy-office: { roles: [privacy] } }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nstatus: active\n\
             description: Kept under FORBIDDEN-DESCRIPTION\nproperties: { tier: FORBIDDEN-TIER }\nfields:\n\
             \x20 - { name: id, type: string, required: true, primary_key: true, pattern: '^FORBIDDEN-PATTERN$' }\n\
             \x20 - { name: state, type: string, required: true, enum: [FORBIDDEN-VALUE, open] }\n\
             \x20 - { name: mail, type: string, pii: contact }\n\
             \x20 - { name: city, type: object, fields: [{ name: zip, type: string }] }\n",
        )
        .write(
            "domains/finance/report.consumer.yaml",
            "consumer: report\nowner: finance-team\nuses:\n\
             \x20 - { contract: sales/orders, fields: [id, mail], purpose: FORBIDDEN-PURPOSE }\n",
        )
        .write(
            "waivers/mail.waiver.yaml",
            "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\npointer: [fields, mail]\n\
             reason: FORBIDDEN-REASON\nticket: T-1\napproved_by: privacy-office\nexpires: 2026-12-31\n",
        );
    for number in 0..9 {
        repository.write(
            &format!("domains/finance/p{number}/c{number}.contract.yaml"),
            format!(
                "schema: c{number}\nversion: 1.0.0\nowner: finance-team\nfields:\n\
                 \x20 - {{ name: id, type: string, primary_key: true }}\n"
            ),
        );
    }
    repository.commit("begin", "2026-01-01").branch("change");
    repository
        .edit(ORDERS, "version: 1.0.0", "version: 1.1.0")
        .edit(
            ORDERS,
            "name: id, type: string, required: true",
            "name: id, type: string",
        )
        .edit(
            ORDERS,
            "enum: [FORBIDDEN-VALUE, open]",
            "enum: [FORBIDDEN-OTHER, open]",
        )
        .edit(
            ORDERS,
            "name: mail, type: string",
            "name: mail, type: string, description: FORBIDDEN-TEXT",
        )
        .edit(
            "domains/finance/report.consumer.yaml",
            "[id, mail]",
            "[id, mail, state]",
        )
        .git(&[
            "mv",
            "domains/finance/p0/c0.contract.yaml",
            "domains/sales/c0.contract.yaml",
        ]);
    repository.commit("change", "2026-02-01");
    repository
}

const RUNS: [&[&str]; 4] = [
    &["gate", "--base", "main"],
    &["audit"],
    &["audit", "--at", "main"],
    &["check", "domains"],
];

/// Runs a command with a log, and returns what stands in it.
fn logged(repository: &Repository, command: &[&str], more: &[&str], threads: &str) -> String {
    let ran = run(repository, command, more, threads);
    assert!(ran.code < 2, "{command:?}: {}", ran.stderr);
    fs::read_to_string(repository.path().join(".git/log.jsonl")).unwrap()
}

fn run(repository: &Repository, command: &[&str], more: &[&str], threads: &str) -> Ran {
    let output = program(repository.path())
        .args(command)
        .args(TODAY)
        .args(["--decision-log", ".git/log.jsonl"])
        .args(more)
        .env("RAYON_NUM_THREADS", threads)
        .output();
    ran(output.unwrap())
}

fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_log_is_the_same_in_every_way_to_make_it() {
    let repository = estate();
    for command in RUNS {
        let first = logged(&repository, command, &[], "1");
        assert_eq!(first, logged(&repository, command, &[], "4"), "{command:?}");
        if command[0] != "check" {
            let plain = logged(&repository, command, &["--no-shortcuts"], "2");
            assert_eq!(first, plain, "{command:?}");
        }
        let lines = lines(&first);
        let requests: Vec<&Value> = lines
            .iter()
            .filter(|one| one["line"] == "request")
            .collect();
        assert_eq!(lines[0]["line"], "head");
        assert_eq!(lines[0]["command"], command[0]);
        assert_eq!(lines.last().unwrap()["requests"], requests.len());
        let path = |one: &&&Value| {
            one["inputs"]
                .as_array()
                .unwrap()
                .iter()
                .rev()
                .find(|input| input["role"] != "principal")
                .unwrap()["path"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let judged: Vec<String> = requests
            .iter()
            .filter(|one| one["action"] == "publish")
            .map(|one| path(&one))
            .collect();
        assert!(judged.len() > 5, "{command:?}");
        if command[0] == "audit" {
            assert!(judged.is_sorted(), "{judged:?}");
        }
    }
}

#[test]
fn every_part_is_logged_with_the_policies_that_decided() {
    let repository = estate();
    let log = lines(&logged(&repository, &["gate", "--base", "main"], &[], "2"));
    let of = |action: &str| -> Vec<&Value> {
        log.iter().filter(|one| one["action"] == action).collect()
    };
    let mail: Vec<&Value> = of("publish")
        .into_iter()
        .filter(|one| one["pointer"] == serde_json::json!(["fields", "mail"]))
        .collect();
    // The contract as it is, and as it was.
    assert_eq!(mail.len(), 2);
    for one in mail {
        assert_eq!(one["decision"], "deny");
        assert_eq!(one["principal"]["id"], "sales-team");
        let policies = one["policies"].as_array().unwrap();
        assert!(policies.contains(&"org/privacy/pii-masked".into()), "{one}");
    }
    assert!(
        of("publish")
            .iter()
            .any(|one| one["resource"]["type"] == "Dataset")
    );
    assert!(
        of("publish")
            .iter()
            .any(|one| one["pointer"] == serde_json::json!(["fields", "city", "fields", "zip"]))
    );
    let breaks = of("changeBreaking");
    assert!(!breaks.is_empty());
    assert!(breaks.iter().all(
        |one| one["change"]["rule"].is_string() && one["inputs"].as_array().unwrap().len() == 2
    ));
    let consumed = of("consume");
    assert!(
        consumed
            .iter()
            .any(|one| one["principal"]["id"] == "report" && one["use"]["number"] == 0)
    );
    let excused = of("waive");
    assert_eq!(excused[0]["principal"]["id"], "W-1");
    assert_eq!(excused[0]["decision"], "allow");
    assert_eq!(excused[0]["waiver"]["policy"], "org/privacy/pii-masked");
    let moved = log
        .iter()
        .find(|one| one["contract"] == "sales/c0")
        .unwrap();
    assert_eq!(moved["layers"], serde_json::json!(["finance", "sales"]));
}

#[test]
fn nothing_that_contracts_say_stands_in_a_log() {
    let repository = estate();
    for command in RUNS {
        let log = logged(&repository, command, &[], "2");
        assert!(!log.contains("FORBIDDEN"), "{command:?}: {log}");
    }
}

#[test]
fn every_line_fits_the_published_schema() {
    let repository = estate();
    let schema = repository.meshlaw(&["docs", "decision-log-schema"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for command in RUNS {
        for line in lines(&logged(&repository, command, &[], "2")) {
            let wrong: Vec<String> = validator
                .iter_errors(&line)
                .map(|one| one.to_string())
                .collect();
            assert!(wrong.is_empty(), "{line}: {wrong:?}");
        }
    }
    for wrong in [
        serde_json::json!({ "line": "end", "requests": -1 }),
        serde_json::json!({ "line": "end", "requests": 1, "more": 1 }),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn what_is_kept_from_earlier_audits_leaves_no_hole_in_a_log() {
    let repository = estate();
    std::thread::sleep(std::time::Duration::from_millis(3_100));
    let cold = logged(&repository, &["audit"], &[], "2");
    for _ in 0..2 {
        let warm = repository.meshlaw(&["audit", TODAY[0], TODAY[1]]);
        assert!(warm.code < 2, "{}", warm.stderr);
    }
    assert_eq!(cold, logged(&repository, &["audit"], &[], "2"));
}

fn replay(repository: &Repository, more: &[&str]) -> Ran {
    let mut all = vec!["policy", "replay", ".git/log.jsonl"];
    all.extend(more);
    repository.meshlaw(&all)
}

#[test]
fn the_same_law_answers_the_same() {
    let repository = estate();
    for command in RUNS {
        let log = logged(&repository, command, &[], "2");
        let replayed = replay(&repository, &["--json"]);
        assert_eq!(
            replayed.code, 0,
            "{command:?}: {}{}",
            replayed.stdout, replayed.stderr
        );
        let told: Value = serde_json::from_str(&replayed.stdout).unwrap();
        assert_eq!(told["requests"], lines(&log).len() - 2);
        assert_eq!(told["same"], told["requests"]);
    }
}

#[test]
fn another_law_is_told_by_policy() {
    let repository = estate();
    repository
        .checkout("main")
        .branch("law")
        .write(
            "policies/org/names/plain/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
             forbid (principal, action == Action::\"publish\", resource is Field) when { resource.name == \"state\" };\n",
        )
        .edit("meshlaw.yaml", "extends: [org]", "extends: [org/security]")
        .commit("law", "2026-03-01")
        .checkout("change");
    logged(&repository, &["gate", "--base", "main"], &[], "2");
    let told = replay(&repository, &["--at", "law"]);
    assert_eq!(told.code, 1, "{}{}", told.stdout, told.stderr);
    assert!(
        told.stdout
            .contains("org/names/plain\n  forbids 2\n    publish sales/orders: fields.state ("),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout
            .contains("org/privacy/pii-masked\n  no longer forbids 2\n"),
        "{}",
        told.stdout
    );
    let json = replay(&repository, &["--at", "law", "--json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["policies"]["org/names/plain"]["forbids"], 2);
    assert!(json["newly_allowed"].as_u64().unwrap() > 0);
    // The same policies from a folder, with the settings that lie here.
    repository.git(&["checkout", "-q", "law", "--", "policies"]);
    fs::rename(
        repository.path().join("policies"),
        repository.path().join("trial"),
    )
    .unwrap();
    let told = replay(&repository, &["--policies", "trial"]);
    assert_eq!(told.code, 1);
    assert!(told.stdout.contains("org/names/plain"), "{}", told.stdout);
    assert!(!told.stdout.contains("pii-masked"), "{}", told.stdout);
}

#[test]
fn what_is_gone_is_told() {
    let repository = estate();
    repository.edit(ORDERS, "status: active", "status: draft");
    logged(&repository, &["audit"], &[], "2");
    assert_eq!(replay(&repository, &[]).code, 0);
    repository.edit(ORDERS, "status: draft", "status: active");
    let told = replay(&repository, &[]);
    assert_eq!(told.code, 1, "{}{}", told.stdout, told.stderr);
    assert!(
        told.stdout
            .contains("is gone:\n  domains/sales/orders.contract.yaml ("),
        "{}",
        told.stdout
    );
}

#[test]
fn a_log_that_is_damaged_is_no_log() {
    let repository = estate();
    let whole = logged(&repository, &["audit"], &[], "2");
    let lines: Vec<&str> = whole.lines().collect();
    let without = |number: usize| {
        let mut rest = lines.clone();
        rest.remove(number);
        rest.join("\n") + "\n"
    };
    let first = |part: &str| lines.iter().position(|line| line.contains(part)).unwrap() + 1;
    let long = format!("{}\n{}\n", lines[0], "x".repeat(2 << 20));
    let deep = format!("{}\n{}\n", lines[0], "[".repeat(100_000));
    let cases = [
        ("", 1, "empty"),
        ("{}\n", 1, "line"),
        (&without(0), 1, "the head is missing"),
        (&without(1), lines.len() - 1, "requests and holds"),
        (&without(lines.len() - 1), lines.len(), "cut off"),
        (
            &whole[..whole.len() / 2],
            whole[..whole.len() / 2].lines().count(),
            "EOF",
        ),
        (
            &format!("{whole}{}\n", lines[1]),
            lines.len() + 1,
            "goes on behind its end",
        ),
        (
            &whole.replacen("\"allow\"", "\"maybe\"", 1),
            first("\"allow\""),
            "maybe",
        ),
        (
            &whole.replacen("\"blob\":\"", "\"blob\":\"../", 1),
            2,
            "is not the hash",
        ),
        (
            &whole.replacen("\"format\":1", "\"format\":9", 1),
            1,
            "format 9",
        ),
        (&whole.replacen("\"publish\"", "\"rule\"", 1), 2, "`rule`"),
        (
            &whole.replacen("\"action\"", "\"extra\":1,\"action\"", 1),
            2,
            "unknown field",
        ),
        (
            &whole.replacen("\"as_of\":\"2026-11-23\"", "\"as_of\":\"today\"", 1),
            1,
            "is not a date",
        ),
        (&long, 2, "longer than"),
        (&deep, 2, "no whole log"),
    ];
    for (text, line, says) in cases {
        repository.write(".git/log.jsonl", text);
        let told = replay(&repository, &[]);
        let name = text.chars().take(60).collect::<String>();
        assert_eq!(
            told.code, 2,
            "{says}: {name}: {}{}",
            told.stdout, told.stderr
        );
        assert!(told.stderr.contains(says), "{says}: {}", told.stderr);
        assert!(
            told.stderr.contains(&format!(".git/log.jsonl:{line}:1")) || says == "empty",
            "{says}: {}",
            told.stderr
        );
        assert!(
            told.stderr.contains("help: make it anew"),
            "{}",
            told.stderr
        );
    }
    repository.write(".git/log.jsonl", b"\xff\xfe\n");
    assert_eq!(replay(&repository, &[]).code, 2);
}

#[test]
fn a_waiver_of_what_is_no_contract_is_asked_for_again() {
    let repository = estate();
    let log = logged(&repository, &["gate", "--base", "main"], &[], "2");
    let without = log.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["action"] == "waive" {
            let inputs = line["inputs"].as_array_mut().unwrap();
            inputs.retain(|input| input["role"] == "principal");
            line["pointer"] = serde_json::json!([]);
            line["resource"] = serde_json::json!({ "type": "Contract", "id": "sales/orders" });
        }
        format!("{line}\n")
    });
    repository.write(".git/log.jsonl", without.collect::<String>());
    let told = replay(&repository, &["--json"]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["gone"], serde_json::json!([]));
    assert!(told["requests"].as_u64().unwrap() > 20);
}

#[test]
fn paths_of_a_log_lead_nowhere_outside() {
    let repository = estate();
    repository.edit(ORDERS, "status: active", "status: draft");
    let log = logged(&repository, &["audit"], &[], "2");
    repository.write(
        ".git/log.jsonl",
        log.replace("\"path\":\"domains/sales", "\"path\":\"../../domains/sales"),
    );
    let told = replay(&repository, &[]);
    assert_eq!(told.code, 1, "{}{}", told.stdout, told.stderr);
    assert!(
        told.stdout.contains("../../domains/sales/orders"),
        "{}",
        told.stdout
    );
}

#[test]
fn a_log_that_cannot_be_written_is_no_pass() {
    let repository = estate();
    repository.write("taken", "");
    let output = program(repository.path())
        .args([
            "check",
            "domains/finance",
            "--decision-log",
            "taken/log.jsonl",
        ])
        .args(TODAY)
        .output();
    let ran = ran(output.unwrap());
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("cannot write the decision log"),
        "{}",
        ran.stderr
    );
}
