//! Names the sources that the program is made of, so that what one build keeps is not taken by
//! another for its own.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

fn main() {
    start_faster();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().nth(2).unwrap_or(own);
    let crates = root.join("crates");
    let mut files = Vec::new();
    for place in [&crates, &root.join("policies"), &root.join("Cargo.lock")] {
        println!("cargo::rerun-if-changed={}", place.display());
        collect(place, &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root).ok().hash(&mut hasher);
        fs::read(&file).ok().hash(&mut hasher);
    }
    println!("cargo::rustc-env=MESHLAW_SOURCES={:016x}", hasher.finish());
}

fn collect(place: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(place) else {
        files.push(place.to_owned());
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // Tests change no verdict.
        if !path.ends_with("tests") {
            collect(&path, files);
        }
    }
}

/// Links the program where it will be loaded: a fifth of its start would go into moving tables, most of
/// them of others, to where they happen to lie. What unwinds a panic is put into it for the same
/// reason: to look for another library, and for what it needs, takes a fifteenth.
fn start_faster() {
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}"));
    if target("OS").as_deref() == Ok("linux") && target("ENV").as_deref() == Ok("gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        if let Some(folder) = unwinder() {
            println!("cargo::rustc-link-search=native={}", folder.display());
            println!("cargo::rustc-link-lib=static=gcc_eh");
        }
    }
}

/// Returns the folder in which the C compiler, which links the program, has what unwinds; none where
/// it has another, or builds for other machines.
fn unwinder() -> Option<PathBuf> {
    if std::env::var("HOST") != std::env::var("TARGET") {
        return None;
    }
    let mut compiler = std::process::Command::new("cc");
    let found = compiler.arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = PathBuf::from(std::str::from_utf8(&found.stdout).ok()?.trim());
    let is_there = path.is_absolute() && path.is_file();
    is_there.then(|| path.parent().map(Path::to_owned))?
}
