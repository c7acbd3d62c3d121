//! A book in, its policies by the requests to which they can speak out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use cedar_policy::{EntityUid, PolicyId as CedarId, PolicySet, Request, SlotId, Template};

use crate::book::Book;
use crate::petition::Petitioner;
use crate::policy::{Layer, Policy};
use crate::reading::Reading;
use crate::reads::{Reads, Scope};
use crate::subject::Subject;

/// The policies that speak to one kind of request.
pub(crate) struct Slice<'l> {
    pub(crate) layer: &'l Layer,
    pub(crate) action: Action,
    pub(crate) part: Part,
    /// The policies over the one base permit, put together when first asked.
    set: OnceCell<Result<PolicySet, String>>,
    pub(crate) policies: Vec<Speaker<'l>>,
    /// What they read together, found when first asked.
    reads: OnceCell<Reads>,
    /// The same, as sources of values.
    reading: OnceCell<Reading>,
}

/// One policy of a slice.
pub(crate) struct Speaker<'l> {
    pub(crate) policy: &'l Policy,
    /// What it reads itself, found when it first speaks.
    reading: OnceCell<Box<Reading>>,
    /// What it decides by, found when it is first asked alone.
    deciding: OnceCell<Box<Reading>>,
    /// The policy over the base permit, put together likewise.
    set: OnceCell<Box<Result<PolicySet, String>>>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// May a contract stand as it is?
    Publish,
    /// May a change that nobody notices happen?
    ChangeSafe,
    /// May a change that somebody may notice happen?
    ChangeRisky,
    /// May a change that breaks somebody happen?
    ChangeBreaking,
    /// May a consumer read?
    Consume,
    /// May a waiver excuse?
    Waive,
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A contract.
    Contract,
    /// A dataset.
    Dataset,
    /// A field.
    Field,
}

/// Slices a book; empty slices are left out, since nothing needs to be asked of them.
pub(crate) fn slices(book: &Book) -> Vec<Slice<'_>> {
    let mut layers: BTreeMap<&Layer, Vec<(&Policy, Kinds)>> = BTreeMap::new();
    // Waivers are asked about even where no policy speaks of them.
    layers.insert(&Layer::Org, Vec::new());
    for policy in &book.policies {
        let speaking = layers.entry(&policy.layer).or_default();
        speaking.push((policy, Kinds::of(policy)));
    }
    let mut slices = Vec::new();
    for (layer, speaking) in layers {
        for (nth, action) in Action::ALL.into_iter().enumerate() {
            for (of, part) in Part::ALL.into_iter().enumerate() {
                let speaks = |(_, kinds): &&(&Policy, Kinds)| kinds.hold(nth, of);
                let speakers = speaking.iter().filter(speaks);
                let policies: Vec<_> = speakers.map(|(policy, _)| Speaker::of(policy)).collect();
                let is_floor = action == Action::Waive && *layer == Layer::Org;
                if policies.is_empty() && !is_floor {
                    continue;
                }
                slices.push(Slice {
                    layer,
                    action,
                    part,
                    set: OnceCell::new(),
                    policies,
                    reads: OnceCell::new(),
                    reading: OnceCell::new(),
                });
            }
        }
    }
    slices
}

/// The kinds of requests to which a policy can speak.
struct Kinds {
    /// Of all actions, in their order, whether it is asked for them.
    actions: [bool; Action::ALL.len()],
    /// Of all parts, in their order, whether it is asked about them.
    parts: [bool; Part::ALL.len()],
}

impl Kinds {
    fn of(policy: &Policy) -> Self {
        let only = policy.scope.resource.as_deref();
        Self {
            actions: Action::ALL.map(|action| policy.is_asked(action)),
            parts: Part::ALL.map(|part| only.is_none_or(|only| only == part.name())),
        }
    }

    /// Tells whether a request for the nth action about the nth part is one of them.
    fn hold(&self, action: usize, part: usize) -> bool {
        self.actions.get(action) == Some(&true) && self.parts.get(part) == Some(&true)
    }
}

impl<'l> Speaker<'l> {
    fn of(policy: &'l Policy) -> Self {
        Self {
            policy,
            reading: OnceCell::new(),
            deciding: OnceCell::new(),
            set: OnceCell::new(),
        }
    }
}

