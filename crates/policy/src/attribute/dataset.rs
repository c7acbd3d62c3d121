//! Attributes of a dataset but for its contract.

use meshlaw_contract::model::{Classification, Word as _};
use meshlaw_contract::tokens;

use super::DatasetFact::{Flag, Names, Number, Other, Text, Word};
use super::{
    Attribute, DatasetFact, attribute, days_to_sunset, has_replacement, has_sunset, is_snake_case,
    long, name_of, rank_of,
};
use crate::fact::Fact;

/// Attributes of a dataset but for its contract, sorted.
pub(crate) const DATASET: &[Attribute<DatasetFact>] = &[
    attribute(
        "classification",
        Word("Classification", |v| {
            v.classification().map(Classification::as_str)
        }),
    ),
    attribute(
        "classificationRank",
        Number(|v| v.classification().map(rank_of)),
    ),
    attribute(
        "daysToSunset",
        Number(|v| days_to_sunset(v.dataset.deprecated.as_ref(), v.of.world)),
    ),
    attribute("description", Text(|v| v.dataset.description.as_deref())),
    attribute("fieldCount", Number(|v| Some(long(v.fields().count())))),
    attribute(
        "fields",
        Names(|v, see| v.fields().map(name_of).for_each(see)),
    ),
    attribute(
        "hasKey",
        Flag(|v| {
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
            by_field || by_rule
        }),
    ),
    attribute(
        "hasReplacement",
        Flag(|v| has_replacement(v.dataset.deprecated.as_ref())),
    ),
    attribute(
        "hasSunset",
        Flag(|v| has_sunset(v.dataset.deprecated.as_ref())),
    ),
    attribute("isDeprecated", Flag(|v| v.dataset.deprecated.is_some())),
    attribute("isSnakeCase", Flag(|v| is_snake_case(&v.dataset.name))),
    attribute("name", Text(|v| Some(v.dataset.name.as_str()))),
    attribute(
        "nameTokens",
        Other(|v| Some(Fact::set(tokens(&v.dataset.name)))),
    ),
    attribute("physicalName", Text(|v| v.dataset.physical_name.as_deref())),
    attribute(
        "primaryKey",
        Names(|v, see| {
            v.dataset
                .fields
                .iter()
                .filter(|field| field.primary_key)
                .map(name_of)
                .for_each(see)
        }),
    ),
    attribute(
        "qualityChecks",
        Names(|v, see| {
            v.dataset
                .quality
                .iter()
                .map(|rule| rule.check.word())
                .for_each(see)
        }),
    ),
    attribute(
        "tags",
        Names(|v, see| v.dataset.tags.iter().map(String::as_str).for_each(see)),
    ),
];
