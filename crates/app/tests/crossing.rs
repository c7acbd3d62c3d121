//! Contracts, consumers and terms against each other, through the real program and real git.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;

const SETTINGS: &str = "extends: []\nteams: { sales-team: {} }\n";
const CUSTOMERS: &str = "domains/crm/customers.contract.yaml";
const ORDERS: &str = "domains/sales/orders.contract.yaml";
const REPORT: &str = "domains/sales/report.consumer.yaml";
const TERM: &str = "glossary/order.term.yaml";

fn estate() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(
            CUSTOMERS,
            "schema: customers\nversion: 1.0.0\nid: c-1\nowner: sales-team\nfields:\n  \
             - { name: customer_id, type: string, required: true }\n  \
             - { name: address, type: object, fields: [{ name: city, type: string }] }\n",
        )
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nid: o-1\nowner: sales-team\nfields:\n  \
             - { name: order_id, type: string }\n  \
             - { name: customer_id, type: string, references: { contract: crm/customers, field: customer_id } }\n",
        )
        .write(
            REPORT,
            "consumer: report\nowner: sales-team\nuses:\n  \
             - { contract: crm/customers, version: ^1, fields: [customer_id, [address, city]], until: 2027-01-01 }\n",
        )
        .write(TERM, "term: order\ndefinition: An order\nowner: sales-team\n")
        .commit("base", "2026-06-01")
        .branch("change");
    repository
}

/// Returns id, state, path and line of what the checks of this file say.
fn said(json: &serde_json::Value) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap().iter();
    let own = findings.filter(|finding| {
        let id = finding["id"].as_str().unwrap();
        ["contract/re", "contract/duplicate-", "consumer/", "term/"]
            .iter()
            .any(|start| id.starts_with(start))
    });
    let text = |finding: &serde_json::Value| {
        let at = &finding["location"];
        format!(
            "{} {} {}:{}",
            finding["id"].as_str().unwrap(),
            finding["state"].as_str().unwrap(),
            at["path"].as_str().unwrap(),
            at["line"]
        )
    };
    let mut said: Vec<String> = own.map(text).collect();
    said.sort();
    said
}

type Edit = fn(&Repository);

