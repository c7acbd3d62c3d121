//! The rules of a book in, whether each domain's layer leaves the floor as it is out.

use std::collections::BTreeSet;

use meshlaw_policy::Layer;

use crate::kind::Kind;
use crate::prover::Prover;
use crate::question::{Answer, Claim, Question};
use crate::rule::Rule;

/// What was proved of one domain's layer.
#[derive(Debug, Clone)]
pub struct Layered {
    /// The domain.
    pub domain: String,
    /// Each kind of request: whether all that the layer lets pass, the floor lets pass, too.
    pub kinds: Vec<(Kind, Answer)>,
}

/// Proves of each domain that its layer cannot loosen the floor.
pub fn layers(prover: &Prover, rules: &[Rule]) -> Vec<Layered> {
    let domains: BTreeSet<&str> = rules
        .iter()
        .filter_map(|rule| match &rule.layer {
            Layer::Domain(domain) => Some(domain.as_str()),
            Layer::Org => None,
        })
        .collect();
    let of_domain = |domain: &str| -> Vec<(Kind, Answer)> {
        let own = Layer::Domain(domain.to_owned());
        let all = prover.kinds().into_iter();
        let kinds = all.map(|kind| {
            let is_own = |rule: &&Rule| rule.layer == own && rule.speaks_to(kind);
            if !rules.iter().any(|rule| is_own(&rule)) {
                // The layer adds nothing here, so that there is nothing to compare.
                return (kind.clone(), Answer::Holds);
            }
            let speaking = rules.iter().filter(|rule| rule.speaks_to(kind));
            let floor = speaking.clone().filter(|rule| rule.layer == Layer::Org);
            let candidate = speaking.filter(|rule| rule.layer == Layer::Org || rule.layer == own);
            let claim = Claim::Implies {
                candidate: candidate.collect(),
                floor: floor.collect(),
            };
            (kind.clone(), prover.ask_one(Question::new(kind, claim)))
        });
        kinds.collect()
    };
    domains
        .into_iter()
        .map(|domain| Layered {
            domain: domain.to_owned(),
            kinds: of_domain(domain),
        })
        .collect()
}
