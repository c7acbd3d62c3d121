//! A forecast in, the first version of its machine-readable shape and its schema out.
//!
//! Others rely on these names. Fields may be added; one that is renamed, removed or means something
//! else asks for a second version beside this one.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Cause, Day, Forecast, Turn};
use crate::escape::visible_json;

#[derive(Serialize)]
struct Document<'f> {
    format: u8,
    command: &'static str,
    of: &'f str,
    as_of: &'f str,
    until: &'f str,
    fail_on: &'static str,
    contracts: usize,
    failing: usize,
    days: Vec<DayV1<'f>>,
    notes: &'f [String],
}

/// A day, as it stands in reports of other commands, too.
#[derive(Serialize)]
pub(crate) struct DayV1<'f> {
    date: &'f str,
    contracts: Vec<TurnV1<'f>>,
}

#[derive(Serialize)]
struct TurnV1<'f> {
    contract: &'f str,
    path: &'f str,
    domain: &'f str,
    owner: Option<&'f str>,
    way: &'static str,
    causes: Vec<CauseV1<'f>>,
}

#[derive(Serialize)]
struct CauseV1<'f> {
    id: &'f str,
    reason: &'static str,
}

/// Returns the forecast as one indented document.
pub fn render(forecast: &Forecast) -> String {
    let document = Document {
        format: 1,
        command: "policy forecast",
        of: &forecast.of,
        as_of: &forecast.as_of,
        until: &forecast.until,
        fail_on: forecast.fail_on.as_str(),
        contracts: forecast.contract_count,
        failing: forecast.failing,
        days: convert(&forecast.days),
        notes: &forecast.notes,
    };
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    let json = serde_json::to_string_pretty(&document).unwrap_or_default();
    visible_json(&json) + "\n"
}

/// Converts days to the shape that is written.
pub(crate) fn convert(days: &[Day]) -> Vec<DayV1<'_>> {
    days.iter().map(day).collect()
}

fn day(day: &Day) -> DayV1<'_> {
    DayV1 {
        date: &day.date,
        contracts: day.turns.iter().map(turn).collect(),
    }
}

fn turn(turn: &Turn) -> TurnV1<'_> {
    TurnV1 {
        contract: &turn.contract,
        path: &turn.path,
        domain: &turn.domain,
        owner: turn.owner.as_deref(),
        way: turn.way.as_str(),
        causes: turn.causes.iter().map(cause).collect(),
    }
}

fn cause(cause: &Cause) -> CauseV1<'_> {
    CauseV1 {
        id: &cause.id,
        reason: cause.reason.as_str(),
    }
}

/// Returns the JSON Schema (draft 2020-12) of what [`render`] writes.
///
/// Later releases may add fields, so unknown ones are allowed.
pub fn schema() -> Value {
    let date = json!({ "type": "string", "format": "date" });
    let count = json!({ "type": "integer", "minimum": 0 });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "meshlaw policy forecast, format 1",
        "type": "object",
        "required": [
            "format", "command", "of", "as_of", "until", "fail_on", "contracts", "failing", "days",
            "notes",
        ],
        "properties": {
            "format": { "const": 1 },
            "command": { "const": "policy forecast" },
            "of": { "type": "string" },
            "as_of": date,
            "until": date,
            "fail_on": { "enum": ["note", "warning", "error"] },
            "contracts": count,
            "failing": { "description": "contracts that fail today", "allOf": [count] },
            "days": { "type": "array", "items": { "$ref": "#/$defs/forecast_day" } },
            "notes": { "type": "array", "items": { "type": "string" } },
        },
        "$defs": definitions(),
    })
}

/// Returns the definitions that a schema needs which refers to `forecast_day`.
pub(crate) fn definitions() -> Value {
    json!({
        "forecast_day": {
            "description": "a day on which contracts turn, if nobody changes anything",
            "type": "object",
            "required": ["date", "contracts"],
            "properties": {
                "date": { "type": "string", "format": "date" },
                "contracts": { "type": "array", "items": { "$ref": "#/$defs/forecast_turn" } },
            },
        },
        "forecast_turn": {
            "type": "object",
            "required": ["contract", "path", "domain", "owner", "way", "causes"],
            "properties": {
                "contract": { "type": "string" },
                "path": { "type": "string" },
                "domain": { "type": "string" },
                "owner": { "type": ["string", "null"] },
                "way": { "enum": ["fails", "worsens", "passes"] },
                "causes": { "type": "array", "items": {
                    "type": "object",
                    "required": ["id", "reason"],
                    "properties": {
                        "id": { "type": "string" },
                        "reason": {
                            "enum": ["policy-starts", "waiver-ended", "date-came", "ended"],
                        },
                    },
                } },
            },
        },
    })
}
