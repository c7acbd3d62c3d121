//! A new major version beside an old one in, who still reads the old one and what awaits them out.
//!
//! A planned break harms nobody while both versions stand; what readers need is the time they have,
//! and which of their fields the new version gives them.

use std::collections::BTreeSet;

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Consumer, Contract, Dataset, Field, Use, Version};
use meshlaw_diff::{Aspect, Comparison, Motion, compare};
use meshlaw_report::{Finding, Kind, Severity};

use crate::atlas::Atlas;
use crate::court::Court;
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::output;
use crate::revision::Revision;

/// Returns the older version that a contract of a major version is new beside, if there is one.
pub fn older(atlas: &Atlas<'_>, id: &str, version: u64) -> Result<Option<Contract>, Failure> {
    let mut older: Vec<_> = atlas
        .all(id)?
        .into_iter()
        .filter(|one| major(one.version.as_ref()).is_some_and(|own| own < version))
        .collect();
    older.sort_by_key(|one| major(one.version.as_ref()));
    older.last().map_or(Ok(None), |old| atlas.contract(old))
}

fn major(version: Option<&Version>) -> Option<u64> {
    version.and_then(Version::major)
}

/// Tells each reader of the old version what the new one gives them.
pub fn beside(
    court: &Court<'_>,
    base: &Contract,
    new: &Revision<'_>,
) -> Result<Vec<Finding>, Failure> {
    let Some(next) = new.contract() else {
        return Ok(Vec::new());
    };
    let comparison = compare(Some(base), Some(next), court.estate.world.as_of)?;
    let id = new.identity.id();
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for consumer in &court.estate.consumers {
        let stays = consumer
            .uses
            .iter()
            .find(|usage| reads_only(usage, &id, base, next));
        let Some(usage) = stays.filter(|_| names.insert(consumer.name.as_str())) else {
            continue;
        };
        found.extend(finding(
            court,
            base,
            new,
            consumer,
            &table(usage, base, &comparison),
        ));
    }
    Ok(found)
}

/// Tells whether a use reads the old version and not the new one.
fn reads_only(usage: &Use, id: &str, base: &Contract, next: &Contract) -> bool {
    let fits = |contract: &Contract| {
        let version = contract.version.as_ref().and_then(Version::semantic);
        usage
            .version
            .as_ref()
            .zip(version)
            .is_none_or(|(range, version)| range.matches(version))
    };
    usage.contract == id && fits(base) && !fits(next)
}

fn finding(
    court: &Court<'_>,
    base: &Contract,
    new: &Revision<'_>,
    consumer: &Consumer,
    table: &[String],
) -> Option<Finding> {
    let (old, next) = (base.version.as_ref()?, new.contract()?.version.as_ref()?);
    let sunset = base.deprecated.as_ref().and_then(|notice| notice.sunset);
    let time = match sunset.map(|sunset| (sunset, court.estate.world.days_to(sunset))) {
        Some((sunset, days @ 1..)) => {
            format!("which goes on {sunset}, in {}", output::count(days, "day"))
        }
        Some((sunset, _)) => format!("whose sunset was on {sunset}"),
        None => "which states no sunset".to_owned(),
    };
    let pointer = Pointer::root().word("version");
    let draft = Draft {
        id: "contract/planned-break",
        kind: Kind::Contract,
        severity: Severity::Note,
        about: About {
            identity: Some(&new.identity),
            owner: base.owner.as_deref(),
        },
        location: Some(new.locate(&pointer)),
        pointer: pointer.name(consumer.name.as_str()),
        message: format!("`{}` still reads version {old}, {time}", consumer.name),
        help: Some(format!(
            "agree on the move to version {next} with {}",
            consumer.owner.as_deref().unwrap_or("its owner")
        )),
    };
    let made = make(&court.law.settings, draft)?;
    let consumers = crate::effects::contacts(court.estate, &[consumer]);
    Some(Finding {
        notes: table.to_vec(),
        consumers,
        ..made
    })
}

/// Says of each field that a consumer uses what became of it.
fn table(usage: &Use, base: &Contract, comparison: &Comparison) -> Vec<String> {
    let mut rows = Vec::new();
    let mut same = 0;
    for (name, pointer) in used(usage, base) {
        let to = comparison.alignment.to_head(&pointer);
        let about = |aspect, motion: Option<Motion>| {
            comparison.changes.iter().find(|change| {
                change.edit.aspect == aspect
                    && motion.is_none_or(|motion| change.edit.motion == motion)
                    && change
                        .edit
                        .place
                        .base()
                        .is_some_and(|at| pointer.contains(at) || at.contains(&pointer))
            })
        };
        let gone = [Motion::Removed, Motion::Retired]
            .into_iter()
            .any(|motion| about(Aspect::Field, Some(motion)).is_some());
        let called = |pointer: &Pointer| pointer.keys().last().map(|key| key.as_str().to_owned());
        let retyped = comparison.changes.iter().find(|change| {
            change.edit.aspect == Aspect::Type
                && change
                    .edit
                    .place
                    .base()
                    .is_some_and(|at| pointer.contains(at))
        });
        if gone {
            rows.push(format!("`{name}` is gone"));
            continue;
        }
        if called(&to) != called(&pointer) {
            rows.push(format!(
                "`{name}` is called `{}`",
                called(&to).unwrap_or_default()
            ));
        }
        if let Some(change) = retyped {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let (old, new) = (text(&change.edit.before), text(&change.edit.after));
            rows.push(format!("`{name}` was `{old}` and is `{new}`"));
        }
        if called(&to) == called(&pointer) && retyped.is_none() {
            same += 1;
        }
    }
    match same {
        0 => {}
        1 => rows.push("one field that it uses is the same".to_owned()),
        more => rows.push(format!("{more} fields that it uses are the same")),
    }
    rows
}

/// Returns the fields that a use names, or all at the top, each with its place.
fn used(usage: &Use, base: &Contract) -> Vec<(String, Pointer)> {
    let datasets = base.datasets.iter().filter(|dataset| {
        usage
            .dataset
            .as_ref()
            .is_none_or(|name| *name == dataset.name)
    });
    let mut found = Vec::new();
    for dataset in datasets {
        match &usage.fields {
            None => {
                let fields = dataset.pointer().word("fields");
                let all = dataset.fields.iter();
                found.extend(all.map(|field| (field.name.clone(), fields.name(&field.name))));
            }
            Some(paths) => {
                let places = paths
                    .iter()
                    .filter_map(|path| Some((path.join("."), place(dataset, path)?)));
                found.extend(places);
            }
        }
    }
    found
}

fn place(dataset: &Dataset, path: &[String]) -> Option<Pointer> {
    let mut at = dataset.pointer();
    let mut fields: Vec<&Field> = dataset.fields.iter().collect();
    for name in path {
        let field = fields.iter().find(|field| field.name == *name)?;
        at = at.word("fields").name(name.as_str());
        fields = field.children().collect();
    }
    Some(at)
}
