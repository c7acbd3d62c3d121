//! The reports that every format is shown with.

use std::collections::BTreeMap;

use meshlaw_report::{
    Bump, Change, Command, Condition, ConsumerContact, ContractSummary, Effect, Enforcement,
    Exception, Excerpt, Explanation, Finding, Fix, Impact, Kind, Location, Position, Product,
    Related, Report, Revision, Severity, Side, State, Witness,
};
use serde_json::json;

const LEADS: &str = "domains/marketing/marketing_leads.contract.yaml";
const BASE: &str = "ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12";
const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

/// Text that tries to be read as something else, in each format.
pub const HOSTILE: &str = "x`::error::%0A<script>]]></script>[x](javascript:alert(1)) ![i](u) \
     @everyone \u{1b}[31m\u{202e}live\u{200b} a|b ##[group]\n::warning::y\r--> <!-- ```";

/// A pull request that breaks things, with something of everything.
pub fn failing_gate() -> Report {
    let mut report = Report {
        contracts: vec![
            contract(
                "marketing/marketing_leads",
                LEADS,
                Bump::Major,
                Bump::Minor,
                Impact::Breaking,
            ),
            contract(
                "finance/größen",
                "domains/finance/größen.contract.yaml",
                Bump::Patch,
                Bump::Patch,
                Impact::Safe,
            ),
        ],
        contract_count: 2,
        changes: changes(),
        findings: findings(),
        explanations: explanations(),
        notes: vec![
            "`policies/` changed as well; what that does is reported, not applied".to_owned(),
        ],
        ..empty(Command::Gate)
    };
    report.sort();
    report
}

/// A pull request that does no harm.
pub fn passing_gate() -> Report {
    Report {
        contracts: vec![contract(
            "marketing/marketing_leads",
            LEADS,
            Bump::Patch,
            Bump::Patch,
            Impact::Safe,
        )],
        contract_count: 1,
        changes: vec![description_change(
            "the old words".to_owned(),
            "the new words".to_owned(),
        )],
        ..empty(Command::Gate)
    }
}

/// A gate over text that wants to be more than text.
pub fn hostile_gate() -> Report {
    let place = at(
        &format!("domains/{HOSTILE}.yaml"),
        3,
        5,
        &format!("  - {HOSTILE}"),
        8,
    );
    let who = || vec![consumer(HOSTILE, HOSTILE, &["@org/team", HOSTILE])];
    let mut contract = contract(HOSTILE, HOSTILE, Bump::Major, Bump::None, Impact::Breaking);
    contract.after = Some(HOSTILE.to_owned());
    Report {
        contracts: vec![contract],
        contract_count: 1,
        changes: vec![Change {
            rule: "field-removed".to_owned(),
            contract: HOSTILE.to_owned(),
            part: HOSTILE.to_owned(),
            before: Some(HOSTILE.to_owned()),
            after: Some(format!("{HOSTILE} {HOSTILE} more")),
            message: format!("the field `{HOSTILE}` was removed"),
            help: Some(format!("bring `{HOSTILE}` back")),
            location: place.clone(),
            witness: Some(rows(json!({ HOSTILE: HOSTILE }))),
            consumers: who(),
            ..field_removed()
        }],
        findings: vec![
            Finding {
                contract: Some(HOSTILE.to_owned()),
                part: Some(HOSTILE.to_owned()),
                owner: Some(HOSTILE.to_owned()),
                message: format!("name `{HOSTILE}` is not allowed"),
                help: Some(HOSTILE.to_owned()),
                notes: vec![HOSTILE.to_owned()],
                location: Some(place.clone()),
                related: vec![Related {
                    location: place,
                    message: HOSTILE.to_owned(),
                }],
                consumers: who(),
                witness: Some(rows(json!({ HOSTILE: HOSTILE }))),
                exception: Some(Box::new(Exception {
                    path: HOSTILE.to_owned(),
                    text: HOSTILE.to_owned(),
                    approvers: vec![HOSTILE.to_owned()],
                })),
                fix: Some(Box::new(Fix {
                    title: HOSTILE.to_owned(),
                    path: HOSTILE.to_owned(),
                    start: Position { line: 3, column: 1 },
                    end: Position { line: 3, column: 5 },
                    text: HOSTILE.to_owned(),
                })),
                ..finding(HOSTILE, Severity::Error, State::New)
            },
            Finding {
                message: HOSTILE.to_owned(),
                ..finding(HOSTILE, Severity::Error, State::Mended)
            },
        ],
        notes: vec![HOSTILE.to_owned()],
        explanations: [(
            HOSTILE.to_owned(),
            Explanation {
                title: HOSTILE.to_owned(),
                markdown: HOSTILE.to_owned(),
            },
        )]
        .into(),
        ..empty(Command::Gate)
    }
}

