//! What stands twice where once is meant: ids, channels, custom properties; and addresses that
//! lead nowhere.

use std::collections::BTreeSet;

use super::{doubt, items, misspelt, text};
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// Tools and scopes of support, in the standard's documentation.
const TOOLS: &[&str] = &["discord", "email", "googlechat", "slack", "teams", "ticket"];
const SCOPES: &[&str] = &["announcements", "interactive", "issues", "notifications"];

/// Lists of a contract whose elements carry ids.
const LISTS: &[(&str, &str)] = &[
    ("authoritativeDefinitions", "authoritativeDefinitions"),
    ("customProperties", "properties"),
    ("roles", "roles"),
    ("schema", "datasets"),
    ("servers", "servers"),
    ("slaProperties", "sla"),
    ("support", "support"),
];

/// The same, of datasets.
const INNER_LISTS: &[(&str, &str)] = &[
    ("authoritativeDefinitions", "authoritativeDefinitions"),
    ("customProperties", "properties"),
    ("properties", "fields"),
    ("quality", "quality"),
];

/// Checks the lists at the top of a contract.
pub(super) fn contract<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    for (key, word) in LISTS {
        ids(low, root, key, word);
    }
    customs(low, root);
    definitions(low, root);
    let mut seen = BTreeSet::new();
    low.within("support", |low| {
        for item in items(root, "support") {
            let Some((stated, channel)) = item.get("channel").zip(text(item, "channel")) else {
                continue;
            };
            low.named(channel, |low| {
                let known = (channel, text(item, "tool"), text(item, "scope"));
                if !seen.insert(known) {
                    let message = format!("the channel {} stands twice", quoted(channel));
                    doubt(low, ProblemId::DuplicateName, stated, &message, "keep one");
                }
                for (key, known) in [("tool", TOOLS), ("scope", SCOPES)] {
                    if let Some((node, word)) = item.get(key).zip(text(item, key)) {
                        low.within(key, |low| misspelt(low, node, word, known));
                    }
                }
                address(low, item, "url");
                address(low, item, "invitationUrl");
            });
        }
    });
}

/// Checks the lists of a dataset.
pub(super) fn part<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>) {
    for (key, word) in INNER_LISTS {
        ids(low, part, key, word);
    }
    customs(low, part);
    definitions(low, part);
}

/// Checks one list for ids that stand twice; `word` is what the model calls it.
pub(super) fn ids<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>, list: &str, word: &'static str) {
    let mut seen = BTreeSet::new();
    for item in items(part, list) {
        let Some((stated, id)) = item.get("id").zip(text(item, "id")) else {
            continue;
        };
        if !seen.insert(id) {
            let message = format!("the id {} is taken by another element already", quoted(id));
            let help = "give each element an id of its own".to_owned();
            low.within(word, |low| {
                low.contradiction(ProblemId::DuplicateName, stated.span(), message, help);
            });
        }
    }
}

/// Checks custom properties for names that stand twice.
pub(super) fn customs<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>) {
    let mut seen = BTreeSet::new();
    low.within("properties", |low| {
        for item in items(part, "customProperties") {
            let Some((stated, name)) = item.get("property").zip(text(item, "property")) else {
                continue;
            };
            if !seen.insert((name, text(item, "vendor"))) {
                let message = format!("the custom property {} stands twice", quoted(name));
                let help = "keep one: only the last is read";
                low.named(name, |low| {
                    doubt(low, ProblemId::DuplicateName, stated, &message, help);
                });
            }
        }
    });
}

/// Checks the addresses of definitions.
pub(super) fn definitions<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>) {
    low.within("authoritativeDefinitions", |low| {
        for item in items(part, "authoritativeDefinitions") {
            address(low, item, "url");
        }
    });
}

/// Checks that a text could be an address: it has no blanks, and says something.
fn address<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>, key: &'static str) {
    let Some((stated, url)) = part.get(key).zip(text(part, key)) else {
        return;
    };
    if url.trim().is_empty() || url.trim().contains(char::is_whitespace) {
        let message = format!("{} is not an address", quoted(url));
        let help = "write one that opens, as in `https://example.com/orders`";
        low.within(key, |low| {
            doubt(low, ProblemId::BadValue, stated, &message, help)
        });
    }
}
