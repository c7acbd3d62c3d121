//! A document of the standard in, what its schema lets pass and nobody can mean out.
//!
//! Parts that were not understood are passed over: their values read as none.

mod options;
mod people;
mod positions;
mod relations;
mod rules;
mod schedule;
mod servers;
mod service;
mod storage;
mod tables;
mod twice;

use tables::Tables;

use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, Number, ProblemId, Scalar, View, nearest};

/// Says what makes no sense in a document that was held against the tables of its version.
pub(super) fn check<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    let tables = Tables::of(root);
    twice::contract(low, root);
    people::check(low, root);
    servers::check(low, root);
    service::check(low, root, &tables);
    price(low, root);
    low.within("datasets", |low| {
        for table in items(root, "schema") {
            let Some(name) = text(table, "name") else {
                continue;
            };
            low.named(name, |low| dataset(low, table, &tables));
        }
    });
}

fn dataset<'d>(low: &mut Lowering<'d>, table: NodeRef<'d>, tables: &Tables<'d>) {
    positions::check(low, table);
    relations::of_dataset(low, table, tables);
    rules::check(low, table, None);
    twice::part(low, table);
    low.within("fields", |low| properties(low, table, tables));
}

fn properties<'d>(low: &mut Lowering<'d>, around: NodeRef<'d>, tables: &Tables<'d>) {
    for node in items(around, "properties") {
        if let Some(name) = text(node, "name") {
            low.named(name, |low| property(low, node, tables));
        }
    }
}

fn property<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, tables: &Tables<'d>) {
    let View::Mapping(entries) = node.view() else {
        return;
    };
    // One look at the keys is cheaper than a search for each that may be there.
    for (key, inner) in entries {
        match key.text().unwrap_or_default() {
            "logicalTypeOptions" => options::check(low, node),
            "physicalType" => storage::check(low, node),
            "quality" => {
                rules::check(low, node, Some(node));
                twice::ids(low, node, "quality", "quality");
            }
            "relationships" => relations::of_property(low, node, tables),
            "customProperties" => {
                twice::customs(low, node);
                twice::ids(low, node, "customProperties", "properties");
            }
            "authoritativeDefinitions" => {
                twice::definitions(low, node);
                twice::ids(
                    low,
                    node,
                    "authoritativeDefinitions",
                    "authoritativeDefinitions",
                );
            }
            "properties" => {
                twice::ids(low, node, "properties", "fields");
                low.within("fields", |low| properties(low, node, tables));
            }
            "items" => low.within("items", |low| property(low, inner, tables)),
            "map" => {
                for (key, word) in [("key", "keys"), ("value", "values")] {
                    if let Some(inner) = inner.get(key) {
                        low.within(word, |low| property(low, inner, tables));
                    }
                }
            }
            _ => {}
        }
    }
}

fn price<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    let Some(price) = root.get("price") else {
        return;
    };
    low.within("price", |low| {
        if let Some(amount) = price.get("priceAmount")
            && number(price, "priceAmount").is_some_and(|amount| amount < 0.into())
        {
            wrong(
                low,
                amount,
                "a price is not below zero",
                "write what is paid",
            );
        }
        let Some((stated, code)) = price.get("priceCurrency").zip(text(price, "priceCurrency"))
        else {
            return;
        };
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code {
            let message = format!("{} is not a code of ISO 4217", quoted(code));
            let help = "write three capital letters, as in `EUR`";
            doubt(low, ProblemId::BadValue, stated, &message, help);
        }
    });
}

/// Returns the elements of a list of a part.
fn items<'d>(part: NodeRef<'d>, key: &str) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    part.get(key).into_iter().flat_map(NodeRef::items)
}

fn text<'d>(part: NodeRef<'d>, key: &str) -> Option<&'d str> {
    part.get(key)?.scalar()?.to_text()
}

fn number(part: NodeRef<'_>, key: &str) -> Option<Number> {
    part.get(key)?.scalar().and_then(Scalar::to_number)
}

fn whole(part: NodeRef<'_>, key: &str) -> Option<i64> {
    number(part, key)?.to_i64()
}

fn flag(part: NodeRef<'_>, key: &str) -> Option<bool> {
    part.get(key)?.scalar()?.to_bool()
}

/// Says that what a part states cannot hold.
fn wrong(low: &mut Lowering<'_>, node: NodeRef<'_>, message: &str, help: &str) {
    let (message, help) = (message.to_owned(), help.to_owned());
    low.contradiction(ProblemId::Contradiction, node.span(), message, help);
}

/// Says that a part is likely meant otherwise.
fn doubt(low: &mut Lowering<'_>, id: ProblemId, node: NodeRef<'_>, message: &str, help: &str) {
    low.doubt(id, node.span(), message.to_owned(), help.to_owned());
}

/// Says that a free word reads like one that the standard's documentation names.
fn misspelt(low: &mut Lowering<'_>, node: NodeRef<'_>, word: &str, known: &[&str]) {
    let is_known = known.iter().any(|one| one.eq_ignore_ascii_case(word));
    if let (false, Some(near)) = (is_known, nearest(word, known.iter().copied())) {
        let message = format!("{} reads like `{near}`", quoted(word));
        let help = format!("write `{near}`, if that is meant");
        doubt(low, ProblemId::UnknownWord, node, &message, &help);
    }
}

/// Says that a name stands for nothing; `known` are the names that are there.
fn dangling<'k>(
    low: &mut Lowering<'_>,
    node: NodeRef<'_>,
    message: &str,
    name: &str,
    known: impl Iterator<Item = &'k str>,
    is_certain: bool,
) {
    /// Looking for what was meant costs time for each name.
    const MOST_CANDIDATES: usize = 1_000;
    let help = match low.suggest(name, known.take(MOST_CANDIDATES)) {
        Some(near) => format!("did you mean {}?", quoted(near)),
        None => "name one that is there".to_owned(),
    };
    let (id, span, message) = (ProblemId::DanglingName, node.span(), message.to_owned());
    if is_certain {
        low.contradiction(id, span, message, help);
    } else {
        low.doubt(id, span, message, help);
    }
}
