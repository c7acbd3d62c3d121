//! Parsed documents as an arena of spanned nodes; knows neither YAML nor contracts.
//!
//! This is the boundary behind which readers of text can be exchanged: whatever fills the arena,
//! the lowering sees the same nodes.

use std::borrow::Cow;

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
    root: Option<NodeId>,
}

/// Position in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

#[derive(Debug, Clone)]
struct Node<'t> {
    content: Content<'t>,
    span: Span,
    next: Option<NodeId>,
}

#[derive(Debug, Clone)]
enum Content<'t> {
    Scalar {
        text: Cow<'t, str>,
        quoted: bool,
    },
    Sequence {
        first: Option<NodeId>,
    },
    /// Keys and values in turn.
    Mapping {
        first: Option<NodeId>,
    },
    /// Stands for another node; never for one that contains it.
    Alias(NodeId),
}

impl<'t> Document<'t> {
    /// Makes a document with room for so many nodes.
    pub(crate) fn with_room(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes),
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
        self.push(Content::Scalar { text, quoted }, span)
    }

    pub(crate) fn push_sequence(&mut self, span: Span) -> NodeId {
        self.push(Content::Sequence { first: None }, span)
    }

    pub(crate) fn push_mapping(&mut self, span: Span) -> NodeId {
        self.push(Content::Mapping { first: None }, span)
    }

    pub(crate) fn push_alias(&mut self, target: NodeId, span: Span) -> NodeId {
        self.push(Content::Alias(target), span)
    }

    /// Hangs `child` into `parent`, behind `previous` where there is one.
    pub(crate) fn link(&mut self, parent: NodeId, previous: Option<NodeId>, child: NodeId) {
        match previous {
            Some(previous) => {
                if let Some(node) = self.nodes.get_mut(previous.0 as usize) {
                    node.next = Some(child);
                }
            }
            None => {
                if let Some(Node {
                    content: Content::Sequence { first } | Content::Mapping { first },
                    ..
                }) = self.nodes.get_mut(parent.0 as usize)
                {
                    *first = Some(child);
                }
            }
        }
    }

    pub(crate) fn close(&mut self, id: NodeId, end: u32) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.span.end = end.max(node.span.start);
        }
    }

    /// Lets a list begin where its first element does.
    pub(crate) fn begin_with_first(&mut self, id: NodeId) {
        let Some(Node {
            content: Content::Sequence { first: Some(first) },
            ..
        }) = self.nodes.get(id.0 as usize)
        else {
            return;
        };
        let Some(at) = self.nodes.get(first.0 as usize).map(|node| node.span) else {
            return;
        };
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.span = Span {
                end: node.span.end,
                ..at
            };
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<NodeRef<'_>> {
        let node = self.nodes.get(id.0 as usize)?;
        Some(NodeRef {
            document: self,
            node,
        })
    }

    fn push(&mut self, content: Content<'t>, span: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            content,
            span,
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
            || !(self.is_null() || self.to_bool().is_some() || self.to_number().is_some());
        is_text.then_some(self.text)
    }
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
        match &self.node.content {
            Content::Scalar { text, quoted } => View::Scalar(Scalar {
                text: text.as_ref(),
                quoted: *quoted,
            }),
            Content::Sequence { first } => View::Sequence(Items {
                document: self.document,
                next: *first,
            }),
            Content::Mapping { first } => View::Mapping(Entries(Items {
                document: self.document,
                next: *first,
            })),
            Content::Alias(target) => match self.document.node(*target) {
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
