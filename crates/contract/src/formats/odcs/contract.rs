//! Contracts and schema objects of the standard in, contracts and datasets of the model out.

use std::collections::{BTreeMap, BTreeSet};

use super::custom::{Customs, text};
use super::field::Fields;
use super::words::{SLA, Words};
use super::{relationship, rule, server, service, team};
use crate::lowering::{Lowering, to_value};
use crate::model::{Compatibility, Contract, Dataset, Details, Place, QualityRule, Version};
use crate::problem::quoted;
use crate::{Format, NodeRef, ProblemId, Scalar, Value, View, nearest};

/// Keys that the model has no attribute of its own for.
const DETAILS: &[&str] = &[
    "apiVersion",
    "authoritativeDefinitions",
    "context",
    "contractCreatedTs",
    "price",
    "roles",
    "slaDefaultElement",
    "support",
    "team",
    "tenant",
];

/// The same, inside of the description.
const DESCRIPTION: &[(&str, &str)] = &[
    (
        "authoritativeDefinitions",
        "description.authoritativeDefinitions",
    ),
    ("customProperties", "description.customProperties"),
    ("limitations", "description.limitations"),
    ("usage", "description.usage"),
];

/// The same, of a dataset.
const DATASET_DETAILS: &[&str] = &[
    "authoritativeDefinitions",
    "businessName",
    "context",
    "dataGranularityDescription",
    "logicalType",
    "physicalType",
    "synonyms",
];

/// Reads a contract; what breaks the rules was told already, and is left out.
pub(super) fn read<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>, words: &Words) -> Contract {
    let get = |key: &str| root.get(key).and_then(text);
    let mut customs = Customs::of(root);
    let mut contract = Contract::new(Format::Odcs);
    contract.id = get("id");
    contract.name = get("name").or_else(|| get("id"));
    contract.domain = get("domain");
    contract.product = get("dataProduct");
    contract.tags = tags(root);
    contract.owner = root
        .get("team")
        .and_then(team::owner)
        .or_else(|| customs.text("owner"));
    contract.description = root
        .get("description")
        .and_then(|part| text(part.get("purpose")?));
    contract.purpose = customs.texts("purpose").unwrap_or_default();
    contract.legal_basis = customs.text("legal_basis");
    contract.regions = customs
        .texts("regions")
        .unwrap_or_default()
        .into_iter()
        .collect();
    contract.classification = customs.take("classification", |node| {
        words.classification_of(node.text()?)
    });
    contract.compatibility =
        customs.take("compatibility", |node| Compatibility::parse(node.text()?));
    contract.deprecated = customs.deprecation(false);
    contract.servers = root.get("servers").map(server::read).unwrap_or_default();
    details(low, root, &mut contract.details);
    version(root, &mut contract);
    status(low, root, words, &mut contract);
    let service = root
        .get("slaProperties")
        .map(service::read)
        .unwrap_or_default();
    contract.retention = service.retention.or_else(|| customs.duration("retention"));
    contract.sla = service.sla;
    if !service.rest.is_empty() {
        let rest = Value::List(service.rest);
        contract.details.insert("slaProperties", rest);
    }
    doubt_words(low, root, words);
    if let Some(View::Sequence(items)) = root.get("schema").map(NodeRef::view) {
        let mut seen = BTreeSet::new();
        low.within("datasets", |low| {
            for item in items {
                let next = dataset(low, item, words);
                let next = next.filter(|next| seen.insert(next.name.clone()));
                contract.datasets.extend(next);
            }
        });
    }
    contract.properties = customs.properties();
    contract
}

/// Reads the labels of a part.
pub(super) fn tags(node: NodeRef<'_>) -> BTreeSet<String> {
    let tags = node.get("tags").into_iter().flat_map(NodeRef::items);
    tags.filter_map(text).collect()
}

fn details(_: &mut Lowering<'_>, root: NodeRef<'_>, details: &mut Details) {
    for key in DETAILS {
        if let Some(value) = root.get(key) {
            details.insert(key, to_value(value));
        }
    }
    for (key, detail) in DESCRIPTION {
        if let Some(value) = root.get("description").and_then(|part| part.get(key)) {
            details.insert(detail, to_value(value));
        }
    }
}

/// The standard takes any text for a version; whether it fits is for the settings to say.
fn version(root: NodeRef<'_>, contract: &mut Contract) {
    let stated = root
        .get("version")
        .and_then(|node| node.scalar()?.to_text());
    contract.version = stated.map(|text| Version::new(text.trim()));
}

fn status<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>, words: &Words, contract: &mut Contract) {
    let stated = root
        .get("status")
        .and_then(|node| Some((node, text(node)?)));
    let Some((node, text)) = stated else { return };
    contract.status = words.status_of(&text);
    if contract.status.is_none() {
        let message = format!("nobody said what the status {} means", quoted(&text));
        let known = ["proposed", "draft", "active", "deprecated", "retired"];
        let help = words.way_out(&text, &known, Some("status"));
        low.within("status", |low| {
            low.doubt(ProblemId::UnknownWord, node.span(), message, help);
        });
        contract.details.insert("status", Value::Text(text));
    }
}

