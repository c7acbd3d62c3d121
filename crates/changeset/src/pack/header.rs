//! The first bytes of an object in a pack in, what it is and what it stands on out.
//!
//! Knows nothing of files, so that it can be tried with any bytes.

/// The most bytes that a header takes: ten of a size, twenty of a name.
pub const MOST: usize = 30;

/// What an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A file.
    Blob,
    /// A tag with words of its own.
    Tag,
}

/// What an object's bytes are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing else: they stand in the pack whole.
    Whole(Kind),
    /// What another object holds, which begins as many bytes before.
    Before(u64),
    /// What the object of this name holds.
    Named([u8; 20]),
}

/// What the header of an object says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the object stands on.
    pub stand: Stand,
    /// How many bytes its data has once inflated: of what it holds, or of its delta.
    pub size: u64,
    /// How many bytes the header itself takes.
    pub length: usize,
}

/// Reads a header; none where it is cut off, or nobody would write it so.
pub fn read(bytes: &[u8]) -> Option<Header> {
    let mut rest = bytes.iter();
    let first = *rest.next()?;
    let mut size = u64::from(first & 0x0f);
    let (mut shift, mut byte) = (4, first);
    while byte & 0x80 != 0 {
        byte = *rest.next()?;
        size |= shifted(byte & 0x7f, shift)?;
        shift += 7;
    }
    let stand = match first >> 4 & 7 {
        1 => Stand::Whole(Kind::Commit),
        2 => Stand::Whole(Kind::Tree),
        3 => Stand::Whole(Kind::Blob),
        4 => Stand::Whole(Kind::Tag),
        6 => Stand::Before(distance(&mut rest)?),
        7 => {
            let name = *rest.as_slice().first_chunk()?;
            rest = rest.as_slice().get(name.len()..)?.iter();
            Stand::Named(name)
        }
        _ => return None,
    };
    let length = bytes.len() - rest.as_slice().len();
    Some(Header {
        stand,
        size,
        length,
    })
}

/// Reads how far back a base begins. Each further byte adds one, so that no number can be written
/// in two ways.
fn distance(rest: &mut std::slice::Iter<'_, u8>) -> Option<u64> {
    let mut byte = *rest.next()?;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = *rest.next()?;
        distance = distance.checked_add(1)?.checked_mul(0x80)?;
        distance |= u64::from(byte & 0x7f);
    }
    Some(distance)
}

/// Moves seven bits to their place; none if any of them would fall off.
pub(super) fn shifted(bits: u8, shift: u32) -> Option<u64> {
    let moved = u64::from(bits).checked_shl(shift)?;
    (moved >> shift == u64::from(bits)).then_some(moved)
}
