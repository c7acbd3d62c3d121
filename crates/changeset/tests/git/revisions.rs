//! Names of revisions, merge bases and base branches.

use meshlaw_changeset::{Repository, Result};

use crate::sandbox::{Sandbox, words};

const NONE: [&str; 0] = [];

#[test]
fn names_lead_to_commits() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    let first = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["tag", "--annotate", "--message", "one", "v1"]);
    sandbox.write("a", "2");
    let second = sandbox.commit();
    sandbox.git(["checkout", "--quiet", "--detach"]);
    for (revision, id) in [
        ("HEAD", &second),
        ("main", &second),
        ("main~1", &first),
        ("refs/heads/main", &second),
        ("v1", &first),
        (second.as_str(), &second),
        (&first[..8], &first),
    ] {
        assert_eq!(sandbox.resolve(revision).id.to_string(), *id, "{revision}");
    }
    let commit = sandbox.resolve("HEAD");
    let facts = sandbox.git(["show", "--no-patch", "--format=%T %ct", "HEAD"]);
    assert_eq!(format!("{} {}", commit.tree, commit.time), facts);
}

#[test]
fn an_unknown_name_suggests_near_ones() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["branch", "release-1"]);
    sandbox.git(["update-ref", "refs/remotes/origin/payments", "HEAD"]);
    let look = "look it up with `git branch --all`; fetch it, if it is on the remote";
    for (revision, near) in [
        ("mian", "did you mean `main`?"),
        ("relaese-1", "did you mean `release-1`?"),
        ("payments", "did you mean `origin/payments`?"),
        ("zebra", look),
        ("main..HEAD", look),
        ("", look),
    ] {
        let (message, help) = words(sandbox.open().resolve(revision));
        assert_eq!(message, format!("unknown revision `{revision}`"));
        assert_eq!(help, near);
    }
}

#[test]
fn a_name_of_two_commits_is_refused() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["tag", "origin/main"]);
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    assert!(sandbox.open().resolve("origin/main").is_ok());
    sandbox.write("a", "2");
    sandbox.commit();
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    for revision in ["origin/main", "origin/main~1", "origin/main^{commit}"] {
        let (message, help) = words(sandbox.open().resolve(revision));
        assert_eq!(message, format!("revision `{revision}` is ambiguous"));
        assert_eq!(
            help,
            "write one of `refs/remotes/origin/main`, `refs/tags/origin/main`"
        );
    }
    let base = sandbox.open().default_base(&NONE).unwrap();
    assert_eq!(base.commit, sandbox.resolve("HEAD"));
}

#[test]
fn what_is_no_commit_is_refused() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    let (message, help) = words(sandbox.open().resolve("HEAD:a"));
    assert_eq!(message, "revision `HEAD:a` is not a commit");
    assert!(help.contains("branch"));
}

#[test]
fn an_empty_repository_has_no_commits() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    assert_eq!(
        words(repository.resolve("HEAD")).0,
        "the repository has no commits yet"
    );
    assert_eq!(
        words(repository.resolve("main")).0,
        "unknown revision `main`"
    );
    let (message, help) = words(repository.default_base(&NONE));
    assert!(
        message.starts_with("no base branch found; looked for `origin/HEAD`, "),
        "{message}"
    );
    assert!(help.contains("git fetch"));
    sandbox.write("domains/a.yaml", "a: 1\n");
    let worktree = repository.worktree().unwrap().open().unwrap();
    assert_eq!(crate::sandbox::names(&worktree), ["domains/a.yaml"]);
}

#[test]
fn no_repository_is_said_so() {
    let folder = tempfile::TempDir::new().unwrap();
    let (message, help) = words(Repository::discover(folder.path()));
    assert_eq!(
        message,
        format!("`{}` is not in a git repository", folder.path().display())
    );
    assert!(help.contains("folders"));
}

#[test]
fn a_repository_of_another_user_is_explained() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    // Only the superuser can give files away; elsewhere there is nothing to see.
    let given = [&sandbox.root, &sandbox.root.join(".git")]
        .iter()
        .all(|path| std::os::unix::fs::chown(path, Some(12345), Some(12345)).is_ok());
    if given {
        let (message, help) = words(Repository::discover(&sandbox.root));
        assert!(message.ends_with("belongs to another user"), "{message}");
        assert!(help.contains("safe.directory"), "{help}");
    }
}

#[test]
fn the_merge_base_is_where_the_branch_left() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    let fork = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.commit();
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("b", "1");
    sandbox.commit();
    assert_eq!(merge_base(&sandbox, "main", "feature").unwrap(), fork);
    assert_eq!(merge_base(&sandbox, "main", "main~").unwrap(), fork);
}

