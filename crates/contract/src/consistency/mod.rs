//! A contract model in, the statements that cannot all hold out; knows one contract at a time.
//!
//! Parts that were not understood are passed over: what is wrong with them was said already.

mod allowed;
mod names;
mod patterns;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use patterns::Patterns;

use crate::model::{
    Bound, Check, Classification, Contract, Dataset, Deprecation, Field, Place, Scalar, Status,
    Type,
};
use crate::problem::{Problems, quoted};
use crate::{Format, Gravity, NodeRef, Pointer, Problem, ProblemId, Way, locate};

/// What does not hold together.
pub(crate) struct Found {
    /// In words.
    pub(crate) problems: Vec<Problem>,
    /// Parts that mean nothing, and so cannot be compared.
    pub(crate) opaque: BTreeSet<Pointer>,
}

/// Says what cannot hold, or is likely meant otherwise, within one contract; where it is known that no
/// two datasets or fields beside each other are called alike, nobody looks again.
pub(crate) fn check(contract: &Contract, root: NodeRef<'_>, may_have_alike: bool) -> Found {
    let mut checker = Checker {
        contract,
        root,
        may_have_alike,
        lists: locate::Lists::default(),
        names: OnceCell::new(),
        patterns: Patterns::new(),
        problems: Problems::default(),
        opaque: BTreeSet::new(),
    };
    checker.contract();
    Found {
        problems: checker.problems.into_vec(),
        opaque: checker.opaque,
    }
}

fn names(dataset: &Dataset) -> (&str, BTreeSet<&str>) {
    (
        &dataset.name,
        dataset
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect(),
    )
}

struct Checker<'c, 'd> {
    contract: &'c Contract,
    root: NodeRef<'d>,
    may_have_alike: bool,
    lists: locate::Lists,
    /// The names of the fields of each dataset, once they are asked for.
    names: OnceCell<BTreeMap<&'c str, BTreeSet<&'c str>>>,
    patterns: Patterns,
    problems: Problems,
    opaque: BTreeSet<Pointer>,
}

/// What holds for a field because of what is around it.
#[derive(Clone, Copy)]
struct Around<'c> {
    dataset: &'c Dataset,
    classification: Option<Classification>,
}

