//! The impact of a law in, the first version of its machine-readable shape and its schema out.
//!
//! Others rely on these names. Fields may be added; one that is renamed, removed or means something
//! else asks for a second version beside this one.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Group, LawEdit, LawImpact, Said, Totals, Turned};
use crate::escape::visible_json;

#[derive(Serialize)]
struct Document<'i> {
    format: u8,
    command: &'static str,
    #[serde(flatten)]
    impact: ImpactV1<'i>,
}

/// The impact itself, as it stands in reports of other commands, too.
#[derive(Serialize)]
pub(crate) struct ImpactV1<'i> {
    before: &'i str,
    after: &'i str,
    contracts_of: &'i str,
    as_of: &'i str,
    fail_on: &'static str,
    law: Vec<EditV1<'i>>,
    summary: SummaryV1,
    by_domain: Vec<GroupV1>,
    by_owner: Vec<GroupV1>,
    by_policy: Vec<GroupV1>,
    contracts: Vec<TurnedV1<'i>>,
    notes: &'i [String],
}

#[derive(Serialize)]
struct EditV1<'i> {
    kind: &'static str,
    name: &'i str,
    motion: &'static str,
    details: &'i [String],
}

#[derive(Serialize)]
struct SummaryV1 {
    contracts: usize,
    passing: usize,
    failing: usize,
    consumers: usize,
    #[serde(flatten)]
    totals: TotalsV1,
}

#[derive(Serialize)]
struct TotalsV1 {
    newly_failing: usize,
    newly_passing: usize,
    warnings: MotionV1,
    shadow: MotionV1,
}

#[derive(Serialize)]
struct MotionV1 {
    appear: usize,
    vanish: usize,
}

#[derive(Serialize)]
struct GroupV1 {
    name: String,
    #[serde(flatten)]
    totals: TotalsV1,
}

#[derive(Serialize)]
struct TurnedV1<'i> {
    contract: &'i str,
    path: &'i str,
    domain: &'i str,
    owner: Option<&'i str>,
    before: &'static str,
    after: &'static str,
    appear: Vec<SaidV1<'i>>,
    vanish: Vec<SaidV1<'i>>,
    remain: Vec<&'i str>,
    consumers: Vec<&'i str>,
}

#[derive(Serialize)]
struct SaidV1<'i> {
    id: &'i str,
    weight: &'static str,
    severity: &'static str,
    enforcement: &'static str,
    part: Option<&'i str>,
    message: &'i str,
}

/// Returns the impact as one indented document.
pub fn render(impact: &LawImpact) -> String {
    let document = Document {
        format: 1,
        command: "policy impact",
        impact: convert(impact),
    };
    // Strings, numbers and lists of them always have a JSON form, so that this cannot fail.
    let json = serde_json::to_string_pretty(&document).unwrap_or_default();
    visible_json(&json) + "\n"
}

/// Converts an impact to the shape that is written.
pub(crate) fn convert(impact: &LawImpact) -> ImpactV1<'_> {
    let groups = |groups: Vec<Group>| groups.into_iter().map(group).collect();
    ImpactV1 {
        before: &impact.before,
        after: &impact.after,
        contracts_of: &impact.contracts_of,
        as_of: &impact.as_of,
        fail_on: impact.fail_on.as_str(),
        law: impact.edits.iter().map(edit).collect(),
        summary: SummaryV1 {
            contracts: impact.contract_count,
            passing: impact.passing,
            failing: impact.failing,
            consumers: impact.consumer_count(),
            totals: totals(&impact.totals()),
        },
        by_domain: groups(impact.by_domain()),
        by_owner: groups(impact.by_owner()),
        by_policy: groups(impact.by_policy()),
        contracts: impact.contracts.iter().map(turned).collect(),
        notes: &impact.notes,
    }
}

fn edit(edit: &LawEdit) -> EditV1<'_> {
    EditV1 {
        kind: edit.kind.as_str(),
        name: &edit.name,
        motion: edit.motion.as_str(),
        details: &edit.details,
    }
}

fn group(group: Group) -> GroupV1 {
    GroupV1 {
        totals: totals(&group.totals),
        name: group.name,
    }
}

fn totals(totals: &Totals) -> TotalsV1 {
    TotalsV1 {
        newly_failing: totals.newly_failing,
        newly_passing: totals.newly_passing,
        warnings: MotionV1 {
            appear: totals.warnings_appear,
            vanish: totals.warnings_vanish,
        },
        shadow: MotionV1 {
            appear: totals.shadow_appear,
            vanish: totals.shadow_vanish,
        },
    }
}

