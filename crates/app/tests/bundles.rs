//! Floors that several repositories share, through real git.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fs;

use playground::{Repository, meshlaw_in, program, ran};

const ORDERS: &str = "domains/sales/orders.contract.yaml";
const BUNDLE: &str = "governance/acme.bundle";
const SIGNATURE: &str = "governance/acme.bundle.minisig";

fn policy(field: &str) -> String {
    format!(
        "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"no field is called {field}\")\n@help(\"rename it\")\n\
         forbid (principal, action == Action::\"publish\", resource is Field)\nwhen {{ resource.name == \"{field}\" }};\n"
    )
}

/// The council's own repository, with a floor of one policy and two keys.
struct Council {
    home: Repository,
}

impl Council {
    fn new() -> Self {
        let home = Repository::new();
        home.write("meshlaw.yaml", "extends: []\n")
            .write("policies/org/names/no-state/policy.cedar", policy("state"))
            .write("policies/org/names/no-state/README.md", "Because.\n");
        for key in ["old", "new"] {
            let ran = home.meshlaw(&["policy", "bundle", "keygen", key, "--no-password"]);
            assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        }
        Self { home }
    }

    fn key(&self, name: &str) -> String {
        let text = fs::read_to_string(self.home.path().join(format!("{name}.pub"))).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    }

    /// Builds the bundle, and returns its bytes, its signature and its hash.
    fn build(&self, key: &str) -> (String, String, String) {
        let ran = self.home.meshlaw(&[
            "policy",
            "bundle",
            "build",
            "--name",
            "acme",
            "--out",
            "out/acme.bundle",
            "--key",
            key,
        ]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let read = |name: &str| fs::read_to_string(self.home.path().join(name)).unwrap();
        let hash = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("sha256:"))
            .unwrap();
        (
            read("out/acme.bundle"),
            read("out/acme.bundle.minisig"),
            hash.to_owned(),
        )
    }
}

/// A repository that takes its floor from the council, with a branch that breaks it.
fn member(council: &Council, keys: &[&str]) -> Repository {
    let (bundle, signature, hash) = council.build(keys[0]);
    let keys: Vec<String> = keys.iter().map(|key| council.key(key)).collect();
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            format!(
                "domains: {{ sales: {{}} }}\nbundles:\n  - path: {BUNDLE}\n    hash: {hash}\n    keys: [{}]\n",
                keys.join(", ")
            ),
        )
        .write(BUNDLE, bundle)
        .write(SIGNATURE, signature)
        .write(ORDERS, "schema: orders\nversion: 1.0.0\nowner: t\nfields:\n  - { name: id, type: string }\n")
        .commit("base", "2026-06-01")
        .branch("change")
        .edit(ORDERS, "version: 1.0.0", "version: 1.1.0")
        .edit(ORDERS, "type: string }\n", "type: string }\n  - { name: state, type: string }\n")
        .commit("change", "2026-11-20");
    repository
}

/// Judges in every way there is; returns what was said where none may read as a pass.
fn never_passes(repository: &Repository, says: &str, what: &str) {
    for command in [
        &["gate", "--base", "main", "--as-of", "2026-11-23"][..],
        &[
            "gate",
            "--base",
            "main",
            "--as-of",
            "2026-11-23",
            "--no-shortcuts",
        ],
        &["audit", "--at", "main"],
    ] {
        let ran = repository.meshlaw(command);
        assert_eq!(
            ran.code, 2,
            "{what}: {command:?}: {}{}",
            ran.stdout, ran.stderr
        );
        assert!(ran.stderr.contains(says), "{what}: {}", ran.stderr);
        assert!(ran.stderr.contains("= help: "), "{what}: {}", ran.stderr);
    }
    repository.checkout("main");
    for command in [
        &["check", ORDERS][..],
        &["audit"],
        &["policy", "list"],
        &["policy", "check"],
    ] {
        let ran = repository.meshlaw(command);
        assert_eq!(
            ran.code, 2,
            "{what}: {command:?}: {}{}",
            ran.stdout, ran.stderr
        );
        assert!(ran.stderr.contains(says), "{what}: {}", ran.stderr);
    }
    repository.checkout("change");
}

