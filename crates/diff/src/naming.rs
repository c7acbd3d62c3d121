//! Two revisions of a dataset in, what its fields are called now out: for rules that name them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use meshlaw_contract::model::{Check, Dataset, Field, QualityRule, Type};

use crate::pairing::{Pairing, pair};

/// The new names of fields.
#[derive(Debug, Default)]
pub(crate) struct Names<'c> {
    /// Of the dataset's own fields, by their old names.
    siblings: BTreeMap<&'c str, &'c str>,
    /// Of the fields that state rules inside of others: the names down to them.
    nested: BTreeMap<Vec<String>, Vec<String>>,
}

impl<'c> Names<'c> {
    pub(crate) fn of(
        before: &'c Dataset,
        after: &'c Dataset,
        pairing: &Pairing<'c, Field>,
    ) -> Self {
        let pairs = pairing.pairs.iter();
        let siblings = pairs
            .map(|(old, new)| (old.name.as_str(), new.name.as_str()))
            .filter(|(old, new)| old != new)
            .collect();
        let mut nested = BTreeMap::new();
        for rule in before.quality.iter().filter(|rule| rule.on.len() > 1) {
            if !nested.contains_key(&rule.on) {
                let path = follow(&rule.on, &before.fields, &after.fields);
                nested.insert(rule.on.clone(), path);
            }
        }
        Self { siblings, nested }
    }

    /// Reads a rule with its fields under their new names.
    pub(crate) fn renamed<'r>(&self, rule: &'r QualityRule) -> Cow<'r, QualityRule> {
        let on = self.path(&rule.on);
        // Inside of a field, the names of the dataset's own fields mean others.
        let sibling = |field: &str| {
            let is_inside = rule.on.len() > 1;
            self.siblings.get(field).copied().filter(|_| !is_inside)
        };
        let mut fields = rule.check.fields().into_iter();
        if on.is_none() && !fields.any(|field| sibling(field).is_some()) {
            return Cow::Borrowed(rule);
        }
        let mut renamed = rule.clone();
        // A rule inside a field speaks of that field, by its own name or by the whole path.
        let inner = on.as_ref().map(|on| {
            let own = |path: &[String]| path.last().cloned().unwrap_or_default();
            let (old, new) = (&rule.on, on);
            [(own(old), own(new)), (old.join("."), new.join("."))]
        });
        let translate = |field: &mut String| {
            let told = inner.iter().flatten().find(|(old, _)| old == field);
            let name = told.map(|(_, new)| new.as_str()).or_else(|| sibling(field));
            if let Some(name) = name {
                *field = name.to_owned();
            }
        };
        match &mut renamed.check {
            Check::NoNulls(fields) | Check::Unique(fields) => {
                fields.iter_mut().for_each(translate);
                fields.sort();
            }
            Check::Range { field, .. }
            | Check::Values { field, .. }
            | Check::Pattern { field, .. } => {
                translate(field);
            }
            Check::RowCount { .. }
            | Check::Sql { .. }
            | Check::Metric { .. }
            | Check::Text(_)
            | Check::Custom { .. } => {}
        }
        if let Some(on) = on {
            renamed.on = on;
        }
        Cow::Owned(renamed)
    }

    /// Returns the new names down to a field, where they differ.
    fn path(&self, on: &[String]) -> Option<Vec<String>> {
        let path = match on {
            [] => return None,
            [name] => vec![(*self.siblings.get(name.as_str())?).to_owned()],
            _ => self.nested.get(on)?.clone(),
        };
        (path != on).then_some(path)
    }
}

/// Finds the new names down to a field; a name that leads nowhere is kept.
fn follow(on: &[String], before: &[Field], after: &[Field]) -> Vec<String> {
    let Some((name, rest)) = on.split_first() else {
        return Vec::new();
    };
    let pairs = pair(before, after).pairs;
    let partner = pairs.iter().find(|(old, _)| old.name == *name);
    let (name, inner) = match partner {
        Some((old, new)) => (&new.name, inside(old, new)),
        None => (name, None),
    };
    let rest = inner.map_or_else(|| rest.to_vec(), |(old, new)| follow(rest, old, new));
    std::iter::once(name.clone()).chain(rest).collect()
}

/// Returns the fields inside of two, through arrays and maps, whose elements have no names.
fn inside<'c>(before: &'c Field, after: &'c Field) -> Option<(&'c [Field], &'c [Field])> {
    match (&before.ty, &after.ty) {
        (Type::Object(old), Type::Object(new)) => Some((old, new)),
        (Type::Array(Some(old)), Type::Array(Some(new)))
        | (
            Type::Map {
                values: Some(old), ..
            },
            Type::Map {
                values: Some(new), ..
            },
        ) => inside(old, new),
        _ => None,
    }
}
