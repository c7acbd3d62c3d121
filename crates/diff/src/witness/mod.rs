//! A change and both contracts in, records that show it out.
//!
//! A witness is a record that one revision allows and the other refuses, and refuses because of the
//! very part that changed. It is found by trying: values at and beside everything that either
//! revision says of the field are put into a record, and the judge of records, which knows nothing
//! of changes, decides. So a witness that is shown has been checked.

mod candidates;
mod record;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use meshlaw_contract::model::{Contract, Dataset, Place as Written};
use meshlaw_contract::{Key, Pointer, Value};
use meshlaw_record::{Keys, Shape, Violation};

use crate::edit::{Aspect, Edit, Motion};
use crate::{Alignment, Change, Comparison, Grade};

/// What shows a break.
#[derive(Debug, Clone, PartialEq)]
pub enum Witness {
    /// A record, or two, that one revision allows and the other refuses.
    Records {
        /// The records.
        records: Vec<Value>,
        /// The new revision allows them, so that readers of the old one meet them; else the old one
        /// does, and writers send them still.
        head_allows: bool,
    },
    /// No record can show it: what broke is structure, service or governance.
    Structure,
}

/// Finds witnesses of the changes between two revisions.
#[derive(Debug)]
pub struct Witnesses<'c> {
    base: Side<'c>,
    head: Side<'c>,
    alignment: &'c Alignment,
    /// A record for each pair of datasets and each direction.
    templates: RefCell<Templates>,
    /// How many searches are left; a contract that is rewritten is shown by its first breaks.
    left: Cell<usize>,
}

/// Records by whether the new revision allows them, and by the datasets that allow and refuse.
type Templates = BTreeMap<(bool, Pointer, Pointer), Rc<Value>>;

/// Searches for one pair of contracts; each takes up to some milliseconds.
const MOST_SEARCHES: usize = 100;

#[derive(Debug)]
struct Side<'c> {
    contract: &'c Contract,
    /// Each dataset with its judge, made when somebody searches.
    shapes: OnceCell<Vec<(&'c Dataset, Shape<'c>)>>,
}

impl<'c> Side<'c> {
    fn of(contract: &'c Contract) -> Self {
        Self {
            contract,
            shapes: OnceCell::new(),
        }
    }

    fn shapes(&self) -> &[(&'c Dataset, Shape<'c>)] {
        let datasets = || self.contract.datasets.iter();
        let make = || datasets().map(|one| (one, Shape::of(one))).collect();
        self.shapes.get_or_init(make)
    }

    /// Finds the dataset that a part belongs to.
    fn dataset(&self, part: &Pointer) -> Option<&(&'c Dataset, Shape<'c>)> {
        self.shapes()
            .iter()
            .find(|(dataset, _)| dataset.place == Written::Root || dataset.pointer().contains(part))
    }
}

impl<'c> Witnesses<'c> {
    /// Prepares the search.
    pub fn of(base: &'c Contract, head: &'c Contract, comparison: &'c Comparison) -> Self {
        Self {
            base: Side::of(base),
            head: Side::of(head),
            alignment: &comparison.alignment,
            templates: RefCell::default(),
            left: Cell::new(MOST_SEARCHES),
        }
    }

    /// Shows a change that breaks somebody: `consumers` and `producers` are its grades. Nothing is
    /// returned where nobody breaks, or after so many searches that more would take too long.
    pub fn find(&self, change: &Change, (consumers, producers): (Grade, Grade)) -> Option<Witness> {
        let breaks = |grade| grade == Grade::Breaking;
        if !breaks(consumers) && !breaks(producers) {
            return None;
        }
        if is_of_records(&change.edit) {
            self.left.set(self.left.get().checked_sub(1)?);
        }
        // What reaches readers is shown first.
        for (head_allows, grade) in [(true, consumers), (false, producers)] {
            if breaks(grade)
                && let Some(records) = self.search(&change.edit, head_allows)
            {
                return Some(Witness::Records {
                    records,
                    head_allows,
                });
            }
        }
        Some(Witness::Structure)
    }

