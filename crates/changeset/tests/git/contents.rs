//! What a file holds, or why it cannot be read.

use std::fs;
use std::os::unix::fs::symlink;

use meshlaw_changeset::{
    Content, DEFAULT_LIMIT, Globs, Kind, ObjectId, RepoPath, Snapshot, Unreadable,
};

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

/// Looking for a path and listing it find the same, whatever kind of thing lies there.
#[test]
fn what_is_found_is_what_is_listed() {
    let sandbox = Sandbox::with(&[
        ("domains/x/a.yaml", "a: 1\n"),
        ("domains/x.yaml", "x: 1\n"),
        ("domains/xy", "y\n"),
    ]);
    symlink("x/a.yaml", sandbox.root.join("domains/link")).unwrap();
    let commit = sandbox.commit();
    let gitlink = format!("160000,{commit},domains/sub");
    sandbox.git(["update-index", "--add", "--cacheinfo", &gitlink]);
    sandbox.git(["commit", "-q", "-m", "submodule"]);
    // What git would not write: a name with a slash, beside a folder of that name.
    let blob = sandbox.git(["rev-parse", "HEAD:domains/xy"]);
    let folder = sandbox.git(["rev-parse", "HEAD:domains"]);
    let mut tree = Vec::new();
    for (name, id) in [("40000 domains", &folder), ("100644 domains/x/evil", &blob)] {
        tree.extend_from_slice(name.as_bytes());
        tree.push(0);
        let id = ObjectId::parse(id.trim()).unwrap();
        tree.extend_from_slice(id.as_bytes());
    }
    fs::write(sandbox.root.join("tree"), tree).unwrap();
    let tree = ["hash-object", "-t", "tree", "-w", "--literally", "tree"];
    let tree = sandbox.git(tree);
    let hostile = sandbox.git(["commit-tree", "-m", "hostile", tree.trim()]);
    for revision in ["HEAD", hostile.trim()] {
        let at = sandbox.at(revision);
        let mut found = 0;
        for path in [
            "domains",
            "domains/x",
            "domains/x/a.yaml",
            "domains/x.yaml",
            "domains/xy",
            "domains/link",
            "domains/sub",
            "domains/sub/a",
            "domains/x/evil",
            "domains/x/a.yaml/b",
            "nowhere/a",
            "a",
        ] {
            let path = RepoPath::parse(path).unwrap();
            let listed = at.list(&Globs::exactly(&path)).unwrap();
            let listed = listed.into_iter().find(|entry| entry.path == path);
            found += usize::from(listed.is_some());
            assert_eq!(at.find(&path).unwrap(), listed, "{path} {revision}");
        }
        assert_eq!(found, if revision == "HEAD" { 5 } else { 6 });
    }
    let at = sandbox.at("HEAD");
    let folders = |path: &str| {
        let found = at.folders(&RepoPath::parse(path).unwrap());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(folders("domains"), ["x"]);
    assert!(folders("domains/x").is_empty() && folders("nowhere").is_empty());
    let plain = meshlaw_changeset::Snapshot::folder(&sandbox.root)
        .open()
        .unwrap();
    let folders = plain.folders(&RepoPath::parse("domains").unwrap());
    assert!(folders.iter().any(|one| one.to_string() == "x"));
}

#[test]
fn sizes_are_told_without_a_look_at_the_bytes() {
    let sandbox = Sandbox::new();
    let line = |nth: usize| format!("- name: f{nth}\n");
    let text = |count: usize| (0..count).map(line).collect::<String>();
    for (nth, count) in [0, 1, 700, 701, 9000, 9001].into_iter().enumerate() {
        sandbox.write(&format!("domains/f{nth}.yaml"), text(count));
    }
    sandbox.commit();
    for is_packed in [false, true] {
        if is_packed {
            sandbox.git(["repack", "-a", "-d", "-q", "--depth", "50"]);
        }
        let repository = sandbox.open();
        for snapshot in [
            repository.at(sandbox.resolve("HEAD")),
            repository.staged().unwrap(),
            repository.worktree().unwrap(),
        ] {
            let reader = snapshot.open().unwrap();
            let entries = reader.list(&yaml()).unwrap();
            let sizes: Vec<Option<u64>> = entries.iter().map(|one| reader.size(one)).collect();
            assert_eq!(reader.stats().blobs, 0);
            let read = |entry| match reader.read(entry, DEFAULT_LIMIT) {
                Content::Text(text) => Some(text.len() as u64),
                Content::Unreadable(reason) => panic!("{reason:?}"),
            };
            let expected: Vec<Option<u64>> = entries.iter().map(read).collect();
            assert_eq!(sizes, expected, "{snapshot}, packed: {is_packed}");
            assert_eq!(sizes.len(), 6);
            let positions = entries.iter().filter_map(|one| reader.position(one));
            // Of what is staged libgit2 knows, and of files on disk nobody.
            let is_known = is_packed && matches!(snapshot, Snapshot::Commit { .. });
            let count = positions.collect::<std::collections::BTreeSet<_>>().len();
            assert_eq!(count, if is_known { 6 } else { 0 }, "{snapshot}");
        }
    }
}
