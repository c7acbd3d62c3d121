//! What is looked for in policies: ids, what they mean, and what has it.

/// Something that a valid policy should not have.
#[derive(Debug, Clone, Copy)]
pub struct LintKind {
    /// Its id.
    pub id: &'static str,
    /// What it is, and why it matters.
    pub meaning: &'static str,
    /// What has it.
    pub example: Shown,
}

/// What shows a lint.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// The conditions of a policy on fields.
    Conditions(&'static str),
    /// Files, by path, of which the first has it. A README.md stands beside each policy, unless that
    /// is what it is about.
    Files(&'static [(&'static str, &'static str)]),
    /// The same, where the examples of the first have it.
    Examples(&'static [(&'static str, &'static str)]),
}

/// Every lint, sorted by id.
pub const LINTS: &[LintKind] = &[
    LintKind {
        id: "always-applies",
        meaning: "The policy has no condition, so that it fires on everything in its scope.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field);\n",
        )]),
    },
    LintKind {
        id: "attribute-against-itself",
        meaning: "Both sides of a comparison are the same, so that it is always true or always false.",
        example: Shown::Conditions("when { resource.name == resource.name }"),
    },
    LintKind {
        id: "beside-the-point",
        meaning: "The policy is never asked about an example: it passes for a reason that has nothing to do with it, \
                  such as a contract without fields for a policy on fields.",
        example: Shown::Examples(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
            (
                "org/privacy/private-masked/allow/masked.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields: []\n",
            ),
            (
                "org/privacy/private-masked/deny/open.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact }\n",
            ),
        ]),
    },
    LintKind {
        id: "compared-to-bool",
        meaning: "A condition is compared to `true` or `false`; it says as much by itself.",
        example: Shown::Conditions("when { resource.isMasked == false }"),
    },
    LintKind {
        id: "contradicting-conditions",
        meaning: "What has to hold must not hold elsewhere in the policy, so that it never fires.",
        example: Shown::Conditions("when { resource.isMasked } unless { resource.isMasked }"),
    },
    LintKind {
        id: "double-negation",
        meaning: "A condition is negated twice.",
        example: Shown::Conditions("when { !(!resource.isMasked) }"),
    },
    LintKind {
        id: "foreign-domain",
        meaning: "A domain's policy names another domain. It is only asked about its own, so that the condition is \
                  always false.",
        example: Shown::Conditions("when { resource in Domain::\"finance\" }"),
    },
    LintKind {
        id: "help-says-nothing",
        meaning: "`@help` repeats `@message` or has less than three words: whoever meets the finding does not learn \
                  what to do.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"mend it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
    LintKind {
        id: "may-overflow",
        meaning: "Numbers that a contract states are added, subtracted or multiplied. Where the result does not fit 64 \
                  bits the policy cannot be evaluated. Compare each number with a constant or a parameter.",
        example: Shown::Conditions(
            "when { resource has precision && resource has scale && resource.precision + resource.scale > 40 }",
        ),
    },
    LintKind {
        id: "mixed-letters",
        meaning: "The id has letters of two alphabets, such as a Cyrillic `а` among Latin ones: it looks like another \
                  id, and is none.",
        example: Shown::Files(&[(
            "org/privacy/private-m\u{430}sked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
    LintKind {
        id: "near-id",
        meaning: "The id of another policy, here or built in, differs in one letter; one of the two is taken for the \
                  other.",
        example: Shown::Files(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
            (
                "org/privacy/privates-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && resource.isNested };\n",
            ),
        ]),
    },
    LintKind {
        id: "never-blocks",
        meaning: "The enforcement is hard or soft and the severity a note, which nothing fails on by default.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"note\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
    LintKind {
        id: "never-filled",
        meaning: "No contract format in use can state the attribute, so that the condition never turns. Which formats are \
                  in use is what the contracts of the folder say; `isCritical` is in the Open Data Contract Standard \
                  alone.",
        example: Shown::Conditions("when { resource.isCritical }"),
    },
    LintKind {
        id: "never-lower-case",
        meaning: "`nameTokens` are in lower case, and this text is not, so that it is never among them.",
        example: Shown::Conditions("when { resource.nameTokens.contains(\"SSN\") }"),
    },
    LintKind {
        id: "no-readme",
        meaning: "The folder has no README.md: whoever meets a finding does not learn why.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
    LintKind {
        id: "not-read",
        meaning: "A file or a folder among the policies that is none, such as a schema of its own, a misspelt \
                  `policy.cedar` or a layer `Org`: whoever put it there believes that it holds.",
        example: Shown::Examples(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
            (
                "org/privacy/private-masked/allow/masked.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact, masking: hash }\n",
            ),
            (
                "org/privacy/private-masked/deny/open.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact }\n",
            ),
            (
                "org/privacy/private-masked/more.cedarschema",
                "entity Field;\n",
            ),
        ]),
    },
    LintKind {
        id: "number-out-of-range",
        meaning: "A rank or a bump goes from 0 to 3, and this number is none of them.",
        example: Shown::Conditions(
            "when { resource has classificationRank && resource.classificationRank > 4 }",
        ),
    },
    LintKind {
        id: "pattern-of-all",
        meaning: "`like \"*\"` is true of every text.",
        example: Shown::Conditions("when { resource.name like \"*\" }"),
    },
    LintKind {
        id: "pattern-without-star",
        meaning: "`like` without `*` is `==`; in Cedar `?` and `%` stand for themselves.",
        example: Shown::Conditions("when { resource.name like \"id_?\" }"),
    },
    LintKind {
        id: "repeated-condition",
        meaning: "The same condition stands twice where both have to hold.",
        example: Shown::Conditions("when { resource.isMasked && resource.isMasked }"),
    },
    LintKind {
        id: "repeated-example",
        meaning: "Two examples have the same texts.",
        example: Shown::Examples(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
            (
                "org/privacy/private-masked/allow/hashed.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact, masking: hash }\n",
            ),
            (
                "org/privacy/private-masked/allow/masked.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact, masking: hash }\n",
            ),
            (
                "org/privacy/private-masked/deny/open.contract.yaml",
                "schema: a\nversion: 1.0.0\nowner: t\nfields:\n  - { name: mail, type: string, pii: contact }\n",
            ),
        ]),
    },
    LintKind {
        id: "repeated-member",
        meaning: "A set names a member twice.",
        example: Shown::Conditions("when { [\"a\", \"b\", \"a\"].contains(resource.name) }"),
    },
    LintKind {
        id: "set-of-one",
        meaning: "A set of one member is asked whether it contains something; `==` says the same.",
        example: Shown::Conditions("when { [\"a\"].contains(resource.name) }"),
    },
    LintKind {
        id: "shadowed",
        meaning: "Another policy fires on everything this one fires on, and is enforced as strictly.",
        example: Shown::Files(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked && resource.isNested };\n",
            ),
            (
                "org/privacy/masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
        ]),
    },
    LintKind {
        id: "since-out-of-order",
        meaning: "The stages of a roll-out are in the wrong order: another policy that fires wherever this one fires is \
                  enforced as strictly, and from the same day or an earlier one, so that this day never matters.",
        example: Shown::Files(&[
            (
                "org/privacy/private-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\n@since(\"2027-06-01\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked && resource.isNested };\n",
            ),
            (
                "org/privacy/all-masked/policy.cedar",
                "@severity(\"error\")\n@enforcement(\"hard\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\n@since(\"2027-03-01\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
            ),
        ]),
    },
    LintKind {
        id: "since-without-force",
        meaning: "`@since` is the day from which a policy blocks; an advisory or shadow policy never does.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"advisory\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\n@since(\"2027-01-01\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
    LintKind {
        id: "unknown-attribute",
        meaning: "Cedar takes `has` of an attribute that does not exist for false, without a word.",
        example: Shown::Conditions("when { resource has pii } unless { resource has maskng }"),
    },
    LintKind {
        id: "unknown-consumer",
        meaning: "Cedar does not check the ids of entities. There is no consumer of this name.",
        example: Shown::Files(&[(
            "org/privacy/private-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"a private field is read\")\n@help(\"read it from a masked copy\")\nforbid (principal is Consumer, action == Action::\"consume\", resource is Field)\nwhen { resource has pii && principal == Consumer::\"reprot\" };\n",
        )]),
    },
    LintKind {
        id: "unknown-contract",
        meaning: "Cedar does not check the ids of entities. There is no contract of this id, `domain/name`.",
        example: Shown::Conditions("when { resource in Contract::\"sales/ordrs\" }"),
    },
    LintKind {
        id: "unknown-domain",
        meaning: "Cedar does not check the ids of entities. The settings list domains, and this is none of them; or the \
                  folder of the policy itself is named after none.",
        example: Shown::Conditions("when { resource in Domain::\"finanse\" }"),
    },
    LintKind {
        id: "unknown-product",
        meaning: "The settings list products, and this is none of them.",
        example: Shown::Conditions("when { resource in Product::\"jurney\" }"),
    },
    LintKind {
        id: "unknown-tag",
        meaning: "No contract here has a key of this name among its free properties.",
        example: Shown::Conditions("when { resource.contract.hasTag(\"teir\") }"),
    },
    LintKind {
        id: "unknown-team",
        meaning: "The settings list teams, and this is none of them.",
        example: Shown::Conditions("when { principal.name == \"privacy-ofice\" }"),
    },
    LintKind {
        id: "unknown-term",
        meaning: "The glossary has terms, and this is none of them: no field ever lies in it.",
        example: Shown::Conditions("when { resource in Term::\"personal_identifer\" }"),
    },
    LintKind {
        id: "unknown-word",
        meaning: "An attribute with a closed list of words is held against a text that is none of them: rules, aspects \
                  and motions of changes, kinds of consumers, roles of teams.",
        example: Shown::Conditions("when { principal.roles.contains(\"privcy\") }"),
    },
    LintKind {
        id: "weakens-builtin",
        meaning: "The policy replaces a built-in one of the same id, and is enforced less strictly or less grave.",
        example: Shown::Files(&[(
            "org/privacy/pii-masked/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"shadow\")\n@message(\"a private field is open\")\n@help(\"write `masking: hash` on it\")\nforbid (principal, action == Action::\"publish\", resource is Field)\nwhen { resource has pii && !resource.isMasked };\n",
        )]),
    },
];
