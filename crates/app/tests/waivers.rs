//! Waivers: what excuses, what does not, and who may say so; played through real git.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use playground::orders::{EMAIL, FILE, ORDERS, PATH, WAIVER, show_email};
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org]
teams:
  sales-team: { roles: [domain] }
  marketing-team: { roles: [domain] }
  privacy-office: { roles: [privacy] }
  data-governance: { roles: [governance] }
parameters: { max_retention_days: 365 }
";

/// `main` with the law and a waiver; the branch `change` shows an e-mail address openly.
fn branch(waiver: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, ORDERS);
    if !waiver.is_empty() {
        repository.write(FILE, waiver);
    }
    repository.commit("base", "2026-06-01").branch("change");
    show_email(&repository);
    repository
}

/// The finding about the e-mail address: its state, and its notes.
fn email_finding(report: &Value) -> (String, String) {
    let findings = report["findings"].as_array().unwrap();
    let found = findings
        .iter()
        .find(|one| one["id"] == "org/privacy/pii-masked")
        .expect("the finding is there");
    let state = found["state"].as_str().unwrap().to_owned();
    (state, found["notes"].to_string())
}

#[test]
fn a_waiver_on_the_target_branch_excuses() {
    let (code, report) = branch(WAIVER).judge();
    let (state, notes) = email_finding(&report);
    assert_eq!((code, state.as_str()), (0, "waived"), "{report}");
    assert!(
        notes.contains("W-1") && notes.contains("2027-01-31"),
        "{notes}"
    );
    assert_eq!(report["summary"]["waived"], 1);
    let (code, report) = branch("").judge();
    assert_eq!((code, email_finding(&report).0.as_str()), (1, "new"));
}

#[test]
fn a_rule_can_be_waived_instead_of_a_policy() {
    let removal = |waiver: &str| {
        let repository = Repository::new();
        repository
            .write("meshlaw.yaml", SETTINGS)
            .write(PATH, ORDERS)
            .write(FILE, waiver)
            .commit("base", "2026-06-01")
            .branch("change");
        let without_note = ORDERS.lines().filter(|line| !line.contains("note"));
        let text: String = without_note.map(|line| format!("{line}\n")).collect();
        repository
            .write(PATH, text.replace("1.4.0", "1.5.0"))
            .commit("remove note", "2026-11-20");
        repository.judge()
    };
    let waiver = |policy: &str| {
        WAIVER
            .replace("org/privacy/pii-masked", policy)
            .replace("email", "note")
            .replace("privacy-office", "data-governance")
    };
    let blocking = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap();
        let blocking = findings.iter().filter(|one| one["blocking"] == true);
        blocking
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, with_rule) = removal(&waiver("field-removed"));
    let (_, with_other) = removal(&waiver("field-added"));
    let (rule, other) = (blocking(&with_rule), blocking(&with_other));
    assert!(
        other.contains(&"org/change/breaking-needs-major".to_owned()),
        "{other:?}"
    );
    assert!(
        !rule.contains(&"org/change/breaking-needs-major".to_owned()),
        "{rule:?}"
    );
}

/// What does not excuse: a waiver, and what the notes of the finding say.
const VAIN: &[(&str, &str, &str, &str)] = &[
    (
        "expired",
        "2027-01-31",
        "2026-11-22",
        "expired on 2026-11-22",
    ),
    (
        "ten years",
        "2027-01-31",
        "2036-11-23",
        "org/waivers/duration-limited",
    ),
    (
        "unknown team",
        "privacy-office",
        "nobody",
        "org/waivers/approver-authorised",
    ),
    (
        "the owner's own team",
        "privacy-office",
        "sales-team",
        "org/waivers/not-self-approved",
    ),
    (
        "a team without the role",
        "privacy-office",
        "marketing-team",
        "org/waivers/approver-authorised",
    ),
    (
        "wildcard in the policy",
        "org/privacy/pii-masked",
        "org/privacy/*",
        "",
    ),
    ("wildcard in the contract", "sales/orders", "sales/*", ""),
    ("wildcard in the pointer", "[fields, email]", "['*']", ""),
    ("no expiry", "expires: 2027-01-31\n", "", ""),
    ("another part", "[fields, email]", "[fields, note]", ""),
    ("the contract itself", "[fields, email]", "[]", ""),
    ("another contract", "sales/orders", "sales/order", ""),
    ("a typo in a key", "reason:", "raeson:", ""),
];

