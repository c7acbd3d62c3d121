//! The rules of a book in, what can be proved of each by itself and beside the others out.

use std::collections::BTreeSet;

use meshlaw_policy::Layer;

use crate::kind::Kind;
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

/// Proves what can be proved of some rules, by themselves and beside all.
pub fn study(prover: &Prover, rules: &[Rule], all: &[Rule]) -> Vec<Study> {
    let known = prover.kinds();
    let kinds: Vec<Vec<Kind>> = rules.iter().map(|rule| asked(rule, &known)).collect();
    let (mut studies, cases) = alone(prover, rules, all, &kinds);
    beside(prover, rules, all, cases, &mut studies);
    studies
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
struct Case {
    rule: usize,
    kind: Kind,
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

/// Asks of each rule by itself whether it fires, always fires, and can be evaluated.
fn alone(
    prover: &Prover,
    rules: &[Rule],
    all: &[Rule],
    kinds: &[Vec<Kind>],
) -> (Vec<Study>, Vec<Case>) {
    let mut questions = Vec::new();
    for (rule, kinds) in rules.iter().zip(kinds) {
        for kind in kinds {
            let fires = Question::implied(kind, Vec::new(), rule);
            let beside = all.iter().filter(|other| other.id != rule.id);
            let beside = beside.filter(|other| other.speaks_to(kind));
            questions.push(fires.watching(beside.collect()));
            questions.push(Question::new(kind, Claim::Runs(rule)));
        }
    }
    let mut answers = prover.ask(&questions).into_iter();
    let mut studies = Vec::new();
    let mut cases = Vec::new();
    let mut seen = Vec::new();
    for (at, (rule, kinds)) in rules.iter().zip(kinds).enumerate() {
        let mut study = Study {
            id: rule.id.clone(),
            fires: Fires::Never,
            always: Vec::new(),
            fails: None,
            implied: Implied::No,
            unproved: Vec::new(),
        };
        for kind in kinds {
            let (fires, runs) = (answers.next(), answers.next());
            if let Some(Answer::Fails(scene)) = &fires {
                let mut case = Case {
                    rule: at,
                    kind: kind.clone(),
                    suspects: BTreeSet::new(),
                    state: State::Open,
                };
                case.take(scene, &others(rule, all, kind));
                cases.push(case);
                seen.push((kind.clone(), rule.id.clone(), scene.clone()));
            }
            study.take_fires(kind, fires);
            match runs {
                Some(Answer::Holds) => {}
                Some(Answer::Fails(scene)) => study.fails = Some((kind.clone(), scene)),
                other => study.doubt("whether it can be evaluated", kind, other),
            }
        }
        studies.push(study);
    }
    for ((rule, kinds), study) in rules.iter().zip(kinds).zip(&mut studies) {
        always(prover, rule, kinds, &seen, study);
    }
    (studies, cases)
}

/// Asks whether a rule always fires, unless it was silent where another one fired.
fn always(
    prover: &Prover,
    rule: &Rule,
    kinds: &[Kind],
    seen: &[(Kind, String, Scene)],
    study: &mut Study,
) {
    for kind in kinds {
        let was_silent = seen.iter().any(|(of, by, scene)| {
            of == kind && *by != rule.id && !scene.fired().contains(&rule.id.as_str())
        });
        if was_silent {
            continue;
        }
        match prover.ask_one(Question::new(kind, Claim::Refuses(vec![rule]))) {
            Answer::Holds => study.always.push(kind.clone()),
            Answer::Fails(_) => {}
            open => study.doubt("whether it always fires", kind, Some(open)),
        }
    }
}

impl Case {
    /// Learns from a request on which the rule fires: where none of the others does, it is needed.
    fn take(&mut self, scene: &Scene, others: &[&Rule]) {
        let mut fired = scene.fired();
        fired.retain(|id| others.iter().any(|other| other.id == *id));
        if fired.is_empty() {
            self.state = State::Needed;
        }
        self.suspects.extend(fired.into_iter().map(str::to_owned));
    }
}

impl Study {
    fn take_fires(&mut self, kind: &Kind, answer: Option<Answer>) {
        match answer {
            // Kinds come from the gravest end; the last one that fires is shown.
            Some(Answer::Fails(scene)) => self.fires = Fires::On(kind.clone(), scene),
            Some(Answer::Holds) => {}
            other => {
                if matches!(self.fires, Fires::Never) {
                    self.fires = Fires::Unproved;
                }
                self.doubt("whether it can fire", kind, other);
            }
        }
    }

    fn doubt(&mut self, what: &str, kind: &Kind, answer: Option<Answer>) {
        let why = match answer {
            Some(Answer::Unproved(why)) => why,
            _ => "there was no answer".to_owned(),
        };
        self.unproved.push(format!("{what} on `{kind}`: {why}"));
    }
}

/// Asks of each rule whether the others make it pointless.
///
/// Not all of them at once, since a solver has its work with many: first those that fired where the
/// rule did. Where they leave a gap, the request that shows it has further ones fire, or none.
fn beside(
    prover: &Prover,
    rules: &[Rule],
    all: &[Rule],
    mut cases: Vec<Case>,
    studies: &mut [Study],
) {
    loop {
        let open = cases.iter().filter(|case| case.state == State::Open);
        let questions = open.filter_map(|case| {
            let rule = rules.get(case.rule)?;
            let others = others(rule, all, &case.kind);
            let suspects = others.iter().copied();
            let suspects = suspects.filter(|other| case.suspects.contains(&other.id));
            let question = Question::implied(&case.kind, suspects.collect(), rule);
            Some(question.watching(others))
        });
        let questions: Vec<Question<'_>> = questions.collect();
        if questions.is_empty() {
            break;
        }
        let answers = prover.ask(&questions);
        let open = cases.iter_mut().filter(|case| case.state == State::Open);
        for (case, answer) in open.zip(answers) {
            match answer {
                Answer::Holds => case.state = State::Implied,
                Answer::Fails(scene) => {
                    let before = case.suspects.len();
                    if let Some(rule) = rules.get(case.rule) {
                        let others = others(rule, all, &case.kind);
                        case.take(&scene, &others);
                    }
                    // Whoever fires only by failing is no reason to ask the same again.
                    if case.suspects.len() == before {
                        case.state = State::Needed;
                    }
                }
                Answer::Unproved(_) => {
                    case.state = State::Needed;
                    if let Some(study) = studies.get_mut(case.rule) {
                        let what = "whether others make it pointless";
                        study.doubt(what, &case.kind, Some(answer));
                    }
                }
            }
        }
    }
    for (at, (rule, study)) in rules.iter().zip(studies).enumerate() {
        let own: Vec<&Case> = cases.iter().filter(|case| case.rule == at).collect();
        let is_implied = own.iter().all(|case| case.state == State::Implied);
        if is_implied && !own.is_empty() {
            study.implied = by_whom(prover, rule, all, &own);
        }
    }
}

/// Finds those of the others that make a rule pointless by themselves.
fn by_whom(prover: &Prover, rule: &Rule, all: &[Rule], cases: &[&Case]) -> Implied {
    let by = all.iter().filter(|other| {
        let is_suspect = |case: &&Case| case.suspects.contains(&other.id);
        let covers = |case: &&Case| {
            prover.ask_one(Question::implied(&case.kind, vec![other], rule)) == Answer::Holds
        };
        stands_for(other, rule) && cases.iter().all(is_suspect) && cases.iter().all(covers)
    });
    let by: Vec<String> = by.map(|other| other.id.clone()).collect();
    if by.is_empty() {
        Implied::Together
    } else {
        Implied::By(by)
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
