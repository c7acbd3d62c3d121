//! Rules and a world in, contracts that all the rules let pass, or why there are none, out.
//!
//! A contract is asked about in parts: itself, its datasets, its fields. Here the rules on all parts
//! are put to one field, as rules on what lies around it, so that one request speaks of a whole
//! contract.

use std::collections::BTreeSet;

use meshlaw_contract::model::{Classification, Word as _};
use meshlaw_policy::{Layer, Product, World};

use crate::Trouble;
use crate::draft::{Draft, Sketch, drafts};
use crate::kind::Kind;
use crate::passage::culprits;
use crate::pool::{Found, Witness};
use crate::prover::Prover;
use crate::question::{Answer, Claim, Question};
use crate::rule::{Rule, read_all};
use crate::scene::Scene;

/// Why no contract is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// None with a field can pass: these rules leave no way, and without any one of them there would
    /// be one.
    Shut(Vec<String>),
    /// Nobody knows.
    Unproved(String),
}

/// What a whole contract has to pass, in a layer and a world.
pub struct Whole<'p> {
    prover: &'p Prover,
    kind: &'p Kind,
    layer: &'p Layer,
    world: &'p World,
    /// The rules, as rules on a field and what lies around it.
    rules: Vec<Rule>,
    /// What makes the contract one of one field, in that world.
    frame: Vec<Rule>,
    /// Ids of rules that forbid what was found so far.
    blockers: BTreeSet<String>,
}

impl<'p> Whole<'p> {
    /// Puts the rules of a layer and of the floor together.
    ///
    /// # Errors
    ///
    /// Says why that cannot be done.
    pub fn of(
        prover: &'p Prover,
        rules: &[&Rule],
        layer: &'p Layer,
        world: &'p World,
    ) -> Result<Self, Refusal> {
        let trouble = |error: Trouble| Refusal::Unproved(error.to_string());
        let kinds = prover.kinds();
        let is_asked = |kind: &&Kind| kind.action == "publish" && kind.resource == "Field";
        let Some(kind) = kinds.iter().copied().find(is_asked) else {
            return Err(Refusal::Unproved("nobody asks about fields".to_owned()));
        };
        let holds = |rule: &&&Rule| rule.layer == Layer::Org || rule.layer == *layer;
        let mut all = Vec::new();
        for rule in rules.iter().filter(holds) {
            for about in kinds.iter().filter(|kind| kind.action == "publish") {
                if rule.speaks_to(about) {
                    all.push(about_fields(rule, &about.resource).map_err(trouble)?);
                }
            }
        }
        let alone = read_all("alone", include_str!("guarantees/alone.cedar")).map_err(trouble)?;
        let pins = read_all("world", &pins(world)).map_err(trouble)?;
        Ok(Self {
            prover,
            kind,
            layer,
            world,
            rules: all,
            frame: alone.into_iter().chain(pins).collect(),
            blockers: BTreeSet::new(),
        })
    }

    /// Writes contracts like one that is known, so that every rule should let them pass.
    pub fn known(&mut self, witnesses: &[Witness]) -> Vec<Draft> {
        let all: Vec<&Rule> = self.rules.iter().chain(&self.frame).collect();
        let Ok(mut pool) = self
            .prover
            .pool_of(self.kind, all.iter().copied(), witnesses)
        else {
            return Vec::new();
        };
        match pool.open() {
            Found::Shown => {}
            Found::Near(blockers) => self.blockers = pool.ids(&blockers),
            Found::Nothing => {}
        }
        let read = all.iter().flat_map(|rule| rule.attributes.iter().cloned());
        let scene = pool.opened().and_then(|case| case.shown(&read.collect()));
        scene.map(|scene| self.drafts(&scene)).unwrap_or_default()
    }

    /// Has a solver find contracts that every rule should let pass, the likeliest first.
    ///
    /// # Errors
    ///
    /// Says why none was found.
    pub fn found(&mut self) -> Result<Vec<Draft>, Refusal> {
        match self.passing(&self.frame) {
            Search::Open(scene) => Ok(self.drafts(&scene)),
            Search::Unproved(why) => Err(Refusal::Unproved(why)),
            // Because none can, or because it is only one of one field.
            Search::Shut(_) => Err(match self.passing(&[]) {
                Search::Shut(rules) => Refusal::Shut(culprits(self.prover, self.kind, rules)),
                Search::Open(_) => {
                    let why = "a contract in force that has one field cannot pass; others may";
                    Refusal::Unproved(why.to_owned())
                }
                Search::Unproved(why) => Refusal::Unproved(why),
            }),
        }
    }

    /// Looks for a request that passes, at first by those of the rules alone that forbade what was
    /// found before.
    fn passing(&self, frame: &[Rule]) -> Search<'_> {
        let mut blockers = self.blockers.clone();
        loop {
            let blocking = self.rules.iter().filter(|rule| blockers.contains(&rule.id));
            let blocking: Vec<&Rule> = blocking.collect();
            let claim = Claim::Refuses(blocking.iter().copied().chain(frame).collect());
            let question = Question::new(self.kind, claim).watching(self.rules.iter().collect());
            let scene = match self.prover.ask_one(question) {
                Answer::Unproved(why) => return Search::Unproved(why),
                Answer::Holds => return Search::Shut(blocking),
                Answer::Fails(scene) => scene,
            };
            let known = blockers.len();
            blockers.extend(scene.fired().into_iter().map(str::to_owned));
            if scene.fired().is_empty() {
                return Search::Open(Box::new(scene));
            }
            if blockers.len() == known {
                let why = "a policy cannot be evaluated on what passes the others";
                return Search::Unproved(why.to_owned());
            }
        }
    }

    fn drafts(&self, scene: &Scene) -> Vec<Draft> {
        let mut found = drafts(&Sketch {
            kind: self.kind,
            scene,
            rules: self.rules.iter().chain(&self.frame).collect(),
            layer: self.layer,
            as_of: self.world.as_of,
        });
        for draft in &mut found {
            draft.world = self.world.clone();
            draft.settings.clear();
        }
        found
    }
}

