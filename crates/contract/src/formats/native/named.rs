//! Lists of mappings that each have a name.

use std::collections::BTreeMap;

use crate::distinct::are_distinct;
use crate::lowering::{Lowering, good_text};
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, View};

/// Reads a list of mappings that each have a `name`.
///
/// An element without a name could be any, so it makes the whole list opaque; of two with one
/// name the first counts. `keep` takes from what was read what stays: parts of a contract are
/// large, and this moves each once.
pub(super) fn named_list<'d, D, T>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    noun: &str,
    mut read: impl FnMut(&mut Lowering<'d>, NodeRef<'d>) -> D,
    keep: impl Fn(D) -> T,
) -> Vec<T> {
    // Lists of thousands are counted sooner than they are moved.
    let mut names = Vec::with_capacity(node.items().count());
    names.extend(node.items().map(name_of));
    let are_distinct = are_distinct(names.len(), names.iter().flatten().map(|(name, _)| *name));
    if !are_distinct {
        low.note_alike();
    }
    let mut seen: BTreeMap<&'d str, NodeRef<'d>> = BTreeMap::new();
    let mut all = Vec::with_capacity(names.len());
    let mut names = names.into_iter();
    low.each(node, |low, item| {
        let Some((name, key)) = names.next().flatten() else {
            // Reading it still finds what else is wrong, such as a misspelt `name`.
            return nameless(low, item, noun, |low| drop(read(low, item)));
        };
        if is_too_long(low, name, key) {
            return;
        }
        if !are_distinct {
            if let Some(first) = seen.get(name) {
                return stands_twice(low, noun, (name, key), *first);
            }
            seen.insert(name, key);
        }
        all.push(keep(low.named(name, |low| read(low, item))));
    });
    all
}

fn nameless<'d>(
    low: &mut Lowering<'d>,
    item: NodeRef<'d>,
    noun: &str,
    read: impl FnOnce(&mut Lowering<'d>),
) {
    if !matches!(item.view(), View::Mapping(_)) {
        let help = format!("write each {noun} as `key: value` pairs, with a `name`");
        return low.mismatch(item, "a mapping with a `name`", help);
    }
    read(low);
    low.require(false, item, "name", noun);
    low.make_opaque();
}

fn is_too_long<'d>(low: &mut Lowering<'d>, name: &str, key: NodeRef<'d>) -> bool {
    if name.len() <= LONGEST_NAME {
        return false;
    }
    let length = name.len();
    let message = format!("this name has {length} bytes, more than {LONGEST_NAME}");
    let help = "shorten the name".to_owned();
    low.bad(ProblemId::BadValue, key.span(), message, help);
    true
}

fn stands_twice<'d>(
    low: &mut Lowering<'d>,
    noun: &str,
    (name, key): (&'d str, NodeRef<'d>),
    first: NodeRef<'d>,
) {
    let message = format!("the {noun} {} stands twice", quoted(name));
    let line = first.span().line;
    let help = format!("rename or remove one of the two; the first stands in line {line}");
    low.named(name, |low| {
        low.bad(ProblemId::DuplicateName, key.span(), message, help)
    });
}

/// Most bytes of a name.
///
/// Names are parts of pointers, so a hostile one would be copied many times.
pub const LONGEST_NAME: usize = 256;

/// Returns the name of an element, where it has a good one, and its node.
fn name_of(item: NodeRef<'_>) -> Option<(&str, NodeRef<'_>)> {
    let node = item.get("name")?;
    Some((good_text(node)?, node))
}