fn turned(turned: &Turned) -> TurnedV1<'_> {
    TurnedV1 {
        contract: &turned.contract,
        path: &turned.path,
        domain: &turned.domain,
        owner: turned.owner.as_deref(),
        before: turned.before.as_str(),
        after: turned.after.as_str(),
        appear: turned.appear.iter().map(said).collect(),
        vanish: turned.vanish.iter().map(said).collect(),
        remain: turned.remain.iter().map(String::as_str).collect(),
        consumers: turned
            .consumers
            .iter()
            .map(|one| one.name.as_str())
            .collect(),
    }
}

fn said(said: &Said) -> SaidV1<'_> {
    SaidV1 {
        id: &said.id,
        weight: said.weight.as_str(),
        severity: said.severity.as_str(),
        enforcement: said.enforcement.as_str(),
        part: said.part.as_deref(),
        message: &said.message,
    }
}

/// Returns the JSON Schema (draft 2020-12) of what [`render`] writes.
///
/// Later releases may add fields, so unknown ones are allowed.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "meshlaw policy impact, format 1",
        "type": "object",
        "required": ["format", "command"],
        "properties": {
            "format": { "const": 1 },
            "command": { "const": "policy impact" },
        },
        "allOf": [{ "$ref": "#/$defs/law_impact" }],
        "$defs": definitions(),
    })
}

/// Returns the definitions that a schema needs which refers to `law_impact`.
pub(crate) fn definitions() -> Value {
    let text = json!({ "type": ["string", "null"] });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let count = json!({ "type": "integer", "minimum": 0 });
    let motion = json!({
        "type": "object",
        "required": ["appear", "vanish"],
        "properties": { "appear": count, "vanish": count },
    });
    let totals = json!({
        "newly_failing": count, "newly_passing": count, "warnings": motion, "shadow": motion,
    });
    let with = |more: Value| {
        let mut all = totals.clone();
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all
    };
    let group = with(json!({ "name": { "type": "string" } }));
    let summary = with(json!({
        "contracts": count, "passing": count, "failing": count, "consumers": count,
    }));
    let verdict = json!({ "enum": ["pass", "fail", "unseen"] });
    json!({
        "law_edit": {
            "type": "object",
            "required": ["kind", "name", "motion", "details"],
            "properties": {
                "kind": { "enum": ["policy", "setting", "term"] },
                "name": { "type": "string" },
                "motion": { "enum": ["added", "changed", "removed"] },
                "details": texts,
            },
        },
        "law_group": { "type": "object", "required": keys(&group), "properties": group },
        "law_impact": {
            "description": "what a change of policies, settings, teams or glossary does to contracts",
            "type": "object",
            "required": [
                "before", "after", "contracts_of", "as_of", "fail_on", "law", "summary",
                "by_domain", "by_owner", "by_policy", "contracts", "notes",
            ],
            "properties": {
                "before": { "description": "the law that holds now", "type": "string" },
                "after": { "description": "the law that is tried", "type": "string" },
                "contracts_of": { "type": "string" },
                "as_of": { "type": "string", "format": "date" },
                "fail_on": { "enum": ["note", "warning", "error"] },
                "law": { "type": "array", "items": { "$ref": "#/$defs/law_edit" } },
                "summary": { "type": "object", "required": keys(&summary), "properties": summary },
                "by_domain": { "type": "array", "items": { "$ref": "#/$defs/law_group" } },
                "by_owner": { "type": "array", "items": { "$ref": "#/$defs/law_group" } },
                "by_policy": { "type": "array", "items": { "$ref": "#/$defs/law_group" } },
                "contracts": { "type": "array", "items": { "$ref": "#/$defs/turned" } },
                "notes": texts,
            },
        },
        "law_said": {
            "type": "object",
            "required": ["id", "weight", "severity", "enforcement", "part", "message"],
            "properties": {
                "id": { "type": "string" },
                "weight": { "enum": ["blocks", "warns", "counts"] },
                "severity": { "enum": ["note", "warning", "error"] },
                "enforcement": { "enum": ["hard", "soft", "advisory", "shadow"] },
                "part": text,
                "message": { "type": "string" },
            },
        },
        "turned": {
            "description": "a contract of which the laws say something else",
            "type": "object",
            "required": [
                "contract", "path", "domain", "owner", "before", "after", "appear", "vanish",
                "remain", "consumers",
            ],
            "properties": {
                "contract": { "type": "string" },
                "path": { "type": "string" },
                "domain": { "type": "string" },
                "owner": text,
                "before": verdict,
                "after": verdict,
                "appear": { "type": "array", "items": { "$ref": "#/$defs/law_said" } },
                "vanish": { "type": "array", "items": { "$ref": "#/$defs/law_said" } },
                "remain": { "description": "ids that block under both laws", "allOf": [texts] },
                "consumers": { "description": "who reads it, where it newly fails", "allOf": [texts] },
            },
        },
    })
}

fn keys(properties: &Value) -> Vec<&String> {
    let map = properties.as_object();
    map.into_iter().flat_map(|map| map.keys()).collect()
}
