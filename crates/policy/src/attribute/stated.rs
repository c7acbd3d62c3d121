//! A field in, what is stated of it out, without a look at what that is.
//!
//! Most fields state five of forty things. What hangs on the others is as if nothing was stated, so that
//! nobody needs to compute it.

use meshlaw_contract::model::{Scalar, Type};

use crate::view::FieldView;

/// Things that are stated, or that an attribute hangs on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stated(u32);

impl Stated {
    /// What is there of every field, whatever is stated.
    pub(crate) const EVER: Self = Self(1);
    pub(crate) const ALLOWED: Self = Self(1 << 1);
    /// By the field, or by what it lies in.
    pub(crate) const CLASSIFIED: Self = Self(1 << 2);
    pub(crate) const DEPRECATED: Self = Self(1 << 3);
    pub(crate) const DESCRIBED: Self = Self(1 << 4);
    pub(crate) const FORMAT: Self = Self(1 << 5);
    /// There may be a quality rule of the field.
    pub(crate) const CHECKED: Self = Self(1 << 6);
    pub(crate) const REFERENCE: Self = Self(1 << 7);
    pub(crate) const CRITICAL: Self = Self(1 << 8);
    pub(crate) const ENCRYPTED: Self = Self(1 << 9);
    pub(crate) const MASKED: Self = Self(1 << 10);
    pub(crate) const KEY: Self = Self(1 << 11);
    pub(crate) const REQUIRED: Self = Self(1 << 12);
    pub(crate) const UNIQUE: Self = Self(1 << 13);
    pub(crate) const LENGTH: Self = Self(1 << 14);
    pub(crate) const PATTERN: Self = Self(1 << 15);
    pub(crate) const PHYSICAL: Self = Self(1 << 16);
    pub(crate) const PII: Self = Self(1 << 17);
    pub(crate) const PRECISION: Self = Self(1 << 18);
    pub(crate) const SCALE: Self = Self(1 << 19);
    pub(crate) const TAGS: Self = Self(1 << 20);
    pub(crate) const TERM: Self = Self(1 << 21);
    /// Values lie in some zone.
    pub(crate) const TIME: Self = Self(1 << 22);
    pub(crate) const UNIT: Self = Self(1 << 23);

    pub(crate) const UNIT_OR_TERM: Self = Self(Self::UNIT.0 | Self::TERM.0);

    /// How many kinds of things there are.
    pub(crate) const KINDS: usize = 24;

    pub(crate) fn of(view: &FieldView<'_>) -> Self {
        let field = view.field;
        let is_of_time = matches!(field.ty, Type::Scalar(Scalar::Timestamp | Scalar::Time));
        let all = [
            (Self::ALLOWED, field.allowed.is_some()),
            (Self::CLASSIFIED, view.classification().is_some()),
            (Self::DEPRECATED, field.deprecated.is_some()),
            (Self::DESCRIBED, field.description.is_some()),
            (Self::FORMAT, field.format.is_some()),
            (Self::CHECKED, view.of.checked.may_name(field)),
            (Self::REFERENCE, field.references.is_some()),
            (Self::CRITICAL, field.is_critical),
            (Self::ENCRYPTED, field.encrypted),
            (Self::MASKED, field.masking.is_some()),
            (Self::KEY, field.primary_key),
            (Self::REQUIRED, field.required),
            (Self::UNIQUE, field.unique),
            (Self::LENGTH, field.max_length.is_some()),
            (Self::PATTERN, field.pattern.is_some()),
            (Self::PHYSICAL, field.physical_name.is_some()),
            (Self::PII, field.pii.is_some()),
            (Self::PRECISION, field.precision.is_some()),
            (Self::SCALE, field.scale.is_some()),
            (Self::TAGS, !field.tags.is_empty()),
            (Self::TERM, field.term.is_some()),
            (Self::TIME, is_of_time),
            (Self::UNIT, field.unit.is_some()),
        ];
        let set = |all, (kind, is_so): (Self, bool)| all | if is_so { kind.0 } else { 0 };
        Self(all.into_iter().fold(Self::EVER.0, set))
    }