/// One finding over text that wants to be more than text, short enough to read in each format.
pub fn hostile_check() -> Report {
    let place = at(
        "domains/%0A::error::,x.yaml",
        3,
        14,
        "  - { name: \u{202e}\u{1b}[31m@everyone ```, type: a|b }",
        12,
    );
    Report {
        base: None,
        contract_count: 1,
        findings: vec![Finding {
            message: "name `a`@everyone::error::%0A` is <b>not</b> ##[error] [allowed](javascript:alert(1))".to_owned(),
            notes: vec!["name is `\u{202e}a|b`\n::warning::x".to_owned()],
            why: [Condition {
                missing: vec!["\"`|]\u{202e}\n##[error]\"".to_owned()],
                ..condition("resource.x\n::error::", 3, false, &[("a", "<b>"), ("b", "@everyone")])
            }]
            .into(),
            location: Some(place),
            part: Some("a`b".to_owned()),
            ..finding("org/naming/plain", Severity::Error, State::New)
        }],
        ..empty(Command::Check)
    }
}

/// A first pull request, before there is any law.
pub fn bootstrap_gate() -> Report {
    Report {
        bootstrap: true,
        contract_count: 1,
        findings: vec![Finding {
            enforcement: Enforcement::Advisory,
            ..finding("org/privacy/pii-masked", Severity::Error, State::New)
        }],
        notes: vec![
            "bootstrap: there is no `meshlaw.yaml` at `main` yet, so built-in policies only advise"
                .to_owned(),
        ],
        ..empty(Command::Gate)
    }
}

/// An estate of three domains.
pub fn audit() -> Report {
    let of = |domain: &str, name: &str, id: &str, severity, line| {
        let path = format!("domains/{domain}/{name}.contract.yaml");
        Finding {
            domain: Some(domain.to_owned()),
            contract: Some(format!("{domain}/{name}")),
            location: Some(at(&path, line, 5, "  - { name: email, type: string }", 31)),
            rule: None,
            fix: None,
            exception: None,
            fingerprint: format!("{id}{name}{line}"),
            ..finding(id, severity, State::New)
        }
    };
    let masked = "org/privacy/pii-masked";
    let mut report = Report {
        base: None,
        contract_count: 1_204,
        findings: vec![
            of("sales", "orders", masked, Severity::Error, 9),
            of("sales", "orders", masked, Severity::Error, 12),
            of("sales", "returns", "org/sla/stated", Severity::Warning, 1),
            of("marketing", "leads", masked, Severity::Error, 14),
            of(
                "marketing",
                "leads",
                "contract/no-description",
                Severity::Note,
                14,
            ),
            of(
                "marketing",
                "leads",
                "contract/no-description",
                Severity::Note,
                15,
            ),
            Finding {
                enforcement: Enforcement::Shadow,
                ..of("finance", "ledger", "org/next/units", Severity::Error, 4)
            },
            Finding {
                kind: Kind::Waiver,
                message: "waiver `W-2026-014` expired on 2026-10-31".to_owned(),
                help: Some("renew it, or mend what it excuses".to_owned()),
                location: Some(whole_file("waivers/crm.waiver.yaml", Side::Head)),
                notes: Vec::new(),
                contract: None,
                domain: None,
                owner: None,
                part: None,
                pointer: Vec::new(),
                ..finding("waiver/expired", Severity::Warning, State::New)
            },
        ],
        counted: Vec::new(),
        products: vec![Product {
            name: "lead-funnel".to_owned(),
            owner: Some("marketing-team".to_owned()),
            domain: Some("marketing".to_owned()),
            contracts: vec!["marketing/marketing_leads".to_owned()],
        }],
        ..empty(Command::Audit)
    };
    report.sort();
    report
}

/// Two files, the newer of which breaks readers of the older.
pub fn diff() -> Report {
    let revision = |name: &str| Revision {
        id: name.to_owned(),
        name: name.to_owned(),
    };
    let mut report = Report {
        base: Some(revision("old.yaml")),
        head: revision("new.yaml"),
        pair: Some((Impact::Breaking, Bump::Major)),
        contracts: vec![contract(
            "marketing/marketing_leads",
            LEADS,
            Bump::Major,
            Bump::Minor,
            Impact::Breaking,
        )],
        contract_count: 1,
        changes: changes(),
        ..empty(Command::Diff)
    };
    report.sort();
    report
}

