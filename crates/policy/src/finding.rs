//! Violations in, findings out.

use std::sync::Arc;

use jiff::civil::Date;
use meshlaw_contract::Pointer;
use meshlaw_report::{Enforcement, Finding, Kind, Location, Severity, State};

use crate::judge::{Cause, Violation};
use crate::ruling::{Ruling, enforcement_on};
use crate::view::Identity;

/// What a finding says of the contract that it is about.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'c> {
    /// The contract.
    pub identity: &'c Identity,
    /// Its owner.
    pub owner: Option<&'c str>,
    /// There was no law yet, so that what is built in only advises.
    pub bootstrap: bool,
    /// The date that is taken for today.
    pub as_of: Date,
}

/// Makes the finding for a violation, but for its place.
pub fn finding(violation: &Violation<'_>, origin: Origin<'_>, state: State) -> Finding {
    let policy = violation.policy;
    let mut notes: Vec<String> = Vec::new();
    let (severity, enforcement, message, help) = match &violation.cause {
        Cause::Forbidden => (
            policy.severity,
            enforcement_on(policy, origin.as_of, origin.bootstrap),
            policy.message.clone(),
            policy.help.clone(),
        ),
        // A policy that cannot be evaluated guards nothing, so it blocks whatever it enforces.
        Cause::Failed(error) => (
            Severity::Error,
            Enforcement::Hard,
            format!("this policy cannot be evaluated here: {error}"),
            "tell the governance council; until the policy is mended, nobody knows whether this may pass".to_owned(),
        ),
    };
    notes.extend(violation.facts.iter().map(|(name, value)| match value {
        Some(value) => format!("{name} is {value}"),
        None => format!("{name} is not stated"),
    }));
    let ruling = policy.ruling_on(origin.as_of);
    let differs = |ruling: &&Ruling| ruling.enforcement != policy.written;
    if let (Cause::Forbidden, Some(ruling)) = (&violation.cause, ruling.filter(differs)) {
        notes.push(format!(
            "the settings make `{}` {}: {}",
            ruling.subject,
            ruling.told(),
            ruling.reason
        ));
    }
    let would_block = policy.enforcement(origin.as_of) >= Enforcement::Soft;
    let is_early = |since: &Date| would_block && origin.as_of < *since;
    if let Some(since) = policy.since.filter(is_early) {
        notes.push(format!("this policy only advises until {since}"));
    }
    Finding {
        id: policy.id.to_string(),
        kind: Kind::Policy,
        severity,
        enforcement,
        state,
        message,
        help: Some(help),
        notes,
        why: Arc::clone(&violation.why),
        location: None,
        related: Vec::new(),
        contract: Some(origin.identity.id()),
        pointer: violation.pointer.to_strings(),
        part: (!violation.pointer.is_root()).then(|| violation.pointer.to_string()),
        domain: Some(origin.identity.domain.clone()),
        owner: origin.owner.map(str::to_owned),
        consumers: Vec::new(),
        witness: None,
        rule: None,
        fix: None,
        exception: None,
        fingerprint: fingerprint(
            policy.id.as_str(),
            Some(&origin.identity.id()),
            &violation.pointer,
        ),
    }
}

/// Makes the finding that credits a violation's end.
pub fn mended_finding(
    violation: &Violation<'_>,
    origin: Origin<'_>,
    location: Location,
) -> Finding {
    Finding {
        location: Some(location),
        ..finding(violation, origin, State::Mended)
    }
}

/// Names a finding so that unrelated edits do not change the name: 16 hexadecimal digits.
pub fn fingerprint(id: &str, contract: Option<&str>, pointer: &Pointer) -> String {
    // FNV-1a: stable across releases and platforms, which the standard hasher does not promise.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let keys = pointer.keys().iter().map(meshlaw_contract::Key::as_str);
    for part in [id, contract.unwrap_or_default()].into_iter().chain(keys) {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
