//! Document nodes in, typed values and problems out; knows no particular format.
//!
//! A format states its keys once, in [`Keys`] tables: the word, what is expected, what it means
//! and where it goes. Reading, spelling suggestions and the documentation all come from them.

mod keys;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

pub use keys::{KeySpec, Keys};
pub(crate) use values::good_text;
pub use values::to_value;

use crate::problem::{Problems, quoted};
use crate::{Gravity, Key, NodeRef, Pointer, Problem, ProblemId, Span, View, nearest};

/// The way down through a document: where we are, and what was wrong so far.
#[derive(Debug, Default)]
pub struct Lowering<'d> {
    path: Vec<Step<'d>>,
    /// Some names of one list may be alike.
    has_alike: bool,
    problems: Problems,
    opaque: BTreeSet<Pointer>,
}

/// Deeper than most contracts nest.
const DEEP: usize = 16;

/// A step that borrows its name, since most parts of most contracts have no problem.
#[derive(Debug, Clone, Copy)]
enum Step<'d> {
    Word(&'static str),
    Name(&'d str),
    /// An element of a list, which has no place in a pointer.
    Element,
}

impl<'d> Lowering<'d> {
    /// Starts at the top of a document.
    pub fn new() -> Self {
        Self {
            path: Vec::with_capacity(DEEP),
            ..Self::default()
        }
    }

    /// Returns what was wrong, and which parts were not understood.
    pub fn finish(self) -> (Vec<Problem>, BTreeSet<Pointer>) {
        (self.problems.into_vec(), self.opaque)
    }

    /// Notes that some names of one list may be alike.
    pub(crate) fn note_alike(&mut self) {
        self.has_alike = true;
    }

    /// Tells whether names of one list may be alike, of those lists that are looked at for it.
    pub(crate) fn may_have_alike(&self) -> bool {
        self.has_alike
    }

    /// Returns the part that is being read.
    pub fn pointer(&self) -> Pointer {
        self.path.iter().filter_map(|step| step.to_key()).collect()
    }

    /// Tells whether a key of the part that is being read was not understood.
    pub fn is_opaque(&self, word: &'static str) -> bool {
        !self.opaque.is_empty() && self.opaque.contains(&self.pointer().word(word))
    }

    /// Tells whether the part that is being read, or anything inside it, was not understood.
    pub fn is_opaque_inside(&self) -> bool {
        let here = self.pointer();
        let from_here = (Bound::Included(here.keys()), Bound::Unbounded);
        let mut opaque = self.opaque.range::<[Key], _>(from_here);
        opaque.next().is_some_and(|opaque| here.contains(opaque))
    }

    /// Reads a part one word deeper.
    pub fn within<T>(&mut self, word: &'static str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Word(word), read)
    }

    /// Reads a part one name deeper.
    pub fn named<T>(&mut self, name: &'d str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Name(name), read)
    }

    /// Reads a part whose name is known only once it is read.
    ///
    /// What was wrong inside it stands below that name or, where it has none, at the list.
    pub fn named_afterwards<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> T,
        name: impl FnOnce(&T) -> Option<String>,
    ) -> T {
        let said_before = self.problems.len();
        let opaque_before = std::mem::take(&mut self.opaque);
        let value = read(self);
        if self.problems.len() == said_before && self.opaque.is_empty() {
            self.opaque = opaque_before;
            return value;
        }
        let (list, name) = (self.pointer(), name(&value));
        let below_name = |pointer: &Pointer| match &name {
            Some(name) => pointer.insert(list.keys().len(), Key::Name(name.clone())),
            None => list.clone(),
        };
        for problem in self.problems.since(said_before) {
            problem.pointer = below_name(&problem.pointer);
        }
        let opaque_inside = std::mem::replace(&mut self.opaque, opaque_before);
        self.opaque.extend(opaque_inside.iter().map(below_name));
        value
    }

    fn step<T>(&mut self, step: Step<'d>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let value = read(self);
        self.path.pop();
        value
    }

    /// Reads a mapping by its table; says so and returns false where the node is none.
    pub fn mapping<T>(&mut self, node: NodeRef<'d>, keys: &Keys<T>, into: &mut T) -> bool {
        let View::Mapping(entries) = node.view() else {
            let known: Vec<_> = keys.entries.iter().map(|spec| spec.key).collect();
            let help = format!(
                "write `key: value` pairs; its keys are {}",
                quoted_list(&known)
            );
            self.mismatch(node, "a mapping", help);
            return false;
        };
        let mut unknown = Vec::new();
        for (key, value) in entries {
            let standing = key.standing();
            let Some(word) = standing.or_else(|| Some(key.scalar()?.text)) else {
                continue;
            };
            match keys.find(word) {
                Some(spec) => self.within(spec.key, |low| (spec.set)(into, value, low)),
                None => unknown.push((key, word)),
            }
        }
        if !unknown.is_empty() {
            let known: Vec<_> = keys.entries.iter().map(|spec| spec.key).collect();
            self.unknown_keys(node, keys.noun, &known, &unknown);
        }
        true
    }

    /// Reads a mapping into a fresh draft; says so where the node is none.
    pub fn draft<T: Default>(&mut self, node: NodeRef<'d>, keys: &Keys<T>) -> Option<T> {
        let mut draft = T::default();
        self.mapping(node, keys, &mut draft).then_some(draft)
    }

    /// Reads a mapping of free keys; values that are not understood are left out.
    pub fn free_map<T>(
        &mut self,
        node: NodeRef<'d>,
        mut read: impl FnMut(&mut Self, NodeRef<'d>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let View::Mapping(entries) = node.view() else {
            self.wrong_type(node, "a mapping");
            return BTreeMap::new();
        };
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            let View::Scalar(name) = key.view() else {
                continue;
            };
            if let Some(value) = self.named(name.text, |low| read(low, value)) {
                map.insert(name.text.to_owned(), value);
            }
        }
        map
    }

    /// Reads a list; elements that are not understood are left out.
    ///
    /// A problem with an element makes the whole list opaque, unless the element is read under a
    /// name of its own.
    pub fn list<T>(
        &mut self,
        node: NodeRef<'d>,
        mut read: impl FnMut(&mut Self, NodeRef<'d>) -> Option<T>,
    ) -> Vec<T> {
        let mut all = Vec::with_capacity(node.items().count());
        self.each(node, |low, item| all.extend(read(low, item)));
        all
    }

    /// Looks at each element of a list.
    pub fn each(&mut self, node: NodeRef<'d>, mut look: impl FnMut(&mut Self, NodeRef<'d>)) {
        let View::Sequence(items) = node.view() else {
            let help = match node.scalar() {
                Some(scalar) if !scalar.is_null() => {
                    format!("write a list: {}", quoted(&format!("[{}]", scalar.text)))
                }
                _ => "write a list, each element behind a `- ` of its own".to_owned(),
            };
            return self.mismatch(node, "a list", help);
        };
        for item in items {
            self.step(Step::Element, |low| look(low, item));
        }
    }

    /// Says that a key must be there, unless what stands in its place was complained about; the
    /// part is then opaque.
    #[inline]
    pub fn require(&mut self, is_there: bool, node: NodeRef<'d>, key: &'static str, noun: &str) {
        if !is_there {
            self.lacks(node, key, noun);
        }
    }

    #[cold]
    fn lacks(&mut self, node: NodeRef<'d>, key: &'static str, noun: &str) {
        if node.get(key).is_some() || self.is_opaque(key) {
            return;
        }
        let message = format!("this {noun} lacks `{key}`");
        let help = format!("add `{key}:`");
        // The place is what lacks the key; the part is the key, so that two that are missing are
        // told apart.
        self.within(key, |low| {
            low.bad(ProblemId::MissingKey, head_of(node), message, help)
        });
    }

    /// Says that a value is of another type than expected; the part is then opaque.
    pub fn wrong_type(&mut self, node: NodeRef<'d>, expected: &str) {
        let is_nothing = node.scalar().is_some_and(crate::Scalar::is_null);
        let or_nothing = if is_nothing {
            ", or remove the key"
        } else {
            ""
        };
        self.mismatch(node, expected, format!("write {expected}{or_nothing}"));
    }

    /// Says that a value is of another type than expected, and what to do about it.
    pub fn mismatch(&mut self, node: NodeRef<'d>, expected: &str, help: String) {
        let message = format!(
            "{} must be {expected}, but is {}",
            self.subject(),
            found(node)
        );
        self.bad(ProblemId::WrongType, node.span(), message, help);
    }

    /// Says that a part is not understood; it is then opaque.
    pub fn bad(&mut self, id: ProblemId, span: Span, message: String, help: String) {
        self.make_opaque();
        self.say(id, span, message, help);
    }

    /// Says that a part is understood but cannot hold.
    pub fn contradiction(&mut self, id: ProblemId, span: Span, message: String, help: String) {
        self.say(id, span, message, help);
    }

    /// Says that a part is likely meant otherwise.
    pub fn doubt(&mut self, id: ProblemId, span: Span, message: String, help: String) {
        let problem = Problem {
            gravity: Gravity::Doubt,
            ..self.fault(id, span, message, help)
        };
        self.problems.push(problem);
    }

    /// Keeps a part from being compared, without saying more.
    pub fn make_opaque(&mut self) {
        self.opaque.insert(self.pointer());
    }

    /// Returns the known word that was likely meant.
    ///
    /// Nothing is suggested once nothing more will be said, since looking costs time.
    pub fn suggest<'k>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<&'k str> {
        if self.problems.is_full() {
            None
        } else {
            nearest(word, known)
        }
    }

    /// Returns which parts were not understood so far.
    pub(crate) fn opaque(&self) -> &BTreeSet<Pointer> {
        &self.opaque
    }

    /// Says which keys are not part of a mapping; what each was likely meant to be is opaque.
    pub(crate) fn unknown_keys(
        &mut self,
        node: NodeRef<'d>,
        noun: &str,
        known: &[&'static str],
        unknown: &[(NodeRef<'d>, &'d str)],
    ) {
        let absent = known.iter().copied();
        let absent: Vec<_> = absent.filter(|known| node.get(known).is_none()).collect();
        for (key, word) in unknown {
            if self.problems.is_full() {
                // Which key was meant is not looked for any more, so it could be any.
                self.make_opaque();
                self.problems.leave_out(Gravity::Fault);
                continue;
            }
            let near = nearest(word, known.iter().copied());
            let meant = near.filter(|near| absent.contains(near));
            let help = match near {
                Some(near) if meant.is_some() => {
                    // What the misspelt key was meant to say is not known, so it is not compared.
                    self.within(near, Self::make_opaque);
                    format!("did you mean `{near}`?")
                }
                Some(near) => format!("remove it; `{near}` is there already"),
                None => {
                    format!("remove it; known are {}", quoted_list(known))
                }
            };
            let message = format!("{} is not a key of a {}", quoted(word), noun);
            let span = key.span();
            self.named(word, |low| {
                low.say(ProblemId::UnknownKey, span, message, help);
                if let Some(meant) = meant {
                    low.problems.offer(meant);
                }
            });
        }
    }

    fn say(&mut self, id: ProblemId, span: Span, message: String, help: String) {
        let problem = self.fault(id, span, message, help);
        self.problems.push(problem);
    }

    fn fault(&self, id: ProblemId, span: Span, message: String, help: String) -> Problem {
        Problem {
            id,
            gravity: Gravity::Fault,
            pointer: self.pointer(),
            span,
            message,
            help: Some(help),
            replacement: None,
            related: Vec::new(),
        }
    }

    /// Names the part that is being read, for people.
    fn subject(&self) -> String {
        let name = self.path.iter().rev().find_map(|step| match step {
            Step::Word(word) => Some(format!("`{word}`")),
            Step::Name(name) => Some(quoted(name)),
            Step::Element => None,
        });
        match (name, self.path.last()) {
            (Some(name), Some(Step::Element)) => format!("each element of {name}"),
            (Some(name), _) => name,
            (None, _) => "the document".to_owned(),
        }
    }
}

impl Step<'_> {
    fn to_key(self) -> Option<Key> {
        match self {
            Step::Word(word) => Some(Key::Word(word)),
            Step::Name(name) => Some(Key::Name(name.to_owned())),
            Step::Element => None,
        }
    }
}

/// Writes words as a list for people.
pub fn quoted_list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Says what a node is, with its text where it is a single value.
fn found(node: NodeRef<'_>) -> String {
    let noun = node.noun();
    match node.scalar() {
        Some(scalar) if !scalar.is_null() => {
            let noun = noun.strip_prefix("a ").unwrap_or(noun);
            format!("the {noun} {}", quoted(scalar.text))
        }
        _ => noun.to_owned(),
    }
}

/// Returns where a mapping begins: its first key reads better than the whole of it.
fn head_of(node: NodeRef<'_>) -> Span {
    match node.view() {
        View::Mapping(mut entries) => entries.next().map_or(node.span(), |(key, _)| key.span()),
        _ => node.span(),
    }
}
