//! Attributes of a field but for its dataset and contract.

use std::borrow::Cow;

use meshlaw_contract::model::{Classification, Type, Word as _};
use meshlaw_contract::tokens;

use super::FieldFact::{Flag, Names, Number, Other, Text, Word};
use super::{
    Attribute, FieldFact, Stated, attribute, days_to_sunset, has_replacement, has_sunset,
    is_masked, is_snake_case, long, on, rank_of, there, told,
};
use crate::currency::is_of_currency;
use crate::fact::Fact;
use crate::glossary::Meaning;
use crate::zone::{has_zone, states_zone};

/// Attributes of a field but for its dataset and contract, sorted.
pub(crate) const FIELD: &[Attribute<FieldFact>] = &[
    on(
        Stated::ALLOWED,
        "allowedValues",
        Other(|v| {
            let values = v.field.allowed.iter().flatten();
            Some(Fact::set(values.map(ToString::to_string)))
        }),
    ),
    told(
        Stated::CLASS,
        "classification",
        Word("Classification", |v| {
            v.classification().map(Classification::as_str)
        }),
    ),
    told(
        Stated::CLASS,
        "classificationRank",
        Number(|v| v.classification().map(rank_of)),
    ),
    on(
        Stated::DEPRECATED,
        "daysToSunset",
        Number(|v| days_to_sunset(v.field.deprecated.as_deref(), v.of.of.world)),
    ),
    there(
        Stated::DESCRIBED,
        "description",
        Text(|v| v.field.description.as_deref()),
    ),
    there(
        Stated::FORMAT,
        "format",
        Text(|v| v.field.format.as_deref()),
    ),
    told(
        Stated::ALLOWED,
        "hasEnum",
        Flag(|v| v.field.allowed.is_some()),
    ),
    on(
        Stated::CHECKED,
        "hasQualityRule",
        Flag(|v| v.has_quality_rule()),
    ),
    told(
        Stated::REFERENCE,
        "hasReference",
        Flag(|v| v.field.references.is_some()),
    ),
    on(
        Stated::DEPRECATED,
        "hasReplacement",
        Flag(|v| has_replacement(v.field.deprecated.as_deref())),
    ),
    on(
        Stated::DEPRECATED,
        "hasSunset",
        Flag(|v| has_sunset(v.field.deprecated.as_deref())),
    ),
    told(
        Stated::CRITICAL,
        "isCritical",
        Flag(|v| v.field.is_critical),
    ),
    told(
        Stated::DEPRECATED,
        "isDeprecated",
        Flag(|v| v.field.deprecated.is_some()),
    ),
    told(
        Stated::ENCRYPTED,
        "isEncrypted",
        Flag(|v| v.field.encrypted),
    ),
    on(Stated::MASKED, "isMasked", Flag(|v| is_masked(v.field))),
    attribute("isNested", Flag(|v| v.depth() > 1)),
    told(Stated::KEY, "isPrimaryKey", Flag(|v| v.field.primary_key)),
    told(Stated::REQUIRED, "isRequired", Flag(|v| v.field.required)),
    attribute("isSnakeCase", Flag(|v| is_snake_case(&v.field.name))),
    told(Stated::UNIQUE, "isUnique", Flag(|v| v.field.unique)),
    on(
        Stated::TERM,
        "leftToTerm",
        Names(|v, see| {
            let left = v
                .meaning()
                .into_iter()
                .flat_map(|one| one.left_out(v.held()));
            left.for_each(|one| see(one.as_str()));
        }),
    ),
    there(
        Stated::MASKED,
        "masking",
        Text(|v| v.field.masking.as_deref()),
    ),
    there(
        Stated::LENGTH,
        "maxLength",
        Number(|v| v.field.max_length.map(long)),
    ),
    attribute("name", Text(|v| Some(v.field.name.as_str()))),
    attribute(
        "nameTokens",
        Other(|v| Some(Fact::set(tokens(&v.field.name)))),
    ),
    attribute(
        "path",
        Other(|v| Some(Fact::Text(Cow::Owned(v.pointer().to_string())))),
    ),
    there(
        Stated::PATTERN,
        "pattern",
        Text(|v| v.field.pattern.as_deref()),
    ),
    there(
        Stated::PHYSICAL,
        "physicalName",
        Text(|v| v.field.physical_name.as_deref()),
    ),
    there(Stated::PII, "pii", Text(|v| v.field.pii.as_deref())),
    there(
        Stated::PRECISION,
        "precision",
        Number(|v| v.field.precision.map(long)),
    ),
    there(Stated::SCALE, "scale", Number(|v| v.field.scale.map(long))),
    on(
        Stated::TIME,
        "statesZone",
        Flag(|v| {
            let by_field = states_zone(v.of.of.contract, v.field);
            let by_term = || has_zone(&v.field.ty) && v.meaning().is_some_and(Meaning::states_zone);
            by_field || by_term()
        }),
    ),
    on(
        Stated::TAGS,
        "tags",
        Names(|v, see| v.field.tags.iter().map(String::as_str).for_each(see)),
    ),
    there(
        Stated::TERM,
        "term",
        Text(|v| {
            let term = v.field.term.as_deref()?;
            Some(v.meaning().map_or(term, |one| one.name.as_str()))
        }),
    ),
    on(Stated::TERM, "termIsKnown", Flag(|v| v.meaning().is_some())),
    on(
        Stated::TERM,
        "termMismatches",
        Names(|v, see| {
            let all = v
                .meaning()
                .map(|one| one.against(v.held()))
                .unwrap_or_default();
            all.iter().map(|one| one.statement.as_str()).for_each(see);
        }),
    ),
    told(
        Stated::TYPE,
        "type",
        Word("DataType", |v| Some(data_type(&v.field.ty))),
    ),
    there(Stated::UNIT, "unit", Text(|v| v.field.unit.as_deref())),
    on(
        Stated::UNIT_OR_TERM,
        "unitIsCurrency",
        Flag(|v| {
            let of_term = || v.meaning()?.unit.as_deref();
            let unit = v.field.unit.as_deref().or_else(of_term);
            unit.is_some_and(is_of_currency)
        }),
    ),
];

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
