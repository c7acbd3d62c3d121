//! The shapes of a glossary entry.

use meshlaw_contract::formats::term::TERM;
use meshlaw_contract::model::Classification;

use super::Kind;
use super::contract::types;
use super::part::Part;
use super::shape::{Shape, words};

/// Glossary entries.
pub const KIND: Kind = Kind {
    name: "term",
    about: "A glossary entry: what a word means to everybody.",
    globs: |settings| settings.terms,
    root: |definitions| {
        Part::new(definitions, &TERM, SHAPES)
            .required(&["term", "definition", "owner"])
            .keywords()
    },
};

const SHAPES: &[(&str, Shape)] = &[
    ("broader", Shape::TEXT),
    ("classification", Shape::Words(words::<Classification>)),
    ("definition", Shape::TEXT),
    ("enum", Shape::List(&Shape::Any)),
    ("format", Shape::TEXT),
    ("owner", Shape::TEXT),
    ("synonyms", Shape::TEXTS),
    ("term", Shape::TEXT),
    ("type", Shape::Words(types)),
    ("unit", Shape::TEXT),
];
