//! A field in, what is stated of it out, without a look at what that is.
//!
//! Most fields state five of forty things. What hangs on the others is as if nothing was stated, so that
//! nobody needs to compute it.

use meshlaw_contract::model::{Scalar, Type};

use super::rank_of;
use crate::view::FieldView;

/// Things that are stated, or that an attribute hangs on: a bit for most, and several where what is
/// stated is one of few things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stated(u64);

impl Stated {
    /// What is there of every field, whatever is stated.
    pub(crate) const EVER: Self = Self(1);
    pub(crate) const ALLOWED: Self = Self(1 << 1);
    pub(crate) const DEPRECATED: Self = Self(1 << 2);
    pub(crate) const DESCRIBED: Self = Self(1 << 3);
    pub(crate) const FORMAT: Self = Self(1 << 4);
    /// There may be a quality rule of the field.
    pub(crate) const CHECKED: Self = Self(1 << 5);
    pub(crate) const REFERENCE: Self = Self(1 << 6);
    pub(crate) const CRITICAL: Self = Self(1 << 7);
    pub(crate) const ENCRYPTED: Self = Self(1 << 8);
    pub(crate) const MASKED: Self = Self(1 << 9);
    pub(crate) const KEY: Self = Self(1 << 10);
    pub(crate) const REQUIRED: Self = Self(1 << 11);
    pub(crate) const UNIQUE: Self = Self(1 << 12);
    pub(crate) const LENGTH: Self = Self(1 << 13);
    pub(crate) const PATTERN: Self = Self(1 << 14);
    pub(crate) const PHYSICAL: Self = Self(1 << 15);
    pub(crate) const PII: Self = Self(1 << 16);
    pub(crate) const PRECISION: Self = Self(1 << 17);
    pub(crate) const SCALE: Self = Self(1 << 18);
    pub(crate) const TAGS: Self = Self(1 << 19);
    pub(crate) const TERM: Self = Self(1 << 20);
    /// Values lie in some zone.
    pub(crate) const TIME: Self = Self(1 << 21);
    pub(crate) const UNIT: Self = Self(1 << 22);

    pub(crate) const UNIT_OR_TERM: Self = Self(Self::UNIT.0 | Self::TERM.0);

    /// How many kinds of things have a bit.
    pub(crate) const KINDS: usize = 23;

    /// The type, without what nests in it.
    pub(crate) const TYPE: Self = Self(0xff << TYPE);
    /// The classification, by the field or by what it lies in.
    pub(crate) const CLASS: Self = Self(0xff << CLASS);

    pub(crate) fn of(view: &FieldView<'_>) -> Self {
        let field = view.field;
        let is_of_time = matches!(field.ty, Type::Scalar(Scalar::Timestamp | Scalar::Time));
        let own = [
            (Self::DESCRIBED, field.description.is_some()),
            (Self::CHECKED, view.of.checked.may_name(field)),
            (Self::CRITICAL, field.is_critical),
            (Self::ENCRYPTED, field.encrypted),
            (Self::KEY, field.primary_key),
            (Self::REQUIRED, field.required),
            (Self::UNIQUE, field.unique),
            (Self::TIME, is_of_time),
        ];
        let set = |all, (kind, is_so): (Self, bool)| all | if is_so { kind.0 } else { 0 };
        let class = view.classification();
        let class = class.map_or(0, |class| 1 + rank_of(class).cast_unsigned());
        let begin = Self::EVER.0 | number_of(&field.ty) << TYPE | class << CLASS;
        let own = own.into_iter().fold(begin, set);
        if !field.has_particulars() {
            return Self(own);
        }
        let particulars = [
            (Self::ALLOWED, field.allowed.is_some()),
            (Self::DEPRECATED, field.deprecated.is_some()),
            (Self::FORMAT, field.format.is_some()),
            (Self::REFERENCE, field.references.is_some()),
            (Self::MASKED, field.masking.is_some()),
            (Self::LENGTH, field.max_length.is_some()),
            (Self::PATTERN, field.pattern.is_some()),
            (Self::PHYSICAL, field.physical_name.is_some()),
            (Self::PII, field.pii.is_some()),
            (Self::PRECISION, field.precision.is_some()),
            (Self::SCALE, field.scale.is_some()),
            (Self::TAGS, !field.tags.is_empty()),
            (Self::TERM, field.term.is_some()),
            (Self::UNIT, field.unit.is_some()),
        ];
        Self(particulars.into_iter().fold(own, set))
    }

