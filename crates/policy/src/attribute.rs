//! A contract, a dataset or a field in, its attributes as the vocabulary names them out.
//!
//! Attributes are computed when they are asked for, since most policies read few of them.

use std::borrow::Cow;

use meshlaw_contract::model::{
    Classification, Compatibility, Deprecation, Field, Server, SlaValue, Type, Version, Word,
};
use meshlaw_contract::tokens;

use crate::World;
use crate::currency::is_of_currency;
use crate::fact::Fact;
use crate::glossary::{Meaning, Statement};
use crate::servers;
use crate::view::{ContractView, DatasetView, FieldView, named_fields};
use crate::zone::{has_zone, states_zone};

/// An attribute: its name in the vocabulary, and how it is computed.
pub(crate) struct Attribute<V: ?Sized> {
    pub(crate) name: &'static str,
    pub(crate) fact: V,
}

type Of<V> = Attribute<V>;
pub(crate) type ContractFact = for<'v> fn(&'v ContractView<'_>) -> Option<Fact<'v>>;
pub(crate) type DatasetFact = for<'v> fn(&'v DatasetView<'_>) -> Option<Fact<'v>>;
pub(crate) type FieldFact = for<'v> fn(&'v FieldView<'_>) -> Option<Fact<'v>>;

macro_rules! attribute {
    ($name:literal, $fact:expr) => {
        Attribute {
            name: $name,
            fact: $fact,
        }
    };
}

