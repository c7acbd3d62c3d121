//! Parsed documents as an arena of spanned nodes; knows neither YAML nor contracts.
//!
//! This is the boundary behind which readers of text can be exchanged: whatever fills the arena,
//! the lowering sees the same nodes.

use std::borrow::Cow;
use std::num::NonZeroU32;

use crate::Number;

/// Where a piece of text stands. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line of the first byte; 0 only in [`Span::default`], which stands for no place.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
}

/// What a reader is willing to spend on one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest text, in bytes.
    pub bytes: usize,
    /// Deepest nesting of lists and mappings.
    pub depth: usize,
    /// Most nodes, with every alias counted as what it stands for.
    pub nodes: usize,
    /// Whether the reader of what people commonly write goes first, which changes no result.
    pub shortcuts: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 64,
            nodes: 400_000,
            shortcuts: true,
        }
    }
}

/// One document: an arena of nodes that borrow from the text.
#[derive(Debug, Clone, Default)]
pub struct Document<'t> {
    nodes: Vec<Node<'t>>,
    /// Texts that do not stand in the document as they are.
    made: Vec<Box<str>>,
    root: Option<NodeId>,
}

/// Position in the arena, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(NonZeroU32);

impl NodeId {
    fn nth(index: usize) -> Self {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        Self(NonZeroU32::MIN.saturating_add(index))
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Plain numbers, since thousands are written for each file, and let go without a look.
#[derive(Debug, Clone, Copy)]
struct Node<'t> {
    kind: Kind,
    /// Of a single value that stands in the document as it is.
    text: &'t str,
    span: Span,
    /// First element, or first key; what an alias stands for.
    first: Option<NodeId>,
    next: Option<NodeId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar {
        quoted: bool,
    },
    /// A single value whose text is the so-maniest that was made.
    Made {
        text: u32,
        quoted: bool,
    },
    Sequence,
    /// Keys and values in turn.
    Mapping,
    /// Stands for another node; never for one that contains it.
    Alias,
}

impl<'t> Document<'t> {
    /// Makes a document with room for so many nodes.
    pub(crate) fn with_room(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes),
            made: Vec::new(),
            root: None,
        }
    }

    /// Returns the outermost node; an empty document has none.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.node(self.root?)
    }

    pub(crate) fn set_root(&mut self, root: NodeId) {
        self.root = Some(root);
    }

    pub(crate) fn push_scalar(&mut self, text: Cow<'t, str>, quoted: bool, span: Span) -> NodeId {
        match text {
            Cow::Borrowed(text) => self.push_text(text, quoted, span),
            Cow::Owned(text) => {
                let made = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
                self.made.push(text.into_boxed_str());
                self.push(Kind::Made { text: made, quoted }, "", span, None)
            }
        }
    }

    /// Adds a single value that stands in the document as it is.
    #[inline]
    pub(crate) fn push_text(&mut self, text: &'t str, quoted: bool, span: Span) -> NodeId {
        self.push(Kind::Scalar { quoted }, text, span, None)
    }

    pub(crate) fn push_sequence(&mut self, span: Span) -> NodeId {
        self.push(Kind::Sequence, "", span, None)
    }

    pub(crate) fn push_mapping(&mut self, span: Span) -> NodeId {
        self.push(Kind::Mapping, "", span, None)
    }

    pub(crate) fn push_alias(&mut self, target: NodeId, span: Span) -> NodeId {
        self.push(Kind::Alias, "", span, Some(target))
    }

    /// Returns the text of a single value that stands in the document as it is, and where.
    pub(crate) fn text(&self, id: NodeId) -> Option<(&'t str, Span)> {
        let node = self.nodes.get(id.index())?;
        matches!(node.kind, Kind::Scalar { .. }).then_some((node.text, node.span))
    }

    /// Returns the text of a value without quotes that stands in the document as it is.
    pub(crate) fn plain_text(&self, id: NodeId) -> Option<&'t str> {
        let node = self.nodes.get(id.index())?;
        (node.kind == Kind::Scalar { quoted: false }).then_some(node.text)
    }

    /// Lets a value without quotes go on in further lines.
    pub(crate) fn lengthen(&mut self, id: NodeId, whole: String, end: u32) {
        let text = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.nodes.get_mut(id.index()) {
            let quoted = false;
            node.kind = Kind::Made { text, quoted };
            node.text = "";
            node.span.end = end;
            self.made.push(whole.into_boxed_str());
        }
    }

    /// Hangs `child` into `parent`, behind `previous` where there is one.
    pub(crate) fn link(&mut self, parent: NodeId, previous: Option<NodeId>, child: NodeId) {
        if let Some(node) = self.nodes.get_mut(previous.unwrap_or(parent).index()) {
            match previous {
                Some(_) => node.next = Some(child),
                None => node.first = Some(child),
            }
        }
    }

    pub(crate) fn close(&mut self, id: NodeId, end: u32) {
        if let Some(node) = self.nodes.get_mut(id.index()) {
            node.span.end = end.max(node.span.start);
        }
    }

    /// Lets a list begin where its first element does.
    pub(crate) fn begin_with_first(&mut self, id: NodeId) {
        let list = self.nodes.get(id.index());
        let Some(first) = list.and_then(|list| list.first) else {
            return;
        };
        let Some(at) = self.nodes.get(first.index()).map(|node| node.span) else {
            return;
        };
        if let Some(node) = self.nodes.get_mut(id.index()) {
            node.span = Span {
                end: node.span.end,
                ..at
            };
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<NodeRef<'_>> {
        let node = self.nodes.get(id.index())?;
        Some(NodeRef {
            document: self,
            node,
        })
    }

    #[inline]
    fn push(&mut self, kind: Kind, text: &'t str, span: Span, first: Option<NodeId>) -> NodeId {
        let id = NodeId::nth(self.nodes.len());
        self.nodes.push(Node {
            kind,
            text,
            span,
            first,
            next: None,
        });
        id
    }
}

