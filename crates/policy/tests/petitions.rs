//! Consumers that ask to read, and waivers that ask to excuse.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use meshlaw_contract::model::{Consumer, Contract, Waiver};
use meshlaw_contract::{Format, Limits, parse_consumers, parse_contracts, parse_waivers};
use meshlaw_policy::{
    Book, BookFile, Identity, Judge, Mercy, Plea, Precedent, Reader, Team, World, builtin_files,
    part,
};
use meshlaw_report::{Enforcement, Severity};

const CONTRACT: &str = "schema: leads\nversion: 2.1.0\nowner: marketing-team\nfields:\n\
    - { name: lead_id, type: string }\n- { name: email, type: string, pii: contact }\n";

const WAIVER: &str = "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: marketing/leads\n\
    pointer: [fields, email]\nreason: r\nticket: T-1\napproved_by: privacy-office\n\
    expires: 2027-01-31\n";

fn contract(text: &str) -> Contract {
    let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
    assert_eq!(parsed.problems, []);
    parsed.value.unwrap()
}

fn waiver(text: &str) -> Waiver {
    parse_waivers(text, &Limits::default())
        .remove(0)
        .value
        .unwrap()
}

fn world(as_of: Date) -> World {
    let mut world = World::empty(as_of);
    for (team, role) in [
        ("marketing-team", "domain"),
        ("privacy-office", "privacy"),
        ("data-governance", "governance"),
    ] {
        let roles = BTreeSet::from([role.to_owned()]);
        world.teams.insert(team.to_owned(), Team { roles });
    }
    world
}

fn identity() -> Identity {
    Identity {
        domain: "marketing".to_owned(),
        name: "leads".to_owned(),
        path: "domains/marketing/leads.contract.yaml".to_owned(),
    }
}

fn file(path: &str, text: &str) -> BookFile {
    BookFile {
        path: path.to_owned(),
        text: text.to_owned().into(),
    }
}

struct Case<'c> {
    book: &'c Book,
    world: World,
    waiver: Waiver,
    enforcement: Enforcement,
    precedent: Precedent,
    pointer: &'c [&'c str],
}

impl<'c> Case<'c> {
    fn new(book: &'c Book) -> Self {
        Self {
            book,
            world: world(date(2026, 11, 23)),
            waiver: waiver(WAIVER),
            enforcement: Enforcement::Soft,
            precedent: Precedent::default(),
            pointer: &["fields", "email"],
        }
    }

    /// Whether the waiver is granted, and which policies speak against it.
    fn judge(&self) -> (bool, Vec<String>) {
        let contract = contract(CONTRACT);
        let plea = Plea {
            waiver: &self.waiver,
            policy: &self.waiver.policy,
            rule: None,
            severity: Severity::Error,
            enforcement: self.enforcement,
            precedent: self.precedent,
        };
        let names: Vec<String> = self.pointer.iter().map(|name| (*name).to_owned()).collect();
        let pointer = part(&contract, &names);
        let mut judge = Judge::new(self.book, &self.world).unwrap();
        let Mercy {
            is_granted,
            violations,
        } = judge.waive(&plea, &contract, &identity(), &pointer);
        let ids = violations.iter().map(|one| one.policy.id.to_string());
        (is_granted, ids.collect())
    }
}

fn waivers_book() -> Book {
    let files: Vec<BookFile> = builtin_files()
        .into_iter()
        .filter(|file| file.path.starts_with("org/waivers/"))
        .collect();
    Book::load(&files, &[]).unwrap()
}

#[test]
fn a_waiver_holds_to_its_last_day_and_no_longer() {
    let book = waivers_book();
    let case = |day| Case {
        world: world(day),
        ..Case::new(&book)
    };
    assert_eq!(case(date(2027, 1, 31)).judge(), (true, vec![]));
    assert_eq!(case(date(2027, 2, 1)).judge(), (false, vec![]));
}

#[test]
fn nothing_hard_is_excused_whoever_asks() {
    let book = waivers_book();
    let case = Case {
        enforcement: Enforcement::Hard,
        waiver: waiver(&WAIVER.replace("privacy-office", "data-governance")),
        ..Case::new(&book)
    };
    assert_eq!(case.judge(), (false, vec![]));
}

#[test]
fn a_waiver_reaches_no_further_than_its_part() {
    let book = waivers_book();
    let whole = waiver(&WAIVER.replace("pointer: [fields, email]\n", ""));
    let case = Case {
        waiver: whole,
        pointer: &["fields", "lead_id"],
        ..Case::new(&book)
    };
    assert_eq!(case.judge(), (true, vec![]));
}

#[test]
fn who_may_not_grant_is_refused_by_name() {
    let book = waivers_book();
    let case = |text: &str| Case {
        waiver: waiver(text),
        ..Case::new(&book)
    };
    for (from, to, expected) in [
        (
            "privacy-office",
            "nobody",
            &["org/waivers/approver-authorised"][..],
        ),
        (
            "2027-01-31",
            "2036-11-23",
            &["org/waivers/duration-limited", "org/waivers/errors-limited"],
        ),
    ] {
        let (is_granted, against) = case(&WAIVER.replace(from, to)).judge();
        assert!(!is_granted && against == expected, "{against:?}");
    }
    let own = case(&WAIVER.replace("privacy-office", "marketing-team")).judge();
    assert_eq!(
        own.1,
        [
            "org/waivers/approver-authorised",
            "org/waivers/not-self-approved"
        ]
    );
}