/// Attributes of a contract, sorted.
pub(crate) const CONTRACT: &[Of<ContractFact>] = &[
    attribute!(
        "availability",
        |v| match v.contract.sla.get("availability")? {
            SlaValue::Percentage(share) => Some(Fact::Long(share.basis_points())),
            _ => None,
        }
    ),
    attribute!("classification", |v| v
        .contract
        .classification
        .map(classification)),
    attribute!("classificationRank", |v| v
        .contract
        .classification
        .map(rank)),
    attribute!("compatibility", |v| {
        let Compatibility { mode, .. } = v.contract.compatibility?;
        Some(Fact::Word {
            of: "CompatibilityMode",
            word: mode.as_str(),
        })
    }),
    attribute!("datasetCount", |v| Some(Fact::count(
        v.contract.datasets.len()
    ))),
    attribute!("daysToSunset", |v| days_to_sunset(
        v.contract.deprecated.as_ref(),
        v.world
    )),
    attribute!("description", |v| v
        .contract
        .description
        .as_deref()
        .map(Fact::text)),
    attribute!("domain", |v| Some(Fact::text(&v.identity.domain))),
    attribute!("fieldCount", |v| Some(Fact::count(v.fields().count()))),
    attribute!("fields", |v| Some(Fact::set(
        v.fields().map(|field| field.name.as_str())
    ))),
    attribute!("foreignRegions", |v| {
        let allowed = &v.world.parameters.regions;
        let is_foreign = |region: &&String| !allowed.is_empty() && !allowed.contains(*region);
        Some(Fact::set(
            v.contract
                .regions
                .iter()
                .filter(is_foreign)
                .map(String::as_str),
        ))
    }),
    attribute!("freshnessSeconds", |v| seconds(
        v.contract.sla.get("freshness")
    )),
    attribute!("hasReplacement", |v| has_replacement(
        v.contract.deprecated.as_ref()
    )),
    attribute!("hasSunset", |v| has_sunset(v.contract.deprecated.as_ref())),
    attribute!("isDeprecated", |v| Some(Fact::Bool(
        v.contract.deprecated.is_some()
    ))),
    attribute!("isSnakeCase", |v| Some(Fact::Bool(is_snake_case(
        &v.identity.name
    )))),
    attribute!("latencySeconds", |v| seconds(v.contract.sla.get("latency"))),
    attribute!("legalBasis", |v| v
        .contract
        .legal_basis
        .as_deref()
        .map(Fact::text)),
    attribute!("name", |v| Some(Fact::text(&v.identity.name))),
    attribute!("nameTokens", |v| Some(Fact::set(tokens(&v.identity.name)))),
    attribute!("owner", |v| v.contract.owner.as_deref().map(Fact::text)),
    attribute!("ownerIsKnown", |v| {
        Some(Fact::Bool(
            v.contract
                .owner
                .as_ref()
                .is_some_and(|owner| v.world.knows_team(owner)),
        ))
    }),
    attribute!("path", |v| Some(Fact::text(&v.identity.path))),
    attribute!("piiCategories", |v| {
        Some(Fact::set(
            v.fields().filter_map(|field| field.pii.as_deref()),
        ))
    }),
    attribute!("piiFields", |v| {
        Some(Fact::set(
            v.fields().filter(|field| field.pii.is_some()).map(name_of),
        ))
    }),
    attribute!("product", |v| v.contract.product.as_deref().map(Fact::text)),
    attribute!("productIsKnown", |v| {
        let product = v.contract.product.as_deref();
        Some(Fact::Bool(
            product.is_none_or(|name| v.world.knows_product(name)),
        ))
    }),
    attribute!("productOwner", |v| {
        let product = v.world.products.get(v.contract.product.as_deref()?)?;
        product.owner.as_deref().map(Fact::text)
    }),
    attribute!("purposes", |v| Some(Fact::set(
        v.contract.purpose.iter().map(String::as_str)
    ))),
    attribute!("qualityChecks", |v| Some(Fact::set(
        v.rules().map(|rule| rule.check.word())
    ))),
    attribute!("qualityRuleCount", |v| Some(Fact::count(v.rules().count()))),
    attribute!("regions", |v| Some(Fact::set(
        v.contract.regions.iter().map(String::as_str)
    ))),
    attribute!("retentionDays", |v| Some(Fact::Long(
        v.contract.retention.as_ref()?.days()
    ))),
    attribute!("serverTypes", |v| {
        Some(Fact::set(
            v.contract.servers.iter().map(|server| server.kind.as_str()),
        ))
    }),
    attribute!("serversInTheClear", |v| Some(servers(
        v,
        servers::is_in_the_clear
    ))),
    attribute!("serversNamingPeople", |v| Some(servers(
        v,
        servers::names_person
    ))),
    attribute!("serversWithCredentials", |v| Some(servers(
        v,
        servers::has_credentials
    ))),
    attribute!("slaProperties", |v| Some(Fact::set(
        v.contract.sla.keys().map(String::as_str)
    ))),
    attribute!("status", |v| {
        Some(Fact::Word {
            of: "Status",
            word: v.contract.status?.as_str(),
        })
    }),
    attribute!("tags", |v| Some(Fact::set(
        v.contract.tags.iter().map(String::as_str)
    ))),
    attribute!("undescribedFields", |v| {
        let fields = v
            .contract
            .datasets
            .iter()
            .flat_map(|dataset| named_fields(&dataset.fields));
        Some(Fact::set(
            fields
                .filter(|field| field.description.is_none())
                .map(name_of),
        ))
    }),
    attribute!("unprotectedPiiFields", |v| {
        let is_open = |field: &&Field| field.pii.is_some() && !is_masked(field) && !field.encrypted;
        Some(Fact::set(v.fields().filter(is_open).map(name_of)))
    }),
    attribute!("version", |v| v.contract.version.as_ref().and_then(version)),
];

/// Attributes of the team that owns a contract, sorted.
pub(crate) const TEAM: &[Of<ContractFact>] = &[
    attribute!("isKnown", |v| Some(Fact::Bool(
        v.world.knows_team(v.owner())
    ))),
    attribute!("name", |v| Some(Fact::text(v.owner()))),
    attribute!("roles", |v| {
        let team = v.world.teams.get(v.owner()).into_iter();
        Some(Fact::set(
            team.flat_map(|team| team.roles.iter().map(String::as_str)),
        ))
    }),
];

