//! Contracts that the official schemas accept and nobody can mean: what is said of each, and that
//! the nearest right one is left in peace.

use meshlaw_contract::{Gravity, Problem};
use serde_json::Value as Json;

use crate::official::{Schemas, folder, parse, to_json};

/// A wrong piece, and the nearest right one.
struct Case {
    gravity: Gravity,
    wrong: String,
    says: String,
    right: String,
}

/// Reads the shipped cases, each piece put into a contract without faults.
fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wrong.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let all: Json = serde_yaml::from_str(&text).unwrap();
    let mut cases = Vec::new();
    for (list, gravity) in [("errors", Gravity::Fault), ("warnings", Gravity::Doubt)] {
        for case in all[list].as_array().unwrap() {
            let text = |key: &str| case[key].as_str().unwrap();
            let with = |piece| put(all["base"].as_str().unwrap(), text("at"), piece);
            cases.push(Case {
                gravity,
                wrong: with(text("wrong")),
                says: text("says").to_owned(),
                right: with(text("right")),
            });
        }
    }
    cases
}

fn put(base: &str, at: &str, piece: &str) -> String {
    let piece = if at == "column" {
        format!(", {piece}")
    } else {
        piece.to_owned()
    };
    let mut text = base.replace(&format!("{{{at}}}"), &piece);
    for other in ["{top}", "{table}", "{column}"] {
        text = text.replace(other, "");
    }
    text
}

fn said(text: &str) -> Vec<Problem> {
    parse(text).problems
}

#[test]
fn what_no_schema_finds_is_found() {
    let schemas = folder().map(|folder| Schemas::load(&folder));
    let mut wrong = Vec::new();
    for case in cases() {
        let problems = said(&case.wrong);
        let fits = |one: &Problem| one.gravity == case.gravity && one.message.contains(&case.says);
        if !problems.iter().any(fits) {
            wrong.push(format!("{}: {problems:?}", case.wrong));
        }
        let beside = said(&case.right);
        if !beside.is_empty() {
            wrong.push(format!("fine is {}, but: {beside:?}", case.right));
        }
        if let Some(schemas) = &schemas {
            let errors = schemas.errors(&to_json(&case.wrong)).unwrap();
            assert!(
                errors.is_empty(),
                "a schema finds {}: {errors:?}",
                case.wrong
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_makes_no_sense_is_said_once_and_where_it_stands() {
    let cases = cases();
    assert!(cases.len() >= 90, "{} cases", cases.len());
    for Case { wrong, .. } in cases {
        let messages: Vec<_> = said(&wrong)
            .into_iter()
            .map(|one| {
                let place = wrong.get(one.span.start as usize..one.span.end as usize);
                assert!(place.is_some_and(|place| !place.is_empty()), "{one:?}");
                assert!(one.help.is_some(), "{one:?}");
                one.message
            })
            .collect();
        assert_eq!(messages.len(), 1, "{wrong}: {messages:?}");
    }
}
