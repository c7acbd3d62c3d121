//! Promises about data, beyond the shape of single fields.

use std::collections::BTreeMap;
use std::fmt;

use super::scale::words;
use super::{Bound, Details, Severity, Word};
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
    /// Names down to the field that states the rule; empty where the dataset does.
    pub on: Vec<String>,
    /// What else the document states.
    pub details: Details,
}

impl QualityRule {
    /// Returns the name by which pointers find the rule: its own, or what it checks.
    ///
    /// A rule that a field states is told from its like on other fields by the field.
    pub fn identity(&self) -> String {
        let own = match &self.name {
            Some(name) => name.clone(),
            None => self.check.identity(),
        };
        if self.on.is_empty() {
            own
        } else {
            format!("{}: {own}", self.on.join("."))
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
        /// What its result must be; absent where the query itself says.
        expectation: Option<Expectation>,
    },
    /// A measure of the data that an engine knows by name.
    Metric {
        /// Name of the measure, such as `invalidValues`.
        metric: String,
        /// What the measure is told.
        arguments: BTreeMap<String, Value>,
        /// What it must be.
        expectation: Option<Expectation>,
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
            Check::Metric { .. } => "metric",
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
            Check::RowCount { .. }
            | Check::Sql { .. }
            | Check::Metric { .. }
            | Check::Text(_)
            | Check::Custom { .. } => Vec::new(),
        }
    }

    /// Tells whether the check speaks of a field.
    pub fn names(&self, name: &str) -> bool {
        match self {
            Check::NoNulls(fields) | Check::Unique(fields) => fields.iter().any(|one| one == name),
            _ => self.fields().contains(&name),
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
            Check::Metric { metric, .. } => format!("metric({metric})"),
            Check::Text(text) => format!("text({text})"),
            Check::Custom {
                engine,
                implementation,
            } => format!("custom({engine}: {implementation})"),
        }
    }
}

/// What a measured value must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// How the value is compared.
    pub operator: Operator,
    /// What it is compared with: two values for a range, else one.
    pub operands: Vec<Value>,
    /// Unit of the value, such as `rows` or `percent`.
    pub unit: Option<String>,
}

words! {
    /// How a measured value is compared, in the words of the Open Data Contract Standard.
    Operator {
        /// Equal.
        Be "mustBe",
        /// Not equal.
        NotBe "mustNotBe",
        /// Greater.
        GreaterThan "mustBeGreaterThan",
        /// Greater or equal.
        AtLeast "mustBeGreaterOrEqualTo",
        /// Less.
        LessThan "mustBeLessThan",
        /// Less or equal.
        AtMost "mustBeLessOrEqualTo",
        /// Between two values, both included.
        Between "mustBeBetween",
        /// Outside of two values.
        NotBetween "mustNotBeBetween",
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.operator {
            Operator::Be => "to be",
            Operator::NotBe => "not to be",
            Operator::GreaterThan => "to be greater than",
            Operator::AtLeast => "to be at least",
            Operator::LessThan => "to be less than",
            Operator::AtMost => "to be at most",
            Operator::Between => "to be between",
            Operator::NotBetween => "not to be between",
        };
        let operands: Vec<_> = self.operands.iter().map(ToString::to_string).collect();
        write!(f, "{words} {}", operands.join(" and "))?;
        match &self.unit {
            Some(unit) => write!(f, " {unit}"),
            None => Ok(()),
        }
    }
}
