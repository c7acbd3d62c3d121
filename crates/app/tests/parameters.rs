//! What the settings set for policies reaches them, and nothing else is read into it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::collections::BTreeSet;

use playground::Repository;

const LEADS: &str = "\
schema: leads
version: 1.0.0
owner: sales-team
status: active
description: People who asked for a call
classification: internal
purpose: calls
legal_basis: contract
retention: 300 days
sla: { freshness: 2 hours, availability: 99.5% }
fields:
  - { name: lead_no, type: string, primary_key: true, description: Number }
  - { name: mail, type: string, pii: contact, masking: hash, description: Where to write }
";

const PLANS: &str = "\
schema: plans
version: 1.0.0
owner: sales-team
classification: restricted
fields: [{ name: plan_no, type: string, primary_key: true }]
";

const READER: &str = "\
consumer: board
owner: sales-team
kind: dashboard
uses: [{ contract: sales/plans, fields: [plan_no], until: 2027-01-31 }]
notify: { slack: \"#sales\" }
";

/// Audits the estate under parameters; returns the policies that speak.
fn spoken(parameters: &str) -> BTreeSet<String> {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            format!("extends: [org]\nteams: {{ sales-team: {{}} }}\n{parameters}"),
        )
        .write("domains/sales/leads.contract.yaml", LEADS)
        .write("domains/sales/plans.contract.yaml", PLANS)
        .write("domains/sales/board.consumer.yaml", READER);
    let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_parameter_moves_the_verdict_of_its_policy() {
    for (policy, silent, speaks) in [
        (
            "org/quality/availability-sufficient",
            "",
            "parameters: { min_availability: 99.9% }",
        ),
        (
            "org/quality/freshness-sufficient",
            "",
            "parameters: { max_freshness: 1 hour }",
        ),
        (
            "org/privacy/legal-basis-known",
            "",
            "parameters: { legal_bases: [consent] }",
        ),
        (
            "org/privacy/pii-not-public",
            "parameters: { personal_classification: internal }",
            "",
        ),
        (
            "org/consumption/restricted-use-ends",
            "",
            "parameters: { max_use_days: 30 }",
        ),
        (
            "org/privacy/pii-retention",
            "",
            "parameters: { max_retention_days: 299 }",
        ),
    ] {
        assert!(!spoken(silent).contains(policy), "{policy}: {silent}");
        assert!(spoken(speaks).contains(policy), "{policy}: {speaks}");
    }
}

#[test]
fn what_is_no_such_parameter_is_refused_at_its_place() {
    for (parameters, says) in [
        ("{ min_availability: 99.9 }", "write the sign: `99.9%`"),
        ("{ max_freshness: soon }", "is not a duration"),
        (
            "{ personal_classification: secret }",
            "`personal_classification` cannot be `secret`",
        ),
        ("{ legal_bases: consent }", "must be a list"),
        ("{ max_use_days: -1 }", "must be a whole number from 0"),
        (
            "{ min_availabilty: 99% }",
            "did you mean `min_availability`?",
        ),
    ] {
        let repository = Repository::new();
        repository.write("meshlaw.yaml", format!("parameters:\n  {parameters}\n"));
        let ran = repository.meshlaw(&["audit"]);
        assert_eq!(ran.code, 2, "{parameters}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{parameters}: {}", ran.stderr);
        assert!(ran.stderr.contains("meshlaw.yaml:2:"), "{}", ran.stderr);
    }
}