/// What came of looking for a request that passes.
enum Search<'r> {
    /// There is one.
    Open(Box<Scene>),
    /// There is none, by these rules.
    Shut(Vec<&'r Rule>),
    /// Nobody knows, and why.
    Unproved(String),
}

/// Turns a rule on a part of a contract into one on a field of it.
fn about_fields(rule: &Rule, part: &str) -> Result<Rule, Trouble> {
    match part {
        "Contract" => rule.lifted("contract", "Field"),
        "Dataset" => rule.lifted("dataset", "Field"),
        _ => Ok(rule.clone()),
    }
}

/// Says what a world leaves no choice about, as rules against all else.
fn pins(world: &World) -> String {
    let only = |what: &str| {
        format!("forbid (principal, action, resource is Field) unless {{ {what} }};\n")
    };
    let parameters = &world.parameters;
    let numbers = [
        ("noticeDays", parameters.notice_days),
        ("maxRetentionDays", parameters.max_retention_days),
        ("maxUseDays", parameters.max_use_days),
        ("maxWaiverDays", parameters.max_waiver_days),
        (
            "maxErrorWaiverDays",
            parameters.waiver_days(meshlaw_report::Severity::Error),
        ),
        ("maxWaiverRenewals", parameters.max_waiver_renewals),
        ("maxFreshnessSeconds", parameters.max_freshness.seconds),
        (
            "minAvailability",
            parameters.min_availability.basis_points(),
        ),
        ("personalRank", rank(parameters.personal_classification)),
    ];
    let mut text = String::new();
    for (name, value) in numbers {
        text.push_str(&only(&format!("context.parameters.{name} == {value}")));
    }
    for (name, all) in [
        ("legalBases", &parameters.legal_bases),
        ("regions", &parameters.regions),
    ] {
        let members: Vec<String> = all.iter().map(|one| quoted(one)).collect();
        text.push_str(&only(&match members.as_slice() {
            [] => format!("context.parameters.{name}.isEmpty()"),
            members => format!("context.parameters.{name} == [{}]", members.join(", ")),
        }));
    }
    text.push_str(&only("resource.contract.foreignRegions.isEmpty()"));
    let seat = Seat::of(world);
    let owner = quoted(&seat.owner);
    text.push_str(&only(&format!(
        "resource.contract has owner && resource.contract.owner == {owner} && \
         resource.contract.ownerIsKnown && principal.isKnown && principal.name == {owner}"
    )));
    text.push_str(&only(&match seat.product {
        None => "resource.contract.productIsKnown && !(resource.contract has productOwner) && \
                 (if resource.contract has product \
                 then resource.contract.product == \"example-product\" else true)"
            .to_owned(),
        Some((name, product)) => {
            let owner = match &product.owner {
                None => "!(resource.contract has productOwner)".to_owned(),
                Some(owner) => format!(
                    "resource.contract has productOwner && resource.contract.productOwner == {}",
                    quoted(owner)
                ),
            };
            format!(
                "resource.contract has product && resource.contract.product == {} && \
                 resource.contract.productIsKnown && {owner}",
                quoted(name)
            )
        }
    }));
    text.push_str(&only(&match world.glossary.names().next() {
        None => "!(resource has term) && !resource.termIsKnown".to_owned(),
        Some(term) => format!(
            "if resource has term then resource.term == {} && resource.termIsKnown else true",
            quoted(term)
        ),
    }));
    // A term of which only the name is known asks nothing of a field.
    text.push_str(&only(
        "resource.termMismatches.isEmpty() && resource.leftToTerm.isEmpty()",
    ));
    text
}

/// Who answers for a contract that is written for a world, and for which product it is.
pub struct Seat<'w> {
    /// The team: that of the product where it has one, else any.
    pub owner: String,
    /// The product, where there is any.
    pub product: Option<(&'w String, &'w Product)>,
}

impl<'w> Seat<'w> {
    /// Finds a product with a team of its own, else any.
    pub fn of(world: &'w World) -> Self {
        let is_led = |product: &Product| {
            product
                .owner
                .as_ref()
                .is_some_and(|owner| world.teams.contains_key(owner))
        };
        let led = world.products.iter().find(|(_, product)| is_led(product));
        let product = led.or_else(|| world.products.iter().next());
        let owner = led.and_then(|(_, product)| product.owner.as_ref());
        let owner = owner.or_else(|| world.teams.keys().next());
        Self {
            owner: owner.map_or("example-team", String::as_str).to_owned(),
            product,
        }
    }
}

/// Returns the rank of a class, which the vocabulary counts from the most public.
fn rank(class: Classification) -> i64 {
    let rank = Classification::ALL.iter().position(|one| *one == class);
    rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0)
}

/// Writes a text as Cedar reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}
