//! Tricks by which whoever writes a domain's policies could try to loosen the floor, and slips by
//! which a policy could come to guard nothing.
//!
//! Each is merged to the target branch before anybody looks. `policy check` names the place and the
//! way out, and a branch that shows personal data openly stays out all the same.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;

const SETTINGS: &str = "\
extends: [org]
domains:
  sales: { owner: sales-team }
  finance: { owner: finance-team }
teams:
  sales-team: { roles: [domain] }
  finance-team: { roles: [domain] }
  privacy-office: { roles: [privacy] }
";

const ORDERS: &str = "\
schema: orders
version: 1.4.0
owner: sales-team
status: draft
classification: confidential
purpose: fulfilment
legal_basis: contract
retention: 300 days
properties: { tier: gold }
fields:
  - { name: order_id, type: string, required: true, primary_key: true, description: Identifier }
";

const PATH: &str = "domains/sales/orders.contract.yaml";

/// A contract field that the floor does not let pass.
const OPEN: &str = "  - { name: email, type: string, pii: contact, description: Address }\n";

/// A policy of the domain, which is right in every way.
const OWN: &str = "\
@severity(\"error\")
@enforcement(\"soft\")
@message(\"the field has a name of one letter\")
@help(\"write a name that says what it is\")
forbid (
  principal,
  action == Action::\"publish\",
  resource is Field
)
when { resource.name like \"?*\" && resource.isNested };
";

const HOME: &str = "policies/domains/sales/own";
const FILE: &str = "policies/domains/sales/own/policy.cedar";

/// What the law comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Law {
    /// It does not load: nothing but its repair passes.
    Broken,
    /// It loads, and `policy check` has something to say.
    Loads,
}
use Law::{Broken, Loads};

struct Trick {
    name: &'static str,
    play: fn(&Repository),
    law: Law,
    /// What `policy check` says: the place, what is wrong, the way out.
    said: &'static [&'static str],
}

fn own(repository: &Repository, text: impl AsRef<[u8]>) {
    repository.write(FILE, text);
}

fn when(repository: &Repository, condition: &str) {
    own(
        repository,
        OWN.replace("resource.name like \"?*\" && resource.isNested", condition),
    );
}

const TRICKS: &[Trick] = &[
    Trick {
        name: "a permit",
        play: |r| own(r, OWN.replace("forbid", "permit")),
        law: Broken,
        said: &[
            "own/policy.cedar:5:1",
            "a policy only forbids",
            "write what must not be",
        ],
    },
    Trick {
        name: "a permit behind a forbid",
        play: |r| {
            own(
                r,
                OWN.to_owned() + "permit (principal, action, resource);\n",
            )
        },
        law: Broken,
        said: &[
            "own/policy.cedar:11:1",
            "several policies",
            "its own folder",
        ],
    },
    Trick {
        name: "a template that somebody could link",
        play: |r| own(r, OWN.replace("  principal,", "  principal == ?principal,")),
        law: Broken,
        said: &["own/policy.cedar:1:1", "cannot be a template", "?principal"],
    },
    Trick {
        name: "a schema of its own, with a second fragment of the namespace",
        play: |r| {
            own(r, OWN);
            r.write(
                &format!("{HOME}/more.cedarschema"),
                "entity Field = { \"isMasked\": Bool };\n",
            );
        },
        law: Loads,
        said: &[
            "own/more.cedarschema: ",
            "share one vocabulary",
            "remove it",
        ],
    },
    Trick {
        name: "types of a namespace of its own",
        play: |r| {
            own(
                r,
                OWN.replace("resource is Field", "resource is Sales::Field"),
            )
        },
        law: Broken,
        said: &["own/policy.cedar:8:15", "Sales::Field", "did you mean"],
    },
    Trick {
        name: "another domain's entities",
        play: |r| when(r, "resource in Domain::\"finance\""),
        law: Loads,
        said: &[
            "own/policy.cedar:10:",
            "never about `finance`",
            "[foreign-domain]",
        ],
    },
    Trick {
        name: "a forbid that overflows",
        play: |r| when(r, "resource.dataset.fieldCount * 9223372036854775807 < 0"),
        law: Loads,
        said: &[
            "own/policy.cedar:10:",
            "does not fit 64 bits",
            "[may-overflow]",
        ],
    },
    Trick {
        name: "an id of the floor as an annotation",
        play: |r| own(r, format!("@id(\"org/privacy/pii-masked\")\n{OWN}")),
        law: Broken,
        said: &["own/policy.cedar:1:1", "`@id` means nothing", "known are"],
    },
    Trick {
        name: "an annotation that would excuse the floor",
        play: |r| own(r, format!("@waives(\"org/privacy/pii-masked\")\n{OWN}")),
        law: Broken,
        said: &[
            "own/policy.cedar:1:1",
            "`@waives` means nothing",
            "known are",
        ],
    },
    Trick {
        name: "two enforcements",
        play: |r| own(r, format!("@enforcement(\"shadow\")\n{OWN}")),
        law: Broken,
        said: &["own/policy.cedar:3:", "enforcement"],
    },
    Trick {
        name: "the floor's policy again, as a shadow",
        play: |r| {
            let floor = playground::workspace("policies/org/privacy/pii-masked/policy.cedar");
            let text = std::fs::read_to_string(floor).unwrap();
            r.write(
                "policies/domains/sales/pii-masked/policy.cedar",
                text.replace("soft", "shadow"),
            );
        },
        law: Loads,
        said: &["sales/pii-masked/policy.cedar"],
    },
    Trick {
        name: "the floor's policy replaced by a weaker one of the same id",
        play: |r| {
            let floor = playground::workspace("policies/org/quality/described/policy.cedar");
            let text = std::fs::read_to_string(floor).unwrap();
            let text = text.replace("@severity(\"warning\")", "@severity(\"note\")");
            let weaker = text.replace("@enforcement(\"soft\")", "@enforcement(\"shadow\")");
            r.write("policies/org/quality/described/policy.cedar", weaker);
        },
        law: Loads,
        said: &[
            "described/policy.cedar:",
            "replaces the built-in policy",
            "[weakens-builtin]",
        ],
    },
    Trick {
        name: "a folder named like a policy of the floor, below the domain's",
        play: |r| {
            r.write(
                "policies/domains/sales/org/privacy/pii-masked/policy.cedar",
                OWN,
            );
        },
        law: Broken,
        said: &[
            "sales/org/privacy/pii-masked/policy.cedar:1:1",
            "is not where a policy belongs",
            "put it at",
        ],
    },
    Trick {
        name: "a domain named like the floor",
        play: |r| {
            r.write("policies/domains/org/own/policy.cedar", OWN);
        },
        law: Loads,
        said: &[
            "domains/org/own/policy.cedar:1:1",
            "holds in the domain `org`",
            "known are finance, sales",
        ],
    },
    Trick {
        name: "a domain that looks like another",
        play: |r| {
            r.write("policies/domains/s\u{430}les/own/policy.cedar", OWN);
        },
        law: Loads,
        said: &["own/policy.cedar:1:1", "U+0430", "did you mean `sales`?"],
    },
    Trick {
        name: "an id that looks like one of the floor's",
        play: |r| {
            r.write("policies/org/privacy/pii-m\u{430}sked/policy.cedar", OWN);
        },
        law: Loads,
        said: &[
            "sked/policy.cedar:1:1",
            "U+0430",
            "[mixed-letters]",
            "[near-id]",
        ],
    },
    Trick {
        name: "a layer in capitals",
        play: |r| {
            r.write("policies/Org/privacy/mine/policy.cedar", OWN);
        },
        law: Broken,
        said: &[
            "policies/Org/privacy/mine/policy.cedar:1:1",
            "is not where a policy belongs",
            "`org/<group>/<name>",
        ],
    },
    Trick {
        name: "a policy file by another name",
        play: |r| {
            r.write("policies/domains/sales/own/policy.ceder", OWN);
            r.write("policies/domains/sales/other/policy.cedar", OWN);
        },
        law: Loads,
        said: &[
            "policies/domains/sales/own: ",
            "holds no policy",
            "rename `policy.ceder`",
        ],
    },
    Trick {
        name: "a policy among the examples",
        play: |r| {
            own(r, OWN);
            r.write(&format!("{HOME}/allow/policy.cedar"), OWN);
        },
        law: Broken,
        said: &[
            "own/allow/policy.cedar:1:1",
            "is not where a policy belongs",
        ],
    },
    Trick {
        name: "a folder of policies that is a link",
        play: |r| {
            r.write("elsewhere/own/policy.cedar", OWN);
            std::fs::create_dir_all(r.path().join("policies/domains")).unwrap();
            std::os::unix::fs::symlink("../../elsewhere", r.path().join("policies/domains/sales"))
                .unwrap();
        },
        law: Broken,
        said: &["policies/domains/sales", "symbolic link"],
    },
    Trick {
        name: "a policy that is a link",
        play: |r| {
            r.write("elsewhere.cedar", OWN);
            std::fs::create_dir_all(r.path().join(HOME)).unwrap();
            std::os::unix::fs::symlink("../../../../elsewhere.cedar", r.path().join(FILE)).unwrap();
        },
        law: Broken,
        said: &["own/policy.cedar", "symbolic link"],
    },
    Trick {
        name: "an empty policy",
        play: |r| own(r, ""),
        law: Broken,
        said: &["own/policy.cedar:1:1", "holds no policy", "write a `forbid"],
    },
    Trick {
        name: "a policy in comments",
        play: |r| {
            own(
                r,
                OWN.lines()
                    .map(|line| format!("// {line}\n"))
                    .collect::<String>(),
            )
        },
        law: Broken,
        said: &["own/policy.cedar:1:1", "holds no policy", "write a `forbid"],
    },
    Trick {
        name: "a policy that is not UTF-8",
        play: |r| own(r, b"forbid \xff"),
        law: Broken,
        said: &["own/policy.cedar", "UTF-8"],
    },
    Trick {
        name: "a megabyte of policy",
        play: |r| when(r, &vec!["resource.name == \"a\""; 40_000].join(" || ")),
        law: Broken,
        said: &[
            "own/policy.cedar:1:1",
            "bytes, more than",
            "write several policies",
        ],
    },
    Trick {
        name: "more than a megabyte of policy",
        play: |r| own(r, format!("// {}\n{OWN}", "x".repeat(1 << 20))),
        law: Broken,
        said: &["own/policy.cedar", "the limit is 1048576", "split the file"],
    },
    Trick {
        name: "brackets without end",
        play: |r| {
            when(
                r,
                &format!("{}true{}", "(".repeat(5_000), ")".repeat(5_000)),
            )
        },
        law: Broken,
        said: &[
            "own/policy.cedar:10:",
            "deeper within each other",
            "write several `when`",
        ],
    },
    Trick {
        name: "conditions without end",
        play: |r| when(r, &vec!["resource.isNested"; 2_000].join(" && ")),
        law: Broken,
        said: &[
            "own/policy.cedar:10:",
            "deeper within each other",
            "write several `when`",
        ],
    },
    Trick {
        name: "steps without end",
        play: |r| when(r, &format!("resource{}", ".dataset.contract".repeat(3_000))),
        law: Broken,
        said: &["own/policy.cedar:10:", "deeper within each other"],
    },
];

/// Slips of the pen: each is told with its place and what was meant.
const SLIPS: &[(&str, &str, Law, &[&str])] = &[
    (
        "resource in Contract::\"sales/ordrs\"",
        "own/policy.cedar:10:",
        Loads,
        &["did you mean `sales/orders`?", "[unknown-contract]"],
    ),
    (
        "resource.type == \"string\"",
        "own/policy.cedar:10:",
        Broken,
        &["write `DataType::\"…\"`"],
    ),
    (
        "resource.name.endsWith(\"_at\")",
        "own/policy.cedar:10:",
        Broken,
        &["endsWith", "write `like \"*_at\"`"],
    ),
    (
        "resource.isMaskd",
        "own/policy.cedar:10:",
        Broken,
        &["isMaskd", "did you mean `isMasked`"],
    ),
    (
        "resource.contract.clasification == Classification::\"public\"",
        "own/policy.cedar:10:",
        Broken,
        &["clasification", "did you mean"],
    ),
    (
        "resource has maskng",
        "own/policy.cedar:10:",
        Broken,
        &["`maskng`", "did you mean `masking`?"],
    ),
    (
        "resource.isNested && !(resource has maskng)",
        "own/policy.cedar:10:",
        Loads,
        &["`maskng`", "did you mean `masking`?", "[unknown-attribute]"],
    ),
    (
        "!(resource.contract has retentionDay)",
        "own/policy.cedar:10:",
        Loads,
        &["`retentionDay`", "did you mean `retentionDays`?"],
    ),
    (
        "resource.type == DataTyp::\"string\"",
        "own/policy.cedar:10:",
        Broken,
        &["DataTyp", "did you mean `DataType`"],
    ),
    (
        "resource.type == DataType::\"strin\"",
        "own/policy.cedar:10:",
        Broken,
        &["strin"],
    ),
    (
        "resource in Domain::\"sale\"",
        "own/policy.cedar:10:",
        Loads,
        &["did you mean `sales`?", "[unknown-domain]"],
    ),
    (
        "principal == Team::\"sales-taem\"",
        "own/policy.cedar:10:",
        Loads,
        &["did you mean `sales-team`?", "[unknown-team]"],
    ),
    (
        "principal.roles.contains(\"privcy\")",
        "own/policy.cedar:10:",
        Loads,
        &["did you mean `privacy`?"],
    ),
    (
        "resource.contract.hasTag(\"teir\")",
        "own/policy.cedar:10:",
        Loads,
        &["did you mean `tier`?", "[unknown-tag]"],
    ),
    (
        "resource.name.containz(\"x\")",
        "own/policy.cedar:10:",
        Broken,
        &["containz"],
    ),
    (
        "resource.name = \"x\"",
        "own/policy.cedar:10:",
        Broken,
        &["=="],
    ),
];

fn merged(play: impl FnOnce(&Repository)) -> Repository {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", SETTINGS)
        .write(PATH, ORDERS);
    play(&repository);
    repository.commit("base", "2026-06-01");
    repository
        .branch("change")
        .write(PATH, format!("{ORDERS}{OPEN}").replace("1.4.0", "1.5.0"))
        .commit("change", "2026-11-20");
    repository
}

/// Holds what is told against what is expected; returns what went wrong.
fn trouble(repository: &Repository, law: Law, said: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    let check = repository.meshlaw(&["policy", "check", "--strict"]);
    let told = check.stdout + &check.stderr;
    let expected = if law == Broken { 2 } else { 1 };
    if check.code != expected {
        wrong.push(format!(
            "`policy check` ends with {} and not {expected}",
            check.code
        ));
    }
    let missing = said.iter().filter(|text| !told.contains(**text));
    wrong.extend(missing.map(|text| format!("`policy check` does not say {text:?}")));
    let gate = repository.gate(&["--format", "json"]);
    match law {
        Broken if gate.code != 2 => wrong.push(format!("the gate ends with {}", gate.code)),
        Loads if gate.code != 1 => wrong.push(format!("the gate ends with {}", gate.code)),
        Loads => {
            let report: serde_json::Value = serde_json::from_str(&gate.stdout).unwrap();
            let blocks = |finding: &&serde_json::Value| {
                finding["id"] == "org/privacy/pii-masked" && finding["blocking"] == true
            };
            if report["findings"]
                .as_array()
                .unwrap()
                .iter()
                .find(blocks)
                .is_none()
            {
                wrong.push("the gate lets personal data pass".to_owned());
            }
        }
        Broken => {}
    }
    if !wrong.is_empty() {
        let told: String = told.chars().take(3_000).collect();
        wrong.push(format!(
            "{told}{}",
            gate.stderr.chars().take(1_000).collect::<String>()
        ));
    }
    wrong
}

#[test]
fn no_trick_loosens_the_floor() {
    let mut wrong = Vec::new();
    for trick in TRICKS {
        let found = trouble(&merged(trick.play), trick.law, trick.said);
        if !found.is_empty() {
            wrong.push(format!("== {}\n{}", trick.name, found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn slips_are_told_with_their_place_and_what_was_meant() {
    let mut wrong = Vec::new();
    for (condition, place, law, said) in SLIPS {
        let said = [&[*place][..], said].concat();
        let found = trouble(&merged(|r| when(r, condition)), *law, &said);
        if !found.is_empty() {
            wrong.push(format!("== {condition}\n{}", found.join("\n")));
        }
    }
    for (from, to, said) in [
        (
            "@severity",
            "@severty",
            &["own/policy.cedar:1:1", "did you mean `@severity`?"][..],
        ),
        (
            "\"error\"",
            "\"eror\"",
            &["own/policy.cedar:1:1", "did you mean `error`?"],
        ),
        (
            "\"soft\"",
            "\"softt\"",
            &["own/policy.cedar:2:1", "did you mean `soft`?"],
        ),
        (
            "\"publish\"",
            "\"publsh\"",
            &["own/policy.cedar:7:", "publish"],
        ),
        (
            "is Field",
            "is Feild",
            &["own/policy.cedar:8:", "did you mean `Field`"],
        ),
        ("forbid", "forbit", &["own/policy.cedar:5:1", "forbid"]),
    ] {
        let found = trouble(&merged(|r| own(r, OWN.replace(from, to))), Broken, said);
        if !found.is_empty() {
            wrong.push(format!("== {to}\n{}", found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A forbid that cannot be evaluated blocks by itself, and silences nobody.
#[test]
fn what_fails_to_run_blocks_beside_what_fires() {
    let repository = merged(|r| when(r, "resource.dataset.fieldCount * 9223372036854775807 < 0"));
    let (code, report) = repository.judge();
    assert_eq!(code, 1);
    let findings = report["findings"].as_array().unwrap();
    let failed = findings
        .iter()
        .find(|one| one["id"] == "domains/sales/own")
        .unwrap();
    assert_eq!(failed["enforcement"], "hard");
    assert!(
        failed["message"]
            .as_str()
            .unwrap()
            .contains("cannot be evaluated")
    );
}
