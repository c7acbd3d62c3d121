//! Where the values of a document stand in the model, and where they are found again.

use meshlaw_contract::model::{Check, Classification, Scalar, SlaValue, Status, Type};
use meshlaw_contract::{Format, Gravity, Limits, Pointer, Words, locate, read_contracts};

use crate::official::parse;

const ORDERS: &str = r##"apiVersion: v3.1.0
kind: DataContract
id: 0f1e-orders
name: orders
version: v1.4
status: Production
domain: sales
dataProduct: order-book
tenant: acme
tags: [core]
description: { purpose: Orders as placed, usage: Reports }
team:
  name: sales-team
  members: [{ username: ada, role: Owner }]
roles: [{ role: analyst, access: read }]
servers:
  - { server: prod, type: postgres, host: db.example, port: 5432, database: shop, schema: sales }
slaProperties:
  - { property: retention, value: 3, unit: y }
  - { property: latency, value: 4, unit: h, element: orders.order_id }
  - { property: availability, value: 99.5, unit: percent, driver: operational }
customProperties:
  - { property: legalBasis, value: contract }
  - { property: costCentre, value: CC-1 }
schema:
  - name: orders
    physicalName: orders_v1
    quality:
      - { metric: rowCount, mustBeGreaterThan: 0 }
    relationships:
      - { from: orders.customer_id, to: customers.id }
    properties:
      - name: order_id
        logicalType: string
        required: true
        primaryKey: true
        logicalTypeOptions: { maxLength: 36, pattern: '^o-' }
      - name: customer_id
        logicalType: integer
        physicalType: BIGINT
        logicalTypeOptions: { exclusiveMinimum: 0, format: i64 }
      - name: email
        logicalType: string
        classification: PII
        criticalDataElement: true
        customProperties: [{ property: pii, value: contact }, { property: masking, value: hash }]
        quality:
          - { metric: nullValues, mustBe: 0, severity: warning }
          - { name: short, type: sql, query: SELECT 1, mustBeLessThan: 5 }
      - name: lines
        logicalType: array
        items:
          logicalType: object
          logicalTypeOptions: { required: [sku] }
          properties:
            - { name: sku, logicalType: string }
  - name: customers
    properties: [{ name: id, logicalType: integer }]
"##;

#[test]
fn a_contract_is_read_into_the_one_model() {
    let parsed = parse(ORDERS);
    let said: Vec<_> = parsed
        .problems
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(said, ["nobody said what the classification `PII` means"]);
    let contract = parsed.value.unwrap();
    let version = contract.version.as_ref().unwrap();
    assert_eq!(version.as_str(), "v1.4");
    assert_eq!(version.semantic().unwrap().to_string(), "1.4.0");
    assert_eq!(contract.status, Some(Status::Active));
    assert_eq!(contract.owner.as_deref(), Some("sales-team"));
    assert_eq!(contract.product.as_deref(), Some("order-book"));
    assert_eq!(contract.legal_basis.as_deref(), Some("contract"));
    assert_eq!(
        contract.properties.keys().collect::<Vec<_>>(),
        ["costCentre"]
    );
    assert_eq!(contract.retention.as_ref().unwrap().days(), 1_095);
    assert!(
        matches!(&contract.sla["latency(orders.order_id)"], SlaValue::Duration(span) if span.seconds == 14_400)
    );
    assert!(
        matches!(&contract.sla["availability"], SlaValue::Percentage(share) if share.basis_points() == 9_950)
    );
    assert_eq!(contract.servers[0].attributes["port"], "5432");
    let [orders, _] = contract.datasets.as_slice() else {
        panic!()
    };
    let [id, customer, email, lines] = orders.fields.as_slice() else {
        panic!()
    };
    assert_eq!(
        (id.max_length, id.pattern.as_deref()),
        (Some(36), Some("^o-"))
    );
    assert_eq!(customer.ty, Type::Scalar(Scalar::Long));
    assert_eq!(
        customer.above.as_ref().map(ToString::to_string).as_deref(),
        Some("0")
    );
    assert_eq!(customer.references.as_ref().unwrap().field, "id");
    assert_eq!(
        (email.pii.as_deref(), email.masking.as_deref()),
        (Some("contact"), Some("hash"))
    );
    assert!(email.is_critical);
    assert_eq!(email.details["classification"].to_string(), "PII");
    let Type::Array(Some(items)) = &lines.ty else {
        panic!()
    };
    let first = items.children().next();
    assert!(
        first.is_some_and(|first| first.required),
        "the object says so"
    );
    let checks: Vec<_> = orders
        .quality
        .iter()
        .map(|rule| (rule.identity(), &rule.check))
        .collect();
    assert!(matches!(
        checks[0].1,
        Check::RowCount {
            min: Some(1),
            max: None
        }
    ));
    assert!(matches!(checks[1].1, Check::NoNulls(fields) if fields == &["email"]));
    assert_eq!(checks[2].0, "email: short");
}

#[test]
fn an_organisation_s_words_mean_what_it_says() {
    let words = Words {
        classification: [("pii".to_owned(), Classification::Confidential)].into(),
        ..Words::default()
    };
    let parsed = read_contracts(ORDERS, "orders.yaml", &Limits::default(), &words).remove(0);
    assert_eq!(parsed.problems, []);
    let contract = parsed.value.unwrap();
    assert_eq!(
        contract.format,
        Format::Odcs,
        "known by what stands at the top"
    );
    let email = &contract.datasets[0].fields[2];
    assert_eq!(email.classification, Some(Classification::Confidential));
}

