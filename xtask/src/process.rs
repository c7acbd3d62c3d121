//! Runs programs: a command comes in, its output or its success goes out. A program that cannot be
//! started or fails is an error that shows the command as a person would type it.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// Runs a command in the terminal.
///
/// # Errors
/// When it cannot be started or does not exit with 0.
pub fn run(command: &mut Command) -> Result<()> {
    match status(command)? {
        0 => Ok(()),
        code => bail!("`{}` exited with {code}", shown(command)),
    }
}

/// Runs a command in the terminal and answers its exit code, 255 when a signal ended it.
///
/// # Errors
/// When it cannot be started.
pub fn status(command: &mut Command) -> Result<u8> {
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX))
}

/// Runs a command and answers what it wrote to standard output.
///
/// # Errors
/// When it cannot be started, does not exit with 0 or writes no UTF-8.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", shown(command), complaint.trim());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` did not answer with UTF-8", shown(command)))
}

/// Returns cargo as a person would start it.
///
/// What cargo tells this program of its own package would make build scripts that look at such
/// variables run anew, and with them all that stands on what they build.
pub fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Says whether a tool of cargo answers, which is how it shows that it is installed.
pub fn has_cargo_tool(name: &str) -> bool {
    cargo()
        .args([name, "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Renders a command as one would type it, with the program's bare name.
pub fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(command.get_program());
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|argument| quoted(&argument.to_string_lossy())),
    );
    words.join(" ")
}

fn quoted(argument: &str) -> String {
    if argument.is_empty() || argument.contains([' ', '"', '$']) {
        format!("'{argument}'")
    } else {
        argument.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/opt/target/debug/meshlaw");
        command.args(["gate", "--base", "main", "--message", "two words"]);
        assert_eq!(
            shown(&command),
            "meshlaw gate --base main --message 'two words'"
        );
    }
}
