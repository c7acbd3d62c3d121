//! Single values: quoted and plain texts in, their places out.

use super::{Column, Reader, Single};
use crate::arena::{Kind, Span};

impl Reader<'_, '_> {
    /// Reads a single value that begins with `next`, outside of brackets, and the spaces behind it.
    ///
    /// A text in quotes may go on right of `parent` in the lines below; where there is none, it ends
    /// on its line.
    #[inline(always)]
    pub(super) fn block_single(&mut self, next: u8, parent: Option<Column>) -> Option<Single> {
        if !self.is_plain_in_block(next) {
            return self.single_of_sign(next, parent);
        }
        let start = self.at;
        let stop = self.signs.next(start + 1)?;
        self.at = match *self.bytes.get(stop..)? {
            [b'\n', ..] | [b':', b' ', ..] => stop,
            _ => self.block_stop(stop)?,
        };
        let (kind, span) = (Kind::Plain, self.plain_span(start, self.at));
        Some(Single { kind, span })
    }

    /// Returns where a plain text stands that ends with the spaces before a byte.
    #[inline(always)]
    pub(super) fn plain_span(&self, start: usize, stop: usize) -> Span {
        if self.byte(stop - 1) != Some(b' ') {
            return self.span(start, stop);
        }
        let text = self.bytes.get(start..stop).unwrap_or_default();
        let end = text.iter().rposition(|byte| *byte != b' ');
        self.span(start, start + end.map_or(0, |end| end + 1))
    }

    /// Returns where a plain text outside of brackets ends on its line: at a colon or a comment, or
    /// with it. No sign before `stop` ends it.
    #[inline(never)]
    pub(super) fn block_stop(&self, mut stop: usize) -> Option<usize> {
        loop {
            stop = self.signs.next(stop)?;
            match self.byte(stop) {
                None | Some(b'\n') => return Some(stop),
                Some(b':') if matches!(self.byte(stop + 1), None | Some(b' ' | b'\n')) => {
                    return Some(stop);
                }
                Some(b'#') if self.byte(stop - 1) == Some(b' ') => return Some(stop),
                Some(_) => stop += 1,
            }
        }
    }

    /// The same between brackets, which end a text as well. A text that nothing ends is no such
    /// text.
    #[inline(never)]
    pub(super) fn flow_stop(&self, mut stop: usize) -> Option<usize> {
        loop {
            stop = self.signs.next(stop)?;
            match self.byte(stop)? {
                b'\n' | b',' | b'}' | b']' => return Some(stop),
                b':' => match self.byte(stop + 1)? {
                    b' ' | b'\n' => return Some(stop),
                    // Before a bracket a colon may end the text, depending on the version of YAML.
                    next if signs(next) & SIGN != 0 => return None,
                    _ => {}
                },
                b'#' if self.byte(stop - 1) == Some(b' ') => return Some(stop),
                b'{' | b'[' => return None,
                _ => {}
            }
            stop += 1;
        }
    }

    /// Reads what does not begin with a letter.
    #[inline(never)]
    pub(super) fn single_of_sign(&mut self, next: u8, parent: Option<Column>) -> Option<Single> {
        match next {
            b'"' | b'\'' => self.quoted(next, parent),
            _ => None,
        }
    }

    fn quoted(&mut self, quote: u8, parent: Option<Column>) -> Option<Single> {
        let start = self.at;
        let stop = self.quote_stop(quote, start + 1)?;
        if self.byte(stop) != Some(quote) || self.byte(stop + 1) == Some(b'\'') {
            return self.quoted_lines(quote, parent);
        }
        self.at = stop + 1;
        let (kind, span) = (Kind::Quoted, self.span(start, stop + 1));
        self.end_quote(span)?;
        Some(Single { kind, span })
    }

