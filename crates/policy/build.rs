//! Embeds the workspace's policies into the binary, so that it works where no policies are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The policies, seen from the package.
const POLICIES: &str = "../../policies";

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = Vec::new();
    // The policies of domains are examples of a layer, and no one's floor.
    collect(&package, "org", &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for name in files {
        let _ = writeln!(
            code,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{POLICIES}/{name}\"))),",
        );
    }
    code.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("builtin.rs");
    fs::write(out, code)
}

/// Finds the policies and what explains them; examples stay outside the binary.
///
/// What is told to cargo is seen from the package, so that a copy of what was built elsewhere embeds
/// the policies that lie here.
fn collect(package: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={POLICIES}/{folder}");
    for entry in fs::read_dir(package.join(POLICIES).join(folder))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let inner = format!("{folder}/{name}");
        if path.is_dir() && name != "allow" && name != "deny" {
            collect(package, &inner, files)?;
        } else if name == "policy.cedar" || name == "README.md" {
            println!("cargo:rerun-if-changed={POLICIES}/{inner}");
            files.push(inner);
        }
    }
    Ok(())
}
