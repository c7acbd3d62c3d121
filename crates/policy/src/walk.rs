//! One slice's way through a contract, from the outside in.
//!
//! What the fields of a contract share is read, told to Cedar and shown once, so that a contract
//! costs as much as it is long.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::decided::Decided;
use crate::judge::Key;
use crate::policy::Policy;
use crate::reads::{Path, Root};
use crate::request::Surroundings;
use crate::slice::{Slice, Speaker};
use crate::subject::{Shown, Subject};
use crate::view::{ContractView, DatasetView};

/// Most keys are shorter than this, and most of what they hold of a field is than that.
const ROOM: usize = 512;
const ROOM_OF_FIELD: usize = 64;

/// Bytes of the number of what was read around a subject.
const NUMBER: usize = size_of::<u64>();

/// The slice, and what was read on the way to a subject.
pub(crate) struct Walk<'l> {
    pub(crate) slice: Rc<Slice<'l>>,
    /// The number of what was read around a subject, and what its policies read of itself.
    pub(crate) key: Vec<u8>,
    pub(crate) surroundings: Surroundings,
    pub(crate) shown: Shown,
    /// The slice, and all that its policies read around a subject: as much as the contract makes, and
    /// then the dataset.
    around: Vec<u8>,
    length: usize,
    is_numbered: bool,
    /// The slice's index among all.
    index: usize,
    /// What each policy read around the subject, by the policy's index.
    apart: BTreeMap<usize, Apart>,
}

/// What one policy read around a subject.
#[derive(Default)]
struct Apart {
    /// What it spoke about.
    of_contract: Option<Arc<[u8]>>,
    of_dataset: Option<Arc<[u8]>>,
    /// What it decided by: as much of the key as the contract makes, and then the dataset.
    key: Vec<u8>,
    lengths: (usize, Option<usize>),
    surroundings: Surroundings,
}

impl<'l> Walk<'l> {
    pub(crate) fn new(index: usize, slice: Rc<Slice<'l>>, view: ContractView<'_>) -> Self {
        let mut around = Vec::with_capacity(ROOM);
        around.extend_from_slice(&mark(index, 0));
        slice.reading().write_contract(&view, &mut around);
        Self {
            slice,
            key: Vec::with_capacity(ROOM_OF_FIELD),
            length: around.len(),
            around,
            is_numbered: false,
            surroundings: Surroundings::default(),
            shown: Shown::default(),
            index,
            apart: BTreeMap::new(),
        }
    }

    /// Goes on behalf of somebody of whom something is read, too, and of what they are told.
    pub(crate) fn telling(mut self, told: &[u8]) -> Self {
        let length = told.len() as u64;
        self.around.extend_from_slice(&length.to_le_bytes());
        self.around.extend_from_slice(told);
        self.length = self.around.len();
        self
    }

    pub(crate) fn enter_dataset(&mut self, view: DatasetView<'_>) {
        self.around.truncate(self.length);
        self.slice.reading().write_dataset(&view, &mut self.around);
        self.is_numbered = false;
        self.surroundings.leave_dataset();
        for apart in self.apart.values_mut() {
            apart.of_dataset = None;
            apart.lengths.1 = None;
            apart.surroundings.leave_dataset();
        }
        self.shown.retain(|path, _| is_about_contract(path));
    }

    /// Reads what the policies decide by; all that is read around a subject is held by its number.
    pub(crate) fn enter(&mut self, subject: &Subject<'_>, decided: &mut Decided) {
        if !self.is_numbered {
            self.key.clear();
            let number = decided.number(&self.around);
            self.key.extend_from_slice(&number.to_le_bytes());
            self.is_numbered = true;
        }
        self.key.truncate(NUMBER);
        if let Subject::Field(field) = subject {
            self.slice.reading().write_field(field, &mut self.key);
        }
    }

    /// Returns all that the policies read of a subject and around it, in whatever run.
    pub(crate) fn whole(&self, subject: &Subject<'_>) -> Vec<u8> {
        let mut whole = self.around.clone();
        if let Subject::Field(field) = subject {
            self.slice.reading().write_field(field, &mut whole);
        }
        whole
    }

    /// Returns a policy of the slice and what it reads of the subject.
    pub(crate) fn read(&mut self, at: usize, subject: &Subject<'_>) -> Option<(&'l Policy, Key)> {
        let speaker = self.slice.policies.get(at)?;
        let reading = self.slice.reading_of(speaker);
        let apart = self.apart.entry(at).or_default();
        let contract = apart.of_contract.get_or_insert_with(|| {
            let mut key = Vec::new();
            reading.write_contract(&subject.contract(), &mut key);
            key.into()
        });
        let dataset = apart.of_dataset.get_or_insert_with(|| {
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

    /// Returns one policy of the slice, and all that it decides by.
    pub(crate) fn key_of(
        &mut self,
        at: usize,
        speaker: &Speaker<'l>,
        subject: &Subject<'_>,
    ) -> Vec<u8> {
        let reading = self.slice.deciding_of(speaker);
        let apart = self.apart.entry(at).or_default();
        if apart.key.is_empty() {
            // No policy stands at nought, which is the whole slice.
            apart.key.extend_from_slice(&mark(self.index, at + 1));
            reading.write_contract(&subject.contract(), &mut apart.key);
            apart.lengths = (apart.key.len(), None);
        }
        let end = match apart.lengths.1 {
            Some(end) => end,
            None => {
                apart.key.truncate(apart.lengths.0);
                if let Some(dataset) = subject.dataset() {
                    reading.write_dataset(&dataset, &mut apart.key);
                }
                *apart.lengths.1.insert(apart.key.len())
            }
        };
        apart.key.truncate(end);
        if let Subject::Field(field) = subject {
            reading.write_field(field, &mut apart.key);
        }
        apart.key.clone()
    }

    /// Returns the entities around the subject, as one policy of the slice is told of them.
    pub(crate) fn surroundings_of(&mut self, at: usize) -> &mut Surroundings {
        &mut self.apart.entry(at).or_default().surroundings
    }
}

/// Returns what a key begins with: a slice, and one of its policies.
fn mark(slice: usize, policy: usize) -> [u8; 8] {
    let slice = slice as u64;
    (slice | (policy as u64) << 32).to_le_bytes()
}

fn is_about_contract(path: &Path) -> bool {
    let first = path.attributes.first().map(String::as_str);
    path.root == Root::Principal || first == Some("contract")
}
