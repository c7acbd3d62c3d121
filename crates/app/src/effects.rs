//! A change and the consumers in, those who feel it out.

use std::collections::BTreeSet;

use meshlaw_contract::model::{Consumer, FieldPath, Use, Version};
use meshlaw_contract::{Key, Pointer};
use meshlaw_diff::{Change, Edit};
use meshlaw_report::ConsumerContact;

use crate::estate::Estate;

/// The contract whose change is felt.
#[derive(Debug, Clone, Copy)]
pub struct Felt<'c> {
    /// Names by which consumers may know it: `domain/name`, before and after.
    pub ids: [Option<&'c str>; 2],
    /// The version that consumers read today.
    pub version: Option<&'c Version>,
}

/// Returns the consumers that use what changed, as often as revisions state them.
pub fn feeling<'e>(
    consumers: &'e [Consumer],
    felt: Felt<'_>,
    change: &Change,
) -> Vec<&'e Consumer> {
    let feels = |consumer: &&Consumer| {
        consumer
            .uses
            .iter()
            .any(|usage| reads(usage, felt) && touches(usage, &change.edit))
    };
    consumers.iter().filter(feels).collect()
}

/// Returns the consumers that use what changed, each once.
pub fn affected<'e>(
    consumers: &'e [Consumer],
    felt: Felt<'_>,
    change: &Change,
) -> Vec<&'e Consumer> {
    each_once(feeling(consumers, felt, change))
}

/// Returns the consumers that read a contract, whatever of it, each once.
pub fn readers<'e>(consumers: &'e [Consumer], felt: Felt<'_>) -> Vec<&'e Consumer> {
    let reading = |consumer: &&Consumer| consumer.uses.iter().any(|usage| reads(usage, felt));
    each_once(consumers.iter().filter(reading).collect())
}

/// Leaves each consumer once, the first that is stated.
pub fn each_once(mut found: Vec<&Consumer>) -> Vec<&Consumer> {
    let mut names = BTreeSet::new();
    found.retain(|one| names.insert(one.name.as_str()));
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found
}

/// Says how to reach consumers.
pub fn contacts(estate: &Estate, consumers: &[&Consumer]) -> Vec<ConsumerContact> {
    let contact = |consumer: &&Consumer| ConsumerContact {
        name: consumer.name.clone(),
        owner: consumer.owner.clone(),
        reach: estate.reach(consumer),
        mention: estate.mention(consumer),
    };
    consumers.iter().map(contact).collect()
}

fn reads(usage: &Use, felt: Felt<'_>) -> bool {
    let is_named = felt.ids.iter().flatten().any(|id| *id == usage.contract);
    let fits = match (&usage.version, felt.version.and_then(Version::semantic)) {
        (Some(range), Some(version)) => range.matches(version),
        _ => true,
    };
    is_named && fits
}

/// Tells whether an edit is about a field that is read; an edit of the whole contract always is.
fn touches(usage: &Use, edit: &Edit) -> bool {
    let pointer = edit.place.base().unwrap_or(edit.place.pointer());
    let (dataset, fields) = names(pointer);
    let same_dataset = match (&usage.dataset, dataset) {
        (Some(used), Some(changed)) => used == changed,
        _ => true,
    };
    let Some(used) = &usage.fields else {
        return same_dataset;
    };
    let overlaps = |path: &FieldPath| path.iter().zip(&fields).all(|(one, other)| one == other);
    same_dataset && (fields.is_empty() || used.iter().any(overlaps))
}

/// Takes a pointer apart: the dataset it names, and the names of fields from the top down.
pub fn names(pointer: &Pointer) -> (Option<&str>, Vec<&str>) {
    let mut dataset = None;
    let mut fields = Vec::new();
    for pair in pointer.keys().windows(2) {
        match pair {
            [Key::Word("datasets"), Key::Name(name)] => dataset = Some(name.as_str()),
            [Key::Word("fields"), Key::Name(name)] => fields.push(name.as_str()),
            _ => {}
        }
    }
    (dataset, fields)
}
