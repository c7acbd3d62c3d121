//! Where the reader stands: bytes, lines and columns.

use super::{Column, Reader};
use crate::arena::Span;

impl<'t> Reader<'t, '_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Returns what is left of the line.
    pub(super) fn line_here(&self) -> &'t str {
        let rest = self.rest();
        let end = memchr::memchr(b'\n', rest.as_bytes());
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    /// Tells whether a list's dash is looked at.
    pub(super) fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\n'))
    }

    pub(super) fn is_at_end_of_line(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'#') => self.at == self.line_start || self.bytes.get(self.at - 1) == Some(&b' '),
            Some(_) => false,
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Passes over the rest of a line that holds no more than spaces and a comment.
    pub(super) fn end_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if !self.is_at_end_of_line() {
            return None;
        }
        self.at += self.line_here().len() + 1;
        self.new_line();
        Some(())
    }

    pub(super) fn new_line(&mut self) {
        self.at = self.at.min(self.bytes.len());
        self.line += 1;
        self.line_start = self.at;
    }

    /// Goes to the next text that is no comment, and returns its column.
    pub(super) fn next_content(&mut self) -> Option<usize> {
        loop {
            self.skip_spaces();
            match self.peek()? {
                b'\n' => {
                    self.at += 1;
                    self.new_line();
                }
                b'#' if self.is_at_end_of_line() => self.end_line()?,
                _ => return Some(self.at - self.line_start),
            }
        }
    }

    /// Leaves document markers and directives to the general reader.
    pub(super) fn refuse_marker(&self, column: usize) -> Option<()> {
        let is_marker = column == 0
            && ["---", "...", "%"]
                .iter()
                .any(|one| self.rest().starts_with(one));
        (!is_marker).then_some(())
    }

    /// Leaves a value that goes on in the next line to the general reader.
    pub(super) fn refuse_continuation(&mut self, parent: Column) -> Option<()> {
        match self.next_content() {
            Some(column) if column as Column > parent => None,
            _ => Some(()),
        }
    }

    /// Returns an empty span at a byte of the line that is looked at.
    pub(super) fn span_here(&self, start: usize) -> Span {
        let column = if self.is_ascii {
            start - self.line_start
        } else {
            let before = self.text.get(self.line_start..start);
            before.unwrap_or_default().chars().count()
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Span {
            start: number(start),
            end: number(start),
            line: self.line,
            column: number(column + 1),
        }
    }
}
