//! A contract and a `CODEOWNERS` file in, whether both name one owner out.

use std::collections::BTreeSet;

use meshlaw_contract::Pointer;
use meshlaw_report::{Finding, Kind, Location, Related, Severity, Side};

use super::{CodeOwners, Rule};
use crate::findings::{About, Draft, make};
use crate::settings::Settings;

/// Says where another team than the contract's owner reviews its file.
///
/// Where nothing ties the owner to a team of GitHub, nor any of the reviewers to a team of the
/// settings, nobody can tell, and nothing is said.
///
/// `side` is the revision whose file it is.
pub fn disagreement(
    (codeowners, side): (&CodeOwners, Side),
    settings: &Settings,
    about: About<'_>,
    location: impl Fn(&Pointer) -> Location,
) -> Option<Finding> {
    let (identity, owner) = (about.identity?, about.owner?);
    let rules: Vec<&Rule> = codeowners.of(&identity.path).collect();
    let teams: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.teams()).collect();
    if teams.is_empty() || rules.iter().any(|rule| names(rule, settings, owner)) {
        return None;
    }
    let known: BTreeSet<&str> = teams
        .iter()
        .flat_map(|team| known_as(team, settings))
        .collect();
    if handles(owner, settings, codeowners).is_empty() && known.is_empty() {
        return None;
    }
    let theirs = teams.iter().map(|team| format!("`{team}`"));
    let theirs: Vec<String> = theirs.collect();
    let pointer = Pointer::root().word("owner");
    let help = match settings.teams.get(owner) {
        Some(team) if team.notify.github.is_none() => format!(
            "give the path to the owner in `{}`, or write `github:` at `{owner}` in `teams` of \
             meshlaw.yaml if both are one",
            codeowners.path
        ),
        _ => format!(
            "mend `owner`, or give the path to it in `{}` of the target branch",
            codeowners.path
        ),
    };
    let draft = Draft {
        id: "contract/codeowners-disagree",
        kind: Kind::Contract,
        severity: Severity::Warning,
        about,
        location: Some(location(&pointer)),
        pointer,
        message: format!(
            "`{owner}` owns the contract, but `{}` gives its file to {}",
            codeowners.path,
            theirs.join(", ")
        ),
        help: Some(help),
    };
    let related = rules.into_iter().map(|rule| Related {
        location: codeowners.location(rule, side),
        message: "the line that decides".to_owned(),
    });
    let finding = make(settings, draft)?;
    Some(Finding {
        related: related.collect(),
        ..finding
    })
}

/// Tells whether a rule gives paths to a team.
fn names(rule: &Rule, settings: &Settings, owner: &str) -> bool {
    let team = settings.teams.get(owner);
    let email = team.and_then(|team| team.notify.email.as_deref());
    let is_theirs = |written: &str| {
        let is_written_so = written.eq_ignore_ascii_case(owner) || Some(written) == email;
        is_written_so || known_as(written, settings).any(|name| name == owner) || {
            let stated = team.and_then(|team| team.notify.github.as_ref());
            stated.is_none() && slug(written).is_some_and(|slug| slug.eq_ignore_ascii_case(owner))
        }
    };
    rule.owners.iter().any(|written| is_theirs(written))
}

/// Returns what the settings call a team of GitHub.
fn known_as<'s>(handle: &'s str, settings: &'s Settings) -> impl Iterator<Item = &'s str> {
    let teams = settings.teams.iter();
    teams.filter_map(move |(name, team)| {
        let is_it = match &team.notify.github {
            Some(github) => github.eq_ignore_ascii_case(handle),
            None => slug(handle).is_some_and(|slug| slug.eq_ignore_ascii_case(name)),
        };
        is_it.then_some(name.as_str())
    })
}

/// Returns what an owner is called on GitHub, as far as that is known.
fn handles<'s>(
    owner: &'s str,
    settings: &'s Settings,
    codeowners: &'s CodeOwners,
) -> BTreeSet<&'s str> {
    let team = settings.teams.get(owner);
    if let Some(github) = team.and_then(|team| team.notify.github.as_deref()) {
        return BTreeSet::from([github]);
    }
    if owner.starts_with('@') {
        return BTreeSet::from([owner]);
    }
    let teams = codeowners.teams().into_iter();
    let is_called_so =
        |team: &&str| slug(team).is_some_and(|slug| slug.eq_ignore_ascii_case(owner));
    teams.filter(is_called_so).collect()
}

/// Returns the team of `@org/team`.
pub fn slug(handle: &str) -> Option<&str> {
    handle
        .strip_prefix('@')?
        .split_once('/')
        .map(|(_, team)| team)
}