impl<'c> Checker<'c, '_> {
    fn names(&self) -> &BTreeMap<&'c str, BTreeSet<&'c str>> {
        self.names
            .get_or_init(|| self.contract.datasets.iter().map(names).collect())
    }

    fn contract(&mut self) {
        let top = Way::TOP;
        let contract = self.contract;
        self.deprecation(&top, contract.deprecated.as_ref(), "contract");
        if contract.status == Some(Status::Deprecated) && contract.deprecated.is_none() {
            let message = "this contract is deprecated, but does not say since when and until when";
            let help = "add `deprecated:` with `since`, `sunset` and `replacement`";
            let at = top.word("status");
            self.doubt(
                ProblemId::IncompleteDeprecation,
                &at,
                message.to_owned(),
                help,
            );
        }
        self.likeness(&top.word("datasets"), &contract.datasets);
        for dataset in &contract.datasets {
            match dataset.place {
                Place::Root => self.dataset(&top, dataset),
                Place::Listed => {
                    self.dataset(&top.word("datasets").name(&dataset.name), dataset);
                }
            }
        }
    }

    fn dataset(&mut self, at: &Way<'_>, dataset: &'c Dataset) {
        if dataset.place == Place::Listed {
            self.deprecation(at, dataset.deprecated.as_ref(), "dataset");
        }
        let classification = dataset.classification.or(self.contract.classification);
        self.siblings(
            at,
            &dataset.fields,
            Around {
                dataset,
                classification,
            },
        );
        for rule in &dataset.quality {
            let (list, identity) = (at.word("quality"), rule.identity());
            self.check(&list.name(&identity), dataset, &rule.check);
        }
    }

    fn check(&mut self, rule: &Way<'_>, dataset: &'c Dataset, check: &Check) {
        let at = rule.word(check.word());
        // Of the standard's rules, each argument was looked at where it stands.
        let is_native = self.contract.format == Format::Native;
        for name in check.fields().into_iter().filter(|_| is_native) {
            let at = match check {
                Check::NoNulls(_) | Check::Unique(_) => at.name(name),
                _ => at.word("field"),
            };
            self.known_field(&at, dataset, name, "this quality rule");
        }
        match check {
            Check::Range { min, max, .. } => self.bounds(&at, min.as_ref(), max.as_ref()),
            Check::RowCount {
                min: Some(min),
                max: Some(max),
            } if min > max => {
                let message = format!("the least row count {min} lies above the greatest, {max}");
                self.contradiction(&at.word("min"), message, "swap the two");
            }
            Check::Pattern { pattern, .. } => self.pattern(&at.word("pattern"), pattern),
            _ => {}
        }
    }

    fn siblings(&mut self, at: &Way<'_>, fields: &'c [Field], around: Around<'c>) {
        let list = at.word("fields");
        for field in fields {
            self.field(&list.name(&field.name), field, around);
        }
        self.likeness(&list, fields);
        let speaks_of_siblings = |field: &Field| {
            field.has_particulars() && field.renamed_from.is_some()
                || field
                    .deprecated
                    .as_ref()
                    .is_some_and(|notice| notice.replacement.is_some())
        };
        if fields.iter().any(speaks_of_siblings) {
            self.kinship(&list, fields);
        }
    }

    fn field(&mut self, at: &Way<'_>, field: &'c Field, around: Around<'c>) {
        let classification = field.classification.or(around.classification);
        // Nothing else of a field can contradict.
        if field.has_particulars() {
            self.field_bounds(at, field);
            self.limits(at, field);
            self.values(at, field);
            self.examples(at, field);
            self.public_pii(at, field, classification);
            self.deprecation(at, field.deprecated.as_deref(), "field");
            if self.contract.format == Format::Native {
                self.reference(at, field, around.dataset);
            }
        }
        let around = Around {
            classification,
            ..around
        };
        match &field.ty {
            Type::Object(fields) => self.siblings(at, fields, around),
            Type::Array(items) => self.nested(at, "items", items.as_deref(), around),
            Type::Map { keys, values } => {
                self.nested(at, "keys", keys.as_deref(), around);
                self.nested(at, "values", values.as_deref(), around);
            }
            _ => {}
        }
    }

    fn nested(
        &mut self,
        at: &Way<'_>,
        word: &'static str,
        field: Option<&'c Field>,
        around: Around<'c>,
    ) {
        if let Some(field) = field {
            self.field(&at.word(word), field, around);
        }
    }

    fn field_bounds(&mut self, at: &Way<'_>, field: &Field) {
        if [&field.min, &field.max, &field.above, &field.below]
            .iter()
            .all(|bound| bound.is_none())
        {
            return;
        }
        self.bounds(at, field.min.as_deref(), field.max.as_deref());
        let open = [
            (&field.above, &field.max),
            (&field.min, &field.below),
            (&field.above, &field.below),
        ];
        for (above, below) in open {
            if let (Some(above), Some(below)) = (above, below)
                && above >= below
            {
                let message = format!("no value lies between the bounds {above} and {below}");
                self.contradiction(&at.word("min"), message, "move one of the two");
            }
        }
        if let (Some(above), Some(below), true) = (&field.above, &field.below, is_whole(&field.ty))
            && above < below
            && are_neighbours(above, below)
        {
            let message = format!("no whole number lies between {above} and {below}");
            self.contradiction(&at.word("min"), message, "move one of the two");
        }
        for (key, bound) in [
            ("min", &field.min),
            ("max", &field.max),
            ("min", &field.above),
            ("max", &field.below),
        ] {
            if let Some(bound) = bound
                && !can_bound(bound, &field.ty)
            {
                let ty = field.ty.word();
                let message = format!("`{key}` cannot be `{bound}` for a field of type `{ty}`");
                let help = "write a bound of the field's own type; `min_length` and `max_length` \
                            bound texts";
                self.contradiction(&at.word(key), message, help);
            }
        }
    }

    fn limits(&mut self, at: &Way<'_>, field: &Field) {
        if let (Some(min), Some(max)) = (field.min_length, field.max_length)
            && min > max
        {
            let message = format!("the least length {min} lies above the greatest, {max}");
            self.contradiction(&at.word("min_length"), message, "swap the two");
        }
        if let (Some(precision), Some(scale)) = (field.precision, field.scale)
            && scale > precision
        {
            let message =
                format!("{scale} digits behind the point do not fit into {precision} digits");
            self.contradiction(
                &at.word("scale"),
                message,
                "raise `precision`, or lower `scale`",
            );
        }
    }

    fn bounds(&mut self, at: &Way<'_>, min: Option<&Bound>, max: Option<&Bound>) {
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            let message = format!("the least value {min} lies above the greatest, {max}");
            self.contradiction(&at.word("min"), message, "swap the two");
        }
    }

    fn public_pii(&mut self, at: &Way<'_>, field: &Field, classification: Option<Classification>) {
        if let (Some(pii), Some(Classification::Public)) = (&field.pii, classification) {
            let message = format!("personal data ({}) is classified `public`", quoted(pii));
            let word = if field.classification.is_some() {
                "classification"
            } else {
                "pii"
            };
            let help = "classify the field `confidential` or `restricted`";
            self.contradiction(&at.word(word), message, help);
        }
    }

    fn deprecation(&mut self, at: &Way<'_>, notice: Option<&Deprecation>, noun: &str) {
        let Some(notice) = notice else { return };
        let at = at.word("deprecated");
        if let (Some(since), Some(sunset)) = (notice.since, notice.sunset)
            && sunset < since
        {
            let message = format!("the sunset {sunset} lies before the notice of {since}");
            let help = "put the sunset after the first day of the notice";
            self.contradiction(&at.word("sunset"), message, help);
        }
        let lacks_sunset = notice.sunset.is_none() && !self.is_opaque(&at.word("sunset"));
        let lacks_replacement =
            notice.replacement.is_none() && !self.is_opaque(&at.word("replacement"));
        let (lacks, help) = match (lacks_sunset, lacks_replacement) {
            (false, false) => return,
            (true, true) => (
                "`sunset` and `replacement`",
                "say until when, and what comes instead",
            ),
            (true, false) => (
                "`sunset`",
                "say from which day it may be gone, as in `sunset: 2027-06-30`",
            ),
            (false, true) => (
                "`replacement`",
                "say what to use instead; where nothing is, write `replacement: none`",
            ),
        };
        let message = format!("this {noun} is deprecated without {lacks}");
        self.doubt(ProblemId::IncompleteDeprecation, &at, message, help);
    }

    fn is_opaque(&self, at: &Way<'_>) -> bool {
        self.contract.is_opaque(&at.to_pointer())
    }

    fn contradiction(&mut self, at: &Way<'_>, message: String, help: &str) {
        self.say(ProblemId::Contradiction, Gravity::Fault, at, message, help);
    }

    fn doubt(&mut self, id: ProblemId, at: &Way<'_>, message: String, help: &str) {
        self.say(id, Gravity::Doubt, at, message, help);
    }

    fn say(&mut self, id: ProblemId, gravity: Gravity, at: &Way<'_>, message: String, help: &str) {
        let pointer = at.to_pointer();
        if self.contract.is_opaque(&pointer) {
            return;
        }
        if self.problems.is_full() {
            self.problems.leave_out(gravity);
            return;
        }
        let span = locate::from_root(self.root, self.contract.format, &pointer, &self.lists);
        let (help, related) = (Some(help.to_owned()), Vec::new());
        self.problems.push(Problem {
            id,
            gravity,
            pointer,
            span,
            message,
            help,
            replacement: None,
            related,
        });
    }
}

fn is_whole(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(Scalar::Integer | Scalar::Long))
}

/// Tells whether no whole number lies between two that are left out themselves.
fn are_neighbours(above: &Bound, below: &Bound) -> bool {
    let (Bound::Number(above), Bound::Number(below)) = (above, below) else {
        return false;
    };
    let pair = above.to_i64().zip(below.to_i64());
    pair.is_some_and(|(above, below)| above.checked_add(1) == Some(below))
}

/// Tells whether a bound can bound values of a type; what is not known can.
fn can_bound(bound: &Bound, ty: &Type) -> bool {
    let Type::Scalar(scalar) = ty else {
        return true;
    };
    match (bound, scalar) {
        (Bound::Number(_), Scalar::Integer | Scalar::Long | Scalar::Number | Scalar::Decimal) => {
            true
        }
        (Bound::Moment(_), Scalar::Date | Scalar::Time | Scalar::Timestamp) => true,
        // Dates that a system keeps as text still have an order.
        (Bound::Moment(_), Scalar::String) => true,
        _ => false,
    }
}
