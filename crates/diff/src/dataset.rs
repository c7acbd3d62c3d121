//! Datasets, paired and compared: their own attributes, and what they share with fields.

use meshlaw_contract::model::{Dataset, Place as Written};

use crate::edit::{Aspect, Motion};
use crate::field::{has_passed, renaming};
use crate::folding::{Revision, Rules};
use crate::naming::Names;
use crate::pairing::{Pairing, pair};
use crate::recorder::{At, Recorder, Spot};

impl<'c> Recorder<'c> {
    /// Pairs the datasets; where each revision has one and either is the contract itself, they
    /// are the same.
    pub(crate) fn datasets(&mut self) {
        let (base, head) = (self.base, self.head);
        if let ([before], [after]) = (base.datasets.as_slice(), head.datasets.as_slice())
            && (before.place == Written::Root || after.place == Written::Root)
        {
            self.dataset(before, after);
            return;
        }
        let Pairing { pairs, gone, new } = pair(&base.datasets, &head.datasets);
        let list = At::root().word("datasets").at();
        let is_unsure = |one: &&Dataset| {
            let hints = [&one.renamed_from, &one.id, &one.physical_name];
            self.is_unsure(&one.pointer(), hints)
        };
        let (unsure, new): (Vec<_>, Vec<_>) = new.into_iter().partition(is_unsure);
        for before in gone.into_iter().filter(|_| unsure.is_empty()) {
            let over = has_passed(before.deprecated.as_ref(), self.as_of);
            let motion = if over {
                Motion::Retired
            } else {
                Motion::Removed
            };
            let at = At {
                base: before.pointer(),
                ..list.name(&before.name)
            };
            let name = Some(before.name.clone());
            self.edit(Aspect::Dataset, motion, &at, name, None);
        }
        for (before, after) in pairs {
            self.dataset(before, after);
        }
        for after in new {
            let at = At {
                head: after.pointer(),
                ..list.name(&after.name)
            };
            let name = Some(after.name.clone());
            self.edit(Aspect::Dataset, Motion::Added, &at, None, name);
        }
    }

    fn dataset(&mut self, before: &'c Dataset, after: &'c Dataset) {
        let at = At {
            base: before.pointer(),
            head: after.pointer(),
        };
        self.alignment.pair(&at.base, &at.head);
        for part in ["fields", "quality"].map(|word| at.word(word).at()) {
            self.alignment.pair(&part.base, &part.head);
        }
        // The contract that is its own dataset bears the name of both, and is renamed as itself.
        let is_contract = before.place == Written::Root && after.place == Written::Root;
        if before.name != after.name && !is_contract {
            let names = (Some(before.name.clone()), Some(after.name.clone()));
            let motion = renaming(&before.name, &after.properties);
            self.edit(Aspect::Dataset, motion, &at, names.0, names.1);
        }
        self.physical_name(
            &at,
            (&before.name, before.physical_name.as_deref()),
            (&after.name, after.physical_name.as_deref()),
        );
        self.own_attributes(&at, before, after);
        let fields = pair(&before.fields, &after.fields);
        let names = Names::of(before, after, &fields);
        let (base, head) = (self.base, self.head);
        let rules = Rules::of(
            Revision {
                contract: base,
                dataset: before,
            },
            Revision {
                contract: head,
                dataset: after,
            },
            &names,
        );
        self.siblings(&at, &before.fields, fields, &rules);
        self.primary_keys(&at, before, after);
        self.unique(&at, before, after, &rules);
        self.quality(&at, &rules);
    }

    /// Compares what a dataset of a list says of itself; one that is the contract says nothing.
    fn own_attributes(&mut self, at: &impl Spot, before: &Dataset, after: &Dataset) {
        self.optional(
            Aspect::Id,
            &at.word("id"),
            before.id.as_ref(),
            after.id.as_ref(),
        );
        self.optional(
            Aspect::Description,
            &at.word("description"),
            before.description.as_ref(),
            after.description.as_ref(),
        );
        self.scale(
            Aspect::Classification,
            &at.word("classification"),
            before.classification.as_ref(),
            after.classification.as_ref(),
        );
        self.set(Aspect::Tag, &at.word("tags"), &before.tags, &after.tags);
        self.deprecation(at, before.deprecated.as_ref(), after.deprecated.as_ref());
        let properties = at.word("properties");
        self.properties(&properties, &before.properties, &after.properties);
        self.details(at, &before.details, &after.details);
    }
}
