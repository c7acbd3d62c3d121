//! Bytes in, text out, or the reason why there is none.
//!
//! Knows nothing of where the bytes come from. A byte order mark and carriage returns are left in
//! the text: what they mean is the business of whoever reads it.

use std::fmt;

use crate::entry::ObjectId;

/// The number of bytes beyond which a file is not read, unless the caller says otherwise.
pub const DEFAULT_LIMIT: u64 = 1024 * 1024;

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The whole text.
    Text(String),
    /// No text, and why.
    Unreadable(Unreadable),
}

/// Why an entry gives no text. It concerns one file and never stops a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is a symbolic link.
    Symlink,
    /// It is a submodule.
    Submodule,
    /// The index holds an unresolved merge conflict.
    Conflict,
    /// It is a pipe, a socket or a device.
    Special,
    /// The text is a pointer of Git Large File Storage in place of the file.
    LfsPointer,
    /// It is larger than the caller allows.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The greatest size allowed, in bytes.
        limit: u64,
    },
    /// It is not UTF-8.
    NotUtf8 {
        /// The number of bytes before the first bad one.
        offset: usize,
    },
    /// The object is not in this clone, or is damaged.
    Missing {
        /// The id of the object.
        id: ObjectId,
    },
    /// The system refuses to read it.
    Io {
        /// What the system says.
        reason: String,
    },
}

impl Content {
    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Content::Text(text) => Some(text),
            Content::Unreadable(_) => None,
        }
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Content {
        if is_lfs_pointer(&bytes) {
            return Content::Unreadable(Unreadable::LfsPointer);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                Content::Unreadable(Unreadable::NotUtf8 { offset })
            }
        }
    }
}

impl Unreadable {
    /// The way out, where there is one.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Unreadable::Symlink => Some("put a regular file here"),
            Unreadable::Submodule => Some("check the submodule in its own repository"),
            Unreadable::Conflict => Some("resolve the conflict and `git add` the file"),
            Unreadable::LfsPointer => {
                Some("keep the file in git itself with `git lfs untrack` and commit it again")
            }
            Unreadable::TooLarge { .. } => Some("split the file, or raise the limit"),
            Unreadable::NotUtf8 { .. } => Some("save the file as UTF-8"),
            Unreadable::Missing { .. } => Some(
                "in a partial clone fetch it with `git fetch --refetch --no-filter`, otherwise \
                 run `git fsck`",
            ),
            Unreadable::Special | Unreadable::Io { .. } => None,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Symlink => f.write_str("it is a symbolic link, which is not followed"),
            Unreadable::Submodule => f.write_str("it is a submodule, which is not opened"),
            Unreadable::Conflict => f.write_str("its merge conflict is not resolved"),
            Unreadable::Special => f.write_str("it is not a regular file"),
            Unreadable::LfsPointer => {
                f.write_str("it is a Git LFS pointer, the text itself is not here")
            }
            Unreadable::TooLarge { size, limit } => {
                write!(f, "it has {size} bytes, the limit is {limit}")
            }
            Unreadable::NotUtf8 { offset } => {
                write!(f, "it is not UTF-8: bad byte at offset {offset}")
            }
            Unreadable::Missing { id } => {
                write!(f, "its object `{id}` is missing or damaged in this clone")
            }
            Unreadable::Io { reason } => write!(f, "it cannot be read: {reason}"),
        }
    }
}

/// Pointer files are below this many bytes by specification.
const LFS_POINTER_SIZE: usize = 1024;

fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < LFS_POINTER_SIZE && bytes.starts_with(b"version https://git-lfs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_is_text_and_says_what_is_not() {
        let text = |text: &str| Content::Text(text.to_owned());
        for (bytes, expected) in [
            (&b""[..], text("")),
            (b"a: 1\r\n", text("a: 1\r\n")),
            (b"\xef\xbb\xbfa: 1\n", text("\u{feff}a: 1\n")),
            (
                b"ab\xffc",
                Content::Unreadable(Unreadable::NotUtf8 { offset: 2 }),
            ),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
                Content::Unreadable(Unreadable::LfsPointer),
            ),
            (b"version: 1.0.0\n", text("version: 1.0.0\n")),
        ] {
            assert_eq!(Content::from_bytes(bytes.to_vec()), expected);
        }
    }

    #[test]
    fn a_long_text_is_no_pointer() {
        let long = format!("version https://git-lfs{}", "x".repeat(LFS_POINTER_SIZE));
        assert_eq!(
            Content::from_bytes(long.clone().into_bytes()),
            Content::Text(long)
        );
    }
}
