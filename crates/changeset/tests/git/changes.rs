//! What changed between two commits.

use std::os::unix::fs::{PermissionsExt, symlink};

use meshlaw_changeset::{Globs, Renames, changes, compare_ahead};

use crate::sandbox::Sandbox;

const NOTHING: [&str; 0] = [];

#[test]
fn the_same_commit_is_silent() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    assert_eq!(sandbox.changes("HEAD", "HEAD"), NOTHING);
}

#[test]
fn files_come_go_and_change() {
    let sandbox = Sandbox::with(&[
        ("domains/kept.yaml", "a: 1\n"),
        ("domains/old.yaml", "b: 1\n"),
        ("domains/x/edited.yaml", "c: 1\n"),
        ("other/a.yaml", "d: 1\n"),
        ("domains/readme.md", "e\n"),
    ]);
    sandbox.remove("domains/old.yaml");
    sandbox.write_all(&[
        ("domains/x/edited.yaml", "c: 2\n"),
        ("domains/y/new.yaml", "new: yes\n"),
        ("other/a.yaml", "d: 2\n"),
        ("domains/readme.md", "f\n"),
    ]);
    sandbox.commit();
    let expected = [
        "D domains/old.yaml",
        "M domains/x/edited.yaml",
        "A domains/y/new.yaml",
    ];
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), expected);
}

#[test]
fn a_branch_behind_main_removes_nothing() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.write("domains/mine.yaml", "m: 1\n");
    sandbox.commit();
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("domains/theirs.yaml", "t: 1\n");
    sandbox.commit();

    let (main, feature) = (sandbox.resolve("main"), sandbox.resolve("feature"));
    let base = sandbox.open().merge_base(&main, &feature).unwrap();
    assert_eq!(
        sandbox.changes(&base.id.to_string(), "feature"),
        ["A domains/mine.yaml"]
    );
}

#[test]
fn a_merge_commit_is_compared_as_a_whole() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.write("domains/mine.yaml", "m: 1\n");
    sandbox.commit();
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("domains/theirs.yaml", "t: 1\n");
    sandbox.commit();
    sandbox.git(["merge", "--quiet", "--no-edit", "feature"]);
    assert_eq!(sandbox.changes("HEAD^1", "HEAD"), ["A domains/mine.yaml"]);
    assert_eq!(sandbox.changes("HEAD^2", "HEAD"), ["A domains/theirs.yaml"]);
}

#[test]
fn the_executable_bit_is_no_change() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    let path = sandbox.root.join("domains/a.yaml");
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    sandbox.commit();
    assert_eq!(
        sandbox.git(["diff", "--name-only", "HEAD~"]),
        "domains/a.yaml"
    );
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), NOTHING);
}

#[test]
fn a_file_that_becomes_a_link_is_a_change() {
    // The link's target is the file's text, so both are the same blob.
    let sandbox = Sandbox::with(&[("domains/a.yaml", "b.yaml")]);
    sandbox.remove("domains/a.yaml");
    symlink("b.yaml", sandbox.root.join("domains/a.yaml")).unwrap();
    sandbox.commit();
    assert_eq!(
        sandbox.changes("HEAD~", "HEAD"),
        ["M domains/a.yaml (Symlink) was a file"]
    );
}

#[test]
fn a_folder_that_becomes_a_file_or_back() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.remove("domains/a.yaml");
    sandbox.write("domains/a.yaml/b.yaml", "something else\n");
    sandbox.commit();
    let there = ["D domains/a.yaml", "A domains/a.yaml/b.yaml"];
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), there);
    let back = ["A domains/a.yaml", "D domains/a.yaml/b.yaml"];
    assert_eq!(sandbox.changes("HEAD", "HEAD~"), back);
}

#[test]
fn names_that_sort_around_the_slash_stay_apart() {
    let sandbox = Sandbox::with(&[
        ("domains/a/x.yaml", "1\n"),
        ("domains/a-b.yaml", "2\n"),
        ("domains/a0.yaml", "3\n"),
    ]);
    sandbox.write_all(&[("domains/a/x.yaml", "4\n"), ("domains/a.yaml", "5\n")]);
    sandbox.commit();
    assert_eq!(
        sandbox.changes("HEAD~", "HEAD"),
        ["A domains/a.yaml", "M domains/a/x.yaml"]
    );
}