#[test]
fn the_floor_of_a_bundle_holds() {
    let repository = member(&Council::new(), &["old"]);
    let (code, report) = repository.judge();
    assert_eq!(code, 1, "{report:#}");
    let findings = report["findings"].as_array().unwrap();
    let blocking: Vec<&str> = findings
        .iter()
        .filter(|one| one["blocking"] == true)
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(blocking, ["org/names/no-state"]);
    // A bundle is a floor, so that none of what is built in holds unless it is asked for.
    assert!(
        !findings
            .iter()
            .any(|one| one["id"] == "org/ownership/owner-known")
    );
    assert_eq!(repository.meshlaw(&["audit"]).code, 1);
    assert_eq!(repository.meshlaw(&["audit", "--at", "main"]).code, 0);
    assert_eq!(repository.meshlaw(&["check", ORDERS]).code, 1);
}

#[test]
fn a_bundle_holds_where_there_is_no_work_tree() {
    let repository = member(&Council::new(), &["old"]);
    let home = tempfile::tempdir().unwrap();
    let bare = home.path().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let gate = [
        "gate",
        "--base",
        "main",
        "--head",
        "change",
        "--as-of",
        "2026-11-23",
    ];
    let ran = meshlaw_in(&bare, &gate);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("org/names/no-state"), "{}", ran.stdout);
}

type Damage = fn(&Repository);

#[test]
fn a_bundle_that_is_not_what_is_pinned_is_no_law() {
    let damages: [(&str, &str, Damage); 9] = [
        ("missing", "`governance/acme.bundle` is not there", |r| {
            r.remove(BUNDLE);
        }),
        (
            "unsigned",
            "`governance/acme.bundle.minisig` is not there",
            |r| {
                r.remove(SIGNATURE);
            },
        ),
        ("swapped", "is not the one that meshlaw.yaml pins", |r| {
            r.edit(
                BUNDLE,
                "resource.name == \\\"state\\\"",
                "resource.name == \\\"none\\\"",
            );
        }),
        (
            "pinned otherwise",
            "is not the one that meshlaw.yaml pins",
            |r| {
                r.edit("meshlaw.yaml", "hash: sha256:", "hash: sha256:0000");
                let text = fs::read_to_string(r.path().join("meshlaw.yaml")).unwrap();
                let at = text.find("hash: sha256:0000").unwrap() + "hash: sha256:".len();
                r.write(
                    "meshlaw.yaml",
                    format!("{}{}", &text[..at + 64], &text[at + 68..]),
                );
            },
        ),
        (
            "signed by nobody known",
            "the signature is not one that the keys made",
            |r| {
                let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
                let text = fs::read_to_string(r.path().join("meshlaw.yaml")).unwrap();
                let at = text.find("keys: [").unwrap();
                r.write("meshlaw.yaml", format!("{}keys: [{key}]\n", &text[..at]));
            },
        ),
        (
            "a signature of nothing",
            "the signature cannot be read",
            |r| {
                r.write(SIGNATURE, "nothing\n");
            },
        ),
        ("a link", "it is a symbolic link", |r| {
            r.remove(BUNDLE);
            std::os::unix::fs::symlink("../meshlaw.yaml", r.path().join(BUNDLE)).unwrap();
        }),
        ("elsewhere", "is not the path of a bundle", |r| {
            r.edit(
                "meshlaw.yaml",
                "path: governance/acme.bundle",
                "path: ../acme.bundle",
            );
        }),
        ("without keys", "a list with a key", |r| {
            let text = fs::read_to_string(r.path().join("meshlaw.yaml")).unwrap();
            let at = text.find("keys: [").unwrap();
            r.write("meshlaw.yaml", format!("{}keys: []\n", &text[..at]));
        }),
    ];
    let council = Council::new();
    for (what, says, damage) in damages {
        let repository = member(&council, &["old"]);
        repository.checkout("main");
        damage(&repository);
        repository.commit("damage", "2026-11-21").checkout("change");
        never_passes(&repository, says, what);
    }
}

#[test]
fn a_branch_that_swaps_its_floor_is_judged_by_the_tip() {
    let council = Council::new();
    let swaps: [(&str, Damage); 6] = [
        ("the file", |r| {
            r.edit(
                BUNDLE,
                "resource.name == \\\"state\\\"",
                "resource.name == \\\"none\\\"",
            );
        }),
        ("the file removed", |r| {
            r.remove(BUNDLE);
        }),
        ("the signature", |r| {
            r.write(SIGNATURE, "nothing\n");
        }),
        ("the list", |r| {
            r.write("meshlaw.yaml", "domains: { sales: {} }\nextends: []\n");
        }),
        ("the key", |r| {
            let text = fs::read_to_string(r.path().join("meshlaw.yaml")).unwrap();
            let at = text.find("keys: [").unwrap();
            let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
            r.write("meshlaw.yaml", format!("{}keys: [{key}]\n", &text[..at]));
        }),
        ("a policy of the same name", |r| {
            r.write("policies/org/names/no-state/policy.cedar", policy("none"));
        }),
    ];
    for (what, swap) in swaps {
        let repository = member(&council, &["old"]);
        swap(&repository);
        repository.commit("swap", "2026-11-21");
        let (code, report) = repository.judge();
        assert_eq!(code, 1, "{what}: {report:#}");
        let findings = report["findings"].as_array().unwrap();
        let blocks = |id: &str| {
            findings
                .iter()
                .any(|one| one["id"] == id && one["blocking"] == true)
        };
        assert!(blocks("org/names/no-state"), "{what}: {report:#}");
        // What the branch would make of the law is told as what it is.
        let is_valid = what == "the list";
        assert_eq!(
            blocks("settings/policy-invalid"),
            !is_valid,
            "{what}: {report:#}"
        );
    }
}

