//! Consumer documents in, consumers and problems out.

use std::collections::BTreeSet;

use super::Lowered;
use crate::lowering::{KeySpec, Keys, Lowering};
use crate::model::{Consumer, ConsumerKind, FieldPath, Notify, Use};
use crate::{NodeRef, ProblemId, View};

/// A consumer while it is read.
#[derive(Debug, Default)]
pub struct Draft {
    name: Option<String>,
    owner: Option<String>,
    kind: Option<ConsumerKind>,
    description: Option<String>,
    regions: BTreeSet<String>,
    uses: Vec<Use>,
    notify: Notify,
}

/// The keys of a consumer.
pub const CONSUMER: Keys<Draft> = Keys::new(
    "consumer",
    &[
        KeySpec {
            key: "consumer",
            expects: "a text",
            doc: "Name, unique within the organisation.",
            set: |draft, node, low| draft.name = low.text(node),
        },
        KeySpec {
            key: "description",
            expects: "a text",
            doc: "What it does.",
            set: |draft, node, low| draft.description = low.text(node),
        },
        KeySpec {
            key: "kind",
            expects: "`dashboard`, `export`, `model`, `pipeline` or `service`",
            doc: "What it is.",
            set: |draft, node, low| draft.kind = low.one_of(node),
        },
        KeySpec {
            key: "notify",
            expects: "a mapping",
            doc: "How to reach its people.",
            set: |draft, node, low| {
                low.mapping(node, &NOTIFY, &mut draft.notify);
            },
        },
        KeySpec {
            key: "owner",
            expects: "a text",
            doc: "Team that answers for it.",
            set: |draft, node, low| draft.owner = low.text(node),
        },
        KeySpec {
            key: "regions",
            expects: "a list of texts",
            doc: "Where it keeps what it reads, copies included; left out means where the data lies.",
            set: |draft, node, low| draft.regions = low.text_set(node),
        },
        KeySpec {
            key: "uses",
            expects: "a list of uses",
            doc: "What it reads.",
            set: |draft, node, low| draft.uses = low.list(node, one_use),
        },
    ],
);

/// The keys of one use of a contract.
pub const USE: Keys<Use> = Keys::new(
    "use",
    &[
        KeySpec {
            key: "contract",
            expects: "a text",
            doc: "Contract, as `domain/name`.",
            set: |usage, node, low| usage.contract = contract_id(low, node).unwrap_or_default(),
        },
        KeySpec {
            key: "dataset",
            expects: "a text",
            doc: "Dataset; left out means each that has the fields.",
            set: |usage, node, low| usage.dataset = low.text(node),
        },
        KeySpec {
            key: "fields",
            expects: "a list of field names",
            doc: "Fields that are read, a nested one as the list of names that leads to it; \
                  left out means all.",
            set: |usage, node, low| usage.fields = Some(low.list(node, field_path)),
        },
        KeySpec {
            key: "purpose",
            expects: "a text",
            doc: "What it is for.",
            set: |usage, node, low| usage.purpose = low.text(node),
        },
        KeySpec {
            key: "until",
            expects: "a date",
            doc: "Last day of use.",
            set: |usage, node, low| usage.until = low.date(node),
        },
        KeySpec {
            key: "version",
            expects: "a version range",
            doc: "Versions that it can read, such as `^2`; left out means any.",
            set: |usage, node, low| usage.version = version_range(low, node),
        },
    ],
);

/// The ways to reach people.
pub const NOTIFY: Keys<Notify> = Keys::new(
    "notification",
    &[
        KeySpec {
            key: "email",
            expects: "a text",
            doc: "E-mail address.",
            set: |notify, node, low| notify.email = low.text(node),
        },
        KeySpec {
            key: "github",
            expects: "a text",
            doc: "GitHub user or team, such as `@org/team`.",
            set: |notify, node, low| notify.github = low.text(node),
        },
        KeySpec {
            key: "slack",
            expects: "a text",
            doc: "Slack channel.",
            set: |notify, node, low| notify.slack = low.text(node),
        },
        KeySpec {
            key: "webhook",
            expects: "a text",
            doc: "Address that takes events.",
            set: |notify, node, low| notify.webhook = low.text(node),
        },
    ],
);

/// Reads a consumer from the outermost node of a document.
pub fn lower(root: NodeRef<'_>) -> Lowered<Consumer> {
    let mut low = Lowering::new();
    let mut draft = Draft::default();
    if !low.mapping(root, &CONSUMER, &mut draft) {
        return (None, low.finish().0);
    }
    low.require(draft.name.is_some(), root, "consumer", "consumer");
    low.require(draft.owner.is_some(), root, "owner", "consumer");
    low.require(root.get("uses").is_some(), root, "uses", "consumer");
    let Draft {
        name,
        owner,
        kind,
        description,
        regions,
        uses,
        notify,
    } = draft;
    let consumer = name.map(|name| Consumer {
        name,
        owner,
        kind,
        description,
        regions,
        uses,
        notify,
    });
    (consumer, low.finish().0)
}

/// Returns what tells the uses of a consumer apart, for looking up pointers.
pub(crate) fn identity(element: NodeRef<'_>) -> Option<String> {
    element.get("contract")?.text().map(str::to_owned)
}

fn one_use<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Use> {
    match node.get("contract").and_then(NodeRef::text) {
        Some(contract) => low.named(contract, |low| use_of(low, node)),
        None => use_of(low, node),
    }
}

fn use_of<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Use> {
    let usage = low.draft(node, &USE)?;
    low.require(!usage.contract.is_empty(), node, "contract", "use");
    (!usage.contract.is_empty()).then_some(usage)
}

/// Reads the name of a contract with its domain.
pub(super) fn contract_id<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<String> {
    let text = low.str(node)?;
    let is_full = text.split_once('/').is_some_and(|(domain, name)| {
        !domain.is_empty() && !name.is_empty() && !name.contains('/')
    });
    if !is_full {
        let help = "write the domain and the name, as in `marketing/marketing_leads`".to_owned();
        low.not_a(node, text, "the name of a contract with its domain", help);
    }
    Some(text.to_owned())
}

fn field_path<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<FieldPath> {
    let View::Sequence(mut names) = node.view() else {
        return low.text(node).map(|name| vec![name]);
    };
    if names.next().is_none() {
        let message = "this path names no field".to_owned();
        let help = "name the fields from the outermost to the one that is read".to_owned();
        low.bad(ProblemId::BadValue, node.span(), message, help);
    }
    Some(low.texts(node)).filter(|path| !path.is_empty())
}

fn version_range<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<semver::VersionReq> {
    let text = low.scalar(node, "a version range such as `^2`")?;
    let range = semver::VersionReq::parse(text).ok();
    if range.is_none() {
        let help = "write a range such as `^2`, `~2.1` or `>=2.1, <4`".to_owned();
        low.not_a(node, text, "a version range", help);
    }
    range
}
