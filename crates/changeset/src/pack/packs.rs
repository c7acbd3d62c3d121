//! The name of one object in, its bytes out, where a pack has it.
//!
//! What was unpacked last is kept at hand: two revisions of a file or a folder mostly stand on the
//! same others, and are asked for one after the other.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::path::Path;

use foldhash::fast::RandomState;

use super::delta::Delta;
use super::header::{self, Header, Kind, Stand};
use super::index::{Index, NAME};
use super::indexes;
use super::stored::Stored;
use super::unpack::Unpacker;

/// Repositories of more packs than this are left to libgit2.
const MOST_PACKS: usize = 16;

/// The longest way down to a whole object; git itself goes no deeper than this.
const MOST_STEPS: usize = 4096;

/// Bytes that should be at hand of an object: most deltas are no longer.
const FIRST: usize = 1024;

/// Bytes that are read before an object that is not at hand, and in all: what a delta stands on
/// mostly lies a little before it.
const BEFORE: u64 = 3072;
const AROUND: usize = 8192;

/// Folders whose places are remembered.
const MOST_PLACES: usize = 64;

/// Bytes of unpacked objects that are kept at hand: room for what a file of some kilobytes stands on.
const AT_HAND: usize = 1 << 20;

/// Bytes of the last two, which are kept however large they are up to here: of two revisions of a
/// large file or folder one mostly stands on the other, or both on a third.
const TWO_AT_HAND: usize = 1 << 23;

/// Bytes of objects that are kept where so many of that size fit as git looks at for one to stand on.
const LARGE_AT_HAND: usize = 1 << 22;
const AROUND_ONE: usize = 11;

/// Bytes from which on an object is large: it is let go with one that served and has no room around.
const LARGE: usize = 1 << 17;

/// Bytes of room that is worth keeping.
const SPARE: usize = 1 << 16;

/// Where git has packed an object. What stands close together is mostly alike, and is read soonest
/// in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pack: usize,
    at: u64,
}

/// The packs of a repository; threads may share them.
pub(crate) struct Packs(Vec<Pack>);

struct Pack {
    index: Index,
    stored: Stored,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Desk({} bytes)", self.recent.bytes)
    }
}

impl fmt::Debug for Packs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packs({})", self.0.len())
    }
}

impl Packs {
    /// Opens the packs; those that are not understood are left out.
    pub(crate) fn open(common_dir: &Path) -> Self {
        let paths = indexes(common_dir);
        if paths.len() > MOST_PACKS {
            return Self(Vec::new());
        }
        let open = |path: &Path| {
            let index = Index::open(path)?;
            let stored = Stored::pack(&path.with_extension("pack"), index.count())?;
            Some(Pack { index, stored })
        };
        Self(paths.iter().filter_map(|path| open(path)).collect())
    }

    /// Reads an object of a kind; none where no pack has it, or it is larger than the limit, or
    /// anything about it is not understood.
    pub(crate) fn read(
        &self,
        desk: &mut Desk,
        name: &[u8],
        kind: Kind,
        limit: u64,
    ) -> Option<Vec<u8>> {
        let name = name.first_chunk::<NAME>()?;
        let place = match desk.places.get(name) {
            Some(place) => *place,
            None => self.find(name)?,
        };
        let bytes = desk.read(self.0.get(place.0)?, place, kind, limit);
        // Folders at the top are asked for again and again.
        if kind == Kind::Tree && desk.places.len() < MOST_PLACES {
            desk.places.insert(*name, place);
        }
        bytes
    }

    /// Where an object stands.
    pub(crate) fn position(&self, name: &[u8]) -> Option<Position> {
        let (pack, at) = self.find(name.first_chunk()?)?;
        Some(Position { pack, at })
    }

    /// How many bytes an object has; none where no pack has it, or it takes long to tell.
    pub(crate) fn size(&self, desk: &mut Desk, name: &[u8]) -> Option<u64> {
        let place = self.find(name.first_chunk()?)?;
        desk.size(self.0.get(place.0)?, place)
    }