/// One file that cannot be read as a contract.
pub fn broken_check() -> Report {
    let line = "\tfeilds: [ { name: größe, 型: string } ]";
    Report {
        base: None,
        contracts: Vec::new(),
        contract_count: 1,
        findings: vec![
            Finding {
                kind: Kind::Contract,
                enforcement: Enforcement::Hard,
                message: "unknown key `型`".to_owned(),
                help: Some("did you mean `type`?".to_owned()),
                notes: Vec::new(),
                location: Some(at("leads.contract.yaml", 7, 27, line, 1)),
                part: Some("größe.型".to_owned()),
                ..finding("contract/unknown-key", Severity::Error, State::New)
            },
            Finding {
                kind: Kind::Input,
                enforcement: Enforcement::Hard,
                message: "the file is no UTF-8 text".to_owned(),
                help: Some("save it as UTF-8".to_owned()),
                notes: Vec::new(),
                location: Some(whole_file("leads.contract.yaml", Side::Head)),
                contract: None,
                domain: None,
                owner: None,
                part: None,
                pointer: Vec::new(),
                ..finding("input/no-text", Severity::Error, State::New)
            },
        ],
        ..empty(Command::Check)
    }
}

/// More findings than any comment or annotation list can hold.
pub fn endless_gate() -> Report {
    let many = |index: u32| Finding {
        message: format!("number {index}: {}", "long words ".repeat(90)),
        notes: vec!["long note ".repeat(90); 9],
        rule: None,
        fix: None,
        exception: None,
        fingerprint: index.to_string(),
        location: Some(at("a.yaml", index + 1, 1, &"long source ".repeat(90), 4)),
        ..finding("org/privacy/pii-masked", Severity::Error, State::New)
    };
    let mut report = Report {
        findings: (0..400).map(many).collect(),
        ..empty(Command::Gate)
    };
    let name = |index: usize| {
        contract(
            &format!("a/{index}"),
            "a.yaml",
            Bump::None,
            Bump::None,
            Impact::Safe,
        )
    };
    report.contracts = (0..400).map(name).collect();
    report.sort();
    report
}

fn empty(command: Command) -> Report {
    Report {
        command,
        base: Some(Revision {
            id: BASE.to_owned(),
            name: "main".to_owned(),
        }),
        head: Revision {
            id: HEAD.to_owned(),
            name: "HEAD".to_owned(),
        },
        as_of: "2026-11-23".to_owned(),
        fail_on: Severity::Error,
        all: false,
        bootstrap: false,
        contracts: Vec::new(),
        contract_count: 0,
        changes: Vec::new(),
        findings: Vec::new(),
        counted: Vec::new(),
        products: Vec::new(),
        pair: None,
        notes: Vec::new(),
        law_impact: None,
        coming: Vec::new(),
        explanations: BTreeMap::new(),
    }
}

fn explanations() -> BTreeMap<String, Explanation> {
    let masked = Explanation {
        title: "personal data must be masked".to_owned(),
        markdown: "# Masked personal data\n\nWho may not see it must not see it.\n".to_owned(),
    };
    BTreeMap::from([("org/privacy/pii-masked".to_owned(), masked)])
}

fn changes() -> Vec<Change> {
    let words = "The score that the model gives a lead, from 0 to 100, where a higher one is more \
                 likely to buy; it is computed each night from the visits of the last 28 days";
    vec![
        field_removed(),
        Change {
            rule: "field-made-optional".to_owned(),
            pointer: vec!["fields".to_owned(), "source".to_owned()],
            part: "source".to_owned(),
            before: Some("required".to_owned()),
            after: Some("optional".to_owned()),
            message: "`source` may now be missing or null".to_owned(),
            help: Some("keep it required, or raise the version to 3.0.0".to_owned()),
            location: at(
                LEADS,
                9,
                13,
                "  - { name: source, type: string, required: false }",
                6,
            ),
            related: Vec::new(),
            witness: Some(rows(json!({ "source": null }))),
            ..field_removed()
        },
        Change {
            rule: "owner-changed".to_owned(),
            pointer: vec!["owner".to_owned()],
            part: "owner".to_owned(),
            effect: Effect::Neutral,
            impact: Impact::Risky,
            before: Some("marketing-team".to_owned()),
            after: Some("growth-team".to_owned()),
            message: "the owner changed from `marketing-team` to `growth-team`".to_owned(),
            help: Some("tell the consumers whom to ask from now on".to_owned()),
            location: at(LEADS, 3, 8, "owner: growth-team", 11),
            related: Vec::new(),
            witness: None,
            consumers: Vec::new(),
            ..field_removed()
        },
        description_change(
            words.to_owned(),
            words
                .replace("each night", "every hour")
                .replace("28", "14"),
        ),
    ]
}

