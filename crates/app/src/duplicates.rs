//! Names and places of contracts in, those that two contracts claim out.

use std::collections::BTreeMap;

use meshlaw_contract::Pointer;
use meshlaw_policy::Identity;
use meshlaw_report::{Finding, Kind, Location, Related, Severity};

use crate::findings::{About, Draft, make};
use crate::revision::Revision;
use crate::settings::Settings;

/// A contract's claim to its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    identity: Identity,
    major: Option<u64>,
    location: Location,
}

impl Claim {
    /// Returns the claim of a contract that states its name.
    pub fn of(revision: &Revision<'_>) -> Option<Self> {
        let contract = revision.contract()?;
        contract.name.as_ref()?;
        Some(Self {
            identity: revision.identity.clone(),
            major: contract.version.as_ref().map(|version| version.major),
            location: revision.locate(&Pointer::root().word("schema")),
        })
    }
}

/// Says which contracts bear one name in one domain and one major version.
///
/// A second contract of the same name could stand in for the first, so that a break of the first
/// looks like something new.
pub fn find(settings: &Settings, mut claims: Vec<Claim>) -> Vec<Finding> {
    claims.sort();
    let mut seen: BTreeMap<(String, Option<u64>), Claim> = BTreeMap::new();
    let mut findings = Vec::new();
    for claim in claims {
        let key = (claim.identity.id(), claim.major);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, claim);
            continue;
        };
        let draft = Draft {
            id: "contract/duplicate-contract",
            kind: Kind::Contract,
            severity: Severity::Error,
            about: About {
                identity: Some(&claim.identity),
                owner: None,
            },
            pointer: Pointer::root().word("schema").name(&claim.location.path),
            message: format!("a second contract bears the name `{}`", claim.identity.id()),
            help: Some(
                "rename or remove one; a new major version beside the old one is no duplicate"
                    .to_owned(),
            ),
            location: Some(claim.location.clone()),
        };
        let related = Related {
            location: first.location.clone(),
            message: "the first stands here".to_owned(),
        };
        findings.extend(make(settings, draft).map(|finding| Finding {
            related: vec![related],
            ..finding
        }));
    }
    findings
}
