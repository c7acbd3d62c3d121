//! What a request says of the organisation in, the settings that make it so out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use meshlaw_contract::measure::Percentage;
use meshlaw_contract::model::{Classification, Word as _};
use meshlaw_policy::{Glossary, Meaning, Parameters, Product, Team, World};

use super::contract::{Contract, percent};
use super::told::{At, Told};
use super::{Sketch, yaml};

/// Returns the day that is taken for today: any, unless rules look at the calendar.
pub(super) fn today(sketch: &Sketch<'_>, told: &Told<'_>) -> Date {
    // A guarantee that days have four digits is not a look at the calendar.
    let is_asked = sketch.rules.iter().any(|rule| {
        let mut paths = rule.paths.iter();
        rule.id.contains('/') && paths.any(|path| path.iter().eq(["context", "asOf"]))
    });
    let stated = told.text(&["context"], "asOf").filter(|_| is_asked);
    let stated = stated.and_then(|text| text.get(..10)?.parse().ok());
    stated.unwrap_or(sketch.as_of)
}

/// Makes a world around a contract that its owner asks about.
pub(super) fn of_owner(
    sketch: &Sketch<'_>,
    told: &Told<'_>,
    contract: &Contract,
) -> (World, Vec<String>) {
    let mut world = World::empty(today(sketch, told));
    let around: At<'_> = match sketch.kind.resource.as_str() {
        "Contract" => &["resource"],
        _ => &["resource", "contract"],
    };
    parameters(told, around, &mut world.parameters);
    let owner = contract.stated("owner").map(|name| name.trim_matches('"'));
    let roles = told.set(&["principal"], "roles").unwrap_or_default();
    let is_known = told
        .flag(around, "ownerIsKnown")
        .or(told.flag(&["principal"], "isKnown"));
    if let Some(owner) = owner.filter(|_| is_known != Some(false)) {
        team(&mut world.teams, owner, &roles);
    } else if is_known == Some(false) {
        team(&mut world.teams, "another-team", &[]);
    }
    products(told, around, contract, &mut world);
    let field: At<'_> = &["resource"];
    let term = told.text(field, "term");
    if let (Some(term), Some(true)) = (term, told.flag(field, "termIsKnown")) {
        world.glossary = Glossary::of([Meaning::bare(told.plausible("term", term))]);
    }
    let settings = settings(&world);
    (world, settings)
}

fn products(told: &Told<'_>, at: At<'_>, contract: &Contract, world: &mut World) {
    let product = contract
        .stated("product")
        .map(|name| name.trim_matches('"'));
    let known = match (product, told.flag(at, "productIsKnown")) {
        (Some(_), Some(false)) => "another-product",
        (Some(product), _) => product,
        (None, _) => return,
    };
    let owner = told.text(at, "productOwner");
    let product = Product {
        owner: owner.map(str::to_owned),
        ..Product::default()
    };
    if owner.is_some() || known == "another-product" {
        world.products.insert(known.to_owned(), product);
    }
}

/// Sets the numbers that rules read, and the regions that are allowed.
pub(super) fn parameters(told: &Told<'_>, contract: At<'_>, into: &mut Parameters) {
    let at: At<'_> = &["context", "parameters"];
    for (name, number) in [
        ("noticeDays", &mut into.notice_days),
        ("maxRetentionDays", &mut into.max_retention_days),
        ("maxWaiverDays", &mut into.max_waiver_days),
        ("maxUseDays", &mut into.max_use_days),
        ("maxWaiverRenewals", &mut into.max_waiver_renewals),
        ("maxFreshnessSeconds", &mut into.max_freshness.seconds),
    ] {
        *number = told.long(at, name).unwrap_or(*number);
    }
    into.max_error_waiver_days = told.long(at, "maxErrorWaiverDays");
    let points = told.long(at, "minAvailability");
    let share = points.and_then(|points| Percentage::parse(&percent(points)));
    into.min_availability = share.unwrap_or(into.min_availability);
    let class = told
        .long(at, "personalRank")
        .and_then(|rank| usize::try_from(rank).ok())
        .and_then(|rank| Classification::ALL.get(rank));
    into.personal_classification = class.copied().unwrap_or(into.personal_classification);
    if let Some(bases) = told.set(at, "legalBases") {
        into.legal_bases = bases.into_iter().map(str::to_owned).collect();
    }
    let stated = told.set(at, "regions").unwrap_or_default();
    into.regions = stated.into_iter().map(str::to_owned).collect();
    let foreign = told.set(contract, "foreignRegions").unwrap_or_default();
    if !foreign.is_empty() && into.regions.is_empty() {
        let all = told.set(contract, "regions").unwrap_or_default();
        let home = all.into_iter().filter(|region| !foreign.contains(region));
        into.regions = home.map(str::to_owned).collect();
        into.regions.insert("home".to_owned());
    }
}

pub(super) fn team(teams: &mut BTreeMap<String, Team>, name: &str, roles: &[&str]) {
    let roles: BTreeSet<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    if !roles.is_empty() || name == "another-team" {
        teams
            .entry(name.to_owned())
            .or_default()
            .roles
            .extend(roles);
    }
}

/// Writes what differs from the usual as settings have it.
pub(super) fn settings(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    let usual = Parameters::default();
    let own = &world.parameters;
    for (key, value, usual) in [
        ("notice_days", own.notice_days, usual.notice_days),
        (
            "max_retention_days",
            own.max_retention_days,
            usual.max_retention_days,
        ),
        (
            "max_waiver_days",
            own.max_waiver_days,
            usual.max_waiver_days,
        ),
        ("max_use_days", own.max_use_days, usual.max_use_days),
        (
            "max_waiver_renewals",
            own.max_waiver_renewals,
            usual.max_waiver_renewals,
        ),
        (
            "max_error_waiver_days",
            own.max_error_waiver_days.unwrap_or(own.max_waiver_days),
            own.max_waiver_days,
        ),
    ] {
        if value != usual {
            lines.push(format!("parameters: {{ {key}: {value} }}"));
        }
    }
    for (key, value, usual) in [
        (
            "max_freshness",
            format!("{} seconds", own.max_freshness.seconds),
            own.max_freshness == usual.max_freshness,
        ),
        (
            "min_availability",
            own.min_availability.to_string(),
            own.min_availability == usual.min_availability,
        ),
        (
            "personal_classification",
            own.personal_classification.as_str().to_owned(),
            own.personal_classification == usual.personal_classification,
        ),
        (
            "legal_bases",
            yaml::list(own.legal_bases.iter().map(String::as_str)),
            own.legal_bases == usual.legal_bases,
        ),
    ] {
        if !usual {
            lines.push(format!("parameters: {{ {key}: {value} }}"));
        }
    }
    if !own.regions.is_empty() {
        let regions = yaml::list(own.regions.iter().map(String::as_str));
        lines.push(format!("parameters: {{ regions: {regions} }}"));
    }
    for (name, team) in &world.teams {
        let roles = yaml::list(team.roles.iter().map(String::as_str));
        lines.push(format!(
            "teams: {{ {}: {{ roles: {roles} }} }}",
            yaml::text(name)
        ));
    }
    for (name, product) in &world.products {
        let owner = product.owner.as_deref().map(yaml::text).unwrap_or_default();
        lines.push(format!(
            "products: {{ {}: {{ owner: {owner} }} }}",
            yaml::text(name)
        ));
    }
    if world.glossary.names().next().is_some() {
        let terms = yaml::list(world.glossary.names());
        lines.push(format!("terms: {terms}"));
    }
    lines
}
