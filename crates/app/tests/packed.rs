//! An estate that git has packed is the same estate: from the work tree, from the pack, and from the
//! pack of a bare clone, on any number of threads.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::path::Path;

use playground::{Repository, program, ran};

/// Contracts much like one another, some of which refer to others, and consumers of some.
fn estate() -> Repository {
    let repository = Repository::new();
    repository.write(
        "meshlaw.yaml",
        "domains: { sales: {}, finance: {} }\nteams: { sales-team: {}, finance-team: {} }\n",
    );
    for number in 0..150 {
        repository.write(&contract_path(number), contract(number, "id"));
    }
    for number in 0..50 {
        let (contract, field) = (number * 3, ["id", "note"][number % 2]);
        repository.write(
            &format!("domains/finance/r{number}.consumer.yaml"),
            format!(
                "consumer: r{number}\nowner: finance-team\nuses:\n\
                 \x20 - {{ contract: sales/c{contract}, fields: [{field}], until: 2026-12-01 }}\n"
            ),
        );
    }
    repository.write("domains/sales/p1/bad.contract.yaml", b"schema: \xff\n");
    repository.write("domains/sales/p1/empty.contract.yaml", "");
    repository.commit("begin", "2026-01-01");
    for number in (0..150).step_by(5) {
        repository.write(&contract_path(number), contract(number, "key"));
    }
    repository.commit("keys", "2026-02-01");
    repository
}

fn contract_path(number: usize) -> String {
    format!("domains/sales/p{}/c{number}.contract.yaml", number % 40)
}

fn contract(number: usize, key: &str) -> String {
    let mut text = format!("schema: c{number}\nversion: 1.0.0\nowner: sales-team\nfields:\n");
    text += &format!("  - {{ name: {key}, type: string, required: true, unique: true }}\n");
    for field in 0..20 {
        let kind = ["string", "long", "date"][(number + field) % 3];
        text += &format!("  - {{ name: f{field}_mail, type: {kind}, required: false }}\n");
    }
    if number % 4 == 1 {
        let other = (number * 7) % 150;
        text += &format!(
            "  - {{ name: other, type: string, references: {{ contract: sales/c{other}, field: id }} }}\n"
        );
    }
    text
}

/// What an audit finds, without the name of what was audited.
fn found(folder: &Path, threads: &str, more: &[&str]) -> String {
    let args = ["audit", "--as-of", "2026-11-23", "--format", "json"];
    let mut command = program(folder);
    command.env("RAYON_NUM_THREADS", threads);
    let ran = ran(command.args(args).args(more).output().unwrap());
    assert!(ran.code < 2, "{more:?}: {}", ran.stderr);
    let at = ran.stdout.find("\"findings\"").unwrap();
    ran.stdout[at..].to_owned()
}

#[test]
fn an_audit_finds_the_same_in_files_and_in_packs() {
    let repository = estate();
    let files = found(repository.path(), "2", &["--no-shortcuts"]);
    for finding in ["not UTF-8", "c105", "r8"] {
        assert!(files.contains(finding), "{finding}");
    }
    let outside = tempfile::tempdir().unwrap();
    let bare = outside.path().join("bare.git");
    let arguments = [&["gc", "-q"][..], &["gc", "-q", "--aggressive"]];
    for pack in arguments {
        repository.git(pack);
        for threads in ["1", "3"] {
            let at = ["--at", "main"];
            for more in [&[][..], &["--no-shortcuts"]] {
                let packed = found(repository.path(), threads, &[&at[..], more].concat());
                assert!(packed == files, "{pack:?} {threads} {more:?}");
            }
        }
    }
    repository.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    assert!(found(&bare, "2", &["--at", "main"]) == files);
}

#[test]
fn an_audit_of_packs_remembers_and_is_never_stale() {
    let repository = estate();
    repository.git(&["gc", "-q"]);
    let at = ["--at", "main"];
    let before = found(repository.path(), "2", &at);
    for number in (1..150).step_by(2) {
        repository.write(&contract_path(number), contract(number, "code"));
    }
    repository.commit("codes", "2026-03-01");
    repository.git(&["repack", "-q", "-d"]);
    let warm = found(repository.path(), "2", &at);
    assert!(warm == found(repository.path(), "2", &["--no-shortcuts"]));
    assert!(warm != before);
    assert!(warm == found(repository.path(), "1", &at));
}
