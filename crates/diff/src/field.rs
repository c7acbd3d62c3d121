//! Fields, paired and compared all the way down.

use std::cmp::Ordering;

use jiff::civil::Date;
use meshlaw_contract::model::{Bound, Check, Dataset, Deprecation, Field, Type};

use crate::align::{Pairing, pair};
use crate::constraint::{Folding, bound_motion};
use crate::edit::{Aspect, Motion};
use crate::recorder::{At, Recorder, text};
use crate::types::{self, Digits};

/// Tells whether something deprecated may be gone: its sunset is here or has passed.
pub(crate) fn has_passed(deprecation: Option<&Deprecation>, as_of: Date) -> bool {
    deprecation
        .and_then(|notice| notice.sunset)
        .is_some_and(|sunset| sunset <= as_of)
}

impl Recorder<'_> {
    pub(crate) fn dataset_fields(&mut self, at: &At, before: &Dataset, after: &Dataset) {
        let folding = Folding::of(before, after);
        self.siblings(at, &before.fields, &after.fields, &folding);
        self.primary_key(at, before, after);
        self.unique(at, before, after, &folding);
    }

    fn siblings(&mut self, parent: &At, before: &[Field], after: &[Field], folding: &Folding<'_>) {
        let list = parent.word("fields");
        let Pairing { pairs, gone, new } = pair(before, after);
        for field in gone {
            let over = has_passed(field.deprecated.as_ref(), self.as_of);
            let motion = if over {
                Motion::Retired
            } else {
                Motion::Removed
            };
            let ty = Some(field.ty.word().to_owned());
            self.edit(Aspect::Field, motion, &list.name(&field.name), ty, None);
        }
        self.order(&list, before, &pairs);
        for (old, new) in &pairs {
            let at = list.names(&old.name, &new.name);
            self.alignment.pair(&at.base, &at.head);
            if old.name != new.name {
                let names = (Some(old.name.clone()), Some(new.name.clone()));
                self.edit(Aspect::Field, Motion::Renamed, &at, names.0, names.1);
            }
            self.field(&at, old, new, folding);
        }
        for field in new {
            let must_be_filled = is_required(field, folding);
            let motion = if must_be_filled {
                Motion::AddedRequired
            } else {
                Motion::Added
            };
            let ty = Some(field.ty.word().to_owned());
            self.edit(Aspect::Field, motion, &list.name(&field.name), None, ty);
        }
    }

    /// Says when fields that stay change places among themselves.
    fn order(&mut self, list: &At, before: &[Field], pairs: &[(&Field, &Field)]) {
        let place = |old: &Field| before.iter().position(|field| std::ptr::eq(field, old));
        let places: Vec<_> = pairs.iter().filter_map(|(old, _)| place(old)).collect();
        if places.is_sorted() {
            return;
        }
        let mut old_order: Vec<_> = pairs.iter().map(|(old, _)| *old).collect();
        old_order.sort_by_key(|old| place(old));
        let names = |fields: Vec<&Field>| {
            Some(
                fields
                    .iter()
                    .map(|field| field.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        };
        let new_order = pairs.iter().map(|(_, new)| *new).collect();
        self.edit(
            Aspect::FieldOrder,
            Motion::Changed,
            list,
            names(old_order),
            names(new_order),
        );
    }

    fn field(&mut self, at: &At, before: &Field, after: &Field, folding: &Folding<'_>) {
        self.ty(at, before, after);
        self.constraints(at, before, after, folding);
        self.lengths(at, before, after);
        self.meaning(at, before, after);
        self.protection(at, before, after);
        self.physical_name(
            at,
            (&before.name, before.physical_name.as_deref()),
            (&after.name, after.physical_name.as_deref()),
        );
        self.deprecation(at, before.deprecated.as_ref(), after.deprecated.as_ref());
    }

    fn ty(&mut self, at: &At, before: &Field, after: &Field) {
        let word = at.word("type");
        if let Some(motion) = types::motion(&before.ty, &after.ty) {
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
                self.siblings(at, old, new, &Folding::default());
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

    fn nested(&mut self, at: &At, before: Option<&Field>, after: Option<&Field>) {
        let word = |field: Option<&Field>| field.map(|field| field.ty.word().to_owned());
        match (before, after) {
            (Some(old), Some(new)) => {
                self.alignment.pair(&at.base, &at.head);
                self.field(at, old, new, &Folding::default());
                self.flags(at, old, new);
            }
            (None, Some(_)) => self.edit(Aspect::Type, Motion::Added, at, None, word(after)),
            (Some(_), None) => self.edit(Aspect::Type, Motion::Removed, at, word(before), None),
            (None, None) => {}
        }
    }

    /// Uniqueness of something that no dataset key can name.
    fn flags(&mut self, at: &At, before: &Field, after: &Field) {
        let motion = match (before.unique, after.unique) {
            (false, true) => Motion::Added,
            (true, false) => Motion::Removed,
            _ => return,
        };
        let shown = |is_unique: bool| is_unique.then(|| "unique".to_owned());
        self.edit(
            Aspect::Unique,
            motion,
            &at.word("unique"),
            shown(before.unique),
            shown(after.unique),
        );
    }

    fn lengths(&mut self, at: &At, before: &Field, after: &Field) {
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
    fn meaning(&mut self, at: &At, before: &Field, after: &Field) {
        let texts = [
            (
                Aspect::Description,
                "description",
                &before.description,
                &after.description,
            ),
            (Aspect::Format, "format", &before.format, &after.format),
            (Aspect::Id, "id", &before.id, &after.id),
            (Aspect::Term, "term", &before.term, &after.term),
            (Aspect::Unit, "unit", &before.unit, &after.unit),
        ];
        for (aspect, word, old, new) in texts {
            self.optional(aspect, &at.word(word), old.as_ref(), new.as_ref());
        }
        let references = at.word("references");
        self.optional(
            Aspect::Reference,
            &references,
            before.references.as_ref(),
            after.references.as_ref(),
        );
        self.set(Aspect::Tag, &at.word("tags"), &before.tags, &after.tags);
        let list = |field: &Field| {
            let shown = field
                .examples
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>();
            Some(shown.join(", ")).filter(|_| !field.examples.is_empty())
        };
        let (old, new) = (list(before), list(after));
        self.optional(
            Aspect::Examples,
            &at.word("examples"),
            old.as_ref(),
            new.as_ref(),
        );
    }

    fn protection(&mut self, at: &At, before: &Field, after: &Field) {
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
        let motion = match (before.encrypted, after.encrypted) {
            (false, true) => Motion::Added,
            (true, false) => Motion::Removed,
            _ => return,
        };
        let shown = |is_encrypted: bool| is_encrypted.then(|| "encrypted".to_owned());
        let texts = (shown(before.encrypted), shown(after.encrypted));
        self.edit(
            Aspect::Encryption,
            motion,
            &at.word("encrypted"),
            texts.0,
            texts.1,
        );
    }
}

fn is_required(field: &Field, folding: &Folding<'_>) -> bool {
    let says = |rule: &&meshlaw_contract::model::QualityRule| matches!(&rule.check, Check::NoNulls(names) if names.contains(&field.name));
    field.required || folding.after.iter().any(says)
}
