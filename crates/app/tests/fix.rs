//! What `meshlaw fix` writes: only the lines that had to change, and what the gate then says.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;

use playground::Repository;

const SETTINGS: &str = "\
extends: [org/change]
domains: { sales: {} }
teams: { sales-team: { roles: [domain] } }
parameters: { notice_days: 60 }
";

/// Contracts as people lay them out; `@` becomes the number of the file.
const LAYOUTS: &[&str] = &[
    "# Orders.\nschema: s@\nversion: 1.0.0  # first\nowner: sales-team\nfields:\n\
     \x20 - { name: id, type: string }\n  - { name: mail, type: string }  # who\n  - { name: sum, type: long }\n",
    "schema: s@\nversion: \"1.0.0\"\nowner: sales-team\nfields:\n\
     - name: id\n  type: string\n# to whom\n- name: mail\n  type: string\n  description: >\n    Long\n    text.\n- name: sum\n  type: long\n",
    "{ schema: s@, version: 1.0.0, owner: sales-team, fields: [ { name: id, type: string }, { name: mail, type: string }, { name: sum, type: long } ] }\n",
    "schema: s@\nversion: '1.0.0'\nowner: sales-team\nfields:\n\
     \x20     -   name: id\n          type: string\n\n      -   name: mail\n          type: string   # x\n\n      -   name: sum\n          type: long",
    "schema: s@\r\nversion: 1.0.0\r\nowner: sales-team\r\nfields:\r\n\
     \x20 - name: id\r\n    type: string\r\n  # who\r\n  - name: mail\r\n    type: string\r\n  - {name: sum, type: long}\r\n",
    "---\nfields:\n  - {name: id, type: string}\n  - {name: mail, type: string,}\n  - {name: sum, type: long}\nowner: sales-team\nschema: s@\nversion: 1.0.0\n...\n",
    "apiVersion: v3.1.0\nkind: DataContract\nid: s@\nversion: 1.0.0\nstatus: active\nteam: { name: sales-team }\nschema:\n- name: t\n  properties:\n  - name: id\n    logicalType: string\n  - name: mail\n    logicalType: string\n    quality:\n    - {metric: nullValues, mustBe: 0}\n  - {name: sum, logicalType: integer}\n",
    "{ \"schema\": \"s@\", \"version\": \"1.0.0\", \"owner\": \"sales-team\",\n  \"fields\": [\n    { \"name\": \"id\", \"type\": \"string\" },\n    { \"name\": \"mail\", \"type\": \"string\" },\n    { \"name\": \"sum\", \"type\": \"long\" }\n  ] }\n",
];

fn path(at: usize) -> String {
    let kind = if LAYOUTS[at % LAYOUTS.len()].starts_with("apiVersion") {
        "odcs"
    } else {
        "contract"
    };
    format!("domains/sales/s{at}.{kind}.yaml")
}

fn layout(at: usize) -> String {
    LAYOUTS[at % LAYOUTS.len()].replace('@', &at.to_string())
}

