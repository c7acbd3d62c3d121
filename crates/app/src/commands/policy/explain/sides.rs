//! What was named on the command line in, the texts and contracts to ask about out.

use std::path::{Path, PathBuf};

use meshlaw_changeset::{Commit, Repository};
use meshlaw_contract::{Gravity, Problem};
use meshlaw_report::Side;

use super::ExplainArgs;
use crate::commands::diff;
use crate::failure::Failure;
use crate::identity::{Domains, NOBODYS};
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// The way out where a file does not say what it means.
pub const MEND: &str = "mend the file first: `meshlaw check` says more";

/// The two sides of a change, as texts.
pub struct Sides {
    /// The old revision; absent where there was none.
    pub before: Option<FileText>,
    /// The new revision; absent where it is gone.
    pub after: Option<FileText>,
    /// The commit that the history is read from, where there is one.
    pub fork: Option<Commit>,
}

impl Sides {
    /// Reads what is compared; nothing where one file alone was named.
    pub fn read(args: &ExplainArgs, file: &str) -> Result<Option<Self>, Failure> {
        if let Some(new) = &args.new {
            return Ok(Some(Self {
                before: Some(diff::read(file, Side::Base)?),
                after: Some(diff::read(new, Side::Head)?),
                fork: None,
            }));
        }
        let Some(base) = &args.base else {
            return Ok(None);
        };
        let repository = Repository::discover(".")?;
        let head = repository.resolve(args.head.as_deref().unwrap_or("HEAD"))?;
        let fork = repository.merge_base(&repository.resolve(base)?, &head)?;
        let path = in_repository(&repository, file);
        let at = |commit: &Commit, side| diff::find(&repository, commit, &path, side);
        let after = match &args.head {
            Some(_) => at(&head, Side::Head)?,
            None if Path::new(file).exists() => Some(FileText {
                path: path.clone(),
                ..diff::read(file, Side::Head)?
            }),
            None => None,
        };
        let before = at(&fork, Side::Base)?;
        if before.is_none() && after.is_none() {
            let message = format!("there is no file `{path}` at either side");
            return Err(Failure::new(message, "name a contract that is there"));
        }
        Ok(Some(Self {
            before,
            after,
            fork: Some(fork),
        }))
    }
}

/// Names a file from the root of the repository.
fn in_repository(repository: &Repository, file: &str) -> String {
    let root = repository.root().and_then(|root| root.canonicalize().ok());
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().zip(root).and_then(|(here, root)| {
        let whole = here.join(file);
        let below = whole.strip_prefix(root).ok()?;
        Some(PathBuf::from(below))
    });
    let path = below.unwrap_or_else(|| file.into());
    let path = path.to_string_lossy().replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

/// Reads the contracts of a file; each has to be understood, or its answers would be another's.
pub fn contracts<'t>(
    file: &'t FileText,
    settings: &Settings,
    domains: &Domains,
) -> Result<Vec<Revision<'t>>, Failure> {
    let revisions = file.contracts(settings, domains);
    for revision in &revisions {
        let mut problems = revision.parsed.problems.iter();
        let fault = problems.find(|one| one.gravity == Gravity::Fault);
        if fault.is_some() || revision.contract().is_none() {
            return Err(misunderstood(&file.path, fault));
        }
    }
    Ok(revisions)
}

/// Says why a document cannot be asked about.
pub fn misunderstood(path: &str, fault: Option<&Problem>) -> Failure {
    let message = fault.map_or("there is nothing in this file", |problem| &problem.message);
    let place = fault.map_or_else(
        || path.to_owned(),
        |problem| format!("{path}:{}:{}", problem.span.line, problem.span.column),
    );
    Failure::new(message, MEND).at(place)
}

/// Lets two files that were named by hand be one contract's, wherever one of them lies.
pub fn settle_domains<'t>(before: &mut [Revision<'t>], after: &mut [Revision<'t>]) {
    let known = |side: &[Revision<'_>]| {
        let mut names = side.iter().map(|one| one.identity.domain.clone());
        names.find(|domain| domain != NOBODYS)
    };
    let domains = [known(after), known(before)];
    for (side, domain) in [before, after].into_iter().zip(domains) {
        for revision in side.iter_mut().filter(|one| one.identity.domain == NOBODYS) {
            let Some(domain) = &domain else { continue };
            revision.identity.domain.clone_from(domain);
            if let Some(contract) = &mut revision.parsed.value {
                contract.domain = Some(domain.clone());
            }
        }
    }
}
