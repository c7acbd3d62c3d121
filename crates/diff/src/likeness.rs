//! Two things of different names in, how likely they are one out.

use std::collections::BTreeSet;

use meshlaw_contract::model::{Dataset, Field};
use meshlaw_contract::tokens;

use crate::pairing::Named;

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }

    /// Names count for half, all else for half; another type, or two ids, mean another field.
    fn likeness(&self, other: &Self) -> f64 {
        if self.ty.word() != other.ty.word() || (self.id.is_some() && other.id.is_some()) {
            return 0.0;
        }
        // Weight, whether either says it, and whether both say the same.
        let either = |left: bool, right: bool| left || right;
        let has_children = |field: &Self| field.children().next().is_some();
        let key = |field: &Self| (field.unique, field.primary_key);
        let attributes = [
            (
                4.0,
                either(self.description.is_some(), other.description.is_some()),
                self.description == other.description,
            ),
            (
                3.0,
                either(self.allowed.is_some(), other.allowed.is_some()),
                self.allowed == other.allowed,
            ),
            (
                2.0,
                either(self.term.is_some(), other.term.is_some()),
                self.term == other.term,
            ),
            (
                2.0,
                either(self.pii.is_some(), other.pii.is_some()),
                self.pii == other.pii,
            ),
            (
                2.0,
                either(has_children(self), has_children(other)),
                self.ty == other.ty,
            ),
            (1.0, true, self.required == other.required),
            (1.0, true, key(self) == key(other)),
            (
                1.0,
                either(self.pattern.is_some(), other.pattern.is_some()),
                self.pattern == other.pattern,
            ),
        ];
        let told: f64 = attributes
            .iter()
            .map(|(weight, is_told, _)| if *is_told { *weight } else { 0.0 })
            .sum();
        let same: f64 = attributes
            .iter()
            .map(|(weight, is_told, is_same)| if *is_told && *is_same { *weight } else { 0.0 })
            .sum();
        let names = name_likeness(&self.name, &other.name);
        let rest = same / told;
        // Without a telling attribute, only the names speak.
        if told <= 2.0 {
            names * 0.9
        } else {
            names.mul_add(0.5, rest * 0.5)
        }
    }
}

impl Named for Dataset {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn physical_name(&self) -> Option<&str> {
        self.physical_name.as_deref()
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }

    /// A dataset is what its fields are.
    fn likeness(&self, other: &Self) -> f64 {
        let kinds = |dataset: &Dataset| -> BTreeSet<(String, String)> {
            let fields = dataset.fields.iter();
            fields
                .map(|field| (field.name.clone(), field.ty.word().to_owned()))
                .collect()
        };
        let shared = kinds(self).intersection(&kinds(other)).count();
        let most = self.fields.len().max(other.fields.len());
        if most == 0 { 0.0 } else { share(shared, most) }
    }
}

/// How alike two names are: by their words, and by their letters.
fn name_likeness(left: &str, right: &str) -> f64 {
    let (a, b) = (tokens(left), tokens(right));
    let shared = a.iter().filter(|word| b.contains(word)).count();
    let words = share(2 * shared, (a.len() + b.len()).max(1));
    let letters = strsim::normalized_damerau_levenshtein(&a.concat(), &b.concat());
    words.max(letters)
}

#[expect(clippy::cast_precision_loss, reason = "counts of fields are small")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
