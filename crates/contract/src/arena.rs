//! Parsed documents as an arena of spanned nodes; knows neither YAML nor contracts.
//!
//! This is the boundary behind which readers of text can be exchanged: whatever fills the arena,
//! the lowering sees the same nodes.

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

/// One document: an arena of nodes that refer to the text.
///
/// Nodes stand in reading order, each list or mapping before what it holds. So a node says no more
/// than where the next one stands that is not inside of it.
#[derive(Debug, Clone, Default)]
pub struct Document<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    /// Texts that do not stand in the document as they are, one behind the other.
    made: String,
    /// Where each of them ends.
    made_ends: Vec<u32>,
    root: Option<NodeId>,
}

/// Position in the arena, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(NonZeroU32);

impl NodeId {
    fn nth(index: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index))
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Plain numbers, since thousands are written for each file, and let go without a look.
#[derive(Debug, Clone, Copy)]
struct Node {
    span: Span,
    kind: Kind,
    /// The next node that is not inside of this one.
    after: u32,
}

/// What a node is, and where its text or its elements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A single value that stands in the document as it is.
    Plain,
    /// The same between quotes.
    Quoted,
    /// A value that is left out, which counts as `~`.
    Nothing,
    /// A single value whose text is the so-maniest that was made.
    Made { text: u32, quoted: bool },
    /// A list, and the node that follows it, which may be its first element.
    Sequence { first: u32 },
    /// Keys and values in turn.
    Mapping { first: u32 },
    /// Stands for another node; never for one that contains it.
    Alias(NodeId),
}

impl<'t> Document<'t> {
    /// Makes a document of a text with room for so many nodes.
    pub(crate) fn with_room(text: &'t str, nodes: usize) -> Self {
        Self {
            text,
            nodes: Vec::with_capacity(nodes),
            ..Self::default()
        }
    }

