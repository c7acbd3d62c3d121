//! Holds schemas and reading against each other: both accept and refuse the same documents.

use serde_json::Value;

use super::documents::{shipped, whole};
use super::mutation::{Dice, Stock};
use super::verdict::{Judge, Tally, Verdict, values};
use super::{KINDS, each_mapping};

#[test]
fn documents_of_the_workspace_are_judged_alike() {
    let shipped = shipped();
    for kind in KINDS {
        let (judge, mut tally) = (Judge::of(kind.name), Tally::default());
        for document in shipped.iter().filter(|document| document.kind == kind.name) {
            // What is not even YAML, or several documents, is nothing that a schema sees.
            if let [value] = values(&document.text).as_slice() {
                let verdict = judge.judge_text(value, &document.text);
                tally.hear(verdict.map_err(|said| format!("{}: {said}", document.path)));
            }
        }
        tally.close(&format!("{}, shipped", kind.name));
        assert!(tally.count(Verdict::Accepted) > 1, "{}", kind.name);
    }
}

#[test]
fn whole_documents_are_accepted_and_hold_every_key() {
    for kind in KINDS {
        let mut keys: Vec<String> = Vec::new();
        for text in whole(kind.name) {
            let [value] = values(text).try_into().unwrap();
            let verdict = Judge::of(kind.name).judge_text(&value, text);
            assert_eq!(verdict, Ok(Verdict::Accepted));
            each_mapping(&value, &mut |mapping| keys.extend(mapping.keys().cloned()));
        }
        each_mapping(&kind.schema(), &mut |mapping| {
            let title = mapping.get("title").and_then(Value::as_str);
            // Ids are too many to stand all in one document; a few are enough.
            if matches!(title, None | Some("grades" | "levels")) {
                return;
            }
            for key in mapping["properties"].as_object().unwrap().keys() {
                assert!(keys.contains(key), "no {} with `{key}`", kind.name);
            }
        });
    }
}

#[test]
fn each_mutation_is_judged_alike() {
    for kind in KINDS {
        let (judge, stock) = (Judge::of(kind.name), Stock::of(&kind.schema()));
        let mut tally = Tally::default();
        for document in whole(kind.name).into_iter().flat_map(values) {
            for mutant in stock.each(&document) {
                tally.hear(judge.judge(&mutant));
            }
        }
        tally.close(&format!("{}, each mutation", kind.name));
        assert!(tally.count(Verdict::Accepted) > 100);
        assert!(tally.count(Verdict::Refused) > 500);
    }
}

#[test]
fn thousands_of_mutations_are_judged_alike() {
    let shipped = shipped();
    for (seed, kind) in (0..).zip(KINDS) {
        let of_kind = shipped.iter().filter(|document| document.kind == kind.name);
        let texts = of_kind.map(|document| document.text.as_str());
        let (judge, stock) = (Judge::of(kind.name), Stock::of(&kind.schema()));
        let mut seeds: Vec<Value> = texts.chain(whole(kind.name)).flat_map(values).collect();
        // In a document that is wrong already, one more thing wrong shows nothing.
        seeds.retain(|seed| judge.judge(seed) == Ok(Verdict::Accepted));
        let (mut dice, mut tally) = (Dice::new(seed), Tally::default());
        for _ in 0..4_000 {
            let start = dice.pick(&seeds);
            tally.hear(judge.judge(&stock.any(&mut dice, start)));
        }
        tally.close(&format!("{}, by the dice", kind.name));
        assert!(tally.count(Verdict::Accepted) > 500);
        assert!(tally.count(Verdict::Refused) > 500);
    }
}
