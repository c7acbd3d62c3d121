//! Packs that are made by hand, since git writes no bad ones.

#[path = "../../../../fuzz/corpus/mod.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::header::Kind;
use super::{Desk, Groves, Packs, Walk, oracle};
use crate::entry::ObjectId;

const LIMIT: u64 = 1 << 16;

/// An object of a pack: its type and size as the header says them, what stands between it and its
/// data, and these before they are deflated.
#[derive(Debug, Clone)]
struct Object {
    kind: u8,
    size: u64,
    base: Vec<u8>,
    data: Vec<u8>,
}

fn whole(text: &[u8]) -> Object {
    Object {
        kind: 3,
        size: text.len() as u64,
        base: Vec::new(),
        data: text.to_vec(),
    }
}

/// A delta on the object of this number, by its name.
fn on(number: usize, data: &[u8]) -> Object {
    Object {
        kind: 7,
        size: data.len() as u64,
        base: name(number).to_vec(),
        data: data.to_vec(),
    }
}

/// A delta on what lies so far before, written as git writes it.
fn before(mut distance: u64, data: &[u8]) -> Object {
    let mut base = vec![(distance & 0x7f) as u8];
    while distance > 0x7f {
        distance = (distance >> 7) - 1;
        base.insert(0, 0x80 | (distance & 0x7f) as u8);
    }
    Object {
        kind: 6,
        size: data.len() as u64,
        base,
        data: data.to_vec(),
    }
}

/// The name of an object has nothing to do with what it holds: that is looked at elsewhere.
fn name(number: usize) -> [u8; 20] {
    let mut name = [(number * 89) as u8; 20];
    name[19] = number as u8;
    name[18] = (number >> 8) as u8;
    name
}

impl Object {
    fn bytes(&self) -> Vec<u8> {
        let mut size = self.size >> 4;
        let mut bytes = vec![self.kind << 4 | (self.size & 15) as u8];
        while size > 0 {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push((size & 0x7f) as u8);
            size >>= 7;
        }
        bytes.extend(&self.base);
        let mut deflated = vec![0; self.data.len() + 100];
        let config = zlib_rs::DeflateConfig::default();
        let (deflated, _) = zlib_rs::compress_slice(&mut deflated, &self.data, config);
        bytes.extend_from_slice(deflated);
        bytes
    }
}

/// Writes a pack and its index; returns where each object begins.
fn write(folder: &Path, objects: &[Object]) -> Vec<u64> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((objects.len() as u32).to_be_bytes());
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(pack.len() as u64);
        pack.extend(object.bytes());
    }
    pack.extend([7; 20]);
    let folder = folder.join("objects/pack");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pack-a.pack"), &pack).unwrap();
    fs::write(folder.join("pack-a.idx"), indexed(&offsets)).unwrap();
    offsets
}

/// Every other offset is written with eight bytes, as those are that four do not hold.
fn indexed(offsets: &[u64]) -> Vec<u8> {
    let mut objects: Vec<([u8; 20], u64)> = Vec::new();
    objects.extend((0..).map(name).zip(offsets.iter().copied()));
    objects.sort_unstable();
    let mut bytes = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let count = objects.iter().filter(|(name, _)| name[0] <= first).count();
        bytes.extend((count as u32).to_be_bytes());
    }
    objects.iter().for_each(|(name, _)| bytes.extend(name));
    objects.iter().for_each(|_| bytes.extend([0; 4]));
    let mut long = Vec::new();
    for (nth, (_, offset)) in objects.iter().enumerate() {
        let short = if nth % 2 == 0 {
            *offset as u32
        } else {
            long.push(*offset);
            0x8000_0000 | (long.len() - 1) as u32
        };
        bytes.extend(short.to_be_bytes());
    }
    long.iter()
        .for_each(|offset| bytes.extend(offset.to_be_bytes()));
    bytes.extend([7; 40]);
    bytes
}

/// Unpacks so many objects, in stretches of a length.
fn unpacked(folder: &Path, count: usize, stretch: usize) -> Vec<Option<Vec<u8>>> {
    let id = |number| ObjectId::from_bytes(&name(number));
    let wanted = (0..count).map(|number| (id(number), number)).collect();
    let Groves { groves, others } = Groves::find(folder, Kind::Blob, wanted);
    let mut found: BTreeMap<usize, Option<Vec<u8>>> = BTreeMap::new();
    for grove in &groves {
        for start in (0..grove.len()).step_by(stretch) {
            let end = grove.len().min(start + stretch);
            Walk::new(grove, LIMIT).go(start..end, |number, bytes| {
                assert!(found.insert(number, bytes).is_none(), "{number} twice");
            });
        }
    }
    for number in others {
        assert!(found.insert(number, None).is_none(), "{number} twice");
    }
    assert_eq!(found.len(), count);
    found.into_values().collect()
}

