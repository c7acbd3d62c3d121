//! Contract formats in, the attributes that none of them can state out.

use std::collections::BTreeSet;

use cedar_policy_core::ast::{Expr, ExprKind, Var};
use meshlaw_contract::Format;

use super::Linter;
use crate::policy::Policy;

/// Attributes that a format has no way to state, by type of entity; a test holds them to what the
/// formats read.
const NEVER: &[(Format, &[&str])] = &[(Format::Native, &["Field.isCritical"]), (Format::Odcs, &[])];

/// Tells whether some format cannot state an attribute that a policy speaks of, so that it matters
/// which formats are in use.
pub fn hangs_on_format(policy: &Policy) -> bool {
    let all = NEVER.iter().flat_map(|(_, paths)| *paths);
    let names = all.filter_map(|path| path.split('.').nth(1));
    names.into_iter().any(|name| policy.text.contains(name))
}

impl Linter<'_> {
    /// Looks at an attribute that is asked for.
    pub(super) fn filled(&mut self, at: &Expr, of: &Expr, attribute: &str) {
        let formats = &self.known.formats;
        let lacks = |kind: &str| {
            let path = format!("{kind}.{attribute}");
            let is_lacking = |format: &Format| {
                let own = NEVER.iter().find(|(one, _)| one == format);
                own.is_some_and(|(_, paths)| paths.contains(&path.as_str()))
            };
            !formats.is_empty() && formats.iter().all(is_lacking)
        };
        let kinds = self.kinds(of);
        if kinds.is_empty() || !kinds.iter().all(|kind| lacks(kind)) {
            return;
        }
        let names: BTreeSet<&str> = formats.iter().map(|format| name(*format)).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let message = format!("no contract here can state `{attribute}`");
        if self.found.iter().any(|lint| lint.message == message) {
            return;
        }
        let help = format!(
            "all of them are written in {}, which has no word for it: ask for something else",
            names.join(" or ")
        );
        self.on(at, "never-filled", message, help);
    }

    /// Returns the types of entity that an expression can stand for, where it is part of a contract.
    fn kinds(&self, expression: &Expr) -> Vec<&str> {
        match expression.expr_kind() {
            ExprKind::Var(Var::Resource) => match &self.policy.scope.resource {
                Some(kind) => vec![kind],
                None => vec!["Contract", "Dataset", "Field"],
            },
            ExprKind::GetAttr { attr, .. } if attr == "contract" => vec!["Contract"],
            ExprKind::GetAttr { attr, .. } if attr == "dataset" => vec!["Dataset"],
            _ => Vec::new(),
        }
    }
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Native => "meshlaw's own format",
        Format::Odcs => "the Open Data Contract Standard",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use meshlaw_contract::{Limits, Words, parse_terms, read_contracts};

    use super::*;
    use crate::attribute::{Attribute, CONTRACT, DATASET, FIELD, Read};
    use crate::fact::Fact;
    use crate::view::{ContractView, DatasetView, FieldView, Identity, visit_fields};
    use crate::{Glossary, Meaning, Product, Team, World};

    /// Contracts of a format that together state all that the format can.
    fn whole(format: Format) -> &'static str {
        match format {
            Format::Native => include_str!("whole/native.contract.yaml"),
            Format::Odcs => include_str!("whole/standard.odcs.yaml"),
        }
    }

    fn world() -> World {
        let mut world = World::empty(date(2026, 11, 23));
        let owner = Some("sales-team".to_owned());
        world.teams.insert("sales-team".to_owned(), Team::default());
        let product = Product {
            owner,
            ..Product::default()
        };
        world.products.insert("order_book".to_owned(), product);
        let text = "term: order\ndefinition: d\nowner: o\ntype: long\nenum: [1]\n";
        let terms = parse_terms(text, &Limits::default()).into_iter();
        let terms = terms.filter_map(|parsed| Some(Meaning::of(&parsed.value?)));
        world.glossary = Glossary::of(terms);
        world.parameters.regions.insert("eu-west-1".to_owned());
        world
    }

    /// Takes down which attributes say more than nothing.
    fn take<F: Read<V>, V>(
        kind: &str,
        table: &[Attribute<F>],
        view: &V,
        out: &mut BTreeMap<String, bool>,
    ) {
        for attribute in table {
            let is_filled = attribute.fact.of(view).is_some_and(says);
            *out.entry(format!("{kind}.{}", attribute.name)).or_default() |= is_filled;
        }
    }

    fn says(fact: Fact<'_>) -> bool {
        match fact {
            Fact::Bool(value) => value,
            Fact::Set(members) => !members.is_empty(),
            _ => true,
        }
    }

    fn filled(format: Format) -> BTreeMap<String, bool> {
        let (world, mut out) = (world(), BTreeMap::new());
        let name = match format {
            Format::Native => "a.contract.yaml",
            Format::Odcs => "a.odcs.yaml",
        };
        let parsed = read_contracts(whole(format), name, &Limits::default(), &Words::default());
        for parsed in parsed {
            assert_eq!(parsed.problems, [], "{format:?}");
            let contract = parsed.value.unwrap();
            assert_eq!(contract.format, format);
            let identity = Identity {
                domain: "sales".to_owned(),
                name: "orders".to_owned(),
                path: name.to_owned(),
            };
            let view = ContractView::new(&contract, &identity, &world);
            take("Contract", CONTRACT, &view, &mut out);
            for dataset in &contract.datasets {
                let of = DatasetView::new(view, dataset);
                take("Dataset", DATASET, &of, &mut out);
                visit_fields(dataset, &mut |way, field| {
                    let view = FieldView { of, field, way };
                    take("Field", FIELD, &view, &mut out);
                });
            }
        }
        out
    }

    #[test]
    fn what_formats_cannot_state_is_listed() {
        for (format, never) in NEVER {
            let filled = filled(*format);
            let empty = filled.iter().filter(|(_, is_filled)| !**is_filled);
            let empty: Vec<&str> = empty.map(|(path, _)| path.as_str()).collect();
            assert_eq!(empty, *never, "{format:?}");
        }
    }

    #[test]
    fn every_attribute_can_be_stated_by_some_format() {
        let mut by_any: BTreeMap<String, bool> = BTreeMap::new();
        for (format, _) in NEVER {
            for (path, is_filled) in filled(*format) {
                *by_any.entry(path).or_default() |= is_filled;
            }
        }
        let never = by_any.iter().filter(|(_, is_filled)| !**is_filled);
        assert_eq!(never.count(), 0, "{by_any:?}");
    }
}
