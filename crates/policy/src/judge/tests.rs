use super::*;
use crate::entity::uid;
use crate::reading::Reading;
use crate::request::{Surroundings, standing};
use cedar_policy::{Entity, Request};
use meshlaw_contract::{Format, Limits, parse_contracts};

/// A contract that states everything, and one that states as little as it can.
const CONTRACTS: [&str; 2] = [
    "schema: a\nversion: 1.0.0\nowner: t\nfields: [{ name: x, type: string }]\n",
    "schema: orders\nversion: 2.1.0-rc.1\nid: o\nowner: t\nstatus: active\ndomain: sales\n\
     product: journey\ndescription: d\npurpose: [p]\nclassification: restricted\ntags: [x]\n\
     compatibility: full\nretention: 30 days\nlegal_basis: consent\nregions: [eu-west-1]\n\
     servers: [{ name: p, type: kafka, topic: t }]\nproperties: { tier: gold, n: 1 }\n\
     deprecated: { since: 2026-01-01, sunset: 2027-01-01, replacement: none }\n\
     sla: { freshness: 1h, latency: 5 minutes, availability: 99.5% }\n\
     datasets:\n  - name: rows\n    physical_name: r\n    description: d\n    tags: [y]\n\
     \x20   classification: internal\n    deprecated: { sunset: 2027-01-01, replacement: none }\n\
     \x20   quality: [{ unique: [k] }]\n    fields:\n\
     \x20     - { name: k, type: decimal, precision: 9, scale: 2, required: true, primary_key: true,\n\
     \x20         unique: true, description: d, physical_name: p, classification: public, term: t,\n\
     \x20         unit: EUR, format: f, tags: [z], min: 1, max: 2,\n\
     \x20         references: { contract: sales/x, field: y },\n\
     \x20         deprecated: { sunset: 2027-01-01, replacement: none } }\n\
     \x20     - { name: e, type: string, pii: contact, masking: hash, encrypted: true, enum: [a],\n\
     \x20         pattern: '^a$', max_length: 9, min_length: 1 }\n\
     \x20     - { name: n, type: map, keys: { type: string }, values: { type: array, items: { type: uuid } } }\n",
];

fn identity() -> Identity {
    Identity {
        domain: "sales".to_owned(),
        name: "orders".to_owned(),
        path: "p".to_owned(),
    }
}

#[test]
fn what_is_asked_conforms_to_the_vocabulary() {
    let schema = crate::vocabulary().unwrap();
    let world = World::empty(jiff::civil::date(2026, 11, 23));
    for text in CONTRACTS {
        let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
        assert_eq!(parsed.problems, [], "{text}");
        let contract = parsed.value.unwrap();
        let identity = identity();
        let view = ContractView::new(&contract, &identity, &world);
        let check = |subject: &Subject<'_>| {
            let reading = Reading::everything(subject.part());
            let mut surroundings = Surroundings::default();
            let entities = surroundings
                .entities(subject, Action::Publish, &reading)
                .unwrap();
            let is_action = |entity: &&Entity| entity.uid().type_name().to_string() == "Action";
            let all = entities.iter().filter(|entity| !is_action(entity)).cloned();
            Entities::from_entities(all, Some(schema)).unwrap();
            Request::new(
                uid("Team", "t"),
                uid("Action", "publish"),
                subject.uid(),
                standing(&world).unwrap(),
                Some(schema),
            )
            .unwrap();
        };
        check(&Subject::Contract(view));
        for dataset in &contract.datasets {
            let of = DatasetView::new(view, dataset);
            check(&Subject::Dataset(of));
            visit_fields(dataset, &mut |way, field| {
                check(&Subject::Field(FieldView { of, field, way }));
            });
        }
    }
}

/// What the fields of a contract share is made once; nothing of one may be left to the next.
#[test]
fn surroundings_are_those_of_each_part() {
    let world = World::empty(jiff::civil::date(2026, 11, 23));
    let fields =
        "fields: [{ name: x, type: string }, { name: y, type: object, fields: [{ name: z }] }]";
    let text = format!(
        "schema: orders\nowner: t\ndatasets: [{{ name: a, description: d, {fields} }}, {{ name: b, {fields} }}]\n"
    );
    let contract = parse_contracts(&text, Format::Native, &Limits::default())
        .remove(0)
        .value;
    let contract = contract.unwrap();
    let identity = identity();
    let view = ContractView::new(&contract, &identity, &world);
    let mut kept = Surroundings::default();
    let mut count = 0;
    let mut check = |kept: &mut Surroundings, subject: &Subject<'_>| {
        let reading = Reading::everything(Part::Field);
        let entities = |around: &mut Surroundings| {
            around.entities(subject, Action::Publish, &reading).unwrap()
        };
        assert_eq!(entities(kept), entities(&mut Surroundings::default()));
        count += 1;
    };
    check(&mut kept, &Subject::Contract(view));
    for dataset in &contract.datasets {
        let of = DatasetView::new(view, dataset);
        kept.leave_dataset();
        check(&mut kept, &Subject::Dataset(of));
        visit_fields(dataset, &mut |way, field| {
            check(&mut kept, &Subject::Field(FieldView { of, field, way }));
        });
    }
    assert_eq!(count, 1 + 2 * 4);
}

#[test]
fn the_part_around_a_change_is_what_is_judged() {
    let text = CONTRACTS[1];
    let contract = parse_contracts(text, Format::Native, &Limits::default())
        .remove(0)
        .value
        .unwrap();
    let world = World::empty(jiff::civil::date(2026, 11, 23));
    let identity = identity();
    let view = ContractView::new(&contract, &identity, &world);
    let rows = Pointer::root().word("datasets").name("rows");
    let field = rows.word("fields").name("n");
    for (pointer, expected) in [
        (Pointer::root().word("owner"), Pointer::root()),
        (rows.word("description"), rows.clone()),
        (rows.word("quality").name("unique(k)"), rows.clone()),
        (field.word("required"), field.clone()),
        (
            field.word("values").word("items").word("type"),
            field.word("values").word("items"),
        ),
        (rows.word("fields").name("gone"), rows.clone()),
    ] {
        assert_eq!(Subject::around(view, &pointer).pointer(), expected);
    }
}
