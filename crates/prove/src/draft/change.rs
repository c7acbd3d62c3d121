//! A change of a request in, two revisions of a contract between which it happens out.
//!
//! The examples of the catalogue are changes that are known to be made by one rule each. Around them
//! stands what the request says of the contract, its versions and its readers.

use std::collections::BTreeMap;

use meshlaw_diff::{Rule as DiffRule, catalogue};
use serde_json::{Value, json};

use super::contract::written_version;
use super::field::day;
use super::told::{At, Told};
use super::world::{settings, team, today};
use super::{Draft, Sketch, yaml};

const CONTEXT: At<'_> = &["context"];

/// Writes pairs of revisions: of the rule that the request names first, then of every other.
pub(super) fn drafts(sketch: &Sketch<'_>, told: &Told<'_>) -> Vec<Draft> {
    let Ok(catalogue) = catalogue() else {
        return Vec::new();
    };
    let named = told.text(CONTEXT, "rule");
    let mut rules: Vec<&DiffRule> = catalogue.rules().iter().collect();
    rules.sort_by_key(|rule| Some(rule.id) != named);
    let pairs = rules.into_iter().flat_map(speaks);
    pairs
        .filter_map(|(before, after)| draft(sketch, told, before, after))
        .collect()
}

/// Returns the examples on which a rule speaks, but those in formats other than ours.
fn speaks(rule: &DiffRule) -> Vec<(&'static str, &'static str)> {
    let mut sections = rule.body.split("\n## ");
    let section = sections.find_map(|section| section.strip_prefix("Speaks"));
    let fences: Vec<&str> = section
        .unwrap_or_default()
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    let is_native =
        |fence: &str| !has(fence, "kind") && !fence.lines().any(|line| line == "schema:");
    let pairs = fences.chunks(2).filter_map(|pair| match pair {
        [before, after] if is_native(before) && is_native(after) => Some((*before, *after)),
        _ => None,
    });
    pairs.collect()
}

fn has(fence: &str, key: &str) -> bool {
    fence.lines().any(|line| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with(':'))
    })
}

fn draft(sketch: &Sketch<'_>, told: &Told<'_>, before: &str, after: &str) -> Option<Draft> {
    let as_of = today(sketch, told);
    let mut world = meshlaw_policy::World::empty(as_of);
    super::world::parameters(told, &["resource"], &mut world.parameters);
    let principal: At<'_> = &["principal"];
    let owner = told.text(principal, "name").filter(|name| !name.is_empty());
    let owner = owner.unwrap_or("example-team");
    let roles = told.set(principal, "roles").unwrap_or_default();
    team(&mut world.teams, owner, &roles);
    let status = told.text(CONTEXT, "statusBefore");
    let domain = match sketch.layer {
        meshlaw_policy::Layer::Domain(domain) => Some(domain.as_str()),
        meshlaw_policy::Layer::Org => None,
    };
    let (old, new) = versions(told);
    let frame = |fence: &str, version: &str| {
        let mut keys = vec![
            ("schema", "example".to_owned()),
            ("version", version.to_owned()),
            ("owner", yaml::text(owner)),
        ];
        keys.extend(status.map(|status| ("status", status.to_owned())));
        keys.extend(domain.map(|domain| ("domain", yaml::text(domain))));
        let mut text = String::new();
        for (key, value) in keys.iter().filter(|(key, _)| !has(fence, key)) {
            text.push_str(&format!("{key}: {value}\n"));
        }
        if !has(fence, "fields") && !has(fence, "datasets") {
            text.push_str("fields: [{ name: id, type: string }]\n");
        }
        text + fence
    };
    let mut files = BTreeMap::new();
    if !before.trim().is_empty() {
        files.insert("before.contract.yaml".to_owned(), frame(before, &old));
    }
    if !after.trim().is_empty() {
        files.insert("after.contract.yaml".to_owned(), frame(after, &new));
    }
    files.extend(readers(told, domain));
    if let Some(days) = told.long(CONTEXT, "noticeDays") {
        let noticed = day(as_of, days.checked_neg()?)?;
        files.insert("noticed.txt".to_owned(), format!("{noticed}\n"));
    }
    let settings = settings(&world);
    Some(Draft {
        files,
        world,
        settings,
    })
}

/// Returns the versions before and after: as told, else such that the bump is the one told.
fn versions(told: &Told<'_>) -> (String, String) {
    let old = told.value(CONTEXT, "versionBefore").map(written_version);
    let new = told.value(CONTEXT, "versionAfter").map(written_version);
    let old_major = told
        .value(CONTEXT, "versionBefore")
        .and_then(|version| version.get("major"))
        .and_then(Value::as_i64);
    let old = old.unwrap_or_else(|| "1.0.0".to_owned());
    let major = old_major.unwrap_or(1);
    let bumped = || {
        let mut parts = old.split(['.', '-']).skip(1);
        let mut part = || -> i64 { parts.next().and_then(|text| text.parse().ok()).unwrap_or(0) };
        let (minor, patch) = (part(), part());
        match told.long(CONTEXT, "declaredBump") {
            Some(3) => format!("{}.0.0", major.saturating_add(1)),
            Some(2) => format!("{major}.{}.0", minor.saturating_add(1)),
            Some(1) => format!("{major}.{minor}.{}", patch.saturating_add(1)),
            _ => old.clone(),
        }
    };
    let new = new.unwrap_or_else(bumped);
    (old, new)
}

/// Writes the consumers that feel the change, and who of their owners agreed.
fn readers(told: &Told<'_>, domain: Option<&str>) -> Vec<(String, String)> {
    let names = told.set(CONTEXT, "consumers").unwrap_or_default();
    let owners = told.set(CONTEXT, "consumerOwners").unwrap_or_default();
    let stated = told.long(CONTEXT, "consumersAffected").unwrap_or(0);
    let stated = usize::try_from(stated.clamp(0, 20)).unwrap_or(0);
    let count = stated.max(names.len()).max(owners.len());
    let domain = domain.unwrap_or("example");
    let mut files = Vec::new();
    for at in 0..count {
        let name = names.get(at).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| format!("reader-{}", at + 1), |name| (*name).to_owned());
        let owner = owners.get(at).or(owners.first()).copied();
        let owner = told.plausible("owner", owner.unwrap_or("reading-team"));
        let text = format!(
            "consumer: {}\nowner: {}\nuses:\n  - contract: {domain}/example\n",
            yaml::text(&name),
            yaml::text(owner)
        );
        files.push((format!("reader-{}.consumer.yaml", at + 1), text));
    }
    let agreed = told.set(CONTEXT, "approvedBy").unwrap_or_default();
    if !agreed.is_empty() {
        let teams: Vec<&str> = agreed
            .iter()
            .map(|team| told.plausible("owner", team))
            .collect();
        let approvals = json!({ "approvals": [{ "by": "somebody", "teams": teams }] });
        files.push(("approvals.json".to_owned(), format!("{approvals}\n")));
    }
    files
}