#[test]
fn what_should_not_excuse_does_not() {
    for (case, from, to, note) in VAIN {
        assert!(WAIVER.contains(from), "{case}");
        let (code, report) = branch(&WAIVER.replace(from, to)).judge();
        let (state, notes) = email_finding(&report);
        assert_eq!((code, state.as_str()), (1, "new"), "{case}: {notes}");
        assert!(notes.contains(note), "{case}: {notes}");
    }
}

#[test]
fn a_waiver_added_by_the_pull_request_that_needs_it_excuses_nothing() {
    let repository = branch("");
    repository
        .write(FILE, WAIVER)
        .commit("excuse me", "2026-11-21");
    let (code, report) = repository.judge();
    assert_eq!((code, email_finding(&report).0.as_str()), (1, "new"));
}

#[test]
fn roles_that_a_pull_request_hands_out_do_not_count() {
    let repository = branch(&WAIVER.replace("privacy-office", "marketing-team"));
    repository
        .edit(
            "meshlaw.yaml",
            "marketing-team: { roles: [domain] }",
            "marketing-team: { roles: [governance] }",
        )
        .commit("promote us", "2026-11-21");
    assert_eq!(email_finding(&repository.judge().1).0, "new");
}

#[test]
fn a_new_owner_does_not_make_a_self_approval_another_s() {
    let settings = SETTINGS.replace(
        "sales-team: { roles: [domain] }",
        "sales-team: { roles: [privacy] }",
    );
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", settings)
        .write(PATH, ORDERS)
        .write(FILE, WAIVER.replace("privacy-office", "sales-team"))
        .commit("base", "2026-06-01")
        .branch("change");
    let moved = ORDERS.replace("owner: sales-team", "owner: marketing-team");
    repository
        .write(PATH, format!("{}{EMAIL}", moved.replace("1.4.0", "1.5.0")))
        .commit("hand over", "2026-11-20");
    let (state, notes) = email_finding(&repository.judge().1);
    assert_eq!(state, "new", "{notes}");
    assert!(notes.contains("not-self-approved"), "{notes}");
}

#[test]
fn a_hard_policy_cannot_be_waived() {
    let hard = "@severity(\"error\")\n@enforcement(\"hard\")\n@message(\"no mail\")\n@help(\"h\")\n\
        forbid (principal, action == Action::\"publish\", resource is Field)\n\
        when { resource.name == \"email\" };\n";
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write("policies/org/privacy/pii-masked/policy.cedar", hard)
        .write(PATH, ORDERS)
        .write(FILE, WAIVER)
        .commit("base", "2026-06-01")
        .branch("change");
    show_email(&repository);
    let (state, notes) = email_finding(&repository.judge().1);
    assert_eq!(state, "new");
    assert!(notes.contains("cannot be waived"), "{notes}");
    let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23"]);
    assert!(audit.stdout.contains("waiver/hard"), "{}", audit.stdout);
}

/// A fault that is waived keeps a part from being compared, and must not hide a break there.
#[test]
fn a_waived_fault_shelters_no_break() {
    let repository = Repository::new();
    let faulty = ORDERS.replace("required: true, primary_key", "requird: true, primary_key");
    let waiver = WAIVER
        .replace("org/privacy/pii-masked", "contract/unknown-key")
        .replace("pointer: [fields, email]\n", "")
        .replace("privacy-office", "data-governance");
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, &faulty)
        .write(FILE, waiver)
        .commit("base", "2026-06-01")
        .branch("change");
    let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    let report: Value = serde_json::from_str(&audit.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let fault = |findings: &[Value]| {
        let found = findings
            .iter()
            .find(|one| one["id"] == "contract/unknown-key");
        found.expect("the fault").clone()
    };
    assert_eq!(fault(findings)["state"], "waived", "{report}");
    repository
        .write(PATH, faulty.replace("1.4.0", "1.4.1"))
        .commit("change", "2026-11-20");
    let (code, report) = repository.judge();
    let fault = fault(report["findings"].as_array().unwrap());
    assert_eq!(
        (code, fault["state"].as_str()),
        (1, Some("new")),
        "{report}"
    );
    assert!(
        fault["notes"]
            .to_string()
            .contains("keeps a change from being seen")
    );
}

