//! A contract that passes, the line that shows personal data openly, and the waiver that excuses it.

#![allow(dead_code, reason = "each test uses its own part")]

use super::Repository;

pub const ORDERS: &str = "\
schema: orders
version: 1.4.0
owner: sales-team
status: active
description: Orders as customers placed them
classification: confidential
purpose: fulfilment
legal_basis: contract
retention: 300 days
sla: { freshness: 1 hour, availability: 99.5% }
fields:
  - { name: order_id, type: string, required: true, primary_key: true, description: Identifier }
  - { name: note, type: string, description: What the customer wrote }
";

pub const EMAIL: &str = "  - { name: email, type: string, pii: contact, description: Address }\n";

pub const WAIVER: &str = "\
waiver: W-1
policy: org/privacy/pii-masked
contract: sales/orders
pointer: [fields, email]
reason: the tokeniser ships in March
ticket: GOV-1
approved_by: privacy-office
expires: 2027-01-31
";

pub const PATH: &str = "domains/sales/orders.contract.yaml";
pub const FILE: &str = "waivers/orders.waiver.yaml";

/// Shows an e-mail address openly, and raises the version for it.
pub fn show_email(repository: &Repository) {
    repository
        .write(PATH, format!("{}{EMAIL}", ORDERS.replace("1.4.0", "1.5.0")))
        .commit("show e-mail", "2026-11-20");
}
