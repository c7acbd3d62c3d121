//! Flow style: lists and mappings in brackets in, nodes out.

use super::keys::Keys;
use super::{Column, Reader};
use crate::arena::{Document, Kind, NodeId, Span};

impl<'t> Reader<'t, '_> {
    /// Reads a list or mapping in brackets.
    pub(super) fn flow(&mut self, parent: Column) -> Option<u32> {
        if self.peek() == Some(b'[') {
            self.flow_sequence(parent)
        } else {
            self.flow_mapping(parent)
        }
    }

    fn flow_sequence(&mut self, parent: Column) -> Option<u32> {
        let sequence = self.open_flow(Document::open_sequence)?;
        let mut next = self.flow_gap(parent)?;
        while next != b']' {
            next = self.flow_value(next, parent)?;
            next = self.flow_comma(next, b']', parent)?;
        }
        self.close_flow(sequence)
    }

    fn flow_mapping(&mut self, parent: Column) -> Option<u32> {
        let mapping = self.open_flow(Document::open_mapping)?;
        let mut keys = Keys::of(mapping);
        let mut next = self.flow_gap(parent)?;
        while next != b'}' {
            self.flow_key(next, &mut keys)?;
            // The colon, and that a gap follows it, `flow_key` has made sure of.
            self.at += 1;
            next = self.flow_gap(parent)?;
            next = self.flow_value(next, parent)?;
            next = self.flow_comma(next, b'}', parent)?;
        }
        self.refuse_twice_of_many(&keys)?;
        self.close_flow(mapping)
    }

    /// Reads a key that begins with `next`, up to its colon.
    #[inline(always)]
    fn flow_key(&mut self, next: u8, keys: &mut Keys) -> Option<()> {
        let start = self.at;
        if self.is_plain_in_flow(next) {
            let (stop, sign) = self.flow_stop(start + 1)?;
            self.at = stop;
            let span = self.plain_span(start, stop);
            self.add_key(keys, Kind::Plain, span)?;
            return (sign == b':').then_some(());
        }
        let key = self.single_of_sign(next, None)?;
        self.add_key(keys, key.kind, key.span)?;
        (self.peek() == Some(b':')).then_some(())
    }

    /// Reads a value that begins with `next`, and the gap behind it; returns what follows.
    #[inline(always)]
    fn flow_value(&mut self, next: u8, parent: Column) -> Option<u8> {
        let start = self.at;
        if self.is_plain_in_flow(next) {
            let (stop, sign) = self.flow_stop(start + 1)?;
            self.at = stop;
            let span = self.plain_span(start, stop);
            self.document.push_single(Kind::Plain, span);
            if matches!(sign, b',' | b'}' | b']') {
                return Some(sign);
            }
        } else if matches!(next, b'{' | b'[') {
            self.flow(parent)?;
        } else {
            let single = self.single_of_sign(next, Some(parent))?;
            self.add(single);
        }
        self.flow_gap(parent)
    }

    /// Passes over a comma and the gap behind it; returns what follows. Without one, the brackets
    /// must end.
    #[inline(always)]
    fn flow_comma(&mut self, next: u8, end: u8, parent: Column) -> Option<u8> {
        if next == b',' {
            self.at += 1;
            return self.flow_gap(parent);
        }
        (next == end).then_some(next)
    }

    #[inline(always)]
    fn open_flow(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
    ) -> Option<NodeId> {
        let span = self.span(self.at, self.at);
        self.at += 1;
        self.open(push, span)
    }

    #[inline(always)]
    fn close_flow(&mut self, id: NodeId) -> Option<u32> {
        self.at += 1;
        let end = self.span(self.at, self.at).end;
        Some(self.close(id, end))
    }

    /// Passes over spaces, comments and line ends between brackets, and returns what follows.
    #[inline(always)]
    fn flow_gap(&mut self, parent: Column) -> Option<u8> {
        let mut next = self.peek()?;
        if next == b' ' {
            self.at += 1;
            next = self.peek()?;
        }
        if matches!(next, b' ' | b'\n' | b'#') {
            return self.flow_longer_gap(parent);
        }
        Some(next)
    }

    #[inline(never)]
    fn flow_longer_gap(&mut self, parent: Column) -> Option<u8> {
        self.skip_spaces();
        if self.is_at_end_of_line() {
            self.end_line()?;
            let column = self.next_content()?;
            self.refuse_marker(column)?;
            // What stands no further right than the key is not in the brackets.
            if column as Column <= parent {
                return None;
            }
        }
        self.peek()
    }
}
