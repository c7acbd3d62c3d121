//! Nodes in reading order in, one arena document and its problems out; knows no syntax.
//!
//! Text comes from strangers, so everything is counted: depth, and nodes with aliases expanded.
//! An alias is a node that refers to another, never a copy, and weighs as much as what it stands
//! for; so a bomb of aliases costs nothing to refuse.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::problem;
use crate::arena::{Document, Limits, NodeId, Span, View};
use crate::problem::{Problems, quoted};
use crate::{Problem, ProblemId};

/// The documents of a file while they are built, one after the other.
pub(super) struct Builder<'t, 'l> {
    limits: &'l Limits,
    text: &'t str,
    document: Document<'t>,
    problems: Problems,
    is_unreadable: bool,
    open: Vec<Open<'t>>,
    anchors: BTreeMap<usize, Anchor>,
    /// Of the whole file, so that many documents cost no more than one.
    weight: usize,
}

/// A document is given up at once; nothing more of it is worth reading.
#[derive(Debug)]
pub(super) struct Refused;

/// A list or mapping whose end has not come yet.
struct Open<'t> {
    id: NodeId,
    last: Option<NodeId>,
    anchor: usize,
    weight_before: usize,
    keys: Option<Keys<'t>>,
}

/// The keys of an open mapping, and whether the next node is one.
struct Keys<'t> {
    expects_key: bool,
    seen: Seen<'t>,
}

/// Most mappings are small: a hash is worth its cost only above a few keys.
enum Seen<'t> {
    Few(Vec<(Cow<'t, str>, Span)>),
    Many(HashMap<Cow<'t, str>, Span>),
}

#[derive(Clone, Copy)]
enum Anchor {
    /// The node is not finished: an alias here would contain itself.
    Open,
    Closed {
        id: NodeId,
        weight: usize,
    },
}

/// A text weighs one for each so many bytes, and one for itself.
const BYTES_OF_WEIGHT: usize = 64;

const MOST_WITHOUT_HASH: usize = 16;

/// Returns what a single value weighs.
pub(super) fn weight_of_text(text: &str) -> usize {
    1 + text.len() / BYTES_OF_WEIGHT
}

impl<'t, 'l> Builder<'t, 'l> {
    pub(super) fn new(text: &'t str, limits: &'l Limits) -> Self {
        Self {
            limits,
            text,
            document: Document::with_room(text, 0),
            problems: Problems::default(),
            is_unreadable: false,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            weight: 0,
        }
    }

    /// Hands out the document that was built, without a root if it is unreadable.
    pub(super) fn finish(&mut self) -> (Document<'t>, Vec<Problem>) {
        let next = Document::with_room(self.text, 0);
        let document = std::mem::replace(&mut self.document, next);
        let problems = std::mem::take(&mut self.problems).into_vec();
        let is_unreadable = std::mem::take(&mut self.is_unreadable);
        self.open.clear();
        self.anchors.clear();
        (
            if is_unreadable {
                Document::default()
            } else {
                document
            },
            problems,
        )
    }

    /// Gives the document up.
    pub(super) fn refuse(&mut self, problem: Problem) -> Refused {
        self.unreadable(problem);
        Refused
    }

    /// Notes what makes the document unreadable, but is no reason to stop looking.
    fn unreadable(&mut self, problem: Problem) {
        self.is_unreadable = true;
        self.problems.push(problem);
    }

    /// Notes what makes only a part of the document unclear.
    pub(super) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'t, str>,
        quoted: bool,
        anchor: usize,
        span: Span,
    ) -> Result<(), Refused> {
        let weight = weight_of_text(&text);
        self.spend(weight, span)?;
        let id = self.document.push_scalar(&text, quoted, span);
        self.check_key(text, quoted, span);
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Closed { id, weight });
        }
        self.place(id);
        Ok(())
    }

    pub(super) fn begin_sequence(&mut self, anchor: usize, span: Span) -> Result<(), Refused> {
        let id = self.document.open_sequence(span);
        self.begin(id, anchor, None, span)
    }

    pub(super) fn begin_mapping(&mut self, anchor: usize, span: Span) -> Result<(), Refused> {
        let id = self.document.open_mapping(span);
        let keys = Keys {
            expects_key: true,
            seen: Seen::Few(Vec::new()),
        };
        self.begin(id, anchor, Some(keys), span)
    }

    /// Closes the innermost list or mapping.
    ///
    /// In block style no character ends it, so it ends with its last element: what follows may be
    /// comments and blank lines, which belong to nobody.
    pub(super) fn end(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let last = open.last.and_then(|last| self.document.node(last));
        let end = match last {
            _ if span.end > span.start => span.end,
            Some(last) => last.span().end,
            None => span.start,
        };
        self.document.close(open.id, end);
        if open.anchor != 0 {
            let weight = self.weight - open.weight_before;
            self.anchors.insert(
                open.anchor,
                Anchor::Closed {
                    id: open.id,
                    weight,
                },
            );
        }
        self.place(open.id);
    }

    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Refused> {
        let Some(Anchor::Closed { id, weight }) = self.anchors.get(&anchor).copied() else {
            let message = "this alias stands for something that contains it".to_owned();
            let help = "write the value out";
            return Err(self.refuse(problem(ProblemId::UnsupportedYaml, span, message, help)));
        };
        self.spend(weight, span)?;
        let key = match self.document.node(id).map(|node| node.view()) {
            Some(View::Scalar(scalar)) => Some((Cow::Owned(scalar.text.to_owned()), scalar.quoted)),
            _ => None,
        };
        match key {
            Some((text, quoted)) => self.check_key(text, quoted, span),
            None => self.refuse_key_collection(span),
        }
        let id = self.document.push_alias(id, span);
        self.place(id);
        Ok(())
    }

    fn begin(
        &mut self,
        id: NodeId,
        anchor: usize,
        keys: Option<Keys<'t>>,
        span: Span,
    ) -> Result<(), Refused> {
        let weight_before = self.weight;
        self.spend(1, span)?;
        if self.open.len() >= self.limits.depth {
            return Err(self.refuse(too_deep(span, self.limits)));
        }
        self.refuse_key_collection(span);
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        self.open.push(Open {
            id,
            last: None,
            anchor,
            weight_before,
            keys,
        });
        Ok(())
    }

    /// Hangs a finished node into the open list or mapping, or makes it the root.
    fn place(&mut self, id: NodeId) {
        let Some(open) = self.open.last_mut() else {
            self.document.set_root(id);
            return;
        };
        open.last = Some(id);
        if let Some(keys) = &mut open.keys {
            keys.expects_key = !keys.expects_key;
        }
    }

    /// Refuses a key that stands twice, and YAML 1.1's merge key.
    fn check_key(&mut self, text: Cow<'t, str>, is_quoted: bool, span: Span) {
        let Some(seen) = self.open.last_mut().and_then(Open::keys_before_a_key) else {
            return;
        };
        let found = if let Some(first) = seen.find(&text) {
            let message = format!("the key {} stands twice in this mapping", quoted(&text));
            let help = "keep one of the two";
            let mut found = problem(ProblemId::DuplicateKey, span, message, help);
            found.related.push((first, "the first one".to_owned()));
            found
        } else if text == "<<" && !is_quoted {
            let message = "merge keys (`<<`) are not read".to_owned();
            let help = "write the keys out, or use an alias for a whole value";
            problem(ProblemId::UnsupportedYaml, span, message, help)
        } else {
            seen.insert(text, span);
            return;
        };
        self.unreadable(found);
    }

    fn refuse_key_collection(&mut self, span: Span) {
        if self
            .open
            .last_mut()
            .and_then(Open::keys_before_a_key)
            .is_some()
        {
            let message = "a list or mapping cannot be a key".to_owned();
            let help = "write the key as text, in quotes if it holds brackets";
            self.unreadable(problem(ProblemId::UnsupportedYaml, span, message, help));
        }
    }

    fn spend(&mut self, weight: usize, span: Span) -> Result<(), Refused> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight <= self.limits.nodes {
            return Ok(());
        }
        let message = format!(
            "this file holds more than {} values once its aliases are written out",
            self.limits.nodes
        );
        let help = "split the file, or repeat less through aliases";
        Err(self.refuse(problem(ProblemId::BudgetExceeded, span, message, help)))
    }
}

