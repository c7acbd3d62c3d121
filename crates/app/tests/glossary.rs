//! Fields held against their terms, names against each other.

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

const SETTINGS: &str =
    "extends: [org/interoperability]\nteams: { sales-team: {}, privacy-office: {} }\n";

const CUSTOMER: &str = "\
# Who buys.
term: customer_id
definition: Who placed an order.
owner: sales-team
type: string
format: customer number
enum: [1, 2, 3]
classification: confidential
synonyms: [client number, buyer]
broader: person
";

const PERSON: &str = "term: person\ndefinition: Somebody.\nowner: privacy-office\n";

const ORDERS: &str = "\
schema: orders
version: 1.0.0
owner: sales-team
description: Orders
classification: confidential
fields:
  - { name: order_id, type: string, primary_key: true, description: Which }
  - name: customer
    type: string
    description: Who
    term: customer_id
";

const TERM: &str = "glossary/customer.term.yaml";
const CONTRACT: &str = "domains/sales/orders.contract.yaml";

fn repository() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(TERM, CUSTOMER)
        .write("glossary/person.term.yaml", PERSON)
        .write(CONTRACT, ORDERS);
    repository
}

fn audit(repository: &Repository) -> Value {
    let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
}

fn found<'r>(report: &'r Value, id: &str) -> Vec<&'r Value> {
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|one| one["id"] == id).collect()
}

fn place(value: &Value) -> String {
    let at = &value["location"];
    let path = at["path"].as_str().unwrap_or_default();
    format!("{path}:{}:{}", at["line"], at["column"])
}

const AGREES: &str = "org/interoperability/term-agrees";

#[test]
fn a_field_that_says_what_its_term_says_is_silent() {
    let repository = repository();
    let report = audit(&repository);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
}

#[test]
fn a_disagreement_stands_at_its_key_with_both_sides_and_the_term() {
    let repository = repository();
    // Sorted by what is stated, whatever the order of the keys.
    repository.edit(
        CONTRACT,
        "    term: customer_id\n",
        "    term: customer_id\n    enum: [1, 9]\n    format: other\n    classification: internal\n",
    );
    repository.edit(CONTRACT, "    type: string\n", "    type: long\n");
    let report = audit(&repository);
    let [finding] = found(&report, AGREES)[..] else {
        panic!("{report:#}");
    };
    assert_eq!(
        finding["message"],
        "the field says otherwise than its term: the field is `internal`, and its term at least \
         `confidential`; the field allows `9`, and its term only `1`, `2` and `3`; the field's format is \
         `other`, and its term's `customer number`; the field's type is `long`, and its term's `string`"
    );
    assert_eq!(place(finding), format!("{CONTRACT}:14:5"));
    let related: Vec<String> = finding["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect();
    let expected = [
        format!("{CONTRACT}:12:5"),
        format!("{CONTRACT}:13:5"),
        format!("{CONTRACT}:9:5"),
        format!("{TERM}:2:1"),
    ];
    assert_eq!(related, expected);
    assert_eq!(
        finding["pointer"],
        serde_json::json!(["fields", "customer"])
    );
}

#[test]
fn a_lower_class_around_the_field_counts() {
    let repository = repository();
    repository.edit(
        CONTRACT,
        "classification: confidential",
        "classification: internal",
    );
    let report = audit(&repository);
    assert_eq!(found(&report, AGREES).len(), 1, "{report:#}");
}

#[test]
fn the_standard_names_terms_by_property_or_by_definition() {
    let repository = repository();
    let text = |how: &str| {
        format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: o\nname: shipped\nversion: 1.0.0\nstatus: active\n\
             team: {{ name: sales-team }}\nschema:\n  - name: shipped\n    properties:\n      - name: customer\n        \
             logicalType: integer\n{how}"
        )
    };
    for (how, line) in [
        (
            "        customProperties:\n          - { property: term, value: buyer }\n",
            12,
        ),
        (
            "        authoritativeDefinitions:\n          - type: businessDefinition\n            \
             url: https://git.example.org/mesh/glossary/customer_id.term.yaml#L2\n",
            12,
        ),
    ] {
        let path = "domains/sales/shipped.odcs.yaml";
        repository.write(path, text(how));
        let report = audit(&repository);
        let [finding] = found(&report, AGREES)[..] else {
            panic!("{how}: {report:#}");
        };
        assert_eq!(place(finding), format!("{path}:{line}:9"), "{how}");
        let synonyms = found(&report, "term/synonym-used");
        assert_eq!(synonyms.len(), usize::from(how.contains("buyer")), "{how}");
    }
}

