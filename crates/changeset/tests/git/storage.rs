//! The order in which reading is cheapest, beside what git says of its packs.

use std::collections::BTreeMap;

use meshlaw_changeset::Entry;

use crate::sandbox::{Sandbox, yaml};

fn path(number: usize) -> String {
    format!("domains/{:02}.yaml", (number * 37) % 100)
}

/// The ids of a commit's files in the order in which they would be read.
fn ordered(sandbox: &Sandbox) -> Vec<String> {
    let snapshot = sandbox.open().at(sandbox.resolve("HEAD"));
    let entries = snapshot.open().unwrap().list(&yaml()).unwrap();
    let order = snapshot.reading_order(&entries);
    let mut all: Vec<usize> = order.clone();
    all.sort_unstable();
    assert_eq!(all, (0..entries.len()).collect::<Vec<_>>());
    let id = |entry: &Entry| entry.object().unwrap().to_string();
    order.into_iter().map(|at| id(&entries[at])).collect()
}

/// Where the objects of all packs begin, by what `git verify-pack` says.
fn offsets(sandbox: &Sandbox) -> BTreeMap<String, u64> {
    let folder = sandbox.git(["rev-parse", "--git-path", "objects/pack"]);
    let folder = sandbox.root.join(folder.trim());
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "idx") {
            let said = sandbox.git(["verify-pack", "-v", path.to_str().unwrap()]);
            let lines = said
                .lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>());
            for words in lines.filter(|words| words.len() >= 5 && words[1] == "blob") {
                found.insert(words[0].to_owned(), words[4].parse().unwrap());
            }
        }
    }
    found
}

#[test]
fn what_is_packed_is_read_as_it_lies_and_what_is_loose_before() {
    let sandbox = Sandbox::new();
    let text = |number: usize| format!("same: words\nand: {}\n", "more ".repeat(number + 20));
    for number in 0..60 {
        sandbox.write_all(&[(&*path(number), &*text(number))]);
    }
    sandbox.commit();
    sandbox.git(["gc", "--quiet"]);
    let known = offsets(&sandbox);
    let packed: Vec<u64> = ordered(&sandbox).iter().map(|id| known[id]).collect();
    assert_eq!(packed.len(), 60);
    assert!(packed.is_sorted(), "{packed:?}");

    sandbox.write_all(&[("domains/zz.yaml", "new: 1\n")]);
    sandbox.commit();
    let ids = ordered(&sandbox);
    assert_eq!(ids.len(), 61);
    assert!(!known.contains_key(&ids[0]), "the loose one comes first");
}

#[test]
fn an_index_that_is_not_understood_changes_nothing_but_the_order() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n"), ("domains/b.yaml", "b: 1\n")]);
    sandbox.git(["gc", "--quiet"]);
    let folder = sandbox.root.join(".git/objects/pack");
    for (name, bytes) in [
        ("pack-x.idx", &b"\xfftOc\0\0\0\x02\0\0"[..]),
        ("pack-y.idx", b"junk"),
        ("pack-z.idx", b""),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    assert_eq!(ordered(&sandbox).len(), 2);
}
