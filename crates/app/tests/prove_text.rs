//! What people read of proofs, verdict by verdict.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is, and say what it skips"
)]

mod playground;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use playground::Repository;
use playground::solver::has_solver;

/// Writes a policy of a scope and a condition.
fn policy(repository: &Repository, id: &str, enforcement: &str, scope: &str, condition: &str) {
    let text = format!(
        "@severity(\"error\")\n@enforcement(\"{enforcement}\")\n@message(\"m\")\n@help(\"h\")\n\
         forbid (principal, {scope})\nwhen {{ {condition} }};\n"
    );
    repository.write(&format!("policies/{id}/policy.cedar"), text);
}

const FIELD: &str = "action == Action::\"publish\", resource is Field";
const DATASET: &str = "action == Action::\"publish\", resource is Dataset";
const CONTRACT: &str = "action == Action::\"publish\", resource is Contract";
const USE: &str = "action == Action::\"consume\", resource is Field";
const WAIVER: &str = "action == Action::\"waive\", resource";

const OPEN: &str = "resource has pii && !resource.isMasked";
const HEALTH: &str = "resource has pii && resource.pii == \"health\" && !resource.isMasked";

/// Proves; what a solver made up is left out of what is said.
fn told(repository: &Repository, args: &[&str], code: i32) -> String {
    let always = ["policy", "prove", "--as-of", "2026-11-23"];
    let ran = repository.meshlaw(&[&always[..], args].concat());
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    let line = |line: &str| match line.split_once(" is ") {
        Some((path, _)) if path.starts_with("      ") => format!("{path} is …\n"),
        _ => format!("{line}\n"),
    };
    ran.stdout.lines().map(line).collect()
}

#[test]
fn each_verdict_on_policies_is_told() {
    if !has_solver() {
        return;
    }
    let repository = Repository::new();
    let all = [
        ("org/a/plain", FIELD, OPEN),
        ("org/a/narrow", FIELD, HEALTH),
        (
            "org/a/dead",
            FIELD,
            "resource has classificationRank && resource.classificationRank > 3",
        ),
        (
            "org/a/always",
            USE,
            "context.versionSatisfied || !context.versionSatisfied",
        ),
        (
            "org/a/overflows",
            WAIVER,
            "principal.daysLeft * 86400000 * 1000000 > 7776000000000000",
        ),
        (
            "org/b/low",
            DATASET,
            "resource.fieldCount > 100 && resource.hasKey",
        ),
        (
            "org/b/high",
            DATASET,
            "resource.fieldCount > 100 && !resource.hasKey",
        ),
        ("org/b/both", DATASET, "resource.fieldCount > 200"),
        ("org/c/few", CONTRACT, "resource.fieldCount > 10"),
        ("org/c/many", CONTRACT, "resource.fieldCount < 20"),
        ("domains/sales/nested", FIELD, "resource.isNested"),
    ];
    for (id, scope, condition) in all {
        policy(&repository, id, "soft", scope, condition);
    }
    let property = "@message(\"no waiver lasts over 90 days\")\n@help(\"limit them\")\n\
                    forbid (principal, action == Action::\"waive\", resource)\n\
                    when { principal.daysLeft > 90 };\n";
    repository.write("policies/properties/short.cedar", property);
    repository.commit("policies", "2026-11-01");
    insta::assert_snapshot!("verdicts", told(&repository, &[], 1));
}

#[test]
fn each_verdict_on_a_change_is_told() {
    if !has_solver() {
        return;
    }
    let repository = Repository::new();
    let old = [
        ("org/a/weaker", "soft", FIELD, OPEN),
        ("org/a/lighter", "soft", DATASET, "!resource.hasKey"),
        ("org/a/gone", "soft", CONTRACT, "!resource.ownerIsKnown"),
        (
            "org/a/other",
            "soft",
            USE,
            "!context.namesFields && resource.isNested",
        ),
        ("org/a/same", "soft", WAIVER, "!principal.hasTicket"),
    ];
    for (id, enforcement, scope, condition) in old {
        policy(&repository, id, enforcement, scope, condition);
    }
    repository.commit("old", "2026-11-01");
    let new = [
        ("org/a/weaker", "soft", FIELD, HEALTH),
        ("org/a/lighter", "advisory", DATASET, "!resource.hasKey"),
        (
            "org/a/other",
            "soft",
            USE,
            "!context.namesFields && resource.isCritical",
        ),
        ("org/a/same", "soft", WAIVER, "true && !principal.hasTicket"),
        ("org/a/added", "soft", CONTRACT, "resource.fieldCount > 90"),
    ];
    repository.remove("policies/org/a/gone/policy.cedar");
    for (id, enforcement, scope, condition) in new {
        policy(&repository, id, enforcement, scope, condition);
    }
    let said = told(&repository, &["--base", "main"], 1);
    let (_, change) = said.split_once("since main:\n").unwrap();
    insta::assert_snapshot!("change", change);
}

#[test]
fn what_is_not_proved_is_told() {
    let repository = Repository::new();
    policy(&repository, "org/a/plain", "soft", FIELD, OPEN);
    policy(
        &repository,
        "org/a/sums",
        "soft",
        DATASET,
        "resource.fieldCount + 1 > 100",
    );
    policy(
        &repository,
        "domains/sales/nested",
        "soft",
        FIELD,
        "resource.isNested",
    );
    repository.commit("policies", "2026-11-01");
    policy(&repository, "org/a/plain", "soft", FIELD, HEALTH);
    // It knows what is asked first of each solver, and nothing else.
    let script = "#!/bin/sh\nn=0; while read line; do case \"$line\" in *check-sat*) n=$((n+1));\n\
                  if [ $n = 1 ]; then echo unsat; elif [ $n = 2 ]; then echo sat; else echo unknown;\n\
                  fi;; esac; done\n";
    let path = repository.path().join("fake-solver");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let args = [
        "--base",
        "main",
        "--solver",
        path.to_str().unwrap(),
        "--timeout",
        "2",
    ];
    insta::assert_snapshot!("unproved", told(&repository, &args, 1));
}
