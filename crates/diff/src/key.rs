//! Keys of two revisions in, how they move out: what tells rows apart.

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_contract::Pointer;
use meshlaw_contract::model::{Check, Dataset, Field, QualityRule, Type};

use crate::edit::{Aspect, Motion};
use crate::folding::{Doubt, Rules};
use crate::recorder::{At, Recorder, Spot, Text};

/// Columns of a key.
type Key = BTreeSet<Pointer>;

/// Columns by what their values tell apart: the rows of a dataset, or the elements of an array or
/// a map.
type Scopes = BTreeMap<Pointer, Key>;

impl Recorder<'_> {
    pub(crate) fn primary_keys(&mut self, at: &At, before: &Dataset, after: &Dataset) {
        let base = columns(&at.base, before, |field| field.primary_key);
        let head = columns(&at.head, after, |field| field.primary_key);
        let mut scopes: BTreeMap<Pointer, [Key; 2]> = BTreeMap::new();
        for (scope, key) in base {
            // A contract that is its dataset has no step of its own to be translated.
            let scope = if scope == at.base {
                at.head.clone()
            } else {
                self.alignment.to_head(&scope)
            };
            let [old, _] = scopes.entry(scope).or_default();
            *old = key;
        }
        for (scope, key) in head {
            let [_, new] = scopes.entry(scope).or_default();
            *new = key;
        }
        for [old, new] in scopes.into_values() {
            self.primary_key(&old, &new);
        }
    }

    fn primary_key(&mut self, before: &Key, after: &Key) {
        let old = self.under_new_names(before);
        let motion = match (old.is_empty(), after.is_empty()) {
            _ if old == *after => return,
            (true, false) => Motion::Added,
            (false, true) => Motion::Removed,
            // More columns allow more rows.
            _ if old.is_subset(after) => Motion::Loosened,
            _ if after.is_subset(&old) => Motion::Tightened,
            _ => Motion::Changed,
        };
        // Of a key that is known in part only, nobody can tell how it moves.
        let is_known = |column: &Pointer| !self.is_opaque(&self.both(column).word("primary_key"));
        if !old.union(after).all(is_known) {
            return;
        }
        // A key that comes or goes with all of its columns is told with them.
        let mut columns = after.iter().chain(&old);
        let Some(column) = columns.find(|column| self.stays(column)) else {
            return;
        };
        let at = self.both(column).word("primary_key").at();
        self.edit(Aspect::PrimaryKey, motion, &at, shown(before), shown(after));
    }

    pub(crate) fn unique(&mut self, at: &At, before: &Dataset, after: &Dataset, rules: &Rules<'_>) {
        let mut old = Statements::of(&at.base, before, &rules.before.rules);
        old.0 = std::mem::take(&mut old.0)
            .into_iter()
            .map(|(key, sources)| (self.under_new_names(&key), sources))
            .collect();
        let new = Statements::of(&at.head, after, &rules.after.rules);
        let keys: BTreeSet<&Key> = old.0.keys().chain(new.0.keys()).collect();
        for key in keys {
            // A key that comes or goes with a column is told with the column.
            if !key.iter().all(|column| self.stays(column)) || old.0.get(key) == new.0.get(key) {
                continue;
            }
            let (was, is) = (old.implies(key), new.implies(key));
            let motion = match (was, is) {
                (true, false) => Motion::Removed,
                (false, true) => Motion::Added,
                _ => Motion::Restated,
            };
            if !self.doubt_of(key, rules).leaves(Aspect::Unique, motion) {
                continue;
            }
            let base_names = key.iter().map(|column| self.alignment.to_base(column));
            let before = shown(&base_names.collect()).filter(|_| was);
            let after = shown(key).filter(|_| is);
            let place = self.key_place(at, key, rules);
            self.edit(Aspect::Unique, motion, &place, before, after);
        }
    }

    /// Tells which revision may hold a key although it does not seem to say so.
    fn doubt_of(&self, key: &Key, rules: &Rules<'_>) -> Doubt {
        let mut doubt = Doubt::of(rules, "unique", ("", ""));
        for at in key
            .iter()
            .map(|column| self.both(column).word("unique").at())
        {
            doubt.before |= self.base.is_opaque(&at.base);
            doubt.after |= self.head.is_opaque(&at.head);
        }
        doubt
    }

    /// A key of one field is pointed at there; one of several, at its quality rule.
    fn key_place(&self, at: &At, key: &Key, rules: &Rules<'_>) -> At {
        let mut columns = key.iter();
        if let (Some(column), None) = (columns.next(), columns.next()) {
            return self.both(column).word("unique").at();
        }
        let old: Key = key.iter().map(|one| self.alignment.to_base(one)).collect();
        let base = rule_of(&old, &rules.before.rules);
        let head = rule_of(key, &rules.after.rules);
        // Where one revision has no such rule, it would stand under the name that the other gives.
        let named = base.and_then(name_of).or(head.and_then(name_of));
        let or_nameless = |rule: Option<&QualityRule>, key: &Key| match (rule, &named) {
            (Some(rule), _) => rule.identity(),
            (None, Some(name)) => name.clone(),
            (None, None) => format!("unique({})", names_of(key).join(", ")),
        };
        let quality = at.word("quality");
        quality.names(&or_nameless(base, &old), &or_nameless(head, key))
    }

    fn under_new_names(&self, key: &Key) -> Key {
        key.iter()
            .map(|column| self.alignment.to_head(column))
            .collect()
    }

    /// Returns a part of the new contract with where the old one had it.
    fn both(&self, head: &Pointer) -> At {
        At {
            base: self.alignment.to_base(head),
            head: head.clone(),
        }
    }

    /// Tells whether a field of the new contract was there before.
    fn stays(&self, head: &Pointer) -> bool {
        self.alignment.has_head(head)
    }
}

