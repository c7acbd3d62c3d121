//! Native contracts: one meaning in every style, and what a problem leaves understood.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use std::path::Path;

use meshlaw_contract::model::{Check, Scalar, Type};
use support::{HEAD, clean, contract, contracts, ids, lines, opaque};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/founding")
        .join(name);
    std::fs::read_to_string(path).expect("the fixture is there")
}

#[test]
fn the_founding_contract_means_the_same_in_every_style() {
    let flow = clean(&fixture("marketing_leads.flow.contract.yaml"));
    let block = clean(&fixture("marketing_leads.block.contract.yaml"));
    assert_eq!(flow, block);

    let value: serde_yaml::Value =
        serde_yaml::from_str(&fixture("marketing_leads.block.contract.yaml")).expect("YAML");
    let json = serde_json::to_string(&value).expect("JSON");
    assert_eq!(clean(&json), block);
    let pretty = serde_json::to_string_pretty(&value).expect("JSON");
    assert_eq!(clean(&pretty.replace("  ", "\t")), block);
    assert_eq!(
        clean(&format!("\u{feff}{}", pretty.replace('\n', "\r\n"))),
        block
    );

    assert_eq!(block.name.as_deref(), Some("marketing_leads"));
    assert_eq!(
        block.version.as_ref().map(ToString::to_string).as_deref(),
        Some("2.1.0")
    );
    assert_eq!(block.sla["freshness"].to_string(), "15 minutes");
    let dataset = &block.datasets[0];
    assert_eq!(dataset.name, "marketing_leads");
    let fields: Vec<_> = dataset
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.required))
        .collect();
    assert_eq!(
        fields,
        [("lead_id", true), ("source", true), ("score", false)]
    );
    let rules: Vec<_> = dataset.quality.iter().map(|rule| rule.identity()).collect();
    assert_eq!(rules, ["no_nulls", "unique(lead_id)", "range(score)"]);
}

#[test]
fn text_around_the_meaning_does_not_matter() {
    let text = fixture("marketing_leads.flow.contract.yaml");
    let plain = clean(&text);
    for other in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace('\n', " # why\n\n"),
        format!("---\n{text}...\n"),
        format!("%YAML 1.2\n---\n{text}"),
    ] {
        assert_eq!(clean(&other), plain, "{other}");
    }
}

#[test]
fn types_nest() {
    let contract = clean(&format!(
        "{HEAD}fields:\n\
         - name: address\n  type: object\n  fields:\n  - {{ name: city, type: string }}\n\
         - {{ name: tags, type: array, items: {{ type: string }} }}\n\
         - {{ name: scores, type: map, keys: {{ type: string }}, values: {{ type: long }} }}\n\
         - {{ name: blob, type: array }}\n"
    ));
    let types: Vec<_> = contract.datasets[0]
        .fields
        .iter()
        .map(|field| &field.ty)
        .collect();
    let Type::Object(fields) = types[0] else {
        panic!("{types:?}")
    };
    assert_eq!(fields[0].name, "city");
    let Type::Array(Some(items)) = types[1] else {
        panic!("{types:?}")
    };
    assert_eq!(
        (items.name.as_str(), &items.ty),
        ("items", &Type::Scalar(Scalar::String))
    );
    let Type::Map {
        keys: Some(keys),
        values: Some(values),
    } = types[2]
    else {
        panic!("{types:?}")
    };
    assert_eq!(
        (keys.name.as_str(), values.name.as_str()),
        ("keys", "values")
    );
    assert_eq!(types[3], &Type::Array(None));
}

#[test]
fn names_hold_any_characters() {
    let names = [
        "required",
        "fields",
        "a.b",
        "__x__",
        "relationships",
        "with space",
        "😀",
        "null",
        "true",
        "42",
        "é",
        "a/b",
        "[x]",
        "- x",
        "#x",
        "'",
        "\"",
        "日本",
        "no",
        "x: y",
    ];
    let fields: Vec<_> = names
        .iter()
        .map(|name| serde_json::json!({ "name": name, "type": "string" }).to_string())
        .collect();
    let contract = clean(&format!("{HEAD}fields: [{}]\n", fields.join(", ")));
    let read: Vec<_> = contract.datasets[0]
        .fields
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(read, names);
}

