//! What is looked up by what it is called, held to a listing of everything.

use std::os::unix::fs::symlink;

use meshlaw_changeset::{Globs, Reader, Renames, Snapshot, changes};

use crate::sandbox::{Sandbox, name, show, yaml};

/// Names that are called alike, nearly alike, or in no way at all.
const NAMES: [&str; 16] = [
    "orders.contract.yaml",
    "orders.yaml",
    "orders.v2.contract.yaml",
    "orders.",
    "orders-2.yaml",
    "orders yaml",
    "orders",
    "order.yaml",
    "Orders.yaml",
    "größe.yaml",
    ".yaml",
    "..yaml",
    "a.b.c.yaml",
    "a.yaml",
    "b.md",
    "x\\y.yaml",
];

/// Everything that is called so, by a look at each path.
fn listed(reader: &Reader, globs: &Globs, word: &str) -> Vec<String> {
    let stem = |path: &[u8]| {
        let start = path.iter().rposition(|byte| *byte == b'/');
        let name = &path[start.map_or(0, |slash| slash + 1)..];
        name.split(|byte| *byte == b'.').next().unwrap().to_vec()
    };
    let entries = reader.list(globs).unwrap().into_iter();
    let own = entries.filter(|entry| stem(entry.path.as_bytes()) == word.as_bytes());
    own.map(|entry| name(&entry)).collect()
}

fn check(reader: &Reader, globs: &Globs) -> usize {
    let stems = reader.stems(globs.clone()).unwrap();
    let words = ["orders", "order", "Orders", "größe", "", "a", "b", "a.b"];
    let others = ["x\\y", "orders-2", "orders yaml", "link", "module", "s"];
    let mut found = 0;
    for word in words.into_iter().chain(others) {
        let called = stems.called(word.as_bytes());
        let called: Vec<String> = called.iter().map(name).collect();
        assert_eq!(called, listed(reader, globs, word), "{word:?}");
        found += called.len();
    }
    found
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["domains", "domains/s", "domains/s/orders.yaml.d", "other"] {
        for name in NAMES {
            sandbox.write(&format!("{folder}/{name}"), folder);
        }
    }
    symlink("a.yaml", sandbox.root.join("domains/link.yaml")).unwrap();
    // A folder that is called as a file would be.
    sandbox.write("domains/s/b.yaml/deep.yaml", "deep\n");
    sandbox.commit();
    sandbox
}

#[test]
fn what_is_called_so_is_found_in_every_kind_of_snapshot() {
    let sandbox = sandbox();
    let commit = sandbox.at("HEAD");
    let all = check(&commit, &yaml());
    assert!(all > 20, "{all}");
    for globs in [vec!["domains/*"], vec!["**/*.contract.yaml"], vec![]] {
        check(&commit, &Globs::new(globs).unwrap());
    }
    let repository = sandbox.open();
    for snapshot in [
        repository.staged().unwrap(),
        repository.worktree().unwrap(),
        Snapshot::folder(&sandbox.root),
    ] {
        assert_eq!(check(&snapshot.open().unwrap(), &yaml()), all);
    }
}

#[test]
fn what_hides_a_folder_is_found() {
    let sandbox = sandbox();
    let commit = sandbox.git(["rev-parse", "HEAD"]);
    let module = format!("160000,{commit},domains/module.git");
    sandbox.git(["update-index", "--add", "--cacheinfo", &module]);
    sandbox.git(["commit", "--quiet", "--message", "module"]);
    let stems = sandbox.at("HEAD").stems(yaml()).unwrap();
    let found: Vec<String> = stems.called(b"module").iter().map(name).collect();
    assert_eq!(found, ["domains/module.git (Submodule)"]);
    check(&sandbox.at("HEAD"), &yaml());
}

#[test]
fn names_that_git_would_not_write_are_found_as_a_listing_has_them() {
    let sandbox = sandbox();
    let id = |hex: &str| -> Vec<u8> {
        let pairs = (0..40).step_by(2).map(|at| &hex[at..at + 2]);
        let bytes = pairs.map(|pair| u8::from_str_radix(pair, 16));
        bytes.map(Result::unwrap).collect()
    };
    let tree = |entry: &str, of: &str| {
        let mut bytes = format!("{entry}\0").into_bytes();
        bytes.extend(id(of));
        sandbox.write("tree", bytes);
        sandbox.git(["hash-object", "-w", "-t", "tree", "--literally", "tree"])
    };
    let blob = sandbox.git(["rev-parse", "HEAD:domains/a.yaml"]);
    let inner = tree("100755 s/orders.yaml", &blob);
    let root = tree("40000 domains", &inner);
    let commit = sandbox.git(["commit-tree", &root, "-m", "odd"]);
    let reader = sandbox.at(&commit);
    let stems = reader.stems(yaml()).unwrap();
    let found: Vec<String> = stems.called(b"orders").iter().map(name).collect();
    assert_eq!(found, ["domains/s/orders.yaml"]);
    check(&reader, &yaml());
}

#[test]
fn a_folder_of_thousands_says_the_same_whenever_it_is_asked() {
    let sandbox = Sandbox::with(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]);
    let ids = ["HEAD:a.yaml", "HEAD:b.yaml"].map(|of| sandbox.git(["rev-parse", of]));
    let commit = |changed: usize| {
        let entry = |nth: usize| {
            let id = &ids[usize::from(nth == changed)];
            format!("100644 blob {id}\tname{nth:05}.contract.yaml\n")
        };
        let lines: String = (0..9000).map(entry).collect();
        sandbox.write("lines", lines);
        let tree = sandbox.tree_of("lines");
        sandbox.write("lines", format!("040000 tree {tree}\tdomains\n"));
        let root = sandbox.tree_of("lines");
        sandbox.git(["commit-tree", &root, "-m", "many"])
    };
    let commits = [commit(9000), commit(17), commit(18)];
    for (branch, id) in ["main", "one", "other"].into_iter().zip(&commits) {
        sandbox.git(["update-ref", &format!("refs/heads/{branch}"), id]);
    }
    for is_packed in [false, true] {
        if is_packed {
            sandbox.git(["repack", "-a", "-d", "-q"]);
        }
        let repository = sandbox.open();
        let open = |id: &String| {
            let commit = repository.resolve(id).unwrap();
            repository.at(commit).open().unwrap()
        };
        let readers: Vec<Reader> = commits.iter().map(open).collect();
        for (before, after, expected) in [(0, 1, vec![17]), (1, 2, vec![17, 18]), (2, 0, vec![18])]
        {
            let (before, after) = (&readers[before], &readers[after]);
            let found = changes(before, after, &yaml(), Renames::Detect).unwrap();
            let expected = expected.into_iter();
            let expected: Vec<String> = expected
                .map(|nth| format!("M domains/name{nth:05}.contract.yaml"))
                .collect();
            assert_eq!(show(&found), expected, "{is_packed}");
        }
        for reader in &readers {
            assert_eq!(reader.list(&yaml()).unwrap().len(), 9000);
            let stems = reader.stems(yaml()).unwrap();
            for nth in [0, 17, 18, 4000, 8999] {
                let word = format!("name{nth:05}");
                let expected = [format!("domains/{word}.contract.yaml")];
                let found = stems.called(word.as_bytes());
                assert_eq!(found.iter().map(name).collect::<Vec<_>>(), expected);
                let found = reader.find(&found[0].path).unwrap();
                assert_eq!(found.iter().map(name).collect::<Vec<_>>(), expected);
            }
            assert!(stems.called(b"name09000").is_empty());
        }
    }
}
