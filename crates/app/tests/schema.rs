//! `meshlaw schema`: what it prints, where it writes, and how its schemas speak of typos.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::{meshlaw_in, workspace};
use serde_json::{Value, json};

const KINDS: [&str; 5] = ["consumer", "contract", "settings", "term", "waiver"];

fn schema(kind: &str) -> Value {
    let ran = meshlaw_in(&workspace(""), &["schema", kind]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn every_kind_is_printed_and_published() {
    for kind in KINDS {
        let schema = schema(kind);
        let path = workspace("docs/schemas").join(format!("{kind}.schema.json"));
        let published: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let id = schema["$id"].as_str().unwrap();
        assert!(
            id.ends_with(&format!("/docs/schemas/{kind}.schema.json")),
            "{id}"
        );
        assert_eq!(published["$id"], id);
    }
}

#[test]
fn a_file_gets_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let printed = meshlaw_in(folder.path(), &["schema", "term"]);
    let written = meshlaw_in(
        folder.path(),
        &["schema", "term", "--output", "new/term.schema.json"],
    );
    assert_eq!((written.code, written.stdout.as_str()), (0, ""));
    let text = std::fs::read_to_string(folder.path().join("new/term.schema.json")).unwrap();
    assert_eq!(text, printed.stdout);
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], i32, &str); 3] = [
        (&["schema"], 2, "<KIND>"),
        (
            &["schema", "contrat"],
            2,
            "[possible values: consumer, contract, settings, term, waiver]",
        ),
        (&["schema", "term", "--output", "."], 3, "cannot write `.`"),
    ];
    for (args, code, says) in cases {
        let ran = meshlaw_in(folder.path(), args);
        assert_eq!(ran.code, code, "{args:?}");
        assert!(ran.stderr.contains(says), "{args:?}: {}", ran.stderr);
    }
}

/// What is wrong with a document, where, and a piece of what an editor says.
const TYPOS: &[(&str, &str, &str)] = &[
    ("/ownr", "", "'ownr' was unexpected"),
    ("/fields/0/tpye", "/fields/0", "'tpye' was unexpected"),
    (
        "/fields/0/required=\"yes\"",
        "/fields/0/required",
        "not of type \"boolean\"",
    ),
    (
        "/fields/0/type=\"strin\"",
        "/fields/0/type",
        "not one of \"string\"",
    ),
    (
        "/fields/0/max_length=-1",
        "/fields/0/max_length",
        "less than the minimum of 0",
    ),
    (
        "/fields/0/enum=[]",
        "/fields/0/enum",
        "has less than 1 item",
    ),
    (
        "/fields/0/items={\"type\":\"uuid\"}",
        "/fields/0/type",
        "\"array\" was expected",
    ),
    ("/retention=\"soon\"", "/retention", "does not match"),
    (
        "/sla={\"availability\":99.5}",
        "/sla/availability",
        "not of type \"string\"",
    ),
    (
        "/description=\"\"",
        "/description",
        "does not match \"\\S\"",
    ),
    ("/version=2.1", "/version", "not of types"),
    ("/datasets=[]", "/fields", "False schema does not allow"),
];

#[test]
fn an_editor_can_say_where_a_typo_is_and_what_was_expected() {
    let validator = jsonschema::draft202012::new(&schema("contract")).unwrap();
    let good = json!({
        "schema": "leads", "version": "2.1.0", "owner": "marketing-team",
        "fields": [{ "name": "lead_id", "type": "string" }],
    });
    assert!(validator.is_valid(&good));
    for (typo, place, says) in TYPOS {
        let (at, value) = typo.split_once('=').unwrap_or((typo, "1"));
        let (parent, key) = at.rsplit_once('/').unwrap();
        let mut bad = good.clone();
        bad.pointer_mut(parent).unwrap()[key] = serde_json::from_str(value).unwrap();
        let errors: Vec<_> = validator.iter_errors(&bad).collect();
        let [error] = errors.as_slice() else {
            panic!("{typo}: {errors:?}");
        };
        assert_eq!(error.instance_path().to_string(), *place, "{typo}");
        assert!(error.to_string().contains(says), "{typo}: {error}");
    }
}

#[test]
fn the_page_for_editors_wires_every_kind() {
    let page = std::fs::read_to_string(workspace("docs/editors.md")).unwrap();
    let wiring = page.split("```json\n").nth(1).unwrap().split("```").next();
    let wiring: Value = serde_json::from_str(wiring.unwrap()).unwrap();
    let wired = wiring["yaml.schemas"].as_object().unwrap();
    assert_eq!(wired.len(), KINDS.len());
    for kind in KINDS {
        let id = schema(kind)["$id"].as_str().unwrap().to_owned();
        let globs = wired[&id].as_array().unwrap();
        assert!(!globs.is_empty(), "{kind}");
        assert!(page.contains(&format!("(schemas/{kind}.schema.json)")));
    }
}