/// Says which free words look like others that are known.
fn doubt_words<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>, words: &Words) {
    let named = |list: &'static str, key: &'static str| {
        let items = root.get(list).into_iter().flat_map(NodeRef::items);
        let word = move |item: NodeRef<'d>| {
            let node = item.get(key)?;
            Some((node, node.scalar()?.to_text()?))
        };
        items.filter_map(word)
    };
    for (node, property) in named("slaProperties", "property") {
        let known = || {
            words
                .sla
                .iter()
                .map(String::as_str)
                .chain(SLA.iter().copied())
        };
        if let Some(near) = nearest(property, known())
            && !known().any(|one| one == property)
        {
            let message = format!("{} reads like the property `{near}`", quoted(property));
            let help = format!(
                "write `{near}`, or name yours under `vocabulary: {{ sla: … }}` in meshlaw.yaml"
            );
            low.within("sla", |low| {
                low.doubt(ProblemId::UnknownWord, node.span(), message, help);
            });
        }
    }
    for (node, role) in named("roles", "role") {
        if words.roles.is_empty() || words.roles.contains(role) {
            continue;
        }
        let message = format!("{} is not a role that the settings know", quoted(role));
        let known: Vec<&str> = words.roles.iter().map(String::as_str).collect();
        let help = words.way_out(role, &known, Some("roles"));
        low.within("roles", |low| {
            low.doubt(ProblemId::UnknownWord, node.span(), message, help);
        });
    }
}

fn dataset<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, words: &Words) -> Option<Dataset> {
    let name = node
        .get("name")
        .and_then(|node| node.scalar().and_then(Scalar::to_text))?;
    low.named(name, |low| {
        let get = |key: &str| node.get(key).and_then(text);
        let is_deprecated = node
            .get("deprecated")
            .and_then(|node| node.scalar()?.to_bool());
        let mut customs = Customs::of(node);
        let mut dataset = Dataset {
            name: name.to_owned(),
            place: Place::Listed,
            id: get("id"),
            physical_name: get("physicalName"),
            description: get("description"),
            tags: tags(node),
            renamed_from: customs.text("renamed_from"),
            classification: customs.take("classification", |node| {
                words.classification_of(node.text()?)
            }),
            deprecated: customs.deprecation(is_deprecated.unwrap_or_default()),
            ..Dataset::default()
        };
        let mut fields = Fields::new(low, words);
        dataset.fields = node
            .get("properties")
            .map(|list| fields.list(list))
            .unwrap_or_default();
        let of_fields = std::mem::take(&mut fields.rules);
        let own = node
            .get("quality")
            .map(|list| rule::read(low, list, &[], words));
        dataset.quality = distinct(
            low,
            node,
            own.unwrap_or_default().into_iter().chain(of_fields),
        );
        // A rule that was not understood could be any, wherever it is stated.
        let here = low.pointer();
        let is_rule = |opaque: &crate::Pointer| {
            here.contains(opaque) && opaque.keys().contains(&crate::Key::Word("quality"))
        };
        if low.opaque().iter().any(is_rule) {
            low.within("quality", Lowering::make_opaque);
        }
        relationships(node, &mut dataset);
        for key in DATASET_DETAILS {
            if let Some(value) = node.get(key) {
                dataset.details.insert(key, to_value(value));
            }
        }
        dataset.properties = customs.properties();
        Some(dataset)
    })
}

/// Gives each rule an identity of its own: of two that share a name, the later is known by what it
/// checks; of two that are alike, one is enough.
fn distinct<'d>(
    low: &mut Lowering<'d>,
    dataset: NodeRef<'d>,
    rules: impl Iterator<Item = QualityRule>,
) -> Vec<QualityRule> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<QualityRule> = Vec::new();
    for mut rule in rules {
        if seen.contains_key(&rule.identity()) {
            rule.name = None;
        }
        let identity = rule.identity();
        if seen.contains_key(&identity) {
            let span = dataset.get("name").map_or(dataset.span(), NodeRef::span);
            let message = format!("the quality rule {} stands twice", quoted(&identity));
            let help = "keep one, or give each a `name` of its own".to_owned();
            // Which of the two is meant is not known, so neither is compared.
            low.within("quality", |low| {
                low.named_afterwards(Lowering::make_opaque, |()| Some(identity.clone()));
                low.doubt(ProblemId::DuplicateName, span, message, help);
            });
            continue;
        }
        seen.insert(identity, kept.len());
        kept.push(rule);
    }
    kept
}

/// Gives the columns of a dataset their references; what is more than that is a detail.
fn relationships(node: NodeRef<'_>, dataset: &mut Dataset) {
    let Some(View::Sequence(items)) = node.get("relationships").map(NodeRef::view) else {
        return;
    };
    let mut rest = Vec::new();
    for item in items {
        let (source, target) = (relationship::source(item), relationship::target(item));
        let field = source.and_then(|source| {
            let free = |field: &&mut crate::model::Field| {
                field.name == source && field.references.is_none()
            };
            dataset.fields.iter_mut().find(free)
        });
        match (field, target) {
            (Some(field), Some(target)) if !relationship::says_more(item) => {
                field.references = Some(Box::new(target));
            }
            _ => rest.push(to_value(item)),
        }
    }
    if !rest.is_empty() {
        dataset.details.insert("relationships", Value::List(rest));
    }
}
