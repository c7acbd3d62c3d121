//! The policies of this workspace, embedded.

use crate::BookFile;

/// Name of the pack that holds every built-in policy of the floor.
pub const BUILTIN: &str = "org";

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Returns the files of the built-in policies, with paths such as `org/privacy/pii-masked/…`.
pub fn builtin_files() -> Vec<BookFile> {
    let file = |(path, text): &(&str, &str)| BookFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    FILES.iter().map(file).collect()
}
