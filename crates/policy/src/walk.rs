//! One slice's way through a contract, from the outside in.
//!
//! What the fields of a contract share is read, told to Cedar and shown once, so that a contract
//! costs as much as it is long.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::judge::Key;
use crate::policy::Policy;
use crate::reads::{Path, Root};
use crate::request::Surroundings;
use crate::slice::Slice;
use crate::subject::{Shown, Subject};
use crate::view::{ContractView, DatasetView};

/// Most keys are shorter than this.
const ROOM: usize = 512;

/// The slice, and what was read on the way to a subject.
pub(crate) struct Walk<'l> {
    pub(crate) slice: Rc<Slice<'l>>,
    /// The slice, and all that its policies read.
    pub(crate) key: Vec<u8>,
    pub(crate) surroundings: Surroundings,
    pub(crate) shown: Shown,
    /// Lengths of the key behind the contract, and behind the dataset.
    lengths: (usize, usize),
    /// What each policy that spoke read around the subject, by the policy's index.
    of_contract: BTreeMap<usize, Arc<[u8]>>,
    of_dataset: BTreeMap<usize, Arc<[u8]>>,
}

impl<'l> Walk<'l> {
    pub(crate) fn new(index: usize, slice: Rc<Slice<'l>>, view: ContractView<'_>) -> Self {
        let mut key = Vec::with_capacity(ROOM);
        key.extend_from_slice(&(index as u64).to_le_bytes());
        slice.reading().write_contract(&view, &mut key);
        Self {
            slice,
            lengths: (key.len(), key.len()),
            key,
            surroundings: Surroundings::default(),
            shown: Shown::default(),
            of_contract: BTreeMap::new(),
            of_dataset: BTreeMap::new(),
        }
    }

    pub(crate) fn enter_dataset(&mut self, view: DatasetView<'_>) {
        self.key.truncate(self.lengths.0);
        self.slice.reading().write_dataset(&view, &mut self.key);
        self.lengths.1 = self.key.len();
        self.surroundings.leave_dataset();
        self.of_dataset.clear();
        self.shown.retain(|path, _| is_about_contract(path));
    }

    pub(crate) fn enter(&mut self, subject: &Subject<'_>) {
        self.key.truncate(self.lengths.1);
        if let Subject::Field(field) = subject {
            self.slice.reading().write_field(field, &mut self.key);
        }
    }

    /// Returns a policy of the slice and what it reads of the subject.
    pub(crate) fn read(&mut self, at: usize, subject: &Subject<'_>) -> Option<(&'l Policy, Key)> {
        let speaker = self.slice.policies.get(at)?;
        let reading = self.slice.reading_of(speaker);
        let contract = self.of_contract.entry(at).or_insert_with(|| {
            let mut key = Vec::new();
            reading.write_contract(&subject.contract(), &mut key);
            key.into()
        });
        let dataset = self.of_dataset.entry(at).or_insert_with(|| {
            let mut key = Vec::new();
            if let Some(dataset) = subject.dataset() {
                reading.write_dataset(&dataset, &mut key);
            }
            key.into()
        });
        let mut field = Vec::new();
        if let Subject::Field(view) = subject {
            reading.write_field(view, &mut field);
        }
        let key = Key {
            contract: Arc::clone(contract),
            dataset: Arc::clone(dataset),
            field,
        };
        Some((speaker.policy, key))
    }
}

fn is_about_contract(path: &Path) -> bool {
    let first = path.attributes.first().map(String::as_str);
    path.root == Root::Principal || first == Some("contract")
}
