//! Relationships of the standard: which columns refer to which.

use super::Standard;
use super::check;
use super::tables::RELATIONSHIP;
use crate::lowering::{Lowering, to_value};
use crate::model::Reference;
use crate::{NodeRef, ProblemId, Scalar, View};

/// Checks a list of relationships, of a dataset or of a property.
///
/// A dataset's says `from` where; a property's starts at the property.
pub(super) fn relationships<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let is_of_property = low.pointer().keys().last().map(crate::Key::as_str) == Some("references");
    low.list(node, |low, item| {
        check::object(low, item, &RELATIONSHIP, standard);
        if !matches!(item.view(), View::Mapping(_)) {
            return Some(());
        }
        low.require(false, item, "to", "relationship");
        match (is_of_property, item.entry("from")) {
            (true, Some((key, _))) => {
                let message = "`from` cannot stand here: it is the property itself".to_owned();
                let help = "remove `from`".to_owned();
                low.bad(ProblemId::UnknownKey, key.span(), message, help);
            }
            (false, None) => low.require(false, item, "from", "relationship"),
            _ => {}
        }
        for end in ["from", "to"] {
            if let Some(inner) = item.get(end) {
                ends(low, inner, standard);
            }
        }
        if let (false, Some(from), Some(to)) = (is_of_property, item.get("from"), item.get("to")) {
            let is_list = |node: NodeRef<'_>| matches!(node.view(), View::Sequence(_));
            if is_list(from) != is_list(to) {
                let message = "`from` and `to` must be both one column, or both a list".to_owned();
                let help = "write as many columns on either side".to_owned();
                low.bad(ProblemId::WrongType, item.span(), message, help);
            }
        }
        Some(())
    });
}

/// Checks one end: a column, or a list of at least one.
fn ends<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let View::Sequence(items) = node.view() else {
        column(low, node, standard);
        return;
    };
    let mut count = 0;
    for item in items {
        count += 1;
        column(low, item, standard);
    }
    if count == 0 {
        low.wrong_type(node, "a column or a list of columns");
    }
}

fn column<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    let Some(text) = check::text(low, node) else {
        return;
    };
    if !is_shorthand(text, standard) && !is_full(text, standard) {
        let help = "write `table.column`, or a path such as `schema/orders/properties/id`";
        low.not_a(node, text, "a reference to a column", help.to_owned());
    }
}

/// Tells whether a text is `table.column`; since v3.2, names may hold `-` and nest.
fn is_shorthand(text: &str, standard: Standard) -> bool {
    let is_newest = standard >= Standard::V32;
    let is_name = |name: &str| {
        let mut letters = name.chars();
        letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || (is_newest && c == '-'))
    };
    let parts: Vec<&str> = text.split('.').collect();
    let fits = if is_newest {
        parts.len() >= 2
    } else {
        parts.len() == 2
    };
    fits && parts.into_iter().all(is_name)
}

/// Tells whether a text is a path of words and ids, perhaps behind the name of a file.
fn is_full(text: &str, standard: Standard) -> bool {
    let is_newest = standard >= Standard::V32;
    let path = match text.split_once('#') {
        Some((file, path)) if is_file(file, is_newest) => path,
        Some(_) => return false,
        None => text,
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    let parts: Vec<&str> = path.split('/').collect();
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let is_id = |id: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let free = |c: char| {
            !c.is_whitespace() && !matches!(c, '.' | '#' | '/' | '\\' | '@' | '!' | '%' | '&' | '^')
        };
        !id.is_empty()
            && id
                .chars()
                .all(|c| if is_newest { free(c) } else { plain(c) })
    };
    parts.len() >= 2
        && parts.len().is_multiple_of(2)
        && parts.chunks(2).all(|pair| match pair {
            [word, id] => is_word(word) && is_id(id),
            _ => false,
        })
}

fn is_file(file: &str, is_newest: bool) -> bool {
    let file = file
        .strip_prefix("https://")
        .or_else(|| file.strip_prefix("http://"))
        .unwrap_or(file);
    let stem = file
        .strip_suffix(".yaml")
        .or_else(|| file.strip_suffix(".yml").filter(|_| is_newest));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    stem.is_some_and(|stem| !stem.is_empty() && stem.chars().all(is_allowed))
}

/// Reads what a column refers to, where it is one column.
pub(super) fn target(relationship: NodeRef<'_>) -> Option<Reference> {
    let text = relationship.get("to")?.scalar().and_then(Scalar::to_text)?;
    let (contract, path) = match text.split_once('#') {
        Some((file, path)) => (Some(file.to_owned()), path),
        None => (None, text),
    };
    if path.contains('/') {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let after = |word: &str| {
            let at = parts.iter().position(|part| *part == word)?;
            parts.get(at + 1).map(|part| (*part).to_owned())
        };
        return Some(Reference {
            contract,
            dataset: after("schema"),
            field: after("properties")?,
        });
    }
    let (dataset, field) = path.rsplit_once('.')?;
    Some(Reference {
        contract,
        dataset: Some(dataset.to_owned()),
        field: field.to_owned(),
    })
}

/// Reads which column of the dataset a relationship starts from, where it is one.
pub(super) fn source(relationship: NodeRef<'_>) -> Option<String> {
    let text = relationship
        .get("from")?
        .scalar()
        .and_then(Scalar::to_text)?;
    let last = text.rsplit(['.', '/']).next()?;
    Some(last.to_owned())
}

/// Tells whether a relationship says more than which column refers to which.
pub(super) fn says_more(relationship: NodeRef<'_>) -> bool {
    let View::Mapping(entries) = relationship.view() else {
        return false;
    };
    let mut keys = entries.filter_map(|(key, value)| Some((key.text()?, to_value(value))));
    keys.any(|(key, _)| !matches!(key, "from" | "to" | "type"))
}
