//! A backtest in, the first version of its machine-readable shape and its schema out.
//!
//! Others rely on these names. Fields may be added; one that is renamed, removed or means something
//! else asks for a second version beside this one.

use serde::Serialize;
use serde_json::{Value, json};

use super::chart::{self, Bar};
use super::{Backtest, Objection, Share, Step};
use crate::escape::visible_json;

#[derive(Serialize)]
struct Document<'b> {
    format: u8,
    command: &'static str,
    branch: &'b str,
    law: &'b str,
    fail_on: &'static str,
    summary: SummaryV1,
    chart: Vec<BarV1>,
    by_policy: Vec<ShareV1>,
    by_domain: Vec<ShareV1>,
    by_owner: Vec<ShareV1>,
    by_author: Vec<ShareV1>,
    pull_requests: Vec<StepV1<'b>>,
    notes: &'b [String],
}

#[derive(Serialize)]
struct SummaryV1 {
    pull_requests: usize,
    about_contracts: usize,
    stopped: usize,
    stopped_and_reverted: usize,
}

#[derive(Serialize)]
struct BarV1 {
    period: String,
    pull_requests: usize,
    stopped: usize,
}

#[derive(Serialize)]
struct ShareV1 {
    name: String,
    stopped: usize,
    warned: usize,
    counted: usize,
}

#[derive(Serialize)]
struct StepV1<'b> {
    commit: &'b str,
    date: &'b str,
    kind: &'static str,
    subject: &'b str,
    author: &'b str,
    about_contracts: bool,
    stopped: bool,
    reverts: Option<&'b str>,
    reverted_by: Option<&'b str>,
    objections: Vec<ObjectionV1<'b>>,
}

#[derive(Serialize)]
struct ObjectionV1<'b> {
    weight: &'static str,
    id: &'b str,
    contract: Option<&'b str>,
    part: Option<&'b str>,
    domain: Option<&'b str>,
    owner: Option<&'b str>,
    message: &'b str,
}

/// Returns the backtest as one indented document.
pub fn render(backtest: &Backtest) -> String {
    let shares = |shares: Vec<Share>| shares.into_iter().map(share).collect();
    let stopped = || backtest.stopped();
    let about = backtest.steps.iter().filter(|one| one.is_about_contracts);
    let document = Document {
        format: 1,
        command: "policy backtest",
        branch: &backtest.branch,
        law: &backtest.law,
        fail_on: backtest.fail_on.as_str(),
        summary: SummaryV1 {
            pull_requests: backtest.steps.len(),
            about_contracts: about.count(),
            stopped: stopped().count(),
            stopped_and_reverted: stopped().filter(|one| one.reverted_by.is_some()).count(),
        },
        chart: chart::bars(backtest).into_iter().map(bar).collect(),
        by_policy: shares(backtest.by_policy()),
        by_domain: shares(backtest.by_domain()),
        by_owner: shares(backtest.by_owner()),
        by_author: shares(backtest.by_author()),
        pull_requests: backtest.steps.iter().map(step).collect(),
        notes: &backtest.notes,
    };
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    let json = serde_json::to_string_pretty(&document).unwrap_or_default();
    visible_json(&json) + "\n"
}

/// Returns how a pull request came to the branch.
pub(super) fn kind(step: &Step) -> &'static str {
    if step.is_merge { "merge" } else { "squash" }
}

fn bar(bar: Bar) -> BarV1 {
    BarV1 {
        period: bar.name,
        pull_requests: bar.all,
        stopped: bar.stopped,
    }
}

fn share(share: Share) -> ShareV1 {
    ShareV1 {
        name: share.name,
        stopped: share.stopped,
        warned: share.warned,
        counted: share.counted,
    }
}

fn step(step: &Step) -> StepV1<'_> {
    StepV1 {
        commit: &step.commit,
        date: &step.date,
        kind: kind(step),
        subject: &step.subject,
        author: &step.author,
        about_contracts: step.is_about_contracts,
        stopped: step.is_stopped(),
        reverts: step.reverts.as_deref(),
        reverted_by: step.reverted_by.as_deref(),
        objections: step.objections.iter().map(objection).collect(),
    }
}

fn objection(one: &Objection) -> ObjectionV1<'_> {
    ObjectionV1 {
        weight: one.weight.as_str(),
        id: &one.id,
        contract: one.contract.as_deref(),
        part: one.part.as_deref(),
        domain: one.domain.as_deref(),
        owner: one.owner.as_deref(),
        message: &one.message,
    }
}

/// Returns the JSON Schema (draft 2020-12) of what [`render`] writes.
///
/// Later releases may add fields, so unknown ones are allowed.
pub fn schema() -> Value {
    let text = json!({ "type": ["string", "null"] });
    let count = json!({ "type": "integer", "minimum": 0 });
    let shares = json!({ "type": "array", "items": { "$ref": "#/$defs/share" } });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "meshlaw policy backtest, format 1",
        "type": "object",
        "required": [
            "format", "command", "branch", "law", "fail_on", "summary", "chart", "by_policy",
            "by_domain", "by_owner", "by_author", "pull_requests", "notes",
        ],
        "properties": {
            "format": { "const": 1 },
            "command": { "const": "policy backtest" },
            "branch": { "type": "string" },
            "law": { "type": "string" },
            "fail_on": { "enum": ["note", "warning", "error"] },
            "summary": {
                "type": "object",
                "required": ["pull_requests", "about_contracts", "stopped", "stopped_and_reverted"],
                "additionalProperties": count,
            },
            "chart": { "type": "array", "items": {
                "type": "object",
                "required": ["period", "pull_requests", "stopped"],
                "properties": {
                    "period": { "description": "a month, or the Monday of a week", "type": "string" },
                    "pull_requests": count,
                    "stopped": count,
                },
            } },
            "by_policy": shares, "by_domain": shares, "by_owner": shares, "by_author": shares,
            "pull_requests": { "type": "array", "items": { "$ref": "#/$defs/pull_request" } },
            "notes": { "type": "array", "items": { "type": "string" } },
        },
        "$defs": {
            "share": {
                "description": "of how many pull requests something would have been said",
                "type": "object",
                "required": ["name", "stopped", "warned", "counted"],
                "properties": {
                    "name": { "type": "string" },
                    "stopped": count, "warned": count, "counted": count,
                },
            },
            "pull_request": {
                "type": "object",
                "required": [
                    "commit", "date", "kind", "subject", "author", "about_contracts", "stopped",
                    "reverts", "reverted_by", "objections",
                ],
                "properties": {
                    "commit": { "type": "string" },
                    "date": { "type": "string", "format": "date" },
                    "kind": { "enum": ["merge", "squash"] },
                    "subject": { "type": "string" },
                    "author": { "type": "string" },
                    "about_contracts": { "type": "boolean" },
                    "stopped": { "type": "boolean" },
                    "reverts": text,
                    "reverted_by": text,
                    "objections": { "type": "array", "items": { "$ref": "#/$defs/objection" } },
                },
            },
            "objection": {
                "type": "object",
                "required": ["weight", "id", "contract", "part", "domain", "owner", "message"],
                "properties": {
                    "weight": { "enum": ["blocks", "warns", "counts"] },
                    "id": { "type": "string" },
                    "contract": text, "part": text, "domain": text, "owner": text,
                    "message": { "type": "string" },
                },
            },
        },
    })
}
