//! A report in, JSON for machines out: versioned types of its own, and their schema.

mod schema;
mod v1;

pub use schema::schema;

use crate::Report;
use crate::escape::visible_json;

/// Returns the report as one indented document.
pub(super) fn render(report: &Report) -> String {
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    let json = serde_json::to_string_pretty(&v1::document(report)).unwrap_or_default();
    visible_json(&json) + "\n"
}
