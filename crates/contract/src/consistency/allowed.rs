//! Values that a field allows, against all else that the field says.

use std::collections::BTreeSet;
use std::rc::Rc;

use fancy_regex::Regex;

use super::patterns::Compiled;
use super::{Checker, Way};
use crate::model::{Bound, Field, Scalar, Type};
use crate::problem::quoted;
use crate::{ProblemId, Value};

impl Checker<'_, '_> {
    /// Says that a pattern means nothing; it is then not compared.
    pub(super) fn pattern(&mut self, at: &Way<'_>, pattern: &str) {
        if !self.patterns.is_sound(pattern) {
            self.compile(at, pattern);
        }
    }

    fn compile(&mut self, at: &Way<'_>, pattern: &str) -> Option<Rc<Regex>> {
        match self.patterns.compile(pattern) {
            Compiled::Pattern(pattern) => Some(pattern),
            Compiled::Unknown => None,
            Compiled::Invalid(reason) => {
                let message = format!("{} is not a regular expression: {reason}", quoted(pattern));
                let help =
                    "mend the expression; put `\\` before a character that is meant literally";
                self.say(
                    ProblemId::BadValue,
                    crate::Gravity::Fault,
                    at,
                    message,
                    help,
                );
                self.opaque.insert(at.to_pointer());
                None
            }
        }
    }

    /// Checks the pattern of a field, and each value of its `enum`.
    pub(super) fn values(&mut self, at: &Way<'_>, field: &Field) {
        match (&field.pattern, &field.allowed) {
            (None, None) => {}
            (Some(pattern), None) => self.pattern(&at.word("pattern"), pattern),
            (None, Some(allowed)) => self.allowed(&at.word("enum"), field, allowed),
            (Some(pattern), Some(allowed)) => {
                let compiled = self.compile(&at.word("pattern"), pattern);
                self.allowed(&at.word("enum"), field, allowed);
                if let Some(pattern) = compiled {
                    self.refused_by_pattern(&at.word("enum"), &pattern, allowed);
                }
            }
        }
    }

    /// Checks that each example is a value that the field allows.
    pub(super) fn examples(&mut self, at: &Way<'_>, field: &Field) {
        if field.examples.is_empty() {
            return;
        }
        let at = at.word("examples");
        let pattern = field.pattern.as_deref();
        let pattern = pattern.and_then(|pattern| match self.patterns.compile(pattern) {
            Compiled::Pattern(pattern) => Some(pattern),
            Compiled::Unknown | Compiled::Invalid(_) => None,
        });
        for example in &field.examples {
            let is_refused = match (&pattern, example) {
                (Some(pattern), Value::Text(text)) => self.patterns.refuses(pattern, text),
                _ => false,
            };
            let is_other = field
                .allowed
                .as_ref()
                .is_some_and(|allowed| !allowed.is_empty() && !allowed.contains(example));
            let (message, help) = if let Some((message, help)) = misfit(example, field) {
                (message, help)
            } else if is_other {
                let message = format!("the example {} is not in `enum`", shown(example));
                (message, "mend the example, or allow its value")
            } else if is_refused {
                let shown = shown(example);
                let message = format!("the example {shown} does not match the field's own pattern");
                (message, "mend the example or the pattern")
            } else {
                continue;
            };
            self.doubt(ProblemId::Contradiction, &at, message, help);
        }
    }

    /// Checks each value of an `enum`.
    fn allowed(&mut self, at: &Way<'_>, field: &Field, allowed: &[Value]) {
        if allowed.is_empty() {
            let message = "an empty `enum` allows no value".to_owned();
            self.contradiction(at, message, "list a value, or remove `enum`");
        }
        let mut seen = BTreeSet::new();
        for value in allowed {
            if !seen.insert(value) {
                let message = format!("{} stands twice in `enum`", shown(value));
                let text = value.to_string();
                self.doubt(
                    ProblemId::DuplicateName,
                    &at.name(&text),
                    message,
                    "keep one",
                );
            } else if let Some((message, help)) = misfit(value, field) {
                self.contradiction(&at.name(&value.to_string()), message, help);
            }
        }
    }

    fn refused_by_pattern(&mut self, at: &Way<'_>, pattern: &Regex, allowed: &[Value]) {
        for value in allowed {
            let Value::Text(text) = value else { continue };
            if self.patterns.refuses(pattern, text) {
                let message = format!("{} does not match the field's own pattern", shown(value));
                self.contradiction(&at.name(text), message, "mend the value or the pattern");
            }
        }
    }
}

/// Says why a value cannot be one of a field, and what to do.
fn misfit(value: &Value, field: &Field) -> Option<(String, &'static str)> {
    if !is_of(value, &field.ty) {
        let (noun, ty) = (value.noun(), field.ty.word());
        let message = format!(
            "{} is {noun}, but the field has the type `{ty}`",
            shown(value)
        );
        let help = match (&field.ty, value) {
            (Type::Scalar(Scalar::String), Value::Number(_) | Value::Boolean(_)) => {
                "put the value in quotes"
            }
            (_, Value::Text(_)) => "mend the type, or remove the quotes if there are any",
            _ => "mend the value or the type",
        };
        return Some((message, help));
    }
    let is_outside = match value {
        Value::Number(number) => lies_outside(field, || Bound::Number(number.clone())),
        Value::Text(text) => {
            let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            field.min_length.is_some_and(|min| length < min)
                || field.max_length.is_some_and(|max| length > max)
                || lies_outside(field, || Bound::Moment(text.clone()))
        }
        _ => false,
    };
    is_outside.then(|| {
        let message = format!("{} lies outside the field's own bounds", shown(value));
        (message, "mend the value or the bounds")
    })
}

fn lies_outside(field: &Field, value: impl FnOnce() -> Bound) -> bool {
    let (min, max) = (field.min.as_deref(), field.max.as_deref());
    let (above, below) = (field.above.as_deref(), field.below.as_deref());
    if [min, max, above, below].iter().all(Option::is_none) {
        return false;
    }
    let value = &value();
    min.is_some_and(|min| value < min)
        || max.is_some_and(|max| value > max)
        || above.is_some_and(|above| value <= above)
        || below.is_some_and(|below| value >= below)
}

/// Tells whether an allowed value can be of a type; what is not known can.
fn is_of(value: &Value, ty: &Type) -> bool {
    let Type::Scalar(scalar) = ty else {
        return true;
    };
    match (scalar, value) {
        (_, Value::Null) | (Scalar::Boolean, Value::Boolean(_)) => true,
        (Scalar::Integer | Scalar::Long, Value::Number(number)) => number.is_whole(),
        (Scalar::Number | Scalar::Decimal, Value::Number(_)) => true,
        (
            Scalar::Boolean | Scalar::Integer | Scalar::Long | Scalar::Number | Scalar::Decimal,
            _,
        ) => false,
        (_, value) => matches!(value, Value::Text(_)),
    }
}

fn shown(value: &Value) -> String {
    quoted(&value.to_string())
}
