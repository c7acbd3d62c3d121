//! Two laws in, what differs between them out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};

use jiff::civil::Date;
use meshlaw_policy::{Glossary, Policy, Ruling};
use meshlaw_report::law_impact::{LawEdit, LawPart, Motion};

use crate::bench::Bench;
use crate::settings::Settings;

/// Says which policies, settings and terms two laws do not have alike.
pub fn between(before: &Bench<'_>, after: &Bench<'_>) -> Vec<LawEdit> {
    let (old, new) = (before.law, after.law);
    let as_of = after.estate.world.as_of;
    let mut edits = policies(&old.book.policies, &new.book.policies, as_of);
    edits.extend(settings(&old.settings, &new.settings));
    if old.texts.properties != new.texts.properties {
        edits.push(setting("properties_schema", Motion::Changed, Vec::new()));
    }
    edits.extend(terms(
        &before.estate.world.glossary,
        &after.estate.world.glossary,
    ));
    edits
}

fn policies(old: &[Policy], new: &[Policy], as_of: Date) -> Vec<LawEdit> {
    let by_id = |policies: &[Policy]| -> BTreeMap<String, Policy> {
        let named = policies.iter();
        named.map(|one| (one.id.to_string(), one.clone())).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    ids.into_iter()
        .filter_map(|id| {
            let (motion, details) = match (old.get(id), new.get(id)) {
                (None, Some(new)) => (Motion::Added, vec![standing(new, as_of)]),
                (Some(old), None) => (Motion::Removed, vec![standing(old, as_of)]),
                (Some(old), Some(new)) => (Motion::Changed, changed(old, new, as_of)),
                (None, None) => return None,
            };
            let edit = LawEdit {
                kind: LawPart::Policy,
                name: id.clone(),
                motion,
                details,
            };
            (motion != Motion::Changed || !edit.details.is_empty()).then_some(edit)
        })
        .collect()
}

fn standing(policy: &Policy, as_of: Date) -> String {
    let since = policy.since.map(|since| format!(" from {since}"));
    format!(
        "{} {}{}",
        policy.enforcement(as_of),
        policy.severity,
        since.unwrap_or_default()
    )
}

fn changed(old: &Policy, new: &Policy, as_of: Date) -> Vec<String> {
    let since = |policy: &Policy| match policy.since {
        Some(since) => since.to_string(),
        None => "none".to_owned(),
    };
    let mut details: Vec<String> = [
        turned(
            "enforcement",
            &old.enforcement(as_of),
            &new.enforcement(as_of),
        ),
        turned("severity", &old.severity, &new.severity),
        turned("since", &since(old), &since(new)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if rule(&old.text) != rule(&new.text) {
        details.push("what it forbids".to_owned());
    }
    if (&old.message, &old.help) != (&new.message, &new.help) {
        details.push("its words".to_owned());
    }
    if details.is_empty() && old.is_builtin != new.is_builtin {
        details.push(if new.is_builtin {
            "the built-in text holds".to_owned()
        } else {
            "the organisation's own text holds".to_owned()
        });
    }
    details
}

fn turned(what: &str, old: &impl Display, new: &impl Display) -> Option<String> {
    let (old, new) = (old.to_string(), new.to_string());
    (old != new).then(|| format!("{what} {old} → {new}"))
}

/// Returns the statement itself, without the annotations above it and comments.
fn rule(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.starts_with('@') && !line.starts_with("//") && !line.is_empty())
        .collect()
}

fn setting(name: &str, motion: Motion, details: Vec<String>) -> LawEdit {
    LawEdit {
        kind: LawPart::Setting,
        name: name.to_owned(),
        motion,
        details,
    }
}

fn settings(old: &Settings, new: &Settings) -> Vec<LawEdit> {
    let mut edits = Vec::new();
    let mut hold = |name: &str, old: &dyn Debug, new: &dyn Debug| {
        if format!("{old:?}") != format!("{new:?}") {
            edits.push(setting(name, Motion::Changed, Vec::new()));
        }
    };
    hold("compatibility", &old.compatibility, &new.compatibility);
    hold("consumers", &old.consumers, &new.consumers);
    hold("contracts", &old.contracts, &new.contracts);
    hold("enforcement", &rulings(old), &rulings(new));
    hold("extends", &old.extends, &new.extends);
    hold("grades", &old.grades, &new.grades);
    hold("levels", &old.levels, &new.levels);
    hold("limits", &old.limits, &new.limits);
    hold("parameters", &old.parameters, &new.parameters);
    hold("policies", &old.policies, &new.policies);
    hold("terms", &old.terms, &new.terms);
    hold("versions", &old.versions, &new.versions);
    hold("vocabulary", &old.vocabulary, &new.vocabulary);
    hold("waivers", &old.waivers, &new.waivers);
    edits.extend(entries("domains", &old.domains, &new.domains));
    edits.extend(entries("products", &old.products, &new.products));
    edits.extend(entries("teams", &old.teams, &new.teams));
    edits
}

/// What is ruled, wherever it stands.
fn rulings(settings: &Settings) -> Vec<&Ruling> {
    let placed = settings.enforcement.values();
    placed.map(|placed| &placed.ruling).collect()
}

/// Says which entries of a table differ, in one edit.
fn entries<T: PartialEq>(
    name: &str,
    old: &BTreeMap<String, T>,
    new: &BTreeMap<String, T>,
) -> Option<LawEdit> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let detail = |key: &String| match (old.get(key), new.get(key)) {
        (None, Some(_)) => Some(format!("{key} added")),
        (Some(_), None) => Some(format!("{key} removed")),
        (old, new) => (old != new).then(|| format!("{key} changed")),
    };
    let details: Vec<String> = keys.into_iter().filter_map(detail).collect();
    (!details.is_empty()).then(|| setting(name, Motion::Changed, details))
}

fn terms(old: &Glossary, new: &Glossary) -> Vec<LawEdit> {
    let names: BTreeSet<&str> = old.names().chain(new.names()).collect();
    let edit = |name: &str| {
        let own = |glossary: &Glossary| {
            let meaning = glossary.get(name);
            meaning.filter(|meaning| meaning.name == name).cloned()
        };
        let motion = match (own(old), own(new)) {
            (None, _) => Motion::Added,
            (_, None) => Motion::Removed,
            (old, new) if old == new => return None,
            _ => Motion::Changed,
        };
        Some(LawEdit {
            kind: LawPart::Term,
            name: name.to_owned(),
            motion,
            details: Vec::new(),
        })
    };
    names.into_iter().filter_map(edit).collect()
}
