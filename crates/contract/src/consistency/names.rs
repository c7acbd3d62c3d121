//! Names that one part of a contract gives to another, against what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checker, Way};
use crate::distinct::are_distinct;
use crate::model::{Dataset, Field, Place, Scalar, Type};
use crate::problem::quoted;
use crate::{Format, Gravity, Pointer, ProblemId, nearest};

/// Looking for what was meant costs time for each name; nobody reads so many.
const MOST_CANDIDATES: usize = 1_000;

/// Fields that are looked through rather than looked up.
const FEW: usize = 64;

/// A thing that people and systems know by names: a field or a dataset.
pub(super) trait Called {
    /// What it is, for people.
    const NOUN: &'static str;
    fn name(&self) -> &str;
    fn physical_name(&self) -> Option<&str>;
    fn id(&self) -> Option<&str>;
}

impl Called for Field {
    const NOUN: &'static str = "field";
    fn name(&self) -> &str {
        &self.name
    }
    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Called for Dataset {
    const NOUN: &'static str = "dataset";
    fn name(&self) -> &str {
        match self.place {
            // The contract itself is called by its own name.
            Place::Root => "",
            Place::Listed => &self.name,
        }
    }
    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl<'c> Checker<'c, '_> {
    /// Says which names are too like another beside them to be told apart everywhere.
    pub(super) fn likeness<T: Called>(&mut self, list: &Way<'_>, siblings: &'c [T]) {
        let has_other_names = |part: &T| part.physical_name().is_some() || part.id().is_some();
        let are_distinct =
            || !self.may_have_alike || are_distinct(siblings.len(), siblings.iter().map(T::name));
        if !siblings.iter().any(has_other_names) && are_distinct() {
            return;
        }
        let mut folded: BTreeMap<String, &'c str> = BTreeMap::new();
        let mut physical: BTreeMap<&'c str, &'c str> = BTreeMap::new();
        let mut ids: BTreeMap<&'c str, &'c str> = BTreeMap::new();
        for part in siblings {
            let name = part.name();
            if part.name().trim().is_empty() {
                continue;
            }
            if let Some(other) = folded.insert(name.to_lowercase(), name) {
                let (name, other) = (quoted(name), quoted(other));
                let message = format!("{name} differs from {other} by case only");
                let help = "most systems take the two for one: rename one of them";
                self.doubt(
                    ProblemId::DuplicateName,
                    &list.name(part.name()),
                    message,
                    help,
                );
            }
            if let Some(text) = part.physical_name()
                && let Some(other) = physical.insert(text, name)
            {
                let (text, other) = (quoted(text), quoted(other));
                let message = format!("the physical name {text} is that of {other}, too");
                let help = format!("give each {} a physical name of its own", T::NOUN);
                let at = list.name(name);
                let at = at.word("physical_name");
                self.doubt(ProblemId::DuplicateName, &at, message, &help);
            }
            if let Some(id) = part.id()
                && self.contract.format == Format::Native
                && let Some(other) = ids.insert(id, name)
            {
                let (id, other) = (quoted(id), quoted(other));
                let message = format!("the id {id} is that of {other}, too");
                let help = format!("give each {} an id of its own", T::NOUN);
                let at = list.name(name);
                let at = at.word("id");
                self.say(
                    ProblemId::DuplicateName,
                    Gravity::Fault,
                    &at,
                    message,
                    &help,
                );
            }
        }
    }

    /// Checks what fields say about fields beside them.
    pub(super) fn kinship(&mut self, list: &Way<'_>, fields: &'c [Field]) {
        let names: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        for field in fields {
            let at = list.name(&field.name);
            let notice = field.deprecated.as_ref();
            let replacement = notice.and_then(|notice| notice.replacement.as_deref());
            // `none` says on purpose that nothing replaces the field.
            if let Some(name) = replacement.filter(|name| *name != "none")
                && !names.contains(name)
                && !self.is_opaque(list)
            {
                let at = at.word("deprecated");
                self.dangling(
                    &at.word("replacement"),
                    "this deprecation",
                    "field",
                    name,
                    &names,
                );
            }
            let heir = fields
                .iter()
                .find(|one| Some(one.name.as_str()) == replacement);
            if let Some(heir) = heir.filter(|heir| !can_replace(&heir.ty, &field.ty)) {
                let (name, ty) = (quoted(&heir.name), heir.ty.word());
                let message = format!(
                    "{name} is to replace this field, but is `{ty}` and not `{}`",
                    field.ty.word()
                );
                let at = at.word("deprecated");
                let help =
                    "name a field that holds the same values, or say in `reason` how to convert";
                self.doubt(
                    ProblemId::Contradiction,
                    &at.word("replacement"),
                    message,
                    help,
                );
            }
            if let Some(before) = field.renamed_from.as_deref()
                && names.contains(before)
            {
                let (name, before) = (quoted(&field.name), quoted(before));
                let message = format!("{name} is renamed from {before}, which is still there");
                let help = "remove the old field, or `renamed_from`";
                self.contradiction(&at.word("renamed_from"), message, help);
            }
        }
    }

    pub(super) fn reference(&mut self, at: &Way<'_>, field: &'c Field, own: &'c Dataset) {
        let Some(reference) = &field.references else {
            return;
        };
        if reference.contract.is_some() {
            return;
        }
        let at = at.word("references");
        let target = match &reference.dataset {
            None => Some(own),
            Some(name) => self
                .contract
                .datasets
                .iter()
                .find(|dataset| dataset.name == *name),
        };
        let datasets = Pointer::root().word("datasets");
        match (target, &reference.dataset) {
            (Some(target), _) => {
                self.known_field(
                    &at.word("field"),
                    target,
                    &reference.field,
                    "this reference",
                );
            }
            (None, Some(name)) if !self.contract.is_opaque(&datasets) => {
                let names = self.names().keys().copied().collect();
                self.dangling(
                    &at.word("dataset"),
                    "this reference",
                    "dataset",
                    name,
                    &names,
                );
            }
            _ => {}
        }
    }

    pub(super) fn known_field(
        &mut self,
        at: &Way<'_>,
        dataset: &'c Dataset,
        name: &str,
        who: &str,
    ) {
        // Most name what is there, among few fields.
        if dataset
            .fields
            .iter()
            .take(FEW)
            .any(|field| field.name == name)
        {
            return;
        }
        let Some(names) = self.names().get(dataset.name.as_str()) else {
            return;
        };
        if names.contains(name) || self.contract.is_opaque(&dataset.pointer().word("fields")) {
            return;
        }
        let names = if self.problems.is_full() {
            BTreeSet::new()
        } else {
            names.clone()
        };
        self.dangling(at, who, "field", name, &names);
    }

    fn dangling(
        &mut self,
        at: &Way<'_>,
        who: &str,
        noun: &str,
        name: &str,
        known: &BTreeSet<&str>,
    ) {
        let message = format!(
            "{who} names the {noun} {}, which is not there",
            quoted(name)
        );
        let help = match nearest(name, known.iter().copied().take(MOST_CANDIDATES)) {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None => format!("add the {noun}, or name one that is there"),
        };
        // The standard's `table.column` may lie in another contract, which it cannot say.
        let gravity = match self.contract.format {
            Format::Native => Gravity::Fault,
            Format::Odcs => Gravity::Doubt,
        };
        self.say(ProblemId::DanglingName, gravity, at, message, &help);
    }
}

/// Tells whether a field of one type can hold what one of another held; what is not known can.
fn can_replace(heir: &Type, field: &Type) -> bool {
    let (Type::Scalar(heir), Type::Scalar(field)) = (heir, field) else {
        let is_known = |ty: &Type| !matches!(ty, Type::Unstated | Type::Named(_) | Type::Opaque(_));
        let is_union = |ty: &Type| matches!(ty, Type::Union(_));
        return !is_known(heir)
            || !is_known(field)
            || is_union(heir)
            || is_union(field)
            || heir.word() == field.word();
    };
    let numbers = [
        Scalar::Integer,
        Scalar::Long,
        Scalar::Decimal,
        Scalar::Number,
    ];
    let rank = |scalar: &Scalar| numbers.iter().position(|one| one == scalar);
    match (rank(heir), rank(field)) {
        (Some(heir), Some(field)) => heir >= field,
        // An identifier can be written as a text.
        _ => heir == field || (*heir == Scalar::String && *field == Scalar::Uuid),
    }
}
