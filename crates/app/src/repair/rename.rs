//! A field that was taken for renamed in, the word that says so out.

use meshlaw_contract::{Format, NodeRef, Pointer, locate};
use meshlaw_diff::{Aspect, Change, Motion};

use super::Repair;
use super::element::Element;
use crate::revision::Revision;

/// Writes down the name that a field had, where nothing in the contract says it.
pub fn repair(after: &Revision<'_>, change: &Change) -> Option<Repair> {
    let (edit, contract) = (&change.edit, after.contract()?);
    let is_rename = edit.aspect == Aspect::Field && edit.motion == Motion::Renamed;
    if !is_rename || contract.format != Format::Native {
        return None;
    }
    let (old, new) = (edit.place.base()?, edit.place.head()?);
    let before = name(old)?;
    let node = locate::find(&after.parsed.document, contract.format, new)?;
    let is_said = ["id", "renamed_from"]
        .iter()
        .any(|key| node.get(key).is_some());
    if is_said || name(new)? == before {
        return None;
    }
    let text = after.source.text;
    let stated: NodeRef<'_> = node.get("name")?;
    let element = Element::of(text, node)?;
    let entry = if element.is_json() {
        let escaped = before.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"renamed_from\": \"{escaped}\"")
    } else {
        format!("renamed_from: {}", quoted(before))
    };
    let (at, text) = element.after(stated, &entry)?;
    Some(Repair {
        title: format!("say that `{}` was called `{before}`", name(new)?),
        range: at..at,
        text,
    })
}

fn name(pointer: &Pointer) -> Option<&str> {
    Some(pointer.keys().last()?.as_str())
}

/// Quotes a name that YAML would not take as it is.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !matches!(name, "null" | "true" | "false");
    if is_plain {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}
