//! The shapes of a consumer.

use meshlaw_contract::formats::consumer::{CONSUMER, NOTIFY, USE};
use meshlaw_contract::model::ConsumerKind;

use super::Kind;
use super::form::Form;
use super::part::Part;
use super::shape::{Shape, words};

/// Consumers.
pub const KIND: Kind = Kind {
    name: "consumer",
    about: "Who reads which fields of which contract, why, until when, and how to reach them.",
    globs: |settings| settings.consumers,
    root: |definitions| {
        Part::new(definitions, &CONSUMER, SHAPES)
            .required(&["consumer", "owner", "uses"])
            .keywords()
    },
};

const SHAPES: &[(&str, Shape)] = &[
    ("consumer", Shape::TEXT),
    ("description", Shape::TEXT),
    ("kind", Shape::Words(words::<ConsumerKind>)),
    (
        "notify",
        Shape::Part("notify", |definitions| {
            Part::new(definitions, &NOTIFY, NOTIFY_SHAPES).schema()
        }),
    ),
    ("owner", Shape::TEXT),
    ("regions", Shape::TEXTS),
    (
        "uses",
        Shape::List(&Shape::Part("use", |definitions| {
            Part::new(definitions, &USE, USE_SHAPES)
                .required(&["contract"])
                .schema()
        })),
    ),
];

const NOTIFY_SHAPES: &[(&str, Shape)] = &[
    ("email", Shape::TEXT),
    ("github", Shape::TEXT),
    ("slack", Shape::TEXT),
    ("webhook", Shape::TEXT),
];

const USE_SHAPES: &[(&str, Shape)] = &[
    ("contract", Shape::Written(Form::Contract)),
    ("dataset", Shape::TEXT),
    ("fields", Shape::List(&FIELD_PATH)),
    ("purpose", Shape::TEXT),
    ("until", Shape::Written(Form::Date)),
    ("version", Shape::Written(Form::VersionRange)),
];

const FIELD_PATH: Shape = Shape::Either(&[Shape::TEXT, Shape::Filled(&Shape::TEXT)]);
