//! What a book refuses, and how it says so; and what states make of violations.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::{Format, Limits, Pointer, parse_contracts};
use meshlaw_diff::{Alignment, compare};
use meshlaw_policy::{
    Book, BookFile, Identity, Judge, World, builtin_files, compare_states, enforcement_on,
    fingerprint,
};
use meshlaw_report::{Enforcement, State};

const HEAD: &str = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n";

fn file(path: &str, text: &str) -> BookFile {
    BookFile {
        path: path.to_owned(),
        text: text.to_owned().into(),
    }
}

fn refusal(path: &str, text: &str) -> String {
    match Book::load(&[], &[file(path, text)]) {
        Ok(_) => "accepted".to_owned(),
        Err(problems) => problems
            .iter()
            .map(|problem| {
                format!(
                    "{problem}\n  help: {}\n",
                    problem.help.as_deref().unwrap_or("none")
                )
            })
            .collect(),
    }
}

#[test]
fn refusals_name_the_place_and_the_way_out() {
    let at = "org/a/b/policy.cedar";
    let publish = "forbid (principal, action == Action::\"publish\", resource is Field)";
    let cases = [
        ("not Cedar", at, "forbid everything".to_owned()),
        (
            "a permit",
            at,
            format!("{HEAD}permit (principal, action, resource);"),
        ),
        (
            "a template",
            at,
            format!("{HEAD}forbid (principal == ?principal, action, resource);"),
        ),
        (
            "two policies",
            at,
            format!("{HEAD}{publish};\n{HEAD}{publish};"),
        ),
        ("none", at, "// nothing yet".to_owned()),
        (
            "no annotations",
            at,
            format!("{publish} when {{ resource.isMasked }};"),
        ),
        (
            "a misspelt annotation",
            at,
            format!("@mesage(\"m\")\n{HEAD}{publish} when {{ resource.isMasked }};"),
        ),
        (
            "a word that is none",
            at,
            format!("{HEAD}{publish} when {{ resource.isMasked }};")
                .replace("\"soft\"", "\"sofft\""),
        ),
        (
            "a date that is none",
            at,
            format!("@since(\"soon\")\n{HEAD}{publish} when {{ resource.isMasked }};"),
        ),
        (
            "a misspelt attribute",
            at,
            format!("{HEAD}{publish}\nwhen {{ resource.isMaskd }};"),
        ),
        (
            "an unguarded attribute",
            at,
            format!("{HEAD}{publish}\nwhen {{ resource.pii == \"x\" }};"),
        ),
        (
            "a misspelt word of an enumeration",
            at,
            format!(
                "{HEAD}{publish}\nwhen {{ resource.contract has status && resource.contract.status == Status::\"activ\" }};"
            ),
        ),
        (
            "one that never fires",
            at,
            format!("{HEAD}{publish}\nwhen {{ resource is Contract }};"),
        ),
        (
            "an action that is none",
            at,
            format!("{HEAD}forbid (principal, action == Action::\"publsh\", resource);"),
        ),
        (
            "a place that is none",
            "org/b/policy.cedar",
            format!("{HEAD}{publish} when {{ resource.isMasked }};"),
        ),
    ];
    let mut all = String::new();
    for (name, path, text) in cases {
        all.push_str(&format!("== {name}\n{}\n", refusal(path, &text)));
    }
    insta::assert_snapshot!(all);
}

fn world() -> World {
    World::empty(jiff::civil::date(2026, 11, 23))
}

fn identity(domain: &str) -> Identity {
    Identity {
        domain: domain.to_owned(),
        name: "c".to_owned(),
        path: "c.contract.yaml".to_owned(),
    }
}

fn contract(fields: &str) -> meshlaw_contract::model::Contract {
    let text = format!("schema: c\nversion: 1.0.0\nowner: t\nfields: [{fields}]\n");
    parse_contracts(&text, Format::Native, &Limits::default())
        .remove(0)
        .value
        .unwrap()
}

const MASKED: &str = "forbid (principal, action == Action::\"publish\", resource is Field)\n\
                      when { resource has pii && resource.pii != \"none\" } unless { resource.isMasked };";

#[test]
fn what_is_built_in_is_as_valid_as_what_must_be_validated() {
    let own = Book::load(&[], &builtin_files()).unwrap();
    let builtin = Book::load(&builtin_files(), &[]).unwrap();
    assert_eq!(own.policies.len(), builtin.policies.len());
    assert!(own.policies.len() > 40);
}

#[test]
fn an_own_policy_replaces_the_built_in_one_of_its_id() {
    let path = "org/privacy/pii-masked/policy.cedar";
    let own = file(
        path,
        &format!("{HEAD}{MASKED}").replace("\"m\"", "\"ours\""),
    );
    let book = Book::load(&builtin_files(), &[own]).unwrap();
    let policy = book.get("org/privacy/pii-masked").unwrap();
    assert_eq!(
        (policy.message.as_str(), policy.is_builtin),
        ("ours", false)
    );
    assert_eq!(
        book.policies.len(),
        Book::load(&builtin_files(), &[]).unwrap().policies.len()
    );
}

