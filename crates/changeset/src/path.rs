//! Text or bytes in, a path inside the repository out.
//!
//! Knows nothing of what lies at the path.

use std::borrow::{Borrow, Cow};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};

/// A path from the root of a repository or folder, with forward slashes.
///
/// Git paths are bytes: what is not UTF-8 is kept as it is. Paths sort by their bytes, as git
/// sorts them. The empty path is the root. A clone shares the bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    /// Reads a path that someone wrote; refuses one that is absolute or has `.`, `..` or empty
    /// parts, because it could lead outside.
    pub fn parse(text: &str) -> Result<RepoPath> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.starts_with('/') {
            "it is absolute"
        } else if text.contains('\0') {
            "it holds a null character"
        } else if !is_plain(text.as_bytes()) {
            "it has a part that is empty, `.` or `..`"
        } else {
            return Ok(RepoPath(text.as_bytes().into()));
        };
        Err(Error::Path {
            path: text.to_owned(),
            reason,
        })
    }

    /// The bytes of the path.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The path as it is shown, for reading.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.plain() {
            Some(plain) => Cow::Borrowed(plain),
            None => Cow::Owned(self.to_string()),
        }
    }

    /// The path, where nothing in it has to be escaped, and all is ASCII: as nearly every path is.
    fn plain(&self) -> Option<&str> {
        let is_plain = self.0.iter().all(|byte| matches!(byte, b' '..=b'~'));
        str::from_utf8(&self.0).ok().filter(|_| is_plain)
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &[u8] {
        let start = memchr::memrchr(b'/', &self.0).map_or(0, |slash| slash + 1);
        self.0.get(start..).unwrap_or_default()
    }

    /// The path as git stores it, which is not checked: it may come from a hostile tree.
    pub fn from_git(bytes: impl AsRef<[u8]>) -> RepoPath {
        RepoPath(bytes.as_ref().into())
    }

    /// The path of something in the folder at this path.
    pub fn join(&self, name: &[u8]) -> RepoPath {
        crate::tree::join(&self.0, name)
    }

    /// The path below a folder on disk; none for one that could lead outside that folder.
    pub(crate) fn below(&self, root: &Path) -> Option<PathBuf> {
        is_plain(&self.0).then(|| {
            let mut place = PathBuf::with_capacity(root.as_os_str().len() + 1 + self.0.len());
            place.push(root);
            place.push(native(&self.0));
            place
        })
    }
}

/// Paths are hashed and sorted as their bytes are.
impl Borrow<[u8]> for RepoPath {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// Invalid bytes are shown as `\xff`, control characters as `\n` or `\u{7f}`. This is for reading:
/// two different paths may look the same.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(plain) = self.plain() {
            return f.write_str(plain);
        }
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_control() {
                    write!(f, "{}", character.escape_default())?;
                } else {
                    f.write_char(character)?;
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

fn is_plain(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/')
        .all(|part| !matches!(part, b"" | b"." | b".."))
}

#[cfg(unix)]
pub(crate) fn native(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

/// Where file names are not bytes, a path that is not UTF-8 names no file that could exist.
#[cfg(not(unix))]
pub(crate) fn native(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_odd_bytes_escaped() {
        for (bytes, shown) in [
            (&b"domains/a.yaml"[..], "domains/a.yaml"),
            ("domains/é ü.yaml".as_bytes(), "domains/é ü.yaml"),
            (b"a\xff\xfe/b", "a\\xff\\xfe/b"),
            (b"a\nb\x1b[31m", "a\\nb\\u{1b}[31m"),
        ] {
            assert_eq!(RepoPath::from_git(bytes).to_string(), shown);
        }
    }

    #[test]
    fn refuses_paths_that_lead_outside() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "./a",
            "a/",
            "a\0b",
        ] {
            assert!(RepoPath::parse(bad).is_err(), "{bad:?}");
        }
        assert!(RepoPath::parse("a/..b/c.yaml").is_ok());
        assert_eq!(RepoPath::from_git("a/../b").below(Path::new("root")), None);
    }

    #[test]
    fn has_a_file_name() {
        assert_eq!(RepoPath::from_git("a/b/c.yaml").file_name(), b"c.yaml");
        assert_eq!(RepoPath::from_git("c.yaml").file_name(), b"c.yaml");
    }
}
