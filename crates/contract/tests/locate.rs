//! Pointers to places: what is named is found, and what is missing leads to the part around it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use meshlaw_contract::locate::{Lists, locate, locate_among};
use meshlaw_contract::{Format, Key, Limits, Pointer, read};
use support::contract;

const CONTRACT: &str = r##"schema: leads
version: 1.0.0
owner: team
tags: [b2b, "crm"]
regions:
  - eu-central-1
sla: { freshness: 1h, "odd one": x }
servers:
  - { type: s3, name: lake, bucket: b }
properties: { fields: { fields: 1 } }
deprecated: { sunset: 2027-01-01, replacement: none }
fields:
  - name: id
    type: string
    enum: [a, 'null', 1.10]
  - { type: object, name: address, fields: [{ type: string, name: city }] }
  - name: fields
    type: array
    items: { type: object, fields: [{ name: fields, type: long }] }
  - { name: "a.b", type: map, keys: { type: string }, values: { type: long } }
  - name: *x
quality:
  - no_nulls: [id]
  - name: sane
    range: { field: id, min: 1 }
  - unique: [id, address]
"##;

/// Builds a pointer from steps; a step that begins with `=` is a name, others are words.
fn pointer(steps: &str) -> Pointer {
    let steps = steps.split('/').filter(|step| !step.is_empty());
    steps
        .map(|step| match step.strip_prefix('=') {
            Some(name) => Key::Name(name.to_owned()),
            None => Key::Word(step.to_owned().leak()),
        })
        .collect()
}

fn place(text: &str, steps: &str) -> String {
    let documents = read(text, &Limits::default());
    let span = locate(&documents[0].0, Format::Native, &pointer(steps));
    let covered = &text[span.start as usize..span.end as usize];
    format!("{}:{} {covered}", span.line, span.column)
}

#[test]
fn every_kind_of_part_is_found() {
    let text = CONTRACT.replace("  - name: *x\n", "");
    assert!(contract(&text).value.is_some());
    for (steps, expected) in [
        ("", "1:1 schema"),
        ("owner", "3:1 owner"),
        ("tags/=crm", "4:13 \"crm\""),
        ("tags/=gone", "4:1 tags"),
        ("regions/=eu-central-1", "6:5 eu-central-1"),
        ("sla/=freshness", "7:8 freshness"),
        ("sla/=odd one", "7:23 \"odd one\""),
        ("servers/=lake", "9:23 lake"),
        ("servers/=lake/type", "9:7 type"),
        ("servers/=lake/=bucket", "9:29 bucket"),
        ("properties/=fields/=fields", "10:25 fields"),
        ("deprecated/sunset", "11:15 sunset"),
        ("deprecated/since", "11:1 deprecated"),
        ("fields/=id", "13:11 id"),
        ("fields/=id/type", "14:5 type"),
        ("fields/=id/enum/=a", "15:12 a"),
        ("fields/=id/enum/=null", "15:15 'null'"),
        ("fields/=id/enum/=1.1", "15:23 1.10"),
        ("fields/=id/enum/=gone", "15:5 enum"),
        ("fields/=id/required", "13:11 id"),
        ("fields/=address", "16:27 address"),
        ("fields/=address/fields/=city", "16:67 city"),
        ("fields/=address/fields/=city/type", "16:47 type"),
        ("fields/=address/fields/=gone/type", "16:36 fields"),
        ("fields/=fields/items", "19:5 items"),
        ("fields/=fields/items/fields/=fields/type", "19:53 type"),
        ("fields/=a.b/values/type", "20:65 type"),
        ("fields/=a/fields/=b", "12:1 fields"),
        ("fields/=gone", "12:1 fields"),
        ("quality/=no_nulls", "22:5 no_nulls"),
        ("quality/=sane", "23:11 sane"),
        ("quality/=sane/range/min", "24:25 min"),
        ("quality/=unique(address, id)", "25:5 unique"),
        ("quality/=gone", "21:1 quality"),
        ("datasets/=gone/fields", "1:1 schema"),
    ] {
        assert_eq!(place(&text, steps), expected, "{steps}");
    }
}

