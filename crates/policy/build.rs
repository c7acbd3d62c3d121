//! Embeds the workspace's policies into the binary, so that it works where no policies are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The policies, seen from the package.
const POLICIES: &str = "../../policies";

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut found = Found::default();
    // The policies of domains are examples of a layer, and no one's floor.
    collect(&package, "org", &mut found)?;
    fs::write(out.join("builtin.rs"), list(found.policies))?;
    fs::write(out.join("examples.rs"), list(found.examples))
}

/// Paths below the policies.
#[derive(Default)]
struct Found {
    /// The policies, and what explains them.
    policies: Vec<String>,
    /// Their examples, and the settings of those.
    examples: Vec<String>,
}

/// Writes a list of texts by their paths.
fn list(mut files: Vec<String>) -> String {
    files.sort();
    let mut code = String::from("&[\n");
    for name in files {
        let _ = writeln!(
            code,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{POLICIES}/{name}\"))),",
        );
    }
    code.push(']');
    code
}

/// Finds the policies, what explains them and what shows them.
///
/// What is told to cargo is seen from the package, so that a copy of what was built elsewhere embeds
/// the policies that lie here.
fn collect(package: &Path, folder: &str, found: &mut Found) -> io::Result<()> {
    println!("cargo:rerun-if-changed={POLICIES}/{folder}");
    for entry in fs::read_dir(package.join(POLICIES).join(folder))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let inner = format!("{folder}/{name}");
        if path.is_dir() {
            collect(package, &inner, found)?;
            continue;
        }
        let is_example = inner.contains("/allow/") || inner.contains("/deny/");
        if is_example || name == "meshlaw.yaml" {
            found.examples.push(inner.clone());
        } else if name == "policy.cedar" || name == "README.md" {
            found.policies.push(inner.clone());
        } else {
            continue;
        }
        println!("cargo:rerun-if-changed={POLICIES}/{inner}");
    }
    Ok(())
}
