//! Pairs of pointers in, the way from one revision to the other out.

use std::collections::BTreeMap;

use meshlaw_contract::Pointer;

/// Which part of the new contract is which part of the old one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    base_of: BTreeMap<Pointer, Pointer>,
    head_of: BTreeMap<Pointer, Pointer>,
}

impl Alignment {
    /// Returns where the old contract has what the new one has here.
    pub fn to_base(&self, head: &Pointer) -> Pointer {
        translate(&self.base_of, head)
    }

    /// Returns where the new contract has what the old one had here.
    pub fn to_head(&self, base: &Pointer) -> Pointer {
        translate(&self.head_of, base)
    }

    /// Tells whether a part of the new contract was there before.
    pub(crate) fn has_head(&self, head: &Pointer) -> bool {
        self.base_of.contains_key(head)
    }

    pub(crate) fn pair(&mut self, base: &Pointer, head: &Pointer) {
        self.base_of.insert(head.clone(), base.clone());
        self.head_of.insert(base.clone(), head.clone());
    }
}

/// Exchanges the longest known beginning; what is not known keeps its name.
fn translate(map: &BTreeMap<Pointer, Pointer>, pointer: &Pointer) -> Pointer {
    let keys = pointer.keys();
    for length in (1..=keys.len()).rev() {
        let (known, rest) = keys.split_at(length);
        if let Some(translated) = map.get(known) {
            return translated
                .keys()
                .iter()
                .chain(rest)
                .cloned()
                .collect::<Pointer>();
        }
    }
    pointer.clone()
}
