//! The rules of a book in, what can be proved of each by itself and beside the others out.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_policy::Layer;

use crate::kind::Kind;
use crate::pool::{Found, Pool};
use crate::prover::Prover;
use crate::question::{Answer, Claim, Question};
use crate::rule::Rule;
use crate::scene::Scene;

/// What was proved of one rule.
#[derive(Debug, Clone)]
pub struct Study {
    /// Id of the policy.
    pub id: String,
    /// Whether there is anything that it forbids.
    pub fires: Fires,
    /// Kinds of requests that it forbids altogether.
    pub always: Vec<Kind>,
    /// A request on which its evaluation fails.
    pub fails: Option<(Kind, Scene)>,
    /// Rules that forbid all that it forbids, and weigh as much.
    pub implied: Implied,
    /// Questions that nobody could answer, and why.
    pub unproved: Vec<String>,
}

/// Whether a rule ever fires.
#[derive(Debug, Clone)]
pub enum Fires {
    /// It does, as this request shows.
    On(Kind, Scene),
    /// There is no request that it forbids.
    Never,
    /// Nobody knows.
    Unproved,
}

/// Whether a rule is needed beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Implied {
    /// It is.
    No,
    /// Each of these forbids all that it forbids.
    By(Vec<String>),
    /// The others do so together, and none of them alone.
    Together,
}

/// Questions that solvers are asked before what they found is put to the other rules.
const WAVE: usize = 8;

/// Proves what can be proved of some rules, by themselves and beside all.
pub fn study(prover: &Prover, rules: &[Rule], all: &[Rule]) -> Vec<Study> {
    let known = prover.kinds();
    let mut pools = BTreeMap::new();
    let mut cases = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        for kind in asked(rule, &known) {
            if !pools.contains_key(&kind)
                && let Ok(pool) = prover.pool(&kind, all.iter())
            {
                pools.insert(kind.clone(), pool);
            }
            cases.push(Case::new(at, rule, kind));
        }
    }
    let mut inquiry = Inquiry {
        prover,
        all,
        pools,
        studies: rules.iter().map(Study::new).collect(),
    };
    inquiry.fire(&mut cases);
    inquiry.run(&cases);
    cases.retain(|case| matches!(case.fires, Some(Answer::Fails(_))));
    inquiry.always(&cases);
    inquiry.beside(rules, &mut cases);
    let found = inquiry.pools.into_values();
    prover.learn(found.flat_map(|pool| pool.learned).collect());
    inquiry.studies
}

/// Returns the kinds of requests that tell a rule's whole meaning: where it reads nothing of the
/// resource, one type stands for all, and likewise for the kinds of changes.
fn asked(rule: &Rule, all: &[&Kind]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    let speaks = all.iter().filter(|kind| rule.speaks_to(kind));
    // The last kind of change is the gravest, and the best to show.
    for kind in speaks.rev() {
        let is_alike = |known: &Kind| {
            let resource = !rule.reads_resource() || known.resource == kind.resource;
            let action = !rule.reads_action() && known.group() == kind.group();
            resource && (action || known.action == kind.action)
        };
        if !kinds.iter().any(is_alike) {
            kinds.push((*kind).clone());
        }
    }
    kinds.reverse();
    kinds
}

/// A rule on one kind of request, and the others that may make it pointless there.
struct Case<'r> {
    /// Place of the rule.
    at: usize,
    rule: &'r Rule,
    kind: Kind,
    /// Whether it fires.
    fires: Option<Answer>,
    /// Ids of those that fired whenever the rule did, so far.
    suspects: BTreeSet<String>,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    Needed,
    Implied,
}

/// What is known while rules are studied.
struct Inquiry<'r> {
    prover: &'r Prover,
    all: &'r [Rule],
    pools: BTreeMap<Kind, Pool<'r>>,
    studies: Vec<Study>,
}