#[test]
fn a_branch_that_holds_its_target_left_it_there() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    // As many commits as are looked at before all of history is, and more.
    for length in [1, 6, 12] {
        while sandbox.git(["rev-list", "--count", "main..feature"]) != length.to_string() {
            sandbox.commit();
        }
        let main = sandbox.git(["rev-parse", "main"]);
        assert_eq!(merge_base(&sandbox, "main", "feature").unwrap(), main);
        assert_eq!(merge_base(&sandbox, "feature", "main").unwrap(), main);
    }
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("b", "1");
    sandbox.commit();
    let main = sandbox.git(["rev-parse", "main"]);
    sandbox.git(["switch", "--quiet", "feature"]);
    assert_eq!(sandbox.open().merged(&sandbox.resolve("feature")), None);
    // The target is no first parent of the branch that was brought up to it.
    sandbox.git(["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(merge_base(&sandbox, "main", "feature").unwrap(), main);
    let merged = sandbox.open().merged(&sandbox.resolve("feature"));
    assert_eq!(merged.map(|id| id.to_string()), Some(main));
}

#[test]
fn of_several_merge_bases_the_latest_is_taken() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["switch", "--quiet", "--create", "left"]);
    sandbox.write("left", "1");
    sandbox.commit();
    sandbox.git(["switch", "--quiet", "--create", "right", "main"]);
    sandbox.write("right", "1");
    sandbox.commit();
    let (left, right) = (
        sandbox.git(["rev-parse", "left"]),
        sandbox.git(["rev-parse", "right"]),
    );
    sandbox.git(["merge", "--quiet", "--no-edit", &left]);
    sandbox.git(["switch", "--quiet", "left"]);
    sandbox.git(["merge", "--quiet", "--no-edit", &right]);
    assert_eq!(
        sandbox
            .git(["merge-base", "--all", "left", "right"])
            .lines()
            .count(),
        2
    );
    for (one, other) in [("left", "right"), ("right", "left")] {
        let base = merge_base(&sandbox, one, other).unwrap();
        assert_eq!(base, right);
        assert_eq!(base, sandbox.git(["merge-base", one, other]));
    }
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["switch", "--quiet", "--orphan", "island"]);
    sandbox.commit();
    let (message, help) = words(merge_base(&sandbox, "main", "island"));
    assert!(message.ends_with("have no common ancestor"), "{message}");
    assert!(help.contains("history"));
}

#[test]
fn a_shallow_clone_says_how_to_deepen_it() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    let first = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.write("b", "1");
    sandbox.commit();
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("a", "2");
    sandbox.commit();
    let url = format!("file://{}", sandbox.root.display());
    let clone = [
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        &url,
        "shallow",
    ];
    sandbox.git_in(sandbox.outside.path(), clone);
    let repository = Repository::discover(sandbox.outside.path().join("shallow")).unwrap();
    assert!(repository.is_shallow());

    let main = repository.resolve("origin/main").unwrap();
    let feature = repository.resolve("origin/feature").unwrap();
    for (message, help) in [
        words(repository.merge_base(&main, &feature)),
        words(repository.resolve(&first)),
        words(repository.default_base(&["release"])),
    ] {
        assert!(
            help.contains("`fetch-depth: 0`") && help.contains("--unshallow"),
            "{message}"
        );
    }
    let (message, _) = words(repository.merge_base(&main, &feature));
    assert!(message.contains("shallow"), "{message}");
    assert_eq!(repository.merge_base(&main, &main).unwrap(), main);
}

#[test]
fn the_base_branch_is_looked_for_in_order() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["branch", "release"]);
    let base = |candidates: &[&str]| {
        sandbox
            .open()
            .default_base(candidates)
            .map(|base| base.name)
    };
    assert_eq!(base(&[]).unwrap(), "refs/heads/main");
    assert_eq!(base(&["release"]).unwrap(), "refs/heads/release");
    assert_eq!(base(&["refs/heads/release"]).unwrap(), "refs/heads/release");
    assert_eq!(base(&["gone", "release"]).unwrap(), "refs/heads/release");
    for (name, candidates) in [("origin/main", vec![]), ("origin/release", vec!["release"])] {
        let full = format!("refs/remotes/{name}");
        sandbox.git(["update-ref", &full, "HEAD"]);
        assert_eq!(base(&candidates).unwrap(), full);
    }
    sandbox.git([
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/release",
    ]);
    assert_eq!(base(&[]).unwrap(), "refs/remotes/origin/HEAD");
    // A branch that was named and is not there is never replaced by another.
    let (message, help) = words(base(&["gone"]));
    assert_eq!(
        message,
        "no base branch found; looked for `origin/gone`, `gone`"
    );
    assert!(help.contains("git fetch origin"));
}

