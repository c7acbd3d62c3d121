//! Waivers that somebody would like to have and must not get; played through real git.
//!
//! Each case is a waiver on the target branch, or what a branch makes of it. None excuses, and each
//! is told why, where it stands and what to do instead.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fmt::Write as _;

use playground::Repository;
use playground::orders::{self, FILE, ORDERS, PATH, WAIVER};
use serde_json::Value;

const SETTINGS: &str = "\
extends: [org]
domains:
  sales: { owner: sales-team, waivers: 2 }
teams:
  sales-team: { roles: [domain] }
  privacy-office: { roles: [privacy] }
  data-governance: { roles: [governance] }
parameters: { max_retention_days: 365, max_waiver_days: 120, max_error_waiver_days: 90 }
";

/// `main` with the law.
fn estate() -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, ORDERS)
        .commit("base", "2025-01-01");
    repository
}

/// Puts a waiver on `main`, once for each day and end.
fn grant(repository: &Repository, path: &str, terms: &[(&str, &str)]) {
    for (day, expires) in terms {
        repository
            .write(path, WAIVER.replace("2027-01-31", expires))
            .commit("grant", day);
    }
}

/// Shows an e-mail address openly, in a branch.
fn show_email(repository: &Repository) {
    repository.branch("change");
    orders::show_email(repository);
}

type Play = fn(&Repository);

/// Who would like to be excused, and how.
const CASES: &[(&str, Play)] = &[
    ("a wildcard in the policy", |r| {
        granted(r, "org/privacy/pii-masked", "org/privacy/*");
    }),
    ("a wildcard in the contract", |r| {
        granted(r, "sales/orders", "sales/*");
    }),
    ("a wildcard in the pointer", |r| {
        granted(r, "[fields, email]", "['*']");
    }),
    ("no expiry", |r| granted(r, "expires: 2027-01-31\n", "")),
    ("a 10-year expiry", |r| {
        granted(r, "2027-01-31", "2036-11-23");
    }),
    ("an error for longer than errors may be excused", |r| {
        granted(r, "2027-01-31", "2027-03-01");
    }),
    ("an unknown team as approver", |r| {
        granted(r, "privacy-office", "privacy-ofice");
    }),
    ("the owner's own team", |r| {
        granted(r, "privacy-office", "sales-team");
    }),
    ("one for a hard policy", |r| {
        r.write(
            "policies/org/privacy/pii-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"hard\")\n@message(\"no mail\")\n@help(\"mask it\")\n\
             forbid (principal, action == Action::\"publish\", resource is Field)\n\
             when { resource has pii && !resource.isMasked };\n",
        )
        .commit("harder", "2026-01-01");
        granted(r, "", "");
    }),
    ("one added by the very branch that needs it", |r| {
        show_email(r);
        r.write(FILE, WAIVER).commit("excuse me", "2026-11-21");
    }),
    ("renewed for ever, by moving its end", |r| {
        grant(
            r,
            FILE,
            &[
                ("2026-01-01", "2026-04-30"),
                ("2026-04-20", "2026-08-18"),
                ("2026-08-01", "2026-11-30"),
                ("2026-11-15", "2027-01-31"),
            ],
        );
        show_email(r);
    }),
    ("renewed for ever, by new files of other names", |r| {
        for (file, day, expires) in [
            ("waivers/a.waiver.yaml", "2026-01-01", "2026-04-30"),
            ("waivers/b.waiver.yaml", "2026-05-01", "2026-08-18"),
            ("waivers/c/c.waiver.yaml", "2026-08-20", "2026-11-10"),
        ] {
            let name = WAIVER.replace("W-1", file).replace("2027-01-31", expires);
            r.write(file, name).commit("grant", day).remove(file);
        }
        grant(r, FILE, &[("2026-11-15", "2027-01-31")]);
        show_email(r);
    }),
    (
        "renewed for ever, once for the part and once for all",
        |r| {
            for (day, expires, pointer) in [
                ("2026-01-01", "2026-04-30", "pointer: [fields, email]\n"),
                ("2026-04-20", "2026-08-18", ""),
                ("2026-08-01", "2026-11-30", "pointer: [fields, email]\n"),
            ] {
                let text = WAIVER.replace("pointer: [fields, email]\n", pointer);
                r.write(FILE, text.replace("2027-01-31", expires))
                    .commit("grant", day);
            }
            grant(r, FILE, &[("2026-11-15", "2027-01-31")]);
            show_email(r);
        },
    ),
    ("renewed for ever, by way of a day far off", |r| {
        grant(
            r,
            FILE,
            &[
                ("2026-01-01", "2026-04-30"),
                ("2026-04-20", "2036-01-01"),
                ("2026-04-21", "2026-08-18"),
                ("2026-08-01", "2036-01-01"),
                ("2026-08-02", "2026-11-30"),
                ("2026-11-15", "2027-01-31"),
            ],
        );
        show_email(r);
    }),
    ("renewed for ever, by commits with dates of long ago", |r| {
        grant(
            r,
            FILE,
            &[
                ("2001-01-01", "2026-04-30"),
                ("2001-01-02", "2026-08-18"),
                ("2001-01-03", "2026-11-30"),
                ("2001-01-04", "2027-01-31"),
            ],
        );
        show_email(r);
    }),
    ("more than the domain's budget", |r| {
        more(r);
        r.branch("change")
            .write(FILE, WAIVER)
            .commit("ask", "2026-11-21");
    }),
    ("a budget raised by the same branch", |r| {
        more(r);
        r.branch("change")
            .write(FILE, WAIVER)
            .edit("meshlaw.yaml", "waivers: 2", "waivers: 20")
            .commit("ask for more", "2026-11-21");
    }),
    ("a limit raised by the same branch", |r| {
        r.branch("change")
            .write(FILE, WAIVER.replace("2027-01-31", "2029-01-31"))
            .edit(
                "meshlaw.yaml",
                "max_waiver_days: 120",
                "max_waiver_days: 9999",
            )
            .edit(
                "meshlaw.yaml",
                "max_error_waiver_days: 90",
                "max_error_waiver_days: 9999",
            )
            .commit("ask for longer", "2026-11-21");
    }),
];

