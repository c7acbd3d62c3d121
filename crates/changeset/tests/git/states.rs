//! The index, the work tree, and the shapes a repository comes in.

use std::os::unix::fs::symlink;

use meshlaw_changeset::{Repository, Snapshot};

use crate::sandbox::{Sandbox, names, read, text, words};

const NOTHING: [&str; 0] = [];

fn staged(sandbox: &Sandbox) -> Snapshot {
    sandbox.open().staged().unwrap()
}

fn worktree(sandbox: &Sandbox) -> Snapshot {
    sandbox.open().worktree().unwrap()
}

#[test]
fn a_clean_checkout_is_silent() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n"), ("domains/b/c.yaml", "c: 1\n")]);
    symlink("a.yaml", sandbox.root.join("domains/link.yaml")).unwrap();
    sandbox.commit();
    assert_eq!(sandbox.changes_to("HEAD", &staged(&sandbox)), NOTHING);
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), NOTHING);
    assert_eq!(
        names(&worktree(&sandbox).open().unwrap()),
        names(&sandbox.at("HEAD"))
    );
}

#[test]
fn the_index_holds_what_was_added() {
    let sandbox = Sandbox::with(&[
        ("domains/a.yaml", "a: 1\n"),
        ("domains/b.yaml", "b: 1\n"),
        ("domains/c.yaml", "c: 1\n"),
    ]);
    sandbox.write("domains/a.yaml", "a: 2\n");
    sandbox.write("domains/new.yaml", "n: 1\n");
    sandbox.git(["add", "--all"]);
    sandbox.git(["rm", "--quiet", "--cached", "domains/c.yaml"]);
    sandbox.write("domains/a.yaml", "a: 33\n");
    sandbox.write("domains/b.yaml", "b: 2\n");
    sandbox.write("domains/untracked.yaml", "u: 1\n");
    sandbox.write("domains/later.yaml", "l: 1\n");
    sandbox.git(["add", "--intent-to-add", "domains/later.yaml"]);

    let expected = ["M domains/a.yaml", "D domains/c.yaml", "A domains/new.yaml"];
    assert_eq!(sandbox.changes_to("HEAD", &staged(&sandbox)), expected);
    assert_eq!(
        read(&staged(&sandbox).open().unwrap(), "domains/a.yaml"),
        text("a: 2\n")
    );
    let expected = [
        "M domains/a.yaml",
        "M domains/b.yaml",
        "A domains/later.yaml",
        "A domains/new.yaml",
        "A domains/untracked.yaml",
    ];
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), expected);
    assert_eq!(
        read(&worktree(&sandbox).open().unwrap(), "domains/a.yaml"),
        text("a: 33\n")
    );
}

#[test]
fn the_work_tree_holds_untracked_but_not_ignored_files() {
    let sandbox = Sandbox::with(&[
        (".gitignore", "build/\n*.tmp.yaml\n"),
        ("domains/a.yaml", "a: 1\n"),
        ("domains/gone.yaml", "g: 1\n"),
        ("domains/moved.yaml", "m: 1\n"),
    ]);
    sandbox.remove("domains/gone.yaml");
    sandbox.remove("domains/moved.yaml");
    sandbox.write_all(&[
        ("domains/new/deep/n.yaml", "n: 1\n"),
        ("domains/there.yaml", "m: 1\n"),
        ("domains/build/b.yaml", "b: 1\n"),
        ("domains/x.tmp.yaml", "x: 1\n"),
        ("elsewhere/e.yaml", "e: 1\n"),
    ]);
    let expected = [
        "D domains/gone.yaml",
        "A domains/new/deep/n.yaml",
        "R domains/moved.yaml to domains/there.yaml",
    ];
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), expected);
    let reader = worktree(&sandbox).open().unwrap();
    assert_eq!(read(&reader, "domains/new/deep/n.yaml"), text("n: 1\n"));
}

#[test]
fn an_edit_taken_back_is_silent() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.write("domains/a.yaml", "a: 2\n");
    sandbox.git(["add", "--all"]);
    sandbox.write("domains/a.yaml", "a: 1\n");
    assert_eq!(
        sandbox.changes_to("HEAD", &staged(&sandbox)),
        ["M domains/a.yaml"]
    );
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), NOTHING);
}

#[test]
fn things_in_the_work_tree_change_kind() {
    let sandbox = Sandbox::with(&[
        ("domains/file.yaml", "a: 1\n"),
        ("domains/folder.yaml", "b: 1\n"),
        ("domains/x/c.yaml", "c: 1\n"),
        ("elsewhere/c.yaml", "c: 1\n"),
    ]);
    sandbox.remove("domains/file.yaml");
    symlink("folder.yaml", sandbox.root.join("domains/file.yaml")).unwrap();
    sandbox.remove("domains/folder.yaml");
    sandbox.write("domains/folder.yaml/b.yaml", "other\n");
    // What lies behind the link must not pass for the tracked file.
    std::fs::remove_dir_all(sandbox.root.join("domains/x")).unwrap();
    symlink("../elsewhere", sandbox.root.join("domains/x")).unwrap();
    let expected = [
        "M domains/file.yaml (Symlink) was a file",
        "D domains/folder.yaml",
        "A domains/folder.yaml/b.yaml",
        "D domains/x/c.yaml",
    ];
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), expected);
}

