//! Contracts that a branch names, looked up without opening the others of their domain.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;

use playground::Repository;

const TODAY: &str = "2026-11-23";
const ORDERS: &str = "domains/sales/orders.contract.yaml";

/// An estate with so many contracts in a domain, whose files are called otherwise, and as many
/// consumers.
fn estate(count: usize) -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org/consumption]\nteams: { sales-team: {}, crm-team: {} }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nfields:\n\
             \x20 - { name: id, type: string, required: true }\n",
        );
    for number in 0..count {
        repository
            .write(
                &format!("domains/crm/p{}/f{number}.contract.yaml", number % 5),
                format!(
                    "schema: contract_{number}\nversion: 1.{number}.0\nowner: crm-team\nfields:\n\
                     \x20 - {{ name: id, type: string }}\n"
                ),
            )
            .write(
                &format!("domains/crm/u{number}.consumer.yaml"),
                format!(
                    "consumer: u{number}\nowner: crm-team\n\
                     uses: [{{ contract: crm/contract_{number}, fields: [id] }}]\n"
                ),
            );
    }
    repository.commit("begin", "2026-01-01");
    repository
}

/// What a branch does, what is said then, and which files of the domain that concerns.
type Case = (
    &'static str,
    fn(&Repository),
    &'static str,
    &'static [&'static str],
);

fn refer(repository: &Repository, to: &str) {
    repository.edit(
        ORDERS,
        "fields:\n",
        &format!(
            "fields:\n  - {{ name: other, type: string, references: {{ contract: {to}, field: id }} }}\n"
        ),
    );
}

fn replace(repository: &Repository, by: &str) {
    repository.edit(
        ORDERS,
        "fields:\n",
        &format!(
            "deprecated: {{ since: 2026-01-01, sunset: 2027-01-01, replacement: {by} }}\nfields:\n"
        ),
    );
}

const CASES: &[Case] = &[
    (
        "new",
        |it| {
            it.write(
                "domains/crm/new.contract.yaml",
                "schema: fresh\nversion: 1.0.0\nowner: crm-team\nfields: [{ name: id, type: string }]\n",
            );
        },
        "\"verdict\"",
        &[],
    ),
    (
        "second",
        |it| {
            it.write(
                "domains/crm/again.contract.yaml",
                "schema: contract_3\nversion: 1.9.0\nowner: crm-team\nfields: [{ name: id, type: string }]\n",
            );
        },
        "a second contract bears the name `crm/contract_3`",
        &[
            "domains/crm/p3/f3.contract.yaml",
            "domains/crm/u3.consumer.yaml",
        ],
    ),
    (
        "dangling",
        |it| refer(it, "crm/contract_x1"),
        "did you mean `crm/contract_1`?",
        &[],
    ),
    (
        "misspelt",
        |it| refer(it, "crn/contract_2"),
        "did you mean `crm/contract_2`?",
        &["domains/crm/p2/f2.contract.yaml"],
    ),
    (
        "otherwise",
        |it| refer(it, "crm/contract_7"),
        "\"verdict\"",
        &["domains/crm/p2/f7.contract.yaml"],
    ),
    (
        "replaced",
        |it| replace(it, "crm/contract_9"),
        "\"verdict\"",
        &["domains/crm/p4/f9.contract.yaml"],
    ),
    (
        "forlorn",
        |it| replace(it, "crm/nobody"),
        "names the contract `crm/nobody`, which is not there",
        &[],
    ),
    (
        "consumer",
        |it| {
            it.write(
                "domains/sales/x.consumer.yaml",
                "consumer: u4\nowner: sales-team\nuses: [{ contract: crm/contract_5, fields: [id, no] }]\n",
            );
        },
        "a second consumer is called `u4`",
        &[
            "domains/crm/p0/f5.contract.yaml",
            "domains/crm/u4.consumer.yaml",
            "domains/crm/u5.consumer.yaml",
        ],
    ),
    (
        "waiver",
        |it| {
            it.write(
                "waivers/a.waiver.yaml",
                "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: crm/contract_6\nreason: later on it will be\n\
                 ticket: T-1\napproved_by: crm-team\nexpires: 2027-01-31\n",
            );
        },
        "\"verdict\"",
        &[
            "domains/crm/p1/f6.contract.yaml",
            "domains/crm/u6.consumer.yaml",
        ],
    ),
];

fn gate(repository: &Repository, branch: &str, more: &[&str]) -> (i32, String) {
    let args = [
        "gate", "--base", "main", "--as-of", TODAY, "--format", "json", "--head",
    ];
    let ran = repository.meshlaw(&[&args[..], &[branch], more].concat());
    assert!(ran.code < 2, "{branch}: {}", ran.stderr);
    (ran.code, ran.stdout)
}

/// Takes every object out of the repository that lies in the domain and concerns no branch.
fn starve(repository: &Repository, ending: &str) -> usize {
    let mut taken = 0;
    let kept: Vec<&str> = CASES
        .iter()
        .flat_map(|(.., kept)| kept.iter().copied())
        .collect();
    let objects = repository.git(&["ls-tree", "-r", "main"]);
    for line in objects.lines() {
        let (id, path) = line.split_once('\t').unwrap();
        let id = id.rsplit(' ').next().unwrap();
        if path.starts_with("domains/crm") && path.ends_with(ending) && !kept.contains(&path) {
            let file = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
            fs::remove_file(repository.path().join(file)).unwrap();
            taken += 1;
        }
    }
    taken
}