    /// Returns the outermost node; an empty document has none.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.node(self.root?)
    }

    pub(crate) fn set_root(&mut self, root: NodeId) {
        self.root = Some(root);
    }

    /// Makes the node that was added first the outermost one.
    pub(crate) fn root_is_first(&mut self) {
        self.root = Some(NodeId::nth(0));
    }

    /// Adds a single value.
    pub(crate) fn push_scalar(&mut self, text: &str, quoted: bool, span: Span) -> NodeId {
        let kind = if quoted { Kind::Quoted } else { Kind::Plain };
        let kind = match self.standing(kind, span) {
            Some(standing) if standing == text => kind,
            _ if text == "~" && !quoted && span.start == span.end => Kind::Nothing,
            _ => {
                self.making().push_str(text);
                self.made(quoted)
            }
        };
        self.push_single(kind, span)
    }

    /// Adds a single value of a kind that has been found out.
    #[inline(always)]
    pub(crate) fn push_single(&mut self, kind: Kind, span: Span) -> NodeId {
        let id = self.index();
        let after = id + 1;
        self.nodes.push(Node { span, kind, after });
        NodeId::nth(id)
    }

    /// Takes back the value that was added last.
    pub(crate) fn take_back(&mut self) {
        self.nodes.pop();
    }

    pub(crate) fn push_alias(&mut self, target: NodeId, span: Span) -> NodeId {
        self.push_single(Kind::Alias(target), span)
    }

    /// Adds a list, which holds all that is added until it is closed.
    #[inline(always)]
    pub(crate) fn open_sequence(&mut self, span: Span) -> NodeId {
        let first = self.index() + 1;
        self.push_single(Kind::Sequence { first }, span)
    }

    /// Adds a mapping, which holds all that is added until it is closed.
    #[inline(always)]
    pub(crate) fn open_mapping(&mut self, span: Span) -> NodeId {
        let first = self.index() + 1;
        self.push_single(Kind::Mapping { first }, span)
    }

    /// Ends a list or mapping.
    #[inline(always)]
    pub(crate) fn close(&mut self, id: NodeId, end: u32) {
        let after = self.index();
        if let Some(node) = self.nodes.get_mut(id.index()) {
            node.span.end = end.max(node.span.start);
            node.after = after;
        }
    }

    /// Lets a list begin where its first element does.
    pub(crate) fn begin_with_first(&mut self, id: NodeId) {
        let first = self.nodes.get(id.index() + 1).map(|first| first.span);
        if let (Some(at), Some(node)) = (first, self.nodes.get_mut(id.index())) {
            let end = node.span.end;
            node.span = Span { end, ..at };
        }
    }

    /// Makes this the document of another text, in which each byte stands somewhere else.
    pub(crate) fn moved<'u>(self, text: &'u str, place: impl Fn(usize) -> usize) -> Document<'u> {
        let Self {
            mut nodes,
            made,
            made_ends,
            root,
            ..
        } = self;
        for Node { span, .. } in &mut nodes {
            span.start = small(place(span.start as usize));
            span.end = small(place(span.end as usize));
        }
        Document {
            text,
            nodes,
            made,
            made_ends,
            root,
        }
    }

    /// Lets columns that count bytes count characters.
    pub(crate) fn count_characters(&mut self) {
        let (mut line_start, mut at, mut count) = (0, 0, 0);
        for Node { span, .. } in &mut self.nodes {
            let start = span.start as usize;
            let begin = (start + 1).saturating_sub(span.column as usize);
            // A line can be as long as a text, so that each is counted once.
            if begin != line_start || start < at {
                (line_start, at, count) = (begin, begin, 0);
            }
            let bytes = self.text.as_bytes().get(at..start).unwrap_or_default();
            let is_first = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
            count += bytes.iter().filter(is_first).count();
            at = start;
            span.column = small(count) + 1;
        }
    }

    /// The end of the texts that were made, to which another may be added.
    pub(crate) fn making(&mut self) -> &mut String {
        &mut self.made
    }

    /// Ends a text that was added there.
    pub(crate) fn made(&mut self, quoted: bool) -> Kind {
        let text = small(self.made_ends.len());
        self.made_ends.push(small(self.made.len()));
        Kind::Made { text, quoted }
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<NodeRef<'_>> {
        let node = self.nodes.get(id.index())?;
        Some(NodeRef {
            document: self,
            node,
        })
    }

    /// Returns every node in reading order.
    pub(crate) fn all(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.nodes.iter().map(|node| NodeRef {
            document: self,
            node,
        })
    }

    /// Returns the keys so far of a mapping whose values so far are closed.
    pub(crate) fn keys(&self, mapping: NodeId) -> impl Iterator<Item = NodeRef<'_>> {
        let entries = Entries(Items {
            document: self,
            next: small(mapping.index() + 1),
            end: self.index(),
        });
        entries.map(|(key, _)| key)
    }

    /// The node that is added next.
    pub(crate) fn upcoming(&self) -> NodeId {
        NodeId::nth(self.index())
    }

    /// The index of the node that is added next.
    #[inline(always)]
    fn index(&self) -> u32 {
        small(self.nodes.len())
    }

    /// Returns the text of a single value that stands in the document as it is.
    #[inline]
    fn standing(&self, kind: Kind, span: Span) -> Option<&'t str> {
        let quote = match kind {
            Kind::Plain => 0,
            Kind::Quoted => 1,
            _ => return None,
        };
        let (start, end) = (span.start as usize, span.end as usize);
        self.text.get(start + quote..end.saturating_sub(quote))
    }

    fn made_text(&self, nth: u32) -> Option<&str> {
        let nth = nth as usize;
        let end = *self.made_ends.get(nth)?;
        let start = match nth {
            0 => 0,
            _ => *self.made_ends.get(nth - 1)?,
        };
        self.made.get(start as usize..end as usize)
    }
}

/// No text is longer than what a span can hold, and hardly one has as many nodes as bytes.
#[inline(always)]
fn small(number: usize) -> u32 {
    number as u32
}

