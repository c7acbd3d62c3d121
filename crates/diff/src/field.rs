//! Fields, paired and compared all the way down.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use meshlaw_contract::Value;
use meshlaw_contract::model::{Bound, Deprecation, Field, Scalar, Type};

use crate::constraint::bound_motion;
use crate::edit::{Aspect, Motion};
use crate::folding::Rules;
use crate::moves::Drifter;
use crate::pairing::{Pairing, pair};
use crate::recorder::{At, Recorder, Spot, text};
use crate::types::{self, Digits};
use crate::{phrase, physical};

/// Tells whether something deprecated may be gone: its sunset is here or has passed.
pub(crate) fn has_passed(deprecation: Option<&Deprecation>, as_of: Date) -> bool {
    deprecation
        .and_then(|notice| notice.sunset)
        .is_some_and(|sunset| sunset <= as_of)
}

/// Tells how a thing changes its name: one that can still be read by its old name, through a view or
/// an alias, harms nobody yet.
pub(crate) fn renaming(old: &str, properties: &BTreeMap<String, Value>) -> Motion {
    let is_old = |value: &Value| matches!(value, Value::Text(name) if name == old);
    let keeps = match properties.get("aliases") {
        Some(Value::List(names)) => names.iter().any(is_old),
        Some(name) => is_old(name),
        None => false,
    };
    if keeps {
        Motion::Restated
    } else {
        Motion::Renamed
    }
}

impl<'c> Recorder<'c> {
    /// Compares fields that stand side by side.
    pub(crate) fn siblings(
        &mut self,
        parent: &impl Spot,
        before: &'c [Field],
        pairing: Pairing<'c, Field>,
        rules: &Rules<'_>,
    ) {
        let list = parent.word("fields").at();
        let Pairing { pairs, gone, new } = pairing;
        let is_unsure = |field: &&Field| {
            let hints = [&field.renamed_from, &field.id, &field.physical_name];
            self.is_unsure(&list.head.name(&field.name), hints)
        };
        let (unsure, new): (Vec<_>, Vec<_>) = new.into_iter().partition(is_unsure);
        for field in gone.into_iter().filter(|_| unsure.is_empty()) {
            let over = has_passed(field.deprecated.as_deref(), self.as_of);
            let motion = if over {
                Motion::Retired
            } else {
                Motion::Removed
            };
            self.adrift.gone.push(Drifter {
                at: list.base.name(&field.name),
                field,
                motion,
            });
        }
        self.order(&list, before, &pairs);
        for (old, new) in &pairs {
            let at = list.names(&old.name, &new.name);
            self.alignment.pair(&at.base, &at.head);
            if self.are_alike(old, new, rules) {
                self.align_inside(&at, new);
                continue;
            }
            if old.name != new.name {
                let names = (Some(old.name.clone()), Some(new.name.clone()));
                let motion = renaming(&old.name, &new.properties);
                self.edit(Aspect::Field, motion, &at, names.0, names.1);
            }
            self.field(&at, old, new, rules);
        }
        for field in new {
            let must_be_filled = field.required || rules.after.forbids_nulls(&field.name);
            let motion = if must_be_filled {
                Motion::AddedRequired
            } else {
                Motion::Added
            };
            self.adrift.new.push(Drifter {
                at: list.head.name(&field.name),
                field,
                motion,
            });
        }
    }

    /// Tells whether all that two fields are compared by is the same, as it mostly is.
    fn are_alike(&self, before: &Field, after: &Field, rules: &Rules<'_>) -> bool {
        let [from, to] = self.dialects;
        let (old, new) = (rules.before.on(&before.name), rules.after.on(&after.name));
        !self.is_plain && from == to && before == after && old == new
    }

    /// Pairs what nests in a field with the same in the other revision.
    fn align_inside(&mut self, at: &At, field: &Field) {
        let mut pair = |at: At, field: &Field| {
            self.alignment.pair(&at.base, &at.head);
            self.align_inside(&at, field);
        };
        match &field.ty {
            Type::Object(fields) => {
                let list = at.word("fields").at();
                for field in fields {
                    pair(list.name(&field.name), field);
                }
            }
            Type::Array(Some(items)) => pair(at.word("items").at(), items),
            Type::Map { keys, values } => {
                for (word, one) in [("keys", keys), ("values", values)] {
                    if let Some(one) = one {
                        pair(at.word(word).at(), one);
                    }
                }
            }
            _ => {}
        }
    }