/// Leaves out the element that holds `mail`, with its comment.
fn without_mail(text: &str) -> String {
    let at = text.find("mail").unwrap();
    let name = text[..at].rfind("name").unwrap();
    let flow = text[..name].rfind(['{', '-']).unwrap();
    if text.starts_with('{') {
        let end = flow + text[flow..].find("},").unwrap() + 2;
        let blanks = text[end..].len() - text[end..].trim_start().len();
        return format!("{}{}", &text[..flow], &text[end + blanks..]);
    }
    let mut start = text[..name].rfind('\n').unwrap() + 1;
    let above = text[..start - 1].rfind('\n').unwrap() + 1;
    if text[above..start].trim_start().starts_with('#') {
        start = above;
    }
    let sum = text.find("sum").unwrap();
    let end = text[..sum].rfind('\n').unwrap() + 1;
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn fifty_files_are_mended_and_only_where_they_had_to_be() {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", SETTINGS);
    for at in 0..50 {
        repository.write(&path(at), layout(at));
    }
    repository.commit("base", "2026-06-01").branch("work");
    for at in 0..50 {
        repository.write(&path(at), without_mail(&layout(at)));
    }
    repository.commit("work", "2026-11-20");
    assert_eq!(repository.gate(&[]).code, 1);

    let ran = repository.meshlaw(&["fix", "--base", "main", "--as-of", "2026-11-23"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout
            .ends_with("100 repairs in 50 files; `--write` writes them\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        repository.git(&["status", "--porcelain"]),
        "",
        "nothing is written"
    );

    let write = ["fix", "--base", "main", "--as-of", "2026-11-23", "--write"];
    assert_eq!(repository.meshlaw(&write).code, 0);
    for at in 0..50 {
        let (old, new) = (
            layout(at),
            fs::read(repository.path().join(path(at))).unwrap(),
        );
        let new = String::from_utf8(new).unwrap();
        let mut added: Vec<&str> = Vec::new();
        let diff = similar::TextDiff::from_lines(&old, &new);
        for change in diff.iter_all_changes() {
            match change.tag() {
                similar::ChangeTag::Insert => added.push(change.value()),
                similar::ChangeTag::Delete => {
                    let is_mended = ["version", "mail"]
                        .iter()
                        .any(|word| change.value().contains(word));
                    // A blank line went with the field, as did the open end of a file.
                    let is_blank = change.value().trim().is_empty();
                    assert!(is_mended || is_blank, "{old}\n{new}");
                }
                similar::ChangeTag::Equal => {}
            }
        }
        assert!(
            added.iter().any(|line| line.contains("2027-01-22")),
            "{new}"
        );
        assert!(added.len() <= 3, "{old}\n{new}");
        assert_eq!(new.contains('\r'), old.contains('\r'));
        assert!(
            !new.contains('\r') || !new.replace("\r\n", "").contains(['\r', '\n']),
            "{new:?}"
        );
    }
    repository.commit("fixed", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{:#}", report["findings"]);
    let again = repository.meshlaw(&write);
    assert_eq!(again.stdout, "nothing to mend\n");
}

const ORDERS: &str = "domains/sales/orders.contract.yaml";

fn orders() -> Repository {
    let repository = Repository::new();
    let text = "schema: orders\nversion: 1.2.0\nowner: sales-team\nfields:\n\
                \x20 - name: order_id\n    type: string\n    physical_name: ord_id\n  - { name: sum, type: long }\n";
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(ORDERS, text)
        .commit("base", "2026-06-01")
        .branch("work");
    repository
}

#[test]
fn typos_names_and_versions_are_mended_in_one_go() {
    let repository = orders();
    repository
        .edit(ORDERS, "owner:", "ownr:")
        .edit(ORDERS, "name: order_id", "name: order_number")
        .edit(ORDERS, "type: long", "type: lnog");
    let ran = repository.meshlaw(&["fix", "--base", "main", "--diff"]);
    let done: Vec<&str> = ran
        .stdout
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(
        done,
        [
            ORDERS,
            "  write `owner` for `ownr`",
            "  write `long` for `lnog`",
            "  say that `order_number` was called `order_id`",
            "  raise the version from `1.2.0` to `2.0.0`",
        ]
    );
    for line in [
        "-ownr: sales-team",
        "+owner: sales-team",
        "+    renamed_from: order_id",
        "+version: 2.0.0",
    ] {
        assert!(ran.stdout.lines().any(|one| one == line), "{}", ran.stdout);
    }
}

#[test]
fn a_notice_goes_into_the_list_that_is_there() {
    let repository = Repository::new();
    let path = "domains/sales/t.odcs.yaml";
    let text = "apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n- name: t\n  properties:\n\
                \x20 - name: a\n    logicalType: string\n    customProperties:\n    - property: pii\n      value: true\n\
                \x20 - {name: b, logicalType: string, customProperties: [{property: x, value: 1}]}\n  - name: c\n";
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(path, text)
        .commit("base", "2026-06-01")
        .branch("work")
        .edit(path, "  - name: a\n    logicalType: string\n    customProperties:\n    - property: pii\n      value: true\n", "")
        .edit(path, "  - {name: b, logicalType: string, customProperties: [{property: x, value: 1}]}\n", "");
    repository.meshlaw(&["fix", "--base", "main", "--as-of", "2026-11-23", "--write"]);
    let written = fs::read_to_string(repository.path().join(path)).unwrap();
    let block = "    - property: pii\n      value: true\n    - { property: deprecatedSince, value: \"2026-11-23\" }\n\
                 \x20   - { property: sunset, value: \"2027-01-22\" }\n    - { property: replacement, value: \"none\" }\n";
    assert!(written.contains(block), "{written}");
    assert!(
        written.contains("[{property: x, value: 1}, { property: deprecatedSince"),
        "{written}"
    );
    assert!(written.contains("version: 1.1.0"), "{written}");
}

#[test]
fn a_break_that_is_declared_is_left_alone() {
    let repository = orders();
    repository
        .edit(ORDERS, "  - { name: sum, type: long }\n", "")
        .edit(ORDERS, "1.2.0", "2.0.0");
    let ran = repository.meshlaw(&["fix", "--base", "main"]);
    assert_eq!(ran.stdout, "nothing to mend\n");
}

#[test]
fn a_planned_break_gets_a_file_beside_the_old_one() {
    let repository = orders();
    repository.edit(ORDERS, "  - { name: sum, type: long }\n", "");
    let args = [
        "fix",
        "--base",
        "main",
        "--as-of",
        "2026-11-23",
        "--beside",
        "--write",
    ];
    let ran = repository.meshlaw(&args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = |path: &str| fs::read_to_string(repository.path().join(path)).unwrap();
    let (old, new) = (read(ORDERS), read("domains/sales/orders.v2.contract.yaml"));
    assert!(old.contains("sum") && old.contains("version: 1.2.0\ndeprecated: { since: 2026-11-23"));
    assert!(new.contains("version: 2.0.0") && !new.contains("sum"));
    // What is left is the step of the old one's version, which the next run takes.
    repository.meshlaw(&["fix", "--base", "main", "--write"]);
    assert!(read(ORDERS).contains("version: 1.2.1") || read(ORDERS).contains("version: 1.3.0"));
    repository.commit("planned", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{:#}", report["findings"]);
    assert_eq!(repository.meshlaw(&args).stdout, "nothing to mend\n");
}

#[test]
fn what_is_asked_for_must_be_there() {
    let repository = orders();
    let ran = repository.meshlaw(&["fix", "--base", "main", "nowhere.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("cannot read `nowhere.yaml`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_planned_break_adds_to_the_properties_that_are_there() {
    let properties = [
        "",
        "customProperties:\n  - property: legalBasis\n    value: contract\n",
        "customProperties: [{property: legalBasis, value: contract}]\n",
    ];
    for stated in properties {
        let repository = Repository::new();
        let path = "domains/sales/t.odcs.yaml";
        let text = format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: \"1.0.0\"\nstatus: active\n\
             {stated}schema:\n- name: t\n  properties:\n  - name: a\n  - name: b\n"
        );
        repository
            .write("meshlaw.yaml", SETTINGS)
            .write(path, text)
            .commit("base", "2026-06-01")
            .branch("work")
            .edit(path, "  - name: b\n", "");
        let args = [
            "fix",
            "--base",
            "main",
            "--as-of",
            "2026-11-23",
            "--beside",
            "--write",
        ];
        assert_eq!(repository.meshlaw(&args).code, 0);
        let old = fs::read_to_string(repository.path().join(path)).unwrap();
        assert_eq!(old.matches("customProperties").count(), 1, "{old}");
        assert!(
            old.contains("version 2.0.0") && old.contains("- name: b"),
            "{old}"
        );
        let new = repository.path().join("domains/sales/t.v2.odcs.yaml");
        assert!(
            fs::read_to_string(new)
                .unwrap()
                .contains("version: \"2.0.0\"")
        );
        let checked = repository.meshlaw(&["check", path]);
        assert!(
            !checked.stdout.contains("duplicate-key"),
            "{}",
            checked.stdout
        );
    }
}

#[test]
fn without_a_repository_there_is_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 5] = [
        &["fix"],
        &["log", "a/b"],
        &["changelog", "a/b"],
        &["impact", "a/b"],
        &["release-notes"],
    ];
    for command in commands {
        let ran = playground::meshlaw_in(folder.path(), command);
        assert_eq!(ran.code, 2, "{command:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("help: run inside a git repository"),
            "{}",
            ran.stderr
        );
    }
}
