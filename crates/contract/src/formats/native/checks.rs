//! What quality rules check: the node under a check's key in, the check and problems out.

use crate::lowering::{KeySpec, Keys, Lowering};
use crate::model::{Bound, Check};
use crate::{NodeRef, ProblemId, Value};

/// A check on one field while it is read.
#[derive(Debug, Default)]
pub struct OnField {
    field: Option<String>,
    min: Option<Bound>,
    max: Option<Bound>,
    allowed: Option<Vec<Value>>,
    pattern: Option<String>,
}

const FIELD_KEY: KeySpec<OnField> = KeySpec {
    key: "field",
    expects: "a text",
    doc: "Field that is checked.",
    set: |on, node, low| on.field = low.text(node),
};

/// The keys of a check that values match a regular expression.
pub const PATTERN: Keys<OnField> = Keys::new(
    "pattern check",
    &[
        FIELD_KEY,
        KeySpec {
            key: "pattern",
            expects: "a text",
            doc: "Regular expression that values match.",
            set: |on, node, low| on.pattern = low.text(node),
        },
    ],
);

/// The keys of a check that values lie between bounds.
pub const RANGE: Keys<OnField> = Keys::new(
    "range check",
    &[
        FIELD_KEY,
        KeySpec {
            key: "max",
            expects: "a number, a date, a time or a timestamp",
            doc: "Greatest value, inclusive.",
            set: |on, node, low| on.max = low.bound(node),
        },
        KeySpec {
            key: "min",
            expects: "a number, a date, a time or a timestamp",
            doc: "Least value, inclusive.",
            set: |on, node, low| on.min = low.bound(node),
        },
    ],
);

/// The keys of a check that values are among those listed.
pub const VALUES: Keys<OnField> = Keys::new(
    "values check",
    &[
        FIELD_KEY,
        KeySpec {
            key: "in",
            expects: "a list of values",
            doc: "What is allowed.",
            set: |on, node, low| on.allowed = Some(low.values(node)),
        },
    ],
);

/// A count of rows while it is read.
#[derive(Debug, Default)]
pub struct RowCount {
    min: Option<u64>,
    max: Option<u64>,
}

/// The keys of a check on the number of rows.
pub const ROW_COUNT: Keys<RowCount> = Keys::new(
    "row count check",
    &[
        KeySpec {
            key: "max",
            expects: "a whole number from 0",
            doc: "Most rows.",
            set: |count, node, low| count.max = low.count(node),
        },
        KeySpec {
            key: "min",
            expects: "a whole number from 0",
            doc: "Fewest rows.",
            set: |count, node, low| count.min = low.count(node),
        },
    ],
);

/// A query while it is read.
#[derive(Debug, Default)]
pub struct Sql {
    query: Option<String>,
    engine: Option<String>,
}

/// The keys of a query.
pub const SQL: Keys<Sql> = Keys::new(
    "query check",
    &[
        KeySpec {
            key: "engine",
            expects: "a text",
            doc: "Engine that runs the query.",
            set: |sql, node, low| sql.engine = low.text(node),
        },
        KeySpec {
            key: "query",
            expects: "a text",
            doc: "The query.",
            set: |sql, node, low| sql.query = low.text(node),
        },
    ],
);

/// A check in an engine's own words while it is read.
#[derive(Debug, Default)]
pub struct Custom {
    engine: Option<String>,
    implementation: Option<String>,
}

/// The keys of a check in an engine's own words.
pub const CUSTOM: Keys<Custom> = Keys::new(
    "custom check",
    &[
        KeySpec {
            key: "engine",
            expects: "a text",
            doc: "Engine that runs the check.",
            set: |custom, node, low| custom.engine = low.text(node),
        },
        KeySpec {
            key: "implementation",
            expects: "a text",
            doc: "The engine's own words.",
            set: |custom, node, low| custom.implementation = low.text(node),
        },
    ],
);

/// Reads the names of the fields that a check speaks of.
pub(super) fn names<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Vec<String>> {
    let mut names = low.texts(node);
    if names.is_empty() {
        if !low.is_opaque_inside() {
            let message = "this check names no field".to_owned();
            low.bad(
                ProblemId::BadValue,
                node.span(),
                message,
                "name at least one field".to_owned(),
            );
        }
        return None;
    }
    // The order says nothing, and neither does naming a field twice.
    names.sort();
    names.dedup();
    Some(names)
}

pub(super) fn pattern<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let on = low.draft(node, &PATTERN)?;
    low.require(on.field.is_some(), node, "field", "check");
    low.require(on.pattern.is_some(), node, "pattern", "check");
    Some(Check::Pattern {
        field: on.field?,
        pattern: on.pattern?,
    })
}

pub(super) fn range<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let on = low.draft(node, &RANGE)?;
    low.require(on.field.is_some(), node, "field", "check");
    require_a_bound(low, node);
    Some(Check::Range {
        field: on.field?,
        min: on.min,
        max: on.max,
    })
}

pub(super) fn values<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let on = low.draft(node, &VALUES)?;
    low.require(on.field.is_some(), node, "field", "check");
    low.require(on.allowed.is_some(), node, "in", "check");
    Some(Check::Values {
        field: on.field?,
        allowed: on.allowed?,
    })
}

pub(super) fn row_count<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let count = low.draft(node, &ROW_COUNT)?;
    require_a_bound(low, node);
    Some(Check::RowCount {
        min: count.min,
        max: count.max,
    })
}

pub(super) fn sql<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let sql = low.draft(node, &SQL)?;
    low.require(sql.query.is_some(), node, "query", "check");
    Some(Check::Sql {
        query: sql.query?,
        engine: sql.engine,
        expectation: None,
    })
}

pub(super) fn custom<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Check> {
    let custom = low.draft(node, &CUSTOM)?;
    low.require(custom.engine.is_some(), node, "engine", "check");
    low.require(
        custom.implementation.is_some(),
        node,
        "implementation",
        "check",
    );
    Some(Check::Custom {
        engine: custom.engine?,
        implementation: custom.implementation?,
    })
}

fn require_a_bound<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) {
    let is_there = |key| node.get(key).is_some() || low.is_opaque(key);
    if is_there("min") || is_there("max") {
        return;
    }
    let message = "this check has neither `min` nor `max`".to_owned();
    low.bad(
        ProblemId::MissingKey,
        node.span(),
        message,
        "add `min:`, `max:` or both".to_owned(),
    );
}
