//! Promises about data, beyond the shape of single fields.

use super::{Bound, Severity};
use crate::Value;
use crate::measure::Percentage;

/// A promise about the data of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityRule {
    /// Name that people gave it.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// How much a failure matters; absent means error.
    pub severity: Option<Severity>,
    /// Least share of rows that must hold it; absent means every row.
    pub threshold: Option<Percentage>,
    /// What must hold.
    pub check: Check,
}

impl QualityRule {
    /// Returns the name by which pointers find the rule: its own, or what it checks.
    pub fn identity(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => self.check.identity(),
        }
    }

    /// Tells whether every row must hold the rule, and a failure is an error.
    ///
    /// Only then is the rule a part of what the contract allows.
    pub fn is_absolute(&self) -> bool {
        self.severity
            .is_none_or(|severity| severity == Severity::Error)
            && self
                .threshold
                .is_none_or(|threshold| threshold == Percentage::FULL)
    }
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Fields that hold no null.
    NoNulls(Vec<String>),
    /// Fields whose values, taken together, never stand twice.
    Unique(Vec<String>),
    /// Values lie between bounds.
    Range {
        /// The field.
        field: String,
        /// Least value, inclusive.
        min: Option<Bound>,
        /// Greatest value, inclusive.
        max: Option<Bound>,
    },
    /// Values are among those listed.
    Values {
        /// The field.
        field: String,
        /// What is allowed.
        allowed: Vec<Value>,
    },
    /// Values match a regular expression.
    Pattern {
        /// The field.
        field: String,
        /// The expression.
        pattern: String,
    },
    /// The dataset has so many rows.
    RowCount {
        /// Fewest rows.
        min: Option<u64>,
        /// Most rows.
        max: Option<u64>,
    },
    /// A query that an engine runs.
    Sql {
        /// The query.
        query: String,
        /// The engine.
        engine: Option<String>,
    },
    /// Words for people.
    Text(String),
    /// An engine's own words.
    Custom {
        /// The engine.
        engine: String,
        /// Its words.
        implementation: String,
    },
}

impl Check {
    /// Returns the key that states the check.
    pub fn word(&self) -> &'static str {
        match self {
            Check::NoNulls(_) => "no_nulls",
            Check::Unique(_) => "unique",
            Check::Range { .. } => "range",
            Check::Values { .. } => "values",
            Check::Pattern { .. } => "pattern",
            Check::RowCount { .. } => "row_count",
            Check::Sql { .. } => "sql",
            Check::Text(_) => "text",
            Check::Custom { .. } => "custom",
        }
    }

    /// Returns the names of the fields that the check speaks of.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Check::NoNulls(fields) | Check::Unique(fields) => {
                fields.iter().map(String::as_str).collect()
            }
            Check::Range { field, .. }
            | Check::Values { field, .. }
            | Check::Pattern { field, .. } => vec![field],
            Check::RowCount { .. } | Check::Sql { .. } | Check::Text(_) | Check::Custom { .. } => {
                Vec::new()
            }
        }
    }

    /// Returns what tells the check from others of its dataset.
    ///
    /// One list of fields without nulls is enough for a dataset, so its fields are not part of
    /// it; a key is the very set of its fields.
    fn identity(&self) -> String {
        match self {
            Check::NoNulls(_) | Check::RowCount { .. } => self.word().to_owned(),
            Check::Unique(fields) => format!("unique({})", fields.join(", ")),
            Check::Range { field, .. }
            | Check::Values { field, .. }
            | Check::Pattern { field, .. } => {
                format!("{}({field})", self.word())
            }
            Check::Sql { query, .. } => format!("sql({query})"),
            Check::Text(text) => format!("text({text})"),
            Check::Custom {
                engine,
                implementation,
            } => format!("custom({engine}: {implementation})"),
        }
    }
}
