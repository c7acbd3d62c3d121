//! Plain folders, without git.

use std::os::unix::fs::symlink;

use meshlaw_changeset::{Entry, Folder, Globs, Reader, Renames, Snapshot, changes};
use tempfile::TempDir;

use crate::sandbox::{Sandbox, names, read, show, text, words, write, yaml};

#[test]
fn a_folder_is_listed_and_read() {
    let folder = TempDir::new().unwrap();
    for path in [
        "domains/b.yaml",
        "domains/a/x.yaml",
        "domains/.git/y.yaml",
        "z.yaml",
        "domains/c.md",
    ] {
        write(folder.path(), path, "a: 1\n");
    }
    symlink("..", folder.path().join("domains/round")).unwrap();
    symlink("b.yaml", folder.path().join("domains/link.yaml")).unwrap();
    let reader = Snapshot::folder(folder.path()).open().unwrap();
    let expected = [
        "domains/a/x.yaml",
        "domains/b.yaml",
        "domains/link.yaml (Symlink)",
    ];
    assert_eq!(names(&reader), expected);
    assert_eq!(read(&reader, "domains/b.yaml"), text("a: 1\n"));
}

/// A second of Unix time that comes after all that a test does.
const LATER: u64 = u64::MAX;

/// Path, kind and stamp of each file.
type Seen = Vec<(String, meshlaw_changeset::Kind, Option<Vec<u8>>)>;

fn walked(reader: &Reader, globs: &Globs, settled: u64) -> Seen {
    let mut seen = Vec::new();
    let mut open: Vec<Folder> = reader.folder().into_iter().collect();
    while let Some(folder) = open.pop() {
        let is_file = |name: &[u8]| globs.matches(&folder.path.join(name));
        let found = folder.look(settled, is_file, |path| globs.may_contain(path));
        let found = found.unwrap();
        assert!(found.files.is_sorted_by(|one, other| one.name < other.name));
        for file in found.files {
            let path = folder.path.join(&file.name);
            seen.push((path.to_string(), file.kind, file.stamp));
        }
        open.extend(found.folders);
    }
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen
}

fn listed(reader: &Reader, globs: &Globs, settled: u64) -> Seen {
    let entries = reader.list(globs).unwrap().into_iter();
    let seen = |entry: Entry| (entry.path.to_string(), entry.kind, entry.stamp(settled));
    entries.map(seen).collect()
}

#[test]
fn a_walk_sees_what_a_listing_lists() {
    let folder = TempDir::new().unwrap();
    for number in 0..2_000 {
        let name = "n".repeat(1 + number % 90);
        write(
            folder.path(),
            &format!("domains/flat/{name}{number}.yaml"),
            "a: 1\n",
        );
    }
    for path in [
        "domains/.git/y.yaml",
        "z.yaml",
        "domains/c.md",
        "domains/a.yaml",
        "x/y/z.yaml",
    ] {
        write(folder.path(), path, "a: 1\n");
    }
    write(
        folder.path(),
        &format!("{}/deep.yaml", vec!["d"; 300].join("/")),
        "",
    );
    symlink("..", folder.path().join("domains/round")).unwrap();
    symlink("a.yaml", folder.path().join("domains/link.yaml")).unwrap();
    std::fs::create_dir(folder.path().join("domains/folder.yaml")).unwrap();
    let _pipe = std::os::unix::net::UnixListener::bind(folder.path().join("domains/pipe.yaml"));
    let reader = Snapshot::folder(folder.path()).open().unwrap();
    for globs in [
        yaml(),
        Globs::new(["**/*.yaml"]).unwrap(),
        Globs::new(["*.yaml"]).unwrap(),
    ] {
        let listed = listed(&reader, &globs, LATER);
        assert!(listed.iter().any(|(_, _, stamp)| stamp.is_some()));
        assert_eq!(walked(&reader, &globs, LATER), listed);
        let unsettled = walked(&reader, &globs, 1);
        assert!(unsettled.iter().all(|(_, _, stamp)| stamp.is_none()));
    }
}

#[test]
fn a_walk_never_goes_through_a_link() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "domains/a/x.yaml", "a: 1\n");
    let reader = Snapshot::folder(folder.path()).open().unwrap();
    let root = reader.folder().unwrap();
    let found = root.look(LATER, |_| false, |_| true).unwrap();
    let (_, domains) = (found.files, &found.folders[0]);
    std::fs::rename(folder.path().join("domains"), folder.path().join("other")).unwrap();
    symlink("other", folder.path().join("domains")).unwrap();
    let (message, _) = words(
        domains
            .look(LATER, |_| true, |_| true)
            .map(|found| found.files.len()),
    );
    assert_eq!(message, "cannot list folder `domains`");
}

#[test]
fn two_folders_are_compared() {
    let (before, after) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (path, text) in [
        ("same", "1\n"),
        ("edited", "2\n"),
        ("gone", "3\n"),
        ("moved", "4\n"),
    ] {
        write(before.path(), &format!("domains/{path}.yaml"), text);
    }
    for (path, text) in [
        ("same", "1\n"),
        ("edited", "5\n"),
        ("new", "6\n"),
        ("there", "4\n"),
    ] {
        write(after.path(), &format!("domains/{path}.yaml"), text);
    }
    let before = Snapshot::folder(before.path()).open().unwrap();
    let after = Snapshot::folder(after.path()).open().unwrap();
    let found = changes(&before, &after, &yaml(), Renames::Detect).unwrap();
    let expected = [
        "M domains/edited.yaml",
        "D domains/gone.yaml",
        "A domains/new.yaml",
        "R domains/moved.yaml to domains/there.yaml",
    ];
    assert_eq!(show(&found), expected);
    assert!(
        changes(&after, &after, &yaml(), Renames::Detect)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_checkout_equals_its_commit() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n"), ("domains/b/c.yaml", "c: 1\n")]);
    symlink("a.yaml", sandbox.root.join("domains/link.yaml")).unwrap();
    sandbox.commit();
    let folder = Snapshot::folder(&sandbox.root);
    assert!(sandbox.changes_to("HEAD", &folder).is_empty());
    sandbox.write("domains/a.yaml", "a: 2\n");
    assert_eq!(sandbox.changes_to("HEAD", &folder), ["M domains/a.yaml"]);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    let (message, _) = words(Snapshot::folder(&missing).open().unwrap().list(&yaml()));
    assert_eq!(
        message,
        format!("cannot list folder `{}`", missing.display())
    );
}