    /// Adds it to a key.
    pub(crate) fn write(self, key: &mut Vec<u8>) {
        key.extend_from_slice(&self.0.to_le_bytes());
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

/// Where what is one of few things stands.
const TYPE: u32 = 32;
const CLASS: u32 = 40;

/// Numbers what policies can tell apart of a type.
fn number_of(ty: &Type) -> u64 {
    match ty {
        Type::Unstated => 0,
        Type::Object(_) => 1,
        Type::Array(_) => 2,
        Type::Map { .. } => 3,
        Type::Union(_) | Type::Named(_) | Type::Opaque(_) => 4,
        Type::Scalar(scalar) => 5 + *scalar as u64,
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test that cannot go on has failed"
    )]

    use meshlaw_contract::model::{Field, Word as _};
    use meshlaw_contract::{Format, Limits, Way, parse_contracts, parse_terms};
    use proptest::prelude::*;

    use super::*;
    use crate::attribute::{FIELD, Read as _, Told};
    use crate::glossary::{Glossary, Meaning};
    use crate::view::{ContractView, DatasetView, Identity};
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

    /// A field that states some keys.
    fn keys() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
        let keys = prop::sample::subsequence(&KEYS[..], 0..=KEYS.len());
        (prop::sample::select(&TYPES[..]), keys)
    }

    proptest! {
        #[test]
        fn what_is_stated_tells_what_it_is_taken_to_tell(
            fields in prop::collection::vec(keys(), 1..4),
            around in prop::sample::subsequence(vec![
                "classification: internal\n", "quality: [{ unique: [f0] }, { no_nulls: [b] }]\n",
            ], 0..=2),
        ) {
            let mut world = World::empty(jiff::civil::date(2026, 11, 23));
            let term = "term: t\ndefinition: d\nowner: o\ntype: string\nunit: UTC\nclassification: public\n";
            let term = parse_terms(term, &Limits::default()).remove(0).value.unwrap();
            world.glossary = Glossary::of([Meaning::of(&term)]);
            let fields = fields.iter().enumerate().map(|(nth, (ty, keys))| {
                let keys: String = keys.iter().map(|key| format!(", {key}")).collect();
                format!("{{ name: f{nth}, type: {ty}{keys} }}")
            });
            let fields: Vec<String> = fields.collect();
            let text = format!("schema: s\nfields: [{}]\n{}", fields.join(", "), around.concat());
            let contract = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
            let mut contract = contract.value.unwrap();
            // Our own format has no key for this one.
            let fields = contract.datasets.iter_mut().flat_map(|dataset| &mut dataset.fields);
            fields.for_each(|field| field.is_critical = field.required && field.name == "f1");
            let identity = Identity {
                domain: "d".to_owned(),
                name: "s".to_owned(),
                path: "p".to_owned(),
            };
            let of = ContractView::new(&contract, &identity, &world);
            let of = DatasetView::new(of, &contract.datasets[0]);
            let all = of.fields().map(|field| FieldView { of, field, way: Way::TOP });
            let all: Vec<FieldView<'_>> = all.collect();
            for view in &all {
                let stated = Stated::of(view);
                let mut nothing = Field::default();
                nothing.name.clone_from(&view.field.name);
                let bare = FieldView { field: &nothing, ..*view };
                for one in FIELD {
                    let own = one.fact.of(view);
                    let by_this = stated.and(one.hangs_on);
                    if one.told == Told::Nothing && by_this == Stated::default() {
                        prop_assert_eq!(&own, &one.fact.of(&bare), "{} {}", one.name, text);
                    }
                    if one.told == Told::Presence {
                        prop_assert_eq!(own.is_some(), by_this != Stated::default(), "{} {}", one.name, text);
                    }
                    let alike = |other: &&FieldView<'_>| {
                        one.told == Told::Value && Stated::of(other).and(one.hangs_on) == by_this
                    };
                    for other in all.iter().filter(alike) {
                        prop_assert_eq!(&own, &one.fact.of(other), "{} {}", one.name, text);
                    }
                }
            }
        }
    }

    #[test]
    fn each_kind_has_a_place() {
        let all = FIELD
            .iter()
            .fold(Stated::EVER, |all, one| all.or(one.hangs_on));
        let kinds: Vec<_> = all.kinds().filter(|kind| *kind < TYPE as usize).collect();
        assert_eq!(kinds, (0..Stated::KINDS).collect::<Vec<_>>());
        let last = Type::Scalar(*Scalar::ALL.last().unwrap());
        assert!(number_of(&last) <= 0xff);
    }
}