#[test]
fn every_part_is_found_where_it_stands() {
    let parsed = parse(ORDERS);
    let at = |names: &[&'static str]| {
        let mut pointer = Pointer::root();
        for name in names {
            pointer = match name.strip_prefix('=') {
                Some(name) => pointer.name(name),
                None => pointer.word(name),
            };
        }
        let span = locate::locate(&parsed.document, Format::Odcs, &pointer);
        ORDERS[span.start as usize..span.end as usize].to_owned()
    };
    for (pointer, expected) in [
        (&["schema"][..], "name"),
        (&["owner"], "name"),
        (&["product"], "dataProduct"),
        (&["retention"], "value"),
        (&["legal_basis"], "value"),
        (&["properties", "=costCentre"], "{"),
        (&["sla", "=latency(orders.order_id)"], "{"),
        (&["servers", "=prod", "port"], "port"),
        (&["datasets", "=orders"], "orders"),
        (&["datasets", "=orders", "physical_name"], "physicalName"),
        (
            &["datasets", "=orders", "fields", "=order_id", "max_length"],
            "maxLength",
        ),
        (&["datasets", "=orders", "fields", "=email", "pii"], "value"),
        (
            &["datasets", "=orders", "fields", "=email", "critical"],
            "criticalDataElement",
        ),
        (
            &[
                "datasets", "=orders", "fields", "=lines", "items", "fields", "=sku", "type",
            ],
            "logicalType",
        ),
        (&["datasets", "=orders", "quality", "=row_count"], "metric"),
        (
            &["datasets", "=orders", "quality", "=email: short"],
            "short",
        ),
        (&["description.usage"], "usage"),
        (&["roles", "=analyst", "access"], "access"),
    ] {
        let found = at(pointer);
        assert!(
            found.starts_with(expected) || expected == "{",
            "{pointer:?}: {found}"
        );
    }
}

#[test]
fn what_was_not_understood_is_never_compared() {
    let text = ORDERS
        .replace("maxLength: 36", "maxLength: long")
        .replace("mustBeLessThan: 5", "mustBeLess: 5");
    let parsed = parse(&text);
    let faults = parsed
        .problems
        .iter()
        .filter(|one| one.gravity == Gravity::Fault)
        .count();
    assert!(faults >= 2, "{:?}", parsed.problems);
    let contract = parsed.value.unwrap();
    let names = |names: &[&'static str]| {
        names
            .iter()
            .fold(Pointer::root(), |at, name| match name.strip_prefix('=') {
                Some(name) => at.name(name),
                None => at.word(name),
            })
    };
    assert!(contract.is_opaque(&names(&[
        "datasets",
        "=orders",
        "fields",
        "=order_id",
        "max_length"
    ])));
    assert!(contract.is_opaque(&names(&["datasets", "=orders", "quality", "=email: short"])));
    assert!(!contract.is_opaque(&names(&["datasets", "=orders", "fields", "=email", "pii"])));
}

#[test]
fn versions_say_what_to_do() {
    let with = |version: &str| ORDERS.replace("v3.1.0", version);
    let first = |text: &str| {
        let parsed = parse(text);
        let problem = parsed.problems.into_iter().find(|one| one.span.line == 1);
        problem.map(|one| (one.gravity, one.message, one.help.unwrap()))
    };
    assert_eq!(first(&with("v3.1.0")), None);
    let newer = first(&with("v3.4.0")).unwrap();
    assert_eq!(newer.0, Gravity::Doubt);
    assert!(newer.2.contains("read as v3.2.0"), "{newer:?}");
    for (version, help) in [
        ("v2.2.2", "migrate"),
        ("v4.0.0", "read are"),
        ("3.1.0", "write `v3.1.0`"),
        ("latest", "write one of"),
    ] {
        let (gravity, _, told) = first(&with(version)).unwrap();
        assert_eq!(gravity, Gravity::Fault, "{version}");
        assert!(told.contains(help), "{version}: {told}");
    }
    let old = parse(&with("v3.0.2")).problems;
    let said: Vec<_> = old.iter().map(|one| one.message.as_str()).collect();
    assert!(
        said.contains(&"`relationships` needs apiVersion v3.1.0"),
        "{said:?}"
    );
    assert!(
        said.contains(&"`metric` needs apiVersion v3.1.0"),
        "{said:?}"
    );
}

#[test]
fn what_stands_twice_is_said_and_not_compared() {
    let text = ORDERS
        .replace(
            "      - { metric: rowCount, mustBeGreaterThan: 0 }\n",
            "      - { metric: rowCount, mustBeGreaterThan: 0 }\n      - { metric: rowCount, mustBeGreaterThan: 7 }\n",
        )
        .replace("name: customer_id", "name: order_id");
    let parsed = parse(&text);
    let said: Vec<_> = parsed
        .problems
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert!(
        said.contains(&"the quality rule `row_count` stands twice"),
        "{said:?}"
    );
    assert!(
        said.contains(&"the property `order_id` stands twice"),
        "{said:?}"
    );
    let contract = parsed.value.unwrap();
    assert_eq!(
        contract.datasets[0].fields.len(),
        3,
        "the first stands for both"
    );
    let field = contract.datasets[0]
        .pointer()
        .word("fields")
        .name("order_id");
    assert!(contract.is_opaque(&field));
}
