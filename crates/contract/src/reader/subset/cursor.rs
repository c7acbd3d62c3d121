//! Where the reader stands: bytes, lines and columns.

use super::{Column, Reader};
use crate::arena::Span;

impl<'t> Reader<'t, '_> {
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    #[inline(always)]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Returns where the line ends that a byte stands on.
    #[inline(always)]
    pub(super) fn end_of_line(&self, from: usize) -> Option<usize> {
        let mut end = self.signs.next(from)?;
        while self.byte(end).is_some_and(|byte| byte != b'\n') {
            end = self.signs.next(end + 1)?;
        }
        Some(end)
    }

    /// Tells whether a list's dash is looked at.
    #[inline(always)]
    pub(super) fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && matches!(self.byte(self.at + 1), Some(b' ' | b'\n'))
    }

    #[inline(always)]
    pub(super) fn is_at_end_of_line(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'#') => self.is_comment(),
            Some(_) => false,
        }
    }

    /// Tells whether a `#` that is looked at begins a comment.
    pub(super) fn is_comment(&self) -> bool {
        self.at == self.line_start || self.byte(self.at - 1) == Some(b' ')
    }

    #[inline(always)]
    pub(super) fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Returns how many spaces stand from a byte on; looks at eight at a time.
    #[inline(always)]
    pub(super) fn indentation(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(eight) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            let others = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
            if others != 0 {
                return at - from + others.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        at - from
    }

    /// Passes over the rest of a line that holds no more than spaces and a comment.
    #[inline(always)]
    pub(super) fn end_line(&mut self) -> Option<()> {
        if self.peek() == Some(b'\n') {
            self.at += 1;
            self.new_line();
            return Some(());
        }
        self.end_longer_line()
    }

    #[inline(never)]
    fn end_longer_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if !self.is_at_end_of_line() {
            return None;
        }
        self.at = self.end_of_line(self.at)? + 1;
        self.new_line();
        Some(())
    }

    #[inline(always)]
    pub(super) fn new_line(&mut self) {
        self.at = self.at.min(self.bytes.len());
        self.line += 1;
        self.line_start = self.at;
    }

    /// Goes to the next text that is no comment, and returns its column.
    #[inline(always)]
    pub(super) fn next_content(&mut self) -> Option<usize> {
        if self.at == self.line_start {
            self.at += self.indentation(self.at);
        }
        match self.peek()? {
            b' ' | b'\n' | b'#' => self.later_content(),
            _ => Some(self.at - self.line_start),
        }
    }

    #[inline(never)]
    fn later_content(&mut self) -> Option<usize> {
        loop {
            self.skip_spaces();
            match self.peek()? {
                b'\n' => {
                    self.at += 1;
                    self.new_line();
                }
                b'#' if self.is_at_end_of_line() => self.end_longer_line()?,
                _ => return Some(self.at - self.line_start),
            }
        }
    }

    /// Returns the column of the text that is looked at.
    #[inline(always)]
    pub(super) fn column_here(&self) -> Option<usize> {
        (self.at < self.bytes.len()).then(|| self.at - self.line_start)
    }

    /// Leaves document markers and directives to the general reader.
    #[inline(always)]
    pub(super) fn refuse_marker(&self, column: usize) -> Option<()> {
        let is_marker = column == 0
            && match self.peek() {
                Some(b'%') => true,
                Some(b'-') => self.rest().starts_with("---"),
                Some(b'.') => self.rest().starts_with("..."),
                _ => false,
            };
        (!is_marker).then_some(())
    }

    /// Leaves a value that goes on in the next line to the general reader.
    pub(super) fn refuse_continuation(&mut self, parent: Column) -> Option<()> {
        match self.next_content() {
            Some(column) if column as Column > parent => None,
            _ => Some(()),
        }
    }

    /// Returns the span from a byte of the line that is looked at to another.
    ///
    /// Its column counts bytes; where they are no characters, that is mended at the end.
    #[inline(always)]
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        // No longer text comes here.
        Span {
            start: start as u32,
            end: end as u32,
            line: self.line,
            column: (start - self.line_start) as u32 + 1,
        }
    }
}
