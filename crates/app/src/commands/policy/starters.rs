//! What a new policy begins as, by what it is about.

use super::new::About;

/// A policy that means something, to be changed into another.
pub struct Starter {
    pub about: About,
    pub message: &'static str,
    pub help: &'static str,
    pub action: &'static str,
    pub resource: &'static str,
    pub conditions: &'static str,
    /// Paths below the policy's folder, with their texts.
    pub examples: &'static [(&'static str, &'static str)],
}

const LEADS: &str = "schema: leads\nversion: 1.0.0\nowner: example-team\ndomain: {domain}\nfields:\n  - { name: id, type: \
                     string, required: true, description: Number of the lead }\n  - { name: email, type: string, \
                     description: Where to write }\n";

pub const STARTERS: &[Starter] = &[
    Starter {
        about: About::Contract,
        message: "the contract says nothing about what it holds",
        help: "write `description:` with a sentence on what the data is",
        action: "action == Action::\"publish\"",
        resource: "resource is Contract",
        conditions: "// Asked once for each contract. An attribute with `?` in the vocabulary needs `has` first.\n\
                     when { !(resource has description) }\n\
                     unless { resource has status && resource.status == Status::\"draft\" };",
        examples: &[
            (
                "allow/described.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\ndescription: People who asked for a call\n\
                 fields:\n  - { name: id, type: string }\n",
            ),
            (
                "allow/draft.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nstatus: draft\nfields:\n  - { name: id, type: \
                 string }\n",
            ),
            (
                "deny/active.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nstatus: active\nfields:\n  - { name: id, type: \
                 string }\n",
            ),
            (
                "deny/no-status.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nfields:\n  - { name: id, type: string }\n",
            ),
        ],
    },
    Starter {
        about: About::Dataset,
        message: "a dataset says nothing about what it holds",
        help: "write `description:` at the dataset",
        action: "action == Action::\"publish\"",
        resource: "resource is Dataset",
        conditions: "// Asked once for each dataset of a contract.\nwhen { !(resource has description) };",
        examples: &[
            (
                "allow/described.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\ndatasets:\n  - name: rows\n    description: One row \
                 a lead\n    fields:\n      - { name: id, type: string }\n",
            ),
            (
                "deny/bare.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\ndatasets:\n  - name: rows\n    fields:\n      - { \
                 name: id, type: string }\n",
            ),
        ],
    },
    Starter {
        about: About::Field,
        message: "a birthday tells more than anybody needs",
        help: "publish the year or an age group, and drop the day",
        action: "action == Action::\"publish\"",
        resource: "resource is Field",
        conditions: "// Asked once for each field, nested ones included. `nameTokens` are the words of the name.\n\
                     when { resource.nameTokens.contains(\"birthday\") }\n\
                     // Whoever hides it may keep it.\n\
                     unless { resource.isMasked || resource.isEncrypted };",
        examples: &[
            ("allow/none.contract.yaml", LEADS),
            (
                "allow/masked.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nfields:\n  - { name: birthday, type: date, masking: \
                 hash }\n",
            ),
            (
                "allow/encrypted.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nfields:\n  - { name: birthday, type: date, \
                 encrypted: true }\n",
            ),
            (
                "deny/clear.contract.yaml",
                "schema: leads\nversion: 1.0.0\nowner: example-team\nfields:\n  - { name: birthday, type: date }\n",
            ),
        ],
    },
    Starter {
        about: About::Change,
        message: "a field goes without a deprecation before it",
        help: "write `deprecated:` at the field first, and remove it when its sunset has come",
        action: "action in Action::\"change\"",
        resource: "resource",
        conditions: "// Asked once for each change; `meshlaw explain` lists the rules.\n\
                     when { context.rule == \"field-removed\" };",
        examples: &[
            ("allow/added/before.contract.yaml", LEADS),
            (
                "allow/added/after.contract.yaml",
                "schema: leads\nversion: 1.1.0\nowner: example-team\ndomain: {domain}\nfields:\n  - { name: id, type: \
                 string, required: true, description: Number of the lead }\n  - { name: email, type: string, \
                 description: Where to write }\n  - { name: source, type: string, description: Where it came from }\n",
            ),
            ("deny/removed/before.contract.yaml", LEADS),
            (
                "deny/removed/after.contract.yaml",
                "schema: leads\nversion: 2.0.0\nowner: example-team\ndomain: {domain}\nfields:\n  - { name: id, type: \
                 string, required: true, description: Number of the lead }\n",
            ),
        ],
    },
    Starter {
        about: About::Consumer,
        message: "data is read without saying what for",
        help: "write `purpose:` at the use",
        action: "action == Action::\"consume\"",
        resource: "resource is Contract",
        conditions: "// The principal is the consumer, the resource the contract that it reads.\n\
                     unless { context has purpose };",
        examples: &[
            ("allow/purpose/leads.contract.yaml", LEADS),
            (
                "allow/purpose/planner.consumer.yaml",
                "consumer: planner\nowner: growth\nkind: dashboard\nuses:\n  - { contract: {domain}/leads, purpose: \
                 planning of calls }\n",
            ),
            ("deny/no-purpose/leads.contract.yaml", LEADS),
            (
                "deny/no-purpose/planner.consumer.yaml",
                "consumer: planner\nowner: growth\nkind: dashboard\nuses:\n  - { contract: {domain}/leads }\n",
            ),
        ],
    },
    Starter {
        about: About::Waiver,
        message: "the waiver names no ticket",
        help: "write `ticket:` with where it was decided",
        action: "action == Action::\"waive\"",
        resource: "resource",
        conditions: "// The principal is the waiver, the resource what it would excuse.\nunless { principal.hasTicket };",
        examples: &[
            ("allow/ticket/leads.contract.yaml", LEADS),
            (
                "allow/ticket/one.waiver.yaml",
                "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: {domain}/leads\nreason: the tokeniser ships in \
                 March\nticket: GOV-1\napproved_by: privacy-office\nexpires: 2027-02-01\n",
            ),
            ("deny/no-ticket/leads.contract.yaml", LEADS),
            (
                "deny/no-ticket/one.waiver.yaml",
                "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: {domain}/leads\nreason: the tokeniser ships in \
                 March\napproved_by: privacy-office\nexpires: 2027-02-01\n",
            ),
        ],
    },
];
