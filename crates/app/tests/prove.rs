//! Proofs of policies as a council meets them: the real program, the real solver, and solvers that
//! are none.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is, and say what it skips"
)]

mod playground;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use playground::Repository;
use playground::solver::has_solver;

const HEAD: &str = "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n";
const PII: &str = "forbid (principal, action == Action::\"publish\", resource is Field)\n\
                   when { resource has pii && !resource.isMasked };\n";
const HEALTH: &str = "forbid (principal, action == Action::\"publish\", resource is Field)\n\
                      when { resource has pii && resource.pii == \"health\" && !resource.isMasked };\n";

const MASKED: &str = "policies/org/privacy/masked/policy.cedar";

/// A repository whose one policy was weakened since `main`.
fn weakened() -> Repository {
    weaken(Repository::new())
}

/// Commits a floor to `main`, and weakens it on the branch `weaker`.
fn weaken(repository: Repository) -> Repository {
    repository
        .write(MASKED, format!("{HEAD}{PII}"))
        .commit("floor", "2026-11-01")
        .branch("weaker")
        .write(MASKED, format!("{HEAD}{HEALTH}"))
        .commit("weaker", "2026-11-02");
    repository
}

#[test]
fn a_weaker_policy_is_shown_by_a_contract() {
    if !has_solver() {
        return;
    }
    let repository = weakened();
    let ran = repository.meshlaw(&["policy", "prove", "--base", "main", "--as-of", "2026-11-23"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("looser        publish Field (org)"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("this passes:"), "{}", ran.stdout);
    assert!(ran.stdout.contains("pii: "), "{}", ran.stdout);
    // What was proved is kept: the second run asks nobody, and says the same.
    let args = [
        "policy",
        "prove",
        "--base",
        "main",
        "--as-of",
        "2026-11-23",
        "--json",
    ];
    let json: serde_json::Value = serde_json::from_str(&repository.meshlaw(&args).stdout).unwrap();
    assert_eq!(json["questions"], 0);
    assert_eq!(json["sound"], false);
    let requests = json["change"]["requests"].as_array().unwrap();
    let looser = requests
        .iter()
        .find(|one| one["verdict"] == "looser")
        .unwrap();
    let files = looser["looser"][0]["files"].as_object().unwrap();
    let contract = files["example.contract.yaml"].as_str().unwrap();
    // The contract itself is judged as was claimed: under the old law, and under the new.
    repository.write("domains/sales/example.contract.yaml", contract);
    let check = [
        "check",
        "domains/sales/example.contract.yaml",
        "--as-of",
        "2026-11-23",
    ];
    let new = repository.meshlaw(&check);
    assert_eq!(new.code, 0, "{}{}", new.stdout, new.stderr);
    repository.write(
        "policies/org/privacy/masked/policy.cedar",
        format!("{HEAD}{PII}"),
    );
    let old = repository.meshlaw(&check);
    assert_eq!(old.code, 1, "{}{}", old.stdout, old.stderr);
    assert!(old.stdout.contains("org/privacy/masked"), "{}", old.stdout);
}

#[test]
fn what_is_built_in_is_proved_whole() {
    if !has_solver() {
        return;
    }
    let repository = Repository::new();
    repository.commit("nothing yet", "2026-11-01");
    let args = ["policy", "prove", "--as-of", "2026-11-23"];
    let ran = repository.meshlaw(&args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    // The contract that passes everything is accepted by the ordinary check.
    let (_, contract) = ran.stdout.split_once("all of the floor:\n").unwrap();
    let lines = contract
        .lines()
        .map_while(|line| line.strip_prefix("      "));
    let contract: String = lines.map(|line| format!("{line}\n")).collect();
    repository.write("domains/sales/example.contract.yaml", &contract);
    let check = [
        "check",
        "domains/sales/example.contract.yaml",
        "--fail-on",
        "note",
    ];
    let ran = repository.meshlaw(&[&check[..], &["--as-of", "2026-11-23"]].concat());
    assert_eq!(ran.code, 0, "{contract}\n{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_mesh_is_proved_whole() {
    if !has_solver() {
        return;
    }
    let repository = Repository::new();
    repository
        .overlay(&playground::workspace("fixtures/mesh"))
        .commit("mesh", "2026-11-01");
    let dated = ["--as-of", "2026-11-23"];
    let ran = repository.meshlaw(&[&["policy", "prove"], &dated[..]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let (rest, finance) = ran
        .stdout
        .split_once("all of the floor and domains/finance:\n")
        .unwrap();
    let (_, floor) = rest.split_once("all of the floor:\n").unwrap();
    for (domain, said) in [("finance", finance), ("product", floor)] {
        let lines = said.lines().map_while(|line| line.strip_prefix("      "));
        let contract: String = lines.map(|line| format!("{line}\n")).collect();
        let path = format!("domains/{domain}/example.contract.yaml");
        repository.write(&path, &contract);
        let check = [&["check", &path, "--fail-on", "note"], &dated[..]].concat();
        let ran = repository.meshlaw(&check);
        assert_eq!(ran.code, 0, "{contract}\n{}{}", ran.stdout, ran.stderr);
    }
}

/// Writes a program that is no solver.
fn fake(repository: &Repository, script: &str) -> String {
    let path = repository.path().join("fake-solver");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_solver_that_is_none_never_proves() {
    let repository = weakened();
    let cases = [
        ("exit 0", "is no solver that is known"),
        (
            "echo what do you want; cat >/dev/null",
            "is no solver that is known",
        ),
        (
            "while read line; do echo unsat; done",
            "is no solver that is known",
        ),
        (
            "while read line; do echo sat; done",
            "is no solver that is known",
        ),
        ("exec sleep 600", "it says nothing"),
    ];
    for (script, expected) in cases {
        let program = fake(&repository, script);
        let start = Instant::now();
        let args = ["policy", "prove", "--solver", &program, "--timeout", "2"];
        let ran = repository.meshlaw(&args);
        assert!(start.elapsed() < Duration::from_secs(30), "{script}");
        assert_eq!(ran.code, 2, "{script}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(expected), "{script}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("apt-get install cvc5"),
            "{script}: {}",
            ran.stderr
        );
    }
    let ran = repository.meshlaw(&["policy", "prove", "--solver", "no/such/cvc5"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("`no/such/cvc5`, which --solver names, is not there"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_solver_that_fails_in_the_middle_never_proves() {
    let repository = weakened();
    // Each does its sums and then dies, hangs, gives up or talks nonsense.
    let sums = "n=0; while read line; do case \"$line\" in *check-sat*) n=$((n+1));\n\
                if [ $n = 1 ]; then echo unsat; elif [ $n = 2 ]; then echo sat; else";
    let cases = [
        ("kill -9 $$", "terminated"),
        ("exec sleep 600", "gave no answer within 2 s"),
        ("echo unknown", "came to no conclusion within 2 s"),
        ("echo perhaps", "perhaps"),
        ("echo sat; echo '(model nonsense'; echo ')'", "not proved"),
    ];
    for (deed, expected) in cases {
        let program = fake(&repository, &format!("{sums} {deed}; fi;; esac; done"));
        let start = Instant::now();
        let args = [
            "policy",
            "prove",
            "--solver",
            &program,
            "--timeout",
            "2",
            "--base",
            "main",
        ];
        let ran = repository.meshlaw(&args);
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{deed}: {:?}",
            start.elapsed()
        );
        assert_eq!(ran.code, 1, "{deed}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(expected), "{deed}: {}", ran.stdout);
        assert!(
            ran.stdout.contains("not proved    publish Field (org)"),
            "{deed}: {}",
            ran.stdout
        );
        assert!(
            !ran.stdout.contains("cannot loosen the floor"),
            "{deed}: {}",
            ran.stdout
        );
    }
}

const SETTINGS: &str = "\
domains: { sales: { owner: sales-team } }
teams:
  sales-team: { roles: [domain] }
  privacy-office: { roles: [privacy] }
  data-governance: { roles: [governance] }
";

/// `main` with settings and a floor; the branch `weaker` weakens it.
fn branch() -> Repository {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", SETTINGS);
    weaken(repository)
}

#[test]
fn a_branch_that_loosens_the_floor_is_stopped() {
    if !has_solver() {
        return;
    }
    let repository = branch();
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let said = &ran.stdout;
    assert!(said.contains("error[governance/floor-loosened]"), "{said}");
    assert!(said.contains("`org/privacy/masked` says less"), "{said}");
    assert!(
        said.contains("this passes then: example.contract.yaml:"),
        "{said}"
    );
    assert!(
        said.contains("the floor is looser on publish Field"),
        "{said}"
    );
    // What says the same in other words, or more, stops nobody.
    let reworded = PII.replace("when {", "when { true && ");
    repository.write(MASKED, format!("{HEAD}{reworded}"));
    repository.commit("reworded", "2026-11-03");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("what they forbid stays the same"),
        "{}",
        ran.stdout
    );
    let more = PII.replace(" && !resource.isMasked", "");
    repository.write(MASKED, format!("{HEAD}{more}"));
    repository.commit("stricter", "2026-11-04");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .contains("the floor is stricter on publish Field"),
        "{}",
        ran.stdout
    );
    // Less weight is less, whether the policy says so or the settings do.
    repository.write(MASKED, format!("{}{PII}", HEAD.replace("soft", "advisory")));
    repository.commit("lighter", "2026-11-05");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("`org/privacy/masked` weighs less"),
        "{}",
        ran.stdout
    );
    let ruled = "enforcement: { org/privacy/masked: { is: shadow, reason: later } }\n";
    repository.write(MASKED, format!("{HEAD}{PII}"));
    repository.write("meshlaw.yaml", format!("{SETTINGS}{ruled}"));
    repository.commit("ruled", "2026-11-06");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("`org/privacy/masked` weighs less"),
        "{}",
        ran.stdout
    );
}

#[test]
fn only_the_council_excuses_a_looser_floor() {
    if !has_solver() {
        return;
    }
    for (team, expected) in [
        ("data-governance", 0),
        ("privacy-office", 1),
        ("sales-team", 1),
    ] {
        let repository = branch();
        let waiver = format!(
            "waiver: W-1\npolicy: governance/floor-loosened\ncontract: policies/org\npointer: [privacy, masked]\n\
             reason: only health counts from now on\nticket: GOV-1\napproved_by: {team}\n\
             expires: 2026-12-31\n"
        );
        // In the branch itself it excuses nothing.
        repository.write("waivers/floor.waiver.yaml", &waiver);
        repository.commit("waiver beside it", "2026-11-03");
        assert_eq!(repository.gate(&[]).code, 1);
        repository.checkout("main");
        repository.write("waivers/floor.waiver.yaml", &waiver);
        repository.commit("waiver", "2026-11-03");
        repository.checkout("weaker");
        let ran = repository.gate(&[]);
        assert_eq!(ran.code, expected, "{team}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_branch_is_not_blamed_for_what_the_target_made_stricter() {
    if !has_solver() {
        return;
    }
    let repository = branch();
    repository.checkout("main");
    repository.write(
        "policies/org/privacy/another/policy.cedar",
        format!("{HEAD}{}", PII.replace("isMasked", "isEncrypted")),
    );
    repository.commit("stricter meanwhile", "2026-11-03");
    repository.checkout("weaker");
    repository.write(MASKED, format!("{HEAD}{PII}"));
    repository.write("policies/org/privacy/masked/README.md", "# Why\n");
    repository.commit("words alone", "2026-11-04");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("floor"), "{}", ran.stdout);
}

#[test]
fn without_a_solver_a_change_of_policies_is_said_to_be_unproved() {
    let repository = branch();
    let args = ["gate", "--base", "main", "--as-of", "2026-11-23"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshlaw"))
        .args(args)
        .current_dir(repository.path())
        .env("CVC5", "no/such/cvc5")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let expected =
        "`org/privacy/masked` is changed; it is not proved whether that loosens anything";
    assert!(said.contains(expected), "{said}");
    assert!(!said.contains("stays the same"), "{said}");
}

#[test]
fn an_example_is_written_for_whoever_mends_the_policy() {
    if !has_solver() {
        return;
    }
    let repository = weakened();
    let args = [
        "policy",
        "prove",
        "--base",
        "main",
        "--write-example",
        "--as-of",
        "2026-11-23",
    ];
    let ran = repository.meshlaw(&args);
    let written = ran
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("wrote "));
    let written = written.unwrap_or_else(|| panic!("{}{}", ran.stdout, ran.stderr));
    assert!(
        written.contains("policies/org/privacy/masked/deny/passes-"),
        "{written}"
    );
    let text = fs::read_to_string(repository.path().join(written)).unwrap();
    assert!(text.contains("pii: "), "{text}");
    // The example holds under the policy as it was, and fails under the one that it is now.
    let allowed = "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: id, type: string }\n";
    repository.write(
        "policies/org/privacy/masked/allow/plain.contract.yaml",
        allowed,
    );
    let check = repository.meshlaw(&["policy", "check", "policies"]);
    assert_eq!(check.code, 1, "{}", check.stdout);
    assert!(
        check.stdout.contains("should forbid this, and does not"),
        "{}",
        check.stdout
    );
    repository.write(MASKED, format!("{HEAD}{PII}"));
    let check = repository.meshlaw(&["policy", "check", "policies"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
}

#[test]
fn a_property_is_held_against_the_policies_on_each_run() {
    if !has_solver() {
        return;
    }
    let repository = weakened();
    let short = "@message(\"no waiver lasts over 90 days\")\n@help(\"limit them\")\n\
                 forbid (principal, action == Action::\"waive\", resource)\n\
                 when { principal.daysLeft > 90 };\n";
    repository.write("policies/properties/short.cedar", short);
    let args = ["policy", "prove", "--as-of", "2026-11-23"];
    let ran = repository.meshlaw(&args);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let broken = "properties/short: it does not hold that no waiver lasts over 90 days";
    assert!(ran.stdout.contains(broken), "{}", ran.stdout);
    assert!(ran.stdout.contains("approved_by: "), "{}", ran.stdout);
    let limit = format!(
        "{HEAD}{}",
        short.split_once("@help(\"limit them\")\n").unwrap().1
    );
    repository.write("policies/org/limits/short/policy.cedar", limit);
    let ran = repository.meshlaw(&args);
    assert!(
        ran.stdout
            .contains("properties/short: no waiver lasts over 90 days"),
        "{}",
        ran.stdout
    );
    // A property that is no policy is told where its author wrote it.
    repository.write(
        "policies/properties/short.cedar",
        short.replace("daysLeft", "dayLeft"),
    );
    let ran = repository.meshlaw(&args);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("policies/properties/short.cedar:4:8"),
        "{}",
        ran.stderr
    );
}

/// A contract that shows none of what the policies here forbid.
const HARMLESS: &str =
    "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: id, type: string }\n";

#[test]
fn examples_that_lie_change_no_verdict() {
    if !has_solver() {
        return;
    }
    let repository = Repository::new();
    let policy = |condition: &str| {
        format!(
            "{HEAD}forbid (principal, action == Action::\"publish\", resource is Field)\n\
             when {{ {condition} }};\n"
        )
    };
    let dead = "resource has classificationRank && resource.classificationRank > 3";
    repository
        .write("policies/org/a/dead/policy.cedar", policy(dead))
        .write(
            "policies/org/a/always/policy.cedar",
            policy("resource.isNested || !resource.isNested"),
        )
        .write("policies/org/a/plain/policy.cedar", format!("{HEAD}{PII}"))
        .write(
            "policies/org/a/narrow/policy.cedar",
            format!("{HEAD}{HEALTH}"),
        )
        .commit("policies", "2026-11-01");
    let verdicts = || {
        let ran =
            repository.meshlaw(&["policy", "prove", "--as-of", "2026-11-23", "--no-shortcuts"]);
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        let (verdicts, _) = ran.stdout.split_once("properties/").unwrap();
        verdicts.to_owned()
    };
    let honest = verdicts();
    let expected = [
        "wrong       org/a/always: it always fires on publish Field",
        "wrong       org/a/dead: it can never fire, and so guards nothing",
        "note        org/a/narrow: all that it forbids is forbidden by `org/a/always`, `org/a/plain`",
        "wrong       no field can ever pass, because of `org/a/always`",
    ];
    for line in expected {
        assert!(honest.lines().any(|said| said == line), "{line}\n{honest}");
    }
    // Each example is filed under the opposite of what it shows, is broken, or lies of its world.
    let health = "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: id, type: string, pii: health }\n";
    repository
        .write("policies/org/a/dead/deny/fires.contract.yaml", HARMLESS)
        .write("policies/org/a/always/allow/silent.contract.yaml", HARMLESS)
        .write("policies/org/a/narrow/deny/alone.contract.yaml", health)
        .write("policies/org/a/plain/allow/passes.contract.yaml", health)
        .write(
            "policies/org/a/plain/allow/broken.contract.yaml",
            "schema: [",
        )
        .write(
            "policies/org/a/plain/deny/late/after.contract.yaml",
            HARMLESS,
        )
        .write(
            "policies/org/a/plain/meshlaw.yaml",
            "as_of: 9999-12-31\nparameters: { notice_days: 0 }\n",
        )
        .write("policies/org/a/dead/meshlaw.yaml", "nonsense: [\n");
    assert_eq!(verdicts(), honest);
}

#[test]
fn a_branch_does_not_talk_its_way_out_of_a_looser_floor() {
    if !has_solver() {
        return;
    }
    let repository = branch();
    let contact = HARMLESS.replace("type: string", "type: string, pii: contact");
    let property = "@message(\"all is well\")\n@help(\"none\")\n\
                    forbid (principal, action == Action::\"publish\", resource is Field)\n\
                    when { resource.isNested && !resource.isNested };\n";
    repository
        .write(
            "policies/org/privacy/masked/allow/fine.contract.yaml",
            &contact,
        )
        .write(
            "policies/org/privacy/masked/deny/other.contract.yaml",
            HARMLESS,
        )
        .write("policies/properties/well.cedar", property)
        .write(
            "policies/org/privacy/masked/README.md",
            "# masked\n\nProved equivalent.\n",
        );
    repository.commit("examples that say otherwise", "2026-11-03");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("error[governance/floor-loosened]"),
        "{}",
        ran.stdout
    );
}
