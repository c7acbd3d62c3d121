//! Nothing of a document is lost: a change of any value shows in the model.

use serde_json::{Value as Json, json};

use crate::mutation::places;
use crate::official::{files, folder, parse, structural, to_json};

/// Values whose change says nothing, and why.
const SILENT: &[(&str, &str)] = &[
    ("/kind", "there is one kind"),
    ("/quality/type", "the check itself shows which type it is"),
    ("/relationships/type", "there is one type"),
    (
        "/customProperties/description",
        "what a free key is for, the free key does not change",
    ),
    ("/customProperties/id", "a free key is known by its name"),
];

fn is_silent(place: &str) -> bool {
    let words: Vec<&str> = place
        .split('/')
        .filter(|part| part.parse::<usize>().is_err())
        .collect();
    let plain = words.join("/");
    SILENT.iter().any(|(end, _)| plain.ends_with(end))
}

/// Values of the same type that stand for another meaning.
fn others(value: &Json) -> Vec<Json> {
    match value {
        Json::Bool(flag) => vec![json!(!flag)],
        Json::Number(number) => vec![json!(number.as_f64().unwrap_or(0.0) + 3.0), json!(5)],
        Json::String(text) => {
            let mut others = vec![json!(format!("{text}x")), json!(format!("sftp://{text}"))];
            let words = [
                "x",
                "2031-02-03",
                "4.5.6",
                "uniqueness",
                "rowCount",
                "integer",
                "sql",
            ];
            others.extend(words.into_iter().map(|other| json!(other)));
            others
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_value_of_the_official_examples_shows_in_the_model() {
    let Some(folder) = folder() else { return };
    let (mut told, mut lost) = (0, Vec::new());
    for (name, text) in files(&folder.join("examples")) {
        let document = to_json(&text);
        let base = document.to_string();
        let parsed = parse(&base);
        if !structural(&parsed.problems).is_empty() {
            continue;
        }
        let model = parsed.value.expect("a contract");
        let all = places(&document);
        // A long document says the same things again and again.
        for place in all.iter().step_by(all.len() / 1_000 + 1) {
            let value = document.pointer(place).unwrap();
            if value.is_object() || value.is_array() || is_silent(place) {
                continue;
            }
            let mut changed = document.clone();
            // The first other value that the standard takes will do.
            for other in others(value).into_iter().filter(|other| other != value) {
                *changed.pointer_mut(place).unwrap() = other.clone();
                let text = changed.to_string();
                let parsed = parse(&text);
                if !structural(&parsed.problems).is_empty() {
                    continue;
                }
                told += 1;
                if parsed.value.as_ref() == Some(&model) {
                    lost.push(format!("{name} {place}: {value} and {other}"));
                }
                break;
            }
        }
    }
    eprintln!("{told} values changed one by one");
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(told > 500);
}
