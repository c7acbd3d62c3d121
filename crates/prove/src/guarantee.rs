//! A kind of request in, what the engine guarantees of every such request out.
//!
//! Cedar's schema says which values there can be; it cannot say that a rank agrees with its class
//! or that a count is not negative. The engine that makes the facts sees to that, and a proof may
//! rely on it. Guarantees stand with the candidate of a proof and never with the floor: what they
//! take away is only what no contract can say.

use std::collections::{BTreeMap, BTreeSet};

use crate::Trouble;
use crate::kind::Kind;
use crate::rule::{Rule, read_all};

/// The guarantees, by the kinds of requests that they hold for.
#[derive(Debug)]
pub(crate) struct Guarantees {
    by_kind: BTreeMap<Kind, Vec<Rule>>,
    /// What is not guaranteed, and makes a request look like one that people know.
    preferred: Vec<Rule>,
}

/// Attributes that only lead from one thing to another.
const STEPS: &[&str] = &["contract", "dataset", "parameters"];

impl Guarantees {
    pub(crate) fn read<'k>(kinds: impl Iterator<Item = &'k Kind>) -> Result<Self, Trouble> {
        let request = read_all("request", include_str!("guarantees/request.cedar"))?;
        let contract = read_all("contract", include_str!("guarantees/contract.cedar"))?;
        let dataset = read_all("dataset", include_str!("guarantees/dataset.cedar"))?;
        let field = read_all("field", include_str!("guarantees/field.cedar"))?;
        let mut all = BTreeMap::new();
        for kind in kinds {
            let speaks = |rule: &&Rule| rule.speaks_to(kind);
            let mut rules: Vec<Rule> = request.iter().filter(speaks).cloned().collect();
            let to = kind.resource.as_str();
            match to {
                "Contract" => rules.extend(contract.iter().cloned()),
                "Dataset" => rules.extend(dataset.iter().cloned()),
                _ => {
                    rules.extend(field.iter().cloned());
                    for rule in &dataset {
                        rules.push(rule.lifted("dataset", to)?);
                    }
                }
            }
            if to != "Contract" {
                for rule in &contract {
                    rules.push(rule.lifted("contract", to)?);
                }
            }
            all.insert(kind.clone(), rules);
        }
        Ok(Self {
            by_kind: all,
            preferred: read_all("preferred", include_str!("guarantees/preferred.cedar"))?,
        })
    }

    /// Returns what is preferred of requests of a kind, as far as some rules read it.
    pub(crate) fn preferred(&self, kind: &Kind, read: &BTreeSet<String>) -> Vec<&Rule> {
        let is_relevant = |rule: &&Rule| {
            let mut own = rule.attributes.iter().filter(|name| *name != "parameters");
            rule.speaks_to(kind) && own.any(|name| read.contains(name))
        };
        self.preferred.iter().filter(is_relevant).collect()
    }

    /// Returns all that holds of a kind.
    pub(crate) fn all(&self, kind: &Kind) -> Vec<&Rule> {
        self.by_kind.get(kind).into_iter().flatten().collect()
    }

    /// Returns those that say something of what some rules read.
    ///
    /// The rest would make the solver's work longer and change nothing.
    pub(crate) fn of<'g>(&'g self, kind: &Kind, read: &BTreeSet<String>) -> Vec<&'g Rule> {
        let is_relevant = |rule: &&Rule| {
            let mut names = rule.attributes.iter();
            let mut own = names.clone().filter(|name| !STEPS.contains(&name.as_str()));
            if own.clone().next().is_none() {
                return names.any(|name| name == "dataset") && read.contains("dataset");
            }
            if rule.cedar.annotation("relevant") == Some("all") {
                return own.all(|name| name == "asOf" || read.contains(name));
            }
            own.any(|name| read.contains(name))
        };
        let all = self.by_kind.get(kind).into_iter().flatten();
        all.filter(is_relevant).collect()
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::{PolicySet, ValidationMode, Validator};

    use super::*;
    use crate::kind::environments;

    #[test]
    fn guarantees_are_strictly_valid_and_say_what_must_be() {
        let schema = meshlaw_policy::vocabulary().unwrap();
        let environments = environments(schema);
        let kinds = environments.iter().map(|one| &one.kind);
        let all = Guarantees::read(kinds).unwrap();
        let validator = Validator::new(schema.clone());
        for (kind, rules) in &all.by_kind {
            assert!(rules.len() > 10, "{kind}");
            for rule in rules.iter().chain(&all.preferred) {
                let set = PolicySet::from_policies([rule.cedar.clone()]).unwrap();
                let result = validator.validate(&set, ValidationMode::Strict);
                assert!(
                    result.validation_passed(),
                    "{kind}: {result}\n{}",
                    rule.canon
                );
                assert!(rule.canon.contains("\"kind\":\"unless\""), "{}", rule.canon);
                assert!(!rule.canon.contains("\"kind\":\"when\""), "{}", rule.canon);
            }
        }
    }
}
