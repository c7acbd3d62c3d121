//! Block style: lines and their indentation in, nodes out.
//!
//! Whatever reads a node here goes on to the text that follows in another line.

use super::keys::Keys;
use super::{Column, Reader, Single};
use crate::arena::{Document, Kind, Span};

impl Reader<'_, '_> {
    /// Reads a block list or mapping whose first byte is looked at.
    pub(super) fn block_collection(&mut self, column: usize) -> Option<u32> {
        if self.is_dash() {
            return self.block_sequence(column);
        }
        let key = self.key()?;
        self.block_mapping(column, key)
    }

    /// Reads what stands on a line of its own, or behind a dash.
    fn block_node(&mut self, column: usize, parent: Column) -> Option<u32> {
        match self.peek()? {
            b'|' | b'>' => self.block_text(parent),
            b'{' | b'[' => self.flow_on_a_line(parent),
            _ if self.is_dash() => self.block_sequence(column),
            next => {
                let single = self.block_single(next, Some(parent))?;
                if self.peek() == Some(b':') {
                    return self.block_mapping(column, single);
                }
                self.end_single(single, parent)
            }
        }
    }

    fn flow_on_a_line(&mut self, parent: Column) -> Option<u32> {
        let end = self.flow(parent)?;
        self.end_line()?;
        self.refuse_continuation(parent)?;
        Some(end)
    }

    fn block_mapping(&mut self, column: usize, first: Single) -> Option<u32> {
        let at = Span {
            end: first.span.start,
            ..first.span
        };
        let mapping = self.open(Document::open_mapping, at)?;
        let mut keys = Keys::of(mapping);
        self.add_key(&mut keys, first)?;
        let end = loop {
            // The colon, which `block_key` and `block_single` have made sure of.
            self.at += 1;
            let end = self.block_value(column)?;
            match self.column_here() {
                Some(next) if next == column => {
                    self.refuse_marker(next)?;
                    self.block_key(&mut keys)?;
                }
                Some(next) if next > column => return None,
                _ => break end,
            }
        };
        self.refuse_twice_of_many(&keys)?;
        Some(self.close(mapping, end))
    }

    /// Reads the key of a block mapping, up to its colon.
    #[inline(always)]
    fn block_key(&mut self, keys: &mut Keys) -> Option<()> {
        let (start, next) = (self.at, self.peek()?);
        if self.is_plain_in_block(next) {
            let stop = self.signs.next(start + 1)?;
            if let [b':', b' ' | b'\n', ..] = *self.bytes.get(stop..)?
                && self.byte(stop - 1) != Some(b' ')
            {
                self.take_key(keys, start, stop)?;
                self.add_plain(start, stop);
                self.at = stop;
                return Some(());
            }
        }
        let key = self.key()?;
        self.add_key(keys, key)
    }

    /// Reads a key of any kind that can stand on one line.
    #[inline(never)]
    fn key(&mut self) -> Option<Single> {
        let key = self.block_single(self.peek()?, None)?;
        (self.peek() == Some(b':')).then_some(key)
    }

    /// Reads the value behind a key and its colon.
    #[inline(always)]
    fn block_value(&mut self, column: usize) -> Option<u32> {
        let parent = column as Column;
        let colon = self.at - 1;
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        let mut next = self.peek().unwrap_or(b'\n');
        if next == b' ' {
            self.skip_spaces();
            next = self.peek().unwrap_or(b'\n');
        }
        match next {
            b'\n' | b'#' => self.value_below(column, colon),
            b'|' | b'>' => self.block_text(parent),
            b'{' | b'[' => self.flow_on_a_line(parent),
            _ => self.text_of_a_line(next, parent),
        }
    }

    /// Reads a single value that begins with `next` behind a key and its colon.
    #[inline(always)]
    fn text_of_a_line(&mut self, next: u8, parent: Column) -> Option<u32> {
        let before = (self.at, self.line, self.line_start);
        if self.is_plain_in_block(next) {
            let start = self.at;
            let stop = self.signs.next(start + 1)?;
            if self.byte(stop) == Some(b'\n') && self.byte(stop - 1) != Some(b' ') {
                let end = self.add_plain(start, stop);
                self.at = stop + 1;
                self.new_line();
                match self.next_content() {
                    Some(column) if column as Column > parent => {}
                    _ => return Some(end),
                }
                // It goes on in the next line, if that is right.
                self.document.take_back();
                (self.at, self.line, self.line_start) = before;
            }
        }
        self.text_of_lines(next, parent)
    }

    /// The same of any kind.
    #[inline(never)]
    fn text_of_lines(&mut self, next: u8, parent: Column) -> Option<u32> {
        let single = self.block_single(next, Some(parent))?;
        self.end_single(single, parent)
    }

    /// Reads a value in the lines below its key.
    #[inline(never)]
    fn value_below(&mut self, column: usize, colon: usize) -> Option<u32> {
        let parent = column as Column;
        // The general reader sees a value that is left out at the colon.
        let nothing = Single {
            kind: Kind::Nothing,
            span: self.span(colon, colon),
        };
        self.end_line()?;
        let Some(next) = self.next_content() else {
            return Some(self.add(nothing));
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
            let list = self.document.upcoming();
            let end = self.block_sequence(next)?;
            // Nothing but the dashes begins such a list, and the general reader passes those over.
            self.document.begin_with_first(list);
            return Some(end);
        }
        Some(self.add(nothing))
    }

    fn block_sequence(&mut self, column: usize) -> Option<u32> {
        let at = self.span(self.at, self.at);
        let sequence = self.open(Document::open_sequence, at)?;
        let end = loop {
            // The dash, which whoever calls has seen.
            self.at += 1;
            self.skip_spaces();
            let end = if self.is_at_end_of_line() {
                self.end_line()?;
                let next = self.next_content()?;
                if next <= column {
                    return None;
                }
                self.block_node(next, column as Column)?
            } else {
                self.block_node(self.at - self.line_start, column as Column)?
            };
            match self.column_here() {
                Some(next) if next == column && self.is_dash() => self.refuse_marker(next)?,
                Some(next) if next > column => return None,
                _ => break end,
            }
        };
        Some(self.close(sequence, end))
    }
}
