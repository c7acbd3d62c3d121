//! Git refs in, changed files of interest out; also plain folders, read the same way.
//!
//! Knows nothing of contracts, policies or reports: a file is a path, a kind and bytes. It reads
//! no environment variable and no clock, writes nothing, and needs no network.
//!
//! ```text
//! Repository ──resolve, merge_base, default_base──▶ Commit ──▶ Snapshot ──open──▶ Reader
//! Reader × Reader × Globs ──changes──▶ FileChange(Entry, Entry) ──Reader::read──▶ Content
//! Reader × [Entry] ──batches──▶ Batches ──Turn::content──▶ Content
//! Reader ──folder──▶ Folder ──look──▶ Found(FoundFile, Folder)
//! ```
//!
//! A [`Snapshot`] is plain data that threads may share; a [`Reader`] is one thread's open handle
//! on it. The cost of [`changes`] between two commits grows with the change and never with the
//! repository: sub-trees with equal ids are not opened, nor folders that no glob can match.

mod ancestry;
mod batches;
mod both;
mod changes;
mod commit_graph;
mod content;
mod disk;
mod entry;
mod error;
mod folder;
mod globs;
mod handle;
mod history;
mod index;
mod listing;
mod merge_join;
mod pack;
mod path;
mod plain;
mod reader;
mod rename;
mod repository;
mod revision;
mod snapshot;
mod stems;
mod step;
mod store;
mod trail;
mod tree;
mod walk;
mod wide;

pub use batches::{Batches, Turn};
pub use changes::{FileChange, Renames, changes, compare_ahead};
pub use content::{Content, DEFAULT_LIMIT, Unreadable};
pub use disk::blob_of;
pub use entry::{Entry, Kind, ObjectId, Place};
pub use error::{Cause, Error, Result};
pub use globs::Globs;
pub use history::{History, Version};
pub use pack::Position;
pub use path::RepoPath;
pub use reader::{Reader, Stats};
pub use repository::{Repository, fast_reads};
pub use revision::{Base, Commit, Signature};
pub use snapshot::Snapshot;
pub use stems::Stems;
pub use step::Step;
pub use store::Store;
pub use trail::{Footprint, Trail};
pub use walk::{Folder, Found, FoundFile};