impl<'l> Slice<'l> {
    /// Returns what the policies read together.
    pub(crate) fn reads(&self) -> &Reads {
        let each = self.policies.iter().map(|one| one.policy.reads());
        self.reads.get_or_init(|| Reads::of_all(each))
    }

    /// Returns where what the policies decide by comes from.
    pub(crate) fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| self.to_decide(self.reads()))
    }

    /// Returns where what one of the policies decides by comes from.
    pub(crate) fn deciding_of<'s>(&'s self, speaker: &'s Speaker<'l>) -> &'s Reading {
        let make = || Box::new(self.to_decide(speaker.policy.reads()));
        speaker.deciding.get_or_init(make)
    }

    fn to_decide(&self, reads: &Reads) -> Reading {
        let reading = self.resolved(Reading::to_decide(reads, self.part));
        match self.action {
            Action::Consume | Action::Waive => reading.without_team_in_keys(),
            _ => reading,
        }
    }

    /// Returns where what one of the policies reads comes from.
    pub(crate) fn reading_of<'s>(&'s self, speaker: &'s Speaker<'l>) -> &'s Reading {
        let make = || Box::new(self.resolved(Reading::of(speaker.policy.reads(), self.part)));
        speaker.reading.get_or_init(make)
    }

    fn resolved(&self, reading: Reading) -> Reading {
        match self.action {
            Action::Consume | Action::Waive => reading.with_all_of_team(),
            _ => reading,
        }
    }

    /// Tells whether this is where waivers are permitted at all.
    pub(crate) fn is_waiver_floor(&self) -> bool {
        self.action == Action::Waive && *self.layer == Layer::Org
    }

    /// Returns the slice with all there is told to it.
    pub(crate) fn telling_all(self) -> Self {
        Self {
            reading: OnceCell::from(Reading::everything(self.part)),
            ..self
        }
    }

    /// Returns the policies over the floor.
    pub(crate) fn set(&self) -> Result<&PolicySet, String> {
        let made = self.set.get_or_init(|| {
            let floor = if self.is_waiver_floor() {
                waiver_template()?
            } else {
                everything_permitted()?
            };
            over(floor, self.policies.iter().map(|one| one.policy))
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// Returns one of the policies over the base permit.
    pub(crate) fn set_of<'s>(&self, speaker: &'s Speaker<'l>) -> Result<&'s PolicySet, String> {
        let make = || over(everything_permitted()?, [speaker.policy]);
        let made = speaker.set.get_or_init(|| Box::new(make()));
        (**made).as_ref().map_err(Clone::clone)
    }

    /// Returns the floor of waivers with nothing upon it.
    pub(crate) fn without_policies(&self) -> Self {
        Self {
            layer: self.layer,
            action: self.action,
            part: self.part,
            set: OnceCell::new(),
            policies: Vec::new(),
            reads: OnceCell::new(),
            reading: OnceCell::from(Reading::everything(self.part)),
        }
    }

    /// Returns the policies with the template linked for one who asks and what it is about.
    pub(crate) fn linked(
        &self,
        petitioner: &Petitioner<'_>,
        subject: &Subject<'_>,
    ) -> Result<Cow<'_, PolicySet>, String> {
        let template = CedarId::new(WAIVER_TEMPLATE);
        let own = self.set()?;
        if own.template(&template).is_none() {
            return Ok(Cow::Borrowed(own));
        }
        link(own.clone(), petitioner.uid.clone(), subject.uid()).map(Cow::Owned)
    }
}

/// Puts policies over a floor.
fn over<'p>(
    mut floor: PolicySet,
    policies: impl IntoIterator<Item = &'p Policy>,
) -> Result<PolicySet, String> {
    for policy in policies {
        let cedar = policy.cedar.get()?.clone();
        floor.add(cedar).map_err(|error| error.to_string())?;
    }
    Ok(floor)
}

