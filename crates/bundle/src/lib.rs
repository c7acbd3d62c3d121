//! Policy texts in, the bytes of one signed file out, and back where the signature holds.
//!
//! A bundle is JSON in one canonical form: sorted paths, a line for each line of a policy. The same
//! policies give the same bytes, a changed line is one line of a diff, and what an archive could
//! smuggle (links, owners, two files of one name) cannot be said. Whatever is not written exactly as
//! it would be written here is refused, so that the hash of the file is the hash of its policies.
//!
//! Knows nothing of Cedar, git, settings and files. Keys are made of the system's random numbers;
//! nothing else here is random.

mod bundle;
mod error;
mod hash;
mod path;
mod signature;

pub use bundle::{Bundle, File, MOST_BYTES, MOST_FILES, Parameter};
pub use error::{BundleError, PathFault, SignatureError};
pub use hash::Hash;
pub use signature::{PublicKey, SecretKey, verify};