#[test]
fn synonyms_are_resolved_and_told() {
    let repository = repository();
    repository.edit(CONTRACT, "term: customer_id", "term: client number");
    let report = audit(&repository);
    let [finding] = found(&report, "term/synonym-used")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(finding["severity"], "note");
    assert_eq!(
        finding["message"],
        "`client number` is a synonym of the term `customer_id`"
    );
    assert_eq!(finding["help"], "write `term: customer_id`");
    assert_eq!(place(finding), format!("{CONTRACT}:11:5"));
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        1,
        "{report:#}"
    );
    repository.edit(CONTRACT, "term: client number", "term: custmer_id");
    let report = audit(&repository);
    let [finding] = found(&report, "org/interoperability/known-term")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(place(finding), format!("{CONTRACT}:11:5"));
    let notes = finding["notes"].to_string();
    assert!(notes.contains("did you mean `customer_id`?"), "{notes}");
}

#[test]
fn a_synonym_stands_for_one_term() {
    let repository = repository();
    repository.write(
        "glossary/payer.term.yaml",
        "term: payer\ndefinition: Who pays.\nowner: sales-team\nsynonyms:\n  - buyer\n  - person\n",
    );
    let report = audit(&repository);
    let [ambiguous] = found(&report, "term/ambiguous-synonym")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(place(ambiguous), "glossary/payer.term.yaml:5:5");
    assert_eq!(place(&ambiguous["related"][0]), format!("{TERM}:9:27"));
    let [taken] = found(&report, "term/synonym-is-term")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(place(taken), "glossary/payer.term.yaml:6:5");
    assert_eq!(
        taken["message"],
        "the synonym `person` is the name of another term"
    );
}

#[test]
fn old_disagreements_are_old_and_worse_ones_are_new() {
    let repository = repository();
    repository
        .edit(CONTRACT, "    type: string\n", "    type: long\n")
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(CONTRACT, "description: Who", "description: Who it is")
        .commit("text", "2026-11-20");
    let state = |report: &Value| found(report, AGREES)[0]["state"].clone();
    assert_eq!(state(&repository.judge().1), "existing");
    repository
        .edit(
            CONTRACT,
            "term: customer_id",
            "term: customer_id\n    format: other",
        )
        .commit("worse", "2026-11-21");
    assert_eq!(state(&repository.judge().1), "new");
}

