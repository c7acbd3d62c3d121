//! The schema objects of a document, by the names that other parts have for them.

use std::collections::BTreeMap;

use super::{items, text};
use crate::NodeRef;

/// The schema objects, by name and by physical name.
pub(super) struct Tables<'d> {
    by_name: BTreeMap<&'d str, NodeRef<'d>>,
}

impl<'d> Tables<'d> {
    pub(super) fn of(root: NodeRef<'d>) -> Self {
        let mut by_name = BTreeMap::new();
        for key in ["name", "physicalName", "id"] {
            for table in items(root, "schema") {
                if let Some(name) = text(table, key) {
                    by_name.entry(name).or_insert(table);
                }
            }
        }
        Self { by_name }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> Option<NodeRef<'d>> {
        self.by_name.get(name).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'d str> {
        self.by_name.keys().copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = NodeRef<'d>> {
        self.by_name.values().copied()
    }

    /// Finds the table and the column of `table.column` or of a path such as
    /// `schema/orders/properties/id`; of another file's, nothing is known.
    pub(super) fn resolve(&self, reference: &str) -> Target<'d> {
        if reference.contains('#') {
            return Target::Elsewhere;
        }
        let path: Vec<&str> = if reference.contains('/') {
            let parts = reference.trim_start_matches('/').split('/');
            parts.skip(1).step_by(2).collect()
        } else {
            // The name of a table may itself hold dots, so that the longest name wins.
            let cuts = reference.match_indices('.').map(|(at, _)| at);
            let cut = cuts.rev().find(|cut| {
                reference
                    .get(..*cut)
                    .is_some_and(|name| self.by_name.contains_key(name))
            });
            match cut.and_then(|cut| reference.split_at_checked(cut)) {
                Some((table, rest)) => [table].into_iter().chain(rest.split('.').skip(1)).collect(),
                None => reference.split('.').collect(),
            }
        };
        let Some((table, columns)) = path.split_first() else {
            return Target::Elsewhere;
        };
        let Some(table) = self.get(table) else {
            return Target::NoTable;
        };
        column(table, columns).map_or(Target::NoColumn(table), |column| Target::Column {
            table,
            column,
        })
    }
}

/// What a reference names.
pub(super) enum Target<'d> {
    Column {
        table: NodeRef<'d>,
        column: NodeRef<'d>,
    },
    NoColumn(NodeRef<'d>),
    NoTable,
    Elsewhere,
}

/// Finds a property by the names down to it.
pub(super) fn column<'d>(part: NodeRef<'d>, path: &[&str]) -> Option<NodeRef<'d>> {
    let (name, rest) = path.split_first()?;
    let found = named(part, name).or_else(|| named(part.get("items")?, name))?;
    if rest.is_empty() {
        Some(found)
    } else {
        column(found, rest)
    }
}

fn named<'d>(part: NodeRef<'d>, name: &str) -> Option<NodeRef<'d>> {
    ["name", "id", "physicalName"]
        .into_iter()
        .find_map(|key| items(part, "properties").find(|node| text(*node, key) == Some(name)))
}

/// Returns the names of the properties of a part.
pub(super) fn columns<'d>(part: NodeRef<'d>) -> impl Iterator<Item = &'d str> {
    items(part, "properties").filter_map(|node| text(node, "name"))
}
