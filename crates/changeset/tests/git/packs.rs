//! What is read together from packs, beside what libgit2 reads object by object.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid};
use meshlaw_changeset::{
    Content, DEFAULT_LIMIT, Entry, Globs, Reader, Repository, Snapshot, Unreadable, fast_reads,
};

use crate::sandbox::{Sandbox, yaml};

/// What was read in one way, and how much of it together.
struct Reading {
    entries: Vec<Entry>,
    contents: Vec<Content>,
    listed_together: u64,
    together: u64,
}

/// Reads all files of a revision together and one by one, on threads of no particular number, and
/// holds each against its id.
fn check(root: &Path, revision: &str, limit: u64) -> Reading {
    let repository = Repository::discover(root).unwrap();
    let snapshot = repository.at(repository.resolve(revision).unwrap());
    let reader = snapshot.open().unwrap();
    let entries = reader.list(&yaml()).unwrap();
    let listed_together = reader.stats().together;
    assert_eq!(paths(&entries), listed_by_git(root, revision));
    let contents = reader.read_all(&entries, limit);
    let together = reader.stats().together - listed_together;
    assert_eq!(contents.len(), entries.len());
    let alone = snapshot.open().unwrap();
    for (entry, content) in entries.iter().zip(&contents) {
        assert_eq!(*content, alone.read(entry, limit), "{}", entry.path);
        if let Content::Text(text) = content {
            let id = Oid::hash_object(ObjectType::Blob, text.as_bytes()).unwrap();
            assert_eq!(id.to_string(), entry.object().unwrap().to_string());
        }
    }
    assert_eq!(on_threads(&snapshot, &entries, limit), contents);
    Reading {
        entries,
        contents,
        listed_together,
        together,
    }
}

/// The same with a thread for every third batch.
fn on_threads(snapshot: &Snapshot, entries: &[Entry], limit: u64) -> Vec<Content> {
    let reader = snapshot.open().unwrap();
    let batches = reader.batches(entries, 0..entries.len(), limit);
    let batches = &batches;
    let read = |thread: usize| {
        let reader = snapshot.open().unwrap();
        let mut found = Vec::new();
        for nth in (thread..batches.count()).step_by(3) {
            batches.read(nth, &reader, |turn| {
                found.push((turn.position, turn.content()))
            });
        }
        found
    };
    let mut found: BTreeMap<usize, Content> = BTreeMap::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|nth| scope.spawn(move || read(nth))).collect();
        for thread in threads {
            for (position, content) in thread.join().unwrap() {
                assert!(found.insert(position, content).is_none(), "read once");
            }
        }
    });
    found.into_values().collect()
}

fn paths(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.path.to_string()).collect()
}

fn listed_by_git(root: &Path, revision: &str) -> Vec<String> {
    let output = std::process::Command::new("git")
        .args(["ls-tree", "-r", "--name-only", "-z", revision, "domains"])
        .current_dir(root)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.split_terminator('\0').map(str::to_owned);
    names.filter(|name| name.ends_with(".yaml")).collect()
}

/// A text much like those of other numbers and editions.
fn like(number: usize, edition: usize) -> String {
    let mut text = format!("schema: number_{number}\nversion: 1.{edition}.0\nfields:\n");
    for field in 0..40 {
        let kind = ["string", "integer", "date"][(number * 7 + field * 3 + edition) % 3];
        text += &format!(
            "  - {{ name: field_{field}, type: {kind}, note: {} }}\n",
            number % 9
        );
    }
    text
}

fn path(number: usize) -> String {
    format!("domains/d{}/p{}/c{number}.yaml", number % 4, number % 11)
}

/// Many files and editions of them, one commit after the other through `git fast-import`.
fn imported(files: usize, editions: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut stream = String::new();
    for edition in 0..editions {
        stream += "commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\n";
        stream += "data 0\n";
        for number in 0..files {
            let text = like(number, edition);
            stream += &format!(
                "M 100644 inline {}\ndata {}\n{text}\n",
                path(number),
                text.len()
            );
        }
    }
    let limits = ["fast-import", "--quiet", "--depth=40"];
    sandbox.feed(limits, &stream);
    sandbox
}

fn packs(root: &Path, ending: &str) -> Vec<PathBuf> {
    let folder = if root.join(".git").exists() {
        root.join(".git/objects/pack")
    } else {
        root.join("objects/pack")
    };
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|one| one == ending))
        .collect();
    found.sort();
    found
}

/// Everything was read together, files and folders.
fn all_together(reading: &Reading, trees: bool) {
    assert_eq!(reading.together, reading.entries.len() as u64);
    assert_eq!(reading.listed_together > 0, trees);
    let is_text = |content: &Content| content.text().is_some();
    assert!(reading.contents.iter().all(is_text));
}

