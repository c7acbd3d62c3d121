//! A pointer and a document in, the place in the text out.

use crate::formats::{Format, is_called, odcs};
use crate::{Document, Key, NodeRef, Pointer, Span, View};

/// Returns where the part that a pointer names stands.
///
/// The key is preferred to the value, since it says what the value is, and the name of an element
/// to the whole of it. Where the document lacks the part, the nearest part around it is returned;
/// an unreadable document gives its first line.
pub fn locate(document: &Document<'_>, format: Format, pointer: &Pointer) -> Span {
    let top = Span {
        line: 1,
        column: 1,
        ..Span::default()
    };
    document
        .root()
        .map_or(top, |root| from_root(root, format, pointer))
}

/// Returns the part that a pointer names: the value, or the element of a list; nothing where the
/// document lacks it.
pub fn find<'d>(
    document: &'d Document<'d>,
    format: Format,
    pointer: &Pointer,
) -> Option<NodeRef<'d>> {
    let (_, node, is_there) = walk(document.root()?, format, pointer);
    is_there.then_some(node)
}

/// Returns where the part stands, from the outermost node.
pub(crate) fn from_root(root: NodeRef<'_>, format: Format, pointer: &Pointer) -> Span {
    walk(root, format, pointer).0
}

/// Goes down as far as the document follows the pointer: where that is, what stands there, and
/// whether it is all the way.
fn walk<'d>(root: NodeRef<'d>, format: Format, pointer: &Pointer) -> (Span, NodeRef<'d>, bool) {
    let mut span = head(root);
    let mut node = root;
    let mut list = None;
    let mut keys = pointer.keys().iter().peekable();
    while let Some(key) = keys.next() {
        let step = match node.view() {
            View::Mapping(_) => match format {
                Format::Native => node.entry(key.as_str()),
                Format::Odcs => odcs::step(node, key, keys.peek().copied()),
            }
            .map(|(name, value)| (name.span(), value)),
            View::Sequence(mut items) => items
                .find(|item| list.is_some_and(|list| is_called(format, list, *item, key.as_str())))
                .map(|item| {
                    (
                        item.get("name").map_or_else(|| head(item), NodeRef::span),
                        item,
                    )
                }),
            View::Scalar(_) => None,
        };
        let Some((found, inner)) = step else {
            return (span, node, false);
        };
        list = match key {
            Key::Word(word) => Some(*word),
            Key::Name(_) => None,
        };
        span = found;
        node = inner;
    }
    (span, node, true)
}

/// Returns where a node begins: the first key of a mapping, or the node itself.
fn head(node: NodeRef<'_>) -> Span {
    match node.view() {
        View::Mapping(mut entries) => entries.next().map_or(node.span(), |(key, _)| key.span()),
        View::Scalar(_) | View::Sequence(_) => node.span(),
    }
}
