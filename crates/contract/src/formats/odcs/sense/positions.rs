//! Where columns stand in the primary key and in the partition.

use std::collections::BTreeMap;

use super::{doubt, flag, items, text, whole, wrong};
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// The two orders of columns that a table has.
const ORDERS: &[Order] = &[
    Order {
        flag: "primaryKey",
        position: "primaryKeyPosition",
        noun: "primary key",
    },
    Order {
        flag: "partitioned",
        position: "partitionKeyPosition",
        noun: "partition",
    },
];

struct Order {
    flag: &'static str,
    position: &'static str,
    noun: &'static str,
}

/// Checks the positions that the columns of a table state; those below 1 state none.
pub(super) fn check<'d>(low: &mut Lowering<'d>, table: NodeRef<'d>) {
    for order in ORDERS {
        low.within("fields", |low| in_order(low, table, order));
    }
}

fn in_order<'d>(low: &mut Lowering<'d>, table: NodeRef<'d>, order: &Order) {
    let Order {
        flag: key,
        position,
        noun,
    } = *order;
    let mut taken: BTreeMap<i64, &'d str> = BTreeMap::new();
    let mut last: Option<(i64, &'d str, NodeRef<'d>)> = None;
    let (mut is_whole, mut without) = (true, None);
    for node in items(table, "properties") {
        let Some(name) = text(node, "name") else {
            is_whole = false;
            continue;
        };
        let is_part = flag(node, key);
        let stated = node.get(position);
        let Some((stated, at)) = stated.zip(whole(node, position)).filter(|(_, at)| *at > 0) else {
            is_whole &= stated.is_none() || whole(node, position).is_some();
            if is_part == Some(true) {
                without = without.or(Some((name, node)));
            }
            continue;
        };
        let other = taken.insert(at, name);
        low.named(name, |low| {
            low.within(position, |low| match (is_part, other) {
                (Some(true), Some(other)) => {
                    let other = quoted(other);
                    let message =
                        format!("position {at} of the {noun} is taken by {other} already");
                    wrong(
                        low,
                        stated,
                        &message,
                        "give each column a position of its own",
                    );
                }
                (Some(true), None) => {}
                (Some(false), _) => {
                    let message =
                        format!("position {at} in the {noun} is given to a column outside of it");
                    let help = format!("write `{key}: true`, or remove `{position}`");
                    wrong(low, stated, &message, &help);
                }
                (None, _) => {
                    let message = format!(
                        "position {at} in the {noun}, but nothing says that it is part of it"
                    );
                    let help = format!("write `{key}: true`, or remove `{position}`");
                    doubt(low, ProblemId::Contradiction, stated, &message, &help);
                }
            });
        });
        if last.is_none_or(|(most, ..)| at > most) {
            last = Some((at, name, stated));
        }
    }
    let Some((most, name, stated)) = last.filter(|_| is_whole) else {
        return;
    };
    if let Some((bare, node)) = without {
        let message = format!("other columns of the {noun} state where they stand in it");
        let help = format!("add `{position}:`");
        let place = node.get(key).unwrap_or(node);
        low.named(bare, |low| {
            low.within(position, |low| {
                doubt(low, ProblemId::MissingKey, place, &message, &help);
            });
        });
    } else if let Some(gap) = (1..most).find(|at| !taken.contains_key(at)) {
        let message = format!("no column has position {gap} of the {noun}");
        low.named(name, |low| {
            low.within(position, |low| {
                let help = "number the columns from 1, without gaps";
                doubt(low, ProblemId::Contradiction, stated, &message, help);
            });
        });
    }
}
