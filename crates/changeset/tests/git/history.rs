//! Earlier versions of one file.

use meshlaw_changeset::{DEFAULT_LIMIT, RepoPath, Repository};

use crate::sandbox::{Sandbox, words};

/// The texts of the versions, the newest first; `-` where the file was gone.
fn versions(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let repository = sandbox.open();
    let head = repository.resolve("HEAD").unwrap();
    let reader = repository.at(head).open().unwrap();
    repository
        .history(&head, &RepoPath::parse(path).unwrap())
        .map(|version| match version.unwrap().entry {
            Some(entry) => reader
                .read(&entry, DEFAULT_LIMIT)
                .text()
                .unwrap()
                .to_owned(),
            None => "-".to_owned(),
        })
        .collect()
}

#[test]
fn only_commits_that_changed_the_file_count() {
    let sandbox = Sandbox::with(&[("other", "x")]);
    for text in ["1", "2", "2"] {
        sandbox.write("domains/a.yaml", text);
        sandbox.commit();
    }
    sandbox.remove("domains/a.yaml");
    sandbox.commit();
    sandbox.write("domains/a.yaml", "3");
    sandbox.commit();
    assert_eq!(versions(&sandbox, "domains/a.yaml"), ["3", "-", "2", "1"]);
    assert_eq!(versions(&sandbox, "domains/never.yaml"), [""; 0]);
    assert_eq!(versions(&sandbox, "domains"), [""; 0]);
}

#[test]
fn a_merge_is_one_version() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    for text in ["2", "3"] {
        sandbox.write("a", text);
        sandbox.commit();
    }
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("b", "b");
    sandbox.commit();
    sandbox.git(["merge", "--quiet", "--no-edit", "feature"]);
    assert_eq!(versions(&sandbox, "a"), ["3", "1"]);
}

#[test]
fn a_shallow_clone_says_that_it_ends() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.write("a", "2");
    sandbox.commit();
    let url = format!("file://{}", sandbox.root.display());
    sandbox.git_in(
        sandbox.outside.path(),
        ["clone", "--quiet", "--depth=1", &url, "shallow"],
    );
    let repository = Repository::discover(sandbox.outside.path().join("shallow")).unwrap();
    let head = repository.resolve("HEAD").unwrap();
    let mut history = repository.history(&head, &RepoPath::parse("a").unwrap());
    assert!(history.next().unwrap().unwrap().entry.is_some());
    let (message, help) = words(history.next().unwrap());
    assert!(message.contains("shallow"), "{message}");
    assert!(help.contains("fetch-depth: 0"), "{help}");
    assert!(history.next().is_none());
}
