//! Attributes whose words are a closed list that Cedar does not know.

use std::collections::BTreeSet;

use meshlaw_contract::model::{ConsumerKind, Word};
use meshlaw_diff::{Aspect, Motion, catalogue};

/// Returns the words that an attribute can have; none where any will do.
pub(super) fn of<'w>(path: &str, roles: &'w BTreeSet<String>) -> Vec<&'w str> {
    match path {
        "context.rule" => match catalogue() {
            Ok(catalogue) => catalogue.rules().iter().map(|rule| rule.id).collect(),
            Err(_) => Vec::new(),
        },
        "context.aspect" => Aspect::ALL.iter().map(|one| one.as_str()).collect(),
        "context.motion" => Motion::ALL.iter().map(|one| one.as_str()).collect(),
        "principal.kind" => ConsumerKind::ALL.iter().map(|one| one.as_str()).collect(),
        "principal.roles" | "principal.owner.roles" | "principal.approver.roles" => {
            roles.iter().map(String::as_str).collect()
        }
        _ => Vec::new(),
    }
}