fn field_removed() -> Change {
    Change {
        rule: "field-removed".to_owned(),
        contract: "marketing/marketing_leads".to_owned(),
        pointer: vec!["fields".to_owned(), "email".to_owned()],
        part: "email".to_owned(),
        effect: Effect::Loosens,
        impact: Impact::Breaking,
        before: Some("string".to_owned()),
        after: None,
        message: "the field `email` was removed, and no sunset had announced it".to_owned(),
        help: Some("bring it back and deprecate it with a sunset first".to_owned()),
        domain: Some("marketing".to_owned()),
        owner: Some("marketing-team".to_owned()),
        location: at(LEADS, 6, 1, "fields:", 6),
        related: vec![Related {
            location: Location {
                side: Side::Base,
                ..at(
                    LEADS,
                    8,
                    13,
                    "  - { name: email, type: string, pii: email }",
                    5,
                )
            },
            message: "it stood here".to_owned(),
        }],
        witness: Some(Witness::Structure),
        consumers: vec![
            consumer(
                "revenue-forecast",
                "finance-analytics",
                &["@org/finance-analytics", "#fin-data"],
            ),
            ConsumerContact {
                name: "nightly-export".to_owned(),
                owner: None,
                reach: Vec::new(),
                mention: None,
            },
        ],
    }
}

fn description_change(before: String, after: String) -> Change {
    Change {
        rule: "description-changed".to_owned(),
        pointer: vec![
            "fields".to_owned(),
            "score".to_owned(),
            "description".to_owned(),
        ],
        part: "score".to_owned(),
        effect: Effect::Neutral,
        impact: Impact::Safe,
        before: Some(before),
        after: Some(after),
        message: "the description of `score` was edited".to_owned(),
        help: Some("reread it as a consumer would".to_owned()),
        location: at(LEADS, 11, 18, "    description: The score", 9),
        related: Vec::new(),
        witness: None,
        consumers: Vec::new(),
        ..field_removed()
    }
}

fn findings() -> Vec<Finding> {
    let removed = field_removed();
    vec![
        Finding {
            message: format!(
                "readers must not be broken without a new major: {}",
                removed.message
            ),
            help: Some(
                "raise the version to 3.0.0 in a file of its own, or keep the field".to_owned(),
            ),
            notes: vec![
                "impact is breaking".to_owned(),
                "bumpDeclared is minor".to_owned(),
            ],
            rule: Some(removed.rule),
            pointer: removed.pointer,
            part: Some(removed.part),
            location: Some(removed.location),
            related: removed.related,
            consumers: removed.consumers,
            ..finding("org/change/no-silent-break", Severity::Error, State::New)
        },
        Finding {
            exception: Some(Box::new(Exception {
                path: "waivers/marketing/marketing_leads-pii-masked-00c0ffee.waiver.yaml"
                    .to_owned(),
                text: "waiver: W-2026-00c0ffee00c0\npolicy: org/privacy/pii-masked\n\
                       contract: marketing/marketing_leads\npointer: [fields, phone]\n\
                       reason: TODO\napproved_by: privacy-office\nexpires: 2027-02-21\n"
                    .to_owned(),
                approvers: vec!["privacy-office".to_owned()],
            })),
            ..finding("org/privacy/pii-masked", Severity::Error, State::New)
        },
        Finding {
            kind: Kind::Version,
            message: "2.2.0 is too small a step for these changes".to_owned(),
            help: Some("raise the version to 3.0.0 or above".to_owned()),
            notes: vec!["field-removed asks for a major step".to_owned()],
            pointer: vec!["version".to_owned()],
            part: Some("version".to_owned()),
            location: Some(at(LEADS, 2, 10, "version: 2.2.0", 5)),
            fix: Some(Box::new(Fix {
                title: "raise the version from `2.2.0` to `3.0.0`".to_owned(),
                path: LEADS.to_owned(),
                start: Position {
                    line: 2,
                    column: 10,
                },
                end: Position {
                    line: 2,
                    column: 15,
                },
                text: "3.0.0".to_owned(),
            })),
            ..finding("version/too-small", Severity::Error, State::New)
        },
        Finding {
            enforcement: Enforcement::Advisory,
            message: "regions should lie in the union".to_owned(),
            location: Some(whole_file(LEADS, Side::Head)),
            ..finding("org/residency/regions", Severity::Error, State::New)
        },
        Finding {
            message: "a contract should state its retention".to_owned(),
            location: Some(Location {
                excerpt: None,
                ..at(LEADS, 1, 1, "", 1)
            }),
            ..finding("org/retention/stated", Severity::Warning, State::New)
        },
        finding("org/old/one", Severity::Error, State::Existing),
        finding("org/old/two", Severity::Warning, State::Existing),
        finding("org/old/mended", Severity::Error, State::Mended),
        finding("org/old/waived", Severity::Error, State::Waived),
        Finding {
            enforcement: Enforcement::Shadow,
            ..finding("org/next/units", Severity::Error, State::New)
        },
        Finding {
            kind: Kind::Settings,
            message: "the domain `sales` has no team".to_owned(),
            help: Some("name one under `domains` in `meshlaw.yaml`".to_owned()),
            notes: Vec::new(),
            location: None,
            contract: None,
            domain: None,
            owner: None,
            part: None,
            pointer: Vec::new(),
            ..finding("settings/no-team", Severity::Note, State::New)
        },
    ]
}

