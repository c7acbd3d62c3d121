//! Files of tests as Cedar's own tools take them in, what the policies say otherwise out.

use std::path::{Path, PathBuf};

use meshlaw_changeset::Snapshot;
use meshlaw_contract::{Limits, NodeRef, View, read};
use meshlaw_policy::{Book, CedarTest, Misread};
use serde_json::Value;

use super::{Ran, Tested};
use crate::failure::Failure;
use crate::law::{self, PolicySource};

/// Runs the tests of files against the policies of a folder, or against the law as it holds here.
pub(super) fn run(files: &[PathBuf], folder: Option<&Path>) -> Result<Vec<Tested>, Failure> {
    let book = match folder {
        Some(folder) => super::super::read_book(folder)?,
        None => {
            let reader = Snapshot::folder(".").open()?;
            let law = law::load(&reader, &PolicySource::Settings);
            law.map_err(law::failure)?.book
        }
    };
    files.iter().map(|file| tests(file, &book)).collect()
}

fn tests(file: &Path, book: &Book) -> Result<Tested, Failure> {
    let shown = file.display().to_string();
    let text = text_of(file)?;
    let tests: Vec<Value> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let message = format!("this is no list of tests: {error}");
        Failure::new(message, FORM).at(format!("{shown}:{line}:{column}"))
    })?;
    let (mut examples, mut faults) = (Vec::new(), Vec::new());
    for (index, test) in tests.iter().enumerate() {
        let name = test.get("name").and_then(Value::as_str);
        let name = name.map_or_else(|| format!("test {}", index + 1), str::to_owned);
        match entities(test, file).and_then(|entities| CedarTest::read(test, entities)) {
            Ok(test) => {
                let trouble = test.trouble(book);
                examples.push(Ran {
                    example: name,
                    trouble: trouble.map_err(|error| Failure::new(error, ""))?,
                });
            }
            Err(misread) => faults.push(fault(&shown, &text, (index, &name), misread)),
        }
    }
    if let Some(failure) = Failure::all(faults) {
        return Err(failure);
    }
    Ok(Tested {
        policy: shown.clone(),
        file: shown,
        examples,
        conditions: Vec::new(),
        mutants: None,
        survivors: Vec::new(),
        text: String::new(),
    })
}

const FORM: &str =
    "write it as `cedar run-tests` takes it; `meshlaw policy export CONTRACT` writes one";

fn text_of(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", file.display());
        Failure::new(message, "name a file of tests, in UTF-8")
    })
}

/// Reads the file of entities that a test names, which lies beside it or below.
fn entities(test: &Value, file: &Path) -> Result<Option<Value>, Misread> {
    let Some(named) = test.get("entities").and_then(Value::as_str) else {
        return Ok(None);
    };
    let misread = |message: String, help: &str| Misread {
        keys: vec!["entities"],
        message,
        help: help.to_owned(),
    };
    let home = match file.parent() {
        Some(home) if !home.as_os_str().is_empty() => home,
        _ => Path::new("."),
    };
    let whole = |path: &Path| path.canonicalize();
    let there = whole(&home.join(named)).and_then(|path| Ok((path, whole(home)?)));
    let (path, home) = there.map_err(|error| {
        let message = format!("cannot read `{named}`: {error}");
        misread(message, "name a file from the folder of the tests")
    })?;
    if !path.starts_with(&home) {
        let message = format!("`{named}` lies outside of the folder of the tests");
        return Err(misread(message, "put it beside them"));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| {
        misread(
            format!("cannot read `{named}`: {error}"),
            "save it as UTF-8",
        )
    })?;
    let parsed = serde_json::from_str(&text).map_err(|error| {
        let message = format!("`{named}` holds no entities: {error}");
        misread(message, "write them as `meshlaw policy export` does")
    })?;
    Ok(Some(parsed))
}

/// Says where in the file a test is none.
fn fault(shown: &str, text: &str, (index, name): (usize, &str), misread: Misread) -> Failure {
    let limits = Limits {
        bytes: usize::MAX,
        nodes: usize::MAX,
        ..Limits::default()
    };
    let documents = read(text, &limits);
    let root = documents.first().and_then(|(document, _)| document.root());
    let test = root.and_then(|root| match root.view() {
        View::Sequence(mut tests) => tests.nth(index),
        _ => None,
    });
    let deepest = test.map(|test| {
        misread
            .keys
            .iter()
            .fold(test, |node: NodeRef<'_>, key| node.get(key).unwrap_or(node))
    });
    let place = match deepest.map(NodeRef::span) {
        Some(span) => format!("{shown}:{}:{}", span.line, span.column),
        None => shown.to_owned(),
    };
    Failure::new(format!("`{name}`: {}", misread.message), misread.help).at(place)
}