#[test]
fn a_policy_that_only_advises_does_not_stop_a_waiver() {
    let book = waivers_book();
    let without_ticket = waiver(&WAIVER.replace("ticket: T-1\n", ""));
    let case = Case {
        waiver: without_ticket,
        ..Case::new(&book)
    };
    assert_eq!(
        case.judge(),
        (true, vec!["org/waivers/ticket-stated".to_owned()])
    );
    // Advice does not make up for what the template denies.
    let late = Case {
        world: world(date(2027, 2, 1)),
        ..case
    };
    assert!(!late.judge().0);
}

#[test]
fn a_policy_that_fails_stops_a_waiver() {
    let text = "@severity(\"error\")\n@enforcement(\"advisory\")\n@message(\"m\")\n@help(\"h\")\n\
        forbid (principal, action == Action::\"waive\", resource)\n\
        when { principal.daysLeft * 9223372036854775807 > 0 };\n";
    let book = Book::load(&[], &[file("org/waivers/overflows/policy.cedar", text)]).unwrap();
    let (is_granted, against) = Case::new(&book).judge();
    assert!(!is_granted);
    assert_eq!(against, ["org/waivers/overflows"]);
}

#[test]
fn without_policies_the_template_still_bounds_waivers() {
    let book = Book::default();
    assert_eq!(Case::new(&book).judge(), (true, vec![]));
    let late = Case {
        world: world(date(2030, 1, 1)),
        ..Case::new(&book)
    };
    assert_eq!(late.judge(), (false, vec![]));
}

#[test]
fn a_domain_can_forbid_waivers_of_its_own_contracts() {
    let text = "@severity(\"error\")\n@enforcement(\"hard\")\n@message(\"m\")\n@help(\"h\")\n\
        forbid (principal, action == Action::\"waive\", resource)\n\
        when { context.group == \"privacy\" };\n";
    let path = |domain: &str| format!("domains/{domain}/no-privacy-waivers/policy.cedar");
    for (domain, expected) in [("marketing", false), ("finance", true)] {
        let book = Book::load(&[], &[file(&path(domain), text)]).unwrap();
        assert_eq!(Case::new(&book).judge().0, expected, "{domain}");
    }
}

fn consumer(uses: &str) -> Consumer {
    let text = format!("consumer: board\nowner: growth\nkind: export\nuses: [{uses}]\n");
    let parsed = parse_consumers(&text, &Limits::default()).remove(0);
    assert_eq!(parsed.problems, []);
    parsed.value.unwrap()
}

fn asked(book: &Book, domains: &[&str], uses: &str) -> Vec<String> {
    let world = world(date(2026, 11, 23));
    let mut judge = Judge::new(book, &world).unwrap();
    let consumer = consumer(uses);
    let reader = Reader {
        consumer: &consumer,
        domain: Some("growth"),
        has_contact: false,
    };
    let contract = contract(CONTRACT);
    let found = judge.consume(reader, &consumer.uses[0], &contract, &identity(), domains);
    found
        .iter()
        .map(|one| format!("{} {}", one.policy.id, one.pointer.to_strings().join("/")))
        .collect()
}

#[test]
fn consumers_are_asked_about_the_contract_and_each_field() {
    let files: Vec<BookFile> = builtin_files()
        .into_iter()
        .filter(|file| file.path.starts_with("org/consumption/"))
        .collect();
    let book = Book::load(&files, &[]).unwrap();
    assert_eq!(
        asked(&book, &["marketing"], "{ contract: marketing/leads }"),
        [
            "org/consumption/export-names-fields uses/marketing/leads",
            "org/consumption/personal-fields-named uses/marketing/leads",
            "org/consumption/reachable uses/marketing/leads",
            "org/consumption/export-hides-persons uses/marketing/leads/fields/email",
            "org/consumption/purpose-stated uses/marketing/leads/fields/email",
        ]
    );
    assert_eq!(
        asked(
            &book,
            &["marketing"],
            "{ contract: marketing/leads, fields: [lead_id], version: ^2 }"
        ),
        ["org/consumption/reachable uses/marketing/leads"]
    );
}

#[test]
fn the_layers_of_both_domains_hold_for_a_consumer() {
    let text = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
        forbid (principal is Consumer, action == Action::\"consume\", resource)\n\
        unless { context.versionSatisfied && principal in Domain::\"growth\" &&\n\
        principal has kind && principal.kind != \"export\" };\n";
    for domain in ["marketing", "growth", "finance"] {
        let path = format!("domains/{domain}/layer/policy.cedar");
        let book = Book::load(&[], &[file(&path, text)]).unwrap();
        let uses = "{ contract: marketing/leads, fields: [email] }";
        let found = asked(&book, &["marketing", "growth"], uses);
        let expected = if domain == "finance" { 0 } else { 2 };
        assert_eq!(found.len(), expected, "{domain}: {found:?}");
    }
}

#[test]
fn what_went_before_a_waiver_is_told() {
    let policy = "@severity(\"error\")\n@enforcement(\"hard\")\n@message(\"m\")\n@help(\"h\")\n\
                  forbid (principal, action == Action::\"waive\", resource)\n\
                  when { principal.renewals >= 2 || context has waiverBudget && \
                  context.waiversInDomain > context.waiverBudget };\n";
    let files = [file("org/x/y/policy.cedar", policy)];
    let book = Book::load(&files, &[]).unwrap();
    for (renewals, in_domain, budget, is_granted) in [
        (0, 9, None, true),
        (1, 3, Some(3), true),
        (2, 3, Some(3), false),
        (0, 4, Some(3), false),
    ] {
        let precedent = Precedent {
            renewals,
            in_domain,
            budget,
        };
        let case = Case {
            precedent,
            ..Case::new(&book)
        };
        assert_eq!(case.judge().0, is_granted, "{precedent:?}");
    }
}
