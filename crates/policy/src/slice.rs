//! A book in, its policies by the requests to which they can speak out.

use std::collections::BTreeSet;

use cedar_policy::{PolicyId as CedarId, PolicySet};

use crate::book::Book;
use crate::policy::{Layer, Policy};
use crate::reading::Reading;
use crate::reads::Reads;

/// The policies that speak to one kind of request.
pub(crate) struct Slice<'l> {
    pub(crate) layer: &'l Layer,
    pub(crate) action: Action,
    pub(crate) part: Part,
    /// The policies over the one base permit.
    pub(crate) set: PolicySet,
    /// Each with what it reads itself.
    pub(crate) policies: Vec<(&'l Policy, Reading)>,
    /// What they read together.
    pub(crate) reading: Reading,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Publish,
    ChangeSafe,
    ChangeRisky,
    ChangeBreaking,
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Contract,
    Dataset,
    Field,
}

/// Slices a book; empty slices are left out, since nothing needs to be asked of them.
pub(crate) fn slices(book: &Book) -> Result<Vec<Slice<'_>>, String> {
    // The floor: everything is permitted that no policy forbids.
    let permit = "permit (principal, action, resource);";
    let permit = cedar_policy::Policy::parse(Some(CedarId::new("base")), permit)
        .map_err(|error| error.to_string())?;
    let base = PolicySet::from_policies([permit]).map_err(|error| error.to_string())?;
    let layers: BTreeSet<&Layer> = book.policies.iter().map(|policy| &policy.layer).collect();
    let mut slices = Vec::new();
    for layer in layers {
        for action in Action::ALL {
            for part in Part::ALL {
                let speaks =
                    |policy: &&Policy| policy.layer == *layer && speaks(policy, action, part);
                let policies: Vec<&Policy> = book.policies.iter().filter(speaks).collect();
                if policies.is_empty() {
                    continue;
                }
                let mut set = base.clone();
                let mut reads = Reads::default();
                for policy in &policies {
                    set.add(policy.cedar.clone())
                        .map_err(|error| error.to_string())?;
                    reads.extend(&policy.reads);
                }
                let alone = |policy: &'_ Policy| Reading::of(&policy.reads, part);
                slices.push(Slice {
                    layer,
                    action,
                    part,
                    set,
                    policies: policies
                        .into_iter()
                        .map(|policy| (policy, alone(policy)))
                        .collect(),
                    reading: Reading::of(&reads, part),
                });
            }
        }
    }
    Ok(slices)
}

/// Tells whether a policy can speak to a kind of request.
fn speaks(policy: &Policy, action: Action, part: Part) -> bool {
    let fits = |actions: &BTreeSet<String>| {
        actions.contains(action.name())
            || action.group().is_some_and(|group| actions.contains(group))
    };
    let scope = &policy.scope;
    scope.actions.as_ref().is_none_or(fits)
        && scope
            .resource
            .as_deref()
            .is_none_or(|only| only == part.name())
}

impl Action {
    const ALL: [Action; 4] = [
        Action::Publish,
        Action::ChangeSafe,
        Action::ChangeRisky,
        Action::ChangeBreaking,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Action::Publish => "publish",
            Action::ChangeSafe => "changeSafe",
            Action::ChangeRisky => "changeRisky",
            Action::ChangeBreaking => "changeBreaking",
        }
    }

    /// Returns the action that this one is a kind of.
    pub(crate) fn group(self) -> Option<&'static str> {
        match self {
            Action::Publish => None,
            Action::ChangeSafe | Action::ChangeRisky | Action::ChangeBreaking => Some("change"),
        }
    }
}

impl Part {
    const ALL: [Part; 3] = [Part::Contract, Part::Dataset, Part::Field];

    /// Returns the name of its entity type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Part::Contract => "Contract",
            Part::Dataset => "Dataset",
            Part::Field => "Field",
        }
    }
}
