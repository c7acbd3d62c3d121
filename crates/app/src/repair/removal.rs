//! A field that was removed without notice in, the same field with a notice out.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use jiff::civil::Date;
use meshlaw_contract::{Key, NodeRef, Pointer, locate};
use meshlaw_diff::{Alignment, Aspect, Change, Comparison};

use super::Repair;
use super::element::{Element, Style};
use super::notice::{Notice, Terms};
use crate::revision::Revision;

/// The lists that fields were removed from, each gone through once however many it lacks now.
#[derive(Default)]
pub struct Lists<'d>(RefCell<BTreeMap<Pointer, Option<Rc<List<'d>>>>>);

/// A list of fields before and after.
struct List<'d> {
    /// The fields that it had.
    old: HashMap<&'d str, Old<'d>>,
    /// The first one that it has.
    first: Option<NodeRef<'d>>,
}

/// A field as it was.
#[derive(Clone, Copy)]
struct Old<'d> {
    node: NodeRef<'d>,
    /// The nearest field before it that is still there, as it is now.
    neighbour: Option<NodeRef<'d>>,
}

impl<'d> Lists<'d> {
    fn list(
        &self,
        (before, after): (&'d Revision<'_>, &'d Revision<'_>),
        alignment: &Alignment,
        pointer: &Pointer,
    ) -> Option<Rc<List<'d>>> {
        let mut known = self.0.borrow_mut();
        if let Some(list) = known.get(pointer) {
            return list.clone();
        }
        let list = List::of(before, after, alignment, pointer).map(Rc::new);
        known.insert(pointer.clone(), list.clone());
        list
    }
}

impl<'d> List<'d> {
    fn of(
        before: &'d Revision<'_>,
        after: &'d Revision<'_>,
        alignment: &Alignment,
        pointer: &Pointer,
    ) -> Option<Self> {
        let (base, head) = before.contract().zip(after.contract())?;
        let base_list = locate::find(&before.parsed.document, base.format, pointer)?;
        let at = alignment.to_head(pointer);
        let head_list = locate::find(&after.parsed.document, head.format, &at)?;
        let mut kept = HashMap::new();
        for (name, node) in named(head_list) {
            kept.entry(name).or_insert(node);
        }
        let (mut old, mut neighbour) = (HashMap::new(), None);
        for (name, node) in named(base_list) {
            old.entry(name).or_insert(Old { node, neighbour });
            let now = alignment.to_head(&pointer.name(name));
            let now = now.keys().last().and_then(|key| kept.get(key.as_str()));
            neighbour = now.copied().or(neighbour);
        }
        let first = head_list.items().next();
        Some(Self { old, first })
    }
}

/// Brings a field back, deprecated from the first of two days and gone on the second.
pub fn repair<'d>(
    (before, after): (&'d Revision<'_>, &'d Revision<'_>),
    comparison: &Comparison,
    change: &Change,
    notice: (Date, Date),
    lists: &Lists<'d>,
) -> Option<Repair> {
    if change.edit.aspect != Aspect::Field {
        return None;
    }
    let base = before.contract()?;
    let pointer = change.edit.place.base()?;
    let (name, list) = parent(pointer)?;
    let list = lists.list((before, after), &comparison.alignment, &list)?;
    let Old { node, neighbour } = *list.old.get(name)?;
    let (old, new) = (before.source.text, after.source.text);
    let gone = Element::of(old, node)?;
    // It goes behind the field that stood before it and is still there, else to the front.
    let place = Element::of(new, neighbour.or(list.first)?)?;
    if place.style != gone.style {
        return None;
    }
    let indent = place.indent();
    let terms = Terms {
        since: notice.0,
        sunset: notice.1,
        replacement: "none",
    };
    let text = match Notice::of(base.format, node, terms, gone.is_json()) {
        Notice::Given => gone.as_it_is(indent)?,
        Notice::Entry(entry) => gone.with_entry(&entry, indent)?,
        Notice::Items(last, entries) => gone.with_items(last, &entries, indent)?,
        Notice::Impossible => return None,
    };
    let (at, text) = match (place.style, neighbour.is_some()) {
        (Style::Block, true) => (place.range.end, on_its_own_line(new, place.range.end, text)),
        (Style::Block, false) => (place.range.start, text),
        (Style::Flow, true) => (place.range.end, format!("{}{text}", place.gap())),
        (Style::Flow, false) => (place.range.start, format!("{text}{}", place.gap())),
    };
    Some(Repair {
        title: format!("bring `{name}` back, deprecated until {}", notice.1),
        range: at..at,
        text,
    })
}

/// The last line of a file may have no end.
fn on_its_own_line(text: &str, at: usize, piece: String) -> String {
    let is_open = text.get(..at).is_some_and(|before| !before.ends_with('\n'));
    if is_open {
        format!("{}{piece}", super::element::line_end(text))
    } else {
        piece
    }
}

/// Splits a pointer into the name of a field and the list that holds it.
fn parent(pointer: &Pointer) -> Option<(&str, Pointer)> {
    let (last, above) = pointer.keys().split_last()?;
    let Key::Name(name) = last else { return None };
    Some((name, above.iter().cloned().collect()))
}

fn named(list: NodeRef<'_>) -> impl Iterator<Item = (&str, NodeRef<'_>)> {
    list.items()
        .filter_map(|item| Some((item.get("name")?.text()?, item)))
}
