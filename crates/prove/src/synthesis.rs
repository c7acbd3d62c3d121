//! Rules and a world in, contracts that all the rules let pass, or why there are none, out.
//!
//! A contract is asked about in parts: itself, its datasets, its fields. Here the rules on all parts
//! are put to one field, as rules on what lies around it, so that one request speaks of a whole
//! contract.

use meshlaw_contract::model::{Classification, Word as _};
use meshlaw_policy::{Layer, World};

use crate::Trouble;
use crate::draft::{Draft, Sketch, drafts};
use crate::kind::Kind;
use crate::passage::culprits;
use crate::prover::Prover;
use crate::question::{Answer, Claim, Question};
use crate::rule::{Rule, read_all};

/// Why no contract is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// None with a field can pass: these rules leave no way, and without any one of them there would
    /// be one.
    Shut(Vec<String>),
    /// Nobody knows.
    Unproved(String),
}

/// Writes contracts that every rule of a layer and of the floor should let pass in a world, the
/// likeliest first.
///
/// # Errors
///
/// Says why none was found.
pub fn compliant(
    prover: &Prover,
    rules: &[&Rule],
    layer: &Layer,
    world: &World,
) -> Result<Vec<Draft>, Refusal> {
    let trouble = |error: Trouble| Refusal::Unproved(error.to_string());
    let kinds = prover.kinds();
    let is_asked = |kind: &&&Kind| kind.action == "publish" && kind.resource == "Field";
    let Some(kind) = kinds.iter().find(is_asked) else {
        return Err(Refusal::Unproved("nobody asks about fields".to_owned()));
    };
    let mut all = Vec::new();
    let own = rules
        .iter()
        .filter(|rule| rule.layer == Layer::Org || rule.layer == *layer);
    for rule in own {
        for about in kinds.iter().filter(|kind| kind.action == "publish") {
            if rule.speaks_to(about) {
                all.push(about_fields(rule, &about.resource).map_err(trouble)?);
            }
        }
    }
    let own = all.len();
    all.extend(read_all("alone", include_str!("guarantees/alone.cedar")).map_err(trouble)?);
    all.extend(read_all("world", &pins(world)).map_err(trouble)?);
    let claim = Claim::Refuses(all.iter().collect());
    let scene = match prover.ask_one(Question::new(kind, claim)) {
        Answer::Fails(scene) => scene,
        Answer::Unproved(why) => return Err(Refusal::Unproved(why)),
        Answer::Holds => return Err(refusal(prover, kind, all.iter().take(own).collect())),
    };
    let mut found = drafts(&Sketch {
        kind,
        scene: &scene,
        rules: all.iter().collect(),
        layer,
        as_of: world.as_of,
    });
    for draft in &mut found {
        draft.world = world.clone();
        draft.settings.clear();
    }
    Ok(found)
}

/// Says why a contract of one field cannot pass: because none can, or because it is only one.
fn refusal(prover: &Prover, kind: &Kind, rules: Vec<&Rule>) -> Refusal {
    let claim = Claim::Refuses(rules.clone());
    if prover.ask_one(Question::new(kind, claim)) == Answer::Holds {
        return Refusal::Shut(culprits(prover, kind, rules));
    }
    let why = "a contract in force that has one field cannot pass; others may";
    Refusal::Unproved(why.to_owned())
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
    let known = world.teams.keys().next();
    let owner = quoted(known.map_or("example-team", String::as_str));
    text.push_str(&only(&format!(
        "resource.contract has owner && resource.contract.owner == {owner} && \
         resource.contract.ownerIsKnown && principal.isKnown && principal.name == {owner}"
    )));
    text.push_str(&only(&match world.products.iter().next() {
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

/// Returns the rank of a class, which the vocabulary counts from the most public.
fn rank(class: Classification) -> i64 {
    let rank = Classification::ALL.iter().position(|one| *one == class);
    rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0)
}

/// Writes a text as Cedar reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}
