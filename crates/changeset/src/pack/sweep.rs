//! Where wanted objects begin in a pack in, the walk that comes to them out.
//!
//! Reads headers only. A base lies before what stands on it, so that one sweep from the end of the
//! pack to its beginning comes to everything; only a base that is called by its name may lie
//! anywhere, and takes another sweep.

use std::collections::{BinaryHeap, HashMap};

use foldhash::fast::RandomState;

use super::forest::{self, Base, Stop};
use super::header::{self, Header, Kind, Stand};
use super::index::{Index, NAME};
use super::stored::Stored;

/// Bytes of a pack that are looked through at a time.
const BLOCK: u64 = 4096;

/// An object of a pack, on the way of a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// Where its deflated data begin.
    pub(super) at: u64,
    /// How many bytes these have once inflated.
    pub(super) size: u64,
    /// How the walk comes to it.
    pub(super) stop: Stop,
}

/// The way of a walk.
pub(super) struct Route {
    /// Where it comes to, in this order.
    pub(super) spots: Vec<Spot>,
    /// Which spots are wanted, each with the position of whoever wants it, sorted; one that no walk
    /// comes to lies beyond the last.
    pub(super) wanted: Vec<(usize, usize)>,
}

/// Finds all that wanted objects of one kind stand on; each begins at an offset, and has a position
/// by which whoever wants it will know it again.
pub(super) fn gather(
    pack: &Stored,
    index: &Index,
    kind: Kind,
    wanted: Vec<(u64, usize)>,
) -> Option<Route> {
    let mut sweep = Sweep::default();
    let mut wanted: Vec<(usize, usize)> = wanted
        .into_iter()
        .map(|(offset, position)| (sweep.object(offset), position))
        .collect();
    sweep.run(pack, index, kind)?;
    let bases: Vec<Base> = sweep.objects.iter().map(|one| one.base).collect();
    let stops = forest::order(&bases);
    let mut stop_of = vec![usize::MAX; bases.len()];
    let mut spots = Vec::with_capacity(stops.len());
    for (at, stop) in stops.into_iter().enumerate() {
        *stop_of.get_mut(stop.object)? = at;
        let Object { at, size, .. } = *sweep.objects.get(stop.object)?;
        spots.push(Spot { at, size, stop });
    }
    for (object, _) in &mut wanted {
        *object = *stop_of.get(*object)?;
    }
    wanted.sort_unstable();
    Some(Route { spots, wanted })
}

/// What is known of an object so far.
struct Object {
    at: u64,
    size: u64,
    base: Base,
}

#[derive(Default)]
struct Sweep {
    objects: Vec<Object>,
    /// The numbers of objects, by where they begin.
    numbers: HashMap<u64, usize, RandomState>,
    /// Where objects begin whose headers are still to be read, and their numbers.
    ahead: BinaryHeap<(u64, usize)>,
    /// Names of bases, and the numbers of what stands on them.
    named: Vec<([u8; NAME], usize)>,
    block: Block,
}

impl Sweep {
    /// Returns the number of the object that begins here.
    fn object(&mut self, offset: u64) -> usize {
        let next = self.objects.len();
        let number = *self.numbers.entry(offset).or_insert(next);
        if number == next {
            self.objects.push(Object {
                at: offset,
                size: 0,
                base: Base::Lost,
            });
            self.ahead.push((offset, number));
        }
        number
    }

    /// Each round of names leads to objects that were not known before, so that there is an end.
    fn run(&mut self, pack: &Stored, index: &Index, kind: Kind) -> Option<()> {
        loop {
            // What is known already is many, and sorted sooner than heaped.
            let mut known = std::mem::take(&mut self.ahead).into_vec();
            known.sort_unstable();
            while let Some((offset, number)) = self.next(&mut known) {
                if let Some(header) = self.block.header(pack, offset) {
                    self.settle(offset, number, header, kind);
                }
            }
            if self.named.is_empty() {
                return Some(());
            }
            let mut named = std::mem::take(&mut self.named);
            named.sort_unstable();
            let offsets = index.find_all(named.iter().map(|(name, _)| &name[..]))?;
            for ((_, number), offset) in named.iter().zip(offsets) {
                let base = offset.map_or(Base::Lost, |offset| Base::On(self.object(offset)));
                if let Some(object) = self.objects.get_mut(*number) {
                    object.base = base;
                }
            }
        }
    }

    /// Takes out what lies last, of what was known before and of what came up since.
    fn next(&mut self, known: &mut Vec<(u64, usize)>) -> Option<(u64, usize)> {
        match (known.last(), self.ahead.peek()) {
            (Some(known), Some(ahead)) if ahead > known => self.ahead.pop(),
            (None, _) => self.ahead.pop(),
            _ => known.pop(),
        }
    }

    fn settle(&mut self, offset: u64, number: usize, header: Header, kind: Kind) {
        let base = match header.stand {
            Stand::Whole(one) if one == kind => Base::Nothing,
            Stand::Whole(_) => Base::Lost,
            Stand::Before(0) => Base::Lost,
            Stand::Before(distance) => match offset.checked_sub(distance) {
                Some(base) => Base::On(self.object(base)),
                None => Base::Lost,
            },
            Stand::Named(name) => {
                self.named.push((name, number));
                Base::Lost
            }
        };
        if let Some(object) = self.objects.get_mut(number) {
            object.at = offset + header.length as u64;
            object.size = header.size;
            object.base = base;
        }
    }
}

/// The part of a pack that was read last.
#[derive(Default)]
struct Block {
    start: u64,
    bytes: Vec<u8>,
}

impl Block {
    fn header(&mut self, pack: &Stored, offset: u64) -> Option<Header> {
        let within = |block: &Self| {
            let from = usize::try_from(offset.checked_sub(block.start)?).ok()?;
            let bytes = block.bytes.get(from..)?;
            // At the end of the pack fewer bytes follow than a header may take.
            let is_enough = bytes.len() >= header::MOST || block.bytes.len() < Self::SIZE;
            is_enough.then(|| header::read(bytes))
        };
        if let Some(header) = within(self) {
            return header;
        }
        self.start = offset - offset % BLOCK;
        pack.read(self.start, Self::SIZE, &mut self.bytes)?;
        within(self)?
    }

    /// A header that begins in the block ends behind it at the latest.
    const SIZE: usize = BLOCK as usize + header::MOST;
}