/// Puts a waiver with another word on `main`, and needs it.
fn granted(repository: &Repository, from: &str, to: &str) {
    let waiver = if from.is_empty() {
        WAIVER.to_owned()
    } else {
        assert!(WAIVER.contains(from), "{from}");
        WAIVER.replace(from, to)
    };
    repository.write(FILE, waiver).commit("grant", "2026-11-01");
    show_email(repository);
}

/// Uses up the budget of the domain.
fn more(repository: &Repository) {
    for part in ["order_id", "note"] {
        let waiver = WAIVER.replace("W-1", part).replace("email", part);
        repository.write(&format!("waivers/{part}.waiver.yaml"), waiver);
    }
    repository.commit("grant others", "2026-11-01");
}

/// What is said of waivers and of what they would excuse, as people read it.
fn told(report: &Value) -> String {
    let mut text = String::new();
    for finding in report["findings"].as_array().unwrap() {
        let path = finding["location"]["path"].as_str().unwrap_or_default();
        let is_excused = finding["id"] == "org/privacy/pii-masked";
        if !is_excused && !path.starts_with("waivers/") {
            continue;
        }
        let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let place = &finding["location"];
        let _ = writeln!(
            text,
            "{} {}: {}\n  at {path}:{}:{}",
            word("severity"),
            word("id"),
            word("message"),
            place["line"],
            place["column"]
        );
        let _ = writeln!(text, "  help: {}", word("help"));
        let notes = finding["notes"].as_array().unwrap();
        for note in notes.iter().filter_map(Value::as_str) {
            let _ = writeln!(text, "  note: {note}");
        }
        assert_ne!(finding["state"], "waived", "{report}");
    }
    text
}

#[test]
fn nobody_is_excused_who_should_not_be() {
    let mut all = String::new();
    for (case, play) in CASES {
        let repository = estate();
        play(&repository);
        repository.checkout("change");
        let (code, report) = repository.judge();
        let told = told(&report);
        assert_eq!(code, 1, "{case}: {told}");
        let needs_it = told.contains("org/privacy/pii-masked: ");
        // What is wrong with a waiver on the target branch is for the audit of that to say.
        let audit = if needs_it && !case.contains("very branch") {
            let ran = repository.meshlaw(&[
                "audit",
                "--at",
                "main",
                "--as-of",
                "2026-11-23",
                "--format",
                "json",
            ]);
            self::told(&serde_json::from_str(&ran.stdout).unwrap())
        } else {
            String::new()
        };
        let _ = writeln!(all, "=== {case}\n{told}");
        if !audit.is_empty() {
            let _ = writeln!(all, "--- in the audit\n{audit}");
        }
    }
    insta::assert_snapshot!(all);
}

