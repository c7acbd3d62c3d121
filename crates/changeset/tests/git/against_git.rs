//! The same answers as `git diff`, for random edits to small random trees.

use std::collections::BTreeMap;
use std::fs;

use meshlaw_changeset::{FileChange, Globs, Renames, Snapshot, changes};
use proptest::prelude::*;

use crate::sandbox::Sandbox;

type Tree = BTreeMap<String, String>;

/// Few names, so that edits meet; `-` and `.` sort before the slash, digits after it.
fn tree() -> impl Strategy<Value = Tree> {
    let path = "(a|b)(/(a|a-b|a[.]b|a0)){0,2}";
    let text = prop_oneof!["", "x\n", "y\n"];
    prop::collection::btree_map(path, text, 0..7).prop_map(without_clashes)
}

/// Leaves out files that would have to be folders as well.
fn without_clashes(mut tree: Tree) -> Tree {
    let paths: Vec<_> = tree.keys().cloned().collect();
    tree.retain(|path, _| {
        !paths
            .iter()
            .any(|other| other.starts_with(&format!("{path}/")))
    });
    tree
}

fn check_out(sandbox: &Sandbox, tree: &Tree) {
    for folder in ["a", "b"] {
        let path = sandbox.root.join(folder);
        let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
    }
    for (path, text) in tree {
        sandbox.write(path, text);
    }
}

fn found(before: &Snapshot, after: &Snapshot, globs: &Globs) -> Vec<String> {
    let (before, after) = (before.open().unwrap(), after.open().unwrap());
    let line = |change: &FileChange| match change {
        FileChange::Added(entry) => format!("A\t{}", entry.path),
        FileChange::Removed(entry) => format!("D\t{}", entry.path),
        FileChange::Modified { after, .. } => format!("M\t{}", after.path),
        FileChange::Renamed { .. } => panic!("renames are ignored"),
    };
    changes(&before, &after, globs, Renames::Ignore)
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

fn of_git(sandbox: &Sandbox, pathspec: &str) -> Vec<String> {
    let arguments = [
        "diff",
        "--name-status",
        "--no-renames",
        "HEAD~",
        "HEAD",
        "--",
        pathspec,
    ];
    sandbox.git(arguments).lines().map(str::to_owned).collect()
}

/// Each case starts a dozen processes.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_pair_of_states_agrees(before in tree(), after in tree()) {
        let sandbox = Sandbox::new();
        check_out(&sandbox, &before);
        sandbox.commit();
        check_out(&sandbox, &after);
        let repository = sandbox.open();
        let base = repository.at(sandbox.resolve("HEAD"));
        let worktree = repository.worktree().unwrap();
        let folder = Snapshot::folder(&sandbox.root);
        let all = Globs::new(["**"]).unwrap();
        let untracked = [found(&base, &worktree, &all), found(&base, &folder, &all)];
        sandbox.commit();
        let head = sandbox.open().at(sandbox.resolve("HEAD"));
        let staged = sandbox.open().staged().unwrap();

        for (globs, pathspec) in [(all, "."), (Globs::new(["a/**"]).unwrap(), "a/*")] {
            let expected = of_git(&sandbox, pathspec);
            prop_assert_eq!(&found(&base, &head, &globs), &expected);
            prop_assert_eq!(&found(&base, &staged, &globs), &expected);
            prop_assert_eq!(&found(&base, &folder, &globs), &expected);
            if pathspec == "." {
                prop_assert_eq!(&untracked, &[expected.clone(), expected]);
            }
        }
    }
}