/// Says that lists and mappings nest too deep.
pub(super) fn too_deep(span: Span, limits: &Limits) -> Problem {
    let message = format!(
        "lists and mappings nest deeper than {} levels here",
        limits.depth
    );
    let help = "flatten the structure; an unclosed bracket can be the cause";
    problem(ProblemId::BudgetExceeded, span, message, help)
}

impl<'t> Open<'t> {
    /// Returns the keys so far of a mapping whose next node is a key.
    fn keys_before_a_key(&mut self) -> Option<&mut Seen<'t>> {
        match &mut self.keys {
            Some(Keys {
                expects_key: true,
                seen,
            }) => Some(seen),
            _ => None,
        }
    }
}

impl<'t> Seen<'t> {
    /// Returns where a key stood before.
    fn find(&self, key: &str) -> Option<Span> {
        match self {
            Seen::Few(keys) => keys
                .iter()
                .find(|(seen, _)| seen == key)
                .map(|(_, span)| *span),
            Seen::Many(keys) => keys.get(key).copied(),
        }
    }

    fn insert(&mut self, key: Cow<'t, str>, span: Span) {
        match self {
            Seen::Few(keys) if keys.len() < MOST_WITHOUT_HASH => keys.push((key, span)),
            Seen::Few(keys) => {
                let mut many: HashMap<_, _> = std::mem::take(keys).into_iter().collect();
                many.insert(key, span);
                *self = Seen::Many(many);
            }
            Seen::Many(keys) => {
                keys.insert(key, span);
            }
        }
    }
}
