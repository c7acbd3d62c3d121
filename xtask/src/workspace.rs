//! Where the checkout is and which files belong to it. Does not know what the files hold.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// A text file of the checkout.
pub struct Source {
    /// Path from the root, parts separated by `/` on every platform.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Finds the root of the checkout: the folder above this package.
pub fn root() -> PathBuf {
    // Cargo says where the package is now; the compiled-in path is stale once a checkout moved.
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .parent()
        .map_or_else(|| package.clone(), Path::to_path_buf)
}

/// Lists the files that git tracks or would track, as sorted paths from `root`.
///
/// # Errors
/// When `root` is no git repository or git is missing.
pub fn files(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = process::capture(git.current_dir(root)).context("cannot list the files")?;
    let mut files: Vec<String> = listed
        .split_terminator('\0')
        .filter(|path| root.join(path).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// Reads a file below `root`.
///
/// # Errors
/// When it is missing or no UTF-8.
pub fn read(root: &Path, path: &str) -> Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read `{path}`"))
}

/// Writes a file below `root`, with the folders it needs.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let target = root.join(path);
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder of `{path}`"))?;
    }
    std::fs::write(target, text).with_context(|| format!("cannot write `{path}`"))
}
