//! Sketches of large files in, kept by what the files hold; out where anybody asks for one again.
//!
//! A contract of thousands of fields that others refer to is read once, and not for each branch that
//! changes one of those. Of a small file the look into it takes no longer than the look for its page.

use meshlaw_changeset::{Entry, Reader};

use crate::cache::{Cache, Key, Room};
use crate::register::bytes_of;
use crate::settings::Settings;
use crate::sketch::Packed;

/// What pages of sketches are called in the cache.
const KIND: &str = "sketches";

/// Bytes of a text from which on its sketches are kept. Few where the program is built for tests.
const LARGE: usize = if cfg!(debug_assertions) {
    1 << 9
} else {
    32 << 10
};

/// How much is kept.
const ROOM: Room = Room {
    pages: 1024,
    bytes: 64 << 20,
};

/// The sketches that are kept; threads may share it.
#[derive(Debug)]
pub struct Sketchbook {
    cache: Cache,
    /// All that a sketch hangs on, beside the bytes and the path of its file.
    scope: Key,
}

impl Sketchbook {
    /// Opens the sketchbook of a repository; there is none where nothing can be kept, or no short
    /// cut is wanted.
    pub fn open(reader: &Reader, settings: &Settings) -> Option<Self> {
        let Settings {
            domains,
            limits,
            vocabulary,
            ..
        } = settings;
        if !limits.shortcuts {
            return None;
        }
        let mapped = domains.iter().map(|(name, domain)| (name, &domain.paths));
        let mapped: Vec<_> = mapped.filter(|(_, paths)| !paths.is_empty()).collect();
        let scope = (mapped, format!("{limits:?}"), format!("{vocabulary:?}"));
        Some(Self {
            cache: Cache::of(reader)?,
            scope: Key::of(&scope)?,
        })
    }

    /// Returns the sketches of a file, if they are kept.
    pub fn recall(&self, entry: &Entry) -> Option<Vec<Packed>> {
        let page = self.cache.load(KIND, &self.key(entry)?)?;
        page.value()
    }

    /// Keeps the sketches of a file of so many bytes, if it is large; tells whether it does.
    pub fn keep(&self, entry: &Entry, bytes: usize, sketches: &[Packed]) -> bool {
        let key = (bytes >= LARGE).then(|| self.key(entry)).flatten();
        key.is_some_and(|key| self.cache.add(KIND, &key, &sketches))
    }

    /// Removes what is too much.
    pub fn weed(&self) {
        self.cache.weed(KIND, ROOM);
    }

    /// What lies on disk has no id by which it could be found again.
    fn key(&self, entry: &Entry) -> Option<Key> {
        let id = entry.object().as_ref().and_then(bytes_of)?;
        Key::of(&(self.scope, entry.path.as_bytes(), id))
    }
}