/// The keys that a revision states, with who states them.
struct Statements(BTreeMap<Key, BTreeSet<Source>>);

/// Who says that a key is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Field,
    Rule,
}

impl Statements {
    fn of(parent: &Pointer, dataset: &Dataset, rules: &[&QualityRule]) -> Self {
        let mut keys: BTreeMap<Key, BTreeSet<Source>> = BTreeMap::new();
        let mut say = |key, source| keys.entry(key).or_default().insert(source);
        let scopes = columns(parent, dataset, |field| field.unique);
        for column in scopes.into_values().flatten() {
            say(Key::from([column]), Source::Field);
        }
        let list = parent.word("fields");
        for rule in rules {
            if let Check::Unique(names) = &rule.check {
                say(
                    names.iter().map(|name| list.name(name)).collect(),
                    Source::Rule,
                );
            }
        }
        Self(keys)
    }

    /// Tells whether a key holds since it, or a part of it, is stated.
    fn implies(&self, key: &Key) -> bool {
        self.0.contains_key(key) || self.0.keys().any(|stated| stated.is_subset(key))
    }
}

/// Returns the rule that states a key.
fn rule_of<'c>(key: &Key, rules: &[&'c QualityRule]) -> Option<&'c QualityRule> {
    let names: BTreeSet<String> = names_of(key).into_iter().collect();
    let states = |rule: &&QualityRule| match &rule.check {
        Check::Unique(fields) => fields.iter().cloned().collect::<BTreeSet<_>>() == names,
        _ => false,
    };
    rules.iter().copied().find(states)
}

fn name_of(rule: &QualityRule) -> Option<String> {
    rule.name.clone()
}

/// Returns the names of columns that stand side by side, sorted.
fn names_of(key: &Key) -> Vec<String> {
    let last = |column: &Pointer| Some(column.keys().last()?.as_str().to_owned());
    let mut names: Vec<String> = key.iter().filter_map(last).collect();
    names.sort();
    names
}

/// Collects the columns that belong to a key, all the way down.
fn columns(parent: &Pointer, dataset: &Dataset, is_key: fn(&Field) -> bool) -> Scopes {
    let mut scopes = Scopes::new();
    let list = parent.word("fields");
    for field in dataset.fields.iter().filter(|one| holds(one, is_key)) {
        let at = list.name(&field.name);
        column(&mut scopes, parent, &at, field, is_key);
    }
    scopes
}

/// Tells whether a field belongs to a key, or what nests in it does.
fn holds(field: &Field, is_key: fn(&Field) -> bool) -> bool {
    let inside = |one: &Option<Box<Field>>| one.as_deref().is_some_and(|one| holds(one, is_key));
    is_key(field)
        || match &field.ty {
            Type::Object(fields) => fields.iter().any(|one| holds(one, is_key)),
            Type::Array(items) => inside(items),
            Type::Map { keys, values } => inside(keys) || inside(values),
            _ => false,
        }
}

fn nested(
    scopes: &mut Scopes,
    scope: &Pointer,
    parent: &Pointer,
    fields: &[Field],
    is_key: fn(&Field) -> bool,
) {
    let list = parent.word("fields");
    for field in fields {
        column(scopes, scope, &list.name(&field.name), field, is_key);
    }
}

fn column(
    scopes: &mut Scopes,
    scope: &Pointer,
    at: &Pointer,
    field: &Field,
    is_key: fn(&Field) -> bool,
) {
    if is_key(field) {
        scopes.entry(scope.clone()).or_default().insert(at.clone());
    }
    let mut element = |word, element: Option<&Field>| {
        if let Some(element) = element {
            let at = at.word(word);
            column(scopes, &at, &at, element, is_key);
        }
    };
    match &field.ty {
        Type::Object(fields) => nested(scopes, scope, at, fields, is_key),
        Type::Array(items) => element("items", items.as_deref()),
        Type::Map { keys, values } => {
            element("keys", keys.as_deref());
            element("values", values.as_deref());
        }
        _ => {}
    }
}

fn shown(key: &Key) -> Text {
    let names: Vec<_> = key.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
