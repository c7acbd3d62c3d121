//! What a delta stands on and the delta in, what both mean together out.
//!
//! Knows nothing of files, so that it can be tried with any bytes.

use super::header::shifted;

/// A delta, with its sizes read.
pub struct Delta<'d> {
    /// Bytes of what it stands on.
    pub base: u64,
    /// Bytes of what comes out.
    pub result: u64,
    orders: &'d [u8],
}

impl<'d> Delta<'d> {
    /// Reads the two sizes; none where they are cut off, or larger than any number.
    pub fn read(mut bytes: &'d [u8]) -> Option<Self> {
        let base = number(&mut bytes)?;
        let result = number(&mut bytes)?;
        Some(Self {
            base,
            result,
            orders: bytes,
        })
    }

    /// Writes what comes out; none where the delta does not fit the base, or its orders do not fill
    /// its own size. What was written until then is of no use.
    pub fn apply(&self, base: &[u8], into: &mut Vec<u8>) -> Option<()> {
        into.clear();
        let size = usize::try_from(self.result).ok()?;
        if u64::try_from(base.len()) != Ok(self.base) {
            return None;
        }
        into.try_reserve_exact(size).ok()?;
        let mut orders = self.orders;
        while let Some((order, rest)) = orders.split_first() {
            orders = rest;
            let piece = if order & 0x80 == 0 {
                own(*order, &mut orders)?
            } else {
                copied(*order, &mut orders, base)?
            };
            if piece.len() > size - into.len() {
                return None;
            }
            into.extend_from_slice(piece);
        }
        (into.len() == size).then_some(())
    }
}

/// Takes bytes that the delta itself brings; to bring none is reserved.
fn own<'d>(order: u8, orders: &mut &'d [u8]) -> Option<&'d [u8]> {
    let (piece, rest) = orders.split_at_checked(usize::from(order))?;
    *orders = rest;
    (order > 0).then_some(piece)
}

/// Takes bytes of the base. The bits of the order say which bytes of a place and a size follow; the
/// others are zero, and a size of zero means the one that does not fit.
fn copied<'b>(order: u8, orders: &mut &[u8], base: &'b [u8]) -> Option<&'b [u8]> {
    let mut fields = [0_u8; 7];
    for (nth, field) in fields.iter_mut().enumerate() {
        if order & 1 << nth != 0 {
            let (byte, rest) = orders.split_first()?;
            (*field, *orders) = (*byte, rest);
        }
    }
    let [a, b, c, d, x, y, z] = fields;
    let at = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    let size = match usize::try_from(u32::from_le_bytes([x, y, z, 0])).ok()? {
        0 => 0x1_0000,
        size => size,
    };
    base.get(at..at.checked_add(size)?)
}

/// Reads a number of seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= shifted(byte & 0x7f, shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
}
