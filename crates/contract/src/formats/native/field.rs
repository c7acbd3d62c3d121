//! The keys of a field, and of what hangs on one.

use super::named::named_list;
use super::types::{TYPES, type_word};
use crate::lowering::{KeySpec, Keys, Lowering};
use crate::model::{Deprecation, Field, Reference, Type};
use crate::{NodeRef, ProblemId, View};

/// A field while it is read: what nests in it waits for the type.
#[derive(Debug, Default)]
pub struct FieldDraft {
    /// Of its type, without what nests in it.
    field: Field,
    fields: Option<Vec<Field>>,
    // Few fields have these, and each field costs what a draft is large.
    items: Option<Box<Field>>,
    keys: Option<Box<Field>>,
    values: Option<Box<Field>>,
    /// How many keys of [`NESTING`] are stated, well or badly.
    nests: u8,
}

/// The keys of a field.
pub const FIELD: Keys<FieldDraft> = Keys::new(
    "field",
    &[
        KeySpec {
            key: "classification",
            expects: "`public`, `internal`, `confidential` or `restricted`",
            doc: "How far knowledge of the field may spread.",
            set: |draft, node, low| draft.field.classification = low.one_of(node),
        },
        KeySpec {
            key: "deprecated",
            expects: "a deprecation",
            doc: "Notice that the field goes.",
            set: |draft, node, low| draft.field.deprecated = deprecation(low, node).map(Box::new),
        },
        KeySpec {
            key: "description",
            expects: "a text",
            doc: "What the field holds.",
            set: |draft, node, low| draft.field.description = low.text(node),
        },
        KeySpec {
            key: "encrypted",
            expects: "`true` or `false`",
            doc: "Whether values are encrypted at rest.",
            set: |draft, node, low| draft.field.encrypted = low.boolean(node),
        },
        KeySpec {
            key: "enum",
            expects: "a list of values",
            doc: "The only values allowed.",
            set: |draft, node, low| draft.field.allowed = Some(low.values(node)),
        },
        KeySpec {
            key: "examples",
            expects: "a list of values",
            doc: "Values to show people.",
            set: |draft, node, low| draft.field.examples = low.values(node),
        },
        KeySpec {
            key: "fields",
            expects: "a list of fields",
            doc: "What nests in a field of type `object`.",
            set: |draft, node, low| {
                draft.nests += 1;
                draft.fields = Some(fields(low, node));
            },
        },
        KeySpec {
            key: "format",
            expects: "a text",
            doc: "Named format, such as `email`.",
            set: |draft, node, low| draft.field.format = low.text(node),
        },
        KeySpec {
            key: "id",
            expects: "a text",
            doc: "Identifier that survives renames.",
            set: |draft, node, low| draft.field.id = low.text(node),
        },
        KeySpec {
            key: "items",
            expects: "a field without name",
            doc: "The elements of a field of type `array`.",
            set: |draft, node, low| {
                draft.nests += 1;
                draft.items = nested(low, node, "items");
            },
        },
        KeySpec {
            key: "keys",
            expects: "a field without name",
            doc: "The keys of a field of type `map`.",
            set: |draft, node, low| {
                draft.nests += 1;
                draft.keys = nested(low, node, "keys");
            },
        },
        KeySpec {
            key: "masking",
            expects: "a text",
            doc: "How values are hidden, such as `hash`, `tokenise`, `partial` or `redact`.",
            set: |draft, node, low| draft.field.masking = low.text(node),
        },
        KeySpec {
            key: "max",
            expects: "a number, a date, a time or a timestamp",
            doc: "Greatest value, inclusive.",
            set: |draft, node, low| draft.field.max = low.bound(node).map(Box::new),
        },
        KeySpec {
            key: "max_length",
            expects: "a whole number from 0",
            doc: "Most characters.",
            set: |draft, node, low| draft.field.max_length = low.count(node),
        },
        KeySpec {
            key: "min",
            expects: "a number, a date, a time or a timestamp",
            doc: "Least value, inclusive.",
            set: |draft, node, low| draft.field.min = low.bound(node).map(Box::new),
        },
        KeySpec {
            key: "min_length",
            expects: "a whole number from 0",
            doc: "Fewest characters.",
            set: |draft, node, low| draft.field.min_length = low.count(node),
        },
        KeySpec {
            key: "name",
            expects: "a text",
            doc: "Name, unique among its siblings.",
            set: |draft, node, low| draft.field.name = low.text(node).unwrap_or_default(),
        },
        KeySpec {
            key: "pattern",
            expects: "a text",
            doc: "Regular expression that values match.",
            set: |draft, node, low| draft.field.pattern = low.text(node),
        },
        KeySpec {
            key: "physical_name",
            expects: "a text",
            doc: "Name in the storage system.",
            set: |draft, node, low| draft.field.physical_name = low.text(node),
        },
        KeySpec {
            key: "pii",
            expects: "a text",
            doc: "Category of personal data, such as `contact`, `identity` or `health`.",
            set: |draft, node, low| draft.field.pii = low.text(node),
        },
        KeySpec {
            key: "precision",
            expects: "a whole number from 0",
            doc: "Most digits of a decimal.",
            set: |draft, node, low| draft.field.precision = low.count(node),
        },
        KeySpec {
            key: "primary_key",
            expects: "`true` or `false`",
            doc: "Whether the field is part of the primary key.",
            set: |draft, node, low| draft.field.primary_key = low.boolean(node),
        },
        KeySpec {
            key: "references",
            expects: "a reference",
            doc: "Field of another dataset that values come from.",
            set: |draft, node, low| draft.field.references = reference(low, node).map(Box::new),
        },
        KeySpec {
            key: "renamed_from",
            expects: "a text",
            doc: "Name that the field had before.",
            set: |draft, node, low| draft.field.renamed_from = low.text(node),
        },
        KeySpec {
            key: "required",
            expects: "`true` or `false`",
            doc: "Whether nulls are forbidden.",
            set: |draft, node, low| draft.field.required = low.boolean(node),
        },
        KeySpec {
            key: "scale",
            expects: "a whole number from 0",
            doc: "Digits behind the point of a decimal.",
            set: |draft, node, low| draft.field.scale = low.count(node),
        },
        KeySpec {
            key: "tags",
            expects: "a list of texts",
            doc: "Labels.",
            set: |draft, node, low| draft.field.tags = low.text_set(node),
        },
        KeySpec {
            key: "term",
            expects: "a text",
            doc: "Glossary entry that defines the field.",
            set: |draft, node, low| draft.field.term = low.text(node),
        },
        KeySpec {
            key: "type",
            expects: "a type",
            doc: "Type of the values.",
            set: |draft, node, low| draft.field.ty = type_word(low, node).unwrap_or_default(),
        },
        KeySpec {
            key: "unique",
            expects: "`true` or `false`",
            doc: "Whether no value stands twice.",
            set: |draft, node, low| draft.field.unique = low.boolean(node),
        },
        KeySpec {
            key: "unit",
            expects: "a text",
            doc: "Unit of measure.",
            set: |draft, node, low| draft.field.unit = low.text(node),
        },
        KeySpec {
            key: "values",
            expects: "a field without name",
            doc: "The values of a field of type `map`.",
            set: |draft, node, low| {
                draft.nests += 1;
                draft.values = nested(low, node, "values");
            },
        },
    ],
);

