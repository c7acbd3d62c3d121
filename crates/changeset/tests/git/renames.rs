//! Which removed and added files are one.

use crate::sandbox::{Sandbox, yaml};
use meshlaw_changeset::{Renames, changes};

fn lines(prefix: &str, count: usize) -> String {
    (0..count)
        .map(|line| format!("{prefix} line {line}\n"))
        .collect()
}

/// Commits `before`, then exactly `after`, and compares.
fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
    let sandbox = Sandbox::with(before);
    for (path, _) in before {
        sandbox.remove(path);
    }
    sandbox.write_all(after);
    sandbox.commit();
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), expected);
}

#[test]
fn moved_as_it_is() {
    check(
        &[("domains/a.yaml", "same\n")],
        &[("domains/b.yaml", "same\n")],
        &["R domains/a.yaml to domains/b.yaml"],
    );
}

#[test]
fn moved_and_edited() {
    let before = lines("old", 10);
    let after = before.replace("line 3", "LINE 3");
    check(
        &[("domains/a.yaml", &before)],
        &[("domains/x/b.yaml", &after)],
        &["R domains/a.yaml to domains/x/b.yaml"],
    );
}

#[test]
fn moved_with_other_line_endings() {
    let before = lines("old", 4);
    check(
        &[("domains/a.yaml", &before)],
        &[("domains/b.yaml", &before.replace('\n', "\r\n"))],
        &["R domains/a.yaml to domains/b.yaml"],
    );
}

#[test]
fn too_different_to_be_one() {
    check(
        &[("domains/a.yaml", &lines("old", 10))],
        &[("domains/b.yaml", &lines("new", 10))],
        &["D domains/a.yaml", "A domains/b.yaml"],
    );
}

#[test]
fn empty_files_are_nobody() {
    check(
        &[("domains/a.yaml", "")],
        &[("domains/b.yaml", "")],
        &["D domains/a.yaml", "A domains/b.yaml"],
    );
}

#[test]
fn a_copy_is_an_addition() {
    check(
        &[("domains/a.yaml", "same\n")],
        &[("domains/a.yaml", "same\n"), ("domains/b.yaml", "same\n")],
        &["A domains/b.yaml"],
    );
}

#[test]
fn of_equals_the_kept_name_comes_first_and_one_stays_alone() {
    check(
        &[
            ("domains/1/a.yaml", "same\n"),
            ("domains/1/b.yaml", "same\n"),
        ],
        &[
            ("domains/2/a.yaml", "same\n"),
            ("domains/2/b.yaml", "same\n"),
            ("domains/0/c.yaml", "same\n"),
        ],
        &[
            "A domains/0/c.yaml",
            "R domains/1/a.yaml to domains/2/a.yaml",
            "R domains/1/b.yaml to domains/2/b.yaml",
        ],
    );
}

#[test]
fn the_likest_wins() {
    let before = lines("old", 10);
    let near = before.replace("line 3", "LINE 3");
    let nearer = before.replace("line 3", "Line 3").replace("LINE", "line");
    let far = before.replace("old line 1", "x").replace("old line 2", "y");
    check(
        &[("domains/a.yaml", &before)],
        &[
            ("domains/far.yaml", &far),
            ("domains/near.yaml", &near),
            ("domains/z.yaml", &nearer),
        ],
        &[
            "A domains/far.yaml",
            "R domains/a.yaml to domains/near.yaml",
            "A domains/z.yaml",
        ],
    );
}

#[test]
fn a_move_out_of_sight_is_a_removal() {
    check(
        &[("domains/a.yaml", "same\n")],
        &[("attic/a.yaml", "same\n")],
        &["D domains/a.yaml"],
    );
}

#[test]
fn a_large_move_is_paired_by_unique_names() {
    let sandbox = Sandbox::new();
    for number in 0..210 {
        sandbox.write(
            &format!("domains/old/{number}.yaml"),
            lines(&format!("of {number}"), 4),
        );
    }
    sandbox.commit();
    sandbox.git(["mv", "domains/old", "domains/new"]);
    for number in 0..210 {
        let text = lines(&format!("of {number}"), 5);
        sandbox.write(&format!("domains/new/{number}.yaml"), text);
    }
    sandbox.commit();
    let found = sandbox.changes("HEAD~", "HEAD");
    assert_eq!(found.len(), 210);
    assert_eq!(found[0], "R domains/old/0.yaml to domains/new/0.yaml");
    assert!(found.iter().all(|line| line.starts_with("R ")));
}

#[test]
fn renames_can_be_ignored() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "same\n")]);
    sandbox.git(["mv", "domains/a.yaml", "domains/b.yaml"]);
    sandbox.commit();
    let (before, after) = (sandbox.at("HEAD~"), sandbox.at("HEAD"));
    let found = changes(&before, &after, &yaml(), Renames::Ignore).unwrap();
    assert_eq!(
        crate::sandbox::show(&found),
        ["D domains/a.yaml", "A domains/b.yaml"]
    );
    assert_eq!(before.stats().blobs + after.stats().blobs, 0);
}
