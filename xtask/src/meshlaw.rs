//! Builds the binary `meshlaw` and answers its path. Knows the package's name and nothing of what
//! the binary does.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// How much time the compiler takes for a faster program.
#[derive(Clone, Copy)]
pub enum Profile {
    Dev,
    Release,
}

/// Builds `meshlaw` and answers where the program lies.
///
/// # Errors
/// When the build fails; the compiler has then said why.
pub fn build(root: &Path, profile: Profile) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.args([
        "build",
        "--locked",
        "--package",
        "meshlaw-app",
        "--bin",
        "meshlaw",
    ]);
    if let Profile::Release = profile {
        cargo.arg("--release");
    }
    // Only cargo knows where it puts the program: target folder, triple and suffix are settings.
    cargo.arg("--message-format=json-render-diagnostics");
    let output = cargo
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start `cargo build`")?;
    if !output.status.success() {
        bail!("`{}` failed", process::shown(&cargo));
    }
    let messages = String::from_utf8(output.stdout).context("cargo did not answer with UTF-8")?;
    executable(&messages).context("cargo built no program `meshlaw`")
}

fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message
                .pointer("/target/name")
                .is_some_and(|name| name == "meshlaw")
        })
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_read_from_the_messages_of_cargo() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"meshlaw_diff"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"meshlaw"},"executable":"/t/meshlaw"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executable(messages), Some(PathBuf::from("/t/meshlaw")));
        assert_eq!(
            executable(r#"{"reason":"build-finished","success":true}"#),
            None
        );
    }
}