/// Attributes of a dataset but for its contract, sorted.
pub(crate) const DATASET: &[Of<DatasetFact>] = &[
    attribute!("classification", |v| v.classification().map(classification)),
    attribute!("classificationRank", |v| v.classification().map(rank)),
    attribute!("daysToSunset", |v| days_to_sunset(
        v.dataset.deprecated.as_ref(),
        v.of.world
    )),
    attribute!("description", |v| v
        .dataset
        .description
        .as_deref()
        .map(Fact::text)),
    attribute!("fieldCount", |v| Some(Fact::count(v.fields().count()))),
    attribute!("fields", |v| Some(Fact::set(v.fields().map(name_of)))),
    attribute!("hasKey", |v| {
        let by_field = v
            .dataset
            .fields
            .iter()
            .any(|field| field.primary_key || field.unique);
        let by_rule = v
            .dataset
            .quality
            .iter()
            .any(|rule| rule.check.word() == "unique");
        Some(Fact::Bool(by_field || by_rule))
    }),
    attribute!("hasReplacement", |v| has_replacement(
        v.dataset.deprecated.as_ref()
    )),
    attribute!("hasSunset", |v| has_sunset(v.dataset.deprecated.as_ref())),
    attribute!("isDeprecated", |v| Some(Fact::Bool(
        v.dataset.deprecated.is_some()
    ))),
    attribute!("isSnakeCase", |v| Some(Fact::Bool(is_snake_case(
        &v.dataset.name
    )))),
    attribute!("name", |v| Some(Fact::text(&v.dataset.name))),
    attribute!("nameTokens", |v| Some(Fact::set(tokens(&v.dataset.name)))),
    attribute!("physicalName", |v| v
        .dataset
        .physical_name
        .as_deref()
        .map(Fact::text)),
    attribute!("primaryKey", |v| {
        Some(Fact::set(
            v.dataset
                .fields
                .iter()
                .filter(|field| field.primary_key)
                .map(name_of),
        ))
    }),
    attribute!("qualityChecks", |v| {
        Some(Fact::set(
            v.dataset.quality.iter().map(|rule| rule.check.word()),
        ))
    }),
    attribute!("tags", |v| Some(Fact::set(
        v.dataset.tags.iter().map(String::as_str)
    ))),
];

