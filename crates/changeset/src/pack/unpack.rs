//! Where deflated data begin in a pack in, inflated data out.
//!
//! Each object is deflated by itself, and most are small deltas, for which codes take longer to set
//! up than to read. Since its size is known, an object is inflated in one go: a stream that may stop
//! anywhere takes nearly twice as long.

use libdeflater::Decompressor;

use super::stored::Stored;

/// Bytes of room that is worth keeping.
const SPARE: usize = 1 << 16;

/// What one thread inflates with.
pub(super) struct Unpacker {
    inflate: Decompressor,
    packed: Vec<u8>,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        Self {
            inflate: Decompressor::new(),
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
        first: &[u8],
        pack: &Stored,
        at: u64,
        size: usize,
        into: &mut Vec<u8>,
    ) -> Option<()> {
        into.clear();
        into.try_reserve_exact(size).ok()?;
        into.resize(size, 0);
        let mut inflates = |packed: &[u8]| {
            let inflated = self.inflate.zlib_decompress(packed, into);
            inflated.is_ok_and(|found| found == size)
        };
        // Half as many bytes as come out are mostly all that there are.
        if first.len() > size / 2 && inflates(first) {
            return Some(());
        }
        // What cannot be deflated grows by less than this. Data of which more is made are not of git,
        // which is left to libgit2.
        let most = size + size / 1024 + 64;
        pack.read(at, most, &mut self.packed)?;
        let is_whole = inflates(&self.packed);
        if self.packed.capacity() > SPARE {
            self.packed = Vec::new();
        }
        is_whole.then_some(())
    }
}