#[test]
fn what_is_wrong_with_waivers_is_a_finding() {
    for (from, to, id) in [
        ("2027-01-31", "2026-11-22", "waiver/expired"),
        ("2027-01-31", "2036-11-23", "org/waivers/duration-limited"),
        (
            "privacy-office",
            "nobody",
            "org/waivers/approver-authorised",
        ),
        (
            "privacy-office",
            "sales-team",
            "org/waivers/not-self-approved",
        ),
        ("sales/orders", "sales/order", "waiver/unknown-contract"),
        ("pii-masked", "pii-maskd", "waiver/unknown-policy"),
        ("expires: 2027-01-31\n", "", "contract/missing-key"),
        ("ticket: GOV-1\n", "", "org/waivers/ticket-stated"),
        ("", "", "waiver/unused"),
    ] {
        let repository = Repository::new();
        repository
            .write("meshlaw.yaml", SETTINGS)
            .write(PATH, ORDERS)
            .commit("base", "2026-06-01")
            .branch("change");
        let waiver = if from.is_empty() {
            WAIVER.to_owned()
        } else {
            WAIVER.replace(from, to)
        };
        repository
            .write(FILE, waiver)
            .commit("waiver", "2026-11-20");
        let about_file = |report: &Value| -> Vec<String> {
            let findings = report["findings"].as_array().unwrap();
            let here = findings
                .iter()
                .filter(|one| one["location"]["path"] == FILE);
            here.map(|one| one["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let audit = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
        let in_audit = about_file(&serde_json::from_str(&audit.stdout).unwrap());
        assert!(in_audit.contains(&id.to_owned()), "{id}: {in_audit:?}");
        // Whether a waiver is used shows only over the whole estate.
        let in_gate = about_file(&repository.judge().1);
        assert_eq!(
            in_gate.contains(&id.to_owned()),
            id != "waiver/unused",
            "{id}: {in_gate:?}"
        );
    }
}

#[test]
fn waivers_are_written_for_findings_and_listed() {
    let repository = branch("");
    let (_, report) = repository.judge();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|one| one["id"] == "org/privacy/pii-masked")
        .unwrap();
    let fingerprint = &finding["fingerprint"].as_str().unwrap()[..12];
    let new = |args: &[&str]| {
        let mut all = vec![
            "waiver",
            "new",
            fingerprint,
            "--as-of",
            "2026-11-23",
            "--reason",
            "r: #1",
        ];
        all.extend(args);
        repository.meshlaw(&all)
    };
    let grant = ["--approved-by", "privacy-office", "--expires", "2027-01-31"];
    let refused = new(&["--approved-by", "sales-team", "--expires", "2027-01-31"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("owns the contract"),
        "{}",
        refused.stderr
    );
    let dry = new(&[&grant[..], &["--dry-run"]].concat());
    assert!(
        dry.stdout.contains("pointer:\n- fields\n- email\n"),
        "{}",
        dry.stdout
    );
    let written = new(&grant);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let again = new(&grant);
    assert_eq!(again.code, 2, "{}{}", again.stdout, again.stderr);
    let list = repository.meshlaw(&["waiver", "list", "--as-of", "2026-11-23"]);
    assert!(list.stdout.contains("1 used"), "{}", list.stdout);
    let late = repository.meshlaw(&["waiver", "list", "--as-of", "2027-02-01", "--json"]);
    let rows: Value = serde_json::from_str(&late.stdout).unwrap();
    assert_eq!(rows[0]["standing"], "expired");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["add", "--all"]);
    repository.commit("grant", "2026-11-21");
    repository.git(&["checkout", "-q", "change"]);
    assert_eq!(email_finding(&repository.judge().1).0, "waived");
}

#[test]
fn a_change_s_finding_is_found_by_the_gate() {
    let repository = branch("");
    repository
        .edit(PATH, "version: 1.5.0", "version: 1.4.0")
        .commit("forget the version", "2026-11-21");
    let (_, report) = repository.judge();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|one| one["id"] == "version/reused")
        .unwrap();
    let written = repository.meshlaw(&[
        "waiver",
        "new",
        finding["fingerprint"].as_str().unwrap(),
        "--as-of",
        "2026-11-23",
        "--base",
        "main",
        "--reason",
        "r",
        "--approved-by",
        "data-governance",
        "--expires",
        "2026-12-31",
        "--dry-run",
    ]);
    assert!(
        written.stdout.contains("policy: version/reused\n"),
        "{}{}",
        written.stdout,
        written.stderr
    );
    let unknown = repository.meshlaw(&[
        "waiver",
        "new",
        "ffffffff",
        "--reason",
        "r",
        "--approved-by",
        "x",
        "--expires",
        "2027-01-01",
    ]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("no finding has the fingerprint"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_baseline_makes_an_estate_green_and_what_comes_new_red() {
    let repository = Repository::new();
    let messy = |name: &str, owner: &str| {
        format!(
            "{}{EMAIL}",
            ORDERS
                .replace("schema: orders", &format!("schema: {name}"))
                .replace("owner: sales-team", &format!("owner: {owner}"))
                .replace("legal_basis: contract\n", "")
        )
    };
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write("domains/sales/a.contract.yaml", messy("a", "sales-team"))
        .write(
            "domains/sales/b.contract.yaml",
            messy("b", "marketing-team"),
        )
        .commit("estate", "2026-06-01");
    let audit = || repository.meshlaw(&["audit", "--as-of", "2026-11-23"]);
    assert_eq!(audit().code, 1);
    let dry = repository.meshlaw(&["baseline", "--as-of", "2026-11-23", "--dry-run"]);
    assert_eq!(
        (dry.code, audit().code),
        (0, 1),
        "{}{}",
        dry.stdout,
        dry.stderr
    );
    let baseline = repository.meshlaw(&[
        "baseline",
        "--as-of",
        "2026-11-23",
        "--expires",
        "2027-03-31",
        "--spread",
        "30",
    ]);
    assert_eq!(baseline.code, 0, "{}{}", baseline.stdout, baseline.stderr);
    assert!(
        baseline.stdout.contains("until 2027-03-01  marketing-team"),
        "{}",
        baseline.stdout
    );
    assert!(
        baseline.stdout.contains("until 2027-03-31  sales-team"),
        "{}",
        baseline.stdout
    );
    let green = audit();
    assert_eq!(green.code, 0, "{}", green.stdout);
    repository.commit("baseline", "2026-11-22").branch("change");
    repository
        .edit("domains/sales/a.contract.yaml", "version: 1.4.0", "version: 1.5.0")
        .edit(
            "domains/sales/a.contract.yaml",
            "  - { name: note,",
            "  - { name: phone, type: string, pii: contact, description: Number }\n  - { name: note,",
        )
        .commit("one more", "2026-11-23");
    let (code, report) = repository.judge();
    let findings = report["findings"].as_array().unwrap();
    let blocking: Vec<&Value> = findings
        .iter()
        .filter(|one| one["blocking"] == true)
        .collect();
    assert_eq!((code, blocking.len()), (1, 1), "{report}");
    assert_eq!(blocking[0]["pointer"][1], "phone");
    let over = repository.meshlaw(&["audit", "--as-of", "2027-04-01"]);
    assert_eq!(over.code, 1, "what was excused is a finding again");
}

#[test]
fn a_baseline_says_what_it_cannot_excuse() {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "teams: { sales-team: {} }\n")
        .write(PATH, format!("{ORDERS}{EMAIL}"));
    let baseline = || repository.meshlaw(&["baseline", "--as-of", "2026-11-23"]);
    let nobody = baseline();
    assert_eq!(nobody.code, 2);
    assert!(
        nobody.stderr.contains("roles: [governance]"),
        "{}",
        nobody.stderr
    );
    // A governance team that owns the contract itself cannot grant it anything.
    repository.write(
        "meshlaw.yaml",
        "teams: { sales-team: { roles: [governance] } }\n",
    );
    let own = baseline();
    assert_eq!(own.code, 2, "{}{}", own.stdout, own.stderr);
    assert!(
        own.stderr.contains("grants this waiver to itself"),
        "{}",
        own.stderr
    );
}
