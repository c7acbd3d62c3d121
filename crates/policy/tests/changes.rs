//! Changes, as they are told to policies: by the vocabulary, about the right part, and the same
//! by the short cut and the plain way.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::{CompatibilityMode, Contract};
use meshlaw_contract::{Format, Limits, parse_consumers, parse_contracts};
use meshlaw_diff::{Bump, Grading, compare};
use meshlaw_policy::{
    Book, BookFile, ChangeFacts, Identity, Judge, Memory, Versions, World, builtin_files,
};

const HEAD: &str = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n";

/// Pairs of revisions; `A` and `B` stand where both would be long.
const PAIRS: [(&str, &str); 5] = [
    (
        "fields: [{ name: a, type: string }]\n",
        "fields: [{ name: a, type: integer }, { name: b, type: uuid, required: true }]\n",
    ),
    (
        "status: active\nclassification: restricted\nfields: [{ name: a, type: string, pii: contact }]\n",
        "status: retired\nclassification: public\nfields: [{ name: a, type: string }]\n",
    ),
    (
        "fields: [{ name: o, type: object, fields: [{ name: a, type: string }] }]\n",
        "fields: [{ name: o, type: object, deprecated: { sunset: 2027-06-30, replacement: none }, fields: \
         [{ name: a, type: string, deprecated: { sunset: 2026-12-01, replacement: none } }] }]\n",
    ),
    (
        "sla: { freshness: 1h }\nregions: [eu]\nfields: [{ name: a, type: string, masking: hash, pii: contact }]\n",
        "sla: { freshness: 2h }\nregions: [us]\nfields: [{ name: a, type: string, pii: contact }]\n",
    ),
    (
        "datasets: [{ name: d, fields: [{ name: a, type: string, enum: [x] }], quality: [{ unique: [a] }] }]\n",
        "datasets: [{ name: d, fields: [{ name: a, type: string, enum: [x, y] }] }]\n",
    ),
];

const CONDITIONS: &[&str] = &[
    "context.rule like \"*-added\"",
    "context has before && context.before like \"*s*\"",
    "context has daysToSunsetAfter && context.daysToSunsetAfter < context.parameters.noticeDays",
    "context.declaredBump < context.requiredBump && principal.isKnown",
    "context.consumers.contains(\"dashboard\")",
    "context.approvedBy.containsAll(context.consumerOwners)",
    "resource.isDeprecated || resource has description",
    "resource in Contract::\"sales/c\"",
    "(if resource.isSnakeCase then resource else resource).isSnakeCase",
    "context has versionAfter && context.versionAfter.major * 4611686018427387904 > 0",
    "{a: context}.a.consumersAffected > 0",
];

fn contract(version: &str, text: &str) -> Contract {
    let text = format!("schema: c\nversion: {version}\nowner: t\n{text}");
    let parsed = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.value.unwrap()
}

/// What a judge says of all changes between two revisions.
fn verdicts(judge: &mut Judge<'_>, world: &World, base: &Contract, head: &Contract) -> Vec<String> {
    let identity = Identity {
        domain: "sales".to_owned(),
        name: "c".to_owned(),
        path: "c.contract.yaml".to_owned(),
    };
    let grading = Grading::of(CompatibilityMode::Full);
    let dashboard = "consumer: dashboard\nowner: finance\nuses: [{ contract: sales/c }]\n";
    let dashboard = parse_consumers(dashboard, &Limits::default()).remove(0);
    let dashboard = dashboard.value.unwrap();
    let comparison = compare(Some(base), Some(head), world.as_of).unwrap();
    assert!(!comparison.changes.is_empty());
    let mut all = Vec::new();
    for change in &comparison.changes {
        let (contract, pointer) = match change.edit.place.base() {
            Some(pointer) => (base, pointer),
            None => (head, change.edit.place.pointer()),
        };
        let facts = ChangeFacts {
            change,
            pointer,
            impact: grading.impact(change),
            grades: grading.grades(change),
            versions: Versions {
                required: Bump::Major,
                declared: Bump::Minor,
                before: base.version.as_ref(),
                after: head.version.as_ref(),
            },
            consumers: vec![&dashboard],
            noticed: None,
            base: Some(base),
            head: Some(head),
        };
        for violation in judge.change(contract, &identity, &["sales"], &facts) {
            let (policy, cause, facts) = (&violation.policy.id, violation.cause, violation.facts);
            assert_eq!(violation.pointer, *pointer);
            all.push(format!(
                "{policy} {} {pointer:?} {cause:?} {facts:?} {:?}",
                change.rule.id, violation.why
            ));
        }
    }
    all
}

