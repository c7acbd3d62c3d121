//! The shapes of the settings.

use meshlaw_contract::model::{Classification, Compatibility, Scheme, Status, Word};
use meshlaw_diff::{Grade, catalogue};
use serde_json::{Map, Value, json};

use super::Kind;
use super::definitions::Definitions;
use super::form::Form;
use super::part::Part;
use super::shape::{Shape, words};
use crate::findings::IDS;
use crate::settings::{
    BUNDLE, DOMAIN, ENFORCEMENT, ENFORCEMENTS, FILE, GLOSSARY, GRADES, LIMITS, Level, PARAMETERS,
    PRODUCT, Released, SETTINGS, Settings, TEAM, VERSIONS, VOCABULARY, packs,
};

/// Settings of an organisation.
pub const KIND: Kind = Kind {
    name: "settings",
    about: "What an organisation sets: where things are, domains, teams, compatibility, levels.",
    globs: |_| vec![FILE.to_owned()],
    root: |definitions| {
        let default = Settings::default();
        let mut root = Part::new(definitions, &SETTINGS, SHAPES)
            .default("compatibility", json!(default.compatibility.to_string()))
            .default("consumers", json!(default.consumers))
            .default("contracts", json!(default.contracts))
            .default("policies", json!(default.policies))
            .default("terms", json!(default.terms))
            .default("waivers", json!(default.waivers))
            .keywords();
        // Everything has a default, so that a file in which nothing stands yet is one of settings.
        root.insert("type".to_owned(), json!(["object", "null"]));
        root
    },
};

const SHAPES: &[(&str, Shape)] = &[
    (
        "bundles",
        Shape::List(&Shape::Part("bundle", |definitions| {
            Part::new(definitions, &BUNDLE, BUNDLE_SHAPES)
                .required(&["hash", "keys", "path"])
                .schema()
        })),
    ),
    ("codeowners", Shape::TEXT),
    ("compatibility", Shape::Words(modes)),
    ("consumers", Shape::TEXTS),
    ("contracts", Shape::TEXTS),
    (
        "domains",
        Shape::Mapping(&Shape::Part("domain", |definitions| {
            Part::new(definitions, &DOMAIN, DOMAIN_SHAPES).schema()
        })),
    ),
    (
        "enforcement",
        Shape::Mapping(&Shape::Part("enforcement", |definitions| {
            Part::new(definitions, &ENFORCEMENT, ENFORCEMENT_SHAPES)
                .required(&["is", "reason"])
                .schema()
        })),
    ),
    ("extends", Shape::List(&Shape::Words(packs))),
    (
        "glossary",
        Shape::Part("glossary", |definitions| {
            Part::new(definitions, &GLOSSARY, GLOSSARY_SHAPES).schema()
        }),
    ),
    ("grades", Shape::Part("grades", grades)),
    ("levels", Shape::Part("levels", levels)),
    ("limits", Shape::Part("limits", limits)),
    ("parameters", Shape::Part("parameters", parameters)),
    ("policies", Shape::TEXT),
    (
        "products",
        Shape::Mapping(&Shape::Part("product", |definitions| {
            Part::new(definitions, &PRODUCT, PRODUCT_SHAPES).schema()
        })),
    ),
    ("properties_schema", Shape::TEXT),
    (
        "teams",
        Shape::Mapping(&Shape::Part("team", |definitions| {
            Part::new(definitions, &TEAM, TEAM_SHAPES).schema()
        })),
    ),
    ("terms", Shape::TEXTS),
    ("versions", Shape::Part("versions", versions)),
    (
        "vocabulary",
        Shape::Part("vocabulary", |definitions| {
            Part::new(definitions, &VOCABULARY, VOCABULARY_SHAPES).schema()
        }),
    ),
    ("waivers", Shape::TEXTS),
];

const BUNDLE_SHAPES: &[(&str, Shape)] = &[
    ("hash", Shape::Written(Form::Hash)),
    ("keys", Shape::Filled(&Shape::Written(Form::PublicKey))),
    ("path", Shape::TEXT),
];

const VOCABULARY_SHAPES: &[(&str, Shape)] = &[
    (
        "classification",
        Shape::Part("classifications", spellings::<Classification>),
    ),
    ("roles", Shape::TEXTS),
    ("sla", Shape::TEXTS),
    ("status", Shape::Part("states", spellings::<Status>)),
];

/// Returns the schema of spellings, whose keys are the words that they mean.
fn spellings<W: Word>(definitions: &mut Definitions) -> Value {
    let meaning = |word: &W| {
        let word = word.as_str();
        (word, format!("Words that mean `{word}`."))
    };
    known(
        definitions,
        "spellings",
        Shape::TEXTS,
        W::ALL.iter().map(meaning),
    )
}

fn modes() -> Vec<String> {
    Compatibility::SPELLINGS
        .iter()
        .map(|mode| (*mode).to_owned())
        .collect()
}

const GLOSSARY_SHAPES: &[(&str, Shape)] = &[("compare", Shape::TEXTS), ("ignore", Shape::TEXTS)];

const DOMAIN_SHAPES: &[(&str, Shape)] = &[
    ("owner", Shape::TEXT),
    ("paths", Shape::TEXTS),
    ("versions", Shape::Part("versions", versions)),
    ("waivers", Shape::Whole),
];

