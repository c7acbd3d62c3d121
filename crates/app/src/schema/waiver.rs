//! The shapes of a waiver.

use meshlaw_contract::formats::waiver::WAIVER;

use super::Kind;
use super::form::Form;
use super::part::Part;
use super::shape::Shape;

/// Waivers.
pub const KIND: Kind = Kind {
    name: "waiver",
    about: "A granted exception: what is excused, for which contract, by whom and until when.",
    globs: |settings| settings.waivers,
    root: |definitions| {
        Part::new(definitions, &WAIVER, SHAPES)
            .required(&[
                "waiver",
                "policy",
                "contract",
                "reason",
                "approved_by",
                "expires",
            ])
            .keywords()
    },
};

const SHAPES: &[(&str, Shape)] = &[
    ("approved_by", Shape::TEXT),
    ("contract", Shape::Written(Form::OneContract)),
    ("expires", Shape::Written(Form::Date)),
    ("pointer", Shape::List(&Shape::Written(Form::OneName))),
    ("policy", Shape::Written(Form::OneId)),
    ("reason", Shape::TEXT),
    ("ticket", Shape::TEXT),
    ("waiver", Shape::TEXT),
];
