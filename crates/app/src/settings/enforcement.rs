//! What settings say of the enforcement of policies: keys in, rulings with their places out.

use std::collections::BTreeMap;

use meshlaw_contract::lowering::{KeySpec, Keys, Lowering};
use meshlaw_contract::{NodeRef, Span, View};
use meshlaw_policy::{Ruling, enforcement_of};
use meshlaw_report::Enforcement;

/// A ruling, and where the settings name what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedRuling {
    /// The ruling.
    pub ruling: Ruling,
    /// The place of the policy or pack.
    pub place: Span,
}

/// A ruling while it is read.
#[derive(Debug, Default)]
pub struct Draft {
    enforcement: Option<Enforcement>,
    reason: Option<String>,
    until: Option<jiff::civil::Date>,
}

/// The words of an enforcement, the strictest first.
pub const ENFORCEMENTS: &[&str] = &["hard", "soft", "advisory", "shadow"];

/// The keys of an enforcement.
pub const ENFORCEMENT: Keys<Draft> = Keys::new(
    "enforcement",
    &[
        KeySpec {
            key: "is",
            expects: "`hard`, `soft`, `advisory` or `shadow`",
            doc: "What findings of the policy, or of each policy of the pack, do in place of what `@enforcement` says. `hard` and `soft` block, `hard` cannot be waived, `advisory` reports, `shadow` only counts in audits.",
            set: |draft, node, low| {
                let word = low.one_of_texts(node, ENFORCEMENTS);
                draft.enforcement = word.and_then(enforcement_of);
            },
        },
        KeySpec {
            key: "reason",
            expects: "text",
            doc: "Why; each finding tells it.",
            set: |draft, node, low| draft.reason = low.text(node),
        },
        KeySpec {
            key: "until",
            expects: "a date",
            doc: "Last day on which it holds; left out, it holds until the settings change. A hard policy is loosened by its own name only, and only until a day.",
            set: |draft, node, low| draft.until = low.date(node),
        },
    ],
);

/// Reads rulings below the policies and packs that they are about.
pub(super) fn rulings<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
) -> BTreeMap<String, PlacedRuling> {
    let mut places = BTreeMap::new();
    if let View::Mapping(entries) = node.view() {
        let named = entries.filter_map(|(key, _)| Some((key.text()?.to_owned(), key.span())));
        places.extend(named);
    }
    let drafts = low.free_map(node, |low, node| {
        let mut draft = Draft::default();
        if !low.mapping(node, &ENFORCEMENT, &mut draft) {
            return None;
        }
        low.require(draft.enforcement.is_some(), node, "is", "enforcement");
        low.require(draft.reason.is_some(), node, "reason", "enforcement");
        Some(draft)
    });
    let ruling = |(subject, draft): (String, Draft)| {
        let ruling = Ruling {
            subject: subject.clone(),
            enforcement: draft.enforcement?,
            reason: draft.reason?,
            until: draft.until,
        };
        let place = places.get(&subject).copied().unwrap_or_default();
        Some((subject, PlacedRuling { ruling, place }))
    };
    drafts.into_iter().filter_map(ruling).collect()
}
