//! What settings say of the enforcement of policies: what follows it, what wins, what is refused.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::{Ran, Repository};
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org]
domains: { sales: { owner: sales-team } }
teams:
  sales-team: {}
  governance-council: { roles: [governance] }
";

/// Personal data of a special category and a mailbox, both in the clear; no description.
const PEOPLE: &str = "\
schema: people
version: 1.0.0
owner: sales-team
classification: restricted
purpose: care
legal_basis: consent
retention: 30 days
regions: [eu]
sla: { freshness: 1 day, availability: 99% }
fields:
  - { name: person_id, type: string, primary_key: true }
  - { name: diagnosis, type: string, pii: health, masking: hash }
  - { name: mail, type: string, pii: contact }
";

const MASKED: &str = "org/privacy/pii-masked";
const SPECIAL: &str = "org/privacy/special-category-encrypted";
const OWN: &str = "policies/org/house/no-mail/policy.cedar";

fn estate(enforcement: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", format!("{SETTINGS}{enforcement}"))
        .write("domains/sales/people.contract.yaml", PEOPLE)
        .write(
            OWN,
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"no mail\")\n@help(\"leave the mail out\")\n\
             forbid (principal, action == Action::\"publish\", resource is Field)\n\
             when { resource.name == \"mail\" };\n",
        );
    repository.commit("begin", "2026-01-01");
    repository
}

fn audit(repository: &Repository, as_of: &str) -> (i32, Value) {
    let ran = repository.meshlaw(&["audit", "--as-of", as_of, "--format", "json"]);
    let plain = repository.meshlaw(&[
        "audit",
        "--as-of",
        as_of,
        "--format",
        "json",
        "--no-shortcuts",
    ]);
    assert_eq!(ran.stdout, plain.stdout, "{}", plain.stderr);
    let told = serde_json::from_str(&ran.stdout);
    (ran.code, told.unwrap_or_else(|_| panic!("{}", ran.stderr)))
}

/// Returns the enforcement of a policy's finding, and its notes.
fn told(report: &Value, id: &str) -> (String, String) {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|one| one["id"] == id);
    let finding = finding.unwrap_or_else(|| panic!("no {id}: {report:#}"));
    let enforcement = finding["enforcement"].as_str().unwrap().to_owned();
    (enforcement, finding["notes"].to_string())
}

fn enforced(enforcement: &str, as_of: &str, id: &str) -> String {
    told(&audit(&estate(enforcement), as_of).1, id).0
}

const TODAY: &str = "2026-11-23";

#[test]
fn findings_follow_what_the_settings_say_and_tell_why() {
    let text = "enforcement:\n  org/privacy/pii-masked: { is: advisory, reason: the tokeniser ships in March, until: 2027-03-31 }\n";
    let repository = estate(text);
    let (_, report) = audit(&repository, TODAY);
    let (enforcement, notes) = told(&report, MASKED);
    assert_eq!(enforcement, "advisory");
    let note = "the settings make `org/privacy/pii-masked` advisory until 2027-03-31: the tokeniser ships in March";
    assert!(notes.contains(note), "{notes}");
    let (_, last) = audit(&repository, "2027-03-31");
    assert_eq!(told(&last, MASKED).0, "advisory");
    let (_, after) = audit(&repository, "2027-04-01");
    let (enforcement, notes) = told(&after, MASKED);
    assert_eq!(enforcement, "soft");
    assert!(!notes.contains("the settings make"), "{notes}");
}

#[test]
fn what_names_less_goes_before_what_names_more() {
    let all = "enforcement:\n  org: { is: shadow, reason: r }\n";
    let group = format!("{all}  org/privacy: {{ is: advisory, reason: r }}\n");
    let starter = format!("{group}  starter: {{ is: soft, reason: r }}\n");
    let one = format!("{starter}  {MASKED}: {{ is: hard, reason: r }}\n");
    for (text, id, expected) in [
        ("", MASKED, "soft"),
        (all, MASKED, "shadow"),
        (&group, MASKED, "advisory"),
        (&one, MASKED, "hard"),
        (&starter, "org/quality/described", "shadow"),
        // The policies of own folders are named alike.
        (all, "org/house/no-mail", "shadow"),
        (
            "enforcement: { org/house: { is: advisory, reason: r } }\n",
            "org/house/no-mail",
            "advisory",
        ),
        // An old ruling leaves the field to the next.
        (
            "enforcement: { org: { is: advisory, reason: r }, org/house/no-mail: { is: hard, reason: r, until: 2026-11-22 } }\n",
            "org/house/no-mail",
            "advisory",
        ),
    ] {
        assert_eq!(enforced(text, TODAY, id), expected, "{text}");
    }
}

