//! What the fields of one contract say of their names, as one run of bytes.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cache::digits;
use crate::shards::bytes;

/// One thing that a field says of its name: hashes of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    /// The name, and what is stated.
    pub(super) about: [u8; 8],
    /// What it is.
    pub(super) value: [u8; 4],
}

/// All that a contract says, each thing once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sayings(Box<[u8]>);

impl Sayings {
    pub(super) fn of(mut all: Vec<Said>) -> Self {
        // In the order of the bytes.
        let key = |one: &Said| (u64::from_be_bytes(one.about), u32::from_be_bytes(one.value));
        all.sort_unstable_by_key(key);
        all.dedup_by_key(|one| key(one));
        let mut bytes = Vec::with_capacity(all.len() * size_of::<Said>());
        for Said { about, value } in &all {
            bytes.extend_from_slice(about);
            bytes.extend_from_slice(value);
        }
        Self(bytes.into_boxed_slice())
    }

    /// Returns what is said: the name and what is stated of it, and what it is.
    pub fn pairs(&self) -> impl Iterator<Item = ([u8; 8], [u8; 4])> {
        self.iter().map(|said| (said.about, said.value))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Said> {
        let size = size_of::<Said>();
        self.0.chunks_exact(size).filter_map(|bytes| {
            let (about, rest) = bytes.split_first_chunk()?;
            let value = rest.first_chunk()?;
            Some(Said {
                about: *about,
                value: *value,
            })
        })
    }
}

/// Bytes, or digits where people may look.
impl Serialize for Sayings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.serialize_str(&digits(&self.0))
        } else {
            to.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Sayings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            from.deserialize_str(Bytes)
        } else {
            from.deserialize_bytes(Bytes)
        }
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Sayings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes, or hexadecimal digits")
    }

    fn visit_bytes<E: Error>(self, all: &[u8]) -> Result<Sayings, E> {
        Ok(Sayings(all.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Sayings, E> {
        let all = bytes(text).ok_or_else(|| E::custom("these are no hexadecimal digits"))?;
        Ok(Sayings(all.into()))
    }
}