    /// Says when fields that stay change places among themselves.
    fn order(&mut self, list: &impl Spot, before: &[Field], pairs: &[(&Field, &Field)]) {
        let mut in_step = before.iter().zip(pairs);
        if before.len() == pairs.len() && in_step.all(|(one, (old, _))| std::ptr::eq(one, *old)) {
            return;
        }
        let names = before.iter().enumerate();
        let places: BTreeMap<&str, usize> =
            names.map(|(at, one)| (one.name.as_str(), at)).collect();
        let place = |old: &Field| places.get(old.name.as_str()).copied();
        if pairs.is_sorted_by_key(|(old, _)| place(old)) {
            return;
        }
        let mut old_order: Vec<_> = pairs.iter().map(|(old, _)| *old).collect();
        old_order.sort_by_key(|old| place(old));
        let new_order: Vec<_> = pairs.iter().map(|(_, new)| *new).collect();
        let names = |fields: &[&Field]| {
            let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
            Some(names.join(", "))
        };
        let (before, after) = (names(&old_order), names(&new_order));
        self.edit(Aspect::FieldOrder, Motion::Changed, list, before, after);
    }

    pub(crate) fn field(
        &mut self,
        at: &impl Spot,
        before: &'c Field,
        after: &'c Field,
        rules: &Rules<'_>,
    ) {
        self.ty(at, before, after);
        self.constraints(at, before, after, rules);
        self.lengths(at, before, after);
        self.meaning(at, before, after);
        self.protection(at, before, after);
        self.physical_name(
            at,
            (&before.name, before.physical_name.as_deref()),
            (&after.name, after.physical_name.as_deref()),
        );
        self.deprecation(
            at,
            before.deprecated.as_deref(),
            after.deprecated.as_deref(),
        );
        self.beyond(at, before, after);
    }

    /// Compares what formats state beyond what a field is.
    fn beyond(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        self.physical_type(at, before, after);
        self.flag(
            Aspect::CriticalElement,
            &at.word("is_critical"),
            "critical",
            [before.is_critical, after.is_critical],
        );
        let properties = at.word("properties");
        self.properties(&properties, &before.properties, &after.properties);
        let is_whole = [before, after]
            .iter()
            .all(|field| matches!(field.ty, Type::Scalar(Scalar::Integer | Scalar::Long)));
        self.details_of(at, &before.details, &after.details, is_whole);
        self.labels(at, before, after);
    }

    fn physical_type(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        let at = at.word("physical_type");
        let (Some(old), Some(new)) = (&before.physical_type, &after.physical_type) else {
            let (old, new) = (before.physical_type.as_ref(), after.physical_type.as_ref());
            self.optional(Aspect::PhysicalType, &at, old, new);
            return;
        };
        let [from, to] = self.dialects;
        for found in physical::differences((old, from), (new, to)) {
            let inside = found.path.iter();
            let at = inside.fold(at.at(), |at, name| at.name(name));
            let texts = (Some(old.clone()), Some(new.clone()));
            self.edit(found.aspect, found.motion, &at, texts.0, texts.1);
        }
    }

    fn ty(&mut self, at: &impl Spot, before: &'c Field, after: &'c Field) {
        let word = at.word("type");
        if let Some(motion) = types::motion(before, after) {
            let shown = |ty: &Type| (*ty != Type::Unstated).then(|| ty.word().to_owned());
            self.edit(
                Aspect::Type,
                motion,
                &word,
                shown(&before.ty),
                shown(&after.ty),
            );
        } else if let Some(motion) = Digits::of(before).motion(Digits::of(after))
            && !self.is_opaque(&at.word("scale"))
        {
            let (old, new) = (Digits::of(before), Digits::of(after));
            let texts = (Some(old.to_string()), Some(new.to_string()));
            self.edit(
                Aspect::Digits,
                motion,
                &at.word("precision"),
                texts.0,
                texts.1,
            );
        }
        match (&before.ty, &after.ty) {
            (Type::Object(old), Type::Object(new)) => {
                self.siblings(at, old, pair(old, new), &Rules::default());
            }
            (Type::Array(old), Type::Array(new)) => {
                self.nested(&at.word("items"), old.as_deref(), new.as_deref());
            }
            (
                Type::Map {
                    keys: old_keys,
                    values: old_values,
                },
                Type::Map {
                    keys: new_keys,
                    values: new_values,
                },
            ) => {
                self.nested(&at.word("keys"), old_keys.as_deref(), new_keys.as_deref());
                self.nested(
                    &at.word("values"),
                    old_values.as_deref(),
                    new_values.as_deref(),
                );
            }
            _ => {}
        }
    }

