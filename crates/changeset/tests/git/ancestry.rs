//! The same merge bases as git's, by whatever of the history git wrote down.

use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;

use crate::sandbox::Sandbox;

/// For each commit, how far back its parents lie.
fn history() -> impl Strategy<Value = Vec<Vec<usize>>> {
    let parents = prop::collection::btree_set(1_usize..6, 0..4);
    let parents = parents.prop_map(|set| set.into_iter().collect());
    prop::collection::vec(parents, 2..24)
}

/// Makes commits `from..to`, each with a branch of its own; their dates say nothing.
fn import(sandbox: &Sandbox, history: &[Vec<usize>], from: usize, to: usize) {
    let mut stream = String::new();
    for (number, steps) in history.iter().enumerate().take(to).skip(from) {
        let time = 1_700_000_000 + (number * 7919) % 97;
        writeln!(stream, "commit refs/heads/c{number}").unwrap();
        writeln!(stream, "committer A <a@example.org> {time} +0000\ndata 1").unwrap();
        writeln!(stream, "{}", number % 10).unwrap();
        let parents = steps.iter().filter_map(|step| number.checked_sub(*step));
        for (nth, parent) in parents.enumerate() {
            let word = if nth == 0 { "from" } else { "merge" };
            writeln!(stream, "{word} refs/heads/c{parent}").unwrap();
        }
        writeln!(stream, "M 100644 inline f\ndata 1\n{}", number % 10).unwrap();
    }
    sandbox.feed(["fast-import", "--quiet", "--force"], &stream);
}

/// The one of git's own merge bases that is documented to be taken.
fn of_git(sandbox: &Sandbox, one: &str, other: &str) -> Option<String> {
    let output = sandbox.try_git(&sandbox.root, ["merge-base", "--all", one, other]);
    let ids = String::from_utf8(output.stdout).unwrap();
    let time = |id: &&str| -> i64 {
        let time = sandbox.git(["show", "--no-patch", "--format=%ct", id]);
        time.parse().unwrap()
    };
    let latest = ids.lines().min_by_key(|id| (-time(id), id.to_string()));
    latest.map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_merge_base_agrees(
        history in history(),
        written in 0.0..1.0,
        again in 0.0..1.0,
        pairs in prop::collection::vec((0.0..1.0, 0.0..1.0), 6),
    ) {
        let sandbox = Sandbox::new();
        let at = |share: f64, of: usize| (share * of as f64) as usize;
        let first = at(written, history.len());
        let second = first + at(again, history.len() - first);
        import(&sandbox, &history, 0, first);
        sandbox.git(["commit-graph", "write", "--reachable", "--split"]);
        import(&sandbox, &history, first, second);
        sandbox.git(["commit-graph", "write", "--reachable", "--split=no-merge"]);
        import(&sandbox, &history, second, history.len());
        let repository = sandbox.open();
        for (one, other) in pairs {
            let name = |share| format!("c{}", at(share, history.len()));
            let (one, other) = (name(one), name(other));
            let (left, right) = (repository.resolve(&one).unwrap(), repository.resolve(&other).unwrap());
            let found = repository.merge_base(&left, &right).ok().map(|base| base.id.to_string());
            prop_assert_eq!(found, of_git(&sandbox, &one, &other));
        }
    }
}

/// A history of 40 commits with a branch from its third.
fn long() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut history: Vec<Vec<usize>> = vec![vec![]];
    history.extend((1..40).map(|_| vec![1]));
    history.push(vec![38]);
    import(&sandbox, &history, 0, history.len());
    sandbox
}

fn base_of_branch(sandbox: &Sandbox) -> Option<String> {
    let repository = sandbox.open();
    let (one, other) = (
        repository.resolve("c39").unwrap(),
        repository.resolve("c40").unwrap(),
    );
    let base = repository.merge_base(&one, &other).ok()?;
    Some(base.id.to_string())
}

#[test]
fn what_is_written_down_is_not_unpacked() {
    for split in ["--split", "--no-progress"] {
        let sandbox = long();
        sandbox.git(["commit-graph", "write", "--reachable", split]);
        // Unpacks everything, so that one commit on the way can be taken out.
        let packs = sandbox.root.join(".git/objects/pack");
        for pack in fs::read_dir(&packs).unwrap().flatten() {
            let moved = sandbox.outside.path().join(pack.file_name());
            fs::rename(pack.path(), &moved).unwrap();
            if moved.extension().is_some_and(|ending| ending == "pack") {
                let bytes = fs::File::open(&moved).unwrap();
                sandbox.feed_file(["unpack-objects", "-q"], bytes);
            }
        }
        let id = sandbox.git(["rev-parse", "c20"]);
        let object = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
        let fork = sandbox.git(["rev-parse", "c2"]);
        fs::remove_file(sandbox.root.join(object)).unwrap();
        assert_eq!(base_of_branch(&sandbox), Some(fork));
    }
}

#[test]
fn damage_to_what_is_written_down_changes_nothing() {
    let sandbox = long();
    sandbox.git(["commit-graph", "write", "--reachable"]);
    let path = sandbox.root.join(".git/objects/info/commit-graph");
    let whole = fs::read(&path).unwrap();
    let fork = Some(sandbox.git(["rev-parse", "c2"]));
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    for length in [0, 7, 8, 40, 1000, whole.len() / 2, whole.len() - 40] {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(base_of_branch(&sandbox), fork, "{length} bytes");
    }
    // All levels and parents of the commits, one after the other, made nonsense.
    for at in (whole.len() - 20 - 41 * 36..whole.len() - 20).step_by(4) {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
        fs::write(&path, bytes).unwrap();
        let found = base_of_branch(&sandbox);
        assert!(found.is_some(), "a number at {at} is nonsense");
    }
}
