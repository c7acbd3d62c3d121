//! One contract in, what it says about other contracts out.

use meshlaw_contract::model::{Contract, Reference};
use meshlaw_contract::{Order, Pointer, visit_fields};
use meshlaw_policy::Identity;
use serde::{Deserialize, Serialize};

use crate::revision::Revision;

/// Something that a contract takes to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The contract that says so.
    pub identity: Identity,
    /// Its owner.
    pub owner: Option<String>,
    /// Where it says so.
    pub pointer: Pointer,
    /// What it says.
    pub what: What,
}

/// What a contract says about another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Values of a field come from a field of the other contract.
    Reference {
        /// The other field.
        to: Reference,
        /// Word of the referring field's type.
        ty: String,
    },
    /// The other contract, as `domain/name`, is to be used instead.
    Replacement(String),
}

/// What a contract says of another, as it is written down: without where it says so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reliance {
    /// Values come from a field of it: the contract, the dataset, the field, and the type's word.
    Reference([String; 3], Option<String>),
    /// It is to be used instead.
    Replacement(String),
}

impl Reliance {
    /// Takes down what is said.
    pub fn of(what: &What) -> Self {
        match what {
            What::Replacement(id) => Self::Replacement(id.clone()),
            What::Reference { to, ty } => {
                let contract = to.contract.clone().unwrap_or_default();
                Self::Reference([contract, to.field.clone(), ty.clone()], to.dataset.clone())
            }
        }
    }

    /// Returns it as something that a file at a path says.
    pub(super) fn said_at(self, path: &str) -> Ask {
        let what = match self {
            Self::Replacement(id) => What::Replacement(id),
            Self::Reference([contract, field, ty], dataset) => {
                let to = Reference {
                    contract: Some(contract),
                    dataset,
                    field,
                };
                What::Reference { to, ty }
            }
        };
        Ask {
            identity: Identity {
                domain: String::new(),
                name: String::new(),
                path: path.to_owned(),
            },
            owner: None,
            pointer: Pointer::root(),
            what,
        }
    }
}

/// Returns what a contract says about others.
pub fn asks(revision: &Revision<'_>) -> Vec<Ask> {
    let owner = revision.contract().and_then(|one| one.owner.as_ref());
    let ask = |(pointer, what)| Ask {
        identity: revision.identity.clone(),
        owner: owner.cloned(),
        pointer,
        what,
    };
    said(revision).into_iter().map(ask).collect()
}

/// Returns where a contract says what about others.
pub(super) fn said(revision: &Revision<'_>) -> Vec<(Pointer, What)> {
    let Some(contract) = revision.contract() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    replacements(contract, &mut found);
    if !revision.mentions.references {
        return found;
    }
    for dataset in &contract.datasets {
        visit_fields(dataset, Order::OuterFirst, &mut |at, field| {
            let outwards = field.references.as_ref();
            if let Some(to) = outwards.filter(|to| to.contract.is_some()) {
                let what = What::Reference {
                    to: (**to).clone(),
                    ty: field.ty.word().to_owned(),
                };
                found.push((at.word("references").to_pointer(), what));
            }
        });
    }
    found
}

fn replacements(contract: &Contract, found: &mut Vec<(Pointer, What)>) {
    let own = (Pointer::root(), contract.deprecated.as_ref());
    let datasets = contract.datasets.iter();
    let datasets = datasets.map(|dataset| (dataset.pointer(), dataset.deprecated.as_ref()));
    let listed = datasets.filter(|(pointer, _)| !pointer.is_root());
    for (pointer, notice) in std::iter::once(own).chain(listed) {
        let Some(text) = notice.and_then(|notice| notice.replacement.as_ref()) else {
            continue;
        };
        if is_contract_name(text) {
            let at = pointer.word("deprecated").word("replacement");
            found.push((at, What::Replacement(text.clone())));
        }
    }
}

/// Tells `domain/name` from prose.
fn is_contract_name(text: &str) -> bool {
    let is_name = |part: &str| {
        let is_letter =
            |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        !part.is_empty() && part.chars().all(is_letter)
    };
    text.split_once('/')
        .is_some_and(|(domain, name)| is_name(domain) && is_name(name))
}
