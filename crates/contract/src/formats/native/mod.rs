//! Native contract documents in, contract models and problems out.

mod checks;
mod field;
mod keys;
mod named;
mod quality;
mod types;

pub use checks::{CUSTOM, PATTERN, RANGE, ROW_COUNT, SQL, VALUES};
pub use field::{DEPRECATION, FIELD, FieldDraft, NESTING, REFERENCE};
pub use keys::{CONTRACT, DATASET, Draft, SLA_DURATIONS, SLA_PERCENTAGES};
pub use named::LONGEST_NAME;
pub use quality::{CHECKS, RULE};
pub use types::TYPES;
pub(super) use types::type_word;

use super::{Format, Lowered};
use crate::lowering::{Lowering, to_value};
use crate::model::{Contract, Dataset, Place};
use crate::{NodeRef, ProblemId, consistency};

/// Reads a contract from the outermost node of a document.
pub fn lower(root: NodeRef<'_>) -> Lowered<Contract> {
    let mut low = Lowering::new();
    let mut draft = Draft::new();
    if !low.mapping(root, &CONTRACT, &mut draft) {
        return (None, low.finish().0);
    }
    low.require(draft.contract.name.is_some(), root, "schema", "contract");
    low.require(
        draft.contract.version.is_some(),
        root,
        "version",
        "contract",
    );
    low.require(draft.contract.owner.is_some(), root, "owner", "contract");
    if draft.listed.is_some() {
        refuse_root_dataset(&mut low, root);
    } else if draft.root.fields.is_empty() && !low.is_opaque("datasets") {
        low.require(false, root, "fields", "contract");
    }
    let has_listed = draft.listed.is_some() || low.is_opaque("datasets");
    let mut contract = draft.into_contract(has_listed && root.get("fields").is_none());
    let may_have_alike = low.may_have_alike();
    let (mut problems, opaque) = low.finish();
    contract.opaque = opaque;
    let found = consistency::check(&contract, root, may_have_alike);
    contract.opaque.extend(found.opaque);
    problems.extend(found.problems);
    (Some(contract), problems)
}

/// Returns the name that an element of a list goes by, for looking up pointers.
pub(crate) fn name_of(list: &str, element: NodeRef<'_>) -> Option<String> {
    match list {
        "quality" => quality::identity(element),
        "datasets" | "fields" | "servers" => element.get("name")?.text().map(str::to_owned),
        _ => Some(to_value(element).to_string()),
    }
}

/// Tells whether an element of a list goes by a name.
pub(crate) fn is_called(list: &str, element: NodeRef<'_>, name: &str) -> bool {
    match list {
        "datasets" | "fields" | "servers" => {
            element.get("name").and_then(NodeRef::text) == Some(name)
        }
        _ => name_of(list, element).as_deref() == Some(name),
    }
}

/// The keys at the top that describe the one dataset of a contract without a list of them.
pub const OF_ONE_DATASET: [&str; 3] = ["fields", "physical_name", "quality"];

/// Says which keys at the top describe a dataset of their own beside those that are listed.
fn refuse_root_dataset<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    for key in OF_ONE_DATASET {
        if let Some((word, _)) = root.entry(key) {
            let message = format!("`{key}` cannot stand beside `datasets`");
            let help = format!("move `{key}` into the dataset that it describes");
            low.within(key, |low| {
                low.bad(ProblemId::Contradiction, word.span(), message, help)
            });
        }
    }
}

impl Draft {
    fn new() -> Self {
        Self {
            contract: Contract::new(Format::Native),
            root: Dataset {
                place: Place::Root,
                ..Dataset::default()
            },
            listed: None,
        }
    }

    fn into_contract(self, has_only_listed: bool) -> Contract {
        let Draft {
            mut contract,
            mut root,
            listed,
        } = self;
        contract.datasets = listed.unwrap_or_default();
        if !has_only_listed {
            root.name = contract.name.clone().unwrap_or_default();
            contract.datasets.insert(0, root);
        }
        contract
    }
}