#[test]
fn a_floor_that_does_not_hold_is_mended_by_a_branch_that_does_nothing_else() {
    let repository = member(&Council::new(), &["old"]);
    let whole = fs::read_to_string(repository.path().join(BUNDLE)).unwrap();
    repository
        .checkout("main")
        .edit(BUNDLE, "rename it", "do not");
    repository.commit("damage", "2026-11-21").branch("mend");
    repository
        .write(BUNDLE, &whole)
        .commit("mend", "2026-11-22");
    let ran = repository.gate(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    repository
        .edit(ORDERS, "1.0.0", "1.0.1")
        .commit("and more", "2026-11-22");
    assert_eq!(repository.gate(&[]).code, 2);
    // Nobody calls a contract a bundle to slip it through.
    repository.checkout("main").branch("sly");
    repository
        .write(BUNDLE, &whole)
        .edit("meshlaw.yaml", "bundles:\n", &format!("bundles:\n  - {{ path: {ORDERS}, hash: 'sha256:{}', keys: [RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3] }}\n", "0".repeat(64)))
        .edit(ORDERS, "1.0.0", "1.0.1")
        .commit("sly", "2026-11-22");
    assert_eq!(repository.gate(&[]).code, 2);
}

#[test]
fn keys_are_changed_without_a_gap() {
    let council = Council::new();
    // Both keys count while the key is changed, whichever signs.
    for signer in ["old", "new"] {
        let other = if signer == "old" { "new" } else { "old" };
        let repository = member(&council, &[signer, other]);
        assert_eq!(repository.judge().0, 1);
    }
}

fn checked_by(repository: &Repository) -> String {
    repository.meshlaw(&["policy", "check"]).stdout
}

#[test]
fn own_policies_add_to_a_bundle_and_replace_nothing() {
    let council = Council::new();
    let repository = member(&council, &["old"]);
    repository.checkout("main");
    repository
        .write("policies/org/names/no-id/policy.cedar", policy("id"))
        .write(
            "policies/domains/sales/no-mail/policy.cedar",
            policy("mail"),
        )
        .commit("own", "2026-11-21");
    let list = repository.meshlaw(&["policy", "list"]).stdout;
    for (id, origin) in [
        ("org/names/no-state", "bundle acme"),
        ("org/names/no-id", "here"),
        ("domains/sales/no-mail", "here"),
    ] {
        let line = list
            .lines()
            .find(|line| line.starts_with(&format!("{id} ")));
        assert!(line.unwrap().contains(origin), "{list}");
    }
    assert!(checked_by(&repository).contains("governance/acme.bundle, signed by RW"));
    let explained = repository
        .meshlaw(&["policy", "explain", "org/names/no-state"])
        .stdout;
    assert!(explained.contains("from: bundle acme"), "{explained}");
    let checked = checked_by(&repository);
    assert!(checked.contains("ok    bundle acme ("), "{checked}");
    let exported = repository.meshlaw(&["policy", "export", ORDERS, "--to", "cedar"]);
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    let policies = fs::read_to_string(repository.path().join("cedar/policies.cedar")).unwrap();
    assert!(
        policies.contains("// from the bundle acme\n@id(\"org/names/no-state\")"),
        "{policies}"
    );
    fs::remove_dir_all(repository.path().join("cedar")).unwrap();
    repository
        .write("policies/org/names/no-state/policy.cedar", policy("none"))
        .commit("clash", "2026-11-21")
        .checkout("change");
    never_passes(&repository, "is a policy of the bundle `acme`", "clash");
}

#[test]
fn a_floor_brings_its_numbers() {
    let council = Council::new();
    council
        .home
        .write(
            "meshlaw.yaml",
            "extends: []\nparameters: { max_waiver_days: 90, max_freshness: 2 days, regions: [eu] }\n",
        )
        .write(
            "policies/org/names/numbers/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
             forbid (principal, action == Action::\"publish\", resource is Contract)\n\
             unless { context.parameters.maxWaiverDays == 90 && context.parameters.regions == [\"eu\"] };\n",
        );
    let repository = member(&council, &["old"]);
    repository.checkout("main");
    let bundle = fs::read_to_string(repository.path().join(BUNDLE)).unwrap();
    assert!(bundle.contains("\"max_freshness\": \"2 days\""), "{bundle}");
    let passes = repository.meshlaw(&["check", ORDERS]);
    assert_eq!(passes.code, 0, "{}{}", passes.stdout, passes.stderr);
    // Who says the same says nothing new.
    repository.edit(
        "meshlaw.yaml",
        "domains:",
        "parameters: { max_waiver_days: 90, notice_days: 7 }\ndomains:",
    );
    assert_eq!(repository.meshlaw(&["check", ORDERS]).code, 0);
    repository.edit(
        "meshlaw.yaml",
        "max_waiver_days: 90",
        "max_waiver_days: 3600",
    );
    repository.commit("looser", "2026-11-21").checkout("change");
    never_passes(
        &repository,
        "the bundle `acme` sets the parameter `max_waiver_days`",
        "looser",
    );
}

#[test]
fn two_bundles_lie_on_each_other() {
    let (one, two) = (Council::new(), Council::new());
    let repository = member(&one, &["old"]);
    repository.checkout("main");
    let add = |council: &Council| {
        let (bundle, signature, hash) = council.build("old");
        repository
            .write("governance/two.bundle", bundle)
            .write("governance/two.bundle.minisig", signature);
        let settings = fs::read_to_string(repository.path().join("meshlaw.yaml")).unwrap();
        let settings = settings
            .split("  - path: governance/two")
            .next()
            .unwrap()
            .to_owned();
        let more = format!(
            "  - path: governance/two.bundle\n    hash: {hash}\n    keys: [{}]\n",
            council.key("old")
        );
        repository.write("meshlaw.yaml", settings + &more);
    };
    // The same policy twice is one policy.
    two.home
        .write("policies/org/names/no-id/policy.cedar", policy("id"));
    add(&two);
    let ran = repository.meshlaw(&["check", ORDERS]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("org/names/no-id"), "{}", ran.stdout);
    two.home
        .write("policies/org/names/no-state/policy.cedar", policy("none"));
    add(&two);
    let ran = repository.meshlaw(&["check", ORDERS]);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("stands in another bundle, too"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_wrong_with_a_policy_is_told_where_it_stands_in_the_bundle() {
    // The council's own tools refuse to build it, so somebody signs it by other means.
    let council = Council::new();
    let repository = member(&council, &["old"]);
    let text = fs::read_to_string(repository.path().join(BUNDLE)).unwrap();
    let broken = text.replace("resource.name", "resource.nmae");
    let line = broken
        .lines()
        .position(|line| line.contains("nmae"))
        .unwrap()
        + 1;
    let key = fs::read_to_string(council.home.path().join("old")).unwrap();
    let key = meshlaw_bundle::SecretKey::parse(&key, None).unwrap();
    let hash = meshlaw_bundle::Hash::of(broken.as_bytes());
    let old = meshlaw_bundle::Hash::of(text.as_bytes());
    repository.checkout("main");
    repository
        .write(SIGNATURE, key.sign(broken.as_bytes(), "x").unwrap())
        .write(BUNDLE, &broken)
        .edit("meshlaw.yaml", &old.to_string(), &hash.to_string());
    let ran = repository.meshlaw(&["check", ORDERS]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains(&format!("{BUNDLE}:{line}:1")),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("nmae"), "{}", ran.stderr);
    // What is no bundle at all, though signed, is refused as well.
    let smuggled = text.replace("org/names/no-state/README.md", "org/names/../../README.md");
    let hash_of = meshlaw_bundle::Hash::of(smuggled.as_bytes());
    repository
        .write(SIGNATURE, key.sign(smuggled.as_bytes(), "x").unwrap())
        .write(BUNDLE, &smuggled)
        .edit("meshlaw.yaml", &hash.to_string(), &hash_of.to_string());
    let ran = repository.meshlaw(&["check", ORDERS]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("does not belong into a bundle"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_bundle_is_made_verified_and_brought() {
    let council = Council::new();
    let (bundle, ..) = council.build("old");
    assert_eq!(
        bundle,
        council.build("new").0,
        "the same policies give the same bytes"
    );
    let home = &council.home;
    let verify = |key: &str| {
        home.meshlaw(&[
            "policy",
            "bundle",
            "verify",
            "out/acme.bundle",
            "--key",
            key,
        ])
    };
    let told = verify("new.pub");
    assert_eq!(told.code, 0, "{}{}", told.stdout, told.stderr);
    assert!(
        told.stdout.contains("the bundle `acme` with "),
        "{}",
        told.stdout
    );
    assert_eq!(verify(&council.key("new")).code, 0);
    assert_eq!(verify("old.pub").code, 2);
    assert_eq!(verify("nobody").code, 2);

    let repository = member(&council, &["old"]);
    let out = home.path().join("out");
    let pull = |more: &[&str]| {
        let mut all = vec!["policy", "bundle", "pull-from-dir", out.to_str().unwrap()];
        all.extend(more);
        repository.meshlaw(&all)
    };
    assert_eq!(pull(&[]).code, 0);
    home.write("policies/org/names/no-id/policy.cedar", policy("id"));
    council.build("old");
    let before = fs::read_to_string(repository.path().join(BUNDLE)).unwrap();
    let told = pull(&[]);
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.contains("bring it with `--pin`"),
        "{}",
        told.stderr
    );
    assert_eq!(
        before,
        fs::read_to_string(repository.path().join(BUNDLE)).unwrap()
    );
    assert_eq!(pull(&["--pin"]).code, 0);
    assert_eq!(pull(&[]).code, 0);
    let list = repository.meshlaw(&["policy", "list"]).stdout;
    assert!(list.contains("org/names/no-id"), "{list}");
    // Somebody else's bundle is not brought, whatever it says.
    council.build("new");
    let told = pull(&["--pin"]);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("is not verified"), "{}", told.stderr);
    fs::remove_file(out.join("acme.bundle.minisig")).unwrap();
    assert_eq!(pull(&["--pin"]).code, 2);
}

#[test]
fn keys_are_never_written_over_and_passwords_are_asked_for() {
    let council = Council::new();
    let home = &council.home;
    let again = home.meshlaw(&["policy", "bundle", "keygen", "old", "--no-password"]);
    assert_eq!(again.code, 2);
    assert!(
        again.stderr.contains("cannot write `old`"),
        "{}",
        again.stderr
    );
    let without = home.meshlaw(&["policy", "bundle", "keygen", "safe"]);
    assert_eq!(without.code, 2);
    assert!(
        without.stderr.contains("MESHLAW_KEY_PASSWORD"),
        "{}",
        without.stderr
    );
    let run = |args: &[&str], password: &str| {
        let output = program(home.path())
            .args(args)
            .env("MESHLAW_KEY_PASSWORD", password)
            .output();
        ran(output.unwrap())
    };
    assert_eq!(run(&["policy", "bundle", "keygen", "safe"], "one").code, 0);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(home.path().join("safe"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let build = ["policy", "bundle", "build", "--key", "safe"];
    assert_eq!(run(&build, "two").code, 2);
    assert!(!home.path().join("floor.bundle").exists());
    assert_eq!(home.meshlaw(&build).code, 2);
    assert_eq!(run(&build, "one").code, 0);
    // What is built without a key loses the signature of what was there.
    assert!(home.path().join("floor.bundle.minisig").exists());
    assert_eq!(home.meshlaw(&["policy", "bundle", "build"]).code, 0);
    assert!(!home.path().join("floor.bundle.minisig").exists());
}

#[test]
fn short_cuts_hang_on_the_bundle() {
    let council = Council::new();
    let repository = member(&council, &["old"]);
    std::thread::sleep(std::time::Duration::from_millis(3_100));
    let audit = |what: &str| {
        let plain = repository.meshlaw(&[
            "audit",
            "--as-of",
            "2026-11-23",
            "--no-shortcuts",
            "--format",
            "json",
        ]);
        for _ in 0..2 {
            let ran = repository.meshlaw(&["audit", "--as-of", "2026-11-23", "--format", "json"]);
            assert_eq!(ran.stdout, plain.stdout, "{what}");
        }
        plain.stdout
    };
    let before = audit("begin");
    council
        .home
        .write("policies/org/names/no-state/policy.cedar", policy("id"));
    council.build("old");
    let out = council.home.path().join("out");
    let pulled = repository.meshlaw(&[
        "policy",
        "bundle",
        "pull-from-dir",
        out.to_str().unwrap(),
        "--pin",
    ]);
    assert_eq!(pulled.code, 0, "{}", pulled.stderr);
    let after = audit("another floor");
    assert_ne!(before, after);
    assert!(after.contains("no field is called id"), "{after}");
}