/// The keys of a deprecation.
pub const DEPRECATION: Keys<Deprecation> = Keys::new(
    "deprecation",
    &[
        KeySpec {
            key: "reason",
            expects: "a text",
            doc: "Why it goes.",
            set: |deprecation, node, low| deprecation.reason = low.text(node),
        },
        KeySpec {
            key: "replacement",
            expects: "a text",
            doc: "What to use instead.",
            set: |deprecation, node, low| deprecation.replacement = low.text(node),
        },
        KeySpec {
            key: "since",
            expects: "a date",
            doc: "First day of the notice.",
            set: |deprecation, node, low| deprecation.since = low.date(node),
        },
        KeySpec {
            key: "sunset",
            expects: "a date",
            doc: "First day on which it may be gone.",
            set: |deprecation, node, low| deprecation.sunset = low.date(node),
        },
    ],
);

/// The keys of a reference.
pub const REFERENCE: Keys<Reference> = Keys::new(
    "reference",
    &[
        KeySpec {
            key: "contract",
            expects: "a text",
            doc: "Contract, as `domain/name`; left out for the same contract.",
            set: |reference, node, low| reference.contract = low.text(node),
        },
        KeySpec {
            key: "dataset",
            expects: "a text",
            doc: "Dataset; left out where the contract has one.",
            set: |reference, node, low| reference.dataset = low.text(node),
        },
        KeySpec {
            key: "field",
            expects: "a text",
            doc: "Field that values come from.",
            set: |reference, node, low| reference.field = low.text(node).unwrap_or_default(),
        },
    ],
);

