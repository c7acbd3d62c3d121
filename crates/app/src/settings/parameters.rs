//! Parameters that settings state in, as a bundle carries them out, and back into settings.

use std::collections::BTreeMap;

use meshlaw_bundle::Parameter;
use meshlaw_contract::lowering::Lowering;
use meshlaw_contract::{Limits, NodeRef, View, read};
use meshlaw_policy::Parameters;

use super::PARAMETERS;

/// Returns the parameters that a text of settings states, as they are written.
pub fn stated(text: &str) -> BTreeMap<String, Parameter> {
    let documents = read(text, &Limits::default());
    let document = documents.first().map(|(document, _)| document);
    let node = document
        .and_then(|document| document.root())
        .and_then(|root| root.get("parameters"));
    let Some(View::Mapping(entries)) = node.map(|node| node.view()) else {
        return BTreeMap::new();
    };
    let entries =
        entries.filter_map(|(key, value)| Some((key.text()?.to_owned(), parameter(value)?)));
    entries.collect()
}

fn parameter(node: NodeRef<'_>) -> Option<Parameter> {
    if let View::Sequence(items) = node.view() {
        let texts = items.map(|item| item.scalar().map(|one| one.text.to_owned()));
        return texts.collect::<Option<_>>().map(Parameter::List);
    }
    let text = node.scalar()?.text;
    Some(match text.parse() {
        Ok(number) => Parameter::Number(number),
        Err(_) => Parameter::Text(text.to_owned()),
    })
}

/// Sets one parameter.
///
/// # Errors
///
/// Says why it is none.
pub fn set(into: &mut Parameters, name: &str, value: &Parameter) -> Result<(), String> {
    let one = BTreeMap::from([(name, value)]);
    let text = serde_json::to_string(&one).map_err(|error| error.to_string())?;
    let documents = read(&text, &Limits::default());
    let mut low = Lowering::new();
    if let Some(root) = documents.first().and_then(|(document, _)| document.root()) {
        low.mapping(root, &PARAMETERS, into);
    }
    match low.finish().0.into_iter().next() {
        None => Ok(()),
        Some(problem) => Err(problem.message),
    }
}
