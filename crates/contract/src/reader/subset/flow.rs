//! Flow style: lists and mappings in brackets in, nodes out.

use super::keys::Keys;
use super::{Column, Reader, Single};
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
            next = self.flow_value(next, b']', parent)?;
        }
        self.close_flow(sequence)
    }

    fn flow_mapping(&mut self, parent: Column) -> Option<u32> {
        let mapping = self.open_flow(Document::open_mapping)?;
        let mut keys = Keys::of(mapping);
        let mut next = self.flow_gap(parent)?;
        while next != b'}' {
            next = self.flow_key(next, &mut keys, parent)?;
            next = self.flow_value(next, b'}', parent)?;
        }
        self.refuse_twice_of_many(&keys)?;
        self.close_flow(mapping)
    }

    /// Reads a key that begins with `next`, and its colon; returns what its value begins with.
    #[inline(always)]
    fn flow_key(&mut self, next: u8, keys: &mut Keys, parent: Column) -> Option<u8> {
        let start = self.at;
        if !self.is_plain_in_flow(next) {
            let key = self.single_of_sign(next, None)?;
            return self.flow_key_of_sign(key, keys, parent);
        }
        let stop = self.signs.next(start + 1)?;
        match *self.bytes.get(stop..)? {
            [b':', b' ', next, ..] if self.byte(stop - 1) != Some(b' ') => {
                self.take_key(keys, start, stop)?;
                self.add_plain(start, stop);
                self.at = stop + 2;
                self.flow_gap_from(next, parent)
            }
            _ => {
                self.at = self.flow_stop(stop)?;
                let (kind, span) = (Kind::Plain, self.plain_span(start, self.at));
                self.flow_key_of_sign(Single { kind, span }, keys, parent)
            }
        }
    }

    #[inline(never)]
    fn flow_key_of_sign(&mut self, key: Single, keys: &mut Keys, parent: Column) -> Option<u8> {
        self.add_key(keys, key)?;
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        self.flow_gap(parent)
    }

    /// Reads a value that begins with `next`, and the comma behind it; returns what follows, which is
    /// `end` where there is no comma.
    #[inline(always)]
    fn flow_value(&mut self, next: u8, end: u8, parent: Column) -> Option<u8> {
        let start = self.at;
        if !self.is_plain_in_flow(next) {
            return self.flow_value_of_sign(next, end, parent);
        }
        let stop = self.signs.next(start + 1)?;
        match *self.bytes.get(stop..)? {
            [b',', b' ', next, ..] if self.byte(stop - 1) != Some(b' ') => {
                self.add_plain(start, stop);
                self.at = stop + 2;
                self.flow_gap_from(next, parent)
            }
            _ => {
                self.at = self.flow_stop(stop)?;
                let span = self.plain_span(start, self.at);
                self.document.push_single(Kind::Plain, span);
                self.flow_comma(end, parent)
            }
        }
    }

    #[inline(never)]
    fn flow_value_of_sign(&mut self, next: u8, end: u8, parent: Column) -> Option<u8> {
        if matches!(next, b'{' | b'[') {
            self.flow(parent)?;
        } else {
            let single = self.single_of_sign(next, Some(parent))?;
            self.add(single);
        }
        self.flow_comma(end, parent)
    }

    /// Passes over a comma and the gaps around it; returns what follows. Without one, the brackets
    /// must end.
    #[inline(always)]
    fn flow_comma(&mut self, end: u8, parent: Column) -> Option<u8> {
        let next = self.flow_gap(parent)?;
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
        self.flow_gap_from(next, parent)
    }

    /// The same where `next` is looked at.
    #[inline(always)]
    fn flow_gap_from(&mut self, next: u8, parent: Column) -> Option<u8> {
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