#[test]
fn a_term_and_its_use_may_come_together() {
    let repository = repository();
    repository
        .commit("base", "2026-06-01")
        .branch("change")
        .write(
            "glossary/shop.term.yaml",
            "term: shop\ndefinition: Where.\nowner: sales-team\ntype: string\nbroader: place\nsynonyms: [store]\n\
             ---\nterm: place\ndefinition: Any.\nowner: sales-team\n",
        )
        .edit(
            CONTRACT,
            "  - name: customer\n",
            "  - { name: shop, type: string, term: store, description: Where }\n  - name: customer\n",
        )
        .edit(CONTRACT, "version: 1.0.0", "version: 1.1.0")
        .commit("shop", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(found(&report, AGREES).len(), 0, "{report:#}");
    repository
        .edit(
            CONTRACT,
            "name: shop, type: string",
            "name: shop, type: long",
        )
        .commit("long", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!(code, 1, "{report:#}");
    let related = place(&found(&report, AGREES)[0]["related"][0]);
    assert_eq!(related, "glossary/shop.term.yaml:1:1");
}

#[test]
fn who_bends_a_term_is_told_whose_counts() {
    let repository = repository();
    repository
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(TERM, "type: string", "type: long")
        .edit(CONTRACT, "    type: string\n", "    type: long\n")
        .commit("bend", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(code, 1, "{report:#}");
    let notes = found(&report, AGREES)[0]["notes"].to_string();
    assert!(notes.contains("what stands there counts"), "{notes}");
}

#[test]
fn a_change_of_a_term_names_the_fields_that_feel_it() {
    let repository = repository();
    repository
        .write(
            "domains/sales/other.contract.yaml",
            "schema: other\nversion: 1.0.0\nowner: sales-team\nclassification: confidential\nfields:\n\
             \x20 - { name: who, type: string, term: buyer }\n  - { name: id, type: string }\n",
        )
        .commit("base", "2026-06-01");
    // What an audit keeps of contracts is enough for the gate.
    repository.meshlaw(&["audit", "--at", "main", "--as-of", "2026-11-23"]);
    repository
        .branch("change")
        .edit(TERM, "Who placed", "Whoever placed")
        .commit("words", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(
        (code, &report["findings"]),
        (0, &serde_json::json!([])),
        "{report:#}"
    );
    repository
        .edit(TERM, "type: string", "type: long")
        .commit("type", "2026-11-21");
    let (code, report) = repository.judge();
    let [finding] = found(&report, "term/change-felt")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(code, 0);
    assert_eq!(
        finding["message"],
        "the term `customer_id` changes, and 2 fields in 2 contracts would say otherwise"
    );
    assert_eq!(place(finding), format!("{TERM}:2:1"));
    let related: Vec<String> = finding["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect();
    let expected = [
        "domains/sales/orders.contract.yaml:9:5",
        "domains/sales/other.contract.yaml:6:18",
    ];
    assert_eq!(related, expected);
    // A branch that changes the field, too, leaves only the other to feel it.
    repository
        .edit(CONTRACT, "    type: string\n", "    type: long\n")
        .commit("field", "2026-11-22");
    let (_, report) = repository.judge();
    let message = found(&report, "term/change-felt")[0]["message"].to_string();
    assert!(message.contains("one field in one contract"), "{message}");
}

#[test]
fn a_term_that_fields_still_name_does_not_just_go() {
    let repository = repository();
    repository
        .commit("base", "2026-06-01")
        .branch("change")
        .remove(TERM)
        .commit("gone", "2026-11-20");
    let (code, report) = repository.judge();
    let [finding] = found(&report, "term/gone-in-use")[..] else {
        panic!("{report:#}");
    };
    assert_eq!(code, 1);
    assert_eq!(finding["location"]["side"], "base");
    // Whoever keeps the name as a synonym breaks nobody.
    repository
        .write(
            TERM,
            CUSTOMER
                .replace("term: customer_id", "term: client_id")
                .replace("buyer", "buyer, customer_id"),
        )
        .commit("renamed", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!(
        (code, found(&report, "term/gone-in-use").len()),
        (0, 0),
        "{report:#}"
    );
}

/// Contracts that define names by themselves.
fn estate(definitions: &[&str]) -> Repository {
    let repository = repository();
    for (number, fields) in definitions.iter().enumerate() {
        repository.write(
            &format!("domains/d{number}/c.contract.yaml"),
            format!("schema: c{number}\nowner: sales-team\nfields:\n{fields}"),
        );
    }
    repository
}

const CLASH: &str = "term/incompatible-definition";

#[test]
fn names_that_contracts_define_differently_are_told_once() {
    let repository = estate(&[
        "  - { name: batch_id, type: string }\n",
        "  - { name: batch_id, type: long }\n  - { name: o, type: object, fields: [{ name: channel, type: string, enum: [shop, web] }] }\n",
        "  - { name: batchId, type: uuid }\n  - { name: channel, type: string, enum: [web, shop] }\n",
        "  - { name: batch_id, type: date }\n  - { name: channel, type: string, enum: [web, phone] }\n",
        "  - { name: status, type: string, enum: [a] }\n",
        "  - { name: status, type: string, enum: [b] }\n  - { name: id, type: long }\n",
    ]);
    let report = audit(&repository);
    let all = found(&report, CLASH);
    let messages: Vec<&str> = all
        .iter()
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    let expected = [
        "contracts define `batch_id` differently: its type is `string` in 2 contracts, `long` in 1 contract \
         and `date` in 1 contract",
        "contracts define `channel` differently: its enum is `[shop, web]` in 2 contracts and `[web, phone]` in 1 \
         contract",
    ];
    assert_eq!(messages, expected);
    assert!(
        all.iter().all(|one| one["severity"] == "warning"),
        "{all:?}"
    );
    assert_eq!(place(all[0]), "domains/d1/c.contract.yaml:4:23");
    let related: Vec<String> = all[0]["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect();
    let expected = [
        "domains/d0/c.contract.yaml:4:23",
        "domains/d3/c.contract.yaml:4:23",
    ];
    assert_eq!(related, expected);
    let help = all[1]["help"].as_str().unwrap();
    assert!(help.contains("glossary: { ignore: [channel] }"), "{help}");
    for threads in ["1", "2", "7"] {
        let mut program = playground::program(repository.path());
        program
            .args(["audit", "--as-of", "2026-11-23", "--format", "json"])
            .env("RAYON_NUM_THREADS", threads);
        let output = playground::ran(program.output().unwrap());
        let other: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(other, report, "{threads} threads");
    }
}

#[test]
fn settings_say_which_names_are_compared() {
    let definitions = [
        "  - { name: batch_id, type: string }\n  - { name: status, type: string, enum: [a] }\n",
        "  - { name: batch_id, type: long }\n  - { name: status, type: string, enum: [b] }\n",
    ];
    for (settings, expected) in [
        ("", 1),
        ("glossary: { ignore: [batchId] }\n", 0),
        ("glossary: { compare: [status] }\n", 2),
        ("levels: { term/incompatible-definition: off }\n", 0),
    ] {
        let repository = estate(&definitions);
        repository.write("meshlaw.yaml", format!("{SETTINGS}{settings}"));
        let report = audit(&repository);
        assert_eq!(found(&report, CLASH).len(), expected, "{settings}");
    }
    let repository = estate(&definitions);
    repository.write("meshlaw.yaml", "glossary: { ignroe: [batch_id] }\n");
    let ran = repository.meshlaw(&["audit"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("meshlaw.yaml:1:13") && ran.stderr.contains("`ignore`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_term_ends_the_matter_and_so_does_an_end() {
    for second in [
        "  - { name: customer_id, type: long, deprecated: { sunset: 2027-01-01, replacement: x } }\n",
        "  - { name: customer_id, type: string, term: customer_id, classification: confidential }\n",
    ] {
        let repository = estate(&["  - { name: customer_id, type: string }\n", second]);
        let report = audit(&repository);
        assert_eq!(found(&report, CLASH).len(), 0, "{second}: {report:#}");
    }
    let repository = estate(&[
        "  - { name: customer_id, type: string }\n",
        "  - { name: customer_id, type: long }\n",
    ]);
    let report = audit(&repository);
    let help = found(&report, CLASH)[0]["help"].as_str().unwrap();
    assert!(help.contains("write `term: customer_id` in each"), "{help}");
}

#[test]
fn policies_are_told_when_they_name_no_term() {
    let repository = repository();
    let policy = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"it is a person\")\n\
                  @help(\"write `pii: identity` on it\")\n\
                  forbid (principal, action == Action::\"publish\", resource is Field)\n\
                  when { resource in Term::\"persn\" }\nunless { resource has pii };\n";
    let path = "policies/org/own/persons/policy.cedar";
    repository.write(path, policy);
    let ran = repository.meshlaw(&["policy", "check"]);
    assert!(
        ran.stdout
            .contains("`persn` is not a term of the glossary [unknown-term]"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("policy.cedar:6:20"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("did you mean `person`?"),
        "{}",
        ran.stdout
    );
    repository.edit(path, "persn", "person");
    let report = audit(&repository);
    let [finding] = found(&report, "org/own/persons")[..] else {
        panic!("{report:#}");
    };
    let related = place(&finding["related"][0]);
    assert_eq!(related, format!("{TERM}:2:1"));
}
