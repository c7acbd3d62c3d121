//! Our reading and the official schemas accept and refuse the same.

use serde_json::Value as Json;

use crate::mutation::{Dice, mutate};
use crate::official::{Schemas, files, folder, parse, structural, to_json};

/// Compares both verdicts on a document, told as JSON.
fn disagreement(schemas: &Schemas, document: &Json) -> Option<String> {
    let errors = schemas.errors(document)?;
    let text = document.to_string();
    let faults = structural(&parse(&text).problems);
    (errors.is_empty() != faults.is_empty()).then(|| {
        let shown: Vec<String> = errors.iter().take(3).map(|one| cut(one)).collect();
        format!(
            "schema: {shown:?}\n  ours: {:?}",
            faults.iter().take(3).collect::<Vec<_>>()
        )
    })
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

#[test]
fn official_files_are_judged_as_the_schema_of_their_version_judges_them() {
    let Some(folder) = folder() else { return };
    let schemas = Schemas::load(&folder);
    let (mut accepted, mut refused) = (0, Vec::new());
    for (name, text) in files(&folder.join("examples")) {
        let faults = structural(&parse(&text).problems);
        let errors = schemas.errors(&to_json(&text)).expect("a known version");
        assert_eq!(
            errors.is_empty(),
            faults.is_empty(),
            "{name}\n{errors:?}\n{faults:?}"
        );
        if faults.is_empty() {
            let all = parse(&text).problems;
            let all: Vec<_> = all
                .iter()
                .filter(|one| one.gravity == meshlaw_contract::Gravity::Fault)
                .collect();
            assert!(all.is_empty(), "{name}: {all:?}");
            accepted += 1;
        } else {
            assert!(
                faults
                    .iter()
                    .any(|fault| fault.contains("needs apiVersion")),
                "{name}: {faults:?}"
            );
            refused.push(name);
        }
    }
    let mut negatives = 0;
    for (name, text) in files(&folder.join("negative")) {
        assert!(!structural(&parse(&text).problems).is_empty(), "{name}");
        negatives += 1;
    }
    eprintln!("{accepted} examples accepted, {refused:?} refused, {negatives} negatives refused");
    assert_eq!((accepted, refused.len(), negatives), (15, 3, 28));
}

#[test]
fn mutations_of_official_files_are_judged_as_the_schema_judges_them() {
    let Some(folder) = folder() else { return };
    let schemas = Schemas::load(&folder);
    let mut documents: Vec<(String, Json)> = Vec::new();
    for part in ["examples", "negative"] {
        for (name, text) in files(&folder.join(part)) {
            documents.push((name, to_json(&text)));
        }
    }
    let mut dice = Dice::new(2026);
    let (mut judged, mut valid) = (0, 0);
    let mut wrong = Vec::new();
    for round in 0..4_000 {
        let (name, document) = &documents[round % documents.len()];
        let Some(mutant) = mutate(document, &mut dice) else {
            continue;
        };
        let Some(errors) = schemas.errors(&mutant) else {
            continue;
        };
        judged += 1;
        valid += usize::from(errors.is_empty());
        if let Some(told) = disagreement(&schemas, &mutant) {
            wrong.push(format!("{name}\n  {told}"));
        }
    }
    eprintln!(
        "{judged} mutations judged, {valid} of them valid, {} disagreements",
        wrong.len()
    );
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{}",
        wrong
            .iter()
            .take(25)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert!(judged > 1_500 && valid > 200);
}
