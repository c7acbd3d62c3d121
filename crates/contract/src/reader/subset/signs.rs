//! Which bytes of a text may be more than text, found out many at a time.
//!
//! Most of a text is letters. What ends a value, a line or quotes is looked for once, without a
//! branch, so that a compiler can use whole registers; after that the next one is a bit away.

/// A bit for each byte that is looked at in one step.
const BLOCK: usize = u64::BITS as usize;

/// Where in a text there are line ends, colons, commas, quotes, brackets, backslashes and `#`.
///
/// A few other bytes are marked, too, for the sake of speed: whoever is led somewhere looks what
/// stands there. The end of the text is marked as well.
pub(super) struct Signs(Vec<u64>);

impl Signs {
    pub(super) fn of(text: &[u8]) -> Self {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut words = Vec::with_capacity(blocks.len() + 1);
        words.extend(blocks.iter().map(signs_of));
        let mut last = [b' '; BLOCK];
        for (to, byte) in last.iter_mut().zip(rest) {
            *to = *byte;
        }
        words.push(signs_of(&last) | 1 << rest.len());
        Self(words)
    }

    /// Returns where the first sign stands from a byte on; at the latest it is the end of the text.
    #[inline(always)]
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let mut word = from / BLOCK;
        let signs = self.0.get(word)? >> (from % BLOCK);
        if signs != 0 {
            return Some(from + signs.trailing_zeros() as usize);
        }
        loop {
            word += 1;
            let signs = *self.0.get(word)?;
            if signs != 0 {
                return Some(word * BLOCK + signs.trailing_zeros() as usize);
            }
        }
    }
}

/// Looks at four rows of a block side by side: the bits of each are put down in other places of the
/// bytes of one row, and sorted at the end.
#[inline(always)]
fn signs_of(block: &[u8; BLOCK]) -> u64 {
    const ROW: usize = BLOCK / 4;
    let mut row = [0; ROW];
    for (nth, bytes) in block.as_chunks::<ROW>().0.iter().enumerate() {
        for (at, (to, byte)) in row.iter_mut().zip(bytes).enumerate() {
            let bit = if at < ROW / 2 { 1 } else { 2 };
            *to |= if is_sign(*byte) { bit << (2 * nth) } else { 0 };
        }
    }
    let row = u128::from_le_bytes(row);
    transposed(row as u64 | (row >> 64) as u64)
}

/// Takes few steps, and takes `*`, `|` and control characters for signs as well.
#[inline(always)]
fn is_sign(byte: u8) -> bool {
    let is_colon_or_line_end = byte & 0b1100_1111 == b'\n';
    let is_number_sign_or_quote = byte & 0b1111_1110 == b'"';
    let is_bracket_or_backslash = (byte | 0b0010_0000).wrapping_sub(b'{') <= 2;
    is_colon_or_line_end
        | is_number_sign_or_quote
        | is_bracket_or_backslash
        | (byte == b'\'')
        | (byte == b',')
}

/// Makes rows of columns: bit 8 × a + b becomes bit 8 × b + a.
#[inline(always)]
fn transposed(mut bits: u64) -> u64 {
    for (distance, mask) in [
        (7, 0x00aa_00aa_00aa_00aa),
        (14, 0x0000_cccc_0000_cccc),
        (28, 0x0000_0000_f0f0_f0f0),
    ] {
        let moved = (bits ^ (bits >> distance)) & mask;
        bits ^= moved ^ (moved << distance);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in [1, 2, 63, 64, 65, 200] {
                for at in 0..length {
                    let mut text = vec![b'a'; length];
                    if let Some(to) = text.get_mut(at) {
                        *to = byte;
                    }
                    let signs = Signs::of(&text);
                    let wanted = if is_sign(byte) { at } else { length };
                    assert_eq!(signs.next(0), Some(wanted), "{byte} at {at} of {length}");
                    assert_eq!(signs.next(at + 1), Some(length));
                }
            }
        }
    }

    #[test]
    fn whatever_ends_a_value_is_a_sign() {
        assert!(b"\n:#,[]{}\"'\\".iter().all(|byte| is_sign(*byte)));
        assert!(!(b'a'..=b'z').chain(b"0-. ".iter().copied()).any(is_sign));
    }
}