/// Unpacks each of so many objects alone, every third after the other, so that what is at hand
/// serves some and not others.
fn alone(folder: &Path, count: usize) -> Vec<Option<Vec<u8>>> {
    let packs = Packs::open(folder);
    let mut desk = Desk::default();
    let mut found = vec![None; count];
    for first in 0..3 {
        for number in (first..count).step_by(3).rev() {
            found[number] = packs.read(&mut desk, &name(number), Kind::Blob, LIMIT);
        }
    }
    found
}

/// A copy of the whole base, which has so many bytes, below 128.
fn copy(size: u8) -> Vec<u8> {
    vec![size, size, 0x90, size]
}

#[test]
fn what_no_git_would_write_is_not_unpacked() {
    let base = b"a: 1\nb: 2\n";
    let lie = |size: u64| Object {
        size,
        ..whole(base)
    };
    let kind = |kind: u8| Object {
        kind,
        ..whole(base)
    };
    let more = [10, 14, 0x90, 10, 4, b'c', b':', b'3', b'\n'];
    let nothing: Option<&[u8]> = None;
    let table: Vec<(Object, Option<&[u8]>)> = vec![
        (whole(base), Some(base)),
        (on(0, &copy(10)), Some(base)),
        (on(0, &more), Some(b"a: 1\nb: 2\nc:3\n")),
        (whole(b""), Some(b"")),
        // Too far back, in front of all objects, on itself, into the middle of another.
        (before(1 << 40, &copy(10)), nothing),
        (before(300, &copy(10)), nothing),
        (before(0, &copy(10)), nothing),
        (before(3, &copy(10)), nothing),
        // On itself by name, on one another, on nothing, on what cannot be unpacked.
        (on(8, &copy(10)), nothing),
        (on(10, &copy(10)), nothing),
        (on(9, &copy(10)), nothing),
        (on(999, &copy(10)), nothing),
        (on(13, &copy(10)), nothing),
        (lie(11), nothing),
        (lie(9), nothing),
        (lie(0), nothing),
        (lie(1 << 50), nothing),
        (lie(u64::MAX), nothing),
        // Sizes that do not fit, orders that are cut off or reserved, results that are too large.
        (on(0, &[10, 11, 0x90, 10]), nothing),
        (on(0, &[10, 9, 0x90, 10]), nothing),
        (on(0, &[9, 10, 0x90, 10]), nothing),
        (on(0, &[10, 0xff, 0xff, 0xff, 0x7f, 0x90, 10]), nothing),
        (
            on(
                0,
                &[
                    10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
                ],
            ),
            nothing,
        ),
        (on(0, &[10, 10, 0x91, 1, 10]), nothing),
        (
            on(0, &[10, 10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            nothing,
        ),
        (on(0, &[10, 10, 0]), nothing),
        (on(0, &[10, 3, 3, b'a']), nothing),
        (on(0, &[10]), nothing),
        (on(0, &[]), nothing),
        // Kinds that there are not, and those that are no files.
        (kind(5), nothing),
        (kind(0), nothing),
        (kind(1), nothing),
        (on(31, &copy(10)), nothing),
        // Larger than the limit, and what stands on that.
        (whole(&[b'x'; LIMIT as usize + 1]), nothing),
        (
            whole(&[b'x'; LIMIT as usize]),
            Some(&[b'x'; LIMIT as usize]),
        ),
        (on(33, &[0x81, 0x80, 0x04, 1, 0x90, 1]), nothing),
        (on(34, &[0x80, 0x80, 0x04, 1, 0x90, 1]), Some(b"x")),
        (on(2, &[14, 5, 0x91, 10, 4, 1, b'!']), Some(b"c:3\n!")),
    ];
    let folder = TempDir::new().unwrap();
    let objects: Vec<Object> = table.iter().map(|(object, _)| object.clone()).collect();
    write(folder.path(), &objects);
    for stretch in [1, 2, 7, 1000] {
        let found = unpacked(folder.path(), table.len() + 1, stretch);
        for (number, (_, expected)) in table.iter().enumerate() {
            let found = found[number].as_deref();
            assert_eq!(
                found.map(<[u8]>::len),
                expected.map(<[u8]>::len),
                "{number}"
            );
            assert!(found == *expected, "{number}");
        }
        assert_eq!(found[table.len()], None, "what no pack has");
    }
    let together = unpacked(folder.path(), table.len() + 1, 1000);
    assert!(alone(folder.path(), table.len() + 1) == together);
}

#[test]
fn any_byte_may_be_damaged() {
    let mut objects = vec![whole(&[b'y'; 500])];
    for number in 1..40 {
        let data = [0xf4, 3, 0xf4, 3, 0xb0, 0xf4 - number, 1, 0x90, number];
        objects.push(on(usize::from(number - 1) / 2, &data));
    }
    let folder = TempDir::new().unwrap();
    write(folder.path(), &objects);
    let sound = unpacked(folder.path(), objects.len(), 30);
    assert!(sound.iter().all(Option::is_some));
    for file in ["pack-a.pack", "pack-a.idx"] {
        let path = folder.path().join("objects/pack").join(file);
        let bytes = fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(3) {
            let mut damaged = bytes.clone();
            damaged[at] ^= [0x80, 0xff, 0x01, 0x10][at % 4];
            fs::write(&path, &damaged).unwrap();
            unpacked(folder.path(), objects.len(), 30);
            alone(folder.path(), objects.len());
            if at % 12 == 0 {
                fs::write(&path, &bytes[..at]).unwrap();
                unpacked(folder.path(), objects.len(), 30);
            }
        }
        fs::write(&path, &bytes).unwrap();
    }
}

/// What stands on what, and the orders of a delta: copies and bytes of its own.
type Made = (usize, bool, Vec<Result<(usize, usize), Vec<u8>>>);

fn any_made() -> impl Strategy<Value = Vec<Made>> {
    let order = prop_oneof![
        (0..300_usize, 1..200_usize).prop_map(Ok),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(Err),
    ];
    let orders = prop::collection::vec(order, 0..6);
    prop::collection::vec((0..400_usize, any::<bool>(), orders), 1..60)
}

/// Makes objects that stand on earlier ones, by name or by distance, and what each holds.
fn objects(made: &[Made]) -> (Vec<Object>, Vec<Vec<u8>>) {
    let (mut objects, mut texts): (Vec<Object>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
    let mut offsets = vec![12];
    for (number, (base, by_name, orders)) in made.iter().enumerate() {
        let base = base % (number + 1);
        let object = if base == number {
            whole(&[number as u8; 200])
        } else {
            let delta = delta(&texts[base], orders);
            if *by_name {
                on(base, &delta)
            } else {
                before(offsets[number] - offsets[base], &delta)
            }
        };
        let text = match object.kind {
            3 => object.data.clone(),
            _ => oracle::applied(&texts[base], &object.data).unwrap(),
        };
        offsets.push(offsets[number] + object.bytes().len() as u64);
        objects.push(object);
        texts.push(text);
    }
    (objects, texts)
}

fn delta(base: &[u8], orders: &[Result<(usize, usize), Vec<u8>>]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut size = 0;
    for order in orders {
        match order {
            Ok((at, length)) if at + length <= base.len() => {
                let (at, length) = (at.to_le_bytes(), length.to_le_bytes());
                body.extend([0xb3, at[0], at[1], length[0], length[1]]);
                size += usize::from_le_bytes(length);
            }
            Ok(_) => {}
            Err(own) => {
                body.push(own.len() as u8);
                body.extend(own);
                size += own.len();
            }
        }
    }
    let number = |number: usize| [0x80 | (number & 0x7f) as u8, (number >> 7) as u8];
    let mut bytes = number(base.len()).to_vec();
    bytes.extend(number(size));
    bytes.extend(body);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_is_unpacked_as_the_slow_way_does(made in any_made(), stretch in 1..70_usize) {
        let (objects, texts) = objects(&made);
        let folder = TempDir::new().unwrap();
        write(folder.path(), &objects);
        let found = unpacked(folder.path(), objects.len(), stretch);
        let texts: Vec<Option<Vec<u8>>> = texts.into_iter().map(Some).collect();
        assert_eq!(found, texts);
        assert_eq!(alone(folder.path(), objects.len()), texts);
    }
}

#[test]
fn many_names_are_found_in_an_index() {
    let folder = TempDir::new().unwrap();
    let text = |number: usize| format!("number {number}").into_bytes();
    // So many begin with each byte that no look sees them all.
    let objects: Vec<Object> = (0..60_000).map(|number| whole(&text(number))).collect();
    write(folder.path(), &objects);
    let packs = Packs::open(folder.path());
    let mut desk = Desk::default();
    for number in (0..objects.len()).step_by(97).chain([59_999]) {
        let found = packs.read(&mut desk, &name(number), Kind::Blob, LIMIT);
        assert_eq!(found, Some(text(number)));
    }
    for number in [60_000, 65_000] {
        assert_eq!(
            packs.read(&mut desk, &name(number), Kind::Blob, LIMIT),
            None
        );
    }
    let tree = packs.read(&mut desk, &name(0), Kind::Tree, LIMIT);
    assert_eq!(tree, None, "a file is no folder");
}

#[test]
fn kept_headers_and_deltas_are_read_in_the_same_way() {
    corpus::each("read_pack", oracle::read_pack);
}

proptest! {
    #[test]
    fn any_header_is_read_in_the_same_way(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        oracle::same_header(&bytes);
        // Long numbers are rare among all bytes.
        let long: Vec<u8> = bytes.iter().map(|byte| byte | 0x80).collect();
        oracle::same_header(&long);
        oracle::same_header(&[&long[..long.len().min(12)], &bytes].concat());
    }

    #[test]
    fn any_delta_is_applied_in_the_same_way(
        base in prop::collection::vec(any::<u8>(), 0..120),
        result in 0..60_u8,
        orders in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut delta = vec![base.len() as u8, result];
        delta.extend(&orders);
        oracle::same_delta(&base, &delta);
        oracle::same_delta(&base, &orders);
    }

    #[test]
    fn a_sound_delta_is_applied_in_the_same_way(made in any_made()) {
        let (objects, _) = objects(&made);
        for object in objects {
            oracle::same_delta(&[7; 200], &object.data);
        }
    }
}
