//! A dataset in, its fields with the way to each out; a pointer is made where it is asked for.

use meshlaw_contract::Way;
use meshlaw_contract::model::{Dataset, Field, Type};

/// Visits the fields of a dataset, each before what nests in it.
pub fn visit<'c>(dataset: &'c Dataset, visit: &mut impl FnMut(Way<'_>, &'c Field)) {
    let above = dataset.pointer();
    let above = Way::from_keys(above.keys());
    let list = above.word("fields");
    for field in &dataset.fields {
        down(list.name(&field.name), field, visit);
    }
}

fn down<'c>(at: Way<'_>, field: &'c Field, visit: &mut impl FnMut(Way<'_>, &'c Field)) {
    visit(at, field);
    match &field.ty {
        Type::Object(fields) => {
            let list = at.word("fields");
            for inner in fields {
                down(list.name(&inner.name), inner, visit);
            }
        }
        Type::Array(Some(items)) => down(at.word("items"), items, visit),
        Type::Map { keys, values } => {
            for (word, inner) in [("keys", keys), ("values", values)] {
                if let Some(inner) = inner {
                    down(at.word(word), inner, visit);
                }
            }
        }
        _ => {}
    }
}