/// Links the template of waivers to one who asks and what it is about.
fn link(
    mut set: PolicySet,
    principal: EntityUid,
    resource: EntityUid,
) -> Result<PolicySet, String> {
    let values = HashMap::from([
        (SlotId::principal(), principal),
        (SlotId::resource(), resource),
    ]);
    let (template, base) = (CedarId::new(WAIVER_TEMPLATE), CedarId::new("base"));
    set.link(template, base, values)
        .map_err(|error| error.to_string())?;
    Ok(set)
}

/// Returns what is permitted for a request as long as no policy speaks.
pub(crate) fn floor(action: Option<Action>, request: &Request) -> Result<PolicySet, String> {
    match (action, request.principal(), request.resource()) {
        (Some(Action::Waive), Some(principal), Some(resource)) => {
            link(waiver_template()?, principal.clone(), resource.clone())
        }
        _ => everything_permitted(),
    }
}

/// The floor of most requests: everything is permitted that no policy forbids.
fn everything_permitted() -> Result<PolicySet, String> {
    let permit = "permit (principal, action, resource);";
    let permit = cedar_policy::Policy::parse(Some(CedarId::new("base")), permit)
        .map_err(|error| error.to_string())?;
    PolicySet::from_policies([permit]).map_err(|error| error.to_string())
}

/// The template that permits what one waiver names.
pub const WAIVER_FLOOR: &str = include_str!("waive.cedar");

/// Name of the template that permits a waiver.
pub(crate) const WAIVER_TEMPLATE: &str = "waive";

/// The floor of waivers: nothing is excused but what a link of the template permits.
fn waiver_template() -> Result<PolicySet, String> {
    let id = Some(CedarId::new(WAIVER_TEMPLATE));
    let template = Template::parse(id, WAIVER_FLOOR).map_err(|error| error.to_string())?;
    let mut set = PolicySet::new();
    set.add_template(template)
        .map_err(|error| error.to_string())?;
    Ok(set)
}

impl Policy {
    /// Tells whether the policy is asked for an action.
    pub fn is_asked(&self, action: Action) -> bool {
        let fits = |actions: &BTreeSet<String>| {
            actions.contains(action.name())
                || action.group().is_some_and(|group| actions.contains(group))
        };
        self.scope.actions.as_ref().is_none_or(fits)
    }

    /// Returns what the policy is only asked about; none where it is asked about any part.
    pub fn about(&self) -> Option<Part> {
        self.scope.about()
    }
}

impl Scope {
    /// Returns the part that a resource has to be.
    pub(crate) fn about(&self) -> Option<Part> {
        let named = self.resource.as_deref()?;
        Part::ALL.into_iter().find(|part| part.name() == named)
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 6] = [
        Action::Publish,
        Action::ChangeSafe,
        Action::ChangeRisky,
        Action::ChangeBreaking,
        Action::Consume,
        Action::Waive,
    ];

    /// Returns what is asked, for people.
    pub fn question(self) -> &'static str {
        match self {
            Action::Publish => "how a contract stands",
            Action::ChangeSafe | Action::ChangeRisky | Action::ChangeBreaking => {
                "what changes in a contract"
            }
            Action::Consume => "what consumers read",
            Action::Waive => "what waivers excuse",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Action::Publish => "publish",
            Action::ChangeSafe => "changeSafe",
            Action::ChangeRisky => "changeRisky",
            Action::ChangeBreaking => "changeBreaking",
            Action::Consume => "consume",
            Action::Waive => "waive",
        }
    }

    /// Returns the action that this one is a kind of.
    pub(crate) fn group(self) -> Option<&'static str> {
        match self {
            Action::Publish | Action::Consume | Action::Waive => None,
            Action::ChangeSafe | Action::ChangeRisky | Action::ChangeBreaking => Some("change"),
        }
    }
}

impl Part {
    /// Returns what people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Part::Contract => "contract",
            Part::Dataset => "dataset",
            Part::Field => "field",
        }
    }

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

#[cfg(test)]
mod tests {
    use cedar_policy::{ValidationMode, Validator};

    use super::*;

    #[test]
    fn the_waiver_template_is_strictly_valid() {
        let schema = crate::vocabulary().unwrap().clone();
        let set = waiver_template().unwrap();
        let result = Validator::new(schema).validate(&set, ValidationMode::Strict);
        assert!(result.validation_passed_without_warnings(), "{result}");
    }
}
