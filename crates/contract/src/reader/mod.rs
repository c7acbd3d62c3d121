//! Text in, arena documents and problems out; knows nothing of contracts.
//!
//! JSON comes through the same door, since it is YAML too. What reads the text can be exchanged
//! behind [`read`]; everything after it sees only the arena.

mod builder;
mod subset;
mod syntax;
mod yaml;

use crate::arena::{Document, Limits, Span};
use crate::{Gravity, Pointer, Problem, ProblemId};

/// Reads the documents of a file.
///
/// Every document comes with the problems that make it, or a part of it, unreadable; a document
/// that could not be read to its end has no root. A byte order mark at the start is passed over.
pub fn read<'t>(text: &'t str, limits: &Limits) -> Vec<(Document<'t>, Vec<Problem>)> {
    if text.len() > limits.bytes.min(u32::MAX as usize) {
        return refused(
            ProblemId::BudgetExceeded,
            format!(
                "this file has {} bytes, more than the {} allowed",
                text.len(),
                limits.bytes
            ),
            "split the file, or raise `limits.bytes` in the settings",
        );
    }
    if limits.shortcuts
        && let Some(document) = subset::document(text, limits)
    {
        return vec![(document, Vec::new())];
    }
    let documents = yaml::documents(text, limits);
    if documents.is_empty() {
        let message = "this file holds no document".to_owned();
        return refused(
            ProblemId::NoDocument,
            message,
            "write one, or delete the file",
        );
    }
    documents
}

fn refused<'t>(id: ProblemId, message: String, help: &str) -> Vec<(Document<'t>, Vec<Problem>)> {
    let top = Span {
        line: 1,
        column: 1,
        ..Span::default()
    };
    vec![(Document::default(), vec![problem(id, top, message, help)])]
}

fn problem(id: ProblemId, span: Span, message: String, help: &str) -> Problem {
    Problem {
        id,
        gravity: Gravity::Fault,
        pointer: Pointer::root(),
        span,
        message,
        help: Some(help.to_owned()),
        replacement: None,
        related: Vec::new(),
    }
}