#[test]
fn parts_in_datasets_and_uses_are_found() {
    let datasets =
        "schema: s\ndatasets:\n- name: a\n  fields: []\n- name: b\n  fields:\n  - name: x\n";
    assert_eq!(place(datasets, "datasets/=b/fields/=x"), "7:11 x");
    let uses = "consumer: c\nuses:\n- contract: a/b\n- version: ^1\n  contract: a/c\n";
    assert_eq!(place(uses, "uses/=a/c/version"), "2:1 uses");
    let step = Pointer::root().word("uses").name("a/c").word("version");
    let documents = read(uses, &Limits::default());
    assert_eq!(locate(&documents[0].0, Format::Native, &step).line, 4);
}

#[test]
fn what_cannot_be_read_is_located_at_its_first_line() {
    for text in ["", "a: [", "a: 1\na: 2\n"] {
        let documents = read(text, &Limits::default());
        let span = locate(&documents[0].0, Format::Native, &pointer("fields/=a"));
        assert_eq!((span.line, span.column), (1, 1), "{text}");
    }
}

/// An alias is located where it stands, since that is what its author can change.
#[test]
fn aliases_are_located_where_they_stand() {
    let text = "fields:\n- &x { name: a, type: string }\nquality: []\nother:\n- *x\n";
    assert_eq!(place(text, "other"), "4:1 other");
    assert_eq!(place(text, "fields/=a/type"), "2:17 type");
}

/// Of a long list the names are remembered; they lead where looking at each element leads.
#[test]
fn long_lists_are_looked_up_as_short_ones_are() {
    let native = |at: usize| {
        let name = if at.is_multiple_of(50) { 0 } else { at };
        format!("  - {{ name: f{name}, type: string, enum: [a, b] }}\n")
    };
    let odcs = |at: usize| format!("  - {{ value: v{at} }}\n");
    let plain = |at: usize| format!("  - v{at}\n");
    let rule = |at: usize| match at % 3 {
        0 => format!("  - unique: [f{at}]\n"),
        1 => format!("  - {{ name: r{at}, no_nulls: [f{at}] }}\n"),
        _ => format!("  - range: {{ field: f{at}, min: 1 }}\n"),
    };
    let lists = Lists::default();
    let text: String = ["schema: long\nfields:\n".to_owned()]
        .into_iter()
        .chain((0..200).map(native))
        .chain(["quality:\n".to_owned()])
        .chain((0..200).map(rule))
        .chain(["enum:\n".to_owned()])
        .chain((0..200).map(plain))
        .collect();
    let documents = read(&text, &Limits::default());
    let document = &documents[0].0;
    let found = |steps: &str| {
        let pointer = pointer(steps);
        let among = locate_among(document, Format::Native, &pointer, &lists);
        assert_eq!(among, locate(document, Format::Native, &pointer), "{steps}");
        among.line as usize
    };
    for at in (0..200).rev() {
        // The first of a name is meant.
        let line = if at % 50 == 0 { 3 } else { at + 3 };
        let name = if at % 50 == 0 { 0 } else { at };
        assert_eq!(found(&format!("fields/=f{name}")), line);
        assert_eq!(found(&format!("fields/=f{name}/type")), line);
        let identity = match at % 3 {
            0 => format!("unique(f{at})"),
            1 => format!("r{at}"),
            _ => format!("range(f{at})"),
        };
        assert_eq!(
            found(&format!("quality/={identity}")),
            at + 204,
            "{identity}"
        );
        assert_eq!(found(&format!("enum/=v{at}")), at + 405);
    }
    assert_eq!(found("fields/=none"), 2);
    let text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nenum:\n{}",
        (0..200).map(odcs).collect::<String>()
    );
    let documents = read(&text, &Limits::default());
    for at in 0..200 {
        let pointer = pointer(&format!("enum/=v{at}"));
        let span = locate(&documents[0].0, Format::Odcs, &pointer);
        assert_eq!(span.line as usize, at + 4);
    }
}