    fn find(&self, name: &[u8; NAME]) -> Option<Place> {
        let found = |pack: &Pack| pack.index.find(name).flatten();
        let mut packs = self.0.iter().enumerate();
        packs.find_map(|(at, pack)| Some((at, found(pack)?)))
    }
}

/// What one thread unpacks with.
#[derive(Default)]
pub(crate) struct Desk {
    unpacker: Option<Unpacker>,
    /// Bytes of a pack, and where they begin.
    around: (Place, Vec<u8>),
    /// The deltas on the way down, the topmost first, each with the place of what comes of it.
    deltas: Vec<(Place, Vec<u8>)>,
    recent: Recent,
    /// Room that is free again.
    spare: Vec<Vec<u8>>,
    /// Where folders are that were asked for.
    places: HashMap<[u8; NAME], Place, RandomState>,
}

/// The number of a pack, and where an object begins in it.
type Place = (usize, u64);

impl Desk {
    fn read(&mut self, pack: &Pack, place: Place, kind: Kind, limit: u64) -> Option<Vec<u8>> {
        while let Some((_, delta)) = self.deltas.pop() {
            self.put_by(Some(delta));
        }
        let (mut at, was_at_hand) = self.descend(pack, place, kind, limit)?;
        while let Some((place, delta)) = self.deltas.pop() {
            let delta_of = Delta::read(&delta).filter(|delta| delta.result <= limit)?;
            let mut bytes = self.spare.pop().unwrap_or_default();
            delta_of.apply(&self.recent.get(at, kind)?.bytes, &mut bytes)?;
            self.put_by(Some(delta));
            let free = self.recent.keep(place, kind, bytes);
            self.put_by(free);
            at = place;
        }
        let found = &self.recent.get(at, kind)?.bytes;
        if found.len() as u64 > limit {
            return None;
        }
        // Two revisions of something so large were read, and a third is rarely asked for.
        if was_at_hand && room_around(found.len()).is_none() {
            return self.recent.take_large(at);
        }
        Some(found.clone())
    }

    fn size(&mut self, pack: &Pack, place: Place) -> Option<u64> {
        let header = header::read(self.first(pack, place)?)?;
        if let Stand::Whole(_) = header.stand {
            return Some(header.size);
        }
        if header.size > SPARE as u64 {
            return None;
        }
        let mut delta = self.spare.pop().unwrap_or_default();
        self.unpack(pack, place, header, &mut delta)?;
        let size = Delta::read(&delta).map(|delta| delta.result);
        self.put_by(Some(delta));
        size
    }

    /// Puts by what is free again; much room would be missed elsewhere.
    fn put_by(&mut self, free: Option<Vec<u8>>) {
        self.spare
            .extend(free.filter(|free| free.capacity() <= SPARE));
    }

    /// Goes down from an object to one that is at hand or stands in the pack whole, and takes up
    /// the deltas on the way; returns where that is, which then is at hand, and whether it was.
    fn descend(
        &mut self,
        pack: &Pack,
        from: Place,
        kind: Kind,
        limit: u64,
    ) -> Option<(Place, bool)> {
        // Deltas that take more room than what comes of them were not written by git.
        let mut left = limit.saturating_mul(2).saturating_add(1 << 16);
        let mut place = from;
        for _ in 0..MOST_STEPS {
            if self.recent.get(place, kind).is_some() {
                return Some((place, true));
            }
            let header = header::read(self.first(pack, place)?)?;
            left = left.checked_sub(header.size)?;
            let mut bytes = self.spare.pop().unwrap_or_default();
            self.unpack(pack, place, header, &mut bytes)?;
            let offset = match header.stand {
                Stand::Whole(found) if found == kind && header.size <= limit => {
                    let free = self.recent.keep(place, kind, bytes);
                    self.put_by(free);
                    return Some((place, false));
                }
                Stand::Whole(_) | Stand::Before(0) => return None,
                Stand::Before(distance) => place.1.checked_sub(distance)?,
                Stand::Named(name) => pack.index.find(&name)??,
            };
            self.deltas.push((place, bytes));
            place.1 = offset;
        }
        None
    }