impl<'r> Inquiry<'r> {
    /// Finds for each rule a request on which it fires: one that is known, else one of a solver.
    ///
    /// What a solver finds for one may show another, so that they are asked some at a time.
    fn fire(&mut self, cases: &mut [Case<'r>]) {
        loop {
            for case in cases.iter_mut().filter(|case| case.fires.is_none()) {
                case.fires = self.known(case).map(Answer::Fails);
            }
            let open = cases.iter_mut().filter(|case| case.fires.is_none());
            let open: Vec<&mut Case<'_>> = open.take(WAVE).collect();
            if open.is_empty() {
                break;
            }
            let questions = open
                .iter()
                .map(|case| Question::implied(&case.kind, Vec::new(), case.rule));
            let answers = self.prover.ask(&questions.collect::<Vec<_>>());
            for (case, answer) in open.into_iter().zip(answers) {
                self.learn(case, &answer);
                case.fires = Some(answer);
            }
        }
        for case in cases {
            if let Some(study) = self.studies.get_mut(case.at) {
                study.take_fires(&case.kind, case.fires.as_ref());
            }
        }
    }

    fn known(&self, case: &Case<'_>) -> Option<Scene> {
        let pool = self.pools.get(&case.kind)?;
        let known = pool.firing(pool.place(&case.rule.id)?)?;
        known.shown(&case.rule.attributes)
    }

    fn learn(&mut self, case: &Case<'_>, answer: &Answer) {
        if let (Some(pool), Answer::Fails(scene)) = (self.pools.get_mut(&case.kind), answer) {
            pool.learn(scene, case.rule);
        }
    }

    /// Asks of each rule whether its evaluation can fail, where its form does not say that.
    fn run(&mut self, cases: &[Case<'r>]) {
        let open = cases.iter().filter(|case| !self.prover.is_total(case.rule));
        let open: Vec<&Case<'_>> = open.collect();
        let questions = open
            .iter()
            .map(|case| Question::new(&case.kind, Claim::Runs(case.rule)));
        let answers = self.prover.ask(&questions.collect::<Vec<_>>());
        for (case, answer) in open.into_iter().zip(answers) {
            let Some(study) = self.studies.get_mut(case.at) else {
                continue;
            };
            match answer {
                Answer::Holds => {}
                Answer::Fails(scene) => study.fails = Some((case.kind.clone(), scene)),
                Answer::Unproved(why) => {
                    study.doubt("whether it can be evaluated", &case.kind, &why)
                }
            }
        }
    }

    /// Asks of each rule whether it always fires, unless a request is known on which it is silent.
    fn always(&mut self, cases: &[Case<'r>]) {
        for case in cases {
            let pool = self.pools.get(&case.kind);
            let is_known = pool.is_some_and(|pool| {
                let place = pool.place(&case.rule.id);
                place.is_some_and(|place| pool.is_silent_somewhere(place))
            });
            if is_known {
                continue;
            }
            let claim = Claim::Refuses(vec![case.rule]);
            let answer = self.prover.ask_one(Question::new(&case.kind, claim));
            self.learn(case, &answer);
            let Some(study) = self.studies.get_mut(case.at) else {
                continue;
            };
            match answer {
                Answer::Holds => study.always.push(case.kind.clone()),
                Answer::Fails(_) => {}
                Answer::Unproved(why) => study.doubt("whether it always fires", &case.kind, &why),
            }
        }
    }

    /// Asks of each rule whether the others make it pointless.
    ///
    /// Where no request is known that only the rule forbids, a solver is asked, and not with all of
    /// the others at once, since it has its work with many: first those that fired where the rule
    /// did. Where they leave a gap, the request that shows it has further ones fire, or none.
    fn beside(&mut self, rules: &[Rule], cases: &mut [Case<'r>]) {
        for pool in self.pools.values_mut() {
            pool.open();
        }
        for case in cases.iter_mut() {
            self.seek(case);
        }
        loop {
            let mut open = cases.iter_mut().filter(|case| case.state == State::Open);
            let open: Vec<&mut Case<'_>> = open.by_ref().collect();
            if open.is_empty() {
                break;
            }
            let questions = open.iter().map(|case| case.question(self.all));
            let answers = self.prover.ask(&questions.collect::<Vec<_>>());
            for (case, answer) in open.into_iter().zip(answers) {
                self.learn(case, &answer);
                if let Answer::Unproved(why) = &answer
                    && let Some(study) = self.studies.get_mut(case.at)
                {
                    study.doubt("whether others make it pointless", &case.kind, why);
                }
                case.take(answer);
            }
        }
        for (at, rule) in rules.iter().enumerate() {
            let own: Vec<&Case<'_>> = cases.iter().filter(|case| case.at == at).collect();
            let is_implied = own.iter().all(|case| case.state == State::Implied);
            if is_implied && !own.is_empty() {
                let implied = self.by_whom(rule, &own);
                self.studies
                    .get_mut(at)
                    .into_iter()
                    .for_each(|study| study.implied = implied.clone());
            }
        }
    }

    /// Looks among what is known for a request that only one rule forbids.
    fn seek(&mut self, case: &mut Case<'r>) {
        let Some(pool) = self.pools.get_mut(&case.kind) else {
            return;
        };
        let Some(place) = pool.place(&case.rule.id) else {
            return;
        };
        let others = others(case.rule, self.all, &case.kind);
        let others = others
            .iter()
            .filter_map(|other| pool.place(&other.id))
            .collect();
        match pool.sole(Some(place), &others) {
            Found::Shown => case.state = State::Needed,
            Found::Near(suspects) => case.suspects = pool.ids(&suspects),
            Found::Nothing => {}
        }
    }

    /// Finds those of the others that make a rule pointless by themselves.
    fn by_whom(&self, rule: &Rule, cases: &[&Case<'r>]) -> Implied {
        let may = |case: &&Case<'_>, other: &Rule| {
            let Some(pool) = self.pools.get(&case.kind) else {
                return true;
            };
            let places = pool.place(&rule.id).zip(pool.place(&other.id));
            places.is_none_or(|(rule, other)| pool.may_cover(rule, other))
        };
        let by = self.all.iter().filter(|other| {
            let is_suspect = |case: &&Case<'_>| case.suspects.contains(&other.id);
            let covers = |case: &&Case<'_>| {
                let question = Question::implied(&case.kind, vec![other], rule);
                self.prover.ask_one(question) == Answer::Holds
            };
            stands_for(other, rule)
                && cases.iter().all(is_suspect)
                && cases.iter().all(|case| may(case, other))
                && cases.iter().all(covers)
        });
        let by: Vec<String> = by.map(|other| other.id.clone()).collect();
        if by.is_empty() {
            Implied::Together
        } else {
            Implied::By(by)
        }
    }
}

impl<'r> Case<'r> {
    fn new(at: usize, rule: &'r Rule, kind: Kind) -> Self {
        Self {
            at,
            rule,
            kind,
            fires: None,
            suspects: BTreeSet::new(),
            state: State::Open,
        }
    }

    fn question(&self, all: &'r [Rule]) -> Question<'r> {
        let others = others(self.rule, all, &self.kind);
        let suspects = others.iter().copied();
        let suspects = suspects.filter(|other| self.suspects.contains(&other.id));
        Question::implied(&self.kind, suspects.collect(), self.rule).watching(others)
    }

    /// Learns from a request on which the rule fires: where none of the others does, it is needed.
    fn take(&mut self, answer: Answer) {
        self.state = match answer {
            Answer::Holds => State::Implied,
            Answer::Unproved(_) => State::Needed,
            Answer::Fails(scene) => {
                let before = self.suspects.len();
                self.suspects
                    .extend(scene.fired().into_iter().map(str::to_owned));
                // Whoever fires only by failing is no reason to ask the same again.
                if self.suspects.len() == before {
                    State::Needed
                } else {
                    State::Open
                }
            }
        };
    }
}

impl Study {
    fn new(rule: &Rule) -> Self {
        Self {
            id: rule.id.clone(),
            fires: Fires::Never,
            always: Vec::new(),
            fails: None,
            implied: Implied::No,
            unproved: Vec::new(),
        }
    }

    fn take_fires(&mut self, kind: &Kind, answer: Option<&Answer>) {
        match answer {
            // Kinds come from the gravest end; the last one that fires is shown.
            Some(Answer::Fails(scene)) => self.fires = Fires::On(kind.clone(), scene.clone()),
            Some(Answer::Holds) | None => {}
            Some(Answer::Unproved(why)) => {
                if matches!(self.fires, Fires::Never) {
                    self.fires = Fires::Unproved;
                }
                self.doubt("whether it can fire", kind, why);
            }
        }
    }

    fn doubt(&mut self, what: &str, kind: &Kind, why: &str) {
        self.unproved.push(format!("{what} on `{kind}`: {why}"));
    }
}

/// Returns the rules that may make one pointless on a kind of request.
fn others<'r>(rule: &Rule, all: &'r [Rule], kind: &Kind) -> Vec<&'r Rule> {
    let may = |other: &&Rule| stands_for(other, rule) && other.speaks_to(kind);
    all.iter().filter(may).collect()
}

/// Tells whether another rule holds wherever this one does, and weighs as much.
fn stands_for(other: &Rule, rule: &Rule) -> bool {
    let holds = other.layer == Layer::Org || other.layer == rule.layer;
    other.id != rule.id && holds && other.weight.bears(rule.weight)
}
