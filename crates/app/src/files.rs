//! Texts in, new files out; nothing that is there is ever overwritten.

use std::io::Write as _;
use std::path::Path;

use crate::failure::Failure;

/// Writes a file where there is none, with the folders around it.
pub fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed =
        |error: std::io::Error| anyhow::anyhow!("cannot write `{}`: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    let mut file = match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let message = format!("`{}` is already there", path.display());
            let help = "nothing was written there; remove the file, or name another";
            return Err(Failure::new(message, help).into());
        }
        opened => opened.map_err(failed)?,
    };
    file.write_all(text.as_bytes()).map_err(failed)
}
