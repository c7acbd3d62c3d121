//! The short cut of the judge over consumers, held against asking Cedar about each.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::sync::LazyLock;

use meshlaw_contract::model::{Consumer, Contract};
use meshlaw_contract::{Format, Limits, parse_consumers, parse_contracts};
use meshlaw_policy::{Book, BookFile, Identity, Judge, Reader, Team, World, builtin_files};
use proptest::prelude::*;

/// Conditions over whoever reads and what is read, each valid for a contract and for a field.
const CONDITIONS: &[&str] = &[
    "principal.owner.isKnown",
    "principal.owner.name == \"sales-team\"",
    "principal.owner.roles.contains(\"privacy\")",
    "principal.owner == Team::\"sales-team\"",
    "principal.owner in Team::\"data-team\"",
    "[principal.owner].contains(Team::\"data-team\")",
    "(if principal.hasContact then principal else principal).owner.isKnown",
    "{a: principal.owner}.a.isKnown",
    "principal.owner has isKnown && principal.owner.isKnown",
    "principal has kind && principal.kind == \"export\"",
    "principal has domain",
    "principal in Domain::\"sales\"",
    "principal == Consumer::\"u1\"",
    "principal.name like \"u*1\"",
    "principal.regions.contains(\"eu-west-1\")",
    "principal.regions.isEmpty() || principal.owner.roles.isEmpty()",
    "principal.hasContact",
    "resource has classificationRank && resource.classificationRank >= 2",
    "resource in Domain::\"sales\"",
    "context has purpose && context.purpose == \"billing\"",
    "context has daysToEnd && context.daysToEnd * 4611686018427387904 > 0",
    "context.versionSatisfied && context.namesFields",
];

fn policy(index: usize, resource: &str, conditions: &str) -> BookFile {
    let layer = match index % 3 {
        2 => "domains/sales",
        _ => "org/random",
    };
    let text = format!(
        "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
         forbid (principal is Consumer, action == Action::\"consume\", {resource})\n{conditions};\n"
    );
    BookFile {
        path: format!("{layer}/p{index}/policy.cedar"),
        text: text.into(),
    }
}

fn policies() -> impl Strategy<Value = Vec<BookFile>> {
    let resource = prop::sample::select(vec![
        "resource",
        "resource is Contract",
        "resource is Field",
    ]);
    let pick = || prop::sample::select(CONDITIONS);
    let one = (resource, pick(), prop::option::of(pick()));
    prop::collection::vec(one, 1..5).prop_map(|all| {
        let policy = |(index, (resource, when, unless)): (usize, (&str, &str, Option<&str>))| {
            let unless = unless
                .map(|one| format!("unless {{ {one} }}"))
                .unwrap_or_default();
            policy(index, resource, &format!("when {{ {when} }}\n{unless}"))
        };
        all.into_iter().enumerate().map(policy).collect()
    })
}

fn consumers() -> impl Strategy<Value = Vec<(Consumer, Option<&'static str>, bool)>> {
    let lines = prop::sample::subsequence(
        vec![
            "kind: export\n",
            "regions: [eu-west-1]\n",
            "owner: sales-team\n",
        ],
        0..4,
    );
    let usage = prop::sample::subsequence(
        vec![
            ", purpose: billing",
            ", until: 2027-01-31",
            ", version: ^2",
            ", fields: [a]",
        ],
        0..5,
    );
    let domain = prop::sample::select(vec![None, Some("sales"), Some("finance")]);
    let one = (lines, usage, domain, any::<bool>(), 1..4u8, any::<bool>());
    let one = one.prop_map(|(lines, usage, domain, has_contact, number, is_other)| {
        let owner = match (is_other, lines.iter().any(|line| line.starts_with("owner"))) {
            (true, false) => "owner: data-team\n",
            _ => "",
        };
        let text = format!(
            "consumer: u{number}\n{owner}{}uses: [{{ contract: sales/c{} }}]\n",
            lines.concat(),
            usage.concat(),
        );
        let parsed = parse_consumers(&text, &Limits::default()).remove(0);
        (parsed.value.expect("a consumer"), domain, has_contact)
    });
    prop::collection::vec(one, 2..7)
}

fn contracts() -> Vec<(Identity, Contract)> {
    let fields = "fields: [{ name: a, type: string, pii: contact }, { name: b, type: date }]\n";
    let of = |domain: &str, name: &str, top: &str| {
        let text = format!("schema: {name}\n{top}{fields}");
        let parsed = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
        let identity = Identity {
            domain: domain.to_owned(),
            name: name.to_owned(),
            path: format!("domains/{domain}/{name}.contract.yaml"),
        };
        (identity, parsed.value.expect("a contract"))
    };
    vec![
        of("sales", "c", "version: 1.0.0\nowner: sales-team\n"),
        of(
            "sales",
            "d",
            "version: 2.0.0\nowner: data-team\nclassification: restricted\n",
        ),
        of("finance", "c", "version: 2.0.0\nowner: nobody\n"),
    ]
}

fn world() -> World {
    let mut world = World::empty(jiff::civil::date(2026, 11, 23));
    for (name, roles) in [("sales-team", vec!["privacy"]), ("data-team", vec![])] {
        let roles = roles.into_iter().map(str::to_owned).collect();
        world.teams.insert(name.to_owned(), Team { roles });
    }
    world
}

fn verdicts(judge: &mut Judge<'_>, readers: &[(Consumer, Option<&str>, bool)]) -> Vec<String> {
    let mut all = Vec::new();
    for (identity, contract) in &contracts() {
        for (consumer, domain, has_contact) in readers {
            let reader = Reader {
                consumer,
                domain: *domain,
                has_contact: *has_contact,
            };
            let layers: Vec<&str> = [identity.domain.as_str()]
                .into_iter()
                .chain(*domain)
                .collect();
            for usage in &consumer.uses {
                let found = judge.consume(reader, usage, contract, identity, &layers);
                all.extend(found.iter().map(|one| {
                    let (policy, cause) = (&one.policy.id, &one.cause);
                    let (id, facts, why) = (identity.id(), &one.facts, &one.why);
                    format!(
                        "{id} {consumer:?} {policy} {:?} {cause:?} {facts:?} {why:?}",
                        one.pointer
                    )
                }));
            }
        }
    }
    all
}

static BUILT_IN: LazyLock<Book> = LazyLock::new(|| Book::load(&builtin_files(), &[]).unwrap());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn consumers_are_told_the_same_both_ways(files in policies(), readers in consumers()) {
        let valid: Vec<_> = files
            .into_iter()
            .filter(|file| Book::load(&[], std::slice::from_ref(file)).is_ok())
            .collect();
        let world = world();
        let own = Book::load(&[], &valid).unwrap();
        for book in [&own, &*BUILT_IN] {
            let shared = verdicts(&mut Judge::new(book, &world).unwrap().giving_reasons(), &readers);
            let plain = verdicts(&mut Judge::plain(book, &world).unwrap().giving_reasons(), &readers);
            prop_assert_eq!(shared, plain);
        }
    }
}

#[test]
fn the_generated_policies_are_valid() {
    for condition in CONDITIONS {
        let file = policy(0, "resource", &format!("when {{ {condition} }}"));
        assert_eq!(Book::load(&[], &[file]).err(), None, "{condition}");
    }
}
