//! Where deflated data begin in a pack in, inflated data out.

use zlib_rs::{Inflate, InflateFlush, Status};

use super::stored::Stored;

/// The binary logarithm of the greatest window that deflated data refer back to.
const WINDOW: u8 = 15;

/// What one thread inflates with.
pub(super) struct Unpacker {
    inflate: Inflate,
    packed: Vec<u8>,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        Self {
            inflate: Inflate::new(true, WINDOW),
            packed: Vec::new(),
        }
    }

    /// Inflates data of exactly this size; none where they have another, or are damaged.
    pub(super) fn unpack(
        &mut self,
        pack: &Stored,
        at: u64,
        size: usize,
        into: &mut Vec<u8>,
    ) -> Option<()> {
        self.unpack_from(&[], pack, at, size, into)
    }

    /// The same, where the first bytes of the data are at hand.
    pub(super) fn unpack_from(
        &mut self,
        mut first: &[u8],
        pack: &Stored,
        mut at: u64,
        size: usize,
        into: &mut Vec<u8>,
    ) -> Option<()> {
        self.inflate.reset(true);
        into.clear();
        into.try_reserve(size).ok()?;
        into.resize(size, 0);
        // What cannot be deflated grows by less than this, so that one round is nearly always enough.
        let most = size + size / 1024 + 64;
        loop {
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let packed = if first.is_empty() {
                pack.read(at, most, &mut self.packed)?;
                &self.packed
            } else {
                std::mem::take(&mut first)
            };
            let rest = into.get_mut(usize::try_from(written).ok()?..)?;
            let finish = InflateFlush::Finish;
            let status = self.inflate.decompress(packed, rest, finish).ok()?;
            if status == Status::StreamEnd {
                return (self.inflate.total_out() == size as u64).then_some(());
            }
            // Where nothing is taken up, the end lies beyond the size, or beyond the pack.
            let taken = self.inflate.total_in() - read;
            if taken == 0 {
                return None;
            }
            at += taken;
        }
    }
}
