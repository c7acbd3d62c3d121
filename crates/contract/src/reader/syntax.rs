//! What the parser stumbled over in, a sentence and a way out; knows no contract.

use granit_parser::{ErrorKind, ScanError};

use super::builder::too_deep;
use super::problem;
use crate::arena::{Limits, Span};
use crate::{Problem, ProblemId};

/// Explains why a text is not YAML.
pub(super) fn explain(error: &ScanError, text: &str, at: Span, limits: &Limits) -> Problem {
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(at, limits);
    }
    // A conflict is why everything near it fails, wherever the parser stumbles.
    if let Some(marker) = conflict(text) {
        let message = "a merge conflict was left in this file".to_owned();
        return problem(ProblemId::Syntax, marker, message, "resolve the conflict");
    }
    let (message, help) = words(error.kind());
    problem(ProblemId::Syntax, at, message, help)
}

fn conflict(text: &str) -> Option<Span> {
    let mut start = 0;
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        if content.starts_with("<<<<<<< ") || content.starts_with(">>>>>>> ") {
            let end = u32::try_from(start + content.trim_end().len()).ok()?;
            return Some(Span {
                start: u32::try_from(start).ok()?,
                end,
                line,
                column: 1,
            });
        }
        start += content.len();
    }
    None
}

/// The errors that people make have words of their own; the rest keep the parser's.
fn words(kind: &ErrorKind) -> (String, &'static str) {
    let (message, help) = match kind {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart => ("a tab indents this line", "indent with spaces"),
        ErrorKind::UnclosedQuotedScalar => (
            "this quote is never closed",
            "close the quote, or remove it",
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            return (
                format!("this `{open}` is never closed"),
                "close the bracket",
            );
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => (
            "a comma or a closing bracket is missing here",
            "add it, or put the text in quotes",
        ),
        ErrorKind::MappingValueNotAllowed => (
            "a colon cannot stand here",
            "put a text that holds a colon in quotes, or check the indentation of the lines above",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
            "this line is indented unlike those around it",
            "align the keys of one mapping in one column",
        ),
        ErrorKind::ExpectedBlockSequenceEntry => (
            "a list element is missing its `-`",
            "begin each element with `- `, all in one column",
        ),
        ErrorKind::BlockEntryInFlowCollection => (
            "a list element cannot begin with `-` inside brackets",
            "close the bracket above it, or separate the elements with commas",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "a key is missing its colon",
            "write `key: value`, and put long texts in quotes",
        ),
        ErrorKind::UnknownAnchor => (
            "this alias stands for nothing",
            "define the anchor above it, or put a text that begins with `*` in quotes",
        ),
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            let code = u32::from(*character);
            let message = format!("the control character U+{code:04X} cannot stand here");
            return (
                message,
                "remove it, or write it as an escape in double quotes",
            );
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let message = format!("a value cannot begin with `{character}`");
            return (message, "put the value in quotes");
        }
        other => {
            let message = format!("this is not YAML: {other}");
            return (
                message,
                "look at the indentation, quotes and brackets just before this place",
            );
        }
    };
    (message.to_owned(), help)
}
