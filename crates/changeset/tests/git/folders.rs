//! Plain folders, without git.

use std::os::unix::fs::symlink;

use meshlaw_changeset::{Renames, Snapshot, changes};
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
