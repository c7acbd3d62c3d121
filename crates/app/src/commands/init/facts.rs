//! A contract's document in, whose it is and which free words it uses out.
//!
//! Knows no more of either format than that; what a contract means is read elsewhere.

use meshlaw_contract::{NodeRef, View};

use super::vocabulary::Words;

/// What a contract says of itself.
#[derive(Debug, Default)]
pub struct Facts {
    /// Domain that it names.
    pub domain: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// Reads a native contract.
pub fn native_facts(root: NodeRef<'_>) -> Facts {
    Facts {
        domain: text(root, "domain"),
        owner: text(root, "owner"),
    }
}

/// Reads a contract of the Open Data Contract Standard.
pub fn odcs_facts(root: NodeRef<'_>, words: &mut Words) -> Facts {
    words.status(text(root, "status"));
    for level in items(root, "slaProperties") {
        words.sla(text(level, "property"));
    }
    for role in items(root, "roles") {
        words.role(text(role, "role"));
    }
    for dataset in items(root, "schema") {
        classifications(dataset, words);
    }
    Facts {
        domain: text(root, "domain"),
        owner: odcs_owner(root),
    }
}

/// The team by name, else its member who owns, else what organisations add themselves.
fn odcs_owner(root: NodeRef<'_>) -> Option<String> {
    let team = root.get("team");
    let member = |list: Vec<NodeRef<'_>>| {
        let owner = list.into_iter().find(|one| {
            text(*one, "role").is_some_and(|role| role.to_lowercase().contains("owner"))
        })?;
        text(owner, "username").or_else(|| text(owner, "name"))
    };
    team.and_then(|team| text(team, "name"))
        .or_else(|| member(items(root, "team")))
        .or_else(|| team.and_then(|team| member(items(team, "members"))))
        .or_else(|| {
            items(root, "customProperties")
                .into_iter()
                .find(|one| text(*one, "property").as_deref() == Some("owner"))
                .and_then(|one| text(one, "value"))
        })
}

fn classifications(node: NodeRef<'_>, words: &mut Words) {
    for property in items(node, "properties") {
        words.classification(text(property, "classification"));
        classifications(property, words);
        if let Some(items) = property.get("items") {
            words.classification(text(items, "classification"));
            classifications(items, words);
        }
    }
}

fn text(node: NodeRef<'_>, key: &str) -> Option<String> {
    let text = node.get(key)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn items<'d>(node: NodeRef<'d>, key: &str) -> Vec<NodeRef<'d>> {
    match node.get(key).map(NodeRef::view) {
        Some(View::Sequence(items)) => items.collect(),
        _ => Vec::new(),
    }
}