/// A node of a document.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'d> {
    document: &'d Document<'d>,
    node: &'d Node<'d>,
}

/// What a node is, with aliases followed.
#[derive(Debug, Clone, Copy)]
pub enum View<'d> {
    /// A single value.
    Scalar(Scalar<'d>),
    /// A list.
    Sequence(Items<'d>),
    /// A mapping.
    Mapping(Entries<'d>),
}

/// A single value: its text, and whether it was written in quotes or as a block of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scalar<'d> {
    /// The text, with escapes resolved.
    pub text: &'d str,
    /// Quoted text is never a number, a truth value or nothing.
    pub quoted: bool,
}

impl<'d> Scalar<'d> {
    /// Returns the number that the value is.
    pub fn to_number(self) -> Option<Number> {
        if self.quoted {
            None
        } else {
            Number::parse(self.text)
        }
    }

    /// Returns the text that the value is: no null, truth value or number.
    pub fn to_text(self) -> Option<&'d str> {
        let is_text = self.quoted
            || begins_text(self.text)
            || !(self.is_null() || self.to_bool().is_some() || self.to_number().is_some());
        is_text.then_some(self.text)
    }
}

/// Tells from the first letter that a value is no null, truth value or number, as most are not.
fn begins_text(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|first| {
        first.is_ascii_alphabetic() && !matches!(first, b'n' | b'N' | b't' | b'T' | b'f' | b'F')
    })
}

impl Scalar<'_> {
    /// Tells whether the value is YAML's null.
    pub fn is_null(self) -> bool {
        !self.quoted && matches!(self.text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// Returns the truth value, by the core schema of YAML 1.2: `yes` and `no` are text.
    pub fn to_bool(self) -> Option<bool> {
        match self.text {
            _ if self.quoted => None,
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }
}

impl<'d> NodeRef<'d> {
    /// Returns what the node is.
    pub fn view(self) -> View<'d> {
        let (document, first) = (self.document, self.node.first);
        let items = Items {
            document,
            next: first,
        };
        match self.node.kind {
            Kind::Scalar { quoted } => View::Scalar(Scalar {
                text: self.node.text,
                quoted,
            }),
            Kind::Made { text, quoted } => {
                let text = document.made.get(text as usize);
                let text = text.map_or("", |text| &**text);
                View::Scalar(Scalar { text, quoted })
            }
            Kind::Sequence => View::Sequence(items),
            Kind::Mapping => View::Mapping(Entries(items)),
            Kind::Alias => match first.and_then(|target| document.node(target)) {
                Some(node) => node.view(),
                None => View::Scalar(Scalar {
                    text: "",
                    quoted: false,
                }),
            },
        }
    }

    /// Returns where the node stands; for an alias, where the alias stands.
    pub fn span(self) -> Span {
        self.node.span
    }

    /// Returns the node as a single value.
    pub fn scalar(self) -> Option<Scalar<'d>> {
        match self.view() {
            View::Scalar(scalar) => Some(scalar),
            View::Sequence(_) | View::Mapping(_) => None,
        }
    }

    /// Returns the text of a single value that is not null.
    pub fn text(self) -> Option<&'d str> {
        self.scalar()
            .filter(|scalar| !scalar.is_null())
            .map(|scalar| scalar.text)
    }

    /// Returns the value under a key of a mapping.
    pub fn get(self, key: &str) -> Option<NodeRef<'d>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the key and value nodes of an entry of a mapping.
    pub fn entry(self, key: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
        let View::Mapping(mut entries) = self.view() else {
            return None;
        };
        entries.find(|(name, _)| name.scalar().is_some_and(|name| name.text == key))
    }

    /// Returns the elements of a list; anything else has none.
    pub fn items(self) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
        let items = match self.view() {
            View::Sequence(items) => Some(items),
            View::Mapping(_) | View::Scalar(_) => None,
        };
        items.into_iter().flatten()
    }

    /// Names what the node is, for people.
    pub fn noun(self) -> &'static str {
        match self.view() {
            View::Sequence(_) => "a list",
            View::Mapping(_) => "a mapping",
            View::Scalar(scalar) if scalar.to_text().is_some() => "a text",
            View::Scalar(scalar) if scalar.is_null() => "nothing",
            View::Scalar(scalar) if scalar.to_bool().is_some() => "a boolean",
            View::Scalar(_) => "a number",
        }
    }
}

/// The elements of a list.
#[derive(Debug, Clone, Copy)]
pub struct Items<'d> {
    document: &'d Document<'d>,
    next: Option<NodeId>,
}

impl<'d> Items<'d> {
    /// The id of the element that comes next; of a list, it tells it from all others.
    pub(crate) fn upcoming(&self) -> Option<NodeId> {
        self.next
    }

    /// The element of an id.
    pub(crate) fn element(&self, id: NodeId) -> Option<NodeRef<'d>> {
        self.document.node(id)
    }
}

impl<'d> Iterator for Items<'d> {
    type Item = NodeRef<'d>;

    fn next(&mut self) -> Option<NodeRef<'d>> {
        let node = self.document.node(self.next?)?;
        self.next = node.node.next;
        Some(node)
    }
}

/// The keys and values of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'d>(Items<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = (NodeRef<'d>, NodeRef<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}
