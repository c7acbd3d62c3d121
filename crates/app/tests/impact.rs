//! Who is reached, in a small mesh with a cycle, through the real program.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use serde_json::Value;

/// `raw` → `clean` → `mart` → `raw`, each of a domain of its own, and their readers.
fn mesh() -> Repository {
    let repository = Repository::new();
    let contract = |name: &str, from: &str| {
        format!(
            "schema: {name}\nversion: 1.0.0\nowner: {name}-team\nproperties: {{ derived_from: [{from}] }}\n\
             fields:\n  - {{ name: id, type: string, required: true }}\n  - {{ name: sum, type: long }}\n"
        )
    };
    let consumer = |name: &str, uses: &str| {
        format!(
            "consumer: {name}\nowner: readers\nnotify: {{ slack: '#{name}' }}\nuses:\n  - {uses}\n"
        )
    };
    repository
        .write(
            "meshlaw.yaml",
            "domains: { in: {}, mid: {}, out: {} }\nteams: { mart-team: { email: mart@example.org } }\n",
        )
        .write("domains/in/raw.contract.yaml", contract("raw", "out/mart#sum"))
        .write("domains/mid/clean.contract.yaml", contract("clean", "in/raw"))
        .write("domains/out/mart.contract.yaml", contract("mart", "mid/clean#id"))
        .write("domains/out/page.consumer.yaml", consumer("page", "{ contract: out/mart, fields: [id] }"))
        .write("domains/out/old.consumer.yaml", consumer("old", "{ contract: out/mart, version: ^3 }"))
        .write("domains/in/copy.consumer.yaml", consumer("copy", "{ contract: in/raw, fields: [sum] }"))
        .commit("mesh", "2026-01-01");
    repository
}

fn reached(repository: &Repository, args: &[&str]) -> Vec<String> {
    let all = [&["impact", "--format", "json"], args].concat();
    let ran = repository.meshlaw(&all);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let impact: Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = |list: &str| {
        let list = impact[list].as_array().unwrap().clone();
        list.into_iter().map(|one| {
            let (name, through) = (
                one["name"].as_str().unwrap(),
                one["through"].as_str().unwrap(),
            );
            format!("{} {name} through {through}", one["distance"])
        })
    };
    told("contracts").chain(told("consumers")).collect()
}

#[test]
fn a_cycle_is_walked_once_and_fields_count() {
    let repository = mesh();
    assert_eq!(
        reached(&repository, &["in/raw"]),
        [
            "1 mid/clean through in/raw",
            "2 out/mart through mid/clean",
            "1 copy through in/raw",
            "3 page through out/mart",
        ]
    );
    assert_eq!(
        reached(&repository, &["in/raw#id"]),
        [
            "1 mid/clean through in/raw",
            "2 out/mart through mid/clean",
            "4 copy through in/raw",
            "3 page through out/mart",
        ],
        "`copy` reads another field, which comes round by way of the cycle"
    );
    assert_eq!(
        reached(&repository, &["mid/clean#sum"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_change_reaches_those_who_can_feel_it() {
    let repository = mesh();
    repository
        .branch("work")
        .edit(
            "domains/mid/clean.contract.yaml",
            "name: sum, type: long",
            "name: sum, type: string",
        )
        .commit("change", "2026-02-01");
    assert_eq!(
        reached(&repository, &["--base", "main"]),
        Vec::<String>::new()
    );
    repository
        .edit(
            "domains/mid/clean.contract.yaml",
            "name: id, type: string",
            "name: id, type: long",
        )
        .commit("change", "2026-02-02");
    assert_eq!(
        reached(&repository, &["--base", "main"])[1],
        "1 out/mart through mid/clean"
    );
    let ran = repository.meshlaw(&["impact", "--base", "HEAD"]);
    assert_eq!(ran.stdout, "nothing changed that anybody could feel\n");
}

#[test]
fn people_read_how_to_reach_whom() {
    let repository = mesh();
    let ran = repository.meshlaw(&["impact", "mid/clean"]);
    assert_eq!(
        ran.stdout,
        "mid/clean\n\
         \n\
         directly\n\
         \x20 contract  out/mart  mart-team  from mid/clean  mart@example.org\n\
         \n\
         through one contract\n\
         \x20 contract  in/raw    raw-team   from out/mart\n\
         \x20 consumer  page      readers    from out/mart  #page\n\
         \n\
         through 2 contracts\n\
         \x20 consumer  copy      readers    from in/raw  #copy\n\
         \n\
         old reads a version of out/mart that is not there\n\
         \n\
         2 contracts and 2 consumers in 3 domains reached\n"
    );
    let typo = repository.meshlaw(&["impact", "mid/claen"]);
    assert_eq!(typo.code, 2);
    assert!(
        typo.stderr.contains("did you mean `mid/clean`?"),
        "{}",
        typo.stderr
    );
}

#[test]
fn graphs_quote_what_names_hold() {
    let repository = mesh();
    repository
        .write(
            "domains/out/odd.consumer.yaml",
            "consumer: 'a\"]; <b>'\nowner: readers\nuses: [{ contract: out/mart }]\n",
        )
        .commit("odd", "2026-02-01");
    let mermaid = repository
        .meshlaw(&["impact", "out/mart", "--format", "mermaid"])
        .stdout;
    assert!(mermaid.contains("([\"a#quot;]; #lt;b#gt;\"])"), "{mermaid}");
    let dot = repository
        .meshlaw(&["impact", "out/mart", "--format", "dot"])
        .stdout;
    assert!(dot.contains("[label=\"a\\\"]; <b>\", shape=oval]"), "{dot}");
}