/// Returns the schema of how versions are numbered.
fn versions(definitions: &mut Definitions) -> Value {
    Part::new(definitions, &VERSIONS, VERSIONS_SHAPES).schema()
}

const VERSIONS_SHAPES: &[(&str, Shape)] = &[
    ("released", Shape::Words(words::<Released>)),
    ("scheme", Shape::Words(words::<Scheme>)),
];

const ENFORCEMENT_SHAPES: &[(&str, Shape)] = &[
    (
        "is",
        Shape::Words(|| ENFORCEMENTS.iter().map(|word| (*word).to_owned()).collect()),
    ),
    ("reason", Shape::TEXT),
    ("until", Shape::Written(Form::Date)),
];

const PRODUCT_SHAPES: &[(&str, Shape)] = &[
    ("description", Shape::TEXT),
    ("domain", Shape::TEXT),
    ("owner", Shape::TEXT),
];

const TEAM_SHAPES: &[(&str, Shape)] = &[
    ("email", Shape::TEXT),
    ("github", Shape::TEXT),
    ("roles", Shape::TEXTS),
    ("slack", Shape::TEXT),
    ("webhook", Shape::TEXT),
];

const PARAMETERS_SHAPES: &[(&str, Shape)] = &[
    ("legal_bases", Shape::TEXTS),
    ("max_freshness", Shape::Written(Form::Duration)),
    ("max_domain_waivers", Shape::Whole),
    ("max_error_waiver_days", Shape::Whole),
    ("max_retention_days", Shape::Whole),
    ("max_use_days", Shape::Whole),
    ("max_waiver_days", Shape::Whole),
    ("min_availability", Shape::Written(Form::Percentage)),
    ("max_waiver_renewals", Shape::Whole),
    ("notice_days", Shape::Whole),
    (
        "personal_classification",
        Shape::Words(words::<Classification>),
    ),
    ("regions", Shape::TEXTS),
];

fn parameters(definitions: &mut Definitions) -> Value {
    let default = Settings::default().parameters;
    Part::new(definitions, &PARAMETERS, PARAMETERS_SHAPES)
        .default("legal_bases", json!(default.legal_bases))
        .default("max_freshness", json!(default.max_freshness.to_string()))
        .default("max_use_days", json!(default.max_use_days))
        .default(
            "min_availability",
            json!(default.min_availability.to_string()),
        )
        .default(
            "personal_classification",
            json!(default.personal_classification.as_str()),
        )
        .default("max_retention_days", json!(default.max_retention_days))
        .default("max_waiver_days", json!(default.max_waiver_days))
        .default("max_waiver_renewals", json!(default.max_waiver_renewals))
        .default("notice_days", json!(default.notice_days))
        .default("regions", json!(default.regions))
        .schema()
}

const LIMITS_SHAPES: &[(&str, Shape)] = &[
    ("bytes", Shape::Whole),
    ("depth", Shape::Whole),
    ("nodes", Shape::Whole),
];

fn limits(definitions: &mut Definitions) -> Value {
    let default = Settings::default().limits;
    Part::new(definitions, &LIMITS, LIMITS_SHAPES)
        .default("bytes", json!(default.bytes))
        .default("depth", json!(default.depth))
        .default("nodes", json!(default.nodes))
        .schema()
}

const GRADES_SHAPES: &[(&str, Shape)] = &[("consumers", GRADE), ("producers", GRADE)];
const GRADE: Shape = Shape::Words(|| {
    Grade::ALL
        .iter()
        .map(|grade| grade.as_str().to_owned())
        .collect()
});

/// Returns the schema of grades, whose keys are the rules; an editor offers them by id.
fn grades(definitions: &mut Definitions) -> Value {
    let grades = Shape::Part("grade", |definitions| {
        Part::new(definitions, &GRADES, GRADES_SHAPES).schema()
    });
    let rules = catalogue().map(|catalogue| catalogue.rules());
    let rules = rules.unwrap_or_default().iter();
    let ids = rules.map(|rule| {
        let (effect, consumers, producers) = (rule.effect, rule.consumers, rule.producers);
        let meaning = format!(
            "Effect: {effect}. Left out, {consumers} for consumers and {producers} for producers."
        );
        (rule.id, meaning)
    });
    known(definitions, "grades", grades, ids)
}

/// Returns the schema of levels, whose keys are the findings; an editor offers them by id.
fn levels(definitions: &mut Definitions) -> Value {
    let ids = IDS.iter().map(|(id, meaning)| (*id, (*meaning).to_owned()));
    known(definitions, "levels", Shape::Words(words::<Level>), ids)
}

/// Returns the schema of a mapping whose keys are known ids, each with what it means.
fn known(
    definitions: &mut Definitions,
    title: &str,
    shape: Shape,
    ids: impl Iterator<Item = (&'static str, String)>,
) -> Value {
    let mut properties = Map::new();
    for (id, meaning) in ids {
        let mut property = Map::new();
        property.insert("description".to_owned(), json!(meaning));
        property.extend(shape.keywords(definitions));
        properties.insert(id.to_owned(), Value::Object(property));
    }
    json!({
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}
