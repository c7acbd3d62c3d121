//! A request that a solver found in, files that should make the engine ask just that out.
//!
//! A solver knows attributes; people know contracts. Not every request can be written down: what a
//! draft really says, only the engine's own reader and judge can tell, so that whoever shows a draft
//! has to have it judged first.

mod change;
mod contract;
mod field;
mod petition;
mod told;
mod world;
mod yaml;

use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_policy::{Layer, World};

use crate::kind::Kind;
use crate::rule::Rule;
use crate::scene::Scene;
use contract::{Contract, names};
use field::Field;
use told::Told;

/// Files that show something, and the world in which they do.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Texts by file name, as the examples of policies are kept.
    pub files: BTreeMap<String, String>,
    /// What exists around them, and what day it is.
    pub world: World,
    /// What of that differs from the usual, as settings have it.
    pub settings: Vec<String>,
}

/// What a draft is made of.
pub struct Sketch<'s> {
    /// The kind of request.
    pub kind: &'s Kind,
    /// The request.
    pub scene: &'s Scene,
    /// The rules that it is about.
    pub rules: Vec<&'s Rule>,
    /// The layer in which it is judged.
    pub layer: &'s Layer,
    /// The day that is taken for today.
    pub as_of: Date,
}

/// Writes drafts of a request, the likeliest first.
pub fn drafts(sketch: &Sketch<'_>) -> Vec<Draft> {
    // Words that people use first; where it is the solver's own word that matters, that.
    let mut all = Vec::new();
    for is_polished in [true, false] {
        let told = Told::new(sketch.scene, &sketch.rules, is_polished);
        all.extend(match sketch.kind.group() {
            "publish" => published(sketch, &told),
            "change" => change::drafts(sketch, &told),
            "consume" => petition::consumers(sketch, &told),
            _ => petition::waivers(sketch, &told),
        });
    }
    all
}

/// Writes contracts that are asked about as they stand.
fn published(sketch: &Sketch<'_>, told: &Told<'_>) -> Vec<Draft> {
    let contracts = contracts(sketch, told).into_iter();
    contracts
        .map(|contract| {
            let (world, settings) = world::of_owner(sketch, told, &contract);
            let name = "example.contract.yaml".to_owned();
            Draft {
                files: BTreeMap::from([(name, contract.written())]),
                world,
                settings,
            }
        })
        .collect()
}

/// Writes contracts with the part that is asked about, under each name that it may have.
fn contracts(sketch: &Sketch<'_>, told: &Told<'_>) -> Vec<Contract> {
    let as_of = world::today(sketch, told);
    let contract = |at: &[&str]| {
        let mut contract = Contract::of(told, at, as_of);
        if let Layer::Domain(domain) = sketch.layer {
            contract.say("domain", yaml::text(domain));
        }
        contract
    };
    match sketch.kind.resource.as_str() {
        "Contract" => {
            let all = names(told, &["resource"], "example").into_iter();
            all.map(|name| Contract {
                name,
                ..contract(&["resource"])
            })
            .collect()
        }
        "Dataset" => {
            let mut contract = contract(&["resource", "contract"]);
            contract.state_dataset(told, &["resource"], as_of);
            vec![contract]
        }
        _ => {
            let around = ["resource", "dataset"];
            let reads_dataset = sketch.rules.iter().any(|rule| {
                let mut paths = rule.paths.iter();
                paths.any(|path| path.len() > 2 && path.get(1).is_some_and(|at| at == "dataset"))
            });
            let all = names(told, &["resource"], "value").into_iter();
            all.map(|name| {
                let mut contract = contract(&["resource", "contract"]);
                contract.add(Field::of(told, &["resource"], &name, as_of));
                if reads_dataset {
                    contract.state_dataset(told, &around, as_of);
                }
                contract
            })
            .collect()
        }
    }
}
