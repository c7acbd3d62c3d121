//! What a folder holds in, settings that fit it and a summary out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::domains::{Domain, Domains, most, settle};
use super::globs;
use super::quote::{comment, scalar};
use super::survey::{Format, Survey};
use crate::codeowners::CodeOwners;
use crate::failure::Failure;
use crate::output::count;
use crate::settings::Settings;

/// Most paths that a comment names.
const NAMED: usize = 10;

/// What is proposed.
#[derive(Debug)]
pub struct Proposal {
    /// The text of the settings.
    pub text: String,
    /// What was found, for people.
    pub summary: String,
}

/// What is known of an owner.
#[derive(Default)]
struct Team {
    /// How many contracts it has.
    contracts: usize,
    /// How many of them each GitHub team reviews.
    reviewed: BTreeMap<String, usize>,
}

/// Proposes settings.
pub fn propose(survey: &Survey, reviewers: &CodeOwners) -> Result<Proposal, Failure> {
    let domains = settle(&survey.contracts);
    let files = files(survey)?;
    let body = [
        head(survey),
        files,
        domains_text(&domains),
        teams(survey, reviewers),
        survey.words.to_yaml(),
    ];
    Ok(Proposal {
        text: body.concat(),
        summary: summary(survey, &domains),
    })
}

fn head(survey: &Survey) -> String {
    let mut out = format!(
        "# Settings of the data mesh, proposed from what lies here: {}.\n\
         # Read them through, and mend what is wrong; everything has a default.\n",
        formats(survey)
    );
    let reasons: Vec<String> = survey
        .unreadable
        .iter()
        .map(|(path, reason)| format!("{path}: {reason}"))
        .collect();
    if !reasons.is_empty() {
        let _ = write!(
            out,
            "#\n# {} could not be read:\n",
            count(reasons.len(), "file")
        );
        out.push_str(&names(&reasons));
    }
    out.push_str(
        "\n# Built-in policies to start from. `org` is all of them, once these are met.\n\
         extends: [starter]\n",
    );
    out
}

fn files<'s>(survey: &'s Survey) -> Result<String, Failure> {
    let defaults = Settings::default();
    let contracts = survey.contracts.iter().map(|one| one.path.as_str());
    let texts = |paths: &'s [String]| paths.iter().map(String::as_str).collect::<Vec<&'s str>>();
    let mut out = String::new();
    for (key, wanted, kinds, default) in [
        (
            "contracts",
            contracts.collect(),
            &["contract", "odcs"][..],
            &defaults.contracts,
        ),
        (
            "consumers",
            texts(&survey.consumers),
            &["consumer"][..],
            &defaults.consumers,
        ),
        (
            "terms",
            texts(&survey.terms),
            &["term"][..],
            &defaults.terms,
        ),
        (
            "waivers",
            texts(&survey.waivers),
            &["waiver"][..],
            &defaults.waivers,
        ),
    ] {
        let proposed = globs::propose(&wanted, &survey.files, kinds, default)?;
        if !proposed.globs.is_empty() {
            let _ = write!(out, "\n{key}:\n");
            for glob in &proposed.globs {
                let _ = writeln!(out, "  - {}", scalar(glob));
            }
        }
        if !proposed.others.is_empty() {
            let _ = writeln!(
                out,
                "# Where {key} are sought, these lie too, unless git ignores them:"
            );
            out.push_str(&names(&proposed.others));
        }
    }
    if let Some(folder) = policies(survey).filter(|folder| *folder != defaults.policies) {
        let _ = write!(out, "\npolicies: {}\n", scalar(folder));
    }
    Ok(out)
}

/// The folder around `org/` and `domains/` of the first policy.
fn policies(survey: &Survey) -> Option<&str> {
    survey.policies.iter().find_map(|path| {
        let layer = ["/org/", "/domains/"]
            .iter()
            .filter_map(|part| path.find(part));
        path.get(..layer.min()?)
    })
}

fn domains_text(domains: &Domains) -> String {
    let mut out = String::new();
    if !domains.domains.is_empty() {
        out.push_str("\n# The domains, and who answers for each.\ndomains:\n");
    }
    for (name, domain) in &domains.domains {
        let _ = writeln!(out, "  {}:", scalar(name));
        out.push_str(&domain_text(domain));
    }
    for (paths, what) in [
        (
            &domains.disputed,
            "Contracts that name another domain than their folder does, which counts",
        ),
        (&domains.homeless, "Contracts that belong to no domain"),
    ] {
        if !paths.is_empty() {
            let _ = writeln!(out, "# {what} ({}):", paths.len());
            out.push_str(&names(paths));
        }
    }
    out
}

