//! All policies of a layer in, a contract that each of them lets pass out.

use std::collections::BTreeSet;

use meshlaw_policy::{Layer, Policy, World};
use meshlaw_prove::{Prover, Refusal, Rule, compliant};

use crate::proofs::{Bench, Side, passing};

/// Whether a whole contract can pass in a layer.
pub struct Whole {
    /// The floor alone, or a domain's layer over it.
    pub layer: Layer,
    /// A contract that passes, or why none is shown.
    pub contract: Result<String, Refusal>,
}

/// Writes a contract for the floor and one for each domain that adds to it.
pub fn wholes(prover: &Prover, side: &Side<'_>, world: &World) -> Vec<Whole> {
    let mut layers: BTreeSet<Layer> = BTreeSet::from([Layer::Org]);
    layers.extend(side.rules.iter().map(|rule| rule.layer.clone()));
    let rules: Vec<&Rule> = side.rules.iter().collect();
    let whole = |layer: Layer| {
        let policies = side.book.policies.iter();
        let holding = policies.filter(|one| one.layer == Layer::Org || one.layer == layer);
        let policies: Vec<&Policy> = holding.collect();
        let drafts = compliant(prover, &rules, &layer, world);
        let contract = drafts.and_then(|drafts| {
            let bench = Bench {
                policies,
                book: side.book,
            };
            let shown = passing(drafts, &bench).map_err(Refusal::Unproved)?;
            let text = shown.files.into_values().next();
            text.ok_or_else(|| Refusal::Unproved("there is nothing to write down".to_owned()))
        });
        Whole { layer, contract }
    };
    layers.into_iter().map(whole).collect()
}