fn book() -> Book {
    let own = CONDITIONS.iter().enumerate().map(|(index, condition)| BookFile {
        path: format!("org/own/p{index}/policy.cedar"),
        text: format!(
            "{HEAD}forbid (principal, action in Action::\"change\", resource) when {{ {condition} }};"
        )
        .into(),
    });
    Book::load(&builtin_files(), &own.collect::<Vec<_>>()).unwrap()
}

#[test]
fn the_short_cut_is_the_plain_way() {
    let (book, world) = (book(), World::empty(jiff::civil::date(2026, 11, 23)));
    let mut shared = Judge::new(&book, &world).unwrap();
    let mut plain = Judge::plain(&book, &world).unwrap();
    let mut count = 0;
    for (base, head) in PAIRS {
        let (base, head) = (contract("2.0.0", base), contract("2.1.0-rc.1", head));
        let said = verdicts(&mut shared, &world, &base, &head);
        assert_eq!(said, verdicts(&mut plain, &world, &base, &head));
        count += said.len();
    }
    assert!(count > 20, "{count}");
}

#[test]
fn verdicts_and_reasons_are_recalled_as_they_are_found() {
    let (book, world) = (book(), World::empty(jiff::civil::date(2026, 11, 23)));
    let mut plain = Judge::plain(&book, &world).unwrap().giving_reasons();
    let mut page = Vec::new();
    for round in 0..3 {
        let memory = Memory::recall(page.clone());
        let judge = Judge::new(&book, &world).unwrap();
        let mut judge = judge.giving_reasons().with_memory(&memory);
        let mut reasons = 0;
        for (base, head) in PAIRS {
            // What a version, and what the way back, makes of a change is never taken for the same.
            for (base, head) in [(base, head), (head, base)] {
                for version in ["2.1.0", "3.0.0"] {
                    let (base, head) = (contract("2.0.0", base), contract(version, head));
                    let said = verdicts(&mut judge, &world, &base, &head);
                    assert_eq!(said, verdicts(&mut plain, &world, &base, &head), "{round}");
                    let told = said.iter().filter(|one| one.contains("Condition {"));
                    reasons += told.count();
                }
            }
        }
        assert!(reasons > 20, "{reasons}");
        let remembered = memory.remembered();
        page = remembered.map_or(page, |all| postcard::to_stdvec(&all).unwrap());
    }
}

#[test]
fn nothing_is_found_twice() {
    let (book, world) = (book(), World::empty(jiff::civil::date(2026, 11, 23)));
    let (base, head) = (contract("2.0.0", PAIRS[0].0), contract("2.1.0", PAIRS[0].1));
    let run = |memory: &Memory| {
        let judge = Judge::new(&book, &world).unwrap();
        let mut judge = judge.giving_reasons().with_memory(memory);
        let said = verdicts(&mut judge, &world, &base, &head);
        assert!(said.iter().any(|one| one.contains("Condition {")));
        memory.remembered()
    };
    let first = run(&Memory::default()).unwrap();
    let page = postcard::to_stdvec(&first).unwrap();
    assert!(run(&Memory::recall(page)).is_none());
}

#[test]
fn a_change_is_told_in_words_and_what_the_message_says_is_left_out() {
    let (book, world) = (book(), World::empty(jiff::civil::date(2026, 11, 23)));
    let mut judge = Judge::new(&book, &world).unwrap();
    let (base, head) = (contract("2.0.0", PAIRS[0].0), contract("2.1.0", PAIRS[0].1));
    let said = verdicts(&mut judge, &world, &base, &head).join("\n");
    let bumps = "[(\"owner.isKnown\", Some(\"true\")), (\"declaredBump\", Some(\"`minor`\")), \
                 (\"requiredBump\", Some(\"`major`\"))]";
    assert!(said.contains(bumps), "{said}");
    assert!(!said.contains("(\"rule\""), "{said}");
}

/// The innermost notice counts: the field's own sunset, not that of what it lies in.
#[test]
fn a_sunset_is_that_of_what_is_deprecated() {
    let (book, world) = (book(), World::empty(jiff::civil::date(2026, 11, 23)));
    let mut judge = Judge::new(&book, &world).unwrap();
    let (base, head) = (contract("2.0.0", PAIRS[2].0), contract("2.1.0", PAIRS[2].1));
    let said = verdicts(&mut judge, &world, &base, &head);
    let early = said
        .iter()
        .filter(|one| one.starts_with("org/own/p2 deprecation-added"));
    let days: Vec<_> = early
        .filter(|one| one.contains("(\"daysToSunsetAfter\", Some(\"8\"))"))
        .collect();
    assert_eq!(days.len(), 1, "{said:#?}");
}