    fn search(&self, edit: &Edit, head_allows: bool) -> Option<Vec<Value>> {
        if !is_of_records(edit) {
            return None;
        }
        let places = self.places(edit);
        let (allowing, refusing) = if head_allows {
            (&self.head, &self.base)
        } else {
            (&self.base, &self.head)
        };
        places.iter().find_map(|(base, head)| {
            let (own, other) = if head_allows {
                (head, base)
            } else {
                (base, head)
            };
            let (allowing, refusing) = (allowing.dataset(own)?, refusing.dataset(other)?);
            let search = Search {
                allowing,
                refusing,
                template: self.template(allowing, refusing, head_allows),
                own,
                other,
                part: if head_allows {
                    edit.place.base()
                } else {
                    edit.place.head()
                },
                keys: is_key(edit.aspect),
            };
            search.run()
        })
    }

    fn template(
        &self,
        allowing: &(&'c Dataset, Shape<'c>),
        refusing: &(&'c Dataset, Shape<'c>),
        head_allows: bool,
    ) -> Rc<Value> {
        let key = (head_allows, allowing.0.pointer(), refusing.0.pointer());
        let mut templates = self.templates.borrow_mut();
        let made = templates
            .entry(key)
            .or_insert_with(|| Rc::new(record::template(allowing.0, refusing.0, &allowing.1)));
        Rc::clone(made)
    }

    /// Returns the fields that an edit is about, as each revision calls them.
    fn places(&self, edit: &Edit) -> Vec<(Pointer, Pointer)> {
        let at = edit.place.pointer();
        if at.keys().contains(&Key::Word("quality")) {
            return self.of_rule(edit);
        }
        let base = edit.place.base().cloned();
        let head = edit.place.head().cloned();
        let base = base.unwrap_or_else(|| self.alignment.to_base(at));
        let head = head.unwrap_or_else(|| self.alignment.to_head(at));
        vec![(field_of(&base), field_of(&head))]
    }

    /// Returns the fields that a quality rule speaks of.
    fn of_rule(&self, edit: &Edit) -> Vec<(Pointer, Pointer)> {
        let side = |pointer: Option<&Pointer>, side: &Side<'c>| -> Vec<Pointer> {
            let Some(pointer) = pointer else {
                return Vec::new();
            };
            let Some((dataset, _)) = side.dataset(pointer) else {
                return Vec::new();
            };
            let list = dataset.pointer().word("quality");
            let rule = dataset.quality.iter().find(|rule| {
                let own = list.name(rule.identity());
                own.contains(pointer)
            });
            let Some(rule) = rule else {
                return Vec::new();
            };
            let fields = dataset.pointer().word("fields");
            let names: Vec<&str> = match rule.on.as_slice() {
                [name] => vec![name],
                _ => rule.check.fields(),
            };
            names.into_iter().map(|name| fields.name(name)).collect()
        };
        let base = side(edit.place.base(), &self.base);
        let head = side(edit.place.head(), &self.head);
        let from_base = base.into_iter().map(|at| {
            let head = self.alignment.to_head(&at);
            (at, head)
        });
        let from_head = head.into_iter().map(|at| (self.alignment.to_base(&at), at));
        let mut places: Vec<_> = from_base.chain(from_head).collect();
        places.sort();
        places.dedup();
        places
    }
}

/// Tells whether an edit is about what records hold.
fn is_of_records(edit: &Edit) -> bool {
    matches!(
        edit.aspect,
        Aspect::Constraint
            | Aspect::Digits
            | Aspect::Enum
            | Aspect::EnumValue
            | Aspect::Field
            | Aspect::Format
            | Aspect::Maximum
            | Aspect::MaxLength
            | Aspect::Minimum
            | Aspect::MinLength
            | Aspect::Pattern
            | Aspect::PrimaryKey
            | Aspect::Quality
            | Aspect::Required
            | Aspect::Type
            | Aspect::Unique
    ) && edit.motion != Motion::Unclear
}

