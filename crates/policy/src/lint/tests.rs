//! Each lint on a policy that has it, and none of ours has any.

use super::*;
use crate::book::BookFile;
use crate::builtin_files;

const HEAD: &str = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"it is wrong\")\n@help(\"write it \
                    otherwise, so\")\nforbid (principal, action == Action::\"publish\", resource is Field)\n";

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

fn known() -> Known {
    Known {
        domains: names(&["sales", "finance"]),
        teams: names(&["privacy-office"]),
        products: names(&["journey"]),
        roles: names(&["privacy"]),
        tags: names(&["tier"]),
    }
}

fn file(path: &str, text: &str) -> BookFile {
    BookFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// Lints a policy with a README among others.
fn found(id: &str, text: &str, others: &[BookFile]) -> Vec<Lint> {
    let mut files = vec![
        file(&format!("{id}/policy.cedar"), text),
        file(&format!("{id}/README.md"), "# Why\n"),
    ];
    files.extend_from_slice(others);
    let book = Book::load(&[], &files).unwrap();
    lint(book.get(id).unwrap(), &book, &known()).unwrap()
}

fn ids(found: &[Lint]) -> Vec<&'static str> {
    found.iter().map(|lint| lint.id).collect()
}

#[test]
fn each_example_has_its_lint_and_no_other() {
    let mut shown = 0;
    for kind in LINTS.iter().filter(|kind| !kind.example.is_empty()) {
        let text = format!("{HEAD}{};\n", kind.example);
        let found = found("domains/sales/a", &text, &[]);
        let first = found
            .first()
            .unwrap_or_else(|| panic!("{} is not found", kind.id));
        assert!(first.line > 5, "{first:?}");
        let mut expected = vec![kind.id];
        if kind.id == "foreign-domain" || kind.id == "unknown-domain" {
            // Who misspells a domain names a foreign one, too.
            expected = ids(&found);
            assert!(expected.contains(&kind.id), "{}: {found:?}", kind.id);
        }
        assert_eq!(ids(&found), expected, "{found:?}");
        shown += 1;
    }
    assert!(shown >= 17);
    assert!(LINTS.is_sorted_by_key(|kind| kind.id));
}

#[test]
fn annotations_and_files_are_looked_at() {
    let when = "when { resource has pii };\n";
    let with = |old: &str, new: &str| format!("{HEAD}{when}").replace(old, new);
    assert_eq!(ids(&found("org/a/b", &with("", ""), &[])), [] as [&str; 0]);
    for (text, id) in [
        (with("\"error\"", "\"note\""), "never-blocks"),
        (
            with("write it otherwise, so", "It is wrong"),
            "help-says-nothing",
        ),
        (
            with("write it otherwise, so", "fix it"),
            "help-says-nothing",
        ),
        (
            with("@message", "@since(\"2027-01-01\")\n@message").replace("soft", "shadow"),
            "since-without-force",
        ),
        (format!("{HEAD};\n"), "always-applies"),
    ] {
        assert_eq!(ids(&found("org/a/b", &text, &[])), [id], "{text}");
    }
    let bare = Book::load(&[], &[file("org/a/b/policy.cedar", &with("", ""))]).unwrap();
    let found_bare = lint(&bare.policies[0], &bare, &known()).unwrap();
    assert_eq!(ids(&found_bare), ["no-readme"]);
}

#[test]
fn policies_are_held_against_each_other() {
    let wide = format!("{HEAD}when {{ resource has pii }};\n");
    let narrow = format!("{HEAD}when {{ resource has pii && resource.isNested }};\n");
    let other = [file("org/x/wide/policy.cedar", &wide)];
    assert_eq!(ids(&found("org/a/b", &narrow, &other)), ["shadowed"]);
    assert_eq!(
        ids(&found("domains/sales/b", &narrow, &other)),
        ["shadowed"]
    );
    let soft = [file(
        "org/x/wide/policy.cedar",
        &wide.replace("soft", "advisory"),
    )];
    assert_eq!(ids(&found("org/a/b", &narrow, &soft)), [] as [&str; 0]);
    let copy = [file("org/x/wides/policy.cedar", &narrow)];
    let both = found("org/x/wide", &wide, &copy);
    assert_eq!(ids(&both), ["near-id"]);
}

#[test]
fn what_is_shipped_has_none() {
    let book = Book::load(&builtin_files(), &[]).unwrap();
    for policy in &book.policies {
        let found = lint(policy, &book, &Known::default()).unwrap();
        assert_eq!(found, [], "{}", policy.id);
    }
}
