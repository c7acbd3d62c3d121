//! A changelog in, differences as Bitol's Open Metadata Difference Standard has them out.
//!
//! The standard is a draft (Bitol RFC 0039, as of July 2026) with open questions. Where it leaves a
//! choice, its own recommendation is followed: paths name the members of lists, its table of levels
//! is binding and may only be tightened, and values are given where they say something.
//!
//! Whatever format a contract is written in, its parts are told in the words of ODCS, which is what
//! the standard speaks of.

mod words;

use meshlaw_contract::model::Version;
use meshlaw_diff::{Edit, Motion, Place};
use serde::Serialize;

use super::{Changelog, Compared, OfContract, OfVersion, Side};
use crate::chronicle::Told;
use words::{push, steps};

/// The version of the draft's examples.
const API_VERSION: &str = "v1.0.0";

/// The list of datasets, which the draft has levels of its own for.
const SCHEMA: &str = "schema";

/// What a difference of the whole document is about.
const CONTRACT: &str = "contract";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference<'c> {
    api_version: &'static str,
    kind: &'static str,
    source_kind: &'static str,
    source1: Source<'c>,
    source2: Source<'c>,
    scope: &'static str,
    impact: Impact,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_version: Option<String>,
    diffs: Vec<Diff<'c>>,
    custom_properties: Vec<Custom<'c>>,
}

#[derive(Serialize)]
struct Source<'c> {
    id: &'c str,
    version: &'c str,
}

#[derive(Serialize, Default)]
struct Impact {
    major: usize,
    minor: usize,
    patch: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diff<'c> {
    r#type: Type,
    section: String,
    field: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value1: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value2: Option<&'c str>,
    message: &'c str,
    impact_level: Level,
}

#[derive(Serialize)]
struct Custom<'c> {
    property: &'static str,
    value: &'c str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Type {
    Add,
    Remove,
    Change,
}

/// How far a change raises a version; later is further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Level {
    Patch,
    Minor,
    Major,
}

/// Writes one document for each version that has one before it.
///
/// A first version differs from nothing and a contract that is gone has no second source, so neither
/// has a document.
pub(super) fn write(changelog: &Changelog) -> Result<String, serde_yaml::Error> {
    let mut out = String::new();
    for contract in &changelog.contracts {
        for version in &contract.versions {
            let Some(compared) = &version.compared else {
                continue;
            };
            out.push_str("---\n");
            out.push_str(&serde_yaml::to_string(&difference(
                contract, version, compared,
            ))?);
        }
    }
    Ok(out)
}

fn difference<'c>(
    contract: &'c OfContract,
    version: &'c OfVersion,
    compared: &'c Compared,
) -> Difference<'c> {
    let told = version.changes.iter().filter(|change| !change.is_version());
    let diffs: Vec<Diff> = told
        .map(|change| diff(change, &compared.before.name))
        .collect();
    let count = |level| diffs.iter().filter(|one| one.impact_level == level).count();
    let impact = Impact {
        major: count(Level::Major),
        minor: count(Level::Minor),
        patch: count(Level::Patch),
    };
    let level = diffs.iter().map(|diff| diff.impact_level).max();
    Difference {
        api_version: API_VERSION,
        kind: "MetadataDifference",
        source_kind: "DataContract",
        source1: source(&compared.before),
        source2: source(&compared.after),
        scope: "all",
        impact,
        suggested_version: level.and_then(|level| suggested(&compared.before, level)),
        diffs,
        custom_properties: vec![
            custom(
                "generatedBy",
                concat!("meshlaw/", env!("CARGO_PKG_VERSION")),
            ),
            custom("contract", &contract.contract),
            custom("releasedAt", &version.date),
            custom("commit", &version.commit),
        ],
    }
}

fn custom<'c>(property: &'static str, value: &'c str) -> Custom<'c> {
    Custom { property, value }
}

fn source(side: &Side) -> Source<'_> {
    Source {
        id: &side.id,
        version: side.version.as_ref().map_or("", Version::as_str),
    }
}

