//! What a file holds, or why it cannot be read.

use std::os::unix::fs::symlink;

use meshlaw_changeset::{Content, Kind, RepoPath, Unreadable};

use crate::sandbox::{Sandbox, read, text, yaml};

fn unreadable(content: Content) -> Unreadable {
    match content {
        Content::Unreadable(reason) => reason,
        Content::Text(text) => panic!("readable: {text:?}"),
    }
}

#[test]
fn text_is_given_as_it_is() {
    let sandbox = Sandbox::new();
    let plain = [
        ("domains/crlf.yaml", "a: 1\r\nb: 2\r\n"),
        ("domains/bom.yaml", "\u{feff}a: 1\n"),
        ("domains/empty.yaml", ""),
    ];
    sandbox.write_all(&plain);
    sandbox.commit();
    for snapshot in [
        sandbox.open().at(sandbox.resolve("HEAD")),
        sandbox.open().staged().unwrap(),
        sandbox.open().worktree().unwrap(),
    ] {
        let reader = snapshot.open().unwrap();
        for (path, expected) in plain {
            assert_eq!(read(&reader, path), text(expected), "{path} in {snapshot}");
        }
    }
}

#[test]
fn what_is_no_text_says_why() {
    let sandbox = Sandbox::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    sandbox.write("domains/lfs.yaml", pointer);
    sandbox.write("domains/latin.yaml", b"name: caf\xe9\n");
    sandbox.write("domains/large.yaml", "x".repeat(1024 * 1024 + 1));
    sandbox.write("domains/limit.yaml", "x".repeat(1024 * 1024));
    symlink("/etc/passwd", sandbox.root.join("domains/link.yaml")).unwrap();
    sandbox.commit();
    let cases = [
        ("domains/lfs.yaml", Unreadable::LfsPointer),
        ("domains/latin.yaml", Unreadable::NotUtf8 { offset: 9 }),
        (
            "domains/large.yaml",
            Unreadable::TooLarge {
                size: 1_048_577,
                limit: 1_048_576,
            },
        ),
        ("domains/link.yaml", Unreadable::Symlink),
    ];
    let folder = meshlaw_changeset::Snapshot::folder(&sandbox.root)
        .open()
        .unwrap();
    for reader in [sandbox.at("HEAD"), folder] {
        for (path, reason) in &cases {
            assert_eq!(unreadable(read(&reader, path)), *reason, "{path}");
            assert!(reason.help().is_some() && !reason.to_string().ends_with('.'));
        }
        assert!(read(&reader, "domains/limit.yaml").text().is_some());
    }
}

#[test]
fn a_missing_object_concerns_its_file_only() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n"), ("domains/b.yaml", "b: 1\n")]);
    let id = sandbox.git(["rev-parse", "HEAD:domains/a.yaml"]);
    let (folder, file) = id.split_at(2);
    sandbox.remove(&format!(".git/objects/{folder}/{file}"));
    let reader = sandbox.at("HEAD");
    let Unreadable::Missing { id: missing } = unreadable(read(&reader, "domains/a.yaml")) else {
        panic!("not missing");
    };
    assert_eq!(missing.to_string(), id);
    assert_eq!(read(&reader, "domains/b.yaml"), text("b: 1\n"));
}

#[test]
fn a_partial_clone_misses_contents() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.root.display());
    let outside = sandbox.outside.path();
    let filters = [
        "clone",
        "--quiet",
        "--no-checkout",
        "--filter=blob:none",
        &url,
        "partial",
    ];
    sandbox.git_in(outside, filters);
    let repository = meshlaw_changeset::Repository::discover(outside.join("partial")).unwrap();
    let reader = repository
        .at(repository.resolve("HEAD").unwrap())
        .open()
        .unwrap();
    let reason = unreadable(read(&reader, "domains/a.yaml"));
    assert!(matches!(reason, Unreadable::Missing { .. }), "{reason}");
}

#[test]
fn a_submodule_and_a_conflict_are_not_read() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    let submodule = "160000,1234567890123456789012345678901234567890,domains/sub";
    sandbox.git(["update-index", "--add", "--cacheinfo", submodule]);
    sandbox.git(["commit", "--quiet", "--message", "submodule"]);
    assert_eq!(
        unreadable(read(&sandbox.at("HEAD"), "domains/sub")),
        Unreadable::Submodule
    );

    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.write("domains/a.yaml", "a: 2\n");
    sandbox.git(["commit", "--quiet", "--message", "two", "domains/a.yaml"]);
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("domains/a.yaml", "a: 3\n");
    sandbox.git(["commit", "--quiet", "--message", "three", "domains/a.yaml"]);
    assert!(
        !sandbox
            .try_git(&sandbox.root, ["merge", "feature"])
            .status
            .success()
    );
    let staged = sandbox.open().staged().unwrap().open().unwrap();
    assert_eq!(
        unreadable(read(&staged, "domains/a.yaml")),
        Unreadable::Conflict
    );
    assert_eq!(staged.list(&yaml()).unwrap().len(), 2);
    let worktree = sandbox.open().worktree().unwrap().open().unwrap();
    let merged = read(&worktree, "domains/a.yaml");
    assert!(merged.text().unwrap().contains("<<<<<<<"), "{merged:?}");
}

#[test]
fn a_pipe_is_not_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.write("domains/a.yaml", "a: 1\n");
    let pipe = sandbox.root.join("domains/pipe.yaml");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = meshlaw_changeset::Snapshot::folder(&sandbox.root)
        .open()
        .unwrap();
    assert_eq!(
        unreadable(read(&reader, "domains/pipe.yaml")),
        Unreadable::Special
    );
}

#[test]
fn one_path_finds_one_entry() {
    let sandbox = Sandbox::with(&[("domains/x/a.yaml", "a: 1\n"), ("b*.txt", "b\n")]);
    let at = sandbox.at("HEAD");
    let find = |path: &str| at.find(&RepoPath::parse(path).unwrap()).unwrap();
    assert_eq!(find("domains/x/a.yaml").unwrap().kind, Kind::File);
    assert_eq!(at.stats().trees, 3);
    assert_eq!(find("b*.txt").unwrap().path.as_str(), Some("b*.txt"));
    for nothing in [
        "domains/x",
        "domains",
        "domains/x/b.yaml",
        "a.yaml",
        "domains/x/a.yaml/b",
    ] {
        assert_eq!(find(nothing), None, "{nothing}");
    }
}
