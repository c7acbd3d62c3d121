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
use crate::reads::{Found, Scope};

/// What was found in each policy of a book, as it was written down.
#[derive(Debug, Serialize, Deserialize)]
pub struct Abstracts<'p>(#[serde(borrow)] Vec<Abstract<'p>>);

#[derive(Debug, Serialize, Deserialize)]
struct Abstract<'p> {
    id: &'p str,
    is_builtin: bool,
    severity: &'p str,
    enforcement: &'p str,
    message: &'p str,
    help: &'p str,
    since: Option<Cow<'p, str>>,
    /// Read when somebody asks.
    #[serde(borrow)]
    reads: Cow<'p, [u8]>,
    scope: Scope,
}

impl<'p> Abstracts<'p> {
    /// Takes down what was found in a book.
    pub fn of(book: &'p Book) -> Self {
        Self(book.policies.iter().map(Abstract::of).collect())
    }

    /// Makes the book anew from the texts that it was read from; none where one is not there.
    pub fn book(self, builtin: &[BookFile], own: &[BookFile]) -> Option<Book> {
        let sources = [
            (builtin, places(builtin), readmes(builtin)),
            (own, places(own), readmes(own)),
        ];
        let [of_builtin, of_own] = &sources;
        let policy = |known: Abstract<'_>| {
            let (files, places, readmes) = if known.is_builtin { of_builtin } else { of_own };
            let text = &files.get(*places.get(known.id)?)?.text;
            let readme = readmes.get(known.id).map(|text| (*text).clone());
            known.policy(text.clone(), readme.unwrap_or_default())
        };
        let mut policies = Vec::with_capacity(self.0.len());
        for known in self.0 {
            policies.push(policy(known)?);
        }
        Some(Book { policies })
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

impl<'p> Abstract<'p> {
    fn of(policy: &'p Policy) -> Self {
        Self {
            id: policy.id.as_str(),
            is_builtin: policy.is_builtin,
            severity: policy.severity.as_str(),
            enforcement: policy.written.as_str(),
            message: &policy.message,
            help: &policy.help,
            since: policy.since.map(|date| date.to_string().into()),
            reads: Cow::Owned(policy.reads().written()),
            scope: policy.scope.clone(),
        }
    }

    fn policy(self, text: Cow<'static, str>, readme: Cow<'static, str>) -> Option<Policy> {
        let (id, layer) = PolicyId::parse(self.id)?;
        let since = match self.since {
            None => None,
            Some(date) => Some(date.parse().ok()?),
        };
        Some(Policy {
            cedar: Cedar::of(&id, text.clone()),
            id,
            layer,
            severity: annotations::severity(self.severity)?,
            written: annotations::enforcement(self.enforcement)?,
            rulings: Vec::new(),
            message: self.message.to_owned(),
            help: self.help.to_owned(),
            since,
            text,
            readme,
            is_builtin: self.is_builtin,
            bundle: None,
            found: Found::before(&self.reads),
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
        let page = postcard::to_stdvec(&Abstracts::of(&book)).unwrap();
        let again: Abstracts<'_> = postcard::from_bytes(&page).unwrap();
        let again = again.book(&builtin, &own).unwrap();
        assert_eq!(book.policies.len(), again.policies.len());
        for (one, other) in book.policies.iter().zip(&again.policies) {
            let cedar = other.cedar.get().unwrap();
            assert_eq!(
                one.cedar.get().unwrap().to_json().unwrap(),
                cedar.to_json().unwrap()
            );
            assert_eq!((one.reads(), &one.scope), (other.reads(), &other.scope));
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
