//! What became of a contract in, an OpenLineage event about its dataset out.

use serde::Serialize;
use serde_json::{Value, json};

/// Version of the specification that the event is written by.
const SPECIFICATION: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json";

/// What became of a contract.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractState<'c> {
    /// Contract, as `domain/name`.
    #[serde(skip)]
    pub contract: &'c str,
    /// Version before.
    pub version_before: Option<&'c str>,
    /// Version after.
    pub version_after: Option<&'c str>,
    /// The worst of its changes: `safe`, `risky` or `breaking`.
    pub impact: &'c str,
    /// How many findings about it stop the change.
    pub blocking: usize,
    /// What stands, one line each.
    pub findings: Vec<String>,
}

/// Writes the event, with what became of the contract as a facet of its dataset.
pub fn dataset_event(state: &ContractState<'_>, producer: &str, time: &str) -> Value {
    let (domain, name) = state
        .contract
        .split_once('/')
        .unwrap_or(("", state.contract));
    let mut facet = json!(state);
    if let Some(facet) = facet.as_object_mut() {
        facet.insert("_producer".to_owned(), producer.into());
        facet.insert(
            "_schemaURL".to_owned(),
            format!("{SPECIFICATION}#/$defs/DatasetFacet").into(),
        );
    }
    json!({
        "eventTime": time,
        "producer": producer,
        "schemaURL": format!("{SPECIFICATION}#/$defs/DatasetEvent"),
        "dataset": {
            "namespace": domain,
            "name": name,
            "facets": { "meshlaw_contract": facet },
        },
    })
}
