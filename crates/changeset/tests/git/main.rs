//! Plays the crate through real repositories, made with the `git` command in a temporary folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it is"
)]

mod against_git;
mod ancestry;
mod changes;
mod contents;
mod cost;
mod folders;
mod history;
mod packs;
mod renames;
mod revisions;
mod sandbox;
mod states;
mod stems;
mod trail;