#[test]
fn chains_of_an_import_are_read_together() {
    fast_reads();
    let sandbox = imported(300, 3);
    all_together(&check(&sandbox.root, "main", DEFAULT_LIMIT), true);
    all_together(&check(&sandbox.root, "main~2", DEFAULT_LIMIT), true);
}

#[test]
fn long_chains_are_read_together() {
    let sandbox = imported(200, 4);
    sandbox.git(["gc", "--quiet", "--aggressive"]);
    assert_eq!(packs(&sandbox.root, "pack").len(), 1);
    fast_reads();
    all_together(&check(&sandbox.root, "main~3", DEFAULT_LIMIT), true);
    sandbox.git(["repack", "-adfq", "--depth=4000", "--window=50"]);
    all_together(&check(&sandbox.root, "main", DEFAULT_LIMIT), true);
}

#[test]
fn bases_that_are_called_by_name_are_found() {
    let sandbox = imported(200, 2);
    let by_name = ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"];
    sandbox.git(by_name);
    fast_reads();
    all_together(&check(&sandbox.root, "main", DEFAULT_LIMIT), true);
}

#[test]
fn a_fetched_pack_is_completed_and_read() {
    let sandbox = imported(200, 1);
    let url = format!("file://{}", sandbox.root.display());
    let outside = sandbox.outside.path().to_path_buf();
    sandbox.git_in(&outside, ["clone", "--quiet", "--bare", &url, "clone"]);
    let clone = outside.join("clone");
    sandbox.git(["reset", "--quiet", "--hard"]);
    for number in 0..150 {
        sandbox.write(&path(number), like(number, 5));
    }
    sandbox.commit();
    let fetch = [
        "-c",
        "fetch.unpackLimit=1",
        "fetch",
        "--quiet",
        &url,
        "main:main",
    ];
    sandbox.git_in(&clone, fetch);
    assert_eq!(packs(&clone, "pack").len(), 2);
    fast_reads();
    all_together(&check(&clone, "main", DEFAULT_LIMIT), true);
}

#[test]
fn several_packs_and_loose_objects_make_one_whole() {
    let sandbox = imported(120, 1);
    sandbox.git(["reset", "--quiet", "--hard"]);
    for number in 100..180 {
        sandbox.write(&path(number), like(number, 2));
    }
    sandbox.commit();
    sandbox.git(["repack", "--quiet", "-d"]);
    for number in 170..190 {
        sandbox.write(&path(number), like(number, 3));
    }
    sandbox.commit();
    assert_eq!(packs(&sandbox.root, "pack").len(), 2);
    let reading = check(&sandbox.root, "HEAD", DEFAULT_LIMIT);
    assert_eq!(reading.entries.len(), 190);
    assert_eq!(reading.together, 170);
    sandbox.git(["repack", "--quiet", "-a", "-d"]);
    sandbox.git(["multi-pack-index", "write"]);
    assert_eq!(check(&sandbox.root, "HEAD", DEFAULT_LIMIT).together, 190);
}

#[test]
fn objects_of_another_repository_are_read_from_there() {
    let sandbox = imported(60, 1);
    let outside = sandbox.outside.path().to_path_buf();
    let url = sandbox.root.display().to_string();
    let shared = [
        "clone",
        "--quiet",
        "--shared",
        "--no-checkout",
        &url,
        "shared",
    ];
    sandbox.git_in(&outside, shared);
    let reading = check(&outside.join("shared"), "main", DEFAULT_LIMIT);
    assert_eq!(reading.contents.len(), 60);
}

#[test]
fn a_linked_work_tree_reads_the_packs_that_it_shares() {
    let sandbox = imported(60, 1);
    sandbox.git(["reset", "--quiet", "--hard"]);
    sandbox.git(["worktree", "add", "--quiet", "../linked", "--detach"]);
    let reading = check(
        &sandbox.outside.path().join("linked"),
        "HEAD",
        DEFAULT_LIMIT,
    );
    all_together(&reading, true);
}

#[test]
fn one_object_at_many_paths_is_read_for_each() {
    let sandbox = Sandbox::new();
    for number in 0..90 {
        sandbox.write(&path(number), like(number % 5, 0));
    }
    sandbox.commit();
    sandbox.git(["gc", "--quiet"]);
    let reading = check(&sandbox.root, "HEAD", DEFAULT_LIMIT);
    assert_eq!(reading.together, 90);
}

