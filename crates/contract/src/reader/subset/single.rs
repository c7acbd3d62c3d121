//! Single values: quoted and plain texts in, their places out.

use std::borrow::Cow;

use super::{Column, Done, Reader};
use crate::arena::Span;
use crate::reader::builder::weight_of_text;

impl Reader<'_, '_> {
    /// Reads the key of a block mapping, up to its colon.
    pub(super) fn key(&mut self) -> Option<Done> {
        if self.is_dash() {
            return None;
        }
        let key = self.single(false, None)?;
        (self.peek() == Some(b':')).then_some(key)
    }

    /// Reads a single value, and the spaces behind it.
    ///
    /// It is added to the document at once: what is handed on is two numbers. A text in quotes may
    /// go on right of `parent` in the lines below; where there is none, it ends on its line.
    pub(super) fn single(&mut self, in_flow: bool, parent: Option<Column>) -> Option<Done> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => self.quoted(quote, parent),
            _ => self.plain(in_flow),
        }
    }

    /// Ends the line behind a value, and reads the lines in which it goes on right of `parent`.
    #[inline]
    pub(super) fn end_text(&mut self, text: Done, parent: Column) -> Option<Done> {
        let is_cut = self.peek() == Some(b'#');
        self.end_line()?;
        let next_line = (self.at, self.line, self.line_start);
        match self.next_content() {
            Some(column) if column as Column > parent => {}
            _ => return Some(text),
        }
        let first = self.document.plain_text(text.id).filter(|_| !is_cut)?;
        (self.at, self.line, self.line_start) = next_line;
        let done = self.continued(text, first, parent)?;
        self.refuse_continuation(parent)?;
        Some(done)
    }

    fn quoted(&mut self, quote: u8, parent: Option<Column>) -> Option<Done> {
        let start = self.at;
        let content = self.bytes.get(start + 1..)?;
        let length = quote_stop(quote, content)?;
        if content.get(length) != Some(&quote) || content.get(length + 1) == Some(&b'\'') {
            return self.quoted_lines(quote, parent);
        }
        let text = self.text.get(start + 1..start + 1 + length)?;
        self.at = start + length + 2;
        let mut span = self.span_here(start);
        span.end = u32::try_from(self.at).ok()?;
        self.end_quote(span)?;
        self.push_text(text, true, span)
    }

    /// Reads a text in quotes that has escapes, or more than one line.
    #[inline(never)]
    fn quoted_lines(&mut self, quote: u8, parent: Option<Column>) -> Option<Done> {
        let mut span = self.span_here(self.at);
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let stop = quote_stop(quote, rest)?;
            let piece = self.text.get(self.at..self.at + stop)?;
            let (sign, next) = (*rest.get(stop)?, rest.get(stop + 1));
            self.at += stop + 1;
            match sign {
                b'\n' => {
                    text.push_str(piece.trim_end_matches(' '));
                    self.new_line();
                    text.push_str(&self.gap(parent?)?);
                }
                b'\\' => {
                    text.push_str(piece);
                    text.push(escaped(*next?)?);
                    self.at += 1;
                }
                _ if quote == b'\'' && next == Some(&quote) => {
                    text.push_str(piece);
                    text.push('\'');
                    self.at += 1;
                }
                _ => {
                    text.push_str(piece);
                    break;
                }
            }
        }
        span.end = u32::try_from(self.at).ok()?;
        self.end_quote(span)?;
        self.spend(weight_of_text(&text))?;
        let id = self.document.push_scalar(Cow::Owned(text), true, span);
        Some(Done { id, end: span.end })
    }

    /// Makes sure that what follows a closing quote is a gap, a colon or a bracket.
    fn end_quote(&mut self, span: Span) -> Option<()> {
        let follows = self.bytes.get(self.at);
        let is_end = |byte: &u8| matches!(byte, b' ' | b'\n' | b':' | b',' | b']' | b'}');
        if !follows.is_none_or(is_end) {
            return None;
        }
        self.skip_spaces();
        if self.peek() == Some(b':') {
            // A key stands on one line.
            let is_key = matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\n'));
            return (is_key && self.line == span.line).then_some(());
        }
        Some(())
    }

    /// Reads the lines in which a plain text goes on, from the start of the next line.
    #[inline(never)]
    fn continued(&mut self, text: Done, first: &str, parent: Column) -> Option<Done> {
        let (mut whole, mut end) = (Cow::Borrowed(first), text.end);
        loop {
            let before = (self.at, self.line, self.line_start);
            let gap = self.gap(parent).filter(|_| self.peek() != Some(b'#'));
            let Some(gap) = gap else {
                (self.at, self.line, self.line_start) = before;
                break;
            };
            let start = self.at;
            if !may_begin_plain(self.bytes.get(start..)?, false) {
                return None;
            }
            self.at = self.plain_end(false)?;
            // A key cannot stand here, whatever was meant.
            if self.peek() == Some(b':') {
                return None;
            }
            let piece = self.text.get(start..self.at)?.trim_end_matches(' ');
            whole.to_mut().push_str(&gap);
            whole.to_mut().push_str(piece);
            end = u32::try_from(start + piece.len()).ok()?;
            let is_cut = self.peek() == Some(b'#');
            self.end_line()?;
            if is_cut {
                break;
            }
        }
        if let Cow::Owned(whole) = whole {
            self.spend(weight_of_text(&whole) - weight_of_text(first))?;
            self.document.lengthen(text.id, whole, end);
        }
        Some(Done { id: text.id, end })
    }

    /// Passes over blank lines and indentation within a text; returns what they mean where it goes
    /// on right of `parent`.
    fn gap(&mut self, parent: Column) -> Option<String> {
        let mut breaks = 0;
        self.skip_spaces();
        while self.peek()? == b'\n' {
            breaks += 1;
            self.at += 1;
            self.new_line();
            self.skip_spaces();
        }
        let is_right = (self.at - self.line_start) as Column > parent;
        is_right.then(|| match breaks {
            0 => " ".to_owned(),
            _ => "\n".repeat(breaks),
        })
    }

    #[inline]
    fn plain(&mut self, in_flow: bool) -> Option<Done> {
        let start = self.at;
        if !may_begin_plain(self.bytes.get(start..)?, in_flow) {
            return None;
        }
        self.at = self.plain_end(in_flow)?;
        let mut end = self.at;
        while end > start && self.bytes.get(end - 1) == Some(&b' ') {
            end -= 1;
        }
        let mut span = self.span_here(start);
        span.end = u32::try_from(end).ok()?;
        self.push_text(self.text.get(start..end)?, false, span)
    }

    /// Returns where a plain text ends on its line: at a colon, a bracket or a comment, or with it.
    #[inline(always)]
    fn plain_end(&self, in_flow: bool) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let stops = if in_flow { IN_FLOW } else { IN_BLOCK };
        let mut length = 0;
        loop {
            let Some(stop) = first_of(rest, length, stops) else {
                return Some(self.bytes.len());
            };
            length = stop;
            let next = rest.get(length + 1);
            match *rest.get(length)? {
                b'\n' => break,
                b'#' if length > 0 && rest.get(length - 1) == Some(&b' ') => break,
                b':' if matches!(next, None | Some(b' ' | b'\n')) => break,
                // Before a bracket a colon may end the text, depending on the version of YAML.
                b':' if in_flow && !is_text(next) => return None,
                b'[' | b'{' => return None,
                b']' | b'}' | b',' => break,
                _ => length += 1,
            }
        }
        Some(self.at + length)
    }
}

