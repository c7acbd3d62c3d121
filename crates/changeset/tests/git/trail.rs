//! What the commits of a branch did to some files.

use meshlaw_changeset::{Error, FileChange, Globs, Repository, Trail};

use crate::sandbox::{Sandbox, words};

/// The footprints of the head, the newest first: `+` came, `-` went, `~` changed.
fn footprints(trail: Trail<'_>) -> Vec<String> {
    let told = |change: &FileChange| {
        let sign = match change {
            FileChange::Added(_) => '+',
            FileChange::Removed(_) => '-',
            FileChange::Modified { .. } | FileChange::Renamed { .. } => '~',
        };
        format!("{sign}{}", change.path())
    };
    trail
        .map(|one| {
            one.unwrap()
                .changes
                .iter()
                .map(told)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

fn told(sandbox: &Sandbox, globs: &[&str]) -> Vec<String> {
    let repository = sandbox.open();
    let head = repository.resolve("HEAD").unwrap();
    footprints(repository.trail(&head, &Globs::new(globs).unwrap()))
}

#[test]
fn only_commits_that_touched_something_of_interest_count() {
    let sandbox = Sandbox::with(&[("w/a.x", "1"), ("other", "1")]);
    sandbox.write("other", "2");
    sandbox.commit();
    sandbox.write("w/deep/b.x", "1");
    sandbox.write("w/a.x", "2");
    sandbox.commit();
    sandbox.write("w/b.y", "not of interest");
    sandbox.commit();
    sandbox.remove("w/a.x");
    sandbox.commit();
    let expected = ["-w/a.x", "~w/a.x +w/deep/b.x", "+w/a.x"];
    assert_eq!(told(&sandbox, &["w/**/*.x"]), expected);
    // Without a folder to begin in, every commit is compared, and the same is found.
    assert_eq!(told(&sandbox, &["**/*.x"]), expected);
    assert_eq!(told(&sandbox, &["none/**"]), [""; 0]);
}

#[test]
fn a_merge_is_one_footprint() {
    let sandbox = Sandbox::with(&[("w/a.x", "1")]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    for text in ["2", "3"] {
        sandbox.write("w/a.x", text);
        sandbox.commit();
    }
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("b", "b");
    sandbox.commit();
    sandbox.git(["merge", "--quiet", "--no-edit", "feature"]);
    assert_eq!(told(&sandbox, &["w/*"]), ["~w/a.x", "+w/a.x"]);
}

#[test]
fn a_shallow_clone_says_that_it_ends() {
    let sandbox = Sandbox::with(&[("w/a.x", "1")]);
    sandbox.write("w/a.x", "2");
    sandbox.commit();
    let url = format!("file://{}", sandbox.root.display());
    sandbox.git_in(
        sandbox.outside.path(),
        ["clone", "--quiet", "--depth=1", &url, "shallow"],
    );
    let repository = Repository::discover(sandbox.outside.path().join("shallow")).unwrap();
    let head = repository.resolve("HEAD").unwrap();
    let mut trail = repository.trail(&head, &Globs::new(["w/*"]).unwrap());
    assert!(matches!(
        trail.next().unwrap().unwrap().changes.as_slice(),
        [FileChange::Added(_)]
    ));
    let cut = trail.next().unwrap();
    assert!(matches!(cut, Err(Error::Shallow { .. })));
    let (message, help) = words(cut.map(|_| ()));
    assert!(message.contains("shallow"), "{message}");
    assert!(help.contains("fetch-depth: 0"), "{help}");
    assert!(trail.next().is_none());
}
