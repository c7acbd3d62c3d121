//! What is to be proved in, policy sets as Cedar has them, and a name for the proof, out.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{
    Authorizer, Decision, Effect, Policy as Cedar, PolicyId as CedarId, PolicySet, Template,
};
use cedar_policy_symcc::Env;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::Trouble;
use crate::kind::Kind;
use crate::rule::Rule;
use crate::scene::Scene;

/// What is claimed of every request of a kind.
#[derive(Debug, Clone)]
pub(crate) enum Claim<'r> {
    /// What the candidate lets pass, the floor lets pass.
    Implies {
        candidate: Vec<&'r Rule>,
        floor: Vec<&'r Rule>,
    },
    /// Nothing passes.
    Refuses(Vec<&'r Rule>),
    /// The rule can be evaluated.
    Runs(&'r Rule),
}

/// A claim about a kind of request.
#[derive(Debug, Clone)]
pub(crate) struct Question<'r> {
    pub(crate) kind: Kind,
    pub(crate) claim: Claim<'r>,
    /// Rules of which it is told whether they fire on the request that is found.
    pub(crate) watched: Vec<&'r Rule>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// It holds of every request that there can be.
    Holds,
    /// It does not, as this request shows.
    Fails(Scene),
    /// Nobody knows, and why.
    Unproved(String),
}

/// How answers are written down; what was written otherwise is asked anew.
const FORM: u32 = 2;

/// Names a question by all that its answer hangs on.
pub type QuestionId = [u8; 32];

impl<'r> Question<'r> {
    pub(crate) fn new(kind: &Kind, claim: Claim<'r>) -> Self {
        Self {
            kind: kind.clone(),
            claim,
            watched: Vec::new(),
        }
    }

    /// Claims that all that a rule forbids is forbidden by others.
    pub(crate) fn implied(kind: &Kind, by: Vec<&'r Rule>, rule: &'r Rule) -> Self {
        let claim = Claim::Implies {
            candidate: by,
            floor: vec![rule],
        };
        Self::new(kind, claim)
    }

    pub(crate) fn watching(self, watched: Vec<&'r Rule>) -> Self {
        Self { watched, ..self }
    }

    /// Returns the ids of the watched rules that fire on a request, or cannot be evaluated on it.
    pub(crate) fn fired(&self, env: &Env) -> BTreeSet<String> {
        let fires = |rule: &&&Rule| {
            let alone = PolicySet::from_policies([rule.cedar.clone()]);
            alone.is_ok_and(|set| {
                let response = Authorizer::new().is_authorized(&env.request, &set, &env.entities);
                let diagnostics = response.diagnostics();
                diagnostics.reason().next().is_some() || diagnostics.errors().next().is_some()
            })
        };
        let fired = self.watched.iter().filter(fires);
        fired.map(|rule| rule.id.clone()).collect()
    }

