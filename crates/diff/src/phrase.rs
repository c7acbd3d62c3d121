//! Quality rules and values in, phrases for people out.

use meshlaw_contract::measure::Percentage;
use meshlaw_contract::model::{Bound, Check, Expectation, QualityRule, Severity};
use meshlaw_contract::{Number, Value};

/// Says a value; a text that reads like something else stands in quotes.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Text(text) if reads_otherwise(text) => format!("'{text}'"),
        _ => value.to_string(),
    }
}

/// Says several values; nothing where there are none.
pub(crate) fn values(list: &[Value]) -> Option<String> {
    let shown: Vec<_> = list.iter().map(value).collect();
    (!list.is_empty()).then(|| shown.join(", "))
}

/// Tells whether a text would be something else, or could not be seen, without quotes.
fn reads_otherwise(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
        || text.trim() != text
        || text.is_empty()
        || Number::parse(text).is_some()
}

/// Says what a failure of a rule is, and from how many rows on.
pub(crate) fn weight(rule: &QualityRule) -> String {
    let grade = match rule.severity.unwrap_or(Severity::Error) {
        Severity::Note => "a note",
        Severity::Warning => "a warning",
        Severity::Error => "an error",
    };
    match rule.threshold {
        Some(share) if share != Percentage::FULL => {
            format!("{grade} unless {share} of rows hold it")
        }
        _ => format!("{grade} unless every row holds it"),
    }
}

/// Says what a check asks for.
pub(crate) fn check(check: &Check) -> String {
    let list = |fields: &[String]| fields.join(", ");
    match check {
        Check::NoNulls(fields) => format!("no nulls in {}", list(fields)),
        Check::Unique(fields) => format!("no repeats of {}", list(fields)),
        Check::Range { field, min, max } => {
            format!("{field} {}", range(min.as_ref(), max.as_ref()))
        }
        Check::Values { field, allowed } => {
            let allowed = values(allowed).unwrap_or_else(|| "nothing".to_owned());
            format!("{field} to be one of {allowed}")
        }
        Check::Pattern { field, pattern } => format!("{field} to match {pattern}"),
        Check::RowCount { min, max } => row_count(*min, *max),
        Check::Sql {
            query,
            engine,
            expectation,
        } => {
            let query = match engine {
                Some(engine) => format!("{engine}: {query}"),
                None => query.clone(),
            };
            expected(query, expectation.as_ref())
        }
        Check::Metric {
            metric,
            expectation,
            ..
        } => expected(metric.clone(), expectation.as_ref()),
        Check::Text(text) => text.clone(),
        Check::Custom {
            engine,
            implementation,
        } => format!("{engine}: {implementation}"),
    }
}

fn expected(measured: String, expectation: Option<&Expectation>) -> String {
    match expectation {
        Some(expectation) => format!("{measured} {expectation}"),
        None => measured,
    }
}

fn range(min: Option<&Bound>, max: Option<&Bound>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("of at least {min}"),
        (None, Some(max)) => format!("of at most {max}"),
        (None, None) => "of any value".to_owned(),
    }
}

fn row_count(min: Option<u64>, max: Option<u64>) -> String {
    let rows = |count: u64| match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    };
    match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {}", rows(max)),
        (Some(min), None) => format!("at least {}", rows(min)),
        (None, Some(max)) => format!("at most {}", rows(max)),
        (None, None) => "any number of rows".to_owned(),
    }
}
