//! What is wrong with a bundle or its signature.

use crate::bundle::{MOST_BYTES, MOST_FILE_BYTES, MOST_FILES};

/// What keeps bytes from being a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It is too large.
    #[error("it has {0} bytes, and a bundle has at most {most}", most = MOST_BYTES)]
    Size(usize),
    /// It is not UTF-8.
    #[error("it is not UTF-8: bad byte at offset {0}")]
    NotUtf8(usize),
    /// It is not the JSON of a bundle.
    #[error("it is not the JSON of a bundle: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is of another version.
    #[error("it is of format {0}, and this version reads format 1")]
    Format(u32),
    /// Its name is none.
    #[error("`{0}` is not the name of a bundle")]
    Name(String),
    /// It holds too many files.
    #[error("it holds {0} files, and a bundle holds at most {most}", most = MOST_FILES)]
    Count(usize),
    /// It holds none.
    #[error("it holds no policy")]
    Empty,
    /// A file is too long.
    #[error("`{path}` has {bytes} bytes, and a file of a bundle has at most {most}", most = MOST_FILE_BYTES)]
    FileSize {
        /// The file.
        path: String,
        /// Its size.
        bytes: usize,
    },
    /// A path does not belong into a bundle.
    #[error("`{path}` does not belong into a bundle: {fault}")]
    Path {
        /// The path.
        path: String,
        /// Why not.
        fault: PathFault,
    },
    /// Two files have one path.
    #[error("`{0}` stands in it twice")]
    Duplicate(String),
    /// It is not written as it would be written here.
    #[error("it is not in the one form that bundles have")]
    NotCanonical {
        /// The first line that differs, from 1.
        line: usize,
    },
}

/// Why a path does not belong into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// It begins at the root, or names a drive.
    #[error("it is absolute")]
    Absolute,
    /// It could lead outside.
    #[error("it has a part that is empty, `.` or `..`")]
    Traversal,
    /// It holds what no path of a policy does.
    #[error("it holds other characters than letters, digits, `-`, `_` and `.`")]
    Characters,
    /// It is too long.
    #[error("it is longer than 200 bytes")]
    Length,
    /// It is not of the floor.
    #[error("a bundle holds `org/<group>/<name>/policy.cedar` and `README.md` beside it")]
    Layout,
}

impl BundleError {
    /// Returns the line and column of the place, from 1, where there is one.
    pub fn place(&self) -> Option<(usize, usize)> {
        match self {
            BundleError::Json { line, column, .. } => Some((*line, *column)),
            BundleError::NotCanonical { line } => Some((*line, 1)),
            _ => None,
        }
    }
}

/// What keeps a signature from holding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The text is no key.
    #[error("`{0}` is not a public key")]
    PublicKey(String),
    /// The text is no secret key, or the password is wrong.
    #[error("the secret key cannot be used: {0}")]
    SecretKey(String),
    /// The text is no signature.
    #[error("the signature cannot be read: {0}")]
    Malformed(String),
    /// None of the keys made it.
    #[error("the signature is not one that the keys made")]
    Unknown,
    /// No key is there to verify by.
    #[error("there is no key to verify the signature by")]
    NoKeys,
    /// The system gives no random numbers, or the like.
    #[error("the signature cannot be made: {0}")]
    NotMade(String),
}
