//! Flow style: lists and mappings in brackets in, nodes out.

use super::{Column, Done, Filling, Reader};
use crate::arena::{Document, NodeId, Span};

impl<'t> Reader<'t, '_> {
    /// Reads a list or mapping in brackets.
    pub(super) fn flow(&mut self, parent: Column) -> Option<Done> {
        if self.bytes.get(self.at) == Some(&b'[') {
            self.flow_sequence(parent)
        } else {
            self.flow_mapping(parent)
        }
    }

    pub(super) fn flow_sequence(&mut self, parent: Column) -> Option<Done> {
        let mut filling = self.open_flow(|document, span| document.push_sequence(span))?;
        self.flow_gap(parent)?;
        if self.peek()? != b']' {
            loop {
                let item = self.flow_value(parent)?;
                self.hang(&mut filling, item);
                self.flow_gap(parent)?;
                match self.peek()? {
                    b',' => self.at += 1,
                    b']' => break,
                    _ => return None,
                }
                self.flow_gap(parent)?;
            }
        }
        self.close_flow(filling)
    }

    pub(super) fn flow_mapping(&mut self, parent: Column) -> Option<Done> {
        let mut filling = self.open_flow(|document, span| document.push_mapping(span))?;
        let keys_before = self.keys.len();
        self.flow_gap(parent)?;
        if self.peek()? != b'}' {
            loop {
                let key = self.single(true, None)?;
                self.take_key(keys_before, key)?;
                self.hang(&mut filling, key);
                if self.peek()? != b':' {
                    return None;
                }
                self.at += 1;
                if !matches!(self.peek()?, b' ' | b'\n') {
                    return None;
                }
                self.flow_gap(parent)?;
                let value = self.flow_value(parent)?;
                self.hang(&mut filling, value);
                self.flow_gap(parent)?;
                match self.peek()? {
                    b',' => self.at += 1,
                    b'}' => break,
                    _ => return None,
                }
                self.flow_gap(parent)?;
            }
        }
        self.leave_keys(keys_before)?;
        self.close_flow(filling)
    }

    pub(super) fn flow_value(&mut self, parent: Column) -> Option<Done> {
        if matches!(self.peek()?, b'{' | b'[') {
            return self.flow(parent);
        }
        self.single(true, Some(parent))
    }

    pub(super) fn open_flow(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
    ) -> Option<Filling> {
        let span = self.span_here(self.at);
        self.at += 1;
        self.open(push, span)
    }

    pub(super) fn close_flow(&mut self, mut filling: Filling) -> Option<Done> {
        self.at += 1;
        filling.end = u32::try_from(self.at).ok()?;
        Some(self.close(&filling))
    }

    /// Passes over spaces, comments and line ends between brackets.
    pub(super) fn flow_gap(&mut self, parent: Column) -> Option<()> {
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n' | b'#') if self.is_at_end_of_line() => self.flow_lines(parent),
            _ => Some(()),
        }
    }

    fn flow_lines(&mut self, parent: Column) -> Option<()> {
        self.end_line()?;
        let column = self.next_content()?;
        self.refuse_marker(column)?;
        // What stands no further right than the key is not in the brackets.
        (column as Column > parent).then_some(())
    }
}
