//! Documents of the Open Data Contract Standard in, contract models and problems out.
//!
//! First the document is held against the tables of the version that it declares, which says all
//! that is wrong with it. Then its values are read, without a word more but where a free word means
//! nothing here. Last, what each part says is held against the others and against plain sense.

mod check;
mod contract;
mod custom;
mod definition;
mod field;
mod place;
mod property;
mod relationship;
mod rule;
mod sense;
mod server;
mod server_kinds;
mod service;
mod shape;
mod standard;
mod tables;
mod team;
mod words;

pub(crate) use place::{is_called, name_of, step};
pub use standard::Standard;
pub use words::Words;

use super::Lowered;
use crate::lowering::Lowering;
use crate::model::Contract;
use crate::{NodeRef, View, consistency};

/// Reads a contract from the outermost node of a document.
pub fn lower(root: NodeRef<'_>, words: &Words) -> Lowered<Contract> {
    let mut low = Lowering::new();
    if !matches!(root.view(), View::Mapping(_)) {
        low.wrong_type(root, "a mapping");
        return (None, low.finish().0);
    }
    let Some(standard) = Standard::declared(&mut low, root) else {
        return (None, low.finish().0);
    };
    check::object(&mut low, root, &tables::CONTRACT, standard);
    let mut contract = contract::read(&mut low, root, words);
    sense::check(&mut low, root);
    let (mut problems, opaque) = low.finish();
    contract.opaque = opaque;
    let found = consistency::check(&contract, root, true);
    contract.opaque.extend(found.opaque);
    problems.extend(found.problems);
    (Some(contract), problems)
}