fn is_key(aspect: Aspect) -> bool {
    matches!(
        aspect,
        Aspect::PrimaryKey | Aspect::Unique | Aspect::Quality
    )
}

/// Leaves out the words and members that follow the last field or element.
fn field_of(pointer: &Pointer) -> Pointer {
    let keys = pointer.keys();
    let mut end = 0;
    let mut at = 0;
    while let Some(key) = keys.get(at) {
        let next = keys.get(at + 1);
        match (key, next) {
            (Key::Word("datasets" | "fields"), Some(Key::Name(_))) => {
                at += 2;
                end = at;
            }
            (Key::Word("items" | "keys" | "values"), _) if end > 0 => {
                at += 1;
                end = at;
            }
            _ => break,
        }
    }
    keys.iter().take(end).cloned().collect()
}

/// One search: for a record that one dataset allows and another refuses at a field.
struct Search<'s, 'c> {
    allowing: &'s (&'c Dataset, Shape<'c>),
    refusing: &'s (&'c Dataset, Shape<'c>),
    /// A record that is right but for the field.
    template: Rc<Value>,
    /// The field, as the allowing revision calls it.
    own: &'s Pointer,
    /// The field, as the refusing revision calls it.
    other: &'s Pointer,
    /// What changed, where the refusing revision has it.
    part: Option<&'s Pointer>,
    keys: bool,
}

impl Search<'_, '_> {
    fn run(&self) -> Option<Vec<Value>> {
        let ((allows, judge), (refuses, other_judge)) = (self.allowing, self.refusing);
        let own = record::path(allows, self.own);
        let other = record::path(refuses, self.other);
        let fields = [record::field(allows, &own), record::field(refuses, &other)];
        let template = self.template.as_ref();
        if self.keys
            && let Some(records) = self.repeated(template)
        {
            return Some(records);
        }
        let path = if own.is_empty() { &other } else { &own };
        let (name, other_name) = (path.first()?.as_deref()?, other.first()?.as_deref()?);
        let mut shown = None;
        for candidate in candidates::of(&fields) {
            let Some(record) = record::with(template, allows, path, candidate) else {
                continue;
            };
            let Value::Map(entries) = &record else {
                continue;
            };
            if !judge.check_field(name, entries.get(name)).is_empty() {
                continue;
            }
            let refusals = other_judge.check_field(other_name, entries.get(other_name));
            // Best is what the very part refuses; another word of the field may do it as well.
            let part = self.part.unwrap_or(self.other);
            let by_part =
                |one: &Violation| part.contains(&one.pointer) || one.pointer.contains(part);
            if refusals.iter().any(by_part) {
                shown = Some(record);
                break;
            }
            if refusals.iter().any(|one| self.other.contains(&one.pointer)) {
                shown.get_or_insert(record);
            }
        }
        // The field was judged by itself on the way; the whole record is what is shown.
        let shown = shown.filter(|record| judge.check(record).is_empty());
        shown.map(|record| vec![record])
    }

    /// Finds two records that repeat what one revision says never repeats.
    fn repeated(&self, template: &Value) -> Option<Vec<Value>> {
        let ((allows, judge), (refuses, _)) = (self.allowing, self.refusing);
        let first = record::filled(template, allows, refuses, judge)?;
        let pairs = record::alike(&first, allows, refuses, judge);
        pairs
            .into_iter()
            .find(|second| {
                let allowed = !repeats(allows, &first, second);
                allowed && repeats(refuses, &first, second)
            })
            .map(|second| vec![first.clone(), second])
    }
}

fn repeats(dataset: &Dataset, first: &Value, second: &Value) -> bool {
    let mut keys = Keys::of(dataset, 2);
    keys.observe(first, 1);
    !keys.observe(second, 2).is_empty()
}