/// A node of a document.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'d> {
    document: &'d Document<'d>,
    node: &'d Node,
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
#[inline]
pub(crate) fn begins_text(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|first| {
        // No null or truth value is longer than `false`.
        let may_be_none = matches!(first, b'n' | b'N' | b't' | b'T' | b'f' | b'F');
        first.is_ascii_alphabetic() && (text.len() > "false".len() || !may_be_none)
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
    #[inline]
    pub fn view(self) -> View<'d> {
        let items = |first| Items {
            document: self.document,
            next: first,
            end: self.node.after,
        };
        match self.node.kind {
            Kind::Sequence { first } => View::Sequence(items(first)),
            Kind::Mapping { first } => View::Mapping(Entries(items(first))),
            Kind::Alias(_) => self.target().map_or(View::Scalar(NONE), Self::view),
            _ => View::Scalar(self.single()),
        }
    }

    /// Returns where the node stands; for an alias, where the alias stands.
    pub fn span(self) -> Span {
        self.node.span
    }

    /// Tells whether the node is this text.
    pub(crate) fn is_text(self, text: &str) -> bool {
        let standing = self.standing();
        let own = standing.or_else(|| Some(self.scalar()?.text));
        own == Some(text)
    }

    /// Returns the node as a single value.
    #[inline]
    pub fn scalar(self) -> Option<Scalar<'d>> {
        match self.node.kind {
            Kind::Sequence { .. } | Kind::Mapping { .. } => None,
            Kind::Alias(_) => self.target().map_or(Some(NONE), Self::scalar),
            _ => Some(self.single()),
        }
    }

    /// Returns the text of a single value that stands in the document as it is, as most do.
    #[inline]
    pub(crate) fn standing(self) -> Option<&'d str> {
        self.document.standing(self.node.kind, self.node.span)
    }

    /// Returns the text of a node that is no list, mapping or alias.
    #[inline]
    fn single(self) -> Scalar<'d> {
        let Node { kind, span, .. } = *self.node;
        let quoted = match kind {
            Kind::Plain => false,
            Kind::Quoted => true,
            _ => return self.absent(),
        };
        let text = self.document.standing(kind, span).unwrap_or_default();
        Scalar { text, quoted }
    }

    /// The same of one whose text does not stand in the document.
    #[inline(never)]
    fn absent(self) -> Scalar<'d> {
        match self.node.kind {
            Kind::Made { text, quoted } => {
                let text = self.document.made_text(text).unwrap_or_default();
                Scalar { text, quoted }
            }
            Kind::Nothing => Scalar {
                text: "~",
                quoted: false,
            },
            _ => NONE,
        }
    }

    /// Returns what an alias stands for.
    #[inline(never)]
    fn target(self) -> Option<NodeRef<'d>> {
        match self.node.kind {
            Kind::Alias(target) => self.document.node(target),
            _ => None,
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
        entries.find(|(name, _)| name.is_text(key))
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

/// What an alias is that stands for nothing.
const NONE: Scalar<'_> = Scalar {
    text: "",
    quoted: false,
};

/// The elements of a list.
#[derive(Debug, Clone, Copy)]
pub struct Items<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Items<'d> {
    /// The id of the element that comes next; of a list, it tells it from all others.
    pub(crate) fn upcoming(&self) -> Option<NodeId> {
        (self.next < self.end).then(|| NodeId::nth(self.next))
    }

    /// The element of an id.
    pub(crate) fn element(&self, id: NodeId) -> Option<NodeRef<'d>> {
        self.document.node(id)
    }
}

impl<'d> Iterator for Items<'d> {
    type Item = NodeRef<'d>;

    #[inline]
    fn next(&mut self) -> Option<NodeRef<'d>> {
        if self.next >= self.end {
            return None;
        }
        let document = self.document;
        let node = document.nodes.get(self.next as usize)?;
        self.next = node.after;
        Some(NodeRef { document, node })
    }
}

/// The keys and values of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'d>(Items<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = (NodeRef<'d>, NodeRef<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}