#[test]
fn a_submodule_counts_where_it_could_hide_files() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    let id = "160000,1234567890123456789012345678901234567890";
    for path in ["domains/sales", "other"] {
        sandbox.git([
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("{id},{path}"),
        ]);
    }
    sandbox.git(["commit", "--quiet", "--message", "submodules"]);
    assert_eq!(
        sandbox.changes("HEAD~", "HEAD"),
        ["A domains/sales (Submodule)"]
    );
}

#[test]
fn paths_may_be_any_bytes() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.git(["config", "core.quotePath", "false"]);
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"l\xff\n.yaml");
    std::fs::write(sandbox.root.join("domains").join(name), "b: 1\n").unwrap();
    sandbox.commit();
    assert_eq!(
        sandbox.changes("HEAD~", "HEAD"),
        ["A domains/l\\xff\\n.yaml"]
    );
    let worktree = sandbox.open().worktree().unwrap();
    assert_eq!(sandbox.changes_to("HEAD", &worktree), NOTHING);
    std::fs::write(sandbox.root.join("domains").join(name), "longer: 2\n").unwrap();
    assert_eq!(
        sandbox.changes_to("HEAD", &worktree),
        ["M domains/l\\xff\\n.yaml"]
    );
}

#[test]
fn packed_objects_are_objects() {
    let sandbox = Sandbox::with(&[("domains/a.yaml", "a: 1\n")]);
    sandbox.write("domains/a.yaml", "a: 2\n");
    sandbox.commit();
    sandbox.git(["gc", "--quiet", "--prune=now"]);
    assert_eq!(sandbox.changes("HEAD~", "HEAD"), ["M domains/a.yaml"]);
}

#[test]
fn what_is_compared_ahead_is_what_comparisons_find() {
    // So few folders that one core looks into them, and so many that two do.
    for folders in [3, 90] {
        let sandbox = Sandbox::new();
        for folder in 0..folders {
            let home = format!("domains/d{folder}/p{}", folder % 7);
            sandbox.write(&format!("{home}/a.yaml"), format!("a: {folder}\n"));
            sandbox.write(&format!("{home}/b.term.yml"), format!("b: {folder}\n"));
            sandbox.write(&format!("other/o{folder}/c.yaml"), "c: 1\n");
        }
        sandbox.commit();
        for folder in 0..folders {
            let home = format!("domains/d{folder}/p{}", folder % 7);
            sandbox.write(&format!("{home}/a.yaml"), format!("a: {folder}\nmore: 1\n"));
            match folder % 4 {
                0 => sandbox.remove(&format!("{home}/b.term.yml")),
                1 => sandbox.write(&format!("{home}/new/d.term.yml"), format!("d: {folder}\n")),
                2 => {
                    let path = sandbox.root.join(format!("other/o{folder}/c.yaml"));
                    std::fs::remove_file(&path).unwrap();
                    symlink("elsewhere", path).unwrap();
                }
                _ => {}
            }
        }
        sandbox.commit();
        for is_packed in [false, true] {
            if is_packed {
                sandbox.git(["repack", "-adq"]);
            }
            let globs = |globs: &[&str]| Globs::new(globs).unwrap();
            let (before, ahead) = (sandbox.at("HEAD~"), sandbox.at("HEAD"));
            let all = ["domains/**/*.yaml", "domains/**/*.yml", "other/*/c.yaml"];
            compare_ahead(&before, &ahead, globs(&all));
            let opened = ahead.stats().trees;
            for own in [&all[..], &all[..1], &all[1..], &["other/*/c.yaml"]] {
                let plain = changes(&before, &sandbox.at("HEAD"), &globs(own), Renames::Detect);
                let found = changes(&before, &ahead, &globs(own), Renames::Detect);
                assert_eq!(found.unwrap(), plain.unwrap(), "{own:?}");
            }
            assert_eq!(ahead.stats().trees, opened);
            // What was not compared ahead, or with another commit, is compared now.
            let own = globs(&["domains/d1/**"]);
            let plain = changes(&before, &sandbox.at("HEAD"), &own, Renames::Ignore);
            let found = changes(&before, &ahead, &own, Renames::Ignore);
            assert_eq!(found.unwrap(), plain.unwrap());
            let same = changes(&sandbox.at("HEAD"), &ahead, &globs(&all), Renames::Ignore);
            assert_eq!(same.unwrap(), []);
        }
    }
}
