//! A dataset in, its fields with where each stands out; a pointer is made where it is asked for.

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Dataset, Field, Type};

/// Where a field stands in its dataset.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    dataset: &'a Dataset,
    around: Option<&'a Part<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Element(&'static str),
}

impl Part<'_> {
    /// Makes the pointer.
    pub fn pointer(&self) -> Pointer {
        let around = match self.around {
            Some(around) => around.pointer(),
            None => self.dataset.pointer(),
        };
        match self.step {
            Step::Field(name) => around.word("fields").name(name),
            Step::Element(word) => around.word(word),
        }
    }
}

/// Visits the fields of a dataset, each before what nests in it.
pub fn visit<'c>(dataset: &'c Dataset, visit: &mut impl FnMut(Part<'_>, &'c Field)) {
    for field in &dataset.fields {
        let part = Part {
            dataset,
            around: None,
            step: Step::Field(&field.name),
        };
        down(part, field, visit);
    }
}

fn down<'c>(part: Part<'_>, field: &'c Field, visit: &mut impl FnMut(Part<'_>, &'c Field)) {
    visit(part, field);
    let inside = |step| Part {
        dataset: part.dataset,
        around: Some(&part),
        step,
    };
    match &field.ty {
        Type::Object(fields) => {
            for inner in fields {
                down(inside(Step::Field(&inner.name)), inner, visit);
            }
        }
        Type::Array(Some(items)) => down(inside(Step::Element("items")), items, visit),
        Type::Map { keys, values } => {
            for (word, inner) in [("keys", keys), ("values", values)] {
                if let Some(inner) = inner {
                    down(inside(Step::Element(word)), inner, visit);
                }
            }
        }
        _ => {}
    }
}