const EDITS: &[(&str, Edit, &[&str])] = &[
    ("nothing", |_| {}, &[]),
    (
        "a contract that is not there",
        |r| {
            r.edit(ORDERS, "contract: crm/customers", "contract: crm/custmers");
        },
        &["contract/reference-unknown new domains/sales/orders.contract.yaml:7"],
    ),
    (
        "a field that is not there",
        |r| {
            r.edit(ORDERS, ", field: customer_id", ", field: customer");
        },
        &["contract/reference-unknown new domains/sales/orders.contract.yaml:7"],
    ),
    (
        "a field of another type",
        |r| {
            r.edit(
                ORDERS,
                "customer_id, type: string",
                "customer_id, type: long",
            );
        },
        &["contract/reference-type new domains/sales/orders.contract.yaml:7"],
    ),
    (
        "a referred field renamed away",
        |r| {
            r.edit(CUSTOMERS, "name: customer_id", "name: client");
        },
        &["contract/referrer-broken new domains/crm/customers.contract.yaml:5"],
    ),
    (
        "a referred contract removed",
        |r| {
            r.remove(CUSTOMERS);
        },
        &["contract/referrer-broken new domains/crm/customers.contract.yaml:1"],
    ),
    (
        "a referred contract moved within its domain",
        |r| {
            let text = std::fs::read_to_string(r.path().join(CUSTOMERS)).unwrap();
            r.remove(CUSTOMERS)
                .write("domains/crm/people.contract.yaml", text);
        },
        &[],
    ),
    (
        "a replacement that is not there",
        |r| {
            r.edit(
                ORDERS,
                "id: o-1\n",
                "id: o-1\ndeprecated: { since: 2026-01-01, sunset: 2027-01-01, replacement: sales/ordrs }\n",
            );
        },
        &["contract/replacement-unknown new domains/sales/orders.contract.yaml:4"],
    ),
    (
        "a second contract of an unchanged one's name",
        |r| {
            r.write(
                "domains/crm/again.contract.yaml",
                "schema: customers\nversion: 1.1.0\nfields: [{ name: a, type: string }]\n",
            );
        },
        &["contract/duplicate-contract new domains/crm/again.contract.yaml:1"],
    ),
    (
        "a new major beside the old one",
        |r| {
            r.write(
                "domains/crm/customers.v2.contract.yaml",
                "schema: customers\nversion: 2.0.0\nid: c-1\nfields: [{ name: a, type: string }]\n",
            );
        },
        &[],
    ),
    (
        "a stable id that an unchanged contract bears",
        |r| {
            r.edit(ORDERS, "id: o-1", "id: c-1");
        },
        &["contract/duplicate-id new domains/sales/orders.contract.yaml:3"],
    ),
    (
        "a consumer of what is not there",
        |r| {
            r.edit(REPORT, "crm/customers", "crm/customer");
        },
        &["consumer/unknown-contract new domains/sales/report.consumer.yaml:4"],
    ),
    (
        "a nested field that is not there",
        |r| {
            r.edit(REPORT, "[address, city]", "[address, town]");
        },
        &["consumer/unknown-field new domains/sales/report.consumer.yaml:4"],
    ),
    (
        "a range without a version, after its last day and with an unknown owner",
        |r| {
            r.edit(REPORT, "^1", "^3")
                .edit(REPORT, "2027-01-01", "2026-01-01")
                .edit(REPORT, "owner: sales-team", "owner: sales-taem");
        },
        &[
            "consumer/unknown-owner new domains/sales/report.consumer.yaml:2",
            "consumer/use-expired new domains/sales/report.consumer.yaml:4",
            "consumer/version-unsatisfied new domains/sales/report.consumer.yaml:4",
        ],
    ),
    (
        "a second consumer and a second term of one name, and a circle",
        |r| {
            r.write("domains/a/other.consumer.yaml", "consumer: report\nowner: sales-team\nuses: []\n")
                .write("glossary/a.term.yaml", "term: order\ndefinition: Another\nowner: sales-team\n")
                .write("glossary/b.term.yaml", "term: b\ndefinition: B\nbroader: c\n---\nterm: c\ndefinition: C\nbroader: b\n---\nterm: d\ndefinition: D\nbroader: nothing\n");
        },
        &[
            "consumer/duplicate-consumer new domains/a/other.consumer.yaml:1",
            "term/broader-cycle new glossary/b.term.yaml:3",
            "term/broader-cycle new glossary/b.term.yaml:7",
            "term/duplicate-term new glossary/a.term.yaml:1",
            "term/unknown-broader new glossary/b.term.yaml:11",
        ],
    ),
];

#[test]
fn each_check_speaks_where_it_should_and_nowhere_else() {
    for (name, edit, expected) in EDITS {
        let repository = estate();
        edit(&repository);
        repository.commit("change", "2026-11-20");
        let (_, json) = repository.judge();
        assert_eq!(said(&json), *expected, "{name}: {json:#}");
    }
}

#[test]
fn what_dangled_before_is_existing() {
    let repository = estate();
    repository
        .checkout("main")
        .edit(ORDERS, "crm/customers", "crm/nobody")
        .edit(REPORT, "crm/customers", "crm/nobody")
        .commit("dangle", "2026-06-02");
    repository.git(&["checkout", "-q", "-B", "change"]);
    repository
        .edit(
            ORDERS,
            "owner: sales-team",
            "owner: sales-team\ndescription: Orders",
        )
        .edit(
            REPORT,
            "owner: sales-team",
            "owner: sales-team\ndescription: Weekly",
        )
        .commit("change", "2026-11-20");
    let (_, json) = repository.judge();
    assert_eq!(
        said(&json),
        [
            "consumer/unknown-contract existing domains/sales/report.consumer.yaml:5",
            "contract/reference-unknown existing domains/sales/orders.contract.yaml:8",
        ]
    );
}

#[test]
fn an_audit_says_all_of_it() {
    let repository = estate();
    let audit = |repository: &Repository| {
        let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
        said(&serde_json::from_str(&ran.stdout).unwrap())
    };
    assert_eq!(audit(&repository), [""; 0]);
    repository
        .edit(ORDERS, "id: o-1", "id: c-1")
        .edit(ORDERS, "crm/customers", "crm/nobody")
        .edit(REPORT, "^1", "^2");
    assert_eq!(
        audit(&repository),
        [
            "consumer/version-unsatisfied new domains/sales/report.consumer.yaml:4",
            "contract/duplicate-id new domains/sales/orders.contract.yaml:3",
            "contract/reference-unknown new domains/sales/orders.contract.yaml:7",
        ]
    );
}
