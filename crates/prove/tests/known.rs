//! Sets of policies whose proofs have known answers.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is, and say what it skips"
)]

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::date;
use meshlaw_contract::{Limits, Words, read_contracts};
use meshlaw_policy::{Book, BookFile, Example, Layer, World, builtin_examples, questions};
use meshlaw_prove::{
    Answer, Fate, Fires, Implied, Proofs, Prover, Rule, Solver, Verdict, Way, Witness, changed,
    compare, layers, passages, study,
};

/// Finds the solver; without one there is nothing to test here.
fn solver() -> Option<Solver> {
    let named = std::env::var_os("CVC5").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join("cvc5"));
    let program = named.or_else(|| places.find(|place| place.is_file()));
    if program.is_none() {
        println!("skipped: cvc5 is not installed");
    }
    let limit = Duration::from_secs(30);
    program.map(|program| Solver { program, limit })
}

fn prover() -> Option<Prover> {
    Some(Prover::new(solver()?, 2, Proofs::default()).unwrap())
}

/// Makes rules of conditions: a policy's path, then everything behind the message.
fn rules(policies: &[(&str, &str)]) -> Vec<Rule> {
    let files: Vec<BookFile> = policies
        .iter()
        .map(|(id, text)| {
            let head = if text.contains("@enforcement") {
                "@severity(\"error\")\n@message(\"m\")\n@help(\"h\")\n"
            } else {
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n"
            };
            BookFile {
                path: format!("{id}/policy.cedar"),
                text: format!("{head}{text}").into(),
            }
        })
        .collect();
    let book = Book::load(&[], &files).unwrap();
    let rules = book.policies.iter();
    rules
        .map(|policy| Rule::of(policy, date(2026, 11, 23)).unwrap())
        .collect()
}

const PII: &str = r#"forbid (principal, action == Action::"publish", resource is Field)
when { resource has pii && !resource.isMasked };"#;
const PII_OR_SECRET: &str = r#"forbid (principal, action == Action::"publish", resource is Field)
when { (resource has pii || resource.nameTokens.contains("secret")) && !resource.isMasked };"#;
const HEALTH: &str = r#"forbid (principal, action == Action::"publish", resource is Field)
when { resource has pii && resource.pii == "health" && !resource.isMasked };"#;
const OWNER: &str = r#"forbid (principal, action == Action::"publish", resource is Contract)
unless { resource.ownerIsKnown };"#;

