//! Waiver documents in, waivers and problems out.

use jiff::civil::Date;

use super::{Lowered, consumer::contract_id};
use crate::lowering::{KeySpec, Keys, Lowering};
use crate::model::Waiver;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// A waiver while it is read.
#[derive(Debug, Default)]
pub struct Draft {
    name: Option<String>,
    policy: Option<String>,
    contract: Option<String>,
    pointer: Option<Vec<String>>,
    reason: Option<String>,
    ticket: Option<String>,
    approved_by: Option<String>,
    expires: Option<Date>,
}

/// The keys of a waiver.
pub const WAIVER: Keys<Draft> = Keys::new(
    "waiver",
    &[
        KeySpec {
            key: "approved_by",
            expects: "a text",
            doc: "Team that grants it; policies on waivers say which team may grant what.",
            set: |draft, node, low| draft.approved_by = low.text(node),
        },
        KeySpec {
            key: "contract",
            expects: "a text",
            doc: "Contract, as `domain/name`.",
            set: |draft, node, low| {
                draft.contract = plain(low, node).and_then(|_| contract_id(low, node));
            },
        },
        KeySpec {
            key: "expires",
            expects: "a date",
            doc: "Last day on which it holds, in UTC.",
            set: |draft, node, low| draft.expires = low.date(node),
        },
        KeySpec {
            key: "pointer",
            expects: "a list of texts",
            doc: "Names down to the part that is excused, as in `[fields, email]`; `[]` is the \
                  contract itself, left out means all of its parts, too.",
            set: |draft, node, low| draft.pointer = pointer(low, node),
        },
        KeySpec {
            key: "policy",
            expects: "a text",
            doc: "What is excused: the id of a policy such as `org/privacy/pii-masked`, of a rule \
                  such as `field-removed`, or of another finding such as `version/too-small`.",
            set: |draft, node, low| draft.policy = plain(low, node).map(str::to_owned),
        },
        KeySpec {
            key: "reason",
            expects: "a text",
            doc: "Why.",
            set: |draft, node, low| draft.reason = low.text(node),
        },
        KeySpec {
            key: "ticket",
            expects: "a text",
            doc: "Where the matter is tracked.",
            set: |draft, node, low| draft.ticket = low.text(node),
        },
        KeySpec {
            key: "waiver",
            expects: "a text",
            doc: "Name, unique within the organisation.",
            set: |draft, node, low| draft.name = low.text(node),
        },
    ],
);

/// Reads a waiver from the outermost node of a document.
///
/// A waiver excuses only what was understood as a whole: one with any fault is no waiver.
pub fn lower(root: NodeRef<'_>) -> Lowered<Waiver> {
    let mut low = Lowering::new();
    let mut draft = Draft::default();
    if !low.mapping(root, &WAIVER, &mut draft) {
        return (None, low.finish().0);
    }
    for (is_there, key) in [
        (draft.name.is_some(), "waiver"),
        (draft.policy.is_some(), "policy"),
        (draft.contract.is_some(), "contract"),
        (draft.reason.is_some(), "reason"),
        (draft.approved_by.is_some(), "approved_by"),
        (draft.expires.is_some(), "expires"),
    ] {
        low.require(is_there, root, key, "waiver");
    }
    let (problems, _) = low.finish();
    let waiver = if problems.is_empty() {
        draft.into_waiver()
    } else {
        None
    };
    (waiver, problems)
}

impl Draft {
    fn into_waiver(self) -> Option<Waiver> {
        Some(Waiver {
            name: self.name?,
            policy: self.policy?,
            contract: self.contract?,
            pointer: self.pointer,
            reason: self.reason?,
            ticket: self.ticket,
            approved_by: self.approved_by?,
            expires: self.expires?,
        })
    }
}

/// Reads a text that names one thing and not many.
fn plain<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<&'d str> {
    let text = low.str(node)?;
    if text.contains(['*', '?']) {
        let message = format!("{} names more than one thing", quoted(text));
        let help = "a waiver has no wildcards; write one for each finding".to_owned();
        low.bad(ProblemId::BadValue, node.span(), message, help);
        return None;
    }
    Some(text)
}

fn pointer<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Vec<String>> {
    let names = low.list(node, |low, item| match item.text() {
        // A name may hold any character, a star included; alone, it stands for everything.
        Some("*" | "**") => {
            plain(low, item);
            None
        }
        // Names such as `2024` read as numbers without quotes, and are names all the same.
        Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
        _ => low.text(item),
    });
    Some(names)
}
