//! Proofs in, whether all is well out.

use meshlaw_policy::Layer;
use meshlaw_prove::{Answer, Fires, Layered, Passage, Study, Verdict, Way};

use super::whole::Whole;
use crate::proofs::{Change, Held, Kept};

/// All that was proved in one run.
#[derive(Default)]
pub struct Proved {
    /// Of each policy.
    pub studies: Vec<Study>,
    /// Of all together, by kinds of requests.
    pub passages: Vec<Passage>,
    /// Of all together, by whole contracts.
    pub wholes: Vec<Whole>,
    /// Of what is stated of the policies.
    pub properties: Vec<Kept>,
    /// Of each domain.
    pub layers: Vec<Layered>,
    /// Of the change; absent where none was asked for.
    pub changes: Option<Vec<Change>>,
    /// What was compared with.
    pub base: Option<String>,
    /// Questions that a solver was asked.
    pub asked: usize,
}

impl Proved {
    /// Tells whether nothing is wrong and nothing is left open.
    pub fn is_sound(&self) -> bool {
        let of_policies = self.studies.iter().all(|study| {
            matches!(study.fires, Fires::On(..))
                && study.always.is_empty()
                && study.fails.is_none()
                && study.unproved.is_empty()
        });
        let mut of_passages = self.passages.iter();
        let of_passages = of_passages.all(|passage| passage.way == Way::Open);
        let mut of_layers = self.layers.iter().flat_map(|layer| &layer.kinds);
        let of_layers = of_layers.all(|(_, answer)| *answer == Answer::Holds);
        let of_wholes = self.wholes.iter().all(|whole| whole.contract.is_ok());
        let mut properties = self.properties.iter();
        let of_properties = properties.all(|one| matches!(one.held, Held::Always));
        let mut changes = self.changes.iter().flatten();
        let of_changes =
            changes.all(|one| matches!(one.verdict, Verdict::Equivalent | Verdict::Stricter));
        of_policies && of_passages && of_properties && of_layers && of_wholes && of_changes
    }
}

/// Names a layer as the folders of policies do.
pub fn layer_name(layer: &Layer) -> String {
    match layer {
        Layer::Org => "org".to_owned(),
        Layer::Domain(domain) => format!("domains/{domain}"),
    }
}