#[test]
fn changes_have_known_verdicts() {
    let Some(prover) = prover() else { return };
    type Side<'t> = &'t [(&'t str, &'t str)];
    let advisory = format!("@enforcement(\"advisory\") {PII}");
    let soft = format!("@enforcement(\"soft\") {PII}");
    let late = format!("@enforcement(\"soft\") @since(\"2027-06-01\") {PII}");
    let reworded = r#"forbid (principal, action == Action::"publish", resource is Field)
        unless { !(resource has pii) || resource.isMasked };"#;
    // Whether something is masked follows from what its masking is.
    let by_method = r#"forbid (principal, action == Action::"publish", resource is Field)
        when { resource has pii }
        unless { resource has masking && resource.masking != "none" };"#;
    let cases: &[(&str, Side<'_>, Side<'_>, Verdict)] = &[
        (
            "same",
            &[("org/a/x", PII)],
            &[("org/a/x", PII)],
            Verdict::Equivalent,
        ),
        (
            "reworded",
            &[("org/a/x", PII)],
            &[("org/a/x", reworded)],
            Verdict::Equivalent,
        ),
        (
            "follows",
            &[("org/a/x", PII)],
            &[("org/a/x", by_method)],
            Verdict::Equivalent,
        ),
        (
            "renamed",
            &[("org/a/x", PII)],
            &[("org/b/y", PII)],
            Verdict::Equivalent,
        ),
        (
            "swapped",
            &[("org/a/x", PII), ("org/a/y", OWNER)],
            &[("org/a/x", OWNER), ("org/a/y", PII)],
            Verdict::Equivalent,
        ),
        (
            "weakened",
            &[("org/a/x", PII)],
            &[("org/a/x", HEALTH)],
            Verdict::Looser,
        ),
        (
            "strengthened",
            &[("org/a/x", PII)],
            &[("org/a/x", PII_OR_SECRET)],
            Verdict::Stricter,
        ),
        (
            "gone",
            &[("org/a/x", PII), ("org/a/y", OWNER)],
            &[("org/a/y", OWNER)],
            Verdict::Looser,
        ),
        (
            "new",
            &[("org/a/y", OWNER)],
            &[("org/a/x", PII), ("org/a/y", OWNER)],
            Verdict::Stricter,
        ),
        (
            "moved down",
            &[("org/a/x", PII)],
            &[("domains/sales/x", PII)],
            Verdict::Looser,
        ),
        (
            "moved up",
            &[("domains/sales/x", PII)],
            &[("org/a/x", PII)],
            Verdict::Stricter,
        ),
        (
            "lighter",
            &[("org/a/x", &soft)],
            &[("org/a/x", &advisory)],
            Verdict::Looser,
        ),
        (
            "heavier",
            &[("org/a/x", &advisory)],
            &[("org/a/x", &soft)],
            Verdict::Stricter,
        ),
        (
            "put off",
            &[("org/a/x", &soft)],
            &[("org/a/x", &late)],
            Verdict::Looser,
        ),
        (
            "covered by another",
            &[("org/a/x", HEALTH), ("org/a/y", PII)],
            &[("org/a/y", PII)],
            Verdict::Equivalent,
        ),
        (
            "incomparable",
            &[("org/a/x", PII)],
            &[(
                "org/a/x",
                r#"forbid (principal, action == Action::"publish", resource is Field)
                   when { resource has pii && !resource.isEncrypted };"#,
            )],
            Verdict::Incomparable,
        ),
    ];
    for (name, old, new, expected) in cases {
        let (old, new) = (rules(old), rules(new));
        let compared = compare(&prover, &old, &new);
        let field = compared.iter().filter(|one| {
            let is_floor = one.layer == Layer::Org || *name == "moved up";
            one.kind.to_string() == "publish Field" && is_floor
        });
        let worst = field.map(|one| one.verdict()).max().unwrap();
        assert_eq!(worst, *expected, "{name}: {compared:#?}");
        for one in compared
            .iter()
            .filter(|one| one.kind.resource == "Contract")
        {
            assert_eq!(one.verdict(), Verdict::Equivalent, "{name}");
        }
    }
    let (old, new) = (rules(&[("org/a/x", PII)]), rules(&[("org/a/x", HEALTH)]));
    let compared = compare(&prover, &old, &new);
    let difference = &compared[0].looser[0];
    assert_eq!((difference.fate, difference.blocks), (Fate::Differs, true));
    let scene = difference.shown.as_ref().unwrap();
    assert_eq!(scene.value(&["resource", "isMasked"]).unwrap(), false);
    assert_ne!(scene.value(&["resource", "pii"]).unwrap(), "health");
    assert_eq!(
        changed(&old, &new).into_iter().collect::<Vec<_>>(),
        ["org/a/x"]
    );
    assert!(changed(&old, &rules(&[("org/b/y", PII)])).is_empty());
}

