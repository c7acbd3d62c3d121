//! Every scenario of `fixtures/scenarios`, played through real git.
//!
//! `expected.txt` holds the exit status and the whole report. After a wanted change, write them
//! anew with `UPDATE_EXPECT=1 cargo test -p meshlaw-app --test scenarios`, and read the difference.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;
use std::path::{Path, PathBuf};

use playground::{Repository, workspace};

#[test]
fn scenarios_come_out_as_expected() {
    let mut wrong = Vec::new();
    let folders = scenarios();
    assert!(folders.len() >= 12, "{} scenarios", folders.len());
    for folder in folders {
        let found = play(&folder);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != found {
            wrong.push(format!(
                "== {}\n-- expected\n{expected}\n-- found\n{found}",
                folder.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    for folder in scenarios() {
        let repository = build(&folder);
        for format in ["json", "markdown", "text"] {
            let run = |threads: &str| {
                let output = playground::program(repository.path())
                    .env("RAYON_NUM_THREADS", threads)
                    .args([
                        "gate",
                        "--base",
                        "main",
                        "--as-of",
                        "2026-11-23",
                        "--format",
                        format,
                    ])
                    .output()
                    .unwrap();
                (output.status.code(), output.stdout)
            };
            assert!(run("1") == run("8"), "{} as {format}", folder.display());
        }
    }
}

fn scenarios() -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace("fixtures/scenarios")).unwrap();
    let mut folders: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn play(folder: &Path) -> String {
    let repository = build(folder);
    let arguments = arguments(folder);
    let mut args = vec!["--color", "never"];
    args.extend(arguments.split_whitespace());
    let ran = repository.gate(&args);
    format!("exit {}\n\n{}{}", ran.code, ran.stdout, ran.stderr)
}

fn build(folder: &Path) -> Repository {
    let repository = Repository::new();
    let base_date = fs::read_to_string(folder.join("base-date")).unwrap_or("2026-06-01".to_owned());
    repository
        .overlay(&folder.join("base"))
        .commit("base", base_date.trim());
    repository
        .branch("change")
        .clear()
        .overlay(&folder.join("head"));
    if arguments(folder).contains("--staged") {
        repository.git(&["add", "--all"]);
        return repository;
    }
    repository.commit("change", "2026-11-20");
    if folder.join("upstream").is_dir() {
        repository
            .checkout("main")
            .overlay(&folder.join("upstream"))
            .commit("upstream", "2026-11-16");
        repository.checkout("change");
    }
    repository
}

fn arguments(folder: &Path) -> String {
    fs::read_to_string(folder.join("args")).unwrap_or_default()
}
