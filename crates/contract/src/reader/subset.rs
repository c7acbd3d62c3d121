//! The YAML that people write in contracts in, the same arena as from the general reader out.
//!
//! Reads block and flow style, comments, quotes without escapes and blocks of text, several times
//! as fast as a reader of all YAML can. Whatever it does not know to be what the general reader
//! sees, down to the last span, it leaves to that one: it never says that something is wrong, and
//! never guesses. Differential tests and a fuzz target hold the two against each other.

use std::borrow::Cow;
use std::collections::HashSet;

use super::builder::weight_of_text;
use crate::arena::{Document, Limits, NodeId, Span};

/// Reads a file of one document, or leaves it to the general reader.
pub(super) fn document<'t>(text: &'t str, limits: &Limits) -> Option<Document<'t>> {
    let is_ascii = text.is_ascii();
    if !is_printable(text, is_ascii) || !text.ends_with('\n') {
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

/// What a single value looked like.
struct Text<'t> {
    text: Cow<'t, str>,
    is_quoted: bool,
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

    /// Reads a block list or mapping whose first byte is looked at.
    fn block_collection(&mut self, column: usize) -> Option<Done> {
        if self.is_dash() {
            return self.block_sequence(column);
        }
        let key = self.key()?;
        self.block_mapping(column, key)
    }

    /// Reads what stands on a line of its own, or behind a dash.
    fn block_node(&mut self, column: usize, parent: Column) -> Option<Done> {
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
                let text = self.single(false)?;
                if self.peek() == Some(b':') {
                    return self.block_mapping(column, text);
                }
                self.end_line()?;
                self.refuse_continuation(parent)?;
                self.push_text(text)
            }
        }
    }

    fn block_mapping(&mut self, column: usize, first: Text<'t>) -> Option<Done> {
        let at = Span {
            end: first.span.start,
            ..first.span
        };
        let mut filling = self.open(|document, span| document.push_mapping(span), at)?;
        let keys_before = self.keys.len();
        let mut key = first;
        loop {
            self.take_key(keys_before, &key)?;
            let pushed = self.push_text(key)?;
            self.hang(&mut filling, pushed);
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
    fn block_value(&mut self, column: usize) -> Option<Done> {
        let parent = column as Column;
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
                    let text = self.single(false)?;
                    self.end_line()?;
                    self.refuse_continuation(parent)?;
                    self.push_text(text)
                }
            };
        }
        self.end_line()?;
        let next = self.next_content()?;
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
        None
    }

    fn block_sequence(&mut self, column: usize) -> Option<Done> {
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
    fn block_text(&mut self, parent: Column) -> Option<Done> {
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
        let mut span = span?;
        span.end = u32::try_from(end).ok()?;
        self.push_text(Text {
            text: Cow::Owned(text),
            is_quoted: true,
            span,
        })
    }

    /// Returns how far the first line of a block of text is indented.
    fn indent_of_text(&self, parent: Column) -> Option<usize> {
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

    /// Reads a list or mapping in brackets.
    fn flow(&mut self, parent: Column) -> Option<Done> {
        if self.bytes.get(self.at) == Some(&b'[') {
            self.flow_sequence(parent)
        } else {
            self.flow_mapping(parent)
        }
    }

    fn flow_sequence(&mut self, parent: Column) -> Option<Done> {
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

    fn flow_mapping(&mut self, parent: Column) -> Option<Done> {
        let mut filling = self.open_flow(|document, span| document.push_mapping(span))?;
        let keys_before = self.keys.len();
        self.flow_gap(parent)?;
        if self.peek()? != b'}' {
            loop {
                let key = self.single(true)?;
                self.take_key(keys_before, &key)?;
                let pushed = self.push_text(key)?;
                self.hang(&mut filling, pushed);
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

    fn flow_value(&mut self, parent: Column) -> Option<Done> {
        if matches!(self.peek()?, b'{' | b'[') {
            return self.flow(parent);
        }
        let text = self.single(true)?;
        self.push_text(text)
    }

    fn open_flow(
        &mut self,
        push: impl FnOnce(&mut Document<'t>, Span) -> NodeId,
    ) -> Option<Filling> {
        let span = self.span_here(self.at);
        self.at += 1;
        self.open(push, span)
    }

    fn close_flow(&mut self, mut filling: Filling) -> Option<Done> {
        self.at += 1;
        filling.end = u32::try_from(self.at).ok()?;
        Some(self.close(&filling))
    }

    /// Passes over spaces, comments and line ends between brackets.
    fn flow_gap(&mut self, parent: Column) -> Option<()> {
        self.skip_spaces();
        if !self.is_at_end_of_line() {
            return Some(());
        }
        self.end_line()?;
        let column = self.next_content()?;
        self.refuse_marker(column)?;
        // What stands no further right than the key is not in the brackets.
        (column as Column > parent).then_some(())
    }

    /// Reads the key of a block mapping, up to its colon.
    fn key(&mut self) -> Option<Text<'t>> {
        if self.is_dash() {
            return None;
        }
        let key = self.single(false)?;
        (self.peek() == Some(b':')).then_some(key)
    }

    /// Reads a single value that ends on its line, and the spaces behind it.
    fn single(&mut self, in_flow: bool) -> Option<Text<'t>> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            _ => self.plain(in_flow),
        }
    }

    fn quoted(&mut self, quote: u8) -> Option<Text<'t>> {
        let start = self.at;
        let content = self.bytes.get(start + 1..)?;
        let length = content
            .iter()
            .position(|byte| *byte == quote || *byte == b'\\' && quote == b'"' || *byte == b'\n')?;
        if content.get(length) != Some(&quote) || content.get(length + 1) == Some(&b'\'') {
            return None;
        }
        self.at = start + length + 2;
        let mut span = self.span_here(start);
        span.end = u32::try_from(self.at).ok()?;
        let text = self.text.get(start + 1..start + 1 + length)?;
        // What follows the closing quote is a gap, a colon or a bracket, or not ours.
        let follows = self.bytes.get(self.at)?;
        if !matches!(follows, b' ' | b'\n' | b':' | b',' | b']' | b'}') {
            return None;
        }
        self.skip_spaces();
        if self.peek() == Some(b':') && !matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\n')) {
            return None;
        }
        Some(Text {
            text: Cow::Borrowed(text),
            is_quoted: true,
            span,
        })
    }

    fn plain(&mut self, in_flow: bool) -> Option<Text<'t>> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        if !may_begin_plain(rest, in_flow) {
            return None;
        }
        let mut length = 0;
        let mut end = 0;
        loop {
            let byte = *rest.get(length)?;
            match CLASS[byte as usize] {
                Class::Text => {
                    length += 1;
                    end = length;
                }
                Class::Space => length += 1,
                Class::Line => break,
                Class::Hash if end < length => break,
                Class::Colon if matches!(rest.get(length + 1), Some(b' ' | b'\n')) => break,
                // Before a bracket a colon may end the text, depending on the version of YAML.
                Class::Colon if in_flow && !is_text(rest.get(length + 1)) => return None,
                Class::Bracket if in_flow => return None,
                Class::Close if in_flow => break,
                _ => {
                    length += 1;
                    end = length;
                }
            }
        }
        self.at = start + length;
        let mut span = self.span_here(start);
        span.end = u32::try_from(start + end).ok()?;
        Some(Text {
            text: Cow::Borrowed(self.text.get(start..start + end)?),
            is_quoted: false,
            span,
        })
    }

    /// Refuses a key that stands twice, a merge key and one that is too long.
    fn take_key(&mut self, keys_before: usize, key: &Text<'t>) -> Option<()> {
        let Cow::Borrowed(text) = key.text else {
            return None;
        };
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

    fn push_text(&mut self, text: Text<'t>) -> Option<Done> {
        self.spend(weight_of_text(&text.text))?;
        let end = text.span.end;
        let id = self
            .document
            .push_scalar(text.text, text.is_quoted, text.span);
        Some(Done { id, end })
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

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Returns what is left of the line.
    fn line_here(&self) -> &'t str {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| byte == b'\n');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    /// Tells whether a list's dash is looked at.
    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\n'))
    }

    fn is_at_end_of_line(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'#') => self.at == self.line_start || self.bytes.get(self.at - 1) == Some(&b' '),
            Some(_) => false,
        }
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Passes over the rest of a line that holds no more than spaces and a comment.
    fn end_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if !self.is_at_end_of_line() {
            return None;
        }
        self.at += self.line_here().len() + 1;
        self.new_line();
        Some(())
    }

    fn new_line(&mut self) {
        self.at = self.at.min(self.bytes.len());
        self.line += 1;
        self.line_start = self.at;
    }

    /// Goes to the next text that is no comment, and returns its column.
    fn next_content(&mut self) -> Option<usize> {
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
    fn refuse_marker(&self, column: usize) -> Option<()> {
        let is_marker = column == 0
            && ["---", "...", "%"]
                .iter()
                .any(|one| self.rest().starts_with(one));
        (!is_marker).then_some(())
    }

    /// Leaves a value that goes on in the next line to the general reader.
    fn refuse_continuation(&mut self, parent: Column) -> Option<()> {
        match self.next_content() {
            Some(column) if column as Column > parent => None,
            _ => Some(()),
        }
    }

    /// Returns an empty span at a byte of the line that is looked at.
    fn span_here(&self, start: usize) -> Span {
        let before = self.text.get(self.line_start..start).unwrap_or_default();
        let column = if self.is_ascii {
            before.len()
        } else {
            before.chars().count()
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Space,
    Line,
    Hash,
    Colon,
    /// Opens brackets.
    Bracket,
    /// Ends a value between brackets.
    Close,
}

const CLASS: [Class; 256] = {
    let mut all = [Class::Text; 256];
    all[b' ' as usize] = Class::Space;
    all[b'\n' as usize] = Class::Line;
    all[b'#' as usize] = Class::Hash;
    all[b':' as usize] = Class::Colon;
    all[b'[' as usize] = Class::Bracket;
    all[b'{' as usize] = Class::Bracket;
    all[b']' as usize] = Class::Close;
    all[b'}' as usize] = Class::Close;
    all[b',' as usize] = Class::Close;
    all
};

fn is_text(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| CLASS[*byte as usize] == Class::Text)
}

/// Tells whether a plain text may begin so; signs with a meaning of their own are left out.
fn may_begin_plain(rest: &[u8], in_flow: bool) -> bool {
    match rest.first() {
        Some(b'-') => {
            is_text(rest.get(1)) && !in_flow || rest.get(1).is_some_and(u8::is_ascii_digit)
        }
        Some(
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' | b' ' | b'\n',
        )
        | None => false,
        Some(_) => true,
    }
}
