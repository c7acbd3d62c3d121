//! An option of a type in two revisions, how the allowed values moved out: items, properties,
//! multiples and bounds that are not reached.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use meshlaw_contract::model::Bound;
use meshlaw_contract::{Number, Value};

use crate::constraint::bound_motion;
use crate::edit::Motion;

/// What an option does to the values of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// A greater value allows less.
    Least,
    /// A smaller value allows less.
    Most,
    /// A multiple allows less.
    Multiple,
    /// More members allow less.
    Members,
    /// `true` allows less.
    Flag,
    /// No value of one size is one of another.
    Size,
    /// Nobody can tell.
    Unknown,
}

/// The options of the Open Data Contract Standard that have an order, sorted by name.
const ORDERS: &[(&str, Order)] = &[
    ("dimensions", Order::Size),
    ("exclusiveMaximum", Order::Most),
    ("exclusiveMinimum", Order::Least),
    ("maxItems", Order::Most),
    ("maxLength", Order::Most),
    ("maxProperties", Order::Most),
    ("maximum", Order::Most),
    ("minItems", Order::Least),
    ("minLength", Order::Least),
    ("minProperties", Order::Least),
    ("minimum", Order::Least),
    ("multipleOf", Order::Multiple),
    ("required", Order::Members),
    ("uniqueItems", Order::Flag),
];

/// Returns how the set of allowed values moves; `None` means not at all.
///
/// An option that says what holds without it, such as no least number of items, changes nothing.
/// `is_whole` tells that the values are whole numbers, all of which are multiples of one.
pub(crate) fn motion(
    option: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    is_whole: bool,
) -> Option<Motion> {
    let says = |value: &&Value| !(is_whole && option == "multipleOf" && divides_all(value));
    let (before, after) = (before.filter(says), after.filter(says));
    if before == after {
        return None;
    }
    let known = ORDERS.iter().find(|(name, _)| *name == option);
    let order = match known.map_or(Order::Unknown, |(_, order)| *order) {
        // Up to version 3.0 of the standard these were flags beside the bound.
        Order::Least | Order::Most if is_flag(before) || is_flag(after) => Order::Flag,
        order => order,
    };
    let moved = match order {
        Order::Least if is_count(option) => {
            bounds(at_least(before), at_least(after), Ordering::Greater)
        }
        Order::Least => bounds(bound(before), bound(after), Ordering::Greater),
        Order::Most => bounds(bound(before), bound(after), Ordering::Less),
        Order::Multiple => multiples(before, after),
        Order::Members => members(before, after),
        Order::Flag => flags(before, after),
        Order::Size => Motion::of(before, after).map_or(Ok(None), |motion| Ok(Some(motion))),
        Order::Unknown => Err(Unordered),
    };
    match moved {
        Ok(motion) => motion,
        Err(Unordered) => match Motion::of(before, after) {
            Some(Motion::Changed) => Some(Motion::Unclear),
            motion => motion,
        },
    }
}

/// Tells whether every whole number is a multiple of a step.
fn divides_all(step: &Value) -> bool {
    matches!(step, Value::Number(step) if Number::from(1).is_multiple_of(step) == Some(true))
}

/// Two values that have no order.
struct Unordered;

fn is_count(option: &str) -> bool {
    matches!(option, "minItems" | "minLength" | "minProperties")
}

fn is_flag(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Boolean(_)))
}

type Limit = Result<Option<Bound>, Unordered>;

fn bound(value: Option<&Value>) -> Limit {
    match value {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(Bound::Number(number.clone()))),
        Some(Value::Text(text)) => Ok(Some(Bound::Moment(text.clone()))),
        Some(_) => Err(Unordered),
    }
}

/// Reads a least count, which is none where it is zero.
fn at_least(value: Option<&Value>) -> Limit {
    let zero = Bound::Number(0.into());
    Ok(bound(value)?.filter(|bound| *bound != zero))
}

fn bounds(before: Limit, after: Limit, stricter: Ordering) -> Result<Option<Motion>, Unordered> {
    match bound_motion(before?.as_ref(), after?.as_ref(), stricter) {
        Some(Motion::Unclear) => Err(Unordered),
        motion => Ok(motion),
    }
}

fn flags(before: Option<&Value>, after: Option<&Value>) -> Result<Option<Motion>, Unordered> {
    let flag = |value: Option<&Value>| match value {
        None => Ok(false),
        Some(Value::Boolean(is_set)) => Ok(*is_set),
        Some(_) => Err(Unordered),
    };
    Ok(match (flag(before)?, flag(after)?) {
        (false, true) => Some(Motion::Tightened),
        (true, false) => Some(Motion::Loosened),
        _ => None,
    })
}

fn members(before: Option<&Value>, after: Option<&Value>) -> Result<Option<Motion>, Unordered> {
    let (old, new) = (set(before)?, set(after)?);
    match (old.is_subset(&new), new.is_subset(&old)) {
        (true, true) => Ok(None),
        (true, false) => Ok(Some(Motion::Tightened)),
        (false, true) => Ok(Some(Motion::Loosened)),
        (false, false) => Ok(Some(Motion::Changed)),
    }
}

