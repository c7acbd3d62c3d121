//! The world of a policy's examples: a few keys of the settings, and two more.

use std::sync::Arc;

use meshlaw_contract::formats::term::{Draft, TERM};
use meshlaw_contract::lowering::{KeySpec, Keys, Lowering};
use meshlaw_contract::{Limits, NodeRef, Problem, read};
use meshlaw_policy::Meaning;

use super::keys::{products, teams};
use super::{PARAMETERS, Settings};

/// The world of a policy's examples: what settings say of teams and parameters, and two keys
/// more.
#[derive(Debug, Default)]
pub struct ExampleWorld {
    settings: Settings,
    terms: Vec<Meaning>,
    as_of: Option<jiff::civil::Date>,
}

/// The keys of a policy's example world.
const EXAMPLE_WORLD: Keys<ExampleWorld> = Keys::new(
    "world of examples",
    &[
        KeySpec {
            key: "as_of",
            expects: "a date",
            doc: "Date to take for today.",
            set: |world, node, low| world.as_of = low.date(node),
        },
        KeySpec {
            key: "parameters",
            expects: "a mapping",
            doc: "Numbers and names that policies read.",
            set: |world, node, low| {
                low.mapping(node, &PARAMETERS, &mut world.settings.parameters);
            },
        },
        KeySpec {
            key: "products",
            expects: "a mapping of products",
            doc: "The data products that exist.",
            set: |world, node, low| world.settings.products = products(low, node),
        },
        KeySpec {
            key: "teams",
            expects: "a mapping of teams",
            doc: "The teams that exist.",
            set: |world, node, low| world.settings.teams = Arc::new(teams(low, node)),
        },
        KeySpec {
            key: "terms",
            expects: "a list of terms",
            doc: "The terms of the glossary: their names, or all that they say.",
            set: |world, node, low| world.terms = low.list(node, term),
        },
    ],
);

/// Reads a term: its name alone, or as it stands in the glossary.
fn term<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Meaning> {
    if let Some(name) = node.text() {
        return Some(Meaning::bare(name));
    }
    let mut draft = Draft::default();
    low.mapping(node, &TERM, &mut draft);
    draft.term().map(|term| Meaning::of(&term))
}

/// Reads the world of a policy's examples.
pub fn parse_world(
    text: &str,
) -> (
    Settings,
    Vec<Meaning>,
    Option<jiff::civil::Date>,
    Vec<Problem>,
) {
    let mut world = ExampleWorld::default();
    let mut problems = Vec::new();
    for (document, found) in read(text, &Limits::default()) {
        problems.extend(found);
        if let Some(root) = document.root() {
            let mut low = Lowering::new();
            low.mapping(root, &EXAMPLE_WORLD, &mut world);
            problems.extend(low.finish().0);
        }
    }
    (world.settings, world.terms, world.as_of, problems)
}