#[test]
fn a_domain_layer_holds_for_its_domain_and_for_those_that_pass_through() {
    let book = Book::load(
        &[],
        &[file(
            "domains/sales/masked/policy.cedar",
            &format!("{HEAD}{MASKED}"),
        )],
    );
    let (book, world) = (book.unwrap(), world());
    let mut judge = Judge::new(&book, &world).unwrap();
    let open = contract("{ name: e, type: string, pii: contact }");
    for (domains, count) in [
        (vec!["sales"], 1),
        (vec!["finance"], 0),
        (vec!["sales", "finance"], 1),
    ] {
        assert_eq!(
            judge.publish(&open, &identity("x"), &domains).len(),
            count,
            "{domains:?}"
        );
    }
    assert_eq!(book.domains().into_iter().collect::<Vec<_>>(), ["sales"]);
}

#[test]
fn only_what_is_unchanged_is_old() {
    let book = Book::load(
        &[],
        &[file(
            "org/a/masked/policy.cedar",
            &format!("{HEAD}{MASKED}"),
        )],
    );
    let (book, world) = (book.unwrap(), world());
    let mut judge = Judge::new(&book, &world).unwrap();
    let mail = "{ name: mail, type: string, pii: contact }";
    for (name, before, after, expected) in [
        ("the same", mail, mail, vec![State::Existing]),
        (
            "described anew",
            mail,
            "{ name: mail, type: string, pii: contact, description: d }",
            vec![State::Existing],
        ),
        (
            "renamed",
            mail,
            "{ name: email, renamed_from: mail, type: string, pii: contact }",
            vec![State::Existing],
        ),
        (
            "worse",
            mail,
            "{ name: mail, type: string, pii: health }",
            vec![State::New],
        ),
        (
            "another one",
            mail,
            "{ name: mail, type: string, pii: contact }, { name: p, type: uuid, pii: contact }",
            vec![State::Existing, State::New],
        ),
        (
            "mended",
            mail,
            "{ name: mail, type: string, pii: contact, masking: hash }",
            vec![State::Mended],
        ),
        ("gone", mail, "{ name: x, type: date }", vec![State::Mended]),
    ] {
        let (before, after) = (contract(before), contract(after));
        let alignment = compare(Some(&before), Some(&after), world.as_of)
            .unwrap()
            .alignment;
        let old = judge.publish(&before, &identity("sales"), &["sales"]);
        let new = judge.publish(&after, &identity("sales"), &["sales"]);
        let compared = compare_states(new, old, &alignment);
        let mut states: Vec<State> = compared.found.iter().map(|(_, state)| *state).collect();
        states.extend(compared.mended.iter().map(|_| State::Mended));
        states.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(states, expected, "{name}");
    }
    assert!(
        compare_states(Vec::new(), Vec::new(), &Alignment::default())
            .found
            .is_empty()
    );
}

#[test]
fn a_policy_advises_before_its_day_and_before_there_is_law() {
    let text = format!("@since(\"2027-01-01\")\n{HEAD}{MASKED}");
    let own = file("org/a/masked/policy.cedar", &text);
    let book = Book::load(&[], std::slice::from_ref(&own)).unwrap();
    let built_in = Book::load(&[own], &[]).unwrap();
    let day = jiff::civil::date;
    for (book, as_of, bootstrap, expected) in [
        (&book, day(2026, 12, 31), false, Enforcement::Advisory),
        (&book, day(2027, 1, 1), false, Enforcement::Soft),
        (&book, day(2027, 1, 1), true, Enforcement::Soft),
        (&built_in, day(2027, 1, 1), true, Enforcement::Advisory),
    ] {
        assert_eq!(
            enforcement_on(&book.policies[0], as_of, bootstrap),
            expected
        );
    }
}

#[test]
fn fingerprints_are_stable_and_apart() {
    let root = Pointer::root();
    let ab = root.name("a").name("b");
    assert_eq!(fingerprint("id", Some("sales/c"), &ab), "a07e64839bf3b45d");
    let others = [
        fingerprint("id", Some("sales/c"), &root.name("ab")),
        fingerprint("id", Some("sales/d"), &ab),
        fingerprint("id2", Some("sales/c"), &ab),
        fingerprint("id", None, &ab),
    ];
    assert!(
        others
            .iter()
            .all(|one| *one != fingerprint("id", Some("sales/c"), &ab))
    );
}

#[test]
fn every_built_in_policy_is_explained_and_shown_from_both_sides() {
    let policies = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let book = Book::load(&builtin_files(), &[]).unwrap();
    assert!(!book.policies.is_empty());
    for policy in &book.policies {
        assert!(
            !policy.readme.trim().is_empty(),
            "{} has no README.md",
            policy.id
        );
        for side in ["allow", "deny"] {
            let folder = policies.join(policy.id.as_str()).join(side);
            let count = std::fs::read_dir(&folder).map_or(0, Iterator::count);
            assert!(count > 0, "{} lacks an example under {side}/", policy.id);
        }
    }
}

#[test]
fn a_policy_that_fails_is_never_old() {
    let text = format!(
        "{HEAD}forbid (principal, action == Action::\"publish\", resource is Contract)\n\
         when {{ resource.fieldCount * 9223372036854775807 > 0 }};"
    );
    let book = Book::load(&[], &[file("org/a/overflow/policy.cedar", &text)]).unwrap();
    let world = world();
    let mut judge = Judge::new(&book, &world).unwrap();
    let contract = contract("{ name: a, type: string }, { name: b, type: string }");
    let old = judge.publish(&contract, &identity("sales"), &[]);
    let new = judge.publish(&contract, &identity("sales"), &[]);
    assert_eq!((old.len(), new.len()), (1, 1));
    let compared = compare_states(new, old, &Alignment::default());
    assert_eq!(compared.found[0].1, State::New);
    assert!(compared.mended.is_empty());
}