#[test]
fn a_gate_opens_only_what_a_branch_names() {
    for (count, audits) in [(20, false), (120, true)] {
        let repository = estate(count);
        for (branch, edit, ..) in CASES {
            repository.checkout("main").branch(branch);
            edit(&repository);
            repository.commit(branch, "2026-02-01");
        }
        let told: Vec<_> = CASES
            .iter()
            .map(|(branch, _, said, _)| {
                let told = gate(&repository, branch, &["--no-shortcuts"]);
                assert!(told.1.contains(said), "{branch}: {}", told.1);
                if !audits {
                    assert_eq!(gate(&repository, branch, &[]), told, "{branch}, first");
                }
                told
            })
            .collect();
        if audits {
            repository.meshlaw(&["audit", "--at", "main", "--as-of", TODAY]);
        } else {
            // Audits keep no consumers apart from contracts, gates do.
            assert!(starve(&repository, ".consumer.yaml") > count / 2);
        }
        assert!(starve(&repository, ".contract.yaml") > count / 2);
        for ((branch, ..), told) in CASES.iter().zip(told) {
            assert_eq!(gate(&repository, branch, &[]), told, "{branch}, {count}");
        }
    }
}

#[test]
fn registers_outlive_a_target_that_is_written_anew() {
    let repository = estate(8);
    repository.meshlaw(&["audit", "--at", "main", "--as-of", TODAY]);
    let renamed = "domains/crm/p0/f5.contract.yaml";
    for (number, (to, is_there)) in [
        ("crm/contract_5", false),
        ("crm/contract_x", false),
        ("crm/contract_4", true),
        ("crm/contract_1", false),
    ]
    .into_iter()
    .enumerate()
    {
        // The tree that is registered is no longer there.
        repository.git(&["checkout", "-q", "--orphan", "anew"]);
        let names = [
            "contract_5",
            "contract_y",
            "contract_z",
            "contract_w",
            "contract_v",
        ];
        repository
            .edit(renamed, names[number], names[number + 1])
            .remove(&format!("domains/crm/p{number}/f{number}.contract.yaml"))
            .commit("anew", "2026-01-02");
        repository.git(&["branch", "-q", "-M", "anew", "main"]);
        let branches = repository.git(&["branch", "--format=%(refname:short)"]);
        for branch in branches.lines().filter(|one| *one != "main") {
            repository.git(&["branch", "-q", "-D", branch]);
        }
        repository.git(&["reflog", "expire", "--expire=now", "--all"]);
        repository.git(&["gc", "-q", "--prune=now"]);
        repository.branch(&format!("b{number}"));
        refer(&repository, to);
        repository.commit("refer", "2026-02-01");
        let told = repository.gate(&[]).stdout;
        let is_missed = told.contains("which is not there");
        assert_eq!(is_missed, !is_there, "{to}: {told}");
        repository.checkout("main");
    }
}

/// What people misspell, the gate and the audit understand alike.
#[test]
fn gate_and_audit_mean_the_same_contract() {
    let repository = estate(12);
    repository
        .write(
            "domains/salesforce/a.contract.yaml",
            "schema: orders\nfields: [{ name: id, type: string }]\n",
        )
        .write(
            "domains/b.contract.yaml",
            "schema: odd\ndomain: crm\nfields: [{ name: id, type: string }]\n",
        )
        .commit("more", "2026-01-02");
    for (number, (to, expected)) in [
        ("crm/contract_1x", Some("crm/contract_1")),
        ("crm/od", Some("crm/odd")),
        ("sale/orders", Some("sales/orders")),
        ("crn/odd", Some("crm/odd")),
        ("salesforcd/orders", Some("salesforce/orders")),
        ("stock/orders", None),
        ("/orders", None),
        ("../orders", None),
        ("*/orders", None),
        ("crm/", None),
    ]
    .into_iter()
    .enumerate()
    {
        let branch = format!("b{number}");
        repository.checkout("main").branch(&branch);
        refer(&repository, &format!("{to:?}"));
        repository.commit("refer", "2026-02-01");
        let audit = [
            "audit", "--at", &branch, "--as-of", TODAY, "--format", "json",
        ];
        let audit = repository.meshlaw(&audit).stdout;
        let all = [
            audit,
            gate(&repository, &branch, &["--no-shortcuts"]).1,
            gate(&repository, &branch, &[]).1,
        ];
        for text in all {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let mut findings = json["findings"].as_array().unwrap().iter();
            let found = findings.find(|one| one["id"] == "contract/reference-unknown");
            let help = found.expect(to)["help"].as_str().unwrap();
            let expected = expected.map(|near| format!("did you mean `{near}`?"));
            let expected = expected.unwrap_or("add the contract, or name one that is there".into());
            assert_eq!(help, expected, "{to}");
        }
    }
}
