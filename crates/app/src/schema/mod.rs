//! The kinds of document that people write in, a JSON Schema for their editors out.
//!
//! Keys, meanings and what is expected come from the tables that documents are read by; beside
//! each table stands the shape of every key. What no schema can say is listed in [`BEYOND`].

mod consumer;
mod contract;
mod definitions;
mod form;
mod page;
mod part;
mod settings;
mod shape;
mod term;
mod waiver;

use meshlaw_contract::ProblemId;
use serde_json::{Map, Value, json};

use crate::settings::Settings;
use definitions::Definitions;
pub use page::page;
pub use settings::KIND as SETTINGS;

/// A kind of document that people write.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Name of the kind.
    pub name: &'static str,
    /// What such a document is for, as a sentence.
    pub about: &'static str,
    /// The globs of such documents, as settings have them.
    pub globs: fn(Settings) -> Vec<String>,
    /// The schema of the outermost mapping.
    root: fn(&mut Definitions) -> Map<String, Value>,
}

/// Every kind, sorted by name.
pub const KINDS: &[Kind] = &[
    consumer::KIND,
    contract::KIND,
    settings::KIND,
    term::KIND,
    waiver::KIND,
];

/// What reading a document can find and no schema can say.
///
/// Some contradictions are said by a schema all the same, such as `items` in a field that is no
/// `array`.
pub const BEYOND: &[ProblemId] = &[
    ProblemId::BudgetExceeded,
    ProblemId::Contradiction,
    ProblemId::DanglingName,
    ProblemId::DuplicateKey,
    ProblemId::DuplicateName,
    ProblemId::IncompleteDeprecation,
];

impl Kind {
    /// Returns the address that the schema is published under, which is its `$id`.
    pub fn id(&self) -> String {
        let repository = env!("CARGO_PKG_REPOSITORY");
        format!(
            "{repository}/raw/main/docs/schemas/{}.schema.json",
            self.name
        )
    }

    /// Returns the JSON Schema (draft 2020-12) of such documents.
    pub fn schema(&self) -> Value {
        let mut definitions = Definitions::default();
        let root = (self.root)(&mut definitions);
        let mut schema = Map::from_iter([
            (
                "$schema".to_owned(),
                json!("https://json-schema.org/draft/2020-12/schema"),
            ),
            ("$id".to_owned(), json!(self.id())),
            ("title".to_owned(), json!(format!("meshlaw {}", self.name))),
            ("description".to_owned(), json!(self.about)),
        ]);
        for (keyword, value) in root {
            schema.entry(keyword).or_insert(value);
        }
        schema.insert("$defs".to_owned(), definitions.finish());
        Value::Object(schema)
    }
}

#[cfg(test)]
mod tests;
