//! The keys of a native contract and its datasets.

use super::field::{deprecation, fields};
use super::named::named_list;
use super::quality::rules;
use crate::lowering::{KeySpec, Keys, Lowering};
use crate::measure::{Duration, Percentage};
use crate::model::{Compatibility, Contract, Dataset, Place, Server, Sla, SlaValue};
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, View, tokens};

/// A contract while it is read: its one dataset may stand at the top of the document.
#[derive(Debug)]
pub struct Draft {
    pub(super) contract: Contract,
    pub(super) root: Dataset,
    pub(super) listed: Option<Vec<Dataset>>,
}

/// The keys of a contract.
pub const CONTRACT: Keys<Draft> = Keys::new(
    "contract",
    &[
        KeySpec {
            key: "classification",
            expects: "`public`, `internal`, `confidential` or `restricted`",
            doc: "How far knowledge of the data may spread.",
            set: |draft, node, low| draft.contract.classification = low.one_of(node),
        },
        KeySpec {
            key: "compatibility",
            expects: "a compatibility mode",
            doc: "Who must not break when the contract changes: `consumers` (or `forward`), \
                  `producers` (or `backward`), `full` or `none`, each but `none` also with \
                  `_transitive`.",
            set: |draft, node, low| draft.contract.compatibility = compatibility(low, node),
        },
        KeySpec {
            key: "datasets",
            expects: "a list of datasets",
            doc: "The shapes of data, where the contract has several.",
            set: |draft, node, low| draft.listed = Some(datasets(low, node)),
        },
        KeySpec {
            key: "deprecated",
            expects: "a deprecation",
            doc: "Notice that the contract goes.",
            set: |draft, node, low| draft.contract.deprecated = deprecation(low, node),
        },
        KeySpec {
            key: "description",
            expects: "a text",
            doc: "What the data is.",
            set: |draft, node, low| draft.contract.description = low.text(node),
        },
        KeySpec {
            key: "domain",
            expects: "a text",
            doc: "Domain that owns the contract, where the folder does not say.",
            set: |draft, node, low| draft.contract.domain = low.text(node),
        },
        KeySpec {
            key: "fields",
            expects: "a list of fields",
            doc: "The fields of the contract's one dataset.",
            set: |draft, node, low| draft.root.fields = fields(low, node),
        },
        KeySpec {
            key: "id",
            expects: "a text",
            doc: "Identifier that survives renames.",
            set: |draft, node, low| draft.contract.id = low.text(node),
        },
        KeySpec {
            key: "legal_basis",
            expects: "a text",
            doc: "Why personal data may be processed.",
            set: |draft, node, low| draft.contract.legal_basis = low.text(node),
        },
        KeySpec {
            key: "owner",
            expects: "a text",
            doc: "Team that keeps the promise.",
            set: |draft, node, low| draft.contract.owner = low.text(node),
        },
        KeySpec {
            key: "physical_name",
            expects: "a text",
            doc: "Name in the storage system.",
            set: |draft, node, low| draft.root.physical_name = low.text(node),
        },
        KeySpec {
            key: "product",
            expects: "a text",
            doc: "Data product that the contract belongs to.",
            set: |draft, node, low| draft.contract.product = low.text(node),
        },
        KeySpec {
            key: "properties",
            expects: "a mapping",
            doc: "Free keys, checked against the council's own JSON Schema where there is one.",
            set: |draft, node, low| {
                draft.contract.properties = low.free_map(node, |low, node| Some(low.value(node)));
            },
        },
        KeySpec {
            key: "purpose",
            expects: "a text or a list of texts",
            doc: "What the data may be used for.",
            set: |draft, node, low| draft.contract.purpose = low.one_or_more_texts(node),
        },
        KeySpec {
            key: "quality",
            expects: "a list of quality rules",
            doc: "Promises about the data of the contract's one dataset.",
            set: |draft, node, low| draft.root.quality = rules(low, node),
        },
        KeySpec {
            key: "regions",
            expects: "a list of texts",
            doc: "Where data may lie.",
            set: |draft, node, low| draft.contract.regions = low.text_set(node),
        },
        KeySpec {
            key: "retention",
            expects: "a duration",
            doc: "How long data is kept.",
            set: |draft, node, low| draft.contract.retention = low.duration(node),
        },
        KeySpec {
            key: "schema",
            expects: "a text",
            doc: "Name of the contract, unique within its domain.",
            set: |draft, node, low| draft.contract.name = low.text(node),
        },
        KeySpec {
            key: "servers",
            expects: "a list of servers",
            doc: "Where data is served.",
            set: |draft, node, low| draft.contract.servers = servers(low, node),
        },
        KeySpec {
            key: "sla",
            expects: "a mapping",
            doc: "Promised service: `freshness`, `latency` and `retention` as durations, \
                  `availability` and `completeness` as percentages, anything else as text.",
            set: |draft, node, low| draft.contract.sla = sla(low, node),
        },
        KeySpec {
            key: "status",
            expects: "`draft`, `active`, `deprecated` or `retired`",
            doc: "Where the contract is in its life.",
            set: |draft, node, low| draft.contract.status = low.one_of(node),
        },
        KeySpec {
            key: "tags",
            expects: "a list of texts",
            doc: "Labels.",
            set: |draft, node, low| draft.contract.tags = low.text_set(node),
        },
        KeySpec {
            key: "version",
            expects: "a version",
            doc: "Version of the promise, numbered by the scheme of the settings: three numbers such as `2.1.0`, unless they say otherwise.",
            set: |draft, node, low| draft.contract.version = low.version(node),
        },
    ],
);

