//! The rules: one Markdown file each, read once.

use std::collections::BTreeMap;
use std::sync::{LazyLock, RwLock};

use crate::edit::{Aspect, Motion};
use crate::rule::{Rule, RuleError};

/// Makes the list of rule files; each line is one file of `rules/`.
macro_rules! rules {
    ($($file:literal,)*) => {
        &[$(($file, include_str!(concat!("../rules/", $file, ".md"))),)*]
    };
}

const FILES: &[(&str, &str)] = rules![
    "classification_lowered",
    "classification_raised",
    "compatibility_lowered",
    "compatibility_raised",
    "compatibility_restated",
    "constraint_changed",
    "constraint_loosened",
    "constraint_tightened",
    "constraint_unclear",
    "contract_added",
    "contract_removed",
    "contract_renamed",
    "contract_retired",
    "critical_element_added",
    "critical_element_removed",
    "dataset_added",
    "dataset_removed",
    "dataset_renamed",
    "dataset_renamed_with_alias",
    "dataset_retired",
    "definition_changed",
    "deprecation_added",
    "deprecation_changed",
    "deprecation_withdrawn",
    "description_changed",
    "detail_changed",
    "digits_changed",
    "digits_loosened",
    "digits_tightened",
    "domain_changed",
    "encryption_added",
    "encryption_removed",
    "enum_added",
    "enum_label_changed",
    "enum_removed",
    "enum_restated",
    "enum_value_added",
    "enum_value_removed",
    "examples_changed",
    "field_added",
    "field_added_required",
    "field_made_optional",
    "field_made_required",
    "field_moved",
    "field_removed",
    "field_renamed",
    "field_renamed_with_alias",
    "field_retired",
    "fields_reordered",
    "format_added",
    "format_changed",
    "format_narrowed",
    "format_removed",
    "format_unclear",
    "format_widened",
    "id_added",
    "id_changed",
    "key_position_changed",
    "legal_basis_changed",
    "legal_basis_removed",
    "length_loosened",
    "length_tightened",
    "masking_changed",
    "masking_removed",
    "owner_added",
    "owner_changed",
    "owner_removed",
    "partition_changed",
    "pattern_added",
    "pattern_changed",
    "pattern_loosened",
    "pattern_removed",
    "pattern_restated",
    "pattern_tightened",
    "pattern_unclear",
    "physical_member_added",
    "physical_member_removed",
    "physical_name_changed",
    "physical_name_restated",
    "physical_type_changed",
    "physical_type_dropped",
    "physical_type_narrowed",
    "physical_type_restated",
    "physical_type_stated",
    "physical_type_unclear",
    "physical_type_widened",
    "pii_added",
    "pii_removed",
    "price_changed",
    "primary_key_added",
    "primary_key_changed",
    "primary_key_loosened",
    "primary_key_removed",
    "primary_key_tightened",
    "product_changed",
    "property_changed",
    "purpose_added",
    "purpose_removed",
    "quality_added",
    "quality_changed",
    "quality_detail_changed",
    "quality_loosened",
    "quality_removed",
    "quality_renamed",
    "quality_restated",
    "quality_text_changed",
    "quality_tightened",
    "quality_unclear",
    "quality_weight_lowered",
    "quality_weight_raised",
    "quality_weight_unclear",
    "range_loosened",
    "range_restated",
    "range_tightened",
    "range_unclear",
    "reference_added",
    "reference_removed",
    "reference_retargeted",
    "region_added",
    "region_removed",
    "required_restated",
    "retention_lengthened",
    "retention_restated",
    "retention_shortened",
    "retention_stated",
    "role_added",
    "role_changed",
    "role_removed",
    "server_added",
    "server_changed",
    "server_detail_changed",
    "server_removed",
    "sla_added",
    "sla_changed",
    "sla_detail_changed",
    "sla_removed",
    "sla_restated",
    "sla_strengthened",
    "sla_weakened",
    "standard_version_lowered",
    "standard_version_raised",
    "status_lowered",
    "status_raised",
    "sunset_earlier",
    "sunset_later",
    "support_changed",
    "tag_changed",
    "team_changed",
    "term_changed",
    "term_set",
    "type_changed",
    "type_dropped",
    "type_narrowed",
    "type_stated",
    "type_unclear",
    "type_widened",
    "unique_added",
    "unique_removed",
    "unique_restated",
    "unit_changed",
    "unit_stated",
    "version_lowered",
    "version_raised",
    "version_restated",
    "version_scheme_changed",
];