    /// Returns every rule that is spoken of.
    pub(crate) fn rules(&self) -> Vec<&'r Rule> {
        match &self.claim {
            Claim::Implies { candidate, floor } => candidate.iter().chain(floor).copied().collect(),
            Claim::Refuses(all) => all.clone(),
            Claim::Runs(rule) => vec![rule],
        }
    }

    /// Returns the attributes that are read.
    pub(crate) fn attributes(&self) -> BTreeSet<String> {
        let rules = self.rules().into_iter();
        rules
            .flat_map(|rule| rule.attributes.iter().cloned())
            .collect()
    }

    /// Tells whether a request shows the opposite of the claim when it is put to Cedar itself.
    pub(crate) fn is_shown_by(&self, env: &Env) -> bool {
        let asked = |rules: &[&Rule]| {
            let set = set(&self.kind, rules, &[]).ok()?;
            let authorizer = Authorizer::new();
            Some(authorizer.is_authorized(&env.request, &set, &env.entities))
        };
        let decided = |rules: &[&Rule]| asked(rules).map(|response| response.decision());
        match &self.claim {
            Claim::Implies { candidate, floor } => {
                decided(candidate) == Some(Decision::Allow)
                    && decided(floor) == Some(Decision::Deny)
            }
            Claim::Refuses(all) => decided(all) == Some(Decision::Allow),
            Claim::Runs(rule) => asked(&[rule])
                .is_some_and(|response| response.diagnostics().errors().next().is_some()),
        }
    }

    pub(crate) fn id(&self, guarantees: &[&Rule]) -> QuestionId {
        let canon = |rules: &[&'r Rule]| -> BTreeSet<&'r str> {
            rules.iter().map(|rule| rule.canon.as_str()).collect()
        };
        let claim = match &self.claim {
            Claim::Implies { candidate, floor } => {
                json!(["implies", canon(candidate), canon(floor)])
            }
            Claim::Refuses(all) => json!(["refuses", canon(all)]),
            Claim::Runs(rule) => json!(["runs", rule.canon]),
        };
        let guarantees: BTreeSet<&str> = guarantees.iter().map(|one| one.canon.as_str()).collect();
        let watched = self.watched.iter();
        let watched: BTreeSet<(&str, &str)> = watched
            .map(|rule| (rule.id.as_str(), rule.canon.as_str()))
            .collect();
        let all = json!([FORM, self.kind.to_string(), claim, guarantees, watched]);
        Sha256::digest(all.to_string()).into()
    }
}

/// Puts rules over the floor of a kind of request; what says the same stands once.
pub(crate) fn set(
    kind: &Kind,
    rules: &[&Rule],
    guarantees: &[&Rule],
) -> Result<PolicySet, Trouble> {
    let trouble = |error: String| Trouble::Text("base".to_owned(), error);
    let distinct: BTreeMap<&str, &Rule> = rules
        .iter()
        .chain(guarantees)
        .map(|rule| (rule.canon.as_str(), *rule))
        .collect();
    let numbered = distinct.into_values().enumerate();
    let mut all: Vec<Cedar> = numbered
        .map(|(at, rule)| rule.cedar.new_id(CedarId::new(format!("{at}"))))
        .collect();
    all.push(base(kind)?);
    PolicySet::from_policies(all).map_err(|error| trouble(error.to_string()))
}

/// Puts rules over the floor of a kind of request, each named by its place.
pub(crate) fn lone(kind: &Kind, rules: &[&Rule]) -> Result<PolicySet, Trouble> {
    let trouble = |error: String| Trouble::Text("base".to_owned(), error);
    let placed = rules.iter().enumerate();
    let placed = placed.map(|(at, rule)| rule.cedar.new_id(CedarId::new(format!("{at}"))));
    let all: Vec<Cedar> = placed.chain([base(kind)?]).collect();
    PolicySet::from_policies(all).map_err(|error| trouble(error.to_string()))
}

/// Returns what lets a request pass that no rule speaks against.
///
/// Waivers pass by a template that the engine links to one waiver and to what it names. The proof
/// takes the template with its scope open, and so speaks of all links there can be at once.
fn base(kind: &Kind) -> Result<Cedar, Trouble> {
    let trouble = |error: String| Trouble::Text("base".to_owned(), error);
    let id = Some(CedarId::new("base"));
    if kind.action != "waive" {
        let text = "permit (principal, action, resource);";
        return Cedar::parse(id, text).map_err(|error| trouble(error.to_string()));
    }
    let template = Template::parse(None, meshlaw_policy::WAIVER_FLOOR)
        .map_err(|error| trouble(error.to_string()))?;
    let mut json = template
        .to_json()
        .map_err(|error| trouble(error.to_string()))?;
    for part in ["principal", "resource"] {
        if let Some(scope) = json.get_mut(part) {
            *scope = json!({ "op": "All" });
        }
    }
    let policy = Cedar::from_json(id, json).map_err(|error| trouble(error.to_string()))?;
    match policy.effect() {
        Effect::Permit => Ok(policy),
        Effect::Forbid => Err(trouble("the floor of waivers forbids".to_owned())),
    }
}
