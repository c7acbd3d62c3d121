//! Relationships: ends that are not there, that do not pair, or that cannot be equal.

use super::tables::{Tables, Target, columns};
use super::{dangling, doubt, flag, items, text, wrong};
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, Scalar, View};

/// Logical types whose values can be compared, though they differ.
const ALIKE: &[[&str; 2]] = &[["integer", "number"], ["date", "timestamp"]];

/// Checks the relationships that a table states.
pub(super) fn of_dataset<'d>(low: &mut Lowering<'d>, table: NodeRef<'d>, tables: &Tables<'d>) {
    low.within("relationships", |low| {
        for relationship in items(table, "relationships") {
            let sources = ends(relationship, "from");
            let targets = ends(relationship, "to");
            let sources: Vec<Option<NodeRef<'d>>> = sources
                .into_iter()
                .map(|(node, name)| source(low, node, name, table, tables))
                .collect();
            if sources.len() != targets.len()
                && !sources.is_empty()
                && !targets.is_empty()
                && let Some(stated) = relationship.get("to")
            {
                let (left, right) = (sources.len(), targets.len());
                let message = format!("{left} columns refer to {right}");
                wrong(
                    low,
                    stated,
                    &message,
                    "write as many columns on either side",
                );
            }
            let is_composite = targets.len() > 1;
            let sources = sources.into_iter().chain(std::iter::repeat(None));
            for (source, (node, name)) in sources.zip(targets) {
                target(low, node, name, source, tables, is_composite);
            }
        }
    });
}

/// Checks the relationships that start at a property.
pub(super) fn of_property<'d>(low: &mut Lowering<'d>, property: NodeRef<'d>, tables: &Tables<'d>) {
    low.within("references", |low| {
        for relationship in items(property, "relationships") {
            let targets = ends(relationship, "to");
            let is_composite = targets.len() > 1;
            for (node, name) in targets {
                target(low, node, name, Some(property), tables, is_composite);
            }
        }
    });
}

/// Returns the columns at one end: one, or several.
fn ends<'d>(relationship: NodeRef<'d>, key: &str) -> Vec<(NodeRef<'d>, &'d str)> {
    let named = |node: NodeRef<'d>| Some((node, node.scalar().and_then(Scalar::to_text)?));
    match relationship.get(key) {
        None => Vec::new(),
        Some(node) => match node.view() {
            View::Sequence(items) => items.filter_map(named).collect(),
            _ => named(node).into_iter().collect(),
        },
    }
}

fn source<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    name: &'d str,
    own: NodeRef<'d>,
    tables: &Tables<'d>,
) -> Option<NodeRef<'d>> {
    match tables.resolve(name) {
        Target::Column { table, column } if table.span() == own.span() => Some(column),
        Target::Column { .. } => {
            let message = format!("{} is a column of another table", quoted(name));
            let help = "move the relationship to the table that it starts from";
            doubt(low, ProblemId::Contradiction, node, &message, help);
            None
        }
        Target::NoColumn(table) => {
            no_column(low, node, name, table);
            None
        }
        Target::NoTable => {
            let message = format!(
                "the relationship starts from {}, which is not there",
                quoted(name)
            );
            let first = name.split('.').next().unwrap_or(name);
            dangling(low, node, &message, first, tables.names(), false);
            None
        }
        Target::Elsewhere => None,
    }
}

fn no_column<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, name: &str, table: NodeRef<'d>) {
    let last = name.rsplit(['.', '/']).next().unwrap_or(name);
    let shown = text(table, "name").unwrap_or_default();
    let message = format!("{} is no column of {}", quoted(last), quoted(shown));
    dangling(low, node, &message, last, columns(table), true);
}

fn target<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    name: &'d str,
    source: Option<NodeRef<'d>>,
    tables: &Tables<'d>,
    is_composite: bool,
) {
    let (table, column) = match tables.resolve(name) {
        Target::Column { table, column } => (table, column),
        Target::NoColumn(table) => return no_column(low, node, name, table),
        // `table.column` may lie in another contract, which the standard cannot say.
        Target::NoTable => {
            let message = format!("this reference names {}, which is not there", quoted(name));
            let first = name.split('.').next().unwrap_or(name);
            return dangling(low, node, &message, first, tables.names(), false);
        }
        Target::Elsewhere => return,
    };
    if source.is_some_and(|source| source.span() == column.span()) {
        let help = "name the column that the values come from";
        return wrong(low, node, "a column does not refer to itself", help);
    }
    let types =
        source.and_then(|source| text(source, "logicalType").zip(text(column, "logicalType")));
    if let Some((from, to)) = types.filter(|(from, to)| !are_alike(from, to)) {
        let message = format!("a `{from}` refers to {}, which is `{to}`", quoted(name));
        let help = "give both columns one logical type";
        doubt(low, ProblemId::Contradiction, node, &message, help);
    }
    let mut keys = items(table, "properties").filter(|one| flag(*one, "primaryKey") == Some(true));
    let is_key = ["primaryKey", "unique"]
        .iter()
        .any(|key| flag(column, key) == Some(true));
    if !is_composite && !is_key && keys.next().is_some() {
        let message = format!("{} is neither unique nor in the primary key", quoted(name));
        let help = "name a column that tells rows apart, or write `unique: true` there";
        doubt(low, ProblemId::Contradiction, node, &message, help);
    }
}

fn are_alike(left: &str, right: &str) -> bool {
    left == right
        || ALIKE
            .iter()
            .any(|pair| pair.contains(&left) && pair.contains(&right))
}