/// The rules, with the way from an edit to the one that speaks of it.
#[derive(Debug)]
pub struct Catalogue {
    rules: Vec<Rule>,
    /// Sorted by edit.
    by_edit: Vec<((Aspect, Motion), usize)>,
}

static CATALOGUE: LazyLock<Result<Catalogue, RuleError>> = LazyLock::new(Catalogue::read);

/// Returns the catalogue that is built in.
///
/// # Errors
///
/// Fails where a rule file is malformed, or an edit has no rule or two; a test keeps that from
/// being released.
pub fn catalogue() -> Result<&'static Catalogue, &'static RuleError> {
    CATALOGUE.as_ref()
}

/// A rule that was read alone, or why it could not be.
type Found = Result<&'static Rule, &'static RuleError>;

/// The rules of edits that were asked for.
static FOUND: RwLock<BTreeMap<(Aspect, Motion), Found>> = RwLock::new(BTreeMap::new());

/// Returns the one rule that speaks of an edit, and reads no other: most changes are about a few.
///
/// # Errors
///
/// As [`catalogue`], where that concerns the edit.
pub(crate) fn rule_of(aspect: Aspect, motion: Motion) -> Found {
    let edit = (aspect, motion);
    if let Ok(known) = FOUND.read()
        && let Some(found) = known.get(&edit)
    {
        return *found;
    }
    let read = FILES
        .iter()
        .find(|(_, text)| Rule::speaks_of(text, edit))
        .ok_or(RuleError::Missing { aspect, motion })
        .and_then(|(file, text)| Rule::parse(file, text));
    // Each is read once, and lives as long as the program.
    let found: Found = match read {
        Ok(rule) => Ok(Box::leak(Box::new(rule))),
        Err(error) => Err(Box::leak(Box::new(error))),
    };
    match FOUND.write() {
        Ok(mut known) => *known.entry(edit).or_insert(found),
        Err(_) => found,
    }
}

impl Catalogue {
    fn read() -> Result<Self, RuleError> {
        let mut rules = Vec::with_capacity(FILES.len());
        let mut by_edit = Vec::new();
        for (file, text) in FILES {
            let rule = Rule::parse(file, text)?;
            by_edit.extend(rule.edits.iter().map(|edit| (*edit, rules.len())));
            rules.push(rule);
        }
        by_edit.sort();
        let catalogue = Self { rules, by_edit };
        catalogue.check()?;
        Ok(catalogue)
    }

    /// Returns every rule, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns the rule of an id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Returns the one rule that speaks of an edit.
    pub fn rule(&self, aspect: Aspect, motion: Motion) -> Option<&Rule> {
        let at = self
            .by_edit
            .binary_search_by_key(&(aspect, motion), |(edit, _)| *edit)
            .ok()?;
        self.rules.get(self.by_edit.get(at)?.1)
    }

    /// Every possible edit has exactly one rule.
    fn check(&self) -> Result<(), RuleError> {
        let pairs = self.by_edit.iter().zip(self.by_edit.iter().skip(1));
        let mut twice = pairs.filter(|((one, _), (other, _))| one == other);
        if let Some(((edit, _), _)) = twice.next() {
            let (aspect, motion) = *edit;
            return Err(RuleError::Ambiguous { aspect, motion });
        }
        for aspect in Aspect::ALL {
            for motion in aspect.motions() {
                if self.rule(*aspect, *motion).is_none() {
                    return Err(RuleError::Missing {
                        aspect: *aspect,
                        motion: *motion,
                    });
                }
            }
        }
        let impossible = self
            .by_edit
            .iter()
            .find(|((aspect, motion), _)| !aspect.motions().contains(motion));
        match impossible {
            Some(((aspect, motion), _)) => Err(RuleError::Impossible {
                aspect: *aspect,
                motion: *motion,
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    #[test]
    fn a_rule_that_is_read_alone_is_that_of_the_catalogue() {
        let catalogue = catalogue().unwrap();
        for aspect in Aspect::ALL {
            for motion in Motion::ALL {
                let alone = rule_of(*aspect, *motion).ok();
                assert_eq!(alone, catalogue.rule(*aspect, *motion), "{aspect} {motion}");
                assert_eq!(alone, rule_of(*aspect, *motion).ok());
            }
        }
    }
}
