//! Paths and settings in, whose a contract is out.

use std::collections::BTreeSet;

use meshlaw_changeset::{Globs, RepoPath};
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Document, Pointer, locate, nearest};
use meshlaw_policy::Identity;
use meshlaw_report::{Finding, Kind, Severity};

use crate::failure::Failure;
use crate::findings::{About, make};
use crate::place::Source;
use crate::settings::Settings;

/// Domain of a contract that nothing gives to one.
pub const NOBODYS: &str = "unassigned";

/// Knows which domain owns which path.
pub struct Domains {
    mapped: Vec<(String, Globs)>,
    known: BTreeSet<String>,
}

impl Domains {
    /// Reads the map of the settings.
    pub fn new(settings: &Settings, head: Option<&Settings>) -> Result<Self, Failure> {
        let mut mapped = Vec::new();
        for (name, domain) in settings
            .domains
            .iter()
            .filter(|(_, domain)| !domain.paths.is_empty())
        {
            mapped.push((name.clone(), Globs::new(&domain.paths)?));
        }
        let all = settings
            .domains
            .keys()
            .chain(head.into_iter().flat_map(|head| head.domains.keys()));
        Ok(Self {
            mapped,
            known: all.cloned().collect(),
        })
    }

    /// Returns the domain that a path belongs to: as mapped, else the folder below `domains/`.
    pub fn of_path(&self, path: &str) -> Option<String> {
        let parsed = RepoPath::parse(path).ok();
        let mapped = self
            .mapped
            .iter()
            .find(|(_, globs)| parsed.as_ref().is_some_and(|path| globs.matches(path)));
        if let Some((name, _)) = mapped {
            return Some(name.clone());
        }
        let mut parts = path.split('/');
        let after = parts
            .by_ref()
            .find(|part| *part == "domains")
            .and_then(|_| parts.next())?;
        // A file right below `domains/` lies in no domain.
        parts.next().map(|_| after.to_owned())
    }

    /// Settles what a contract is called; where path and text disagree, the path counts, since
    /// who owns a folder is known to code review.
    pub fn identify(&self, path: &str, contract: &Contract) -> Identity {
        let domain = self.of_path(path).or_else(|| contract.domain.clone());
        Identity {
            domain: domain.unwrap_or_else(|| NOBODYS.to_owned()),
            name: contract.name.clone().unwrap_or_else(|| stem(path)),
            path: path.to_owned(),
        }
    }

    /// Says where a contract's domain cannot be as it stands.
    pub fn check(
        &self,
        settings: &Settings,
        identity: &Identity,
        contract: &Contract,
        document: &Document<'_>,
        source: Source<'_>,
    ) -> Vec<Finding> {
        let pointer = Pointer::root().word("domain");
        let about = About {
            identity: Some(identity),
            owner: contract.owner.as_deref(),
        };
        let location = || Some(source.at(locate::locate(document, contract.format, &pointer)));
        let mut findings = Vec::new();
        let by_path = self.of_path(&identity.path);
        if let (Some(folder), Some(stated)) = (&by_path, &contract.domain)
            && folder != stated
        {
            let message =
                format!("this contract lies in the domain `{folder}`, but says `{stated}`");
            let id = "contract/domain-disagrees";
            let made = make(
                settings,
                id,
                Kind::Contract,
                Severity::Error,
                about,
                &pointer,
                message,
            );
            findings.extend(made.map(|finding| Finding {
                help: Some("move the file, or mend or remove `domain`".to_owned()),
                location: location(),
                ..finding
            }));
        }
        if !self.known.is_empty() && !self.known.contains(&identity.domain) {
            let message = format!("the domain `{}` is not in the settings", identity.domain);
            let id = "contract/domain-unknown";
            let made = make(
                settings,
                id,
                Kind::Contract,
                Severity::Warning,
                about,
                &pointer,
                message,
            );
            let near = nearest(&identity.domain, self.known.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to `domains` in meshlaw.yaml, or move the file".to_owned(),
            };
            findings.extend(made.map(|finding| Finding {
                help: Some(help),
                location: location(),
                ..finding
            }));
        }
        findings
    }
}

/// Returns the name of a file up to its first dot.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_owned()
}
