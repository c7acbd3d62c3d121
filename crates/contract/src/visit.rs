//! A dataset in, its fields with the way to each out, however deep they nest.

use crate::Way;
use crate::model::{Dataset, Field, Type};

/// Whether a field comes before what nests in it, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Before it.
    OuterFirst,
    /// After it.
    InnerFirst,
}

/// Visits the fields of a dataset, all that nests in them included.
pub fn visit_fields<'c>(
    dataset: &'c Dataset,
    order: Order,
    visit: &mut impl FnMut(Way<'_>, &'c Field),
) {
    visit_some(dataset, |_| true, order, visit);
}

/// Visits those fields at the top of a dataset that are meant, all that nests in them included.
pub fn visit_some<'c>(
    dataset: &'c Dataset,
    is_meant: impl Fn(&Field) -> bool,
    order: Order,
    visit: &mut impl FnMut(Way<'_>, &'c Field),
) {
    let above = dataset.pointer();
    let above = Way::from_keys(above.keys());
    let list = above.word("fields");
    for field in dataset.fields.iter().filter(|field| is_meant(field)) {
        down(list.name(&field.name), field, order, visit);
    }
}

fn down<'c>(
    at: Way<'_>,
    field: &'c Field,
    order: Order,
    visit: &mut impl FnMut(Way<'_>, &'c Field),
) {
    if order == Order::OuterFirst {
        visit(at, field);
    }
    match &field.ty {
        Type::Object(fields) => {
            let list = at.word("fields");
            for inner in fields {
                down(list.name(&inner.name), inner, order, visit);
            }
        }
        Type::Array(Some(items)) => down(at.word("items"), items, order, visit),
        Type::Map { keys, values } => {
            for (word, inner) in [("keys", keys), ("values", values)] {
                if let Some(inner) = inner {
                    down(at.word(word), inner, order, visit);
                }
            }
        }
        _ => {}
    }
    if order == Order::InnerFirst {
        visit(at, field);
    }
}