/// Reads a list of fields.
pub(super) fn fields<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Vec<Field> {
    named_list(low, node, "field", field, |draft| draft.field)
}

/// Reads a deprecation.
pub(super) fn deprecation<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Deprecation> {
    low.draft(node, &DEPRECATION)
}

fn nested<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, name: &'static str) -> Option<Box<Field>> {
    let View::Mapping(_) = node.view() else {
        let ty = node
            .text()
            .filter(|text| TYPES.contains(text))
            .unwrap_or("string");
        let help = format!("write a field without name: `{{ type: {ty} }}`");
        low.mismatch(node, "a mapping", help);
        return None;
    };
    if let Some((key, _)) = node.entry("name") {
        let message = format!("`{name}` has no name of its own");
        low.contradiction(
            ProblemId::Contradiction,
            key.span(),
            message,
            "remove `name`".to_owned(),
        );
    }
    let mut element = field(low, node).field;
    name.clone_into(&mut element.name);
    Some(Box::new(element))
}

fn field<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> FieldDraft {
    let mut draft = FieldDraft::default();
    low.mapping(node, &FIELD, &mut draft);
    let has_room_for = match &mut draft.field.ty {
        Type::Object(nested) => {
            let stated = draft.fields.take();
            let count = u8::from(stated.is_some());
            *nested = stated.unwrap_or_default();
            count
        }
        Type::Array(items) => {
            *items = draft.items.take();
            u8::from(items.is_some())
        }
        Type::Map { keys, values } => {
            (*keys, *values) = (draft.keys.take(), draft.values.take());
            u8::from(keys.is_some()) + u8::from(values.is_some())
        }
        Type::Unstated => {
            low.require(false, node, "type", "field");
            0
        }
        _ => 0,
    };
    if draft.nests > has_room_for || matches!(draft.field.ty, Type::Unstated) {
        check_nesting(low, node, &draft.field.ty);
    }
    draft
}

/// What nests in a field, and the type that has room for it.
pub const NESTING: [(&str, &str); 4] = [
    ("fields", "object"),
    ("items", "array"),
    ("keys", "map"),
    ("values", "map"),
];

/// Says where something nests that the type has no room for; neither is then compared.
///
/// Under a type that is not understood, what nests is not either.
fn check_nesting<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, ty: &Type) {
    for (key, belongs_to) in NESTING {
        match (ty, node.entry(key)) {
            (Type::Unstated, _) => low.within(key, Lowering::make_opaque),
            (ty, Some((word, _))) if ty.word() != belongs_to => {
                let ty = ty.word();
                let message = format!("`{key}` needs the type `{belongs_to}`, but this is `{ty}`");
                let help = format!("write `type: {belongs_to}`, or remove `{key}`");
                low.within("type", Lowering::make_opaque);
                low.within(key, |low| {
                    low.bad(ProblemId::Contradiction, word.span(), message, help);
                });
            }
            _ => {}
        }
    }
}

fn reference<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Reference> {
    let reference = low.draft(node, &REFERENCE)?;
    low.require(!reference.field.is_empty(), node, "field", "reference");
    // A reference is compared as a whole, so it is understood as a whole or not at all.
    if low.is_opaque_inside() {
        low.make_opaque();
    }
    (!reference.field.is_empty()).then_some(reference)
}
