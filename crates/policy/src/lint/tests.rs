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
        formats: [Format::Native].into(),
        terms: names(&["personal_identifier"]),
        contracts: names(&["sales/orders"]),
        consumers: names(&["report"]),
    }
}

fn file(path: &str, text: &str) -> BookFile {
    BookFile {
        path: path.to_owned(),
        text: text.to_owned().into(),
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
    for kind in LINTS {
        let found = match kind.example {
            Shown::Conditions(conditions) => {
                let found = found("domains/sales/a", &format!("{HEAD}{conditions};\n"), &[]);
                assert!(found.iter().all(|lint| lint.line > 5), "{found:?}");
                found
            }
            Shown::Files(files) => of_files(files, kind.id != "no-readme"),
            // Examples are run by those who read files.
            Shown::Examples(files) => {
                assert_eq!(of_files(files, true), []);
                continue;
            }
        };
        let mut expected = vec![kind.id];
        if kind.id == "foreign-domain" || kind.id == "unknown-domain" {
            // Who misspells a domain names a foreign one, too.
            expected = ids(&found);
            assert!(expected.contains(&kind.id), "{}: {found:?}", kind.id);
        }
        assert_eq!(ids(&found), expected, "{found:?}");
    }
    assert!(LINTS.is_sorted_by_key(|kind| kind.id));
}

/// Lints the first of some files.
fn of_files(files: &[(&str, &str)], has_readmes: bool) -> Vec<Lint> {
    let mut all = Vec::new();
    for (path, text) in files {
        all.push(file(path, text));
        let readme = path.replace("policy.cedar", "README.md");
        all.extend(has_readmes.then(|| file(&readme, "# Why\n")));
    }
    let policies: Vec<BookFile> = all
        .into_iter()
        .filter(|file| file.path.ends_with("policy.cedar") || file.path.ends_with("README.md"))
        .collect();
    let book = Book::load(&[], &policies).unwrap();
    let first = files[0].0.trim_end_matches("/policy.cedar");
    lint(book.get(first).unwrap(), &book, &known()).unwrap()
}

#[test]
fn stages_of_a_roll_out_come_in_order() {
    let narrow = "when { resource has pii && resource.isNested };\n";
    let wide = "when { resource has pii };\n";
    let stage = |enforcement: &str, since: &str, when: &str| {
        let since = match since {
            "" => String::new(),
            day => format!("@since(\"{day}\")\n"),
        };
        format!("{since}{}{when}", HEAD.replace("soft", enforcement))
    };
    for (own, other, expected) in [
        // Soft from March and hard from June is how it is meant.
        (("soft", "2027-03-01"), ("hard", "2027-06-01"), &[][..]),
        (
            ("soft", "2027-06-01"),
            ("hard", "2027-03-01"),
            &["since-out-of-order"],
        ),
        (
            ("soft", "2027-03-01"),
            ("soft", "2027-03-01"),
            &["since-out-of-order"],
        ),
        (("soft", "2027-06-01"), ("soft", ""), &["shadowed"]),
        (("soft", ""), ("hard", "2027-03-01"), &[]),
        (("hard", "2027-06-01"), ("soft", "2027-03-01"), &[]),
    ] {
        let text = stage(own.0, own.1, narrow);
        let wider = file("org/x/wide/policy.cedar", &stage(other.0, other.1, wide));
        let found = found("org/a/b", &text, &[wider]);
        assert_eq!(ids(&found), expected, "{own:?} {other:?}");
    }
}

#[test]
fn what_a_format_cannot_state_hangs_on_those_in_use() {
    let text = format!("{HEAD}when {{ resource.isCritical && !resource.hasQualityRule }};\n");
    let book = [
        file("org/a/b/policy.cedar", &text),
        file("org/a/b/README.md", "# Why\n"),
    ];
    let book = Book::load(&[], &book).unwrap();
    let policy = &book.policies[0];
    assert!(hangs_on_format(policy));
    for (formats, expected) in [
        (vec![], &[][..]),
        (vec![Format::Native], &["never-filled"]),
        (vec![Format::Odcs], &[]),
        (vec![Format::Native, Format::Odcs], &[]),
    ] {
        let known = Known {
            formats: formats.into_iter().collect(),
            ..known()
        };
        let found = lint(policy, &book, &known).unwrap();
        assert_eq!(ids(&found), expected, "{:?}", known.formats);
    }
}

#[test]
fn terms_are_looked_up_wherever_they_are_named() {
    for (condition, is_known) in [
        ("resource in Term::\"personal_identifier\"", true),
        ("resource in Term::\"personal_identifyer\"", false),
        (
            "resource has term && resource.term == \"personal_identifier\"",
            true,
        ),
        ("resource has term && resource.term == \"person\"", false),
        (
            "resource has term && [\"person\", \"x\"].contains(resource.term)",
            false,
        ),
    ] {
        let found = found("org/a/b", &format!("{HEAD}when {{ {condition} }};\n"), &[]);
        let all: BTreeSet<&str> = ids(&found).into_iter().collect();
        let expected = if is_known {
            BTreeSet::new()
        } else {
            ["unknown-term"].into()
        };
        assert_eq!(all, expected, "{condition}");
    }
    let text = format!("{HEAD}when {{ resource in Term::\"personal_identifer\" }};\n");
    let [lint] = &found("org/a/b", &text, &[])[..] else {
        panic!("one lint");
    };
    assert_eq!(lint.help, "did you mean `personal_identifier`?");
    assert_eq!((lint.line, lint.column), (6, 20));
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
fn ids_are_held_against_what_there_is_and_what_is_built_in() {
    let when = "when { resource has pii };\n";
    let text = format!("{HEAD}{when}");
    for (id, expected) in [
        ("org/a/b", &[][..]),
        ("domains/sales/b", &[]),
        ("domains/sale/b", &["unknown-domain"]),
        ("org/a/\u{440}ii", &["mixed-letters"]),
        ("org/a/größe", &[]),
        ("org/privacy/pii-maske", &["near-id"]),
    ] {
        assert_eq!(ids(&found(id, &text, &[])), expected, "{id}");
    }
    let weaker = text.replace("soft", "advisory");
    let found_weaker = found("org/privacy/pii-masked", &weaker, &[]);
    assert_eq!(ids(&found_weaker), ["weakens-builtin"]);
    assert_eq!(
        ids(&found("org/privacy/pii-masked", &text, &[])),
        [] as [&str; 0]
    );
    let reader = text
        .replace("publish", "consume")
        .replace("resource has pii", "principal == Consumer::\"reprot\"");
    let found_reader = found("org/a/b", &reader, &[]);
    assert_eq!(ids(&found_reader), ["unknown-consumer"]);
    assert_eq!(found_reader[0].help, "did you mean `report`?");
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