/// What is allowed still is: the same words with a waiver that is right.
#[test]
fn who_should_be_excused_is() {
    let repository = estate();
    grant(
        &repository,
        FILE,
        &[
            ("2026-01-01", "2026-04-30"),
            ("2026-08-01", "2026-11-28"),
            ("2026-11-15", "2027-01-31"),
        ],
    );
    show_email(&repository);
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["summary"]["waived"], 1);
    let notes = report["notes"].to_string();
    assert!(notes.contains("opened 4 commits of `main`"), "{notes}");
}

/// A row ends where nothing was excused for as long as a waiver may last.
#[test]
fn after_a_pause_a_waiver_is_a_first_one_again() {
    let repository = estate();
    grant(
        &repository,
        FILE,
        &[
            ("2025-01-01", "2025-03-01"),
            ("2025-03-01", "2025-06-01"),
            ("2025-06-01", "2025-09-01"),
            ("2026-11-15", "2027-01-31"),
        ],
    );
    show_email(&repository);
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{report}");
    let list = repository.meshlaw(&["waiver", "list", "--as-of", "2026-11-23", "--json"]);
    let rows: Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(
        (
            &rows[0]["renewals"],
            &rows[0]["since"],
            &rows[0]["days_left"]
        ),
        (
            &Value::from(0),
            &Value::from("2025-01-01"),
            &Value::from(69)
        )
    );
}

#[test]
fn history_is_read_only_where_a_waiver_is_asked_about() {
    let repository = estate();
    grant(&repository, FILE, &[("2026-11-01", "2027-01-31")]);
    repository
        .branch("other")
        .write(PATH, ORDERS.replace("version: 1.4.0", "version: 1.4.1"))
        .edit(
            PATH,
            "Orders as customers placed them",
            "Orders, as they were placed",
        )
        .commit("words", "2026-11-20");
    let (code, report) = repository.judge();
    assert_eq!(code, 0, "{report}");
    assert!(
        !report["notes"].to_string().contains("to see what"),
        "{report}"
    );
}

