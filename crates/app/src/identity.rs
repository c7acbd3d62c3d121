//! Paths and settings in, whose a contract is out.

use std::collections::BTreeSet;

use meshlaw_changeset::{Globs, RepoPath};
use meshlaw_contract::model::Contract;
use meshlaw_contract::{Pointer, nearest};
use meshlaw_policy::Identity;
use meshlaw_report::{Finding, Kind, Location, Severity};

use crate::failure::Failure;
use crate::findings::{About, Draft, make};
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
        self.owner_of(path).map(str::to_owned)
    }

    /// The same, without a text of its own.
    pub fn owner_of<'p>(&'p self, path: &'p str) -> Option<&'p str> {
        if !self.mapped.is_empty()
            && let Ok(parsed) = RepoPath::parse(path)
        {
            let mut mapped = self.mapped.iter();
            if let Some((name, _)) = mapped.find(|(_, globs)| globs.matches(&parsed)) {
                return Some(name);
            }
        }
        let mut parts = path.split('/');
        let after = parts
            .by_ref()
            .find(|part| *part == "domains")
            .and_then(|_| parts.next())?;
        // A file right below `domains/` lies in no domain.
        parts.next().map(|_| after)
    }

    /// Settles what a contract is called; where path and text disagree, the path counts, since
    /// who owns a folder is known to code review.
    pub fn identify(&self, path: &str, contract: &Contract) -> Identity {
        let domain = self.owner_of(path).or(contract.domain.as_deref());
        Identity {
            domain: domain.unwrap_or(NOBODYS).to_owned(),
            name: contract
                .name
                .clone()
                .unwrap_or_else(|| stem(path).to_owned()),
            path: path.to_owned(),
        }
    }

    /// Says where a contract's domain cannot be as it stands.
    ///
    /// `stated` is the domain that the document itself names.
    pub fn check(
        &self,
        settings: &Settings,
        about: About<'_>,
        stated: Option<&str>,
        location: impl Fn(&Pointer) -> Location,
    ) -> Vec<Finding> {
        let Some(identity) = about.identity else {
            return Vec::new();
        };
        let draft = |id, severity, message, help| {
            let pointer = Pointer::root().word("domain");
            Draft {
                id,
                kind: Kind::Contract,
                severity,
                about,
                location: Some(location(&pointer)),
                pointer,
                message,
                help: Some(help),
            }
        };
        let mut findings = Vec::new();
        if let Some(stated) = stated
            && let Some(folder) = self.owner_of(&identity.path)
            && folder != stated
        {
            let message =
                format!("this contract lies in the domain `{folder}`, but says `{stated}`");
            let help = "move the file, or mend or remove `domain`".to_owned();
            let id = "contract/domain-disagrees";
            findings.extend(make(settings, draft(id, Severity::Error, message, help)));
        }
        if !self.known.is_empty() && !self.known.contains(&identity.domain) {
            let message = format!("the domain `{}` is not in the settings", identity.domain);
            let near = nearest(&identity.domain, self.known.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to `domains` in meshlaw.yaml, or move the file".to_owned(),
            };
            let id = "contract/domain-unknown";
            findings.extend(make(settings, draft(id, Severity::Warning, message, help)));
        }
        findings
    }
}

/// Returns the name of a file up to its first dot.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}