    /// Reads a text in quotes that has escapes, or more than one line.
    #[inline(never)]
    fn quoted_lines(&mut self, quote: u8, parent: Option<Column>) -> Option<Single> {
        let mut span = self.span(self.at, self.at);
        self.at += 1;
        loop {
            let stop = self.quote_stop(quote, self.at)?;
            let piece = self.text.get(self.at..stop)?;
            let (sign, next) = (self.byte(stop)?, self.byte(stop + 1));
            self.at = stop + 1;
            let text = self.document.making();
            match sign {
                b'\n' => {
                    text.push_str(piece.trim_end_matches(' '));
                    self.new_line();
                    let breaks = self.gap(parent?)?;
                    self.make_gap(breaks);
                }
                b'\\' => {
                    text.push_str(piece);
                    text.push(escaped(next?)?);
                    self.at += 1;
                }
                _ if quote == b'\'' && next == Some(quote) => {
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
        let kind = self.document.made(true);
        Some(Single { kind, span })
    }

    /// Finds the first sign within quotes that is more than text.
    #[inline]
    fn quote_stop(&self, quote: u8, from: usize) -> Option<usize> {
        let mut stop = self.signs.next(from)?;
        loop {
            match self.byte(stop)? {
                b'\n' => return Some(stop),
                b'\\' if quote == b'"' => return Some(stop),
                sign if sign == quote => return Some(stop),
                _ => stop = self.signs.next(stop + 1)?,
            }
        }
    }

    /// Makes sure that what follows a closing quote is a gap, a colon or a bracket.
    fn end_quote(&mut self, span: Span) -> Option<()> {
        match self.peek() {
            None | Some(b' ' | b'\n' | b':' | b',' | b']' | b'}') => {}
            Some(_) => return None,
        }
        self.skip_spaces();
        if self.peek() == Some(b':') {
            // A key stands on one line.
            let is_key = matches!(self.byte(self.at + 1), Some(b' ' | b'\n'));
            return (is_key && self.line == span.line).then_some(());
        }
        Some(())
    }

    /// Ends the line behind a value, reads the lines in which it goes on right of `parent`, and adds
    /// it.
    #[inline(always)]
    pub(super) fn end_single(&mut self, single: Single, parent: Column) -> Option<u32> {
        let is_cut = self.peek() == Some(b'#');
        self.end_line()?;
        let next_line = (self.at, self.line);
        match self.next_content() {
            Some(column) if column as Column > parent => {}
            _ => return Some(self.add(single)),
        }
        if single.kind != Kind::Plain || is_cut {
            return None;
        }
        (self.at, self.line) = next_line;
        self.line_start = self.at;
        self.continued(single, parent)
    }

    /// Reads the lines in which a plain text goes on, from the start of the next line.
    #[inline(never)]
    fn continued(&mut self, first: Single, parent: Column) -> Option<u32> {
        let mut span = first.span;
        let text = self.text.get(span.start as usize..span.end as usize)?;
        self.document.making().push_str(text);
        loop {
            let before = (self.at, self.line, self.line_start);
            let gap = self.gap(parent).filter(|_| self.peek() != Some(b'#'));
            let Some(breaks) = gap else {
                (self.at, self.line, self.line_start) = before;
                break;
            };
            let (start, next) = (self.at, self.peek()?);
            if !self.is_plain_in_block(next) {
                return None;
            }
            self.at = self.block_stop(start + 1)?;
            // A key cannot stand here, whatever was meant.
            if self.peek() == Some(b':') {
                return None;
            }
            let piece = self.text.get(start..self.at)?.trim_end_matches(' ');
            self.make_gap(breaks);
            self.document.making().push_str(piece);
            span.end = u32::try_from(start + piece.len()).ok()?;
            let is_cut = self.peek() == Some(b'#');
            self.end_line()?;
            if is_cut {
                break;
            }
        }
        self.refuse_continuation(parent)?;
        let kind = self.document.made(false);
        Some(self.add(Single { kind, span }))
    }

    /// Passes over blank lines and indentation within a text; returns how many lines are blank where
    /// it goes on right of `parent`.
    fn gap(&mut self, parent: Column) -> Option<usize> {
        let mut breaks = 0;
        self.skip_spaces();
        while self.peek()? == b'\n' {
            breaks += 1;
            self.at += 1;
            self.new_line();
            self.skip_spaces();
        }
        let is_right = (self.at - self.line_start) as Column > parent;
        is_right.then_some(breaks)
    }

    /// Adds what blank lines mean within a text to the one that is being made.
    fn make_gap(&mut self, breaks: usize) {
        let text = self.document.making();
        match breaks {
            0 => text.push(' '),
            _ => (0..breaks).for_each(|_| text.push('\n')),
        }
    }

    /// Tells whether `next`, which is looked at, begins a plain text; signs with a meaning of their
    /// own are left out.
    #[inline(always)]
    pub(super) fn is_plain_in_block(&self, next: u8) -> bool {
        let is_text = |byte| signs(byte) & SIGN == 0;
        signs(next) & NO_BEGIN == 0 || (next == b'-' && self.byte(self.at + 1).is_some_and(is_text))
    }

    /// The same between brackets.
    #[inline(always)]
    pub(super) fn is_plain_in_flow(&self, next: u8) -> bool {
        let is_digit = |byte: u8| byte.is_ascii_digit();
        signs(next) & NO_BEGIN == 0
            || (next == b'-' && self.byte(self.at + 1).is_some_and(is_digit))
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

/// Whatever is more than text.
const SIGN: u8 = 1;
/// Signs that have a meaning of their own where a text begins.
const NO_BEGIN: u8 = 2;

/// What each byte is to a plain text.
static SIGNS: [u8; 256] = {
    let signs = marked([0; 256], b"?-&*!|>'\"%@`", NO_BEGIN);
    marked(signs, b"[]{},\n#: ", NO_BEGIN | SIGN)
};

#[expect(clippy::indexing_slicing, reason = "there is a place for every byte")]
const fn marked(mut signs: [u8; 256], mut bytes: &[u8], with: u8) -> [u8; 256] {
    while let [one, rest @ ..] = bytes {
        signs[*one as usize] = with;
        bytes = rest;
    }
    signs
}

#[inline(always)]
fn signs(byte: u8) -> u8 {
    SIGNS.get(usize::from(byte)).copied().unwrap_or(SIGN)
}
