//! Requests that are known in, which rules each of them makes fire out.
//!
//! Most of what is asked about a rule has an answer that one request shows: that it fires at all,
//! that it does not always, that no other fires in its stead. Where a request is at hand, or can be
//! made of some at hand, no solver need be asked. Nothing is taken on trust: each request is put to
//! Cedar itself, and counts only where all holds of it that the engine guarantees.

mod search;

pub(crate) use search::Found;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use cedar_policy::{Authorizer, Decision, Entities, PolicyId as CedarId, PolicySet, Request};

use crate::Trouble;
use crate::kind::Kind;
use crate::question::lone;
use crate::rule::Rule;
use crate::scene::Scene;

/// A request that is known, with what can be reached from it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Who asks for what about which thing.
    pub request: Request,
    /// What can be reached from there.
    pub entities: Entities,
}

/// Requests of one kind, beside the rules that speak to it.
pub(crate) struct Pool<'r> {
    /// Sorted by their ids.
    pub(crate) rules: Vec<&'r Rule>,
    said: PolicySet,
    /// What the engine guarantees, over the floor.
    sure: PolicySet,
    guarantees: Vec<&'r Rule>,
    cases: Vec<Case>,
    /// What solvers found.
    pub(crate) learned: Vec<Witness>,
}

/// A request, and what rules say of it.
pub(crate) struct Case {
    witness: Witness,
    /// Places of the rules that fire, or cannot be evaluated.
    loud: BTreeSet<usize>,
    /// Places of the rules that fire.
    fired: BTreeSet<usize>,
    scene: OnceCell<Option<Scene>>,
}

impl Witness {
    /// Tells whether it is a request of a kind.
    pub(crate) fn is_of(&self, kind: &Kind) -> bool {
        let action = self.request.action();
        let resource = self.request.resource();
        action.is_some_and(|uid| uid.id().unescaped() == kind.action)
            && resource.is_some_and(|uid| uid.type_name().to_string() == kind.resource)
    }
}

impl<'r> Pool<'r> {
    /// Puts what is known of a kind to some rules.
    pub(crate) fn new<'w>(
        kind: &Kind,
        rules: impl Iterator<Item = &'r Rule>,
        guarantees: Vec<&'r Rule>,
        known: impl Iterator<Item = &'w Witness>,
    ) -> Result<Self, Trouble> {
        let mut rules: Vec<&Rule> = rules.filter(|rule| rule.speaks_to(kind)).collect();
        rules.sort_by(|one, other| one.id.cmp(&other.id));
        let mut pool = Self {
            said: lone(kind, &rules)?,
            sure: lone(kind, &guarantees)?,
            rules,
            guarantees,
            cases: Vec::new(),
            learned: Vec::new(),
        };
        for witness in known.filter(|witness| witness.is_of(kind)) {
            pool.take(witness.clone());
        }
        Ok(pool)
    }

    /// Returns where a rule stands.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }

    /// Takes a request in, unless there cannot be one like it.
    fn take(&mut self, witness: Witness) {
        self.cases.extend(self.judged(witness));
    }

    /// Takes in what a solver found of a rule.
    ///
    /// The solver was told what matters to the rule and no more. The rest is that of a request that
    /// is known.
    pub(crate) fn learn(&mut self, scene: &Scene, rule: &Rule) {
        let own = scene.asked().ok();
        let own =
            own.and_then(|(request, entities)| self.judged(Witness { request, entities }).ok());
        let case = own.or_else(|| self.completed(scene, rule));
        if let Some(case) = case {
            self.learned.push(case.witness.clone());
            self.cases.push(case);
        }
    }

    /// Returns a request on which a rule fires.
    pub(crate) fn firing(&self, rule: usize) -> Option<&Case> {
        self.cases.iter().find(|case| case.fired.contains(&rule))
    }

    /// Returns a request that no rule speaks against.
    pub(crate) fn opened(&self) -> Option<&Case> {
        self.cases.iter().find(|case| case.loud.is_empty())
    }

    /// Tells whether some request is known that a rule lets pass.
    pub(crate) fn is_silent_somewhere(&self, rule: usize) -> bool {
        self.cases.iter().any(|case| !case.loud.contains(&rule))
    }

    /// Tells whether a rule fires wherever another does, as far as is known.
    pub(crate) fn may_cover(&self, rule: usize, other: usize) -> bool {
        let mut firing = self.cases.iter().filter(|case| case.fired.contains(&rule));
        firing.all(|case| case.fired.contains(&other))
    }

    /// Tells the ids of rules at some places.
    pub(crate) fn ids(&self, places: &BTreeSet<usize>) -> BTreeSet<String> {
        let rules = places.iter().filter_map(|at| self.rules.get(*at));
        rules.map(|rule| rule.id.clone()).collect()
    }

    /// Puts a request to the rules; what cannot be is refused, with the guarantees that it breaks.
    fn judged(&self, witness: Witness) -> Result<Case, Vec<&'r Rule>> {
        let ask = |set: &PolicySet| {
            let authorizer = Authorizer::new();
            authorizer.is_authorized(&witness.request, set, &witness.entities)
        };
        let sure = ask(&self.sure);
        if sure.decision() != Decision::Allow || sure.diagnostics().errors().next().is_some() {
            let broken = sure.diagnostics().reason().filter_map(place);
            let broken = broken.filter_map(|at| self.guarantees.get(at));
            return Err(broken.copied().collect());
        }
        let said = ask(&self.said);
        let fired: BTreeSet<usize> = said.diagnostics().reason().filter_map(place).collect();
        let failed = said.diagnostics().errors().filter_map(|error| {
            let cedar_policy::AuthorizationError::PolicyEvaluationError(error) = error;
            place(error.policy_id())
        });
        Ok(Case {
            loud: failed.chain(fired.iter().copied()).collect(),
            fired,
            witness,
            scene: OnceCell::new(),
        })
    }
}

impl Case {
    /// Tells the request as it is shown, with what some rule reads.
    pub(crate) fn shown(&self, read: &BTreeSet<String>) -> Option<Scene> {
        let Witness { request, entities } = &self.witness;
        Scene::taken(request, entities, read, &BTreeSet::new()).ok()
    }

    fn scene(&self) -> Option<&Scene> {
        let made = self.scene.get_or_init(|| self.shown(&BTreeSet::new()));
        made.as_ref()
    }
}

/// Reads where a rule stands from its name in a set.
fn place(id: &CedarId) -> Option<usize> {
    let id: &str = id.as_ref();
    id.parse().ok()
}
