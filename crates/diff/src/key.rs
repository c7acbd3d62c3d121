//! Keys of two revisions in, how they move out: what tells rows apart.

use std::collections::BTreeSet;

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Check, Dataset, Field, QualityRule, Type};

use crate::constraint::Folding;
use crate::edit::{Aspect, Motion};
use crate::recorder::{At, Recorder};

impl Recorder<'_> {
    pub(crate) fn primary_key(&mut self, at: &At, before: &Dataset, after: &Dataset) {
        let old: Key = key_columns(&at.base, &before.fields, |field| field.primary_key)
            .into_iter()
            .map(|column| self.alignment.to_head(&column))
            .collect();
        let new: Key = key_columns(&at.head, &after.fields, |field| field.primary_key);
        let motion = match (old.is_empty(), new.is_empty()) {
            _ if old == new => return,
            (true, false) => Motion::Added,
            (false, true) => Motion::Removed,
            // More columns allow more rows.
            _ if old.is_subset(&new) => Motion::Loosened,
            _ if new.is_subset(&old) => Motion::Tightened,
            _ => Motion::Changed,
        };
        let staying = |key: &Key| key.iter().any(|column| self.stays(column));
        if !staying(&old) && !staying(&new) {
            return;
        }
        let place = new
            .iter()
            .chain(&old)
            .find(|column| self.stays(column))
            .cloned();
        let Some(head) = place else { return };
        let place = At {
            base: self.alignment.to_base(&head),
            head,
        }
        .word("primary_key");
        self.edit(Aspect::PrimaryKey, motion, &place, shown(&old), shown(&new));
    }

    pub(crate) fn unique(
        &mut self,
        at: &At,
        before: &Dataset,
        after: &Dataset,
        folding: &Folding<'_>,
    ) {
        let old_keys: Vec<(Key, Source)> = unique_keys(&at.base, before, &folding.before)
            .into_iter()
            .map(|(key, source)| {
                (
                    key.iter()
                        .map(|column| self.alignment.to_head(column))
                        .collect(),
                    source,
                )
            })
            .collect();
        let new_keys = unique_keys(&at.head, after, &folding.after);
        let keys: BTreeSet<&Key> = old_keys
            .iter()
            .chain(&new_keys)
            .map(|(key, _)| key)
            .collect();
        for key in keys {
            // A key that comes or goes with a column is told with the column.
            if !key.iter().all(|column| self.stays(column)) {
                continue;
            }
            let sources = |all: &[(Key, Source)]| -> Vec<Source> {
                all.iter()
                    .filter(|(one, _)| one == key)
                    .map(|(_, source)| *source)
                    .collect()
            };
            let implied = |all: &[(Key, Source)]| all.iter().any(|(one, _)| one.is_subset(key));
            let (old, new) = (sources(&old_keys), sources(&new_keys));
            let motion = match (implied(&old_keys), implied(&new_keys)) {
                _ if old == new => continue,
                (true, false) => Motion::Removed,
                (false, true) => Motion::Added,
                _ => Motion::Restated,
            };
            let place = self.key_place(at, key);
            let before = Some(key).filter(|_| implied(&old_keys));
            let after = Some(key).filter(|_| implied(&new_keys));
            self.edit(
                Aspect::Unique,
                motion,
                &place,
                before.and_then(shown),
                after.and_then(shown),
            );
        }
    }

    /// A key of one field is pointed at there; one of several, at its quality rule.
    fn key_place(&self, at: &At, key: &Key) -> At {
        let mut columns = key.iter();
        match (columns.next(), columns.next()) {
            (Some(column), None) => At {
                base: self.alignment.to_base(column),
                head: column.clone(),
            }
            .word("unique"),
            _ => {
                let rule = format!("unique({})", shown(key).unwrap_or_default());
                at.word("quality").name(&rule)
            }
        }
    }

    /// Tells whether a field of the new contract was there before.
    fn stays(&self, head: &Pointer) -> bool {
        self.alignment.has_head(head)
    }
}

/// Columns of a key, as pointers of the new contract.
type Key = BTreeSet<Pointer>;

/// Who says that a key is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Field,
    Rule,
}

fn shown(key: &Key) -> Option<String> {
    let names: Vec<_> = key.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn key_columns(parent: &Pointer, fields: &[Field], is_key: fn(&Field) -> bool) -> Key {
    let list = parent.word("fields");
    let mut columns = Key::new();
    for field in fields {
        let at = list.name(&field.name);
        if let Type::Object(inner) = &field.ty {
            columns.extend(key_columns(&at, inner, is_key));
        }
        if is_key(field) {
            columns.insert(at);
        }
    }
    columns
}

fn unique_keys(parent: &Pointer, dataset: &Dataset, rules: &[&QualityRule]) -> Vec<(Key, Source)> {
    let columns = key_columns(parent, &dataset.fields, |field| field.unique);
    let mut keys: Vec<_> = columns
        .into_iter()
        .map(|column| (Key::from([column]), Source::Field))
        .collect();
    let list = parent.word("fields");
    for rule in rules {
        if let Check::Unique(names) = &rule.check {
            keys.push((
                names.iter().map(|name| list.name(name)).collect(),
                Source::Rule,
            ));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}
