//! Branches that change more contracts than are held at once: each is judged apart, and what is told
//! is what is told of all together.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;

const COUNT: usize = 24;
const BREAKS: &str = "  - { name: read, type: string, description: Is read }\n";

fn path(at: usize) -> String {
    // No file is called as its contract is.
    format!("domains/d{}/f{at}.contract.yaml", at % 3)
}

fn contract(at: usize, more: &str) -> String {
    let next = (at + 5) % COUNT;
    format!(
        "schema: c{at}\nversion: 1.0.{at}\nid: s-{at}\nowner: team\nfields:\n  \
         - {{ name: id, type: string, description: Key }}\n  \
         - {{ name: other, type: string, references: {{ contract: d{}/c{next}, field: id }} }}\n{more}",
        next % 3
    )
}

fn estate() -> Repository {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", "extends: [org]\nteams: { team: {} }\n");
    for at in 0..COUNT {
        repository.write(&path(at), contract(at, BREAKS));
        repository.write(
            &format!("domains/d0/uses/u{at}.consumer.yaml"),
            format!(
                "consumer: u{at}\nowner: team\nkind: model\nuses:\n  \
                 - {{ contract: d{}/c{at}, fields: [read], purpose: reporting }}\n",
                at % 3
            ),
        );
    }
    repository.commit("begin", "2026-01-01").branch("change");
    repository
}

#[test]
fn consumers_of_contracts_are_found_that_are_called_otherwise_than_their_files() {
    let repository = estate();
    for at in 0..COUNT {
        repository.write(&path(at), contract(at, ""));
    }
    repository.commit("change", "2026-02-01");
    let (code, json) = repository.judge();
    assert_eq!(code, 1);
    let changes = json["changes"].as_array().unwrap().iter();
    let mut felt: Vec<String> = changes
        .filter(|change| change["rule"] == "field-removed")
        .flat_map(|change| change["consumers"].as_array().unwrap().clone())
        .map(|consumer| consumer.as_str().unwrap().to_owned())
        .collect();
    felt.sort();
    let mut all: Vec<String> = (0..COUNT).map(|at| format!("u{at}")).collect();
    all.sort();
    assert_eq!(felt, all);
    assert!(repository.gate(&["--format", "text"]).code == 1);
}

#[test]
fn contracts_that_move_between_files_keep_their_partners() {
    let repository = estate();
    for at in 0..COUNT {
        match at % 4 {
            0 => repository.write(&path(at), contract((at + 4) % COUNT, "")),
            1 => repository.remove(&path(at)),
            2 => repository.write(
                &path(at),
                format!("{}---\n{}", contract(at, ""), contract(at - 1, "")),
            ),
            _ => repository.write(&path(at), "schema: [\n"),
        };
        repository.write(
            &format!("domains/d1/n{at}.contract.yaml"),
            contract(COUNT + at, ""),
        );
    }
    repository.commit("change", "2026-02-01");
    let (code, json) = repository.judge();
    assert_eq!(code, 1);
    let contracts = json["contracts"].as_array().unwrap();
    // Those that moved lost a field, those that were not understood are not told, the rest is new.
    assert_eq!(contracts.len(), COUNT / 4 * 3 + COUNT, "{contracts:#?}");
    assert_eq!(repository.gate(&["--format", "json"]).code, 1);
}
