//! A book in, what was found in its texts out as plain data; with the same texts, the book again.
//!
//! Reading, checking and taking apart a policy costs a hundred times what these cost to read, and
//! most runs ask few policies, or none whose verdict is not known. Whoever keeps abstracts keeps
//! them for the very texts that the book was read from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::annotations;
use crate::book::{Book, BookFile, readmes};
use crate::policy::{Cedar, Policy, PolicyId};
use crate::reads::{Reads, Scope};

/// What was found in each policy of a book.
#[derive(Debug, Serialize, Deserialize)]
pub struct Abstracts(Vec<Abstract>);

#[derive(Debug, Serialize, Deserialize)]
struct Abstract {
    id: String,
    is_builtin: bool,
    severity: String,
    enforcement: String,
    message: String,
    help: String,
    since: Option<String>,
    reads: Reads,
    scope: Scope,
}

impl Abstracts {
    /// Takes down what was found in a book.
    pub fn of(book: &Book) -> Self {
        Self(book.policies.iter().map(Abstract::of).collect())
    }

    /// Makes the book anew from the texts that it was read from; none where one is not there.
    pub fn book(self, builtin: &[BookFile], own: &[BookFile]) -> Option<Book> {
        let sources = [
            (builtin, places(builtin), readmes(builtin)),
            (own, places(own), readmes(own)),
        ];
        let [of_builtin, of_own] = &sources;
        let policy = |known: Abstract| {
            let (files, places, readmes) = if known.is_builtin { of_builtin } else { of_own };
            let text = &files.get(*places.get(known.id.as_str())?)?.text;
            let readme = readmes.get(known.id.as_str()).map(|text| (*text).clone());
            known.policy(text.clone(), readme.unwrap_or_default())
        };
        let policies: Option<Vec<Policy>> = self.0.into_iter().map(policy).collect();
        Some(Book {
            policies: policies?,
        })
    }
}

/// Returns where the text of each policy is, by its id.
fn places(files: &[BookFile]) -> BTreeMap<&str, usize> {
    let ids = files
        .iter()
        .map(|file| file.path.strip_suffix("/policy.cedar"));
    let all = ids.enumerate();
    all.filter_map(|(at, id)| Some((id?, at))).collect()
}

impl Abstract {
    fn of(policy: &Policy) -> Self {
        Self {
            id: policy.id.to_string(),
            is_builtin: policy.is_builtin,
            severity: policy.severity.as_str().to_owned(),
            enforcement: policy.written.as_str().to_owned(),
            message: policy.message.clone(),
            help: policy.help.clone(),
            since: policy.since.map(|date| date.to_string()),
            reads: policy.reads.clone(),
            scope: policy.scope.clone(),
        }
    }

    fn policy(self, text: Cow<'static, str>, readme: Cow<'static, str>) -> Option<Policy> {
        let (id, layer) = PolicyId::parse(&self.id)?;
        let since = match self.since {
            None => None,
            Some(date) => Some(date.parse().ok()?),
        };
        Some(Policy {
            cedar: Cedar::of(&id, text.clone()),
            id,
            layer,
            severity: annotations::severity(&self.severity)?,
            written: annotations::enforcement(&self.enforcement)?,
            rulings: Vec::new(),
            message: self.message,
            help: self.help,
            since,
            text,
            readme,
            is_builtin: self.is_builtin,
            bundle: None,
            reads: self.reads,
            scope: self.scope,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_comes_back_as_it_was() {
        let builtin = crate::builtin_files();
        let text = "@severity(\"note\")\n@enforcement(\"shadow\")\n@message(\"m\")\n@help(\"h\")\n\
                    @since(\"2027-01-01\")\nforbid (principal, action == Action::\"publish\", \
                    resource is Field) when { resource.name like \"*a\" };\n";
        let own = [BookFile {
            path: "domains/sales/a/policy.cedar".to_owned(),
            text: text.into(),
        }];
        let book = Book::load(&builtin, &own).unwrap();
        let again = Abstracts::of(&book).book(&builtin, &own).unwrap();
        assert_eq!(book.policies.len(), again.policies.len());
        for (one, other) in book.policies.iter().zip(&again.policies) {
            let cedar = other.cedar.get().unwrap();
            assert_eq!(
                one.cedar.get().unwrap().to_json().unwrap(),
                cedar.to_json().unwrap()
            );
            assert_eq!((&one.reads, &one.scope), (&other.reads, &other.scope));
            let told = |one: &Policy| {
                let words = (one.severity, one.written, one.since, one.is_builtin);
                (
                    one.id.clone(),
                    one.layer.clone(),
                    words,
                    one.message.clone(),
                    one.readme.clone(),
                )
            };
            assert_eq!(told(one), told(other));
        }
        assert!(Abstracts::of(&book).book(&builtin, &[]).is_none());
    }
}