    fn nested(&mut self, at: &impl Spot, before: Option<&'c Field>, after: Option<&'c Field>) {
        let word = |field: Option<&Field>| field.map(|field| field.ty.word().to_owned());
        match (before, after) {
            (Some(old), Some(new)) => {
                let at = at.at();
                self.alignment.pair(&at.base, &at.head);
                self.field(&at, old, new, &Rules::default());
            }
            (None, Some(_)) => self.edit(Aspect::Type, Motion::Added, at, None, word(after)),
            (Some(_), None) => self.edit(Aspect::Type, Motion::Removed, at, word(before), None),
            (None, None) => {}
        }
    }

    fn lengths(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        let bound = |length: Option<u64>| {
            let length = i64::try_from(length?).unwrap_or(i64::MAX);
            Some(Bound::Number(length.into()))
        };
        let lengths = [
            (
                Aspect::MinLength,
                "min_length",
                before.min_length,
                after.min_length,
                Ordering::Greater,
            ),
            (
                Aspect::MaxLength,
                "max_length",
                before.max_length,
                after.max_length,
                Ordering::Less,
            ),
        ];
        for (aspect, word, old, new, stricter) in lengths {
            let motion = bound_motion(bound(old).as_ref(), bound(new).as_ref(), stricter);
            if let Some(motion) = motion {
                self.edit(
                    aspect,
                    motion,
                    &at.word(word),
                    text(old.as_ref()),
                    text(new.as_ref()),
                );
            }
        }
    }

    /// What the values mean to people.
    fn meaning(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        let texts = [
            (
                Aspect::Description,
                "description",
                &before.description,
                &after.description,
            ),
            (Aspect::Id, "id", &before.id, &after.id),
            (Aspect::Term, "term", &before.term, &after.term),
            (Aspect::Unit, "unit", &before.unit, &after.unit),
        ];
        for (aspect, word, old, new) in texts {
            self.optional(aspect, &at.word(word), old.as_ref(), new.as_ref());
        }
        if let Some(motion) = types::format_motion(before, after) {
            let texts = (before.format.clone(), after.format.clone());
            self.edit(Aspect::Format, motion, &at.word("format"), texts.0, texts.1);
        }
        let references = at.word("references");
        self.optional(
            Aspect::Reference,
            &references,
            before.references.as_ref(),
            after.references.as_ref(),
        );
        self.set(Aspect::Tag, &at.word("tags"), &before.tags, &after.tags);
        let motion = match (before.examples.as_slice(), after.examples.as_slice()) {
            (old, new) if old == new => return,
            ([], _) => Motion::Added,
            (_, []) => Motion::Removed,
            _ => Motion::Changed,
        };
        self.edit(
            Aspect::Examples,
            motion,
            &at.word("examples"),
            phrase::values(&before.examples),
            phrase::values(&after.examples),
        );
    }

    fn protection(&mut self, at: &impl Spot, before: &Field, after: &Field) {
        self.scale(
            Aspect::Classification,
            &at.word("classification"),
            before.classification.as_ref(),
            after.classification.as_ref(),
        );
        self.optional(
            Aspect::Pii,
            &at.word("pii"),
            before.pii.as_ref(),
            after.pii.as_ref(),
        );
        self.optional(
            Aspect::Masking,
            &at.word("masking"),
            before.masking.as_ref(),
            after.masking.as_ref(),
        );
        self.flag(
            Aspect::Encryption,
            &at.word("encrypted"),
            "encrypted",
            [before.encrypted, after.encrypted],
        );
    }
}