fn finding(id: &str, severity: Severity, state: State) -> Finding {
    Finding {
        id: id.to_owned(),
        kind: Kind::Policy,
        severity,
        enforcement: Enforcement::Soft,
        state,
        message: "personal data must be masked".to_owned(),
        help: Some("state `masking`, or ask the privacy office for a waiver".to_owned()),
        notes: vec![
            "pii is phone".to_owned(),
            "masking is not stated".to_owned(),
        ],
        why: [
            condition(
                "resource has pii",
                10,
                true,
                &[("resource.pii", "\"phone\"")],
            ),
            condition("resource.isMasked", 11, false, &[]),
        ]
        .into(),
        location: Some(at(
            LEADS,
            10,
            13,
            "  - { name: phone, type: string, pii: phone, description: Vom Käufer genannte Nummer für Rückrufe 電話番号 }",
            5,
        )),
        related: Vec::new(),
        contract: Some("marketing/marketing_leads".to_owned()),
        pointer: vec!["fields".to_owned(), "phone".to_owned()],
        part: Some("phone".to_owned()),
        domain: Some("marketing".to_owned()),
        owner: Some("marketing-team".to_owned()),
        consumers: Vec::new(),
        witness: None,
        rule: None,
        fix: None,
        exception: None,
        fingerprint: "00c0ffee00c0ffee".to_owned(),
    }
}

fn condition(text: &str, line: u32, holds: bool, values: &[(&str, &str)]) -> Condition {
    let value = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Condition {
        text: text.to_owned(),
        line,
        column: 8,
        holds,
        values: values.iter().map(value).collect(),
        missing: Vec::new(),
    }
}

fn contract(
    name: &str,
    path: &str,
    required: Bump,
    declared: Bump,
    impact: Impact,
) -> ContractSummary {
    ContractSummary {
        contract: name.to_owned(),
        path: path.to_owned(),
        domain: name.split_once('/').map(|(domain, _)| domain.to_owned()),
        owner: Some("marketing-team".to_owned()),
        before: Some("2.1.0".to_owned()),
        after: Some("2.2.0".to_owned()),
        required,
        declared: Some(declared),
        impact,
    }
}

fn consumer(name: &str, owner: &str, reach: &[&str]) -> ConsumerContact {
    ConsumerContact {
        name: name.to_owned(),
        owner: Some(owner.to_owned()),
        reach: reach.iter().map(|way| (*way).to_owned()).collect(),
        mention: reach.first().map(|way| (*way).to_owned()),
    }
}

fn rows(row: serde_json::Value) -> Witness {
    Witness::Rows {
        rows: vec![row],
        allowed_by: Side::Head,
    }
}

fn at(path: &str, line: u32, column: u32, text: &str, length: u32) -> Location {
    Location {
        path: path.to_owned(),
        line,
        column,
        side: Side::Head,
        excerpt: Some(Excerpt {
            line: text.to_owned(),
            length,
        }),
    }
}

fn whole_file(path: &str, side: Side) -> Location {
    Location {
        path: path.to_owned(),
        line: 0,
        column: 0,
        side,
        excerpt: None,
    }
}
