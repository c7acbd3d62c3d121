//! Proofs in, their form for machines out.

use std::collections::BTreeMap;

use meshlaw_prove::{
    Answer, Difference, Fate, Fires, Implied, Passage, Refusal, Scene, Study, Way,
};
use serde::Serialize;
use serde_json::Value;

use super::proved::{Proved, layer_name};
use super::whole::Whole;
use crate::proofs::{Change, Held, Kept};

/// The form for machines, version 1.
#[derive(Debug, Serialize)]
struct Document {
    format: u8,
    sound: bool,
    questions: usize,
    policies: Vec<OfPolicy>,
    requests: Vec<OfRequest>,
    contracts: Vec<OfWhole>,
    properties: Vec<OfProperty>,
    layers: Vec<OfLayer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<OfChange>,
}

#[derive(Debug, Serialize)]
struct OfPolicy {
    policy: String,
    /// `sometimes`, `never` or `not proved`.
    fires: &'static str,
    always: Vec<String>,
    fails: Option<Shown>,
    implied: bool,
    implied_by: Vec<String>,
    unproved: Vec<String>,
}

#[derive(Debug, Serialize)]
struct OfRequest {
    request: String,
    /// `open`, `shut` or `not proved`.
    way: &'static str,
    policies: Vec<String>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfWhole {
    layer: String,
    /// A contract that every policy lets pass.
    contract: Option<String>,
    /// Policies that leave no way.
    policies: Vec<String>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfProperty {
    property: String,
    claim: String,
    /// `holds`, `fails` or `not proved`.
    held: &'static str,
    files: Option<BTreeMap<String, String>>,
    settings: Vec<String>,
    shown: Option<Value>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfLayer {
    domain: String,
    request: String,
    /// `holds`, `fails` or `not proved`.
    floor: &'static str,
    shown: Option<Value>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfChange {
    base: String,
    requests: Vec<OfComparison>,
}

#[derive(Debug, Serialize)]
struct OfComparison {
    layer: String,
    request: String,
    verdict: &'static str,
    looser: Vec<OfDifference>,
    stricter: Vec<OfDifference>,
}

#[derive(Debug, Serialize)]
struct OfDifference {
    policy: String,
    /// `gone`, `changed` or `lighter`.
    fate: &'static str,
    blocks: bool,
    /// Files that show it, by their names.
    files: Option<BTreeMap<String, String>>,
    /// What they need of the settings.
    settings: Vec<String>,
    /// The request that the solver found.
    shown: Option<Value>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct Shown {
    request: String,
    shown: Value,
}

/// Writes JSON.
pub fn json(proved: &Proved) -> serde_json::Result<String> {
    let change = proved.changes.as_ref().map(|all| OfChange {
        base: proved.base.clone().unwrap_or_default(),
        requests: all.iter().map(of_change).collect(),
    });
    let contracts = proved.wholes.iter().map(of_whole);
    let layers = proved.layers.iter().flat_map(|layer| {
        let kinds = layer.kinds.iter();
        kinds.map(|(kind, answer)| {
            let (floor, shown, reason) = match answer {
                Answer::Holds => ("holds", None, None),
                Answer::Fails(scene) => ("fails", Some(value(scene)), None),
                Answer::Unproved(why) => ("not proved", None, Some(why.clone())),
            };
            OfLayer {
                domain: layer.domain.clone(),
                request: kind.to_string(),
                floor,
                shown,
                reason,
            }
        })
    });
    let document = Document {
        format: 1,
        sound: proved.is_sound(),
        questions: proved.asked,
        policies: proved.studies.iter().map(of_policy).collect(),
        requests: proved.passages.iter().map(of_request).collect(),
        contracts: contracts.collect(),
        properties: proved.properties.iter().map(of_property).collect(),
        layers: layers.collect(),
        change,
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn of_policy(study: &Study) -> OfPolicy {
    OfPolicy {
        policy: study.id.clone(),
        fires: match study.fires {
            Fires::On(..) => "sometimes",
            Fires::Never => "never",
            Fires::Unproved => "not proved",
        },
        always: study.always.iter().map(ToString::to_string).collect(),
        fails: study.fails.as_ref().map(|(kind, scene)| Shown {
            request: kind.to_string(),
            shown: value(scene),
        }),
        implied: study.implied != Implied::No,
        implied_by: match &study.implied {
            Implied::By(all) => all.clone(),
            Implied::No | Implied::Together => Vec::new(),
        },
        unproved: study.unproved.clone(),
    }
}

fn of_request(passage: &Passage) -> OfRequest {
    let (way, policies, reason) = match &passage.way {
        Way::Open => ("open", Vec::new(), None),
        Way::Shut(all) => ("shut", all.clone(), None),
        Way::Unproved(why) => ("not proved", Vec::new(), Some(why.clone())),
    };
    OfRequest {
        request: passage.kind.to_string(),
        way,
        policies,
        reason,
    }
}

fn of_whole(whole: &Whole) -> OfWhole {
    let (policies, reason) = match &whole.contract {
        Ok(_) => (Vec::new(), None),
        Err(Refusal::Shut(all)) => (all.clone(), None),
        Err(Refusal::Unproved(why)) => (Vec::new(), Some(why.clone())),
    };
    OfWhole {
        layer: layer_name(&whole.layer),
        contract: whole.contract.as_ref().ok().cloned(),
        policies,
        reason,
    }
}

fn of_property(one: &Kept) -> OfProperty {
    let mut of = OfProperty {
        property: one.name.clone(),
        claim: one.claim.clone(),
        held: "holds",
        files: None,
        settings: Vec::new(),
        shown: None,
        reason: None,
    };
    match &one.held {
        Held::Always => {}
        Held::Broken(scene, shown) => {
            of.held = "fails";
            of.shown = Some(value(scene));
            of.files = shown.as_ref().map(|shown| shown.files.clone());
            of.settings = shown
                .as_ref()
                .map(|shown| shown.settings.clone())
                .unwrap_or_default();
        }
        Held::Unproved(why) => {
            of.held = "not proved";
            of.reason = Some(why.clone());
        }
    }
    of
}

fn of_change(one: &Change) -> OfComparison {
    let looser = one.looser.iter().map(|loosened| {
        let shown = loosened.shown.as_ref();
        OfDifference {
            files: shown.map(|shown| shown.files.clone()),
            settings: shown
                .map(|shown| shown.settings.clone())
                .unwrap_or_default(),
            ..of_difference(&loosened.difference)
        }
    });
    OfComparison {
        layer: layer_name(&one.layer),
        request: one.kind.to_string(),
        verdict: one.verdict.as_str(),
        looser: looser.collect(),
        stricter: one.stricter.iter().map(of_difference).collect(),
    }
}

fn of_difference(one: &Difference) -> OfDifference {
    OfDifference {
        policy: one.id.clone(),
        fate: match one.fate {
            Fate::Absent => "gone",
            Fate::Differs => "changed",
            Fate::Lighter => "lighter",
        },
        blocks: one.blocks,
        files: None,
        settings: Vec::new(),
        shown: one.shown.as_ref().ok().map(value),
        reason: one.shown.as_ref().err().cloned(),
    }
}

fn value(scene: &Scene) -> Value {
    scene.shown()
}