    /// Returns the first bytes of what begins at a place.
    fn first(&mut self, pack: &Pack, at: Place) -> Option<&[u8]> {
        let ((of, start), bytes) = &self.around;
        let end = start.checked_add(bytes.len() as u64)?;
        let needed = pack.stored.end().min(at.1.checked_add(FIRST as u64)?);
        if *of != at.0 || bytes.is_empty() || at.1 < *start || needed > end {
            let start = at.1.saturating_sub(BEFORE);
            pack.stored.read(start, AROUND, &mut self.around.1)?;
            self.around.0 = (at.0, start);
        }
        first_of(&self.around, at)
    }

    fn unpack(&mut self, pack: &Pack, at: Place, header: Header, into: &mut Vec<u8>) -> Option<()> {
        let size = usize::try_from(header.size).ok()?;
        let first = first_of(&self.around, at)?.get(header.length..)?;
        let unpacker = self.unpacker.get_or_insert_with(Unpacker::new);
        let at = at.1 + header.length as u64;
        unpacker.unpack_from(first, &pack.stored, at, size, into)
    }
}

fn first_of((start, bytes): &(Place, Vec<u8>), at: Place) -> Option<&[u8]> {
    let from = usize::try_from(at.1.checked_sub(start.1)?).ok()?;
    bytes.get(from..).filter(|_| start.0 == at.0)
}

/// Objects that were unpacked last.
#[derive(Default)]
struct Recent {
    objects: HashMap<Place, Object, RandomState>,
    /// Their places, the oldest first.
    order: VecDeque<Place>,
    bytes: usize,
}

struct Object {
    kind: Kind,
    bytes: Vec<u8>,
}

/// Bytes of as many objects of a size as git looks at for one to stand on; none where these are more
/// than is kept at hand.
fn room_around(size: usize) -> Option<usize> {
    let room = size.saturating_mul(AROUND_ONE);
    (room <= LARGE_AT_HAND).then_some(room)
}

impl Recent {
    fn get(&self, place: Place, kind: Kind) -> Option<&Object> {
        self.objects.get(&place).filter(|one| one.kind == kind)
    }

    /// Keeps an object, and returns the room of one that has to go for it. The newest stays,
    /// however large.
    fn keep(&mut self, place: Place, kind: Kind, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let room = room_around(bytes.len()).map_or(AT_HAND, |room| room.max(AT_HAND));
        self.bytes += bytes.len();
        self.order.push_back(place);
        let before = self.objects.insert(place, Object { kind, bytes });
        let mut free = before.map(|one| one.bytes);
        self.bytes -= free.as_ref().map_or(0, Vec::len);
        while self.is_too_much(room) {
            let oldest = self.order.pop_front()?;
            if let Some(gone) = self.objects.remove(&oldest) {
                self.bytes -= gone.bytes.len();
                free = Some(gone.bytes);
            }
        }
        free
    }

    /// Lets go of all that is large, and returns one of it.
    fn take_large(&mut self, place: Place) -> Option<Vec<u8>> {
        let found = self.objects.remove(&place).map(|one| one.bytes);
        self.objects.retain(|_, one| one.bytes.len() <= LARGE);
        self.order.retain(|place| self.objects.contains_key(place));
        self.bytes = self.objects.values().map(|one| one.bytes.len()).sum();
        found
    }

    fn is_too_much(&self, room: usize) -> bool {
        match self.order.len() {
            0 | 1 => false,
            2 => self.bytes > TWO_AT_HAND,
            _ => self.bytes > room,
        }
    }
}
