//! A document and the tables in, what breaks the rules of the declared version out.
//!
//! The check says what is wrong and which parts are then not understood; what a value means is
//! read afterwards, from the same nodes, without a word more.

use std::collections::BTreeSet;

use super::Standard;
use super::shape::{Key, Object, Shape, Step};
use super::tables::DATASET;
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, Scalar, View};

/// Checks a mapping.
pub(super) fn object<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    object: &'static Object,
    standard: Standard,
) {
    let others = entries(low, node, object, standard);
    unknown(low, node, object, standard, &others, &[]);
}

/// Checks the entries that a table knows, and returns the others.
pub(super) fn entries<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    object: &'static Object,
    standard: Standard,
) -> Vec<(NodeRef<'d>, &'d str, NodeRef<'d>)> {
    let View::Mapping(pairs) = node.view() else {
        low.wrong_type(node, "a mapping");
        return Vec::new();
    };
    let mut others = Vec::new();
    for (key, inner) in pairs {
        let Some(word) = key.scalar() else { continue };
        match object.entry(word.text) {
            Some(entry) if entry.since <= standard => value(low, inner, entry, standard),
            _ => others.push((key, word.text, inner)),
        }
    }
    for needed in object.required {
        if (needed.from..=needed.to).contains(&standard) {
            low.require(false, node, needed.key, object.noun);
        }
    }
    others
}

/// Says which of the other entries are not part of the mapping; `further` are keys that it knows
/// besides.
pub(super) fn unknown<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    object: &'static Object,
    standard: Standard,
    others: &[(NodeRef<'d>, &'d str, NodeRef<'d>)],
    further: &[&'static str],
) {
    if others.is_empty() {
        return;
    }
    let entries = object.keys.iter().filter(|entry| entry.since <= standard);
    let known: Vec<&'static str> = entries
        .map(|entry| entry.key)
        .chain(further.iter().copied())
        .collect();
    let mut strange = Vec::new();
    for (key, word, _) in others {
        match object.entry(word) {
            Some(entry) => too_new(low, *key, word, entry.since, standard),
            None => strange.push((*key, *word)),
        }
    }
    if object.is_open {
        for (key, word) in strange {
            let message = format!("{} is not a key of a {}", quoted(word), object.noun);
            let help = "the standard lets it pass, and nobody reads it".to_owned();
            low.doubt(ProblemId::UnknownKey, key.span(), message, help);
        }
    } else if !strange.is_empty() {
        low.unknown_keys(node, object.noun, &known, &strange);
    }
}

/// Says that a key needs a newer version than the document declares.
pub(super) fn too_new<'d>(
    low: &mut Lowering<'d>,
    key: NodeRef<'d>,
    word: &'d str,
    since: Standard,
    standard: Standard,
) {
    let message = format!("{} needs apiVersion {since}", quoted(word));
    let help = format!("this contract declares {standard}: raise `apiVersion`, or remove the key");
    low.named(word, |low| {
        low.bad(ProblemId::UnknownKey, key.span(), message, help);
    });
}

/// Checks the value of a key, under the word that the model has for it.
pub(super) fn value<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    entry: &'static Key,
    standard: Standard,
) {
    let check = |low: &mut Lowering<'d>| shape(low, node, &entry.shape, standard);
    match entry.step {
        Step::Same => low.within(entry.key, check),
        Step::As(word) => low.within(word, check),
    }
}

/// Checks a value.
pub(super) fn shape<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    shape: &'static Shape,
    standard: Standard,
) {
    match shape {
        Shape::Any => {}
        Shape::AnyMapping => {
            if !matches!(node.view(), View::Mapping(_)) {
                low.wrong_type(node, "a mapping");
            }
        }
        Shape::Single => {
            if node.scalar().is_none() {
                low.wrong_type(node, "a single value");
            }
        }
        Shape::Text => {
            text(low, node);
        }
        Shape::Day => day(low, node, "a day, as in `2026-01-31`", |text| {
            crate::measure::parse_date(text).is_some()
        }),
        Shape::Moment => day(
            low,
            node,
            "a point in time, as in `2026-01-31T12:00:00Z`",
            |text| {
                text.parse::<jiff::Timestamp>().is_ok()
                    || text.parse::<jiff::civil::DateTime>().is_ok()
            },
        ),
        Shape::Number => {
            if node.scalar().and_then(Scalar::to_number).is_none() {
                low.wrong_type(node, "a number");
            }
        }
        Shape::Whole(least) => whole(low, node, *least),
        Shape::Flag => {
            low.boolean(node);
        }
        Shape::StableId => stable_id(low, node, standard),
        Shape::Words(words) => word(low, node, words, standard),
        Shape::List(inner) => {
            low.list(node, |low, item| {
                self::shape(low, item, inner, standard);
                Some(())
            });
        }
        Shape::Named(inner, name) => named(low, node, inner, name, standard),
        Shape::Object(inner) => object(low, node, inner, standard),
        Shape::Check(check) => check(low, node, standard),
    }
}

