//! Attributes of the contract as a whole: what differs in its governance.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use meshlaw_contract::model::{Compatibility, CompatibilityMode, Scheme, Status};

use crate::edit::{Aspect, Motion};
use crate::recorder::{Recorder, Spot, text};

impl Recorder<'_> {
    pub(crate) fn contract(&mut self, at: &impl Spot) {
        let (base, head) = (self.base, self.head);
        if let (Some(before), Some(after)) = (&base.name, &head.name)
            && before != after
        {
            let at = at.word("schema");
            let (before, after) = (Some(before.clone()), Some(after.clone()));
            self.edit(Aspect::Contract, Motion::Renamed, &at, before, after);
        }
        self.version(&at.word("version"));
        self.belonging(at);
        self.status(&at.word("status"));
        self.use_of_data(at);
        self.compatibility(&at.word("compatibility"));
        self.deprecation(at, base.deprecated.as_ref(), head.deprecated.as_ref());
        self.properties(&at.word("properties"), &base.properties, &head.properties);
        self.details(at, &base.details, &head.details);
    }

    /// Compares versions by what their texts mean, since the scheme is the organisation's.
    fn version(&mut self, at: &impl Spot) {
        let (before, after) = (self.base.version.as_ref(), self.head.version.as_ref());
        let motion = match (before, after) {
            _ if before == after => return,
            (Some(before), Some(after)) => match before.compare(after, Scheme::Any) {
                Some(Ordering::Less) => Motion::Raised,
                Some(Ordering::Greater) => Motion::Lowered,
                Some(Ordering::Equal) => Motion::Restated,
                None => Motion::Changed,
            },
            (None, _) => Motion::Added,
            (_, None) => Motion::Removed,
        };
        self.edit(Aspect::Version, motion, at, text(before), text(after));
    }

    /// Compares what the contract is and whose.
    fn belonging(&mut self, at: &impl Spot) {
        let (base, head) = (self.base, self.head);
        self.optional(
            Aspect::Id,
            &at.word("id"),
            base.id.as_ref(),
            head.id.as_ref(),
        );
        self.optional(
            Aspect::Domain,
            &at.word("domain"),
            base.domain.as_ref(),
            head.domain.as_ref(),
        );
        let product = at.word("product");
        self.optional(
            Aspect::Product,
            &product,
            base.product.as_ref(),
            head.product.as_ref(),
        );
        self.optional(
            Aspect::Owner,
            &at.word("owner"),
            base.owner.as_ref(),
            head.owner.as_ref(),
        );
        let description = at.word("description");
        self.optional(
            Aspect::Description,
            &description,
            base.description.as_ref(),
            head.description.as_ref(),
        );
        self.set(Aspect::Tag, &at.word("tags"), &base.tags, &head.tags);
    }

    /// Compares what may be done with the data, where and why.
    fn use_of_data(&mut self, at: &impl Spot) {
        let (base, head) = (self.base, self.head);
        self.scale(
            Aspect::Classification,
            &at.word("classification"),
            base.classification.as_ref(),
            head.classification.as_ref(),
        );
        self.optional(
            Aspect::LegalBasis,
            &at.word("legal_basis"),
            base.legal_basis.as_ref(),
            head.legal_basis.as_ref(),
        );
        let purposes = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        let (before, after) = (purposes(&base.purpose), purposes(&head.purpose));
        self.set(Aspect::Purpose, &at.word("purpose"), &before, &after);
        self.set(
            Aspect::Region,
            &at.word("regions"),
            &base.regions,
            &head.regions,
        );
    }

    fn status(&mut self, at: &impl Spot) {
        // How much a status promises; a deprecated contract still holds, a retired one does not.
        let rank = |status: Status| match status {
            Status::Draft => 0,
            Status::Retired => 1,
            Status::Deprecated => 2,
            Status::Active => 3,
        };
        let (before, after) = (self.base.status, self.head.status);
        let motion = match (before.map(rank), after.map(rank)) {
            (None, Some(_)) => Motion::Added,
            (Some(_), None) => Motion::Removed,
            (Some(old), Some(new)) if old < new => Motion::Raised,
            (Some(old), Some(new)) if old > new => Motion::Lowered,
            _ => return,
        };
        self.edit(
            Aspect::Status,
            motion,
            at,
            text(before.as_ref()),
            text(after.as_ref()),
        );
    }

    fn compatibility(&mut self, at: &impl Spot) {
        let (stated, restated) = (self.base.compatibility, self.head.compatibility);
        if stated == restated {
            return;
        }
        let before = stated.unwrap_or(Compatibility::DEFAULT);
        let after = restated.unwrap_or(Compatibility::DEFAULT);
        let sides = |one: Compatibility| match one.mode {
            CompatibilityMode::None => 0b00_u8,
            CompatibilityMode::Consumers => 0b01,
            CompatibilityMode::Producers => 0b10,
            CompatibilityMode::Full => 0b11,
        };
        let bits = |one: Compatibility| sides(one) | u8::from(one.transitive) << 2;
        let (old, new) = (bits(before), bits(after));
        let motion = match (old & new == old, old & new == new) {
            (true, true) => Motion::Restated,
            (true, false) => Motion::Raised,
            (false, true) => Motion::Lowered,
            (false, false) => Motion::Changed,
        };
        let texts = (Some(before.to_string()), Some(after.to_string()));
        self.edit(Aspect::Compatibility, motion, at, texts.0, texts.1);
    }
}
