//! Names and places of contracts in, those that two contracts claim out.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;
use std::iter;

use foldhash::fast::FixedState;
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Version;
use meshlaw_policy::Identity;
use meshlaw_report::{Excerpt, Finding, Kind, Location, Related, Severity, Side};
use rayon::prelude::*;
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

/// Claims of a whole estate, kept short: nobody else claims most of what is claimed.
///
/// In an audit, a claim stands in the file of the contract whose it is.
#[derive(Debug, Default)]
pub struct Claims {
    rows: Vec<Row>,
    bytes: Vec<u8>,
    /// What is claimed, as it was hashed last.
    id: String,
    /// What other threads took down.
    others: Vec<Claims>,
}

/// What is claimed, as a hash, the file that the claim stands in, and where its words are.
#[derive(Debug, Clone, Copy)]
struct Row {
    key: u64,
    file: u32,
    at: u32,
}

/// A claim but for its file: the stable id, where that is claimed, domain, name, major version, line,
/// column, and what stands there.
type Words<'w> = (
    Option<&'w str>,
    [&'w str; 2],
    Option<u64>,
    [u32; 2],
    Option<(&'w str, u32)>,
);

impl Claims {
    /// Adds the claim of a contract to its name.
    pub fn add(&mut self, file: u32, claim: &Claim) {
        self.put(file, None, claim);
    }

    /// Adds the claim of a contract to a stable id.
    pub fn add_of_id(&mut self, file: u32, id: &str, claim: &Claim) {
        self.put(file, Some(id), claim);
    }

    fn put(&mut self, file: u32, id: Option<&str>, claim: &Claim) {
        let Identity { domain, name, .. } = &claim.identity;
        let Location { line, column, .. } = &claim.location;
        let excerpt = claim.location.excerpt.as_ref();
        let excerpt = excerpt.map(|excerpt| (excerpt.line.as_str(), excerpt.length));
        let words: Words<'_> = (id, [domain, name], claim.major, [*line, *column], excerpt);
        // The same for each thread; what only looks alike is told apart by its words.
        let hashes = FixedState::default();
        let key = match id {
            Some(id) => hashes.hash_one(id),
            None => {
                self.id.clear();
                self.id.extend([domain, "/", name]);
                hashes.hash_one((&self.id, claim.major))
            }
        };
        // Claims of an estate are far from as many bytes as are counted here.
        let at = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        // Writing to memory does not fail.
        if let Ok(bytes) = postcard::to_extend(&words, std::mem::take(&mut self.bytes)) {
            self.bytes = bytes;
            self.rows.push(Row { key, file, at });
        }
    }

    /// Adds what another thread took down.
    pub fn extend(&mut self, mut other: Claims) {
        self.others.append(&mut other.others);
        self.others.push(other);
    }

    /// Goes through all that was taken down.
    fn parts(&self) -> impl Iterator<Item = &Claims> {
        iter::once(self).chain(&self.others)
    }

    /// Says which contracts bear one name; files are told by their number.
    pub fn find(&self, settings: &Settings, path: impl Fn(u32) -> String) -> Vec<Finding> {
        let claims = self.contested(path).into_iter();
        find(settings, claims.map(|(_, claim)| claim).collect())
    }

    /// Says which contracts of different names bear one stable id.
    pub fn find_of_ids(&self, settings: &Settings, path: impl Fn(u32) -> String) -> Vec<Finding> {
        let claims = self.contested(path).into_iter();
        let claims = claims.filter_map(|(id, claim)| Some((id?, claim)));
        of_ids(settings, claims.collect())
    }

    /// Returns the claims to what more than one contract claims.
    fn contested(&self, path: impl Fn(u32) -> String) -> Vec<(Option<String>, Claim)> {
        let mut rows = Vec::with_capacity(self.parts().map(|part| part.rows.len()).sum());
        for part in self.parts() {
            rows.extend(part.rows.iter().map(|row| (row, &*part.bytes)));
        }
        rows.par_sort_unstable_by_key(|(row, _)| row.key);
        let groups = rows.chunk_by(|(one, _), (other, _)| one.key == other.key);
        let contested = groups.filter(|group| group.len() > 1).flatten();
        let claims = contested.filter_map(|(row, bytes)| {
            let at = usize::try_from(row.at).ok()?;
            let (words, _) = postcard::take_from_bytes::<Words<'_>>(bytes.get(at..)?).ok()?;
            let (id, [domain, name], major, [line, column], excerpt) = words;
            let path = path(row.file);
            let excerpt = excerpt.map(|(line, length)| Excerpt {
                line: line.to_owned(),
                length,
            });
            let claim = Claim {
                identity: Identity {
                    domain: domain.to_owned(),
                    name: name.to_owned(),
                    path: path.clone(),
                },
                major,
                is_judged: true,
                location: Location {
                    path,
                    line,
                    column,
                    side: Side::Head,
                    excerpt,
                },
            };
            Some((id.map(str::to_owned), claim))
        });
        claims.collect()
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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        reason = "a test that cannot go on has failed"
    )]

    use proptest::prelude::*;

    use super::*;

    /// A claim by numbers: file, domain, name, major version.
    fn claim((file, domain, name, major): (u32, u8, u8, u64)) -> Claim {
        Claim {
            identity: Identity {
                domain: ["a", "a/b"][usize::from(domain % 2)].to_owned(),
                name: ["c", "b/c", "d"][usize::from(name % 3)].to_owned(),
                path: path(file),
            },
            major: (major > 0).then_some(major),
            is_judged: true,
            location: Location {
                path: path(file),
                line: u32::from(name),
                column: 1,
                side: Side::Head,
                excerpt: (name % 2 == 0).then(|| Excerpt {
                    line: format!("schema: {name}"),
                    length: 6,
                }),
            },
        }
    }

    fn path(file: u32) -> String {
        format!("{file}.contract.yaml")
    }

    proptest! {
        #[test]
        fn claims_that_are_kept_short_are_the_same(
            numbers in prop::collection::vec((0..20_u32, 0..2_u8, 0..6_u8, 0..3_u64), 0..24),
            middle in 0..24_usize,
        ) {
            let settings = Settings::default();
            let (mut names, mut ids) = (<[Claims; 2]>::default(), <[Claims; 2]>::default());
            let (mut of_names, mut of_ids) = (Vec::new(), Vec::new());
            for (nth, numbers) in numbers.iter().enumerate() {
                let claim = claim(*numbers);
                let id = format!("id-{}", numbers.2);
                let share = usize::from(nth >= middle);
                names[share].add(numbers.0, &claim);
                ids[share].add_of_id(numbers.0, &id, &claim);
                of_names.push(claim.clone());
                of_ids.push((id, claim));
            }
            let joined = |[mut one, other]: [Claims; 2]| {
                one.extend(other);
                one
            };
            let found = joined(names).find(&settings, path);
            prop_assert_eq!(found, find(&settings, of_names));
            let found = joined(ids).find_of_ids(&settings, path);
            prop_assert_eq!(found, super::of_ids(&settings, of_ids));
        }
    }
}
