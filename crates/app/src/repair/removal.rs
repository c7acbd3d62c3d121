//! A field that was removed without notice in, the same field with a notice out.

use jiff::civil::Date;
use meshlaw_contract::{Key, NodeRef, Pointer, locate};
use meshlaw_diff::{Aspect, Change, Comparison};

use super::Repair;
use super::element::{Element, Style};
use super::notice::{Notice, Terms};
use crate::revision::Revision;

/// Brings a field back, deprecated from the first of two days and gone on the second.
pub fn repair(
    before: &Revision<'_>,
    after: &Revision<'_>,
    comparison: &Comparison,
    change: &Change,
    notice: (Date, Date),
) -> Option<Repair> {
    if change.edit.aspect != Aspect::Field {
        return None;
    }
    let (base, head) = before.contract().zip(after.contract())?;
    let pointer = change.edit.place.base()?;
    let (name, list) = parent(pointer)?;
    let base_list = locate::find(&before.parsed.document, base.format, &list)?;
    let head_list = comparison.alignment.to_head(&list);
    let head_list = locate::find(&after.parsed.document, head.format, &head_list)?;
    let (old, new) = (before.source.text, after.source.text);
    let gone = Element::of(old, called(base_list, name)?)?;
    // It goes behind the field that stood before it and is still there, else to the front.
    let stays = |own: &str| {
        let at = comparison.alignment.to_head(&list.name(own));
        called(head_list, at.keys().last()?.as_str())
    };
    let earlier = names(base_list).take_while(|own| *own != name);
    let neighbour = earlier.filter_map(stays).last();
    let place = match neighbour {
        Some(node) => Element::of(new, node)?,
        None => Element::of(new, head_list.items().next()?)?,
    };
    if place.style != gone.style {
        return None;
    }
    let node = called(base_list, name)?;
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

fn names(list: NodeRef<'_>) -> impl Iterator<Item = &str> {
    list.items().filter_map(|item| item.get("name")?.text())
}

fn called<'d>(list: NodeRef<'d>, name: &str) -> Option<NodeRef<'d>> {
    list.items()
        .find(|item| item.get("name").and_then(NodeRef::text) == Some(name))
}
