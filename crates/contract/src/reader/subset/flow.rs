//! Flow style: lists and mappings in brackets in, nodes out.

use super::keys::Keys;
use super::{Column, Reader};
use crate::arena::{Document, NodeId, Span};

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
        if next != b']' {
            loop {
                self.flow_value(next, parent)?;
                match self.flow_gap(parent)? {
                    b',' => self.at += 1,
                    b']' => break,
                    _ => return None,
                }
                next = self.flow_gap(parent)?;
            }
        }
        self.close_flow(sequence)
    }

    fn flow_mapping(&mut self, parent: Column) -> Option<u32> {
        let mapping = self.open_flow(Document::open_mapping)?;
        let mut keys = Keys::of(mapping);
        let mut next = self.flow_gap(parent)?;
        if next != b'}' {
            loop {
                let key = self.flow_single(next, None)?;
                self.add_key(&mut keys, key)?;
                if self.peek()? != b':' || !matches!(self.byte(self.at + 1)?, b' ' | b'\n') {
                    return None;
                }
                self.at += 1;
                next = self.flow_gap(parent)?;
                self.flow_value(next, parent)?;
                match self.flow_gap(parent)? {
                    b',' => self.at += 1,
                    b'}' => break,
                    _ => return None,
                }
                next = self.flow_gap(parent)?;
            }
        }
        self.refuse_twice_of_many(&keys)?;
        self.close_flow(mapping)
    }

    #[inline(always)]
    fn flow_value(&mut self, next: u8, parent: Column) -> Option<u32> {
        if matches!(next, b'{' | b'[') {
            return self.flow(parent);
        }
        let single = self.flow_single(next, Some(parent))?;
        Some(self.add(single))
    }

    fn open_flow(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
    ) -> Option<NodeId> {
        let span = self.span(self.at, self.at);
        self.at += 1;
        self.open(push, span)
    }

    fn close_flow(&mut self, id: NodeId) -> Option<u32> {
        self.at += 1;
        let end = u32::try_from(self.at).ok()?;
        Some(self.close(id, end))
    }

    /// Passes over spaces, comments and line ends between brackets, and returns what follows.
    #[inline(always)]
    fn flow_gap(&mut self, parent: Column) -> Option<u8> {
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        match self.peek()? {
            b' ' | b'\n' | b'#' => self.flow_longer_gap(parent),
            next => Some(next),
        }
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