/// Raises the version as Semantic Versioning does; other schemes get no suggestion.
fn suggested(before: &Side, level: Level) -> Option<String> {
    let version = before.version.as_ref()?.semantic()?;
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    let next = match level {
        Level::Major => semver::Version::new(major.checked_add(1)?, 0, 0),
        Level::Minor => semver::Version::new(major, minor.checked_add(1)?, 0),
        Level::Patch => semver::Version::new(major, minor, patch.checked_add(1)?),
    };
    Some(next.to_string())
}

fn diff<'c>(told: &'c Told, contract: &str) -> Diff<'c> {
    let edit = &told.edit;
    let r#type = kind(edit);
    let at = edit.place.base().unwrap_or_else(|| edit.place.pointer());
    let mut steps = steps(at, contract);
    // What people read of a whole part, such as its type, is not its value.
    let is_whole = steps.last().is_none_or(|step| step.member.is_some());
    let is_renamed = is_whole && edit.motion == Motion::Renamed;
    if is_renamed {
        push(&mut steps, "name");
    }
    let is_value = !is_whole || is_renamed;
    let section = steps.first().map_or(CONTRACT, |step| step.word.as_str());
    let field = steps.last().map_or(CONTRACT, |step| step.word.as_str());
    let path: String = steps.iter().map(ToString::to_string).collect();
    Diff {
        r#type,
        section: section.to_owned(),
        field: field.to_owned(),
        value1: edit.before.as_deref().filter(|_| is_value),
        value2: edit.after.as_deref().filter(|_| is_value),
        message: &told.message,
        impact_level: level(r#type, section, field).max(felt(told.impact)),
        path,
    }
}

/// Returns the level that the impact by our own rules comes to.
fn felt(impact: &str) -> Level {
    match impact {
        "breaking" => Level::Major,
        "risky" => Level::Minor,
        _ => Level::Patch,
    }
}

fn kind(edit: &Edit) -> Type {
    match (&edit.place, edit.before.is_some(), edit.after.is_some()) {
        (Place::Head(_), ..) | (_, false, true) => Type::Add,
        (Place::Base(_), ..) | (_, true, false) => Type::Remove,
        _ => Type::Change,
    }
}

/// Returns the least level that the draft gives a difference of a `DataContract`.
fn level(r#type: Type, section: &str, field: &str) -> Level {
    let promised = [
        "name",
        "physicalName",
        "logicalType",
        "physicalType",
        "required",
        "unique",
        "criticalDataElement",
    ];
    let is_promised = promised.contains(&field);
    match (section == SCHEMA, r#type) {
        (true, Type::Remove) => Level::Major,
        (true, Type::Change) if is_promised => Level::Major,
        (true, Type::Change) if field == "quality" => Level::Minor,
        (true, Type::Add) if is_promised || ["properties", "quality"].contains(&field) => {
            Level::Minor
        }
        (true, Type::Change | Type::Add) | (false, Type::Add) => Level::Patch,
        (false, Type::Change) if field == "contractCreatedTs" => Level::Patch,
        (false, Type::Remove | Type::Change) => Level::Minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_levels_are_those_of_the_draft() {
        use {Level::*, Type::*};
        let table = [
            (Remove, SCHEMA, "description", Major),
            (Change, SCHEMA, "physicalName", Major),
            (Change, SCHEMA, "quality", Minor),
            (Change, SCHEMA, "description", Patch),
            (Add, SCHEMA, "properties", Minor),
            (Add, SCHEMA, "required", Minor),
            (Add, SCHEMA, "quality", Minor),
            (Add, SCHEMA, "tags", Patch),
            (Remove, "team", "team", Minor),
            (Change, "contractCreatedTs", "contractCreatedTs", Patch),
            (Change, "slaProperties", "value", Minor),
            (Add, "support", "support", Patch),
        ];
        for (kind, section, field, expected) in table {
            assert_eq!(
                level(kind, section, field),
                expected,
                "{kind:?} {section} {field}"
            );
        }
    }
}
