//! The formats of contracts and their companions, one folder each.

use crate::model::{Consumer, Contract, Term, Waiver};
use crate::{Limits, NodeRef, Parsed, Problem, read};

pub mod consumer;
pub mod native;
pub mod odcs;
pub mod term;
pub mod waiver;

use odcs::Words;

/// The formats that contracts are written in, sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// meshlaw's own.
    Native,
    /// The Open Data Contract Standard, from v3.0.
    Odcs,
}

impl Format {
    /// Tells in which format a document is written: by the name of its file, else by what only the
    /// standard has at the top.
    pub fn detect(path: &str, root: NodeRef<'_>) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_named = name.contains(".odcs.");
        let is_standard = || root.get("apiVersion").is_some() || root.get("kind").is_some();
        if is_named || is_standard() {
            Format::Odcs
        } else {
            Format::Native
        }
    }
}

/// Reads the contracts of a file, one a document, each in the format that it is written in.
///
/// `words` are those of the organisation, where a format leaves them free.
pub fn read_contracts<'t>(
    text: &'t str,
    path: &str,
    limits: &Limits,
    words: &Words,
) -> Vec<Parsed<'t, Contract>> {
    parse_documents(text, limits, |root| match Format::detect(path, root) {
        Format::Native => native::lower(root),
        Format::Odcs => odcs::lower(root, words),
    })
}

/// Reads the contracts of a file, one a document.
pub fn parse_contracts<'t>(
    text: &'t str,
    format: Format,
    limits: &Limits,
) -> Vec<Parsed<'t, Contract>> {
    match format {
        Format::Native => parse_documents(text, limits, native::lower),
        Format::Odcs => {
            let words = Words::default();
            parse_documents(text, limits, |root| odcs::lower(root, &words))
        }
    }
}

/// Reads the consumers of a file, one a document.
pub fn parse_consumers<'t>(text: &'t str, limits: &Limits) -> Vec<Parsed<'t, Consumer>> {
    parse_documents(text, limits, consumer::lower)
}

/// Reads the terms of a file, one a document.
pub fn parse_terms<'t>(text: &'t str, limits: &Limits) -> Vec<Parsed<'t, Term>> {
    parse_documents(text, limits, term::lower)
}

/// Reads the waivers of a file, one a document.
pub fn parse_waivers<'t>(text: &'t str, limits: &Limits) -> Vec<Parsed<'t, Waiver>> {
    parse_documents(text, limits, waiver::lower)
}

/// What a format makes of the outermost node of a document.
pub type Lowered<T> = (Option<T>, Vec<Problem>);

/// Reads the documents of a file, each from its outermost node.
///
/// Problems come in document order, and each keeps to one line.
pub fn parse_documents<'t, T>(
    text: &'t str,
    limits: &Limits,
    lower: impl for<'d> Fn(NodeRef<'d>) -> Lowered<T>,
) -> Vec<Parsed<'t, T>> {
    let documents = read(text, limits).into_iter();
    documents
        .map(|(document, mut problems)| {
            let (value, found) = document.root().map_or((None, Vec::new()), &lower);
            problems.extend(found);
            problems.sort_by_key(|problem| problem.span.start);
            problems
                .iter_mut()
                .for_each(|problem| problem.cut_to_line(text));
            Parsed {
                document,
                value,
                problems,
            }
        })
        .collect()
}

/// Tells whether an element of a list goes by a name, for looking up pointers.
pub(crate) fn is_called(format: Format, list: &str, element: NodeRef<'_>, name: &str) -> bool {
    match (list, format) {
        ("uses", _) => consumer::identity(element).as_deref() == Some(name),
        (_, Format::Native) => native::is_called(list, element, name),
        (_, Format::Odcs) => odcs::is_called(list, element, name),
    }
}

/// Tells whether each element of a list goes by one name at most, which [`name_of`] knows.
pub(crate) fn goes_by_one_name(format: Format, list: &str) -> bool {
    format == Format::Native || list != "quality"
}

/// Returns the name that an element of a list goes by.
pub(crate) fn name_of(format: Format, list: &str, element: NodeRef<'_>) -> Option<String> {
    match (list, format) {
        ("uses", _) => consumer::identity(element),
        (_, Format::Native) => native::name_of(list, element),
        (_, Format::Odcs) => odcs::name_of(list, element),
    }
}
