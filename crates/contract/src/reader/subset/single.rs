//! Single values: quoted and plain texts in, their places out.

use super::{Done, Reader};

impl Reader<'_, '_> {
    /// Reads the key of a block mapping, up to its colon.
    pub(super) fn key(&mut self) -> Option<Done> {
        if self.is_dash() {
            return None;
        }
        let key = self.single(false)?;
        (self.peek() == Some(b':')).then_some(key)
    }

    /// Reads a single value that ends on its line, and the spaces behind it.
    ///
    /// It is added to the document at once: what is handed on is two numbers.
    pub(super) fn single(&mut self, in_flow: bool) -> Option<Done> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            _ => self.plain(in_flow),
        }
    }

    fn quoted(&mut self, quote: u8) -> Option<Done> {
        let start = self.at;
        let content = self.bytes.get(start + 1..)?;
        let length = match quote {
            b'"' => memchr::memchr3(b'"', b'\\', b'\n', content)?,
            _ => memchr::memchr2(b'\'', b'\n', content)?,
        };
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
        self.push_text(text, true, span)
    }

    fn plain(&mut self, in_flow: bool) -> Option<Done> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        if !may_begin_plain(rest, in_flow) {
            return None;
        }
        let stops = if in_flow { IN_FLOW } else { IN_BLOCK };
        let mut length = 0;
        loop {
            length = first_of(rest, length, stops)?;
            let next = rest.get(length + 1);
            match *rest.get(length)? {
                b'\n' => break,
                b'#' if length > 0 && rest.get(length - 1) == Some(&b' ') => break,
                b':' if matches!(next, Some(b' ' | b'\n')) => break,
                // Before a bracket a colon may end the text, depending on the version of YAML.
                b':' if in_flow && !is_text(next) => return None,
                b'[' | b'{' => return None,
                b']' | b'}' | b',' => break,
                _ => length += 1,
            }
        }
        self.at = start + length;
        let mut end = self.at;
        while end > start && self.bytes.get(end - 1) == Some(&b' ') {
            end -= 1;
        }
        let mut span = self.span_here(start);
        span.end = u32::try_from(end).ok()?;
        self.push_text(self.text.get(start..end)?, false, span)
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
fn may_begin_plain(rest: &[u8], in_flow: bool) -> bool {
    match rest.first() {
        Some(b'-') => {
            is_text(rest.get(1)) && !in_flow || rest.get(1).is_some_and(u8::is_ascii_digit)
        }
        Some(first) => signs(*first) & NO_BEGIN == 0,
        None => false,
    }
}