fn domain_text(domain: &Domain) -> String {
    let mut out = String::new();
    match most(&domain.owners) {
        Some((owner, times)) => {
            let _ = write!(out, "    owner: {}", scalar(owner));
            if times < domain.contracts {
                let _ = write!(
                    out,
                    "  # of {times} of {}",
                    count(domain.contracts, "contract")
                );
            }
            out.push('\n');
        }
        // A key must have a value, and a domain without an owner is worth a finding.
        None if domain.paths.is_empty() => {
            out.push_str("    paths: []  # no contract names an owner\n")
        }
        None => out.push_str("    # owner: no contract names one\n"),
    }
    if !domain.paths.is_empty() {
        let paths: Vec<_> = domain.paths.iter().map(|path| scalar(path)).collect();
        let _ = writeln!(out, "    paths: [{}]", paths.join(", "));
    }
    out
}

fn teams(survey: &Survey, reviewers: &CodeOwners) -> String {
    let mut teams: BTreeMap<&str, Team> = BTreeMap::new();
    for contract in &survey.contracts {
        let Some(owner) = &contract.facts.owner else {
            continue;
        };
        let owning = teams.entry(owner).or_default();
        owning.contracts += 1;
        if let Some(team) = reviewers.team(&contract.path) {
            *owning.reviewed.entry(team.to_owned()).or_default() += 1;
        }
    }
    let mut out = "\n# Every owner is one of these.\nteams:\n".to_owned();
    let governance = teams.remove(GOVERNANCE).unwrap_or_default();
    for (name, team) in &teams {
        out.push_str(&team_text(name, team, None));
    }
    out.push_str(
        "  # Grants waivers, such as those of `meshlaw baseline`: put real people behind it.\n",
    );
    out.push_str(&team_text(
        GOVERNANCE,
        &governance,
        Some("roles: [governance]"),
    ));
    out
}

fn team_text(name: &str, team: &Team, roles: Option<&str>) -> String {
    let github = most(&team.reviewed);
    let reach = match github {
        Some((github, _)) => Some(format!("github: {}", scalar(github))),
        None if name.contains('@') => Some(format!("email: {}", scalar(name))),
        None => None,
    };
    let keys: Vec<&str> = reach.as_deref().into_iter().chain(roles).collect();
    let mut out = match keys.as_slice() {
        [] => format!("  {}: {{}}", scalar(name)),
        keys => format!("  {}: {{ {} }}", scalar(name), keys.join(", ")),
    };
    if let Some((_, times)) = github.filter(|(_, times)| *times < team.contracts) {
        let _ = write!(
            out,
            "  # reviews {times} of {}",
            count(team.contracts, "contract")
        );
    }
    out.push('\n');
    out
}

/// Team that `meshlaw baseline` needs.
const GOVERNANCE: &str = "data-governance";

fn summary(survey: &Survey, domains: &Domains) -> String {
    let mut out = format!("wrote meshlaw.yaml from {}\n", formats(survey));
    let owners: BTreeSet<_> = survey
        .contracts
        .iter()
        .filter_map(|one| one.facts.owner.as_ref())
        .collect();
    let _ = writeln!(
        out,
        "{}, {}; {}, {}, {}",
        count(domains.domains.len(), "domain"),
        count(owners.len(), "owner"),
        count(survey.consumers.len(), "consumer file"),
        count(survey.terms.len(), "term file"),
        count(survey.waivers.len(), "waiver file"),
    );
    let ownerless = survey
        .contracts
        .iter()
        .filter(|one| one.facts.owner.is_none())
        .count();
    for (number, noun, what) in [
        (survey.unreadable.len(), "file", "could not be read"),
        (
            domains.disputed.len(),
            "contract",
            "with another domain than the folder's",
        ),
        (domains.homeless.len(), "contract", "without a domain"),
        (ownerless, "contract", "without an owner"),
        (
            survey.words.unsure(),
            "word",
            "to give a meaning under `vocabulary`",
        ),
    ] {
        if number > 0 {
            let _ = writeln!(out, "unsure: {} {what}", count(number, noun));
        }
    }
    out.push_str(
        "\nNext: read the comments in meshlaw.yaml, then run `meshlaw audit` to see what fails today\n\
         and `meshlaw baseline --dry-run` to see the waivers with which everything starts green.\n\
         Commit, and let the GitHub Action run `meshlaw gate` on pull requests.\n",
    );
    out
}

fn formats(survey: &Survey) -> String {
    let of = |format| {
        survey
            .contracts
            .iter()
            .filter(|one| one.format == format)
            .count()
    };
    format!(
        "{} ({} native, {} ODCS)",
        count(survey.contracts.len(), "contract"),
        of(Format::Native),
        of(Format::Odcs)
    )
}

fn names(lines: &[String]) -> String {
    let mut out = String::new();
    for line in lines.iter().take(NAMED) {
        let _ = writeln!(out, "#   {}", comment(line));
    }
    if lines.len() > NAMED {
        let _ = writeln!(out, "#   and {} more", lines.len() - NAMED);
    }
    out
}