    /// Returns which kinds of things these are.
    pub(crate) fn kinds(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = rest.trailing_zeros();
            // Takes the lowest away.
            rest &= rest.checked_sub(1)?;
            Some(next as usize)
        })
    }

    /// Returns what is among both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns what is among either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use meshlaw_contract::model::Field;
    use meshlaw_contract::{Format, Limits, parse_contracts, parse_terms};
    use proptest::prelude::*;

    use super::*;
    use crate::attribute::{FIELD, Read as _};
    use crate::glossary::{Glossary, Meaning};
    use crate::view::{ContractView, DatasetView, Identity, visit_fields};
    use crate::world::World;

    const TYPES: [&str; 6] = ["string", "decimal", "timestamp", "time", "date", "object"];

    /// All that a field can state beside its name and its type.
    const KEYS: [&str; 23] = [
        "classification: restricted",
        "deprecated: { since: 2026-01-01, sunset: 2027-01-01, replacement: b }",
        "description: d",
        "encrypted: true",
        "enum: [a, b]",
        "format: date-time",
        "masking: hash",
        "max_length: 9",
        "min_length: 1",
        "min: 1",
        "max: 2",
        "pattern: Z",
        "physical_name: p",
        "pii: contact",
        "precision: 9",
        "primary_key: true",
        "references: { field: y }",
        "required: true",
        "scale: 2",
        "tags: [t]",
        "term: t",
        "unique: true",
        "unit: EUR",
    ];

    proptest! {
        #[test]
        fn what_hangs_on_nothing_stated_is_as_if_nothing_was(
            ty in prop::sample::select(&TYPES[..]),
            keys in prop::sample::subsequence(&KEYS[..], 0..=KEYS.len()),
            around in prop::sample::subsequence(vec![
                "classification: internal\n", "quality: [{ unique: [a] }, { no_nulls: [b] }]\n",
            ], 0..=2),
            is_critical in any::<bool>(),
        ) {
            let mut world = World::empty(jiff::civil::date(2026, 11, 23));
            let term = "term: t\ndefinition: d\nowner: o\ntype: string\nunit: UTC\nclassification: public\n";
            let term = parse_terms(term, &Limits::default()).remove(0).value.unwrap();
            world.glossary = Glossary::of([Meaning::of(&term)].into_iter());
            let keys: String = keys.iter().map(|key| format!(", {key}")).collect();
            let text = format!(
                "schema: s\nfields: [{{ name: a, type: {ty}{keys} }}, {{ name: b }}]\n{}",
                around.concat()
            );
            let contract = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
            let mut contract = contract.value.unwrap();
            // Our own format has no key for this one.
            let fields = contract.datasets.iter_mut().flat_map(|dataset| &mut dataset.fields);
            fields.for_each(|field| field.is_critical = is_critical);
            let identity = Identity {
                domain: "d".to_owned(),
                name: "s".to_owned(),
                path: "p".to_owned(),
            };
            let of = ContractView { contract: &contract, identity: &identity, world: &world };
            for dataset in &contract.datasets {
                let of = DatasetView::new(of, dataset);
                visit_fields(dataset, &mut |way, field| {
                    let view = FieldView { of, field, way };
                    let nothing = Field { name: field.name.clone(), ..Field::default() };
                    let bare = FieldView { of, field: &nothing, way };
                    let stated = Stated::of(&view);
                    for one in FIELD.iter().filter(|one| one.hangs_on.and(stated) == Stated::default()) {
                        assert_eq!(one.fact.of(&view), one.fact.of(&bare), "{} {text}", one.name);
                    }
                });
            }
        }
    }

    #[test]
    fn each_kind_has_a_place() {
        let all = FIELD
            .iter()
            .fold(Stated::EVER, |all, one| all.or(one.hangs_on));
        assert_eq!(
            all.kinds().collect::<Vec<_>>(),
            (0..Stated::KINDS).collect::<Vec<_>>()
        );
    }
}