#[test]
fn each_rule_is_told_by_what_it_can_do() {
    let Some(prover) = prover() else { return };
    let all = rules(&[
        ("org/a/plain", PII),
        ("org/a/narrow", HEALTH),
        // The rank of a class is never above 3.
        (
            "org/a/dead",
            r#"forbid (principal, action == Action::"publish", resource is Field)
               when { resource has classificationRank && resource.classificationRank > 3 };"#,
        ),
        (
            "org/a/always",
            r#"forbid (principal, action == Action::"consume", resource is Field)
               when { context.versionSatisfied || !context.versionSatisfied };"#,
        ),
        // Days are within a few million, and their product is not.
        (
            "org/a/overflows",
            r#"forbid (principal, action == Action::"waive", resource)
               when { principal.daysLeft * 86400000 * 1000000 > 7776000000000000 };"#,
        ),
        (
            "org/a/adds",
            r#"forbid (principal, action == Action::"waive", resource)
               when { principal.daysLeft + 1 > 91 };"#,
        ),
        // The two together are what the third says.
        (
            "org/b/low",
            r#"forbid (principal, action == Action::"publish", resource is Dataset)
               when { resource.fieldCount > 100 && resource.hasKey };"#,
        ),
        (
            "org/b/high",
            r#"forbid (principal, action == Action::"publish", resource is Dataset)
               when { resource.fieldCount > 100 && !resource.hasKey };"#,
        ),
        (
            "org/b/both",
            r#"forbid (principal, action == Action::"publish", resource is Dataset)
               when { resource.fieldCount > 200 };"#,
        ),
    ]);
    let studies = study(&prover, &all, &all);
    let of = |id: &str| studies.iter().find(|one| one.id == id).unwrap();
    for one in &studies {
        assert!(one.unproved.is_empty(), "{one:#?}");
        assert_eq!(
            matches!(one.fires, Fires::Never),
            one.id == "org/a/dead",
            "{one:#?}"
        );
        assert_eq!(!one.always.is_empty(), one.id == "org/a/always", "{one:#?}");
        assert_eq!(one.fails.is_some(), one.id == "org/a/overflows", "{one:#?}");
    }
    assert_eq!(
        of("org/a/narrow").implied,
        Implied::By(vec!["org/a/plain".to_owned()])
    );
    assert_eq!(of("org/b/both").implied, Implied::Together);
    assert_eq!(of("org/a/plain").implied, Implied::No);
}

#[test]
fn what_shuts_the_door_is_named_and_no_more() {
    let Some(prover) = prover() else { return };
    let all = rules(&[
        ("org/a/owner", OWNER),
        (
            "org/a/few",
            r#"forbid (principal, action == Action::"publish", resource is Contract)
               when { resource.fieldCount > 10 };"#,
        ),
        (
            "org/a/many",
            r#"forbid (principal, action == Action::"publish", resource is Contract)
               when { resource.fieldCount < 20 };"#,
        ),
        ("org/a/pii", PII),
    ]);
    let refs: Vec<&Rule> = all.iter().collect();
    for passage in passages(&prover, &refs) {
        match (passage.kind.to_string().as_str(), passage.way) {
            ("publish Contract", Way::Shut(by)) => assert_eq!(by, ["org/a/few", "org/a/many"]),
            (_, Way::Open) => {}
            (kind, way) => panic!("{kind}: {way:?}"),
        }
    }
}

#[test]
fn a_layer_cannot_loosen_the_floor_but_by_a_permit() {
    let Some(prover) = prover() else { return };
    let mut all = rules(&[
        ("org/a/x", PII),
        (
            "domains/sales/y",
            r#"forbid (principal, action == Action::"publish", resource is Field)
               when { resource.isNested };"#,
        ),
    ]);
    let held = layers(&prover, &all);
    assert_eq!(held.len(), 1);
    assert!(
        held[0]
            .kinds
            .iter()
            .all(|(_, answer)| *answer == Answer::Holds),
        "{held:#?}"
    );
    // Books refuse permits. This is what they would be refused for: it looks as if it did nothing,
    // since everything is permitted anyway; but for waivers.
    let text = "permit (principal, action, resource);";
    let mut permit = Rule::read("domains/sales/open", text).unwrap();
    permit.layer = Layer::Domain("sales".to_owned());
    all.push(permit);
    let opened = layers(&prover, &all);
    let fails = opened[0]
        .kinds
        .iter()
        .filter(|(_, answer)| *answer != Answer::Holds);
    let fails: Vec<String> = fails.map(|(kind, _)| kind.to_string()).collect();
    assert_eq!(fails, ["waive Contract", "waive Dataset", "waive Field"]);
}