#[test]
fn what_is_hard_is_loosened_by_its_name_and_until_a_day() {
    let pack = "enforcement: { org: { is: shadow, reason: r, until: 2027-01-01 } }\n";
    assert_eq!(enforced(pack, TODAY, SPECIAL), "hard");
    let named =
        format!("enforcement: {{ {SPECIAL}: {{ is: soft, reason: r, until: 2026-12-31 }} }}\n");
    assert_eq!(enforced(&named, TODAY, SPECIAL), "soft");
    assert_eq!(enforced(&named, "2027-01-01", SPECIAL), "hard");
    let endless = format!("enforcement:\n  {SPECIAL}: {{ is: soft, reason: r }}\n");
    let ran = refused(&endless);
    assert!(
        ran.stderr
            .contains("is hard, and is loosened without an end"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("meshlaw.yaml:7:3"), "{}", ran.stderr);
}

fn refused(text: &str) -> Ran {
    let ran = estate(text).meshlaw(&["audit", "--as-of", TODAY]);
    assert_eq!(ran.code, 2, "{text}: {}{}", ran.stdout, ran.stderr);
    ran
}

#[test]
fn what_names_nothing_is_refused_at_its_place() {
    for (entry, says) in [
        (
            "org/privacy/pii-maskd: { is: soft, reason: r }",
            "did you mean `org/privacy/pii-masked`?",
        ),
        (
            "org/privcy: { is: soft, reason: r }",
            "did you mean `org/privacy`?",
        ),
        (
            "org/house/nomail: { is: soft, reason: r }",
            "did you mean `org/house/no-mail`?",
        ),
        (
            "domains/sales: { is: soft, reason: r }",
            "`domains/sales` is no policy and no pack that holds here",
        ),
        (
            "org/privacy: { is: lenient, reason: r }",
            "`is` cannot be `lenient`",
        ),
        (
            "org/privacy: { is: shadow }",
            "this enforcement lacks `reason`",
        ),
        (
            "org/privacy: { is: shadow, reason: \"\" }",
            "`reason` is empty",
        ),
        ("org/privacy: { reason: r }", "this enforcement lacks `is`"),
        ("org/privacy: shadow", "must be a mapping"),
        (
            "org/privacy: { is: shadow, reason: r, until: soon }",
            "is not a date",
        ),
        (
            "org/privacy: { is: shadow, reason: r, untl: 2027-01-01 }",
            "did you mean `until`?",
        ),
    ] {
        let ran = refused(&format!("enforcement:\n  {entry}\n"));
        assert!(ran.stderr.contains(says), "{entry}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("meshlaw.yaml:7:"),
            "{entry}: {}",
            ran.stderr
        );
    }
    let text = "enforcement: { org/privacy: { is: soft, reason: r } }\n";
    let repository = estate(text);
    repository.edit("meshlaw.yaml", "extends: [org]", "extends: [starter]");
    let starter = repository.meshlaw(&["audit"]);
    assert_eq!(
        starter.code, 1,
        "the starter has one of them: {}",
        starter.stderr
    );
    repository.edit(
        "meshlaw.yaml",
        "extends: [starter]",
        "extends: [org/quality]",
    );
    let ran = repository.meshlaw(&["audit"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("ask for it in `extends`"),
        "{}",
        ran.stderr
    );
    // Another folder is tried out under the same settings.
    let ran = repository.meshlaw(&["audit", "--policies", "policies"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

fn waiver(id: &str, field: &str) -> String {
    format!(
        "waiver: W-1\npolicy: {id}\ncontract: sales/people\npointer: [fields, {field}]\nreason: r\n\
         ticket: T-1\napproved_by: governance-council\nexpires: 2026-12-31\n"
    )
}

#[test]
fn waivers_hold_against_what_is_soft_today() {
    let soft =
        format!("enforcement: {{ {SPECIAL}: {{ is: soft, reason: r, until: 2026-12-15 }} }}\n");
    let repository = estate(&soft);
    repository.write("waivers/w.waiver.yaml", waiver(SPECIAL, "diagnosis"));
    let state = |as_of: &str| {
        let (_, report) = audit(&repository, as_of);
        let findings = report["findings"].as_array().unwrap().clone();
        let of = |id: &str| findings.iter().find(|one| one["id"] == id).cloned();
        let waived = of(SPECIAL).is_some_and(|one| one["state"] == "waived");
        (waived, of("waiver/hard").is_some())
    };
    assert_eq!(state(TODAY), (true, false));
    assert_eq!(state("2026-12-16"), (false, true));
    let hard = format!("enforcement: {{ {MASKED}: {{ is: hard, reason: r }} }}\n");
    let repository = estate(&hard);
    repository.write("waivers/w.waiver.yaml", waiver(MASKED, "mail"));
    let (_, report) = audit(&repository, TODAY);
    assert_eq!(told(&report, "waiver/hard").0, "soft");
    assert_eq!(told(&report, MASKED).0, "hard");
}

#[test]
fn a_baseline_excuses_what_blocks_today() {
    let text = "enforcement:\n  org/house: { is: shadow, reason: r }\n  org/quality/described: { is: hard, reason: r }\n";
    let repository = estate(text);
    let ran = repository.meshlaw(&["baseline", "--dry-run", "--as-of", TODAY]);
    // One that cannot be waived stays: the special category.
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.starts_with("would write 1 waiver in 1 file"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(&format!("{SPECIAL} (hard")),
        "{}",
        ran.stdout
    );
}

#[test]
fn lists_and_explanations_tell_the_enforcement_of_the_day() {
    let text = "enforcement:\n  org/privacy: { is: advisory, reason: masking comes, until: 2027-03-31 }\n  org/house: { is: shadow, reason: tried out }\n";
    let repository = estate(text);
    let list = |more: &[&str]| {
        let ran = repository.meshlaw(&[&["policy", "list", "--as-of", TODAY], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let table = list(&[]);
    let line = |id: &str| table.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(
        line(MASKED).contains("advisory, soft after 2027-03-31"),
        "{table}"
    );
    assert!(
        line("org/house/no-mail").contains("shadow, written soft"),
        "{table}"
    );
    assert!(line(SPECIAL).contains(" hard "), "{table}");
    let rows: Vec<Value> = serde_json::from_str(&list(&["--json"])).unwrap();
    let masked = rows.iter().find(|row| row["id"] == MASKED).unwrap();
    assert_eq!(masked["enforcement"], "advisory");
    assert_eq!(masked["written"], "soft");
    assert_eq!(masked["ruling"]["reason"], "masking comes");
    assert_eq!(masked["contracts"], 1);
    for command in [&["policy", "explain", MASKED][..], &["explain", MASKED]] {
        let ran = repository.meshlaw(command);
        let says = "= settings: `org/privacy` is advisory until 2027-03-31: masking comes";
        assert!(ran.stdout.contains(says), "{command:?}: {}", ran.stdout);
    }
}

#[test]
fn the_gate_judges_by_the_enforcement_of_the_target() {
    let text = "enforcement: { org/privacy/pii-masked: { is: advisory, reason: r } }\n";
    let repository = estate(text);
    repository
        .branch("work")
        .edit("meshlaw.yaml", "is: advisory", "is: soft")
        .edit(
            "domains/sales/people.contract.yaml",
            "  - { name: mail",
            "  - { name: phone, type: string, pii: contact }\n  - { name: mail",
        )
        .edit("domains/sales/people.contract.yaml", "1.0.0", "1.1.0");
    repository.commit("more", "2026-02-01");
    let (code, report) = repository.judge();
    assert_eq!(told(&report, MASKED).0, "advisory");
    assert_eq!(code, 0, "{report:#}");
    repository.edit("meshlaw.yaml", "pii-masked", "pii-maskd");
    repository.commit("typo", "2026-02-02");
    let (code, report) = repository.judge();
    assert_eq!(code, 1);
    assert!(
        report
            .to_string()
            .contains("did you mean `org/privacy/pii-masked`?")
    );
}