fn set(value: Option<&Value>) -> Result<BTreeSet<&Value>, Unordered> {
    match value {
        None => Ok(BTreeSet::new()),
        Some(Value::List(items)) => Ok(items.iter().collect()),
        Some(_) => Err(Unordered),
    }
}

fn multiples(before: Option<&Value>, after: Option<&Value>) -> Result<Option<Motion>, Unordered> {
    let (old, new) = match (before, after) {
        (None, _) => return Ok(Some(Motion::Tightened)),
        (_, None) => return Ok(Some(Motion::Loosened)),
        (Some(Value::Number(old)), Some(Value::Number(new))) => (old, new),
        _ => return Err(Unordered),
    };
    match (new.is_multiple_of(old), old.is_multiple_of(new)) {
        (Some(true), _) => Ok(Some(Motion::Tightened)),
        (_, Some(true)) => Ok(Some(Motion::Loosened)),
        (Some(false), Some(false)) => Ok(Some(Motion::Changed)),
        _ => Err(Unordered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<Value> {
        let word = |text: &str| Value::Text(text.to_owned());
        Some(match text {
            "" => return None,
            "true" | "false" => Value::Boolean(text == "true"),
            _ if text.starts_with('[') => {
                Value::List(text.trim_matches(['[', ']']).split(' ').map(word).collect())
            }
            _ => Number::parse(text).map_or_else(|| word(text), Value::Number),
        })
    }

    #[test]
    fn options_move_by_their_order() {
        use Motion::{Added, Changed, Loosened, Removed, Tightened, Unclear};
        for (option, before, after, there, back) in [
            ("minItems", "1", "2", Some(Tightened), Some(Loosened)),
            ("minItems", "", "2", Some(Tightened), Some(Loosened)),
            ("minItems", "", "0", None, None),
            ("maxItems", "5", "2", Some(Tightened), Some(Loosened)),
            ("maxItems", "", "0", Some(Tightened), Some(Loosened)),
            ("uniqueItems", "", "true", Some(Tightened), Some(Loosened)),
            ("uniqueItems", "", "false", None, None),
            (
                "uniqueItems",
                "false",
                "true",
                Some(Tightened),
                Some(Loosened),
            ),
            ("multipleOf", "", "5", Some(Tightened), Some(Loosened)),
            ("multipleOf", "5", "10", Some(Tightened), Some(Loosened)),
            ("multipleOf", "0.05", "0.1", Some(Tightened), Some(Loosened)),
            ("multipleOf", "0.5", "0.75", Some(Changed), Some(Changed)),
            ("multipleOf", "0", "3", Some(Loosened), Some(Tightened)),
            (
                "exclusiveMinimum",
                "1",
                "2",
                Some(Tightened),
                Some(Loosened),
            ),
            (
                "exclusiveMinimum",
                "",
                "true",
                Some(Tightened),
                Some(Loosened),
            ),
            (
                "exclusiveMinimum",
                "true",
                "3",
                Some(Unclear),
                Some(Unclear),
            ),
            (
                "exclusiveMaximum",
                "2026-01-01",
                "2025-01-01",
                Some(Tightened),
                Some(Loosened),
            ),
            (
                "exclusiveMaximum",
                "2026-01-01",
                "3",
                Some(Unclear),
                Some(Unclear),
            ),
            ("required", "[a]", "[a b]", Some(Tightened), Some(Loosened)),
            ("required", "[a]", "[b]", Some(Changed), Some(Changed)),
            ("required", "[a b]", "[b a]", None, None),
            ("timezone", "", "true", Some(Added), Some(Removed)),
            ("dimensions", "384", "768", Some(Changed), Some(Changed)),
            ("dimensions", "", "768", Some(Added), Some(Removed)),
            (
                "elementType",
                "float32",
                "int8",
                Some(Unclear),
                Some(Unclear),
            ),
        ] {
            let (old, new) = (value(before), value(after));
            assert_eq!(
                motion(option, old.as_ref(), new.as_ref(), false),
                there,
                "{option}: {before} → {after}"
            );
            assert_eq!(
                motion(option, new.as_ref(), old.as_ref(), false),
                back,
                "{option}: {after} → {before}"
            );
        }
    }

    #[test]
    fn every_whole_number_is_a_multiple_of_one() {
        for (before, after, expected) in [
            ("", "1", None),
            ("0.5", "1", None),
            ("1", "0.25", None),
            ("1", "2", Some(Motion::Tightened)),
            ("", "1.5", Some(Motion::Tightened)),
            ("2", "0.5", Some(Motion::Loosened)),
        ] {
            let (old, new) = (value(before), value(after));
            let found = motion("multipleOf", old.as_ref(), new.as_ref(), true);
            assert_eq!(found, expected, "{before} → {after}");
        }
    }
}