/// Attributes of a field but for its dataset and contract, sorted.
pub(crate) const FIELD: &[Of<FieldFact>] = &[
    attribute!("allowedValues", |v| {
        let values = v.field.allowed.iter().flatten();
        Some(Fact::set(values.map(ToString::to_string)))
    }),
    attribute!("classification", |v| v.classification().map(classification)),
    attribute!("classificationRank", |v| v.classification().map(rank)),
    attribute!("daysToSunset", |v| days_to_sunset(
        v.field.deprecated.as_ref(),
        v.of.of.world
    )),
    attribute!("description", |v| v
        .field
        .description
        .as_deref()
        .map(Fact::text)),
    attribute!("format", |v| v.field.format.as_deref().map(Fact::text)),
    attribute!("hasEnum", |v| Some(Fact::Bool(v.field.allowed.is_some()))),
    attribute!("hasQualityRule", |v| Some(Fact::Bool(v.has_quality_rule()))),
    attribute!("hasReference", |v| Some(Fact::Bool(
        v.field.references.is_some()
    ))),
    attribute!("hasReplacement", |v| has_replacement(
        v.field.deprecated.as_ref()
    )),
    attribute!("hasSunset", |v| has_sunset(v.field.deprecated.as_ref())),
    attribute!("isCritical", |v| Some(Fact::Bool(v.field.is_critical))),
    attribute!("isDeprecated", |v| Some(Fact::Bool(
        v.field.deprecated.is_some()
    ))),
    attribute!("isEncrypted", |v| Some(Fact::Bool(v.field.encrypted))),
    attribute!("isMasked", |v| Some(Fact::Bool(is_masked(v.field)))),
    attribute!("isNested", |v| Some(Fact::Bool(v.depth() > 1))),
    attribute!("isPrimaryKey", |v| Some(Fact::Bool(v.field.primary_key))),
    attribute!("isRequired", |v| Some(Fact::Bool(v.field.required))),
    attribute!("isSnakeCase", |v| Some(Fact::Bool(is_snake_case(
        &v.field.name
    )))),
    attribute!("isUnique", |v| Some(Fact::Bool(v.field.unique))),
    attribute!("leftToTerm", |v| {
        let left = v
            .meaning()
            .into_iter()
            .flat_map(|one| one.left_out(v.held()));
        Some(Fact::set(left.map(Statement::as_str)))
    }),
    attribute!("masking", |v| v.field.masking.as_deref().map(Fact::text)),
    attribute!("maxLength", |v| v.field.max_length.map(long)),
    attribute!("name", |v| Some(Fact::text(&v.field.name))),
    attribute!("nameTokens", |v| Some(Fact::set(tokens(&v.field.name)))),
    attribute!("path", |v| Some(Fact::Text(Cow::Owned(
        v.pointer().to_string()
    )))),
    attribute!("pattern", |v| v.field.pattern.as_deref().map(Fact::text)),
    attribute!("physicalName", |v| v
        .field
        .physical_name
        .as_deref()
        .map(Fact::text)),
    attribute!("pii", |v| v.field.pii.as_deref().map(Fact::text)),
    attribute!("precision", |v| v.field.precision.map(long)),
    attribute!("scale", |v| v.field.scale.map(long)),
    attribute!("statesZone", |v| {
        let by_field = states_zone(v.of.of.contract, v.field);
        let by_term = || has_zone(&v.field.ty) && v.meaning().is_some_and(Meaning::states_zone);
        Some(Fact::Bool(by_field || by_term()))
    }),
    attribute!("tags", |v| Some(Fact::set(
        v.field.tags.iter().map(String::as_str)
    ))),
    attribute!("term", |v| {
        let term = v.field.term.as_deref()?;
        Some(Fact::text(v.meaning().map_or(term, |one| &one.name)))
    }),
    attribute!("termIsKnown", |v| Some(Fact::Bool(v.meaning().is_some()))),
    attribute!("termMismatches", |v| {
        let all = v
            .meaning()
            .map(|one| one.against(v.held()))
            .unwrap_or_default();
        Some(Fact::set(all.iter().map(|one| one.statement.as_str())))
    }),
    attribute!("type", |v| Some(Fact::Word {
        of: "DataType",
        word: data_type(&v.field.ty)
    })),
    attribute!("unit", |v| v.field.unit.as_deref().map(Fact::text)),
    attribute!("unitIsCurrency", |v| {
        let of_term = || v.meaning()?.unit.as_deref();
        let unit = v.field.unit.as_deref().or_else(of_term);
        Some(Fact::Bool(unit.is_some_and(is_of_currency)))
    }),
];

/// Tells whether values are hidden; `masking: none` says on purpose that they are not.
fn is_masked(field: &Field) -> bool {
    field
        .masking
        .as_deref()
        .is_some_and(|method| method != "none")
}

/// Names the servers of which something holds.
fn servers<'v>(view: &'v ContractView<'_>, holds: impl Fn(&Server) -> bool) -> Fact<'v> {
    let servers = view.contract.servers.iter();
    let names = servers
        .filter(|one| holds(one))
        .map(|one| one.name.as_str());
    Fact::set(names)
}

fn name_of(field: &Field) -> &str {
    &field.name
}

fn classification<'v>(class: Classification) -> Fact<'v> {
    Fact::Word {
        of: "Classification",
        word: class.as_str(),
    }
}

fn rank<'v>(class: Classification) -> Fact<'v> {
    Fact::Long(rank_of(class))
}

pub(crate) fn rank_of(class: Classification) -> i64 {
    match class {
        Classification::Public => 0,
        Classification::Internal => 1,
        Classification::Confidential => 2,
        Classification::Restricted => 3,
    }
}

