//! Bytes of objects and deltas in, what they mean out by the slow and obvious way, and the other way
//! held against it.
//!
//! The fuzz target `read_pack` runs the same.

use super::delta::Delta;
use super::header::{self, Header, Kind, Stand};

/// The most that a delta may make here.
const LIMIT: u64 = 1 << 20;

/// Reads bytes as a header, and as a delta: the first says how many of the others are what it stands
/// on.
pub fn read_pack(bytes: &[u8]) {
    same_header(bytes);
    if let Some((size, rest)) = bytes.split_first()
        && let Some((base, delta)) = rest.split_at_checked(usize::from(*size))
    {
        same_delta(base, delta);
    }
}

/// Reads a header in both ways.
pub fn same_header(bytes: &[u8]) {
    let read = header::read(bytes);
    assert_eq!(read, header(bytes));
    if let Some(header) = read {
        assert!(header.length <= header::MOST.min(bytes.len()));
    }
}

/// Applies a delta in both ways.
pub fn same_delta(base: &[u8], bytes: &[u8]) {
    let read = Delta::read(bytes);
    if read.as_ref().is_some_and(|delta| delta.result > LIMIT) {
        return;
    }
    let mut made = b"left from before".to_vec();
    let made = read.and_then(|delta| delta.apply(base, &mut made).map(|()| made));
    assert_eq!(made, applied(base, bytes));
}

fn header(bytes: &[u8]) -> Option<Header> {
    let first = *bytes.first()?;
    let more = |byte: &u8| byte & 0x80 != 0;
    let size_length = 1 + bytes.iter().take_while(|byte| more(byte)).count();
    let mut size = u128::from(first & 0x0f);
    for (nth, byte) in bytes.get(1..size_length)?.iter().enumerate() {
        let shift = 4 + 7 * u32::try_from(nth).ok()?;
        size += u128::from(byte & 0x7f).checked_shl(shift)?;
        (shift < 64).then_some(())?;
    }
    let size = u64::try_from(size).ok()?;
    let rest = bytes.get(size_length..)?;
    let whole = |kind: Kind| Some((Stand::Whole(kind), 0));
    let (stand, length) = match first >> 4 & 7 {
        1 => whole(Kind::Commit),
        2 => whole(Kind::Tree),
        3 => whole(Kind::Blob),
        4 => whole(Kind::Tag),
        6 => {
            let length = 1 + rest.iter().take_while(|byte| more(byte)).count();
            let mut distance = 0_u128;
            for (nth, byte) in rest.get(..length)?.iter().enumerate() {
                distance += u128::from(nth > 0);
                distance = distance * 128 + u128::from(byte & 0x7f);
                u64::try_from(distance).ok()?;
            }
            Some((Stand::Before(u64::try_from(distance).ok()?), length))
        }
        7 => Some((Stand::Named(rest.get(..20)?.try_into().ok()?), 20)),
        _ => None,
    }?;
    Some(Header {
        stand,
        size,
        length: size_length + length,
    })
}

/// Reads a number of seven bits a byte, the lowest first.
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let (mut number, mut shift) = (0_u128, 0);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        (shift < 64).then_some(())?;
        number += u128::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return u64::try_from(number).ok();
        }
    }
}

/// Applies a delta byte by byte.
pub fn applied(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    let sizes = [number(delta, &mut at)?, number(delta, &mut at)?];
    if sizes[0] != base.len() as u64 {
        return None;
    }
    let mut made = Vec::new();
    while at < delta.len() {
        let order = delta[at];
        at += 1;
        if order & 0x80 != 0 {
            let mut field = |bits: std::ops::Range<u32>| {
                let mut value = 0_usize;
                for (nth, bit) in bits.enumerate() {
                    if order >> bit & 1 == 1 {
                        value += usize::from(*delta.get(at)?) << (8 * nth);
                        at += 1;
                    }
                }
                Some(value)
            };
            let from = field(0..4)?;
            let size = Some(field(4..7)?)
                .filter(|size| *size > 0)
                .unwrap_or(65_536);
            for nth in 0..size {
                made.push(*base.get(from + nth)?);
            }
        } else {
            for _ in 0..order {
                made.push(*delta.get(at)?);
                at += 1;
            }
            (order > 0).then_some(())?;
        }
        (made.len() as u64 <= sizes[1]).then_some(())?;
    }
    (made.len() as u64 == sizes[1]).then_some(made)
}
