//! Entries in, batches of them out, each read by one thread at a time.
//!
//! Knows nothing of packs but that what lies in them is read together. What lies on disk, or in git
//! but in no pack, is read one by one.

use std::ops::Range;

use git2::ObjectType;

use crate::content::Content;
use crate::entry::{Entry, Kind, ObjectId};
use crate::pack::{self, Grove, Groves, Walk};
use crate::reader::Reader;
use crate::repository::is_genuine;

/// The most objects of a pack in one batch: enough that to unpack what the first stands on weighs
/// little, and few enough that threads end at the same time.
const STRETCH: usize = 512;

/// The most entries in one batch that are read one by one.
const SINGLE: usize = 128;

/// So many batches there are at least where there is that much to read, for threads to share.
const PARTS: usize = 16;

/// Entries, dealt out in batches that threads may read side by side.
///
/// Alike objects are kept as differences to one another: read together, each is unpacked once.
pub struct Batches<'e> {
    entries: &'e [Entry],
    limit: u64,
    groves: Vec<Grove>,
    /// Positions of entries that are read one by one.
    single: Vec<usize>,
    batches: Vec<Batch>,
}

enum Batch {
    Single(Range<usize>),
    Stretch(usize, Range<usize>),
}

/// One entry whose turn has come.
pub struct Turn<'b> {
    /// The entry.
    pub entry: &'b Entry,
    /// Its position among all entries.
    pub position: usize,
    reader: &'b Reader,
    limit: u64,
    /// Its bytes, where they are at hand.
    bytes: Option<Vec<u8>>,
}

impl<'e> Batches<'e> {
    /// Deals out the entries at these positions.
    pub(crate) fn new(
        reader: &Reader,
        entries: &'e [Entry],
        positions: impl IntoIterator<Item = usize>,
        limit: u64,
    ) -> Self {
        let (mut wanted, mut single) = (Vec::new(), Vec::new());
        for position in positions {
            match entries.get(position).and_then(packed) {
                Some(id) => wanted.push((id, position)),
                None => single.push(position),
            }
        }
        let Groves { groves, others } = reader.groves(pack::Kind::Blob, wanted);
        single.extend(others);
        single.sort_unstable();
        let mut batches = Vec::new();
        for (nth, grove) in groves.iter().enumerate() {
            let stretches = pieces(grove.len(), STRETCH);
            batches.extend(stretches.map(|stretch| Batch::Stretch(nth, stretch)));
        }
        batches.extend(pieces(single.len(), SINGLE).map(Batch::Single));
        Self {
            entries,
            limit,
            groves,
            single,
            batches,
        }
    }

    /// How many batches there are.
    pub fn count(&self) -> usize {
        self.batches.len()
    }

    /// Hands over one entry of a batch after the other, in no order that means anything.
    ///
    /// All batches together hand over each entry once. The reader is one of the same snapshot.
    pub fn read(&self, nth: usize, reader: &Reader, mut each: impl FnMut(Turn<'_>)) {
        let turn = |position: usize, bytes: Option<Vec<u8>>| {
            self.entries.get(position).map(|entry| Turn {
                entry,
                position,
                reader,
                limit: self.limit,
                bytes,
            })
        };
        match self.batches.get(nth) {
            Some(Batch::Single(range)) => {
                let positions = self.single.get(range.clone()).unwrap_or_default();
                let turns = positions.iter().filter_map(|at| turn(*at, None));
                turns.for_each(each);
            }
            Some(Batch::Stretch(grove, stretch)) => {
                let Some(grove) = self.groves.get(*grove) else {
                    return;
                };
                Walk::new(grove, self.limit).go(stretch.clone(), |position, bytes| {
                    if let Some(turn) = turn(position, bytes) {
                        each(turn);
                    }
                });
            }
            None => {}
        }
    }
}

impl Turn<'_> {
    /// The text of the entry, or why there is none; what is not at hand is read now.
    pub fn content(self) -> Content {
        match self.at_hand() {
            Ok(bytes) => Content::from_bytes(bytes),
            Err(turn) => turn.reader.read(turn.entry, turn.limit),
        }
    }

    /// The same with what tells the bytes that were read from any others, as
    /// [`Entry::stamp`] has it; none for those of a file that changed after `settled`.
    pub fn stamped(self, settled: u64) -> (Content, Option<Vec<u8>>) {
        let stamp = self.entry.object().map(|id| id.as_bytes().to_vec());
        match self.at_hand() {
            Ok(bytes) => (Content::from_bytes(bytes), stamp),
            Err(turn) => turn.reader.read_stamped(turn.entry, turn.limit, settled),
        }
    }

    fn at_hand(mut self) -> Result<Vec<u8>, Self> {
        let bytes = self.bytes.take().zip(self.entry.object());
        match bytes.filter(|(bytes, id)| is_genuine(*id, ObjectType::Blob, bytes)) {
            Some((bytes, _)) => {
                self.reader.count_blob();
                Ok(bytes)
            }
            None => Err(self),
        }
    }
}

fn packed(entry: &Entry) -> Option<ObjectId> {
    entry.object().filter(|_| entry.kind == Kind::File)
}

/// Cuts so many things into pieces, none larger than the greatest size.
fn pieces(count: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let size = count.div_ceil(PARTS).clamp(1, most);
    let starts = (0..count).step_by(size);
    starts.map(move |start| start..count.min(start + size))
}
