//! A stretch of a walk in, the bytes of the objects on it out, one after the other.

use std::ops::Range;

use super::Grove;
use super::delta::Delta;
use super::sweep::Spot;
use super::unpack::Unpacker;

/// One thread's walk through a grove.
pub(crate) struct Walk<'g> {
    grove: &'g Grove,
    /// The greatest size of an object that is unpacked, in bytes.
    limit: u64,
    unpacker: Unpacker,
    /// What is needed again, each standing on the one before or on something that is needed no more.
    bases: Vec<Unpacked>,
    /// The delta at hand.
    delta: Vec<u8>,
    /// Room that is free again.
    spare: Vec<Vec<u8>>,
    /// How many objects the last one stands on that could not be unpacked.
    broken: Option<usize>,
}

struct Unpacked {
    spot: usize,
    depth: usize,
    bytes: Vec<u8>,
}

impl<'g> Walk<'g> {
    pub(crate) fn new(grove: &'g Grove, limit: u64) -> Self {
        Self {
            grove,
            limit,
            unpacker: Unpacker::new(),
            bases: Vec::new(),
            delta: Vec::new(),
            spare: Vec::new(),
            broken: None,
        }
    }

    /// Hands over the bytes of what is wanted, by the position of whoever wants it, and nothing
    /// where they are larger than the limit or could not be unpacked.
    pub(crate) fn go(
        mut self,
        stretch: Range<usize>,
        mut each: impl FnMut(usize, Option<Vec<u8>>),
    ) {
        let wanted = &self.grove.route.wanted;
        let mut next = wanted.partition_point(|(spot, _)| *spot < stretch.start);
        for spot in stretch {
            let Some(known) = self.grove.route.spots.get(spot).copied() else {
                return;
            };
            let rest = wanted.get(next..).unwrap_or_default();
            let here = rest.iter().take_while(|(one, _)| *one == spot);
            let positions = here.map(|(_, position)| *position);
            let count = positions.clone().count();
            next += count;
            // What no object of this stretch stands on and nobody wants was the end of another.
            let bytes = self.reach(spot, known, count > 0);
            hand_over(positions, count, bytes, &mut each);
        }
    }

    /// Unpacks an object and what it stands on, so far as that is not at hand; its bytes come back
    /// where they are `wanted`.
    fn reach(&mut self, spot: usize, known: Spot, wanted: bool) -> Option<Vec<u8>> {
        // Whatever is deeper than what is broken stands on it, until something comes that is not.
        if self.broken.is_some_and(|depth| known.stop.depth > depth) {
            return None;
        }
        self.broken = None;
        while let Some(base) = self.bases.pop_if(|base| base.depth >= known.stop.depth) {
            self.spare.push(base.bytes);
        }
        let at_hand = self.bases.last().map(|base| base.spot);
        let mut way = vec![(spot, known)];
        let mut base = known.stop.base;
        while let Some(spot) = base.filter(|spot| Some(*spot) != at_hand) {
            let known = *self.grove.route.spots.get(spot)?;
            way.push((spot, known));
            base = known.stop.base;
        }
        let mut bytes = None;
        while let Some((at, known)) = way.pop() {
            let found = self.step(at, known, wanted && way.is_empty());
            if found.is_none() {
                self.broken = Some(known.stop.depth);
            }
            bytes = found?;
        }
        bytes
    }

    /// Unpacks one object, whose base is at hand.
    fn step(&mut self, spot: usize, known: Spot, wanted: bool) -> Option<Option<Vec<u8>>> {
        let mut bytes = self.spare.pop().unwrap_or_default();
        self.unpack(known, &mut bytes)?;
        let depth = known.stop.depth;
        if known.stop.is_last {
            self.spare.extend(self.bases.pop().map(|base| base.bytes));
        }
        let is_base = self
            .grove
            .route
            .spots
            .get(spot + 1)
            .is_some_and(|next| next.stop.depth > depth);
        if !is_base {
            return Some(wanted.then_some(bytes));
        }
        let copy = wanted.then(|| bytes.clone());
        self.bases.push(Unpacked { spot, depth, bytes });
        Some(copy)
    }

    fn unpack(&mut self, known: Spot, into: &mut Vec<u8>) -> Option<()> {
        let pack = &self.grove.pack;
        if known.stop.base.is_none() {
            if known.size > self.limit {
                return None;
            }
            let size = usize::try_from(known.size).ok()?;
            return self.unpacker.unpack(pack, known.at, size, into);
        }
        // A delta that takes more room than what comes of it was not written by git.
        if known.size > self.limit.saturating_mul(2).saturating_add(64) {
            return None;
        }
        let size = usize::try_from(known.size).ok()?;
        self.unpacker
            .unpack(pack, known.at, size, &mut self.delta)?;
        let delta = Delta::read(&self.delta)?;
        if delta.result > self.limit {
            return None;
        }
        let base = self.bases.last()?;
        (Some(base.spot) == known.stop.base).then_some(())?;
        delta.apply(&base.bytes, into)
    }
}

/// Objects that several want are copied for all but the last.
fn hand_over(
    positions: impl Iterator<Item = usize>,
    count: usize,
    mut bytes: Option<Vec<u8>>,
    each: &mut impl FnMut(usize, Option<Vec<u8>>),
) {
    for (nth, position) in (1..).zip(positions) {
        let one = if nth == count {
            bytes.take()
        } else {
            bytes.clone()
        };
        each(position, one);
    }
}