#[test]
fn every_check_is_read() {
    let contract = clean(&format!(
        "{HEAD}fields: [{{ name: a, type: string }}, {{ name: b, type: long }}]\nquality:\n\
         - no_nulls: [b, a, b]\n\
         - unique: [b, a]\n\
         - range: {{ field: b, min: 1 }}\n\
         - values: {{ field: a, in: [x, y] }}\n\
         - pattern: {{ field: a, pattern: '^.$' }}\n\
         - row_count: {{ min: 1 }}\n\
         - sql: {{ query: select 1, engine: duckdb }}\n\
         - text: looks right\n\
         - {{ custom: {{ engine: soda, implementation: checks }}, name: mine, threshold: 99% }}\n"
    ));
    let rules = &contract.datasets[0].quality;
    assert_eq!(
        rules[0].check,
        Check::NoNulls(vec!["a".to_owned(), "b".to_owned()])
    );
    let identities: Vec<_> = rules.iter().map(|rule| rule.identity()).collect();
    let expected = [
        "no_nulls",
        "unique(a, b)",
        "range(b)",
        "values(a)",
        "pattern(a)",
        "row_count",
        "sql(select 1)",
        "text(looks right)",
        "mine",
    ];
    assert_eq!(identities, expected);
    let absolute: Vec<_> = rules.iter().map(|rule| rule.is_absolute()).collect();
    assert_eq!(
        absolute,
        [true, true, true, true, true, true, true, true, false]
    );
}

