//! A pointer and a document in, the place in the text out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::arena::{Items, NodeId};
use crate::formats::{Format, goes_by_one_name, is_called, name_of, odcs};
use crate::{Document, Key, NodeRef, Pointer, Span, View};

/// So many elements of a list are looked at one by one.
const FEW: usize = 32;

/// The long lists of one document by the names that their elements go by, so that many pointers
/// into a list cost one pass over it, and not one each.
#[derive(Debug, Default)]
pub struct Lists(Mutex<BTreeMap<(NodeId, &'static str), Arc<Names>>>);

/// The first element of each name.
type Names = HashMap<String, NodeId>;

/// What is known of one document says nothing of another.
impl Clone for Lists {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Lists {
    /// Finds the element of a list that goes by a name.
    fn element<'d>(
        &self,
        format: Format,
        (word, items): (&'static str, Items<'d>),
        name: &str,
    ) -> Option<NodeRef<'d>> {
        let mut rest = items;
        let is_it = |item: &NodeRef<'d>| is_called(format, word, *item, name);
        if let Some(found) = rest.by_ref().take(FEW).find(is_it) {
            return Some(found);
        }
        if rest.upcoming().is_some() && goes_by_one_name(format, word) {
            let id = *self.names(format, word, items)?.get(name)?;
            return items.element(id);
        }
        rest.find(is_it)
    }

    fn names(&self, format: Format, word: &'static str, items: Items<'_>) -> Option<Arc<Names>> {
        let key = (items.upcoming()?, word);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = known.get(&key) {
            return Some(Arc::clone(names));
        }
        let (mut names, mut rest) = (Names::new(), items);
        while let Some(id) = rest.upcoming() {
            let item = rest.next()?;
            if let Some(name) = name_of(format, word, item) {
                names.entry(name).or_insert(id);
            }
        }
        let names = Arc::new(names);
        known.insert(key, Arc::clone(&names));
        Some(names)
    }
}

/// Returns where the part that a pointer names stands.
///
/// The key is preferred to the value, since it says what the value is, and the name of an element
/// to the whole of it. Where the document lacks the part, the nearest part around it is returned;
/// an unreadable document gives its first line.
pub fn locate(document: &Document<'_>, format: Format, pointer: &Pointer) -> Span {
    locate_among(document, format, pointer, &Lists::default())
}

/// The same, where more pointers into the same document are to come.
pub fn locate_among(
    document: &Document<'_>,
    format: Format,
    pointer: &Pointer,
    lists: &Lists,
) -> Span {
    let top = Span {
        line: 1,
        column: 1,
        ..Span::default()
    };
    document
        .root()
        .map_or(top, |root| from_root(root, format, pointer, lists))
}

/// Returns the part that a pointer names: the value, or the element of a list; nothing where the
/// document lacks it.
pub fn find<'d>(
    document: &'d Document<'d>,
    format: Format,
    pointer: &Pointer,
) -> Option<NodeRef<'d>> {
    let lists = Lists::default();
    let (_, node, is_there) = walk(document.root()?, format, pointer, &lists);
    is_there.then_some(node)
}

/// Returns where the part stands, from the outermost node.
pub(crate) fn from_root(
    root: NodeRef<'_>,
    format: Format,
    pointer: &Pointer,
    lists: &Lists,
) -> Span {
    walk(root, format, pointer, lists).0
}

/// Goes down as far as the document follows the pointer: where that is, what stands there, and
/// whether it is all the way.
fn walk<'d>(
    root: NodeRef<'d>,
    format: Format,
    pointer: &Pointer,
    lists: &Lists,
) -> (Span, NodeRef<'d>, bool) {
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
            View::Sequence(items) => list
                .and_then(|word| lists.element(format, (word, items), key.as_str()))
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