#[test]
fn what_is_no_text_or_too_large_is_told_as_ever() {
    let sandbox = imported(60, 1);
    sandbox.git(["reset", "--quiet", "--hard"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    sandbox.write("domains/d0/lfs.yaml", pointer);
    sandbox.write("domains/d0/empty.yaml", "");
    sandbox.write("domains/d0/latin.yaml", b"name: caf\xe9\n");
    for (name, times) in [("many", 90), ("more", 91), ("most", 92)] {
        sandbox.write(&format!("domains/d0/{name}.yaml"), like(1, 1).repeat(times));
    }
    std::os::unix::fs::symlink("c0.yaml", sandbox.root.join("domains/d0/link.yaml")).unwrap();
    sandbox.commit();
    sandbox.git(["gc", "--quiet"]);
    let reading = check(&sandbox.root, "HEAD", DEFAULT_LIMIT);
    assert_eq!(reading.together, 60 + 6);
    let reading = check(&sandbox.root, "HEAD", 10_000);
    let too_large = |content: &&Content| {
        matches!(
            content,
            Content::Unreadable(Unreadable::TooLarge { limit: 10_000, .. })
        )
    };
    assert_eq!(reading.contents.iter().filter(too_large).count(), 3);
    assert!(reading.together < 60 + 6);
}

#[test]
fn folders_of_all_shapes_are_listed_as_git_lists_them() {
    let sandbox = Sandbox::new();
    for number in 0..200 {
        sandbox.write(&format!("domains/x{number}/a.yaml"), like(number, 0));
        sandbox.write(&format!("domains/x{number}.d/b.yaml"), like(number, 1));
        sandbox.write(&format!("domains/x{number}/d e/ü.yaml"), "a: 1\n");
        sandbox.write(&format!("elsewhere/x{number}/a.yaml"), "a: 1\n");
    }
    sandbox.commit();
    sandbox.git(["gc", "--quiet"]);
    let reading = check(&sandbox.root, "HEAD", DEFAULT_LIMIT);
    assert_eq!(reading.entries.len(), 600);
    // Of each level but the first two, which are too few.
    assert_eq!(reading.listed_together, 400 + 200);
    let reader = sandbox.at("HEAD");
    reader
        .list(&Globs::new(["domains/x7/**"]).unwrap())
        .unwrap();
    assert_eq!(reader.stats().trees, 4);
}

/// Sixty blobs in a pack, everything else loose, so that damage concerns files only.
fn blobs_in_a_pack() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    for number in 0..60 {
        sandbox.write(&path(number), like(number, 0));
    }
    sandbox.commit();
    let ids = sandbox.git(["ls-tree", "-r", "--format=%(objectname)", "HEAD"]);
    sandbox.feed(
        ["pack-objects", "--quiet", ".git/objects/pack/pack"],
        &(ids + "\n"),
    );
    sandbox.git(["prune-packed", "--quiet"]);
    let [pack] = &packs(&sandbox.root, "pack")[..] else {
        panic!("not one pack");
    };
    let mut rights = fs::metadata(pack).unwrap().permissions();
    #[allow(
        clippy::permissions_set_readonly_false,
        reason = "it goes away with the test"
    )]
    rights.set_readonly(false);
    fs::set_permissions(pack, rights).unwrap();
    (sandbox, pack.clone())
}

/// Reads all files of the tip together; nothing is believed that is not what its id says.
fn read_damaged(reader: &Reader) -> usize {
    let entries = reader.list(&yaml()).unwrap();
    let contents = reader.read_all(&entries, DEFAULT_LIMIT);
    let mut missing = 0;
    for (entry, content) in entries.iter().zip(&contents) {
        let id = entry.object().unwrap();
        match content {
            Content::Text(text) => {
                let found = Oid::hash_object(ObjectType::Blob, text.as_bytes()).unwrap();
                assert_eq!(found.to_string(), id.to_string());
            }
            // A damaged header may claim any size.
            Content::Unreadable(Unreadable::TooLarge { size, .. }) => {
                assert!(*size > DEFAULT_LIMIT, "{size}");
                missing += 1;
            }
            Content::Unreadable(reason) => {
                assert_eq!(*reason, Unreadable::Missing { id });
                missing += 1;
            }
        }
    }
    missing
}

#[test]
fn a_damaged_pack_damages_its_files_only() {
    let (sandbox, pack) = blobs_in_a_pack();
    let sound = fs::read(&pack).unwrap();
    assert_eq!(read_damaged(&sandbox.at("HEAD")), 0);
    let mut worst = 0;
    for at in (0..sound.len()).step_by(97) {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&pack, &bytes).unwrap();
        worst = worst.max(read_damaged(&sandbox.at("HEAD")));
    }
    assert!(worst > 0, "nothing was damaged");
    for size in [0, 11, 12, 40, sound.len() / 2, sound.len() - 21] {
        fs::write(&pack, &sound[..size]).unwrap();
        assert!(read_damaged(&sandbox.at("HEAD")) > 0, "{size}");
    }
}