fn merge_base(sandbox: &Sandbox, one: &str, other: &str) -> Result<String> {
    let (one, other) = (sandbox.resolve(one), sandbox.resolve(other));
    sandbox
        .open()
        .merge_base(&one, &other)
        .map(|base| base.id.to_string())
}

/// What is known at the root of a work tree by a look at few files, and below it by libgit2 alone.
#[test]
fn a_look_at_few_files_says_what_libgit2_says() {
    let sandbox = Sandbox::with(&[("a", "1"), ("sub/b", "1")]);
    let first = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["tag", "v1"]);
    sandbox.git(["tag", "--annotate", "--message", "one", "v1.0"]);
    sandbox.git(["branch", "deep/er/branch"]);
    sandbox.git(["branch", "both"]);
    sandbox.git(["branch", "same"]);
    sandbox.git(["tag", "same"]);
    sandbox.git(["branch", &first[..7]]);
    sandbox.git(["branch", "UPPER"]);
    sandbox.git(["checkout", "--quiet", "-b", "feature"]);
    sandbox.write("a", "2");
    sandbox.commit();
    sandbox.git(["tag", "both"]);
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git(["update-ref", "refs/odd", "HEAD"]);
    sandbox.git([
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    sandbox.git(["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    sandbox.git(["symbolic-ref", "refs/heads/nothing", "refs/heads/gone"]);
    sandbox.git(["checkout", "--quiet", "main"]);
    sandbox.write("sub/b", "2");
    sandbox.commit();
    sandbox.git([
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        "join",
        "feature",
    ]);
    let names = [
        "HEAD",
        "@",
        "main",
        "feature",
        "v1",
        "v1.0",
        "deep/er/branch",
        "deep/er",
        "deep",
        "both",
        "same",
        "UPPER",
        "heads/main",
        "tags/v1",
        "refs/heads/main",
        "refs/tags/v1.0",
        "refs/odd",
        "odd",
        "origin",
        "origin/main",
        "origin/HEAD",
        "remotes/origin/main",
        "alias",
        "nothing",
        "gone",
        "refs/heads/gone",
        "main~1",
        "main^2",
        "main^{tree}",
        "v1.0^{}",
        "HEAD:a",
        "",
        "a b",
        "FETCH_HEAD",
        "ORIG_HEAD",
        "config",
        "logs/HEAD",
        "refs",
        "../x",
        "main/",
        "main.lock",
    ];
    let ids = [
        &first[..],
        &first[..7],
        &first[..12],
        &first.to_uppercase(),
        &"1".repeat(40),
    ];
    let agree = |when: &str| {
        let (near, below) = (sandbox.open(), sandbox.root.join("sub"));
        let far = Repository::discover(below).unwrap();
        let said = |repository: &Repository, name: &str| {
            let found = repository.resolve(name).map_err(|error| error.to_string());
            let around = found.as_ref().ok().map(|commit| {
                let main = repository.resolve("refs/heads/main").unwrap();
                let base = repository.merge_base(&main, commit).unwrap();
                (
                    base,
                    repository.merged(commit),
                    repository.first_parent(commit).unwrap(),
                )
            });
            format!("{found:?} {around:?}")
        };
        for name in names.iter().chain(&ids) {
            assert_eq!(said(&near, name), said(&far, name), "{name}, {when}");
        }
        let base = |repository: &Repository| repository.default_base(&NONE).unwrap();
        assert_eq!(base(&near), base(&far), "{when}");
    };
    agree("all loose");
    sandbox.git(["repack", "--quiet", "-a", "-d"]);
    agree("objects packed");
    sandbox.git(["pack-refs", "--all"]);
    agree("all packed");
    sandbox.git(["branch", "--force", "feature", "main"]);
    sandbox.git(["branch", "-D", "--quiet", "deep/er/branch"]);
    agree("some references newer than packed");
    sandbox.write("a", "3");
    sandbox.commit();
    agree("some objects newer than packed");
    sandbox.git(["checkout", "--quiet", "--detach"]);
    agree("on no branch");
    sandbox.git(["commit-graph", "write", "--reachable"]);
    agree("history written down");
    sandbox.git(["config", "core.repositoryformatversion", "1"]);
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    agree("with an extension");
}
