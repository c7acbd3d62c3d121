//! Bytes in, the hash by which they are pinned out.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The hash of a bundle, shown as `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

const PREFIX: &str = "sha256:";

impl Hash {
    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads a hash as it is shown, and in no other way.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            for digit in pair {
                *byte = (*byte << 4) | value(*digit)?;
            }
        }
        Some(Self(hash))
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_shown() {
        let hash = Hash::of(b"");
        let shown = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash.to_string(), shown);
        assert_eq!(Hash::parse(shown), Some(hash));
        for wrong in [
            "",
            "sha256:",
            &shown[7..],
            &shown[..70],
            &shown.to_uppercase(),
            &shown.replace('e', "g"),
            &format!("{shown}0"),
            &format!(" {shown}"),
        ] {
            assert_eq!(Hash::parse(wrong), None, "{wrong}");
        }
    }
}
