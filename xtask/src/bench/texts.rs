//! Numbers in, the texts of an estate out: contracts as people write them, consumers, policies.

use std::fmt::Write as _;

use super::dice::Dice;
use super::shape::{DOMAINS, Shape};

/// Consumers of an estate.
pub const CONSUMERS: u64 = 3_000;

/// Domains that have a policy of their own.
const LAYERS: u64 = 5;

/// Types, and what a careful author says beside them.
const TYPES: [(&str, &[(&str, &str)]); 8] = [
    ("string", &[]),
    ("integer", &[]),
    ("long", &[]),
    (
        "decimal",
        &[("precision", "12"), ("scale", "2"), ("unit", "EUR")],
    ),
    ("boolean", &[]),
    ("date", &[]),
    ("timestamp", &[("format", "date-time")]),
    ("uuid", &[]),
];

/// Returns a contract: comments, flow and block style, quotes, block scalars and nested objects, in a
/// common estate about 4 kB. Of twenty, one has something that a policy finds.
pub fn contract(shape: Shape, number: u64, edition: u64) -> String {
    let mut dice = Dice::new(number + 1);
    let (domain, product) = (shape.domain(number), shape.product(number));
    let mut out = format!(
        "# Contract {number} of domain {domain}.\nschema: contract_{number}\nversion: 1.{edition}.0\n\
         owner: team{domain}\nproduct: p{product}\nstatus: active\ndescription: >-\n  What the data of this contract is, \
         in a sentence that somebody wrote\n  over two lines.\nclassification: confidential\n\
         purpose: [reporting, billing]\nlegal_basis: contract\nretention: 300 days\n\
         sla: {{ freshness: 15 minutes, availability: 99.5% }}\ntags: [\"t{domain}\", 'mesh']\nfields:\n  \
         - {{ name: id, type: string, required: true, primary_key: true, description: Number of the row }}\n"
    );
    for field in 0..shape.count(&mut dice) {
        let (ty, said) = dice.pick(&TYPES);
        let said: Vec<String> = said
            .iter()
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        let flow: String = said.iter().map(|one| format!(", {one}")).collect();
        let block: String = said.iter().map(|one| format!("    {one}\n")).collect();
        let required = dice.pick(&["true", "false"]);
        let name = format!(
            "field_{field}_{}",
            dice.pick(&["name", "amount", "state", "at"])
        );
        let _ = match dice.roll(9) {
            0 => writeln!(
                out,
                "  # What the next field is for.\n  - name: {name}\n    type: {ty}\n{block}    required: {required}\n    \
                 description: |\n      Something about field {field}\n      of contract {number}"
            ),
            1 => writeln!(
                out,
                "  - name: \"{name}\"\n    type: object\n    description: 'An object, quoted'\n    fields:\n      \
                 - {{ name: part, type: {ty}{flow}, description: Inside of it }}"
            ),
            2 => writeln!(
                out,
                "  - {{ name: {name}, type: string, enum: [open, closed, 'on hold'], description: A state }}"
            ),
            _ => writeln!(
                out,
                "  - {{ name: {name}, type: {ty}{flow}, required: {required}, description: The value of field {field} \
                 as customers gave it }}"
            ),
        };
    }
    if shape.refers && number.is_multiple_of(5) {
        let other = number / 3;
        let _ = writeln!(
            out,
            "  - {{ name: other, type: string, description: The row of another, \
             references: {{ contract: d{}/contract_{other}, field: id }} }}",
            shape.domain(other)
        );
    }
    let hidden = if dice.once_in(20) {
        ""
    } else {
        ", masking: hash"
    };
    let _ = write!(
        out,
        "  - {{ name: mail, type: string, pii: contact{hidden}, description: Where to write to }}\n\
         quality:\n  - unique: [id]\n  - no_nulls: [id]\n"
    );
    out
}

/// Returns where a consumer lies.
pub fn consumer_path(number: u64) -> String {
    format!("domains/d{}/uses/u{number}.consumer.yaml", number % DOMAINS)
}

/// Returns a consumer of one of the `contracts` from `first` on.
pub fn consumer(shape: Shape, number: u64, first: u64, contracts: u64) -> String {
    let contract = first + Dice::new(number + 7).roll(contracts);
    format!(
        "consumer: u{number}\nowner: team{}\nkind: dashboard\nuses:\n  - contract: d{}/contract_{contract}\n    \
         fields: [id]\n    purpose: reporting\n",
        number % DOMAINS,
        shape.domain(contract)
    )
}

/// Returns the settings: every built-in policy, and who there is.
pub fn settings() -> String {
    let mut out = "extends: [org]\ndomains:\n".to_owned();
    for domain in 0..DOMAINS {
        let _ = writeln!(out, "  d{domain}: {{ owner: team{domain} }}");
    }
    out.push_str("teams:\n");
    for team in 0..DOMAINS {
        let _ = writeln!(
            out,
            "  team{team}: {{ roles: [domain], slack: \"#team{team}\" }}"
        );
    }
    out
}

/// Returns the policies of domains: each with its path.
pub fn policies() -> Vec<(String, String)> {
    let policy = |domain: u64| {
        let text = "@severity(\"warning\")\n@enforcement(\"advisory\")\n\
                    @message(\"a field of twenty kinds has no unit\")\n@help(\"write `unit`\")\n\
                    forbid (principal, action == Action::\"publish\", resource is Field)\n\
                    when { resource.name like \"field_1?_amount\" && !(resource has unit) };\n";
        (
            format!("policies/domains/d{domain}/units/policy.cedar"),
            text.to_owned(),
        )
    };
    (0..LAYERS).map(policy).collect()
}

/// Returns a contract of about 10 kB in the Open Data Contract Standard.
pub fn odcs(number: u64) -> String {
    let mut dice = Dice::new(number + 3);
    let mut out = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: contract-{number}\nname: contract_{number}\n\
         version: 1.0.0\nstatus: active\ndomain: d0\ndescription:\n  purpose: What the data is for\n\
         schema:\n  - name: table_{number}\n    physicalName: table_{number}\n    description: A table\n    properties:\n"
    );
    for property in 0..62 {
        let ty = dice.pick(&["string", "integer", "number", "boolean", "date"]);
        let _ = writeln!(
            out,
            "      - name: field_{property}\n        logicalType: {ty}\n        required: {}\n        \
             description: The value of field {property} as customers gave it",
            dice.pick(&["true", "false"])
        );
        if ty == "string" && dice.once_in(2) {
            out.push_str("        logicalTypeOptions: { maxLength: 64 }\n");
        }
    }
    out.push_str("slaProperties:\n  - { property: latency, value: 4, unit: d }\n");
    out
}
