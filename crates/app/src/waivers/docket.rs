//! Contracts that waivers speak of, kept until all findings about them are known.

use std::collections::BTreeMap;

use meshlaw_contract::model::Contract;
use meshlaw_policy::{Cited, Identity};

use crate::decisions::cite;
use crate::governance::FLOOR;
use crate::revision::Revision;

/// The contracts that waivers are judged against: each in every revision that was judged.
#[derive(Debug, Default)]
pub struct Docket {
    cases: BTreeMap<String, Vec<(Identity, Contract)>>,
    /// The document of each, in the same order; the floor has none.
    documents: BTreeMap<String, Vec<Option<Cited>>>,
    /// Fingerprints of findings that no waiver excuses.
    unforgivable: Vec<String>,
}

impl Docket {
    /// Puts a contract on the docket under the name that findings call it by.
    ///
    /// One of which nothing was understood is there as an empty contract, since its faults are
    /// findings about it all the same.
    pub fn add(&mut self, id: String, revision: &Revision<'_>) {
        let nameless = || Contract::new(meshlaw_contract::Format::Native);
        let contract = revision.contract().cloned().unwrap_or_else(nameless);
        let case = (revision.identity.clone(), contract);
        self.take(id, case, Some(cite(revision)));
    }

    fn take(&mut self, id: String, case: (Identity, Contract), document: Option<Cited>) {
        let cases = self.cases.entry(id.clone()).or_default();
        if !cases.contains(&case) {
            cases.push(case);
            self.documents.entry(id).or_default().push(document);
        }
    }

    /// Puts the floor on the docket, for findings about its change: a contract of which nothing is
    /// stated stands for it.
    pub fn add_floor(&mut self) {
        let (domain, name) = FLOOR;
        let identity = Identity {
            domain: domain.to_owned(),
            name: name.to_owned(),
            path: String::new(),
        };
        let contract = Contract::new(meshlaw_contract::Format::Native);
        self.take(identity.id(), (identity, contract), None);
    }

    /// Says that a finding cannot be excused: what it hides is not known.
    pub fn refuse(&mut self, fingerprint: &str) {
        self.unforgivable.push(fingerprint.to_owned());
    }

    /// Returns the revisions of a contract.
    pub fn revisions(&self, id: &str) -> &[(Identity, Contract)] {
        self.cases.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the document of one of the revisions of a contract.
    pub fn document(&self, id: &str, number: usize) -> Option<&Cited> {
        self.documents.get(id)?.get(number)?.as_ref()
    }

    /// Tells whether a finding may be excused at all.
    pub fn may_excuse(&self, fingerprint: &str) -> bool {
        !self.unforgivable.iter().any(|one| one == fingerprint)
    }

    /// Adds what is on another docket, too.
    pub fn take_all(&mut self, other: &Docket) {
        for (id, cases) in &other.cases {
            for (number, case) in cases.iter().enumerate() {
                let document = other.document(id, number).cloned();
                self.take(id.clone(), case.clone(), document);
            }
        }
        let refused = other.unforgivable.iter().cloned();
        self.unforgivable.extend(refused);
    }

    /// Tells whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.unforgivable.is_empty()
    }

    /// Adds what another thread put on its docket.
    pub fn extend(&mut self, mut other: Docket) {
        for (id, cases) in other.cases {
            let documents = other.documents.remove(&id).unwrap_or_default();
            for (case, document) in cases.into_iter().zip(documents) {
                self.take(id.clone(), case, document);
            }
        }
        self.unforgivable.extend(other.unforgivable);
    }
}
