//! Builds targets with what libFuzzer needs to see where a run has been: the names of `fuzz/` come
//! in, programs below `target/fuzz` go out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process;

/// The pass that counts edges and tells of comparisons, which every toolchain has.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

const MANIFEST: &str = "fuzz/Cargo.toml";
const LOCK: &str = "fuzz/Cargo.lock";

/// A program of `fuzz/`.
pub struct Target {
    /// Its name, and that of its kept texts.
    pub name: String,
    /// What it is built with.
    features: Vec<String>,
}

/// Whether this machine can build targets.
pub enum Readiness {
    /// It can.
    Ready,
    /// It lacks something.
    Lacking(&'static str),
}

/// Finds out whether there is a C++ compiler, and what the targets are built of.
///
/// # Errors
/// When the lock file of the targets is not that of their dependencies.
pub fn readiness(root: &Path) -> Result<Readiness> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut answers = Command::new(compiler);
    answers
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !answers.status().is_ok_and(|status| status.success()) {
        let what = "libFuzzer needs a C++ compiler, and there is none: install `g++`";
        return Ok(Readiness::Lacking(what));
    }
    let before =
        std::fs::read_to_string(root.join(LOCK)).context("cannot read `fuzz/Cargo.lock`")?;
    let mut fetch = process::cargo();
    fetch.args(["fetch", "--quiet", "--manifest-path", MANIFEST]);
    fetch.args(["--target", &host()?]);
    if process::status(fetch.current_dir(root))? != 0 {
        let what = "the dependencies of `fuzz/` cannot be fetched";
        return Ok(Readiness::Lacking(what));
    }
    let after =
        std::fs::read_to_string(root.join(LOCK)).context("cannot read `fuzz/Cargo.lock`")?;
    if before != after {
        bail!("`fuzz/Cargo.lock` was out of date and is mended: commit it");
    }
    Ok(Readiness::Ready)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    #[serde(default, rename = "required-features")]
    features: Vec<String>,
}

/// Lists the targets of `fuzz/`, sorted.
///
/// # Errors
/// When cargo does not understand its manifest.
pub fn targets(root: &Path) -> Result<Vec<Target>> {
    let mut cargo = process::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version=1"]);
    cargo.args(["--manifest-path", MANIFEST]).current_dir(root);
    let metadata: Metadata = serde_json::from_str(&process::capture(&mut cargo)?)
        .context("cannot read what cargo tells of `fuzz/`")?;
    let described = metadata
        .packages
        .into_iter()
        .flat_map(|package| package.targets);
    let mut targets: Vec<Target> = described
        .map(|Described { name, features }| Target { name, features })
        .collect();
    targets.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(targets)
}

/// Builds targets, apart from all other builds, and instruments nothing that runs while building.
///
/// # Errors
/// When one does not compile.
pub fn build(root: &Path, targets: &[Target]) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args([
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        MANIFEST,
    ]);
    cargo
        .args(["--target", &host()?, "--target-dir"])
        .arg(folder(root));
    for target in targets {
        cargo.args(["--bin", &target.name]);
        for feature in &target.features {
            cargo.args(["--features", feature]);
        }
    }
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.env("RUSTFLAGS", COVERAGE.join(" ")).current_dir(root);
    process::run(&mut cargo)
}

/// The program of a target.
///
/// # Errors
/// When rustc does not say what it builds for.
pub fn program(root: &Path, target: &Target) -> Result<PathBuf> {
    let name = format!("{}{}", target.name, std::env::consts::EXE_SUFFIX);
    Ok(folder(root).join(host()?).join("release").join(name))
}

/// Where programs, found texts and logs lie.
pub fn folder(root: &Path) -> PathBuf {
    root.join("target/fuzz")
}

/// What rustc builds for. Named to cargo, even the machine's own keeps flags away from build
/// scripts and macros.
fn host() -> Result<String> {
    let told = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .context("rustc does not say what it builds for")
}
