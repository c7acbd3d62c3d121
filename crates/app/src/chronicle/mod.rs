//! A contract at a commit in, what it was before out, edition by edition.
//!
//! Only the line of first parents is walked: what the branch showed, whatever was merged into it.
//! A file that was renamed, or whose contract came from another file, is followed there. Knows no
//! policy and no output.

mod annals;
mod named;
mod releases;
mod steps;
mod told;
mod walk;

pub use annals::{Annals, Noticed};
pub use named::{Named, find};
pub use releases::{Release, releases};
pub use steps::{Step, day, steps};
pub use told::{Told, told};
pub use walk::{Chronicle, Edition};