/// Checks a text; the standard takes an empty one, too.
pub(super) fn text<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<&'d str> {
    let text = node.scalar().and_then(Scalar::to_text);
    if text.is_none() {
        match node.scalar() {
            Some(scalar) if !scalar.is_null() => {
                let help = format!(
                    "put the value in quotes: {}",
                    quoted(&format!("\"{}\"", scalar.text))
                );
                low.mismatch(node, "a text", help);
            }
            _ => low.wrong_type(node, "a text"),
        }
    }
    text
}

/// Checks a text that should name a day or a point in time.
fn day<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, form: &str, is_one: fn(&str) -> bool) {
    if let Some(text) = text(low, node)
        && !is_one(text)
    {
        let message = format!("{} is not {form}", quoted(text));
        let help = "the standard lets it pass, but nobody can read it".to_owned();
        low.doubt(ProblemId::BadValue, node.span(), message, help);
    }
}

fn whole<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, least: Option<i64>) {
    let number = node.scalar().and_then(Scalar::to_number);
    let is_whole = number.as_ref().is_some_and(crate::Number::is_whole);
    let is_enough = match (&number, least) {
        (Some(number), Some(least)) => *number >= least.into(),
        _ => true,
    };
    if !is_whole || !is_enough {
        let expected = match least {
            Some(least) => format!("a whole number from {least}"),
            None => "a whole number".to_owned(),
        };
        low.wrong_type(node, &expected);
    }
}

/// Checks the words of a closed list; one that only a newer version has says so.
pub(super) fn word<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    words: &'static [(&'static str, Standard)],
    standard: Standard,
) {
    let Some(text) = text(low, node) else { return };
    match words.iter().find(|(known, _)| *known == text) {
        Some((_, since)) if *since <= standard => {}
        Some((known, since)) => {
            let message = format!("`{known}` needs apiVersion {since}");
            let help =
                format!("this contract declares {standard}: raise `apiVersion`, or write another");
            low.bad(ProblemId::UnknownWord, node.span(), message, help);
        }
        None => {
            let known = words.iter().filter(|(_, since)| *since <= standard);
            let known: Vec<&'static str> = known.map(|(word, _)| *word).collect();
            low.unknown_word(node, text, &known);
        }
    }
}

/// Checks an id by which parts find each other.
fn stable_id<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let Some(id) = text(low, node) else { return };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let is_allowed = |c: char| {
        !c.is_whitespace() && !matches!(c, '.' | '#' | '/' | '\\' | '@' | '!' | '%' | '&' | '^')
    };
    let is_good = !id.is_empty()
        && if standard < Standard::V32 {
            id.chars().all(is_plain)
        } else {
            id.chars().all(is_allowed)
        };
    if !is_good {
        let help = "write letters, digits, `_` and `-`".to_owned();
        low.not_a(node, id, "a stable id", help);
    }
}

/// Checks a list of mappings, each under its name.
fn named<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    inner: &'static Object,
    name: &'static str,
    standard: Standard,
) {
    // What others refer to by name must be one; people may hold a role twice.
    let is_distinct = std::ptr::eq(inner, &DATASET);
    elements(
        low,
        node,
        name,
        is_distinct.then_some(inner.noun),
        |low, item| {
            object(low, item, inner, standard);
        },
    );
}

/// Checks the elements of a list, each under its name; `noun` is given where no name may stand
/// twice.
pub(super) fn elements<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    name: &'static str,
    noun: Option<&'static str>,
    mut element: impl FnMut(&mut Lowering<'d>, NodeRef<'d>),
) {
    let mut seen = BTreeSet::new();
    low.list(node, |low, item| {
        let stated = item.get(name);
        match stated.and_then(|node| Some((node, node.scalar()?.to_text()?))) {
            Some((stated, own)) => low.named(own, |low| {
                element(low, item);
                if let Some(noun) = noun.filter(|_| !seen.insert(own)) {
                    let message = format!("the {noun} {} stands twice", quoted(own));
                    let help = "rename or remove one of the two".to_owned();
                    low.bad(ProblemId::DuplicateName, stated.span(), message, help);
                }
            }),
            None => element(low, item),
        }
        Some(())
    });
}
