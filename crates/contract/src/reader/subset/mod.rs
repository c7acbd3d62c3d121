//! The YAML that people write in contracts in, the same arena as from the general reader out.
//!
//! Reads block and flow style, comments, quotes, texts of several lines and blocks of text, many times
//! as fast as a reader of all YAML can. Whatever it does not know to be what the general reader
//! sees, down to the last span, it leaves to that one: it never says that something is wrong, and
//! never guesses. Differential tests and a fuzz target hold the two against each other.

mod block;
mod cursor;
mod flow;
mod single;

use std::collections::HashSet;

use super::builder::weight_of_text;
use crate::arena::{Document, Limits, NodeId, Span};

/// Reads a file of one document, or leaves it to the general reader.
pub(super) fn document<'t>(text: &'t str, limits: &Limits) -> Option<Document<'t>> {
    let is_ascii = text.is_ascii();
    if !is_printable(text, is_ascii) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        is_ascii,
        limits,
        document: Document::with_room(text.len() / BYTES_OF_NODE),
        at: 0,
        line: 1,
        line_start: 0,
        depth: 0,
        weight: 0,
        keys: Vec::new(),
    };
    reader.root()?;
    Some(reader.document)
}

/// A node takes about as many bytes of text; a guess that is wrong costs a little time.
const BYTES_OF_NODE: usize = 11;

/// An implicit key longer than 1024 characters is none; this stays well below.
const LONGEST_KEY: usize = 512;

/// Mappings of more keys are held against each other by hash.
const MOST_BY_HAND: usize = 24;

/// Tells whether a text holds no character that needs a thought: control characters, tabs,
/// carriage returns and the line ends of other times are left to the general reader.
fn is_printable(text: &str, is_ascii: bool) -> bool {
    let is_fine = |byte: &u8| (*byte >= b' ' && *byte != 0x7f) || *byte == b'\n';
    // No early end, so that whole registers are looked at in one step.
    let bytes = text.as_bytes();
    if bytes.iter().fold(true, |fine, byte| fine & is_fine(byte)) {
        return is_ascii || text.chars().all(is_harmless);
    }
    false
}

fn is_harmless(one: char) -> bool {
    one.is_ascii()
        || matches!(one, '\u{a1}'..='\u{1fff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{2070}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{1f000}'..='\u{1faff}')
}

struct Reader<'t, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    is_ascii: bool,
    limits: &'l Limits,
    document: Document<'t>,
    /// Byte that is looked at.
    at: usize,
    /// Its line, from 1.
    line: u32,
    /// First byte of that line.
    line_start: usize,
    depth: usize,
    weight: usize,
    /// The keys of all open mappings, innermost last.
    keys: Vec<&'t str>,
}

/// Column of what surrounds a node; what continues a node stands right of it. The root has -1.
type Column = isize;

/// A finished node, and where it ends.
#[derive(Clone, Copy)]
struct Done {
    id: NodeId,
    end: u32,
}

/// A list or mapping that is being filled.
struct Filling {
    id: NodeId,
    last: Option<NodeId>,
    end: u32,
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
        let first = self.peek()?;
        // A document that is a single value is no contract, and has rules of its own.
        let root = match first {
            b'{' | b'[' => {
                let done = self.flow(-1)?;
                self.end_line()?;
                done
            }
            _ => self.block_collection(column)?,
        };
        if self.next_content().is_some() {
            return None;
        }
        self.document.set_root(root.id);
        Some(())
    }

    /// Refuses a key that stands twice, a merge key and one that is too long.
    fn take_key(&mut self, keys_before: usize, key: Done) -> Option<()> {
        let (text, _) = self.document.text(key.id)?;
        if text.len() > LONGEST_KEY || text == "<<" {
            return None;
        }
        let own = self.keys.get(keys_before..)?;
        // More keys than these are held against each other once all are there.
        if own.len() < MOST_BY_HAND && own.contains(&text) {
            return None;
        }
        self.keys.push(text);
        Some(())
    }

    /// Forgets the keys of a mapping that ends.
    fn leave_keys(&mut self, keys_before: usize) -> Option<()> {
        let own = self.keys.get(keys_before..)?;
        if own.len() > MOST_BY_HAND {
            let distinct: HashSet<&str> = own.iter().copied().collect();
            if distinct.len() != own.len() {
                return None;
            }
        }
        self.keys.truncate(keys_before);
        Some(())
    }

    #[inline]
    fn push_text(&mut self, text: &'t str, is_quoted: bool, span: Span) -> Option<Done> {
        self.spend(weight_of_text(text))?;
        let id = self.document.push_text(text, is_quoted, span);
        Some(Done { id, end: span.end })
    }

    fn open(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
        span: Span,
    ) -> Option<Filling> {
        self.spend(1)?;
        if self.depth >= self.limits.depth {
            return None;
        }
        self.depth += 1;
        Some(Filling {
            id: push(&mut self.document, span),
            last: None,
            end: span.start,
        })
    }

    fn hang(&mut self, filling: &mut Filling, child: Done) {
        self.document.link(filling.id, filling.last, child.id);
        filling.last = Some(child.id);
        filling.end = child.end;
    }

    fn close(&mut self, filling: &Filling) -> Done {
        self.depth -= 1;
        self.document.close(filling.id, filling.end);
        Done {
            id: filling.id,
            end: filling.end,
        }
    }

    fn spend(&mut self, weight: usize) -> Option<()> {
        self.weight += weight;
        (self.weight <= self.limits.nodes).then_some(())
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
            "a: b\n---\nc: d\n",
            "",
        ] {
            assert!(document(text, &Limits::default()).is_none(), "{text:?}");
        }
    }
}