/// Finds the first sign within quotes that is more than text.
#[inline]
fn quote_stop(quote: u8, rest: &[u8]) -> Option<usize> {
    match quote {
        b'"' => memchr::memchr3(b'"', b'\\', b'\n', rest),
        _ => memchr::memchr2(b'\'', b'\n', rest),
    }
}

/// Returns what an escape in double quotes stands for, of those that people write.
fn escaped(sign: u8) -> Option<char> {
    match sign {
        b'"' | b'\\' | b'/' => Some(sign.into()),
        b'n' => Some('\n'),
        b't' => Some('\t'),
        b'r' => Some('\r'),
        _ => None,
    }
}

/// Signs that may end a plain text, or forbid it, outside of brackets.
const IN_BLOCK: u8 = 1;
/// The same between brackets.
const IN_FLOW: u8 = 2;
/// Whatever is more than text.
const SIGN: u8 = 4;
/// Signs that have a meaning of their own where a text begins.
const NO_BEGIN: u8 = 8;

/// What each byte is to a plain text.
static SIGNS: [u8; 256] = {
    let signs = marked([0; 256], b"?-&*!|>'\"%@`", NO_BEGIN);
    let signs = marked(signs, b"[]{},", NO_BEGIN | SIGN | IN_FLOW);
    let signs = marked(signs, b"\n#:", NO_BEGIN | SIGN | IN_FLOW | IN_BLOCK);
    marked(signs, b" ", NO_BEGIN | SIGN)
};

#[expect(clippy::indexing_slicing, reason = "there is a place for every byte")]
const fn marked(mut signs: [u8; 256], mut bytes: &[u8], with: u8) -> [u8; 256] {
    while let [one, rest @ ..] = bytes {
        signs[*one as usize] = with;
        bytes = rest;
    }
    signs
}

fn signs(byte: u8) -> u8 {
    SIGNS.get(usize::from(byte)).copied().unwrap_or(SIGN)
}

/// Finds the first of some signs; four bytes are looked at in one step while there are none.
#[inline(always)]
fn first_of(bytes: &[u8], mut from: usize, stops: u8) -> Option<usize> {
    let (fours, _) = bytes.get(from..)?.as_chunks::<4>();
    for [one, two, three, four] in fours {
        if (signs(*one) | signs(*two) | signs(*three) | signs(*four)) & stops != 0 {
            break;
        }
        from += 4;
    }
    let behind = bytes.get(from..)?.iter();
    let at = behind.take(4).position(|byte| signs(*byte) & stops != 0)?;
    Some(from + at)
}

fn is_text(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| signs(*byte) & SIGN == 0)
}

/// Tells whether a plain text may begin so; signs with a meaning of their own are left out.
#[inline]
fn may_begin_plain(rest: &[u8], in_flow: bool) -> bool {
    match rest.first() {
        Some(b'-') => {
            is_text(rest.get(1)) && !in_flow || rest.get(1).is_some_and(u8::is_ascii_digit)
        }
        Some(first) => signs(*first) & NO_BEGIN == 0,
        None => false,
    }
}
