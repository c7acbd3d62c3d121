//! What is opened, counted: cost grows with the change and never with the repository.

use meshlaw_changeset::{Renames, changes};

use crate::sandbox::{Sandbox, words, yaml};

fn repository(folders: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in 0..folders {
        sandbox.write(
            &format!("domains/d{folder}/p/a.yaml"),
            format!("a: {folder}\n"),
        );
        sandbox.write(&format!("src/s{folder}/a.yaml"), format!("s: {folder}\n"));
    }
    sandbox.commit();
    sandbox.write("domains/d7/p/a.yaml", "changed\n");
    for folder in 0..folders {
        sandbox.write(&format!("src/s{folder}/a.yaml"), "changed\n");
    }
    sandbox.commit();
    sandbox
}

#[test]
fn one_change_costs_the_same_in_any_repository() {
    for folders in [40, 400] {
        let sandbox = repository(folders);
        let (before, after) = (sandbox.at("HEAD~"), sandbox.at("HEAD"));
        let found = changes(&before, &after, &yaml(), Renames::Detect).unwrap();
        assert_eq!(found.len(), 1);
        // The root, `domains`, `d7` and `p`, on each side; never `src`, where all changed.
        for reader in [before, after] {
            assert_eq!(
                (reader.stats().trees, reader.stats().blobs),
                (4, 0),
                "{folders}"
            );
        }
    }
}

#[test]
fn the_gate_never_opens_the_index() {
    let sandbox = repository(10);
    sandbox.write(".git/index", "not an index");
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), ["M domains/d7/p/a.yaml"]);
    let staged = sandbox.open().staged().unwrap().open().unwrap();
    let (message, help) = words(staged.list(&yaml()));
    assert_eq!(message, "cannot read the git index");
    assert!(help.contains("sparse"));
}

#[test]
fn equal_roots_open_nothing() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.commit();
    let (before, after) = (sandbox.at("HEAD~"), sandbox.at("HEAD"));
    assert!(
        changes(&before, &after, &yaml(), Renames::Detect)
            .unwrap()
            .is_empty()
    );
    assert_eq!(before.stats().trees + after.stats().trees, 0);
}

#[test]
fn a_listing_leaves_out_folders_that_no_glob_reaches() {
    let sandbox = repository(10);
    let reader = sandbox.at("HEAD");
    assert_eq!(reader.list(&yaml()).unwrap().len(), 10);
    assert_eq!(reader.stats().trees, 2 + 10 * 2);
}

#[test]
fn endless_nesting_is_refused() {
    let sandbox = Sandbox::new();
    for (depth, refused) in [(400, false), (600, true)] {
        let path = format!("domains/{}a.yaml", "d/".repeat(depth));
        sandbox.feed(
            ["fast-import", "--quiet", "--force"],
            &format!(
                "commit refs/heads/deep\ncommitter Ada <ada@example.org> 1700000000 +0000\n\
                 data 0\nM 100644 inline {path}\ndata 2\nx\n"
            ),
        );
        let found = sandbox.at("deep").list(&yaml());
        assert_eq!(found.is_err(), refused, "{depth}");
        if refused {
            let (message, _) = words(found);
            assert!(message.ends_with("is nested too deeply, the limit is 512 levels"));
        }
    }
}
