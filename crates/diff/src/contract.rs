//! Attributes of the contract as a whole: what differs in its governance.

use std::collections::BTreeSet;

use meshlaw_contract::Value;
use meshlaw_contract::model::{
    Compatibility, CompatibilityMode, Dataset, Deprecation, Place as Written, Status,
};

use crate::align::{Pairing, pair};
use crate::edit::{Aspect, Motion};
use crate::field::has_passed;
use crate::recorder::{At, Recorder, text};

impl Recorder<'_> {
    pub(crate) fn contract(&mut self, at: &At) {
        let (base, head) = (self.base, self.head);
        if let (Some(before), Some(after)) = (&base.name, &head.name)
            && before != after
        {
            let at = at.word("schema");
            let (before, after) = (Some(before.clone()), Some(after.clone()));
            self.edit(Aspect::Contract, Motion::Renamed, &at, before, after);
        }
        self.optional(
            Aspect::Id,
            &at.word("id"),
            base.id.as_ref(),
            head.id.as_ref(),
        );
        let version = at.word("version");
        self.scale(
            Aspect::Version,
            &version,
            base.version.as_ref(),
            head.version.as_ref(),
        );
        self.status(&at.word("status"));
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
        self.scale(
            Aspect::Classification,
            &at.word("classification"),
            base.classification.as_ref(),
            head.classification.as_ref(),
        );
        self.compatibility(&at.word("compatibility"));
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
        self.set(Aspect::Tag, &at.word("tags"), &base.tags, &head.tags);
        self.deprecation(at, base.deprecated.as_ref(), head.deprecated.as_ref());
        self.properties(&at.word("properties"));
    }

    /// Pairs the datasets; where each revision has one, they are the same.
    pub(crate) fn datasets(&mut self) {
        let (base, head) = (self.base, self.head);
        let list = At::root().word("datasets");
        if let ([before], [after]) = (base.datasets.as_slice(), head.datasets.as_slice())
            && (before.place == Written::Root || after.place == Written::Root)
        {
            self.dataset(before, after);
            return;
        }
        let Pairing { pairs, gone, new } = pair(&base.datasets, &head.datasets);
        for before in gone {
            let over = has_passed(before.deprecated.as_ref(), self.as_of);
            let motion = if over {
                Motion::Retired
            } else {
                Motion::Removed
            };
            let at = list.name(&before.name);
            self.edit(
                Aspect::Dataset,
                motion,
                &at,
                Some(before.name.clone()),
                None,
            );
        }
        for (before, after) in pairs {
            if before.name != after.name {
                let at = list.names(&before.name, &after.name);
                let names = (Some(before.name.clone()), Some(after.name.clone()));
                self.edit(Aspect::Dataset, Motion::Renamed, &at, names.0, names.1);
            }
            self.dataset(before, after);
        }
        for after in new {
            let at = list.name(&after.name);
            self.edit(
                Aspect::Dataset,
                Motion::Added,
                &at,
                None,
                Some(after.name.clone()),
            );
        }
    }

    fn dataset(&mut self, before: &Dataset, after: &Dataset) {
        let at = At {
            base: before.pointer(),
            head: after.pointer(),
        };
        self.alignment.pair(&at.base, &at.head);
        self.physical_name(
            &at,
            (&before.name, before.physical_name.as_deref()),
            (&after.name, after.physical_name.as_deref()),
        );
        if after.place == Written::Listed && before.place == Written::Listed {
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
            self.deprecation(&at, before.deprecated.as_ref(), after.deprecated.as_ref());
        }
        self.dataset_fields(&at, before, after);
        self.quality(&at, before, after);
    }

    /// A name in storage that is not stated is the name itself.
    pub(crate) fn physical_name(
        &mut self,
        at: &At,
        before: (&str, Option<&str>),
        after: (&str, Option<&str>),
    ) {
        if before.1 == after.1 {
            return;
        }
        let (old, new) = (before.1.unwrap_or(before.0), after.1.unwrap_or(after.0));
        let motion = if old == new {
            Motion::Restated
        } else {
            Motion::Changed
        };
        let at = at.word("physical_name");
        self.edit(
            Aspect::PhysicalName,
            motion,
            &at,
            Some(old.to_owned()),
            Some(new.to_owned()),
        );
    }

    pub(crate) fn deprecation(
        &mut self,
        at: &At,
        before: Option<&Deprecation>,
        after: Option<&Deprecation>,
    ) {
        let at = at.word("deprecated");
        let shown = |one: Option<&Deprecation>| {
            let sunset = one?.sunset;
            Some(sunset.map_or("no sunset".to_owned(), |date| format!("sunset {date}")))
        };
        match (before, after) {
            (None, Some(_)) => {
                self.edit(Aspect::Deprecation, Motion::Added, &at, None, shown(after));
            }
            (Some(_), None) => {
                self.edit(
                    Aspect::Deprecation,
                    Motion::Removed,
                    &at,
                    shown(before),
                    None,
                );
            }
            (Some(old), Some(new)) => {
                let sunset = at.word("sunset");
                self.scale(
                    Aspect::Sunset,
                    &sunset,
                    old.sunset.as_ref(),
                    new.sunset.as_ref(),
                );
                let rest = |one: &Deprecation| {
                    let part = |word: &str, text: Option<String>| {
                        text.map(|text| format!("{word} {text}"))
                    };
                    [
                        part("since", text(one.since.as_ref())),
                        part("replacement", one.replacement.clone()),
                        part("reason", one.reason.clone()),
                    ]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", ")
                };
                let (old, new) = (rest(old), rest(new));
                if old != new {
                    self.edit(
                        Aspect::Deprecation,
                        Motion::Changed,
                        &at,
                        Some(old),
                        Some(new),
                    );
                }
            }
            (None, None) => {}
        }
    }

    fn status(&mut self, at: &At) {
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

    fn compatibility(&mut self, at: &At) {
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

    fn properties(&mut self, at: &At) {
        let (before, after) = (&self.base.properties, &self.head.properties);
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let values: (Option<&Value>, Option<&Value>) = (before.get(name), after.get(name));
            self.optional(Aspect::Property, &at.name(name), values.0, values.1);
        }
    }
}
