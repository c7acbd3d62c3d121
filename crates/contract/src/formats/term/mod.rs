//! Glossary documents in, terms and problems out.

use super::Lowered;
use super::native::type_word;
use crate::lowering::{KeySpec, Keys, Lowering};
use crate::model::{Classification, Term, Type};
use crate::{NodeRef, Value};

/// A term while it is read.
#[derive(Debug, Default)]
pub struct Draft {
    name: Option<String>,
    definition: Option<String>,
    owner: Option<String>,
    ty: Option<Type>,
    unit: Option<String>,
    format: Option<String>,
    classification: Option<Classification>,
    allowed: Option<Vec<Value>>,
    synonyms: Vec<String>,
    broader: Option<String>,
}

/// The keys of a term.
pub const TERM: Keys<Draft> = Keys::new(
    "term",
    &[
        KeySpec {
            key: "broader",
            expects: "a text",
            doc: "The wider term that it is a kind of.",
            set: |draft, node, low| draft.broader = low.text(node),
        },
        KeySpec {
            key: "classification",
            expects: "`public`, `internal`, `confidential` or `restricted`",
            doc: "How far knowledge of it may spread.",
            set: |draft, node, low| draft.classification = low.one_of(node),
        },
        KeySpec {
            key: "definition",
            expects: "a text",
            doc: "What it means.",
            set: |draft, node, low| draft.definition = low.text(node),
        },
        KeySpec {
            key: "enum",
            expects: "a list of values",
            doc: "The only values allowed.",
            set: |draft, node, low| draft.allowed = Some(low.values(node)),
        },
        KeySpec {
            key: "format",
            expects: "a text",
            doc: "Named format of fields that hold it.",
            set: |draft, node, low| draft.format = low.text(node),
        },
        KeySpec {
            key: "owner",
            expects: "a text",
            doc: "Team that answers for it.",
            set: |draft, node, low| draft.owner = low.text(node),
        },
        KeySpec {
            key: "synonyms",
            expects: "a list of texts",
            doc: "Other words for it.",
            set: |draft, node, low| draft.synonyms = low.texts(node),
        },
        KeySpec {
            key: "term",
            expects: "a text",
            doc: "Name, unique within the organisation.",
            set: |draft, node, low| draft.name = low.text(node),
        },
        KeySpec {
            key: "type",
            expects: "a type",
            doc: "Type of fields that hold it.",
            set: |draft, node, low| draft.ty = type_word(low, node),
        },
        KeySpec {
            key: "unit",
            expects: "a text",
            doc: "Unit of measure.",
            set: |draft, node, low| draft.unit = low.text(node),
        },
    ],
);

/// Reads a term from the outermost node of a document.
pub fn lower(root: NodeRef<'_>) -> Lowered<Term> {
    let mut low = Lowering::new();
    let mut draft = Draft::default();
    if !low.mapping(root, &TERM, &mut draft) {
        return (None, low.finish().0);
    }
    low.require(draft.name.is_some(), root, "term", "term");
    low.require(draft.definition.is_some(), root, "definition", "term");
    low.require(draft.owner.is_some(), root, "owner", "term");
    (draft.term(), low.finish().0)
}

impl Draft {
    /// Returns the term; one without a name is none.
    pub fn term(self) -> Option<Term> {
        Some(Term {
            name: self.name?,
            definition: self.definition,
            owner: self.owner,
            ty: self.ty,
            unit: self.unit,
            format: self.format,
            classification: self.classification,
            allowed: self.allowed,
            synonyms: self.synonyms,
            broader: self.broader,
        })
    }
}