#[test]
fn line_endings_of_the_checkout_are_no_edit() {
    let sandbox = Sandbox::with(&[
        (".gitattributes", "*.yaml text eol=crlf\n"),
        ("domains/a.yaml", "a: 1\n"),
    ]);
    sandbox.remove("domains/a.yaml");
    sandbox.git(["checkout", "--quiet", "--", "domains/a.yaml"]);
    let on_disk = std::fs::read_to_string(sandbox.root.join("domains/a.yaml")).unwrap();
    assert_eq!(on_disk, "a: 1\r\n");
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), NOTHING);
}

#[test]
fn a_sparse_checkout_lacks_nothing() {
    let sandbox = Sandbox::with(&[
        ("domains/a/a.yaml", "a: 1\n"),
        ("domains/b/b.yaml", "b: 1\n"),
    ]);
    sandbox.git(["sparse-checkout", "set", "--no-sparse-index", "domains/a"]);
    assert!(!sandbox.root.join("domains/b/b.yaml").exists());
    assert_eq!(sandbox.changes_to("HEAD", &worktree(&sandbox)), NOTHING);
    sandbox.write("domains/a/a.yaml", "a: 2\n");
    assert_eq!(
        sandbox.changes_to("HEAD", &worktree(&sandbox)),
        ["M domains/a/a.yaml"]
    );
    let reader = worktree(&sandbox).open().unwrap();
    assert_eq!(read(&reader, "domains/b/b.yaml"), text("b: 1\n"));
}

#[test]
fn a_sparse_index_is_explained() {
    let sandbox = Sandbox::with(&[("domains/a/a.yaml", "a: 1\n"), ("other/b/b.yaml", "b: 1\n")]);
    sandbox.git([
        "sparse-checkout",
        "set",
        "--cone",
        "--sparse-index",
        "domains",
    ]);
    let (message, help) = words(
        worktree(&sandbox)
            .open()
            .unwrap()
            .list(&crate::sandbox::yaml()),
    );
    assert_eq!(message, "cannot read the git index");
    assert!(help.contains("--no-sparse-index"), "{help}");
}

#[test]
fn a_linked_work_tree_has_its_own_index() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["worktree", "add", "--quiet", "../linked", "-b", "feature"]);
    let linked = sandbox.outside.path().join("linked");
    crate::sandbox::write(&linked, "domains/b.yaml", "b: 1\n");
    sandbox.git_in(&linked, ["add", "--all"]);
    let repository = Repository::discover(linked.join("domains")).unwrap();
    assert!(repository.root().unwrap().ends_with("linked"));
    let added = ["A domains/b.yaml"];
    assert_eq!(
        sandbox.changes_to("main", &repository.staged().unwrap()),
        added
    );
    assert_eq!(
        sandbox.changes_to("main", &repository.worktree().unwrap()),
        added
    );
    assert_eq!(sandbox.changes_to("main", &worktree(&sandbox)), NOTHING);
}

#[test]
fn a_bare_repository_has_commits_only() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = Repository::discover(sandbox.outside.path().join("bare.git")).unwrap();
    let head = bare.at(bare.resolve("HEAD").unwrap()).open().unwrap();
    assert_eq!(read(&head, "domains/a.yaml"), text("a: 1\n"));
    assert_eq!(
        words(bare.staged()).0,
        "the repository is bare and has no index"
    );
    let (message, help) = words(bare.worktree());
    assert_eq!(message, "the repository is bare and has no work tree");
    assert!(help.contains("revision"));
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let inner = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    let outer = Sandbox::with(&[("domains/b.yaml", "b: 1\n")]);
    let url = inner.root.display().to_string();
    outer.git(["submodule", "--quiet", "add", &url, "domains/inner"]);
    outer.commit();
    let expected = ["domains/b.yaml", "domains/inner (Submodule)"];
    assert_eq!(names(&outer.at("HEAD")), expected);
    assert_eq!(names(&worktree(&outer).open().unwrap()), expected);
    outer.write("domains/inner/domains/a.yaml", "a: 2\n");
    assert_eq!(outer.changes_to("HEAD", &worktree(&outer)), NOTHING);

    outer.git(["clone", "--quiet", ".", "../unpopulated"]);
    let unpopulated = Repository::discover(outer.outside.path().join("unpopulated")).unwrap();
    assert_eq!(
        outer.changes_to("HEAD", &unpopulated.worktree().unwrap()),
        NOTHING
    );

    let checkout = Repository::discover(outer.root.join("domains/inner")).unwrap();
    let edited = checkout.worktree().unwrap();
    assert_eq!(inner.changes_to("HEAD", &edited), ["M domains/a.yaml"]);
}

#[test]
fn a_reader_may_move_to_a_thread_and_a_snapshot_be_shared() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    let snapshot = sandbox.open().at(sandbox.resolve("HEAD"));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(names(&snapshot.open().unwrap()), ["domains/a.yaml"]));
        }
    });
    let reader = snapshot.open().unwrap();
    std::thread::spawn(move || drop(reader)).join().unwrap();
}