/// The keys of a dataset.
pub const DATASET: Keys<Dataset> = Keys::new(
    "dataset",
    &[
        KeySpec {
            key: "classification",
            expects: "`public`, `internal`, `confidential` or `restricted`",
            doc: "How far knowledge of the data may spread.",
            set: |dataset, node, low| dataset.classification = low.one_of(node),
        },
        KeySpec {
            key: "deprecated",
            expects: "a deprecation",
            doc: "Notice that the dataset goes.",
            set: |dataset, node, low| dataset.deprecated = deprecation(low, node),
        },
        KeySpec {
            key: "description",
            expects: "a text",
            doc: "What the data is.",
            set: |dataset, node, low| dataset.description = low.text(node),
        },
        KeySpec {
            key: "fields",
            expects: "a list of fields",
            doc: "The fields of the dataset.",
            set: |dataset, node, low| dataset.fields = fields(low, node),
        },
        KeySpec {
            key: "id",
            expects: "a text",
            doc: "Identifier that survives renames.",
            set: |dataset, node, low| dataset.id = low.text(node),
        },
        KeySpec {
            key: "name",
            expects: "a text",
            doc: "Name, unique within the contract.",
            set: |dataset, node, low| dataset.name = low.text(node).unwrap_or_default(),
        },
        KeySpec {
            key: "physical_name",
            expects: "a text",
            doc: "Name in the storage system.",
            set: |dataset, node, low| dataset.physical_name = low.text(node),
        },
        KeySpec {
            key: "quality",
            expects: "a list of quality rules",
            doc: "Promises about the data.",
            set: |dataset, node, low| dataset.quality = rules(low, node),
        },
        KeySpec {
            key: "renamed_from",
            expects: "a text",
            doc: "Name that the dataset had before.",
            set: |dataset, node, low| dataset.renamed_from = low.text(node),
        },
        KeySpec {
            key: "tags",
            expects: "a list of texts",
            doc: "Labels.",
            set: |dataset, node, low| dataset.tags = low.text_set(node),
        },
    ],
);

fn datasets<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<Dataset> {
    named_list(
        low,
        node,
        "dataset",
        |low, item| {
            let mut dataset = Dataset {
                place: Place::Listed,
                ..Dataset::default()
            };
            low.mapping(item, &DATASET, &mut dataset);
            low.require(item.get("fields").is_some(), item, "fields", "dataset");
            dataset
        },
        |dataset| dataset,
    )
}

fn compatibility<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Compatibility> {
    let text = low.str(node)?;
    let mode = Compatibility::parse(text);
    if mode.is_none() {
        low.unknown_word(node, text, Compatibility::SPELLINGS);
    }
    mode
}

/// SLA properties whose value must be a duration.
pub const SLA_DURATIONS: &[&str] = &["freshness", "latency", "retention"];
/// SLA properties whose value must be a percentage.
pub const SLA_PERCENTAGES: &[&str] = &["availability", "completeness"];

fn sla<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Sla {
    let View::Mapping(entries) = node.view() else {
        low.wrong_type(node, "a mapping");
        return Sla::new();
    };
    let mut sla = Sla::new();
    for (key, value) in entries {
        let Some(property) = key.scalar().map(|key| key.text) else {
            continue;
        };
        doubt_sla_property(low, key, property);
        let promise = low.named(property, |low| sla_value(low, property, value));
        if let Some(promise) = promise {
            sla.insert(property.to_owned(), promise);
        }
    }
    sla
}

fn sla_value<'d>(low: &mut Lowering<'d>, property: &str, node: NodeRef<'d>) -> Option<SlaValue> {
    if SLA_DURATIONS.contains(&property) {
        return low.duration(node).map(SlaValue::Duration);
    }
    if SLA_PERCENTAGES.contains(&property) {
        return low.percentage(node).map(SlaValue::Percentage);
    }
    let text = low.scalar(node, "a duration, a percentage or a text")?;
    Some(match (Duration::parse(text), Percentage::parse(text)) {
        (Some(duration), _) => SlaValue::Duration(duration),
        (None, Some(percentage)) => SlaValue::Percentage(percentage),
        (None, None) => SlaValue::Text(text.to_owned()),
    })
}

fn doubt_sla_property<'d>(low: &mut Lowering<'d>, key: NodeRef<'d>, property: &str) {
    let known = SLA_DURATIONS.iter().chain(SLA_PERCENTAGES).copied();
    // A word that is known is what it reads like.
    if known.clone().any(|known| known == property) {
        return;
    }
    match low.suggest(property, known) {
        Some(near) if !tokens(property).iter().any(|token| token == near) => {
            let message = format!("{} reads like the SLA property `{near}`", quoted(property));
            let help = format!("write `{near}`, or choose a name that cannot be mistaken for it");
            low.doubt(ProblemId::UnknownWord, key.span(), message, help);
        }
        _ => {}
    }
}

fn servers<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<Server> {
    named_list(
        low,
        node,
        "server",
        |low, item| {
            let mut attributes = low.free_map(item, |low, value| match value.view() {
                View::Sequence(_) => Some(low.texts(value).join(", ")),
                _ => low
                    .scalar(value, "a single value or a list of texts")
                    .map(str::to_owned),
            });
            let mut own = |key: &'static str| {
                attributes.remove(key);
                item.get(key)
                    .and_then(|node| low.within(key, |low| low.text(node)))
            };
            let (name, kind) = (own("name").unwrap_or_default(), own("type"));
            low.require(kind.is_some(), item, "type", "server");
            Server {
                name,
                kind: kind.unwrap_or_default(),
                attributes,
            }
        },
        |server| server,
    )
}