/// Returns the numbers of a version; one that is no semantic version has none.
pub(crate) fn version<'v>(version: &Version) -> Option<Fact<'v>> {
    let version = version.semantic()?;
    Some(Fact::Record(vec![
        ("isPreRelease", Fact::Bool(!version.pre.is_empty())),
        ("major", long(version.major)),
        ("minor", long(version.minor)),
        ("patch", long(version.patch)),
    ]))
}

fn long<'v>(value: u64) -> Fact<'v> {
    Fact::Long(i64::try_from(value).unwrap_or(i64::MAX))
}

fn seconds(value: Option<&SlaValue>) -> Option<Fact<'_>> {
    match value? {
        SlaValue::Duration(duration) => Some(Fact::Long(duration.seconds)),
        _ => None,
    }
}

fn has_replacement<'v>(deprecation: Option<&Deprecation>) -> Option<Fact<'v>> {
    Some(Fact::Bool(
        deprecation.is_some_and(|notice| notice.replacement.is_some()),
    ))
}

fn has_sunset<'v>(deprecation: Option<&Deprecation>) -> Option<Fact<'v>> {
    Some(Fact::Bool(
        deprecation.is_some_and(|notice| notice.sunset.is_some()),
    ))
}

fn days_to_sunset<'v>(deprecation: Option<&Deprecation>, world: &World) -> Option<Fact<'v>> {
    Some(Fact::Long(world.days_to(deprecation?.sunset?)))
}

fn is_snake_case(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_plain)
}

fn data_type(ty: &Type) -> &'static str {
    match ty {
        Type::Scalar(scalar) => scalar.as_str(),
        Type::Object(_) => "object",
        Type::Array(_) => "array",
        Type::Map { .. } => "map",
        Type::Unstated => "unstated",
        Type::Union(_) | Type::Named(_) | Type::Opaque(_) => "other",
    }
}

/// Returns the names of a table.
pub(crate) fn attribute_names<V>(table: &[Attribute<V>]) -> Vec<&'static str> {
    table.iter().map(|attribute| attribute.name).collect()
}

/// Looks an attribute up in a table.
pub(crate) fn attribute<V: Copy>(table: &[Attribute<V>], name: &str) -> Option<V> {
    let at = table
        .binary_search_by(|attribute| attribute.name.cmp(name))
        .ok()?;
    Some(table.get(at)?.fact)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names<V>(table: &[Attribute<V>]) -> BTreeSet<String> {
        table
            .iter()
            .map(|attribute| attribute.name.to_owned())
            .collect()
    }

    #[test]
    fn every_attribute_of_the_vocabulary_has_its_source() {
        let (fragment, _) =
            cedar_policy::SchemaFragment::from_cedarschema_str(crate::VOCABULARY).unwrap();
        let schema = fragment.to_json_value().unwrap();
        let stated = |of: &str| -> BTreeSet<String> {
            let shape = &schema[""]["entityTypes"][of]["shape"]["attributes"];
            shape.as_object().unwrap().keys().cloned().collect()
        };
        let linked = |mut made: BTreeSet<String>, links: &[&str]| {
            made.extend(links.iter().map(|link| (*link).to_owned()));
            made
        };
        assert_eq!(stated("Contract"), names(CONTRACT));
        assert_eq!(stated("Dataset"), linked(names(DATASET), &["contract"]));
        assert_eq!(
            stated("Field"),
            linked(names(FIELD), &["contract", "dataset"])
        );
        assert_eq!(stated("Team"), names(TEAM));
    }

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(CONTRACT.is_sorted_by(|a, b| a.name < b.name));
        assert!(DATASET.is_sorted_by(|a, b| a.name < b.name));
        assert!(FIELD.is_sorted_by(|a, b| a.name < b.name));
        assert!(TEAM.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn names_are_snake_case_or_not() {
        for (name, expected) in [
            ("lead_id", true),
            ("a1", true),
            ("leadId", false),
            ("1a", false),
            ("_a", false),
            ("", false),
        ] {
            assert_eq!(is_snake_case(name), expected, "{name}");
        }
    }
}
