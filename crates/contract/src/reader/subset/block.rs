//! Block style: lines and their indentation in, nodes out.

use std::borrow::Cow;

use super::{Column, Done, Reader};
use crate::arena::Span;
use crate::reader::builder::weight_of_text;

impl Reader<'_, '_> {
    /// Reads a block list or mapping whose first byte is looked at.
    pub(super) fn block_collection(&mut self, column: usize) -> Option<Done> {
        if self.is_dash() {
            return self.block_sequence(column);
        }
        let key = self.key()?;
        self.block_mapping(column, key)
    }

    /// Reads what stands on a line of its own, or behind a dash.
    pub(super) fn block_node(&mut self, column: usize, parent: Column) -> Option<Done> {
        match self.peek()? {
            b'|' | b'>' => self.block_text(parent),
            b'{' | b'[' => {
                let done = self.flow(parent)?;
                self.end_line()?;
                self.refuse_continuation(parent)?;
                Some(done)
            }
            _ if self.is_dash() => self.block_sequence(column),
            _ => {
                let text = self.single(false, Some(parent))?;
                if self.peek() == Some(b':') {
                    return self.block_mapping(column, text);
                }
                self.end_text(text, parent)
            }
        }
    }

    pub(super) fn block_mapping(&mut self, column: usize, first: Done) -> Option<Done> {
        let (_, span) = self.document.text(first.id)?;
        let at = Span {
            end: span.start,
            ..span
        };
        let mut filling = self.open(|document, span| document.push_mapping(span), at)?;
        let keys_before = self.keys.len();
        let mut key = first;
        loop {
            self.take_key(keys_before, key)?;
            self.hang(&mut filling, key);
            // The colon, which `key` and `single` have made sure of.
            self.at += 1;
            let value = self.block_value(column)?;
            self.hang(&mut filling, value);
            match self.next_content() {
                Some(next) if next == column => {
                    self.refuse_marker(next)?;
                    key = self.key()?;
                }
                Some(next) if next > column => return None,
                _ => break,
            }
        }
        self.leave_keys(keys_before)?;
        Some(self.close(&filling))
    }

    /// Reads the value behind a key and its colon.
    pub(super) fn block_value(&mut self, column: usize) -> Option<Done> {
        let parent = column as Column;
        let colon = self.at - 1;
        self.skip_spaces();
        if !self.is_at_end_of_line() {
            return match self.peek()? {
                b'|' | b'>' => self.block_text(parent),
                b'{' | b'[' => {
                    let done = self.flow(parent)?;
                    self.end_line()?;
                    self.refuse_continuation(parent)?;
                    Some(done)
                }
                _ => {
                    let text = self.single(false, Some(parent))?;
                    self.end_text(text, parent)
                }
            };
        }
        let colon = self.span_here(colon);
        self.end_line()?;
        let Some(next) = self.next_content() else {
            return self.nothing(colon);
        };
        if next > column {
            return self.block_node(next, parent);
        }
        // A list may stand as far left as the key that it belongs to.
        if next == column && self.is_dash() {
            self.refuse_marker(next)?;
            let item = self.rest().trim_start_matches(['-', ' ']);
            if item.starts_with(['|', '>', '#', '\n']) {
                return None;
            }
            let list = self.block_sequence(next)?;
            // Nothing but the dashes begins such a list, and the general reader passes those over.
            self.document.begin_with_first(list.id);
            return Some(list);
        }
        self.nothing(colon)
    }

    /// Puts down that a key has no value; the general reader sees a `~` at the colon.
    fn nothing(&mut self, colon: Span) -> Option<Done> {
        self.push_text("~", false, colon)
    }

    pub(super) fn block_sequence(&mut self, column: usize) -> Option<Done> {
        let at = self.span_here(self.at);
        let mut filling = self.open(|document, span| document.push_sequence(span), at)?;
        loop {
            // The dash, which whoever calls has seen.
            self.at += 1;
            self.skip_spaces();
            let item = if self.is_at_end_of_line() {
                self.end_line()?;
                let next = self.next_content()?;
                if next <= column {
                    return None;
                }
                self.block_node(next, column as Column)?
            } else {
                self.block_node(self.at - self.line_start, column as Column)?
            };
            self.hang(&mut filling, item);
            match self.next_content() {
                Some(next) if next == column && self.is_dash() => self.refuse_marker(next)?,
                Some(next) if next > column => return None,
                _ => break,
            }
        }
        Some(self.close(&filling))
    }

    /// Reads `|` and `>`: text that keeps its lines, and text whose lines are joined.
    pub(super) fn block_text(&mut self, parent: Column) -> Option<Done> {
        let is_folded = self.peek()? == b'>';
        self.at += 1;
        let chomp = match self.peek()? {
            sign @ (b'-' | b'+') => {
                self.at += 1;
                Some(sign)
            }
            _ => None,
        };
        if !self.is_at_end_of_line() && self.peek() != Some(b' ') {
            return None;
        }
        self.end_line()?;
        let indent = self.indent_of_text(parent)?;
        let mut span = None;
        let mut text = String::new();
        // Line ends that count only once more text follows.
        let mut breaks = 0;
        let mut has_text = false;
        let end = loop {
            let line = self.line_here();
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            if spaces == line.len() {
                if self.at == self.bytes.len() {
                    break self.at;
                }
                // Spaces right of the indentation would be text.
                if spaces > indent {
                    return None;
                }
                breaks += 1;
                self.at += line.len() + 1;
                self.new_line();
                continue;
            }
            if spaces < indent {
                if spaces as Column > parent {
                    return None;
                }
                // The general reader has looked for more text up to here.
                break self.at + spaces;
            }
            let content = line.get(indent..)?;
            span.get_or_insert_with(|| self.span_here(self.at + indent));
            if is_folded && content.starts_with(' ') {
                return None;
            }
            let joins = is_folded && has_text;
            match breaks {
                0 => {}
                1 if joins => text.push(' '),
                _ => (usize::from(joins)..breaks).for_each(|_| text.push('\n')),
            }
            text.push_str(content);
            has_text = true;
            breaks = 1;
            self.at += line.len() + 1;
            self.new_line();
        };
        match chomp {
            None => text.push('\n'),
            Some(b'+') => (0..breaks).for_each(|_| text.push('\n')),
            _ => {}
        }
        // Whether the last line end is there decides what the text is.
        if end == self.bytes.len() && !self.text.ends_with('\n') {
            return None;
        }
        let mut span = span?;
        span.end = u32::try_from(end).ok()?;
        self.spend(weight_of_text(&text))?;
        let id = self.document.push_scalar(Cow::Owned(text), true, span);
        Some(Done { id, end: span.end })
    }

    /// Returns how far the first line of a block of text is indented.
    pub(super) fn indent_of_text(&self, parent: Column) -> Option<usize> {
        let mut longest_blank = 0;
        for line in self.text.get(self.at..)?.split('\n') {
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            if spaces == line.len() {
                longest_blank = longest_blank.max(spaces);
                continue;
            }
            return (spaces as Column > parent && spaces > 0 && longest_blank <= spaces)
                .then_some(spaces);
        }
        None
    }
}
