//! Attributes of a contract, and of the team that owns it.

use meshlaw_contract::model::{Classification, Compatibility, Field, Server, SlaValue, Word as _};
use meshlaw_contract::tokens;

use super::ContractFact::{Flag, Names, Number, Other, Text, Word};
use super::{
    Attribute, ContractFact, attribute, days_to_sunset, has_replacement, has_sunset, is_masked,
    is_snake_case, long, name_of, rank_of, version,
};
use crate::fact::Fact;
use crate::servers;
use crate::view::{ContractView, each_named};

/// Attributes of a contract, sorted.
pub(crate) const CONTRACT: &[Attribute<ContractFact>] = &[
    attribute(
        "availability",
        Number(|v| match v.contract.sla.get("availability")? {
            SlaValue::Percentage(share) => Some(share.basis_points()),
            _ => None,
        }),
    ),
    attribute(
        "classification",
        Word("Classification", |v| {
            v.contract.classification.map(Classification::as_str)
        }),
    ),
    attribute(
        "classificationRank",
        Number(|v| v.contract.classification.map(rank_of)),
    ),
    attribute(
        "compatibility",
        Word("CompatibilityMode", |v| {
            let Compatibility { mode, .. } = v.contract.compatibility?;
            Some(mode.as_str())
        }),
    ),
    attribute(
        "datasetCount",
        Number(|v| Some(long(v.contract.datasets.len()))),
    ),
    attribute(
        "daysToSunset",
        Number(|v| days_to_sunset(v.contract.deprecated.as_ref(), v.world)),
    ),
    attribute("description", Text(|v| v.contract.description.as_deref())),
    attribute("domain", Text(|v| Some(v.identity.domain.as_str()))),
    attribute("fieldCount", Number(|v| Some(long(v.sum.fields)))),
    attribute(
        "fields",
        Names(|v, see| v.fields().map(|field| field.name.as_str()).for_each(see)),
    ),
    attribute(
        "foreignRegions",
        Names(|v, see| {
            let allowed = &v.world.parameters.regions;
            let is_foreign = |region: &&String| !allowed.is_empty() && !allowed.contains(*region);
            v.contract
                .regions
                .iter()
                .filter(is_foreign)
                .map(String::as_str)
                .for_each(see);
        }),
    ),
    attribute(
        "freshnessSeconds",
        Number(|v| seconds(v.contract.sla.get("freshness"))),
    ),
    attribute(
        "hasReplacement",
        Flag(|v| has_replacement(v.contract.deprecated.as_ref())),
    ),
    attribute(
        "hasSunset",
        Flag(|v| has_sunset(v.contract.deprecated.as_ref())),
    ),
    attribute("isDeprecated", Flag(|v| v.contract.deprecated.is_some())),
    attribute("isSnakeCase", Flag(|v| is_snake_case(&v.identity.name))),
    attribute(
        "latencySeconds",
        Number(|v| seconds(v.contract.sla.get("latency"))),
    ),
    attribute("legalBasis", Text(|v| v.contract.legal_basis.as_deref())),
    attribute("name", Text(|v| Some(v.identity.name.as_str()))),
    attribute(
        "nameTokens",
        Other(|v| Some(Fact::set(tokens(&v.identity.name)))),
    ),
    attribute("owner", Text(|v| v.contract.owner.as_deref())),
    attribute(
        "ownerIsKnown",
        Flag(|v| {
            v.contract
                .owner
                .as_ref()
                .is_some_and(|owner| v.world.knows_team(owner))
        }),
    ),
    attribute("path", Text(|v| Some(v.identity.path.as_str()))),
    attribute(
        "piiCategories",
        Names(|v, see| {
            v.personal_fields()
                .filter_map(|field| field.pii.as_deref())
                .for_each(see)
        }),
    ),
    attribute(
        "piiFields",
        Names(|v, see| {
            v.personal_fields().map(name_of).for_each(see);
        }),
    ),
    attribute("product", Text(|v| v.contract.product.as_deref())),
    attribute(
        "productIsKnown",
        Flag(|v| {
            let product = v.contract.product.as_deref();
            product.is_none_or(|name| v.world.knows_product(name))
        }),
    ),
    attribute(
        "productOwner",
        Text(|v| {
            let product = v.world.products.get(v.contract.product.as_deref()?)?;
            product.owner.as_deref()
        }),
    ),
    attribute(
        "purposes",
        Names(|v, see| v.contract.purpose.iter().map(String::as_str).for_each(see)),
    ),
    attribute(
        "qualityChecks",
        Names(|v, see| v.rules().map(|rule| rule.check.word()).for_each(see)),
    ),
    attribute(
        "qualityRuleCount",
        Number(|v| Some(long(v.rules().count()))),
    ),
    attribute(
        "regions",
        Names(|v, see| v.contract.regions.iter().map(String::as_str).for_each(see)),
    ),
    attribute(
        "retentionDays",
        Number(|v| Some(v.contract.retention.as_ref()?.days())),
    ),
    attribute(
        "serverTypes",
        Names(|v, see| {
            v.contract
                .servers
                .iter()
                .map(|server| server.kind.as_str())
                .for_each(see)
        }),
    ),
    attribute(
        "serversInTheClear",
        Names(|v, see| servers(v, servers::is_in_the_clear, see)),
    ),
    attribute(
        "serversNamingPeople",
        Names(|v, see| servers(v, servers::names_person, see)),
    ),
    attribute(
        "serversWithCredentials",
        Names(|v, see| servers(v, servers::has_credentials, see)),
    ),
    attribute(
        "slaProperties",
        Names(|v, see| v.contract.sla.keys().map(String::as_str).for_each(see)),
    ),
    attribute(
        "status",
        Word("Status", |v| Some(v.contract.status?.as_str())),
    ),
    attribute(
        "tags",
        Names(|v, see| v.contract.tags.iter().map(String::as_str).for_each(see)),
    ),
    attribute(
        "undescribedFields",
        Names(|v, see| {
            let datasets = v.contract.datasets.iter();
            for dataset in datasets.filter(|_| v.sum.has_undescribed) {
                each_named(&dataset.fields, &mut |field| {
                    if field.description.is_none() {
                        see(name_of(field));
                    }
                });
            }
        }),
    ),
    attribute(
        "unprotectedPiiFields",
        Names(|v, see| {
            let is_open = |field: &&Field| !is_masked(field) && !field.encrypted;
            let open = v.personal_fields().filter(is_open);
            open.map(name_of).for_each(see);
        }),
    ),
    attribute(
        "version",
        Other(|v| v.contract.version.as_ref().and_then(version)),
    ),
];

/// Attributes of the team that owns a contract, sorted.
pub(crate) const TEAM: &[Attribute<ContractFact>] = &[
    attribute("isKnown", Flag(|v| v.world.knows_team(v.owner()))),
    attribute("name", Text(|v| Some(v.owner()))),
    attribute(
        "roles",
        Names(|v, see| {
            let team = v.world.teams.get(v.owner()).into_iter();
            team.flat_map(|team| team.roles.iter().map(String::as_str))
                .for_each(see);
        }),
    ),
];

/// Names the servers of which something holds.
fn servers<'v>(
    view: &'v ContractView<'_>,
    holds: impl Fn(&Server) -> bool,
    see: &mut dyn FnMut(&'v str),
) {
    let servers = view.contract.servers.iter();
    let found = servers.filter(|one| holds(one));
    found.map(|one| one.name.as_str()).for_each(see);
}

fn seconds(value: Option<&SlaValue>) -> Option<i64> {
    match value? {
        SlaValue::Duration(duration) => Some(duration.seconds),
        _ => None,
    }
}
