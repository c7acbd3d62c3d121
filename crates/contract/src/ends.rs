//! Texts in, their first and last bytes as numbers out: enough to tell most words apart in a few
//! steps, without a look at each byte.

/// The length of a text and its first and last bytes, up to eight each; in a text of no more than
/// [`Ends::WHOLE`] bytes, all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) len: usize,
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Ends {
    /// Texts up to this length are equal if their ends are.
    pub(crate) const WHOLE: usize = 16;

    #[inline]
    pub(crate) const fn of(text: &[u8]) -> Self {
        let len = text.len();
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => Self::of_few(text),
        };
        Self { len, first, last }
    }

    /// Of fewer than eight bytes.
    #[inline]
    const fn of_few(text: &[u8]) -> (u64, u64) {
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            return (first as u64, last as u64);
        }
        match text {
            [] => (0, 0),
            [only] => (*only as u64, 0),
            [first, last] => (*first as u64, *last as u64),
            [first, middle @ .., last] => {
                let middle = match middle {
                    [middle, ..] => *middle,
                    [] => 0,
                };
                (*first as u64 | (middle as u64) << 8, *last as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_texts_are_equal_if_their_ends_are(
            one in "[ab\0]{0,17}",
            other in "[ab\0]{0,17}",
        ) {
            let are_equal = Ends::of(one.as_bytes()) == Ends::of(other.as_bytes());
            if one.len() <= Ends::WHOLE {
                prop_assert_eq!(are_equal, one == other);
            } else if one == other {
                prop_assert!(are_equal);
            }
        }
    }
}
