//! Contracts of several datasets, and of one that is the contract itself.

use super::{check, check_both};

const FIELDS: &str = "fields: [{ name: a, type: string }, { name: b, type: date }]";

fn listed(name: &str, more: &str) -> String {
    format!("datasets:\n  - {{ name: {name}, {FIELDS}{more} }}")
}

#[test]
fn a_contract_that_is_its_dataset_may_list_it() {
    check_both(&[
        (FIELDS, &listed("c", ""), &[], &[]),
        (
            FIELDS,
            &listed("other", ""),
            &["dataset-renamed other"],
            &["dataset-renamed contract"],
        ),
        (
            FIELDS,
            &listed(
                "c",
                ", classification: internal, tags: [x], description: d, id: k, deprecated: { sunset: 2027-01-01, replacement: z }",
            ),
            &[
                "classification-raised c.classification",
                "deprecation-added c.deprecated",
                "description-changed c.description",
                "id-added c.id",
                "tag-changed c.tags.x",
            ],
            &[
                "classification-lowered classification",
                "deprecation-withdrawn deprecated",
                "description-changed description",
                "id-changed id",
                "tag-changed tags.x",
            ],
        ),
        (
            FIELDS,
            "datasets:\n  - { name: c, fields: [{ name: a, type: string }] }",
            &["field-removed b"],
            &["field-added b"],
        ),
        (
            &format!("{FIELDS}\nphysical_name: T"),
            &listed("c", ", physical_name: U"),
            &["physical-name-changed c.physical_name"],
            &["physical-name-changed physical_name"],
        ),
    ]);
}

#[test]
fn a_contract_may_gain_datasets_beside_its_own() {
    let two = format!(
        "{}\n  - {{ name: more, fields: [{{ name: z, type: uuid }}] }}",
        listed("c", "")
    );
    check(&[
        (FIELDS, &two, &["dataset-added more"]),
        (&two, FIELDS, &["dataset-removed more"]),
        (
            FIELDS,
            "datasets:\n  - { name: x, fields: [{ name: q, type: uuid }] }\n  - { name: y, fields: [{ name: r, type: uuid }] }",
            &[
                "dataset-added x",
                "dataset-added y",
                "dataset-removed contract",
            ],
        ),
    ]);
}

#[test]
fn datasets_are_recognised_under_other_names() {
    let list = |items: &[(&str, &str, &str)]| {
        let items = items.iter().map(|(name, more, fields)| {
            format!("  - {{ name: {name}{more}, fields: [{fields}] }}\n")
        });
        format!("datasets:\n{}", items.collect::<String>())
    };
    let (people, goods) = (
        "{ name: mail, type: string }, { name: born, type: date }",
        "{ name: sku, type: string }, { name: price, type: decimal }",
    );
    check(&[
        (
            &list(&[("people", "", people), ("goods", "", goods)]),
            &list(&[("persons", "", people), ("wares", "", goods)]),
            &["dataset-renamed persons", "dataset-renamed wares"],
        ),
        (
            &list(&[("people", "", people), ("goods", "", goods)]),
            &list(&[
                ("persons", ", renamed_from: people", goods),
                ("goods", "", goods),
            ]),
            &[
                "dataset-renamed persons",
                "field-added persons.price",
                "field-added persons.sku",
                "field-removed people.born",
                "field-removed people.mail",
            ],
        ),
        (
            &list(&[("people", ", id: x", people)]),
            &list(&[("goods", "", goods), ("humans", ", id: x", people)]),
            &["dataset-added goods", "dataset-renamed humans"],
        ),
        (
            &list(&[("people", "", people), ("goods", "", goods)]),
            &list(&[("people", "", people)]),
            &["dataset-removed goods"],
        ),
        // The order of datasets says nothing.
        (
            &list(&[("people", "", people), ("goods", "", goods)]),
            &list(&[("goods", "", goods), ("people", "", people)]),
            &[],
        ),
        // What would say that it is another one's successor is misspelt.
        (
            &list(&[("people", "", people), ("goods", "", goods)]),
            &list(&[("x", ", renamed_fro: people", goods), ("goods", "", goods)]),
            &[],
        ),
    ]);
}

#[test]
fn servers_are_paired_by_name() {
    let with = |servers: &str| format!("{FIELDS}\nservers: [{servers}]");
    let prod = "{ name: prod, type: kafka, topic: t, owner: x }";
    check_both(&[
        (
            &with(""),
            &with(prod),
            &["server-added servers.prod"],
            &["server-removed servers.prod"],
        ),
        (
            &with(prod),
            &with("{ name: prod, type: kafka, topic: t, owner: z }"),
            &["server-detail-changed servers.prod.owner"],
            &["server-detail-changed servers.prod.owner"],
        ),
        (
            &with(prod),
            &with("{ name: prod, type: kafka, owner: x }"),
            &["server-changed servers.prod.topic"],
            &["server-changed servers.prod.topic"],
        ),
    ]);
}
