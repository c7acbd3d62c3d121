//! What contracts say about others in, where the atlas disagrees out.

use std::rc::Rc;

use meshlaw_contract::model::Reference;
use meshlaw_contract::{Pointer, nearest};
use meshlaw_policy::Identity;
use meshlaw_report::{Finding, Kind, Related, Severity};

use super::ask::{Ask, What};
use crate::atlas::{Atlas, Sketch};
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::settings::Settings;

/// Why something that was said of another contract does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    /// Id of the finding.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The part that is wrong.
    pub pointer: Pointer,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The contract that is meant, where it is there.
    pub target: Option<Rc<Sketch>>,
}

/// Says what is wrong with something that a contract says; nothing where that cannot be known.
pub fn answer(ask: &Ask, atlas: &Atlas<'_>) -> Result<Option<Trouble>, Failure> {
    match &ask.what {
        What::Reference { to, ty } => reference(ask, to, ty, atlas),
        What::Replacement(id) => {
            if !atlas.find(id, |_| true)?.is_empty() {
                return Ok(None);
            }
            Ok(Some(Trouble {
                id: "contract/replacement-unknown",
                severity: Severity::Warning,
                pointer: ask.pointer.clone(),
                message: format!("this deprecation names the contract `{id}`, which is not there"),
                help: meant(
                    atlas.nearest(id),
                    "add the contract, or name one that is there",
                ),
                target: None,
            }))
        }
    }
}

/// Makes the findings of troubles, each in its turn; none of one that nobody wants to be told of.
///
/// All are looked up together, since one file may have thousands.
pub fn findings(
    settings: &Settings,
    troubles: &[(&Ask, Trouble)],
    atlas: &Atlas<'_>,
) -> Vec<Option<Finding>> {
    let schema = Pointer::root().word("schema");
    let own = troubles.iter();
    let mut parts: Vec<(&Identity, &Pointer)> = own
        .map(|(ask, trouble)| (&ask.identity, &trouble.pointer))
        .collect();
    let targets = troubles.iter().filter_map(|(_, one)| one.target.as_ref());
    parts.extend(targets.map(|target| (&target.identity, &schema)));
    let mut places = atlas.places(&parts);
    let mut of_targets = places.split_off(troubles.len()).into_iter();
    let each = troubles.iter().zip(places).map(|((ask, trouble), place)| {
        let draft = Draft {
            id: trouble.id,
            kind: Kind::Contract,
            severity: trouble.severity,
            about: About {
                identity: Some(&ask.identity),
                owner: ask.owner.as_deref(),
            },
            pointer: trouble.pointer.clone(),
            message: trouble.message.clone(),
            help: Some(trouble.help.clone()),
            location: Some(place),
        };
        let target = trouble.target.as_ref().and_then(|_| of_targets.next());
        let related = target.map(|location| Related {
            location,
            message: "the contract that is meant".to_owned(),
        });
        make(settings, draft).map(|finding| Finding {
            related: related.into_iter().collect(),
            ..finding
        })
    });
    each.collect()
}

/// Returns the contracts that a reference leads to, and how to say so.
pub fn targets(ask: &Ask, to: &Reference, atlas: &Atlas<'_>) -> Result<Vec<Rc<Sketch>>, Failure> {
    let id = to.contract.as_deref().unwrap_or_default();
    if let Some(path) = file_beside(&ask.identity.path, id) {
        return atlas.at_path(&path);
    }
    atlas.find(id, |sketch| lacks(sketch, to).is_none())
}

/// Returns the path that a reference to a file leads to, seen from the file that it stands in.
pub fn file_beside(from: &str, to: &str) -> Option<String> {
    let ends = [".yaml", ".yml", ".json"];
    if !ends.iter().any(|end| to.ends_with(end)) {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What a contract lacks of that which is referred to.
enum Lack {
    Dataset,
    Field,
}

fn lacks(sketch: &Sketch, to: &Reference) -> Option<Lack> {
    if !sketch.is_whole {
        return None;
    }
    let dataset = to.dataset.as_deref();
    let has_dataset =
        dataset.is_none_or(|name| sketch.datasets.iter().any(|(other, _)| **other == *name));
    if !has_dataset {
        return Some(Lack::Dataset);
    }
    let mut fields = sketch.fields(dataset);
    (!fields.any(|field| *field.name == *to.field)).then_some(Lack::Field)
}

fn reference(
    ask: &Ask,
    to: &Reference,
    ty: &str,
    atlas: &Atlas<'_>,
) -> Result<Option<Trouble>, Failure> {
    let id = to.contract.as_deref().unwrap_or_default();
    let found = targets(ask, to, atlas)?;
    let trouble = |word, message, help, target| Trouble {
        id: "contract/reference-unknown",
        severity: Severity::Error,
        pointer: ask.pointer.word(word),
        message,
        help,
        target,
    };
    let Some(first) = found.first() else {
        let message = format!("this reference names the contract `{id}`, which is not there");
        let help = meant(
            atlas.nearest(id),
            "add the contract, or name one that is there",
        );
        return Ok(Some(trouble("contract", message, help, None)));
    };
    if let Some(target) = found.iter().find(|sketch| lacks(sketch, to).is_none()) {
        return Ok(type_trouble(ask, to, ty, target));
    }
    let target = Some(Rc::clone(first));
    let has_dataset = |sketch: &&Rc<Sketch>| matches!(lacks(sketch, to), Some(Lack::Field));
    let Some(holder) = found.iter().find(has_dataset) else {
        let name = to.dataset.as_deref().unwrap_or_default();
        let known = first.datasets.iter().map(|(name, _)| &**name);
        let message =
            format!("this reference names the dataset `{name}`, which `{id}` does not have");
        let near = nearest(name, known).map(str::to_owned);
        let help = meant(near, "name a dataset that is there");
        return Ok(Some(trouble("dataset", message, help, target)));
    };
    let known = holder
        .fields(to.dataset.as_deref())
        .map(|field| &*field.name);
    let message = format!(
        "this reference names the field `{}`, which `{id}` does not have",
        to.field
    );
    let near = nearest(&to.field, known).map(str::to_owned);
    let help = meant(near, "name a field that is there");
    Ok(Some(trouble(
        "field",
        message,
        help,
        Some(Rc::clone(holder)),
    )))
}

fn type_trouble(ask: &Ask, to: &Reference, ty: &str, target: &Rc<Sketch>) -> Option<Trouble> {
    const UNSTATED: &str = "unstated";
    let mut fields = target.fields(to.dataset.as_deref());
    let field = fields.find(|field| *field.name == *to.field)?;
    if *field.ty == *ty || ty == UNSTATED || *field.ty == *UNSTATED {
        return None;
    }
    Some(Trouble {
        id: "contract/reference-type",
        severity: Severity::Warning,
        pointer: ask.pointer.clone(),
        message: format!(
            "this field is of type `{ty}`, but refers to `{}` in `{}`, which is of type `{}`",
            to.field,
            target.identity.id(),
            field.ty
        ),
        help: "give both fields one type".to_owned(),
        target: Some(Rc::clone(target)),
    })
}

/// Asks whether something near was meant, or says what to do.
pub fn meant(near: Option<String>, otherwise: &str) -> String {
    near.map_or_else(
        || otherwise.to_owned(),
        |near| format!("did you mean `{near}`?"),
    )
}
