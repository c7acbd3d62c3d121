//! The YAML that people write in contracts in, the same arena as from the general reader out.
//!
//! Reads block and flow style, comments, quotes, texts of several lines and blocks of text, many times
//! as fast as a reader of all YAML can. Whatever it does not know to be what the general reader
//! sees, down to the last span, it leaves to that one: it never says that something is wrong, and
//! never guesses. Differential tests and a fuzz target hold the two against each other.
//!
//! Whatever reads a node adds it to the document, and returns where it ends.

mod block;
mod cursor;
mod flow;
mod keys;
mod line_ends;
mod signs;
mod single;
mod text;

use self::signs::Signs;
use super::builder::weight_of_text;
use crate::arena::{Document, Kind, Limits, NodeId, Scalar, Span};

/// Reads a file of one document, or leaves it to the general reader.
pub(super) fn document<'t>(text: &'t str, limits: &Limits) -> Option<Document<'t>> {
    let is_ascii = is_plain_ascii(text.as_bytes());
    if !is_ascii && text.contains('\r') {
        return line_ends::document_of_two(text, limits);
    }
    if !is_ascii && !text.chars().all(is_harmless) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        signs: Signs::of(text.as_bytes()),
        limits,
        document: Document::with_room(text, text.len() / BYTES_OF_NODE),
        at: 0,
        line: 1,
        line_start: 0,
        depth: 0,
    };
    reader.root()?;
    reader.refuse_excess()?;
    if !is_ascii {
        reader.document.count_characters();
    }
    Some(reader.document)
}

/// A node takes about as many bytes of text; a guess that is wrong costs a little time.
const BYTES_OF_NODE: usize = 8;

/// Tells whether a text is printable ASCII and line ends, which need no thought.
fn is_plain_ascii(text: &[u8]) -> bool {
    let is_plain = |byte: u8| (byte.wrapping_sub(b' ') < 0x5f) | (byte == b'\n');
    // No early end, so that whole registers are looked at in one step.
    text.iter().fold(true, |all, byte| all & is_plain(*byte))
}

/// Tells whether a character needs none: control characters, tabs, carriage returns, the line ends
/// of other times and what is not printed are left to the general reader.
fn is_harmless(one: char) -> bool {
    matches!(one, '\n' | ' '..='~' | '\u{a1}'..='\u{1fff}' | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}' | '\u{2070}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{1f000}'..='\u{1faff}')
}

struct Reader<'t, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    signs: Signs,
    limits: &'l Limits,
    document: Document<'t>,
    /// Byte that is looked at.
    at: usize,
    /// Its line, from 1.
    line: u32,
    /// First byte of that line.
    line_start: usize,
    depth: usize,
}

/// Column of what surrounds a node; what continues a node stands right of it. The root has -1.
type Column = isize;

/// A single value that was read and is not in the document yet.
#[derive(Clone, Copy)]
struct Single {
    kind: Kind,
    span: Span,
}

impl<'t> Reader<'t, '_> {
    fn root(&mut self) -> Option<()> {
        let mut column = self.next_content()?;
        if column == 0 && self.rest().starts_with("---\n") {
            self.at += 3;
            self.end_line()?;
            column = self.next_content()?;
        }
        self.refuse_marker(column)?;
        // A document that is a single value is no contract, and has rules of its own.
        match self.peek()? {
            b'{' | b'[' => {
                self.flow(-1)?;
                self.end_line()?;
            }
            _ => {
                self.block_collection(column)?;
            }
        }
        if self.next_content().is_some() {
            return None;
        }
        self.document.root_is_first();
        Some(())
    }

    /// Adds the plain text between two bytes.
    #[inline(always)]
    fn add_plain(&mut self, start: usize, end: usize) -> u32 {
        let (kind, span) = (Kind::Plain, self.span(start, end));
        self.add(Single { kind, span })
    }

    /// Adds a single value.
    #[inline(always)]
    fn add(&mut self, single: Single) -> u32 {
        self.document.push_single(single.kind, single.span);
        single.span.end
    }

    #[inline(always)]
    fn open(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
        span: Span,
    ) -> Option<NodeId> {
        if self.depth >= self.limits.depth || self.document.len() > self.limits.nodes {
            return None;
        }
        self.depth += 1;
        Some(push(&mut self.document, span))
    }

    #[inline(always)]
    fn close(&mut self, id: NodeId, end: u32) -> u32 {
        self.depth -= 1;
        self.document.close(id, end);
        end
    }

    /// Leaves a text of more nodes than are allowed to the general reader.
    fn refuse_excess(&self) -> Option<()> {
        let nodes = self.limits.nodes;
        // No node's text is longer than what it stands for, so that this is enough mostly.
        if self.document.len() + weight_of_text(self.text) <= nodes {
            return Some(());
        }
        let weight = |text: Option<Scalar<'_>>| text.map_or(1, |one| weight_of_text(one.text));
        let all: usize = self.document.all().map(|node| weight(node.scalar())).sum();
        (all <= nodes).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the general reader would have to read, contracts would cost many times as much.
    #[test]
    fn takes_what_people_write() {
        for text in [
            "a: b\n",
            "---\na: b # c\n\n# d\ne: 'f'\n",
            "a: { b: c, d: [e, 'f', \"g\"] }\n",
            "a:\n- b: c\n  d: e\n- f: g\n",
            "a:\n  - b\n  - - c\n",
            "a: |\n  b\n\n  c\nd: >-\n  e\n  f\n",
            "a: [\n  b,\n  c\n  ]\n",
            "größe: 10 € – ungefähr\n",
            "{\"a\": 1, \"b\": [true, null]}\n",
            "a: b",
            "a: [b]",
            "a:\nb:\n  c: # d\n  e:\n",
            "a: 'it''s'\nb: \"^\\\\d+\\n\"\n",
            "a: b\n  c\n\n  d # e\nf: g\n",
            "a:\n- b\n  c\n- 'd\n  e'\n",
            "a: \"b\n\n  c\"\n",
            "a: b\r\nc: |\r\n  d\r\n",
        ] {
            assert!(document(text, &Limits::default()).is_some(), "{text:?}");
        }
    }

    #[test]
    fn leaves_what_it_does_not_know() {
        for text in [
            "a: &b c\nd: *b\n",
            "a: !!str b\n",
            "a: \"b\\x20c\"\n",
            "a: \"b\\\n  c\"\n",
            "a: b\n  c: d\n",
            "a: |\n  b",
            "a:\tb\n",
            "a: b\na: c\n",
            "a: b\r\nc: d\n",
            "a: b\n---\nc: d\n",
            "",
        ] {
            assert!(document(text, &Limits::default()).is_none(), "{text:?}");
        }
    }
}
