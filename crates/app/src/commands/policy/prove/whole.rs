//! All policies of a layer in, a contract that each of them lets pass out.

use std::collections::BTreeSet;

use meshlaw_policy::{Layer, Policy, World};
use meshlaw_prove::{Prover, Refusal, Rule, Whole as Search};

use crate::proofs::{Bench, Examples, Shown, Side, passing};

/// Whether a whole contract can pass in a layer.
pub struct Whole {
    /// The floor alone, or a domain's layer over it.
    pub layer: Layer,
    /// A contract that passes, or why none is shown.
    pub contract: Result<String, Refusal>,
}

/// Writes a contract for the floor and one for each domain that adds to it.
pub fn wholes(prover: &Prover, side: &Side<'_>, world: &World, examples: &Examples) -> Vec<Whole> {
    let mut layers: BTreeSet<Layer> = BTreeSet::from([Layer::Org]);
    layers.extend(side.rules.iter().map(|rule| rule.layer.clone()));
    let whole = |layer: Layer| Whole {
        contract: shown(prover, side, world, examples, &layer).and_then(|shown| {
            let text = shown.files.into_values().next();
            text.ok_or_else(|| Refusal::Unproved("there is nothing to write down".to_owned()))
        }),
        layer,
    };
    layers.into_iter().map(whole).collect()
}

/// Makes a contract of an example, or else of what the solver finds; the ordinary judge has to let it
/// pass.
fn shown(
    prover: &Prover,
    side: &Side<'_>,
    world: &World,
    examples: &Examples,
    layer: &Layer,
) -> Result<Shown, Refusal> {
    let policies = side.book.policies.iter();
    let holding = policies.filter(|one| one.layer == Layer::Org || one.layer == *layer);
    let policies: Vec<&Policy> = holding.collect();
    let bench = Bench {
        policies,
        book: side.book,
    };
    let rules: Vec<&Rule> = side.rules.iter().collect();
    let mut search = Search::of(prover, &rules, layer, world)?;
    let known = search.known(&examples.standing(layer, world));
    if let Ok(shown) = passing(known, &bench) {
        return Ok(shown);
    }
    passing(search.found()?, &bench).map_err(Refusal::Unproved)
}
