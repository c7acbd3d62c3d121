//! The official schemas, examples and negatives, where they are at hand.

use std::path::{Path, PathBuf};

use meshlaw_contract::lowering::to_value;
use meshlaw_contract::model::Contract;
use meshlaw_contract::{
    Format, Gravity, Limits, Parsed, Problem, ProblemId, Value, parse_contracts, read,
};
use serde_json::Value as Json;

/// Names another folder with the official files.
const FOLDER: &str = "MESHLAW_ODCS";

/// Returns the folder with the official files; they are not part of the project.
pub fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/odcs");
    let folder = std::env::var_os(FOLDER).map_or(beside, PathBuf::from);
    let folder = folder.is_dir().then_some(folder);
    if folder.is_none() {
        eprintln!("skipped: the official files of the standard are not at hand");
    }
    folder
}

/// The official schemas, by the versions that they hold for.
pub struct Schemas(Vec<(&'static str, jsonschema::Validator)>);

impl Schemas {
    pub fn load(folder: &Path) -> Self {
        // v3.0 has two schemas; the strict one knows which keys there are.
        let files = [
            ("v3.0", "odcs-json-schema-v3.0.2-strict.json"),
            ("v3.1", "odcs-json-schema-v3.1.0.json"),
            ("v3.2", "odcs-json-schema-v3.2.0.json"),
        ];
        let load = |(version, file): (&'static str, &str)| {
            let text = std::fs::read_to_string(folder.join("schema").join(file)).unwrap();
            let schema: Json = serde_json::from_str(&text).unwrap();
            (version, jsonschema::validator_for(&schema).unwrap())
        };
        Self(files.into_iter().map(load).collect())
    }

    /// Says what the schema of the declared version has against a document; `None` where it
    /// declares none that is known.
    pub fn errors(&self, document: &Json) -> Option<Vec<String>> {
        let version = document["apiVersion"].as_str()?;
        let known = ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"];
        let known = known.into_iter().find(|known| *known == version)?;
        let (_, schema) = self
            .0
            .iter()
            .find(|(prefix, _)| known.starts_with(prefix))?;
        let error =
            |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
        Some(schema.iter_errors(document).map(error).collect())
    }
}

/// Returns every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml") {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

pub fn parse(text: &str) -> Parsed<'_, Contract> {
    let mut parsed = parse_contracts(text, Format::Odcs, &Limits::default());
    assert_eq!(parsed.len(), 1, "{text}");
    parsed.remove(0)
}

/// Problems that no schema can find: what parts of a contract say of each other.
pub const BEYOND: &[ProblemId] = &[
    ProblemId::Contradiction,
    ProblemId::DanglingName,
    ProblemId::DuplicateName,
];

/// Faults that a schema should find, too.
pub fn structural(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .filter(|one| one.gravity == Gravity::Fault && !BEYOND.contains(&one.id))
        .map(|one| {
            let at = one.pointer.to_strings().join("/");
            format!("{at}: {}: {}", one.id.as_str(), one.message)
        })
        .collect()
}

/// Reads a text as the data that it holds.
pub fn to_json(text: &str) -> Json {
    let (document, problems) = read(text, &Limits::default()).remove(0);
    assert_eq!(problems, []);
    json(&to_value(document.root().unwrap()))
}

pub fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(flag) => Json::Bool(*flag),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
    }
}
