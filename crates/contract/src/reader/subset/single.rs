//! Single values: quoted and plain texts in, their places out.

use std::borrow::Cow;

use super::{Reader, Text};

impl<'t> Reader<'t, '_> {
    /// Reads the key of a block mapping, up to its colon.
    pub(super) fn key(&mut self) -> Option<Text<'t>> {
        if self.is_dash() {
            return None;
        }
        let key = self.single(false)?;
        (self.peek() == Some(b':')).then_some(key)
    }

    /// Reads a single value that ends on its line, and the spaces behind it.
    pub(super) fn single(&mut self, in_flow: bool) -> Option<Text<'t>> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            _ => self.plain(in_flow),
        }
    }

    pub(super) fn quoted(&mut self, quote: u8) -> Option<Text<'t>> {
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

    pub(super) fn plain(&mut self, in_flow: bool) -> Option<Text<'t>> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        if !may_begin_plain(rest, in_flow) {
            return None;
        }
        let mut length = 0;
        let mut end = 0;
        loop {
            let byte = *rest.get(length)?;
            match class(byte) {
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

const fn class(byte: u8) -> Class {
    match byte {
        b' ' => Class::Space,
        b'\n' => Class::Line,
        b'#' => Class::Hash,
        b':' => Class::Colon,
        b'[' | b'{' => Class::Bracket,
        b']' | b'}' | b',' => Class::Close,
        _ => Class::Text,
    }
}

fn is_text(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| class(*byte) == Class::Text)
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