/// The requests of those built-in examples that are one contract, as it stands.
fn witnesses() -> Vec<Witness> {
    let world = World::empty(date(2026, 11, 23));
    let mut all = Vec::new();
    for file in builtin_examples() {
        let limits = Limits::default();
        let parsed = read_contracts(&file.text, &file.path, &limits, &Words::default());
        let contract = parsed.into_iter().find_map(|one| one.value);
        let is_alone = file.path.matches('/').count() == 4;
        let Some(contract) = contract.filter(|_| is_alone) else {
            continue;
        };
        let example = Example {
            before: None,
            after: Some(&contract),
            consumers: &[],
            pleas: &[],
            noticed: None,
            is_change: false,
        };
        let told = questions(&Layer::Org, &example, &world, |_, _| Vec::new()).unwrap();
        all.extend(told.into_iter().map(|told| Witness {
            request: told.request,
            entities: told.entities,
        }));
    }
    assert!(all.len() > 300, "{}", all.len());
    all
}

/// Policies on datasets: some needed, one dead, one that always fires, some made pointless by others.
fn on_datasets() -> Vec<Rule> {
    let on = |condition: &str| {
        format!(
            "forbid (principal, action == Action::\"publish\", resource is Dataset) \
             when {{ {condition} }};"
        )
    };
    let all = [
        ("org/a/described", on("!(resource has description)")),
        ("org/a/keyed", on("!resource.hasKey")),
        (
            "org/a/snake",
            on("!resource.isSnakeCase && !(resource has physicalName)"),
        ),
        (
            "org/a/dead",
            on("resource.hasSunset && !resource.isDeprecated"),
        ),
        ("org/a/all", on("resource.hasKey || !resource.hasKey")),
        (
            "org/b/open",
            on("resource has classificationRank && resource.classificationRank == 0"),
        ),
        (
            "org/b/low",
            on("resource has classificationRank && resource.classificationRank < 2"),
        ),
        ("org/b/many", on("resource.fieldCount * 9000000000000 > 1")),
        (
            "org/c/some",
            on("resource.contract.status == Status::\"draft\"")
                .replace("when { ", "when { resource.contract has status && "),
        ),
    ];
    let all: Vec<(&str, &str)> = all.iter().map(|(id, text)| (*id, text.as_str())).collect();
    rules(&all)
}

/// Tells a study without the requests that show it.
fn verdicts(prover: &Prover, all: &[Rule]) -> Vec<String> {
    let told = study(prover, all, all).into_iter().map(|one| {
        let fires = matches!(one.fires, Fires::On(..));
        let fails = one.fails.map(|(kind, _)| kind.to_string());
        let rest = (one.always, one.implied, one.unproved);
        format!("{} {fires} {fails:?} {rest:?}", one.id)
    });
    let refs: Vec<&Rule> = all.iter().collect();
    let ways = passages(prover, &refs).into_iter();
    let ways = ways.map(|passage| format!("{} {:?}", passage.kind, passage.way));
    told.chain(ways).collect()
}

#[test]
fn what_examples_show_is_what_the_solver_says() {
    if solver().is_none() {
        return;
    }
    let witnesses = witnesses();
    for all in [
        on_datasets(),
        on_datasets()
            .into_iter()
            .filter(|rule| rule.id != "org/a/all")
            .collect(),
    ] {
        let plain = prover().unwrap();
        let expected = verdicts(&plain, &all);
        for workers in [1, 3] {
            let shown = Prover::new(solver().unwrap(), workers, Proofs::default()).unwrap();
            let shown = shown.knowing(witnesses.clone());
            assert_eq!(verdicts(&shown, &all), expected, "{workers}");
            let (asked, plainly) = (shown.asked(), plain.asked());
            assert!(asked < plainly, "{asked} of {plainly}");
        }
    }
}

#[test]
fn what_was_proved_is_recalled_and_nobody_asked_again() {
    let Some(first) = prover() else { return };
    let witnesses = witnesses();
    let first = first.knowing(witnesses.clone());
    let all = on_datasets();
    let said = verdicts(&first, &all);
    assert!(first.asked() > 0);
    let again = Prover::new(solver().unwrap(), 2, first.learned().unwrap()).unwrap();
    let again = again.knowing(witnesses);
    assert_eq!(verdicts(&again, &all), said);
    assert_eq!(again.asked(), 0);
}