#[test]
fn a_clone_that_is_cut_off_says_so() {
    let repository = estate();
    grant(
        &repository,
        FILE,
        &[
            ("2026-01-01", "2026-04-30"),
            ("2026-04-20", "2026-08-18"),
            ("2026-08-01", "2026-11-30"),
            ("2026-11-15", "2027-01-31"),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    let clone = folder.path().join("clone");
    repository.git(&["clone", "-q", "--depth", "2", &url, clone.to_str().unwrap()]);
    let args = ["audit", "--as-of", "2026-11-23"];
    let cut = playground::meshlaw_in(&clone, &args).stdout;
    assert!(
        cut.contains("the history of this clone is cut off"),
        "{cut}"
    );
    assert!(!cut.contains("renewals-limited"), "{cut}");
    assert!(cut.contains("stands at least since 2026-08-01"), "{cut}");
    let whole = repository.meshlaw(&args).stdout;
    assert!(!whole.contains("cut off"), "{whole}");
    assert!(whole.contains("renewals-limited"), "{whole}");
    assert!(
        whole.contains("stands since 2026-01-01, 326 days"),
        "{whole}"
    );
}

#[test]
fn a_folder_that_is_no_repository_is_audited_by_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("meshlaw.yaml", SETTINGS);
    write(PATH, ORDERS);
    write(FILE, WAIVER);
    let ran = playground::meshlaw_in(folder.path(), &["audit", "--as-of", "2026-11-23"]);
    assert!(
        ran.stdout.contains("excuses nothing that is there\n"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("to see what"), "{}", ran.stdout);
}

#[test]
fn budgets_are_told_of_in_the_audit_and_the_list() {
    let repository = estate();
    more(&repository);
    let list = |repository: &Repository| {
        repository
            .meshlaw(&["waiver", "list", "--as-of", "2026-11-23"])
            .stdout
    };
    assert!(
        list(&repository).contains("sales holds 2 of the 2 that it may"),
        "{}",
        list(&repository)
    );
    let audit = ["audit", "--as-of", "2026-11-23"];
    let fine = repository.meshlaw(&audit).stdout;
    assert!(!fine.contains("over-budget"), "{fine}");
    repository
        .write(FILE, WAIVER)
        .commit("one more", "2026-11-20");
    insta::assert_snapshot!(list(&repository));
    let ran = repository.meshlaw(&audit);
    let over = ran
        .stdout
        .split("\n\n")
        .find(|part| part.contains("over-budget"));
    insta::assert_snapshot!("over_budget", over.unwrap());
    // The same for all domains, in the parameters.
    repository.edit("meshlaw.yaml", ", waivers: 2", "").edit(
        "meshlaw.yaml",
        "parameters: {",
        "parameters: { max_domain_waivers: 2,",
    );
    let over = repository.meshlaw(&audit).stdout;
    assert!(over.contains("meshlaw.yaml:8:15"), "{over}");
    // An expired one takes no place.
    repository.edit(FILE, "2027-01-31", "2026-11-22");
    let fine = repository.meshlaw(&audit).stdout;
    assert!(!fine.contains("over-budget"), "{fine}");
    assert!(
        fine.contains("this waiver expired on 2026-11-22, 1 day ago"),
        "{fine}"
    );
}

/// A branch may swap one waiver for another, and renew those that are there, on a full budget.
#[test]
fn a_full_budget_keeps_nobody_from_swapping() {
    let repository = estate();
    more(&repository);
    repository
        .branch("swap")
        .remove("waivers/note.waiver.yaml")
        .write(FILE, WAIVER)
        .commit("swap", "2026-11-21");
    let (_, report) = repository.judge();
    assert!(!report.to_string().contains("over-budget"), "{report}");
    // A budget that was cut later does not hold up the renewal of what stands.
    repository
        .checkout("main")
        .edit("meshlaw.yaml", "waivers: 2", "waivers: 1")
        .commit("cut", "2026-11-20");
    repository
        .branch("renew")
        .edit("waivers/note.waiver.yaml", "2027-01-31", "2027-02-10")
        .commit("renew", "2026-11-21");
    let (_, report) = repository.judge();
    assert!(!report.to_string().contains("over-budget"), "{report}");
}

#[test]
fn a_waiver_is_renewed_by_its_end_alone() {
    let repository = estate();
    let text = format!(
        "# The council agreed on this.\n{}",
        WAIVER.replace("expires:", "expires:  ")
    );
    repository.write(FILE, &text).commit("grant", "2026-11-01");
    let renew = |args: &[&str]| {
        let mut all = vec!["waiver", "renew", "--as-of", "2026-11-23"];
        all.extend(args);
        repository.meshlaw(&all)
    };
    let on_disk = || std::fs::read_to_string(repository.path().join(FILE)).unwrap();
    let dry = renew(&["W-1", "--until", "2027-02-10", "--dry-run"]);
    assert_eq!((dry.code, on_disk()), (0, text.clone()), "{}", dry.stderr);
    assert!(dry.stdout.starts_with("would move"), "{}", dry.stdout);
    let refused = [
        ("W-2", "2027-02-10", "did you mean `W-1`?"),
        ("W-1", "2027-01-31", "waivers/orders.waiver.yaml:9:1"),
        ("W-1", "2027-03-01", "longer than errors may be excused"),
        ("W-1", "2036-11-23", "further into the future"),
    ];
    for (name, until, wanted) in refused {
        let ran = renew(&[name, "--until", until]);
        assert_eq!((ran.code, on_disk()), (2, text.clone()), "{}", ran.stdout);
        assert!(ran.stderr.contains(wanted), "{wanted}: {}", ran.stderr);
    }
    let ran = renew(&["W-1", "--until", "2027-02-10"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(on_disk(), text.replace("2027-01-31", "2027-02-10"));
    insta::assert_snapshot!(ran.stdout);
    repository.commit("renew", "2026-11-02");
    for (day, until) in [("2026-11-03", "2027-02-11"), ("2026-11-04", "2027-02-12")] {
        let ran = renew(&["W-1", "--until", until]);
        if until == "2027-02-12" {
            assert_eq!(ran.code, 2, "{}", ran.stdout);
            assert!(ran.stderr.contains("renewed more often"), "{}", ran.stderr);
        } else {
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            repository.commit("renew", day);
        }
    }
}