/// What was not understood is never compared, and nothing beside it suffers.
#[test]
fn a_problem_makes_opaque_what_it_is_about_and_no_more() {
    for (text, expected, left) in [
        ("feilds: [{ name: a, type: string }]", &["fields"][..], ""),
        ("fields: 5", &["fields"], ""),
        (
            "fields: [{ name: a, type: string }, { type: string }]",
            &["fields", "fields/name"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }, { nmae: b, type: string }]",
            &["fields", "fields/name"],
            "a",
        ),
        ("fields: [{ name: a, type: string }, b]", &["fields"], "a"),
        (
            "fields: [{ name: null, type: string }]",
            &["fields", "fields/name"],
            "",
        ),
        (
            "fields: [{ name: 7, type: string }]",
            &["fields", "fields/name"],
            "",
        ),
        (
            "fields: [{ name: '', type: string }]",
            &["fields", "fields/name"],
            "",
        ),
        (
            "fields: [{ name: a, type: string, max_length: x }, { name: b, type: long }]",
            &["fields/a/max_length"],
            "a b",
        ),
        (
            "fields: [{ name: a, type: string, requried: true }]",
            &["fields/a/required"],
            "a",
        ),
        ("fields: [{ name: a, type: string, colour: red }]", &[], "a"),
        (
            "fields: [{ name: a, type: strin }]",
            &[
                "fields/a/fields",
                "fields/a/items",
                "fields/a/keys",
                "fields/a/type",
                "fields/a/values",
            ],
            "a",
        ),
        (
            "fields: [{ name: a }]",
            &[
                "fields/a/fields",
                "fields/a/items",
                "fields/a/keys",
                "fields/a/type",
                "fields/a/values",
            ],
            "a",
        ),
        (
            "fields: [{ name: a, type: string, items: { type: long } }]",
            &["fields/a/items", "fields/a/type"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }, { name: a, type: long }]",
            &["fields/a"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string, pattern: '(' }]",
            &["fields/a/pattern"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string, references: { contract: [], field: b } }]",
            &["fields/a/references", "fields/a/references/contract"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nquality: [{ no_nuls: [a] }]",
            &["quality"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nquality: [{ no_nulls: a }]",
            &["quality"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nquality: [{ no_nulls: [a], severity: bad }]",
            &["quality/no_nulls/severity"],
            "a",
        ),
        (
            "fields: [{ name: a, type: long }]\nquality: [{ range: { field: a, min: x } }]",
            &["quality/range(a)", "quality/range(a)/range/min"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nquality: [no_nulls: [a], no_nulls: [a]]",
            &["quality/no_nulls"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nsla: { freshness: soon, latency: 1h }",
            &["sla/freshness"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\nservers: [{ name: s }]",
            &["servers/s/type"],
            "a",
        ),
        (
            "fields: [{ name: a, type: string }]\ntags: [x, 1]",
            &["tags"],
            "a",
        ),
        ("datsets: []", &["datasets"], "-"),
        ("datasets: [{ name: d }]", &["datasets/d/fields"], ""),
        ("", &["fields"], ""),
    ] {
        let text = format!("{HEAD}{text}\n");
        let parsed = contract(&text);
        let contract = parsed.value.expect("a model");
        let mut found = opaque(&contract);
        found.sort();
        assert_eq!(found, expected, "{text}");
        assert!(!parsed.problems.is_empty(), "{text}");
        let fields = contract.datasets.first().map(|dataset| {
            dataset
                .fields
                .iter()
                .map(|f| f.name.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        });
        assert_eq!(fields.as_deref().unwrap_or("-"), left, "{text}");
    }
}

#[test]
fn keys_that_must_be_there_are_asked_for() {
    for (text, expected) in [
        (
            "version: 1.0.0\nowner: o\nfields: []\n",
            &["1:1 missing-key: this contract lacks `schema` | add `schema:`"][..],
        ),
        (
            "schema: s\nowner: o\nfields: []\n",
            &["1:1 missing-key: this contract lacks `version` | add `version:`"],
        ),
        (
            "schema: s\nversion: 1.0.0\nfields: []\n",
            &["1:1 missing-key: this contract lacks `owner` | add `owner:`"],
        ),
        (
            "schema: s\nversion: 1.0.0\nowner: o\n",
            &["1:1 missing-key: this contract lacks `fields` | add `fields:`"],
        ),
        (
            "{}",
            &[
                "1:1 missing-key: this contract lacks `schema` | add `schema:`",
                "1:1 missing-key: this contract lacks `version` | add `version:`",
                "1:1 missing-key: this contract lacks `owner` | add `owner:`",
                "1:1 missing-key: this contract lacks `fields` | add `fields:`",
            ],
        ),
    ] {
        assert_eq!(lines(&contract(text).problems), expected, "{text}");
    }
    let nothing = contract("just words\n");
    assert!(nothing.value.is_none());
    assert_eq!(ids(&nothing.problems), ["1:1 wrong-type"]);
}

#[test]
fn documents_of_a_file_are_apart() {
    let good = format!("{HEAD}fields: [{{ name: a, type: string }}]\n");
    let text = format!("{good}---\nschema: [\n---\n{good}---\n{good}owner: x\n");
    let parsed = contracts(&text);
    let found: Vec<_> = parsed
        .iter()
        .map(|p| (p.value.is_some(), ids(&p.problems)))
        .collect();
    let none: Vec<String> = Vec::new();
    assert_eq!(found[0], (true, none.clone()));
    assert_eq!(found[1], (false, vec!["6:9 syntax".to_owned()]));
    assert_eq!(found[2], (true, none));
    assert_eq!(found[3], (false, vec!["17:1 duplicate-key".to_owned()]));
}

#[test]
fn problems_come_in_order_and_keep_to_one_line() {
    let text = "owner:\n  a: 1\n  b: 2\nversion: |\n  one\n  two\nschema: s\nfields:\n  a: 1\n";
    let parsed = contract(text);
    let covered = |span: meshlaw_contract::Span| &text[span.start as usize..span.end as usize];
    let found: Vec<_> = parsed
        .problems
        .iter()
        .map(|p| (p.span.line, covered(p.span)))
        .collect();
    assert_eq!(found, [(2, "a: 1"), (5, "one"), (9, "a: 1")]);
}

#[test]
fn a_flood_of_problems_is_cut_short() {
    let fields: String = (0..5_000)
        .map(|n| format!("- {{ name: f{n}, tpye: x }}\n"))
        .collect();
    let text = format!("{HEAD}fields:\n{fields}");
    let parsed = contract(&text);
    assert_eq!(parsed.problems.len(), 101);
    let last = parsed.problems.last().expect("a last one");
    assert_eq!(
        last.message,
        "this document has more problems than are listed"
    );
}

#[test]
fn moments_have_one_form() {
    for (moment, is_one) in [
        ("2027-01-31", true),
        ("2027-01-31T10:00:00Z", true),
        ("2027-01-31 10:00+02:00", true),
        ("10:00", true),
        ("10:00:00.5", true),
        // Without the quotes these would be numbers, which they were likely meant to be.
        ("10", false),
        ("1030", false),
        ("20270131", false),
        ("20270131T1000", false),
        ("2027-02-30T10:00:00Z", false),
        ("noon", false),
    ] {
        let field = format!("{{ name: a, type: string, min: \"{moment}\" }}");
        let text = format!("{HEAD}fields: [{field}]\n");
        assert_eq!(contract(&text).problems.is_empty(), is_one, "{moment}");
    }
}
