//! Names and places of contracts in, those that two contracts claim out.

use std::collections::BTreeMap;

use meshlaw_contract::Pointer;
use meshlaw_contract::model::Version;
use meshlaw_policy::Identity;
use meshlaw_report::{Finding, Kind, Location, Related, Severity};
use serde::{Deserialize, Serialize};

use crate::atlas::Sketch;
use crate::findings::{About, Draft, make};
use crate::revision::Revision;
use crate::settings::Settings;

/// A contract's claim to its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Claim {
    identity: Identity,
    major: Option<u64>,
    /// Whether the contract is judged; one that only stands beside is not complained of.
    is_judged: bool,
    location: Location,
}

impl Claim {
    /// Returns the claim of a contract that states its name.
    pub fn of(revision: &Revision<'_>) -> Option<Self> {
        let contract = revision.contract()?;
        contract.name.as_ref()?;
        Some(Self {
            identity: revision.identity.clone(),
            major: contract.version.as_ref().and_then(Version::major),
            is_judged: true,
            location: revision.locate(&Pointer::root().word("schema")),
        })
    }

    /// Returns the claim of a contract to its stable id.
    pub fn of_id(revision: &Revision<'_>) -> Option<Self> {
        let contract = revision.contract()?;
        contract.id.as_ref()?;
        Some(Self {
            identity: revision.identity.clone(),
            major: contract.version.as_ref().and_then(Version::major),
            is_judged: true,
            location: revision.locate(&Pointer::root().word("id")),
        })
    }

    /// Returns the name that is claimed, as `domain/name`.
    pub fn id(&self) -> String {
        self.identity.id()
    }

    /// Returns the claim of a contract that the branch did not touch.
    pub fn standing(sketch: &Sketch, location: Location) -> Self {
        Self {
            identity: sketch.identity.clone(),
            major: sketch.version.as_ref().and_then(Version::major),
            is_judged: false,
            location,
        }
    }

    /// Returns the same claim of a contract that the branch did not touch.
    #[must_use]
    pub fn into_standing(self) -> Self {
        Self {
            is_judged: false,
            ..self
        }
    }
}

/// Says which contracts bear one name in one domain and one major version.
///
/// A second contract of the same name could stand in for the first, so that a break of the first
/// looks like something new.
pub fn find(settings: &Settings, mut claims: Vec<Claim>) -> Vec<Finding> {
    claims.sort_by(|one, other| (one.is_judged, one).cmp(&(other.is_judged, other)));
    let mut seen: BTreeMap<(String, Option<u64>), Claim> = BTreeMap::new();
    let mut findings = Vec::new();
    for claim in claims {
        let key = (claim.identity.id(), claim.major);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, claim);
            continue;
        };
        if !claim.is_judged {
            continue;
        }
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

/// Says which contracts of different names bear one stable id.
///
/// Versions of one contract beside each other share their id on purpose.
pub fn of_ids(settings: &Settings, mut claims: Vec<(String, Claim)>) -> Vec<Finding> {
    claims.sort_by(|one, other| {
        (&one.0, one.1.is_judged, &one.1).cmp(&(&other.0, other.1.is_judged, &other.1))
    });
    let mut seen: BTreeMap<String, Claim> = BTreeMap::new();
    let mut findings = Vec::new();
    for (id, claim) in claims {
        let Some(first) = seen.get(&id) else {
            seen.insert(id, claim);
            continue;
        };
        if !claim.is_judged || first.identity.id() == claim.identity.id() {
            continue;
        }
        let draft = Draft {
            id: "contract/duplicate-id",
            kind: Kind::Contract,
            severity: Severity::Error,
            about: About {
                identity: Some(&claim.identity),
                owner: None,
            },
            pointer: Pointer::root().word("id"),
            message: format!("a second contract bears the id `{id}`"),
            help: Some("give this contract an id of its own".to_owned()),
            location: Some(claim.location.clone()),
        };
        let related = Related {
            location: first.location.clone(),
            message: format!("`{}` bears it here", first.identity.id()),
        };
        findings.extend(make(settings, draft).map(|finding| Finding {
            related: vec![related],
            ..finding
        }));
    }
    findings
}
