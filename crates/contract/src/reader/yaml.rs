//! YAML text in, arena documents and problems out; the only module that knows the parser.

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, Tag};

use super::builder::{Builder, Refused};
use super::{problem, syntax};
use crate::arena::{Document, Limits, Span};
use crate::problem::quoted;
use crate::{Problem, ProblemId};

/// A file is a handful of documents; thousands of empty ones are an attack.
const MAX_DOCUMENTS: usize = 1_000;

pub(super) fn documents<'t>(text: &'t str, limits: &Limits) -> Vec<(Document<'t>, Vec<Problem>)> {
    let mut reader = Reader {
        text,
        builder: Builder::new(text, limits),
    };
    let mut parser = Parser::new_from_str_with_options(text, options(limits));
    let mut documents = Vec::new();
    while let Some(event) = parser.next_event() {
        let is_refused = match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((Event::DocumentEnd, _)) => {
                documents.push(reader.builder.finish());
                continue;
            }
            Ok((Event::DocumentStart(..), span)) if documents.len() == MAX_DOCUMENTS => {
                let message = format!("this file holds more than {MAX_DOCUMENTS} documents");
                let (help, span) = ("split the file", reader.span(span));
                let found = problem(ProblemId::BudgetExceeded, span, message, help);
                documents.push((Document::default(), vec![found]));
                break;
            }
            Ok((event, span)) => reader.event(event, span).is_err(),
            Err(error) => {
                let at = reader.span(granit_parser::Span::empty(*error.marker()));
                let found = syntax::explain(&error, text, at, limits);
                reader.builder.refuse(found);
                true
            }
        };
        if is_refused {
            documents.push(reader.builder.finish());
            if !matches!(parser.proceed_next_document(), Ok(true)) {
                break;
            }
        }
    }
    documents
}

struct Reader<'t, 'l> {
    text: &'t str,
    builder: Builder<'t, 'l>,
}

impl<'t> Reader<'t, '_> {
    fn event(&mut self, event: Event<'t>, span: granit_parser::Span) -> Result<(), Refused> {
        let span = self.span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || self.is_text(tag.as_deref(), span);
                self.builder.scalar(text, quoted, anchor, span)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.is_text(tag.as_deref(), span);
                self.builder.begin_sequence(anchor, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.is_text(tag.as_deref(), span);
                self.builder.begin_mapping(anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.builder.end(span);
                Ok(())
            }
            Event::Alias(anchor) => self.builder.alias(anchor, span),
            _ => Ok(()),
        }
    }

    /// Tells whether the tag makes a plain scalar a text; says so when a tag means nothing here.
    fn is_text(&mut self, tag: Option<&Tag>, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        let is_core = tag.handle() == "tag:yaml.org,2002:";
        match tag.suffix() {
            "str" if is_core => true,
            "map" | "seq" | "int" | "float" | "bool" | "null" if is_core => false,
            suffix => {
                let message = format!("the tag {} means nothing in a contract", quoted(suffix));
                let found = problem(ProblemId::UnsupportedYaml, span, message, "remove the tag");
                self.builder.note(found);
                false
            }
        }
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let byte = |marker: &Marker| {
            // The end of the text is the nearest that we know where the parser knows nothing.
            number(marker.byte_offset().unwrap_or(self.text.len()))
        };
        let start = byte(&span.start);
        Span {
            start,
            end: byte(&span.end).max(start),
            line: number(span.start.line().max(1)),
            column: number(span.start.col() + 1),
        }
    }
}

/// The parser's own limits lie just above ours, so that ours speak first where they can.
fn options(limits: &Limits) -> Options {
    let mut options = Options::default();
    options.emit_comments = false;
    options.flow_nesting_limit = limits.depth + 1;
    options.block_nesting_limit = limits.depth + 1;
    options
}
